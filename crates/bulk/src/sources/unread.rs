//! What was named, or is in a folder that was, and cannot be read: it is recorded as not covered, so that what could not
//! be looked at does not pass for what is in order.

use std::io::ErrorKind;
use std::path::{Path, PathBuf, absolute};

use super::{Found, LOCAL, Place, Target};
use crate::error::reason;

/// Something that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unread {
    /// Its full path.
    pub(crate) path: PathBuf,
    pub(crate) why: String,
    /// Whether nothing is there.
    pub(crate) is_gone: bool,
}

impl Unread {
    /// Says why what is at `path` could not be read.
    pub(super) fn of(path: &Path, kind: ErrorKind) -> Self {
        Self::new(path, why_unread(kind), kind == ErrorKind::NotFound)
    }

    pub(super) fn new(path: &Path, why: String, is_gone: bool) -> Self {
        Self {
            path: full_path(path),
            why,
            is_gone,
        }
    }

    /// Whether it is, or contains, what is at `location`.
    pub(crate) fn has(&self, location: &Path) -> bool {
        location.starts_with(&self.path)
    }

    /// Whether the store has it under another name: as the repository of a working tree, or as all that was in it.
    pub(crate) fn is_known_by(&self, location: &Path) -> bool {
        location == self.path.join(".git") || self.is_gone && self.has(location)
    }
}

/// Returns why a folder or a repository is not covered that cannot be read.
pub(crate) fn why_unread(kind: ErrorKind) -> String {
    format!("what is in it is unknown: {}", reason(&kind.into()))
}

/// Returns a path without links as far as it exists, as repositories that were found are called.
pub(crate) fn full_path(path: &Path) -> PathBuf {
    let path = absolute(path).unwrap_or_else(|_| path.to_owned());
    for above in path.ancestors() {
        if let (Ok(known), Ok(rest)) = (above.canonicalize(), path.strip_prefix(above)) {
            return if rest.as_os_str().is_empty() {
                known
            } else {
                known.join(rest)
            };
        }
    }
    path
}

impl Found {
    /// Adds what cannot be read as a target, so that the store has it, and as a line for people.
    pub(super) fn add_unread(&mut self, unread: Unread, label: String) {
        let line = format!("{}: {}", unread.path.display(), unread.why);
        self.add_unread_line(unread, label, line);
    }

    pub(super) fn add_unread_line(&mut self, unread: Unread, label: String, line: String) {
        self.targets.push(Target {
            host: LOCAL.to_owned(),
            provider_id: super::folders::shown(unread.path.as_os_str()),
            label,
            place: Place::Unread(unread.clone()),
            pushed: None,
            is_optional: false,
            parent: None,
            network: None,
        });
        self.unlisted.push(line);
        self.unread.push(unread);
    }
}
