//! Parts of a rule: what is near its match and belongs to it, such as the id of a secret.

use std::borrow::Cow;

use serde::Deserialize;

use super::{RuleDefinition, Text, is_rule_id};

/// How many bytes on either side of a match are searched by default: about five lines.
const NEAR: usize = 300;

/// The maximum of that: what a keyword leads to must depend on few bytes.
const FARTHEST: usize = 1000;

/// The most parts a rule can have.
const MOST: usize = 8;

/// A list of parts.
pub type Parts = Cow<'static, [PartDefinition]>;

/// One part of a rule as written in its file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartDefinition {
    /// What reports call it: `access key id`.
    pub name: Text,
    /// The pattern over bytes, like that of a rule.
    pub regex: Text,
    /// Which group of the pattern is the part; 0 is the whole match.
    #[serde(default)]
    pub group: usize,
    /// How many bytes on either side of the rule's match are searched.
    #[serde(default = "near")]
    pub within: usize,
    /// Whether the rule finds nothing without it.
    #[serde(default)]
    pub required: bool,
    /// The rule that detects the part on its own: what it finds there is reported only as part of this rule's finding.
    #[serde(default)]
    pub rule: Option<Text>,
    /// The line on which its table begins.
    #[serde(skip)]
    pub line: u32,
}

fn near() -> usize {
    NEAR
}

impl PartDefinition {
    /// Returns the first problem of part number `number` of `whole`, and the key it belongs to.
    pub(super) fn complaint(
        &self,
        number: usize,
        whole: &RuleDefinition,
    ) -> Option<(&'static str, String)> {
        let broken = |key, complaint: String| Some((key, complaint));
        if number >= MOST {
            return broken("name", format!("a rule has at most {MOST} parts"));
        }
        if self.name.trim().is_empty() {
            return broken("name", "the part's name is empty".to_owned());
        }
        let mut others = whole.parts[..number].iter();
        if others.any(|other| other.name == self.name) {
            return broken("name", format!("the part `{}` is defined twice", self.name));
        }
        if !(1..=FARTHEST).contains(&self.within) {
            return broken(
                "within",
                format!("`within` must be from 1 to {FARTHEST} bytes"),
            );
        }
        match self.rule.as_deref() {
            Some(id) if id == whole.id => broken(
                "rule",
                "a finding of the rule itself cannot be part of it".to_owned(),
            ),
            Some(id) if !is_rule_id(id) => broken("rule", "`rule` is not a rule id".to_owned()),
            _ => None,
        }
    }
}
