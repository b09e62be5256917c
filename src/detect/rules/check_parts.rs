//! Checks the parts of rules: that they compile, name existing rules, and occur in an example.

use std::ops::Range;

use crate::detect::companions::Finder;
use crate::detect::pattern::{compile, longest_match, parse};
use crate::detect::rating::is_everyday;
use crate::detect::rule_file::{Loaded, PartDefinition, RuleDefinition, RuleFileError};
use crate::detect::window::Confirmed;

/// Returns an error for a rule with a part that cannot be used; `known` finds rules by their ids.
pub(in crate::detect) fn verify<'r>(
    rule: &Loaded,
    known: impl Fn(&str) -> Option<&'r RuleDefinition>,
) -> Result<(), RuleFileError> {
    for part in rule.definition.parts.iter() {
        if let Some(message) = fault(part, &known) {
            return Err(RuleFileError {
                file: rule.file.to_string(),
                line: part.line,
                message: format!("rule `{}`: {message}", rule.definition.id),
            });
        }
    }
    Ok(())
}

/// Returns the problems of a rule's parts, regardless of any text, each with its line.
pub(in crate::detect) fn check<'r>(
    rule: &RuleDefinition,
    known: impl Fn(&str) -> Option<&'r RuleDefinition>,
) -> Vec<(u32, String)> {
    let mut messages = Vec::new();
    for part in rule.parts.iter() {
        let faults = match fault(part, &known) {
            Some(message) => vec![message],
            None => doubts(rule, part, &known),
        };
        messages.extend(faults.into_iter().map(|message| (part.line, message)));
    }
    messages
}

/// Returns why a part cannot be used at all.
fn fault<'r>(
    part: &PartDefinition,
    known: impl Fn(&str) -> Option<&'r RuleDefinition>,
) -> Option<String> {
    let name = &part.name;
    match compile(&part.regex) {
        Err(error) => return Some(format!("part `{name}`: `regex`: {error}")),
        Ok(regex) if part.group >= regex.captures_len() => {
            return Some(format!(
                "part `{name}`: `regex` has no group {}",
                part.group
            ));
        }
        Ok(_) => {}
    }
    let id = part.rule.as_deref()?;
    known(id)
        .is_none()
        .then(|| format!("part `{name}`: unknown rule `{id}`"))
}

/// Returns the problems of a part that can be used.
fn doubts<'r>(
    rule: &RuleDefinition,
    part: &PartDefinition,
    known: impl Fn(&str) -> Option<&'r RuleDefinition>,
) -> Vec<String> {
    let mut doubts = Vec::new();
    let mut doubt = |message: String| doubts.push(format!("part `{}`: {message}", part.name));
    if compile(&part.regex).is_ok_and(|regex| regex.find(b"").is_some()) {
        doubt("`regex` matches the empty string".to_owned());
    }
    if parse(&part.regex).is_ok_and(|hir| longest_match(&hir).is_none()) {
        doubt("matches of `regex` have no maximum length".to_owned());
    }
    let Some(other) = part.rule.as_deref().and_then(known) else {
        return doubts;
    };
    if other.severity > rule.severity {
        doubt(format!(
            "findings of `{}` are more severe and are reported in addition to this rule's",
            other.id
        ));
    }
    if rule.path.is_some() || is_everyday(rule) {
        doubt(format!(
            "findings of `{}` are reported in addition to this rule's, which not every file has: remove `rule`",
            other.id
        ));
    }
    doubts
}

/// The parts of a rule, ready to be searched for in samples.
pub(in crate::detect) struct Parts<'r> {
    definitions: &'r [PartDefinition],
    finders: Vec<Finder>,
}

impl<'r> Parts<'r> {
    /// Has no parts if one does not compile, which [`check`] reports.
    pub(in crate::detect) fn new(rule: &'r RuleDefinition) -> Self {
        let finders = rule.parts.iter().map(Finder::new);
        let finders: Result<Vec<_>, _> = finders.collect();
        let finders = finders.unwrap_or_default();
        Self {
            definitions: &rule.parts[..finders.len()],
            finders,
        }
    }

    /// Returns for each part whether it is near a match.
    pub(in crate::detect) fn near(
        &self,
        text: &[u8],
        span: &Range<usize>,
        secret: &Range<usize>,
    ) -> Vec<bool> {
        let found = Confirmed {
            span: span.clone(),
            secret: secret.clone(),
        };
        let finders = self.finders.iter();
        finders
            .map(|finder| finder.find(text, &found).is_some())
            .collect()
    }

    /// Returns whether a required part is missing.
    pub(in crate::detect) fn lack(&self, near: &[bool]) -> bool {
        let mut parts = self.definitions.iter().zip(near);
        parts.any(|(part, is_near)| part.required && !is_near)
    }

    /// Returns the parts that none of the examples contains.
    pub(in crate::detect) fn unseen(&self, seen: &[Vec<bool>]) -> Vec<(u32, String)> {
        let is_seen = |number: usize| seen.iter().any(|near| near.get(number) == Some(&true));
        let parts = self.definitions.iter().enumerate();
        parts
            .filter(|(number, part)| !part.required && !is_seen(*number))
            .map(|(_, part)| {
                let message = format!("no example contains part `{}`", part.name);
                (part.line, message)
            })
            .collect()
    }
}
