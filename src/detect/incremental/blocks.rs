//! Finds the first keyword at or after a place, when there are about as many such searches as keywords.

use crate::detect::prefilter::Hit;

/// The number of searches from which indexing the keywords by block first pays off.
const MANY: usize = 64;

/// By block of a text: the index of the first keyword that begins there or later.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    first: Vec<u32>,
    /// The number of bits of a position that lie within its block.
    shift: u32,
}

impl Blocks {
    /// Returns whether this many searches make it worthwhile.
    pub(super) fn are_worth_it(searches: usize, hits: &[Hit]) -> bool {
        searches >= MANY && searches >= hits.len() / 4 && hits.len() > 1
    }

    /// Divides a text into about as many blocks as it has keywords.
    pub(super) fn fill(&mut self, hits: &[Hit]) {
        let last = hits.last().map_or(0, |hit| hit.start);
        self.shift = (last / hits.len().max(1)).max(1).ilog2() + 1;
        self.first.clear();
        for (hit, number) in hits.iter().zip(0..) {
            let block = hit.start >> self.shift;
            if block >= self.first.len() {
                self.first.resize(block + 1, number);
            }
        }
        self.first.push(super::to_u32(hits.len()));
    }

    /// Returns the index of the first keyword in `hits` at or after `start`.
    #[inline]
    pub(super) fn first_from(&self, hits: &[Hit], start: usize) -> usize {
        let Some(&[from, to]) = self
            .first
            .get(start >> self.shift..)
            .and_then(<[u32]>::first_chunk)
        else {
            return hits.len();
        };
        let (from, to) = (from as usize, to as usize);
        let block = hits.get(from..to).unwrap_or_default();
        from + block.partition_point(|hit| hit.start < start)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn finds_what_a_search_of_all_finds(
            starts in prop_oneof![
                prop::collection::btree_set(0..300usize, 0..40),
                prop::collection::btree_set(0..100_000usize, 0..40),
                prop::collection::btree_set(99_000..99_050usize, 1..40),
            ],
            asked in prop::collection::vec(0..101_000usize, 1..20),
        ) {
            let hits: Vec<Hit> = starts.iter().map(|&start| Hit { start, keyword: 0 }).collect();
            let mut blocks = Blocks::default();
            blocks.fill(&hits);
            for start in asked.into_iter().chain(starts) {
                let expected = hits.partition_point(|hit| hit.start < start);
                prop_assert_eq!(blocks.first_from(&hits, start), expected, "{}", start);
            }
        }
    }
}
