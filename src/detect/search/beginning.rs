//! Which bytes a match can begin with: where another byte is, a pattern need not be asked.

use regex_syntax::hir::{Class, Hir, HirKind};

/// The bytes that a match can begin with.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::detect) struct Beginning([bool; 256]);

impl std::fmt::Debug for Beginning {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let bytes = (0..=u8::MAX).filter(|byte| self.has(*byte));
        to.debug_set().entries(bytes.map(char::from)).finish()
    }
}

impl Beginning {
    /// Returns the bytes that a match of `hir` can begin with; all, where a match can be empty.
    pub(in crate::detect) fn new(hir: &Hir) -> Self {
        let mut bytes = [false; 256];
        if add(hir, &mut bytes) {
            bytes = [true; 256];
        }
        Self(bytes)
    }

    /// Returns whether a match can begin with `byte`.
    #[inline]
    pub(in crate::detect) fn has(&self, byte: u8) -> bool {
        self.0[usize::from(byte)]
    }
}

/// Adds what a match of `hir` can begin with; returns whether a match can be empty.
fn add(hir: &Hir, bytes: &mut [bool; 256]) -> bool {
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => true,
        HirKind::Literal(literal) => match literal.0.first() {
            Some(first) => {
                bytes[usize::from(*first)] = true;
                false
            }
            None => true,
        },
        HirKind::Class(Class::Bytes(class)) => {
            for range in class.ranges() {
                bytes[usize::from(range.start())..=usize::from(range.end())].fill(true);
            }
            false
        }
        // Patterns are compiled over bytes: there are none of these.
        HirKind::Class(Class::Unicode(_)) => {
            bytes.fill(true);
            false
        }
        HirKind::Repetition(repetition) => add(&repetition.sub, bytes) || repetition.min == 0,
        HirKind::Capture(capture) => add(&capture.sub, bytes),
        HirKind::Concat(parts) => parts.iter().all(|part| add(part, bytes)),
        HirKind::Alternation(branches) => branches
            .iter()
            .fold(false, |is_empty, branch| add(branch, bytes) || is_empty),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::pattern::parse;

    #[test]
    fn bytes_that_a_match_can_begin_with() {
        let of = |pattern: &str| {
            let beginning = Beginning::new(&parse(pattern).unwrap());
            let bytes = (0..=u8::MAX).filter(|byte| beginning.has(*byte));
            bytes.map(char::from).collect::<String>()
        };
        assert_eq!(of(r"\bx?(?:ab|[cd]+)e"), "abcdx".replace('b', ""));
        assert_eq!(of("(?i)key"), "Kk");
        assert_eq!(of("(?:a|b*)c"), "abc");
        assert_eq!(
            of("a*").len(),
            (0..=u8::MAX).map(char::from).collect::<String>().len()
        );
    }
}
