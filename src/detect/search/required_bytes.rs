//! Bytes that every match of a pattern contains, and how far from its beginning: most places where a pattern could
//! match are ruled out by comparing a few of them, without a search.

use std::cmp::Reverse;
use std::ops::Range;

use regex_syntax::hir::{Hir, HirKind};

/// How far from the beginning of a match bytes are considered.
const FARTHEST: usize = 600;

/// How many landmarks are kept at a known distance, and within a range of distances.
const KEPT: (usize, usize) = (2, 2);

/// A byte that is in every match.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::detect) struct Landmark {
    byte: u8,
    /// The least distance from the beginning of the match, in bytes.
    from: usize,
    /// The greatest distance.
    to: usize,
}

impl Landmark {
    /// Returns whether the byte is where it must be for a match that begins at `range.start` and ends by `range.end`.
    #[inline]
    pub(in crate::detect) fn stands(&self, bytes: &[u8], range: &Range<usize>) -> bool {
        let start = range.start.saturating_add(self.from);
        let end = range.start.saturating_add(self.to + 1).min(range.end);
        bytes
            .get(start..end)
            .is_some_and(|part| memchr::memchr(self.byte, part).is_some())
    }

    /// Returns how many bytes from the beginning of a match show whether the byte is there.
    pub(in crate::detect) fn extent(&self) -> usize {
        self.to + 1
    }

    fn width(self) -> usize {
        self.to - self.from
    }
}

/// Returns the most distinctive landmarks of a pattern, relative to the beginning of a match.
pub(in crate::detect) fn landmarks(hir: &Hir) -> Vec<Landmark> {
    best(Walk::new(&[]).over(hir).found)
}

/// Returns the most distinctive landmarks of a pattern, relative to the keyword in every match; empty if that may be
/// anywhere.
pub(in crate::detect) fn landmarks_from_keyword(hir: &Hir, keywords: &[String]) -> Vec<Landmark> {
    let walk = Walk::new(keywords).over(hir);
    if walk.wanted.is_empty() {
        best(walk.found)
    } else {
        Vec::new()
    }
}

fn best(found: Vec<Landmark>) -> Vec<Landmark> {
    let (mut fixed, mut ranged): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|mark| mark.width() == 0);
    // The first byte is usually part of the keyword, which was found already.
    fixed.sort_by_key(|mark| (frequency(mark.byte), Reverse(mark.from)));
    ranged.sort_by_key(|mark| (frequency(mark.byte) * (mark.width() + 1), mark.from));
    ranged.dedup_by_key(|mark| mark.byte);
    fixed.truncate(KEPT.0);
    ranged.truncate(KEPT.1);
    fixed.extend(ranged);
    fixed
}

/// Returns roughly how often a byte occurs per thousand bytes of source code.
fn frequency(byte: u8) -> usize {
    match byte {
        b' ' | b'e' | b't' => 80,
        b'a'..=b'z' | b'\n' => 40,
        b'"' | b'.' | b'_' | b'(' | b')' | b',' | b'/' | b'-' | b'\t' | b'=' | b':' => 15,
        b'0'..=b'9' | b'A'..=b'Z' => 8,
        _ => 2,
    }
}

/// Tracks how far the parts of a pattern are from its beginning.
struct Walk<'k> {
    found: Vec<Landmark>,
    /// The keywords from which distances are measured; empty once one was met.
    wanted: &'k [String],
    /// The least distance of the next part.
    from: usize,
    /// The greatest; `None` after a part without a bound, or too far away.
    to: Option<usize>,
}

impl<'k> Walk<'k> {
    fn new(wanted: &'k [String]) -> Self {
        Self {
            found: Vec::new(),
            wanted,
            from: 0,
            to: Some(0),
        }
    }

    fn over(mut self, hir: &Hir) -> Self {
        self.part(hir);
        self
    }

    fn part(&mut self, hir: &Hir) {
        match hir.kind() {
            HirKind::Concat(parts) => parts.iter().for_each(|part| self.part(part)),
            HirKind::Capture(capture) => self.part(&capture.sub),
            HirKind::Literal(literal) => {
                let mut literal = &literal.0[..];
                if let Some(at) = self.keyword_in(literal) {
                    literal = &literal[at..];
                    *self = Walk::new(&[]);
                }
                for &byte in literal {
                    self.mark(byte);
                    self.pass(1, Some(1));
                }
            }
            _ => {
                if let Some(byte) = first_byte(hir) {
                    self.mark(byte);
                }
                let properties = hir.properties();
                self.pass(
                    properties.minimum_len().unwrap_or_default(),
                    properties.maximum_len(),
                );
            }
        }
    }

    /// Returns where the wanted keyword begins in a literal.
    fn keyword_in(&self, literal: &[u8]) -> Option<usize> {
        let lower = literal.to_ascii_lowercase();
        let find = |keyword: &String| memchr::memmem::find(&lower, keyword.as_bytes());
        self.wanted.iter().find_map(find)
    }

    fn mark(&mut self, byte: u8) {
        let from = self.from;
        self.found
            .extend(self.to.map(|to| Landmark { byte, from, to }));
    }

    fn pass(&mut self, least: usize, most: Option<usize>) {
        self.from += least;
        let to = self.to.zip(most).map(|(to, most)| to.saturating_add(most));
        self.to = to.filter(|&to| to <= FARTHEST);
    }
}

/// Returns the first byte of a repeated literal.
fn first_byte(hir: &Hir) -> Option<u8> {
    match hir.kind() {
        HirKind::Repetition(repetition) if repetition.min > 0 => match repetition.sub.kind() {
            HirKind::Literal(literal) => literal.0.first().copied(),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::pattern::parse;

    fn of(pattern: &str) -> Vec<(char, usize, usize)> {
        landmarks(&parse(pattern).unwrap())
            .iter()
            .map(|mark| (char::from(mark.byte), mark.from, mark.to))
            .collect()
    }

    #[test]
    fn rare_bytes_at_known_distances_come_first() {
        assert_eq!(
            of(r"://[a-z]{0,3}:([^@]{1,9})@x"),
            [('/', 2, 2), ('/', 1, 1), ('@', 5, 16), (':', 3, 6)]
        );
        assert_eq!(of("(?i)key[0-9]{4}#+z"), [('#', 7, 7)]);
    }

    #[test]
    fn distances_from_a_keyword_within_the_match() {
        let from = |pattern: &str| {
            let found = landmarks_from_keyword(&parse(pattern).unwrap(), &["://".to_owned()]);
            let found = found.iter().map(|mark| (char::from(mark.byte), mark.from));
            found.collect::<Vec<_>>()
        };
        assert_eq!(
            from("[a-z]+(://)[a-z]{0,3}@"),
            [('/', 2), ('/', 1), ('@', 3)]
        );
        assert_eq!(from("[a-z]+(?:://)?x@"), []);
    }

    #[test]
    fn nothing_is_known_behind_what_has_no_bound() {
        assert_eq!(of("[a-z]+@"), []);
        assert_eq!(of("a|b@"), []);
    }

    #[test]
    fn a_landmark_stands_within_its_range_and_before_the_end() {
        let mark = Landmark {
            byte: b'@',
            from: 2,
            to: 4,
        };
        let text = b"a@b@c";
        assert!(mark.stands(text, &(0..5)) && mark.stands(text, &(1..5)));
        assert!(!mark.stands(text, &(0..3)) && !mark.stands(text, &(2..5)));
        assert!(!mark.stands(text, &(9..12)));
    }
}
