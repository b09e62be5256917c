//! Finds what looks like a credential in nginx configuration, so that no excerpt shows it.

use crate::lexicon::name;
use crate::lexicon::value::is_reference;

use super::lexer::Span;
use super::tree::{Directive, Tree};

/// Returns the byte ranges that no excerpt may show.
pub(super) fn secrets(tree: &Tree) -> Vec<Span> {
    tree.directives.iter().flat_map(of_directive).collect()
}

fn of_directive(directive: &Directive) -> Vec<Span> {
    let words = &directive.arguments;
    let names = [&directive.name].into_iter().chain(words);
    let mut secrets = Vec::new();
    for (name, value) in names.zip(words) {
        let text = value.text.as_str();
        let lower = text.to_ascii_lowercase();
        let is_scheme = ["bearer ", "basic ", "token "]
            .iter()
            .any(|scheme| lower.starts_with(scheme));
        let is_named = name::classify(name.text.trim_start_matches('$')).is_some()
            && !text.starts_with(['/', '$']);
        let has_userinfo = text.contains("://") && text.contains('@');
        if (is_scheme || is_named || has_userinfo) && !is_reference(text) {
            secrets.push(value.span.clone());
        }
    }
    secrets
}
