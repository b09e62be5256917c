//! What a scan returns.

use std::collections::BTreeMap;

use crate::model::{Coverage, Gap, Rule, RuleId, Severity, Verdict};
use crate::redact::{Masked, Shown};
use crate::scan::DEFAULT_FAIL_ON;
use crate::scan::raw::Raw;
use crate::triage;

use super::{Finding, Place};

/// What a scan has found, and what it has covered.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Report {
    /// The verdict on the target.
    pub verdict: Verdict,
    /// The lowest severity at which a finding means [`NoGo`](Verdict::NoGo).
    pub threshold: Severity,
    /// What was found and counts, in the order of gonogo's own reports.
    pub findings: Vec<Finding>,
    /// Findings that something accepts, so that they do not count.
    pub accepted: Vec<Finding>,
    /// How many findings were left out because they are below the severity that was asked for.
    pub not_shown: u64,
    /// What was scanned, and what was not.
    pub coverage: Coverage,
    /// What went wrong without affecting the result, one line each.
    pub warnings: Vec<String>,
}

impl Report {
    /// Returns what was not scanned.
    pub fn gaps(&self) -> &[Gap] {
        &self.coverage.gaps
    }

    /// Makes a report from the raw results of a scan, with all secrets masked.
    pub(super) fn of(raw: Raw) -> Self {
        Self::remembering(raw, None)
    }

    /// The same for the next version of a text: `masked` has what was masked before.
    pub(super) fn of_version(raw: Raw, masked: &mut Masked) -> Self {
        Self::remembering(raw, Some(masked))
    }

    fn remembering(mut raw: Raw, mut masked: Option<&mut Masked>) -> Self {
        let memory = masked.as_mut().map(|masked| raw.secrets.memory(masked));
        let threshold = raw.threshold.unwrap_or(DEFAULT_FAIL_ON);
        let (mut findings, mut accepted, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for (batch, own) in std::mem::take(&mut raw.batches) {
            let detector = own.as_ref().unwrap_or(&raw.shared);
            let redaction = raw.secrets.redaction(detector, false);
            let redaction = redaction.remembering(memory.as_ref());
            findings.extend(redaction.findings(batch.findings));
            accepted.extend(redaction.findings(batch.suppressed));
            places.extend(redaction.findings(batch.places));
        }
        triage::sort(&mut findings);
        triage::sort(&mut accepted);
        let redaction = raw.secrets.redaction(&raw.shared, false);
        let verdict = Verdict::decide(triage::worst(&findings), threshold, &raw.coverage);
        let warnings = redaction.messages(&raw.warnings);
        let coverage = redaction.coverage(std::mem::take(&mut raw.coverage));
        let joined = Joined {
            rules: raw.rules.iter().map(|rule| (&rule.id, rule)).collect(),
            places: by_group(&places),
            threshold,
        };
        if let Some((masked, memory)) = masked.zip(memory) {
            std::mem::take(&mut raw.secrets).keep(masked, memory);
        }
        Self {
            verdict,
            threshold,
            findings: joined.findings(&findings),
            accepted: joined.findings(&accepted),
            not_shown: raw.not_shown,
            coverage: (*coverage).clone(),
            warnings,
        }
    }
}

/// The places that several findings about one secret share.
fn by_group(places: &[Shown]) -> BTreeMap<u32, Vec<&Shown>> {
    let mut groups: BTreeMap<u32, Vec<&Shown>> = BTreeMap::new();
    for place in places {
        if let Some(group) = place.group {
            groups.entry(group).or_default().push(place);
        }
    }
    groups
}

/// What findings are completed with before they are shown.
struct Joined<'r> {
    rules: BTreeMap<&'r RuleId, &'r Rule>,
    places: BTreeMap<u32, Vec<&'r Shown>>,
    threshold: Severity,
}

impl Joined<'_> {
    fn findings(&self, shown: &[Shown]) -> Vec<Finding> {
        let finding = |shown: &Shown| {
            let places = shown.group.and_then(|group| self.places.get(&group));
            let places = places.into_iter().flatten();
            let others = places.map(|place| Place::of(place)).collect();
            let rule = self.rules.get(&shown.rule).copied();
            Finding::new(shown, rule, others, self.threshold)
        };
        shown.iter().map(finding).collect()
    }
}
