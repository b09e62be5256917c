//! Search for many short literals at once, in any ASCII case.
//!
//! Of every two adjacent four-byte groups, one is looked up in a bit table. An occurrence of a literal contains two
//! such groups, one byte apart, so whichever one is looked up, the table has it. What passes the table, two or three
//! groups in a hundred in source code, is compared with the literals that it may be part of. A lookup costs a
//! multiplication, and no lookup depends on the one before, for which an automaton has to wait at each byte.

use std::ops::Range;

use rustc_hash::FxHashMap;

/// How many bits the numbers of groups have. The part of the 64 KiB table that common groups need stays in the L1
/// cache.
const BITS: u32 = 19;

/// The size of the table in words of 64 bits.
const WORDS: usize = 1 << (BITS - 6);

/// The bits of a group that are looked up: its bytes without the bit that distinguishes lower from upper case, and
/// fewer bits of the last one.
///
/// For a literal of four bytes that begins one byte before the group, the last byte is open, and every possible value
/// has to be in the table. Sixteen possibilities keep the table sparse, and still separate most words.
const MASK: u32 = 0x0f5f_5f5f;

/// The case bit of a letter, in each byte of a group.
const CASE: u32 = 0x2020_2020;

/// How many bytes are searched at a time.
const BLOCK: usize = 16;

/// How far into a long literal its groups may be.
const FARTHEST: usize = 60;

/// How far from the beginning and from the end of a literal its groups are, unless it is too long for that. Fresh
/// bytes are searched as far around as groups may be.
const NEAR: usize = 16;

/// Groups of four bytes that are common in source code, most frequent first, as four characters each. Each byte may be
/// replaced by one that the lookup does not distinguish from it. Counted by `scripts/frequencies.py`.
const COMMON: &str = include_str!("sieve/common.txt");

/// Finds every occurrence of every literal.
pub(in crate::detect) struct Sieve {
    /// In lower case.
    literals: Vec<Box<[u8]>>,
    /// One bit for each number that a literal's group has.
    bits: Box<[u64; WORDS]>,
    /// By word of `bits`: where the candidates of its groups begin. Few words have more than one.
    starts: Box<[u32; WORDS + 1]>,
    candidates: Vec<Candidate>,
    /// How many bytes before the last byte of its literal a group may begin.
    lead: usize,
    /// How many bytes after the first byte of its literal a group may begin.
    trail: usize,
}

/// What to search.
struct Text<'t> {
    bytes: &'t [u8],
    /// Where a literal must be.
    part: Range<usize>,
    /// What it must overlap.
    core: &'t Range<usize>,
}

/// A literal, and a group by which it is found.
struct Candidate {
    /// The bytes of the group that the literal determines, in lower case.
    bytes: u32,
    /// A mask of those bytes.
    known: u32,
    /// The first or the last four bytes of the literal, in lower case, whichever are farther away: literals with the
    /// same group usually differ there.
    far: u32,
    /// A mask of those that count: all of them, or none if the literal is shorter.
    far_known: u32,
    /// Their offset from the beginning of the group, which may be negative.
    far_at: i32,
    literal: u16,
    /// The offset of the group in the literal; -1 is one byte before it.
    offset: i16,
}

