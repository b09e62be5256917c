//! Damaged, truncated and hostile repositories: nothing panics or hangs, what is lost is reported, and the rest is
//! scanned.

mod missing;
mod packs;

use std::fs;
use std::path::Path;

use crate::harness::{Repo, Report, World, overwrite, secret_line, token};

/// Builds a repository with a secret on either side of what will be damaged: one in the history, one in a file.
fn build(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    // The oldest deleted object comes last in a pack; it is not a secret, so it may be cut off.
    repo.commit_file("first.conf", "port = 1\n");
    repo.remove("first.conf");
    repo.commit_file("old.conf", secret_line("old"));
    repo.commit_removal("old.conf");
    repo.commit_file("victim.conf", "# victim\nport = 1\n");
    repo.commit_file("app.conf", secret_line("new"));
    repo
}

/// Both secrets are found, so the verdict is clear, and the loss is reported.
#[track_caller]
fn check(report: &Report, gap: &str) {
    report.only(&token("old"));
    report.only(&token("new"));
    assert!(report.gap_kinds().contains(&gap), "{:?}", report.coverage);
    assert_eq!(report.code, 1);
}

/// Only the file's secret is certain to be found.
#[track_caller]
fn check_file_only(report: &Report, gap: &str) {
    report.only(&token("new"));
    assert!(report.gap_kinds().contains(&gap), "{:?}", report.coverage);
    assert_eq!(report.code, 1);
}

/// Changes bytes of a file in place.
fn damage(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    overwrite(path, &bytes);
}

#[test]
fn a_damaged_loose_object_is_told_and_the_rest_scanned() {
    let world = World::new();
    let repo = build(&world);
    let victim = repo.loose_object(&repo.id("HEAD:victim.conf"));
    let whole = fs::read(&victim).unwrap();
    for at in 0..whole.len() {
        damage(&victim, |bytes| {
            bytes.clone_from(&whole);
            bytes[at] ^= 0xff;
        });
        let report = repo.scan();
        report.only(&token("old"));
        report.only(&token("new"));
        // A flipped checksum at the very end, or a size, may go unnoticed; nothing else may.
        let is_tail = at + 4 >= whole.len();
        assert!(is_tail || !report.coverage.gaps.is_empty(), "byte {at}");
    }
}

#[test]
fn a_loose_object_that_is_cut_off_is_told_and_the_rest_scanned() {
    let world = World::new();
    let repo = build(&world);
    let victim = repo.loose_object(&repo.id("HEAD:victim.conf"));
    for length in [0, 1, 2, 10] {
        damage(&victim, |bytes| bytes.truncate(length));
        check(&repo.scan(), "corrupt");
    }
}

#[test]
fn a_damaged_commit_or_tree_does_not_hide_blobs() {
    for revision in ["HEAD~1", "HEAD~1^{tree}"] {
        let world = World::new();
        let repo = build(&world);
        let victim = repo.loose_object(&repo.id(revision));
        overwrite(&victim, b"garbage");
        let report = repo.scan();
        check(&report, "corrupt");
        assert_eq!(report.only(&token("old")).path(), "old.conf");
    }
}

#[test]
fn a_commit_that_is_no_commit_is_told() {
    let world = World::new();
    let repo = build(&world);
    repo.git_with_input(
        &[
            "hash-object",
            "-w",
            "--literally",
            "-t",
            "commit",
            "--stdin",
        ],
        "tree nonsense\n\n",
    );
    repo.git_with_input(
        &["hash-object", "-w", "--literally", "-t", "tree", "--stdin"],
        "nonsense",
    );
    repo.git_with_input(
        &["hash-object", "-w", "--literally", "-t", "tag", "--stdin"],
        "nonsense",
    );
    check(&repo.scan(), "corrupt");
}

#[test]
fn garbage_among_loose_objects_is_told() {
    let world = World::new();
    let repo = build(&world);
    repo.write(&format!(".git/objects/aa/{}", "b".repeat(38)), "garbage");
    repo.write(".git/objects/aa/tmp_obj_garbage", "garbage");
    repo.write(".git/objects/zz/garbage", "garbage");
    check(&repo.scan(), "corrupt");
}

#[test]
fn a_damaged_index_is_told_and_everything_else_scanned() {
    let world = World::new();
    let repo = build(&world);
    let index = repo.join(".git/index");
    let whole = fs::read(&index).unwrap();
    overwrite(&index, b"garbage");
    check(&repo.scan(), "unreadable");
    for at in (0..whole.len()).step_by(7) {
        damage(&index, |bytes| {
            bytes.clone_from(&whole);
            bytes[at] ^= 0xff;
        });
        let report = repo.scan();
        report.only(&token("old"));
        report.only(&token("new"));
        let run = repo.gonogo().args(["scan", "--staged"]).run();
        assert!(run.code <= 2);
    }
}

