//! A rule in use: its definition, and what has been compiled of it so far.

use std::borrow::Cow;
use std::sync::OnceLock;

use crate::detect::automaton::Automaton;
use crate::detect::companions::{Finder, FoundPart};
use crate::detect::pattern::compile;
use crate::detect::proof::{self, Proof};
use crate::detect::rule_file::{Loaded, Matcher, RuleFileError};
use crate::detect::whole::KEY_FILE;
use crate::detect::window::{Confirmed, Confirmer};
use crate::lexicon::credential_file::is_key_file;
use crate::model::{self, Category, Confidence, RuleId, Version, is_self_made, rule_since};
use crate::redact::echo;

/// The most further secrets of a list that are searched for after the first.
pub(in crate::detect) const MORE: usize = 20;

/// The most bytes that each of them can span.
pub(in crate::detect) const MORE_REACH: usize = 256;

/// A rule, and what was compiled from it.
pub(in crate::detect) struct ActiveRule {
    pub(in crate::detect) loaded: Cow<'static, Loaded>,
    /// Parsed when its first keyword turns up; `None` for rules without a pattern.
    confirmer: OnceLock<Option<Confirmer>>,
    /// Patterns of values that are not secrets; compiled when its first match turns up.
    allowed: OnceLock<Vec<Automaton>>,
    /// The pattern of paths it applies to; compiled when its first match turns up.
    place: OnceLock<Option<Automaton>>,
    /// Compiled when its first match turns up; empty for most rules.
    parts: OnceLock<Vec<Finder>>,
    /// The pattern of what may follow a match; compiled when its first match turns up.
    more: OnceLock<Option<Automaton>>,
    pub(in crate::detect) proof: Option<Proof>,
    /// Whether it is newer than the version that `as-of` names.
    pub(in crate::detect) is_held_back: bool,
}

impl ActiveRule {
    pub(in crate::detect) fn new(loaded: Cow<'static, Loaded>) -> Self {
        let proof = loaded.definition.proof.as_deref().and_then(proof::by_name);
        Self {
            loaded,
            confirmer: OnceLock::new(),
            allowed: OnceLock::new(),
            place: OnceLock::new(),
            parts: OnceLock::new(),
            more: OnceLock::new(),
            proof,
            is_held_back: false,
        }
    }

    /// Returns the pattern. Built-in patterns compile, which a test checks; a user's are verified when they are
    /// loaded.
    pub(in crate::detect) fn confirmer(&self) -> Option<&Confirmer> {
        let read = || Confirmer::new(&self.loaded.definition).ok().flatten();
        self.confirmer.get_or_init(read).as_ref()
    }

    /// Returns whether the rule's own allowlist excludes this secret.
    pub(in crate::detect) fn is_allowed(&self, secret: &[u8]) -> bool {
        let compile = || {
            let patterns = self.loaded.definition.allowlist.regexes.iter();
            patterns
                .filter_map(|pattern| compile(pattern).ok().map(Automaton::new))
                .collect()
        };
        let allowed = self.allowed.get_or_init(compile);
        allowed.iter().any(|pattern| pattern.is_match(secret))
    }

    /// Returns whether the rule applies to a file at `path`. For files that only their name identifies, the name
    /// decides.
    pub(in crate::detect) fn is_at(&self, path: &str) -> bool {
        let definition = &self.loaded.definition;
        if definition.id == KEY_FILE && !is_key_file(&path.to_ascii_lowercase()) {
            return false;
        }
        let compile = || {
            definition
                .path
                .as_deref()
                .and_then(|path| compile(path).ok().map(Automaton::new))
        };
        let place = self.place.get_or_init(compile).as_ref();
        place.is_none_or(|place| place.is_match(path))
    }

    /// Returns how many bytes before and after `keyword` its pattern and its parts can see; `None` for rules without a
    /// pattern.
    pub(in crate::detect) fn reach(&self, keyword: &[u8]) -> Option<(usize, usize)> {
        let (before, behind) = self.confirmer()?.reach(keyword);
        let parts = self.loaded.definition.parts.iter();
        let farthest = parts.map(|part| part.within).max().unwrap_or_default();
        let more = self.loaded.definition.more.as_ref();
        let more = more.map_or(0, |_| MORE * MORE_REACH);
        Some((before + farthest, behind + farthest + more))
    }

    /// Returns the pattern of what may follow a match; `None` for most rules.
    pub(in crate::detect) fn more(&self) -> Option<&Automaton> {
        let pattern = self.loaded.definition.more.as_deref()?;
        let read = || compile(&at_once(pattern)).ok().map(Automaton::new);
        self.more.get_or_init(read).as_ref()
    }

