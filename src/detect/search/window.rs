//! Runs a rule's pattern in a window around one of its keywords, never over the whole file.

use std::ops::Range;
use std::sync::OnceLock;

use memchr::memmem::Finder;
use regex_automata::{Input, Match};
use regex_syntax::hir::{Hir, HirKind};

use crate::detect::alternatives::{
    Group, Split, alternatives, groups, keyword_offsets, without_far_bounds,
};
use crate::detect::automaton::Automaton;
use crate::detect::beginning::Beginning;
use crate::detect::extent::Looked;
use crate::detect::here::{Here, confirmed};
use crate::detect::pattern::{PatternError, compile, compile_for_windows, longest_match, parse};
use crate::detect::required_bytes::{Landmark, landmarks, landmarks_from_keyword};
use crate::detect::rule_file::RuleDefinition;
use crate::detect::steps;

/// The reach of a match, in bytes, if neither its pattern nor its rule bounds it.
const DEFAULT_REACH: usize = 4096;

/// With more possible keyword offsets than this, a match is not tried at each of them, but only where the bytes allow
/// one to begin.
const MANY_OFFSETS: usize = 4;

/// From this many bytes before the keyword on, the window is searched instead of trying each possible beginning.
const WIDE: usize = 256;

/// From this many possible beginnings on, searching the window is faster than trying each.
const MANY_BEGINNINGS: usize = 4;

/// From this many bytes on, a match counts as long.
const LONG: usize = 4096;

/// How many bytes around a match its look-around assertions can see, with a margin.
const LOOK_AROUND: usize = 4;

/// The pattern of a rule, split into parts that are compiled when one of their keywords turns up.
#[derive(Debug)]
pub(in crate::detect) struct Confirmer {
    /// In lower case.
    keywords: Vec<String>,
    hir: Hir,
    split: Split,
    groups: Vec<Group>,
    /// By group.
    parts: Vec<OnceLock<Part>>,
    /// By keyword: its group; `None` if every match with it is found from another one.
    group_of: Vec<Option<usize>>,
    secret_group: usize,
    max_length: Option<usize>,
}

/// Alternatives of a pattern that share keywords.
#[derive(Debug)]
struct Part {
    hir: Hir,
    /// Finds a match that begins at a given place.
    here: OnceLock<Option<Here>>,
    /// Finds a match anywhere in a window.
    anywhere: OnceLock<Option<Automaton>>,
    /// What a match can begin with.
    beginning: Beginning,
    /// What can precede the keyword, if its place in a match varies.
    preceding: Option<Beginning>,
    /// The offsets of keywords in a match, if there are only a few.
    offsets: Option<Vec<usize>>,
    /// The most bytes of a match before the keyword.
    before: usize,
    /// Bytes in every match, relative to its beginning if `offsets` is set, otherwise to the keyword.
    landmarks: Vec<Landmark>,
    /// The most bytes of a match.
    reach: usize,
    /// What a match ends with, if it can be so long that searching for its end first pays off.
    end: Option<Finder<'static>>,
}

/// Where a pattern matched, and which part of that is the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::detect) struct Confirmed {
    pub(in crate::detect) span: Range<usize>,
    pub(in crate::detect) secret: Range<usize>,
}

impl Confirmer {
    /// Parses the pattern of `rule`; `None` for rules without one.
    ///
    /// # Errors
    ///
    /// The rule's pattern is invalid.
    pub(in crate::detect) fn new(rule: &RuleDefinition) -> Result<Option<Self>, PatternError> {
        let Some(pattern) = &rule.regex else {
            return Ok(None);
        };
        let hir = parse(pattern)?;
        let keywords = rule.keywords.iter();
        let keywords: Vec<String> = keywords
            .map(|keyword| keyword.to_ascii_lowercase())
            .collect();
        let (split, groups) = groups(&hir, &keywords).unwrap_or_else(|| {
            let keywords = (0..keywords.len()).collect();
            let before = usize::MAX;
            (Split::Whole, vec![Group { keywords, before }])
        });
        let mut group_of = vec![None; keywords.len()];
        for (group, number) in groups.iter().zip(0..) {
            for keyword in &group.keywords {
                group_of[*keyword] = Some(number);
            }
        }
        Ok(Some(Self {
            parts: groups.iter().map(|_| OnceLock::new()).collect(),
            hir,
            split,
            groups,
            keywords,
            group_of,
            secret_group: rule.secret_group,
            max_length: rule.max_length,
        }))
    }

