//! What identifies a finding from scan to scan.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// The length of the hash that identifies a group, in bytes.
pub const GROUP_BYTES: usize = 10;

/// Identifies a finding from scan to scan; written `9f86d081884c7d659a2f`, or `9f86d081884c7d659a2f.2` for the
/// second one of a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint {
    /// Shared by findings that are the same thing in one file.
    pub group: [u8; GROUP_BYTES],
    /// Its number within the group, in the order of the file, counted from 1.
    pub occurrence: u32,
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::hex::write_hex(&self.group, f)?;
        if self.occurrence > 1 {
            write!(f, ".{}", self.occurrence)?;
        }
        Ok(())
    }
}

impl Serialize for Fingerprint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that is not a fingerprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a fingerprint: expected {} digits 0-9a-f, with a suffix such as `.2` for the second of its kind", 2 * GROUP_BYTES)]
pub struct NoFingerprint;

impl FromStr for Fingerprint {
    type Err = NoFingerprint;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, occurrence) = match text.split_once('.') {
            Some((digits, number)) => (digits, number.parse().map_err(|_| NoFingerprint)?),
            None => (text, 1),
        };
        let mut group = [0; GROUP_BYTES];
        let is_hex = digits
            .bytes()
            .all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'));
        if digits.len() != 2 * GROUP_BYTES || !is_hex {
            return Err(NoFingerprint);
        }
        for (at, byte) in group.iter_mut().enumerate() {
            let pair = digits.get(2 * at..2 * at + 2).ok_or(NoFingerprint)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| NoFingerprint)?;
        }
        let fingerprint = Self { group, occurrence };
        // There is only one way to write each.
        let is_canonical = fingerprint.to_string() == text;
        is_canonical.then_some(fingerprint).ok_or(NoFingerprint)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_read_as_it_is_written() {
        for text in ["00010203040506070809", "00010203040506070809.12"] {
            let read: Fingerprint = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
        }
        for text in [
            "",
            "0001",
            "00010203040506070809.1",
            "00010203040506070809.0",
            "0001020304050607080A",
            "00010203040506070809.x",
        ] {
            assert_eq!(text.parse::<Fingerprint>(), Err(NoFingerprint), "{text}");
        }
    }
}
