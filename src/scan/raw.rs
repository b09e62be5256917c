//! The findings of a scan with their secrets, until everything is redacted together: a secret of one file may appear in
//! another.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::detect::Detector;
use crate::model::{Coverage, Finding, Gap, Provenance, Rule, Severity, Verdict};
use crate::redact::Shown;
use crate::scan::Error;
use crate::scan::levels;
use crate::scan::redaction::{Redaction, Secrets};
use crate::scan::review::top_of;
use crate::source::git::Repo;
use crate::triage;

use super::found::Found;
use super::{DEFAULT_FAIL_ON, Outcome, Request, Stream, What, all_rules, imported_warnings};

/// The findings of a scan, which must not be shown yet.
pub(crate) struct Raw {
    /// The detector for all targets without rules of their own.
    pub(super) shared: Arc<Detector>,
    /// The secrets of all findings, including those that are left out.
    pub(super) secrets: Secrets,
    pub(super) coverage: Coverage,
    /// Problems that do not affect the result, one line each.
    pub(crate) warnings: Vec<String>,
    /// The rules that were used, in no particular order.
    pub(super) rules: Vec<Rule>,
    /// The findings of each target, with its own detector if it has one.
    pub(super) batches: Vec<(Batch, Option<Detector>)>,
    pub(super) not_shown: u64,
    /// How many values had too low a confidence.
    pub(super) not_sure: u64,
    /// How many findings the command line excluded by path or rule.
    pub(super) not_asked: u64,
    pub(super) threshold: Option<Severity>,
}

/// The findings of one target.
pub(super) struct Batch {
    pub(super) findings: Vec<Finding>,
    pub(super) suppressed: Vec<Finding>,
    /// Other places of the findings.
    pub(super) places: Vec<Finding>,
}

/// The findings of a scan, including suppressed ones.
pub(crate) struct Looked {
    pub(crate) findings: Vec<Finding>,
    /// Whether the targets were scanned completely, with their files and their histories.
    pub(crate) is_complete: bool,
    /// Whether something that was requested could not be scanned.
    pub(crate) is_undecided: bool,
    /// What was not looked at.
    pub(crate) gaps: Vec<Gap>,
}

