//! How much one file may unpack to.

use std::cell::Cell;
use std::io::{self, Read};

/// What every file may unpack to, however small it is: what a few documents hold.
const LEAST: u64 = 4 << 20;
/// How many times larger than the file it may be beyond that. Text is packed to a tenth, logs that repeat themselves to
/// a hundredth; what is packed further states nothing, over and over.
const RATIO: u64 = 100;
/// What no file unpacks to: as much as the largest file that is scanned. It takes a second or two.
const MOST: u64 = 256 << 20;
/// How many members, those of inner archives included, are looked at.
pub(super) const MEMBERS: u32 = 100_000;

/// What is left of it.
pub(super) struct Budget {
    bytes: Cell<u64>,
    members: Cell<u32>,
    /// How much it was.
    pub(super) granted: u64,
    is_spent: Cell<bool>,
}

impl Budget {
    /// For a file of `size` bytes.
    pub(super) fn of(size: usize) -> Self {
        let granted = (LEAST + RATIO.saturating_mul(size as u64)).min(MOST);
        Self {
            bytes: Cell::new(granted),
            members: Cell::new(MEMBERS),
            granted,
            is_spent: Cell::new(false),
        }
    }

    /// Returns whether something was refused.
    pub(super) fn is_spent(&self) -> bool {
        self.is_spent.get()
    }

    /// Returns whether it was the members that were too many.
    pub(super) fn has_no_member_left(&self) -> bool {
        self.members.get() == 0
    }

    /// Takes one more member; `false` when there are too many.
    pub(super) fn take_member(&self) -> bool {
        let left = self.members.get();
        self.members.set(left.saturating_sub(1));
        self.is_spent.set(self.is_spent.get() || left == 0);
        left > 0
    }

    /// Reads what is unpacked, and fails when that becomes too much.
    pub(super) fn metered<R: Read>(&self, inner: R) -> Metered<'_, R> {
        Metered {
            inner,
            budget: self,
        }
    }
}

/// See [`Budget::metered`].
pub(super) struct Metered<'b, R> {
    inner: R,
    budget: &'b Budget,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.budget.bytes.get();
        if left == 0 {
            self.budget.is_spent.set(true);
            return Err(io::Error::other("unpacks to too much data"));
        }
        let most = usize::try_from(left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let read = self.inner.read(&mut buffer[..most])?;
        self.budget.bytes.set(left - read as u64);
        Ok(read)
    }
}
