//! `gonogo baseline`: what its commands remove, keep, renew and accept; and baselines of version 1.

use serde_json::Value;

use crate::harness::{Repo, World, secret_line};

/// Runs a command of `gonogo baseline`, which must succeed, and returns its output.
fn baseline(repo: &Repo<'_>, args: &[&str]) -> String {
    let run = repo.gonogo().arg("baseline").args(args).run();
    assert_eq!(run.code, 0, "{args:?}: {}{}", run.stdout, run.stderr);
    run.stdout
}

fn entries(repo: &Repo<'_>) -> Vec<String> {
    let text = std::fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut lines: Vec<_> = lines.map(str::to_owned).collect();
    lines.sort_by_key(|line| line.split(' ').nth(2).map(str::to_owned));
    lines
}

fn paths(repo: &Repo<'_>) -> Vec<String> {
    let entries = entries(repo).into_iter();
    entries
        .map(|line| line.split(' ').nth(2).unwrap().to_owned())
        .collect()
}

/// A repository with secrets in `a/`, in `b/`, and in a commit whose file was deleted.
fn three(world: &World) -> Repo<'_> {
    let repo = world.init("repo");
    repo.commit_file("old.conf", secret_line("old"));
    repo.commit_removal("old.conf");
    repo.commit_file("a/app.conf", secret_line("a"));
    repo.commit_file("b/app.conf", secret_line("b"));
    baseline(&repo, &["create", "--reason", "first"]);
    assert_eq!(paths(&repo), ["a/app.conf", "b/app.conf", "old.conf"]);
    repo
}

#[test]
fn an_update_takes_out_only_what_it_looked_for() {
    let world = World::new();
    let repo = three(&world);
    for args in [
        &["update", "a"][..],
        &["update", "--no-history"],
        &["update", "--no-worktree"],
        &["update", "a/app.conf"],
    ] {
        baseline(&repo, args);
        assert_eq!(
            paths(&repo),
            ["a/app.conf", "b/app.conf", "old.conf"],
            "{args:?}"
        );
    }
    // From a subfolder, the file at the top is the one that is updated.
    repo.write("a/new.conf", secret_line("new"));
    let below = world.gonogo(&repo.join("a")).args(["baseline", "update"]);
    assert_eq!(below.run().code, 0);
    assert!(!repo.join("a/.gonogo-baseline").exists());
    assert_eq!(
        paths(&repo),
        ["a/app.conf", "a/new.conf", "b/app.conf", "old.conf"]
    );
    repo.remove("a/new.conf");
    baseline(&repo, &["update"]);
    assert_eq!(paths(&repo), ["a/app.conf", "b/app.conf", "old.conf"]);
    assert!(
        entries(&repo).iter().all(|line| line.ends_with(" first")),
        "reasons are kept"
    );
}

#[test]
fn an_update_leaves_what_only_other_branches_have() {
    let world = World::new();
    let repo = three(&world);
    repo.commit("baseline");
    repo.git(&["checkout", "-q", "-b", "colleague"]);
    repo.commit_file("theirs.conf", secret_line("theirs"));
    repo.git(&["checkout", "-q", "-"]);
    let said = baseline(&repo, &["update", "--dry-run"]);
    assert!(said.contains("1 only on other branches"), "{said}");
    baseline(&repo, &["update"]);
    assert!(!paths(&repo).contains(&"theirs.conf".to_owned()));
    let said = baseline(&repo, &["update", "--other-branches", "--dry-run"]);
    assert!(said.contains("\n+") || said.starts_with('+'), "{said}");
    assert!(!paths(&repo).contains(&"theirs.conf".to_owned()));
    baseline(&repo, &["update", "--other-branches"]);
    assert!(paths(&repo).contains(&"theirs.conf".to_owned()));
}

#[test]
fn expired_entries_are_renewed_when_that_is_asked() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("a"));
    let create = ["create", "--reason", "first", "--until", "2020-01-31"];
    let scan = || repo.gonogo().arg("scan").run().code;
    baseline(&repo, &create);
    assert_eq!(scan(), 1, "it has expired");
    baseline(&repo, &["update"]);
    assert_eq!(scan(), 1, "nobody asked to renew it");
    let renew = ["update", "--until", "2099-12-31", "--reason", "again"];
    let said = baseline(&repo, &renew);
    assert!(said.contains("1 renewed"), "{said}");
    assert_eq!(scan(), 0);
    assert!(entries(&repo)[0].ends_with("until=2099-12-31 again"));
}

