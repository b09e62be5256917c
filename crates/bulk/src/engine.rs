//! The only caller of the library: turns its findings in a repository into the form that the store keeps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use gonogo::audit;
use gonogo::detect::Detector;
use gonogo::source::{self, Limits, Shelf};
use gonogo::{
    Category, Confidence, Finding, Gap, GapKind, Plan, Report, Scanner, SettingsSource, Severity,
    Target,
};
use sha2::{Digest, Sha256};

use crate::clock;
use crate::error::Error;
use crate::store::{Key, hex};
use crate::worker::protocol::{Accepted, Found, FoundGap, Job, ScanTask, Scanned};

/// The largest blob that is scanned, in bytes; the same as in `gonogo scan`.
const MAX_FILE_SIZE: u64 = 256 << 20;

/// How many levels of nested archives are unpacked; the same as in `gonogo scan`.
const MAX_ARCHIVE_DEPTH: usize = 3;

/// Returns the limits of a scan.
pub(crate) fn limits(threads: usize) -> Limits {
    Limits {
        max_file_size: MAX_FILE_SIZE,
        max_archive_depth: MAX_ARCHIVE_DEPTH,
        threads,
    }
}

/// Returns what decides which findings there are, apart from the scanned content: a digest of it, the version, and the
/// names of the rules, one a line. Fails before anything is scanned if a rule file cannot be read.
pub(crate) fn rule_set(
    rules: &[PathBuf],
    config: Option<&Path>,
) -> Result<(String, String, String), Error> {
    let detector = Detector::new(Vec::new(), Confidence::Medium);
    let detector = detector.map_err(|error| Error::usage(error.to_string()))?;
    let mut hash = Sha256::new();
    let mut note = |part: &[u8]| {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    };
    note(env!("CARGO_PKG_VERSION").as_bytes());
    detector.describe_to(&mut note);
    note(format!("{:?}", audit::rules()).as_bytes());
    let mut names: BTreeSet<String> = names_of(&detector).into_keys().collect();
    for path in rules.iter().map(PathBuf::as_path).chain(config) {
        let text = source::read_bytes(path, source::MAX_RULES_BYTES);
        let text = text.map_err(|error| Error::file(path, error))?;
        note(&text);
        names.extend(names_in(&String::from_utf8_lossy(&text)));
    }
    if !rules.is_empty() || config.is_some() {
        check_rules(rules, config)?;
    }
    let names: Vec<String> = names.into_iter().collect();
    let version = env!("CARGO_PKG_VERSION").to_owned();
    Ok((hex(&hash.finalize()), version, names.join("\n")))
}

/// Returns the names of the rules in a file of rules, in gonogo's own form or in that of Gitleaks.
fn names_in(text: &str) -> Vec<String> {
    let table = text.parse::<toml::Table>().unwrap_or_default();
    let rules = table.get("rules").and_then(toml::Value::as_array);
    let names = rules
        .into_iter()
        .flatten()
        .filter_map(|rule| rule.get("id")?.as_str());
    names.map(str::to_owned).collect()
}

/// Reads rules and settings as a scan does, so that a mistake in them shows before the night.
fn check_rules(rules: &[PathBuf], config: Option<&Path>) -> Result<(), Error> {
    let task = ScanTask {
        key: String::new(),
        repository_settings: config.is_none(),
        rules: rules.to_owned(),
        config: config.map(Path::to_owned),
        only_named_rules: false,
    };
    Engine::new(&task, 1).map(drop).map_err(Error::Usage)
}

/// A scanner, made once for all repositories of a worker.
pub(crate) struct Engine {
    scanner: Scanner,
    key: Key,
    /// Whether comments in the repositories count.
    counts_comments: bool,
    /// The rules whose findings are left out.
    built_in: BTreeSet<String>,
}

impl Engine {
    /// Sets up the scanner.
    ///
    /// # Errors
    ///
    /// Fails if a file of rules or settings is wrong; the message shows no secret.
    pub(crate) fn new(task: &ScanTask, threads: usize) -> Result<Self, String> {
        let settings = match &task.config {
            Some(file) => SettingsSource::File(file.clone()),
            None if task.repository_settings => SettingsSource::Target,
            None => SettingsSource::None,
        };
        let mut builder = Scanner::builder()
            .threads(threads)
            .max_file_size(MAX_FILE_SIZE)
            .max_archive_depth(MAX_ARCHIVE_DEPTH)
            .settings(settings);
        for file in &task.rules {
            builder = builder.rule_file(file);
        }
        let built_in = if task.only_named_rules {
            built_in_rules()
        } else {
            BTreeSet::new()
        };
        Ok(Self {
            scanner: builder.build().map_err(|error| shown(&error))?,
            key: Key::from_hex(&task.key).unwrap_or_else(Key::none),
            counts_comments: task.repository_settings,
            built_in,
        })
    }

