//! Text in which some characters are written differently: JSON escapes, percent encoding, HTML entities, and
//! concatenated strings.
//!
//! A credential in such text looks almost the same. What keeps its pattern from matching is right before it (`\n`,
//! `%22`), inside it (`\/`, `%2F`), or joins its parts (`" + "`).

mod fold;
mod html;
mod join;
mod json;
mod percent;

use std::ops::Range;

use super::{Decoded, Encoding};
use crate::detect::extent::Looked;

/// How many bytes of a credential are searched for such characters.
const TOKEN: usize = 200;

/// More than the length of the longest escape or entity, in bytes.
const SHORT: usize = 16;

/// How many more bytes than a pattern can see are decoded, since decoding shortens the text.
pub(in crate::detect) const MORE: usize = 500;

/// Returns the encoding of the text around the keyword at `word`, if anything near it is encoded. In either case, also
/// returns how far the text was examined.
pub(in crate::detect) fn encoding_around(
    text: &[u8],
    word: &Range<usize>,
) -> Result<(Encoding, Looked), Looked> {
    const BEFORE: usize = super::escapes::LONGEST;
    let before = &text[word.start.saturating_sub(BEFORE)..word.start];
    if before.last().is_some_and(u8::is_ascii_alphanumeric) {
        let looked = Looked::at(BEFORE, 0);
        return if json::ends_with_escape(before) {
            Ok((Encoding::Json, looked))
        } else if percent::ends_with_escape(before) {
            Ok((Encoding::Percent, looked))
        } else {
            Err(looked)
        };
    }
    let is_part = |byte: &u8| {
        byte.is_ascii_alphanumeric()
            || matches!(byte, b'_' | b'-' | b'.' | b'~' | b'=' | b'+' | b'/')
    };
    let rest = &text[word.end..];
    let token = rest
        .iter()
        .take(TOKEN)
        .take_while(|byte| is_part(byte))
        .count();
    let (found, more) = match &rest[token..] {
        [b'%', ..] => (
            percent::escape(&rest[token..]).map(|_| Encoding::Percent),
            SHORT,
        ),
        [b'\\', b'/' | b'u' | b'x', ..] => (Some(Encoding::Json), SHORT),
        [b'&', ..] => (html::entity(&rest[token..]).map(|_| Encoding::Html), SHORT),
        [b'"' | b'\'' | b'`', ..] => (
            join::joint(&rest[token..]).map(|_| Encoding::Join),
            join::extent(&rest[token..]),
        ),
        _ => (None, 2),
    };
    let looked = Looked::at(BEFORE, token + more);
    found.map(|encoding| (encoding, looked)).ok_or(looked)
}

/// Returns the length of the joint that `text` begins with: from the quotation mark that ends one part of a string to
/// the one that begins the next. Also returns whether anything other than white space joins them.
pub(in crate::detect) fn joint(text: &[u8]) -> Option<(usize, bool)> {
    let (_, length) = join::joint(text)?;
    let has_sign = text[1..length - 1]
        .iter()
        .any(|byte| !byte.is_ascii_whitespace());
    Some((length, has_sign))
}

/// Decodes what `known` recognises, which begins with one of `signs`, and keeps everything else.
fn replace(
    encoded: &[u8],
    signs: [u8; 3],
    known: impl Fn(&[u8]) -> Option<(Option<char>, usize)>,
) -> Decoded {
    let mut decoded = Decoded::with_capacity(encoded.len());
    let mut at = 0;
    while at < encoded.len() {
        let [a, b, c] = signs;
        let plain = memchr::memchr3(a, b, c, &encoded[at..]).unwrap_or(encoded.len() - at);
        decoded.push_plain(&encoded[at..at + plain], at);
        at += plain;
        let Some((character, length)) = known(&encoded[at..]) else {
            let sign = &encoded[at..encoded.len().min(at + 1)];
            decoded.push_plain(sign, at);
            at += 1;
            continue;
        };
        let mut buffer = [0; 4];
        let said = character.map(|character| character.encode_utf8(&mut buffer).len());
        for &byte in &buffer[..said.unwrap_or_default()] {
            decoded.push(byte, at, at + length);
        }
        at += length;
    }
    decoded
}

pub(super) fn decode(encoding: Encoding, encoded: &[u8]) -> Decoded {
    match encoding {
        Encoding::Percent => replace(encoded, [b'%'; 3], percent::escape),
        Encoding::Html => replace(encoded, [b'&'; 3], html::entity),
        Encoding::Join => replace(encoded, *b"\"'`", join::joint),
        Encoding::Lines => replace(encoded, *b"\\\n\r", fold::line_end),
        _ => replace(encoded, [b'\\'; 3], json::escape),
    }
}
