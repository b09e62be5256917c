//! Two hexadecimal digits per byte, with or without a leading `0x`.

use super::lines::Digits;
use super::{Decoded, LIMIT, is_typed};

/// Returns the value of a digit.
pub(super) fn value(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

/// Returns the byte that two digits encode.
pub(super) fn byte(high: u8, low: u8) -> Option<u8> {
    Some(value(high)? << 4 | value(low)?)
}

/// Returns the length of what may precede the first digit.
fn prefix(text: &[u8]) -> usize {
    match text {
        [b'0', b'x' | b'X', ..] => 2,
        _ => 0,
    }
}

/// Returns whether the digits of `probe` decode to text.
pub(super) fn is_text(probe: &[u8]) -> bool {
    probe[prefix(probe)..]
        .chunks_exact(2)
        .all(|pair| byte(pair[0], pair[1]).is_some_and(is_typed))
}

/// Returns where the digits that begin at `at` end; `None` if they only continue earlier ones, or are part of a word.
pub(super) fn end(text: &[u8], at: usize) -> Option<usize> {
    let digits = Digits {
        is_digit: |byte| byte.is_ascii_hexdigit(),
        group: 2,
        least: 32,
    };
    if digits.continues(text, at) {
        return None;
    }
    let start = at + prefix(&text[at..]);
    let end = digits.end(&text[..text.len().min(at + LIMIT)], start);
    let is_word = text.get(end).is_some_and(u8::is_ascii_alphanumeric);
    (end == at + LIMIT || !is_word).then_some(end)
}

/// Returns what `encoded` decodes to. White space is ignored.
pub(super) fn decode(encoded: &[u8]) -> Decoded {
    let mut decoded = Decoded::with_capacity(encoded.len() / 2);
    let start = prefix(encoded);
    let mut high = None;
    for (at, &digit) in encoded.iter().enumerate().skip(start) {
        let Some(low) = value(digit) else { continue };
        match high.take() {
            Some((from, high)) => decoded.push(high << 4 | low, from, at + 1),
            None => high = Some((at, low)),
        }
    }
    decoded
}

#[cfg(test)]
#[allow(clippy::format_collect, reason = "texts of tests are short")]
mod tests {
    use super::*;
    use crate::detect::decode::{Encoding, encoded_at};

    fn check(text: &str, expected: Option<&str>) {
        let found = encoded_at(text.as_bytes(), 0);
        let said = found.map(|(encoding, range)| {
            assert_eq!(encoding, Encoding::Hex);
            decode(&text.as_bytes()[range]).bytes
        });
        assert_eq!(said.as_deref(), expected.map(str::as_bytes), "{text}");
    }

    #[test]
    fn digits_that_say_text_are_read() {
        let text = "key = lorem ipsum dolor";
        let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
        check(&digits, Some(text));
        check(&digits.to_uppercase(), Some(text));
        check(&format!("0x{digits}\n"), Some(text));
        check(&format!("{digits}xyz"), None);
        check("9c1185a5c5e9fc54612808977ee8f548b2258d31", None);
        check(&digits[..22], None);
    }

    #[test]
    fn bytes_know_where_they_came_from() {
        assert_eq!(decode(b"0x41 4243").place(&(1..3)), 5..9);
    }
}
