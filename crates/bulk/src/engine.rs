//! The one place that calls the library: what it finds in a repository, as the store keeps it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use gonogo::audit;
use gonogo::detect::Detector;
use gonogo::model::{
    Category, Confidence, Finding, Gap, GapKind, Origin, Proof, RuleId, SuppressionKind,
};
use gonogo::redact::Shown;
use gonogo::scan::settings::Choice;
use gonogo::scan::{self, Options, Outcome, What};
use gonogo::source::{self, Limits, Shelf};
use sha2::{Digest, Sha256};

use crate::clock;
use crate::error::Error;
use crate::store::{Key, hex};
use crate::worker::protocol::{Accepted, Found, FoundGap, Job, ScanTask, Scanned};

/// The largest blob that is scanned, as of `gonogo scan`.
const MAX_FILE_SIZE: u64 = 256 << 20;

/// How deep archives within archives are unpacked, as of `gonogo scan`.
const MAX_ARCHIVE_DEPTH: usize = 3;

/// The bounds of a scan.
pub(crate) fn limits(threads: usize) -> Limits {
    Limits {
        max_file_size: MAX_FILE_SIZE,
        max_archive_depth: MAX_ARCHIVE_DEPTH,
        threads,
    }
}

/// What decides which findings there are, apart from what is scanned: rules and version. Rule files that cannot be read
/// are an error before anything is scanned.
pub(crate) fn rule_set(
    rules: &[PathBuf],
    config: Option<&Path>,
) -> Result<(String, String), Error> {
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
    for path in rules.iter().map(PathBuf::as_path).chain(config) {
        let text = source::read_bytes(path, source::MAX_RULES_BYTES);
        note(&text.map_err(|error| Error::file(path, error))?);
    }
    if !rules.is_empty() || config.is_some() {
        check_rules(rules, config)?;
    }
    Ok((hex(&hash.finalize()), env!("CARGO_PKG_VERSION").to_owned()))
}

/// Scans a few bytes with the rules, so that a mistake in them shows before the night.
fn check_rules(rules: &[PathBuf], config: Option<&Path>) -> Result<(), Error> {
    let folder =
        tempfile::tempdir().map_err(|error| Error::file(Path::new("a temporary folder"), error))?;
    let file = folder.path().join("empty.txt");
    std::fs::write(&file, "\n").map_err(|error| Error::file(&file, error))?;
    let task = ScanTask {
        key: String::new(),
        repository_settings: config.is_none(),
        rules: rules.to_owned(),
        config: config.map(Path::to_owned),
        only_named_rules: false,
    };
    let options = Options {
        what: What::Everything {
            worktree: true,
            history: false,
            own_files: false,
        },
        ..options(&task, &file, 1)
    };
    scan::run(&options)
        .map(drop)
        .map_err(|error| Error::usage(error.to_string()))
}

fn options(task: &ScanTask, path: &Path, threads: usize) -> Options {
    let settings = match &task.config {
        Some(file) => Choice::File(file.clone()),
        None if task.repository_settings => Choice::Find,
        None => Choice::Nothing,
    };
    Options {
        paths: vec![path.to_owned()],
        what: What::Everything {
            worktree: false,
            history: true,
            own_files: false,
        },
        no_ignore: false,
        limits: limits(threads),
        rule_files: task.rules.clone(),
        min_confidence: None,
        min_severity: None,
        fail_on: None,
        baseline: None,
        settings,
        cache: None,
        outputs: Vec::new(),
        keeps_fingerprints: false,
        progress: false,
    }
}

/// Scans the repository of a job.
///
/// # Errors
///
/// It cannot be scanned at all; the message shows no secret.
pub(crate) fn scan(
    task: &ScanTask,
    key: &Key,
    job: &Job,
    threads: usize,
) -> Result<Scanned, String> {
    let options = Options {
        cache: job.cache.clone(),
        ..options(task, &job.path.path(), threads)
    };
    let outcome = scan::run(&options);
    let outcome = outcome.map_err(|error| {
        without(
            &job.path.path(),
            &gonogo::scan::redacted(&error.to_string()),
        )
    })?;
    Ok(scanned(task, key, job, &outcome))
}

