//! Finds where the rest of a tree quotes what a fix changes: a test that asserts a line of a compose file fails once
//! the line changes, and a readme that shows the line becomes outdated.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use aho_corasick::AhoCorasick;
use memchr::memmem;

use crate::audit::Source;
use crate::lexicon::path::{self, Role};
use crate::model::{Blob, Finding, Secret};
use crate::source::{Meter, Worker, WorktreeOptions, walk_worktree};

use super::choice::OF_CREDENTIALS;
use super::reached::Reached;
use super::starts::is_prose;

mod patch;

/// Larger files were not written by hand.
const MAX_BYTES: usize = 1 << 20;
/// Shorter texts occur by chance.
const SHORTEST: usize = 6;
/// The most changes to look for, and the most places to keep for each.
const MOST_TEXTS: usize = 5_000;
const MOST_PLACES: usize = 8;

/// What a fix would change, with its file: a trimmed line, or a value.
type Changed = (String, String);

/// Where the things that fixes change are quoted.
#[derive(Debug, Default)]
pub(super) struct Quotes {
    /// The places, by file and line or value.
    places: BTreeMap<Changed, Vec<Place>>,
    /// The ports that the tree describes how to reach from elsewhere.
    pub(super) reached: Reached,
}

/// A place that quotes something.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    path: String,
    line: usize,
    /// Whether it is in a program, which may fail once the quoted text changes.
    is_run: bool,
}

/// What a fix did to the quotes.
#[derive(Debug, Default)]
pub(super) struct Outdated {
    /// Places that show something outdated.
    pub(super) shown: BTreeSet<(String, usize)>,
    /// Places in programs because of which something was not changed.
    pub(super) kept: BTreeSet<(String, usize)>,
}

impl Quotes {
    /// Finds quotes of what the fixes of `findings` change below `root`. `text` returns the text of a file.
    pub(super) fn read(
        root: &Path,
        options: &WorktreeOptions<'_>,
        findings: &[Finding],
        text: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let mut quotes = Self::of_lines(root, options, findings, text);
        quotes.reached = Reached::read(root, options, findings, text);
        quotes
    }

    fn of_lines(
        root: &Path,
        options: &WorktreeOptions<'_>,
        findings: &[Finding],
        text: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let mut wanted: BTreeMap<String, Vec<Changed>> = BTreeMap::new();
        for changed in changed_lines(findings, text) {
            if let Some(needle) = needle(&changed.line) {
                let key = (changed.path, changed.line);
                wanted.entry(needle).or_default().push(key);
            }
        }
        for finding in findings {
            if let Some(value) = telling_value(finding) {
                let key = (finding.location.path.clone(), value.clone());
                wanted.entry(value).or_default().push(key);
            }
        }
        let wanted: Vec<(String, Vec<Changed>)> = wanted.into_iter().take(MOST_TEXTS).collect();
        let Ok(automaton) = AhoCorasick::new(wanted.iter().map(|(needle, _)| needle)) else {
            return Self::default();
        };
        let new = || Finder {
            automaton: &automaton,
            wanted: &wanted,
            found: BTreeMap::new(),
        };
        if wanted.is_empty() {
            return Self::default();
        }
        let Ok((_, finders)) = walk_worktree(root, options, &Meter::default(), &new) else {
            return Self::default();
        };
        let mut quotes = Self::default();
        for (number, mut places) in finders.into_iter().flat_map(|finder| finder.found) {
            for changed in &wanted[number].1 {
                let known = quotes.places.entry(changed.clone()).or_default();
                known.append(&mut places.get(&changed.0).cloned().unwrap_or_default());
                known.sort();
                known.truncate(MOST_PLACES);
            }
            places.clear();
        }
        for ((own, _), places) in &mut quotes.places {
            let text = text(own).unwrap_or_default();
            places.retain(|place| {
                !is_patch(&place.path) || patch::would_fail(root, (&place.path, place.line), &text)
            });
        }
        quotes
    }

    /// Returns the edits that a program would notice, by file and the byte at which they begin.
    pub(super) fn noticed(
        &self,
        findings: &[Finding],
        text: &dyn Fn(&str) -> Option<String>,
    ) -> BTreeSet<(String, usize)> {
        if self.places.is_empty() {
            return BTreeSet::new();
        }
        let lines = changed_lines(findings, text).into_iter();
        let noticed = lines.filter_map(|changed| {
            let key = (changed.path, changed.line);
            // The same line elsewhere in the file is left alone too: changing only half of them would suggest a
            // difference.
            let mut places = self.places.get(&key)?.iter();
            places
                .any(|place| place.is_run)
                .then_some((key.0, changed.at))
        });
        noticed.collect()
    }

