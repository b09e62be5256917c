//! Remembers the surroundings of keywords that led to nothing: similar versions and files have the same words in the
//! same surroundings again.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::RandomState;

use crate::detect::extent::Looked;

/// How many entries are remembered, as a power of two.
const BITS: u32 = 12;

/// Only outcomes that depended on at most so many bytes on either side are remembered: longer texts hardly ever recur.
const FARTHEST: u16 = 384;

/// How many bytes before and after a keyword determine the entry it is stored in.
const BEFORE: usize = 8;
const BEHIND: usize = 16;

/// Keywords that led to nothing, with a hash of the bytes that showed it.
#[derive(Debug, Default)]
pub(super) struct Denials {
    /// The number of the detector that made these decisions.
    detector: u64,
    /// Indexed by the upper bits of the key.
    places: Vec<Denial>,
    /// Seeded anew by each process: no one can choose a text that has the hash of another one.
    hashes: RandomState,
}

/// One remembered keyword. Entries are small so that all of them stay in a fast cache; comparing the texts themselves
/// took as long as evaluating a keyword.
#[derive(Debug, Clone, Copy)]
struct Denial {
    key: u64,
    /// The hash of all bytes that the outcome depended on.
    text: u64,
    looked: Looked,
}

impl Denial {
    /// An empty entry: it never matches, since its extent is unknown.
    const NONE: Self = Self {
        key: 0,
        text: 0,
        looked: Looked::FAR,
    };
}

/// Identifies a keyword together with its nearest surroundings.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key(u64);

impl Key {
    /// Returns the key of the keyword at `word`; `None` too close to the ends of a text.
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
    /// Forgets all decisions of another detector.
    pub(super) fn belong_to(&mut self, detector: u64) {
        if self.detector != detector || self.places.is_empty() {
            self.detector = detector;
            self.places.clear();
            self.places.resize(1 << BITS, Denial::NONE);
        }
    }

    /// Returns how many bytes showed that the keyword at `word` leads to nothing, if it did in the same surroundings
    /// before.
    #[inline]
    pub(super) fn find(&self, key: Key, bytes: &[u8], word: &Range<usize>) -> Option<Looked> {
        let known = &self.places[key.place()];
        if known.key != key.0 {
            return None;
        }
        let text = self.hash(around(bytes, word, known.looked)?);
        (text == known.text).then_some(known.looked)
    }

    /// Remembers that the keyword at `word` led to nothing.
    pub(super) fn add(&mut self, key: Key, bytes: &[u8], word: &Range<usize>, looked: Looked) {
        if !looked.is_within(FARTHEST) {
            return;
        }
        // If the text ends within that extent, its end mattered, too.
        let Some(around) = around(bytes, word, looked) else {
            return;
        };
        self.places[key.place()] = Denial {
            key: key.0,
            text: self.hash(around),
            looked,
        };
    }

    /// A hash of 64 bits: two different texts practically never have the same.
    fn hash(&self, text: &[u8]) -> u64 {
        self.hashes.hash_one(text)
    }
}

/// Returns the keyword at `word` with all bytes the outcome depended on; `None` if they extend beyond the text.
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
