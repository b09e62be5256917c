//! Nothing to scan: when that is a GO, when it is not, and when it is an error.

use std::fs;

use crate::harness::{World, secret_line, token};

#[test]
fn no_change_is_a_go() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    for options in [
        &["--staged"][..],
        &["--range", "HEAD..HEAD"],
        &["--range", "HEAD...HEAD"],
    ] {
        let run = repo.gonogo().arg("scan").args(options).run();
        assert_eq!(run.code, 0, "{}", run.stdout);
        assert!(
            run.stdout.ends_with("GO: nothing to scan: no changes\n"),
            "{}",
            run.stdout
        );
    }
}

#[test]
fn a_range_the_wrong_way_round_is_a_mistake() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    repo.commit_file("a.conf", "a = 2\n");
    for (range, turned) in [
        ("HEAD..HEAD~1", "HEAD~1..HEAD"),
        ("HEAD...HEAD~1", "HEAD~1...HEAD"),
    ] {
        let run = repo.gonogo().args(["scan", "--range", range]).run();
        let message = format!(
            "{range}: the first commit descends from the second, so the range is empty: write {turned}"
        );
        run.refused(&message);
    }
}

#[test]
fn nothing_where_something_was_named_is_undecided() {
    let world = World::new();
    let empty = world.folder("empty");
    let full = world.folder("full");
    fs::write(full.join("a.conf"), "a = 1\n").unwrap();
    let report = world.gonogo(&empty).arg("scan").report();
    assert_eq!((report.code, report.verdict.as_str()), (2, "UNDECIDED"));
    assert_eq!(report.gap_kinds(), ["empty"]);
    // The content of one folder says nothing about the other.
    let report = world
        .gonogo(&world.path(""))
        .args(["scan", "full", "empty"])
        .report();
    assert_eq!(report.gap("empty").place, "empty");
    assert_eq!(report.verdict, "UNDECIDED");
    let bare = world.init_with("bare.git", &["--bare"]);
    let report = bare.scan();
    assert_eq!(
        (report.verdict.as_str(), report.gap_kinds()),
        ("UNDECIDED", vec!["empty"])
    );
}

#[test]
fn empty_standard_input_is_undecided() {
    let world = World::new();
    let folder = world.folder("a");
    let scan = || {
        world
            .gonogo(&folder)
            .args(["scan", "--stdin", "--stdin-name", "compose.yml"])
    };
    let report = scan().report();
    assert_eq!((report.code, report.verdict.as_str()), (2, "UNDECIDED"));
    assert_eq!(report.gap("empty").place, "compose.yml");
    assert_eq!(scan().input("a: 1\n").report().verdict, "GO");
}

#[test]
fn an_index_that_is_named_must_be_there() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("b/a.conf", "a = 1\n");
    repo.write("b/a.conf", secret_line("staged"));
    repo.git(&["add", "."]);
    let from = |index: &str| {
        let scan = world.gonogo(&repo.join("b")).args(["scan", "--staged"]);
        scan.env("GIT_INDEX_FILE", index)
    };
    // As git names it for a hook that changed into a subfolder.
    from(".git/index").report().only(&token("staged"));
    let run = from(".git/no-index").run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(
        run.stderr
            .contains("GIT_INDEX_FILE names this index, which does not exist"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_hook_from_a_subfolder_stops_the_commit() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("b/a.conf", "a = 1\n");
    let hook = repo.git_folder().join("hooks/pre-commit");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    let program = crate::harness::program();
    fs::write(&hook, format!("#!/bin/sh\ncd b && exec '{program}' hook\n")).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&hook, fs::Permissions::from_mode(0o755)).unwrap();
    }
    repo.write("b/a.conf", secret_line("staged"));
    repo.git(&["add", "."]);
    repo.failing_git(&["commit", "-q", "-m", "no"]);
    repo.write("b/a.conf", "a = 2\n");
    repo.git(&["add", "."]);
    repo.git(&["commit", "-q", "-m", "yes"]);
}

#[test]
fn links_that_are_staged_are_looked_at() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", "a = 1\n");
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(token("link"), repo.join("link")).unwrap();
        repo.git(&["add", "."]);
        repo.scan_with(&["--staged"]).only(&token("link"));
    }
}