impl Sieve {
    /// Prepares the search for `literals`, which have three bytes or more.
    pub(in crate::detect) fn new<'l>(literals: impl Iterator<Item = &'l [u8]>) -> Self {
        let literals: Vec<Box<[u8]>> = literals
            .map(|literal| literal.to_ascii_lowercase().into())
            .collect();
        let mut bits = boxed_zeros::<u64, WORDS>();
        let mut places = Places::new();
        let (mut lead, mut trail) = (0, 0);
        let common = common();
        for (literal, literal_number) in literals.iter().zip(0..) {
            let first = best_offset(literal, &common, &bits);
            lead = lead.max(literal.len().saturating_add_signed(-isize::from(first)));
            trail = trail.max(usize::try_from(first + 1).unwrap_or_default());
            for offset in [first, first + 1] {
                for group in possible_groups(literal, offset) {
                    let (word, bit) = place(group);
                    bits[word] |= 1 << bit;
                    places.add(word, (literal_number, offset));
                }
            }
        }
        let (starts, places) = places.in_order();
        let candidates = places.iter().map(|&(literal, offset)| {
            Candidate::new(literal, &literals[usize::from(literal)], offset)
        });
        Self {
            candidates: candidates.collect(),
            literals,
            bits,
            starts,
            lead,
            trail,
        }
    }

    /// Returns a literal in lower case.
    pub(in crate::detect) fn literal(&self, literal: u16) -> &[u8] {
        &self.literals[usize::from(literal)]
    }

    /// Returns the length of a literal.
    pub(in crate::detect) fn length(&self, literal: u16) -> usize {
        self.literals[usize::from(literal)].len()
    }

    /// Calls `hit` with the place and number of every literal that lies within `part` of `bytes` and overlaps `core`
    /// or spans a seam there, in no particular order.
    pub(in crate::detect) fn find(
        &self,
        bytes: &[u8],
        (part, core): (Range<usize>, &Range<usize>),
        mut hit: impl FnMut(usize, u16),
    ) {
        let start = part.start.max(core.start.saturating_sub(self.lead));
        // No literal begins in the last two bytes, and none that continues there is found by a group there.
        let end = (core.end + self.trail + 1).min(part.end.saturating_sub(2));
        let text = Text { bytes, part, core };
        for at in (start..end).step_by(BLOCK) {
            // Real bytes after the part are better than a padded copy.
            let mut passed = match bytes[at..].first_chunk() {
                Some(block) => self.passed(block),
                None => self.passed(&padded(&bytes[at..])),
            };
            while passed != 0 {
                let inside = 2 * passed.trailing_zeros() as usize;
                self.compare(&text, at + inside, &mut hit);
                passed &= passed - 1;
            }
        }
    }

    /// Returns which of a block's groups are in the table, the first one as the lowest bit.
    #[expect(
        clippy::inline_always,
        reason = "built into gonogo-bulk it was called, and a scan took a tenth more instructions"
    )]
    #[inline(always)]
    fn passed(&self, block: &[u8; BLOCK + 2]) -> u32 {
        let mut passed = 0;
        // No branch until all are known: nearly always, none of them is in the table.
        for number in 0..BLOCK / 2 {
            let at = 2 * number;
            let group = [block[at], block[at + 1], block[at + 2], block[at + 3]];
            passed |= u32::from(self.has(u32::from_le_bytes(group))) << number;
        }
        passed
    }

    #[inline]
    fn has(&self, group: u32) -> bool {
        let (word, bit) = place(group);
        self.bits[word] >> bit & 1 != 0
    }

    /// Reports the literals that have the group at `at`.
    ///
    /// Hardly any does, so what rules them out is compared first, before their place is checked.
    #[inline(never)]
    fn compare(&self, text: &Text<'_>, at: usize, hit: &mut impl FnMut(usize, u16)) {
        let group = u32::from_le_bytes(padded(text.bytes.get(at..).unwrap_or_default()));
        let (word, _) = place(group);
        let group = group | CASE;
        let range = self.starts[word] as usize..self.starts[word + 1] as usize;
        let candidates = self.candidates.get(range).unwrap_or_default();
        for candidate in candidates {
            let has_group = (group ^ candidate.bytes) & candidate.known == 0;
            if has_group && candidate.may_be(text.bytes, at) {
                self.verify(candidate, text, at, hit);
            }
        }
    }

    /// Reports a literal if it is there.
    #[inline(never)]
    fn verify(
        &self,
        candidate: &Candidate,
        text: &Text<'_>,
        at: usize,
        hit: &mut impl FnMut(usize, u16),
    ) {
        let literal = &self.literals[usize::from(candidate.literal)];
        let start = at.wrapping_add_signed(-isize::from(candidate.offset));
        let end = start.wrapping_add(literal.len());
        if start < text.core.end
            && text.core.start < end
            && text.part.start <= start
            && end <= text.part.end
            && let Some(found) = text.bytes.get(start..end)
            && found
                .iter()
                .map(u8::to_ascii_lowercase)
                .eq(literal.iter().copied())
        {
            hit(start, candidate.literal);
        }
    }
}

/// A literal, and the offset in it of the group by which it is found.
type Met = (u16, i16);

/// Which literals are found at which words of the table, in the order they were added.
struct Places {
    added: Vec<(usize, Met)>,
    /// By word: the last one added.
    last: Box<[Option<Met>; WORDS]>,
}

