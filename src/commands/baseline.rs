//! `gonogo baseline`: writes down which findings are known and accepted, and keeps that true.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::model::{Finding, Verdict, day};
use crate::redact::{Redacted, Redactor};
use crate::source;
use crate::source::git::sha1;
use crate::triage::{Baseline, BaselineEntry, Ledger};

use super::Error;
use super::output::print;
use super::scan;

/// What a baseline is called, and by which it is found.
pub const FILE_NAME: &str = ".gonogo-baseline";

/// How many entries of other scanners that were not found are named.
const MOST_UNUSED: usize = 20;

/// What to do with a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write a new one with everything that is found.
    Create {
        /// Replace the file if there is one.
        force: bool,
    },
    /// Add what is new, take out what is gone, and keep the rest with its reasons and dates.
    Update,
    /// Say which entries matched nothing or are no longer valid.
    Check,
}

/// What `gonogo baseline` was asked to do.
#[derive(Debug)]
pub struct Options {
    /// What is scanned, and how.
    pub scan: scan::Options,
    /// The baseline.
    pub file: PathBuf,
    /// What to do with it.
    pub action: Action,
    /// Files of other scanners: only what they know is written down; without any, everything.
    pub from: Vec<PathBuf>,
    /// The reason of new entries.
    pub reason: String,
    /// The last day of new entries.
    pub until: Option<String>,
}

/// Runs the command; the verdict is about the baseline.
pub fn run(options: &Options) -> Result<scan::Outcome, Error> {
    let is_new = matches!(options.action, Action::Create { .. });
    if options.action == (Action::Create { force: false }) && options.file.exists() {
        let file = options.file.display();
        return Err(Error::Usage(format!(
            "{file} exists already: use `gonogo baseline update`, or --force"
        )));
    }
    let mut known = if is_new {
        Known::default()
    } else {
        Known::read(&options.file)?
    };
    // They are read before anything is scanned, so that a mistake shows at once.
    let mut ledgers = options
        .from
        .iter()
        .map(|path| read_ledger(path))
        .collect::<Result<Vec<_>, _>>()?;
    let mut raw = scan::look(&options.scan, &mut known)?;
    let is_complete = raw.is_complete(&options.scan);
    let mut findings = raw.take_findings();
    let warnings = std::mem::take(&mut raw.warnings);
    let redaction = raw.redaction();
    let redactor = redaction.redactor();
    let mut outcome = scan::Outcome {
        verdict: Verdict::Go,
        threshold: scan::DEFAULT_FAIL_ON,
        warnings: redaction.messages(&warnings),
        findings: Vec::new(),
        suppressed: Vec::new(),
        rules: Vec::new(),
        not_shown: 0,
        roots: Redacted::default(),
        is_change: false,
        coverage: Redacted::default(),
    };
    if options.action == Action::Check {
        outcome.verdict = check(&known, is_complete, &redactor)?;
        return Ok(outcome);
    }
    let baseline = &mut known.baseline;
    // What could not be looked for is not gone.
    let removed = if is_complete && !is_new {
        baseline.remove_unused()
    } else {
        0
    };
    let kept = baseline.count();
    let mut added = 0;
    for ledger in &mut ledgers {
        added += take_over(baseline, ledger, &mut findings, (options, &redactor))?;
    }
    if ledgers.is_empty() {
        // What settings or files of other scanners allow needs no entry.
        // What only this copy has matches nothing in any other.
        findings.retain(|finding| finding.suppression.is_none() && !finding.is_local);
        added = baseline.add(
            (&findings, &redactor),
            &options.reason,
            options.until.as_deref(),
        );
    }
    write(&options.file, &baseline.text())?;
    let file = options.file.display();
    print(&format!(
        "{file}: {kept} kept, {added} added, {removed} removed\n"
    ))?;
    if !is_complete {
        outcome.verdict = Verdict::Undecided;
        outcome
            .warnings
            .push("not everything could be scanned: `gonogo scan` says what".to_owned());
    }
    Ok(outcome)
}

fn read_ledger(path: &Path) -> Result<Ledger, Error> {
    let text = source::read_text_file(path).map_err(|error| Error::File {
        path: path.to_owned(),
        error,
    })?;
    let name = path.display().to_string();
    Ledger::parse(&name, &text).map_err(|why| Error::Usage(format!("{name}: {why}")))
}

