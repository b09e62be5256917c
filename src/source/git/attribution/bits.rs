//! Sets of small numbers, one bit each.

use std::ops::Range;

use crate::source::git::pack::to_u32;

/// For every so many words, the count of all members before them is kept.
const STRIDE: usize = 8;

/// A set of numbers below a length.
#[derive(Debug, Clone, Default)]
pub(in crate::source::git) struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// Returns an empty set of numbers below `len`.
    pub(in crate::source::git) fn new(len: usize) -> Self {
        Self {
            words: vec![0; len.div_ceil(64)],
        }
    }

    /// Adds a number, and returns whether it is new. Numbers beyond the length are not added.
    pub(in crate::source::git) fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = place(number);
        let Some(word) = self.words.get_mut(word) else {
            return false;
        };
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Adds a range of numbers, and passes on those that are new, in ascending order. Looks at 64 of them at a time.
    pub(in crate::source::git) fn insert_all(
        &mut self,
        range: Range<u32>,
        mut is_new: impl FnMut(u32),
    ) {
        let mut at = range.start;
        while at < range.end {
            let first = at / 64 * 64;
            let last = range.end.min(first + 64);
            let asked = (u64::MAX << (at - first)) & (u64::MAX >> (first + 64 - last));
            let Some(word) = self.words.get_mut((first / 64) as usize) else {
                return;
            };
            let mut new = asked & !*word;
            *word |= asked;
            while new != 0 {
                is_new(first + new.trailing_zeros());
                new &= new - 1;
            }
            at = last;
        }
    }

    /// Returns whether a number is a member.
    pub(in crate::source::git) fn contains(&self, number: u32) -> bool {
        let (word, bit) = place(number);
        self.words.get(word).is_some_and(|word| word & bit != 0)
    }
}

fn place(number: u32) -> (usize, u64) {
    ((number / 64) as usize, 1 << (number % 64))
}

/// A set whose members are numbered in ascending order.
#[derive(Debug, Clone, Default)]
pub(in crate::source::git) struct Ranked {
    bits: Bits,
    /// For every [`STRIDE`] words, how many members come before them.
    before: Vec<u32>,
    len: u32,
}

impl Ranked {
    pub(in crate::source::git) fn new(bits: Bits) -> Self {
        let (mut before, mut len) = (Vec::new(), 0);
        for words in bits.words.chunks(STRIDE) {
            before.push(len);
            len += words.iter().map(|word| word.count_ones()).sum::<u32>();
        }
        Self { bits, before, len }
    }

    /// Returns how many members there are.
    pub(in crate::source::git) fn len(&self) -> u32 {
        self.len
    }

    /// Returns the rank of a member, the number of members below it.
    pub(in crate::source::git) fn rank(&self, number: u32) -> Option<u32> {
        let (at, bit) = place(number);
        let word = self.bits.words.get(at)?;
        let first = at / STRIDE * STRIDE;
        let between = self.bits.words[first..at].iter();
        let between: u32 = between.map(|word| word.count_ones()).sum();
        let below = (word & (bit - 1)).count_ones();
        (word & bit != 0).then(|| self.before[at / STRIDE] + between + below)
    }

    /// Returns the member with this rank.
    pub(in crate::source::git) fn member(&self, rank: u32) -> Option<u32> {
        let stride = self.before.partition_point(|before| *before <= rank);
        let stride = stride.checked_sub(1)?;
        let mut left = rank - self.before[stride];
        for at in stride * STRIDE..self.bits.words.len() {
            let mut word = self.bits.words[at];
            if left >= word.count_ones() {
                left -= word.count_ones();
                continue;
            }
            for _ in 0..left {
                word &= word - 1;
            }
            return Some(to_u32(at) * 64 + word.trailing_zeros());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn ranges_are_added_as_their_numbers_are(ranges in prop::collection::vec((0u32..400, 0u32..200), 0..20)) {
            let (mut bits, mut other) = (Bits::new(600), Bits::new(600));
            for (start, len) in ranges {
                let mut new = Vec::new();
                bits.insert_all(start..start + len, |at| new.push(at));
                let expected: Vec<_> = (start..start + len).filter(|at| other.insert(*at)).collect();
                prop_assert_eq!(new, expected);
            }
        }

        #[test]
        fn ranks_number_members_in_order(members in prop::collection::btree_set(0u32..3000, 0..600)) {
            let mut bits = Bits::new(3000);
            for member in &members {
                prop_assert!(bits.insert(*member));
                prop_assert!(!bits.insert(*member));
            }
            let ranked = Ranked::new(bits);
            prop_assert_eq!(ranked.len() as usize, members.len());
            for number in 0..3100 {
                prop_assert_eq!(ranked.bits.contains(number), members.contains(&number));
                prop_assert_eq!(ranked.rank(number).is_some(), members.contains(&number));
            }
            for (rank, member) in (0..).zip(&members) {
                prop_assert_eq!(ranked.rank(*member), Some(rank));
                prop_assert_eq!(ranked.member(rank), Some(*member));
            }
            prop_assert_eq!(ranked.member(ranked.len()), None);
        }
    }
}
