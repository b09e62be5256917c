//! Places in a text.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};
use std::ops::Range;

use serde::Serialize;

use super::MEMBER;

/// A place between two characters of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Position {
    /// Line, counted from 1. Lines end with `\n`, or with a `\r` that no `\n` follows.
    pub line: u32,
    /// Column, counted from 1 in Unicode scalar values; a byte that is not valid UTF-8 counts as one.
    pub column: u32,
    /// Byte offset of the same place, counted from 0, in the text as it was scanned (UTF-16 input is scanned as UTF-8).
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
    /// Returns the byte range in the text as it was scanned.
    pub fn bytes(&self) -> Range<usize> {
        self.start.byte..self.end.byte
    }
}

/// A file, by its path below the scanned root, and a stretch in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Location {
    /// Path relative to the scanned root, with `/` between its parts; bytes that are not UTF-8 are replaced.
    pub path: String,
    /// The member of the archive, as [`member_of`](super::member_of) returns it; none for the file itself.
    pub member: Option<String>,
    /// Whether the place is in bytes that are not text: then only byte offsets count, and there are no lines.
    pub is_binary: bool,
    /// Which part of the file, or of its member.
    pub region: Region,
}

impl Location {
    /// Returns a place in a text file.
    pub fn new(path: String, region: Region) -> Self {
        Self {
            path,
            member: None,
            is_binary: false,
            region,
        }
    }

    /// Returns the path, and the member where there is one: `lib/a.jar!/a.properties`.
    pub fn full_path(&self) -> Cow<'_, str> {
        match &self.member {
            Some(member) => format!("{}{MEMBER}{member}", self.path).into(),
            None => self.path.as_str().into(),
        }
    }

    /// Returns `line:column`, or the byte offset where there are no lines.
    pub fn place(&self) -> String {
        let Position { line, column, byte } = self.region.start;
        if self.is_binary {
            format!("byte {byte}")
        } else {
            format!("{line}:{column}")
        }
    }

    /// Returns where in the file it is, if no line of the file itself can be pointed at.
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

/// Returns whether one of `stretches`, which are in ascending order without overlap, covers all of `part`.
pub fn is_within(part: &Range<usize>, stretches: &[Range<usize>]) -> bool {
    let at = stretches.partition_point(|stretch| stretch.end < part.end);
    stretches
        .get(at)
        .is_some_and(|stretch| stretch.start <= part.start)
}

/// How far apart the marks are, in bytes: places whose columns are kept.
const MARK: usize = 4096;
/// How many bytes a character has at most after its first.
const MAX_BEHIND: usize = 3;

