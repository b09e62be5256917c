//! Caches what names mean, since programs use the same ones again and again.

use std::cell::RefCell;
use std::hash::{Hash, Hasher};

use rustc_hash::FxHasher;

use crate::lexicon::name::{self, CredentialName};

/// The longest name that is remembered, in bytes.
const LONGEST: usize = 80;

/// How many names each thread remembers: there are far fewer distinct names than values.
const NAMES: usize = 1 << 10;

/// A name and what it means, if one is remembered.
type Slot = Option<(Box<str>, Named)>;

/// What a name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) struct Named {
    /// The kind of credential.
    pub(in crate::detect) kind: Option<CredentialName>,
    /// The kind of credential that the name has to do with, if it does not name one.
    pub(in crate::detect) action: Option<CredentialName>,
}

impl Named {
    fn of(name: &str) -> Self {
        let kind = name::classify(name);
        let action = kind
            .is_none()
            .then(|| name::classify_action(name).or_else(|| of_primary_key(name)))
            .flatten();
        Self { kind, action }
    }
}

/// Treats a primary key as an encryption key; the text around it decides later whether it is one.
fn of_primary_key(name: &str) -> Option<CredentialName> {
    name::is_primary_key(name).then_some(CredentialName::EncryptionKey)
}

thread_local! {
    static NAMES_OF_THREAD: RefCell<Vec<Slot>> = const { RefCell::new(Vec::new()) };
}

/// Returns what `name` means, from the cache if it is there.
pub(in crate::detect) fn classify_once(name: &str) -> Named {
    if name.len() > LONGEST {
        return Named::of(name);
    }
    NAMES_OF_THREAD.with_borrow_mut(|slots| {
        if slots.is_empty() {
            slots.resize_with(NAMES, || None);
        }
        let mut hasher = FxHasher::default();
        name.hash(&mut hasher);
        let number = usize::try_from(hasher.finish() & (NAMES as u64 - 1)).unwrap_or_default();
        match &mut slots[number] {
            Some((known, named)) if **known == *name => *named,
            slot => slot.insert((name.into(), Named::of(name))).1,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_speaks_of_the_same_whatever_was_asked_between() {
        let words = ["password", "setPassword", "width", "salt", "apiToken"];
        for number in 0..3 * NAMES {
            let name = format!("{}{}", words[number % 5], number / 7);
            for name in [name.as_str(), words[number % 5]] {
                assert_eq!(classify_once(name), Named::of(name));
            }
        }
    }
}
