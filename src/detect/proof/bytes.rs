//! A cursor over bytes that returns `None` instead of reading past the end.

/// The bytes that have not been read yet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    pub(super) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(head)
    }

    pub(super) fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    /// Reads a big-endian number of at most four bytes.
    pub(super) fn number(&mut self, width: usize) -> Option<usize> {
        if width > 4 {
            return None;
        }
        let bytes = self.take(width)?;
        Some(bytes.iter().fold(0, |n, &byte| n << 8 | usize::from(byte)))
    }

    /// Reads bytes that follow their length, which is a big-endian number of `width` bytes.
    pub(super) fn sized(&mut self, width: usize) -> Option<&'a [u8]> {
        let count = self.number(width)?;
        self.take(count)
    }
}
