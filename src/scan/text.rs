//! Scans texts whose path is known: files of the working tree, the index, standard input.

use std::collections::BTreeMap;

use crate::audit::{self, Source};
use crate::detect::{self, Detector};
use crate::model::{Blob, Doubtful, Finding, Location, MEMBER, Origin, Part, Position, Region};
use crate::source::Worker;
use crate::triage;

use super::finding::Builder;
use super::part;

/// One thread's findings in such texts.
pub(crate) struct TextWorker<'a> {
    detector: &'a Detector,
    pub(crate) findings: Vec<Finding>,
    /// Configuration, which is audited when all of it is there.
    pub(crate) sources: Vec<Source>,
    /// The paths of all files.
    pub(crate) paths: Vec<String>,
    /// How many members of archives are configuration, by the path of the archive.
    pub(crate) packed: BTreeMap<String, u64>,
    /// Comments that are to allow something, by path and line.
    pub(crate) allowing: Vec<(String, u32)>,
    /// What was not sure enough.
    pub(crate) doubtful: Doubtful,
}

impl<'a> TextWorker<'a> {
    pub(crate) fn new(detector: &'a Detector) -> Self {
        Self {
            detector,
            findings: Vec::new(),
            sources: Vec::new(),
            paths: Vec::new(),
            packed: BTreeMap::new(),
            allowing: Vec::new(),
            doubtful: Doubtful::default(),
        }
    }

    fn detect(&mut self, blob: &Blob<'_>, path: &str) -> Vec<Finding> {
        let scan = || self.detector.scan(blob.bytes);
        let matches = detect::counting(&mut self.doubtful, scan);
        if matches.is_empty() {
            return Vec::new();
        }
        let builder = Builder::new(self.detector, blob, &matches);
        let (detector, doubtful) = (self.detector, &mut self.doubtful);
        let weighed = matches.iter().filter_map(|found| {
            let weight = detector.weigh(found, path);
            if weight.is_none() && detector.is_doubtful(found, path) {
                doubtful.note(&blob.bytes[found.secret.clone()]);
            }
            Some((found, weight?))
        });
        weighed
            .map(|(found, weight)| {
                let weight = builder.lowered(found, weight, path);
                builder.finding(found, weight, path)
            })
            .collect()
    }
}

impl TextWorker<'_> {
    /// What the name of a file alone shows.
    fn detect_by_path(&mut self, path: &str, origin: &Origin) {
        for number in self.detector.rules_of_path(path) {
            let rule = self.detector.rule(number);
            let start = Position {
                line: 1,
                column: 1,
                byte: 0,
            };
            let location = Location::new(path.to_owned(), Region { start, end: start });
            let message = format!("{} (by the name of the file)", rule.title);
            self.findings.push(Finding {
                origin: origin.clone(),
                ..Finding::new(&rule, message, location)
            });
        }
    }
}

impl Worker for TextWorker<'_> {
    type Memory = ();

    fn binary(&mut self, path: &str) {
        // Which source it is matters to reports of the history only.
        self.detect_by_path(path, &Origin::Worktree);
    }

    fn part(&mut self, part: &Part<'_>) -> bool {
        let path = part.path.unwrap_or_default();
        let full = part::full_path(path, part.member);
        if part.places.is_none() {
            let own = full.rsplit(MEMBER).next().unwrap_or_default();
            if part.member.is_some() && audit::is_configuration(own, part.bytes) {
                *self.packed.entry(path.to_owned()).or_default() += 1;
            }
        }
        let before = self.findings.len();
        for mut within in part::scan(self.detector, part) {
            if let Some(weight) = self.detector.weigh(&within.found, &full) {
                part::place(&mut within.finding, path, part.member, weight);
                self.findings.push(within.finding);
            }
        }
        self.findings.len() > before
    }

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        self.paths.push(path.to_owned());
        self.sources.extend(Source::claim(path, blob.bytes));
        self.detect_by_path(path, &blob.origin);
        let found = self.detect(blob, path);
        self.findings.extend(found);
        let allowing = triage::allowing_lines(path, blob.bytes).into_iter();
        self.allowing
            .extend(allowing.map(|line| (path.to_owned(), line)));
    }
}

/// Only sets configuration aside, where what is in it is detected elsewhere.
pub(crate) struct SourceWorker(pub(crate) Vec<Source>);

impl Worker for SourceWorker {
    type Memory = ();

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        self.0.extend(Source::claim(path, blob.bytes));
    }
}
