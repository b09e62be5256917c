//! Parts of a rule: what is near its match and belongs to it, as the id to a secret.

use std::borrow::Cow;

use serde::Deserialize;

use super::{RuleDefinition, Text, is_rule_id};

/// How many bytes to either side of a match are looked at, where a part does not say: five lines or so.
const NEAR: usize = 300;

/// How many they can be at most: what a keyword leads to must depend on few bytes.
const FARTHEST: usize = 1000;

/// How many parts a rule can have.
const MOST: usize = 8;

/// A list of parts.
pub type Parts = Cow<'static, [PartDefinition]>;

/// One part of a rule as its file states it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PartDefinition {
    /// What reports call it: `access key id`.
    pub name: Text,
    /// The pattern over bytes, as that of a rule.
    pub regex: Text,
    /// Which group of the pattern is the part; 0 is the whole match.
    #[serde(default)]
    pub group: usize,
    /// How many bytes to either side of the rule's match are looked at.
    #[serde(default = "near")]
    pub within: usize,
    /// Whether the rule finds nothing without it.
    #[serde(default)]
    pub required: bool,
    /// The rule that finds the part by itself: what it finds there is reported with this rule's finding only.
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
    /// Returns the first thing that is wrong with the part number `number` of `whole`, and the key to which it belongs.
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