/// Adds what a ledger knows, says what became of its entries, and leaves the other findings.
fn take_over(
    baseline: &mut Baseline,
    ledger: &mut Ledger,
    findings: &mut Vec<Finding>,
    (options, redactor): (&Options, &Redactor<'_>),
) -> Result<usize, Error> {
    let (known, others): (Vec<_>, Vec<_>) = std::mem::take(findings)
        .into_iter()
        .partition(|finding| ledger.knows(finding, &sha1));
    *findings = others;
    let name = ledger.name().to_owned();
    let reason = match options.reason.as_str() {
        "" => format!("known in {name}"),
        reason => reason.to_owned(),
    };
    let (entries, used) = ledger.counts();
    let mut text = format!("{name}: {used} of {entries} entries are found again\n");
    for place in ledger.unused().take(MOST_UNUSED) {
        text.push_str(&format!("{name}: not found: {place}\n"));
    }
    if entries - used > MOST_UNUSED {
        text.push_str(&format!(
            "{name}: not found: {} more\n",
            entries - used - MOST_UNUSED
        ));
    }
    if ledger.real() > 0 {
        let real = ledger.real();
        text.push_str(&format!(
            "{name}: {real} entries say that their secrets are real, and are not taken over\n"
        ));
    }
    for line in ledger.unread() {
        text.push_str(&format!("{name}:{line}: this is no fingerprint\n"));
    }
    print(&crate::report::visible_lines(&redactor.message(&text)))?;
    Ok(baseline.add((&known, redactor), &reason, options.until.as_deref()))
}

fn check(known: &Known, is_complete: bool, redactor: &Redactor<'_>) -> Result<Verdict, Error> {
    let mut lines = String::new();
    let mut tell = |entry: &BaselineEntry, what: &str| {
        lines.push_str(&format!(
            "{}:{}: {what}: {} {}\n",
            known.name, entry.line, entry.rule, entry.path
        ));
    };
    known
        .baseline
        .expired(&known.today)
        .for_each(|(_, entry)| tell(entry, "expired"));
    if is_complete {
        known
            .baseline
            .unused()
            .for_each(|(_, entry)| tell(entry, "matches nothing any more"));
    }
    let is_good = lines.is_empty();
    lines.push_str(&format!(
        "{}: {} entries\n",
        known.name,
        known.baseline.count()
    ));
    print(&crate::report::visible_lines(&redactor.message(&lines)))?;
    Ok(match (is_good, is_complete) {
        (false, _) => Verdict::NoGo,
        (true, false) => Verdict::Undecided,
        (true, true) => Verdict::Go,
    })
}

/// Replaces the file as a whole, or not at all.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    source::replace_file(path, text.as_bytes()).map_err(|error| Error::File {
        path: path.to_owned(),
        error,
    })
}

/// A baseline as it is used in a scan.
#[derive(Debug, Default)]
pub(super) struct Known {
    baseline: Baseline,
    /// What it is called.
    name: String,
    today: String,
}

impl Known {
    pub(super) fn read(path: &Path) -> Result<Self, Error> {
        let name = path.display().to_string();
        let text = source::read_text_file(path).map_err(|error| Error::File {
            path: path.to_owned(),
            error,
        })?;
        Self::parse(name, &text)
    }

    /// The one that stands at the top of what is scanned, if there is one.
    pub(super) fn find(folder: &Path) -> Result<Option<Self>, Error> {
        let found = source::list_in(folder, FILE_NAME)
            .map_err(|(path, error)| Error::File { path, error })?;
        let parse = |found: source::Settings| {
            let name = found.path.display().to_string();
            Self::parse(name, &found.text)
        };
        found.map(parse).transpose()
    }

    fn parse(name: String, text: &str) -> Result<Self, Error> {
        let baseline =
            Baseline::parse(text).map_err(|error| Error::Usage(format!("{name}: {error}")))?;
        Ok(Self {
            baseline,
            name,
            today: today(),
        })
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn apply(&mut self, findings: &mut [Finding]) {
        self.baseline.apply(&self.name, findings, &self.today);
    }

    /// What is to be said of it after a scan.
    pub(super) fn warnings(&self, is_complete: bool) -> Vec<String> {
        let entries = |count: usize| {
            if count == 1 {
                "1 entry".to_owned()
            } else {
                format!("{count} entries")
            }
        };
        let mut warnings = Vec::new();
        let (expired, unused) = (
            self.baseline.expired(&self.today).count(),
            self.baseline.unused().count(),
        );
        if expired > 0 {
            warnings.push(format!(
                "{}: {} expired, and no longer counted",
                self.name,
                entries(expired)
            ));
        }
        if unused > 0 && is_complete {
            let unused = entries(unused);
            warnings.push(format!(
                "{}: {unused} matched nothing: `gonogo baseline update` takes that out",
                self.name
            ));
        }
        warnings
    }
}

/// The day it is in UTC, written `2026-01-31`.
pub(super) fn today() -> String {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    day(since.as_secs() / 86_400)
}
