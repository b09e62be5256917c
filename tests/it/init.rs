//! `gonogo init`: what it writes, and that it never overwrites anything.

use std::fs;

use crate::harness::{Repo, Run, World, token};

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
    let home = format!("house/gonogo@{}", "0123456789".repeat(4));
    let run = init(&repo, &["--repository", &home]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let wrote = "wrote gonogo.toml\nwrote .pre-commit-config.yaml\nwrote .github/workflows/gonogo.yml\nwrote .gitattributes\n";
    assert!(run.stdout.starts_with(wrote), "{}", run.stdout);
    assert!(
        text(&repo, ".pre-commit-config.yaml")
            .contains("- repo: https://github.com/house/gonogo\n    rev: 0123")
    );
    let workflow = text(&repo, ".github/workflows/gonogo.yml");
    assert!(
        workflow.contains("  push:\n    branches: [trunk]\n"),
        "{workflow}"
    );
    assert!(
        workflow.contains("      - uses: house/gonogo@0123"),
        "{workflow}"
    );
    let scan = repo.gonogo().args(["scan", "--min-severity", "info"]).run();
    assert_eq!(scan.code, 0, "{}", scan.stdout);
    assert!(!scan.stdout.contains("gha/"), "{}", scan.stdout);
    assert!(
        !scan.stdout.contains("could not be read"),
        "{}",
        scan.stdout
    );
    let again = init(&repo, &[]);
    let kept = "kept gonogo.toml: it already exists\nkept .pre-commit-config.yaml: it already runs gonogo\nkept .github/workflows/gonogo.yml: it already exists\nkept .gitattributes: it already mentions the baseline\n";
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
            .contains("no .github/workflows/gonogo.yml: the remote is not on GitHub\n"),
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
    repo.write(".pre-commit-config.yaml", "repos: [{repo: a}]\n");
    repo.write(
        ".github/workflows/security.yml",
        "jobs:\n  a:\n    steps:\n      - uses: house/gonogo@v1\n",
    );
    let run = init(&repo, &[]);
    assert!(
        run.stdout.contains(
            "kept .pre-commit-config.yaml: its list `repos` cannot be edited automatically"
        ),
        "{}",
        run.stdout
    );
    let kept =
        "kept .github/workflows/gonogo.yml: .github/workflows/security.yml already runs gonogo\n";
    assert!(run.stdout.contains(kept), "{}", run.stdout);
    assert_eq!(
        text(&repo, ".pre-commit-config.yaml"),
        "repos: [{repo: a}]\n"
    );
}

