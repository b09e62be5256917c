//! Leaves accepted findings unfixed: applies the review of a scan to the files of one root.

use std::path::Path;

use crate::detect::Detector;
use crate::model::{Coverage, Finding, Severity};

use super::super::Error;
use super::Options;
use crate::scan::levels::{self, Asked};
use crate::scan::nearest::{Decided, Nearest};
use crate::scan::review::{Review, Shared};

/// The settings and baseline that accept findings below one root.
pub(super) struct Accepted<'a> {
    nearest: &'a Nearest<'a>,
    detector: &'a Detector,
    review: Review<'a>,
    shared: Shared<'static>,
    asked: Asked,
    fail_on: Option<Severity>,
}

impl<'a> Accepted<'a> {
    pub(super) fn read(
        root: &Path,
        options: &Options,
        nearest: &'a Nearest<'a>,
        detector: &'a Detector,
    ) -> Result<Self, Error> {
        let shared = Shared::new(None, false);
        // An invalid pattern is an error before anything is changed.
        nearest.own().judge()?;
        Ok(Self {
            nearest,
            detector,
            review: Review::open(root, false, (&options.settings, None), nearest, &shared)?,
            shared,
            asked: options.asked(),
            fail_on: nearest.own().config.fail_on,
        })
    }

    /// Returns the settings that apply to the files at `paths`.
    pub(super) fn decide<'p>(&self, paths: impl Iterator<Item = &'p str>) -> Decided<'a> {
        self.nearest.decide(paths)
    }

    /// Returns the severity from which a remaining finding means NO-GO, once [`Self::leave_out`] has determined it.
    pub(super) fn fail_on(&self) -> Option<Severity> {
        self.fail_on
    }

    /// Drops findings that are accepted or below the wanted confidence, marks accepted gaps, and sets the thresholds of
    /// the rest.
    pub(super) fn leave_out(&mut self, findings: &mut Vec<Finding>, coverage: &mut Coverage) {
        let all = (findings.as_mut_slice(), usize::MAX);
        let reviewed = self
            .review
            .apply(self.detector, &mut self.shared, all, coverage);
        debug_assert!(reviewed.is_ok(), "the settings were tried before");
        let (_, gaps, _) = self.nearest.reported();
        coverage.gaps.extend(gaps);
        coverage.gaps.sort();
        coverage.gaps.dedup();
        let nested = self.review.levels(findings, self.asked);
        let own = self.asked.levels(&self.nearest.own().config);
        let asked = nested.values().chain([&own]).map(|it| it.threshold);
        let whole = asked.min().unwrap_or(own.threshold);
        self.fail_on = Some(whole);
        findings.retain_mut(|finding| {
            let levels = nested.get(&finding.path_from_top).unwrap_or(&own);
            finding.threshold = Some(levels.threshold);
            finding.suppression.is_none() && finding.confidence >= levels.confidence
        });
        levels::settle(findings, whole);
    }
}
