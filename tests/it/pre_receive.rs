//! `gonogo scan --range OLD..NEW` in a server-side hook, where pushed objects are not part of the repository yet.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use crate::harness::{Repo, World, program, secret_line};

/// A repository to push from, and the bare one to push to, which judges each ref separately.
fn with_hook(world: &World) -> (Repo<'_>, Repo<'_>) {
    let own = world.init("own");
    own.commit_file("app.conf", "port = 1\n");
    let server = world.clone_of(&own, "server.git", &["--bare"]);
    own.git(&["remote", "add", "server", server.path().to_str().unwrap()]);
    let script = format!(
        "#!/bin/sh\nwhile read old new ref; do\n  '{}' scan --range \"$old..$new\" || exit 1\ndone\n",
        program()
    );
    server.write("hooks/pre-receive", script);
    let hook = server.join("hooks/pre-receive");
    fs::set_permissions(hook, fs::Permissions::from_mode(0o755)).unwrap();
    (own, server)
}

/// Returns whether the server accepts a push, and what the hook prints about it.
fn pushes(own: &Repo<'_>, refs: &[&str]) -> (bool, String) {
    let output = own.try_git(&[&["push", "-q", "server"], refs].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), said)
}

#[test]
fn a_secret_is_not_taken_over_and_everything_else_is() {
    let world = World::new();
    let (own, server) = with_hook(&world);
    own.commit_file("other.conf", "port = 2\n");
    let (is_taken, said) = pushes(&own, &["HEAD"]);
    assert!(is_taken, "{said}");
    let before = server.id("HEAD");
    own.commit_file("app.conf", secret_line("a"));
    let (is_taken, said) = pushes(&own, &["HEAD"]);
    assert!(!is_taken && said.contains("NO-GO"), "{said}");
    assert!(said.contains("app.conf"), "{said}");
    assert_eq!(server.id("HEAD"), before);
    // Quarantined objects are not part of the repository, and nothing of them is left behind.
    own.git(&["reset", "-q", "--hard", "HEAD^"]);
    assert_eq!(server.scan().verdict, "GO");
    let (is_taken, said) = pushes(&own, &["HEAD"]);
    assert!(is_taken, "{said}");
}

/// Git writes zeros in place of a commit that does not exist.
#[test]
fn new_and_deleted_branches_are_judged_by_what_they_bring() {
    let world = World::new();
    let (own, _server) = with_hook(&world);
    own.commit_file("app.conf", "port = 2\n");
    let (is_taken, said) = pushes(&own, &["HEAD:refs/heads/good"]);
    assert!(is_taken && said.contains("1 commit"), "{said}");
    own.commit_file("app.conf", secret_line("a"));
    let (is_taken, said) = pushes(&own, &["HEAD:refs/heads/bad"]);
    assert!(!is_taken && said.contains("NO-GO"), "{said}");
    let (is_taken, said) = pushes(&own, &[":refs/heads/good"]);
    assert!(is_taken, "{said}");
}

/// Another repository that a hook scans is unrelated to what is pushed to the hook's own.
#[test]
fn a_quarantine_counts_for_its_own_repository_only() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    let other = world.init("other");
    other.commit_file("app.conf", secret_line("a"));
    let objects = other.git_folder().join("objects");
    let run = repo
        .gonogo()
        .env("GIT_OBJECT_DIRECTORY", objects.to_str().unwrap())
        .args(["scan", "--no-worktree"])
        .run();
    assert_eq!(run.code, 0, "{}", run.stdout);
}

/// Its message comes with it, whether the server has the commit already or not.
#[test]
fn the_message_of_an_annotated_tag_is_part_of_what_is_pushed() {
    let world = World::new();
    let (own, server) = with_hook(&world);
    own.git(&["tag", "-a", "v1", "-m", "a release"]);
    let (is_taken, said) = pushes(&own, &["v1"]);
    assert!(is_taken && said.contains("1 tag"), "{said}");
    let secret = secret_line("a");
    own.git(&["tag", "-a", "v2", "-m", &secret]);
    // A tag of a tag brings both.
    own.git(&["tag", "-a", "v3", "-m", "fine", "v2"]);
    for tag in ["v2", "v3"] {
        let (is_taken, said) = pushes(&own, &[tag]);
        assert!(!is_taken && said.contains("message of tag"), "{said}");
    }
    assert_eq!(server.git(&["tag"]).trim(), "v1");
    // What the server's tag has already is not new.
    server.git(&["fetch", "-q", own.path().to_str().unwrap(), "tag", "v2"]);
    own.git(&["tag", "-f", "-a", "v2", "-m", "another text", "v2"]);
    let (is_taken, said) = pushes(&own, &["-f", "v2"]);
    assert!(is_taken, "{said}");
}
