//! Where in a text something stands.

use std::borrow::Cow;
use std::cell::Cell;
use std::ops::Range;

use serde::Serialize;

use super::MEMBER;

/// A place between two characters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// Line, counted from 1. Lines end with `\n`, or with `\r` that no `\n` follows.
    pub line: u32,
    /// Column, counted from 1 in Unicode scalar values; a byte that is not valid UTF-8 counts as one.
    pub column: u32,
    /// The same place in bytes, counted from 0, of the text as it was scanned (UTF-16 input is scanned as UTF-8).
    pub byte: usize,
}

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Region {
    /// Where it begins.
    pub start: Position,
    /// The place just behind its last character.
    pub end: Position,
}

impl Region {
    /// The stretch in bytes of the text as it was scanned.
    pub fn bytes(&self) -> Range<usize> {
        self.start.byte..self.end.byte
    }
}

/// A file, by its path below the scanned root, and a stretch in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Location {
    /// Path relative to the scanned root, with `/` between its parts; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// Which member of the archive, as [`member_of`](super::member_of) gives it; none for the file itself.
    pub member: Option<String>,
    /// Whether the place is in what is no text: then only its bytes count, and there are no lines.
    pub is_binary: bool,
    /// Which part of the file, or of its member.
    pub region: Region,
}

impl Location {
    /// A place in a text file.
    pub fn new(path: String, region: Region) -> Self {
        Self {
            path,
            member: None,
            is_binary: false,
            region,
        }
    }

    /// The path, and the member where there is one: `lib/a.jar!/a.properties`.
    pub fn full_path(&self) -> Cow<'_, str> {
        match &self.member {
            Some(member) => format!("{}{MEMBER}{member}", self.path).into(),
            None => self.path.as_str().into(),
        }
    }

    /// `line:column`, or what stands for it where there are no lines.
    pub fn place(&self) -> String {
        let Position { line, column, byte } = self.region.start;
        if self.is_binary {
            format!("byte {byte}")
        } else {
            format!("{line}:{column}")
        }
    }

    /// Where in the file it is, if no line of the file can be pointed at.
    pub fn within(&self) -> Option<String> {
        let line = self.region.start.line;
        match (&self.member, self.is_binary) {
            (None, false) => None,
            (None, true) => Some(self.place()),
            (Some(member), true) => Some(format!("{member}, {}", self.place())),
            (Some(member), false) => Some(format!("{member}:{line}")),
        }
    }
}

/// Finds lines and columns in one text.
///
/// Keeps only the offsets at which lines begin, so it costs one pass over the text and four bytes a line.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t [u8],
    starts: Vec<usize>,
    /// The last offset asked for, and the characters before it on its line: on a line of megabytes, counting from its
    /// start each time would take forever.
    last: Cell<(usize, usize)>,
}

impl<'t> LineIndex<'t> {
    /// Reads `text` once for its line ends.
    pub fn new(text: &'t [u8]) -> Self {
        let mut starts = vec![0];
        for at in memchr::memchr2_iter(b'\n', b'\r', text) {
            if text[at] == b'\n' || text.get(at + 1) != Some(&b'\n') {
                starts.push(at + 1);
            }
        }
        Self {
            text,
            starts,
            last: Cell::new((0, 0)),
        }
    }

    /// The position of byte `offset`; an offset behind the end is taken as the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.starts.partition_point(|&start| start <= offset) - 1;
        let start = self.starts[line];
        let (from, before) = match self.last.get() {
            (last, chars) if (start..=offset).contains(&last) => (last, chars),
            _ => (start, 0),
        };
        let column = before + count_chars(&self.text[from..offset]);
        self.last.set((offset, column));
        Position {
            line: to_u32(line + 1),
            column: to_u32(column + 1),
            byte: offset,
        }
    }

    /// The region that covers `bytes`.
    pub fn region(&self, bytes: Range<usize>) -> Region {
        Region {
            start: self.position(bytes.start),
            end: self.position(bytes.end),
        }
    }

    /// The bytes of line `line` (counted from 1) without its line end; empty when there is no such line.
    pub fn line(&self, line: u32) -> Range<usize> {
        let index = line.saturating_sub(1) as usize;
        let Some(&start) = self.starts.get(index) else {
            return 0..0;
        };
        let mut end = self
            .starts
            .get(index + 1)
            .copied()
            .unwrap_or(self.text.len());
        while end > start && matches!(self.text[end - 1], b'\n' | b'\r') {
            end -= 1;
        }
        start..end
    }
}

/// Counts characters, taking each byte that belongs to no valid character as one.
fn count_chars(bytes: &[u8]) -> usize {
    bytes
        .utf8_chunks()
        .map(|chunk| chunk.valid().chars().count() + chunk.invalid().len())
        .sum()
}

fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8], offset: usize, expected: (u32, u32)) {
        let position = LineIndex::new(text).position(offset);
        assert_eq!(
            (position.line, position.column),
            expected,
            "offset {offset} of {text:?}"
        );
    }

    #[test]
    fn positions_are_counted_from_one_in_characters() {
        check(b"", 0, (1, 1));
        check(b"ab\ncd", 2, (1, 3));
        check(b"ab\ncd", 3, (2, 1));
        check("äö=x".as_bytes(), 4, (1, 3));
        check(b"\xff\xfe=x", 2, (1, 3));
        check(b"ab", 99, (1, 3));
    }

    #[test]
    fn positions_do_not_depend_on_what_was_asked_before() {
        let text = "äö=x\nab".as_bytes();
        let index = LineIndex::new(text);
        for offset in [6, 4, 6, 0, 7, 2, 8, 9] {
            assert_eq!(
                index.position(offset),
                LineIndex::new(text).position(offset),
                "{offset}"
            );
        }
    }

    #[test]
    fn every_kind_of_line_end_counts_once() {
        check(b"a\r\nb", 3, (2, 1));
        check(b"a\rb", 2, (2, 1));
        check(b"a\n\nb", 3, (3, 1));
    }

    #[test]
    fn a_line_has_no_line_end() {
        let index = LineIndex::new(b"one\r\ntwo\n");
        assert_eq!(
            (index.line(1), index.line(2), index.line(3), index.line(9)),
            (0..3, 5..8, 9..9, 0..0)
        );
    }
}
