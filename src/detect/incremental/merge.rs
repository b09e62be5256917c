//! Merges what is carried over from a base with what was found anew.

use std::iter::Peekable;

use super::{Trace, to_u32};
use crate::detect::extent::Looked;
use crate::detect::prefilter::Hit;

/// The index of a keyword and, if what it leads to is known, its index in the base and that of its stretch.
pub(super) type Open = (u32, Option<(u32, u32)>);

/// Merges keywords that are carried over, which arrive in order, with those that were found anew.
pub(super) struct Merge<'s, I: Iterator<Item = Hit>> {
    pub(super) trace: Trace,
    pub(super) fresh: Peekable<I>,
    /// Keywords that still need evaluation, or whose results are in the base.
    pub(super) open: &'s mut Vec<Open>,
}

impl<I: Iterator<Item = Hit>> Merge<'_, I> {
    /// Adds a keyword that is carried over, after all fresh ones that precede it. Returns its index.
    pub(super) fn push(&mut self, hit: Hit, looked: Looked) -> u32 {
        self.push_fresh_before(&hit);
        self.trace.hits.push(hit);
        self.trace.looked.push(looked);
        to_u32(self.trace.hits.len() - 1)
    }

    /// Adds all fresh keywords that precede `hit`.
    pub(super) fn push_fresh_before(&mut self, hit: &Hit) {
        while let Some(fresh) = self.fresh.next_if(|fresh| fresh <= hit) {
            // A keyword that is both fresh and carried over was found in a margin.
            if fresh < *hit {
                self.push_fresh(fresh);
            }
        }
    }

    fn push_fresh(&mut self, hit: Hit) {
        // Windows may overlap.
        if self.trace.hits.last() != Some(&hit) {
            self.open.push((to_u32(self.trace.hits.len()), None));
            self.trace.hits.push(hit);
            self.trace.looked.push(Looked::FAR);
        }
    }

    pub(super) fn finish(mut self) -> Trace {
        while let Some(hit) = self.fresh.next() {
            self.push_fresh(hit);
        }
        self.trace
    }
}