#[test]
fn a_damaged_index_is_no_reason_to_pass_what_is_staged() {
    let world = World::new();
    let repo = build(&world);
    overwrite(&repo.join(".git/index"), b"garbage");
    let run = repo.gonogo().args(["scan", "--staged"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
}

#[test]
fn a_damaged_ref_does_not_hide_what_it_led_to() {
    let world = World::new();
    let repo = build(&world);
    repo.write(".git/refs/heads/garbage", "garbage\n");
    repo.write(".git/refs/heads/nowhere", "12".repeat(20) + "\n");
    repo.write(".git/refs/tags/empty", "");
    let report = repo.scan();
    assert_eq!(report.only(&token("old")).presence(), "history");
    report.only(&token("new"));
}

#[test]
fn a_head_that_leads_nowhere_does_not_hide_the_history() {
    let world = World::new();
    let repo = build(&world);
    for head in ["ref: refs/heads/absent\n", &"12".repeat(20)] {
        repo.write(".git/HEAD", head);
        let report = repo.scan();
        assert_eq!(report.only(&token("old")).presence(), "refs");
        report.only(&token("new"));
    }
}

#[test]
fn a_damaged_head_hides_nothing() {
    let world = World::new();
    let repo = build(&world);
    for head in ["garbage\n", "", "ref: \n", "\0\0"] {
        repo.write(".git/HEAD", head);
        let report = repo.scan();
        report.only(&token("old"));
        report.only(&token("new"));
    }
}

#[test]
fn a_repository_that_cannot_be_opened_still_has_files() {
    let world = World::new();
    let repo = build(&world);
    let other = world.init("other");
    other.commit_file("other.conf", secret_line("other"));
    repo.write(".git/config", "[core\n");
    let report = repo.scan();
    check_file_only(&report, "unreadable");
    let scan = world.gonogo(&world.path("."));
    let report = scan.args(["scan", "repo", "other"]).report();
    report.only(&token("new"));
    assert_eq!(report.only(&token("other")).presence(), "head");
    assert_eq!(report.gap("unreadable").place, "repo/.git");

    repo.remove("app.conf");
    assert_eq!(repo.scan().code, 2);
    assert_eq!(repo.scan_with(&["--no-worktree"]).code, 2);
    let run = repo.gonogo().args(["scan", "--staged"]).run();
    assert_eq!((run.code, run.stdout.as_str()), (2, ""));
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
}

#[test]
fn gaps_of_several_repositories_are_told_apart() {
    let world = World::new();
    let repo = build(&world);
    world.clone_of(&repo, "one", &["--depth=1"]);
    world.clone_of(&repo, "two.git", &["--bare", "--depth=1"]);
    let name = "pack-0000000000000000000000000000000000000000";
    repo.write(&format!(".git/objects/pack/{name}.pack"), "garbage");
    let scan = world.gonogo(&world.path("."));
    let report = scan.args(["scan", "one", "two.git", "./repo/"]).report();
    let places: Vec<_> = report.coverage.gaps.iter().map(|gap| &gap.place).collect();
    let pack = format!("./repo/.git/objects/pack/{name}.pack");
    assert_eq!(places, [&pack, "one/.git", "two.git"]);
    let places: Vec<_> = repo.scan().coverage.gaps.into_iter().collect();
    assert_eq!(places[0].place, pack["./repo/".len()..]);
}

#[test]
fn a_worktree_that_lost_its_repository_still_has_files() {
    let world = World::new();
    world.write("tree/.git", "gitdir: /absent\n");
    world.write("tree/app.conf", secret_line("new"));
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    check_file_only(&report, "unreadable");
}

#[test]
fn alternates_that_are_gone_or_go_in_circles_are_told() {
    let world = World::new();
    let repo = build(&world);
    repo.write(".git/objects/info/alternates", "/absent/objects\n");
    check(&repo.scan(), "unreadable");
    repo.write(".git/objects/info/alternates", "../objects\n");
    check_file_only(&repo.scan(), "unreadable");
}

#[test]
fn a_repository_cannot_make_the_scan_run_anything() {
    let world = World::new();
    let repo = build(&world);
    let trap = world.path("sprung");
    let spring = format!("touch {}", trap.display());
    for key in [
        "core.fsmonitor",
        "core.sshCommand",
        "core.pager",
        "filter.trap.smudge",
        "filter.trap.clean",
        "diff.trap.textconv",
        "diff.external",
    ] {
        repo.git(&["config", key, &spring]);
    }
    repo.write(".gitattributes", "* filter=trap diff=trap\n");
    for options in [&[][..], &["--staged"], &["--range", "HEAD~1..HEAD"]] {
        assert!(repo.scan_with(options).code <= 2);
    }
    assert!(!trap.exists());
}

/// Scans one file of one line, with a secret at its beginning, in its middle and at its end.
fn check_long_line(filler: &str, size: usize) {
    let world = World::new();
    let half = filler.repeat(size / 2 / filler.len());
    let secrets = ["a", "b", "c"].map(token);
    let line = [&secrets[0], half.as_str(), &secrets[1], &half, &secrets[2]].join(" ");
    world.write("tree/app.conf", line);
    let report = world.gonogo(&world.path("tree")).arg("scan").report();
    for secret in &secrets {
        assert_eq!(report.only(secret).place(), "app.conf:1");
    }
    assert_eq!(report.coverage.files, 1);
}

#[test]
fn a_line_of_200_megabytes_is_scanned_to_its_end() {
    check_long_line(&"0123456789 ".repeat(100), 200 << 20);
}

#[test]
fn a_line_full_of_keywords_is_scanned_to_its_end() {
    check_long_line("password = 'x', ghp_ AKIA token: ", 1 << 20);
}

#[test]
fn a_configuration_that_points_elsewhere_hides_no_files() {
    let world = World::new();
    world.folder("elsewhere");
    for (key, value) in [
        ("core.worktree", "../../elsewhere"),
        ("core.bare", "true"),
        ("core.excludesFile", "../exclude-all"),
        ("core.sparseCheckout", "true"),
    ] {
        let repo = world.init(key);
        repo.write("app.conf", secret_line("new"));
        repo.write("exclude-all", "*\n");
        repo.write(".git/info/sparse-checkout", "nothing\n");
        repo.git(&["config", key, value]);
        let report = repo.scan();
        assert_eq!(report.only(&token("new")).place(), "app.conf:1", "{key}");
    }
}

#[test]
fn files_that_only_speed_git_up_may_be_damaged() {
    let world = World::new();
    let repo = build(&world);
    repo.git(&["pack-refs", "--all"]);
    repo.git(&["commit-graph", "write", "--reachable"]);
    repo.git(&["repack", "-q", "-a", "-d", "-b"]);
    overwrite(&repo.join(".git/objects/info/commit-graph"), b"garbage");
    for bitmap in repo.packs("bitmap") {
        overwrite(&bitmap, b"garbage");
    }
    for reverse in repo.packs("rev") {
        overwrite(&reverse, b"garbage");
    }
    let report = repo.scan();
    report.only(&token("new"));
    assert_eq!(report.only(&token("old")).presence(), "history");
    overwrite(&repo.join(".git/packed-refs"), b"\0garbage\n");
    let report = repo.scan();
    report.only(&token("new"));
    report.only(&token("old"));
}

#[test]
fn damaged_reflogs_and_stashes_hide_nothing() {
    let world = World::new();
    let repo = build(&world);
    repo.write("victim.conf", secret_line("stash"));
    repo.git(&["stash", "-q"]);
    repo.write(".git/logs/refs/stash", "garbage\n\0\0\n");
    repo.write(".git/logs/HEAD", [0xff; 300]);
    let report = repo.scan();
    report.only(&token("new"));
    report.only(&token("old"));
    assert_eq!(report.only(&token("stash")).presence(), "stash");
}

/// Makes a commit with a tree nested so deeply that nobody could check it out.
fn commit_deep(repo: &Repo<'_>, depth: usize) {
    let secret = secret_line("deep");
    let commands = format!(
        "commit refs/heads/main\ncommitter C <c@example.org> 1704067200 +0000\ndata 0\n\n\
         M 100644 inline {}app.conf\ndata {}\n{secret}\n",
        "d/".repeat(depth),
        secret.len(),
    );
    repo.git_with_input(&["fast-import", "--quiet", "--force"], commands);
}

#[test]
fn trees_nested_without_end_do_not_break_the_scan() {
    let world = World::new();
    let repo = world.init("repo");
    repo.git(&["commit", "-q", "--allow-empty", "-m", "Empty"]);
    let base = repo.id("HEAD");
    commit_deep(&repo, 20_000);
    let report = repo.scan_history();
    assert_eq!(report.only(&token("deep")).presence(), "head");
    let report = repo.scan_with(&["--range", &format!("{base}..HEAD")]);
    report.only(&token("deep"));
    assert!(repo.gonogo().args(["scan", "--staged"]).run().code <= 2);
}
