//! Which bytes a match can begin with: where another byte is, a pattern need not be asked.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The bytes that a match can begin with, and those that can follow: by byte, whether it can be the first, and whether it
/// can be the second.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::detect) struct Beginning([[bool; 2]; 256]);

impl std::fmt::Debug for Beginning {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes =
            |place: usize| (0..=u8::MAX).filter(move |byte| self.0[usize::from(*byte)][place]);
        let firsts = bytes(0).map(char::from).collect::<String>();
        to.debug_tuple("Beginning")
            .field(&firsts)
            .field(&bytes(1).map(char::from).collect::<String>())
            .finish()
    }
}

impl Beginning {
    /// Returns the bytes that a match of `hir` can begin with.
    pub(in crate::detect) fn new(hir: &Hir) -> Self {
        let mut bytes = [[false; 2]; 256];
        let ends = pass(hir, Places::AT_START, &mut bytes);
        for byte in &mut bytes {
            // What follows a match that is so short may be anything.
            byte[0] |= ends.0[0];
            byte[1] |= ends.0[0] || ends.0[1];
        }
        Self(bytes)
    }

    /// Returns whether a match can begin with the first of `bytes`.
    #[inline]
    pub(in crate::detect) fn may_begin(&self, bytes: &[u8]) -> bool {
        match bytes {
            [first, second, ..] => {
                self.0[usize::from(*first)][0] && self.0[usize::from(*second)][1]
            }
            [first] => self.0[usize::from(*first)][0],
            [] => false,
        }
    }
}

/// Which places within a match something may be at: its first byte, its second, any farther on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Places([bool; 3]);

impl Places {
    const AT_START: Self = Self([true, false, false]);
    const NOWHERE: Self = Self([false; 3]);

    /// One byte farther on.
    fn next(self) -> Self {
        let [first, second, later] = self.0;
        Self([false, first, second || later])
    }

    fn or(self, other: Self) -> Self {
        Self([0, 1, 2].map(|place| self.0[place] || other.0[place]))
    }
}

/// Adds the bytes that `hir` can have at these places; returns where what follows it can be.
fn pass(hir: &Hir, at: Places, bytes: &mut [[bool; 2]; 256]) -> Places {
    let mut add = |from: u8, to: u8, at: Places| {
        for byte in &mut bytes[usize::from(from)..=usize::from(to)] {
            byte[0] |= at.0[0];
            byte[1] |= at.0[1];
        }
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => at,
        HirKind::Literal(literal) => literal.0.iter().fold(at, |at, byte| {
            add(*byte, *byte, at);
            at.next()
        }),
        HirKind::Class(Class::Bytes(class)) => {
            for range in class.ranges() {
                add(range.start(), range.end(), at);
            }
            at.next()
        }
        // Patterns are compiled over bytes: there are none of these.
        HirKind::Class(Class::Unicode(_)) => {
            add(0, u8::MAX, Places([true, true, true]));
            Places([true, true, true])
        }
        HirKind::Repetition(repetition) => {
            let mut behind = Places::NOWHERE;
            let mut at = at;
            // After three rounds of one byte or more nothing is at the first two any more.
            let most = repetition.max.map_or(3, |most| most.min(3));
            for round in 0..most {
                if round >= repetition.min {
                    behind = behind.or(at);
                }
                at = pass(&repetition.sub, at, bytes);
            }
            behind.or(at)
        }
        HirKind::Capture(capture) => pass(&capture.sub, at, bytes),
        HirKind::Concat(parts) => parts.iter().fold(at, |at, part| pass(part, at, bytes)),
        HirKind::Alternation(branches) => {
            branches.iter().fold(Places::NOWHERE, |behind, branch| {
                behind.or(pass(branch, at, bytes))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::pattern::parse;

    fn of(pattern: &str) -> [String; 2] {
        let beginning = Beginning::new(&parse(pattern).unwrap());
        [0, 1].map(|place| {
            let bytes = (0..0x80).filter(|byte| beginning.0[usize::from(*byte)][place]);
            bytes.map(char::from).collect()
        })
    }

    #[test]
    fn bytes_that_a_match_can_begin_with() {
        assert_eq!(of(r"\bx?(?:ab|[cd]+)e"), ["acdx", "abcde"]);
        assert_eq!(of("(?i)key"), ["Kk", "Ee"]);
        assert_eq!(of("(?:a|b*)c[0-1]"), ["abc", "01bc"]);
        assert_eq!(of("(?:ab){2}"), ["a", "b"]);
        assert_eq!(of("x{3,9}y"), ["x", "x"]);
    }

    #[test]
    fn a_match_that_is_short_begins_with_anything_behind_it() {
        assert_eq!(of("a?").map(|bytes| bytes.len()), [128, 128]);
        let [first, second] = of("a|bc");
        assert_eq!((&*first, second.len()), ("ab", 128));
        let beginning = Beginning::new(&parse("ab").unwrap());
        assert!(beginning.may_begin(b"abc") && beginning.may_begin(b"a"));
        assert!(!beginning.may_begin(b"ac") && !beginning.may_begin(b""));
    }
}
