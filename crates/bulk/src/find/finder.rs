//! Finds many byte strings at once, each of which is nearly never there.
//!
//! A string is known by anchors: some bytes at its beginning, and at every [`EVERY`]th place behind that. They are as long as
//! the shortest string of a [class](`CLASSES`) allows. Among places one after the other, as many as an anchor
//! has blocks, one is the beginning of a block of each anchor there. So it is enough to look at every so many places of a
//! text: whether the block there is in any anchor is two bits of a word, and so is whether one next to it is, whether an
//! anchor may begin at one of the places that it then has is a bit of another, then a look-up says whether one does, and only
//! then strings are compared. And where
//! a text was looked through but for a part, a string that has come about by that part has an anchor at most [`BEFORE`] bytes
//! before it, however long it is. Shorter strings take an automaton.

use std::ops::{Range, RangeInclusive};

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// How many bytes the anchors of strings have that are looked for together. The longer they are, the fewer places are looked
/// at; so that a few short strings do not make all anchors short, those are looked for by themselves.
const CLASSES: [RangeInclusive<usize>; 2] = [6..=11, 12..=16];

/// How many bytes have bits in the table.
const BLOCK: usize = 4;

/// How far apart the anchors of a string are. The fewer there are, the smaller is the table, and waiting for it is most of
/// the work.
const EVERY: usize = 64;

/// How far before a place within a string its nearest anchor begins at most: behind the last one that there is room for is
/// less than one more.
const BEFORE: usize = EVERY + *CLASSES[CLASSES.len() - 1].end();

/// The least and the most words of a set, as powers of two: 128 KiB stay in the cache of a processor.
const WORDS: RangeInclusive<u32> = 6..=14;

/// So many words of a set are there for each of its members, about: few bits are set.
const ROOM: usize = 2;

/// Finds byte strings.
pub(super) struct Finder {
    tables: Vec<Table>,
    strings: Vec<Vec<u8>>,
    /// Strings without an anchor, with their numbers, and the length of the longest.
    short: Option<(AhoCorasick, Vec<usize>, usize)>,
}

/// What is known of the strings of a class.
struct Table {
    /// How many bytes an anchor has.
    anchor: usize,
    blocks: Set,
    /// What anchors begin with.
    heads: Set,
    /// Which bits of a head belong to an anchor.
    mask: u64,
    /// By their first and last bytes, of which strings anchors are, and where they begin in them.
    places: FxHashMap<(u32, u32), Vec<(u32, u32)>>,
}

type Block = [u8; BLOCK];

/// A set of numbers, each of which may be in it by mistake: of each, two bits of one word are set.
struct Set {
    words: Vec<u64>,
    /// How far a mixed number is shifted to give its word.
    shift: u32,
}

impl Set {
    /// One for about so many numbers.
    fn new(len: usize) -> Self {
        let words = (len / ROOM).max(1).ilog2() + 1;
        let words = words.clamp(*WORDS.start(), *WORDS.end());
        Self {
            words: vec![0; 1 << words],
            shift: u64::BITS - words,
        }
    }

    /// The word of a number, and its bits there.
    #[inline]
    fn place(&self, number: u64) -> (usize, u64) {
        let mixed = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let word = usize::try_from(mixed >> self.shift).unwrap_or_default();
        (word, 1 << (mixed >> 40 & 63) | 1 << (mixed >> 34 & 63))
    }

    fn insert(&mut self, number: u64) {
        let (word, bits) = self.place(number);
        self.words[word] |= bits;
    }

    #[inline]
    fn may_have(&self, number: u64) -> bool {
        let (word, bits) = self.place(number);
        self.words.get(word).is_some_and(|word| word & bits == bits)
    }
}

#[inline]
fn number(block: Block) -> u64 {
    u64::from(u32::from_le_bytes(block))
}

