//! The detector: rules compiled once, shared by all threads.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::assignment::{self, Syntax};
use super::builtin::BUILTIN;
use super::check::Problem;
use super::confirm::Confirmer;
use super::entropy::shannon;
use super::judge;
use super::place::{Language, Place, Purpose};
use super::prefilter::Prefilter;
use super::proof::{self, Outcome, Proof};
use super::rule_file::{Loaded, Matcher, RuleFileError};
use crate::lexicon;
use crate::model::{self, Blob, Category, Confidence, Fact, Origin, RuleId, Severity};

/// How many bytes to either side of a value are looked at for a line end.
const LINE_LIMIT: usize = 600;

/// All rules, compiled as far as they are needed.
pub struct Detector {
    rules: Vec<ActiveRule>,
    numbers: FxHashMap<Cow<'static, str>, u32>,
    prefilter: Prefilter,
    min_confidence: Confidence,
}

/// A rule, and what was made of it.
struct ActiveRule {
    loaded: Cow<'static, Loaded>,
    /// Compiled when its first keyword turns up; `None` for rules without a pattern.
    confirmer: OnceLock<Option<Confirmer>>,
    proof: Option<Proof>,
}

/// What one thread needs while it scans; made once, used for every blob.
#[derive(Debug, Default)]
pub struct Scratch {
    /// By number of the rule: where its last match in this blob ended.
    ends: Vec<usize>,
    touched: Vec<u32>,
}

/// Something that a rule found in a blob. Ranges are in bytes of the blob.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    syntax: Option<Syntax>,
    in_comment: bool,
}

