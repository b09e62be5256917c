//! How much of a text was looked at before it was stated that a keyword leads to nothing.
//!
//! Nearly all keywords lead to nothing, and a look at a few bytes next to them states that. What was stated of such a
//! keyword still holds when bytes change that are farther away, though a rule that went on could have seen them.

/// Which bytes counted for it that a keyword leads to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) struct Looked {
    before: u16,
    behind: u16,
}

impl Looked {
    /// None but the keyword itself.
    pub(in crate::detect) const NOWHERE: Self = Self {
        before: 0,
        behind: 0,
    };

    /// Perhaps any within the reach of its rules.
    pub(in crate::detect) const FAR: Self = Self {
        before: u16::MAX,
        behind: u16::MAX,
    };

    /// So many before the keyword's first byte, and so many behind its last, at most.
    pub(in crate::detect) fn at(before: usize, behind: usize) -> Self {
        match (u16::try_from(before), u16::try_from(behind)) {
            (Ok(before), Ok(behind)) => Self { before, behind },
            _ => Self::FAR,
        }
    }

    /// Returns the same for what is so many bytes away from the keyword on either side.
    pub(in crate::detect) fn from(self, (before, behind): (usize, usize)) -> Self {
        match self.extent() {
            Some(own) => Self::at(own.0 + before, own.1 + behind),
            None => Self::FAR,
        }
    }

    /// These and those.
    pub(in crate::detect) fn and(self, other: Self) -> Self {
        Self {
            before: self.before.max(other.before),
            behind: self.behind.max(other.behind),
        }
    }

    /// Returns whether no more had a say than `near` bytes to either side.
    pub(in crate::detect) fn is_within(self, near: u16) -> bool {
        self.before <= near && self.behind <= near
    }

    /// Returns how many before the keyword and behind it, unless that is not known.
    pub(in crate::detect) fn extent(self) -> Option<(usize, usize)> {
        let is_known = self.before < u16::MAX && self.behind < u16::MAX;
        is_known.then_some((self.before.into(), self.behind.into()))
    }
}
