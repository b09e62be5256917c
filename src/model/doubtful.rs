//! Values too doubtful to report: their number is reported, but not what they are.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashSet};

/// Distinct values below the requested confidence, as 16-bit hashes: enough to count up to a few thousand of them,
/// and too little to learn a value from what a cache keeps.
#[derive(Default)]
pub struct Doubtful {
    traces: FxHashSet<u16>,
    /// How many of them have no value.
    others: u64,
}

impl Doubtful {
    /// Notes a value; the same value counts once.
    pub fn note(&mut self, value: &[u8]) {
        self.traces.insert(trace(value));
    }

    /// Notes something without a value.
    pub fn note_other(&mut self) {
        self.others += 1;
    }

    /// Stops counting a value, because it is reported elsewhere.
    pub fn forget(&mut self, value: &[u8]) {
        if !self.traces.is_empty() {
            self.traces.remove(&trace(value));
        }
    }

    /// Adds what another part of a scan has noted.
    pub fn merge(&mut self, other: Self) {
        self.others += other.others;
        self.recall(other.traces);
    }

    /// Adds the traces that an earlier scan left.
    pub fn recall(&mut self, traces: impl IntoIterator<Item = u16>) {
        self.traces.extend(traces);
    }

    /// Returns the traces of its values, for a later scan, in ascending order.
    pub fn traces(&self) -> Vec<u16> {
        let mut traces: Vec<u16> = self.traces.iter().copied().collect();
        traces.sort_unstable();
        traces
    }

    /// Returns how many there are.
    pub fn count(&self) -> u64 {
        self.traces.len() as u64 + self.others
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.traces.is_empty() && self.others == 0
    }
}

fn trace(value: &[u8]) -> u16 {
    (FxBuildHasher.hash_one(value) >> 48) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_counts_once_and_not_where_it_is_reported() {
        let mut all = Doubtful::default();
        let mut other = Doubtful::default();
        all.note(b"one");
        all.note(b"two");
        other.note(b"two");
        other.note_other();
        all.merge(other);
        assert_eq!(all.count(), 3);
        all.forget(b"one");
        assert_eq!(all.count(), 2);
        let mut later = Doubtful::default();
        later.recall(all.traces());
        later.note(b"two");
        assert_eq!(later.count(), 1);
    }
}
