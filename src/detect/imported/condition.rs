//! The allowlists and filters of other scanners in one form: a tree of tests on a match and its file.
//!
//! The path is unknown while the history is scanned. So tests that do not need it are evaluated when something
//! matches, and kept as one bit each; the rest is decided once the path is known.

use aho_corasick::AhoCorasick;
use regex_automata::meta::Regex;

use crate::detect::entropy::shannon;
use crate::detect::value::judge_promised;

/// The most tests of one rule whose results must be kept.
const MOST_TESTS: usize = 64;

/// What a test applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    Secret,
    Match,
    Line,
    Path,
}

/// A match, as far as tests need it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject<'a> {
    pub(super) secret: &'a [u8],
    pub(super) whole: &'a [u8],
    pub(super) line: &'a [u8],
    /// `None` while it is unknown.
    pub(super) path: Option<&'a str>,
}

/// A comparison of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compare {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Unequal,
}

#[derive(Debug, Clone)]
pub(super) enum Test {
    Matches(Regex),
    Contains(AhoCorasick),
    Is(Vec<String>),
    Entropy(Compare, f64),
    Length(Compare, f64),
    /// Whether it looks like words rather than random.
    Guessable,
}

/// A tree of tests.
#[derive(Debug, Clone)]
pub(super) enum Condition {
    Always(bool),
    Test {
        /// Its index among those that apply to the match, set by [`Skip::new`].
        number: usize,
        target: Target,
        test: Test,
    },
    Not(Box<Self>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

impl Compare {
    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Self::Less => value < limit,
            Self::AtMost => value <= limit,
            Self::More => value > limit,
            Self::AtLeast => value >= limit,
            Self::Equal => (value - limit).abs() < f64::EPSILON,
            Self::Unequal => (value - limit).abs() >= f64::EPSILON,
        }
    }

    /// Returns the comparison with its sides swapped.
    pub(super) fn turned(self) -> Self {
        match self {
            Self::Less => Self::More,
            Self::AtMost => Self::AtLeast,
            Self::More => Self::Less,
            Self::AtLeast => Self::AtMost,
            same => same,
        }
    }
}

impl Test {
    fn holds(&self, text: &[u8]) -> bool {
        match self {
            Self::Matches(regex) => regex.is_match(text),
            Self::Contains(words) => words.is_match(text),
            Self::Is(texts) => texts.iter().any(|one| one.as_bytes() == text),
            Self::Entropy(compare, limit) => compare.holds(shannon(text), *limit),
            #[expect(clippy::cast_precision_loss, reason = "no match is that long")]
            Self::Length(compare, limit) => compare.holds(text.len() as f64, *limit),
            Self::Guessable => {
                !std::str::from_utf8(text).is_ok_and(|text| judge_promised(text).is_some())
            }
        }
    }
}

impl Condition {
    pub(super) fn test(target: Target, test: Test) -> Self {
        Self::Test {
            number: 0,
            target,
            test,
        }
    }

    /// Evaluates the condition as far as `value` knows the results of its tests.
    fn decide(&self, value: &mut dyn FnMut(usize, Target, &Test) -> Option<bool>) -> Option<bool> {
        match self {
            Self::Always(is_so) => Some(*is_so),
            Self::Test {
                number,
                target,
                test,
            } => value(*number, *target, test),
            Self::Not(inner) => inner.decide(value).map(|is_so| !is_so),
            Self::All(parts) => decide_all(parts, false, value),
            Self::Any(parts) => decide_all(parts, true, value),
        }
    }

    /// Returns whether it holds for a fully known subject.
    pub(super) fn holds(&self, subject: &Subject<'_>) -> bool {
        let mut value = |_, target, test: &Test| subject.text(target).map(|text| test.holds(text));
        self.decide(&mut value).unwrap_or(false)
    }

    /// Calls `visit` for every test.
    fn visit(&mut self, visit: &mut dyn FnMut(&mut usize, Target)) {
        match self {
            Self::Always(_) => {}
            Self::Test { number, target, .. } => visit(number, *target),
            Self::Not(inner) => inner.visit(visit),
            Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.visit(visit);
                }
            }
        }
    }
}

/// Evaluates parts, any one of which decides the whole if its result is `decisive`.
fn decide_all(
    parts: &[Condition],
    decisive: bool,
    value: &mut dyn FnMut(usize, Target, &Test) -> Option<bool>,
) -> Option<bool> {
    let mut all = Some(!decisive);
    for part in parts {
        match part.decide(value) {
            Some(is_so) if is_so == decisive => return Some(decisive),
            Some(_) => {}
            None => all = None,
        }
    }
    all
}

impl<'a> Subject<'a> {
    fn text(&self, target: Target) -> Option<&'a [u8]> {
        match target {
            Target::Secret => Some(self.secret),
            Target::Match => Some(self.whole),
            Target::Line => Some(self.line),
            Target::Path => self.path.map(str::as_bytes),
        }
    }
}

/// When a match is skipped.
#[derive(Debug, Clone)]
pub(super) struct Skip {
    condition: Condition,
    needs_path: bool,
}

impl Skip {
    /// Skips what any of `conditions` holds for; `None` if those have more tests than can be kept.
    pub(super) fn new(conditions: Vec<Condition>) -> Option<Self> {
        let mut condition = Condition::Any(conditions);
        let (mut tests, mut needs_path) = (0, false);
        condition.visit(&mut |number, target| {
            if target == Target::Path {
                needs_path = true;
            } else {
                *number = tests;
                tests += 1;
            }
        });
        (!needs_path || tests <= MOST_TESTS).then_some(Self {
            condition,
            needs_path,
        })
    }

    /// Returns the test results for a match without its path; `None` if it is skipped regardless of its path.
    pub(super) fn known(&self, subject: &Subject<'_>) -> Option<u64> {
        let mut value = |_, target, test: &Test| subject.text(target).map(|text| test.holds(text));
        match self.condition.decide(&mut value) {
            Some(true) => return None,
            _ if !self.needs_path => return Some(0),
            _ => {}
        }
        let mut known = 0;
        let mut keep = |number: usize, target, test: &Test| {
            if let Some(text) = subject.text(target).filter(|_| target != Target::Path) {
                known |= u64::from(test.holds(text)) << number;
            }
            None
        };
        self.condition.decide(&mut keep);
        Some(known)
    }

    /// Returns whether a match with these test results is skipped in the file at `path`.
    pub(super) fn skips_at(&self, known: u64, path: &str) -> bool {
        let mut value = |number: usize, target, test: &Test| {
            Some(match target {
                Target::Path => test.holds(path.as_bytes()),
                _ => known >> number & 1 == 1,
            })
        };
        self.needs_path && self.condition.decide(&mut value).unwrap_or(false)
    }
}
