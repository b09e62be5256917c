//! `gonogo doctor` reports what git would really do.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use crate::harness::{Repo, Run, World, program};

fn doctor(repo: &Repo<'_>) -> Run {
    // The hooks look for gonogo on the path.
    let program = program();
    let folder = Path::new(&program).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    repo.gonogo().arg("doctor").env("PATH", &path).run()
}

/// Returns the line about something.
#[track_caller]
fn says<'r>(run: &'r Run, what: &str) -> &'r str {
    let mut lines = run.stdout.lines();
    let line = lines.find(|line| line.starts_with(what));
    line.unwrap_or_else(|| panic!("{}{}", run.stdout, run.stderr))
}

fn hook(repo: &Repo<'_>, name: &str, text: &str) {
    repo.write(name, text);
    let mode = fs::Permissions::from_mode(0o755);
    fs::set_permissions(repo.join(name), mode).unwrap();
}

#[test]
fn without_hooks_nothing_is_checked() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.txt", "a\n");
    let run = doctor(&repo);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    for kind in ["commit", "merge", "push"] {
        assert!(
            says(&run, kind).contains("NOT CHECKED: there is no hook"),
            "{}",
            run.stdout
        );
    }
    assert!(says(&run, "CI").contains("no pipeline"), "{}", run.stdout);
}

#[test]
fn installed_hooks_check_everything_and_nothing_is_left_behind() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.txt", "a\n");
    assert_eq!(repo.gonogo().arg("install-hook").run().code, 0);
    let before = repo.id("HEAD");
    let run = doctor(&repo);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    for kind in ["commit", "merge", "push"] {
        let line = says(&run, kind);
        assert!(
            line.contains(" checked: ") && line.contains("was stopped"),
            "{line}"
        );
    }
    assert_eq!(repo.id("HEAD"), before);
    assert_eq!(repo.scan().verdict, "GO");
    assert!(!run.stdout.contains("ghp_"), "{}", run.stdout);
}

#[test]
fn a_hook_that_lets_things_through_is_no_check() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.txt", "a\n");
    hook(&repo, ".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n");
    hook(
        &repo,
        ".git/hooks/pre-merge-commit",
        "#!/bin/sh\ngonogo hook\nexit 0\n",
    );
    hook(
        &repo,
        ".git/hooks/pre-push",
        "#!/bin/sh\necho no linter here\nexit 1\n",
    );
    let run = doctor(&repo);
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(
        says(&run, "commit").contains("NOT CHECKED: the hook ran"),
        "{}",
        run.stdout
    );
    assert!(
        says(&run, "merge").contains("let its exit code count"),
        "{}",
        run.stdout
    );
    let push = says(&run, "push");
    assert!(
        push.contains("not known: something else") && push.contains("no linter here"),
        "{push}"
    );
    let mode = fs::Permissions::from_mode(0o644);
    fs::set_permissions(repo.join(".git/hooks/pre-commit"), mode).unwrap();
    assert!(
        says(&doctor(&repo), "commit").contains("not executable"),
        "{}",
        run.stdout
    );
}

/// husky points git to a folder that git ignores, so a linked working tree has none.
#[test]
fn hooks_that_a_linked_working_tree_lacks_are_named() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file(".gitignore", "/.husky/_\n");
    let wrapper = "#!/bin/sh\nexec sh -e \"$(dirname \"$0\")/../$(basename \"$0\")\" \"$@\"\n";
    for name in ["pre-commit", "pre-merge-commit", "pre-push"] {
        hook(&repo, &format!(".husky/_/{name}"), wrapper);
    }
    repo.write(".husky/pre-commit", "true\n");
    assert_eq!(repo.gonogo().arg("init").run().code, 0);
    repo.git(&["config", "core.hooksPath", ".husky/_"]);
    repo.git(&["add", "."]);
    repo.git(&["commit", "-q", "--no-verify", "-m", "Add hooks"]);
    let run = doctor(&repo);
    assert_eq!(run.code, 0, "{}{}", run.stdout, run.stderr);
    let other = world.path("linked");
    repo.git(&["worktree", "add", "-q", other.to_str().unwrap()]);
    let run = doctor(&repo);
    assert_eq!(run.code, 1, "{}{}", run.stdout, run.stderr);
    assert!(
        run.stdout.contains("linked NOT CHECKED: there is no hook"),
        "{}",
        run.stdout
    );
    assert!(run.stdout.contains("husky is not set up"), "{}", run.stdout);
}

#[test]
fn it_needs_a_repository_with_files() {
    let world = World::new();
    let bare = world.init_with("bare", &["--bare"]);
    bare.gonogo()
        .arg("doctor")
        .run()
        .refused("the repository has no working tree to commit from");
}