fn scanned(task: &ScanTask, key: &Key, job: &Job, outcome: &Outcome) -> Scanned {
    let counts_comments = task.repository_settings;
    let built_in = task.only_named_rules.then(built_in_rules);
    let is_asked = |finding: &&Shown| {
        let is_known = |known: &BTreeSet<RuleId>| known.contains(&finding.rule);
        !built_in.as_ref().is_some_and(is_known)
    };
    let all = outcome.findings.iter().chain(&outcome.suppressed);
    let findings = all
        .filter(is_asked)
        .map(|finding| found(key, finding, counts_comments));
    let coverage = &outcome.coverage;
    let is_covered = |gap: &&Gap| gap.kind != GapKind::Empty;
    let is_empty = coverage.blobs + coverage.commits + coverage.binary + coverage.tags == 0;
    Scanned {
        findings: findings.collect(),
        gaps: coverage
            .gaps
            .iter()
            .filter(|gap| !is_empty || is_covered(gap))
            .map(gap)
            .collect(),
        threshold: outcome.threshold.as_str().to_owned(),
        blobs: coverage.blobs + coverage.binary,
        commits: coverage.commits,
        tags: coverage.tags,
        bytes: coverage.bytes,
        is_empty,
        settings: below(&job.path.path(), &coverage.settings),
        warnings: outcome
            .warnings
            .iter()
            .map(|line| without(&job.path.path(), line))
            .collect(),
        judge_again: judge_again(&job.path.path(), &coverage.settings),
    }
}

/// The rules that there are without any file.
fn built_in_rules() -> BTreeSet<RuleId> {
    let detector = Detector::new(Vec::new(), Confidence::Low).ok();
    let rules = detector.into_iter().flat_map(|detector| detector.rules());
    rules.chain(audit::rules()).map(|rule| rule.id).collect()
}

fn found(key: &Key, finding: &Finding, counts_comments: bool) -> Found {
    let Finding {
        location, history, ..
    } = finding;
    let region = &location.region;
    let (origin, object) = match &finding.origin {
        Origin::Worktree | Origin::Index | Origin::Stdin => ("file", None),
        Origin::Blob(id) => ("blob", Some(id)),
        Origin::CommitMessage(id) => ("commit-message", Some(id)),
        Origin::TagMessage(id) => ("tag-message", Some(id)),
    };
    let first = history.as_ref().and_then(|history| history.first.as_ref());
    // What a placeholder says is the same everywhere, and joins nothing.
    let is_credential = finding.category == Category::Secret;
    let secret = finding.secret.as_ref().filter(|_| is_credential);
    let accepted = finding.suppression.as_ref().filter(|_| counts_comments);
    Found {
        fingerprint: finding.fingerprint.to_string(),
        secret: secret.map(|secret| hex(&key.hash(secret.reveal()))),
        rule: finding.rule.to_string(),
        category: word(&finding.category),
        severity: finding.severity.as_str().to_owned(),
        confidence: finding.confidence.as_str().to_owned(),
        is_proven: finding.evidence.proof == Proof::Proven,
        decides: finding.decides(),
        message: finding.message.clone(),
        path: location.path.clone(),
        member: location.member.clone(),
        line: region.start.line,
        col: region.start.column,
        end_line: region.end.line,
        end_col: region.end.column,
        origin: origin.to_owned(),
        object: object.map(ToString::to_string),
        presence: finding.presence().map(|presence| word(&presence)),
        texts: history.as_ref().map_or(0, |history| history.blobs),
        first_commit: first.map(|first| first.id.to_string()),
        author: first.map(|first| first.author.clone()),
        email: first.map(|first| first.email.clone()),
        date: first.map(|first| first.date.clone()),
        accepted: accepted.map(|it| Accepted {
            kind: match it.kind {
                SuppressionKind::InSource => "comment",
                SuppressionKind::External => "list",
            }
            .to_owned(),
            by: it.by.clone(),
            reason: it.reason.clone(),
        }),
        ..Found::default()
    }
}

/// The word for a value of a list, as all reports have it.
fn word(value: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// A gap, as it is kept.
pub(crate) fn gap(gap: &Gap) -> FoundGap {
    let accepted = gap.accepted.as_ref();
    FoundGap {
        kind: gap.kind.name().to_owned(),
        place: gap.place.clone(),
        reason: gap.reason.clone(),
        undecided: gap.is_undecided(),
        hides: gap.kind.is_of_history() || gap.kind == GapKind::Unreadable,
        accepted: accepted.map(|it| format!("{}: {}", it.by, it.reason)),
    }
}

/// Names of files of settings, seen from the top of the repository: `gonogo.toml at HEAD`.
fn below(path: &Path, names: &[String]) -> Vec<String> {
    names.iter().map(|name| without(path, name)).collect()
}

fn without(path: &Path, text: &str) -> String {
    let path = path.display().to_string();
    text.replace(&format!("{path}/"), "").replace(&path, "it")
}

/// The next day after which something that settings or baselines accept until then is accepted no more.
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

/// The days in `until=2026-01-31` and `until = "2026-01-31"`.
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
