//! What a service mounts from the host.

use crate::audit::yaml::{Entry, Span, Value};

use super::interpolation::{is_unknown, with_defaults};
use super::service::Service;

/// One entry of `volumes` that binds a path of the host.
pub(super) struct Mount {
    /// The entry.
    pub(super) span: Span,
    pub(super) via: Option<Span>,
    /// The path on the host, without doubled and trailing slashes; `None` if only the environment knows it.
    pub(super) source: Option<String>,
    /// The path in the container.
    pub(super) target: String,
    /// Whether the mount is read-only.
    pub(super) is_read_only: bool,
    /// The propagation of mounts below it, if set.
    pub(super) propagation: Option<String>,
}

/// An entry as written.
struct Written {
    source: String,
    target: String,
    is_read_only: bool,
    propagation: Option<String>,
}

/// Returns the host paths mounted into a service.
pub(super) fn mounts(service: &Service) -> Vec<Mount> {
    let entries = service.items("volumes");
    entries
        .iter()
        .filter_map(|entry| {
            let written = match entry.value.text() {
                Some(text) => short(&with_defaults(&at_home(text)))?,
                None => long(entry.value)?,
            };
            Some(Mount {
                span: entry.value.span(),
                via: entry.via(),
                source: (!is_unknown(&written.source)).then(|| tidy(&written.source)),
                target: tidy(&written.target),
                is_read_only: written.is_read_only,
                propagation: written.propagation,
            })
        })
        .collect()
}

/// A named volume that is bound to a path of the host.
pub(super) struct BoundVolume<'t> {
    pub(super) name: &'t str,
    /// The value that names the path.
    pub(super) span: Span,
    pub(super) path: String,
}

/// Returns the named volumes of a file whose driver options bind them to paths of the host.
pub(super) fn bound_volumes<'t>(volumes: Value<'t>) -> Vec<BoundVolume<'t>> {
    let bound = |entry: Entry<'t>| {
        let options = entry.value.get("driver_opts")?;
        let text = |key: &str| options.get(key).and_then(Value::text).map(with_defaults);
        let is_bind =
            text("o").is_some_and(|words| words.split(',').any(|word| word.ends_with("bind")));
        let key = if is_bind { "device" } else { "mountpoint" };
        let path = text(key).filter(|path| !is_unknown(path))?;
        Some(BoundVolume {
            name: entry.key.text()?,
            span: options.get(key)?.span(),
            path: tidy(&path),
        })
    };
    volumes.entries().filter_map(bound).collect()
}

/// `source:target[:options]`, with defaults filled in. A single path is an anonymous volume, and a source without a
/// slash is the name of a volume: neither binds a path.
fn short(text: &str) -> Option<Written> {
    // A drive letter is followed by a colon of its own.
    let bytes = text.as_bytes();
    let has_drive =
        bytes.first().is_some_and(u8::is_ascii_alphabetic) && bytes.get(1) == Some(&b':');
    let drive = if has_drive { 2 } else { 0 };
    let colon = drive + text.get(drive..)?.find(':')?;
    let (source, rest) = (&text[..colon], &text[colon + 1..]);
    let (target, options) = rest.split_once(':').unwrap_or((rest, ""));
    let has_option = |wanted: &str| options.split(',').any(|option| option.trim() == wanted);
    let is_path =
        source.contains(['/', '\\', '~']) || source.starts_with('.') || is_unknown(source);
    is_path.then(|| Written {
        source: source.to_owned(),
        target: target.to_owned(),
        is_read_only: has_option("ro") || has_option("readonly"),
        propagation: PROPAGATIONS
            .iter()
            .find(|way| has_option(way))
            .map(ToString::to_string),
    })
}

/// The modes of mount propagation between the host and a container.
const PROPAGATIONS: &[&str] = &[
    "shared", "rshared", "slave", "rslave", "private", "rprivate",
];

/// Replaces `$HOME` and its variants with `~`.
fn at_home(text: &str) -> String {
    let rest = ["${HOME}", "$HOME", "${HOME:?}", "${HOME:-~}"]
        .iter()
        .find_map(|home| text.strip_prefix(home))
        .filter(|rest| rest.starts_with(['/', ':']) || rest.is_empty());
    rest.map_or_else(|| text.to_owned(), |rest| format!("~{rest}"))
}

fn long(entry: Value) -> Option<Written> {
    let text = |key: &str| entry.get(key).and_then(Value::text).map(with_defaults);
    let kind = text("type").unwrap_or_default();
    let binds = kind.is_empty() || kind == "bind" || kind == "npipe";
    let source = entry.get("source").or_else(|| entry.get("src"))?.text()?;
    let target = text("target")
        .or_else(|| text("dst"))
        .or_else(|| text("destination"));
    let is_read_only = ["read_only", "readonly"]
        .iter()
        .any(|key| text(key).is_some_and(|word| ["true", "yes", "on"].contains(&word.as_str())));
    let propagation = entry.get("bind").and_then(|bind| bind.get("propagation"));
    binds.then(|| Written {
        source: with_defaults(&at_home(source)),
        target: target.unwrap_or_default(),
        is_read_only,
        propagation: propagation.and_then(Value::text).map(with_defaults),
    })
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
    // Only the root keeps its slash.
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
    fn options_are_read() {
        let options = |text: &str| {
            let written = short(text).unwrap();
            (written.is_read_only, written.propagation)
        };
        assert_eq!(options("/a:/b"), (false, None));
        assert_eq!(options("/a:/b:ro"), (true, None));
        assert_eq!(options("/a:/b:rw,z"), (false, None));
        assert_eq!(
            options("/a:/b:ro,rslave"),
            (true, Some("rslave".to_owned()))
        );
    }

    #[test]
    fn only_paths_are_bound() {
        let source = |text: &str| short(&at_home(text)).map(|written| written.source);
        assert_eq!(source("/a:/b:ro").as_deref(), Some("/a"));
        assert_eq!(source("C:\\a:/b").as_deref(), Some("C:\\a"));
        assert_eq!(source("${HOME}/.ssh:/b").as_deref(), Some("~/.ssh"));
        assert_eq!(source("$HOMES/x:/b").as_deref(), Some("$HOMES/x"));
        assert_eq!(source("data:/b"), None);
        assert_eq!(source("/var/run"), None);
        assert_eq!(source("é:/b"), None);
    }
}
