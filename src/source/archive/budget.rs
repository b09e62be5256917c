//! Limits how much one file may unpack to.

use std::cell::Cell;
use std::io::{self, Read};

/// What every file may unpack to, in bytes, however small it is: as much as a few documents hold.
const LEAST: u64 = 4 << 20;
/// How many times its own size a file may unpack to beyond that. Text compresses to a tenth, repetitive logs to a
/// hundredth; what compresses better only repeats itself.
const RATIO: u64 = 100;
/// What no file may exceed, in bytes: the size of the largest file that is scanned. Unpacking it takes a second or two.
const MOST: u64 = 256 << 20;
/// How many members are looked at, including those of inner archives.
pub(super) const MEMBERS: u32 = 100_000;

/// What is left of a file's budget.
pub(super) struct Budget {
    bytes: Cell<u64>,
    members: Cell<u32>,
    /// The initial number of bytes.
    pub(super) granted: u64,
    is_spent: Cell<bool>,
}

impl Budget {
    /// Creates the budget for a file of `size` bytes.
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

    /// Returns whether there were too many members.
    pub(super) fn has_no_member_left(&self) -> bool {
        self.members.get() == 0
    }

    /// Takes one more member; `false` if there are too many.
    pub(super) fn take_member(&self) -> bool {
        let left = self.members.get();
        self.members.set(left.saturating_sub(1));
        self.is_spent.set(self.is_spent.get() || left == 0);
        left > 0
    }

    /// Wraps a reader of unpacked data that fails once the budget is spent.
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
