//! Text that is joined from several ranges of a file and knows where each of its bytes came from.

use std::ops::Range;

/// The text of an instruction after its continued lines are joined and the comments between them removed.
#[derive(Debug, Clone, Default)]
pub(super) struct Joined {
    text: String,
    /// Where each piece begins, in the text and in the file.
    pieces: Vec<(usize, usize)>,
}

impl Joined {
    /// Adds a piece that begins at byte `at` of the file.
    pub(super) fn push(&mut self, stretch: &str, at: usize) {
        if !stretch.is_empty() {
            self.pieces.push((self.text.len(), at));
            self.text.push_str(stretch);
        }
    }

    /// Returns a single piece.
    pub(super) fn of(stretch: &str, at: usize) -> Self {
        let mut joined = Self::default();
        joined.push(stretch, at);
        joined
    }

    /// Returns a part of the text, with its positions.
    pub(super) fn part(&self, part: Range<usize>) -> Self {
        let mut joined = Self::default();
        let ends = self.pieces.iter().skip(1).map(|(own, _)| *own);
        let ends = ends.chain([self.text.len()]);
        for (&(own, file), end) in self.pieces.iter().zip(ends) {
            let (start, end) = (own.max(part.start), end.min(part.end));
            if start < end {
                joined.push(&self.text[start..end], file + (start - own));
            }
        }
        joined
    }

    /// Returns the text.
    pub(super) fn as_str(&self) -> &str {
        &self.text
    }

    /// Returns the bytes of the file from the first to the last byte of `part`.
    pub(super) fn span(&self, part: Range<usize>) -> Range<usize> {
        let start = self.place(part.start);
        if part.is_empty() {
            return start..start;
        }
        start..self.place(part.end - 1) + 1
    }

    fn place(&self, offset: usize) -> usize {
        let index = self.pieces.partition_point(|(own, _)| *own <= offset);
        let Some((own, file)) = index
            .checked_sub(1)
            .and_then(|index| self.pieces.get(index))
        else {
            return 0;
        };
        file + (offset - own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_knows_where_it_came_from() {
        let mut joined = Joined::default();
        joined.push("RUN a ", 10);
        joined.push("", 20);
        joined.push("b c", 30);
        assert_eq!(joined.as_str(), "RUN a b c");
        assert_eq!(joined.span(0..3), 10..13);
        assert_eq!(joined.span(4..7), 14..31);
        assert_eq!(joined.span(8..9), 32..33);
        assert_eq!(joined.span(9..9), 33..33);
        assert_eq!(Joined::default().span(0..0), 0..0);
    }
}
