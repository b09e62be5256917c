//! What a service mounts from the host.

use crate::audit::yaml::{Span, Value};

use super::interpolation::{is_unknown, with_defaults};
use super::service::Service;

/// One entry of `volumes` that binds a path of the host.
pub(super) struct Mount {
    /// The entry.
    pub(super) span: Span,
    pub(super) via: Option<Span>,
    /// The path on the host, without doubled and trailing slashes; none when only the environment knows it.
    pub(super) source: Option<String>,
    /// The path in the container.
    pub(super) target: String,
}

/// The paths of the host that a service sees.
pub(super) fn mounts(service: &Service) -> Vec<Mount> {
    let entries = service.items("volumes");
    entries
        .iter()
        .filter_map(|entry| {
            let (source, target) = match entry.value.text() {
                Some(text) => short(&with_defaults(text))?,
                None => long(entry.value)?,
            };
            Some(Mount {
                span: entry.value.span(),
                via: entry.via(),
                source: (!is_unknown(&source)).then(|| tidy(&source)),
                target: tidy(&target),
            })
        })
        .collect()
}

/// `source:target[:options]`, with defaults filled in. A single path is an anonymous volume, and a source without a
/// slash is the name of a volume: neither binds a path.
fn short(text: &str) -> Option<(String, String)> {
    // A drive letter brings a colon of its own.
    let bytes = text.as_bytes();
    let has_drive =
        bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':');
    let drive = if has_drive { 2 } else { 0 };
    let colon = drive + text.get(drive..)?.find(':')?;
    let (source, rest) = (&text[..colon], &text[colon + 1..]);
    let target = rest.split(':').next().unwrap_or(rest);
    let is_path =
        source.contains(['/', '\\', '~']) || source.starts_with('.') || is_unknown(source);
    is_path.then(|| (source.to_owned(), target.to_owned()))
}

fn long(entry: Value) -> Option<(String, String)> {
    let text = |key: &str| entry.get(key).and_then(Value::text).map(with_defaults);
    let kind = text("type").unwrap_or_default();
    let binds = kind.is_empty() || kind == "bind" || kind == "npipe";
    let source = text("source").or_else(|| text("src"))?;
    let target = text("target")
        .or_else(|| text("dst"))
        .or_else(|| text("destination"));
    binds.then(|| (source, target.unwrap_or_default()))
}

fn tidy(path: &str) -> String {
    let mut tidy = String::with_capacity(path.len());
    for part in path.split('/') {
        if part == "." && !tidy.is_empty() || (part.is_empty() && tidy.ends_with('/')) {
            continue;
        }
        tidy.push_str(part);
        tidy.push('/');
    }
    let end = tidy.trim_end_matches('/').len();
    // The root alone keeps its slash.
    if end == 0 {
        "/".to_owned()
    } else {
        tidy[..end].to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_tidied() {
        for (path, expected) in [
            ("/", "/"),
            ("//", "/"),
            ("/var/run/", "/var/run"),
            ("//var//run/./x", "/var/run/x"),
            ("./a", "./a"),
            ("~/x", "~/x"),
        ] {
            assert_eq!(tidy(path), expected, "{path}");
        }
    }

    #[test]
    fn only_paths_are_bound() {
        let source = |text: &str| short(text).map(|(source, _)| source);
        assert_eq!(source("/a:/b:ro").as_deref(), Some("/a"));
        assert_eq!(source("C:\\a:/b").as_deref(), Some("C:\\a"));
        assert_eq!(source("data:/b"), None);
        assert_eq!(source("/var/run"), None);
        assert_eq!(source("é:/b"), None);
    }
}
