//! Where what was scanned comes from.

/// A repository and which state of it was scanned, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provenance {
    /// What people call it: the last part of its address, or of its directory's path.
    pub name: String,
    /// The address that it is cloned from, without credentials; none if others could not use the
    /// address.
    pub repository: Option<String>,
    /// The commit.
    pub revision: Option<String>,
    /// When that commit was made, in ISO 8601.
    pub date: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// Whether paths in reports are relative to its top directory.
    pub is_root: bool,
}
