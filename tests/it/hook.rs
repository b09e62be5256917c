//! `gonogo hook` as git and pre-commit run it, and `gonogo install-hook`.

#![cfg(unix)]

use std::fs;

use crate::harness::{Repo, Run, World, secret_line};

/// A repository with a secret in an old commit, a harmless file, and the hook.
fn with_old_secret(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.commit_file("old.conf", secret_line("old"));
    repo.commit_file("new.conf", "port = 1\n");
    repo
}

#[track_caller]
fn check(run: &Run, code: i32, looked_at: &str) {
    assert_eq!(run.code, code, "{}\n{}", run.stdout, run.stderr);
    let first = run.stdout.lines().next().unwrap_or_default();
    assert!(first.contains(looked_at), "{first}");
}

#[test]
fn without_pre_commit_it_looks_at_what_is_staged() {
    let world = World::new();
    let repo = with_old_secret(&world);
    check(&repo.gonogo().arg("hook").run(), 0, "the staged changes");
    repo.write("new.conf", secret_line("new"));
    repo.git(&["add", "."]);
    check(&repo.gonogo().arg("hook").run(), 1, "the staged changes");
}

#[test]
fn pre_commit_called_by_hand_is_never_green_over_nothing() {
    let world = World::new();
    let repo = with_old_secret(&world);
    let run = repo.gonogo().arg("hook").env("PRE_COMMIT", "1").run();
    check(&run, 1, "all files in the index");
    repo.commit_removal("old.conf");
    let run = repo.gonogo().arg("hook").env("PRE_COMMIT", "1").run();
    check(&run, 0, "all files in the index");
    assert!(run.stdout.contains("1 file"), "{}", run.stdout);
}

#[test]
fn pre_commit_within_a_commit_looks_at_what_is_staged() {
    let world = World::new();
    let repo = with_old_secret(&world);
    let index = repo.join(".git/index");
    let hook = || {
        let hook = repo.gonogo().arg("hook").env("PRE_COMMIT", "1");
        hook.env("GIT_INDEX_FILE", index.to_str().unwrap())
    };
    check(&hook().run(), 0, "the staged changes");
    repo.write("new.conf", secret_line("new"));
    repo.git(&["add", "."]);
    check(&hook().run(), 1, "the staged changes");
}

#[test]
fn a_push_is_judged_by_its_commits() {
    let world = World::new();
    let repo = with_old_secret(&world);
    let base = repo.id("HEAD");
    let hook = |to: &str| {
        let hook = repo.gonogo().arg("hook").env("PRE_COMMIT", "1");
        hook.env("PRE_COMMIT_FROM_REF", &base)
            .env("PRE_COMMIT_TO_REF", to)
            .run()
    };
    let clean = repo.commit_file("new.conf", "port = 2\n");
    check(&hook(&clean), 0, "the commits");
    repo.commit_file("new.conf", secret_line("new"));
    let gone = repo.commit_file("new.conf", "port = 3\n");
    check(&hook(&gone), 1, "the commits");
}

#[test]
fn a_first_push_is_judged_by_everything() {
    let world = World::new();
    let repo = with_old_secret(&world);
    repo.commit_removal("old.conf");
    let hook = repo.gonogo().arg("hook").env("PRE_COMMIT", "1");
    let run = hook.env("PRE_COMMIT_REMOTE_NAME", "origin").run();
    check(&run, 1, "everything");
}

/// A repository with the hooks, and a remote that has its first commit.
fn with_remote(world: &World) -> Repo<'_> {
    let repo = with_old_secret(world);
    let remote = world.init_with("remote.git", &["--bare"]);
    let path = remote.path().to_str().unwrap().to_owned();
    repo.git(&["remote", "add", "origin", &path]);
    repo.git(&["push", "-q", "origin", "HEAD:refs/heads/main"]);
    assert_eq!(repo.gonogo().arg("install-hook").run().code, 0);
    repo
}

/// Returns whether `git push` went through with the hook, and what it printed.
fn pushes(repo: &Repo<'_>, args: &[&str]) -> (bool, String) {
    let output = repo.try_git(&[&["push", "origin"], args].concat());
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.success(),
        String::from_utf8_lossy(&said).into_owned(),
    )
}

#[test]
fn a_push_is_judged_by_what_the_remote_lacks() {
    let world = World::new();
    let repo = with_remote(&world);
    repo.commit_file("new.conf", "port = 2\n");
    let (went, said) = pushes(&repo, &["HEAD:refs/heads/main"]);
    assert!(went && said.contains("1 commit"), "{said}");
    // A commit that no hook has seen, like one made by `rebase --continue`.
    repo.write("new.conf", secret_line("new"));
    repo.git(&["add", "."]);
    repo.git(&["commit", "-q", "--no-verify", "-m", "Add a secret"]);
    repo.write("new.conf", "port = 3\n");
    repo.git(&["commit", "-q", "--no-verify", "-a", "-m", "Remove it"]);
    for name in ["refs/heads/main", "refs/heads/other"] {
        let (went, said) = pushes(&repo, &[&format!("HEAD:{name}")]);
        assert!(!went && said.contains("NO-GO"), "{name}: {said}");
    }
    let (went, said) = pushes(&repo, &["HEAD~2:refs/heads/clean"]);
    assert!(went, "{said}");
    let (went, said) = pushes(&repo, &[":refs/heads/clean"]);
    assert!(went, "{said}");
}

