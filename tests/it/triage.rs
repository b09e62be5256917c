//! How findings are identified, and how they are allowed: by comments and by baselines.

use serde_json::Value;

use crate::harness::{Repo, Run, World, secret_line};

fn scan(repo: &Repo<'_>, args: &[&str]) -> Run {
    repo.gonogo().arg("scan").args(args).run()
}

fn json(repo: &Repo<'_>, args: &[&str]) -> Value {
    let run = scan(repo, &[args, &["--format", "json"]].concat());
    serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{}", run.stderr))
}

/// Returns the rule and fingerprint of each finding, in report order.
fn found(repo: &Repo<'_>, args: &[&str]) -> Vec<(String, String)> {
    let report = json(repo, args);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let findings = report["findings"].as_array().cloned().unwrap_or_default();
    let pair = |finding: &Value| (text(&finding["rule"]), text(&finding["fingerprint"]));
    findings.iter().map(pair).collect()
}

fn fingerprints(repo: &Repo<'_>) -> Vec<String> {
    let found = found(repo, &["--no-history"]);
    found
        .into_iter()
        .map(|(_, fingerprint)| fingerprint)
        .collect()
}

fn suppressed(repo: &Repo<'_>, args: &[&str]) -> (usize, u64) {
    let report = json(repo, args);
    let findings = report["findings"].as_array().map_or(0, Vec::len);
    (
        findings,
        report["counts"]["suppressed"].as_u64().unwrap_or_default(),
    )
}

/// Returns a service with a setting that is found.
fn service(name: &str, setting: &str) -> String {
    format!("  {name}:\n    image: example/{name}:1.2.3\n    {setting}\n")
}

#[test]
fn fingerprints_survive_what_changes_nothing() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", secret_line("a"));
    repo.write(
        "compose.yml",
        format!("services:\n{}", service("web", "privileged: true")),
    );
    let before = fingerprints(&repo);
    assert!(before.len() > 1);
    repo.write("app.conf", format!("# moved\n\n{}", secret_line("a")));
    let moved = format!(
        "# moved\nservices:\n\n{}",
        service("web", "privileged:   true")
    );
    repo.write("compose.yml", moved);
    repo.write("unrelated.txt", "nothing\n");
    assert_eq!(fingerprints(&repo), before);
    let root = format!("{}", repo.path().display());
    let elsewhere = found(&repo, &["--no-history", &root]);
    assert_eq!(
        elsewhere.into_iter().map(|it| it.1).collect::<Vec<_>>(),
        before
    );
}

#[test]
fn another_secret_at_the_same_place_is_another_finding() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", secret_line("a"));
    let before = fingerprints(&repo);
    repo.write("app.conf", secret_line("b"));
    let after = fingerprints(&repo);
    assert_eq!((before.len(), after.len()), (1, 1));
    assert_ne!(before, after);
    repo.write(
        "app.conf",
        format!("{}{}", secret_line("a"), secret_line("a")),
    );
    assert_eq!(
        fingerprints(&repo),
        [before[0].clone(), format!("{}.2", before[0])]
    );
}

#[test]
fn a_secret_that_left_the_tree_keeps_its_fingerprint() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", secret_line("a"));
    repo.commit("one");
    let before = found(&repo, &[]);
    repo.git(&["rm", "-q", "app.conf"]);
    repo.commit("two");
    assert_eq!(found(&repo, &[]), before);
    let sarif = scan(&repo, &["--format", "sarif"]).stdout;
    assert!(sarif.contains(&format!("\"gonogo/v2\": \"{}\"", before[0].1)));
    assert!(sarif.contains(&format!(
        "\"primaryLocationLineHash\": \"{}:1\"",
        before[0].1
    )));
}

#[test]
fn comments_allow_what_they_stand_beside() {
    let world = World::new();
    let repo = world.init("repo");
    let line = secret_line("a").trim_end().to_owned();
    let beside = |comment: &str| format!("{line} # {comment}\n");
    for (text, expected) in [
        (beside("gonogo:allow it is a test"), (0, 1)),
        (format!("# gonogo:allow\n{line}\n"), (0, 1)),
        (beside("gonogo:allow compose/*"), (1, 0)),
        (beside("gitleaks:allow"), (0, 1)),
        (beside("pragma: allowlist secret"), (0, 1)),
        (beside("allowed"), (1, 0)),
    ] {
        repo.write("app.conf", &text);
        assert_eq!(suppressed(&repo, &["--no-history"]), expected, "{text}");
    }
    repo.write("app.conf", beside("gonogo:allow it is a test"));
    let run = scan(&repo, &["--no-history", "--format", "sarif"]);
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["suppressions"][0]["kind"], "inSource");
    assert_eq!(
        result["suppressions"][0]["justification"],
        "gonogo:allow: it is a test"
    );
    assert_eq!(run.code, 0);
}

