//! `--staged`: what the next commit would contain, in its staged form.

use std::fs;

use crate::harness::{Repo, Report, World, secret_line, token};

#[track_caller]
fn check_go(report: &Report) {
    assert_eq!((report.code, report.verdict.as_str()), (0, "GO"));
}

#[test]
fn contents_come_from_the_index_not_from_the_file() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.write("app.conf", "# staged\n".to_owned() + &secret_line("staged"));
    repo.git(&["add", "app.conf"]);
    repo.write("app.conf", secret_line("not staged"));
    let report = repo.scan_with(&["--staged"]);
    let found = report.only(&token("staged"));
    assert_eq!(found.place(), "app.conf:2");
    assert_eq!(found.origin.kind, "index");
    assert_eq!((report.findings.len(), report.code), (1, 1));
    assert_eq!(report.coverage.files, 1);
}

#[test]
fn nothing_staged_is_a_go() {
    let world = World::new();
    let repo = world.init("repo");
    check_go(&repo.scan_with(&["--staged"]));
    repo.commit_file("app.conf", secret_line("committed"));
    repo.write("app.conf", secret_line("not staged"));
    repo.write("new.conf", secret_line("untracked"));
    check_go(&repo.scan_with(&["--staged"]));
}

#[test]
fn before_the_first_commit_everything_is_new() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", secret_line("a"));
    repo.git(&["add", "."]);
    repo.scan_with(&["--staged"]).only(&token("a"));
}

#[test]
fn renamed_files_are_scanned_under_their_new_name() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("old.conf", secret_line("a"));
    repo.git(&["mv", "old.conf", "new.conf"]);
    let report = repo.scan_with(&["--staged"]);
    assert_eq!(report.places(), ["new.conf:1"]);
}

#[test]
fn a_deleted_file_is_no_finding() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    repo.git(&["rm", "-q", "app.conf"]);
    check_go(&repo.scan_with(&["--staged"]));
}

#[test]
fn a_change_of_mode_brings_nothing_new() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    repo.git(&["update-index", "--chmod=+x", "app.conf"]);
    check_go(&repo.scan_with(&["--staged"]));
}

#[test]
fn links_are_looked_at_and_submodules_are_a_gap() {
    let world = World::new();
    let library = world.init("library");
    library.commit_file("lib.conf", secret_line("library"));
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.git(&["submodule", "--quiet", "add", "../library", "lib"]);
    #[cfg(unix)]
    std::os::unix::fs::symlink("absent", repo.join("link")).unwrap();
    repo.git(&["add", "-A"]);
    let report = repo.scan_with(&["--staged"]);
    check_go(&report);
    assert_eq!(report.gap("submodule").place, "lib");
}

#[test]
fn all_stages_of_a_conflict_are_looked_at() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "base\n");
    repo.git(&["checkout", "-q", "-b", "side"]);
    repo.commit_file("app.conf", secret_line("theirs"));
    repo.git(&["checkout", "-q", "main"]);
    repo.commit_file("app.conf", "ours\n");
    repo.write("new.conf", secret_line("new"));
    repo.failing_git(&["merge", "-q", "side"]);
    repo.git(&["add", "new.conf"]);
    let report = repo.scan_with(&["--staged"]);
    assert_eq!(report.only(&token("theirs")).place(), "app.conf:1");
    assert_eq!(report.only(&token("new")).place(), "new.conf:1");
}

#[test]
fn a_folder_below_the_top_still_means_the_whole_index() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("sub/in.conf", "port = 1\n");
    repo.write("app.conf", secret_line("a"));
    repo.git(&["add", "."]);
    let report = world
        .gonogo(&repo.join("sub"))
        .args(["scan", "--staged"])
        .report();
    assert_eq!(report.only(&token("a")).place(), "app.conf:1");
}

#[test]
fn an_index_in_any_of_its_formats_is_read() {
    let world = World::new();
    let repo = world.init("repo");
    for n in 0..20 {
        repo.write(&format!("folder/app-{n}.conf"), "port = 1\n");
    }
    repo.commit("Add them");
    repo.write("folder/app-7.conf", secret_line("a"));
    repo.git(&["add", "."]);
    for version in ["2", "3", "4"] {
        repo.git(&["update-index", "--index-version", version]);
        let report = repo.scan_with(&["--staged"]);
        assert_eq!(report.places(), ["folder/app-7.conf:1"], "{version}");
    }
    repo.git(&["update-index", "--split-index"]);
    repo.write("folder/app-8.conf", secret_line("b"));
    repo.git(&["add", "."]);
    let report = repo.scan_with(&["--staged"]);
    assert_eq!(
        report.places(),
        ["folder/app-7.conf:1", "folder/app-8.conf:1"]
    );
}

