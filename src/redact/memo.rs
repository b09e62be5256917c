//! Caches what was found in recent texts: neighbouring findings show the same lines and names.

use std::hash::Hash;
use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashMap;

/// How many texts are kept, for each kind.
const MANY: usize = 512;
/// The same, of a text that is scanned again and again.
const MANY_OF_DOCUMENT: usize = 16 << 10;
/// Longer texts are not kept.
const LONGEST: usize = 4096;

/// The parts that were found, by what was looked for and by text.
#[derive(Debug)]
pub(super) struct Memo<K> {
    texts: Mutex<FxHashMap<K, Texts>>,
    /// How many texts are kept at most for each purpose.
    most: usize,
}

/// The parts of texts, by text.
type Texts = FxHashMap<String, Found>;

/// What was found in a text.
#[derive(Debug)]
struct Found {
    /// What was already to be masked when the text was searched.
    masked: Vec<Range<usize>>,
    parts: Vec<Range<usize>>,
}

impl<K> Default for Memo<K> {
    fn default() -> Self {
        Self {
            texts: Mutex::default(),
            most: MANY,
        }
    }
}

impl<K> Memo<K> {
    /// Returns one for a text that is scanned again and again: all of its findings come again.
    pub(super) fn of_document() -> Self {
        Self {
            most: MANY_OF_DOCUMENT,
            ..Self::default()
        }
    }
}

impl<K: Copy + Eq + Hash> Memo<K> {
    /// Returns what `find` finds in `text` beside `masked`, from the cache if it is there.
    pub(super) fn parts(
        &self,
        (kind, text): (K, &str),
        masked: &[Range<usize>],
        find: impl FnOnce(&str) -> Vec<Range<usize>>,
    ) -> Vec<Range<usize>> {
        if text.len() > LONGEST {
            return find(text);
        }
        let lock = || self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = lock()
            .get(&kind)
            .and_then(|texts| texts.get(text))
            .filter(|found| found.masked == masked)
            .map(|found| found.parts.clone());
        known.unwrap_or_else(|| {
            let parts = find(text);
            let mut kinds = lock();
            let texts = kinds.entry(kind).or_default();
            if texts.len() >= self.most {
                texts.clear();
            }
            let found = Found {
                masked: masked.to_vec(),
                parts: parts.clone(),
            };
            texts.insert(text.to_owned(), found);
            parts
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_searched_once_for_each_purpose() {
        let memo = Memo::default();
        let mut searched = 0;
        for (kind, text) in [(1, "a"), (1, "a"), (2, "a"), (1, "b"), (1, "a")] {
            let parts = memo.parts((kind, text), &[], |text| {
                searched += 1;
                vec![0..text.len(), 5..5 + kind]
            });
            assert_eq!(parts, [0..1, 5..5 + kind]);
        }
        assert_eq!(searched, 3);
        for number in 0..2 * MANY {
            memo.parts((1, &number.to_string()), &[], |_| Vec::new());
        }
        assert!(memo.texts.lock().unwrap()[&1].len() <= MANY);
    }
}
