//! SARIF reports name the repository that was scanned, but never the credentials for it.

use serde_json::{Value, json};

use crate::harness::{Repo, World, secret_line};

/// Returns what the first run of a SARIF report says about its origin.
fn provenance(repo: &Repo<'_>, args: &[&str]) -> Value {
    let run = repo.gonogo().arg("scan").args(args);
    let run = run.args(["--format", "sarif"]).run();
    assert!(!run.stdout.contains("hunter2"), "{}", run.stdout);
    let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
    sarif["runs"][0]["versionControlProvenance"].clone()
}

#[test]
fn the_repository_is_named_without_credentials() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a/app.conf", secret_line("a"));
    assert_eq!(provenance(&repo, &[]), Value::Null, "it has no address");
    let remote = format!(
        "https://user:{}@example.org/o/r.git?x=1",
        ["hunter", "2"].concat()
    );
    repo.git(&["remote", "add", "origin", &remote]);
    let mut expected = json!([{
        "branch": "main",
        "mappedTo": {"uriBaseId": "%SRCROOT%"},
        "repositoryUri": "https://example.org/o/r.git",
        "revisionId": repo.id("HEAD"),
    }]);
    assert_eq!(provenance(&repo, &[]), expected);
    // Paths in the report of a folder are not relative to the top.
    expected[0].as_object_mut().unwrap().remove("mappedTo");
    assert_eq!(provenance(&repo, &["a"]), expected);
    repo.git(&["checkout", "-q", "--detach"]);
    expected[0].as_object_mut().unwrap().remove("branch");
    assert_eq!(provenance(&repo, &["a"]), expected);
    repo.git(&["remote", "set-url", "origin", "/srv/git/r.git"]);
    assert_eq!(
        provenance(&repo, &[]),
        Value::Null,
        "a path of this machine"
    );
}

#[test]
fn every_result_of_a_change_says_whether_it_is_new() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("old"));
    let both = format!("{}{}", secret_line("old"), secret_line("new"));
    repo.commit_file("app.conf", both);
    let states = |args: &[&str]| {
        let run = repo.gonogo().arg("scan").args(args);
        let run = run.args(["--format", "sarif"]).run();
        let sarif: Value = serde_json::from_str(&run.stdout).unwrap();
        let runs = sarif["runs"].as_array().unwrap().iter();
        let results = runs.flat_map(|run| run["results"].as_array().unwrap());
        let state = |it: &Value| it["baselineState"].as_str().map(str::to_owned);
        let mut states: Vec<_> = results.map(state).collect();
        states.sort();
        states
    };
    let named = |state: &str| Some(state.to_owned());
    let of_change = states(&["--range", "HEAD~1..HEAD"]);
    assert!(of_change.contains(&named("new")), "{of_change:?}");
    assert!(!of_change.contains(&None), "{of_change:?}");
    assert_eq!(states(&[]), [None, None], "nothing was compared");
}
