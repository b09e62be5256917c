//! One pass over the bytes for the keywords of all rules at once. What has no keyword costs nothing more.

use std::ops::Range;

use super::rule_file::{Matcher, RuleDefinition};
use super::sieve::Sieve;
use crate::model::Category;

/// Finds every occurrence of every keyword, in any ASCII case.
pub(super) struct Prefilter {
    sieve: Sieve,
    /// By number of the keyword: the numbers of the rules that have it.
    rules: Vec<Vec<u32>>,
    /// The length of the longest keyword in bytes.
    longest: usize,
}

/// Where a keyword stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Its first byte.
    pub(super) start: usize,
    /// Its number.
    pub(super) keyword: u16,
}

impl Prefilter {
    /// Compiles the keywords of `rules`.
    pub(super) fn new<'r>(rules: impl Iterator<Item = &'r RuleDefinition>) -> Self {
        let mut pairs: Vec<(String, u32)> = Vec::new();
        for (rule, number) in rules.zip(0..) {
            // Placeholders are read where credentials are: from the names that the generic rules look for. Their own
            // words ("set", "add", "your") would hit on every other line.
            if rule.matcher == Matcher::Assignment && rule.category == Category::Placeholder {
                continue;
            }
            let keywords = rule.keywords.iter();
            pairs.extend(keywords.map(|keyword| (keyword.to_ascii_lowercase(), number)));
        }
        pairs.sort_unstable();
        pairs.dedup();
        let mut keywords: Vec<String> = Vec::new();
        let mut rules: Vec<Vec<u32>> = Vec::new();
        for (keyword, rule) in pairs {
            if keywords.last() != Some(&keyword) {
                keywords.push(keyword);
                rules.push(Vec::new());
            }
            if let Some(of_keyword) = rules.last_mut() {
                of_keyword.push(rule);
            }
        }
        let longest = keywords.iter().map(String::len).max().unwrap_or_default();
        Self {
            sieve: Sieve::new(keywords.iter().map(String::as_bytes)),
            rules,
            longest,
        }
    }

    /// How many keywords there are.
    pub(super) fn len(&self) -> usize {
        self.rules.len()
    }

    /// The rules that have a keyword.
    pub(super) fn rules(&self, keyword: u16) -> &[u32] {
        &self.rules[usize::from(keyword)]
    }

    /// Where a hit's keyword stands.
    pub(super) fn range(&self, hit: Hit) -> Range<usize> {
        hit.start..hit.start + self.sieve.length(hit.keyword)
    }

    /// The length of the longest keyword in bytes.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// Every occurrence of every keyword that lies within `part` of `bytes`.
    pub(super) fn hits(&self, bytes: &[u8], part: Range<usize>, mut hit: impl FnMut(Hit)) {
        self.sieve.find(bytes, part, |start, keyword| {
            hit(Hit { start, keyword });
        });
    }
}
