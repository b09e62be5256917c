//! What was scanned, what was not, and what follows from it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use super::{Gap, Severity};

/// Counts of what was scanned, and a list of what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// Files of the working tree, the index or standard input whose text was scanned.
    pub files: u64,
    /// Unique blobs of the git history whose text was scanned.
    pub blobs: u64,
    /// Commit messages scanned.
    pub commits: u64,
    /// Annotated tag messages scanned.
    pub tags: u64,
    /// Total bytes of all of these.
    pub bytes: u64,
    /// Members of archives among these that were unpacked and scanned.
    pub members: u64,
    /// Files and blobs that are not text: archives are unpacked, the others are searched for strings.
    pub binary: u64,
    /// Configuration files that were parsed and audited.
    pub audited: u64,
    /// Configuration files that are templates, still to be filled in, and so were not audited.
    pub templates: u64,
    /// Files in deployment formats that no check knows, by the name of the format.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub unaudited: BTreeMap<&'static str, u64>,
    /// Whether it is right that there was nothing to scan: nothing staged, or a range without commits.
    pub vacuous: bool,
    /// The files whose settings decided what to look for and how to judge it.
    pub settings: Vec<String>,
    /// What could not be scanned, or was left out because of a limit.
    pub gaps: Vec<Gap>,
    /// How many findings each allow comment has hidden.
    pub allowed: Vec<Allowed>,
}

/// What one allow comment has hidden.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct Allowed {
    /// The file and line of the comment.
    pub place: String,
    /// The marker of the comment.
    pub by: String,
    /// How many findings it has hidden.
    pub findings: u64,
}

/// The outcome of a scan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Verdict {
    /// Everything that was asked for was scanned, and nothing reaches the threshold.
    #[serde(rename = "GO")]
    Go,
    /// Something reaches the threshold.
    #[serde(rename = "NO-GO")]
    NoGo,
    /// Nothing reaches the threshold, but not everything could be scanned, or there was nothing to scan.
    #[serde(rename = "UNDECIDED")]
    Undecided,
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Go => "GO",
            Self::NoGo => "NO-GO",
            Self::Undecided => "UNDECIDED",
        })
    }
}

impl Verdict {
    /// Returns the worse of two verdicts: NO-GO, then UNDECIDED, then GO.
    #[must_use]
    pub fn graver(self, other: Self) -> Self {
        match (self, other) {
            (Self::NoGo, _) | (_, Self::NoGo) => Self::NoGo,
            (Self::Undecided, _) | (_, Self::Undecided) => Self::Undecided,
            (Self::Go, Self::Go) => Self::Go,
        }
    }

    /// Decides from the worst severity found and from what was covered.
    pub fn decide(worst: Option<Severity>, threshold: Severity, coverage: &Coverage) -> Self {
        if worst.is_some_and(|worst| worst >= threshold) {
            Self::NoGo
        } else if (coverage.is_empty() && !coverage.vacuous) || coverage.is_undecided() {
            Self::Undecided
        } else {
            Self::Go
        }
    }
}

impl Coverage {
    /// Returns whether nothing at all was scanned.
    pub fn is_empty(&self) -> bool {
        self.files + self.blobs + self.commits + self.tags + self.binary == 0
    }

    /// Returns whether something that was asked for could not be scanned.
    pub fn is_undecided(&self) -> bool {
        self.gaps.iter().any(Gap::is_undecided)
    }

    /// Adds what another scan covered.
    pub fn merge(&mut self, other: Self) {
        self.files += other.files;
        self.blobs += other.blobs;
        self.commits += other.commits;
        self.tags += other.tags;
        self.bytes += other.bytes;
        self.members += other.members;
        self.binary += other.binary;
        self.audited += other.audited;
        self.templates += other.templates;
        for (format, files) in other.unaudited {
            *self.unaudited.entry(format).or_default() += files;
        }
        self.vacuous |= other.vacuous;
        for file in other.settings {
            if !self.settings.contains(&file) {
                self.settings.push(file);
            }
        }
        self.gaps.extend(other.gaps);
        self.allowed.extend(other.allowed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::GapKind;

    fn covered(gap: Option<GapKind>) -> Coverage {
        let gaps = gap.map(|kind| Gap::new(kind, "a", "b"));
        Coverage {
            files: 1,
            gaps: gaps.into_iter().collect(),
            ..Coverage::default()
        }
    }

    #[test]
    fn nothing_scanned_is_never_a_go() {
        assert_eq!(
            Verdict::decide(None, Severity::High, &Coverage::default()),
            Verdict::Undecided
        );
        assert_eq!(
            Verdict::decide(None, Severity::High, &covered(None)),
            Verdict::Go
        );
    }

    #[test]
    fn a_finding_decides_even_where_something_was_unreadable() {
        let coverage = covered(Some(GapKind::Unreadable));
        assert_eq!(
            Verdict::decide(Some(Severity::High), Severity::High, &coverage),
            Verdict::NoGo
        );
        assert_eq!(
            Verdict::decide(Some(Severity::Medium), Severity::High, &coverage),
            Verdict::Undecided
        );
    }

    #[test]
    fn nothing_staged_is_a_go() {
        let coverage = Coverage {
            vacuous: true,
            ..Coverage::default()
        };
        assert_eq!(
            Verdict::decide(None, Severity::High, &coverage),
            Verdict::Go
        );
    }

    #[test]
    fn a_size_limit_does_not_keep_the_verdict_open() {
        assert_eq!(
            Verdict::decide(None, Severity::High, &covered(Some(GapKind::Oversized))),
            Verdict::Go
        );
    }
}
