//! Where what was scanned comes from.

/// A repository, and what of it was scanned, as far as that is known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Provenance {
    /// The address that it is cloned from, without credentials.
    pub repository: String,
    /// The commit.
    pub revision: Option<String>,
    /// The branch.
    pub branch: Option<String>,
    /// Whether paths in reports count from its top.
    pub is_root: bool,
}
