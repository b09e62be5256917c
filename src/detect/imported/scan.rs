//! Searches for matches of imported rules. As in those tools, a rule is run on a text that has one of its keywords:
//! over the whole text, or only around the keywords if the length of its matches is bounded.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::Ordering;

use aho_corasick::AhoCorasick;
use regex_automata::meta::Regex;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Hir, HirKind};

use crate::detect::alternatives::in_one_case;
use crate::detect::comment::Comment;
use crate::detect::companions::FoundPart;
use crate::detect::detector::Match;
use crate::detect::pattern::longest_match;
use crate::detect::sieve::Sieve;
use crate::model::{Confidence, LineIndex};

use super::condition::Subject;
use super::go_pattern::Pattern;
use super::{Imported, ImportedRule};

/// How many matches of one rule in one text are examined. A pattern that matches everywhere is a mistake.
const MOST_MATCHES: usize = 1_000;
/// How many bytes of a match's line are read on either side of it.
const LINE_SIDE: usize = 2_000;
/// Shorter keywords are left to an automaton.
const SHORTEST_IN_SIEVE: usize = 3;
/// From this length of matches on, in bytes, searching around keywords is no faster than searching everything.
const LONGEST_REACH: usize = 4_096;

/// All imported rules, prepared for searching. Their numbers follow those of the detector's own rules.
pub(in crate::detect) struct Scanner {
    first: u32,
    files: Vec<Imported>,
    words: Words,
    always: Vec<usize>,
    /// By rule: its file and its index there.
    places: Vec<(usize, usize)>,
}

/// Returns the maximum length of a match of `pattern`, if each contains one of `keywords`, so that only their
/// surroundings need to be searched.
pub(super) fn reach(pattern: &Pattern, keywords: &[String]) -> Option<usize> {
    let hir = pattern.parse()?;
    let longest = longest_match(&hir).filter(|longest| *longest <= LONGEST_REACH)?;
    (!keywords.is_empty() && holds_any(&in_one_case(&hir), keywords)).then_some(longest)
}

/// Whether every match of `hir` contains one of `keywords`.
fn holds_any(hir: &Hir, keywords: &[String]) -> bool {
    match hir.kind() {
        HirKind::Literal(literal) => {
            let text = literal.0.to_ascii_lowercase();
            keywords
                .iter()
                .any(|word| memchr::memmem::find(&text, word.as_bytes()).is_some())
        }
        HirKind::Capture(capture) => holds_any(&capture.sub, keywords),
        HirKind::Repetition(repetition) => {
            repetition.min > 0 && holds_any(&repetition.sub, keywords)
        }
        HirKind::Concat(parts) => parts.iter().any(|part| holds_any(part, keywords)),
        HirKind::Alternation(parts) => parts.iter().all(|part| holds_any(part, keywords)),
        HirKind::Empty | HirKind::Class(_) | HirKind::Look(_) => false,
    }
}

impl Scanner {
    /// Prepares `files`; the first of their rules gets the number `first`.
    pub(in crate::detect) fn new(first: usize, files: Vec<Imported>) -> Self {
        let mut places = Vec::new();
        for (number, file) in files.iter().enumerate() {
            places.extend((0..file.rules.len()).map(|rule| (number, rule)));
        }
        let mut by_word: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut always = Vec::new();
        for (number, (file, rule)) in places.iter().enumerate() {
            let rule = &files[*file].rules[*rule];
            if rule.regex.is_some() && rule.keywords.is_empty() {
                always.push(number);
            }
            for word in &rule.keywords {
                by_word.entry(word).or_default().push(number);
            }
        }
        let words = Words::new(by_word);
        Self {
            first: u32::try_from(first).unwrap_or(u32::MAX),
            words,
            always,
            places,
            files,
        }
    }

    pub(in crate::detect) fn files(&self) -> &[Imported] {
        &self.files
    }

    /// Returns the rule with a number, if it is an imported one.
    pub(in crate::detect) fn rule(&self, number: u32) -> Option<&ImportedRule> {
        let at = number.checked_sub(self.first)? as usize;
        let (file, rule) = self.places.get(at)?;
        self.files.get(*file)?.rules.get(*rule)
    }

