//! What `source` hands to `detect` and `audit`: bytes, and where they came from.

use std::fmt;
use std::ops::Range;

use serde::{Serialize, Serializer};

/// The name of a git object: 20 bytes (SHA-1) or 32 (SHA-256).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectId {
    bytes: [u8; 32],
    len: u8,
}

impl ObjectId {
    /// Takes the first 20 or 32 bytes of a hash; `None` for any other length.
    pub fn from_bytes(hash: &[u8]) -> Option<Self> {
        let len = u8::try_from(hash.len())
            .ok()
            .filter(|len| matches!(len, 20 | 32))?;
        let mut bytes = [0; 32];
        bytes[..hash.len()].copy_from_slice(hash);
        Some(Self { bytes, len })
    }

    /// Returns the hash.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }
}

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        super::hex::write_hex(self.as_bytes(), f)
    }
}

impl Serialize for ObjectId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Where bytes came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// A file of the working tree.
    Worktree,
    /// A file as it is staged in the index.
    Index,
    /// Standard input.
    Stdin,
    /// A blob of the git history.
    Blob(ObjectId),
    /// The message of a commit.
    CommitMessage(ObjectId),
    /// The message of an annotated tag.
    TagMessage(ObjectId),
}

impl Origin {
    /// Returns whether the bytes come from git history rather than from what is about to be committed or deployed.
    pub fn is_history(&self) -> bool {
        matches!(
            self,
            Self::Blob(_) | Self::CommitMessage(_) | Self::TagMessage(_)
        )
    }
}

/// Bytes to be scanned.
///
/// Text that was UTF-16 has been converted to UTF-8; anything else is as it was read.
#[derive(Debug, Clone)]
pub struct Blob<'a> {
    /// The whole content.
    pub bytes: &'a [u8],
    /// The path below the scanned root, where one is known before the scan; blobs of the history have none yet.
    pub path: Option<&'a str>,
    /// Where the bytes came from.
    pub origin: Origin,
}

/// A stretch that a blob shares with its base, a blob that was scanned already. What no such stretch covers is
/// fresh.
///
/// Lists of stretches are in ascending order without overlap, and two that touch come from different places of the
/// base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inherited {
    /// Where it begins in the blob, as a byte offset.
    pub start: usize,
    /// Where it begins in the base, as a byte offset.
    pub base_start: usize,
    /// Its length in bytes.
    pub len: usize,
}

impl Inherited {
    /// Returns where it lies in the blob.
    pub fn range(&self) -> Range<usize> {
        self.start..self.start + self.len
    }

    /// Returns where it lies in the base.
    pub fn base_range(&self) -> Range<usize> {
        self.base_start..self.base_start + self.len
    }
}
