//! `\n`, `\/`, `\u0026`, `\x26`: escapes in strings of JSON and of programs.

use super::super::escapes;

/// Returns the character of the escape that `text` begins with, and the length of the escape.
pub(super) fn escape(text: &[u8]) -> Option<(Option<char>, usize)> {
    if let Some((byte, length)) = escapes::escape(text) {
        return Some((Some(char::from(byte)), length));
    }
    let character = match *text {
        [b'\\', b'n', ..] => '\n',
        [b'\\', b'r', ..] => '\r',
        [b'\\', b't', ..] => '\t',
        [b'\\', byte @ (b'/' | b'\\' | b'"' | b'\''), ..] => char::from(byte),
        _ => return None,
    };
    Some((Some(character), 2))
}

pub(super) fn ends_with_escape(text: &[u8]) -> bool {
    matches!(text, [.., b'\\', b'n' | b'r' | b't']) || escapes::ends_with_escape(text)
}