    /// Returns the numbers of the rules that match by the path alone.
    pub(in crate::detect) fn of_path<'s>(
        &'s self,
        path: &'s str,
    ) -> impl Iterator<Item = u32> + 's {
        let empty = Subject {
            secret: b"",
            whole: b"",
            line: b"",
            path: Some(path),
        };
        (self.first..)
            .zip(&self.places)
            .filter(move |(_, (file, rule))| {
                let rule = &self.files[*file].rules[*rule];
                rule.regex.is_none()
                    && !rule.is_silent
                    && rule.looks_into(path)
                    && rule.skip.known(&empty).is_some()
            })
            .map(|(number, _)| number)
    }

    /// Finds everything in `bytes`, regardless of the path.
    pub(in crate::detect) fn scan(&self, bytes: &[u8]) -> Vec<Match> {
        let mut found: Vec<Option<Vec<Match>>> = vec![None; self.places.len()];
        for (number, windows) in self.windows(bytes) {
            found[number] = Some(self.find(number, bytes, &windows));
        }
        let mut lines = None;
        let mut reported = Vec::new();
        for number in 0..self.places.len() {
            let (file, at) = self.places[number];
            let rule = &self.files[file].rules[at];
            let Some(own) = found[number]
                .as_ref()
                .filter(|own| !own.is_empty() && !rule.is_silent)
            else {
                continue;
            };
            let mut own = own.clone();
            for (part, required) in (0..).zip(&rule.required) {
                let other = number - at + required.rule;
                let others = found[other]
                    .get_or_insert_with(|| {
                        self.find(other, bytes, std::slice::from_ref(&(0..bytes.len())))
                    })
                    .clone();
                let lines = lines.get_or_insert_with(|| LineIndex::new(bytes));
                own.retain_mut(|found| required.join((part, found), &others, lines));
            }
            reported.extend(own);
        }
        reported
    }

    /// Returns the rules that have a keyword in `bytes`, or no keywords at all, and the ranges to search for each.
    fn windows(&self, bytes: &[u8]) -> Vec<(usize, Vec<Range<usize>>)> {
        let mut windows: Vec<Vec<Range<usize>>> = vec![Vec::new(); self.places.len()];
        for &number in &self.always {
            windows[number].push(0..bytes.len());
        }
        self.words.find(bytes, |hit, numbers| {
            for &number in numbers {
                let (file, rule) = self.places[number];
                let Some(reach) = self.files[file].rules[rule].reach else {
                    if windows[number].is_empty() {
                        windows[number].push(0..bytes.len());
                    }
                    continue;
                };
                let start = hit.start.saturating_sub(reach);
                let end = (hit.end + reach).min(bytes.len());
                match windows[number].last_mut() {
                    Some(last) if last.start <= start && start <= last.end => {
                        last.end = last.end.max(end);
                    }
                    _ => windows[number].push(start..end),
                }
            }
        });
        for windows in &mut windows {
            join(windows);
        }
        windows
            .into_iter()
            .enumerate()
            .filter(|(_, windows)| !windows.is_empty())
            .collect()
    }

    fn find(&self, number: usize, bytes: &[u8], windows: &[Range<usize>]) -> Vec<Match> {
        let (file, rule) = self.places[number];
        let rule = &self.files[file].rules[rule];
        let Some(regex) = &rule.regex else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let mut seen = 0;
        for window in windows {
            let mut at = window.start;
            while at <= window.end
                && let Some(whole) = regex.search(&Input::new(bytes).range(at..window.end))
            {
                at = whole.end().max(whole.start() + 1);
                seen += 1;
                if seen > MOST_MATCHES {
                    rule.is_cut_short.store(true, Ordering::Relaxed);
                    return found;
                }
                found.extend(rule.judge(
                    self.first + u32::try_from(number).unwrap_or(0),
                    regex,
                    bytes,
                    whole.range(),
                ));
            }
        }
        found
    }
}

/// The keywords of all rules.
struct Words {
    /// Those of three bytes or more, which is most of them.
    sieve: Sieve,
    long: Vec<Vec<usize>>,
    short: Option<AhoCorasick>,
    short_rules: Vec<Vec<usize>>,
}

impl Words {
    /// Takes lower-case keywords, each with the rules that use it.
    fn new(by_word: BTreeMap<&str, Vec<usize>>) -> Self {
        let is_long = |word: &str| word.len() >= SHORTEST_IN_SIEVE;
        let (mut long, mut short): (Vec<_>, Vec<_>) =
            by_word.into_iter().partition(|(word, _)| is_long(word));
        // The sieve numbers its keywords with 16 bits.
        short.extend(long.split_off(long.len().min(usize::from(u16::MAX))));
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(short.iter().map(|(word, _)| word));
        Self {
            sieve: Sieve::new(long.iter().map(|(word, _)| word.as_bytes())),
            long: long.into_iter().map(|(_, rules)| rules).collect(),
            short: automaton.ok().filter(|_| !short.is_empty()),
            short_rules: short.into_iter().map(|(_, rules)| rules).collect(),
        }
    }

