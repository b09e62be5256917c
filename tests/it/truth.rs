//! What the audit reports about configurations that were run on the real programs: the tables in `tests/truth/`.
//!
//! Each row has files, what the program did with them, and the rules that must and must not report something. The
//! scripts in `scripts/truth/` run the same rows on the programs and compare `seen` with what they do now.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gonogo::audit::{Files, Outcome, Policy, Project, Source};
use serde::Deserialize;

/// A table: the rows of one program.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    /// The programs on which the rows were run, each with its version.
    programs: Vec<String>,
    /// The prefixes of the ids of the rules that the rows are about.
    rules: Vec<String>,
    row: Vec<Row>,
}

/// One experiment.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    /// What is tried, in a few words; unique within a table.
    name: String,
    /// The text of each file, by its path.
    files: BTreeMap<String, String>,
    /// What the programs did, in the words of the table's script.
    seen: String,
    /// The same for programs of the table that behave differently, by their name in `programs`.
    #[serde(default)]
    seen_by: BTreeMap<String, String>,
    /// Rules that must report something: `rule`, `rule:LINE` or `rule:LINE@PATH`, optionally preceded by the severity.
    #[serde(default)]
    speaks: Vec<String>,
    /// Rules that must report nothing, or nothing at that severity or place.
    #[serde(default)]
    silent: Vec<String>,
    /// Why the row requires something other than what was seen, or what that means.
    #[serde(default)]
    why: Option<String>,
}

/// A finding in the form used by rows.
struct Found {
    severity: &'static str,
    rules: Vec<String>,
    line: u32,
    path: String,
}

impl Found {
    /// Returns whether it is what `wanted` names.
    fn is(&self, wanted: &str) -> bool {
        let (severity, rest) = wanted.split_once(' ').unwrap_or(("", wanted));
        let (rule, place) = rest.split_once(':').unwrap_or((rest, ""));
        let (line, path) = place.split_once('@').unwrap_or((place, ""));
        (severity.is_empty() || severity == self.severity)
            && self.rules.iter().any(|own| own == rule)
            && (line.is_empty() || line == self.line.to_string())
            && (path.is_empty() || path == self.path)
    }
}

struct Tree<'r>(&'r BTreeMap<String, String>);

impl Files for Tree<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.get(path).map(|text| text.clone().into_bytes())
    }
}

impl Row {
    /// Returns everything the audit reports for the row's files.
    fn audit(&self) -> Vec<Found> {
        let claim = |(path, text): (&String, &String)| Source::claim(path, text.as_bytes());
        let sources = self.files.iter().filter_map(claim);
        let (tree, policy) = (Tree(&self.files), Policy::default());
        let project = Project::new(sources, self.files.keys().cloned(), &tree, &policy);
        let mut found = Vec::new();
        for (path, outcome) in project.audit() {
            let Outcome::Audited(findings) = outcome else {
                continue;
            };
            found.extend(findings.into_iter().map(|finding| Found {
                severity: finding.severity.as_str(),
                rules: finding.rules().map(ToString::to_string).collect(),
                line: finding.location.region.start.line,
                path: path.to_owned(),
            }));
        }
        found
    }

    /// Returns what is wrong with the audit's findings, one problem per line.
    fn problems(&self) -> Vec<String> {
        let found = self.audit();
        let has = |wanted: &&String| found.iter().any(|found| found.is(wanted));
        let missing = self.speaks.iter().filter(|wanted| !has(wanted));
        let missing = missing.map(|wanted| format!("{}: no `{wanted}`", self.name));
        let wrong = self.silent.iter().filter(has);
        let wrong = wrong.map(|wanted| format!("{}: wrongly `{wanted}`", self.name));
        missing.chain(wrong).collect()
    }
}

fn tables() -> Vec<(String, Table)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/truth");
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| {
        path.extension()
            .is_some_and(|extension| extension == "toml")
    });
    paths.sort();
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let table =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.file_name().unwrap().display().to_string(), table)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn the_audit_says_what_the_programs_do() {
    let mut problems = Vec::new();
    for (name, table) in tables() {
        let rows = table.row.iter().flat_map(Row::problems);
        problems.extend(rows.map(|problem| format!("{name}: {problem}")));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn rows_are_whole_and_have_names_of_their_own() {
    for (file, table) in tables() {
        let mut names = BTreeSet::new();
        for row in &table.row {
            let name = &row.name;
            assert!(names.insert(name), "{file}: two rows are called {name}");
            let says_nothing = row.speaks.is_empty() && row.silent.is_empty();
            assert!(!says_nothing, "{file}: {name} asks for nothing");
            assert!(!row.seen.is_empty(), "{file}: {name}: what was seen?");
            let known = |program: &String| table.programs.contains(program);
            assert!(row.seen_by.keys().all(known), "{file}: {name}: `seen-by`");
            assert!(
                row.why.as_ref().is_none_or(|why| !why.is_empty()),
                "{file}: {name}"
            );
        }
    }
}

#[test]
fn every_rule_has_rows_for_and_against_it() {
    let mut lacking = Vec::new();
    for (file, table) in tables() {
        let named = |rows: fn(&Row) -> &Vec<String>| -> BTreeSet<String> {
            let wanted = table.row.iter().flat_map(rows);
            wanted.map(|wanted| rule_of(wanted).to_owned()).collect()
        };
        let (speaks, silent) = (named(|row| &row.speaks), named(|row| &row.silent));
        let ids = gonogo::audit::rules()
            .into_iter()
            .map(|rule| rule.id.to_string());
        let own = |id: &String| {
            table
                .rules
                .iter()
                .any(|start| id.starts_with(start.as_str()))
        };
        for id in ids.filter(own) {
            for (rows, kind) in [(&speaks, "for"), (&silent, "against")] {
                if !rows.contains(&id) {
                    lacking.push(format!("{file}: no row {kind} {id}"));
                }
            }
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

/// Returns the rule id in an entry of `speaks` or `silent`.
fn rule_of(wanted: &str) -> &str {
    let rest = wanted.split_once(' ').map_or(wanted, |(_, rest)| rest);
    rest.split_once(':').map_or(rest, |(rule, _)| rule)
}
