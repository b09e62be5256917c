//! How severe and how sure findings must be: what was typed, else what the settings say that are nearest to them.

use crate::config::Config;
use crate::model::{Confidence, Finding, Severity};

/// The severity from which on a finding means NO-GO, when no one sets another.
pub const DEFAULT_FAIL_ON: Severity = Severity::High;

/// The least confidence of findings that are reported, in the same way.
pub const DEFAULT_CONFIDENCE: Confidence = Confidence::Medium;

/// What was typed; what settings say counts where nothing was.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked {
    pub(crate) min_confidence: Option<Confidence>,
    pub(crate) min_severity: Option<Severity>,
    pub(crate) fail_on: Option<Severity>,
}

/// What counts for some findings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Levels {
    /// From which on they mean NO-GO.
    pub(crate) threshold: Severity,
    /// From which on they are shown.
    pub(crate) least: Severity,
    /// How sure they must be.
    pub(crate) confidence: Confidence,
}

impl Asked {
    /// Returns what counts where `config` does.
    pub(crate) fn levels(self, config: &Config) -> Levels {
        let threshold = self.fail_on.or(config.fail_on).unwrap_or(DEFAULT_FAIL_ON);
        let least = self.min_severity.or(config.min_severity);
        let confidence = self.min_confidence.or(config.min_confidence);
        Levels {
            threshold,
            // What reaches the threshold is shown in any case.
            least: least.unwrap_or(Severity::Low).min(threshold),
            confidence: confidence.unwrap_or(DEFAULT_CONFIDENCE),
        }
    }
}

/// Forgets thresholds that are no less severe than that of the whole, which decides then.
pub(crate) fn settle<'f>(findings: impl IntoIterator<Item = &'f mut Finding>, whole: Severity) {
    for finding in findings {
        finding.threshold = finding.threshold.filter(|own| *own > whole);
    }
}
