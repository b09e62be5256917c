//! `gonogo baseline`: records which findings are known and accepted, and keeps the record up to date.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::model::{Finding, Fingerprint, Presence, Verdict};
use crate::redact::{Redactor, quoted};
use crate::source::git::sha1;
use crate::source::{self, MAX_LIST_BYTES};
use crate::triage::{Baseline, BaselineEntry, Ledger};

use super::Error;
use super::progress::Progress;
use crate::commands::output::print;
use crate::scan::known::{FILE_NAME, Known};
use crate::scan::review::top_of;
use crate::scan::{self, Raw, Rules};

/// The most entries of another scanner's file to list by name when no finding matches them.
const MOST_UNUSED: usize = 20;

/// What to do with a baseline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Write a new one with everything that is found.
    Create {
        /// Replace the file if there is one.
        force: bool,
    },
    /// Add what is new, remove what is gone, and keep the rest with its reasons and dates.
    Update {
        /// Also accept findings that are only on branches HEAD does not contain.
        other_branches: bool,
    },
    /// Add only the findings with these fingerprints.
    Accept(Vec<String>),
    /// Report which entries matched nothing or have expired.
    Check,
}

/// What `gonogo baseline` was asked to do.
#[derive(Debug)]
pub struct Options {
    /// What is scanned, and how.
    pub scan: super::scan::Options,
    /// The baseline file; `None` for the one at the top of the scanned tree.
    pub file: Option<PathBuf>,
    /// What to do with it.
    pub action: Action,
    /// Print what would change without writing anything.
    pub dry_run: bool,
    /// Files of other scanners: only findings they list are added. If empty, all findings are.
    pub from: Vec<PathBuf>,
    /// The reason of new entries.
    pub reason: String,
    /// The last day on which new entries are valid.
    pub until: Option<String>,
}

/// Runs the command; the verdict is about the baseline.
pub fn run(options: &Options) -> Result<scan::Outcome, Error> {
    let file = options.file();
    let is_new = matches!(options.action, Action::Create { .. });
    if options.action == (Action::Create { force: false }) && file.exists() {
        let file = file.display();
        return Err(Error::Usage(format!(
            "{file} already exists: use `gonogo baseline update`, or --force"
        )));
    }
    let is_accepted = matches!(options.action, Action::Accept(_));
    let may_begin = is_new || is_accepted && !file.exists();
    let mut known = if may_begin {
        Known::default()
    } else {
        Known::read(&file)?
    };
    // Read them before scanning anything, so that a mistake in one shows at once.
    let mut ledgers = options
        .from
        .iter()
        .map(|path| read_ledger(path, &options.scan.request.paths))
        .collect::<Result<Vec<_>, _>>()?;
    let mut raw = look(options, &mut known)?;
    let mut looked = raw.take_looked(&options.scan.request);
    let warnings = std::mem::take(&mut raw.warnings);
    let redaction = raw.redaction();
    let redactor = redaction.redactor();
    let mut outcome = scan::Outcome::of_command(redaction.messages(&warnings));
    if options.action == Action::Check {
        outcome.verdict = check(&known, &looked, &redactor)?;
        return Ok(outcome);
    }
    let before = known.baseline.lines();
    let counts = change(&mut known, &mut looked, &mut ledgers, (options, &redactor))?;
    if may_begin || looked.is_complete && !is_accepted {
        known.baseline.bring_up_to_date();
    }
    let baseline = &known.baseline;
    if options.dry_run {
        print(&difference(&before, &baseline.lines()))?;
    } else {
        write(&file, &baseline.text())?;
    }
    let would = if options.dry_run { " (dry run)" } else { "" };
    print(&format!("{}: {counts}{would}\n", file.display()))?;
    if looked.is_undecided && !is_accepted {
        outcome.verdict = Verdict::Undecided;
        outcome
            .warnings
            .push("not everything could be scanned: run `gonogo scan` for details".to_owned());
    }
    Ok(outcome)
}

/// Scans, marking the findings that the baseline lists.
fn look(options: &Options, known: &mut Known) -> Result<Raw, Error> {
    let request = &options.scan.request;
    let rules = Rules::new(request.rule_files.clone());
    let progress = Progress::new(options.scan.progress);
    scan::find(request, Some(known), (&rules, &progress))
}

impl Options {
    /// The file to read and write: the one that was named, else the one in the current directory, else the one at the
    /// top of the scanned tree.
    fn file(&self) -> PathBuf {
        let here = PathBuf::from(FILE_NAME);
        let is_here = here.exists();
        let top = self.scan.request.paths.first().map(|path| top_of(path));
        let is_elsewhere = |top: &PathBuf| {
            let full = |path: &Path| path.canonicalize().ok();
            full(top) != full(Path::new("."))
        };
        let found = top.filter(|_| !is_here).filter(is_elsewhere);
        // With several targets, or outside repositories, the file belongs in the directory where the command runs.
        let found = found.filter(|_| self.scan.request.paths.len() == 1);
        let found = found.filter(|top| top.join(".git").exists());
        let at_top = found.map(|top| top.join(FILE_NAME));
        self.file.clone().or(at_top).unwrap_or(here)
    }
}

/// How many entries a command has kept, added and so on.
#[derive(Debug, Default)]
struct Counts {
    kept: usize,
    added: usize,
    removed: usize,
    renewed: usize,
    rewritten: usize,
    /// Findings that are only on other branches and are not accepted.
    elsewhere: usize,
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            kept,
            added,
            removed,
            ..
        } = self;
        write!(f, "{kept} kept, {added} added, {removed} removed")?;
        for (count, what) in [
            (self.renewed, "renewed"),
            (self.rewritten, "rewritten from version 1"),
            (
                self.elsewhere,
                "only on other branches, not accepted (use --other-branches to accept them)",
            ),
        ] {
            if count > 0 {
                write!(f, ", {count} {what}")?;
            }
        }
        Ok(())
    }
}

