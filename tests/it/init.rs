//! `gonogo init`: what it writes, and that it never writes over anything.

use std::fs;

use crate::harness::{Repo, Run, World};

fn init(repo: &Repo<'_>, args: &[&str]) -> Run {
    repo.gonogo().arg("init").args(args).run()
}

fn text(repo: &Repo<'_>, name: &str) -> String {
    fs::read_to_string(repo.join(name)).unwrap_or_default()
}

#[test]
fn a_repository_on_github_gets_all_files_which_gonogo_takes() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.txt", "a\n");
    repo.git(&["branch", "-m", "trunk"]);
    repo.git(&["remote", "add", "origin", "git@github.com:house/app.git"]);
    repo.git(&["update-ref", "refs/remotes/origin/trunk", "HEAD"]);
    repo.git(&[
        "symbolic-ref",
        "refs/remotes/origin/HEAD",
        "refs/remotes/origin/trunk",
    ]);
    let run = init(&repo, &["--repository", "house/gonogo"]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let wrote = "wrote gonogo.toml\nwrote .pre-commit-config.yaml\nwrote .github/workflows/gonogo.yml\nwrote .gitattributes\n";
    assert!(run.stdout.starts_with(wrote), "{}", run.stdout);
    assert!(
        text(&repo, ".pre-commit-config.yaml")
            .contains("- repo: https://github.com/house/gonogo\n    rev: v")
    );
    let workflow = text(&repo, ".github/workflows/gonogo.yml");
    assert!(
        workflow.contains("  push:\n    branches: [trunk]\n"),
        "{workflow}"
    );
    assert!(
        workflow.contains("      - uses: house/gonogo@v"),
        "{workflow}"
    );
    let scan = repo.gonogo().args(["scan"]).run();
    assert_eq!(scan.code, 0, "{}", scan.stdout);
    assert!(
        !scan.stdout.contains("could not be read"),
        "{}",
        scan.stdout
    );
    let again = init(&repo, &[]);
    let kept = "kept gonogo.toml: it is there already\nkept .pre-commit-config.yaml: it has gonogo already\n\
        kept .github/workflows/gonogo.yml: it is there already\nkept .gitattributes: it speaks of the baseline already\n";
    assert!(again.stdout.starts_with(kept), "{}", again.stdout);
    assert_eq!(text(&repo, ".github/workflows/gonogo.yml"), workflow);
}

#[test]
fn a_hook_is_added_and_the_rest_stays_as_it_is() {
    let world = World::new();
    let repo = world.init("repo");
    let before = "# ours\nrepos:\n- repo: local   # here\n  hooks:\n  - {id: x, name: x, entry: x, language: system}\n\nci: {skip: [x]}\n";
    repo.write(".pre-commit-config.yaml", before);
    repo.write("gonogo.toml", "# ours\n");
    let dry = init(&repo, &["--dry-run"]);
    assert!(dry.stdout.contains("+- repo: local\n"), "{}", dry.stdout);
    assert!(
        dry.stdout
            .contains("kept .github/workflows/gonogo.yml: the remote is not on GitHub\n"),
        "{}",
        dry.stdout
    );
    assert_eq!(text(&repo, ".pre-commit-config.yaml"), before);
    let run = init(&repo, &[]);
    assert!(
        run.stdout
            .contains("added gonogo to .pre-commit-config.yaml\n"),
        "{}",
        run.stdout
    );
    let after = text(&repo, ".pre-commit-config.yaml");
    let (head, tail) = before.split_once("\nci:").unwrap();
    assert!(
        after.starts_with(head.trim_end()) && after.ends_with(&format!("\nci:{tail}")),
        "{after}"
    );
    assert!(
        after.contains("- repo: local\n  hooks:\n    - id: gonogo\n"),
        "{after}"
    );
    assert_eq!(text(&repo, "gonogo.toml"), "# ours\n");
    assert!(!repo.join(".github").exists());
}

