//! One answer: what one command accepts or reports, every other does, too, wherever it is called from. Forty findings,
//! every second of which is accepted, for each way of accepting and each way of scanning.

mod cases;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde_json::Value;

use crate::harness::{Repo, World};
use cases::{Case, cases};

/// What a scan reports at or above the threshold: rule and path.
type Answer = BTreeSet<(String, String)>;

/// A finding as reported by a scan of everything, with nothing accepted.
#[derive(Debug, Clone)]
struct Known {
    rule: String,
    path: String,
    line: usize,
    is_secret: bool,
    is_sure: bool,
    fingerprint: String,
}

impl Known {
    fn key(&self) -> (String, String) {
        (self.rule.clone(), self.path.clone())
    }
}

/// Returns the report of a scan, without what says where its targets are.
fn scan(repo: &Repo<'_>, args: &[&str]) -> Value {
    let run = repo.gonogo().arg("scan").args(args);
    let run = run.args(["--format", "json"]).run();
    serde_json::from_str(&run.stdout)
        .unwrap_or_else(|_| panic!("{args:?}: {}{}", run.stdout, run.stderr))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Returns the findings that reach the threshold and decide.
fn failing(report: &Value) -> Vec<&Value> {
    let findings = report["findings"].as_array().unwrap().iter();
    let is_grave = |it: &&Value| ["high", "critical"].contains(&text(&it["severity"]).as_str());
    let decides = |it: &&Value| it["known_before"].is_null() && it["local"].is_null();
    findings.filter(is_grave).filter(decides).collect()
}

/// Returns what a scan reports, as rules and paths without a leading `./`.
fn answer(report: &Value) -> Answer {
    let findings = failing(report).into_iter();
    let key = |it: &Value| {
        let path = text(&it["location"]["path"]);
        let path = path.trim_start_matches("./").to_owned();
        (text(&it["rule"]), path)
    };
    findings.map(key).collect()
}

/// A repository with everything committed and nothing accepted.
fn filled<'w>(world: &'w World, name: &str, cases: &[Case]) -> Repo<'w> {
    let repo = world.init(name);
    repo.commit_file("README.md", "nothing\n");
    for case in cases {
        repo.write(&case.path, &case.text);
    }
    repo
}

/// Returns everything that can be accepted, found only once.
fn known() -> &'static [Known] {
    static KNOWN: OnceLock<Vec<Known>> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let world = World::new();
        let cases = cases();
        let repo = filled(&world, "repo", &cases);
        repo.commit("All");
        let report = scan(&repo, &[]);
        let known = |it: &Value| Known {
            rule: text(&it["rule"]),
            path: text(&it["location"]["path"]),
            line: usize::try_from(it["location"]["start"]["line"].as_u64().unwrap()).unwrap(),
            is_secret: it["category"] == "secret",
            is_sure: it["confidence"] == "high",
            fingerprint: text(&it["fingerprint"]),
        };
        let known: Vec<_> = failing(&report).into_iter().map(known).collect();
        let is_missed = |case: &&Case| known.iter().all(|it| it.path != case.path);
        let missed: Vec<_> = cases.iter().filter(is_missed).map(|it| &it.text).collect();
        assert!(missed.is_empty(), "nothing to accept in {missed:#?}");
        known
    })
}

/// Returns the findings to be accepted: those of every second file.
fn chosen() -> Vec<&'static Known> {
    let paths: BTreeSet<_> = known().iter().map(|it| it.path.as_str()).collect();
    let paths: BTreeSet<_> = paths.into_iter().step_by(2).collect();
    let known = known().iter();
    known
        .filter(|it| paths.contains(it.path.as_str()))
        .collect()
}

/// A way to accept findings.
struct Way {
    /// Files to write.
    files: BTreeMap<String, String>,
    /// What is accepted.
    accepts: Answer,
}

/// Returns a file, and which of the findings it accepts.
fn by_file(name: &str, text: String, accepted: impl Fn(&Known) -> bool) -> Way {
    let accepts = known().iter().filter(|it| accepted(it)).map(Known::key);
    Way {
        files: BTreeMap::from([(name.to_owned(), text)]),
        accepts: accepts.collect(),
    }
}

fn is_chosen(known: &Known) -> bool {
    chosen().iter().any(|it| it.path == known.path)
}

/// Returns the rules or paths of what is to be accepted, each once.
fn names(of: fn(&Known) -> &str) -> Vec<&'static str> {
    let names: BTreeSet<_> = chosen().into_iter().map(of).collect();
    names.into_iter().collect()
}