    /// Calls `hit` with the range of every keyword and the rules that use it, in no particular order.
    fn find(&self, bytes: &[u8], mut hit: impl FnMut(Range<usize>, &[usize])) {
        self.sieve
            .find(bytes, (0..bytes.len(), &(0..bytes.len())), |start, word| {
                let end = start + self.sieve.length(word);
                hit(start..end, &self.long[usize::from(word)]);
            });
        let short = self
            .short
            .iter()
            .flat_map(|short| short.find_overlapping_iter(bytes));
        for found in short {
            hit(found.range(), &self.short_rules[found.pattern().as_usize()]);
        }
    }
}

/// Sorts ranges, and merges those that overlap or touch.
fn join(ranges: &mut Vec<Range<usize>>) {
    if ranges.len() < 2 {
        return;
    }
    ranges.sort_by_key(|range| (range.start, range.end));
    ranges.dedup_by(|next, last| {
        let touches = next.start <= last.end;
        if touches {
            last.end = last.end.max(next.end);
        }
        touches
    });
}

impl ImportedRule {
    /// Turns a match of the pattern into a match of the rule, unless it is to be skipped.
    fn judge(&self, number: u32, regex: &Regex, bytes: &[u8], span: Range<usize>) -> Option<Match> {
        let text = &bytes[span.clone()];
        let leading = text.iter().take_while(|byte| **byte == b'\n').count();
        let trailing = text.iter().rev().take_while(|byte| **byte == b'\n').count();
        let end = span.end.saturating_sub(trailing);
        let whole = (span.start + leading).min(end)..end;
        let secret = self
            .secret(regex, bytes, span)
            .unwrap_or_else(|| whole.clone());
        if secret.is_empty() {
            return None;
        }
        let subject = Subject {
            secret: &bytes[secret.clone()],
            whole: &bytes[whole.clone()],
            line: &bytes[line(bytes, &whole)],
            path: None,
        };
        let known = self.skip.known(&subject)?;
        Some(Match {
            rule: number,
            span: whole,
            secret,
            name: None,
            confidence: Confidence::High,
            is_proven: false,
            known,
            parts: Vec::new(),
            syntax: None,
            comment: Comment::No,
            encoded: None,
        })
    }

    /// Returns the group that is the secret: the one the rule names, or else the first that is not empty.
    fn secret(&self, regex: &Regex, bytes: &[u8], span: Range<usize>) -> Option<Range<usize>> {
        if regex.captures_len() < 2 {
            return None;
        }
        let mut captures = regex.create_captures();
        let input = Input::new(bytes).range(span).anchored(Anchored::Yes);
        regex.search_captures(&input, &mut captures);
        if self.secret_group > 0 {
            return Some(captures.get_group(self.secret_group)?.range());
        }
        (1..regex.captures_len())
            .filter_map(|group| captures.get_group(group))
            .map(|group| group.range())
            .find(|group| !group.is_empty())
    }

    /// Returns whether the rule applies to a file at `path`.
    pub(super) fn looks_into(&self, path: &str) -> bool {
        self.path
            .as_ref()
            .is_none_or(|pattern| pattern.is_match(path))
    }
}

/// Returns the lines of a match, up to [`LINE_SIDE`] bytes on either side.
fn line(bytes: &[u8], span: &Range<usize>) -> Range<usize> {
    let from = span.start.saturating_sub(LINE_SIDE);
    let to = (span.end + LINE_SIDE).min(bytes.len());
    let start = memchr::memrchr(b'\n', &bytes[from..span.start]).map_or(from, |at| from + at + 1);
    let end = memchr::memchr(b'\n', &bytes[span.end..to]).map_or(to, |at| span.end + at);
    start..end
}

impl super::Required {
    /// Adds the nearest of `others` to the parts of `found`, if it is near enough, and returns whether it is.
    fn join(
        &self,
        (part, found): (u32, &mut Match),
        others: &[Match],
        lines: &LineIndex<'_>,
    ) -> bool {
        let place = |one: &Match| lines.position(one.span.start);
        let here = place(found);
        let is_near = |other: &&Match| {
            let there = place(other);
            let within = |a: u32, b: u32, most: Option<usize>| {
                most.is_none_or(|most| a.abs_diff(b) as usize <= most)
            };
            within(here.line, there.line, self.lines)
                && within(here.column, there.column, self.columns)
        };
        let nearest = others
            .iter()
            .filter(is_near)
            .min_by_key(|other| {
                (
                    other.span.start.abs_diff(found.span.start),
                    other.span.start,
                )
            })
            .map(|other| FoundPart {
                part,
                place: other.secret.clone(),
            });
        let is_there = nearest.is_some();
        found.parts.extend(nearest);
        is_there
    }
}
