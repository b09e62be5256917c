//! Finds many byte strings at once, each of which is nearly never there.
//!
//! A string is known by anchors: some bytes at its beginning, at every [`EVERY`]th place behind that, and at its end. They
//! are as long as the shortest string allows, within [`ANCHOR`]. Among places one after the other, as many as an anchor has
//! blocks, one is the beginning of a block of each anchor there. So it is enough to look at every so many places of a text:
//! whether the block there is in any anchor is two bits of a word, then a look-up says whether one of the anchors that may
//! have it there is one, and only then strings are compared. And where a text was looked through but for a part, a string
//! that has come about by that part has an anchor at most [`EVERY`] bytes before it, however long it is. Shorter strings take
//! an automaton.

use std::ops::{Range, RangeInclusive};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many bytes an anchor has. The longer it is, the fewer places are looked at, and the more of them may be one.
const ANCHOR: RangeInclusive<usize> = 6..=9;

/// How many bytes have bits in the table.
const BLOCK: usize = 4;

/// How far apart the anchors of a string are at most.
const EVERY: usize = 32;

/// The number of words of the table, as a power of two: 512 KiB, which stay in the cache of a processor.
const WORDS: u32 = 16;

/// Finds byte strings.
pub(super) struct Finder {
    table: Table,
    /// Strings without an anchor, with their numbers, and the length of the longest.
    short: Option<(AhoCorasick, Vec<usize>, usize)>,
}

/// What is known of strings with anchors.
struct Table {
    /// How many bytes an anchor has.
    anchor: usize,
    blocks: Blocks,
    /// By their first and last bytes, of which strings anchors are, and where they begin in them.
    places: FxHashMap<(Block, Block), Vec<(u32, u32)>>,
    strings: Vec<Vec<u8>>,
}

type Block = [u8; BLOCK];

/// A set of blocks, each of which may be in it by mistake: of each, two bits of one word are set.
struct Blocks(Vec<u64>);

impl Blocks {
    fn new() -> Self {
        Self(vec![0; 1 << WORDS])
    }

    /// The word of a block, and its bits there.
    #[inline]
    fn place(block: Block) -> (usize, u64) {
        let mixed = u64::from(u32::from_le_bytes(block)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let word = usize::try_from(mixed >> (u64::BITS - WORDS)).unwrap_or_default();
        (word, 1 << (mixed >> 40 & 63) | 1 << (mixed >> 34 & 63))
    }

    fn insert(&mut self, block: Block) {
        let (word, bits) = Self::place(block);
        self.0[word] |= bits;
    }

    #[inline]
    fn may_have(&self, block: Block) -> bool {
        let (word, bits) = Self::place(block);
        self.0.get(word).is_some_and(|word| word & bits == bits)
    }
}

impl Finder {
    /// Finds `strings`, which are called by their numbers.
    pub(super) fn new(strings: Vec<Vec<u8>>) -> Option<Self> {
        let is_short = |(_, string): &(usize, &Vec<u8>)| string.len() < *ANCHOR.start();
        let short = strings.iter().enumerate().filter(is_short);
        let (numbers, short): (Vec<usize>, Vec<&Vec<u8>>) = short.unzip();
        let longest = short.iter().map(|string| string.len()).max();
        let mut builder = AhoCorasick::builder();
        builder.match_kind(MatchKind::Standard);
        builder.kind(Some(AhoCorasickKind::ContiguousNFA));
        let short = match longest {
            Some(longest) => Some((builder.build(short).ok()?, numbers, longest)),
            None => None,
        };
        let table = Table::new(strings);
        Some(Self { table, short })
    }

    /// Calls `hit` with the number of each string that is in `text`, and where it begins and ends.
    pub(super) fn find(&self, text: &[u8], hit: &mut dyn FnMut(usize, usize, usize)) {
        self.find_near(text, std::slice::from_ref(&(0..text.len())), hit);
    }

