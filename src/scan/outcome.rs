//! What a scan comes down to, as it may be shown.

use crate::model::{Coverage, Provenance, Rule, Severity, Verdict};
use crate::redact::{Redacted, Shown};
use crate::report::Document;

/// How a scan ended.
#[derive(Debug)]
pub struct Outcome {
    /// What it comes down to.
    pub verdict: Verdict,
    /// The severity from which on a finding means NO-GO.
    pub threshold: Severity,
    /// What went wrong without harm to the result, a line each.
    pub warnings: Vec<String>,
    /// What was found, in the order of the reports.
    pub findings: Vec<Shown>,
    /// What was found and does not count.
    pub suppressed: Vec<Shown>,
    /// What was scanned, and what was not.
    pub coverage: Redacted<Coverage>,
    /// The rules that were looked for.
    pub rules: Vec<Rule>,
    /// How many findings were left out because they are less severe than what was asked for.
    pub not_shown: u64,
    /// How many values were left out because they are less sure than what was asked for.
    pub not_sure: u64,
    /// How many the command line left out by their path or rule.
    pub not_asked: u64,
    /// What was asked to be scanned, as it was typed.
    pub roots: Redacted<Vec<String>>,
    /// The repositories that what was scanned belongs to.
    pub provenance: Redacted<Vec<Provenance>>,
    /// Whether only a change was looked at.
    pub is_change: bool,
}

impl Outcome {
    /// How a command ended that reports no findings.
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

    /// Returns what reports are written from.
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
