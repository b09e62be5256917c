//! The detector: rules compiled once, shared by all threads.

mod nothing;
mod weigh;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::assignment::{self, Assignment, Syntax};
use super::builtin::BUILTIN;
use super::check_parts;
use super::comment::{Comment, LINE_LIMIT, is_disclaimed};
use super::companions::FoundPart;
use super::compiled::ActiveRule;
use super::extent::Looked;
use super::imported::{Imported, Scanner};
use super::layers::Encoded;
use super::prefilter::Prefilter;
use super::rating::{DISCLAIMED, GIVEN_TO_BROWSERS, ON_LOOPBACK};
use super::rule_file::{Loaded, Matcher, RuleFileError};
use super::slot::HOSTED;
use super::truth::{Hashed, Truth};
use crate::model::{self, Confidence, RuleId, Version, rule_since};

/// The number of user rules from which using threads to compile them pays off.
const MANY_RULES: usize = 64;

/// The most distinct keywords that all rules may have together, since their numbers have 16 bits.
const MAX_KEYWORDS: usize = 65_000;

/// The number of the next detector. No detector has number 0.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// All rules, compiled as far as they are needed.
pub struct Detector {
    pub(super) rules: Vec<ActiveRule>,
    pub(super) numbers: FxHashMap<Cow<'static, str>, u32>,
    pub(super) prefilter: Prefilter,
    /// By number of the keyword: see [`Self::reach`].
    reaches: Vec<OnceLock<(usize, usize)>>,
    pub(super) min_confidence: Confidence,
    /// The rules of other scanners, if any; they come last in `rules`.
    pub(super) imported: Option<Scanner>,
    /// See [`Self::description`].
    description: OnceLock<[u8; 32]>,
    /// Unique within this process.
    pub(super) number: u64,
}

/// Something that a rule found in a blob. Ranges are in bytes of the blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The index of the rule.
    pub rule: u32,
    /// The whole match.
    pub span: Range<usize>,
    /// The credential or placeholder inside it.
    pub secret: Range<usize>,
    /// The name it is assigned to, if it was found by that.
    pub name: Option<Range<usize>>,
    /// The confidence of the rule, regardless of the file's path.
    pub confidence: Confidence,
    /// Whether its checksum or structure was found valid.
    pub is_proven: bool,
    /// Other places that belong to it, such as the id that goes with a secret.
    pub parts: Vec<FoundPart>,
    /// Flags that are needed again when its path is known.
    pub(super) known: u64,
    pub(super) syntax: Option<Syntax>,
    pub(super) comment: Comment,
    /// For a match in encoded text, where it really is.
    pub(super) encoded: Option<Box<Encoded>>,
}

/// Returns whether a built-in rule is newer than `as_of`.
pub fn brings_newer(as_of: Version) -> bool {
    let ids = BUILTIN.iter().map(|rule| RuleId::new(&rule.definition.id));
    let mut since = ids.filter_map(|id| rule_since(&id));
    since.any(|since| since.is_newer_than(as_of))
}

impl Detector {
    /// Returns a detector with the built-in rules and those of `user`, which replace built-in ones with the same id.
    ///
    /// Matches that no path could raise to `min_confidence` are not reported at all.
    ///
    /// # Errors
    ///
    /// A user's rule has a pattern that does not compile, or names a proof that does not exist.
    pub fn new(user: Vec<Loaded>, min_confidence: Confidence) -> Result<Self, RuleFileError> {
        Self::with_imported(user, Vec::new(), min_confidence)
    }

