//! Headers that nginx adds to responses.

use super::forest::{At, Scope};
use super::lexer::Span;

/// One header of a response.
pub(super) struct Header<'f> {
    pub(super) at: At<'f>,
    pub(super) name: &'f str,
    pub(super) value: &'f str,
    /// Whether error responses have it, too.
    pub(super) is_always: bool,
}

/// Headers that protect visitors.
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

    /// Returns whether it is sent at all: a header whose value is empty is not.
    pub(super) fn is_sent(&self) -> bool {
        !self.value.is_empty()
    }

    pub(super) fn span(&self) -> Span {
        self.at.span()
    }
}

/// Returns the headers that responses have here: those of the nearest block that adds any, unless `add_header_inherit`
/// says otherwise, and those of the module that joins the headers of all blocks.
pub(super) fn effective(scope: Scope<'_>) -> Vec<Header<'_>> {
    let added = added(scope).into_iter();
    let more = scope
        .outwards()
        .flat_map(|scope| scope.named("more_set_headers"));
    added.chain(more).filter_map(Header::of).collect()
}

/// Returns what `add_header` adds here. Since nginx 1.29.3, `add_header_inherit` joins the headers of blocks (`merge`)
/// or separates them (`off`).
pub(super) fn added(scope: Scope<'_>) -> Vec<At<'_>> {
    let mut added = Vec::new();
    for block in scope.outwards() {
        let own = block.named("add_header");
        let is_nearest = !own.is_empty();
        added.extend(own);
        let modes = block.effective("add_header_inherit");
        match modes.first().map(|mode| mode.argument(0)) {
            Some("merge") => {}
            Some("off") => break,
            _ if is_nearest => break,
            _ => {}
        }
    }
    added
}
