//! Fixes as checks give them, in bytes of the text.

use crate::audit::check::Card;
use crate::audit::yaml::Span;

/// A change to the text after which the rule no longer fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Fix {
    /// The rule whose complaint it settles.
    pub(in crate::audit) rule: &'static str,
    /// What it does, in a few words that begin with a verb.
    pub(in crate::audit) description: String,
    /// All of them must be made, or none.
    pub(in crate::audit) edits: Vec<Edit>,
    /// Whether what it adds may have been left out on purpose.
    pub(in crate::audit) is_optional: bool,
}

/// Puts `replacement` in the place of `span`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Edit {
    pub(in crate::audit) span: Span,
    /// Never holds a secret: reports show it.
    pub(in crate::audit) replacement: String,
}

impl Fix {
    /// One fix that makes the edits of several; `None` of none.
    pub(in crate::audit) fn all(fixes: &[Self]) -> Option<Self> {
        let description: Vec<&str> = fixes.iter().map(|fix| fix.description.as_str()).collect();
        Some(Self {
            rule: fixes.first()?.rule,
            description: description.join(", "),
            edits: fixes.iter().flat_map(|fix| fix.edits.clone()).collect(),
            is_optional: fixes.iter().any(|fix| fix.is_optional),
        })
    }

    /// Returns a fix for the rule with this card.
    pub(in crate::audit) fn new(
        card: &Card,
        description: impl Into<String>,
        edits: Vec<Edit>,
    ) -> Self {
        Self {
            rule: card.id,
            description: description.into(),
            edits,
            is_optional: false,
        }
    }
}
