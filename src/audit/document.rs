//! Reads a YAML file for a format that knows it by its shape.

use crate::lexicon::name;
use crate::lexicon::placeholder::says_what_it_is;
use crate::lexicon::value::is_reference;
use crate::model::LineIndex;

use super::yaml::{self, Span, Style, Tree, Value};
use super::{Outcome, Source, TEMPLATE};

/// Configuration beyond this size is generated data.
const MAX_BYTES: usize = 4 << 20;

/// What marks text that something has still to fill in: Helm, Go and Jinja, ERB, cookiecutter, gomplate.
const MARKS: &[&str] = &["{{", "{%", "<%", "[["];

/// The text and tree of a file, or what to say of it. One that does not parse is only told of when it `is_certain` that
/// the format is meant.
pub(super) fn read(source: &Source, is_certain: bool) -> Result<(&str, Tree), Outcome> {
    if source.text.len() > MAX_BYTES {
        let reason = format!("larger than {} MiB", MAX_BYTES >> 20);
        return Err(Outcome::Skipped { reason });
    }
    let Ok(text) = std::str::from_utf8(&source.text) else {
        return Err(Outcome::NotConfiguration);
    };
    match yaml::parse(text) {
        Ok(tree) => Ok((text, tree)),
        Err(_) if is_template(source, text) => Err(template()),
        Err(_) if !is_certain => Err(Outcome::NotConfiguration),
        Err(defect) => {
            let place = LineIndex::new(text.as_bytes()).position(defect.byte);
            Err(Outcome::Unparsable {
                line: place.line,
                column: place.column,
                reason: defect.reason,
            })
        }
    }
}

/// What to say of a template.
pub(super) fn template() -> Outcome {
    Outcome::Skipped {
        reason: TEMPLATE.to_owned(),
    }
}

fn is_template(source: &Source, text: &str) -> bool {
    source.path.contains("{{") || MARKS.iter().any(|mark| text.contains(mark))
}

/// Whether a file is named like YAML.
pub(super) fn is_yaml(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml")
}

/// The bytes of `text` that no excerpt may show: values whose names promise credentials, and addresses with logins.
pub(super) fn secrets(text: &str, tree: &Tree) -> Vec<Span> {
    let mut secrets = Vec::new();
    let is_credential = |name: Value| {
        name.text()
            .is_some_and(|name| name::classify(name).is_some())
    };
    for node in tree.nodes().filter(|node| node.is_mapping()) {
        if let (Some(name), Some(value)) = (node.get("name"), node.get("value"))
            && is_credential(name)
        {
            secrets.extend(literal(value, text));
        }
        for entry in node.entries().chain(node.shadowed()) {
            if is_credential(entry.key) || entry.value.text().is_some_and(has_login) {
                secrets.extend(literal(entry.value, text));
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

/// Where a scalar stands that is no reference to something elsewhere and that nobody would show.
pub(super) fn literal(value: Value, text: &str) -> Option<Span> {
    let is_secret = value
        .text()
        .is_some_and(|value| !value.is_empty() && !is_reference(value) && !says_what_it_is(value));
    is_secret.then(|| content(value, text))
}

/// The bytes of a scalar without its quotes.
pub(super) fn content(scalar: Value, text: &str) -> Span {
    let span = scalar.span();
    let is_quoted = scalar.style() == Some(Style::Quoted)
        && span.len() >= 2
        && matches!(text.as_bytes().get(span.end - 1), Some(b'"' | b'\''));
    if is_quoted {
        span.start + 1..span.end - 1
    } else {
        span
    }
}