/// Finds lines and columns in one text.
///
/// It keeps the offsets at which lines begin, so it costs one pass over the text. Columns are counted from the start of
/// the line, or on a long line from the nearest mark, so that no answer costs more than about 4 KiB, however long the
/// line is.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t [u8],
    starts: Vec<usize>,
    /// The last offset asked for, and the characters before it on its line: the next one is usually near.
    last: Cell<(usize, usize)>,
    /// The characters before each mark on its line; counted when a long line is first asked about.
    marks: OnceCell<Vec<usize>>,
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
            marks: OnceCell::new(),
        }
    }

    /// Returns the line of byte `offset`, counted from 1; an offset beyond the end means the end.
    pub fn line_number(&self, offset: usize) -> u32 {
        to_u32(self.line_at(offset.min(self.text.len())) + 1)
    }

    /// Returns the line of `offset`, counted from 0.
    fn line_at(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset) - 1
    }

    /// Returns the position of byte `offset`; an offset beyond the end means the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line_at(offset);
        let start = self.starts[line];
        let (mut from, mut before) = match self.last.get() {
            (last, chars) if (start..=offset).contains(&last) => (last, chars),
            _ => (start, 0),
        };
        if offset - from > MARK + MAX_BEHIND {
            (from, before) = self.mark_before(offset);
        }
        let column = before + count_chars(&self.text[from..offset]);
        self.last.set((offset, column));
        Position {
            line: to_u32(line + 1),
            column: to_u32(column + 1),
            byte: offset,
        }
    }

    /// Returns the last mark before `offset` and the number of characters before it on its line. The mark must be on
    /// the line of `offset`.
    fn mark_before(&self, offset: usize) -> (usize, usize) {
        let marks = self.marks.get_or_init(|| self.count_marks());
        let number = offset / MARK;
        (self.mark(number), marks[number])
    }

    /// Returns the offset of mark `number`, which never splits a character.
    fn mark(&self, number: usize) -> usize {
        let at = number * MARK;
        let is_inside = |at: usize| self.text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
        // In a longer run of continuation bytes, none belongs to a character.
        let start = (0..=MAX_BEHIND.min(at)).find(|back| !is_inside(at - back));
        start.map_or(at, |back| at - back)
    }

    fn count_marks(&self) -> Vec<usize> {
        let mut marks = Vec::with_capacity(self.text.len() / MARK + 1);
        let (mut from, mut before) = (0, 0);
        for number in 0..=self.text.len() / MARK {
            let at = self.mark(number);
            let start = self.starts[self.line_at(at)];
            if start > from {
                (from, before) = (start, 0);
            }
            before += count_chars(&self.text[from..at]);
            from = at;
            marks.push(before);
        }
        marks
    }

    /// Returns the region that covers `bytes`.
    pub fn region(&self, bytes: Range<usize>) -> Region {
        Region {
            start: self.position(bytes.start),
            end: self.position(bytes.end),
        }
    }

    /// Returns the byte range of line `line` (counted from 1) without its line end; empty if there is no such line.
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

/// Counts characters; each byte that belongs to no valid character counts as one.
fn count_chars(bytes: &[u8]) -> usize {
    #[cfg(test)]
    tests::COUNTED.with(|counted| counted.set(counted.get() + bytes.len()));
    if bytes.is_ascii() {
        return bytes.len();
    }
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

    thread_local! {
        /// How many bytes were searched for characters.
        pub(super) static COUNTED: Cell<usize> = const { Cell::new(0) };
    }

    #[test]
    fn places_on_a_long_line_cost_as_much_as_on_short_ones() {
        let cost = |count: usize| {
            let text = "{\"password\":\"ä\"},".repeat(count);
            let index = LineIndex::new(text.as_bytes());
            let before = COUNTED.get();
            for number in 0..count {
                // Alternates between both ends, so that the last place does not help.
                let number = if number % 2 == 0 {
                    number
                } else {
                    count - number
                };
                let at = number * (text.len() / count);
                index.region(at..(at + 5).min(text.len()));
            }
            COUNTED.get() - before
        };
        let (short, long) = (cost(2_000), cost(8_000));
        assert!(long * 10 <= short * 44, "{short}, {long}");
    }

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
    fn columns_of_long_lines_are_those_counted_from_their_start() {
        // Characters of every length, whole and truncated, at every distance from the marks.
        let mut text = Vec::new();
        for number in 0..9000_usize {
            let part: &[u8] = match number % 7 {
                0 => "\u{1f600}".as_bytes(),
                1 => "ä".as_bytes(),
                2 => b"\x80\x80\x80\x80\x80",
                3 => "€".as_bytes(),
                4 => b"\xf0\x9f\x98",
                5 => b"abc",
                _ => b"\xe2\x82",
            };
            text.extend_from_slice(part);
            if number == 4000 || number == 4001 {
                text.push(b'\n');
            }
        }
        let counted = |offset: usize| {
            let start = memchr::memrchr(b'\n', &text[..offset]).map_or(0, |end| end + 1);
            to_u32(count_chars(&text[start..offset]) + 1)
        };
        let index = LineIndex::new(&text);
        let around = (0..=text.len() / MARK).flat_map(|mark| mark * MARK..mark * MARK + 6);
        for offset in around.rev().filter(|offset| *offset <= text.len()) {
            assert_eq!(index.position(offset).column, counted(offset), "{offset}");
            assert_eq!(index.position(offset).line, index.line_number(offset));
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