/// What a match weighs in the file in which it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight {
    /// How bad it is there.
    pub severity: Severity,
    /// How sure it is there.
    pub confidence: Confidence,
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
        let replaced = |builtin: &&Loaded| {
            user.iter()
                .all(|rule| rule.definition.id != builtin.definition.id)
        };
        let builtin = BUILTIN.iter().filter(replaced).map(Cow::Borrowed);
        let mut rules: Vec<_> = builtin.map(ActiveRule::new).collect();
        for loaded in user {
            let rule = ActiveRule::new(Cow::Owned(loaded));
            rule.verify()?;
            rules.push(rule);
        }
        let numbers = rules
            .iter()
            .zip(0..)
            .map(|(rule, number)| (rule.loaded.definition.id.clone(), number));
        let numbers = numbers.collect();
        let prefilter = Prefilter::new(rules.iter().map(|rule| &rule.loaded.definition));
        Ok(Self {
            rules,
            numbers,
            prefilter,
            min_confidence,
        })
    }

    /// What reports say of the rules, in no particular order.
    pub fn rules(&self) -> Vec<model::Rule> {
        self.rules.iter().map(ActiveRule::describe).collect()
    }

    /// What reports say of the rule with number `rule`.
    pub fn rule(&self, rule: u32) -> model::Rule {
        self.rules[rule as usize].describe()
    }

    /// Finds everything in `blob`, in the order of where it stands; of matches that overlap only the one that says most.
    pub fn scan(&self, blob: &Blob<'_>, scratch: &mut Scratch) -> Vec<Match> {
        scratch.reset(self.rules.len());
        let mut matches = Vec::new();
        let mut named_until = 0;
        self.prefilter.hits(blob.bytes, |start, end, rules| {
            let mut assigns = false;
            for &rule in rules {
                match self.rules[rule as usize].loaded.definition.matcher {
                    Matcher::Assignment => assigns = true,
                    Matcher::Regex => {
                        if start >= scratch.ends[rule as usize] {
                            let found = self.confirm(rule, blob.bytes, start..end);
                            matches
                                .extend(found.inspect(|found| scratch.note(rule, found.span.end)));
                        }
                    }
                }
            }
            if assigns && start >= named_until {
                let (found, name_end) = self.assigned(blob.bytes, start..end);
                named_until = name_end;
                matches.extend(found);
            }
        });
        self.best(matches)
    }

    fn confirm(&self, number: u32, bytes: &[u8], keyword: Range<usize>) -> Option<Match> {
        let rule = &self.rules[number as usize];
        let confirmer = rule.confirmer()?;
        let found = confirmer.confirm(bytes, keyword)?;
        let secret = &bytes[found.secret.clone()];
        let definition = &rule.loaded.definition;
        if definition
            .entropy
            .is_some_and(|least| shannon(secret) < least)
            || confirmer.is_allowed(secret)
            || definition
                .allowlist
                .stopwords
                .iter()
                .any(|word| holds(secret, word))
        {
            return None;
        }
        let is_proven = match rule.proof.map(|proof| proof.check(secret)) {
            Some(Outcome::Disproved) => return None,
            Some(Outcome::Proven(_)) => true,
            Some(Outcome::Plausible(_)) | None => false,
        };
        if !is_proven && judge::is_made_up(secret) {
            return None;
        }
        let confidence = match definition.confidence {
            _ if is_proven => Confidence::High,
            _ if definition.id.starts_with("url/") && is_harmless_address(bytes, &found.secret) => {
                Confidence::Low
            }
            confidence => confidence,
        };
        let name = None;
        let found_start = found.secret.start;
        (confidence >= self.min_confidence).then_some(Match {
            rule: number,
            span: found.span,
            secret: found.secret,
            name,
            confidence,
            is_proven,
            syntax: None,
            in_comment: is_in_comment(bytes, found_start),
        })
    }

    /// What is assigned to the name with the word at `word`, and where that name ends.
    fn assigned(&self, bytes: &[u8], word: Range<usize>) -> (Option<Match>, usize) {
        let Some(found) = assignment::read(bytes, word.clone()) else {
            return (None, word.end);
        };
        let name_end = found.name.end;
        let text = |range: &Range<usize>| std::str::from_utf8(&bytes[range.clone()]).ok();
        let judged = text(&found.name)
            .zip(text(&found.value))
            .and_then(|(name, value)| judge::judge(name, value, found.syntax == Syntax::Field));
        let found = judged.and_then(|judgement| {
            let rule = *self.numbers.get(judgement.rule)?;
            // A line that goes on and on is a bundle or data, and what looks like a name in it rarely is one.
            let confidence = if is_in_long_line(bytes, &found.value) {
                Confidence::Low
            } else {
                judgement.confidence
            };
            (confidence >= self.min_confidence).then_some(Match {
                rule,
                span: found.name.start..found.value.end,
                secret: found.value,
                name: Some(found.name),
                confidence,
                is_proven: false,
                syntax: Some(found.syntax),
                in_comment: is_in_comment(bytes, name_end),
            })
        });
        (found, name_end)
    }

    /// Of matches whose secrets overlap, keeps the one that says most.
    fn best(&self, mut matches: Vec<Match>) -> Vec<Match> {
        if matches.len() < 2 {
            return matches;
        }
        matches.sort_by_cached_key(|found| {
            let says = self.says(found);
            (
                found.secret.start,
                std::cmp::Reverse(says),
                std::cmp::Reverse(found.secret.end),
                found.rule,
            )
        });
        let mut kept: Vec<Match> = Vec::with_capacity(matches.len());
        for found in matches {
            match kept.last_mut() {
                Some(last) if found.secret.start < last.secret.end => {
                    if self.says(&found) > self.says(last) {
                        *last = found;
                    }
                }
                _ => kept.push(found),
            }
        }
        kept
    }

    /// How much a match says: proof first, then the vendor's own format, then any credential, then a placeholder.
    fn says(&self, found: &Match) -> (bool, bool, bool, Confidence) {
        let definition = &self.rules[found.rule as usize].loaded.definition;
        let is_vendors = definition.matcher == Matcher::Regex && !definition.id.starts_with("url/");
        (
            found.is_proven,
            is_vendors,
            definition.category == Category::Secret,
            found.confidence,
        )
    }

    /// What `found` weighs in a file called `path`; `None` when it is nothing to report there.
    ///
    /// `path` is empty for messages of commits and tags.
    pub fn weigh(&self, found: &Match, path: &str) -> Option<Weight> {
        let rule = &self.rules[found.rule as usize];
        let definition = &rule.loaded.definition;
        let place = Place::of(path);
        if rule
            .confirmer()
            .is_some_and(|confirmer| !confirmer.looks_into(path))
        {
            return None;
        }
        let weight = Weight {
            severity: definition.severity,
            confidence: found.confidence,
        };
        let weight = match (found.syntax, definition.category) {
            (_, Category::Placeholder) if found.in_comment => None,
            (Some(syntax), Category::Placeholder) => weigh_placeholder(weight, syntax, place),
            (Some(syntax), _) if found.in_comment => {
                weigh_assigned(weight.lowered(), syntax, place)
            }
            (Some(syntax), _) => weigh_assigned(weight, syntax, place),
            (None, _) if is_everyday(&definition.id) => {
                weigh_assigned(weight, Syntax::Quoted, place)
            }
            (None, _) if found.is_proven => Some(weight),
            (None, _) if place.purpose == Purpose::Shipped => Some(weight),
            (None, _) => Some(Weight {
                confidence: weight.confidence.lowered(),
                ..weight
            }),
        }?;
        (weight.confidence >= self.min_confidence).then_some(weight)
    }

    /// What the structure of a secret tells.
    pub fn facts(&self, rule: u32, secret: &[u8]) -> Vec<Fact> {
        match self.rules[rule as usize]
            .proof
            .map(|proof| proof.check(secret))
        {
            Some(Outcome::Proven(facts) | Outcome::Plausible(facts)) => facts,
            Some(Outcome::Disproved) | None => Vec::new(),
        }
    }
}

