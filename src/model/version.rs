//! Versions of gonogo, as rules and settings name them.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// How many numbers a version has at most.
const NUMBERS: usize = 3;

/// A version: `0.2.1`, or `0.2` for all that begin with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    numbers: [u32; NUMBERS],
    /// How many of the numbers are given.
    given: usize,
}

/// A text that is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a version: write one such as \"0.2\" or \"0.2.1\"")]
pub struct NoVersion;

impl Version {
    /// Returns whether it came after `other` and everything `other` covers: `0.2.1` came after `0.2.0`, but not after
    /// `0.2`.
    pub fn is_newer_than(self, other: Self) -> bool {
        self.numbers[..other.given] > other.numbers[..other.given]
    }
}

impl FromStr for Version {
    type Err = NoVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut version = Self {
            numbers: [0; NUMBERS],
            given: 0,
        };
        for part in text.split('.') {
            let is_number = !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
            let number = version.numbers.get_mut(version.given).filter(|_| is_number);
            *number.ok_or(NoVersion)? = part.parse().map_err(|_| NoVersion)?;
            version.given += 1;
        }
        Ok(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers = self.numbers[..self.given].iter();
        let numbers: Vec<_> = numbers.map(u32::to_string).collect();
        f.pad(&numbers.join("."))
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn a_short_version_stands_for_all_that_begin_so() {
        for (newer, older) in [
            ("0.2.0", "0.1"),
            ("0.2.1", "0.2.0"),
            ("1.0.0", "0.99"),
            ("0.10", "0.9"),
        ] {
            assert!(version(newer).is_newer_than(version(older)), "{newer}");
            assert!(!version(older).is_newer_than(version(newer)), "{older}");
        }
        assert!(!version("0.2.1").is_newer_than(version("0.2")));
        assert!(!version("0.2").is_newer_than(version("0.2")));
    }

    #[test]
    fn a_version_is_written_as_it_is_read() {
        for text in ["0.2", "0.2.1", "3"] {
            assert_eq!(version(text).to_string(), text);
        }
        for text in ["", "0.", "v0.2", "0.2.1.4", "0.2-rc1", "+1", "99999999999"] {
            assert_eq!(text.parse::<Version>(), Err(NoVersion), "{text}");
        }
    }
}
