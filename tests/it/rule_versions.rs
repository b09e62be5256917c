//! Which version introduced which rule: the list of releases, what `as-of` holds back, and what a baseline cannot
//! know.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use gonogo::model::Version;
use serde_json::Value;

use crate::harness::{Repo, World, secret_line};

/// Set to write the list instead of comparing it, which a release does.
const WRITE: &str = "GONOGO_WRITE_DOCS";

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn version(text: &str) -> Version {
    text.parse().unwrap()
}

/// Returns the built-in rules.
fn rules() -> Vec<String> {
    let world = World::new();
    world.folder("empty");
    let run = world.gonogo(&world.path("empty")).args(["rules", "list"]);
    let list = run.run().stdout;
    let ids = list.lines().filter_map(|line| line.split(' ').next());
    ids.map(str::to_owned).collect()
}

/// Returns the list of releases: the lines of its header, and the version of each rule.
fn released() -> (Vec<String>, BTreeMap<String, String>) {
    let text = fs::read_to_string(file("patterns/released.txt")).unwrap();
    let (head, lines): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.starts_with('#'));
    let entry = |line: &str| {
        let (rule, version) = line.split_once(' ').unwrap_or_else(|| panic!("{line}"));
        (rule.to_owned(), version.to_owned())
    };
    let entries: Vec<_> = lines.iter().map(|line| entry(line)).collect();
    let sorted: BTreeMap<_, _> = entries.iter().cloned().collect();
    let in_order: Vec<_> = sorted.clone().into_iter().collect();
    assert_eq!(entries, in_order, "sorted, each once");
    (head.into_iter().map(str::to_owned).collect(), sorted)
}

/// Returns the sections of the changelog: a version, or nothing for what is unreleased, and the text.
fn changelog() -> Vec<(String, String)> {
    let text = fs::read_to_string(file("CHANGELOG.md")).unwrap();
    let sections = text.split("\n## [").skip(1);
    let section = |section: &str| {
        let (name, rest) = section.split_once(']').unwrap();
        (name.to_owned(), rest.to_owned())
    };
    sections.map(section).collect()
}

#[test]
fn every_rule_has_the_version_that_brought_it() {
    let current = env!("CARGO_PKG_VERSION");
    let (head, mut listed) = released();
    let rules = rules();
    if std::env::var_os(WRITE).is_some() {
        listed.retain(|rule, _| rules.contains(rule));
        for rule in &rules {
            listed.entry(rule.clone()).or_insert(current.to_owned());
        }
        let lines = listed
            .iter()
            .map(|(rule, version)| format!("{rule} {version}\n"));
        let text = head.join("\n") + "\n" + &lines.collect::<String>();
        fs::write(file("patterns/released.txt"), text).unwrap();
        return;
    }
    for (rule, since) in &listed {
        assert!(
            rules.contains(rule),
            "{rule} is in patterns/released.txt, and is no rule: if it has another name now, give that the version of the \
             old one, so that upgrades do not take it for new"
        );
        assert!(
            !version(since).is_newer_than(version(current)),
            "{rule} {since}"
        );
    }
    let new: Vec<_> = rules
        .iter()
        .filter(|rule| !listed.contains_key(*rule))
        .collect();
    let releases = changelog();
    let is_release = releases.iter().any(|(name, _)| name == current);
    assert!(
        new.is_empty() || !is_release,
        "{current} is in the changelog as released, and these rules in no release: {new:?}. For a release, \
         `{WRITE}=1 cargo test --test it rule_versions` lists them; after one, Cargo.toml needs the next version"
    );
    // New findings of a version are announced where people read before they upgrade.
    let is_first = releases.iter().all(|(name, _)| name == "Unreleased");
    let (_, text) = &releases[0];
    for rule in new.into_iter().filter(|_| !is_first) {
        let family = format!("{}/*", rule.split('/').next().unwrap_or_default());
        let is_named = text.contains(&format!("`{rule}`")) || text.contains(&format!("`{family}`"));
        assert!(is_named, "CHANGELOG.md does not say that {rule} is new");
    }
}

/// A project's rule that is newer than every earlier version, and a line that it detects.
const RULE: &str = "[[rules]]\nid = \"acme/key\"\ntitle = \"Acme key\"\ndescription = \"Opens the door.\"\n\
    severity = \"critical\"\nkeywords = [\"acme_\"]\nregex = '''\\bacme_[0-9a-f]{8}\\b'''\nsince = \"9.9.1\"\n\
    examples = [\"acme_{{hex:8}}\"]\nnegatives = [\"acme_none\"]\n";

fn key_line() -> String {
    format!("key = {}\n", ["acme", "_1f8c03e7"].concat())
}

/// A repository with a new rule, and a setting that holds it back.
fn repository<'w>(world: &'w World, as_of: &str) -> Repo<'w> {
    let repo = world.init("repo");
    repo.write("rules.toml", RULE);
    let settings = format!("[rules]\nfiles = [\"rules.toml\"]\nas-of = \"{as_of}\"\n");
    repo.commit_file("gonogo.toml", settings);
    repo
}

/// Returns the exit code of a scan and, for each finding, its rule and what is said about the rule's version.
fn news(repo: &Repo<'_>, args: &[&str]) -> (i32, Vec<(String, Value)>) {
    let run = repo.gonogo().arg("scan").args(args);
    let run = run.args(["--format", "json"]).run();
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().iter();
    let said = |it: &Value| {
        let rule = it["rule"].as_str().unwrap().to_owned();
        (rule, it["new_rule"].clone())
    };
    (run.code, findings.map(said).collect())
}