    /// Scans the repository of a job.
    ///
    /// # Errors
    ///
    /// Fails if the repository cannot be scanned at all; the message shows no secret.
    pub(crate) fn scan(&self, job: &Job) -> Result<Scanned, String> {
        let path = job.path.path();
        let mut target = Target::new(&path);
        if let Some(cache) = &job.cache {
            target = target.with_cache(cache);
        }
        if job.own_refs_only {
            target = target.with_own_refs_only();
        }
        // For a git directory, that includes the configuration in HEAD.
        let report = self.scanner.scan(&target, &Plan::History, &mut ());
        let report = report.map_err(|error| without(&path, &shown(&error)))?;
        Ok(self.scanned(&path, &report))
    }

    fn scanned(&self, path: &Path, report: &Report) -> Scanned {
        let all = report.findings.iter().chain(&report.accepted);
        let asked = all.filter(|finding| !self.built_in.contains(&finding.rule));
        let findings = asked.map(|finding| self.found(finding, report.threshold));
        let coverage = &report.coverage;
        let has_none = coverage.blobs + coverage.commits + coverage.binary + coverage.tags == 0;
        // Where something could not be read, that nothing was says nothing.
        let is_empty = has_none && !report.gaps().iter().any(|gap| hides(gap.kind));
        let gaps = report.gaps().iter();
        let gaps = gaps.filter(|gap| !has_none || gap.kind != GapKind::Empty);
        // Whether a cache could be used or written makes no difference to what is found.
        let is_of_cache = |line: &&String| {
            line.contains(".seen: the cache") || line.starts_with("cannot write the cache")
        };
        let warnings = report.warnings.iter().filter(|line| !is_of_cache(line));
        Scanned {
            findings: findings.collect(),
            gaps: gaps.map(gap).collect(),
            threshold: report.threshold.as_str().to_owned(),
            blobs: coverage.blobs + coverage.binary,
            commits: coverage.commits,
            tags: coverage.tags,
            bytes: coverage.bytes,
            is_empty,
            settings: below(path, &coverage.settings),
            warnings: warnings.map(|line| without(path, line)).collect(),
            judge_again: judge_again(path, &coverage.settings),
        }
    }

    fn found(&self, finding: &Finding, threshold: Severity) -> Found {
        let place = &finding.place;
        let commit = place.commit.as_ref();
        let object = place.object.map(|id| id.to_string());
        let is_message = place.path.is_empty() && place.member.is_none();
        let is_of_commit = commit.map(|commit| commit.id) == place.object;
        let origin = match (&place.object, is_message, is_of_commit) {
            (None, ..) => "file",
            (_, false, _) => "blob",
            (_, true, true) => "commit-message",
            (_, true, false) => "tag-message",
        };
        // The value of a placeholder is the same everywhere, so it connects nothing.
        let is_credential = finding.category == Category::Secret;
        let secret = finding.reveal().filter(|_| is_credential);
        let accepted = finding.accepted.as_ref().filter(|_| self.counts_comments);
        let is_back = finding.accepted.is_some() && accepted.is_none();
        Found {
            fingerprint: finding.fingerprint.to_string(),
            secret: secret.map(|secret| hex(&self.key.hash(secret))),
            rule: finding.rule.clone(),
            category: word(&finding.category),
            severity: finding.severity.as_str().to_owned(),
            confidence: finding.confidence.as_str().to_owned(),
            is_proven: finding.is_checked,
            decides: finding.decides
                || is_back && !finding.is_local && finding.severity >= threshold,
            message: finding.message.clone(),
            path: place.path.clone(),
            member: place.member.clone(),
            line: place.line,
            col: place.column,
            end_line: place.end_line,
            end_col: place.end_column,
            origin: origin.to_owned(),
            object,
            presence: finding.presence.map(|presence| word(&presence)),
            texts: finding.blobs,
            first_commit: commit.map(|commit| commit.id.to_string()),
            author: commit.map(|commit| commit.author.clone()),
            email: commit.map(|commit| commit.email.clone()),
            date: commit.map(|commit| commit.date.clone()),
            accepted: accepted.map(|it| Accepted {
                kind: if it.is_comment { "comment" } else { "list" }.to_owned(),
                by: it.by.clone(),
                reason: it.reason.clone(),
            }),
            ..Found::default()
        }
    }
}

