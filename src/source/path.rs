//! Paths as reports show them.

use std::path::{Path, PathBuf};

/// A path as reports show it: `/` between its parts, without a leading `./`.
pub(super) fn slashed(path: &Path) -> String {
    let parts: PathBuf = path
        .components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .collect();
    let text = parts.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}
