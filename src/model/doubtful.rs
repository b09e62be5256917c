//! Values that were too doubtful to be reported: how many there are is reported, and not what they are.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashSet};

/// Different values below the confidence that was asked for, by their hashes. It is never written anywhere.
#[derive(Default)]
pub struct Doubtful {
    values: FxHashSet<u64>,
    /// How many there are that have no value.
    others: u64,
}

impl Doubtful {
    /// Notes a value, which counts once.
    pub fn note(&mut self, value: &[u8]) {
        self.values.insert(FxBuildHasher.hash_one(value));
    }

    /// Notes something without a value.
    pub fn note_other(&mut self) {
        self.others += 1;
    }

    /// Counts a value no longer: it is reported elsewhere.
    pub fn forget(&mut self, value: &[u8]) {
        if !self.values.is_empty() {
            self.values.remove(&FxBuildHasher.hash_one(value));
        }
    }

    /// Adds what another part of a scan has noted.
    pub fn merge(&mut self, other: Self) {
        self.others += other.others;
        if self.values.is_empty() {
            self.values = other.values;
        } else {
            self.values.extend(other.values);
        }
    }

    /// Returns how many there are.
    pub fn count(&self) -> u64 {
        self.values.len() as u64 + self.others
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty() && self.others == 0
    }
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
    }
}