/// Returns an error with credentials masked.
fn shown(error: &gonogo::Error) -> String {
    gonogo::scan::redacted(&error.to_string()).into_owned()
}

/// Returns the rules that exist without any rule file.
fn built_in_rules() -> BTreeSet<String> {
    rule_names().into_keys().collect()
}

/// Returns the title and the remedy of each of these rules, by its id.
pub(crate) fn rule_names() -> RuleNames {
    let detector = Detector::new(Vec::new(), Confidence::Low).ok();
    detector.as_ref().map(names_of).unwrap_or_default()
}

/// The title and the remedy of rules, by their ids.
type RuleNames = BTreeMap<String, (String, String)>;

fn names_of(detector: &Detector) -> RuleNames {
    let rules = detector.rules().into_iter().chain(audit::rules());
    let names = rules.map(|rule| {
        let words = (rule.title.into(), rule.remedy.into());
        (rule.id.to_string(), words)
    });
    names.collect()
}

/// Returns the word that all reports use for a value of an enum.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// Returns a gap in the form that is kept.
pub(crate) fn gap(gap: &Gap) -> FoundGap {
    let accepted = gap.accepted.as_ref();
    FoundGap {
        kind: gap.kind.name().to_owned(),
        place: gap.place.clone(),
        // A run has no such option.
        reason: gap
            .reason
            .replace(", or skip the history with --no-history", ""),
        undecided: gap.is_undecided(),
        hides: hides(gap.kind),
        accepted: accepted.map(|it| format!("{}: {}", it.by, it.reason)),
    }
}

/// Whether what is missing may hide something that was found earlier.
pub(crate) fn hides(kind: GapKind) -> bool {
    kind.is_of_history() || kind == GapKind::Unreadable
}

/// Returns names of settings files relative to the top of the repository: `gonogo.toml at HEAD`.
fn below(path: &Path, names: &[String]) -> Vec<String> {
    names.iter().map(|name| without(path, name)).collect()
}

fn without(path: &Path, text: &str) -> String {
    let path = path.display().to_string();
    text.replace(&format!("{path}/"), "").replace(&path, "it")
}

/// Returns the next day on which something that settings or baselines accept expires.
fn judge_again(path: &Path, settings: &[String]) -> Option<String> {
    let today = clock::today();
    let shelf = Shelf::Commit {
        folder: path,
        revision: "HEAD",
    };
    let mut days = BTreeSet::new();
    for name in below(path, settings) {
        let name = name.strip_suffix(" at HEAD").unwrap_or(&name).to_owned();
        let Ok(Some(file)) = source::list_in(shelf, &name) else {
            continue;
        };
        days.extend(days_in(&file.text).filter(|day| *day >= today));
    }
    days.pop_first()
}

/// Returns the days in `until=2026-01-31` and `until = "2026-01-31"`.
fn days_in(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split("until").skip(1).filter_map(|rest| {
        let rest = rest.trim_start_matches(['=', ' ', '"', '\'', '\t']);
        let day = rest.get(..10)?;
        clock::start_of(day).map(|_| day.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_found_in_lists_and_settings() {
        let days = |text: &str| days_in(text).collect::<Vec<_>>();
        assert_eq!(days("00 a/b c until=2026-01-31 why\n"), ["2026-01-31"]);
        assert_eq!(days("until = \"2026-02-28\"\nuntil=soon"), ["2026-02-28"]);
    }

    #[test]
    fn the_rule_set_changes_with_the_rules() {
        let world = tempfile::tempdir().unwrap();
        let path = world.path().join("rules.toml");
        let rule = |text: &str| {
            std::fs::write(&path, text).unwrap();
            rule_set(std::slice::from_ref(&path), None)
        };
        assert!(rule("this is no rule").is_err());
        let built_in = rule_set(&[], None).unwrap();
        assert_eq!(rule_set(&[], None).unwrap(), built_in);
        assert!(rule_set(&[world.path().join("none.toml")], None).is_err());
    }
}
