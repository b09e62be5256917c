//! Tracked files that are not checked out: in a sparse checkout, and after `git clone --no-checkout`.

use std::fs;

use crate::harness::{Repo, Report, World};

const OPEN: &str = "services:\n  a:\n    image: a:1\n    privileged: true\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n";

/// Returns a repository with insecure configuration in `dep/`.
fn repository(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.write("keep/a", "1\n");
    repo.commit_file("dep/compose.yml", OPEN);
    repo
}

#[track_caller]
fn check_found(report: &Report) {
    assert_eq!((report.code, report.verdict.as_str()), (1, "NO-GO"));
    let rules: Vec<_> = report.findings.iter().map(|it| it.rule.as_str()).collect();
    assert!(rules.contains(&"compose/privileged"), "{rules:?}");
    for finding in &report.findings {
        assert_eq!(finding.path(), "dep/compose.yml");
        assert_eq!(finding.origin.kind, "blob");
    }
}

#[test]
fn configuration_that_a_sparse_checkout_leaves_out_is_audited() {
    for option in ["--no-sparse-index", "--sparse-index"] {
        let world = World::new();
        let repo = repository(&world);
        let before = repo.scan();
        repo.git(&["sparse-checkout", "set", "--cone", option, "keep"]);
        assert!(!repo.join("dep").exists());
        let report = repo.scan();
        check_found(&report);
        assert_eq!(report.findings.len(), before.findings.len());
        // Where the history is not scanned, only what is there counts, and what is not is listed.
        let report = repo.scan_with(&["--no-history"]);
        assert_eq!((report.code, report.verdict.as_str()), (0, "GO"));
        assert_eq!(report.gap_kinds(), ["not-checked-out"]);
        let run = repo.gonogo().args(["scan", "keep"]).run();
        assert!(!run.stdout.contains("not-checked-out"), "{}", run.stdout);
    }
}

#[test]
fn settings_that_are_not_checked_out_count_for_what_is_not() {
    let world = World::new();
    let repo = repository(&world);
    repo.commit_file("dep/gonogo.toml", "[rules]\noff = [\"compose/*\"]\n");
    assert_eq!(repo.scan().verdict, "GO");
    repo.git(&["sparse-checkout", "set", "--cone", "keep"]);
    assert_eq!(repo.scan().verdict, "GO");
}

#[test]
fn without_a_checkout_the_configuration_of_head_is_audited() {
    let world = World::new();
    let repo = repository(&world);
    let clone = world.clone_of(&repo, "clone", &["--no-checkout"]);
    check_found(&clone.scan());
    clone.git(&["checkout", "-q", "main"]);
    fs::remove_dir_all(clone.join("dep")).unwrap();
    // What somebody has deleted is about to be gone.
    assert_eq!(clone.scan().verdict, "GO");
}
