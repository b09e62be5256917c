//! What rules find in bytes that are no text: programs, databases, images.
//!
//! Names mean nothing there, since values are not behind them, and chance writes any few letters somewhere. So
//! only those formats count that say by themselves what they are: by a checksum or structure, or by how they begin.

use std::ops::Range;

use rustc_hash::FxHashSet;

use super::detector::{Detector, Match};
use super::layers::is_format;
use super::rule_file::RuleDefinition;

/// How many characters a credential has at least that states by how it begins what it is.
const SHORTEST: usize = 16;
/// How many digits it has at least: one of 32 letters and digits has five, and fewer than two once in forty times.
const DIGITS: usize = 2;
/// The proof that states only that a value is not made up.
const NO_STRUCTURE: &str = "filler";
/// How long strings are whose length is given by a letter or a digit before them.
const MARKED: Range<u8> = b'0'..b'z' + 1;

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
            let end = marked_end(bytes, word.start)?;
            let found = confirm(&bytes[word.start..end], 0..word.len())?;
            Some(found.moved(0, word.start))
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
    let before = word.start.checked_sub(1).map(|before| bytes[before]);
    // Strings that are right behind each other are words, in which a name may begin that no one has written.
    let begins_so = found.secret.start == word.start
        && word.len() >= 4
        && !before.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && secret[word.len()..]
            .iter()
            .filter(|byte| byte.is_ascii_digit())
            .count()
            >= DIGITS;
    secret.len() >= SHORTEST
        && (has_structure || begins_so)
        && bytes[found.span.clone()].iter().all(is_typed)
}

/// Where the string ends that begins at `start`, if the byte before it states how long it is and looks like a part of
/// it.
fn marked_end(bytes: &[u8], start: usize) -> Option<usize> {
    let length = *bytes.get(start.checked_sub(1)?)?;
    let end = start + usize::from(length);
    (MARKED.contains(&length) && end <= bytes.len()).then_some(end)
}
