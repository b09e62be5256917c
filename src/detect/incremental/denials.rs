//! Remembers what was around keywords that led to nothing: versions and files that are alike have the same words in the
//! same surroundings again.

use std::ops::Range;

use crate::detect::extent::Looked;

/// How many are remembered, as a power of two.
const BITS: u32 = 12;

/// How many bytes that counted are worth remembering: more hardly ever come again.
const FARTHEST: u16 = 384;

/// How many bytes before a keyword, and how many behind it, decide which place it has.
const BEFORE: usize = 8;
const BEHIND: usize = 16;

/// Keywords that led to nothing, each with all that counted for that.
#[derive(Debug, Default)]
pub(super) struct Denials {
    /// The detector that said so.
    detector: u64,
    /// By some bits of the key.
    places: Vec<Denial>,
}

#[derive(Debug, Clone)]
struct Denial {
    /// `None` where there is none yet.
    key: Option<u64>,
    looked: Looked,
    /// All bytes that counted.
    text: Vec<u8>,
}

/// The place of a keyword among those that are remembered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key(u64);

impl Key {
    /// Returns the key of the keyword at `word`; `None` at the ends of a text.
    #[inline]
    pub(super) fn of(bytes: &[u8], word: &Range<usize>, keyword: u16) -> Option<Self> {
        const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
        let before = bytes[..word.start].last_chunk::<BEFORE>()?;
        let behind = bytes[word.end..].first_chunk::<BEHIND>()?;
        let mut key = u64::from(keyword).wrapping_mul(FACTOR) ^ u64::from_le_bytes(*before);
        for part in behind.as_chunks().0 {
            let part = u64::from_le_bytes(*part);
            key = key.rotate_left(23).wrapping_mul(FACTOR) ^ part;
        }
        Some(Self(key.wrapping_mul(FACTOR)))
    }

    fn place(self) -> usize {
        (self.0 >> (u64::BITS - BITS)) as usize
    }
}

impl Denials {
    /// Forgets all that another detector said.
    pub(super) fn belong_to(&mut self, detector: u64) {
        if self.detector != detector || self.places.is_empty() {
            let none = Denial {
                key: None,
                looked: Looked::FAR,
                text: Vec::new(),
            };
            self.detector = detector;
            self.places.clear();
            self.places.resize(1 << BITS, none);
        }
    }

    /// Returns what counted for it that the keyword at `word` led to nothing, if it did in the same surroundings.
    #[inline]
    pub(super) fn find(&self, key: Key, bytes: &[u8], word: &Range<usize>) -> Option<Looked> {
        let known = &self.places[key.place()];
        if known.key != Some(key.0) {
            return None;
        }
        (around(bytes, word, known.looked)? == known.text).then_some(known.looked)
    }

    /// Remembers that the keyword at `word` led to nothing.
    pub(super) fn add(&mut self, key: Key, bytes: &[u8], word: &Range<usize>, looked: Looked) {
        if !looked.is_within(FARTHEST) {
            return;
        }
        // Where the text ends within what counted, its end counted, too.
        let Some(around) = around(bytes, word, looked) else {
            return;
        };
        let place = &mut self.places[key.place()];
        place.key = Some(key.0);
        place.looked = looked;
        place.text.clear();
        place.text.extend_from_slice(around);
    }
}

/// The keyword at `word` with all that counted for it; `None` if that goes beyond the text.
fn around<'t>(bytes: &'t [u8], word: &Range<usize>, looked: Looked) -> Option<&'t [u8]> {
    let (before, behind) = looked.extent()?;
    bytes.get(word.start.checked_sub(before)?..word.end + behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: Range<usize> = 20..24;

    fn known(denials: &Denials, text: &str) -> Option<Looked> {
        let key = Key::of(text.as_bytes(), &WORD, 7)?;
        denials.find(key, text.as_bytes(), &WORD)
    }

    #[test]
    fn what_counted_must_be_the_same_and_nothing_else() {
        let text = "0123456789 the next pass through the loop is the last of all";
        let mut denials = Denials::default();
        denials.belong_to(1);
        let looked = Looked::at(12, 30);
        let key = Key::of(text.as_bytes(), &WORD, 7).unwrap();
        denials.add(key, text.as_bytes(), &WORD, looked);
        assert_eq!(known(&denials, text), Some(looked));
        assert_eq!(known(&denials, &text.replace("all", "ten")), Some(looked));
        assert_eq!(known(&denials, &text.replace("loop", "door")), None);
        assert_eq!(known(&denials, &text.replace("is", "as")), None);
        assert_eq!(known(&denials, &text[..50]), None);
        denials.belong_to(2);
        assert_eq!(known(&denials, text), None);
    }

    #[test]
    fn what_a_text_ends_within_is_not_remembered() {
        let text = "0123456789 the next pass through the loop";
        let mut denials = Denials::default();
        denials.belong_to(1);
        let key = Key::of(text.as_bytes(), &WORD, 7).unwrap();
        for looked in [Looked::at(12, 30), Looked::at(30, 4), Looked::FAR] {
            denials.add(key, text.as_bytes(), &WORD, looked);
            assert_eq!(known(&denials, text), None);
        }
    }
}
