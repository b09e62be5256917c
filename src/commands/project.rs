//! Audits the configuration among the files of one walk, together.

use std::collections::BTreeMap;

use crate::audit::{self, Outcome, Policy, Project};
use crate::model::{Coverage, Finding, Gap, GapKind, Origin};
use crate::source::FolderFiles;
use crate::source::git::IndexFiles;
use crate::triage;

use super::text::TextWorker;

/// What can be read beside the files of a walk.
pub(super) enum Beside<'a> {
    /// The files of a folder.
    Folder(Box<FolderFiles<'a>>),
    /// The files of the index.
    Index(Box<IndexFiles<'a>>),
    /// None.
    Nothing,
}

impl audit::Files for Beside<'_> {
    fn is_whole(&self) -> bool {
        matches!(self, Self::Folder(_))
    }

    fn read(&self, path: &str) -> Option<Vec<u8>> {
        match self {
            Self::Folder(files) => files.read(path),
            Self::Index(files) => files.read(path),
            Self::Nothing => None,
        }
    }

    fn is_tracked(&self, path: &str) -> Option<bool> {
        match self {
            Self::Folder(files) => files.is_tracked(path),
            Self::Index(files) => Some(files.is_tracked(path)),
            Self::Nothing => None,
        }
    }

    fn is_ignored(&self, path: &str) -> Option<bool> {
        match self {
            Self::Folder(files) => files.is_ignored(path),
            Self::Index(_) | Self::Nothing => None,
        }
    }
}

/// Takes over what the workers of one walk have found, audits what they have set aside, and keeps of several findings
/// about the same bytes the one that says most.
pub(super) fn finish(
    workers: Vec<TextWorker<'_>>,
    coverage: &mut Coverage,
    origin: &Origin,
    beside: &Beside<'_>,
    policy: &Policy,
) -> Vec<Finding> {
    let mut sources = Vec::new();
    let mut paths = Vec::new();
    let mut detected = Vec::new();
    for worker in workers {
        sources.extend(worker.sources);
        paths.extend(worker.paths);
        detected.extend(worker.findings);
    }
    let project = Project::new(sources, paths, beside, policy);
    let mut found = Vec::new();
    for (path, outcome) in project.audit() {
        coverage.templates += u64::from(outcome.is_template());
        match outcome {
            Outcome::NotConfiguration | Outcome::Skipped { .. } => {}
            Outcome::Unparsable {
                line,
                column,
                reason,
            } => coverage.gaps.push(Gap {
                kind: GapKind::Unparsable,
                place: path.to_owned(),
                reason: format!("line {line}, column {column}: {reason}"),
            }),
            Outcome::Audited(findings) => {
                coverage.audited += 1;
                found.extend(findings);
            }
        }
    }
    for finding in &mut found {
        finding.origin = origin.clone();
    }
    let mut by_path: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for finding in found.into_iter().chain(detected) {
        let path = finding.location.path.clone();
        by_path.entry(path).or_default().push(finding);
    }
    coverage.gaps.sort();
    by_path.into_values().flat_map(triage::keep_best).collect()
}
