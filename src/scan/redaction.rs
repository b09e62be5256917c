//! Connects what finds secrets with what masks them: every finding passes through here before it is shown.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::audit::{self, Source};
use crate::detect::Detector;
use crate::model::{Category, Confidence, Coverage, Finding, ObjectId, Origin, Provenance, Secret};
use crate::redact::{Finder, Known, Masked, Memory, NoFinder, Redacted, Redactor, Shown};

use super::finding::{DEFAULT_WORD, is_secret, joined};

/// The rules of a detector, applied to short pieces of text.
pub(crate) struct Rules<'a>(pub(crate) &'a Detector);

impl Rules<'_> {
    fn find(&self, text: &[u8], masked: &[Range<usize>], least: Confidence) -> Vec<Range<usize>> {
        let found = self.0.scan_beside(text, masked).into_iter();
        found
            .filter(|found| found.confidence >= least && is_secret(&self.0.rule(found.rule)))
            .map(|found| found.secret)
            .collect()
    }
}

impl Finder for Rules<'_> {
    fn anything(&self, text: &[u8], masked: &[Range<usize>]) -> Vec<Range<usize>> {
        self.find(text, masked, Confidence::Low)
    }

    fn likely(&self, text: &[u8]) -> Vec<Range<usize>> {
        self.find(text, &[], Confidence::Medium)
    }
}

/// The secrets of all findings of a scan, shown or not.
#[derive(Default)]
pub(crate) struct Secrets {
    known: Known,
    /// The places of secrets, by text.
    places: FxHashMap<Text, Vec<Range<usize>>>,
    /// Values of plain letters, since a default password is often the name of the application.
    words: BTreeSet<Secret>,
    /// The words of the paths that are shown, in lower case.
    path_words: FxHashSet<String>,
}

/// A text that was scanned.
#[derive(PartialEq, Eq, Hash)]
enum Text {
    File(String),
    Object(ObjectId),
}

impl Text {
    fn of(finding: &Finding) -> Self {
        match &finding.origin {
            Origin::Worktree | Origin::Index | Origin::Stdin => {
                Self::File(finding.location.full_path().into_owned())
            }
            Origin::Blob(id) | Origin::CommitMessage(id) | Origin::TagMessage(id) => {
                Self::Object(*id)
            }
        }
    }
}

impl Secrets {
    /// Notes the secrets of findings, before any of them is left out.
    pub(crate) fn note(&mut self, findings: &[Finding]) {
        let mut last = "";
        for finding in findings {
            if finding.location.path != last {
                last = &finding.location.path;
                let words = path_words(last).map(str::to_ascii_lowercase);
                self.path_words.extend(words);
            }
            let Some(secret) = finding.secret.as_ref().filter(|_| holds_secret(finding)) else {
                continue;
            };
            // Binary bytes are never shown, and words among them belong to their format.
            let is_shown = !finding.location.is_binary || secret.reveal().is_ascii();
            if is_shown && finding.confidence >= Confidence::Medium && !is_guessable(finding) {
                if is_of_plain_letters(secret.reveal()) {
                    self.words.insert(secret.clone());
                } else {
                    self.known.add(secret.reveal());
                }
            }
            let place = finding.location.region.bytes();
            // An audit points at more than the secret itself, and masks that itself.
            if !finding.location.is_binary && place.len() == secret.reveal().len() {
                self.places
                    .entry(Text::of(finding))
                    .or_default()
                    .push(place);
            }
        }
    }

    /// Must be called once everything is recorded, since places are searched in ascending order, without overlap.
    ///
    /// A secret that is also the name of paths is masked only at its own places: masking it in every path would hide
    /// where things are, and protect nothing.
    pub(crate) fn sort(&mut self) {
        for word in std::mem::take(&mut self.words) {
            let text = String::from_utf8_lossy(word.reveal());
            let is_name = |word: &str| self.path_words.contains(&word.to_ascii_lowercase());
            if !path_words(&text).all(is_name) {
                self.known.add(word.reveal());
            }
        }
        self.places = std::mem::take(&mut self.places)
            .into_iter()
            .map(|(text, places)| (text, joined(places)))
            .collect();
    }

    /// Returns a redaction for these secrets, and for everything that `detector` finds.
    pub(crate) fn redaction<'a>(&'a self, detector: &'a Detector, reveals: bool) -> Redaction<'a> {
        Redaction {
            secrets: self,
            rules: Rules(detector),
            reveals,
            memory: None,
        }
    }

    /// Takes out what was masked in the last version of a text with these secrets.
    pub(crate) fn memory(&self, masked: &mut Masked) -> Memory {
        masked.take(&self.known)
    }

    /// Keeps what was masked for the next version of a text.
    pub(crate) fn keep(self, masked: &mut Masked, memory: Memory) {
        masked.keep(self.known, memory);
    }
}

/// The words of a path or a value.
fn path_words(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty())
}

