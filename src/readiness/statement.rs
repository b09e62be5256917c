//! Statements of people: one file each in `.gonogo/attestations/`, with an author, a scope and an expiry date.
//!
//! They are not signed yet, so a statement is shown as said by its author. It never overrides what a file refutes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::amount::day_number;
use super::settings::{Settings, unknown_role};
use super::standard::{ROLES, Standard};

/// Where statements are kept, relative to the folder of `readiness.toml`.
pub const FOLDER: &str = ".gonogo/attestations";

/// What a statement is about, which determines what makes it stale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scope {
    /// The files that it names: it becomes stale when one of them changes.
    Evidence,
    /// One commit or image.
    Release,
    /// A period of time: only its dates limit it.
    Period,
}

/// What a person has confirmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Statement {
    /// The version of the file format: 1.
    pub version: u32,
    /// The id of the item or sign-off.
    pub item: String,
    /// Whether the item holds; if false, the person denies it.
    #[serde(default = "yes")]
    pub holds: bool,
    /// The statement in words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub statement: String,
    /// The person who makes it: a key of `[signers]`, if there are any.
    pub by: String,
    /// The role in which they make it.
    pub role: String,
    /// What it is about.
    pub scope: Scope,
    /// The day on which it was made, as `2026-01-31`.
    pub made: String,
    /// The last day on which it counts, as `2026-01-31`.
    pub until: String,
    /// The commit or image of a release.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What it is based on: files with their SHA-256, and URLs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Source>,
}

/// A file or URL that a statement is based on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// A path relative to the repository, or a URL.
    pub name: String,
    /// The SHA-256 of the file when the statement was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
}

fn yes() -> bool {
    true
}

/// Returns the SHA-256 of `bytes` in lower-case hex.
pub fn digest(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

/// What statements are judged against.
pub struct Circumstances<'a> {
    /// The standard.
    pub standard: &'a Standard,
    /// The settings.
    pub settings: &'a Settings,
    /// The day of the assessment, as `2026-01-31`.
    pub today: &'a str,
    /// The commit that is assessed.
    pub commit: Option<&'a str>,
    /// Returns the SHA-256 of a file of the repository; `None` if there is no such file.
    pub hash: &'a dyn Fn(&str) -> Option<String>,
}

/// The statements that count, and why the others do not.
#[derive(Debug, Default)]
pub struct Judged {
    /// The statements that count, by the id of the item or sign-off.
    pub valid: BTreeMap<String, Statement>,
    /// Why the others do not count, one line each.
    pub problems: Vec<String>,
    /// Why an item or sign-off is refuted, by id: a person denies it, or statements contradict each other.
    pub denied: BTreeMap<String, String>,
}

/// Judges the statements in `files`, which are pairs of file name and text.
pub fn judge(files: &[(String, String)], circumstances: &Circumstances<'_>) -> Judged {
    let mut judged = Judged::default();
    let mut by_item: BTreeMap<String, Vec<(String, Statement)>> = BTreeMap::new();
    for (name, text) in files {
        match read(text).and_then(|it| check(&it, circumstances).map(|()| it)) {
            Ok(statement) => {
                let all = by_item.entry(statement.item.clone()).or_default();
                all.push((name.clone(), statement));
            }
            Err(why) => judged.problems.push(format!("{name}: {why}")),
        }
    }
    for (item, all) in by_item {
        let (yes, no): (Vec<_>, Vec<_>) = all.into_iter().partition(|(_, it)| it.holds);
        match (yes.into_iter().max_by(later), no.into_iter().max_by(later)) {
            (Some((one, _)), Some((other, _))) => {
                let why = format!("{one} and {other} contradict each other about {item}");
                judged.problems.push(format!("{why}: remove one of them"));
                judged.denied.insert(item, why);
            }
            (None, Some((name, statement))) => {
                let why = format!("{} says that it is not so ({name})", statement.by);
                judged.denied.insert(item, why);
            }
            (Some((_, statement)), None) => {
                judged.valid.insert(item, statement);
            }
            (None, None) => {}
        }
    }
    judged
}

