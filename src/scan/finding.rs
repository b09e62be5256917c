//! Turns a match in a blob into a finding: its place, its redacted excerpt, its severity and confidence.

use std::cell::{Cell, OnceCell};
use std::ops::Range;

use crate::audit;
use crate::detect::{Detector, Match, Plain, Weight};
use crate::lexicon::mark;
use crate::model::{
    Blob, Category, Evidence, Excerpt, Fact, Finding, LineIndex, Location, Outline, Proof, Related,
    Rule, Secret, Severity, Site,
};

use crate::triage;

use super::branch;
use super::section::{self, Sections, ShownTexts};

/// How many lines of a match an excerpt keeps.
const EXCERPT_LINES: u32 = 8;
/// How many bytes of a long line are kept to either side of a match.
const EXCERPT_SIDE: usize = 120;
/// How many bytes of a match are kept.
const EXCERPT_MATCH: usize = 400;

/// The number of findings in one text from which an outline pays off.
const MANY: u32 = 16;
/// The text that precedes tests in a Rust file.
const TESTS: &[u8] = b"#[cfg(test)]";

/// The rule for passwords that anyone would guess.
pub(crate) const DEFAULT_WORD: &str = "placeholder/default-word";

/// Builds findings for the matches of one blob.
pub(crate) struct Builder<'a> {
    detector: &'a Detector,
    blob: &'a Blob<'a>,
    index: LineIndex<'a>,
    /// The places of secrets in the blob, in ascending order, without overlap.
    secrets: Vec<Range<usize>>,
    /// Whether the comment at the top says that nothing in it is real.
    is_disclaimed: OnceCell<bool>,
    /// Where the tests of a Rust file begin.
    tests: OnceCell<Option<usize>>,
    sections: Sections,
    shown_texts: OnceCell<ShownTexts>,
    /// Why the values are those of a developer's machine.
    on_machine: OnceCell<Option<String>>,
    /// How many findings were built so far.
    count: Cell<u32>,
    outline: OnceCell<Option<Outline>>,
}

