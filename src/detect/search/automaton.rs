//! Patterns with automata that are built during the search: each thread keeps what was built, within limits.
//!
//! Such an engine keeps many kilobytes per pattern and thread. Most of the hundreds of patterns are used only a few
//! times, so caches that were not used lately are dropped when they become too large together.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

use regex_automata::meta::{Cache, Regex};
use regex_automata::util::primitives::NonMaxUsize;
use regex_automata::{Anchored, Input, Match, Span};
use rustc_hash::FxHashMap;

/// How many bytes of caches each thread keeps, checked at intervals.
const MOST: usize = 2 << 20;

/// The number of searches between checks.
const COUNTED_EVERY: u32 = 4096;

/// The number of the next pattern. Numbers are never reused, so a thread cannot mistake the cache of a dropped pattern
/// for that of another.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A compiled pattern.
#[derive(Debug)]
pub(in crate::detect) struct Automaton {
    regex: Regex,
    number: u64,
}

/// The caches that a thread keeps.
#[derive(Default)]
struct Kept {
    caches: FxHashMap<u64, Slot>,
    /// Searches since the last check, and the number of checks.
    searches: u32,
    round: u64,
}

/// The cache of one pattern.
struct Slot {
    cache: Cache,
    /// The round in which it was last used.
    round: u64,
}

thread_local! {
    static KEPT: RefCell<Kept> = RefCell::default();
}

impl Automaton {
    pub(in crate::detect) fn new(regex: Regex) -> Self {
        Self {
            regex,
            number: NEXT.fetch_add(1, Relaxed),
        }
    }

    /// Returns the first match.
    pub(in crate::detect) fn search(&self, input: &Input<'_>) -> Option<Match> {
        self.with_cache(|cache| self.regex.search_with(cache, input))
    }

    /// Returns whether there is a match.
    pub(in crate::detect) fn is_match(&self, text: impl AsRef<[u8]>) -> bool {
        let input = Input::new(text.as_ref()).earliest(true);
        self.with_cache(|cache| self.regex.search_half_with(cache, &input).is_some())
    }

    /// Returns where a group is in the match at `span`, or else the next one that participated; `None` if none did.
    pub(in crate::detect) fn group(&self, bytes: &[u8], span: Span, group: usize) -> Option<Span> {
        let input = Input::new(bytes).span(span).anchored(Anchored::Yes);
        // Of a pattern that was split, only some groups are left; they keep their numbers.
        let length = self.regex.group_info().slot_len();
        let mut slots: Vec<Option<NonMaxUsize>> = vec![None; length];
        self.with_cache(|cache| self.regex.search_slots_with(cache, &input, &mut slots))?;
        participating(&slots, group).map(Span::from)
    }

    fn with_cache<T>(&self, search: impl FnOnce(&mut Cache) -> T) -> T {
        KEPT.with_borrow_mut(|kept| {
            kept.searches += 1;
            if kept.searches >= COUNTED_EVERY {
                kept.count();
            }
            let round = kept.round;
            let slot = kept.caches.entry(self.number).or_insert_with(|| Slot {
                cache: self.regex.create_cache(),
                round,
            });
            slot.round = round;
            search(&mut slot.cache)
        })
    }
}

/// Returns where a group is, or else the next one that participated in a match.
pub(in crate::detect) fn participating(
    slots: &[Option<NonMaxUsize>],
    group: usize,
) -> Option<Range<usize>> {
    let mut places = slots.chunks_exact(2).skip(group);
    places.find_map(|ends| Some(ends[0]?.get()..ends[1]?.get()))
}

impl Kept {
    /// Drops caches that were not used lately, or all of them, if they are too large.
    fn count(&mut self) {
        self.searches = 0;
        if self.bytes() > MOST {
            let round = self.round;
            self.caches.retain(|_, slot| slot.round == round);
            if self.bytes() > MOST {
                self.caches.clear();
            }
        }
        self.round += 1;
    }

    fn bytes(&self) -> usize {
        let caches = self.caches.values();
        caches.map(|slot| slot.cache.memory_usage()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::pattern::compile;

    #[test]
    fn what_is_given_up_is_built_again() {
        let patterns: Vec<Automaton> = (0..600)
            .map(|number| format!("k{number}=([a-z]{{2,40}}[0-9]+)"))
            .map(|pattern| Automaton::new(compile(&pattern).unwrap()))
            .collect();
        for round in 0..3 {
            for (number, pattern) in patterns.iter().enumerate() {
                let text = format!("x k{number}=ab{round} ");
                let found = pattern.search(&Input::new(&text)).unwrap();
                assert_eq!(found.range(), 2..text.len() - 1);
                let group = pattern.group(text.as_bytes(), found.span(), 1).unwrap();
                assert_eq!(&text[group.range()], format!("ab{round}"));
                assert!(pattern.is_match(&text) && !pattern.is_match("k"));
                // One search may build at most this much.
                KEPT.with_borrow(|kept| assert!(kept.bytes() < 64 * MOST));
            }
        }
        KEPT.with_borrow_mut(|kept| {
            kept.count();
            assert!(kept.bytes() <= MOST);
        });
    }
}
