//! Turns a match in a blob into a finding: where it stands, what may be shown of it, what it weighs.

use std::collections::BTreeSet;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use crate::detect::{Detector, Match, Plain, Weight};
use crate::model::{
    Blob, Category, Evidence, Excerpt, Fact, Finding, LineIndex, Location, Proof, Related, Rule,
    Secret, Site,
};

/// How many lines of a match are kept.
const EXCERPT_LINES: u32 = 8;
/// How many bytes of a long line are kept to either side of a match.
const EXCERPT_SIDE: usize = 120;
/// How many bytes of a match are kept.
const EXCERPT_MATCH: usize = 400;

/// Builds findings for the matches of one blob.
pub(super) struct Builder<'a> {
    detector: &'a Detector,
    blob: &'a Blob<'a>,
    index: LineIndex<'a>,
    /// Everything in the blob that must not be shown.
    secrets: Known<'a>,
}

/// Secrets that are known, to be found wherever else they stand.
enum Known<'a> {
    Few(Vec<&'a [u8]>),
    /// One automaton for all: a file may hold thousands, and each finding asks for all of them.
    Many(Box<AhoCorasick>),
}

/// Up to this many secrets are looked for one after the other: an automaton takes longer to build.
const FEW: usize = 16;

impl<'a> Known<'a> {
    fn new(secrets: BTreeSet<&'a [u8]>) -> Self {
        if secrets.len() > FEW {
            // Excerpts are short: the automaton that is built the quickest is the best one.
            let kind = Some(AhoCorasickKind::NoncontiguousNFA);
            let automaton = AhoCorasick::builder().kind(kind).build(&secrets);
            if let Ok(automaton) = automaton {
                return Self::Many(Box::new(automaton));
            }
        }
        Self::Few(secrets.into_iter().collect())
    }

    /// Every place of every secret in `text`, also where they overlap.
    fn find(&self, text: &[u8]) -> Vec<Range<usize>> {
        match self {
            Self::Few(secrets) => {
                let places = secrets.iter().flat_map(|secret| {
                    let ends = text.windows(secret.len()).zip(0..);
                    let same = ends.filter(move |(part, _)| part == secret);
                    same.map(|(_, at)| at..at + secret.len())
                });
                places.collect()
            }
            Self::Many(secrets) => {
                let places = secrets.find_overlapping_iter(text);
                places.map(|place| place.range()).collect()
            }
        }
    }
}

/// Whether a secret that was found in one place is masked wherever else it stands. A password like `token` or `admin` is
/// not: to mask it in names and in prose would only tell it.
fn is_worth_searching(secret: &[u8]) -> bool {
    secret.len() >= 6 && !secret.iter().all(u8::is_ascii_alphabetic)
}

impl<'a> Builder<'a> {
    /// `matches` are all matches in the blob.
    pub(super) fn new(detector: &'a Detector, blob: &'a Blob<'a>, matches: &[Match]) -> Self {
        let secrets = matches
            .iter()
            .filter(|found| is_secret(&detector.rule(found.rule)))
            .flat_map(|found| {
                let parts = found.parts.iter().map(|part| &part.place);
                std::iter::once(&found.secret).chain(parts)
            })
            .map(|secret| &blob.bytes[secret.clone()])
            .filter(|secret| is_worth_searching(secret));
        let secrets: BTreeSet<&[u8]> = secrets.collect();
        Self {
            detector,
            blob,
            index: LineIndex::new(blob.bytes),
            secrets: Known::new(secrets),
        }
    }

    /// The finding for `found` under `path`.
    pub(super) fn finding(&self, found: &Match, weight: Weight, path: &str) -> Finding {
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
            excerpt: self.excerpt(&found.secret, is_secret(&rule)),
            site: Site::of(self.blob.bytes, &found.secret),
            secret: Some(Secret::new(secret)),
            decoded: found.decoded(),
            related: self.parts(found, path),
            evidence: Evidence {
                proof,
                facts: self.facts(found, said),
            },
            ..Finding::new(&rule, self.message(&rule, found, plain.as_ref()), location)
        }
    }

    /// Where the other parts of a credential stand.
    fn parts(&self, found: &Match, path: &str) -> Vec<Related> {
        let related = found.parts.iter().map(|part| Related {
            location: Location::new(path.to_owned(), self.index.region(part.place.clone())),
            message: match self.detector.part_name(found, part) {
                Some(name) => format!("its {name}"),
                None => "what it goes with".to_owned(),
            },
        });
        related.collect()
    }

    /// What the structure of a secret tells, and that of its other parts.
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
        match (name, rule.category) {
            (Some(name), Category::Placeholder) => {
                format!("`{name}` still has a placeholder: {}", rule.title)
            }
            (Some(name), _) => format!("{} in `{name}`", rule.title),
            (None, _) => rule.title.to_string(),
        }
    }

    /// The lines of `marked`, cut to a size that can be shown.
    fn excerpt(&self, marked: &Range<usize>, is_shown_masked: bool) -> Excerpt {
        let first = self.index.position(marked.start).line;
        let last = self
            .index
            .position(marked.end)
            .line
            .min(first + EXCERPT_LINES - 1);
        let lines = self.index.line(first).start..self.index.line(last).end.max(marked.start);
        let start = lines.start.max(marked.start.saturating_sub(EXCERPT_SIDE));
        let marked_end = marked.end.min(marked.start + EXCERPT_MATCH).min(lines.end);
        let end = lines.end.min(marked_end + EXCERPT_SIDE);
        let cut = widen_to_characters(self.blob.bytes, start..end);
        let shifted = |part: &Range<usize>| {
            part.start.clamp(cut.start, cut.end) - cut.start
                ..part.end.clamp(cut.start, cut.end) - cut.start
        };
        let text = &self.blob.bytes[cut.clone()];
        let mut masked = self.secrets_in(text);
        if is_shown_masked {
            masked.push(shifted(marked));
        }
        Excerpt::new(first, as_text(text), masked, shifted(marked))
    }

    /// Where in an excerpt something stands that must not be shown: every occurrence of a secret of this blob, and
    /// whatever else looks like one, even if it is too uncertain to be reported.
    fn secrets_in(&self, text: &[u8]) -> Vec<Range<usize>> {
        let mut found = self.secrets.find(text);
        found.extend(secrets_in(self.detector, text));
        found
    }
}

/// Where in a text something stands that looks like a secret, even if it is too uncertain to be reported.
pub(super) fn secrets_in(detector: &Detector, text: &[u8]) -> Vec<Range<usize>> {
    let found = detector.scan_for_anything(text).into_iter();
    found
        .filter(|found| is_secret(&detector.rule(found.rule)))
        .map(|found| found.secret)
        .collect()
}

/// Whether what a rule finds must not be shown. `CHANGE_ME` may be, and says best what is wrong; a password that anybody
/// guesses is a password all the same.
fn is_secret(rule: &Rule) -> bool {
    rule.category != Category::Placeholder || rule.id.as_str() == "placeholder/default-word"
}

/// Moves the ends of a range outwards until they do not cut a UTF-8 character.
fn widen_to_characters(bytes: &[u8], mut range: Range<usize>) -> Range<usize> {
    let is_inside = |at: usize| bytes.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    for _ in 0..3 {
        range.start -= usize::from(range.start > 0 && is_inside(range.start));
        range.end += usize::from(range.end < bytes.len() && is_inside(range.end));
    }
    range
}

/// The bytes as text of the same length: what is no UTF-8 becomes question marks, byte for byte.
fn as_text(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}
