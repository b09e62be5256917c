//! Runs a rule's pattern where one of its keywords is, in a window, never over the whole file.

use std::collections::BTreeSet;
use std::ops::Range;

use memchr::memmem::Finder;
use regex_automata::{Input, Match};
use regex_syntax::hir::literal::Extractor;
use regex_syntax::hir::{Class, Hir, HirKind};

use crate::detect::automaton::Automaton;
use crate::detect::extent::Looked;
use crate::detect::here::{Here, confirmed};
use crate::detect::pattern::{PatternError, compile, compile_for_windows, longest_match, parse};
use crate::detect::required_bytes::{Landmark, landmarks, landmarks_from_keyword};
use crate::detect::rule_file::RuleDefinition;
use crate::detect::steps;

/// How far a match may reach when neither its pattern nor its rule bounds it.
const DEFAULT_REACH: usize = 4096;

/// From this many places on where a match could begin, searching the window is quicker than trying each.
const MANY_OFFSETS: usize = 4;

/// From how many bytes on a match is long.
const LONG: usize = 4096;

/// How many bytes around a match its look-around assertions can see, with room to spare.
const LOOK_AROUND: usize = 4;

/// The compiled pattern of a rule.
#[derive(Debug)]
pub(in crate::detect) struct Confirmer {
    search: Search,
    secret_group: usize,
    /// How many bytes of a match can be before the keyword.
    before: usize,
    /// What is in every match: seen from such a place, or from the keyword.
    landmarks: Vec<Landmark>,
    /// How many bytes a match can have.
    reach: usize,
    /// What a match ends with, where it can be so long that looking for that comes first.
    end: Option<Finder<'static>>,
    allowed: Vec<Automaton>,
    path: Option<Automaton>,
}

/// Where a match is looked for.
#[derive(Debug)]
enum Search {
    /// In the whole window.
    Window(Automaton),
    /// So many bytes before the keyword that a match begins with, where there are only a few numbers of them.
    At(Vec<usize>, Here),
}

/// Where a pattern matched, and which part of that is the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::detect) struct Confirmed {
    pub(in crate::detect) span: Range<usize>,
    pub(in crate::detect) secret: Range<usize>,
}

impl Confirmer {
    /// Compiles the pattern of `rule`; `None` for rules without one.
    ///
    /// # Errors
    ///
    /// One of the rule's patterns cannot be compiled.
    pub(in crate::detect) fn new(rule: &RuleDefinition) -> Result<Option<Self>, PatternError> {
        let Some(pattern) = &rule.regex else {
            return Ok(None);
        };
        let hir = parse(pattern)?;
        let bound = longest_match(&hir);
        let reach = rule.max_length.or(bound).unwrap_or(DEFAULT_REACH);
        let offsets = keyword_offsets(&hir, rule);
        let before = offsets
            .as_ref()
            .and_then(|offsets| offsets.iter().max().copied())
            .unwrap_or(reach);
        let allowed = rule
            .allowlist
            .regexes
            .iter()
            .map(|pattern| compile(pattern).map(Automaton::new));
        let path = rule.path.as_deref().map(compile);
        let offsets = offsets.filter(|offsets| offsets.len() <= MANY_OFFSETS);
        let landmarks = match offsets {
            Some(_) => landmarks(&hir),
            None => landmarks_from_keyword(&hir, &keywords_of(rule)),
        };
        let search = match offsets {
            // Nothing is looked for: whether there is a match at a place needs no search for its literals.
            Some(offsets) => Search::At(offsets, Here::new(&hir, rule.secret_group)?),
            None => Search::Window(Automaton::new(compile_for_windows(&hir)?)),
        };
        Ok(Some(Self {
            search,
            secret_group: rule.secret_group,
            before: before.min(reach),
            landmarks,
            reach,
            end: (reach > LONG).then(|| end_of(&hir)).flatten(),
            allowed: allowed.collect::<Result<_, _>>()?,
            path: path.transpose()?.map(Automaton::new),
        }))
    }

    /// Returns how many bytes before and behind a keyword the pattern and its look-around can see.
    pub(in crate::detect) fn reach(&self) -> (usize, usize) {
        (self.before + LOOK_AROUND, self.reach + LOOK_AROUND)
    }

    /// The match that holds the keyword at `keyword`, if there is one.
    ///
    /// What is found depends on nothing but the bytes within the rule's reach of the keyword; where nothing is found,
    /// how much of them counted for it.
    pub(in crate::detect) fn confirm(
        &self,
        bytes: &[u8],
        keyword: Range<usize>,
    ) -> Result<Confirmed, Looked> {
        let end = keyword.end.saturating_add(self.reach).min(bytes.len());
        let (offsets, pattern) = match &self.search {
            Search::Window(regex) => return self.search(regex, bytes, keyword, end),
            Search::At(offsets, pattern) => (offsets, pattern),
        };
        let mut looked = Looked::NOWHERE;
        let starts = offsets
            .iter()
            .filter_map(|offset| keyword.start.checked_sub(*offset));
        for start in starts {
            let range = start..end;
            if let Err(as_far) = self.may_match(bytes, &range) {
                looked = looked.and(as_far);
                continue;
            }
            if let Some(end) = &self.end
                && end.find(&bytes[range.clone()]).is_none()
            {
                looked = looked.and(self.looks());
                continue;
            }
            let (start, length) = (range.start, range.len());
            let found = pattern.find(bytes, range, self.secret_group);
            steps::look_at(
                found
                    .as_ref()
                    .map_or(length, |found| found.span.end - start),
            );
            if let Some(found) = found {
                return Ok(found);
            }
            looked = looked.and(self.looks());
        }
        Err(looked)
    }

