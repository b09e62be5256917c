//! Regular expressions that are compiled when they are first used.

use std::ops::Range;
use std::sync::OnceLock;

use regex_automata::Input;
use regex_automata::meta::Regex;
use regex_automata::util::captures::Captures;

/// A regular expression that is part of the program.
pub(crate) struct Pattern {
    text: &'static str,
    regex: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern; it has to be right.
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

    /// Whether it occurs.
    pub(crate) fn is_in(&self, text: &str) -> bool {
        self.regex().is_some_and(|regex| regex.is_match(text))
    }

    /// Where it first occurs.
    pub(crate) fn find(&self, text: &str) -> Option<Range<usize>> {
        self.regex()?.find(text).map(|found| found.range())
    }

    /// The first group where it first occurs.
    pub(crate) fn group<'t>(&self, text: &'t str) -> Option<&'t str> {
        let regex = self.regex()?;
        let mut captures = regex.create_captures();
        // A search for places only is faster than one for groups, and most texts have none.
        let start = regex.find(text)?.start();
        regex.search_captures(&Input::new(text).range(start..), &mut captures);
        captures.get_group(1).map(|group| &text[group.range()])
    }

    /// The first group wherever it occurs, with the byte of each match.
    pub(crate) fn groups<'t>(&self, text: &'t str) -> Vec<(usize, &'t str)> {
        let Some(regex) = self.regex() else {
            return Vec::new();
        };
        // A search for places only is faster than one for groups, and most texts have none.
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
