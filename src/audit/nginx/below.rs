//! The files below one place: those that it includes, and those that these include.

use rustc_hash::{FxHashMap, FxHashSet};

use super::forest::Place;

/// Includes of files that include files.
pub(super) const MAX_NESTING: usize = 8;
/// Files that one block includes, with those that these include.
pub(super) const MAX_FILES: usize = 1_000;

/// What a place includes.
pub(super) struct Below<'f> {
    direct: &'f FxHashMap<Place, Vec<usize>>,
    unseen: &'f FxHashSet<Place>,
    pub(super) files: Vec<usize>,
    /// Whether there is more of it, beyond a limit.
    pub(super) is_cut: bool,
}

impl<'f> Below<'f> {
    /// Nothing yet: `direct` states which files each place includes itself, and `unseen` which of them cannot be seen.
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

    /// Adds the files that `place` includes, and those that these include, each once. `false` when some cannot be seen.
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
