//! The redacted result of a scan.

use crate::model::{Coverage, Provenance, Rule, Severity, Verdict};
use crate::redact::{Redacted, Shown};
use crate::report::Document;

/// The result of a scan.
#[derive(Debug)]
pub struct Outcome {
    /// The decision.
    pub verdict: Verdict,
    /// The severity from which a finding means NO-GO.
    pub threshold: Severity,
    /// Problems that do not affect the result, one line each.
    pub warnings: Vec<String>,
    /// The findings, in the order of reports.
    pub findings: Vec<Shown>,
    /// The findings that do not count.
    pub suppressed: Vec<Shown>,
    /// What was scanned, and what was not.
    pub coverage: Redacted<Coverage>,
    /// The rules that were used.
    pub rules: Vec<Rule>,
    /// How many findings were left out because their severity is too low.
    pub not_shown: u64,
    /// How many values were left out because their confidence is too low.
    pub not_sure: u64,
    /// How many findings the command line excluded by path or rule.
    pub not_asked: u64,
    /// The targets, as they were typed.
    pub roots: Redacted<Vec<String>>,
    /// The repositories that the targets belong to.
    pub provenance: Redacted<Vec<Provenance>>,
    /// Whether only a change was scanned.
    pub is_change: bool,
}

impl Outcome {
    /// Returns the outcome of a command that reports no findings.
    pub(crate) fn of_command(warnings: Vec<String>) -> Self {
        Self {
            verdict: Verdict::Go,
            threshold: super::DEFAULT_FAIL_ON,
            warnings,
            findings: Vec::new(),
            suppressed: Vec::new(),
            coverage: Redacted::default(),
            rules: Vec::new(),
            not_shown: 0,
            not_sure: 0,
            not_asked: 0,
            roots: Redacted::default(),
            provenance: Redacted::default(),
            is_change: false,
        }
    }

    /// Returns the document that reports are written from.
    pub fn document(&self) -> Document<'_> {
        Document {
            findings: &self.findings,
            rules: &self.rules,
            coverage: &self.coverage,
            verdict: self.verdict,
            threshold: self.threshold,
            suppressed: &self.suppressed,
            not_shown: self.not_shown,
            not_sure: self.not_sure,
            not_asked: self.not_asked,
            roots: &self.roots,
            provenance: &self.provenance,
            is_change: self.is_change,
        }
    }
}