/// Whether a value is written like the name of a directory: letters of one case, with `-`, `_` or `.` between words.
fn is_of_plain_letters(value: &[u8]) -> bool {
    let is_mark = |byte: &u8| matches!(byte, b'-' | b'_' | b'.');
    value.first().is_some_and(u8::is_ascii_alphabetic)
        && value[1..]
            .iter()
            .all(|byte| byte.is_ascii_lowercase() || is_mark(byte))
}

/// Whether a finding has a value that must not be shown.
fn holds_secret(finding: &Finding) -> bool {
    finding.category != Category::Placeholder || finding.rule.as_str() == DEFAULT_WORD
}

/// Whether the value is among the first that an attacker tries: masking it elsewhere would only reveal what it is.
fn is_guessable(finding: &Finding) -> bool {
    finding.rule.as_str() == DEFAULT_WORD || finding.rule.as_str().ends_with("/default-credential")
}

/// Returns whether a secret should also be masked in the log of the system that runs this program.
pub(crate) fn is_worth_masking(finding: &Finding, secret: &Secret) -> bool {
    holds_secret(finding)
        && !is_guessable(finding)
        && finding.confidence >= Confidence::Medium
        && crate::redact::is_worth_searching(secret.reveal())
}

/// Redacts the findings of one target.
pub(crate) struct Redaction<'a> {
    secrets: &'a Secrets,
    rules: Rules<'a>,
    reveals: bool,
    /// What was masked before.
    memory: Option<Memory>,
}

impl Redaction<'_> {
    /// Returns the same redaction, with what was masked before by the same rules.
    pub(crate) fn remembering(self, memory: Option<&Memory>) -> Self {
        Self {
            memory: memory.cloned(),
            ..self
        }
    }

    /// Redacts findings.
    pub(crate) fn findings(&self, findings: Vec<Finding>) -> Vec<Shown> {
        let redactor = self.redactor();
        let shown = findings.into_par_iter().map(|finding| {
            let own = self.secrets.places.get(&Text::of(&finding));
            redactor.finding(finding, own.map_or(&[], Vec::as_slice))
        });
        shown.collect()
    }

    /// Redacts coverage.
    pub(crate) fn coverage(&self, coverage: Coverage) -> Redacted<Coverage> {
        self.redactor().coverage(coverage)
    }

    /// Redacts paths as they were typed.
    pub(crate) fn names(&self, names: &[String]) -> Redacted<Vec<String>> {
        self.redactor().names(names)
    }

    /// Redacts provenance.
    pub(crate) fn provenance(&self, all: Vec<Provenance>) -> Redacted<Vec<Provenance>> {
        self.redactor().provenance(all)
    }

    /// Redacts warnings.
    pub(crate) fn messages(&self, messages: &[String]) -> Vec<String> {
        let redactor = self.redactor();
        let messages = messages.iter();
        messages
            .map(|message| redactor.message(message).into_owned())
            .collect()
    }

    /// Returns a redactor for pieces of text.
    pub(crate) fn redactor(&self) -> Redactor<'_> {
        let redactor = Redactor::new(&self.secrets.known, &self.rules).revealing(self.reveals);
        match &self.memory {
            Some(memory) => redactor.remembering(memory.clone()),
            None => redactor,
        }
    }
}

/// Redacts an error message outside a scan, with the built-in rules: names in it may be credentials.
pub fn redacted(message: &str) -> Cow<'_, str> {
    alone(|redactor| redactor.message(message).into_owned())
}

/// Redacts a sentence about resources outside a scan; their names stay legible.
pub fn redacted_statement(text: &str) -> Cow<'_, str> {
    alone(|redactor| redactor.statement(text).into_owned())
}

/// Redacts the name of a resource or a file outside a scan.
pub fn redacted_name(name: &str) -> Cow<'_, str> {
    alone(|redactor| redactor.name(name).into_owned())
}

/// Returns the bytes of the file at `path` that must not be shown, outside a scan: what the built-in rules and the audits
/// take for a credential, and anything that looks like one.
pub fn secrets_in(path: &str, text: &str) -> Vec<Range<usize>> {
    let own = audit::secrets(&Source::new(path, text.as_bytes()));
    with_built_in(|redactor| redactor.parts_in(path, text, own.clone()))
}

/// Applies `mask` with a redactor that knows only the built-in rules.
fn alone(mask: impl Fn(&Redactor<'_>) -> String) -> Cow<'static, str> {
    with_built_in(mask).into()
}

/// Asks a redactor that knows only the built-in rules.
fn with_built_in<T>(ask: impl Fn(&Redactor<'_>) -> T) -> T {
    static RULES: OnceLock<Option<Detector>> = OnceLock::new();
    let rules = RULES.get_or_init(|| Detector::new(Vec::new(), Confidence::Low).ok());
    let known = Known::default();
    let ask = |finder: &dyn Finder| ask(&Redactor::new(&known, finder));
    match rules {
        Some(rules) => ask(&Rules(rules)),
        None => ask(&NoFinder),
    }
}
