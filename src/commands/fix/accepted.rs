//! What is accepted as it is must not be fixed either: the review of a scan, for the files of one root.

use std::path::Path;

use crate::audit::Policy;
use crate::detect::Detector;
use crate::model::{Confidence, Coverage, Finding, Severity};

use super::super::Error;
use super::super::review::{Review, Shared};
use super::super::settings::Settings;
use super::Options;

/// What is accepted below one root.
pub(super) struct Accepted<'a> {
    settings: &'a Settings,
    detector: &'a Detector,
    review: Review<'a>,
    shared: Shared<'static>,
    least: Confidence,
}

impl<'a> Accepted<'a> {
    pub(super) fn read(
        root: &Path,
        options: &Options,
        settings: &'a Settings,
        detector: &'a Detector,
    ) -> Result<Self, Error> {
        let shared = Shared::new(None);
        // A pattern that is none is an error before anything is changed.
        settings.judge()?;
        Ok(Self {
            settings,
            detector,
            review: Review::open(root, false, &options.settings, settings, &shared)?,
            shared,
            least: options.least_confidence(&settings.config),
        })
    }

    pub(super) fn policy(&self) -> &'a Policy {
        &self.settings.config.policy
    }

    /// The severity from which on what is left means NO-GO, where settings say one.
    pub(super) fn fail_on(&self) -> Option<Severity> {
        self.settings.config.fail_on
    }

    /// Drops what is accepted, marks the gaps that are, and gives the rest the severity that settings say.
    pub(super) fn leave_out(&mut self, findings: &mut Vec<Finding>, coverage: &mut Coverage) {
        let all = (findings.as_mut_slice(), usize::MAX);
        let reviewed = self
            .review
            .apply(self.detector, &mut self.shared, all, coverage);
        debug_assert!(reviewed.is_ok(), "the settings were tried before");
        let least = self.least;
        findings.retain(|finding| finding.suppression.is_none() && finding.confidence >= least);
    }
}
