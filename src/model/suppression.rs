//! Why a finding or a gap does not count.

use serde::Serialize;

/// Why a finding or a gap does not count.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Suppression {
    /// What kind of place says so.
    pub kind: SuppressionKind,
    /// What says so: the marker of a comment, or the name of a file.
    pub by: String,
    /// The reason that was given; empty if none was.
    pub reason: String,
}

/// Where it says that a finding does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum SuppressionKind {
    /// In the scanned text, by a comment.
    InSource,
    /// Elsewhere: in a baseline or in settings.
    External,
}
