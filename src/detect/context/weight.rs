//! The severity and confidence of a match, and the steps by which its context changes them.

use super::comment::Comment;
use super::path::Language;
use crate::model::{Confidence, Severity};

/// The severity and confidence of a match in the file where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// How bad the match is there.
    pub severity: Severity,
    /// How sure the match is there.
    pub confidence: Confidence,
}

impl Weight {
    /// Lowers the confidence in a comment, and most of all in one that documents a program. Code that does not run also
    /// opens less; a setting that is commented out may be in use elsewhere.
    pub(super) fn in_comment(self, comment: Comment, language: Language) -> Self {
        match (comment, language) {
            (Comment::No | Comment::Sample, _) => self.in_sample(comment),
            (Comment::Documentation, Language::Program) => self.lowered().lowered().less_grave(),
            (Comment::Remark, Language::Program) => self.lowered().less_grave(),
            (Comment::Remark | Comment::Documentation, _) => self.lowered(),
        }
    }

    /// Lowers the severity in a sample: a value written out there may open something, but was mostly made for the
    /// sample.
    pub(super) fn in_sample(self, comment: Comment) -> Self {
        match comment {
            Comment::Sample => Self {
                severity: self.severity.lowered(),
                ..self
            },
            _ => self,
        }
    }

    /// Raises the confidence to medium at least.
    pub(super) fn at_least_medium(self) -> Self {
        Self {
            confidence: self.confidence.max(Confidence::Medium),
            ..self
        }
    }

    /// Sets the confidence to low.
    pub(super) fn barely_sure(self) -> Self {
        Self {
            confidence: Confidence::Low,
            ..self
        }
    }

    /// Lowers the confidence to medium at most.
    pub(super) fn at_most_medium(self) -> Self {
        Self {
            confidence: self.confidence.min(Confidence::Medium),
            ..self
        }
    }

    /// Lowers the severity to `most` at most.
    pub(super) fn at_most(self, most: Severity) -> Self {
        Self {
            severity: self.severity.min(most),
            ..self
        }
    }

    /// Lowers the severity to medium at most, which does not decide the verdict by default.
    pub(super) fn less_grave(self) -> Self {
        Self {
            severity: self.severity.min(Severity::Medium),
            ..self
        }
    }

    /// Lowers the confidence by one step.
    pub(super) fn lowered(self) -> Self {
        Self {
            confidence: self.confidence.lowered(),
            ..self
        }
    }
}
