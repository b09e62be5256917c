//! Fixes as checks produce them, in byte offsets of the text.

use crate::audit::check::Card;
use crate::audit::yaml::Span;

/// A change to the text after which the rule no longer fires.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Fix {
    /// The rule whose finding it resolves.
    pub(in crate::audit) rule: &'static str,
    /// What it does, as a short phrase that starts with a verb.
    pub(in crate::audit) description: String,
    /// The edits, of which either all or none must be made.
    pub(in crate::audit) edits: Vec<Edit>,
    /// Whether what it adds may have been left out on purpose.
    pub(in crate::audit) is_optional: bool,
}

/// Replaces `span` by `replacement`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Edit {
    pub(in crate::audit) span: Span,
    /// Never contains a secret, since reports show it.
    pub(in crate::audit) replacement: String,
}

impl Fix {
    /// Returns one fix with the edits of several; `None` if there are none.
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
