//! The findings of a scan so far, and its coverage.

use std::collections::BTreeMap;
use std::path::Path;

use crate::model::{Coverage, Doubtful, Finding, Gap, GapKind};
use crate::scan::Error;
use crate::scan::levels::Levels;
use crate::triage;

/// Findings and coverage of one target.
#[derive(Default)]
pub(super) struct Found {
    pub(super) findings: Vec<Finding>,
    /// Findings that do not count.
    pub(super) suppressed: Vec<Finding>,
    pub(super) coverage: Coverage,
    /// Problems that do not affect the result, one line each.
    pub(super) warnings: Vec<String>,
    /// Comments that allow something, by path and line.
    pub(super) allowing: Vec<(String, u32)>,
    /// Other places of the findings.
    pub(super) places: Vec<Finding>,
    /// How many findings were below the requested severity.
    pub(super) not_shown: u64,
    /// Values below the requested confidence.
    pub(super) doubtful: Doubtful,
    /// How many findings the command line excluded by path or rule.
    pub(super) not_asked: u64,
    /// The levels that settings of directories request for the findings in them, by the path from the top.
    pub(super) levels: BTreeMap<String, Levels>,
}

impl Found {
    pub(super) fn new(findings: Vec<Finding>, coverage: Coverage) -> Self {
        Self {
            findings,
            coverage,
            ..Self::default()
        }
    }

    /// If several targets are named and one of them is empty, the verdict stays open, whatever the others contain.
    pub(super) fn note_emptiness(&mut self, path: &Path, is_only: bool) {
        let coverage = &self.coverage;
        let is_explained = coverage.is_undecided() || is_only && !coverage.gaps.is_empty();
        if coverage.is_empty() && !coverage.vacuous && !is_explained {
            // Places are named relative to the scanned directory.
            let place = if path.is_dir() {
                ".".to_owned()
            } else {
                path.display().to_string()
            };
            let reason = "nothing to scan in it: check that it is the right directory";
            self.coverage
                .gaps
                .push(Gap::new(GapKind::Empty, place, reason));
        }
    }

    /// Notes a target, one of several, that could not be scanned.
    pub(super) fn note_broken(&mut self, path: &Path, error: &Error) {
        let place = path.display().to_string();
        self.coverage
            .gaps
            .push(Gap::new(GapKind::Unreadable, place, error.to_string()));
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.suppressed.extend(other.suppressed);
        self.places.extend(other.places);
        self.coverage.merge(other.coverage);
        self.warnings.extend(other.warnings);
        self.not_shown += other.not_shown;
        self.doubtful.merge(other.doubtful);
        self.not_asked += other.not_asked;
        self.levels.extend(other.levels);
        self.allowing.extend(other.allowing);
    }

    /// Drops the findings that were not requested, and counts those of low severity.
    pub(super) fn leave_out(&mut self, own: Levels) {
        let nested = std::mem::take(&mut self.levels);
        let levels = |finding: &Finding| nested.get(&finding.path_from_top).copied().unwrap_or(own);
        let is_sure = |finding: &Finding| finding.confidence >= levels(finding).confidence;
        for finding in self.findings.iter().filter(|finding| !is_sure(finding)) {
            match &finding.secret {
                Some(secret) => self.doubtful.note(secret.reveal()),
                None => self.doubtful.note_other(),
            }
        }
        self.findings.retain(is_sure);
        for secret in self.findings.iter().filter_map(|it| it.secret.as_ref()) {
            self.doubtful.forget(secret.reveal());
        }
        self.places.extend(triage::settle(&mut self.findings));
        let found = self.findings.len();
        self.findings
            .retain(|finding| finding.severity >= levels(finding).least);
        for finding in &mut self.findings {
            finding.threshold = Some(levels(finding).threshold);
        }
        self.not_shown += (found - self.findings.len()) as u64;
    }

    /// Drops and counts the findings that the command line excludes, and drops the gaps in excluded paths.
    pub(super) fn narrow(&mut self, selection: &triage::Selection) {
        if selection.is_everything() {
            return;
        }
        let found = self.findings.len();
        self.findings.retain(|finding| selection.has(finding));
        self.not_asked += (found - self.findings.len()) as u64;
        self.places.retain(|finding| selection.has(finding));
        let gaps = &mut self.coverage.gaps;
        gaps.retain(|gap| selection.has_path(&gap.place));
    }

    pub(super) fn set_suppressed_aside(&mut self) {
        let (suppressed, findings) = std::mem::take(&mut self.findings)
            .into_iter()
            .partition(|finding| finding.suppression.is_some());
        self.findings = findings;
        self.suppressed.extend::<Vec<_>>(suppressed);
    }

    /// Prefixes paths with their target, if there are several targets.
    pub(super) fn place_below(&mut self, root: &Path) {
        let root = root.display().to_string();
        let root = root.trim_end_matches('/');
        // Objects borrowed from another repository have an absolute path.
        let below = |path: &mut String| match path.as_str() {
            "." => root.clone_into(path),
            inside if inside.is_empty() || Path::new(inside).is_absolute() => {}
            inside => *path = format!("{root}/{inside}"),
        };
        for finding in self.findings.iter_mut().chain(&mut self.places) {
            below(&mut finding.location.path);
            finding
                .related
                .iter_mut()
                .for_each(|related| below(&mut related.location.path));
        }
        self.coverage
            .gaps
            .iter_mut()
            .for_each(|Gap { place, .. }| below(place));
        let allowed = self.coverage.allowed.iter_mut();
        allowed.for_each(|allowed| below(&mut allowed.place));
    }
}
