//! Finds many byte strings at once, each of which is nearly never there.
//!
//! Every string of six bytes or more has, among three places one after the other, four bytes that begin at each. So it is
//! enough to look at every third place of a text: whether the four bytes there are in any string is one bit of a table,
//! and only where they are, strings are compared. Shorter strings take an automaton.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::FxHashMap;

/// The shortest string that the table can find.
const LEAST: usize = 6;

/// How many bytes have a bit.
const BLOCK: usize = 4;

/// How far apart the places are that are looked at.
const STEP: usize = LEAST - BLOCK + 1;

/// The number of bits of the table, as a power of two: 128 KiB.
const BITS: u32 = 20;

/// Finds byte strings.
pub(super) enum Finder {
    Table(Table),
    Automaton(AhoCorasick),
}

/// What is known of strings of six bytes or more.
pub(super) struct Table {
    bits: Vec<u64>,
    /// By their first six bytes, the numbers of the strings.
    by_start: FxHashMap<[u8; LEAST], Vec<u32>>,
    strings: Vec<Vec<u8>>,
}

impl Finder {
    /// Finds `strings`, which are called by their numbers.
    pub(super) fn new(strings: Vec<Vec<u8>>) -> Option<Self> {
        if strings.iter().all(|string| string.len() >= LEAST) {
            return Some(Self::Table(Table::new(strings)));
        }
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::Standard);
        builder.kind(Some(AhoCorasickKind::ContiguousNFA));
        builder.build(strings).ok().map(Self::Automaton)
    }

    /// Calls `hit` with the number of each string that is in `text`, and where it begins and ends.
    pub(super) fn find(&self, text: &[u8], hit: &mut dyn FnMut(usize, usize, usize)) {
        match self {
            Self::Table(table) => table.find(text, hit),
            Self::Automaton(automaton) => {
                for found in automaton.find_overlapping_iter(text) {
                    hit(found.pattern().as_usize(), found.start(), found.end());
                }
            }
        }
    }
}

/// The bit that four bytes have.
fn bit(block: [u8; BLOCK]) -> usize {
    let mixed = u32::from_le_bytes(block).wrapping_mul(0x9e37_79b1);
    (mixed >> (32 - BITS)) as usize
}

impl Table {
    fn new(strings: Vec<Vec<u8>>) -> Self {
        let mut bits = vec![0_u64; (1 << BITS) / 64];
        let mut by_start: FxHashMap<[u8; LEAST], Vec<u32>> = FxHashMap::default();
        for (number, string) in (0..).zip(&strings) {
            for at in 0..STEP {
                if let Some(block) = string.get(at..).and_then(<[u8]>::first_chunk) {
                    let bit = bit(*block);
                    bits[bit / 64] |= 1 << (bit % 64);
                }
            }
            if let Some(start) = string.first_chunk() {
                by_start.entry(*start).or_default().push(number);
            }
        }
        Self {
            bits,
            by_start,
            strings,
        }
    }

    fn find(&self, text: &[u8], hit: &mut dyn FnMut(usize, usize, usize)) {
        let mut at = 0;
        while let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk) {
            let bit = bit(*block);
            if self.bits[bit / 64] >> (bit % 64) & 1 == 1 {
                for start in at.saturating_sub(STEP - 1)..=at {
                    self.compare(text, start, hit);
                }
            }
            at += STEP;
        }
    }

    fn compare(&self, text: &[u8], start: usize, hit: &mut dyn FnMut(usize, usize, usize)) {
        let rest = &text[start..];
        let numbers = rest
            .first_chunk()
            .and_then(|first| self.by_start.get(first));
        for &number in numbers.into_iter().flatten() {
            let string = &self.strings[number as usize];
            if rest.starts_with(string) {
                hit(number as usize, start, start + string.len());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_string_is_found_wherever_it_begins() {
        let strings = ["abcdef", "bcdefg", "abcdefgh", "zzzzzz", "défghi"];
        let strings: Vec<Vec<u8>> = strings.iter().map(|it| it.as_bytes().to_vec()).collect();
        let mut random: u64 = 1;
        for length in 0..200 {
            let mut text = Vec::new();
            while text.len() < length {
                random = random
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let at = usize::try_from(random >> 40).unwrap_or(0);
                text.extend_from_slice(&strings[at % strings.len()][..at / 8 % 7]);
                if at % 3 == 0 {
                    text.extend_from_slice(&strings[at % strings.len()]);
                }
                text.push(b' ');
            }
            let mut found = BTreeSet::new();
            let finder = Finder::new(strings.clone()).unwrap();
            finder.find(&text, &mut |number, start, end| {
                found.insert((number, start, end));
            });
            let mut expected = BTreeSet::new();
            for (number, string) in strings.iter().enumerate() {
                for start in 0..text.len() {
                    if text[start..].starts_with(string) {
                        expected.insert((number, start, start + string.len()));
                    }
                }
            }
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn short_strings_are_found_too() {
        let finder = Finder::new(vec![b"abc".to_vec(), b"abcdefgh".to_vec()]).unwrap();
        let mut found = Vec::new();
        finder.find(b"xabcdefgh", &mut |number, start, _| {
            found.push((number, start));
        });
        assert_eq!(found, [(0, 1), (1, 1)]);
    }
}