impl Detector {
    /// Tests the examples of rules that are found by what is assigned to a name; pattern rules are tested by
    /// [`check`](super::check::check).
    pub fn check_assigned(&self, rules: &[Loaded]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for Loaded {
            file,
            line,
            definition,
        } in rules
        {
            if definition.matcher != Matcher::Assignment {
                continue;
            }
            let mut complain = |message: String| {
                let (file, rule) = (file.clone(), definition.id.clone());
                problems.push(Problem {
                    file,
                    line: *line,
                    rule,
                    message,
                });
            };
            for example in definition
                .examples
                .iter()
                .filter(|text| !self.finds(&definition.id, text))
            {
                complain(format!("does not find its example `{example}`"));
            }
            for negative in definition
                .negatives
                .iter()
                .filter(|text| self.finds(&definition.id, text))
            {
                complain(format!("finds its negative `{negative}`"));
            }
        }
        problems
    }

    fn finds(&self, id: &str, template: &str) -> bool {
        let Ok(text) = super::example::expand(id, template, None) else {
            return false;
        };
        let whole = 0..text.len();
        let fresh = std::slice::from_ref(&whole);
        let blob = Blob {
            bytes: text.as_bytes(),
            path: None,
            origin: Origin::Stdin,
            fresh,
        };
        let matches = self.scan(&blob, &mut Scratch::default());
        matches
            .iter()
            .any(|found| self.rules[found.rule as usize].loaded.definition.id == id)
    }
}

impl Weight {
    /// The same, a step less sure.
    fn lowered(self) -> Self {
        Self {
            confidence: self.confidence.lowered(),
            ..self
        }
    }
}

/// Whether a rule is about credentials of no vendor, which tests and documentation are full of.
fn is_everyday(id: &str) -> bool {
    id.starts_with("url/") || id.starts_with("http/")
}

/// Whether the password at `password` is one that opens nothing: of the machine itself, of a host that stands for any,
/// or the first that a guesser tries.
fn is_harmless_address(bytes: &[u8], password: &Range<usize>) -> bool {
    let host = bytes.get(password.end + 1..).unwrap_or_default();
    let anywhere = [
        "localhost",
        "127.0.0.1",
        "[::1]",
        "0.0.0.0",
        "example.",
        "www.example.",
        "host:",
        "host/",
        "hostname",
    ];
    let is_anywhere = |name: &&str| {
        host.get(..name.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(name.as_bytes()))
    };
    let text = std::str::from_utf8(&bytes[password.clone()]).unwrap_or_default();
    anywhere.iter().any(|name| is_anywhere(&name))
        || lexicon::value::weak(text)
        || lexicon::placeholder::classify(text).is_some()
}

