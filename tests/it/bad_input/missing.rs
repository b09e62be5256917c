//! Clones with something missing.

use std::fs;

use super::{build, check};
use crate::harness::{World, token};

#[test]
fn an_object_that_is_missing_is_told_and_the_rest_scanned() {
    let world = World::new();
    let repo = build(&world);
    fs::remove_file(repo.loose_object(&repo.id("HEAD~1"))).unwrap();
    let report = repo.scan();
    check(&report, "missing");
}

#[test]
fn a_partial_clone_is_undecided_until_it_is_whole() {
    let world = World::new();
    let repo = build(&world);
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let clone = world.clone_of(&repo, "clone", &["--filter=blob:none"]);
    let report = clone.scan();
    // The checkout has fetched what HEAD needs.
    report.only(&token("new"));
    assert!(report.all(&token("old")).is_empty());
    assert_eq!((report.code, report.gap_kinds()), (1, vec!["missing"; 2]));
    assert!(report.coverage.gaps[0].reason.contains("fetch"));

    clone.remove("app.conf");
    let report = clone.scan_with(&["--no-history"]);
    assert_eq!(report.code, 0);
    let bare = world.clone_of(&repo, "bare.git", &["--bare", "--filter=blob:none"]);
    let report = bare.scan();
    assert_eq!((report.code, report.verdict.as_str()), (2, "UNDECIDED"));
}

#[test]
fn a_clone_without_trees_is_undecided() {
    let world = World::new();
    let repo = build(&world);
    repo.git(&["config", "uploadpack.allowFilter", "true"]);
    let options = ["--filter=tree:0", "--no-checkout"];
    let report = world.clone_of(&repo, "clone", &options).scan();
    assert_eq!(report.code, 2);
    assert!(report.gap_kinds().contains(&"missing"));
}

#[test]
fn a_shallow_clone_is_undecided_and_says_what_to_do() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.commit_file("app.conf", "port = 2\n");
    let clone = world.clone_of(&repo, "clone", &["--depth=1"]);
    let report = clone.scan();
    assert_eq!((report.code, report.gap_kinds()), (2, vec!["shallow"]));
    let gap = report.gap("shallow");
    assert!(gap.undecided && gap.reason.contains("git fetch --unshallow"));
    assert_eq!(clone.scan_with(&["--no-history"]).code, 0);
    clone.git(&["fetch", "-q", "--unshallow"]);
    assert_eq!(clone.scan().code, 0);
}

#[test]
fn secrets_in_a_shallow_clone_are_found() {
    let world = World::new();
    let repo = build(&world);
    repo.commit_removal("app.conf");
    let clone = world.clone_of(&repo, "clone", &["--depth=2"]);
    let report = clone.scan();
    assert_eq!(report.only(&token("new")).presence(), "history");
    assert_eq!((report.code, report.gap_kinds()), (1, vec!["shallow"]));
}
