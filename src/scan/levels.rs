//! The severity and confidence that findings need: from the command line, or else from the nearest settings.

use crate::config::Config;
use crate::model::{Confidence, Finding, Severity};

/// The severity from which a finding means NO-GO, by default.
pub const DEFAULT_FAIL_ON: Severity = Severity::High;

/// The lowest confidence of reported findings, by default.
pub const DEFAULT_CONFIDENCE: Confidence = Confidence::Medium;

/// The levels from the command line; settings apply to those that are `None`.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked {
    pub(crate) min_confidence: Option<Confidence>,
    pub(crate) min_severity: Option<Severity>,
    pub(crate) fail_on: Option<Severity>,
}

/// The levels for some findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Levels {
    /// The severity from which they mean NO-GO.
    pub(crate) threshold: Severity,
    /// The severity from which they are shown.
    pub(crate) least: Severity,
    /// The confidence that they need.
    pub(crate) confidence: Confidence,
}

impl Asked {
    /// Returns the levels for files that `config` applies to.
    pub(crate) fn levels(self, config: &Config) -> Levels {
        let threshold = self.fail_on.or(config.fail_on).unwrap_or(DEFAULT_FAIL_ON);
        let least = self.min_severity.or(config.min_severity);
        let confidence = self.min_confidence.or(config.min_confidence);
        Levels {
            threshold,
            // Findings that reach the threshold are always shown.
            least: least.unwrap_or(Severity::Low).min(threshold),
            confidence: confidence.unwrap_or(DEFAULT_CONFIDENCE),
        }
    }
}

/// Drops thresholds of single findings, unless they are higher than that of the whole scan.
pub(crate) fn settle<'f>(findings: impl IntoIterator<Item = &'f mut Finding>, whole: Severity) {
    for finding in findings {
        finding.threshold = finding.threshold.filter(|own| *own > whole);
    }
}