    /// Compiles the whole pattern of `rule`.
    ///
    /// # Errors
    ///
    /// The pattern does not compile.
    pub(in crate::detect) fn verify(rule: &RuleDefinition) -> Result<(), PatternError> {
        rule.regex
            .as_deref()
            .map_or(Ok(()), |pattern| compile(pattern).map(drop))
    }

    /// Returns the part of the pattern for `keyword`, in any case of its letters. `None` if there are several and the
    /// keyword leads to none of them.
    fn part(&self, keyword: &[u8]) -> Option<&Part> {
        let number = if self.parts.len() == 1 {
            0
        } else {
            let first = keyword.first()?.to_ascii_lowercase();
            let is_it = |known: &String| {
                let known = known.as_bytes();
                known.len() == keyword.len()
                    && known[0] == first
                    && known.eq_ignore_ascii_case(keyword)
            };
            self.group_of[self.keywords.iter().position(is_it)?]?
        };
        Some(self.parts[number].get_or_init(|| self.part_of(&self.groups[number])))
    }

    fn part_of(&self, group: &Group) -> Part {
        let keywords = group.keywords.iter();
        let keywords: Vec<String> = keywords
            .map(|number| self.keywords[*number].clone())
            .collect();
        if self.groups.len() == 1 {
            return Part::new(&self.hir, group.before, &keywords, self.max_length);
        }
        let hir = alternatives(&self.hir, &self.split, group);
        Part::new(&hir, group.before, &keywords, self.max_length)
    }

    /// Returns how many bytes before and after `keyword` the pattern and its look-around can see.
    pub(in crate::detect) fn reach(&self, keyword: &[u8]) -> (usize, usize) {
        self.part(keyword).map_or((0, 0), Part::reach)
    }

    /// Returns the match that contains the keyword at `keyword`, if there is one.
    ///
    /// What is found depends only on the bytes within the rule's reach of the keyword; if nothing is found, the error
    /// is how many of them showed that.
    pub(in crate::detect) fn confirm(
        &self,
        bytes: &[u8],
        keyword: Range<usize>,
    ) -> Result<Confirmed, Looked> {
        let part = self.part(&bytes[keyword.clone()]).ok_or(Looked::NOWHERE)?;
        part.confirm(bytes, keyword, self.secret_group)
    }
}

impl Part {
    fn new(hir: &Hir, before: usize, keywords: &[String], max_length: Option<usize>) -> Self {
        let reach = max_length.or(longest_match(hir)).unwrap_or(DEFAULT_REACH);
        let offsets = keyword_offsets(hir, keywords);
        let farthest = offsets
            .as_ref()
            .and_then(|offsets| offsets.iter().max().copied());
        let before = farthest.unwrap_or(before).min(reach);
        let offsets = offsets.filter(|offsets| offsets.len() <= MANY_OFFSETS);
        let landmarks = match offsets {
            Some(_) => landmarks(hir),
            None => landmarks_from_keyword(hir, keywords),
        };
        Self {
            here: OnceLock::new(),
            anywhere: OnceLock::new(),
            beginning: Beginning::new(hir),
            // Both are relative to the keyword, but not always to the same one.
            preceding: (offsets.is_none() && landmarks.is_empty())
                .then(|| Beginning::before(hir, keywords))
                .flatten(),
            offsets,
            before,
            landmarks,
            reach,
            end: (reach > LONG).then(|| end_of(hir)).flatten(),
            hir: without_far_bounds(hir),
        }
    }

    fn reach(&self) -> (usize, usize) {
        (self.before + LOOK_AROUND, self.reach + LOOK_AROUND)
    }

