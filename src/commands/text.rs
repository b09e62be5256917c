//! Scans texts whose path is known: files of the working tree, the index, standard input.

use crate::audit;
use crate::detect::Detector;
use crate::model::{Blob, Finding, Gap, GapKind};
use crate::source::Worker;
use crate::triage;

use super::finding::Builder;

/// One thread's findings in such texts.
pub(super) struct TextWorker<'a> {
    detector: &'a Detector,
    pub(super) findings: Vec<Finding>,
    pub(super) gaps: Vec<Gap>,
    pub(super) audited: u64,
}

impl<'a> TextWorker<'a> {
    pub(super) fn new(detector: &'a Detector) -> Self {
        Self {
            detector,
            findings: Vec::new(),
            gaps: Vec::new(),
            audited: 0,
        }
    }

    fn detect(&mut self, blob: &Blob<'_>, path: &str) -> Vec<Finding> {
        let matches = self.detector.scan(blob.bytes);
        if matches.is_empty() {
            return Vec::new();
        }
        let builder = Builder::new(self.detector, blob, &matches);
        let weighed = matches
            .iter()
            .filter_map(|found| Some((found, self.detector.weigh(found, path)?)));
        weighed
            .map(|(found, weight)| builder.finding(found, weight, path))
            .collect()
    }

    fn audit(&mut self, blob: &Blob<'_>, path: &str) -> Vec<Finding> {
        match audit::audit(path, blob.bytes) {
            audit::Outcome::NotConfiguration | audit::Outcome::Skipped { .. } => Vec::new(),
            audit::Outcome::Unparsable {
                line,
                column,
                reason,
            } => {
                let reason = format!("line {line}, column {column}: {reason}");
                self.gaps.push(Gap {
                    kind: GapKind::Unparsable,
                    place: path.to_owned(),
                    reason,
                });
                Vec::new()
            }
            audit::Outcome::Audited(findings) => {
                self.audited += 1;
                findings
            }
        }
    }
}

impl Worker for TextWorker<'_> {
    type Memory = ();

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        let mut found = self.audit(blob, path);
        for finding in &mut found {
            finding.origin = blob.origin.clone();
        }
        found.extend(self.detect(blob, path));
        self.findings.extend(triage::keep_best(found));
    }
}
