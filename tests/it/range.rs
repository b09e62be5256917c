//! `--range BASE..HEAD`: what the commits of a range add, and nothing else.

use crate::harness::{Report, World, secret_line, token};

#[track_caller]
fn check_go(report: &Report) {
    assert_eq!((report.code, report.verdict.as_str()), (0, "GO"));
}

#[test]
fn only_what_the_range_adds_is_reported() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("before.conf", secret_line("before"));
    let base = repo.commit_file("other.conf", "port = 1\n");
    repo.commit_removal("before.conf");
    let added = repo.commit_file("app.conf", secret_line("added"));
    let tip = repo.commit_removal("app.conf");
    repo.commit_file("after.conf", secret_line("after"));
    repo.write("file.conf", secret_line("file"));
    let report = repo.scan_with(&["--range", &format!("{base}..{tip}")]);
    let found = report.only(&token("added"));
    assert_eq!(
        (found.path(), found.first(), found.presence()),
        ("app.conf", added.as_str(), "history")
    );
    assert_eq!((report.findings.len(), report.code), (1, 1));
    assert_eq!((report.coverage.commits, report.coverage.files), (3, 0));
}

#[test]
fn a_file_that_is_deleted_or_moved_out_of_the_way_adds_nothing() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    repo.commit_removal("app.conf");
    check_go(&repo.scan_with(&["--range", "HEAD~1..HEAD"]));
}

#[test]
fn an_old_secret_in_a_changed_file_is_shown_as_known_and_nobody_is_blamed() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    repo.commit_file("app.conf", "# more\n".to_owned() + &secret_line("a"));
    let report = repo.scan_with(&["--range", "HEAD~1..HEAD"]);
    let found = report.only(&token("a"));
    assert_eq!(
        (found.place().as_str(), found.first(), found.presence()),
        ("app.conf:2", "", "head")
    );
    assert_eq!((report.verdict.as_str(), report.code), ("GO", 0));
}

#[test]
fn messages_of_the_range_count() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit(&token("before"));
    let commit = repo.commit(&token("in"));
    let report = repo.scan_with(&["--range", "HEAD~1..HEAD"]);
    let found = report.only(&token("in"));
    assert_eq!(
        (found.origin.kind.as_str(), found.first()),
        ("commit-message", commit.as_str())
    );
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn a_merge_adds_what_no_parent_has_and_what_the_other_branch_brought() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    let brought = repo.commit_file("side.conf", secret_line("side"));
    repo.git(&["checkout", "-q", "main"]);
    let base = repo.commit_file("main.conf", secret_line("main"));
    repo.git(&["merge", "-q", "--no-ff", "--no-commit", "side"]);
    repo.write("merged.conf", secret_line("merge"));
    let merge = repo.commit("Merge");
    let report = repo.scan_with(&["--range", &format!("{base}..HEAD")]);
    assert_eq!(report.only(&token("side")).first(), brought);
    assert_eq!(report.only(&token("merge")).first(), merge);
    assert_eq!(report.findings.len(), 2, "main.conf was there before");
}

#[test]
fn three_dots_begin_where_the_two_parted() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("side.conf", secret_line("side"));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("main.conf", secret_line("main"));
    let report = repo.scan_with(&["--range", "main...side"]);
    report.only(&token("side"));
    assert_eq!(report.findings.len(), 1);
}

#[test]
fn an_empty_range_is_a_go() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    check_go(&repo.scan_with(&["--range", "HEAD..HEAD"]));
}

#[test]
fn a_range_over_one_commit_of_many_finds_its_path() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a/b/c/app.conf", "port = 1\n");
    repo.commit_file("a/b/c/app.conf", secret_line("a"));
    repo.commit_file("a/b/other.conf", "port = 1\n");
    repo.pack_all();
    let report = repo.scan_with(&["--range", "HEAD~2..HEAD~1"]);
    assert_eq!(report.only(&token("a")).place(), "a/b/c/app.conf:1");
}

#[test]
fn bad_revisions_are_refused_in_one_line_that_names_them() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    for range in ["absent..HEAD", "HEAD..absent", "HEAD~7..HEAD"] {
        let run = repo.gonogo().args(["scan", "--range", range]).run();
        assert_eq!((run.code, run.stdout.as_str()), (2, ""));
        let start = format!("error: {range}: ");
        assert!(run.stderr.starts_with(&start), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
    }
    let run = repo.gonogo().args(["scan", "--range", "HEAD"]).run();
    run.refused("HEAD: not a range: write BASE..HEAD");
}

#[test]
fn a_range_that_a_shallow_clone_lacks_says_how_to_get_it() {
    let world = World::new();
    let repo = world.init("repo");
    let base = repo.commit_file("app.conf", "port = 1\n");
    repo.commit_file("app.conf", "port = 2\n");
    repo.commit_file("app.conf", "port = 3\n");
    let clone = world.clone_of(&repo, "clone", &["--depth=1"]);
    let range = format!("{base}..HEAD");
    let run = clone.gonogo().args(["scan", "--range", &range]).run();
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("git fetch --unshallow"), "{run:?}");
}

#[test]
fn a_range_that_runs_into_the_edge_of_a_shallow_clone_is_undecided() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("side.conf", "port = 1\n");
    repo.commit_file("side.conf", "port = 2\n");
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("app.conf", "port = 2\n");
    let clone = world.clone_of(&repo, "clone", &["--depth=1", "--no-single-branch"]);
    // Both ends are there, but not the commits since they diverged.
    let report = clone.scan_with(&["--range", "origin/main..origin/side"]);
    assert_eq!(report.code, 2, "{report:#?}");
}

#[test]
fn a_submodule_that_leads_elsewhere_is_a_gap() {
    let world = World::new();
    let inner = world.init("inner");
    let first = inner.commit_file("a", "1\n");
    let second = inner.commit_file("a", "2\n");
    let repo = world.init("repo");
    repo.commit_file("b", "1\n");
    let at = |commit: &str| {
        let entry = format!("160000,{commit},lib/inner");
        repo.git(&["update-index", "--add", "--cacheinfo", &entry]);
        repo.git(&["commit", "-q", "-m", "move the submodule"]);
    };
    at(&first);
    at(&second);
    repo.commit_file("b", "2\n");
    let report = repo.scan_with(&["--range", "HEAD~2..HEAD"]);
    let gap = report.gap("submodule");
    assert_eq!(gap.place, "lib/inner");
    assert!(gap.reason.contains(&second[..12]), "{}", gap.reason);
    assert_eq!(report.verdict, "GO");
    let report = repo.scan_with(&["--range", "HEAD~1..HEAD"]);
    assert_eq!(report.gap_kinds(), [""; 0]);
}

/// A variable of a pipeline that is not set leaves one end empty. Git takes HEAD for it, so that nothing would be left
/// to scan.
#[test]
fn a_range_with_an_empty_end_is_an_error() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.commit_file("app.conf", secret_line("a"));
    for (range, what) in [
        ("..HEAD", "the end before the dots"),
        ("...HEAD", "the end before the dots"),
        ("HEAD..", "the end after the dots"),
        ("HEAD^...", "the end after the dots"),
        ("..", "both ends"),
    ] {
        let run = repo.gonogo().args(["scan", "--range", range]).run();
        assert_eq!(run.code, 2, "{range}: {}", run.stdout);
        let said = format!("{what} of the range is empty");
        assert!(run.stderr.contains(&said), "{range}: {}", run.stderr);
    }
}
