//! Checks rules against themselves: that they compile, find their examples, and leave their negatives alone.
//!
//! `gonogo rules check` runs this on a user's files, and a test on the built-in ones. It finds matches in the plainest
//! way (the pattern over the whole text), so that it can check the engine's shortcuts, too.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use regex_automata::meta::Regex;

use crate::detect::builtin::BUILTIN;
use crate::detect::check_parts::{self, Parts};
use crate::detect::entropy::shannon;
use crate::detect::example::expand;
use crate::detect::pattern::{compile, longest_match, parse};
use crate::detect::proof::{self, Outcome, Proof};
use crate::detect::rule_file::{Loaded, Matcher, RuleDefinition, Text};
use crate::detect::value::judge_promised;

/// A problem with a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The rule file.
    pub file: Text,
    /// The line on which the rule begins.
    pub line: u32,
    /// The rule's id.
    pub rule: Text,
    /// What is wrong, in one line.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            rule,
            message,
        } = self;
        write!(f, "{file}:{line}: rule `{rule}`: {message}")
    }
}

/// Checks `rules` one by one, and that no two have the same id.
pub fn check(rules: &[Loaded]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut seen = BTreeMap::new();
    let all = BUILTIN.iter().chain(rules).map(|loaded| &loaded.definition);
    let all: BTreeMap<&str, &RuleDefinition> = all.map(|rule| (&*rule.id, rule)).collect();
    for rule in rules {
        let own = |message| (rule.line, message);
        let mut messages: Vec<_> = check_definition(&rule.definition)
            .into_iter()
            .map(own)
            .collect();
        if let Some(first) = seen.insert(&rule.definition.id, rule) {
            messages.push(own(format!("duplicate of {}:{}", first.file, first.line)));
        }
        let faults = check_parts::check(&rule.definition, |id| all.get(id).copied());
        if faults.is_empty() {
            messages.extend(unseen_parts(&rule.definition));
        }
        messages.extend(faults);
        problems.extend(messages.into_iter().map(|(line, message)| Problem {
            file: rule.file.clone(),
            line,
            rule: rule.definition.id.clone(),
            message,
        }));
    }
    problems
}

fn check_definition(rule: &RuleDefinition) -> Vec<String> {
    // The code that recognises files has tests of its own.
    if rule.matcher == Matcher::File {
        return Vec::new();
    }
    let mut messages = Vec::new();
    if rule.examples.is_empty() {
        messages.push("`examples` is empty".to_owned());
    }
    if rule.negatives.is_empty() {
        messages.push("`negatives` is empty".to_owned());
    }
    match Judge::new(rule) {
        Ok(judge) => {
            messages.extend(judge.check_pattern());
            messages.extend(judge.check_samples());
        }
        Err(message) => messages.push(message),
    }
    messages
}

/// Returns the parts that no example contains, with their lines.
fn unseen_parts(rule: &RuleDefinition) -> Vec<(u32, String)> {
    if rule.parts.is_empty() {
        return Vec::new();
    }
    let Ok(judge) = Judge::new(rule) else {
        return Vec::new();
    };
    let seen = rule.examples.iter().filter_map(|template| {
        let judged = judge.judge_template(template).ok()?;
        judged.ok()
    });
    judge.parts.unseen(&seen.collect::<Vec<_>>())
}

/// A rule prepared for judging texts.
struct Judge<'r> {
    rule: &'r RuleDefinition,
    /// `None` for rules that the assignment engine handles.
    regex: Option<Regex>,
    allowed: Vec<Regex>,
    proof: Option<Proof>,
    parts: Parts<'r>,
}

/// Why a rule finds nothing in a text. Later variants came closer to a match.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Miss {
    NoMatch,
    NoKeyword,
    TooLong,
    NoSecret,
    LowEntropy,
    Allowed,
    Disproved,
    Unlikely,
    NoPart,
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoMatch => "`regex` does not match",
            Self::NoKeyword => "the match contains no keyword",
            Self::TooLong => "the match is longer than `maxLength`",
            Self::NoSecret => "the group `secretGroup` is not part of the match",
            Self::LowEntropy => "the secret's entropy is below `entropy`",
            Self::Allowed => "`allowlist` drops it",
            Self::Disproved => "`proof` disproves it",
            Self::Unlikely => "its secret does not look random, as `judged` requires",
            Self::NoPart => "a `required` part is not near it",
        })
    }
}

impl<'r> Judge<'r> {
    fn new(rule: &'r RuleDefinition) -> Result<Self, String> {
        let named = |key: &'static str| move |error| format!("`{key}`: {error}");
        let compile_all = |patterns: &[Text]| patterns.iter().map(|one| compile(one)).collect();
        let proof = match rule.proof.as_deref() {
            Some(name) => Some(proof::by_name(name).ok_or_else(|| unknown_proof(name))?),
            None => None,
        };
        if let Some(path) = &rule.path {
            compile(path).map_err(named("path"))?;
        }
        let regex = rule.regex.as_deref().map(compile).transpose();
        let allowed: Result<_, _> = compile_all(&rule.allowlist.regexes);
        Ok(Self {
            rule,
            regex: regex.map_err(named("regex"))?,
            allowed: allowed.map_err(named("allowlist.regexes"))?,
            proof,
            parts: Parts::new(rule),
        })
    }

