//! What rules find in bytes that are no text: programs, databases, images.
//!
//! Names mean nothing there, since values are not behind them, and chance writes any few letters somewhere. So
//! only those formats count that say by themselves what they are: by a checksum or structure, or by how they begin.
//!
//! Compilers of Rust and Go put constants right behind each other, longest or shortest first. There a name and a value
//! that touch are no assignment, and the words behind what a credential begins with are none of it: what nothing proves
//! must look random, or be a string of its own.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::detector::{Detector, Match};
use super::layers::is_format;
use super::rule_file::RuleDefinition;

/// How many characters a credential has at least that states by how it begins what it is.
const SHORTEST: usize = 16;
/// How many digits it has at least: one of 32 letters and digits has five, and fewer than two once in forty times.
const DIGITS: usize = 2;
/// Of so many characters one is a digit at least: of random ones in base64 one in six is, and of names fewer.
const DIGIT_IN: usize = 16;
/// The proof that states only that a value is not made up.
const NO_STRUCTURE: &str = "filler";
/// How long strings are whose length is given by a letter or a digit before them.
const MARKED: Range<u8> = b'0'..b'z' + 1;
/// How Protocol Buffers mark what has a length, in the lower three bits.
const SIZED: u8 = 2;

impl Detector {
    /// Finds credentials of formats that say by themselves what they are; each of them once. The rest of a file is nothing as
    /// a whole: how it begins is chance.
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
            // The text near is another string.
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

/// Whether a match is no chance.
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
    // Strings that are right behind each other are words, in which a name may begin that no one has written.
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

/// Where a match is but for what shows that the credential does not go on: that is the end of a string, which may be any
/// byte.
fn without_ends(found: &Match) -> Range<usize> {
    let (span, secret) = (&found.span, &found.secret);
    (span.start + 1).min(secret.start)..(span.end - 1).max(secret.end)
}

/// Whether there are as many digits as in what was drawn at random, and not as in names.
fn looks_random(value: &[u8]) -> bool {
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    digits >= DIGITS.max(value.len() / DIGIT_IN)
}

/// Whether a match is most of what is between two bytes that end a string.
fn is_string_of_its_own(bytes: &[u8], span: &Range<usize>) -> bool {
    let is_end = |byte: &u8| matches!(byte, 0 | b'\n');
    let most = span.len() / 2;
    let (before, behind) = (&bytes[..span.start], &bytes[span.end..]);
    let begins = before.len() <= most || before.iter().rev().take(most).any(is_end);
    begins && (behind.len() <= most || behind.iter().take(most).any(is_end))
}

/// Whether the byte before a place may be one of a word.
fn is_in_word(bytes: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    before.is_some_and(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

/// The string that begins at `start`, if the byte before it may state how long it is and looks like a part of it.
fn marked(bytes: &[u8], start: usize) -> Option<Range<usize>> {
    let length = *bytes.get(start.checked_sub(1)?)?;
    let end = start + usize::from(length);
    (MARKED.contains(&length) && end <= bytes.len()).then_some(start..end)
}

/// Whether the byte before a string states how long that is: names of programs are made of words, and a letter in the
/// middle of one states nothing.
fn is_marked(bytes: &[u8], string: &Range<usize>, is_all: bool) -> bool {
    let mark = string.start - 1;
    let goes_on = is_in_word(bytes, string.end + 1);
    // In Protocol Buffers, the number of a field comes before, which may be a letter, too.
    let is_field = || mark.checked_sub(1).is_some_and(|at| bytes[at] & 7 == SIZED);
    !is_in_word(bytes, mark) || is_all && !goes_on && is_field()
}