impl Places {
    fn new() -> Self {
        Self {
            added: Vec::new(),
            last: boxed_zeros(),
        }
    }

    /// Adds a literal at `word` once: for a group with open bytes, several possibilities may share a word.
    fn add(&mut self, word: usize, met: Met) {
        if self.last[word].replace(met) != Some(met) {
            self.added.push((word, met));
        }
    }

    /// Returns where the literals of each word begin in the list, and the list. Uses a counting sort, since every
    /// start of the program sorts tens of thousands of them.
    fn in_order(self) -> (Box<[u32; WORDS + 1]>, Vec<Met>) {
        let mut starts = boxed_zeros::<u32, { WORDS + 1 }>();
        for (word, _) in &self.added {
            starts[word + 1] += 1;
        }
        for word in 0..WORDS {
            starts[word + 1] += starts[word];
        }
        let mut next = starts.clone();
        let mut list = vec![Met::default(); self.added.len()];
        for (word, met) in self.added {
            list[next[word] as usize] = met;
            next[word] += 1;
        }
        (starts, list)
    }
}

impl Candidate {
    fn new(number: u16, literal: &[u8], offset: i16) -> Self {
        let known = known(literal, offset);
        let mask = known.map(|byte| if byte.is_some() { 0xff } else { 0 });
        let far = far_from(literal, offset);
        let (far_at, far_bytes) = far.unwrap_or_default();
        Self {
            bytes: u32::from_le_bytes(known.map(Option::unwrap_or_default)) | CASE,
            known: u32::from_le_bytes(mask),
            far: u32::from_le_bytes(far_bytes) | CASE,
            far_known: if far.is_some() { u32::MAX } else { 0 },
            far_at,
            literal: number,
            offset,
        }
    }

    /// Whether the other four bytes match if the group is at `at`.
    #[inline]
    fn may_be(&self, bytes: &[u8], at: usize) -> bool {
        let far_at = at.wrapping_add_signed(self.far_at as isize);
        let far = bytes.get(far_at..).and_then(|far| far.first_chunk());
        let far = u32::from_le_bytes(far.copied().unwrap_or_default());
        ((far | CASE) ^ self.far) & self.far_known == 0
    }
}

/// Returns the first or the last four bytes of a literal, whichever are farther from the group at `offset`, with their
/// offset from its beginning; `None` if the literal is shorter.
fn far_from(literal: &[u8], offset: i16) -> Option<(i32, [u8; 4])> {
    let (first, last) = (literal.first_chunk()?, literal.last_chunk()?);
    let last_at = i32::try_from(literal.len() - last.len()).ok()?;
    let offset = i32::from(offset);
    let of_first = (-offset, *first);
    let of_last = (last_at - offset, *last);
    let first_is_farther = of_first.0.abs() > of_last.0.abs();
    Some(if first_is_farther { of_first } else { of_last })
}

/// Returns an array of zeros that is never on the stack.
fn boxed_zeros<T: Clone + Default, const N: usize>() -> Box<[T; N]> {
    let zeros = vec![T::default(); N].into_boxed_slice();
    zeros
        .try_into()
        .unwrap_or_else(|_| unreachable!("the lengths are the same"))
}

/// Returns the number of a group.
#[inline]
fn number_of(group: u32) -> u32 {
    // Fibonacci hashing: the upper bits of the product depend on all bits of the factor.
    (group & MASK).wrapping_mul(0x9e37_79b1) >> (32 - BITS)
}

/// Returns where a group is in the table: a word and a bit of it.
#[inline]
fn place(group: u32) -> (usize, u32) {
    let number = number_of(group);
    ((number >> 6) as usize, number & 63)
}

/// Returns the first bytes of `rest`, padded with zeros.
#[inline]
fn padded<const N: usize>(rest: &[u8]) -> [u8; N] {
    rest.first_chunk().copied().unwrap_or_else(|| {
        let mut all = [0; N];
        all[..rest.len()].copy_from_slice(rest);
        all
    })
}

/// Returns the bytes of a group at `offset` in a literal, where the literal determines them.
fn known(literal: &[u8], offset: i16) -> [Option<u8>; 4] {
    let byte = |at: i16| {
        let at = usize::try_from(offset + at).ok()?;
        literal.get(at).copied()
    };
    [byte(0), byte(1), byte(2), byte(3)]
}