impl<'a> Builder<'a> {
    /// Returns a builder for a blob; `matches` are all matches in it.
    pub(crate) fn new<'m>(
        detector: &'a Detector,
        blob: &'a Blob<'a>,
        matches: impl IntoIterator<Item = &'m Match>,
    ) -> Self {
        let secrets = matches
            .into_iter()
            .filter(|found| is_secret(&detector.rule(found.rule)))
            .flat_map(|found| {
                let parts = found.parts.iter().map(|part| &part.place);
                std::iter::once(&found.secret).chain(parts).cloned()
            });
        Self {
            detector,
            blob,
            index: LineIndex::new(blob.bytes),
            secrets: joined(secrets.collect()),
            is_disclaimed: OnceCell::new(),
            tests: OnceCell::new(),
            sections: Sections::default(),
            shown_texts: OnceCell::new(),
            on_machine: OnceCell::new(),
            count: Cell::new(0),
            outline: OnceCell::new(),
        }
    }

    /// Returns `weight`, with at most medium severity if the file shows that the match does not run in production: by
    /// the comment at its top, by a section, branch or test module around the match, or by the value itself.
    pub(super) fn lowered(&self, found: &Match, weight: Weight, path: &str) -> Weight {
        let is_grave = weight.severity > Severity::Medium;
        if !is_grave || self.detector.is_issued(found) {
            return weight;
        }
        let is_disclaimed = || {
            *self
                .is_disclaimed
                .get_or_init(|| mark::is_disclaimer_of_file(&mark::top_comment(self.blob.bytes)))
        };
        let is_in_tests = || {
            let tests = || memchr::memmem::find(self.blob.bytes, TESTS);
            let tests = path
                .ends_with(".rs")
                .then(|| *self.tests.get_or_init(tests));
            tests
                .flatten()
                .is_some_and(|at| at + TESTS.len() <= found.span.start)
        };
        let is_for_developers = || {
            let shown = || ShownTexts::of(self.blob.bytes);
            self.sections
                .is_for_developers(self.blob.bytes, found.span.start, path)
                || path.ends_with(".toml")
                    && self
                        .shown_texts
                        .get_or_init(shown)
                        .contain(found.span.start)
                || section::is_of_local_database(self.blob.bytes, found.secret.start, path)
                || section::is_called_after_its_folder(&self.blob.bytes[found.secret.clone()], path)
        };
        let is_in_branch = || {
            let rule = self.detector.rule(found.rule).id;
            !triage::is_of_vendor(&rule)
                && branch::is_for_developers(self.blob.bytes, &found.secret, path)
        };
        let is_lowered = is_in_tests()
            || is_disclaimed()
            || is_for_developers()
            || is_in_branch()
            || self.is_of_test_network(found);
        if is_lowered {
            Weight {
                severity: Severity::Medium,
                ..weight
            }
        } else {
            weight
        }
    }

    /// Returns why the values in a script or an env file are those of a developer's machine, if nothing but its text is known.
    pub(super) fn on_machine(&self, path: &str) -> Option<&str> {
        let why = || audit::on_machine_before(path, std::str::from_utf8(self.blob.bytes).ok()?);
        self.on_machine.get_or_init(why).as_deref()
    }

    /// Whether a key belongs to a test network, where nothing has any value.
    fn is_of_test_network(&self, found: &Match) -> bool {
        let is_key = self.detector.computes_checksum(found.rule);
        let facts = is_key.then(|| {
            let secret = &self.blob.bytes[found.secret.clone()];
            self.detector.facts(found.rule, secret)
        });
        let mut facts = facts.into_iter().flatten();
        facts.any(|fact| fact.name == "network" && fact.value == "test")
    }

    /// Returns the finding for `found` under `path`.
    pub(crate) fn finding(&self, found: &Match, weight: Weight, path: &str) -> Finding {
        let rule = self.detector.rule(found.rule);
        let secret = &self.blob.bytes[found.secret.clone()];
        let plain = found.plain(self.blob.bytes);
        let said = plain.as_ref().map_or(secret, |plain| &plain.secret);
        let region = self.index.region(found.secret.clone());
        let location = Location::new(path.to_owned(), region);
        let proof = if found.is_proven {
            Proof::Proven
        } else {
            Proof::Plausible
        };
        Finding {
            severity: weight.severity,
            confidence: weight.confidence,
            origin: self.blob.origin.clone(),
            excerpt: self.excerpt(&found.secret),
            site: Site::within(self.blob.bytes, &found.secret, self.outline()),
            secret: Some(Secret::new(secret)),
            decoded: found.decoded(),
            related: self.parts(found, path),
            evidence: Evidence {
                proof,
                is_checksum: self.detector.computes_checksum(found.rule),
                facts: self.facts(found, said),
            },
            ..Finding::new(&rule, self.message(&rule, found, plain.as_ref()), location)
        }
    }

    /// Returns the outline of the text, once enough findings were built to justify reading it.
    fn outline(&self) -> Option<&Outline> {
        let count = self.count.get() + 1;
        self.count.set(count);
        if count < MANY {
            return None;
        }
        let outline = || Site::outline(self.blob.bytes);
        self.outline.get_or_init(outline).as_ref()
    }

    /// The places of the other parts of a credential.
    fn parts(&self, found: &Match, path: &str) -> Vec<Related> {
        let related = found.parts.iter().map(|part| Related {
            location: Location::new(path.to_owned(), self.index.region(part.place.clone())),
            message: match self.detector.part_name(found, part) {
                Some(name) => format!("its {name}"),
                None => "another part of this credential".to_owned(),
            },
        });
        related.collect()
    }

    /// Facts from the structure of a secret and of its other parts.
    fn facts(&self, found: &Match, said: &[u8]) -> Vec<Fact> {
        let mut facts = self.detector.facts(found.rule, said);
        for fact in self.detector.facts_of_parts(found, self.blob.bytes) {
            if facts.iter().all(|known| known.name != fact.name) {
                facts.push(fact);
            }
        }
        facts
    }

    fn message(&self, rule: &Rule, found: &Match, plain: Option<&Plain>) -> String {
        let own = || found.name.clone().map(|name| &self.blob.bytes[name]);
        let name = plain.and_then(|plain| plain.name.as_deref()).or_else(own);
        let name = name.map(String::from_utf8_lossy);
        let fallback = self.detector.fallback(found);
        let title = match name {
            Some(name) if fallback.is_some() => {
                let what = fallback.unwrap_or_default();
                format!("`{name}` falls back to {what} in this file where nothing else is set")
            }
            Some(name) => format!("{} in `{name}`", rule.title),
            None => rule.title.to_string(),
        };
        match self.detector.remark(found) {
            Some(remark) => format!("{title}: {remark}"),
            None => title,
        }
    }

    /// The lines of `marked`, cut to a size that can be shown.
    fn excerpt(&self, marked: &Range<usize>) -> Excerpt {
        let first = self.index.line_number(marked.start);
        let last = self.index.line_number(marked.end);
        let last = last.min(first + EXCERPT_LINES - 1);
        let lines = self.index.line(first).start..self.index.line(last).end.max(marked.start);
        let start = lines.start.max(marked.start.saturating_sub(EXCERPT_SIDE));
        let marked_end = marked.end.min(marked.start + EXCERPT_MATCH).min(lines.end);
        let end = lines.end.min(marked_end + EXCERPT_SIDE);
        let cut = widen_to_characters(self.blob.bytes, start..end);
        let shifted = |part: &Range<usize>| {
            part.start.clamp(cut.start, cut.end) - cut.start
                ..part.end.clamp(cut.start, cut.end) - cut.start
        };
        let first_known = self.secrets.partition_point(|part| part.end <= cut.start);
        let known = self.secrets[first_known..]
            .iter()
            .take_while(|part| part.start < cut.end);
        let secrets = known.map(shifted).collect();
        let text = as_text(&self.blob.bytes[cut.clone()]);
        Excerpt::new(first, text, secrets, shifted(marked))
    }
}

/// Sorts `parts` and joins those that overlap.
pub(crate) fn joined(mut parts: Vec<Range<usize>>) -> Vec<Range<usize>> {
    parts.sort_unstable_by_key(|part| (part.start, part.end));
    parts.dedup_by(|part, before| {
        let overlaps = part.start <= before.end;
        if overlaps {
            before.end = before.end.max(part.end);
        }
        overlaps
    });
    parts
}

/// Returns whether the values that a rule finds must not be shown. `CHANGE_ME` may be, since it shows best what is
/// wrong; a password that anyone would guess is still a password.
pub(crate) fn is_secret(rule: &Rule) -> bool {
    rule.category != Category::Placeholder || rule.id.as_str() == DEFAULT_WORD
}

/// Widens a range until it does not split a UTF-8 character.
fn widen_to_characters(bytes: &[u8], mut range: Range<usize>) -> Range<usize> {
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    for _ in 0..3 {
        range.start -= usize::from(range.start > 0 && is_inside(range.start));
        range.end += usize::from(range.end < bytes.len() && is_inside(range.end));
    }
    range
}

/// Converts bytes to text of the same length: each byte that is not valid UTF-8 becomes a question mark.
fn as_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}
