//! How bad a match is and how sure, and the steps by which what surrounds it changes that.

use super::comment::Comment;
use super::path::Language;
use crate::model::{Confidence, Severity};

/// What a match weighs in the file in which it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// How bad it is there.
    pub severity: Severity,
    /// How sure it is there.
    pub confidence: Confidence,
}

impl Weight {
    /// The same, less sure in a comment, and least so in a sample that documents a program. What a program does not run
    /// opens less, too; a line that settings leave out may be in use elsewhere.
    pub(super) fn in_comment(self, comment: Comment, language: Language) -> Self {
        match (comment, language) {
            (Comment::No | Comment::Sample, _) => self.in_sample(comment),
            (Comment::Documentation, Language::Program) => self.lowered().lowered().less_grave(),
            (Comment::Remark, Language::Program) => self.lowered().less_grave(),
            (Comment::Remark | Comment::Documentation, _) => self.lowered(),
        }
    }

    /// The same, less bad in a sample: what is written out there may open something, and was mostly made for it.
    pub(super) fn in_sample(self, comment: Comment) -> Self {
        match comment {
            Comment::Sample => Self {
                severity: self.severity.lowered(),
                ..self
            },
            _ => self,
        }
    }

    /// The same, fairly sure at the least.
    pub(super) fn at_least_medium(self) -> Self {
        Self {
            confidence: self.confidence.max(Confidence::Medium),
            ..self
        }
    }

    /// The same, hardly sure.
    pub(super) fn barely_sure(self) -> Self {
        Self {
            confidence: Confidence::Low,
            ..self
        }
    }

    /// The same, fairly sure at the most.
    pub(super) fn at_most_medium(self) -> Self {
        Self {
            confidence: self.confidence.min(Confidence::Medium),
            ..self
        }
    }

    /// The same, as bad as that at the most.
    pub(super) fn at_most(self, most: Severity) -> Self {
        Self {
            severity: self.severity.min(most),
            ..self
        }
    }

    /// The same, not grave enough to decide by default.
    pub(super) fn less_grave(self) -> Self {
        Self {
            severity: self.severity.min(Severity::Medium),
            ..self
        }
    }

    /// The same, a step less sure.
    pub(super) fn lowered(self) -> Self {
        Self {
            confidence: self.confidence.lowered(),
            ..self
        }
    }
}
