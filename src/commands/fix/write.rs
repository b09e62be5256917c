//! Replaces the text of a file atomically.

use std::fs;

use crate::source::{FolderFiles, replace_file};

/// The byte order mark that some editors put before UTF-8; it is not part of the scanned text.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Replaces the file at `path`, which was read as `old`. Returns the reason if the file was left unchanged.
///
/// A reader sees either the old text or the new one: the new text is written beside the old one and then moved.
pub(super) fn replace(
    files: &FolderFiles<'_>,
    path: &str,
    old: &str,
    new: &str,
) -> Result<(), String> {
    let full = files
        .locate(path)
        .ok_or("not a regular file in the directory; links are not followed")?;
    let bytes = fs::read(&full).map_err(|error| error.to_string())?;
    let (mark, body) = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(body) => (BYTE_ORDER_MARK, body),
        None => (&[][..], bytes.as_slice()),
    };
    if body != old.as_bytes() {
        return Err("it has changed since it was read, or is not UTF-8".to_owned());
    }
    replace_file(&full, &[mark, new.as_bytes()].concat()).map_err(|error| error.to_string())
}
