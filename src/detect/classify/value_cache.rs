//! Caches judgements, since the versions of a file repeat the same assignments.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::detect::assignment::Syntax;
use crate::detect::value::{Judgement, judge};

/// How many judgements each thread remembers.
const SLOTS: usize = 1 << 12;

/// The longest name and value that are remembered, in bytes together.
const LONGEST: usize = 160;

/// A judgement, and what was judged.
struct Slot {
    /// Name and value, concatenated.
    text: Box<[u8]>,
    name_length: usize,
    syntax: Syntax,
    judgement: Option<Judgement>,
}

thread_local! {
    static SLOTS_OF_THREAD: RefCell<Vec<Option<Slot>>> = const { RefCell::new(Vec::new()) };
}

impl Slot {
    fn is_of(&self, name: &str, value: &str, syntax: Syntax) -> bool {
        self.syntax == syntax
            && self.name_length == name.len()
            && self.text.len() == name.len() + value.len()
            && &self.text[..name.len()] == name.as_bytes()
            && &self.text[name.len()..] == value.as_bytes()
    }
}

/// Returns the result of [`judge`], from the cache if it is there.
pub(in crate::detect) fn judge_once(name: &str, value: &str, syntax: Syntax) -> Option<Judgement> {
    if name.len() + value.len() > LONGEST {
        return judge(name, value, syntax);
    }
    SLOTS_OF_THREAD.with_borrow_mut(|slots| {
        if slots.is_empty() {
            slots.resize_with(SLOTS, || None);
        }
        let slot = &mut slots[number_of(name, value, syntax)];
        match slot {
            Some(slot) if slot.is_of(name, value, syntax) => slot.judgement,
            _ => {
                let judgement = judge(name, value, syntax);
                *slot = Some(Slot {
                    text: [name.as_bytes(), value.as_bytes()].concat().into(),
                    name_length: name.len(),
                    syntax,
                    judgement,
                });
                judgement
            }
        }
    })
}

fn number_of(name: &str, value: &str, syntax: Syntax) -> usize {
    let mut hasher = FxHasher::default();
    (name, value, syntax).hash(&mut hasher);
    // The low bits of the hash are the best mixed.
    usize::try_from(hasher.finish() & (SLOTS as u64 - 1)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_judged_the_same_whatever_was_judged_between() {
        let value = "kT7-vv2_Qp9xLmR4sZb1";
        for number in 0..3 * SLOTS {
            let name = format!("token_{}", number % 37);
            for syntax in [Syntax::Quoted, Syntax::Bare] {
                let value = &value[..8 + number % 12];
                assert_eq!(
                    judge_once(&name, value, syntax),
                    judge(&name, value, syntax)
                );
            }
        }
        for (name, value) in [("password", "xyz12"), ("passwordx", "yz12")] {
            let judged = || judge(name, value, Syntax::Quoted);
            assert_eq!(judge_once(name, value, Syntax::Quoted), judged());
        }
    }
}
