//! Base64 in either alphabet, padded or not, on one line or wrapped; and UTF-16 inside it.

use super::lines::Digits;
use super::{Decoded, LIMIT, PROBE, is_typed};

/// Returns whether a byte is a base64 digit in either alphabet.
pub(super) fn is_digit(byte: u8) -> bool {
    value(byte).is_some()
}

/// By byte: its value as a digit, or [`NONE`].
const VALUES: [u8; 256] = {
    let mut values = [NONE; 256];
    let mut byte = 0;
    while byte < 128u8 {
        values[byte as usize] = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => NONE,
        };
        byte += 1;
    }
    values
};

/// How many bytes of wrapped digits are read when they are a value by themselves.
const WRAPPED: usize = 600;

/// The value of bytes that are not digits.
const NONE: u8 = 0xff;

/// Returns the value of a digit.
#[inline]
fn value(byte: u8) -> Option<u32> {
    let value = VALUES[usize::from(byte)];
    (value != NONE).then_some(u32::from(value))
}

/// Returns whether the digits of `probe` decode to text, in UTF-8 or UTF-16.
pub(super) fn is_text(probe: &[u8]) -> bool {
    let is_high = |digit: u8| matches!(digit, b'C' | b'D' | b'I'..=b'Z' | b'a'..=b'f');
    // The upper bits of the first of three bytes: for most words, they are not those of text.
    if !(is_high(probe[0]) && is_high(probe[8]) && is_high(probe[16])) {
        return false;
    }
    let mut bytes = [0; PROBE / 4 * 3];
    for (bytes, quad) in bytes.chunks_exact_mut(3).zip(probe.chunks_exact(4)) {
        let Some(three) = three(quad) else {
            return false;
        };
        bytes.copy_from_slice(&three);
    }
    bytes.iter().all(|byte| is_typed(*byte))
        || bytes
            .chunks_exact(2)
            .all(|unit| is_typed(unit[0]) && unit[1] == 0)
}

/// Returns the three bytes that four digits encode.
fn three(quad: &[u8]) -> Option<[u8; 3]> {
    let mut bits = 0;
    for &digit in quad {
        bits = bits << 6 | value(digit)?;
    }
    let [_, bytes @ ..] = bits.to_be_bytes();
    Some(bytes)
}

/// Returns where the digits that begin at `at` end, padding included, if they fill their lines.
pub(in crate::detect) fn wrapped_end(text: &[u8], at: usize) -> usize {
    let digits = Digits {
        is_digit,
        group: 1,
        least: 40,
    };
    let end = digits.end(&text[..text.len().min(at + WRAPPED)], at);
    let padding = text[end..].iter().take(2);
    end + padding.take_while(|byte| **byte == b'=').count()
}

/// Returns where the digits that begin at `at` end, padding included; `None` if they only continue earlier ones.
pub(super) fn end(text: &[u8], at: usize) -> Option<usize> {
    let digits = Digits {
        is_digit,
        group: 4,
        least: 40,
    };
    if digits.continues(text, at) {
        return None;
    }
    let limit = text.len().min(at + LIMIT);
    let end = digits.end(&text[..limit], at);
    let padding = text[end..limit].iter().take(2);
    Some(end + padding.take_while(|byte| **byte == b'=').count())
}

/// Returns what `encoded` decodes to. White space and padding are ignored.
pub(super) fn decode(encoded: &[u8]) -> Decoded {
    let mut decoded = Decoded::with_capacity(encoded.len() / 4 * 3 + 2);
    // A byte consists of the lower bits of one digit and the upper bits of the next.
    let (mut bits, mut count, mut before) = (0, 0, 0);
    for (at, &digit) in encoded.iter().enumerate() {
        let Some(value) = value(digit) else { continue };
        bits = (bits << 6 | value) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            let byte = (bits >> count).to_le_bytes()[0];
            decoded.push(byte, before, at + 1);
        }
        before = at;
    }
    decoded
}

/// Returns whether bytes are mostly ASCII in little-endian two-byte units.
pub(in crate::detect) fn is_utf16(bytes: &[u8]) -> bool {
    let units = bytes.chunks_exact(2).take(16);
    let all = units.len();
    let ascii = units.filter(|unit| unit[1] == 0 && is_typed(unit[0]));
    all > 0 && ascii.count() * 10 >= all * 9
}

