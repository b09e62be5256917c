//! What rules find in bytes that are not text: programs, databases, images.
//!
//! Names mean nothing there, since no values follow them, and any few letters occur somewhere by chance. So only
//! formats count that identify themselves: by a checksum or structure, or by how they begin.
//!
//! Rust and Go compilers place constants right next to each other, longest or shortest first. So a name and a value
//! that touch are not an assignment, and words after the beginning of a credential are not part of it: what nothing
//! proves must look random, or be a string of its own.
//! must look random, or be a string of its own.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::detector::{Detector, Match};
use super::layers::is_format;
use super::rule_file::RuleDefinition;

/// The shortest credential that is recognised by how it begins, in bytes.
const SHORTEST: usize = 16;
/// The fewest digits such a credential has. One of 32 letters and digits has five on average, and fewer than two in
/// one of forty cases.
const DIGITS: usize = 2;
/// At least one in so many characters is a digit. In random base64 it is one in six, in names fewer.
const DIGIT_IN: usize = 16;
/// The proof that shows only that a value is not made up.
const NO_STRUCTURE: &str = "filler";
/// The lengths of strings for which a preceding length byte looks like a letter or a digit.
const MARKED: Range<u8> = b'0'..b'z' + 1;
/// The wire type that marks length-delimited fields in Protocol Buffers, in the lower three bits.
const SIZED: u8 = 2;

impl Detector {
    /// Finds credentials whose formats identify themselves, each once. `are_rest` skips the checks of the file as a
    /// whole: the rest of a file begins with arbitrary bytes.
    pub fn scan_binary(&self, bytes: &[u8], are_rest: bool) -> Vec<Match> {
        let mut found: Vec<Match> = Vec::new();
        self.prefilter.keywords(bytes, |hit| {
            if !self.prefilter.has_format(hit.keyword) {
                return;
            }
            let word = self.prefilter.range(hit);
            for &number in self.prefilter.rules(hit.keyword) {
                if is_format(&self.rules[number as usize].loaded.definition) {
                    found.extend(self.binary_match(bytes, number, &word));
                }
            }
        });
        if !are_rest {
            self.scan_whole(bytes, false, &mut found);
        }
        let mut found = self.best(found);
        let mut seen = FxHashSet::default();
        found.retain(|found| seen.insert((found.rule, &bytes[found.secret.clone()])));
        found
    }

    fn binary_match(&self, bytes: &[u8], number: u32, word: &Range<usize>) -> Option<Match> {
        let definition = &self.rules[number as usize].loaded.definition;
        let confirm = |bytes: &[u8], word: Range<usize>| {
            let found = self.confirm(number, bytes, word.clone(), self.min_confidence);
            let mut found = found.ok()?;
            // Nearby text belongs to another string.
            found.parts.clear();
            let stands = says_what_it_is(definition, bytes, &found, &word);
            stands.then_some(found)
        };
        confirm(bytes, word.clone()).or_else(|| {
            let marked = marked(bytes, word.start)?;
            let found = confirm(&bytes[marked.clone()], 0..word.len())?;
            let is_all = found.secret.end == marked.len();
            let stands = found.is_proven || is_marked(bytes, &marked, is_all);
            stands.then(|| found.moved(0, word.start))
        })
    }
}

/// Whether a match is not due to chance.
fn says_what_it_is(
    definition: &RuleDefinition,
    bytes: &[u8],
    found: &Match,
    word: &Range<usize>,
) -> bool {
    let is_typed = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e);
    let has_structure = definition
        .proof
        .as_deref()
        .is_some_and(|proof| proof != NO_STRUCTURE);
    let secret = &bytes[found.secret.clone()];
    // Adjacent strings form words, in which a name may begin that nobody wrote.
    let begins_so = found.secret.start == word.start
        && word.len() >= 4
        && !is_in_word(bytes, word.start)
        && looks_random(&secret[word.len()..]);
    let has_form =
        || has_structure && (looks_random(secret) || is_string_of_its_own(bytes, &found.span));
    secret.len() >= SHORTEST
        && (found.is_proven || begins_so || has_form())
        && bytes[without_ends(found)].iter().all(is_typed)
}

/// Returns the range of a match without the bytes that only show that the credential has ended: after the end of a
/// string, they may be anything.
fn without_ends(found: &Match) -> Range<usize> {
    let (span, secret) = (&found.span, &found.secret);
    (span.start + 1).min(secret.start)..(span.end - 1).max(secret.end)
}

/// Whether a value has as many digits as random ones do, rather than as few as names do.
fn looks_random(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits >= DIGITS.max(value.len() / DIGIT_IN)
}

/// Whether a match makes up most of a string between two terminators.
fn is_string_of_its_own(bytes: &[u8], span: &Range<usize>) -> bool {
    let is_end = |byte: &u8| matches!(byte, 0 | b'\n');
    let most = span.len() / 2;
    let (before, behind) = (&bytes[..span.start], &bytes[span.end..]);
    let begins = before.len() <= most || before.iter().rev().take(most).any(is_end);
    begins && (behind.len() <= most || behind.iter().take(most).any(is_end))
}

/// Whether the byte before a place may belong to a word.
fn is_in_word(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// Returns the string that begins at `start`, if the byte before it may be its length and looks like part of it.
fn marked(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let length = *bytes.get(start.checked_sub(1)?)?;
    let end = start + usize::from(length);
    (MARKED.contains(&length) && end <= bytes.len()).then_some(start..end)
}

/// Whether the byte before a string is its length. Names in programs are made of words, and a letter in the middle of
/// one shows nothing.
fn is_marked(bytes: &[u8], string: &Range<usize>, is_all: bool) -> bool {
    let mark = string.start - 1;
    let goes_on = is_in_word(bytes, string.end + 1);
    // In Protocol Buffers, the field number precedes the length, and may be a letter, too.
    let is_field = || mark.checked_sub(1).is_some_and(|at| bytes[at] & 7 == SIZED);
    !is_in_word(bytes, mark) || is_all && !goes_on && is_field()
}