#[test]
fn rules_that_are_newer_than_as_of_are_held_back_in_every_command() {
    let world = World::new();
    let repo = repository(&world, "9.9.0");
    repo.write("app.conf", key_line());
    repo.git(&["add", "."]);
    let held_back = (
        "acme/key".to_owned(),
        serde_json::json!({"since": "9.9.1", "held_back": true}),
    );
    let expected = (0, vec![held_back]);
    assert_eq!(news(&repo, &["--staged"]), expected);
    assert_eq!(repo.gonogo().arg("hook").run().code, 0, "hook");
    repo.commit("More");
    for args in [
        &[][..],
        &["app.conf"],
        &["--range", "HEAD~1..HEAD"],
        &["--no-worktree"],
    ] {
        assert_eq!(news(&repo, args), expected, "{args:?}");
    }
    let base = repo.id("HEAD~1");
    let ci = |repo: &Repo<'_>| {
        let ci = repo
            .gonogo()
            .args(["ci", "--provider", "jenkins", "--base", &base]);
        let run = ci.args(["--sarif", "../out.sarif"]).run();
        (run.code, run.stdout)
    };
    let (code, log) = ci(&repo);
    assert_eq!(code, 0, "{log}");
    assert!(log.contains("because its rule was added in 9.9.1"), "{log}");
    let sarif: Value =
        serde_json::from_str(&fs::read_to_string(world.path("out.sarif")).unwrap()).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    assert_eq!(result["level"], "warning");
    assert_eq!(result["baselineState"], "new");
    assert_eq!(result["properties"]["newRule"]["heldBack"], true);
    repo.write(
        "gonogo.toml",
        "[rules]\nfiles = [\"rules.toml\"]\nas-of = \"9.9\"\n",
    );
    let (code, found) = news(&repo, &[]);
    assert_eq!(
        (code, &found[0].1),
        (1, &Value::Null),
        "9.9 stands for 9.9.1, too"
    );
}

#[test]
fn built_in_rules_are_held_back_by_the_version_that_brought_them() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("app.conf", secret_line("as of"));
    assert_eq!(news(&repo, &[]).0, 1);
    repo.write("gonogo.toml", "[rules]\nas-of = \"0.0.1\"\n");
    let (code, found) = news(&repo, &[]);
    assert_eq!(code, 0);
    assert_eq!(found[0].1["since"], "0.1.0");
    let text = repo.gonogo().arg("scan").run().stdout;
    assert!(
        text.contains("GO: only findings held back by `rules.as-of` reach"),
        "{text}"
    );
    repo.write("gonogo.toml", "[rules]\nas-of = \"0.1\"\n");
    assert_eq!(news(&repo, &[]).0, 1);
}

#[test]
fn what_is_held_back_does_not_take_the_place_of_what_counts() {
    let world = World::new();
    let repo = world.init("repo");
    // The new rule is more specific about the same bytes than the old one.
    let line = format!("password = \"{}\"\n", ["acme", "_1f8c03e7"].concat());
    repo.commit_file("app.conf", &line);
    let old = news(&repo, &[]);
    assert_eq!(old.0, 1, "{old:?}");
    repo.write("rules.toml", RULE);
    let settings = "[rules]\nfiles = [\"rules.toml\"]\n";
    repo.write("gonogo.toml", settings);
    let (_, found) = news(&repo, &[]);
    assert_eq!(found[0].0, "acme/key");
    repo.write("gonogo.toml", format!("{settings}as-of = \"0.1\"\n"));
    assert_eq!(news(&repo, &[]), old);
}

#[test]
fn what_a_baseline_cannot_know_is_new_because_of_a_rule() {
    let world = World::new();
    let repo = world.init("repo");
    repo.commit_file("a.conf", secret_line("a"));
    let create = repo.gonogo().args(["baseline", "create"]).run();
    assert_eq!(create.code, 0, "{}", create.stderr);
    let text = fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    let written = format!("# Rules of version {}\n", env!("CARGO_PKG_VERSION"));
    assert!(text.contains(&written), "{text}");
    repo.write("b.conf", secret_line("b"));
    assert_eq!(
        news(&repo, &[]).1[0].1,
        Value::Null,
        "the rule is not newer"
    );
    let older = text.replace(&written, "# Rules of version 0.0.9\n");
    repo.write(".gonogo-baseline", &older);
    let (code, found) = news(&repo, &[]);
    let expected = serde_json::json!({"since": "0.1.0", "held_back": false});
    assert_eq!((code, found.len(), &found[0].1), (1, 1, &expected));
    // A baseline that does not state its version claims nothing.
    repo.write(".gonogo-baseline", text.replace(&written, ""));
    assert_eq!(news(&repo, &[]).1[0].1, Value::Null);
    // Accepting one finding does not mean that everything else that is new was seen; updating does.
    repo.write(".gonogo-baseline", &older);
    let kept = || fs::read_to_string(repo.join(".gonogo-baseline")).unwrap();
    repo.remove("b.conf");
    let part = repo.gonogo().args(["baseline", "update", "a.conf"]).run();
    assert_eq!(part.code, 0);
    assert!(kept().contains("0.0.9"), "{}", kept());
    assert_eq!(repo.gonogo().args(["baseline", "update"]).run().code, 0);
    assert!(kept().contains(&written), "{}", kept());
}