    /// Like [`new`](Self::new), with additional rules of other scanners.
    ///
    /// # Errors
    ///
    /// As for [`new`](Self::new).
    pub fn with_imported(
        user: Vec<Loaded>,
        imported: Vec<Imported>,
        min_confidence: Confidence,
    ) -> Result<Self, RuleFileError> {
        let own: FxHashSet<&str> = user.iter().map(|rule| &*rule.definition.id).collect();
        let stays = |builtin: &&Loaded| !own.contains(&*builtin.definition.id);
        let builtin = BUILTIN.iter().filter(stays).map(Cow::Borrowed);
        let mut rules: Vec<_> = builtin.map(ActiveRule::new).collect();
        let first_own = rules.len();
        let own = user.into_iter().map(Cow::Owned);
        rules.extend(own.map(ActiveRule::new));
        verify(&rules, first_own)?;
        let imported = (!imported.is_empty()).then(|| Scanner::new(rules.len(), imported));
        let foreign = imported.iter().flat_map(Scanner::loaded);
        rules.extend(foreign.map(|loaded| ActiveRule::new(Cow::Owned(loaded))));
        check_keywords(&rules)?;
        let numbers = rules
            .iter()
            .zip(0..)
            .filter(|(rule, _)| rule.loaded.definition.matcher != Matcher::Imported)
            .map(|(rule, number)| (rule.loaded.definition.id.clone(), number));
        let numbers = numbers.collect();
        let prefilter = Prefilter::new(rules.iter().map(|rule| &rule.loaded.definition));
        let reaches = (0..prefilter.len()).map(|_| OnceLock::new()).collect();
        Ok(Self {
            rules,
            numbers,
            prefilter,
            reaches,
            min_confidence,
            imported,
            description: OnceLock::new(),
            number: NUMBERS.fetch_add(1, Ordering::Relaxed),
        })
    }

    /// Returns the same detector, except that a rule newer than `as_of` never replaces the match of an older one.
    #[must_use]
    pub fn as_of(mut self, as_of: Option<Version>) -> Self {
        for rule in &mut self.rules {
            let newer = rule.since().zip(as_of);
            rule.is_held_back = newer.is_some_and(|(since, as_of)| since.is_newer_than(as_of));
        }
        self
    }

    /// Returns the rule files of other scanners that are in use.
    pub fn imported(&self) -> &[Imported] {
        self.imported.as_ref().map_or(&[], Scanner::files)
    }

    /// Returns the rules that a file matches by its path alone.
    pub fn rules_of_path<'d>(&'d self, path: &'d str) -> impl Iterator<Item = u32> + 'd {
        self.imported
            .iter()
            .flat_map(move |imported| imported.of_path(path))
    }

    /// Returns a hash of what [`describe_to`](Self::describe_to) passes on.
    pub fn description(&self) -> [u8; 32] {
        let hash = || {
            let mut hash = Sha256::new();
            self.describe_to(&mut |part| {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            });
            hash.finalize().into()
        };
        *self.description.get_or_init(hash)
    }

    /// Passes on, in pieces, everything that decides what is found: two detectors with equal descriptions find the
    /// same.
    pub fn describe_to(&self, sink: &mut dyn FnMut(&[u8])) {
        for rule in &self.rules {
            sink(format!("{:?}", rule.loaded.definition).as_bytes());
        }
        for file in self.imported() {
            sink(file.source());
        }
        sink(self.min_confidence.as_str().as_bytes());
    }

    /// Returns the rules as reports describe them, in no particular order.
    pub fn rules(&self) -> Vec<model::Rule> {
        self.rules.iter().map(ActiveRule::describe).collect()
    }

    /// Returns the rule with number `rule` as reports describe it.
    pub fn rule(&self, rule: u32) -> model::Rule {
        self.rules[rule as usize].describe()
    }

    /// Finds everything in `bytes`, in order of position; of overlapping matches only the most specific one.
    pub fn scan(&self, bytes: &[u8]) -> Vec<Match> {
        self.matches(&self.trace(bytes))
    }

    /// Finds everything, including the least certain.
    pub fn scan_for_anything(&self, bytes: &[u8]) -> Vec<Match> {
        self.scan_beside(bytes, &[])
    }

