//! How much of a text was examined to decide that a keyword leads to nothing.
//!
//! Nearly all keywords lead to nothing, and a few bytes next to them show that. This stays true when bytes farther
//! away change, even if a rule that had gone on could have seen them.

/// How many bytes around a keyword decided that it leads to nothing.
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

    /// Possibly any within the reach of its rules.
    pub(in crate::detect) const FAR: Self = Self {
        before: u16::MAX,
        behind: u16::MAX,
    };

    /// At most so many before the keyword's first byte, and after its last.
    pub(in crate::detect) fn at(before: usize, behind: usize) -> Self {
        match (u16::try_from(before), u16::try_from(behind)) {
            (Ok(before), Ok(behind)) => Self { before, behind },
            _ => Self::FAR,
        }
    }

    /// Returns the extent around a keyword of a decision that was made so many bytes away from it on either side.
    pub(in crate::detect) fn from(self, (before, behind): (usize, usize)) -> Self {
        match self.extent() {
            Some(own) => Self::at(own.0 + before, own.1 + behind),
            None => Self::FAR,
        }
    }

    /// Returns the union of both.
    pub(in crate::detect) fn and(self, other: Self) -> Self {
        Self {
            before: self.before.max(other.before),
            behind: self.behind.max(other.behind),
        }
    }

    /// Returns whether at most `near` bytes on either side mattered.
    pub(in crate::detect) fn is_within(self, near: u16) -> bool {
        self.before <= near && self.behind <= near
    }

    /// Returns how many bytes before and after the keyword, if that is known.
    pub(in crate::detect) fn extent(self) -> Option<(usize, usize)> {
        let is_known = self.before < u16::MAX && self.behind < u16::MAX;
        is_known.then_some((self.before.into(), self.behind.into()))
    }
}