#[test]
fn a_baseline_lets_through_what_it_has_and_nothing_else() {
    let world = World::new();
    let repo = world.init("repo");
    repo.write("app.conf", secret_line("a"));
    repo.commit("one");
    let baseline = |args: &[&str]| repo.gonogo().arg("baseline").args(args).run();
    let run = baseline(&["create", "--reason", "known since 2020"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, ".gonogo-baseline: 0 kept, 1 added, 0 removed\n")
    );
    baseline(&["create"])
        .refused(".gonogo-baseline already exists: use `gonogo baseline update`, or --force");
    let known = ["--baseline", ".gonogo-baseline"];
    assert_eq!(suppressed(&repo, &known), (0, 1));
    let sarif = scan(&repo, &[&known[..], &["--format", "sarif"]].concat()).stdout;
    assert!(sarif.contains("\"external\"") && sarif.contains(".gonogo-baseline: known since 2020"));
    repo.write("app.conf", secret_line("b"));
    assert_eq!(suppressed(&repo, &known), (1, 1));
    let run = baseline(&["update", "--until", "2020-01-31"]);
    assert_eq!(run.stdout, ".gonogo-baseline: 1 kept, 1 added, 0 removed\n");
    let text = std::fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    assert!(
        text.contains("app.conf known since 2020\n")
            && text.contains("app.conf until=2020-01-31\n")
    );
    let entries: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(entries.len() == 2 && entries.is_sorted());
    // The entry for the new one expired long ago.
    let run = scan(&repo, &known);
    assert_eq!(run.code, 1);
    assert_eq!(
        run.stderr,
        "warning: .gonogo-baseline: 1 entry expired and no longer counted\n"
    );
}

#[test]
fn entries_that_are_not_needed_are_told_and_taken_out() {
    let world = World::new();
    let repo = world.init("repo");
    let gone = "00010203040506070809 generic/password gone.env it was\n";
    repo.write(".gonogo-baseline", gone);
    repo.write("app.conf", "x = 1\n");
    let run = scan(&repo, &["--baseline", ".gonogo-baseline"]);
    assert_eq!(run.code, 0);
    assert!(
        run.stderr.contains("1 entry matched nothing"),
        "{}",
        run.stderr
    );
    let check = |expected: i32| {
        let run = repo.gonogo().args(["baseline", "check"]).run();
        assert_eq!(run.code, expected, "{}", run.stdout);
        run.stdout
    };
    assert!(check(1).starts_with(
        ".gonogo-baseline:1: no longer matches a finding: generic/password gone.env\n"
    ));
    let run = repo.gonogo().args(["baseline", "update"]).run();
    assert_eq!(run.stdout, ".gonogo-baseline: 0 kept, 0 added, 1 removed\n");
    assert_eq!(check(0), ".gonogo-baseline: 0 entries\n");
    repo.write(".gonogo-baseline", "nonsense\n");
    let run = scan(&repo, &["--baseline", ".gonogo-baseline"]);
    assert!(
        run.code == 2 && run.stderr.contains(".gonogo-baseline: line 1: "),
        "{}",
        run.stderr
    );
}

/// A comment that was meant to allow a finding but does not causes a warning.
#[test]
fn misspelt_comments_are_warned_of() {
    let world = World::new();
    let repo = world.init("repo");
    let line = secret_line("near");
    let line = line.trim_end();
    repo.write("a.conf", format!("{line} # gonogo: allow a test\n"));
    repo.write("b.conf", format!("# GONOGO:ALLOW\n{line}\n"));
    repo.write("c.conf", format!("{line} # gonogo:allow generic/pasword\n"));
    repo.write("d.conf", format!("{line} # gonogo:allow\n"));
    let run = scan(&repo, &["--no-history"]);
    let warned: Vec<_> = run
        .stderr
        .lines()
        .filter_map(|line| line.strip_prefix("warning: ")?.split_once(": "))
        .map(|(place, _)| place)
        .collect();
    assert_eq!(
        warned,
        ["a.conf:1", "b.conf:1", "c.conf:1"],
        "{}",
        run.stderr
    );
}