    /// Returns the parts that are near a match; `None` if a required one is missing.
    pub(in crate::detect) fn find_parts(
        &self,
        bytes: &[u8],
        found: &Confirmed,
    ) -> Option<Vec<FoundPart>> {
        let definitions = &self.loaded.definition.parts;
        if definitions.is_empty() {
            return Some(Vec::new());
        }
        let compile = || definitions.iter().filter_map(|part| Finder::new(part).ok());
        let finders = self.parts.get_or_init(|| compile().collect());
        let mut parts = Vec::new();
        for ((finder, definition), part) in finders.iter().zip(definitions.iter()).zip(0..) {
            match finder.find(bytes, found) {
                Some(place) => parts.push(FoundPart { part, place }),
                None if definition.required => return None,
                None => {}
            }
        }
        Some(parts)
    }

    /// Returns the confidence of a match with these parts. Required parts are already reflected in the rule's
    /// confidence.
    pub(in crate::detect) fn surer_with(
        &self,
        parts: &[FoundPart],
        confidence: Confidence,
    ) -> Confidence {
        let definitions = &self.loaded.definition.parts;
        let is_more = |found: &FoundPart| {
            let definition = definitions.get(found.part as usize);
            definition.is_some_and(|part| !part.required)
        };
        if parts.iter().any(is_more) {
            confidence.raised()
        } else {
            confidence
        }
    }

    pub(in crate::detect) fn verify(&self) -> Result<(), RuleFileError> {
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
        let patterns = definition.allowlist.regexes.iter().chain(&definition.path);
        let mut patterns = patterns.map(|pattern| compile(pattern).map(drop));
        let more = || match definition.more.as_deref() {
            Some(pattern) => compile(&at_once(pattern)).map(drop),
            None => Ok(()),
        };
        let compiles = Confirmer::verify(definition)
            .and_then(|()| patterns.try_for_each(|all| all))
            .and_then(|()| more());
        if let Err(error) = compiles {
            return Err(failure(format!(
                "rule `{}`: a pattern does not compile: {error}",
                definition.id
            )));
        }
        if definition.matcher == Matcher::File {
            return Err(failure(format!(
                "rule `{}`: the `file` matcher is for built-in rules: use `regex`",
                definition.id
            )));
        }
        match (&definition.proof, self.proof) {
            (Some(name), None) => Err(failure(match echo(name) {
                Some(name) => format!("rule `{}`: unknown proof `{name}`", definition.id),
                None => format!("rule `{}`: unknown proof", definition.id),
            })),
            _ => Ok(()),
        }
    }

    /// Returns the version that introduced it, if known.
    pub(in crate::detect) fn since(&self) -> Option<Version> {
        let said = self.loaded.definition.since.as_deref();
        let said = said.and_then(|since| since.parse().ok());
        let is_builtin = matches!(self.loaded, Cow::Borrowed(_));
        let released = || rule_since(&RuleId::new(&self.loaded.definition.id));
        said.or_else(|| is_builtin.then(released).flatten())
    }

    pub(in crate::detect) fn describe(&self) -> model::Rule {
        let definition = &self.loaded.definition;
        let remedy = match (&definition.remedy, definition.category) {
            (Some(remedy), _) => remedy.clone(),
            (None, Category::Placeholder) => Cow::Borrowed(
                "Replace it with a reference to a variable or a secret manager, and store a generated value there.",
            ),
            (None, _) => Cow::Borrowed(default_remedy(&definition.id)),
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
            since: self.since(),
        }
    }
}

/// Anchors a pattern to the beginning of a text.
fn at_once(pattern: &str) -> String {
    format!(r"\A(?:{pattern})")
}

/// Returns what to do about a credential, by who can revoke it: passwords and self-generated keys have no issuer.
fn default_remedy(id: &str) -> &'static str {
    #[rustfmt::skip]
    const KEYS: &[&str] = &[
        "private-key", "putty", "jwk", "minisign", "signify", "sigstore", "openvpn", "wireguard", "bind", "nats", "age",
        "tor", "matrix", "django", "rails", "wordpress", "symfony", "paseto", "esphome", "terraform", "laravel",
    ];
    const WALLETS: &[&str] = &[
        "nostr", "bitcoin", "wallet", "ethereum", "solana", "sui", "tezos", "stellar",
    ];
    const PASSWORDS: &[&str] = &["generic", "url", "http", "junos", "cisco", "mysql"];
    let family = id.split('/').next().unwrap_or(id);
    let is_of = |families: &[&str]| families.contains(&family);
    if id == "terraform/cloud-token" {
        ISSUED
    } else if is_of(KEYS) || is_self_made(family) && !is_of(WALLETS) {
        "Generate a new key, replace the old one wherever it is used or trusted, and have the deployment provide it: the \
         old one stays in the history."
    } else if is_of(WALLETS) {
        "Move what it controls to a new key that is kept out of the repository: the old one stays in the history."
    } else if is_of(PASSWORDS) {
        "Change it wherever it is accepted, and have the deployment provide the new one: the old one stays in the \
         history."
    } else {
        ISSUED
    }
}

/// What to do about a credential that a provider issued.
const ISSUED: &str = "Revoke it with its issuer, issue a new one, and store it in a secret manager; removing the line is not enough.";
