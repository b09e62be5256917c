//! Pipes and devices in place of git's files: opening a pipe blocks until somebody writes to it, which never happens.

#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::harness::{Repo, World, secret_line};

/// The time limit for a scan of a few files.
const LIMIT: Duration = Duration::from_secs(30);

const FILES: [&str; 12] = [
    "HEAD",
    "config",
    "index",
    "packed-refs",
    "shallow",
    "commondir",
    "refs/heads/main",
    "refs/tags/a/b",
    "logs/refs/stash",
    "objects/info/alternates",
    "objects/pack/pack-0000000000000000000000000000000000000000.idx",
    "objects/pack/multi-pack-index",
];

/// Runs gonogo and returns its exit code and output; `None` if it did not end in time.
fn within_limit(repo: &Repo<'_>, args: &[&str]) -> Option<(i32, String)> {
    let mut command = repo.gonogo().args(args).command();
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let before = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if before.elapsed() > LIMIT {
            child.kill().unwrap();
            child.wait().unwrap();
            return None;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    let output = child.wait_with_output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    Some((
        output.status.code()?,
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

fn put_pipe(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    if path.is_dir() {
        fs::remove_dir_all(path).unwrap();
    } else if path.exists() {
        fs::remove_file(path).unwrap();
    }
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

fn build(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    repo
}

#[test]
fn a_pipe_in_the_git_folder_is_told_and_never_waited_for() {
    for name in FILES {
        let world = World::new();
        let repo = build(&world);
        put_pipe(&repo.join(".git").join(name));
        for args in [
            &["scan"][..],
            &["scan", "--no-history"],
            &["hook"],
            &["scan", "--range", "HEAD~1..HEAD"],
        ] {
            let done = within_limit(&repo, args);
            let (code, text) = done.unwrap_or_else(|| panic!("{args:?} waits for {name}"));
            assert!(code != 0, "{name}: {args:?}: {text}");
            let is_told = text.contains(&format!(".git/{name} is neither a file nor a directory"));
            assert!(is_told || name == "HEAD", "{name}: {args:?}: {text}");
        }
        // The files are scanned even so.
        let (code, text) = within_limit(&repo, &["scan", "--no-history"]).unwrap();
        assert!(code == 1 && text.contains("app.conf:1"), "{name}: {text}");
    }
}

#[test]
fn a_pipe_as_git_folder_is_never_waited_for() {
    let world = World::new();
    let repo = build(&world);
    put_pipe(&repo.join(".git"));
    let (code, text) = within_limit(&repo, &["scan"]).expect("it ends");
    assert!(code == 1 && text.contains("app.conf:1"), "{text}");
}

#[test]
fn a_device_behind_a_link_in_the_git_folder_is_not_read() {
    let world = World::new();
    let repo = build(&world);
    fs::remove_file(repo.join(".git/index")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", repo.join(".git/index")).unwrap();
    let (code, text) = within_limit(&repo, &["scan"]).expect("it ends");
    assert!(
        code == 1 && text.contains("neither a file nor a directory"),
        "{text}"
    );
}

#[test]
fn a_pipe_in_the_folder_that_a_linked_worktree_shares_is_never_waited_for() {
    let world = World::new();
    let repo = build(&world);
    repo.git(&["worktree", "add", "-q", "../linked"]);
    let linked = Repo::at(&world, world.path("linked"));
    put_pipe(&repo.join(".git/packed-refs"));
    let (code, text) = within_limit(&linked, &["scan"]).expect("it ends");
    assert!(
        code == 1 && text.contains("neither a file nor a directory"),
        "{text}"
    );
}

#[test]
fn a_pipe_among_the_objects_is_told_and_never_waited_for() {
    for object in ["HEAD", "HEAD^{tree}", "HEAD:app.conf"] {
        let world = World::new();
        let repo = build(&world);
        let id = repo.id(object);
        let path = format!(".git/objects/{}/{}", &id[..2], &id[2..]);
        put_pipe(&repo.join(&path));
        let (code, text) = within_limit(&repo, &["scan"]).expect("it ends");
        assert!(code == 1 && text.contains("app.conf:1"), "{text}");
        assert!(text.contains(&path), "{text}");
        assert!(text.contains("the history was not scanned"), "{text}");
        within_limit(&repo, &["hook"]).expect("it ends");
    }
}

#[test]
fn a_pipe_where_objects_are_borrowed_from_is_never_waited_for() {
    let world = World::new();
    let repo = build(&world);
    let other = world.folder("other/pack");
    put_pipe(&other.join("pack-1.idx"));
    let alternates = format!("{}\n", world.path("other").display());
    repo.write(".git/objects/info/alternates", alternates);
    let (code, text) = within_limit(&repo, &["scan"]).expect("it ends");
    assert!(
        code == 1 && text.contains("neither a file nor a directory"),
        "{text}"
    );
}