    /// Like [`scan_for_anything`](Self::scan_for_anything), but skips what is within `known`, which has ranges in
    /// ascending order without overlap: values there were judged already.
    pub fn scan_beside(&self, bytes: &[u8], known: &[Range<usize>]) -> Vec<Match> {
        let mut found = Vec::new();
        self.prefilter.hits(bytes, &(0..bytes.len()), |hit| {
            let word = self.prefilter.range(hit);
            let way = (Confidence::Low, 0);
            self.evaluate_beside(bytes, (&word, hit.keyword), way, (known, &mut found));
        });
        found
    }

    /// Finds what the keyword at `word` leads to, of at least this confidence, in a text that is the result of so many
    /// decodings. Depends only on the bytes within [`reach`](Self::reach); returns how many of them the outcome
    /// depended on.
    pub(super) fn evaluate(
        &self,
        bytes: &[u8],
        word: (&Range<usize>, u16),
        way: (Confidence, usize),
        found: &mut Vec<Match>,
    ) -> Looked {
        self.evaluate_beside(bytes, word, way, (&[], found))
    }

    /// Like [`evaluate`](Self::evaluate), but skips what is within `known`.
    fn evaluate_beside(
        &self,
        bytes: &[u8],
        (word, keyword): (&Range<usize>, u16),
        (least, depth): (Confidence, usize),
        (known, found): (&[Range<usize>], &mut Vec<Match>),
    ) -> Looked {
        if keyword == self.prefilter.encoded() {
            return self.encoded(bytes, word.start, (least, depth), found);
        }
        let (mut assigns, mut matches) = (false, false);
        let mut looked = Looked::NOWHERE;
        for &rule in self.prefilter.rules(keyword) {
            match self.rules[rule as usize].loaded.definition.matcher {
                Matcher::Assignment => assigns = true,
                Matcher::Regex => {
                    let result = self.confirm_beside(rule, bytes, word.clone(), (least, known));
                    matches |= result.is_ok();
                    looked = looked.and(match result {
                        Ok((end, new)) => {
                            found.extend(new);
                            self.confirm_more(rule, bytes, end, (least, found));
                            Looked::FAR
                        }
                        Err(looked) => looked,
                    });
                }
                Matcher::File | Matcher::Imported => {}
            }
        }
        if !matches && self.prefilter.has_format(keyword) {
            looked = looked.and(self.veiled(bytes, (word, keyword), (least, depth), found));
        }
        if assigns {
            looked = looked.and(self.assigned(bytes, word.clone(), (least, known), found));
        }
        looked
    }

    /// Returns how many bytes before and after a keyword can affect what it leads to.
    pub(super) fn reach(&self, keyword: u16) -> (usize, usize) {
        if keyword == self.prefilter.encoded() {
            return Self::ENCODED_REACH;
        }
        *self.reaches[usize::from(keyword)].get_or_init(|| {
            let text = self.prefilter.text(keyword);
            let reaches = self.prefilter.rules(keyword).iter().map(|&rule| {
                let rule = &self.rules[rule as usize];
                match rule.loaded.definition.matcher {
                    Matcher::Assignment => assignment::REACH,
                    Matcher::Regex => rule.reach(text).unwrap_or_default(),
                    Matcher::File | Matcher::Imported => (0, 0),
                }
            });
            let widest = |a: (usize, usize), b: (usize, usize)| (a.0.max(b.0), a.1.max(b.1));
            let (before, behind) = reaches.fold((0, 0), widest);
            (before + LINE_LIMIT, behind + LINE_LIMIT)
        })
    }

