//! Regular expressions that are compiled on first use.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;

/// A regular expression built into the program.
pub(crate) struct Pattern {
    text: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// Returns a pattern, which has to be valid.
    pub(crate) const fn new(text: &'static str) -> Self {
        Self {
            text,
            regex: OnceLock::new(),
        }
    }

    fn regex(&self) -> Option<&Regex> {
        let regex = self.regex.get_or_init(|| {
            let regex = Regex::new(self.text);
            debug_assert!(regex.is_ok(), "{} is no pattern", self.text);
            regex.ok()
        });
        regex.as_ref()
    }

    /// Whether it matches anywhere in `text`.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Returns its first match.
    pub(crate) fn find(&self, text: &str) -> Option<Range<usize>> {
        self.regex()?.find(text).map(|found| found.range())
    }

    /// Returns the first group of its first match.
    pub(crate) fn group<'t>(&self, text: &'t str) -> Option<&'t str> {
        let regex = self.regex()?;
        let mut captures = regex.create_captures();
        // Searching for matches only is faster than for groups, and most texts have none.
        let start = regex.find(text)?.start();
        regex.search_captures(&Input::new(text).range(start..), &mut captures);
        captures.get_group(1).map(|group| &text[group.range()])
    }

    /// Returns the first group of every match, with the byte at which the match begins.
    pub(crate) fn groups<'t>(&self, text: &'t str) -> Vec<(usize, &'t str)> {
        let Some(regex) = self.regex() else {
            return Vec::new();
        };
        // Searching for matches only is faster than for groups, and most texts have none.
        if !regex.is_match(text) {
            return Vec::new();
        }
        let group = |captures: Captures| {
            let start = captures.get_match()?.start();
            let group = captures.get_group(1)?;
            Some((start, &text[group.range()]))
        };
        regex.captures_iter(text).filter_map(group).collect()
    }
}