fn later(one: &(String, Statement), other: &(String, Statement)) -> std::cmp::Ordering {
    (&one.1.until, &one.0).cmp(&(&other.1.until, &other.0))
}

fn read(text: &str) -> Result<Statement, String> {
    toml::from_str(text).map_err(|error| {
        let message = error
            .message()
            .lines()
            .next()
            .unwrap_or("no statement")
            .to_owned();
        format!("no statement: {message}")
    })
}

/// Checks that a statement counts; the error says why it does not.
fn check(statement: &Statement, known: &Circumstances<'_>) -> Result<(), String> {
    if statement.version != 1 {
        return Err(format!(
            "version {} is not known: write 1",
            statement.version
        ));
    }
    let is_sign_off = known
        .standard
        .sign_offs
        .iter()
        .any(|it| it.id == statement.item);
    if !is_sign_off && known.standard.item(&statement.item).is_none() {
        return Err(known.standard.unknown_item(&statement.item));
    }
    check_person(statement, known)?;
    check_time(statement, known)?;
    match statement.scope {
        Scope::Evidence => check_evidence(statement, known),
        Scope::Release => match (&statement.subject, known.commit) {
            (None, _) => Err("a statement about a release needs a `subject`".to_owned()),
            (Some(subject), Some(commit))
                if commit.starts_with(subject.as_str()) && subject.len() >= 7 =>
            {
                Ok(())
            }
            (Some(subject), _) if known.settings.images.contains(subject) => Ok(()),
            (Some(subject), _) => Err(format!(
                "stale: it is about {}, which is not what is assessed",
                subject.chars().take(80).collect::<String>()
            )),
        },
        Scope::Period => Ok(()),
    }
}

fn check_person(statement: &Statement, known: &Circumstances<'_>) -> Result<(), String> {
    if !ROLES.contains(&statement.role.as_str()) {
        return Err(unknown_role(&statement.role));
    }
    if statement.by.trim().is_empty() {
        return Err("`by` is empty: name a person".to_owned());
    }
    let sign_off = known
        .standard
        .sign_offs
        .iter()
        .find(|it| it.id == statement.item);
    if let Some(sign_off) = sign_off.filter(|it| it.role != statement.role) {
        return Err(format!(
            "{} is signed by the role {}, not {}",
            sign_off.id, sign_off.role, statement.role
        ));
    }
    let signers = &known.settings.signers;
    if signers.is_empty() {
        return Ok(());
    }
    match signers.get(&statement.by) {
        None => Err(format!("{} is not one of the `[signers]`", statement.by)),
        Some(roles) if !roles.contains(&statement.role) => Err(format!(
            "{} does not have the role {}",
            statement.by, statement.role
        )),
        Some(_) => Ok(()),
    }
}

fn check_time(statement: &Statement, known: &Circumstances<'_>) -> Result<(), String> {
    let day = |name: &str, text: &str| {
        day_number(text).ok_or_else(|| format!("`{name}` must be a day, written `2026-12-31`"))
    };
    let (made, until) = (
        day("made", &statement.made)?,
        day("until", &statement.until)?,
    );
    let today = day("--at", known.today)?;
    if made > today {
        return Err(format!(
            "it is made on {}, which is yet to come",
            statement.made
        ));
    }
    if until < today {
        return Err(format!("expired on {}", statement.until));
    }
    if until < made {
        return Err("it ends before it is made".to_owned());
    }
    Ok(())
}