    /// Returns what to call a match that is the default for a setting.
    pub fn fallback(&self, found: &Match) -> Option<&'static str> {
        let rule = &self.rules[found.rule as usize].loaded.definition;
        let is_fallback = found.syntax == Some(Syntax::Fallback);
        is_fallback.then(|| match &*rule.id {
            "generic/password" => Some("a password"),
            "generic/secret" => Some("a secret"),
            "generic/token" => Some("a token"),
            "generic/api-key" => Some("an API key"),
            "generic/encryption-key" => Some("a key"),
            "generic/credential" => Some("a credential"),
            "generic/connection-string" => Some("a connection string"),
            "generic/guessable-fallback" => Some("a guessable key"),
            _ => None,
        })?
    }

    /// Returns a remark on who can use the secret, if the facts about a match show that.
    pub fn remark(&self, found: &Match) -> Option<&'static str> {
        let imported = self.imported.as_ref();
        let is_own = imported.is_none_or(|imported| imported.rule(found.rule).is_none());
        let has = |flag: u64| found.known & flag != 0;
        let place = if has(GIVEN_TO_BROWSERS) {
            Some("browsers are given it, so that every visitor can have it")
        } else if has(HOSTED) {
            Some("its server can be reached from the internet")
        } else if has(ON_LOOPBACK) {
            Some("its server is the machine itself")
        } else {
            None
        };
        let hashed = Hashed::among(found.known).map(Hashed::remark);
        let remark = || hashed.or(Truth::among(found.known).remark()).or(place);
        is_own.then(remark).flatten()
    }
}

/// Returns an error for the first user rule that cannot be used; user rules begin at number `first_own`.
fn verify(rules: &[ActiveRule], first_own: usize) -> Result<(), RuleFileError> {
    let own = &rules[first_own..];
    let is_short = own.len() < MANY_RULES;
    let fault = |rule: &ActiveRule| rule.verify().err();
    let fault = if is_short {
        own.iter().find_map(fault)
    } else {
        own.par_iter().find_map_first(fault)
    };
    if let Some(fault) = fault {
        return Err(fault);
    }
    if own
        .iter()
        .all(|rule| rule.loaded.definition.parts.is_empty())
    {
        return Ok(());
    }
    let definitions = rules.iter().map(|rule| &rule.loaded.definition);
    let by_id: FxHashMap<&str, _> = definitions.map(|rule| (&*rule.id, rule)).collect();
    for rule in own {
        check_parts::verify(&rule.loaded, |id| by_id.get(id).copied())?;
    }
    Ok(())
}

/// Returns an error if there are more keywords than numbers for them.
fn check_keywords(rules: &[ActiveRule]) -> Result<(), RuleFileError> {
    let keywords = |rule: &ActiveRule| rule.loaded.definition.keywords.len();
    if rules.iter().map(keywords).sum::<usize>() <= MAX_KEYWORDS {
        return Ok(());
    }
    let mut known = FxHashSet::default();
    for rule in rules {
        let keywords = rule.loaded.definition.keywords.iter();
        known.extend(keywords.map(|keyword| keyword.to_ascii_lowercase()));
        if known.len() > MAX_KEYWORDS {
            return Err(RuleFileError {
                file: rule.loaded.file.to_string(),
                line: rule.loaded.line,
                message: format!(
                    "more than {MAX_KEYWORDS} different keywords from here on, including those of the built-in rules: remove rules, or let some share a keyword"
                ),
            });
        }
    }
    Ok(())
}

/// Returns the flags for a match at `span` that follow from remarks beside it.
pub(super) fn disclaimer(bytes: &[u8], span: &Range<usize>) -> u64 {
    if is_disclaimed(bytes, span) {
        DISCLAIMED
    } else {
        0
    }
}

/// Returns the decoded form of a value, which may be written in several parts.
pub(super) fn said<'t>(bytes: &'t [u8], found: &Assignment) -> Cow<'t, [u8]> {
    let value = &bytes[found.value.clone()];
    match found.parts {
        Some(parts) => Cow::Owned(parts.decode(value).bytes),
        None => Cow::Borrowed(value),
    }
}

/// Keeps a match, or returns how much of the text showed that there is none.
fn keep(result: Result<Match, Looked>, found: &mut Vec<Match>) -> Looked {
    match result {
        Ok(new) => {
            found.push(new);
            Looked::FAR
        }
        Err(looked) => looked,
    }
}
