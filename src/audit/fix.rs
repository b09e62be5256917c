//! Fixes as checks give them, in bytes of the text.

use super::check::Card;
use super::yaml::Span;

/// A change to the text after which the rule no longer fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fix {
    /// The rule whose complaint it settles.
    pub(super) rule: &'static str,
    /// What it does, in a few words that begin with a verb.
    pub(super) description: String,
    /// All of them must be made, or none.
    pub(super) edits: Vec<Edit>,
}

/// Puts `replacement` in the place of `span`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) span: Span,
    /// Never holds a secret: reports show it.
    pub(super) replacement: String,
}

impl Fix {
    /// A fix for the rule with this card.
    pub(super) fn new(card: &Card, description: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            rule: card.id,
            description: description.into(),
            edits,
        }
    }
}
