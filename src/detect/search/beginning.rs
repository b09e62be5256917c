//! Which bytes a match can begin with, and which can precede the keyword in it: where there are other bytes, the
//! pattern need not be tested.

use regex_syntax::hir::{Class, Hir, HirKind};

use crate::detect::alternatives::in_one_case;

/// The bytes that a match can begin with, or have before its keyword, one position after another. Indexed by byte,
/// with the set of positions at which it can occur.
#[derive(Clone, PartialEq, Eq)]
pub(in crate::detect) struct Beginning(Box<[Places; 256]>);

/// How many bytes are compared.
const COMPARED: usize = 31;

impl std::fmt::Debug for Beginning {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_tuple("Beginning")
            .field(&self.bytes_at(0))
            .field(&self.bytes_at(1))
            .finish_non_exhaustive()
    }
}

impl Beginning {
    /// Returns the bytes that a match of `hir` can begin with.
    pub(in crate::detect) fn new(hir: &Hir) -> Self {
        let mut bytes = Box::new([Places::NOWHERE; 256]);
        let ends = pass(hir, Places::AT_START, Direction::On, &mut bytes);
        Self::with_ends(bytes, ends)
    }

    /// Returns the bytes that can precede the keyword, one of `keywords`, that every match of `hir` contains, nearest
    /// first; `None` if not every match has one in a known place.
    pub(in crate::detect) fn before(hir: &Hir, keywords: &[String]) -> Option<Self> {
        let mut bytes = Box::new([Places::NOWHERE; 256]);
        let ends = before_keyword(&in_one_case(hir), keywords, &mut bytes)?;
        Some(Self::with_ends(bytes, ends))
    }

    /// Allows any byte beyond the ends of matches that are shorter than what is compared.
    fn with_ends(mut bytes: Box<[Places; 256]>, ends: Places) -> Self {
        let beyond = ends.and_later();
        for byte in &mut *bytes {
            *byte = byte.or(beyond);
        }
        Self(bytes)
    }

    /// Returns whether a match can begin with `bytes`. If not, the error is how many of them show that.
    #[inline]
    pub(in crate::detect) fn may_begin(&self, bytes: &[u8]) -> Result<(), usize> {
        let compared = self.compare(bytes.iter());
        if bytes.is_empty() { Err(0) } else { compared }
    }

    /// Returns whether a keyword can follow `bytes`. If not, the error is how many of them show that.
    #[inline]
    pub(in crate::detect) fn may_precede(&self, bytes: &[u8]) -> Result<(), usize> {
        self.compare(bytes.iter().rev())
    }

    #[inline]
    fn compare<'b>(&self, bytes: impl Iterator<Item = &'b u8>) -> Result<(), usize> {
        let mut place = Places::AT_START;
        for (&byte, compared) in bytes.take(COMPARED).zip(1..) {
            if !self.0[usize::from(byte)].has(place) {
                return Err(compared);
            }
            place = place.next();
        }
        Ok(())
    }

    fn bytes_at(&self, place: u32) -> String {
        let bytes = (0..=u8::MAX).filter(|byte| self.0[usize::from(*byte)].0 >> place & 1 != 0);
        bytes.map(char::from).collect()
    }
}

/// A set of positions within a match: one bit for each of its first bytes, and one for everything farther on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Places(u32);

impl Places {
    const AT_START: Self = Self(1);
    const NOWHERE: Self = Self(0);
    const ANYWHERE: Self = Self(u32::MAX);
    const FARTHER: u32 = 1 << COMPARED;

    /// Returns the positions one byte farther on.
    fn next(self) -> Self {
        Self(self.0 << 1 | self.0 & Self::FARTHER)
    }

    fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Returns these positions without the others.
    fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns these positions and all after the first of them.
    fn and_later(self) -> Self {
        // All bits from the lowest one on.
        Self(self.0 | self.0.wrapping_neg())
    }
}

/// The direction in which a pattern is traversed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    On,
    Back,
}

/// Adds the bytes that precede the keyword in `hir`, which is in one case. Returns the positions of what precedes
/// `hir`.
fn before_keyword(hir: &Hir, keywords: &[String], bytes: &mut [Places; 256]) -> Option<Places> {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let lower = literal.0.to_ascii_lowercase();
            let find = |keyword: &String| memchr::memmem::find(&lower, keyword.as_bytes());
            let start = keywords.iter().find_map(find)?;
            let before = Hir::literal(&literal.0[..start]);
            Some(pass(&before, Places::AT_START, Direction::Back, bytes))
        }
        HirKind::Concat(parts) => {
            let mut found = parts.iter().zip(0..);
            let (at, number) = found.find_map(|(part, number)| {
                before_keyword(part, keywords, bytes).map(|at| (at, number))
            })?;
            let before = parts[..number].iter().rev();
            Some(before.fold(at, |at, part| pass(part, at, Direction::Back, bytes)))
        }
        HirKind::Alternation(branches) => {
            let branches = branches.iter();
            let mut ends = branches.map(|branch| before_keyword(branch, keywords, bytes));
            ends.try_fold(Places::NOWHERE, |all, end| Some(all.or(end?)))
        }
        _ => None,
    }
}