    /// Returns where documents show lines of the file at `path`: the line, the document, and the line number there.
    pub(super) fn shown_of<'q>(
        &'q self,
        path: &'q str,
    ) -> impl Iterator<Item = (&'q str, &'q str, usize)> {
        let of_path = self.places.iter().filter(move |((of, _), _)| of == path);
        of_path.flat_map(|((_, line), places)| {
            let places = places.iter().filter(|place| is_prose(&place.path));
            places.map(|place| (line.as_str(), place.path.as_str(), place.line))
        })
    }

    /// Returns which quotes are outdated, given the texts `new` of the files, and which programs kept something
    /// unchanged.
    pub(super) fn outdated(&self, new: &dyn Fn(&str) -> Option<String>) -> Outdated {
        let mut outdated = Outdated::default();
        let mut lines: BTreeMap<&str, (String, BTreeSet<String>)> = BTreeMap::new();
        for ((path, changed), places) in &self.places {
            let (text, lines) = lines.entry(path).or_insert_with(|| {
                let text = new(path).unwrap_or_default();
                let lines = text.lines().map(|line| line.trim().to_owned());
                (text.clone(), lines.collect())
            });
            let is_left = lines.contains(changed)
                || needle(changed).is_none()
                    && memmem::find(text.as_bytes(), changed.as_bytes()).is_some();
            for place in places {
                let place_of = (place.path.clone(), place.line);
                if !is_left {
                    outdated.shown.insert(place_of);
                } else if place.is_run {
                    outdated.kept.insert(place_of);
                }
            }
        }
        outdated
    }
}

/// A line that a fix changes.
struct ChangedLine {
    path: String,
    line: String,
    /// The byte at which the edit begins.
    at: usize,
}

/// Returns the lines that fixes change. Edits that add lines are left out.
fn changed_lines(findings: &[Finding], text: &dyn Fn(&str) -> Option<String>) -> Vec<ChangedLine> {
    let mut by_path: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    let is_of_compose = |finding: &&Finding| finding.rule.family() == "compose";
    for finding in findings.iter().filter(is_of_compose) {
        let of_path = by_path.entry(finding.location.path.as_str()).or_default();
        of_path.push(finding);
    }
    let mut changed = Vec::new();
    for (path, findings) in by_path {
        let fixes = findings.into_iter().flat_map(|it| &it.fixes);
        let edits = fixes.flat_map(|fix| &fix.edits);
        let edits: Vec<_> = edits
            .filter(|edit| !edit.replacement.contains('\n'))
            .collect();
        let Some(text) = (!edits.is_empty()).then(|| text(path)).flatten() else {
            continue;
        };
        for edit in edits {
            let at = edit.region.start.byte;
            let (Some(before), Some(behind)) = (text.get(..at), text.get(at..)) else {
                continue;
            };
            let start = before.rfind('\n').map_or(0, |at| at + 1);
            let end = behind.find('\n').map_or(text.len(), |end| at + end);
            changed.push(ChangedLine {
                path: path.to_owned(),
                line: text[start..end].trim().to_owned(),
                at,
            });
        }
    }
    changed
}

/// Returns what to search for to find a line: the list item or setting without the marks around it; `None` for a value,
/// which is searched for as it is.
fn needle(line: &str) -> Option<String> {
    let bare = line.split(" #").next().unwrap_or(line).trim_end();
    let found = match bare.strip_prefix("- ").map(str::trim) {
        Some(item) => item.trim_matches(['"', '\'']),
        None if bare.contains(": ") => bare,
        None => return None,
    };
    (found.len() >= SHORTEST).then(|| found.to_owned())
}

/// Whether a place in a document shows an item as the file has it: with its dash, in quotes, or as an assignment.
fn is_shown_as_item(text: &[u8], start: usize, needle: &str) -> bool {
    let before = &text[..start];
    needle.contains(['=', ' '])
        || [&b"- "[..], b"- \"", b"- '", b"\"", b"'", b"`"]
            .iter()
            .any(|mark| before.ends_with(mark))
}

/// Whether a place is an item of a YAML list.
fn is_item_of_list(text: &[u8], start: usize) -> bool {
    let before = text[..start].trim_ascii_end();
    let line = before.len().saturating_sub(40);
    let bare = before[line..].trim_ascii_end();
    let bare = bare
        .strip_suffix(b"\"")
        .or(bare.strip_suffix(b"'"))
        .unwrap_or(bare);
    bare.trim_ascii_end().ends_with(b"-")
}