impl Looked {
    /// Returns whether the file at `path` was not scanned.
    pub(crate) fn is_unseen(&self, path: &str) -> bool {
        self.gaps.iter().any(|gap| {
            let rest = path.strip_prefix(gap.place.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

impl Raw {
    pub(super) fn new(shared: Arc<Detector>, threshold: Option<Severity>) -> Self {
        Self {
            warnings: imported_warnings(&shared),
            rules: all_rules(&shared),
            shared,
            secrets: Secrets::default(),
            coverage: Coverage::default(),
            batches: Vec::new(),
            not_shown: 0,
            not_sure: 0,
            not_asked: 0,
            threshold,
        }
    }

    pub(super) fn add(&mut self, found: Found, own: Option<Detector>) {
        self.coverage.merge(found.coverage);
        self.warnings.extend(found.warnings);
        self.not_shown += found.not_shown;
        self.not_sure += found.doubtful.count();
        self.not_asked += found.not_asked;
        let batch = Batch {
            findings: found.findings,
            suppressed: found.suppressed,
            places: found.places,
        };
        self.batches.push((batch, own));
    }

    /// Adopts the strictest of the thresholds in settings, including those of directories, for the whole scan.
    pub(super) fn be_as_strict_as(&mut self, found: &Found) {
        let asked = found.levels.values().map(|levels| levels.threshold);
        self.threshold = self.threshold.into_iter().chain(asked).min();
    }

    /// Lets findings keep the thresholds of their settings that are higher than that of the whole scan.
    pub(super) fn settle(&mut self) {
        let whole = self.threshold.unwrap_or(DEFAULT_FAIL_ON);
        let batches = self.batches.iter_mut();
        levels::settle(batches.flat_map(|(batch, _)| &mut batch.findings), whole);
        let batches = self.batches.iter_mut();
        triage::number_secrets(batches.flat_map(|(batch, _)| &mut batch.findings));
    }

    /// Takes out the findings, with how much of the targets was scanned.
    pub(crate) fn take_looked(&mut self, options: &Request) -> Looked {
        // The history of a subdirectory or a single file was not scanned.
        let is_top = |path: &PathBuf| {
            let full = |path: &Path| path.canonicalize().ok();
            full(path) == full(&top_of(path))
        };
        let is_whole = options.what.is_everything() && options.paths.iter().all(is_top);
        Looked {
            is_complete: is_whole && !self.coverage.is_undecided(),
            is_undecided: self.coverage.is_undecided(),
            gaps: self.coverage.gaps.clone(),
            findings: self.take_findings(),
        }
    }

    /// Takes out the findings of all targets, including suppressed ones.
    fn take_findings(&mut self) -> Vec<Finding> {
        let batches = std::mem::take(&mut self.batches).into_iter();
        let batches = batches.map(|(batch, _)| batch);
        let (mut findings, mut suppressed, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for batch in batches {
            findings.extend(batch.findings);
            suppressed.extend(batch.suppressed);
            places.extend(batch.places);
        }
        triage::sort(&mut findings);
        triage::sort(&mut suppressed);
        findings.append(&mut suppressed);
        // A secret is accepted in all of its places.
        findings.append(&mut places);
        findings
    }

    /// Returns the redaction for the secrets that were found.
    pub(crate) fn redaction(&self) -> Redaction<'_> {
        self.secrets.redaction(&self.shared, false)
    }

    /// Returns everything in redacted form, and passes findings to the reports that write them as they arrive.
    pub(crate) fn redacted(
        mut self,
        options: &Request,
        reveals: bool,
        stream: &mut Stream<'_>,
    ) -> Result<Outcome, Error> {
        let (mut findings, mut suppressed): (Vec<Shown>, Vec<Shown>) = Default::default();
        for (batch, own) in std::mem::take(&mut self.batches) {
            let detector = own.as_ref().unwrap_or(&self.shared);
            let redaction = self.secrets.redaction(detector, reveals);
            let batch_findings = redaction.findings(batch.findings);
            stream(&batch_findings)?;
            findings.extend(batch_findings);
            suppressed.extend(redaction.findings(batch.suppressed));
        }
        triage::sort(&mut findings);
        triage::sort(&mut suppressed);
        self.rules.sort_by(|a, b| a.id.cmp(&b.id));
        self.rules.dedup_by(|a, b| a.id == b.id);
        let redaction = self.secrets.redaction(&self.shared, reveals);
        let threshold = self.threshold.unwrap_or(DEFAULT_FAIL_ON);
        let roots = options.paths.iter().map(|path| path.display().to_string());
        let roots: Vec<String> = roots.collect();
        let outcome = Outcome {
            verdict: Verdict::decide(triage::worst(&findings), threshold, &self.coverage),
            threshold,
            warnings: redaction.messages(&self.warnings),
            findings,
            suppressed,
            roots: redaction.names(&roots),
            provenance: redaction.provenance(provenance(options)),
            coverage: redaction.coverage(self.coverage),
            rules: self.rules,
            not_shown: self.not_shown,
            not_sure: self.not_sure,
            not_asked: self.not_asked,
            is_change: matches!(options.what, What::Range(_) | What::Change(_)),
        };
        Ok(outcome)
    }
}

/// Where the targets come from, if a report shows it.
fn provenance(options: &Request) -> Vec<Provenance> {
    if !options.shows_provenance || matches!(options.what, What::Stdin(_)) {
        return Vec::new();
    }
    let revision = match &options.what {
        What::Change(change) => change.head.as_str(),
        What::Range(range) => range
            .rsplit("..")
            .next()
            .filter(|it| !it.is_empty())
            .unwrap_or("HEAD"),
        _ => "HEAD",
    };
    let is_only = options.paths.len() == 1;
    let of = |path: &PathBuf| {
        let repo = Repo::discover(path).ok().flatten()?;
        let full = |path: &Path| path.canonicalize().ok();
        // Git names the files of a change relative to the top, wherever it runs.
        let is_root = full(path) == full(repo.path()) || options.what.is_of_git();
        Some(repo.provenance(revision.trim_start_matches('.'), is_only && is_root))
    };
    let mut all: Vec<_> = options.paths.iter().filter_map(of).collect();
    all.sort();
    all.dedup();
    all
}
