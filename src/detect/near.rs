//! How much of a text was looked at before it was said that a keyword leads to nothing.
//!
//! Nearly all keywords lead to nothing, and a look at the bytes next to them says so. What was said of such a keyword
//! still holds when bytes change that are farther away, though a rule that went on could have seen them.

/// How many bytes before and behind a keyword are near it.
pub(super) const NEAR: (usize, usize) = (208, 400);

/// Which bytes had a say in it that a keyword leads to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Looked {
    /// None but those that are near the keyword.
    Near,
    /// Perhaps any within the reach of its rules.
    Far,
}
