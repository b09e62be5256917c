//! Headers that nginx adds to answers.

use super::forest::{At, Scope};
use super::lexer::Span;

/// One header of answers.
pub(super) struct Header<'f> {
    pub(super) at: At<'f>,
    pub(super) name: &'f str,
    pub(super) value: &'f str,
    /// Whether errors have it, too.
    pub(super) is_always: bool,
}

/// Headers that protect anyone who reads the answer.
pub(super) const SECURITY: &[&str] = &[
    "Strict-Transport-Security",
    "Content-Security-Policy",
    "X-Frame-Options",
    "X-Content-Type-Options",
];

impl<'f> Header<'f> {
    /// Returns the header that a directive adds, if it adds one.
    pub(super) fn of(at: At<'f>) -> Option<Self> {
        let (name, value, is_always) = match at.name() {
            "add_header" => (at.argument(0), at.argument(1), at.argument(2) == "always"),
            "more_set_headers" => {
                let last = at.arguments().last()?;
                let (name, value) = last.split_once(':')?;
                (name.trim(), value.trim(), true)
            }
            _ => return None,
        };
        Some(Self {
            at,
            name,
            value,
            is_always,
        })
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }

    /// Returns whether its value is known here.
    pub(super) fn is_literal(&self) -> bool {
        !self.value.contains('$')
    }

    pub(super) fn span(&self) -> Span {
        self.at.span()
    }
}

/// Returns the headers that answers have here: those of the nearest block that adds any, and those of the module that
/// joins the headers of all blocks.
pub(super) fn effective(scope: Scope<'_>) -> Vec<Header<'_>> {
    let added = scope.effective("add_header").into_iter();
    let more = scope
        .outwards()
        .flat_map(|scope| scope.named("more_set_headers"));
    added.chain(more).filter_map(Header::of).collect()
}
