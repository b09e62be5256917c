//! What a reader can do with a value that was found: one table for all formats.

use crate::model::{Fact, Severity};

/// What it takes to use a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Truth {
    /// Nothing: it can be used as it is.
    Usable,
    /// A published key or password.
    Reversible,
    /// A passphrase that is elsewhere.
    Encrypted,
    /// Guessing.
    Hashed,
}

/// The lowest bit of the truth in the flags of a match.
const SHIFT: u32 = 8;

impl Truth {
    /// Returns the truth that the facts of a proof state.
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

    /// Returns the truth as bits of the flags of a match.
    pub(in crate::detect) fn known(self) -> u64 {
        let number = match self {
            Self::Usable => 0,
            Self::Reversible => 1,
            Self::Encrypted => 2,
            Self::Hashed => 3,
        };
        number << SHIFT
    }

    /// Reads the truth from the flags of a match.
    pub(in crate::detect) fn among(known: u64) -> Self {
        match known >> SHIFT & 3 {
            1 => Self::Reversible,
            2 => Self::Encrypted,
            3 => Self::Hashed,
            _ => Self::Usable,
        }
    }

    /// Returns the highest severity that the value can have.
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

/// How a password was hashed, as far as the form of the hash shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) enum Hashed {
    Crypt,
    Md5,
    Sha1,
    Sha256,
    Sha512,
    MySql,
    AspNet,
}

/// The lowest bit of the hash function in the flags of a match.
const FUNCTION_SHIFT: u32 = 20;

impl Hashed {
    const ALL: [Self; 7] = [
        Self::Crypt,
        Self::Md5,
        Self::Sha1,
        Self::Sha256,
        Self::Sha512,
        Self::MySql,
        Self::AspNet,
    ];

    /// Recognises a hash by its form in a column of passwords. Hashes that name their function, `$2y$…`, are
    /// recognised elsewhere.
    pub(in crate::detect) fn recognise(value: &[u8]) -> Option<Self> {
        let is_hex = |text: &[u8]| text.iter().all(u8::is_ascii_hexdigit);
        let is_base64 = |text: &[u8]| {
            let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
            let end = text.iter().rev().take_while(|byte| **byte == b'=').count();
            text[..text.len() - end].iter().all(is_digit)
        };
        match (value.len(), value) {
            (13, _) if is_crypt(value) => Some(Self::Crypt),
            (32, _) if is_hex(value) => Some(Self::Md5),
            // PostgreSQL's, salted with the name of the role.
            (35, [b'm', b'd', b'5', digits @ ..]) if is_hex(digits) => Some(Self::Md5),
            (40, _) if is_hex(value) => Some(Self::Sha1),
            (28, [.., b'=']) if is_base64(value) => Some(Self::Sha1),
            (41, [b'*', digits @ ..]) if is_hex(digits) => Some(Self::MySql),
            (64, _) if is_hex(value) => Some(Self::Sha256),
            (44, [.., b'=']) if is_base64(value) => Some(Self::Sha256),
            (128, _) if is_hex(value) => Some(Self::Sha512),
            (68 | 84, [b'A', b'Q' | b'A', b'A', b'A', ..]) if is_base64(value) => {
                Some(Self::AspNet)
            }
            _ => None,
        }
    }

    /// Whether the form of the value alone shows that it is a hash: no key has it.
    pub(in crate::detect) fn is_stated_by(self, value: &[u8]) -> bool {
        matches!(self, Self::MySql | Self::AspNet) || value.starts_with(b"md5")
    }

    /// Returns the hash function as bits of the flags of a match.
    pub(in crate::detect) fn known(self) -> u64 {
        let number = Self::ALL.iter().position(|it| *it == self).unwrap_or(0) as u64 + 1;
        Truth::Hashed.known() | number << FUNCTION_SHIFT
    }

    /// Reads the hash function from the flags of a match.
    pub(in crate::detect) fn among(known: u64) -> Option<Self> {
        let number = usize::try_from(known >> FUNCTION_SHIFT & 7).ok()?;
        number
            .checked_sub(1)
            .and_then(|at| Self::ALL.get(at).copied())
    }

    /// Returns what a message adds to the title of a rule.
    pub(in crate::detect) fn remark(self) -> &'static str {
        match self {
            Self::Crypt => "hashed with DES by crypt(3), which falls to brute force",
            Self::Md5 => "hashed with MD5, which falls to brute force",
            Self::Sha1 => "hashed with SHA-1, which falls to brute force",
            Self::Sha256 => {
                "hashed with SHA-256, and only as safe as the password is hard to guess"
            }
            Self::Sha512 => {
                "hashed with SHA-512, and only as safe as the password is hard to guess"
            }
            Self::MySql => "hashed by MySQL with SHA-1, which falls to brute force",
            Self::AspNet => {
                "hashed by ASP.NET Identity, and only as safe as the password is hard to guess"
            }
        }
    }
}

/// Whether a value has the form of crypt(3) with DES: thirteen characters, of which the last holds only four bits. One
/// in four random values has that form by chance.
fn is_crypt(value: &[u8]) -> bool {
    const LAST: &[u8] = b".26AEIMQUYcgkosw";
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/');
    let has = |is: fn(&u8) -> bool| value.iter().any(is);
    value.len() == 13
        && value.iter().all(is_digit)
        && value.last().is_some_and(|last| LAST.contains(last))
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_uppercase)
        && std::str::from_utf8(value).is_ok_and(crate::lexicon::value::is_random)
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
    fn hashes_are_known_by_their_form() {
        let hex = "4a1750c8607dfa23".repeat(8);
        let base64 = "kT7vv2Qp9xLmR4sZb1WckT7vv2Qp9xLm".repeat(3);
        for (value, expected) in [
            ("abkT7vv2QpxLM", Some(Hashed::Crypt)),
            (&hex[..32], Some(Hashed::Md5)),
            (&format!("md5{}", &hex[..32]), Some(Hashed::Md5)),
            (&hex[..40], Some(Hashed::Sha1)),
            (
                &format!("*{}", hex[..40].to_uppercase()),
                Some(Hashed::MySql),
            ),
            (&hex[..64], Some(Hashed::Sha256)),
            (&format!("{}=", &base64[..43]), Some(Hashed::Sha256)),
            (&hex, Some(Hashed::Sha512)),
            (&format!("AQAAAA{}==", &base64[..76]), Some(Hashed::AspNet)),
            ("abkT7vv2QpxLx", None),
            ("summerlampdoo", None),
            ("Tr4verse-Lam.", None),
            ("kT7vv2Qp9xLmR4sZb1Wc", None),
        ] {
            assert_eq!(Hashed::recognise(value.as_bytes()), expected, "{value}");
        }
        for hashed in Hashed::ALL {
            assert_eq!(Hashed::among(hashed.known()), Some(hashed));
            assert_eq!(Truth::among(hashed.known()), Truth::Hashed);
        }
        assert_eq!(Hashed::among(Truth::Hashed.known()), None);
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