/// Whether the line of `at` begins with what begins a comment in most languages.
fn is_in_comment(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(LINE_LIMIT)..at];
    let line = memchr::memrchr(b'\n', before)
        .map_or(before, |end| &before[end + 1..])
        .trim_ascii_start();
    [
        &b"#"[..],
        b"//",
        b"*",
        b"/*",
        b";",
        b"-- ",
        b"<!--",
        b"REM ",
        b"%%",
    ]
    .iter()
    .any(|mark| line.starts_with(mark))
}

/// A placeholder only matters where it would be used as it stands.
fn weigh_placeholder(weight: Weight, syntax: Syntax, place: Place) -> Option<Weight> {
    let is_used = place.language == Language::Settings && place.purpose == Purpose::Shipped;
    (is_used && syntax != Syntax::Element).then_some(weight)
}

/// A literal that is assigned to the name of a credential.
fn weigh_assigned(weight: Weight, syntax: Syntax, place: Place) -> Option<Weight> {
    if syntax == Syntax::Bare && place.language != Language::Settings {
        return None;
    }
    match place.purpose {
        Purpose::Shipped if place.language != Language::Other => Some(weight),
        Purpose::Vendored => None,
        _ => Some(Weight {
            confidence: Confidence::Low,
            ..weight
        }),
    }
}

fn is_in_long_line(bytes: &[u8], value: &Range<usize>) -> bool {
    let before = &bytes[value.start.saturating_sub(LINE_LIMIT)..value.start];
    let after = &bytes[value.end..(value.end + LINE_LIMIT).min(bytes.len())];
    let is_long = |part: &[u8]| part.len() == LINE_LIMIT && memchr::memchr(b'\n', part).is_none();
    is_long(before) || is_long(after)
}

/// Whether `secret` holds `word`, in any ASCII case.
fn holds(secret: &[u8], word: &str) -> bool {
    !word.is_empty()
        && secret
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

impl Scratch {
    fn reset(&mut self, rules: usize) {
        self.ends.resize(rules, 0);
        for rule in self.touched.drain(..) {
            self.ends[rule as usize] = 0;
        }
    }

    fn note(&mut self, rule: u32, end: usize) {
        self.ends[rule as usize] = end;
        self.touched.push(rule);
    }
}

impl ActiveRule {
    fn new(loaded: Cow<'static, Loaded>) -> Self {
        let proof = loaded.definition.proof.as_deref().and_then(proof::by_name);
        Self {
            loaded,
            confirmer: OnceLock::new(),
            proof,
        }
    }

    /// The compiled pattern. Built-in patterns compile, as a test holds; a user's are verified when they are loaded.
    fn confirmer(&self) -> Option<&Confirmer> {
        let compile = || Confirmer::new(&self.loaded.definition).ok().flatten();
        self.confirmer.get_or_init(compile).as_ref()
    }

    fn verify(&self) -> Result<(), RuleFileError> {
        let Loaded {
            file,
            line,
            definition,
        } = &*self.loaded;
        let failure = |message: String| RuleFileError {
            file: file.to_string(),
            line: *line,
            message,
        };
        if let Err(error) = Confirmer::new(definition) {
            return Err(failure(format!(
                "rule `{}`: a pattern does not compile: {error}",
                definition.id
            )));
        }
        match (&definition.proof, self.proof) {
            (Some(name), None) => Err(failure(format!(
                "rule `{}`: there is no proof `{name}`",
                definition.id
            ))),
            _ => Ok(()),
        }
    }

    fn describe(&self) -> model::Rule {
        let definition = &self.loaded.definition;
        let remedy = match (&definition.remedy, definition.category) {
            (Some(remedy), _) => remedy.clone(),
            (None, Category::Placeholder) => Cow::Borrowed(
                "Replace it by a reference to a variable or a secret store, and set a generated value there.",
            ),
            (None, _) => Cow::Borrowed(
                "Revoke it with its issuer, issue a new one, and keep that in a secret store; removing the line is not enough.",
            ),
        };
        model::Rule {
            id: RuleId::new(&definition.id),
            category: definition.category,
            title: definition.title.clone(),
            description: definition.description.clone(),
            remedy,
            severity: definition.severity,
            confidence: definition.confidence,
            references: definition.references.to_vec(),
            tags: definition.tags.to_vec(),
        }
    }
}