fn quoted(names: &[&str], end: &str) -> String {
    let names = names.iter().map(|name| format!("\"{name}\"{end}"));
    names.collect::<Vec<_>>().join("\n")
}

/// Checks that every scan of a repository in which something is accepted reports exactly the rest.
fn check(name: &str, way: &Way) {
    let world = World::new();
    let cases = cases();
    let repo = world.init("repo");
    repo.commit_file("README.md", "nothing\n");
    for case in &cases {
        let text = way.files.get(&case.path).unwrap_or(&case.text);
        repo.write(&case.path, text);
    }
    let others: Vec<_> = cases.iter().map(|case| &case.path).collect();
    for (path, text) in way.files.iter().filter(|(path, _)| !others.contains(path)) {
        repo.write(path, text);
        repo.git(&["add", path]);
    }
    repo.git(&["commit", "-q", "--allow-empty", "-m", "Accept"]);
    let base = repo.id("HEAD");
    let all: Answer = known().iter().map(Known::key).collect();
    let left: Answer = all.difference(&way.accepts).cloned().collect();
    let secrets = known().iter().filter(|it| it.is_secret).map(Known::key);
    let secrets: Answer = secrets.filter(|key| left.contains(key)).collect();
    let is = |what: &str, found: Answer| assert_eq!(found, left, "{name}: {what}");
    repo.git(&["add", "."]);
    is("staged", answer(&scan(&repo, &["--staged"])));
    let hook = repo
        .gonogo()
        .arg("hook")
        .env("GIT_INDEX_FILE", ".git/index")
        .run();
    assert_eq!(
        hook.code,
        i32::from(!left.is_empty()),
        "{name}: hook: {}",
        hook.stdout
    );
    repo.commit("All");
    is("everything", answer(&scan(&repo, &[])));
    is("files", answer(&scan(&repo, &["--no-history"])));
    world.write("other/a.txt", "nothing\n");
    is(
        "two folders",
        answer(&scan(&repo, &[".", "../other", "--no-history"])),
    );
    let folders: BTreeSet<_> = cases.iter().map(|case| case.folder.as_str()).collect();
    let folders: Vec<_> = folders.into_iter().collect();
    is(
        "subfolders",
        answer(&scan(&repo, &[&folders[..], &["--no-history"]].concat())),
    );
    let files: Vec<_> = cases.iter().map(|case| case.path.as_str()).collect();
    is(
        "single files",
        answer(&scan(&repo, &[&files[..], &["--no-history"]].concat())),
    );
    let bare = world.clone_of(&repo, "bare.git", &["--bare"]);
    is("bare", answer(&scan(&bare, &[])));
    let range = answer(&scan(&repo, &["--range", &format!("{base}..HEAD")]));
    assert!(
        range.is_subset(&left) && range.is_superset(&secrets),
        "{name}: range: {range:?}"
    );
    is("ci", ci(&world, &repo, &base));
    let fix = repo.gonogo().args(["fix", "--dry-run", "."]).run().stdout;
    let fixed = fix.lines().filter_map(|line| line.strip_prefix("+++ b/"));
    let untouched = |path: &str| left.iter().all(|(_, raised)| raised != path);
    for path in fixed.filter(|path| untouched(path)) {
        // Findings below the threshold are fixed, too; only what is accepted as a whole is left alone.
        assert!(!WHOLE.contains(&name), "{name}: fix changes {path}\n{fix}");
    }
}

/// The ways that accept everything in a file.
const WHOLE: [&str; 2] = ["path", "exclude"];