#[test]
fn without_a_manager_of_hooks_the_clone_gets_its_own() {
    let world = World::new();
    let repo = world.init("repo");
    let dry = init(&repo, &["--dry-run"]);
    assert!(
        dry.stdout
            .contains("the hooks pre-commit, pre-merge-commit, pre-push in "),
        "{}",
        dry.stdout
    );
    assert!(!repo.join(".git/hooks/pre-commit").exists());
    let run = init(&repo, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert!(!repo.join(".pre-commit-config.yaml").exists());
    for name in ["pre-commit", "pre-merge-commit", "pre-push"] {
        let hook = text(&repo, &format!(".git/hooks/{name}"));
        assert!(hook.contains("gonogo hook"), "{name}: {hook}");
    }
    let again = init(&repo, &[]);
    let kept = "kept the hooks of this clone: they already run gonogo\n";
    assert!(again.stdout.contains(kept), "{}", again.stdout);
}

#[test]
fn hooks_of_others_stay() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(".git/hooks/pre-commit", "#!/bin/sh\n");
    let run = init(&repo, &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("no hooks: "), "{}", run.stdout);
    assert_eq!(text(&repo, ".git/hooks/pre-commit"), "#!/bin/sh\n");
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
        "--repository is written OWNER/NAME or as the address of a repository, with @REV behind it for a tag or a commit: \
         acme/gonogo@v1.0.0",
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
    let home = format!("house/gonogo@{}", "a".repeat(40));
    assert_eq!(init(&repo, &["--repository", &home]).code, 2);
    assert!(
        fs::read_dir(&outside)
            .unwrap()
            .all(|entry| entry.unwrap().path().is_dir())
    );
    assert!(!outside.join("workflows/gonogo.yml").exists());
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

/// Sets up a repository with a hook manager, and returns what `gonogo init` prints there.
fn with_files(world: &World, files: &[(&str, &str)]) -> (String, String) {
    let repo = world.init("managed");
    for (name, text) in files {
        repo.write(name, text);
    }
    let run = init(&repo, &[]);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let again = init(&repo, &[]);
    assert!(
        !again.stdout.contains("wrote") && !again.stdout.contains("added"),
        "{}",
        again.stdout
    );
    assert!(!repo.join(".pre-commit-config.yaml").exists());
    let changed = files.iter().map(|(name, _)| text(&repo, name));
    (run.stdout.clone(), changed.collect::<Vec<_>>().join("\n"))
}

#[test]
fn husky_gets_gonogo_in_its_own_hooks() {
    let (says, hook) = with_files(&World::new(), &[(".husky/pre-commit", "npx lint-staged\n")]);
    assert!(
        says.contains("added gonogo to .husky/pre-commit\n"),
        "{says}"
    );
    assert!(
        says.contains("wrote .husky/pre-push\n") && says.contains("npm install"),
        "{says}"
    );
    assert!(
        hook.starts_with("npx lint-staged\n") && hook.contains("gonogo hook"),
        "{hook}"
    );
}

#[test]
fn lefthook_and_simple_git_hooks_get_gonogo_in_their_configuration() {
    let lefthook = "pre-commit:\n  commands:\n    lint:\n      run: npm run lint\n";
    let (says, text) = with_files(&World::new(), &[("lefthook.yml", lefthook)]);
    assert!(
        says.contains("added gonogo to lefthook.yml\n") && says.contains("lefthook install"),
        "{says}"
    );
    assert!(text.contains("run: gonogo hook --pre-push {1}"), "{text}");
    let package = "{\n  \"simple-git-hooks\": {\n    \"pre-commit\": \"npm test\"\n  }\n}\n";
    let (says, text) = with_files(&World::new(), &[("package.json", package)]);
    assert!(says.contains("npx simple-git-hooks"), "{says}");
    assert!(text.contains("\"gonogo hook && npm test\""), "{text}");
}

#[test]
fn configurations_in_toml_get_gonogo_behind_what_they_have() {
    let prek = "[[repos]]\nrepo = \"builtin\"\nhooks = [{ id = \"check-toml\" }]\n";
    let (says, text) = with_files(&World::new(), &[("prek.toml", prek)]);
    assert!(
        says.contains("added gonogo to prek.toml\n") && says.contains("prek install -t pre-commit"),
        "{says}"
    );
    assert!(
        text.starts_with(prek) && text.contains("entry = \"gonogo hook\""),
        "{text}"
    );
    let (_, text) = with_files(
        &World::new(),
        &[(".pre-commit-config.yml", "repos:\n- repo: a\n")],
    );
    assert!(text.contains("entry: gonogo hook"), "{text}");
    let lefthook = "[pre-commit.commands.lint]\nrun = \"npm run lint\"\n";
    let (says, text) = with_files(&World::new(), &[("lefthook.toml", lefthook)]);
    assert!(
        says.contains("added gonogo to lefthook.toml\n") && says.contains("lefthook install"),
        "{says}"
    );
    assert!(
        text.starts_with(lefthook) && text.contains("[pre-push.commands.gonogo]"),
        "{text}"
    );
    let (says, text) = with_files(&World::new(), &[("lefthook.json", "{}\n")]);
    assert!(
        says.contains("kept lefthook.json") && text == "{}\n",
        "{says}"
    );
}

#[test]
fn a_workflow_needs_a_commit_and_sends_to_code_scanning_on_request() {
    let world = World::new();
    let repo = world.init("repo");
    repo.git(&["remote", "add", "origin", "https://github.com/house/app"]);
    let run = init(&repo, &["--dry-run", "--repository", "house/gonogo@v1"]);
    assert!(
        run.stdout.contains("no .github/workflows/gonogo.yml: "),
        "{}",
        run.stdout
    );
    let home = format!("house/gonogo@{}", "a".repeat(40));
    let run = init(&repo, &["--repository", &home, "--code-scanning"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let workflow = text(&repo, ".github/workflows/gonogo.yml");
    assert!(workflow.contains("security-events: write"), "{workflow}");
    assert!(
        workflow.contains("head.repo.full_name == github.repository"),
        "{workflow}"
    );
}

#[test]
fn gitlab_gets_a_job() {
    let world = World::new();
    let repo = world.init("repo");
    repo.git(&["remote", "add", "origin", "git@gitlab.com:house/app.git"]);
    let run = init(
        &repo,
        &["--repository", "https://gitlab.com/house/gonogo@v1"],
    );
    assert!(
        run.stdout.contains("wrote .gitlab-ci.yml\n"),
        "{}",
        run.stdout
    );
    let job = text(&repo, ".gitlab-ci.yml");
    assert!(
        job.contains("--git https://gitlab.com/house/gonogo --tag v1 gonogo"),
        "{job}"
    );
}

/// What is beside the lines that are added belongs to the project, and so may the passwords there.
#[test]
fn no_secret_is_shown_in_what_would_be_written() {
    let world = World::new();
    let secret = token("beside");
    let cases = [
        (
            ".husky/pre-commit",
            format!("export NPM_TOKEN={secret}\nnpm test\n"),
        ),
        (
            "lefthook.yml",
            format!("pre-commit:\n  commands:\n    lint:\n      run: lint --token {secret}\n"),
        ),
        (
            ".pre-commit-config.yaml",
            format!(
                "repos:\n  - repo: local\n    hooks:\n      - id: lint\n        name: lint\n        entry: lint\n        language: system\n        args: [--token, {secret}]\n"
            ),
        ),
        (
            "package.json",
            format!(
                "{{\n  \"simple-git-hooks\": {{\n    \"pre-commit\": \"TOKEN={secret} lint\"\n  }}\n}}\n"
            ),
        ),
        (".gitattributes", format!("# token: {secret}\n*.sh text\n")),
    ];
    for (number, (name, text)) in cases.iter().enumerate() {
        let repo = world.init(&format!("repo{number}"));
        repo.write(name, text);
        if name.starts_with(".husky") {
            repo.write(
                "package.json",
                "{\"devDependencies\": {\"husky\": \"9\"}}\n",
            );
        }
        let run = init(&repo, &["-n"]);
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{name}");
        assert!(run.stdout.contains(name), "{name}: {}", run.stdout);
        assert!(run.stdout.contains("********"), "{name}: {}", run.stdout);
        assert!(!run.stdout.contains(&secret), "{name} is shown");
        assert_eq!(self::text(&repo, name), *text);
    }
}

#[test]
fn no_secret_is_shown_of_where_hooks_are() {
    let world = World::new();
    let repo = world.init("repo");
    let secret = token("hooks");
    let folder = repo.join(&format!("hooks-{secret}"));
    repo.git(&["config", "core.hooksPath", folder.to_str().unwrap()]);
    for args in [
        &["init"][..],
        &["init", "-n"],
        &["install-hook"],
        &["uninstall-hook"],
        &["uninstall-hook"],
    ] {
        let run = repo.gonogo().args(args).run();
        assert!(
            !run.stdout.contains(&secret) && !run.stderr.contains(&secret),
            "{args:?}"
        );
    }
    let run = init(
        &repo,
        &[
            "--repository",
            &format!("https://ann:{secret}@git.example.org/a/b@v1"),
        ],
    );
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("has a login") && !run.stderr.contains(&secret),
        "{}",
        run.stderr
    );
}
