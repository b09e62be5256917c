//! Reads a YAML file for a format that recognises it by its structure.

use memchr::memmem;

use crate::lexicon::name;
use crate::lexicon::placeholder::says_what_it_is;
use crate::lexicon::value::is_reference;
use crate::model::LineIndex;

use crate::audit::yaml::{self, Defect, Merging, Span, Style, Tree, Value};
use crate::audit::{Outcome, Project, Source, template};

/// Returns the text and tree of a file, or the outcome if it has none. A file that does not parse is only reported if
/// it `is_certain` that it belongs to the format.
pub(in crate::audit) fn read<'s>(
    source: &'s Source,
    project: &Project<'_>,
    is_certain: bool,
) -> Result<(&'s str, Tree), Outcome> {
    read_merging(source, project, is_certain, Merging::OwnFirst)
}

/// The same, with merge keys resolved as a specific program does.
pub(in crate::audit) fn read_merging<'s>(
    source: &'s Source,
    project: &Project<'_>,
    is_certain: bool,
    merging: Merging,
) -> Result<(&'s str, Tree), Outcome> {
    let text = source.text.as_str();
    match yaml::parse_merging(text, merging) {
        Ok(tree) => Ok((text, tree)),
        Err(defect) => Err(refused(source, project, &defect, is_certain)),
    }
}

/// Returns the outcome for a file that does not parse, or that exceeds a limit of the parser.
pub(in crate::audit) fn refused(
    source: &Source,
    project: &Project<'_>,
    defect: &Defect,
    is_certain: bool,
) -> Outcome {
    let is_filled_in = || {
        let plain = template::without_statements(&source.text);
        plain.is_some_and(|plain| yaml::parse(&plain).is_ok())
    };
    if !defect.is_limit && (template::is_placed(&source.path, project) || is_filled_in()) {
        return Outcome::Template;
    }
    if !is_certain {
        return Outcome::NotConfiguration;
    }
    let place = LineIndex::new(source.text.as_bytes()).position(defect.byte);
    if defect.is_limit {
        return Outcome::Skipped {
            reason: format!("line {}: {}", place.line, defect.reason),
        };
    }
    Outcome::Unparsable {
        line: place.line,
        column: place.column,
        reason: defect.reason.clone(),
    }
}

/// Returns whether YAML has such a key at the top level, judged by its lines.
pub(in crate::audit) fn has_key(text: &[u8], key: &[u8]) -> bool {
    memmem::find_iter(text, key).any(|at| {
        let starts = at == 0 || matches!(text[at - 1], b'\n' | b'\r');
        starts && text[at + key.len()..].starts_with(b":")
    })
}

/// Returns whether a file is named like YAML.
pub(in crate::audit) fn is_yaml(path: &str) -> bool {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml")
}

/// Returns the byte ranges of `text` that no excerpt may show: values whose names promise credentials, and URLs with
/// logins.
pub(in crate::audit) fn secrets(text: &str, tree: &Tree) -> Vec<Span> {
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

/// Whether a text is a URL with a login.
fn has_login(text: &str) -> bool {
    text.split_once("://").is_some_and(|(_, rest)| {
        let host = rest.split('/').next().unwrap_or(rest);
        host.contains('@') && host.contains(':')
    })
}

/// Returns the range of a scalar that is a literal secret: neither a reference nor an obvious placeholder.
pub(in crate::audit) fn literal(value: Value, text: &str) -> Option<Span> {
    let is_secret = value
        .text()
        .is_some_and(|value| !value.is_empty() && !is_reference(value) && !says_what_it_is(value));
    is_secret.then(|| content(value, text))
}

/// Returns the range of a scalar without its quotes.
pub(in crate::audit) fn content(scalar: Value, text: &str) -> Span {
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