fn check_evidence(statement: &Statement, known: &Circumstances<'_>) -> Result<(), String> {
    let hashed = statement
        .evidence
        .iter()
        .filter_map(|it| Some((&it.name, it.sha256.as_ref()?)));
    let hashed: Vec<_> = hashed.collect();
    if hashed.is_empty() {
        return Err("a statement about evidence names no file with its `sha256`".to_owned());
    }
    for (name, sha256) in hashed {
        match (known.hash)(name) {
            None => return Err(format!("stale: {name} is gone")),
            Some(now) if now != *sha256 => return Err(format!("stale: {name} has changed")),
            Some(_) => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(more: &str) -> String {
        let base = [
            ("version", "1"),
            ("item", "\"L9\""),
            ("by", "\"ann@example.org\""),
            ("role", "\"devops\""),
            ("scope", "\"period\""),
            ("made", "\"2026-01-01\""),
            ("until", "\"2026-03-31\""),
        ];
        let changed: Vec<_> = more.lines().collect();
        let is_changed = |key: &str| {
            changed
                .iter()
                .any(|line| line.starts_with(&format!("{key} ")))
        };
        let mut text = String::new();
        for (key, value) in base.iter().filter(|(key, _)| !is_changed(key)) {
            text += &format!("{key} = {value}\n");
        }
        text + more
    }

    fn judged(files: &[String]) -> Judged {
        let standard = Standard::built_in().unwrap();
        let settings = Settings::parse(
            "readiness.toml",
            "[signers]\n\"ann@example.org\" = [\"devops\", \"qa\"]\n",
        )
        .unwrap();
        let files: Vec<_> = (1..)
            .zip(files)
            .map(|(number, text)| (format!("{number}.toml"), text.clone()))
            .collect();
        let circumstances = Circumstances {
            standard: &standard,
            settings: &settings,
            today: "2026-02-01",
            commit: Some("0123456789abcdef"),
            hash: &|name| (name == "drill.md").then(|| digest(b"drill")),
        };
        judge(&files, &circumstances)
    }

    #[track_caller]
    fn problem(more: &str, expected: &str) {
        let judged = judged(&[text(more)]);
        assert!(judged.valid.is_empty(), "{more}");
        assert_eq!(judged.problems, [format!("1.toml: {expected}")], "{more}");
    }

    #[test]
    fn a_statement_counts_until_its_day() {
        assert_eq!(judged(&[text("")]).valid.len(), 1);
        problem("until = \"2026-01-31\"", "expired on 2026-01-31");
        problem(
            "made = \"2026-02-02\"",
            "it is made on 2026-02-02, which is yet to come",
        );
    }

    #[test]
    fn what_changed_is_stale() {
        let evidence = |hash: String| {
            format!(
                "scope = \"evidence\"\n[[evidence]]\nname = \"drill.md\"\nsha256 = \"{hash}\"\n"
            )
        };
        assert_eq!(judged(&[text(&evidence(digest(b"drill")))]).valid.len(), 1);
        problem(&evidence(digest(b"other")), "stale: drill.md has changed");
        problem(
            "scope = \"release\"\nsubject = \"fedcba987\"",
            "stale: it is about fedcba987, which is not what is assessed",
        );
        assert_eq!(
            judged(&[text("scope = \"release\"\nsubject = \"0123456\"")])
                .valid
                .len(),
            1
        );
    }

    #[test]
    fn people_have_roles() {
        problem(
            "role = \"devop\"",
            "there is no role `devop`: did you mean `devops`?",
        );
        problem(
            "role = \"legal\"",
            "ann@example.org does not have the role legal",
        );
        problem("by = \"bob\"", "bob is not one of the `[signers]`");
        problem(
            "item = \"SIGN-qa\"",
            "SIGN-qa is signed by the role qa, not devops",
        );
        problem(
            "item = \"L99\"",
            "there is no item `L99`: did you mean `L9` (Disaster recovery was tested in the last quarter)?",
        );
    }

    #[test]
    fn statements_that_contradict_each_other_do_not_count() {
        let judged = judged(&[text(""), text("holds = false")]);
        assert!(judged.valid.is_empty());
        assert_eq!(judged.problems.len(), 1);
        assert!(judged.denied.contains_key("L9"));
    }
}