    fn confirm(
        &self,
        bytes: &[u8],
        keyword: Range<usize>,
        group: usize,
    ) -> Result<Confirmed, Looked> {
        let end = keyword.end.saturating_add(self.reach).min(bytes.len());
        let Some(offsets) = &self.offsets else {
            // A match with another keyword that these are relative to is found from that one.
            if let Some(preceding) = &self.preceding {
                let compared = preceding.may_precede(&bytes[..keyword.start]);
                compared.map_err(|compared| Looked::at(compared, 0))?;
            }
            self.may_match(bytes, &(keyword.start..end))?;
            let found = match self.beginnings(bytes, &keyword) {
                Some(starts) => self.at_each(&starts, bytes, (keyword, end), group),
                None => self.in_window(bytes, (keyword, end), group),
            };
            return found.ok_or(self.looks());
        };
        let mut looked = Looked::NOWHERE;
        let starts = offsets
            .iter()
            .filter_map(|offset| keyword.start.checked_sub(*offset));
        for start in starts {
            let range = start..end;
            if let Err(compared) = self.beginning.may_begin(&bytes[start..]) {
                let behind = (start + compared).saturating_sub(keyword.end);
                looked = looked.and(Looked::at(keyword.start - start, behind));
                continue;
            }
            if let Err(as_far) = self.may_match(bytes, &range) {
                looked = looked.and(as_far);
                continue;
            }
            let may_end = |end: &Finder<'static>| end.find(&bytes[range.clone()]).is_some();
            if self.end.as_ref().is_none_or(may_end)
                && let Some(found) = self.find_at(bytes, range, group)
            {
                return Ok(found);
            }
            looked = looked.and(self.looks());
        }
        Err(looked)
    }

    /// Returns the positions before and at a keyword where a match can begin; `None` if there are many.
    fn beginnings(&self, bytes: &[u8], keyword: &Range<usize>) -> Option<Vec<usize>> {
        if self.before >= WIDE {
            return None;
        }
        let places = keyword.start.saturating_sub(self.before)..=keyword.start;
        let places = places.filter(|place| self.beginning.may_begin(&bytes[*place..]).is_ok());
        let places: Vec<usize> = places.take(MANY_BEGINNINGS).collect();
        (places.len() < MANY_BEGINNINGS).then_some(places)
    }

    /// Searches for a match that begins at one of `starts`.
    fn at_each(
        &self,
        starts: &[usize],
        bytes: &[u8],
        (keyword, end): (Range<usize>, usize),
        group: usize,
    ) -> Option<Confirmed> {
        let mut next = 0;
        for &start in starts {
            if start < next {
                continue;
            }
            match self.find_at(bytes, start..end, group) {
                Some(found) if found.span.end >= keyword.end => return Some(found),
                Some(found) => next = found.span.end,
                None => {}
            }
        }
        None
    }

    /// Searches the whole window around a keyword for a match.
    fn in_window(
        &self,
        bytes: &[u8],
        (keyword, end): (Range<usize>, usize),
        group: usize,
    ) -> Option<Confirmed> {
        let compile = || compile_for_windows(&self.hir).ok().map(Automaton::new);
        let regex = self.anywhere.get_or_init(compile).as_ref()?;
        let mut start = keyword.start.saturating_sub(self.before);
        loop {
            let input = Input::new(bytes).range(start..end);
            let found = regex.search(&input);
            steps::look_at(found.as_ref().map_or(end, Match::end) - start);
            let found = found.filter(|found| found.start() <= keyword.start)?;
            if found.end() >= keyword.end {
                return Some(confirmed(regex, bytes, found.range(), group));
            }
            start = found.end().max(found.start() + 1);
        }
    }

    /// Returns the match that begins where `range` does. A pattern that does not compile matches nothing: a test
    /// checks that built-in ones do, and a user's were verified.
    fn find_at(&self, bytes: &[u8], range: Range<usize>, group: usize) -> Option<Confirmed> {
        // No prefilter is needed to test for a match at a single place.
        let compile = || Here::new(&self.hir, group).ok();
        let here = self.here.get_or_init(compile).as_ref()?;
        let (start, length) = (range.start, range.len());
        let found = here.find(bytes, range, group);
        let seen = found.as_ref().map(|found| found.span.end - start);
        steps::look_at(seen.unwrap_or(length));
        found
    }

    /// Checks that all landmarks of a match that begins at the start of `range` are there.
    fn may_match(&self, bytes: &[u8], range: &Range<usize>) -> Result<(), Looked> {
        let absent = |mark: &&Landmark| !mark.stands(bytes, range);
        match self.landmarks.iter().find(absent) {
            Some(mark) => Err(Looked::at(self.before, mark.extent())),
            None => Ok(()),
        }
    }

    /// Returns how far the pattern looks.
    fn looks(&self) -> Looked {
        let (before, behind) = self.reach();
        Looked::at(before, behind)
    }
}