    /// The same for what is at least in part in one of `parts`, which ascend, or goes on from one side of an empty one to
    /// the other.
    pub(super) fn find_near(
        &self,
        text: &[u8],
        parts: &[Range<usize>],
        hit: &mut dyn FnMut(usize, usize, usize),
    ) {
        let (mut done, mut seen) = (0, FxHashSet::default());
        // A string has several anchors, and counts once.
        let mut once = |number, start, end| {
            if seen.insert((number, start)) {
                hit(number, start, end);
            }
        };
        for part in parts {
            let start = part.start.saturating_sub(EVERY).max(done);
            done = done.max(part.end.max(part.start + 1));
            self.table.find(text, start..done, &mut once);
        }
        let Some((automaton, numbers, longest)) = &self.short else {
            return;
        };
        for part in parts {
            let start = part.start.saturating_sub(*longest);
            let near = &text[start..text.len().min(part.end + longest)];
            for found in automaton.find_overlapping_iter(near) {
                let number = numbers[found.pattern().as_usize()];
                once(number, start + found.start(), start + found.end());
            }
        }
    }
}

impl Table {
    fn new(strings: Vec<Vec<u8>>) -> Self {
        let lengths = strings.iter().map(Vec::len);
        let shortest = lengths.filter(|len| ANCHOR.contains(len)).min();
        let anchor = shortest.unwrap_or(*ANCHOR.end());
        let mut table = Self {
            anchor,
            blocks: Blocks::new(),
            places: FxHashMap::default(),
            strings,
        };
        for (number, string) in (0..).zip(&table.strings) {
            let Some(last) = string.len().checked_sub(anchor) else {
                continue;
            };
            for at in (0..last).step_by(EVERY).chain([last]) {
                let bytes = &string[at..at + anchor];
                for block in bytes.windows(BLOCK).filter_map(<[u8]>::first_chunk) {
                    table.blocks.insert(*block);
                }
                if let Some(ends) = ends(bytes) {
                    let at = u32::try_from(at).unwrap_or(u32::MAX);
                    table.places.entry(ends).or_default().push((number, at));
                }
            }
        }
        table
    }

    /// Finds the strings of which an anchor begins in `part`.
    fn find(&self, text: &[u8], part: Range<usize>, hit: &mut dyn FnMut(usize, usize, usize)) {
        let step = self.anchor - BLOCK + 1;
        let mut at = part.start;
        while at < part.end + step - 1
            && let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk)
        {
            if self.blocks.may_have(*block) {
                for start in at.saturating_sub(step - 1)..=at {
                    self.compare(text, start, hit);
                }
            }
            at += step;
        }
    }

    fn compare(&self, text: &[u8], at: usize, hit: &mut dyn FnMut(usize, usize, usize)) {
        let anchor = text.get(at..at + self.anchor).and_then(ends);
        let strings = anchor.and_then(|anchor| self.places.get(&anchor));
        for &(number, offset) in strings.into_iter().flatten() {
            let string = &self.strings[number as usize];
            let Some(start) = at.checked_sub(offset as usize) else {
                continue;
            };
            if text[start..].starts_with(string) {
                hit(number as usize, start, start + string.len());
            }
        }
    }
}

/// The first and the last bytes of an anchor.
fn ends(anchor: &[u8]) -> Option<(Block, Block)> {
    Some((*anchor.first_chunk()?, *anchor.last_chunk()?))
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
        found.sort_unstable();
        assert_eq!(found, [(0, 1), (1, 1)]);
    }

    #[test]
    fn near_a_part_all_is_found_that_it_is_in() {
        let long: Vec<u8> = (0..200_u8).map(|at| b'a' + at % 7 * (at % 3)).collect();
        let strings = vec![long.clone(), b"short!".to_vec(), b"xy".to_vec()];
        let finder = Finder::new(strings.clone()).unwrap();
        let text = [&b"  short! xy "[..], &long, b" xy short! ", &long[..150]].concat();
        for start in 0..text.len() {
            for end in [start, start + 1, start + 40] {
                let part = start..end.min(text.len());
                let mut found = BTreeSet::new();
                finder.find_near(
                    &text,
                    std::slice::from_ref(&part),
                    &mut |number, from, to| {
                        assert_eq!(text[from..to], strings[number]);
                        found.insert((number, from));
                    },
                );
                for (number, string) in strings.iter().enumerate() {
                    for from in 0..text.len() {
                        let to = from + string.len();
                        let touches = from < part.end && part.start < to
                            || part.is_empty() && from < start && start < to;
                        let is_there = text[from..].starts_with(string) && touches;
                        assert!(
                            !is_there || found.contains(&(number, from)),
                            "{part:?} {number}"
                        );
                    }
                }
            }
        }
    }
}