/// Returns the text that the two-byte units of `encoded` encode.
pub(super) fn from_utf16(encoded: &[u8]) -> Decoded {
    let mut decoded = Decoded::with_capacity(encoded.len() / 2);
    let units = encoded
        .chunks_exact(2)
        .map(|unit| u16::from_le_bytes([unit[0], unit[1]]));
    let mut at = 0;
    for read in char::decode_utf16(units) {
        let read = read.unwrap_or(char::REPLACEMENT_CHARACTER);
        let size = 2 * read.len_utf16();
        let mut buffer = [0; 4];
        for &byte in read.encode_utf8(&mut buffer).as_bytes() {
            decoded.push(byte, at, (at + size).min(encoded.len()));
        }
        at += size;
    }
    decoded
}

#[cfg(test)]
#[allow(clippy::format_collect, reason = "texts of tests are short")]
mod tests {
    use ::base64::Engine as _;
    use ::base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;
    use crate::detect::decode::{Encoding, encoded_at};

    const TEXT: &str = "name: lorem ipsum dolor?>sit~~amet\n";

    fn check(text: &str, encoded: &str, expected: &str) {
        let at = text.find(encoded).unwrap();
        let (encoding, range) = encoded_at(text.as_bytes(), at).unwrap();
        assert_eq!((encoding, range.start), (Encoding::Base64, at), "{text}");
        let decoded = decode(&text.as_bytes()[range]);
        assert_eq!(
            String::from_utf8(decoded.bytes).unwrap(),
            expected,
            "{text}"
        );
    }

    #[test]
    fn both_alphabets_are_read_with_and_without_padding() {
        let standard = STANDARD.encode(TEXT);
        check(&standard, &standard, TEXT);
        check(&format!("a: \"{standard}\""), &standard, TEXT);
        let url_safe = URL_SAFE_NO_PAD.encode(TEXT);
        check(&format!("?a={url_safe}&b"), &url_safe, TEXT);
        check(&format!("\\n{url_safe}\\n"), &url_safe, TEXT);
    }

    #[test]
    fn wrapped_lines_are_one_text() {
        let text = TEXT.repeat(9);
        let lines = |width: usize, indent: &str, end: &str| {
            let encoded = STANDARD.encode(&text).into_bytes();
            let lines = encoded
                .chunks(width)
                .map(|line| String::from_utf8(line.to_vec()).unwrap());
            lines
                .map(|line| format!("{indent}{line}{end}"))
                .collect::<String>()
        };
        for wrapped in [
            lines(76, "", "\n"),
            lines(64, "    ", "\n"),
            lines(76, "\t", "\r\n"),
        ] {
            let whole = format!("key: |\n{wrapped}other: b\n");
            let first = wrapped.split_whitespace().next().unwrap();
            check(&whole, first, &text);
            // Further lines belong to the first one.
            let starts: Vec<usize> = (0..whole.len())
                .filter(|at| encoded_at(whole.as_bytes(), *at).is_some())
                .collect();
            assert_eq!(starts, [whole.find(first).unwrap()]);
        }
    }

    #[test]
    fn images_keys_and_words_are_no_text() {
        let random: Vec<u8> = (0..90).map(|at: u8| at.wrapping_mul(151)).collect();
        for text in [
            STANDARD.encode(random),
            "aVeryLongIdentifierOfSomeClassInJava".to_owned(),
            "/usr/share/applications/something/else".to_owned(),
            "da39a3ee5e6b4b0d3255bfef95601890afd80709".to_owned(),
            STANDARD.encode("short text"),
        ] {
            assert_eq!(encoded_at(text.as_bytes(), 0), None, "{text}");
        }
    }

    #[test]
    fn bytes_know_where_they_came_from() {
        let encoded = STANDARD.encode("abcdef");
        let decoded = decode(encoded.as_bytes());
        let places = [
            (0..1, 0..2),
            (1..2, 1..3),
            (2..3, 2..4),
            (3..6, 4..8),
            (0..6, 0..8),
        ];
        for (range, place) in places {
            assert_eq!(decoded.place(&range), place);
        }
        assert_eq!(decoded.place(&(0..9)), 0..0);
    }

    #[test]
    fn commands_of_windows_are_read() {
        let units: Vec<u8> = TEXT.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let encoded = STANDARD.encode(&units);
        let (_, range) = encoded_at(encoded.as_bytes(), 0).unwrap();
        let bytes = decode(&encoded.as_bytes()[range]).bytes;
        assert!(is_utf16(&bytes));
        let text = from_utf16(&bytes);
        assert_eq!(text.bytes, TEXT.as_bytes());
        assert_eq!(text.place(&(2..4)), 4..8);
        assert!(!is_utf16(TEXT.as_bytes()));
        assert_eq!(from_utf16(&[0x41, 0, 0xd8]).bytes, b"A");
    }
}
