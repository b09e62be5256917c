//! What a folder contains besides readable files: links, pipes, sockets, and files without read permission.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;

use crate::harness::{Run, World, secret_line, token};

#[test]
fn links_are_not_followed_so_loops_end() {
    let world = World::new();
    world.write("tree/sub/app.conf", secret_line("a"));
    world.write("outside/other.conf", secret_line("b"));
    let tree = world.path("tree");
    symlink("..", tree.join("sub/up")).unwrap();
    symlink(".", tree.join("self")).unwrap();
    symlink("../outside", tree.join("out")).unwrap();
    symlink("sub/app.conf", tree.join("copy.conf")).unwrap();
    let report = world.gonogo(&tree).arg("scan").report();
    assert_eq!(report.places(), ["sub/app.conf:1"]);
    assert!(report.coverage.gaps.is_empty(), "{:?}", report.coverage);
}

#[test]
fn links_that_lead_nowhere_or_to_themselves_are_told() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    let tree = world.path("tree");
    symlink("absent", tree.join("broken")).unwrap();
    symlink("two", tree.join("one")).unwrap();
    symlink("one", tree.join("two")).unwrap();
    let report = world.gonogo(&tree).arg("scan").report();
    report.only(&token("a"));
    let places: Vec<_> = report
        .coverage
        .gaps
        .iter()
        .map(|gap| (gap.kind.as_str(), gap.place.as_str(), gap.undecided))
        .collect();
    assert_eq!(
        places,
        [
            ("broken-link", "broken", false),
            ("broken-link", "one", false),
            ("broken-link", "two", false),
        ]
    );
}

#[test]
fn a_link_that_is_named_is_followed() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    symlink("tree/app.conf", world.path("file-link")).unwrap();
    symlink("tree", world.path("folder-link")).unwrap();
    for (path, place) in [
        ("file-link", "file-link:1"),
        ("folder-link", "app.conf:1"),
        ("folder-link/", "app.conf:1"),
    ] {
        let report = world.gonogo(&world.path(".")).args(["scan", path]).report();
        assert_eq!(report.places(), [place], "{path}");
    }
}

#[test]
fn pipes_and_sockets_are_told_and_not_opened() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    let tree = world.path("tree");
    let status = Command::new("mkfifo").arg(tree.join("pipe")).status();
    assert!(status.unwrap().success());
    let _socket = UnixListener::bind(tree.join("socket")).unwrap();
    let report = world.gonogo(&tree).arg("scan").report();
    report.only(&token("a"));
    assert_eq!(report.gap_kinds(), ["special", "special"]);
    let places: Vec<_> = report.coverage.gaps.iter().map(|it| &it.place).collect();
    assert_eq!(places, ["pipe", "socket"]);
}

#[test]
fn a_pipe_that_is_named_is_not_waited_for() {
    let world = World::new();
    let pipe = world.path("pipe");
    assert!(
        Command::new("mkfifo")
            .arg(&pipe)
            .status()
            .unwrap()
            .success()
    );
    let report = world
        .gonogo(&world.path("."))
        .args(["scan", "pipe"])
        .report();
    assert_eq!((report.code, report.gap_kinds()), (2, vec!["special"]));
}

#[test]
fn ignore_files_that_are_no_files_are_not_opened() {
    let world = World::new();
    let repo = world.init("repo");
    for folder in ["link", "pipe", "plain/deep"] {
        repo.write(&format!("{folder}/app.conf"), secret_line(folder));
        repo.write(&format!("{folder}/sub/app.conf"), secret_line(folder));
    }
    symlink("/dev/zero", repo.join("link/.gitignore")).unwrap();
    let pipe = repo.join("pipe/.gitignore");
    assert!(Command::new("mkfifo").arg(pipe).status().unwrap().success());
    repo.write("plain/.gitignore", "sub\n");
    let places = [
        "link/app",
        "link/sub/app",
        "pipe/app",
        "pipe/sub/app",
        "plain/deep/app",
    ];
    let places = places.map(|place| place.to_owned() + ".conf:1");
    assert_eq!(repo.scan().places(), places);
    symlink("/dev/zero", repo.join(".gitignore")).unwrap();
    assert_eq!(repo.scan().places().len(), 6, "nothing is ignored any more");
}