impl Finder {
    /// Finds `strings`, which are called by their numbers.
    pub(super) fn new(strings: Vec<Vec<u8>>) -> Option<Self> {
        let least = *CLASSES[0].start();
        let is_short = |(_, string): &(usize, &Vec<u8>)| string.len() < least;
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
        let tables = CLASSES
            .into_iter()
            .enumerate()
            .filter_map(|(class, lengths)| {
                let next = CLASSES.get(class + 1).map(|next| *next.start());
                let is_own = |string: &[u8]| {
                    *lengths.start() <= string.len() && next.is_none_or(|next| string.len() < next)
                };
                Table::new(&strings, &is_own, *lengths.end())
            });
        Some(Self {
            tables: tables.collect(),
            strings,
            short,
        })
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
            let start = part.start.saturating_sub(BEFORE).max(done);
            done = done.max(part.end.max(part.start + 1));
            for table in &self.tables {
                table.find(text, start..done, &self.strings, &mut once);
            }
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
    /// Knows those of `strings` that belong to it, by anchors of at most so many bytes; `None` where none does.
    fn new(strings: &[Vec<u8>], is_own: &dyn Fn(&[u8]) -> bool, most: usize) -> Option<Self> {
        let own = || (0..).zip(strings).filter(|(_, string)| is_own(string));
        let anchor = own().map(|(_, string)| string.len()).min()?.min(most);
        let places = own()
            .map(|(_, string)| (string.len() - anchor) / EVERY + 1)
            .sum::<usize>();
        let mut table = Self {
            anchor,
            blocks: Set::new(places * (anchor - BLOCK + 1)),
            heads: Set::new(places),
            mask: u64::MAX >> (u64::BITS - 8 * u32::try_from(anchor.min(8)).unwrap_or(8)),
            places: FxHashMap::default(),
        };
        for (number, string) in own() {
            for at in (0..=string.len() - anchor).step_by(EVERY) {
                table.insert((number, string), at);
            }
        }
        Some(table)
    }

    /// Notes the anchor that begins at a place in a string.
    fn insert(&mut self, (string, bytes): (u32, &[u8]), at: usize) {
        let anchor = &bytes[at..at + self.anchor];
        for block in anchor.windows(BLOCK).filter_map(<[u8]>::first_chunk) {
            self.blocks.insert(number(*block));
        }
        self.heads.insert(self.head(bytes, at));
        if let Some(ends) = ends(anchor) {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            self.places.entry(ends).or_default().push((string, at));
        }
    }

    /// Finds the strings of which an anchor begins in `part`.
    fn find(
        &self,
        text: &[u8],
        part: Range<usize>,
        strings: &[Vec<u8>],
        hit: &mut dyn FnMut(usize, usize, usize),
    ) {
        let step = self.anchor - BLOCK + 1;
        let mut at = part.start;
        while at < part.end + step - 1
            && let Some(block) = text.get(at..).and_then(<[u8]>::first_chunk)
        {
            if self.blocks.may_have(number(*block)) && self.goes_on(text, at) {
                for start in at.saturating_sub(step - 1)..=at {
                    if self.heads.may_have(self.head(text, start)) {
                        self.compare(text, start, strings, hit);
                    }
                }
            }
            at += step;
        }
    }

    /// Whether an anchor may have the block at a place: a long one has the block before it, or that behind it, too.
    fn goes_on(&self, text: &[u8], at: usize) -> bool {
        let may_have = |at: usize| {
            let block = text.get(at..).and_then(<[u8]>::first_chunk);
            block.is_some_and(|block| self.blocks.may_have(number(*block)))
        };
        self.anchor < 3 * BLOCK - 1
            || may_have(at + BLOCK)
            || at.checked_sub(BLOCK).is_some_and(may_have)
    }

    /// What an anchor at a place would begin with.
    #[inline]
    fn head(&self, text: &[u8], at: usize) -> u64 {
        let rest = text.get(at..).unwrap_or_default();
        let head = rest.first_chunk().copied().unwrap_or_else(|| {
            let mut head = [0; 8];
            head[..rest.len()].copy_from_slice(rest);
            head
        });
        u64::from_le_bytes(head) & self.mask
    }

    fn compare(
        &self,
        text: &[u8],
        at: usize,
        strings: &[Vec<u8>],
        hit: &mut dyn FnMut(usize, usize, usize),
    ) {
        let anchor = text.get(at..at + self.anchor).and_then(ends);
        let known = anchor.and_then(|anchor| self.places.get(&anchor));
        for &(number, offset) in known.into_iter().flatten() {
            let string = &strings[number as usize];
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
fn ends(anchor: &[u8]) -> Option<(u32, u32)> {
    let (first, last) = (anchor.first_chunk()?, anchor.last_chunk()?);
    Some((u32::from_le_bytes(*first), u32::from_le_bytes(*last)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_string_is_found_wherever_it_begins() {
        let strings = [
            "abcdef",
            "bcdefg",
            "abcdefgh",
            "zzzzzz",
            "défghi",
            "abcdefghabcdefgh",
            "defghi abcdefghabcdefgh zzzzzz bcdefgh",
        ];
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
