//! What a value that was found is worth to who reads it: the one table for all formats.

use crate::model::{Fact, Severity};

/// What it takes to use a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Truth {
    /// Nothing: it is used as it is.
    Usable,
    /// A constant that everyone has.
    Reversible,
    /// A passphrase that is elsewhere.
    Encrypted,
    /// Guessing.
    Hashed,
}

/// Where the truth is among what is known of a match.
const SHIFT: u32 = 8;

impl Truth {
    /// Returns what the facts of a proof state.
    pub(in crate::detect) fn of(facts: &[Fact]) -> Self {
        let has = |name: &str, value: &str| {
            let mut facts = facts.iter();
            facts.any(|fact| fact.name == name && fact.value == value)
        };
        if has("encrypted", "yes") {
            Self::Encrypted
        } else if has("hashed", "yes") {
            Self::Hashed
        } else if has("obfuscated", "yes") || facts.iter().any(|fact| fact.name == "password") {
            Self::Reversible
        } else {
            Self::Usable
        }
    }

    /// Returns it as a part of what is known of a match.
    pub(in crate::detect) fn known(self) -> u64 {
        let number = match self {
            Self::Usable => 0,
            Self::Reversible => 1,
            Self::Encrypted => 2,
            Self::Hashed => 3,
        };
        number << SHIFT
    }

    /// Reads what is known of a match.
    pub(in crate::detect) fn among(known: u64) -> Self {
        match known >> SHIFT & 3 {
            1 => Self::Reversible,
            2 => Self::Encrypted,
            3 => Self::Hashed,
            _ => Self::Usable,
        }
    }

    /// Returns how bad a value can be at most.
    pub(in crate::detect) fn most(self) -> Severity {
        match self {
            Self::Usable | Self::Reversible => Severity::Critical,
            Self::Encrypted | Self::Hashed => Severity::Medium,
        }
    }

    /// Returns what a message adds to the title of a rule.
    pub(in crate::detect) fn remark(self) -> Option<&'static str> {
        match self {
            Self::Usable => None,
            Self::Reversible => Some("obfuscated with a published key, which protects nothing"),
            Self::Encrypted => Some("encrypted, and only as safe as its passphrase"),
            Self::Hashed => Some("hashed, and only as safe as the password is hard to guess"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_of_a_match_keeps_the_truth() {
        for truth in [
            Truth::Usable,
            Truth::Reversible,
            Truth::Encrypted,
            Truth::Hashed,
        ] {
            assert_eq!(Truth::among(truth.known() | 3), truth);
            assert_eq!(truth.most() > Severity::Medium, truth.known() >> SHIFT < 2);
        }
    }

    #[test]
    fn facts_state_the_truth() {
        let fact = |name, value: &str| Fact {
            name,
            value: value.to_owned(),
        };
        let of = |name, value: &str| Truth::of(&[fact("kind", "a"), fact(name, value)]);
        assert_eq!(of("encrypted", "yes"), Truth::Encrypted);
        assert_eq!(of("encrypted", "no"), Truth::Usable);
        assert_eq!(of("password", "changeit"), Truth::Reversible);
        assert_eq!(of("obfuscated", "yes"), Truth::Reversible);
    }
}