fn forbid(path: &Path) {
    fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
}

/// Runs a scan of `tree` as a user who is subject to permissions, which root is not unless these capabilities are
/// dropped.
fn scan_unprivileged(world: &World, options: &[&str]) -> Run {
    let probe = world.write("probe", "");
    forbid(&probe);
    let scan = world
        .gonogo(&world.path("tree"))
        .args(["scan", "--format", "json"])
        .args(options)
        .command();
    let output = if fs::read(probe).is_err() {
        let mut scan = scan;
        scan.output().unwrap()
    } else {
        world
            .sealed("setpriv")
            .arg("--bounding-set=-dac_override,-dac_read_search")
            .arg(scan.get_program())
            .args(scan.get_args())
            .current_dir(scan.get_current_dir().unwrap())
            .output()
            .unwrap()
    };
    Run::of(output, world)
}

#[test]
fn a_file_that_may_not_be_read_keeps_the_verdict_open() {
    let world = World::new();
    world.write("tree/app.conf", "port = 1\n");
    forbid(&world.write("tree/locked.conf", "port = 2\n"));
    let run = scan_unprivileged(&world, &[]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stdout.contains(r#""place": "locked.conf""#), "{run:?}");
    assert!(run.stdout.contains(r#""kind": "unreadable""#));
}

#[test]
fn a_folder_that_may_not_be_read_does_not_hide_others() {
    let world = World::new();
    world.write("tree/app.conf", secret_line("a"));
    world.write("tree/locked/in.conf", "port = 2\n");
    forbid(&world.path("tree/locked"));
    let run = scan_unprivileged(&world, &[]);
    // The world must be readable again to be removed.
    fs::set_permissions(world.path("tree/locked"), fs::Permissions::from_mode(0o700)).unwrap();
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stdout.contains(r#""place": "locked""#), "{run:?}");
    assert!(run.stdout.contains(r#""path": "app.conf""#));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_that_fails_while_it_is_read_is_a_gap() {
    let world = World::new();
    // Nothing is mapped at address 0, so even root cannot read the beginning of this file.
    let report = world
        .gonogo(&world.path("."))
        .args(["scan", "/proc/self/mem"])
        .report();
    assert_eq!((report.code, report.gap_kinds()), (2, vec!["unreadable"]));
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_stops_at_the_size_limit() {
    let world = World::new();
    let report = world
        .gonogo(&world.path("."))
        .args(["scan", "--max-file-size", "1M", "/dev/zero"])
        .report();
    assert_eq!(report.code, 2);
    let gap = &report.coverage.gaps[0];
    assert!(gap.kind == "special" || gap.kind == "oversized", "{gap:?}");
}

/// Git would commit where it leads as its content.
#[test]
fn where_a_broken_link_leads_is_scanned() {
    let world = World::new();
    let tree = world.folder("tree");
    fs::write(tree.join("a"), "1\n").unwrap();
    let target = format!("https://x:{}@git.example.org/a", token("a"));
    symlink(&target, tree.join("mirror")).unwrap();
    let report = world.gonogo(&tree).arg("scan").report();
    assert_eq!(report.only(&token("a")).path(), "mirror");
    assert_eq!(report.gap_kinds(), ["broken-link"]);
}

#[test]
fn a_file_that_is_called_like_a_repository_is_none() {
    let world = World::new();
    for (text, kind, verdict) in [
        ("gitdir: ../modules/sub\n", "submodule", "GO"),
        ("k = 1\n", "unreadable", "UNDECIDED"),
        ("", "unreadable", "UNDECIDED"),
    ] {
        world.write("tree/sub/.git", text);
        world.write("tree/a", "1\n");
        let report = world.gonogo(&world.path("tree")).arg("scan").report();
        assert_eq!(report.gap_kinds(), [kind]);
        assert_eq!(report.verdict, verdict, "{text}");
    }
}