/// Returns the literal that every match of a pattern ends with, in exactly this case.
fn end_of(hir: &Hir) -> Option<Finder<'static>> {
    let HirKind::Concat(parts) = hir.kind() else {
        return None;
    };
    let HirKind::Literal(literal) = parts.last()?.kind() else {
        return None;
    };
    (literal.0.len() > 2).then(|| Finder::new(&literal.0).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::detect::rule_file;

    fn confirmer(regex: &str, keyword: &str, rest: &str) -> Confirmer {
        let text = format!(
            "[[rules]]\nid = 'a/b'\ntitle = 'a'\ndescription = 'a'\nseverity = 'low'\n\
             keywords = ['{keyword}']\nregex = '''{regex}'''\n{rest}"
        );
        let loaded = rule_file::parse("test.toml", &text).unwrap();
        Confirmer::new(&loaded[0].definition).unwrap().unwrap()
    }

    fn check(confirmer: &Confirmer, text: &str, keyword: &str, expected: Option<(&str, &str)>) {
        let at = text
            .to_ascii_lowercase()
            .rfind(&keyword.to_ascii_lowercase())
            .unwrap();
        let found = confirmer
            .confirm(text.as_bytes(), at..at + keyword.len())
            .ok();
        let found = found.map(|found| (&text[found.span], &text[found.secret]));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn the_window_does_not_hide_what_stands_around_it() {
        let short = confirmer(r"\b(acme_[0-9]{4})\b", "acme_", "secretGroup = 1");
        assert_eq!(short.reach(b"acme_"), (LOOK_AROUND, 9 + LOOK_AROUND));
        check(
            &short,
            "x acme_1234 y",
            "acme_",
            Some(("acme_1234", "acme_1234")),
        );
        check(&short, "x acme_12345", "acme_", None);
        check(&short, "xacme_1234", "acme_", None);
    }

    #[test]
    fn a_keyword_may_stand_anywhere_in_the_match() {
        let late = confirmer(r"key=([0-9]{4}) # acme", "acme", "secretGroup = 1");
        check(
            &late,
            "key=1111 key=1234 # acme",
            "acme",
            Some(("key=1234 # acme", "1234")),
        );
        check(&late, "key=1234 # acne acme", "acme", None);
    }

    #[test]
    fn every_keyword_has_a_match_of_its_own() {
        let rule = confirmer("acme_[0-9]{2}", "acme_", "");
        check(
            &rule,
            "acme_11acme_22",
            "acme_",
            Some(("acme_22", "acme_22")),
        );
    }

    #[test]
    fn a_pattern_in_any_case_still_has_a_bounded_window() {
        let rule = confirmer("(?i)acme.{0,20}=([a-f]{4})", "acme", "secretGroup = 1");
        check(
            &rule,
            "ACME token =abcd",
            "acme",
            Some(("ACME token =abcd", "abcd")),
        );
    }

    #[test]
    fn a_keyword_calls_for_its_own_alternatives_only() {
        let rule = "(?:acme ([a-z]{4})|[a-z0-9,]{0,600} pass=([a-z]{4}))";
        let rule = rule_file::parse(
            "test.toml",
            &format!(
                "[[rules]]\nid = 'a/b'\ntitle = 'a'\ndescription = 'a'\nseverity = 'low'\n\
                 keywords = ['acme ', ' pass=']\nregex = '{rule}'"
            ),
        );
        let rule = Confirmer::new(&rule.unwrap()[0].definition)
            .unwrap()
            .unwrap();
        check(&rule, "an ACME abcd", "acme ", None);
        check(
            &rule,
            "an acme abcd",
            "acme ",
            Some(("acme abcd", "acme abcd")),
        );
        check(
            &rule,
            "x pass=abcd",
            " pass=",
            Some(("x pass=abcd", "x pass=abcd")),
        );
        assert_eq!(rule.reach(b"Acme "), (LOOK_AROUND, 9 + LOOK_AROUND));
        assert_eq!(
            rule.reach(b" pass="),
            (600 + LOOK_AROUND, 610 + LOOK_AROUND)
        );
    }

    #[test]
    fn the_leftmost_match_that_reaches_the_keyword_counts() {
        let rule = confirmer("[a-c]{1,3}=x?acme", "acme", "");
        check(&rule, "abc=acme", "acme", Some(("abc=acme", "abc=acme")));
        check(
            &rule,
            "abcabc=xacme",
            "acme",
            Some(("abc=xacme", "abc=xacme")),
        );
        check(&rule, "abc=x acme", "acme", None);
    }
}
