//! `gonogo scan --staged` as a hook run by git itself.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::harness::{Repo, World, program, secret_line};

/// A repository whose commits must pass the scan.
fn with_hook(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.commit_file("other.conf", "port = 1\n");
    repo.write(
        ".git/hooks/pre-commit",
        format!("#!/bin/sh\nexec '{}' scan --staged\n", program()),
    );
    let hook = repo.join(".git/hooks/pre-commit");
    fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
    repo
}

/// Returns whether git makes the commit.
fn commits(repo: &Repo<'_>, args: &[&str]) -> bool {
    let before = repo.id("HEAD");
    let args = [&["commit", "-q", "-m", "Try it"], args].concat();
    let output = repo.try_git(&args);
    assert_eq!(output.status.success(), repo.id("HEAD") != before);
    output.status.success()
}

#[test]
fn a_staged_secret_keeps_git_from_committing() {
    let world = World::new();
    let repo = with_hook(&world);
    repo.write("app.conf", secret_line("a"));
    repo.git(&["add", "app.conf"]);
    assert!(!commits(&repo, &[]));
    repo.write("app.conf", "port = 2\n");
    repo.git(&["add", "app.conf"]);
    assert!(commits(&repo, &[]));
}

/// Git prepares the index of such a commit in a separate file.
#[test]
fn a_commit_of_all_changes_is_checked_as_it_will_be() {
    let world = World::new();
    let repo = with_hook(&world);
    repo.write("app.conf", secret_line("a"));
    assert!(!commits(&repo, &["-a"]));
    assert!(!commits(&repo, &["app.conf"]));
    repo.write("other.conf", "port = 2\n");
    assert!(commits(&repo, &["other.conf"]), "the secret is not in it");
}

#[test]
fn a_hook_in_a_linked_worktree_sees_its_own_index() {
    let world = World::new();
    let repo = with_hook(&world);
    repo.git(&["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = Repo::at(&world, world.path("linked"));
    linked.write("app.conf", secret_line("a"));
    assert!(!commits(&linked, &["-a"]));
    linked.write("app.conf", "port = 2\n");
    assert!(commits(&linked, &["-a"]));
}

/// The files of a home directory are often kept so: the repository is elsewhere, and the directory itself may belong to
/// another one.
#[test]
fn a_repository_apart_from_its_working_tree_is_the_one_that_git_names() {
    let world = World::new();
    let dots = world.init_with("dots", &["--bare"]);
    let home = world.init("files");
    home.commit_file("app.conf", "port = 1\n");
    home.write("sub/.rc", secret_line("a"));
    let git_dir = dots.path().to_str().unwrap();
    let apart = ["--git-dir", git_dir, "--work-tree", "."];
    let git = |args: &[&str]| home.try_git(&[&apart, args].concat());
    assert!(git(&["add", "sub/.rc"]).status.success());
    for args in [&["hook"][..], &["scan", "--staged"]] {
        for (folder, top) in [(home.path().to_owned(), "."), (home.join("sub"), "..")] {
            let gonogo = world.gonogo(&folder).args(args);
            let run = gonogo.env("GIT_DIR", git_dir).env("GIT_WORK_TREE", top);
            let run = run.run();
            assert_eq!(run.code, 1, "{}\n{}", run.stdout, run.stderr);
            assert!(run.stdout.contains("sub/.rc:1"), "{}", run.stdout);
        }
        // Without the variables, it is the repository that is there.
        assert_eq!(home.gonogo().args(args).run().code, 0);
        let run = home.gonogo().args(args).env("GIT_DIR", "/nowhere").run();
        assert_eq!(run.code, 2, "{}", run.stdout);
        assert!(run.stderr.contains("GIT_DIR names it"), "{}", run.stderr);
    }
    dots.write(
        "hooks/pre-commit",
        format!("#!/bin/sh\nexec '{}' hook\n", program()),
    );
    let hook = dots.join("hooks/pre-commit");
    fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(!git(&["commit", "-q", "-m", "Try it"]).status.success());
    home.write("sub/.rc", "port = 1\n");
    assert!(git(&["add", "sub/.rc"]).status.success());
    let output = git(&["commit", "-q", "-m", "Try it"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    // A bare repository has no working tree to be in.
    let run = world
        .gonogo(&world.folder("empty"))
        .args(["scan", "--range"]);
    let range = format!("{}..HEAD", "0".repeat(40));
    let run = run.arg(range).env("GIT_DIR", git_dir).run();
    assert_eq!(run.code, 0, "{}\n{}", run.stdout, run.stderr);
}
