//! Tells text from binary, and converts UTF-16 to UTF-8. A stray zero byte does not make a text binary.
//!
//! Latin-1 and other single-byte encodings pass unchanged: rules match bytes, and what they look for is ASCII.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::archive::is_packed;
use crate::model::Inherited;

/// How many leading bytes decide whether a file is binary; as many as git looks at.
const PROBE: usize = 8000;

/// What a file's bytes turned out to be.
#[derive(Debug, PartialEq, Eq)]
pub enum Text<'a> {
    /// Text, without a byte-order mark. Not necessarily valid UTF-8.
    Utf8(Cow<'a, [u8]>),
    /// Not text.
    Binary,
}

/// Recognises text, with or without a byte-order mark.
pub fn decode(bytes: &[u8]) -> Text<'_> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let body = &bytes[mark..];
        return if encoding == UTF_16LE || encoding == UTF_16BE {
            decode_utf16(encoding, body)
        } else {
            plain(body)
        };
    }
    let probe = &bytes[..bytes.len().min(PROBE)];
    if memchr::memchr(0, probe).is_none() {
        return plain(bytes);
    }
    match guess_utf16(probe) {
        Some(encoding) => decode_utf16(encoding, bytes),
        None if is_text_with_zeros(probe) && !begins_otherwise(bytes) => {
            Text::Utf8(Cow::Owned(without_zeros(bytes)))
        }
        None => Text::Binary,
    }
}

/// How many bytes of text there must be for each zero byte beyond the first few.
const ZEROS_IN: usize = 200;
/// How many zero bytes any text may have.
const FEW_ZEROS: usize = 2;
/// Shorter data with a zero byte in it cannot be told from binary numbers.
const SHORTEST: usize = 8;

/// Whether bytes are text apart from a few zero bytes, which editors and programs leave behind: no other control
/// characters, and mostly ASCII.
fn is_text_with_zeros(probe: &[u8]) -> bool {
    let (mut zeros, mut high) = (0, 0);
    for &byte in probe {
        match byte {
            0 => zeros += 1,
            b'\t' | b'\n' | b'\r' | 0x0c | 0x1b | b' '..=b'~' => {}
            0x80.. => high += 1,
            _ => return false,
        }
    }
    probe.len() >= SHORTEST
        && zeros <= FEW_ZEROS + probe.len() / ZEROS_IN
        && zeros * 4 <= probe.len()
        && high * 4 <= probe.len()
}

/// Replaces zero bytes with blanks.
fn without_zeros(bytes: &[u8]) -> Vec<u8> {
    let blank = |byte: &u8| if *byte == 0 { b' ' } else { *byte };
    bytes.iter().map(blank).collect()
}

/// Returns whether bytes are text exactly as stored, given that their base was: the bytes in `inherited` are known, so
/// only the others are checked.
pub(super) fn is_still_text(bytes: &[u8], inherited: &[Inherited]) -> bool {
    let probe = &bytes[..bytes.len().min(PROBE)];
    if Encoding::for_bom(bytes).is_some() || begins_otherwise(bytes) {
        return false;
    }
    let mut at = 0;
    for stretch in inherited {
        // Bytes beyond the probe of the base were not checked there.
        let known = PROBE.saturating_sub(stretch.base_start).min(stretch.len);
        let range = stretch.start..(stretch.start + known).min(probe.len());
        if range.is_empty() {
            continue;
        }
        if memchr::memchr(0, &probe[at..range.start]).is_some() {
            return false;
        }
        at = range.end;
    }
    memchr::memchr(0, &probe[at..]).is_none()
}

/// Whether bytes begin like a binary format, whatever follows.
fn begins_otherwise(bytes: &[u8]) -> bool {
    bytes.starts_with(b"%PDF-") || is_packed(bytes)
}

fn plain(bytes: &[u8]) -> Text<'_> {
    let probe = &bytes[..bytes.len().min(PROBE)];
    if memchr::memchr(0, probe).is_some() || begins_otherwise(bytes) {
        return Text::Binary;
    }
    Text::Utf8(Cow::Borrowed(bytes))
}

fn decode_utf16<'a>(encoding: &'static Encoding, bytes: &[u8]) -> Text<'a> {
    let (text, _) = encoding.decode_without_bom_handling(bytes);
    // Nobody writes U+0000 in text: this was UTF-32, or not text.
    if text.as_bytes().iter().take(PROBE).any(|&byte| byte == 0) {
        return Text::Binary;
    }
    Text::Utf8(Cow::Owned(text.into_owned().into_bytes()))
}

