//! Texts within texts: what is encoded in a file, decoded in windows.
//!
//! Pure functions over bytes, a file for each encoding. Where something encoded begins is decided by a few bytes around
//! that place (see [`runs`]), as it is for keywords; what is decoded from there on is bounded by [`LIMIT`]. So a place
//! depends on nothing but what is near it, and a text need not be decoded again where it did not change.

mod base64;
mod escapes;
mod hex;
pub(super) mod inner;
pub(super) mod layers;
mod lines;
mod runs;
mod shape;
mod veil;

use std::ops::Range;

use serde::{Deserialize, Serialize};

pub(super) use base64::{is_utf16, wrapped_end};
pub(super) use runs::{LOOK_BACK, find};
use runs::{Start, start_at};
pub(super) use shape::is_structured;
pub(super) use veil::{MORE, encoding_around, joint};

/// How many encoded bytes are decoded at most, from where something encoded begins: the base64 of 12 KiB.
pub(super) const LIMIT: usize = 16 << 10;

/// How many texts may be within each other, the file itself not counted.
pub(super) const DEPTH: usize = 3;

/// How many bytes of an encoded text are looked at before it is taken for one.
const PROBE: usize = 24;

/// How many bytes of digits or escapes something encoded begins with at least: twenty bytes in base64 have as many.
pub(super) const RUN: usize = 27;

/// A way to write bytes as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Encoding {
    /// Either alphabet, padded or not, on one line or wrapped.
    Base64,
    /// Text in units of two bytes, the low one first, as Windows takes commands.
    Utf16,
    /// Two digits a byte.
    Hex,
    /// `\x41\x42`, `\u0041\u0042`.
    Escapes,
    /// `%2F`.
    Percent,
    /// Escapes within a string of JSON or of a program.
    Json,
    /// `&#47;`, `&amp;`.
    Html,
    /// `"one" + "two"`.
    Join,
    /// Lines that go on with `\`, and digits that are wrapped.
    Lines,
}

impl Encoding {
    /// As reports call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::Utf16 => "utf-16",
            Self::Hex => "hex",
            Self::Escapes => "escapes",
            Self::Percent => "percent",
            Self::Json => "json",
            Self::Html => "html",
            Self::Join => "concatenation",
            Self::Lines => "lines",
        }
    }

    /// Returns what `encoded` states, which is all of a range that was found to be in this encoding.
    pub(super) fn decode(self, encoded: &[u8]) -> Decoded {
        match self {
            Self::Base64 => base64::decode(encoded),
            Self::Utf16 => base64::from_utf16(encoded),
            Self::Hex => hex::decode(encoded),
            Self::Escapes => escapes::decode(encoded),
            Self::Percent | Self::Json | Self::Html | Self::Join | Self::Lines => {
                veil::decode(self, encoded)
            }
        }
    }
}

/// A text that was decoded, and where each of its bytes came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    /// By byte: what of the encoded text states it.
    places: Vec<(u32, u32)>,
}

impl Decoded {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            places: Vec::with_capacity(bytes),
        }
    }

    /// Adds a byte that the encoded bytes from `start` to `end` say.
    fn push(&mut self, byte: u8, start: usize, end: usize) {
        let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.bytes.push(byte);
        self.places.push((small(start), small(end)));
    }

    /// Adds bytes that the encoded text has as they are, from `start` on.
    fn push_plain(&mut self, bytes: &[u8], start: usize) {
        let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(bytes);
        let ends = small(start)..small(start + bytes.len());
        self.places
            .extend(ends.map(|at| (at, at.saturating_add(1))));
    }

    /// Returns where the byte that the encoded text has at `at` is.
    pub(super) fn find(&self, at: usize) -> Option<usize> {
        let at = u32::try_from(at).ok()?;
        self.places.binary_search_by(|place| place.0.cmp(&at)).ok()
    }

    /// Returns what of the encoded text states the bytes in `range`.
    pub(super) fn place(&self, range: &Range<usize>) -> Range<usize> {
        let places = self.places.get(range.clone()).unwrap_or_default();
        match (places.first(), places.last()) {
            (Some(first), Some(last)) => first.0 as usize..last.1 as usize,
            _ => 0..0,
        }
    }
}

/// Returns what is encoded behind a [`Start`]: in which encodings, the outermost first, and where.
pub(super) fn encoded_at(text: &[u8], at: usize) -> Option<(Encoding, Range<usize>)> {
    let (encoding, end) = match start_at(text, at)? {
        Start::Base64 => (Encoding::Base64, base64::end(text, at)?),
        Start::Hex => (Encoding::Hex, hex::end(text, at)?),
        Start::Escapes => (Encoding::Escapes, escapes::end(text, at)),
    };
    Some((encoding, at..end))
}

/// Whether a byte can be in text that someone has encoded: what can be typed, and ends of lines.
fn is_typed(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e)
}

/// Returns whether bytes are text, so that it is worth looking for anything in them. A key or an image is not.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let typed = bytes.iter().filter(|byte| is_typed(**byte)).count();
    let is_control = |byte: &u8| *byte < 0x20 && !is_typed(*byte);
    !bytes.is_empty() && typed * 10 >= bytes.len() * 9 && !bytes.iter().any(is_control)
}
