//! Finds every secret in a file of manifests, so that no excerpt shows one that is next to its finding.

use crate::audit::document;
use crate::audit::yaml::{Span, Tree, Value};

/// Returns the byte ranges of `text` that no excerpt may show.
pub(super) fn secrets(text: &str, tree: &Tree) -> Vec<Span> {
    let mut secrets = document::secrets(text, tree);
    for node in tree.nodes().filter(|node| node.is_mapping()) {
        if node.get("kind").and_then(Value::text) == Some("Secret") {
            for key in ["data", "stringData"] {
                let entries = node.get(key).into_iter().flat_map(Value::entries);
                secrets.extend(entries.filter_map(|entry| document::literal(entry.value, text)));
            }
        }
    }
    secrets
}
