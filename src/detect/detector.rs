//! The detector: rules compiled once, shared by all threads.

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

/// From how many rules of the user on threads are worth starting to compile them.
const MANY_RULES: usize = 64;

/// How many different keywords all rules may have together: each has a number of 16 bits.
const MAX_KEYWORDS: usize = 65_000;

/// The next detector's number. Nothing has number 0.
static NUMBERS: AtomicU64 = AtomicU64::new(1);

/// All rules, compiled as far as they are needed.
pub struct Detector {
    pub(super) rules: Vec<ActiveRule>,
    pub(super) numbers: FxHashMap<Cow<'static, str>, u32>,
    pub(super) prefilter: Prefilter,
    /// By number of the keyword: see [`Self::reach`].
    reaches: Vec<OnceLock<(usize, usize)>>,
    pub(super) min_confidence: Confidence,
    /// The rules of other scanners, if there are any; the last ones of `rules`.
    pub(super) imported: Option<Scanner>,
    /// See [`Self::description`].
    description: OnceLock<[u8; 32]>,
    /// No other one of this process has it.
    pub(super) number: u64,
}

/// Something that a rule found in a blob. Ranges are in bytes of the blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// The number of the rule.
    pub rule: u32,
    /// All that matched.
    pub span: Range<usize>,
    /// The credential or placeholder in it.
    pub secret: Range<usize>,
    /// What it is assigned to, where it was found by that.
    pub name: Option<Range<usize>>,
    /// How sure the rule is, whatever the file is called.
    pub confidence: Confidence,
    /// Whether its checksum or structure was found right.
    pub is_proven: bool,
    /// Other places that belong to it: the id that a secret goes with.
    pub parts: Vec<FoundPart>,
    /// What was found out about it for the time when its path is known.
    pub(super) known: u64,
    pub(super) syntax: Option<Syntax>,
    pub(super) comment: Comment,
    /// Where in encoded text it really is.
    pub(super) encoded: Option<Box<Encoded>>,
}

/// Returns whether a built-in rule is newer than `as_of`.
pub fn brings_newer(as_of: Version) -> bool {
    let ids = BUILTIN.iter().map(|rule| RuleId::new(&rule.definition.id));
    let mut since = ids.filter_map(|id| rule_since(&id));
    since.any(|since| since.is_newer_than(as_of))
}

impl Detector {
    /// The built-in rules, and those of `user` beside them; a user's rule replaces a built-in one of the same id.
    ///
    /// Matches that no file could lift to `min_confidence` are not reported at all.
    ///
    /// # Errors
    ///
    /// A user's rule has a pattern that does not compile, or names a proof that does not exist.
    pub fn new(user: Vec<Loaded>, min_confidence: Confidence) -> Result<Self, RuleFileError> {
        Self::with_imported(user, Vec::new(), min_confidence)
    }

    /// The same, and the rules of other scanners beside them.
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

    /// Returns the same, but what is newer than `as_of` never takes the place of what is not.
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

    /// Returns the rules that a file falls under by its path alone.
    pub fn rules_of_path<'d>(&'d self, path: &'d str) -> impl Iterator<Item = u32> + 'd {
        self.imported
            .iter()
            .flat_map(move |imported| imported.of_path(path))
    }

    /// Returns a hash of what [`describe_to`](Self::describe_to) hands on.
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

    /// Hands on, in pieces, everything that decides what is found: two detectors that say the same find the same.
    pub fn describe_to(&self, sink: &mut dyn FnMut(&[u8])) {
        for rule in &self.rules {
            sink(format!("{:?}", rule.loaded.definition).as_bytes());
        }
        for file in self.imported() {
            sink(file.source());
        }
        sink(self.min_confidence.as_str().as_bytes());
    }

    /// Returns what reports say of the rules, in no particular order.
    pub fn rules(&self) -> Vec<model::Rule> {
        self.rules.iter().map(ActiveRule::describe).collect()
    }

    /// Returns what reports say of the rule with number `rule`.
    pub fn rule(&self, rule: u32) -> model::Rule {
        self.rules[rule as usize].describe()
    }

    /// Finds everything in `bytes`, in the order of where it is; of matches that overlap only the one that is most
    /// specific.
    pub fn scan(&self, bytes: &[u8]) -> Vec<Match> {
        self.matches(&self.trace(bytes))
    }

    /// Finds everything, however uncertain.
    pub fn scan_for_anything(&self, bytes: &[u8]) -> Vec<Match> {
        self.scan_beside(bytes, &[])
    }

    /// The same, but for what is within `known`, stretches in ascending order without overlap: what values there are is
    /// not asked again.
    pub fn scan_beside(&self, bytes: &[u8], known: &[Range<usize>]) -> Vec<Match> {
        let mut found = Vec::new();
        self.prefilter.hits(bytes, &(0..bytes.len()), |hit| {
            let word = self.prefilter.range(hit);
            let way = (Confidence::Low, 0);
            self.evaluate_beside(bytes, (&word, hit.keyword), way, (known, &mut found));
        });
        found
    }

    /// Returns what the keyword at `word` calls for: of this confidence at least, in a text that was decoded so many
    /// times. Depends on nothing but the bytes within [`reach`](Self::reach) of it; states how much of them counted for
    /// it.
    pub(super) fn evaluate(
        &self,
        bytes: &[u8],
        word: (&Range<usize>, u16),
        way: (Confidence, usize),
        found: &mut Vec<Match>,
    ) -> Looked {
        self.evaluate_beside(bytes, word, way, (&[], found))
    }

    /// The same, but for what is within `known`.
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

    /// Returns how many bytes before and behind a keyword can affect what it calls for.
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

    /// Returns what to call a match that a name falls back to where nothing is set.
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

    /// Returns what the facts of a match state about who can use it.
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

/// Refuses rules of the user, those from number `first_own` on, that cannot be used. The first one counts.
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

/// Refuses more keywords than there are numbers for.
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

/// What is known of a match at `span` by what is said beside it.
pub(super) fn disclaimer(bytes: &[u8], span: &Range<usize>) -> u64 {
    if is_disclaimed(bytes, span) {
        DISCLAIMED
    } else {
        0
    }
}

/// What a value says that may be written in several parts.
pub(super) fn said<'t>(bytes: &'t [u8], found: &Assignment) -> Cow<'t, [u8]> {
    let value = &bytes[found.value.clone()];
    match found.parts {
        Some(parts) => Cow::Owned(parts.decode(value).bytes),
        None => Cow::Borrowed(value),
    }
}

/// Keeps what was found, and states how much counted for it that nothing was.
fn keep(result: Result<Match, Looked>, found: &mut Vec<Match>) -> Looked {
    match result {
        Ok(new) => {
            found.push(new);
            Looked::FAR
        }
        Err(looked) => looked,
    }
}
