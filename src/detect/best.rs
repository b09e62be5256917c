//! Decides which of several matches of the same bytes stays.

use crate::model::{Category, Confidence};

use super::detector::{Detector, Match};
use super::rating::IN_TABLE;
use super::rule_file::Matcher;

impl Detector {
    /// Of matches whose secrets overlap, keeps the most specific one.
    ///
    /// A match that counts only if its file has a certain name hides no others, since the name is not known yet.
    pub(super) fn best(&self, mut matches: Vec<Match>) -> Vec<Match> {
        if matches.len() < 2 {
            return matches;
        }
        let is_by_name = |found: &Match| {
            let definition = &self.rules[found.rule as usize].loaded.definition;
            definition.matcher == Matcher::File && !found.is_proven
        };
        let by_name: Vec<Match> = matches.extract_if(.., |found| is_by_name(found)).collect();
        let mut kept = self.best_of(matches);
        let known = kept.len();
        for found in by_name {
            let overlaps = |other: &Match| {
                other.secret.start < found.secret.end
                    && found.secret.start < other.secret.end
                    && other.confidence >= Confidence::Medium
            };
            if !kept[..known].iter().any(overlaps) {
                kept.push(found);
            }
        }
        if kept.len() > known {
            kept.sort_by_key(|found| (found.secret.start, found.secret.end, found.rule));
        }
        kept
    }

    fn best_of(&self, mut matches: Vec<Match>) -> Vec<Match> {
        matches.sort_by_cached_key(|found| {
            let says = self.says(found);
            (
                found.secret.start,
                std::cmp::Reverse(says),
                std::cmp::Reverse(found.known & IN_TABLE),
                std::cmp::Reverse(found.secret.end),
                found.rule,
                found.span.start,
                found.span.end,
            )
        });
        let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
        for found in matches {
            match kept.last_mut() {
                Some(last) if found.secret.start < last.secret.end => {
                    if self.says(&found) > self.says(last) {
                        *last = found;
                    }
                }
                _ => kept.push(found),
            }
        }
        kept
    }

    /// Returns how specific a match is. In order of weight: rules that are not held back, proof, a vendor's own
    /// format, credentials rather than placeholders, confidence, and what needs no decoding.
    fn says(&self, found: &Match) -> (bool, bool, bool, bool, Confidence, bool) {
        let rule = &self.rules[found.rule as usize];
        let definition = &rule.loaded.definition;
        let is_vendors = definition.matcher != Matcher::Assignment
            && !definition.id.starts_with("url/")
            && !definition.judged;
        (
            !rule.is_held_back,
            found.is_proven,
            is_vendors,
            definition.category == Category::Secret,
            found.confidence,
            found.encoded.is_none(),
        )
    }
}