#[test]
fn a_push_of_a_tag_is_judged_by_its_message() {
    let world = World::new();
    let repo = with_remote(&world);
    repo.git(&["tag", "-a", "v1", "-m", "a release"]);
    let (went, said) = pushes(&repo, &["v1"]);
    assert!(went && said.contains("1 tag"), "{said}");
    repo.git(&["tag", "-a", "v2", "-m", &secret_line("tag")]);
    for refs in [&["v2"][..], &["--tags"]] {
        let (went, said) = pushes(&repo, refs);
        assert!(!went && said.contains("message of tag"), "{said}");
    }
}

/// The branches of a remote `origin/fork` are kept below those of `origin`.
#[test]
fn what_another_remote_has_is_not_known_to_this_one() {
    let world = World::new();
    let repo = with_remote(&world);
    repo.git(&["fetch", "-q", "origin"]);
    repo.write("new.conf", secret_line("new"));
    repo.git(&["add", "."]);
    repo.git(&["commit", "-q", "--no-verify", "-m", "Add a secret"]);
    let fetch = "+refs/heads/*:refs/remotes/origin/fork/*";
    repo.git(&["config", "remote.origin/fork.url", "/nowhere"]);
    repo.git(&["config", "remote.origin/fork.fetch", fetch]);
    repo.git(&["update-ref", "refs/remotes/origin/fork/main", "HEAD"]);
    let (went, said) = pushes(&repo, &["HEAD:refs/heads/new"]);
    assert!(!went && said.contains("NO-GO"), "{said}");
    // Its own branches are known.
    assert!(said.contains("1 commit"), "{said}");
}

#[test]
fn a_first_push_sends_commits_and_no_blobs_that_a_hook_stopped() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("new.conf", "port = 1\n");
    assert_eq!(repo.gonogo().arg("install-hook").run().code, 0);
    repo.write("new.conf", secret_line("new"));
    repo.git(&["add", "."]);
    repo.failing_git(&["commit", "-q", "-m", "Add a secret"]);
    repo.git(&["reset", "-q", "--hard"]);
    let remote = world.init_with("remote.git", &["--bare"]);
    let path = remote.path().to_str().unwrap().to_owned();
    repo.git(&["remote", "add", "origin", &path]);
    let (went, said) = pushes(&repo, &["HEAD:refs/heads/main"]);
    assert!(went && said.contains("all commits"), "{said}");
    let hook = repo.gonogo().arg("hook").env("PRE_COMMIT", "1");
    let hook = hook.env("PRE_COMMIT_REMOTE_NAME", "other");
    let run = hook.env("PRE_COMMIT_LOCAL_BRANCH", "HEAD").run();
    check(&run, 0, "all commits of HEAD");
}

#[test]
fn a_pre_push_hook_of_another_stays() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        ".git/hooks/pre-push",
        "#!/bin/sh\ngit lfs pre-push \"$@\"\n",
    );
    let run = repo.gonogo().arg("install-hook").run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(run.stdout.contains("--pre-push"), "{}", run.stdout);
    let hook = fs::read_to_string(repo.join(".git/hooks/pre-push")).unwrap();
    assert!(hook.contains("git lfs"), "{hook}");
}

#[test]
fn the_installed_hook_keeps_a_secret_from_being_committed() {
    let world = World::new();
    let repo = world.init("repo");
    let run = repo.gonogo().arg("install-hook").run();
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    repo.write("app.conf", secret_line("a"));
    repo.git(&["add", "."]);
    repo.failing_git(&["commit", "-q", "-m", "Add a secret"]);
    repo.write("app.conf", "port = 1\n");
    repo.commit("Add a port");
    assert_eq!(repo.gonogo().arg("install-hook").run().code, 0, "again");
}

#[test]
fn a_hook_of_somebody_else_stays_unless_forced() {
    let world = World::new();
    let repo = world.init("repo");
    let hook = repo.join(".git/hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, "#!/bin/sh\nexit 0\n").unwrap();
    let run = repo.gonogo().arg("install-hook").run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\nexit 0\n");
    let run = repo.gonogo().args(["install-hook", "--force"]).run();
    assert_eq!(run.code, 0);
    assert!(fs::read_to_string(&hook).unwrap().contains("gonogo hook"));
}

#[test]
fn hooks_go_where_git_is_told_to_look_for_them() {
    let world = World::new();
    let repo = world.init("repo");
    repo.git(&["config", "core.hooksPath", "tools/hooks"]);
    let below = repo.join("below");
    fs::create_dir(&below).unwrap();
    let run = world.gonogo(&below).arg("install-hook").run();
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(repo.join("tools/hooks/pre-commit").exists());
    repo.write("app.conf", secret_line("a"));
    repo.git(&["add", "app.conf"]);
    repo.failing_git(&["commit", "-q", "-m", "Add a secret"]);
}

#[test]
fn there_is_no_hook_without_a_repository() {
    let world = World::new();
    let folder = world.folder("plain");
    let run = world.gonogo(&folder).arg("install-hook").run();
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("not a Git repository"),
        "{}",
        run.stderr
    );
}