/// Guesses UTF-16 for text that is mostly ASCII: its zero bytes are on one side of the pairs, and there nearly
/// everywhere.
fn guess_utf16(probe: &[u8]) -> Option<&'static Encoding> {
    let pairs = probe.chunks_exact(2);
    let count = pairs.len();
    let (mut high, mut low) = (0, 0);
    for pair in pairs {
        high += usize::from(pair[0] == 0);
        low += usize::from(pair[1] == 0);
    }
    let mostly = |zeros: usize| count >= 2 && zeros * 10 >= count * 7;
    match (high, low) {
        (0, low) if mostly(low) => Some(UTF_16LE),
        (high, 0) if mostly(high) => Some(UTF_16BE),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf16(text: &str, big: bool) -> Vec<u8> {
        text.encode_utf16()
            .flat_map(|unit| {
                if big {
                    unit.to_be_bytes()
                } else {
                    unit.to_le_bytes()
                }
            })
            .collect()
    }

    fn check(bytes: &[u8], expected: Option<&[u8]>) {
        let text = match decode(bytes) {
            Text::Utf8(text) => Some(text.into_owned()),
            Text::Binary => None,
        };
        assert_eq!(text.as_deref(), expected);
    }

    #[test]
    fn utf16_is_read_with_and_without_a_mark() {
        let line = "password: ä\n";
        for big in [false, true] {
            let mark: &[u8] = if big { b"\xfe\xff" } else { b"\xff\xfe" };
            check(&[mark, &utf16(line, big)].concat(), Some(line.as_bytes()));
            check(&utf16(line, big), Some(line.as_bytes()));
        }
    }

    #[test]
    fn a_utf8_mark_is_taken_off() {
        check(b"\xef\xbb\xbfa=b", Some(b"a=b"));
    }

    #[test]
    fn latin1_passes_through() {
        check(b"k\xe4se=1", Some(b"k\xe4se=1"));
    }

    #[test]
    fn zero_bytes_and_pdf_are_binary() {
        check(b"\x7fELF\x02\x01\x01\0\0\0", None);
        check(b"%PDF-1.7 text", None);
        check(&[0; 64], None);
        check(b"\xff\xfe\0\0a\0\0\0", None);
    }

    #[test]
    fn what_is_derived_from_text_is_told_by_what_is_new() {
        let base = [&[b'a'; PROBE][..], b"\0\0"].concat();
        let from = |start: usize, base_start: usize, len: usize| Inherited {
            start,
            base_start,
            len,
        };
        let check = |bytes: &[u8], inherited: &[Inherited], expected: bool| {
            assert_eq!(is_still_text(bytes, inherited), expected);
            assert!(!expected || decode(bytes) == Text::Utf8(Cow::Borrowed(bytes)));
        };
        check(&base, &[from(0, 0, base.len())], true);
        // Bytes that were beyond the probe move into it.
        check(&base[9..], &[from(0, 9, base.len() - 9)], false);
        check(b"ab", &[from(1, 0, 1)], true);
        check(b"\0a", &[from(1, 0, 1)], false);
        check(b"a\0a", &[from(0, 0, 1), from(2, 5, 1)], false);
        check(b"a\0", &[from(0, 0, 1)], false);
        check(b"%PDF-a", &[from(5, 0, 1)], false);
        check(b"\xef\xbb\xbfa", &[from(3, 0, 1)], false);
    }

    #[test]
    fn a_zero_byte_here_and_there_is_blank() {
        check(
            b"PASSWORD=hunter2\0\nA=1\n",
            Some(b"PASSWORD=hunter2 \nA=1\n"),
        );
        check(
            b"k\xe4se=1\0 and more of it",
            Some(b"k\xe4se=1  and more of it"),
        );
        // Numbers, strings in programs, and fixed-width columns.
        check(b"ab\0\0\0\x01cdefgh", None);
        check(b"name\0\0\0\0\0\0\0\0\0value\0\0\0\0", None);
        check(b"a\0b\0", Some(b"ab"));
        check(b"\0\0a", None);
    }

    #[test]
    fn nothing_is_text() {
        check(b"", Some(b""));
    }
}
