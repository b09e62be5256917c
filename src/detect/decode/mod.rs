//! Texts within texts: what is encoded in a file, decoded in windows.
//!
//! Pure functions over bytes, with one file per encoding. As with keywords, a few bytes around a place decide whether
//! something encoded begins there (see [`runs`]); what is decoded from there on is bounded by [`LIMIT`]. So the result
//! at a place depends only on what is near it, and a text need not be decoded again where it did not change.

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

/// The most encoded bytes that are decoded from where something encoded begins: the base64 of 12 KiB.
pub(super) const LIMIT: usize = 16 << 10;

/// How deep texts may be nested, not counting the file itself.
pub(super) const DEPTH: usize = 3;

/// How many bytes of an encoded text are checked before it is taken for one.
const PROBE: usize = 24;

/// The fewest bytes of digits or escapes that something encoded begins with: the base64 of twenty bytes.
pub(super) const RUN: usize = 27;

/// A way to write bytes as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) enum Encoding {
    /// In either alphabet, padded or not, on one line or wrapped.
    Base64,
    /// Text in little-endian two-byte units, as Windows takes commands.
    Utf16,
    /// Two digits per byte.
    Hex,
    /// `\x41\x42`, `\u0041\u0042`.
    Escapes,
    /// `%2F`.
    Percent,
    /// Escapes in a string of JSON or of a program.
    Json,
    /// `&#47;`, `&amp;`.
    Html,
    /// `"one" + "two"`.
    Join,
    /// Lines continued with `\`, and wrapped digits.
    Lines,
}

impl Encoding {
    /// Returns its name as used in reports.
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

    /// Returns what `encoded` decodes to, which is a whole range that was found to be in this encoding.
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

/// A decoded text, and where each of its bytes came from.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Decoded {
    pub(super) bytes: Vec<u8>,
    /// By byte: the start and end of what encodes it.
    places: Vec<(u32, u32)>,
}

impl Decoded {
    fn with_capacity(bytes: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(bytes),
            places: Vec::with_capacity(bytes),
        }
    }

    /// Adds a byte that the encoded bytes from `start` to `end` stand for.
    fn push(&mut self, byte: u8, start: usize, end: usize) {
        let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.bytes.push(byte);
        self.places.push((small(start), small(end)));
    }

    /// Adds bytes that the encoded text contains unchanged, from `start` on.
    fn push_plain(&mut self, bytes: &[u8], start: usize) {
        let small = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        self.bytes.extend_from_slice(bytes);
        let ends = small(start)..small(start + bytes.len());
        self.places
            .extend(ends.map(|at| (at, at.saturating_add(1))));
    }

    /// Returns where the byte that begins at `at` in the encoded text is in the decoded one.
    pub(super) fn find(&self, at: usize) -> Option<usize> {
        let at = u32::try_from(at).ok()?;
        self.places.binary_search_by(|place| place.0.cmp(&at)).ok()
    }

    /// Returns the range of the encoded text that the bytes in `range` came from.
    pub(super) fn place(&self, range: &Range<usize>) -> Range<usize> {
        let places = self.places.get(range.clone()).unwrap_or_default();
        match (places.first(), places.last()) {
            (Some(first), Some(last)) => first.0 as usize..last.1 as usize,
            _ => 0..0,
        }
    }
}

/// Returns what is encoded at a [`Start`]: its encoding and its range.
pub(super) fn encoded_at(text: &[u8], at: usize) -> Option<(Encoding, Range<usize>)> {
    let (encoding, end) = match start_at(text, at)? {
        Start::Base64 => (Encoding::Base64, base64::end(text, at)?),
        Start::Hex => (Encoding::Hex, hex::end(text, at)?),
        Start::Escapes => (Encoding::Escapes, escapes::end(text, at)),
    };
    Some((encoding, at..end))
}

/// Whether a byte can be in text that somebody encoded: what can be typed, and line ends.
fn is_typed(byte: u8) -> bool {
    matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e)
}

/// Returns whether bytes are text, so that searching them is worthwhile. A key or an image is not.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let typed = bytes.iter().filter(|byte| is_typed(**byte)).count();
    let is_control = |byte: &u8| *byte < 0x20 && !is_typed(*byte);
    !bytes.is_empty() && typed * 10 >= bytes.len() * 9 && !bytes.iter().any(is_control)
}