    /// Returns the problems of the pattern itself.
    fn check_pattern(&self) -> Vec<String> {
        let mut messages = Vec::new();
        let (Some(regex), Some(pattern)) = (&self.regex, &self.rule.regex) else {
            return messages;
        };
        if regex.find(b"").is_some() {
            messages.push("`regex` matches the empty string".to_owned());
        }
        if self.rule.secret_group >= regex.captures_len() {
            messages.push(format!("`regex` has no group {}", self.rule.secret_group));
        }
        match (
            parse(pattern).map(|hir| longest_match(&hir)),
            self.rule.max_length,
        ) {
            (Ok(None), None) => {
                messages.push(
                    "`maxLength` is missing: matches of `regex` have no maximum length".to_owned(),
                );
            }
            (Ok(Some(longest)), Some(given)) if longest <= given => {
                messages.push(format!(
                    "`maxLength` is unnecessary: no match is longer than {longest} bytes"
                ));
            }
            _ => {}
        }
        messages
    }

    fn check_samples(&self) -> Vec<String> {
        let mut messages = Vec::new();
        for (at, template) in self.rule.examples.iter().enumerate() {
            let judged = self.judge_template(template);
            if let Err(why) = judged.and_then(|judged| judged.map_err(|miss| miss.to_string())) {
                messages.push(format!("example {} is not detected: {why}", at + 1));
            }
        }
        for (at, template) in self.rule.negatives.iter().enumerate() {
            match self.judge_template(template) {
                Ok(Ok(_)) if self.rule.matcher == Matcher::Regex => {
                    messages.push(format!("negative {} is detected", at + 1));
                }
                Ok(_) => {}
                Err(why) => messages.push(format!("negative {}: {why}", at + 1)),
            }
        }
        messages
    }

    /// Fills in a template and judges the text. The outer error is about the template.
    fn judge_template(&self, template: &str) -> Result<Result<Vec<bool>, Miss>, String> {
        let text =
            expand(&self.rule.id, template, self.proof).map_err(|error| error.to_string())?;
        Ok(self.judge(text.as_bytes()))
    }

    /// Returns which parts are near what the rule finds in `text`. If it finds nothing, returns how close the best
    /// match came.
    fn judge(&self, text: &[u8]) -> Result<Vec<bool>, Miss> {
        let Some(regex) = &self.regex else {
            let found = self.has_keyword(text).then(Vec::new);
            return found.ok_or(Miss::NoKeyword);
        };
        let mut closest = Miss::NoMatch;
        for captures in regex.captures_iter(text) {
            let whole = captures.get_match().map_or(0..0, |found| found.range());
            let mut groups = self.rule.secret_group..captures.group_len();
            let secret = groups.find_map(|group| captures.get_group(group));
            let secret = secret.map(|span| span.range());
            match self.judge_match(text, whole, secret) {
                Ok(near) => return Ok(near),
                Err(miss) => closest = closest.max(miss),
            }
        }
        Err(closest)
    }

    fn judge_match(
        &self,
        text: &[u8],
        whole: Range<usize>,
        secret: Option<Range<usize>>,
    ) -> Result<Vec<bool>, Miss> {
        if !self.has_keyword(&text[whole.clone()]) {
            return Err(Miss::NoKeyword);
        }
        if self
            .rule
            .max_length
            .is_some_and(|longest| whole.len() > longest)
        {
            return Err(Miss::TooLong);
        }
        let place = secret.ok_or(Miss::NoSecret)?;
        let near = self.parts.near(text, &whole, &place);
        let secret = &text[place];
        if self
            .rule
            .entropy
            .is_some_and(|least| shannon(secret) < least)
        {
            return Err(Miss::LowEntropy);
        }
        if self.is_allowed(secret) {
            return Err(Miss::Allowed);
        }
        match self.proof.map(|proof| proof.check(secret)) {
            Some(Outcome::Disproved) => Err(Miss::Disproved),
            _ if self.rule.judged && !is_likely(secret) => Err(Miss::Unlikely),
            _ if self.parts.lack(&near) => Err(Miss::NoPart),
            _ => Ok(near),
        }
    }

    fn has_keyword(&self, text: &[u8]) -> bool {
        self.rule
            .keywords
            .iter()
            .any(|word| contains_ignoring_case(text, word))
    }

    fn is_allowed(&self, secret: &[u8]) -> bool {
        let stopwords = &self.rule.allowlist.stopwords;
        stopwords
            .iter()
            .any(|word| contains_ignoring_case(secret, word))
            || self.allowed.iter().any(|regex| regex.is_match(secret))
    }
}

fn is_likely(secret: &[u8]) -> bool {
    std::str::from_utf8(secret).is_ok_and(|secret| judge_promised(secret).is_some())
}

fn unknown_proof(name: &str) -> String {
    let known: Vec<_> = proof::names().collect();
    format!(
        "unknown proof `{name}`: expected one of {}",
        known.join(", ")
    )
}

fn contains_ignoring_case(text: &[u8], word: &str) -> bool {
    text.windows(word.len().max(1))
        .any(|window| window.eq_ignore_ascii_case(word.as_bytes()))
}

#[cfg(test)]
mod tests;
