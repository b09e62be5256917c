//! `gonogo.toml`: where it is searched for, and that reports name the one that was used.

use serde_json::Value;

use crate::harness::{Repo, World, expected, said, secret_line};

const WRONG: &str = "[policy]\nmin-tsl = \"1.3\"\n";

/// Returns the exit code of a scan and the settings it says it used.
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
    assert_eq!(severity(), "high");
    repo.write(
        "gonogo.toml",
        "[policy]\ndevelopment-words = [\"sandbox\"]\n",
    );
    assert_eq!(severity(), "medium");
}

/// Returns what counts, as severity and path, and how much does not.
fn judged(repo: &Repo<'_>, args: &[&str]) -> (Vec<String>, u64) {
    repo.found(args, |finding| said(finding, "severity"))
}

#[test]
fn paths_rules_and_severities_are_as_it_says() {
    let world = World::new();
    let repo = world.init("repo");
    for folder in ["a", "b/c", "vendor"] {
        repo.write(&format!("{folder}/app.conf"), secret_line(folder));
    }
    let check = |settings: &str, args: &[&str], expected: (Vec<String>, u64)| {
        repo.write("gonogo.toml", settings);
        assert_eq!(judged(&repo, args), expected, "{settings}");
    };
    let all = ["--no-history"];
    check(
        "",
        &all,
        expected(
            &[
                "critical a/app.conf",
                "critical b/c/app.conf",
                "critical vendor/app.conf",
            ],
            0,
        ),
    );
    let exclude = "[paths]\nexclude = [\"vendor/\", \"/b/c/*.conf\"]\n";
    check(exclude, &all, expected(&["critical a/app.conf"], 2));
    // Paths are relative to the settings file, whatever is scanned.
    check(exclude, &["--no-history", "b"], expected(&[], 1));
    check(exclude, &["--no-history", "b/c/app.conf"], expected(&[], 1));
    check(
        exclude,
        &["--no-history", "a", "b"],
        expected(&["critical a/app.conf"], 1),
    );
    check(
        "[paths]\ninclude = [\"/a\"]\n",
        &all,
        expected(&["critical a/app.conf"], 2),
    );
    check("[rules]\noff = [\"github/*\"]\n", &all, expected(&[], 3));
    let severity = "[rules.severity]\n\"github/personal-access-token\" = \"medium\"\n\"github/*\" = \"info\"\n";
    check(
        severity,
        &["--no-history", "a"],
        expected(&["medium app.conf"], 0),
    );
    let verdict = |settings: &str, args: &[&str]| {
        repo.write("gonogo.toml", settings);
        repo.gonogo()
            .args(["scan", "--no-history", "a"])
            .args(args)
            .run()
            .code
    };
    assert_eq!(verdict(severity, &[]), 0);
    assert_eq!(verdict(severity, &["--fail-on", "medium"]), 1);
    let strict = format!("{severity}[report]\nfail-on = \"medium\"\n");
    assert_eq!(verdict(&strict, &[]), 1);
    assert_eq!(verdict(&strict, &["--fail-on", "high"]), 0);
}

#[test]
fn entries_of_allow_need_all_that_they_name_and_are_reported_when_unused() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("tests/app.conf", secret_line("a"));
    repo.write("src/app.conf", format!("# sample\n{}", secret_line("b")));
    let entry = |more: &str| format!("[[allow]]\nreason = \"made up\"\n{more}\n");
    let check = |settings: &str, expected: (Vec<String>, u64), warnings: &str| {
        repo.write("gonogo.toml", settings);
        assert_eq!(judged(&repo, &["--no-history"]), expected, "{settings}");
        let run = repo.gonogo().args(["scan"]).run();
        assert_eq!(run.stderr, warnings, "{settings}");
    };
    let tests = expected(&["critical src/app.conf"], 1);
    check(&entry("path = \"tests/\""), tests.clone(), "");
    check(
        &entry("path = [\"tests/\"]\nrule = \"github/*\"\nline = \"^token = \""),
        tests.clone(),
        "",
    );
    let unused = "warning: gonogo.toml:1: this `allow` entry matched nothing\n";
    let both = expected(&["critical src/app.conf", "critical tests/app.conf"], 0);
    check(
        &entry("path = \"tests/\"\nrule = \"aws/*\""),
        both.clone(),
        unused,
    );
    check(
        &entry("path = \"tests/\"\nline = \"^password\""),
        both.clone(),
        unused,
    );
    let expired = "warning: gonogo.toml:1: this `allow` entry has expired and no longer counts\n";
    check(
        &entry("path = \"tests/\"\nuntil = \"2020-12-31\""),
        both,
        expired,
    );
    let run = repo
        .gonogo()
        .args([
            "scan",
            "--no-config",
            "--no-history",
            "--format",
            "json",
            "tests",
        ])
        .run();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    // The fingerprint contains the path as it was scanned.
    let fingerprint = report["findings"][0]["fingerprint"].as_str().unwrap();
    repo.write(
        "gonogo.toml",
        entry(&format!("fingerprint = \"{fingerprint}\"")),
    );
    assert_eq!(judged(&repo, &["--no-history", "tests"]), expected(&[], 1));
    let run = repo
        .gonogo()
        .args(["scan", "--no-history", "--format", "sarif", "tests"])
        .run();
    assert!(run.stdout.contains("made up"), "{}", run.stdout);
}

#[test]
fn rules_that_there_are_none_of_are_refused_with_what_was_meant() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", "port = 1\n");
    let refused = |settings: &str, message: &str| {
        repo.write("gonogo.toml", settings);
        repo.gonogo().args(["scan"]).run().refused(message);
    };
    refused(
        "[rules]\noff = [\"compose/priviledged\"]\n",
        "gonogo.toml:2:8: unknown rule `compose/priviledged`: did you mean `compose/privileged`?",
    );
    refused(
        "[rules.severity]\n\"compos/*\" = \"low\"\n",
        "gonogo.toml:2:1: unknown rule `compos/*`: did you mean `compose/*`?",
    );
    refused(
        "[rules]\nfiles = [\"gone.toml\"]\n",
        "gonogo.toml: `files`: no file gone.toml next to it",
    );
}

#[test]
fn rule_files_that_it_names_are_used() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(
        "conf/house.toml",
        "[[rules]]\nid = 'house-badge'\nregex = 'badge-([a-z]{6})'\n",
    );
    repo.write("app.txt", "badge-qwerty\n");
    repo.write(
        "gonogo.toml",
        "[rules]\nfiles = [\"conf/house.toml\"]\nseverity = { house-badge = \"low\" }\n",
    );
    assert_eq!(
        judged(&repo, &["--no-history"]),
        expected(&["low app.txt"], 0)
    );
}
