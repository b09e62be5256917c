//! Text in which each character is written as an escape: `\x41\x42`, `\u0041\u0042`.

use super::hex::byte;
use super::{Decoded, LIMIT, is_typed};

/// The length of the longest escape, in bytes.
pub(super) const LONGEST: usize = 6;

/// Returns the byte that the escape at the beginning of `text` stands for, and the length of the escape.
pub(super) fn escape(text: &[u8]) -> Option<(u8, usize)> {
    match *text {
        [b'\\', b'x' | b'X', high, low, ..] => Some((byte(high, low)?, 4)),
        [b'\\', b'u' | b'U', b'0', b'0', high, low, ..] => Some((byte(high, low)?, 6)),
        _ => None,
    }
}

/// Returns whether `text` ends with a complete escape.
pub(super) fn ends_with_escape(text: &[u8]) -> bool {
    [4, 6].into_iter().any(|length| {
        text.len()
            .checked_sub(length)
            .is_some_and(|at| escape(&text[at..]).is_some_and(|(_, found)| found == length))
    })
}

/// Returns whether `probe` consists only of escapes that decode to text.
pub(super) fn is_text(mut probe: &[u8]) -> bool {
    while !probe.is_empty() {
        match escape(probe) {
            Some((byte, length)) if is_typed(byte) => probe = &probe[length..],
            // The probe may end inside an escape.
            _ => return probe.len() < LONGEST && probe[0] == b'\\',
        }
    }
    true
}

/// Returns where the escapes that begin at `at` end.
pub(super) fn end(text: &[u8], at: usize) -> usize {
    let text = &text[..text.len().min(at + LIMIT)];
    let mut end = at;
    while let Some((_, length)) = escape(&text[end..]) {
        end += length;
    }
    end
}

/// Returns what `encoded` decodes to.
pub(super) fn decode(encoded: &[u8]) -> Decoded {
    let mut decoded = Decoded::with_capacity(encoded.len() / 4);
    let mut at = 0;
    while let Some((byte, length)) = escape(&encoded[at..]) {
        decoded.push(byte, at, at + length);
        at += length;
    }
    decoded
}

#[cfg(test)]
#[allow(clippy::format_collect, reason = "texts of tests are short")]
mod tests {
    use super::*;
    use crate::detect::decode::{Encoding, encoded_at};

    fn check(text: &str, expected: &str) {
        let at = text.find('\\').unwrap();
        let (encoding, range) = encoded_at(text.as_bytes(), at).unwrap();
        assert_eq!(encoding, Encoding::Escapes);
        let decoded = decode(&text.as_bytes()[range]);
        assert_eq!(decoded.bytes, expected.as_bytes());
        assert_eq!(
            encoded_at(text.as_bytes(), at + decoded.place(&(0..1)).end),
            None
        );
    }

    #[test]
    fn both_kinds_are_read() {
        let text = "lorem ipsum";
        let short: String = text.bytes().map(|byte| format!("\\x{byte:02x}")).collect();
        check(&format!("a = \"{short}\""), text);
        let long: String = text.bytes().map(|byte| format!("\\u{byte:04X}")).collect();
        check(&long, text);
        check(&format!("{short}{long}"), &text.repeat(2));
    }

    #[test]
    fn other_bytes_are_not() {
        for text in [
            "\\x90\\x90\\x90\\x90\\x90\\x90\\x90",
            "\\x41\\x42\\x43 and so on and on",
        ] {
            assert_eq!(encoded_at(text.as_bytes(), 0), None, "{text}");
        }
    }
}
