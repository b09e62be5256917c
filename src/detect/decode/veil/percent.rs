//! `%2F`, as in URLs.

use super::super::hex::byte;

/// Returns the character of the escape that `text` begins with, and the length of the escape. Non-ASCII bytes are not
/// part of credentials.
pub(super) fn escape(text: &[u8]) -> Option<(Option<char>, usize)> {
    match *text {
        [b'%', high, low, ..] => {
            let byte = byte(high, low).filter(u8::is_ascii)?;
            Some((Some(char::from(byte)), 3))
        }
        _ => None,
    }
}

pub(super) fn ends_with_escape(text: &[u8]) -> bool {
    text.len()
        .checked_sub(3)
        .is_some_and(|at| escape(&text[at..]).is_some())
}
