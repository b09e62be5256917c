//! The entries of the trees that one thread reads, each stored once for all trees that inherit it from their delta
//! base.
//!
//! A version of a directory is its base with an entry or two changed. So its entries of interest are kept as strips:
//! stretches of a pool to which only new entries are added.

use std::ops::Range;

use crate::model::Inherited;
use crate::source::git::pack::to_u32;
use crate::source::git::trees::Entry;

/// If a tree has fewer entries of interest per strip than this, on average, they are copied into one strip, so that
/// trees built upon it have few strips again.
const WORTH_A_STRIP: usize = 2;

/// How many strips a tree may have.
const MOST_STRIPS: usize = u16::MAX as usize;

/// Entries of interest, in the order in which they were decoded.
#[derive(Default)]
pub(in crate::source::git) struct Pool {
    pub(in crate::source::git) entries: Vec<Entry>,
    pub(in crate::source::git) strips: Strips,
}

/// Stretches of the entries of a pool, tree after tree, in six bytes each.
#[derive(Default)]
pub(in crate::source::git) struct Strips {
    starts: Vec<u32>,
    lengths: Vec<u16>,
}

impl Strips {
    /// Adds a stretch, splitting very long ones.
    fn push(&mut self, mut strip: Range<u32>) {
        while !strip.is_empty() {
            let length = u16::try_from(strip.len()).unwrap_or(u16::MAX);
            self.starts.push(strip.start);
            self.lengths.push(length);
            strip.start += u32::from(length);
        }
    }

    fn len(&self) -> usize {
        self.starts.len()
    }

    fn truncate(&mut self, len: usize) {
        self.starts.truncate(len);
        self.lengths.truncate(len);
    }

    /// Returns the strips with these numbers.
    pub(in crate::source::git) fn get(&self, range: Range<usize>) -> Option<StripIter<'_>> {
        Some(StripIter {
            starts: self.starts.get(range.clone())?.iter(),
            lengths: self.lengths.get(range)?.iter(),
        })
    }
}

/// The stretches that hold the entries of interest of one tree.
#[derive(Clone, Default)]
pub(in crate::source::git) struct StripIter<'p> {
    starts: std::slice::Iter<'p, u32>,
    lengths: std::slice::Iter<'p, u16>,
}

impl Iterator for StripIter<'_> {
    type Item = Range<u32>;

    fn next(&mut self) -> Option<Range<u32>> {
        let (start, length) = (*self.starts.next()?, *self.lengths.next()?);
        Some(start..start + u32::from(length))
    }
}

/// Every entry of a tree.
pub(in crate::source::git) struct Decoded {
    /// Where each ends in the tree.
    ends: Vec<u32>,
    /// Those of interest, which are few. An entry that is of interest in two ways is listed twice.
    marks: Vec<Mark>,
}

/// An entry that is of interest.
#[derive(Debug, Clone, Copy)]
struct Mark {
    /// Where it ends in the tree.
    end: u32,
    /// Where it is in the pool.
    pooled: u32,
}

impl Decoded {
    /// Returns an empty tree, with room for about as many entries as `base` has.
    pub(in crate::source::git) fn like(base: Option<&Self>) -> Self {
        Self {
            ends: Vec::with_capacity(base.map_or(8, |base| base.ends.len() + 1)),
            marks: Vec::with_capacity(base.map_or(0, |base| base.marks.len() + 2)),
        }
    }

    /// Takes over the entries of `base` that lie entirely within `stretch`, starting with the one at `at`. Returns
    /// where they end; `None` if no entry begins at `at`.
    pub(in crate::source::git) fn inherit(
        &mut self,
        base: &Self,
        stretch: &Inherited,
        at: usize,
    ) -> Option<usize> {
        let (ends, marks) = base.within(stretch, at)?;
        // The shift may be negative; wrapping arithmetic gives the right result.
        let shift = to_u32(stretch.start).wrapping_sub(to_u32(stretch.base_start));
        let shifted = |mark: &Mark| Mark {
            end: mark.end.wrapping_add(shift),
            pooled: mark.pooled,
        };
        self.ends
            .extend(ends.iter().map(|end| end.wrapping_add(shift)));
        self.marks.extend(marks.iter().map(shifted));
        self.ends.last().map(|last| *last as usize)
    }

    /// Returns the entries that lie entirely within `stretch`, starting with the one at `at` of the derived tree, and
    /// those of them that are of interest.
    fn within(&self, stretch: &Inherited, at: usize) -> Option<(&[u32], &[Mark])> {
        let base_at = (at.checked_sub(stretch.start)? + stretch.base_start) as u64;
        let end = stretch.base_range().end as u64;
        let first = self.ends.partition_point(|end| u64::from(*end) <= base_at);
        // An entry begins where the one before it ends.
        let begins = match first.checked_sub(1) {
            Some(before) => u64::from(self.ends[before]),
            None => 0,
        };
        let last = self.ends.partition_point(|own| u64::from(*own) <= end);
        if begins != base_at || first >= last {
            return None;
        }
        let mark = |at: u64| self.marks.partition_point(|mark| u64::from(mark.end) <= at);
        Some((
            &self.ends[first..last],
            &self.marks[mark(base_at)..mark(end)],
        ))
    }
}

impl Pool {
    /// Adds an entry that ends at `end` of `tree`, with what is of interest in it.
    pub(in crate::source::git) fn add(
        &mut self,
        tree: &mut Decoded,
        end: usize,
        held: [Option<Entry>; 2],
    ) {
        let end = to_u32(end);
        tree.ends.push(end);
        for entry in held.into_iter().flatten() {
            let pooled = to_u32(self.entries.len());
            tree.marks.push(Mark { end, pooled });
            self.entries.push(entry);
        }
    }

    /// Adds the strips of the entries of interest in `tree`, and returns where they end; they begin where those of the
    /// previous tree end.
    pub(in crate::source::git) fn strips(&mut self, tree: &mut Decoded) -> u32 {
        let start = self.strips.len();
        let pooled = tree.marks.iter().map(|mark| mark.pooled);
        let (count, mut strip) = (tree.marks.len(), 0..0);
        for number in pooled {
            if number != strip.end || strip.is_empty() {
                self.strips.push(strip);
                strip = number..number;
            }
            strip.end += 1;
        }
        self.strips.push(strip);
        let strips = self.strips.len() - start;
        if strips > 1 && (count < WORTH_A_STRIP * strips || strips > MOST_STRIPS) {
            self.strips.truncate(start);
            let copy = self.copy(tree);
            self.strips.push(copy);
        }
        to_u32(self.strips.len())
    }

    /// Copies the entries of interest in `tree`, so that they are contiguous.
    fn copy(&mut self, tree: &mut Decoded) -> Range<u32> {
        let start = to_u32(self.entries.len());
        for mark in &mut tree.marks {
            let entry = self.entries[mark.pooled as usize];
            mark.pooled = to_u32(self.entries.len());
            self.entries.push(entry);
        }
        start..to_u32(self.entries.len())
    }
}
