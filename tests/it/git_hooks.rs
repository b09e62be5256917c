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