/// Changes the baseline in memory as the command asks.
fn change(
    known: &mut Known,
    looked: &mut scan::Looked,
    ledgers: &mut [Ledger],
    (options, redactor): (&Options, &Redactor<'_>),
) -> Result<Counts, Error> {
    let baseline = &mut known.baseline;
    let mut counts = Counts {
        rewritten: baseline.rewrite_former(),
        ..Counts::default()
    };
    if let Action::Accept(wanted) = &options.action {
        keep_wanted(&mut looked.findings, wanted)?;
    } else if looked.is_complete {
        // What was not scanned cannot be said to be gone.
        counts.removed = baseline.remove_unused(|path| !looked.is_unseen(path));
    }
    if let (Action::Update { .. }, Some(until)) = (&options.action, &options.until) {
        counts.renewed = baseline.renew(&known.today, until, &options.reason);
    }
    counts.kept = baseline.count();
    for ledger in &mut *ledgers {
        let findings = &mut looked.findings;
        counts.added += take_over(baseline, ledger, findings, (options, redactor))?;
    }
    if ledgers.is_empty() {
        let findings = &mut looked.findings;
        // A finding that settings or files of other scanners allow needs no entry. One that exists only in this clone
        // would match nothing in any other.
        findings.retain(|finding| finding.suppression.is_none() && !finding.is_local);
        if matches!(
            options.action,
            Action::Update {
                other_branches: false
            }
        ) {
            // The person who updates the baseline has not reviewed what colleagues are still working on.
            let all = findings.len();
            findings.retain(|finding| finding.presence() != Some(Presence::Refs));
            counts.elsewhere = all - findings.len();
        }
        let added = (findings.as_slice(), redactor);
        counts.added += baseline.add(added, &options.reason, options.until.as_deref());
    }
    Ok(counts)
}

/// Keeps the findings with the wanted fingerprints.
fn keep_wanted(findings: &mut Vec<Finding>, wanted: &[String]) -> Result<(), Error> {
    let parse = |text: &String| {
        text.parse::<Fingerprint>().map_err(|error| {
            let shown = quoted(text, "one of the given fingerprints");
            Error::Usage(format!("{shown}: {error}"))
        })
    };
    let wanted: Vec<_> = wanted.iter().map(parse).collect::<Result<_, _>>()?;
    let is_found =
        |fingerprint: &&Fingerprint| findings.iter().any(|it| it.is_known_by(**fingerprint));
    if let Some(missing) = wanted.iter().find(|it| !is_found(it)) {
        return Err(Error::Usage(format!(
            "{missing}: no finding has this fingerprint: copy it from a report of the same scan"
        )));
    }
    findings.retain(|finding| wanted.iter().any(|it| finding.is_known_by(*it)));
    Ok(())
}

/// Returns the lines that only one of the texts has, each with its diff sign.
fn difference(before: &BTreeSet<String>, after: &BTreeSet<String>) -> String {
    let removed = before.difference(after).map(|line| format!("-{line}\n"));
    let added = after.difference(before).map(|line| format!("+{line}\n"));
    removed.chain(added).collect()
}

/// Reads another scanner's list of known findings below `targets`.
fn read_ledger(path: &Path, targets: &[PathBuf]) -> Result<Ledger, Error> {
    let text = source::read_text_file(path, MAX_LIST_BYTES).map_err(|error| Error::File {
        path: path.to_owned(),
        error,
    })?;
    let name = path.display().to_string();
    let ledger = Ledger::parse(&name, &text);
    let ledger = ledger.map_err(|why| Error::Usage(format!("{name}: {why}")))?;
    let folders = targets
        .iter()
        .filter_map(|target| target.canonicalize().ok());
    Ok(folders.fold(ledger, |ledger, folder| ledger.within(&folder)))
}

/// Adds the findings that a ledger knows, prints what became of its entries, and leaves the other findings in place.
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
    let mut text = format!("{name}: {used} of {entries} entries match a finding\n");
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
            "{name}: {real} entries are marked as real secrets and were not imported\n"
        ));
    }
    for line in ledger.unread() {
        text.push_str(&format!("{name}:{line}: not a fingerprint\n"));
    }
    print(&crate::report::visible_lines(&redactor.message(&text)))?;
    Ok(baseline.add((&known, redactor), &reason, options.until.as_deref()))
}

fn check(known: &Known, looked: &scan::Looked, redactor: &Redactor<'_>) -> Result<Verdict, Error> {
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
    if looked.is_complete {
        known
            .baseline
            .unused()
            .for_each(|(_, entry)| tell(entry, "no longer matches a finding"));
    }
    let is_good = lines.is_empty();
    lines.push_str(&format!(
        "{}: {} entries\n",
        known.name,
        known.baseline.count()
    ));
    print(&crate::report::visible_lines(&redactor.message(&lines)))?;
    Ok(match (is_good, !looked.is_undecided) {
        (false, _) => Verdict::NoGo,
        (true, false) => Verdict::Undecided,
        (true, true) => Verdict::Go,
    })
}

/// Replaces the file atomically.
fn write(path: &Path, text: &str) -> Result<(), Error> {
    source::replace_file(path, text.as_bytes()).map_err(|error| Error::File {
        path: path.to_owned(),
        error,
    })
}