#[test]
fn what_cannot_be_added_to_is_left_alone_and_told() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".pre-commit-config.yaml", "repos: []\n");
    repo.write(
        ".github/workflows/security.yml",
        "jobs:\n  a:\n    steps:\n      - uses: house/gonogo@v1\n",
    );
    let run = init(&repo, &[]);
    assert!(
        run.stdout
            .contains("kept .pre-commit-config.yaml: its list `repos` is written in a way"),
        "{}",
        run.stdout
    );
    let kept =
        "kept .github/workflows/gonogo.yml: .github/workflows/security.yml runs gonogo already\n";
    assert!(run.stdout.contains(kept), "{}", run.stdout);
    assert_eq!(text(&repo, ".pre-commit-config.yaml"), "repos: []\n");
}

#[test]
fn it_needs_a_repository_with_files_and_a_name_that_is_one() {
    let world = World::new();
    let bare = world.init_with("bare", &["--bare"]);
    bare.gonogo()
        .arg("init")
        .run()
        .refused("the repository has no working tree to write into");
    let repo = world.init("repo");
    init(&repo, &["--repository", "a b"]).refused(
        "--repository is written OWNER/NAME, or OWNER/NAME@COMMIT with all digits of the commit",
    );
    assert!(!repo.join("gonogo.toml").exists());
    let folder = world.folder("plain");
    assert_eq!(world.gonogo(&folder).arg("init").run().code, 2);
}

#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    let world = World::new();
    let repo = world.init("repo");
    let outside = world.folder("outside");
    repo.git(&["remote", "add", "origin", "https://github.com/house/app"]);
    std::os::unix::fs::symlink(&outside, repo.join(".github")).unwrap();
    assert_eq!(init(&repo, &[]).code, 2);
    assert!(
        fs::read_dir(&outside)
            .unwrap()
            .all(|entry| entry.unwrap().path().is_dir())
    );
    assert!(!outside.join("workflows/gonogo.yml").exists());
}

/// Nobody knows yet where this gonogo comes from, and what is made up must not look as if it worked.
#[test]
fn the_action_is_named_by_its_commit_or_left_to_be_filled_in() {
    let world = World::new();
    let commit = "0123456789abcdef0123456789abcdef01234567";
    for (args, action) in [
        (vec![], "OWNER/gonogo@COMMIT # v"),
        (vec!["--repository", "house/gonogo"], "house/gonogo@v"),
        (
            vec![
                "--repository",
                "house/gonogo@0123456789abcdef0123456789abcdef01234567",
            ],
            "house/gonogo@0123456789abcdef0123456789abcdef01234567 # v",
        ),
    ] {
        let repo = world.init("repo");
        repo.git(&["remote", "add", "origin", "https://github.com/house/app"]);
        let run = init(&repo, &args);
        assert_eq!(run.code, 0, "{}", run.stderr);
        let workflow = text(&repo, ".github/workflows/gonogo.yml");
        assert!(
            workflow.contains(&format!("- uses: {action}")),
            "{workflow}"
        );
        assert_eq!(
            run.stdout.contains("OWNER and COMMIT"),
            args.is_empty(),
            "{}",
            run.stdout
        );
        let found = repo
            .gonogo()
            .args(["scan", "--format", "json"])
            .run()
            .stdout;
        let is_pinned = !found.contains("gha/unpinned-action\",\n      \"severity");
        assert!(is_pinned || !action.contains(commit), "{found}");
        fs::remove_dir_all(repo.path()).unwrap();
    }
    let repo = world.init("repo");
    assert_eq!(init(&repo, &["--repository", "house/gonogo@0123"]).code, 2);
}

#[test]
fn what_stands_in_gitattributes_stays() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".gitattributes", "*.png binary");
    let run = init(&repo, &[]);
    assert!(
        run.stdout.contains("added gonogo to .gitattributes\n"),
        "{}",
        run.stdout
    );
    let expected = "*.png binary\n.gonogo-baseline merge=union\n";
    assert_eq!(text(&repo, ".gitattributes"), expected);
}
