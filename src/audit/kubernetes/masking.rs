//! Finds every secret in a file of manifests, so that no excerpt shows one by standing next to it.

use crate::audit::yaml::{Span, Tree, Value};
use crate::lexicon::name;
use crate::lexicon::placeholder::says_what_it_is;
use crate::lexicon::value::is_reference;

use super::secret::content;

/// The bytes of `text` that no excerpt may show.
pub(super) fn secrets(text: &str, tree: &Tree) -> Vec<Span> {
    let mut secrets = Vec::new();
    for node in tree.nodes().filter(|node| node.is_mapping()) {
        if node.get("kind").and_then(Value::text) == Some("Secret") {
            for key in ["data", "stringData"] {
                let entries = node.get(key).into_iter().flat_map(Value::entries);
                entries.for_each(|entry| push(&mut secrets, text, entry.value));
            }
        }
        let is_credential = |value: Value| {
            value
                .text()
                .is_some_and(|name| name::classify(name).is_some())
        };
        if let (Some(name), Some(value)) = (node.get("name"), node.get("value")) {
            if is_credential(name) {
                push(&mut secrets, text, value);
            }
        }
        for entry in node.entries().chain(node.shadowed()) {
            if is_credential(entry.key) || entry.value.text().is_some_and(has_login) {
                push(&mut secrets, text, entry.value);
            }
        }
    }
    secrets
}

/// Whether a text is an address with a login.
fn has_login(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| {
        let host = rest.split('/').next().unwrap_or(rest);
        host.contains('@') && host.contains(':')
    })
}

fn push(secrets: &mut Vec<Span>, text: &str, value: Value) {
    let is_literal = value
        .text()
        .is_some_and(|value| !value.is_empty() && !is_reference(value) && !says_what_it_is(value));
    if is_literal {
        secrets.push(content(value, text));
    }
}
