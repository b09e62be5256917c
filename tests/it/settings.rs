//! `gonogo.toml`: where it is looked for, and that reports say which one was used.

use serde_json::Value;

use crate::harness::{Repo, World};

const WRONG: &str = "[policy]\nmin-tsl = \"1.3\"\n";

/// The settings that a scan of `path` says it used, and its exit code.
fn used(repo: &Repo<'_>, args: &[&str]) -> (i32, Vec<String>) {
    let run = repo
        .gonogo()
        .args(["scan", "--no-history", "--format", "json"])
        .args(args)
        .run();
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_default();
    let files = report["coverage"]["settings"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    let files = files
        .iter()
        .filter_map(|file| file.as_str().map(str::to_owned));
    (run.code, files.collect())
}

#[test]
fn the_nearest_file_counts_and_is_named_in_the_report() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("gonogo.toml", "[policy]\n");
    repo.write("a/gonogo.toml", "");
    repo.write("b/c/app.conf", "x = 1\n");
    assert_eq!(used(&repo, &[]), (0, vec!["gonogo.toml".to_owned()]));
    assert_eq!(used(&repo, &["a"]), (0, vec!["a/gonogo.toml".to_owned()]));
    let (code, files) = used(&repo, &["b/c/app.conf"]);
    assert!(
        code == 0 && files.len() == 1 && files[0].ends_with("/repo/gonogo.toml"),
        "{files:?}"
    );
    assert_eq!(used(&repo, &["--no-config"]), (0, vec![]));
    repo.write("other.toml", "");
    assert_eq!(
        used(&repo, &["--config", "other.toml"]),
        (0, vec!["other.toml".to_owned()])
    );
}

#[test]
fn what_lies_above_a_repository_does_not_count() {
    let world = World::new();
    let outer = world.init("outer");
    outer.write("gonogo.toml", WRONG);
    outer.write("inner/app.conf", "x = 1\n");
    assert_eq!(used(&outer, &["inner"]).0, 2);
    outer.git(&["init", "-q", "inner"]);
    assert_eq!(used(&outer, &["inner"]), (0, vec![]));
}

#[test]
fn what_is_wrong_in_it_stops_every_kind_of_scan() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("gonogo.toml", WRONG);
    for args in [
        &["scan"][..],
        &["scan", "--staged"],
        &["scan", "--stdin"],
        &["fix"],
    ] {
        let run = repo.gonogo().args(args).run();
        run.refused("gonogo.toml:2:1: `policy` has no key `min-tsl`: did you mean `min-tls`?");
    }
}

#[test]
fn the_policy_decides_what_is_found() {
    let world = World::new();
    let repo = world.init("repo");
    let text = "services:\n  web:\n    image: app:1\n    privileged: true\n";
    repo.write("compose-sandbox.yml", text);
    let severity = || {
        let report = repo.scan_with(&["--no-history"]);
        let found = report
            .findings
            .iter()
            .find(|found| found.rule == "compose/privileged");
        found.unwrap().severity.clone()
    };
    assert_eq!(severity(), "critical");
    repo.write(
        "gonogo.toml",
        "[policy]\ndevelopment-words = [\"sandbox\"]\n",
    );
    assert_eq!(severity(), "high");
}