/// Returns what `gonogo ci` reports for the change from `base` to HEAD, according to its SARIF report.
fn ci(world: &World, repo: &Repo<'_>, base: &str) -> Answer {
    let run = repo
        .gonogo()
        .args(["ci", "--provider", "jenkins", "--base", base]);
    let run = run.args(["--sarif", "../ci.sarif"]).run();
    let text = std::fs::read_to_string(world.path("ci.sarif"));
    let sarif: Value =
        serde_json::from_str(&text.unwrap_or_else(|_| panic!("{}", run.stdout))).unwrap();
    let runs = sarif["runs"].as_array().unwrap().iter();
    let results = runs.flat_map(|run| run["results"].as_array().unwrap());
    let raised = results.filter(|it| {
        it["level"] == "error" && it["suppressions"].is_null() && it["baselineState"] == "new"
    });
    let key = |it: &Value| {
        let place = &it["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
        (self::text(&it["ruleId"]), self::text(place))
    };
    raised.map(key).collect()
}

#[test]
fn by_nothing() {
    let way = by_file("gonogo.toml", String::new(), |_| false);
    assert!(cases().len() >= 40 && known().len() >= 40);
    check("nothing", &way);
}

#[test]
fn by_comments() {
    let mut files = BTreeMap::new();
    for case in cases()
        .into_iter()
        .filter(|case| chosen().iter().any(|it| it.path == case.path))
    {
        let of_file = known().iter().filter(|it| it.path == case.path);
        let lines: BTreeSet<_> = of_file.map(|it| it.line).collect();
        let mut text = String::new();
        for (line, number) in case.text.lines().zip(1..) {
            if lines.contains(&number) {
                text.push_str("# gonogo:allow a test\n");
            }
            text.push_str(line);
            text.push('\n');
        }
        files.insert(case.path, text);
    }
    let accepts = known().iter().filter(|it| is_chosen(it)).map(Known::key);
    let accepts = accepts.collect();
    check("comments", &Way { files, accepts });
}

#[test]
fn by_a_baseline() {
    let entry = |it: &&Known| format!("{} {} {} a test\n", it.fingerprint, it.rule, it.path);
    let text = chosen().iter().map(entry).collect();
    check("baseline", &by_file(".gonogo-baseline", text, is_chosen));
}

#[test]
fn by_the_list_of_another_scanner() {
    let is_listed = |it: &Known| is_chosen(it) && it.is_secret;
    let listed = known().iter().filter(|it| is_listed(it));
    let entry = |it: &Known| format!("{}:generic-api-key:{}\n", it.path, it.line);
    let text = listed.map(entry).collect();
    check("ledger", &by_file(".gitleaksignore", text, is_listed));
}

#[test]
fn by_entries_for_paths() {
    let entry = |path: &&str| format!("[[allow]]\npath = \"/{path}\"\nreason = \"a test\"\n");
    let text = names(|it| &it.path).iter().map(entry).collect();
    check("path", &by_file("gonogo.toml", text, is_chosen));
}

#[test]
fn by_entries_for_fingerprints() {
    let entry = |it: &&Known| {
        let fingerprint = &it.fingerprint;
        format!("[[allow]]\nfingerprint = \"{fingerprint}\"\nreason = \"a test\"\n")
    };
    let text = chosen().iter().map(entry).collect();
    check("fingerprint", &by_file("gonogo.toml", text, is_chosen));
}

#[test]
fn by_exclusion() {
    let paths = quoted(&names(|it| &it.path), ",");
    let text = format!("[paths]\nexclude = [\n{paths}\n]\n");
    check("exclude", &by_file("gonogo.toml", text, is_chosen));
}

#[test]
fn by_rules_that_are_off() {
    let rules = names(|it| &it.rule);
    let text = format!("[rules]\noff = [\n{}\n]\n", quoted(&rules, ","));
    let is_off = |it: &Known| rules.contains(&it.rule.as_str());
    check("off", &by_file("gonogo.toml", text, is_off));
}

#[test]
fn by_severity() {
    let rules = names(|it| &it.rule);
    let text = format!("[rules.severity]\n{}\n", quoted(&rules, " = \"low\""));
    let is_mild = |it: &Known| rules.contains(&it.rule.as_str());
    check("severity", &by_file("gonogo.toml", text, is_mild));
}

#[test]
fn by_confidence() {
    let text = "[report]\nmin-confidence = \"high\"\n".to_owned();
    check(
        "confidence",
        &by_file("gonogo.toml", text, |it| !it.is_sure),
    );
}

#[test]
fn by_settings_of_folders() {
    let mut files = BTreeMap::new();
    for case in cases()
        .iter()
        .filter(|case| chosen().iter().any(|it| it.path == case.path))
    {
        let folder = case.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let name = case.path.rsplit('/').next().unwrap_or_default();
        let entry = format!("[[allow]]\npath = \"/{name}\"\nreason = \"a test\"\n");
        files
            .entry(format!("{folder}/gonogo.toml"))
            .or_insert_with(String::new)
            .push_str(&entry);
    }
    let accepts = known().iter().filter(|it| is_chosen(it)).map(Known::key);
    let accepts = accepts.collect();
    check("folders", &Way { files, accepts });
}