#[test]
fn single_findings_are_accepted_by_their_fingerprints() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", secret_line("a"));
    repo.commit_file("b.conf", secret_line("b"));
    let report = repo.scan_json(&[]);
    let finding = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["location"]["path"] == "b.conf");
    let fingerprint = finding.unwrap()["fingerprint"].as_str().unwrap();
    let line = baseline(
        &repo,
        &["accept", fingerprint, "--reason", "mine", "--dry-run"],
    );
    assert!(line.starts_with(&format!("+{fingerprint} ")));
    assert!(!repo.join(".gonogo-baseline").exists());
    baseline(&repo, &["accept", fingerprint, "--reason", "mine"]);
    assert_eq!(paths(&repo), ["b.conf"]);
    let run = repo
        .gonogo()
        .args(["baseline", "accept", "00010203040506070809"])
        .run();
    run.refused("00010203040506070809: no finding has this fingerprint: copy it from a report of the same scan");
}

#[test]
fn a_baseline_of_version_1_counts_and_is_rewritten() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("deploy/app.conf", secret_line("a"));
    let run = repo.gonogo().args(["scan", "--format", "sarif"]).run();
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    let known = &sarif["runs"][0]["results"][0]["partialFingerprints"];
    let version = |name: &str| known[name].as_str().unwrap().to_owned();
    let (former, now) = (version("gonogo/v1"), version("gonogo/v2"));
    assert_ne!(former, now);
    repo.write(
        ".gonogo-baseline",
        format!("{former} github/personal-access-token deploy/app.conf until=2099-01-31 first\n"),
    );
    assert_eq!(repo.scan().code, 0);
    let said = baseline(&repo, &["update"]);
    assert!(said.contains("1 rewritten from version 1"), "{said}");
    let rewritten =
        format!("{now} github/personal-access-token deploy/app.conf until=2099-01-31 first");
    assert_eq!(entries(&repo), [rewritten]);
    assert_eq!(repo.scan().code, 0);
}

#[test]
fn a_broken_target_costs_itself_only() {
    let world = World::new();
    world.write("a/app.conf", secret_line("a"));
    world.write("b/gonogo.toml", "nonsense = 1\n");
    let alone = world.gonogo(&world.path(".")).args(["scan", "b"]).run();
    assert_eq!(alone.code, 2);
    assert!(alone.stdout.is_empty());
    let report = world
        .gonogo(&world.path("."))
        .args(["scan", "a", "b"])
        .report();
    assert_eq!(
        (report.code, report.places()),
        (1, vec!["a/app.conf:1".to_owned()])
    );
    assert!(report.gap("unreadable").reason.contains("nonsense"));
}

#[test]
fn a_target_has_the_same_fingerprints_beside_others() {
    let world = World::new();
    world.write("a/app.conf", secret_line("a"));
    world.write("b/app.conf", secret_line("b"));
    let known = |args: &[&str]| -> Vec<String> {
        let run = world.gonogo(&world.path(".")).arg("scan").args(args);
        let run = run.args(["--format", "json"]).run();
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let text = |it: &Value| it["fingerprint"].as_str().unwrap().to_owned();
        findings.map(text).collect()
    };
    let alone = [known(&["a"]), known(&["b"])].concat();
    assert_eq!(known(&["a", "b"]), alone);
    assert_eq!(known(&["a/app.conf", "b/app.conf"]), alone);
}

#[test]
fn what_is_left_of_an_accepted_finding_stays_accepted() {
    let world = World::new();
    let repo = world.init("repo");
    let compose = "services:\n  web:\n    image: web:1\n";
    repo.write("compose.yml", compose);
    baseline(&repo, &["create", "--reason", "known"]);
    let open = |repo: &Repo<'_>| {
        let report = repo.scan_json(&["--fail-on", "low"]);
        let findings = report["findings"].as_array().unwrap().iter();
        let open = findings.filter(|it| it["suppression"].is_null());
        open.map(|it| it["rule"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert!(open(&repo).is_empty(), "{:?}", open(&repo));
    // The worst setting that the service lacked is there now, so another rule leads the rest.
    let fixed = format!("{compose}    security_opt: [\"no-new-privileges:true\"]\n");
    repo.write("compose.yml", &fixed);
    assert!(open(&repo).is_empty(), "{:?}", open(&repo));
    // A service that was never accepted still is not.
    repo.write("compose.yml", format!("{fixed}  api:\n    image: api:1\n"));
    assert_eq!(open(&repo).len(), 1, "{:?}", open(&repo));
}
