//! Paths as reports show them.

use std::path::{Path, PathBuf};

/// Returns a path as reports show it: with `/` between its parts, and no leading `./`.
pub fn slashed(path: &Path) -> String {
    let parts: PathBuf = path
        .components()
        .filter(|part| !matches!(part, std::path::Component::CurDir))
        .collect();
    let text = path_text(parts.as_os_str().as_encoded_bytes());
    if std::path::MAIN_SEPARATOR == '/' {
        text
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// Returns a path as text, in which bytes that are not UTF-8 are written as `\xE9`. Two paths never have the same text:
/// in a name that contains such an escape itself, the backslash is escaped.
pub(super) fn path_text(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes)
        && !text.contains("\\x")
    {
        return text.to_owned();
    }
    let mut text = String::with_capacity(bytes.len() + 3);
    for chunk in bytes.utf8_chunks() {
        let mut rest = chunk.valid();
        while let Some(at) = rest.find("\\x") {
            let (before, after) = rest.split_at(at);
            text.push_str(before);
            let is_escape = after.as_bytes().get(2..4).is_some_and(is_hex);
            text.push_str(if is_escape { "\\x5Cx" } else { "\\x" });
            rest = &after[2..];
        }
        text.push_str(rest);
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02X}"));
        }
    }
    text
}

/// Whether these are digits as [`path_text`] writes them.
fn is_hex(digits: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(byte);
    digits.iter().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_paths_never_have_the_same_text() {
        assert_eq!(path_text("a/ä b.env".as_bytes()), "a/ä b.env");
        assert_eq!(path_text(b"k\xe9.env"), r"k\xE9.env");
        assert_ne!(path_text(b"k\xe8"), path_text(b"k\xe9"));
        assert_ne!(path_text(br"k\xE9"), path_text(b"k\xe9"));
        assert_ne!(path_text(br"k\x5CxE9"), path_text(br"k\xE9"));
        assert_eq!(path_text(br"c:\xylo"), r"c:\xylo");
    }
}