/// Returns the value that a fix removes, if it is unlikely to occur elsewhere by chance.
fn telling_value(finding: &Finding) -> Option<String> {
    let is_taken = |rule: &str| OF_CREDENTIALS.contains(&rule);
    if !finding.fixes.iter().any(|fix| is_taken(fix.rule.as_str())) {
        return None;
    }
    let value = finding.secret.as_ref().map(Secret::reveal)?;
    let value = std::str::from_utf8(value).ok()?;
    let is_word = value.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_telling = value.len() >= 10 || value.len() >= SHORTEST && !is_word;
    (is_telling && needle(value).is_none()).then(|| value.to_owned())
}

struct Finder<'a> {
    automaton: &'a AhoCorasick,
    wanted: &'a [(String, Vec<Changed>)],
    /// The places, by the index of what is wanted and the file it is from.
    found: BTreeMap<usize, BTreeMap<String, Vec<Place>>>,
}

impl Worker for Finder<'_> {
    type Memory = ();

    fn blob(&mut self, blob: &Blob<'_>) {
        let path = blob.path.unwrap_or_default();
        let role = path::role(path, &[]);
        if blob.bytes.len() > MAX_BYTES || role == Role::Vendored {
            return;
        }
        let mut matches = self.automaton.find_iter(blob.bytes).peekable();
        if matches.peek().is_none() {
            return;
        }
        let is_sample = path::is_to_fill_in(path) && path.contains("env");
        let is_shown = is_prose(path) || is_sample;
        // A configuration file does not quote another: it has the same text for its own reasons.
        if !is_shown && Source::claim(path, blob.bytes).is_some() {
            return;
        }
        let mut named: BTreeMap<&str, bool> = BTreeMap::new();
        let (mut line, mut counted) = (1, 0);
        for found in matches {
            line += memchr::memchr_iter(b'\n', &blob.bytes[counted..found.start()]).count();
            counted = found.start();
            let number = found.pattern().as_usize();
            let (needle_text, changed) = &self.wanted[number];
            for (own, text) in changed.iter().filter(|(own, _)| own != path) {
                let is_value = needle(text).is_none();
                let name = own.rsplit('/').next().unwrap_or(own);
                let names_file = *named
                    .entry(name)
                    .or_insert_with(|| memmem::find(blob.bytes, name.as_bytes()).is_some());
                let counts = match (is_shown, is_value) {
                    (true, true) => is_whole(blob.bytes, found.start(), found.end()),
                    (true, false) => {
                        let start = found.start();
                        let is_beside = || {
                            is_item_of_list(blob.bytes, start)
                                && path.rsplit_once('/').map(|it| it.0)
                                    == own.rsplit_once('/').map(|it| it.0)
                        };
                        (names_file || is_sample || is_beside())
                            && is_shown_as_item(blob.bytes, start, needle_text)
                    }
                    (false, true) => false,
                    (false, false) => {
                        names_file && is_whole(blob.bytes, found.start(), found.end())
                    }
                };
                let is_added = is_patch(path) && is_added(blob.bytes, found.start());
                let places = self.found.entry(number).or_default();
                let places = places.entry(own.clone()).or_default();
                if counts && !is_added && places.len() < MOST_PLACES {
                    places.push(Place {
                        path: path.to_owned(),
                        line,
                        is_run: !is_shown,
                    });
                }
            }
        }
    }
}

fn is_patch(path: &str) -> bool {
    path.ends_with(".patch") || path.ends_with(".diff")
}

/// Whether the line at `at` is one that a patch adds, so that the file does not have it yet.
fn is_added(text: &[u8], at: usize) -> bool {
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |at| at + 1);
    text.get(start) == Some(&b'+')
}

/// Whether there is no letter or digit on either side.
fn is_whole(text: &[u8], start: usize, end: usize) -> bool {
    let is_part = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let before = start.checked_sub(1).and_then(|at| text.get(at));
    !is_part(before) && !is_part(text.get(end))
}

#[cfg(test)]
mod tests {
    use super::needle;

    #[test]
    fn what_is_looked_for_is_what_a_quote_would_have() {
        for (line, expected) in [
            ("- \"8123:8123\" # http", Some("8123:8123")),
            ("- 9090:9090", Some("9090:9090")),
            ("- SECRET_KEY=changeme", Some("SECRET_KEY=changeme")),
            ("POSTGRES_DB: shop", Some("POSTGRES_DB: shop")),
            ("- 1:2", None),
            ("changeme-please", None),
        ] {
            assert_eq!(needle(line).as_deref(), expected, "{line}");
        }
    }
}
