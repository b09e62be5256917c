//! The files that a place includes, directly and indirectly.

use rustc_hash::{FxHashMap, FxHashSet};

use super::forest::Place;

/// How deeply includes may be nested.
pub(super) const MAX_NESTING: usize = 8;
/// How many files one block may include, directly and indirectly.
pub(super) const MAX_FILES: usize = 1_000;

/// What a place includes.
pub(super) struct Below<'f> {
    direct: &'f FxHashMap<Place, Vec<usize>>,
    unseen: &'f FxHashSet<Place>,
    pub(super) files: Vec<usize>,
    /// Whether some were left out because of a limit.
    pub(super) is_cut: bool,
}

impl<'f> Below<'f> {
    /// Begins empty. `direct` has the files that each place includes itself, and `unseen` the places that include
    /// something that cannot be seen.
    pub(super) fn new(
        direct: &'f FxHashMap<Place, Vec<usize>>,
        unseen: &'f FxHashSet<Place>,
    ) -> Self {
        Self {
            direct,
            unseen,
            files: Vec::new(),
            is_cut: false,
        }
    }

    /// Adds the files that `place` includes, directly and indirectly, each once. Returns false if some cannot be seen.
    pub(super) fn collect(&mut self, place: Place, nesting: usize) -> bool {
        let mut is_whole = !self.unseen.contains(&place);
        for &file in self.direct.get(&place).into_iter().flatten() {
            if self.files.contains(&file) {
                continue;
            }
            if nesting == 0 || self.files.len() >= MAX_FILES {
                self.is_cut = true;
                return false;
            }
            self.files.push(file);
            is_whole &= self.collect((file, None), nesting - 1);
        }
        is_whole
    }
}