/// Adds the bytes that `hir` can have at these positions. Returns the positions of what follows it, or, going back, of
/// what precedes it.
fn pass(hir: &Hir, at: Places, way: Direction, bytes: &mut [Places; 256]) -> Places {
    // Positions farther on are not compared.
    if at.0 & !Places::FARTHER == 0 {
        return at;
    }
    let mut add = |from: u8, to: u8, at: Places| {
        for byte in &mut bytes[usize::from(from)..=usize::from(to)] {
            *byte = byte.or(at);
        }
    };
    match hir.kind() {
        HirKind::Empty | HirKind::Look(_) => at,
        HirKind::Literal(literal) => {
            let mut step = |at: Places, byte: u8| {
                add(byte, byte, at);
                at.next()
            };
            match way {
                Direction::On => literal.0.iter().fold(at, |at, byte| step(at, *byte)),
                // A literal stands for both cases here.
                Direction::Back => literal.0.iter().rev().fold(at, |at, byte| {
                    step(at, byte.to_ascii_uppercase());
                    step(at, byte.to_ascii_lowercase())
                }),
            }
        }
        HirKind::Class(Class::Bytes(class)) => {
            for range in class.ranges() {
                add(range.start(), range.end(), at);
            }
            at.next()
        }
        // Patterns are compiled over bytes, so these do not occur.
        HirKind::Class(Class::Unicode(_)) => {
            add(0, u8::MAX, Places::ANYWHERE);
            Places::ANYWHERE
        }
        HirKind::Repetition(repetition) => {
            let (mut at, mut behind) = (at, Places::NOWHERE);
            for round in 0..=repetition.max.unwrap_or(u32::MAX) {
                if round >= repetition.min {
                    // Starting another round at positions that were covered already adds nothing.
                    at = at.without(behind);
                    behind = behind.or(at);
                }
                let is_over = at.0 & !Places::FARTHER == 0 || repetition.max == Some(round);
                if is_over {
                    return behind.or(at);
                }
                at = pass(&repetition.sub, at, way, bytes);
            }
            behind
        }
        HirKind::Capture(capture) => pass(&capture.sub, at, way, bytes),
        HirKind::Concat(parts) => {
            let mut step = |at: Places, part: &Hir| pass(part, at, way, bytes);
            match way {
                Direction::On => parts.iter().fold(at, &mut step),
                Direction::Back => parts.iter().rev().fold(at, &mut step),
            }
        }
        HirKind::Alternation(branches) => {
            branches.iter().fold(Places::NOWHERE, |behind, branch| {
                behind.or(pass(branch, at, way, bytes))
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::pattern::{compile, parse};

    fn of(pattern: &str) -> [String; 2] {
        let beginning = Beginning::new(&parse(pattern).unwrap());
        [0, 1].map(|place| {
            let bytes = beginning.bytes_at(place);
            bytes.chars().filter(char::is_ascii).collect()
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
        for (bytes, expected) in [
            (&b"abc"[..], Ok(())),
            (b"a", Ok(())),
            (b"ac", Err(2)),
            (b"", Err(0)),
        ] {
            assert_eq!(beginning.may_begin(bytes), expected);
        }
    }

    #[test]
    fn many_bytes_are_compared() {
        let beginning =
            Beginning::new(&parse("(?i:acme)_?key[ ]{0,4}(?:=>|[:=])[ ]*([0-9]{4,})z").unwrap());
        for (text, expected) in [
            ("acme_key = 12345z", Ok(())),
            ("ACMEkey:99", Ok(())),
            ("acme_key.name", Err(9)),
            ("acmekey(", Err(8)),
            ("acme_keys", Err(9)),
            // It may be the end of a shorter match.
            ("acmekey=1234z anything", Ok(())),
        ] {
            assert_eq!(beginning.may_begin(text.as_bytes()), expected, "{text}");
        }
    }

    const PIECES: [&str; 13] = [
        "a",
        "b",
        "[ac]",
        "a?",
        "b*",
        "[bc]+",
        "(?:ab){1,3}",
        "(?:a|bc)",
        "(?:|c)",
        "(?:a*b)*",
        "c{2}",
        "(?i:B)",
        "a{2,}",
    ];

    proptest::proptest! {
        #![proptest_config(proptest::prelude::ProptestConfig::with_cases(2_000))]

        #[test]
        fn nothing_that_matches_is_turned_away(
            pieces in proptest::collection::vec(proptest::sample::select(&PIECES[..]), 1..6),
            text in "[abc]{0,40}",
        ) {
            let pattern = pieces.concat();
            let beginning = Beginning::new(&parse(&pattern).unwrap());
            let regex = compile(&format!("^(?:{pattern})")).unwrap();
            if regex.find(&text).is_some_and(|found| !found.is_empty()) {
                proptest::prop_assert_eq!(beginning.may_begin(text.as_bytes()), Ok(()), "{}", pattern);
            }
        }
    }

    #[test]
    fn bytes_before_a_keyword_are_compared() {
        let pattern = r#"(?:"[a-z]{0,9}pass"\s*:\s*\{|<[a-z]+)\s{0,9}"[vV]alue"\s*:\s*"([0-9]+)"#;
        let keywords = ["\"value\"".to_owned()];
        let before = Beginning::before(&parse(pattern).unwrap(), &keywords).unwrap();
        for (text, expected) in [
            ("\"pass\": {\n  ", Ok(())),
            ("<item ", Ok(())),
            ("\"name\": \"x\", ", Err(2)),
            // Anything may precede the shortest match.
            ("[\n ", Ok(())),
            ("", Ok(())),
        ] {
            assert_eq!(before.may_precede(text.as_bytes()), expected, "{text}");
        }
        for pattern in ["(?:\"value\")?x", "a[\"value]+", "a|\"value\""] {
            assert_eq!(Beginning::before(&parse(pattern).unwrap(), &keywords), None);
        }
    }
}
