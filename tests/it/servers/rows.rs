//! What real servers do with small configurations, and what is reported for each: `*.toml` in this folder.
//!
//! `scripts/truth/` runs the same rows on the programs and compares what they do with what the rows say.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use gonogo::audit::{Files, Outcome, Policy, Project, Source, rules};
use serde::Deserialize;

/// The rows of one format.
#[derive(Deserialize)]
struct Table {
    /// The prefix of the rules that the rows are about.
    family: String,
    /// The name of the file, unless a row gives another.
    path: String,
    /// Rules of the family that are about style or other files, and are tested elsewhere.
    #[serde(default)]
    elsewhere: BTreeSet<String>,
    /// What surrounds the text of a row, by the name that rows use for it; `%` stands for the text.
    #[serde(default)]
    around: BTreeMap<String, String>,
    row: Vec<Row>,
}

/// The other files of a row.
struct Beside<'r>(&'r BTreeMap<String, String>);

impl Files for Beside<'_> {
    fn read(&self, path: &str) -> Option<Vec<u8>> {
        self.0.get(path).map(|text| text.clone().into_bytes())
    }
}

/// One configuration.
#[derive(Deserialize)]
struct Row {
    name: String,
    text: String,
    #[serde(default)]
    within: Option<String>,
    #[serde(default)]
    path: Option<String>,
    /// Other files of its tree.
    #[serde(default)]
    beside: BTreeMap<String, String>,
    /// What was seen, with the program and its version.
    seen: String,
    /// Rules that must find something.
    #[serde(default)]
    says: String,
    /// Rules that must not find anything.
    #[serde(default)]
    not: String,
    /// The severity that a rule's finding must have: `high nginx/autoindex`.
    #[serde(default)]
    weight: String,
}

impl Row {
    fn whole(&self, table: &Table) -> String {
        match &self.within {
            None => self.text.clone(),
            Some(name) => table.around[name].replace('%', &self.text),
        }
    }

    /// Returns the rules that are found in the file of the row, with severities.
    fn found(&self, table: &Table) -> Vec<(String, String)> {
        let path = self.path.as_ref().unwrap_or(&table.path);
        let text = self.whole(table);
        let mut files = vec![(path.as_str(), text.as_bytes())];
        let beside = self.beside.iter();
        files.extend(beside.map(|(path, text)| (path.as_str(), text.as_bytes())));
        let policy = Policy::default();
        let sources = files
            .iter()
            .filter_map(|(path, text)| Source::claim(path, text));
        let paths = files.iter().map(|(path, _)| (*path).to_owned());
        let beside = Beside(&self.beside);
        let project = Project::new(sources, paths, &beside, &policy);
        let mut found = Vec::new();
        for (_, outcome) in project.audit() {
            if let Outcome::Audited(findings) = outcome {
                for finding in &findings {
                    let weight = finding.severity.to_string();
                    found.extend(
                        finding
                            .rules()
                            .map(|rule| (rule.to_string(), weight.clone())),
                    );
                }
            }
        }
        found
    }

    fn problems(&self, table: &Table) -> Vec<String> {
        let found = self.found(table);
        let has = |rule: &str| found.iter().any(|(other, _)| other == rule);
        let silent = self.says.split_whitespace().filter(|rule| !has(rule));
        let wrong = self.not.split_whitespace().filter(|rule| has(rule));
        let mut problems: Vec<_> = silent
            .map(|rule| format!("{}: {rule} says nothing", self.name))
            .collect();
        problems.extend(wrong.map(|rule| format!("{}: {rule} is wrong", self.name)));
        if let Some((weight, rule)) = self.weight.split_once(' ') {
            let is_so = found
                .iter()
                .any(|(other, own)| other == rule && own == weight);
            if !is_so {
                problems.push(format!("{}: {rule} is not {weight}", self.name));
            }
        }
        if self.says.is_empty() && self.not.is_empty() || self.seen.is_empty() {
            problems.push(format!(
                "{}: asks for nothing, or says not what was seen",
                self.name
            ));
        }
        problems
    }
}

fn tables() -> Vec<(String, Table)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it/servers");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "toml"))
        .collect();
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        let table =
            toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (
            path.file_stem().unwrap().to_string_lossy().into_owned(),
            table,
        )
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn reports_agree_with_what_servers_do() {
    let mut problems = Vec::new();
    let mut count = 0;
    for (name, table) in tables() {
        count += table.row.len();
        let rows = table.row.iter().flat_map(|row| row.problems(&table));
        problems.extend(rows.map(|problem| format!("{name}: {problem}")));
    }
    assert!(
        problems.is_empty(),
        "of {count} rows:\n{}",
        problems.join("\n")
    );
}

#[test]
fn each_check_speaks_in_one_row_and_is_silent_in_another() {
    let mut lacking = Vec::new();
    for (name, table) in tables() {
        let all: Vec<_> = rules()
            .into_iter()
            .map(|rule| rule.id.to_string())
            .collect();
        let of_family = all.iter().filter(|rule| rule.starts_with(&table.family));
        for rule in of_family.filter(|rule| !table.elsewhere.contains(*rule)) {
            let names = |field: &str| field.split_whitespace().any(|other| other == rule);
            if !table.row.iter().any(|row| names(&row.says)) {
                lacking.push(format!("{name}: {rule} speaks in no row"));
            }
            if !table.row.iter().any(|row| names(&row.not)) {
                lacking.push(format!("{name}: {rule} is silent in no row"));
            }
        }
    }
    assert!(lacking.is_empty(), "{}", lacking.join("\n"));
}

#[test]
fn no_two_rows_have_the_same_name() {
    for (table, rows) in tables() {
        let mut names = BTreeSet::new();
        for row in &rows.row {
            assert!(names.insert(&row.name), "{table}: {} twice", row.name);
        }
    }
}
