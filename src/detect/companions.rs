//! Parts of a match: what is near it and belongs to it, so that an id and its secret are one finding.
//!
//! A part is searched for once its rule's own pattern has matched, in a window of a few bytes around that match, so
//! what a keyword leads to still depends on few bytes around it. Which other matches are parts is decided when all
//! matches of a text are known.

use std::ops::Range;

use regex_automata::Input;
use serde::{Deserialize, Serialize};

use super::automaton::Automaton;
use super::detector::{Detector, Match};
use super::pattern::{PatternError, compile};
use super::rating::is_everyday;
use super::rule_file::{Matcher, PartDefinition, RuleDefinition};
use super::steps;
use super::value::is_sample_id;
use super::window::Confirmed;
use crate::model::Fact;

/// Another place that belongs to a match, such as the id that goes with a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPart {
    /// The index of the part in the rule's list.
    pub part: u32,
    /// Where it is.
    pub place: Range<usize>,
}

impl FoundPart {
    /// Returns the same part in a text where each place has moved according to `moved`.
    pub(super) fn at(&self, moved: impl Fn(&Range<usize>) -> Range<usize>) -> Self {
        Self {
            part: self.part,
            place: moved(&self.place),
        }
    }
}

/// The compiled pattern of a part.
pub(super) struct Finder {
    regex: Automaton,
    group: usize,
    within: usize,
}

impl Finder {
    pub(super) fn new(part: &PartDefinition) -> Result<Self, PatternError> {
        Ok(Self {
            regex: Automaton::new(compile(&part.regex)?),
            group: part.group,
            within: part.within,
        })
    }

    /// Returns the occurrence of the part nearest to a match, by lines and then by bytes. A made-up value does not
    /// count, since it shows nothing about the secret; nor does the secret itself.
    pub(super) fn find(&self, bytes: &[u8], found: &Confirmed) -> Option<Range<usize>> {
        let start = found.span.start.saturating_sub(self.within);
        let end = found.span.end.saturating_add(self.within).min(bytes.len());
        let secret = &bytes[found.secret.clone()];
        let mut nearest = None;
        steps::look_at(end - start);
        let mut at = start;
        while at <= end
            && let Some(whole) = self.regex.search(&Input::new(bytes).range(at..end))
        {
            at = whole.end().max(whole.start() + 1);
            let Some(place) = self.place(bytes, whole.range()) else {
                continue;
            };
            let text = &bytes[place.clone()];
            if overlap(&place, &found.secret) || text == secret || is_sample_id(text) {
                continue;
            }
            let distance = distance(bytes, &whole.range(), &found.span);
            if nearest.as_ref().is_none_or(|(least, _)| distance < *least) {
                nearest = Some((distance, place));
            }
        }
        nearest.map(|(_, place)| place)
    }

    fn place(&self, bytes: &[u8], whole: Range<usize>) -> Option<Range<usize>> {
        let place = if self.group == 0 {
            whole
        } else {
            self.regex.group(bytes, whole.into(), self.group)?.range()
        };
        (!place.is_empty()).then_some(place)
    }
}

/// Returns the number of lines and of bytes between two places.
fn distance(bytes: &[u8], a: &Range<usize>, b: &Range<usize>) -> (usize, usize) {
    let between = bytes
        .get(a.end..b.start)
        .or_else(|| bytes.get(b.end..a.start))
        .unwrap_or_default();
    steps::look_at(between.len());
    let lines = memchr::memchr_iter(b'\n', between).count();
    (lines, between.len())
}

fn overlap(a: &Range<usize>, b: &Range<usize>) -> bool {
    a.start < b.end && b.start < a.end
}

impl Detector {
    /// Returns the name of a part of a match, if its rule has one.
    pub fn part_name(&self, found: &Match, part: &FoundPart) -> Option<&str> {
        let definition = self.definition(found).parts.get(part.part as usize)?;
        Some(&definition.name)
    }

    /// Returns what the structure of a match's parts shows, if there are rules for them; `bytes` is the scanned text.
    pub fn facts_of_parts(&self, found: &Match, bytes: &[u8]) -> Vec<Fact> {
        let definitions = &self.definition(found).parts;
        let mut facts = Vec::new();
        // For an encoded match, the text would have to be decoded first.
        if found.encoded.is_some() {
            return facts;
        }
        for part in &found.parts {
            let definition = definitions.get(part.part as usize);
            let rule = definition.and_then(|part| self.numbers.get(part.rule.as_deref()?).copied());
            if let Some((rule, text)) = rule.zip(bytes.get(part.place.clone())) {
                facts.extend(self.facts(rule, text));
            }
        }
        facts
    }

    /// Drops matches that are parts of others. `matches` has all remaining matches of one text, in order.
    pub(super) fn absorb_parts(&self, matches: &mut Vec<Match>) {
        if matches.iter().all(|found| found.parts.is_empty()) {
            return;
        }
        let mut absorbed = vec![false; matches.len()];
        let mut has_absorbed = vec![false; matches.len()];
        for number in 0..matches.len() {
            if absorbed[number] {
                continue;
            }
            let whole = &matches[number];
            for part in &whole.parts {
                let first = matches.partition_point(|other| other.secret.start < part.place.start);
                // There may be two, since their file name, which decides between them, is known only later.
                let there = matches[first..].iter().zip(first..);
                let there = there.take_while(|(other, _)| other.secret.start < part.place.end);
                for (other, at) in there {
                    // A match with parts of its own would take these with it.
                    if at != number && !has_absorbed[at] && self.is_part(whole, part, other) {
                        absorbed[at] = true;
                        has_absorbed[number] = true;
                    }
                }
            }
        }
        let mut absorbed = absorbed.into_iter();
        matches.retain(|_| !absorbed.next().unwrap_or_default());
    }

    /// Whether `other` is what is found of `part` on its own, by the rule that the part names or by a name alone. If
    /// it is more severe or more certain than the whole, or if the whole may turn out not to count, it stays.
    fn is_part(&self, whole: &Match, part: &FoundPart, other: &Match) -> bool {
        let (ours, theirs) = (self.definition(whole), self.definition(other));
        let Some(definition) = ours.parts.get(part.part as usize) else {
            return false;
        };
        let is_named = definition.rule.as_deref() == Some(&*theirs.id);
        (is_named || theirs.matcher == Matcher::Assignment)
            && other.secret.start >= part.place.start
            && other.secret.end <= part.place.end
            && ours.category == theirs.category
            && ours.severity >= theirs.severity
            && whole.confidence >= other.confidence
            && ours.path.is_none()
            && !is_everyday(ours)
    }

    fn definition(&self, found: &Match) -> &RuleDefinition {
        &self.rules[found.rule as usize].loaded.definition
    }
}

#[cfg(test)]
mod tests;