#[test]
fn what_is_added_with_intent_only_has_no_contents_yet() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.write("new.conf", secret_line("a"));
    repo.git(&["add", "-N", "new.conf"]);
    let report = repo.scan_with(&["--staged"]);
    check_go(&report);
    assert!(report.coverage.gaps.is_empty(), "{:?}", report.coverage);
}

#[test]
fn the_index_of_a_linked_worktree_is_its_own() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    repo.git(&["worktree", "add", "-q", "--detach", "../linked"]);
    let linked = world.path("linked");
    fs::write(linked.join("app.conf"), secret_line("a")).unwrap();
    world.git(&linked, &["add", "app.conf"]);
    let report = world.gonogo(&linked).args(["scan", "--staged"]).report();
    report.only(&token("a"));
    check_go(&repo.scan_with(&["--staged"]));
}

#[test]
fn a_blob_that_is_not_there_is_a_gap_and_others_are_scanned() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", secret_line("a"));
    repo.write("lost.conf", "port = 1\n");
    repo.git(&["add", "."]);
    let lost = repo.id(":lost.conf");
    fs::remove_file(repo.loose_object(&lost)).unwrap();
    let report = repo.scan_with(&["--staged"]);
    report.only(&token("a"));
    let gap = report.gap("missing");
    assert!(gap.place.contains("lost.conf"), "{gap:?}");
}

#[test]
fn a_staged_file_that_is_too_large_is_told() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", secret_line("a"));
    repo.write("large.conf", "port = 1\n".repeat(1000));
    repo.git(&["add", "."]);
    let report = repo.scan_with(&["--staged", "--max-file-size", "1K"]);
    report.only(&token("a"));
    assert_eq!(report.gap("oversized").place, "large.conf");
}

#[test]
fn binary_files_and_other_encodings_are_told_apart() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.bin", b"\x7fELF\0\0\0");
    let text = secret_line("a");
    let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    repo.write("app.conf", utf16);
    repo.git(&["add", "."]);
    let report = repo.scan_with(&["--staged"]);
    report.only(&token("a"));
    assert_eq!((report.coverage.files, report.coverage.binary), (1, 1));
}

#[test]
fn where_nothing_can_be_staged_it_does_not_pass() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", "port = 1\n");
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    let run = bare.gonogo().args(["scan", "--staged"]).run();
    assert_eq!(run.code, 2, "{run:?}");
}

#[test]
fn outside_of_a_repository_it_is_refused() {
    let world = World::new();
    let folder = world.folder("tree");
    let run = world.gonogo(&folder).args(["scan", "--staged"]).run();
    run.refused(".: not a Git repository: --staged compares commits: name a repository");
}

/// Returns a repository with a token in `dep/`, which a sparse checkout leaves out and a sparse index keeps as one
/// entry.
fn with_sparse_index(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.write("keep/a", "1\n");
    repo.commit_file("dep/inner/d", "1\n");
    repo.write("dep/inner/s.conf", secret_line("left out"));
    repo.commit_file("keep/a", "2\n");
    repo.git(&["sparse-checkout", "set", "--cone", "--sparse-index", "keep"]);
    let entries = repo.git(&["ls-files", "--sparse"]);
    assert!(entries.lines().any(|line| line == "dep/"), "{entries}");
    repo
}

#[test]
fn what_changed_below_an_entry_of_a_sparse_index_is_scanned() {
    let world = World::new();
    let repo = with_sparse_index(&world);
    check_go(&repo.scan_with(&["--staged"]));
    let head = repo.id("HEAD");
    repo.git(&["reset", "-q", "--soft", "HEAD~1"]);
    let squashed = repo.scan_with(&["--staged"]);
    assert_eq!(
        squashed.only(&token("left out")).place(),
        "dep/inner/s.conf:1"
    );
    assert_eq!(squashed.coverage.files, 2);
    repo.git(&["reset", "-q", "--hard"]);
    repo.git(&["merge", "-q", "--no-commit", "--no-ff", &head]);
    let merged = repo.scan_with(&["--staged"]);
    merged.only(&token("left out"));
}

#[test]
fn every_file_of_the_index_includes_those_below_an_entry_of_a_sparse_index() {
    let world = World::new();
    let repo = with_sparse_index(&world);
    let by_hand = || repo.gonogo().arg("hook").env("PRE_COMMIT", "1").run();
    let run = by_hand();
    assert_eq!(run.code, 1, "{}", run.stdout);
    assert!(run.stdout.contains("dep/inner/s.conf:1"), "{}", run.stdout);
    // What cannot be read is not passed over.
    fs::remove_file(repo.loose_object(&repo.id("HEAD:dep/inner"))).unwrap();
    let run = by_hand();
    assert_eq!(run.code, 2, "{}", run.stdout);
    assert!(run.stdout.contains("dep/inner/"), "{}", run.stdout);
}