/// Returns all values that a group at `offset` in a literal can have, as far as they are looked up.
fn possible_groups(literal: &[u8], offset: i16) -> impl Iterator<Item = u32> {
    let known = known(literal, offset);
    let bytes = u32::from_le_bytes(known.map(Option::unwrap_or_default));
    let open = known.map(|byte| if byte.is_some() { 0 } else { 0xff });
    let open = MASK & u32::from_le_bytes(open);
    let mut next = Some(0);
    std::iter::from_fn(move || {
        let bits: u32 = next?;
        // The next larger number that has only these bits.
        let larger = bits.wrapping_sub(open) & open;
        next = (larger != 0).then_some(larger);
        Some(bytes | bits)
    })
}

/// Returns the frequency of groups that are common in source code, by number.
fn common() -> FxHashMap<u32, u32> {
    let lines = COMMON.lines().flat_map(|line| line.as_bytes().chunks(4));
    let numbers = lines.map(|group| number_of(u32::from_le_bytes(padded(group))));
    // Like words, groups become rarer with their rank.
    let weights = (FIRST_RANK..).map(|rank| MOST_COMMON / rank);
    let mut common =
        FxHashMap::with_capacity_and_hasher(COMMON.len() / 4, rustc_hash::FxBuildHasher);
    for (number, weight) in numbers.zip(weights) {
        *common.entry(number).or_default() += weight;
    }
    common
}

/// The weight of the most frequent group, times the rank it starts with: the first few are about equally frequent.
const MOST_COMMON: u32 = 1_000_000;
const FIRST_RANK: u32 = 50;

/// The weight of a group that is not common in source code.
const RARE: u32 = 40;

/// The weight of a group that repeats one byte: more than any other.
const RUN: u32 = 10 * MOST_COMMON;

/// The relative costs of examining a group that passed, and of comparing it with one more literal.
const LOOK: u32 = 3;
const COMPARISON: u32 = 1;

/// Returns where the first of the two groups begins by which to find a literal: those that are rarest in other texts
/// and shared with the fewest other literals.
fn best_offset(literal: &[u8], common: &FxHashMap<u32, u32>, bits: &[u64; WORDS]) -> i16 {
    let lower = literal.to_ascii_lowercase();
    let of_group = |group: u32| {
        let number = number_of(group);
        let frequency = common.get(&number).copied().unwrap_or(RARE);
        let (word, bit) = place(group);
        let is_new = bits[word] >> bit & 1 == 0;
        frequency * (COMPARISON + if is_new { LOOK } else { 0 })
    };
    let cost = |offset: i16| {
        let start = usize::try_from(offset).unwrap_or_default();
        match &lower[start.min(lower.len())..] {
            // Indentation, and lines drawn with one character. Since less of the last byte is looked up, it does not
            // make up for a run before it.
            [first, second, third, ..] if first == second && second == third => RUN,
            [b'\n' | b'\r', b' ' | b'\t', b' ' | b'\t', ..] => RUN,
            [first, second, third, last, ..] if offset >= 0 => {
                of_group(u32::from_le_bytes([*first, *second, *third, *last]))
            }
            _ => possible_groups(&lower, offset).map(of_group).sum(),
        }
    };
    // A literal of three bytes has no room for two groups, and one of four bytes only a choice of which byte is open.
    let last = literal.len().saturating_sub(5).min(FARTHEST);
    let (first, last) = match literal.len() {
        0..=3 => (-1, -1),
        4 => (-1, 0),
        // In the middle of long ones, as far as there is a choice.
        length => {
            let near = |at: usize| i16::try_from(at.min(last)).unwrap_or_default();
            let first = near(length.saturating_sub(NEAR + 1));
            (first, near(NEAR).max(first))
        }
    };
    let mut before = cost(first);
    let pairs = (first..=last).map(|offset| {
        let next = cost(offset + 1);
        (std::mem::replace(&mut before, next) + next, offset)
    });
    // Of several equally good ones, the last.
    let best = pairs.min_by_key(|(cost, offset)| (*cost, std::cmp::Reverse(*offset)));
    best.map_or(first, |(_, offset)| offset)
}

#[cfg(test)]
mod tests;