    /// Looks for a match in all of the window around a keyword.
    fn search(
        &self,
        regex: &Automaton,
        bytes: &[u8],
        keyword: Range<usize>,
        end: usize,
    ) -> Result<Confirmed, Looked> {
        // A match that has another keyword where these count from is found from there.
        self.may_match(bytes, &(keyword.start..end))?;
        let mut start = keyword.start.saturating_sub(self.before);
        loop {
            let input = Input::new(bytes).range(start..end);
            let found = regex.search(&input);
            steps::look_at(found.as_ref().map_or(end, Match::end) - start);
            let found = found.ok_or(self.looks())?;
            if found.start() > keyword.start {
                return Err(self.looks());
            }
            if found.end() >= keyword.end {
                let span = found.range();
                return Ok(confirmed(regex, bytes, span, self.secret_group));
            }
            start = found.end().max(found.start() + 1);
        }
    }

    /// Whether all landmarks are that a match has which begins with `range`.
    fn may_match(&self, bytes: &[u8], range: &Range<usize>) -> Result<(), Looked> {
        let absent = |mark: &&Landmark| !mark.stands(bytes, range);
        match self.landmarks.iter().find(absent) {
            Some(mark) => Err(Looked::at(self.before, mark.extent())),
            None => Ok(()),
        }
    }

    /// How far the pattern looks.
    fn looks(&self) -> Looked {
        let (before, behind) = self.reach();
        Looked::at(before, behind)
    }

    /// Returns whether the rule itself states that this secret is none.
    pub(in crate::detect) fn is_allowed(&self, secret: &[u8]) -> bool {
        self.allowed.iter().any(|pattern| pattern.is_match(secret))
    }

    /// Returns whether the rule looks into files of this path.
    pub(in crate::detect) fn looks_into(&self, path: &str) -> bool {
        self.path
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(path))
    }
}

/// The literal with which every match of a pattern ends, in this very case.
fn end_of(hir: &Hir) -> Option<Finder<'static>> {
    let HirKind::Concat(parts) = hir.kind() else {
        return None;
    };
    let HirKind::Literal(literal) = parts.last()?.kind() else {
        return None;
    };
    (literal.0.len() > 2).then(|| Finder::new(&literal.0).into_owned())
}

fn keywords_of(rule: &RuleDefinition) -> Vec<String> {
    let keywords = rule.keywords.iter();
    keywords
        .map(|keyword| keyword.to_ascii_lowercase())
        .collect()
}

/// Where in a match keywords can begin, if every match begins with one of a few literals that each hold a keyword.
///
/// A match may hold more keywords behind that literal. Those need not be known: the one in the literal finds the match.
fn keyword_offsets(hir: &Hir, rule: &RuleDefinition) -> Option<Vec<usize>> {
    let keywords = keywords_of(rule);
    offsets_of(&in_one_case(hir), &keywords).or_else(|| {
        // What comes before the literal may be one character that is no part of the secret, or the start of the text.
        let HirKind::Concat(parts) = hir.kind() else {
            return None;
        };
        let (first, rest) = parts.split_first()?;
        let properties = first.properties();
        let most = properties.maximum_len().filter(|most| *most <= 1)?;
        let least = properties.minimum_len()?;
        let rest = in_one_case(&Hir::concat(rest.to_vec()));
        let offsets = offsets_of(&rest, &keywords)?;
        let moved = offsets
            .iter()
            .flat_map(|offset| (least..=most).map(move |more| offset + more));
        let moved: BTreeSet<usize> = moved.collect();
        Some(moved.into_iter().collect())
    })
}

fn offsets_of(hir: &Hir, keywords: &[String]) -> Option<Vec<usize>> {
    let prefixes = Extractor::new().extract(hir);
    let mut all = BTreeSet::new();
    for literal in prefixes.literals()? {
        let literal = literal.as_bytes().to_ascii_lowercase();
        let offsets = keywords
            .iter()
            .flat_map(|keyword| memchr::memmem::find_iter(&literal, keyword));
        let offsets: Vec<usize> = offsets.collect();
        if offsets.is_empty() {
            return None;
        }
        all.extend(offsets);
    }
    (!all.is_empty()).then(|| all.into_iter().collect())
}

/// Returns the same structure with one literal for each letter in either case, of which there would be thousands
/// otherwise.
pub(in crate::detect) fn in_one_case(hir: &Hir) -> Hir {
    match hir.kind() {
        HirKind::Class(class) => match class.literal().or_else(|| letter(class)) {
            Some(literal) => Hir::literal(literal),
            None => hir.clone(),
        },
        HirKind::Repetition(repetition) => {
            Hir::repetition(repetition.with(in_one_case(&repetition.sub)))
        }
        HirKind::Capture(capture) => in_one_case(&capture.sub),
        HirKind::Concat(parts) => Hir::concat(parts.iter().map(in_one_case).collect()),
        HirKind::Alternation(parts) => Hir::alternation(parts.iter().map(in_one_case).collect()),
        HirKind::Empty | HirKind::Literal(_) | HirKind::Look(_) => hir.clone(),
    }
}

/// The lower case of a letter, if the class is just that letter in both cases.
fn letter(class: &Class) -> Option<Vec<u8>> {
    let Class::Bytes(class) = class else {
        return None;
    };
    match class.ranges() {
        [upper, lower]
            if upper.start() == upper.end()
                && lower.start() == lower.end()
                && upper.start().is_ascii_uppercase()
                && lower.start() == upper.start().to_ascii_lowercase() =>
        {
            Some(vec![lower.start()])
        }
        _ => None,
    }
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
        assert_eq!((short.before, short.reach), (0, 9));
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
}
