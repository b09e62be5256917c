//! Parses configuration and checks it.
//!
//! One directory per format, one file per check, one line to register it: a check is a type that implements `Check` for
//! its format's subject, describes itself in a `Card` (with examples that must and must not be reported), and is
//! listed once in its format's table. The tests below run over every registered check.
//!
//! This room takes the files of one tree and returns findings. It opens no files itself: those that were scanned are
//! passed to it, and others are read through [`Files`].

mod committed;
mod compose;
mod dockerfile;
mod env;
mod environment;
mod evidence;
mod formats;
mod framework;
mod kubernetes;
mod mysql;
mod nginx;
mod postgres;
mod reading;
mod redis;
mod unaudited;
mod workflow;
#[cfg(test)]
mod worst;

use std::ops::Range;

use crate::model::{Finding, GapKind, Rule};

// Formats use the framework and the readers under these names.
use check::Card;
use formats::cards;
use framework::{check, fix, illustration, limit, policy, project, purpose, report};
use reading::{address, directive, document, included, input, slot, started};

pub(crate) use framework::template;
pub(crate) use kubernetes::kustomize;
pub(crate) use reading::yaml;
pub(crate) use workflow::{Release, is_by_tag, pins, token_use};

pub use committed::{
    credentials, is_named_like_changed_configuration, is_named_like_configuration,
    is_placed_like_configuration, may_hold_credentials,
};
pub use environment::{
    Environment, Judged, Sign, is_put_aside, makes_random, on_machine_before, says_retired,
};
pub use formats::{is_configuration, is_configuration_by_name, is_evidence};
pub use illustration::{Illustration, illustration};
pub use policy::{Policies, Policy, TlsVersion};
pub use project::{Files, Nothing, Project, Source};
pub use unaudited::unaudited;

/// The outcome of auditing a file.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// It is not configuration that this room knows.
    NotConfiguration,
    /// It is a template that does not parse until it is rendered.
    Template,
    /// It is configuration, but exceeds a limit of the audit.
    Skipped {
        /// The limit, in a few words.
        reason: String,
    },
    /// It is configuration, but does not parse.
    Unparsable {
        /// Line of the defect, counted from 1.
        line: u32,
        /// Column of the defect, counted from 1.
        column: u32,
        /// What is wrong, in a few words.
        reason: String,
    },
    /// It was checked. The findings are in file order.
    Audited(Vec<Finding>),
}

impl Outcome {
    /// Returns whether the file must be rendered before it means anything.
    pub fn is_template(&self) -> bool {
        matches!(self, Self::Template)
    }

    /// Returns the kind of gap and its reason if the file at `path` should have been audited but was not.
    pub fn gap(&self, path: &str) -> Option<(GapKind, String)> {
        let (kind, reason) = match self {
            Self::NotConfiguration | Self::Audited(_) => return None,
            Self::Template => {
                let reason = "an unrendered template: render it and scan the result";
                return Some((GapKind::Template, reason.to_owned()));
            }
            Self::Skipped { reason } => (GapKind::NotAudited, reason.clone()),
            Self::Unparsable {
                line,
                column,
                reason,
            } => {
                let reason = format!("line {line}, column {column}: {reason}");
                (GapKind::Unparsable, reason)
            }
        };
        let is_test_data = crate::lexicon::path::is_test_data(path);
        Some((
            if is_test_data {
                GapKind::TestData
            } else {
                kind
            },
            reason,
        ))
    }
}

/// Checks one file by itself, as if it were the only one.
pub fn audit(path: &str, text: &[u8]) -> Outcome {
    let policy = Policy::default();
    let project = Project::new(Source::claim(path, text), [], &Nothing, &policy);
    let outcome = project.audit().pop().map(|(_, outcome)| outcome);
    outcome.unwrap_or(Outcome::NotConfiguration)
}

/// Returns the byte ranges of a file that must not be shown, as far as the formats that claim it know.
pub fn secrets(source: &Source) -> Vec<Range<usize>> {
    let formats = source.formats();
    formats.flat_map(|format| format.secrets(source)).collect()
}

/// Returns every rule of this room, sorted by id.
pub fn rules() -> Vec<Rule> {
    let mut rules: Vec<_> = cards().map(Card::rule).collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
}

/// Runs every check over its own examples, and returns one line per problem.
pub fn check_examples() -> Vec<String> {
    let mut problems: Vec<_> = cards().flat_map(check::problems).collect();
    let mut ids: Vec<_> = cards().map(|card| card.id).collect();
    ids.sort_unstable();
    for pair in ids.windows(2).filter(|pair| pair[0] == pair[1]) {
        problems.push(format!("{}: duplicate id", pair[0]));
    }
    problems
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_finds_its_examples_and_nothing_else() {
        assert_eq!(check_examples(), Vec::<String>::new());
    }

    #[test]
    fn every_rule_is_told_about() {
        let rules = rules();
        assert!(rules.len() >= 8);
        for rule in rules {
            assert!(
                rule.title.len() > 4 && !rule.title.ends_with('.'),
                "{}",
                rule.id
            );
            assert!(rule.description.ends_with('.'), "{}", rule.id);
            assert!(
                rule.remedy.ends_with('.') || rule.remedy.ends_with('`'),
                "{}",
                rule.id
            );
            assert!(
                rule.tags.iter().any(|tag| tag.starts_with("CWE-")),
                "{}",
                rule.id
            );
            assert!(
                rule.references
                    .iter()
                    .all(|link| link.starts_with("https://")),
                "{}",
                rule.id
            );
            assert!(!rule.references.is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn other_files_are_told_apart_by_name_and_by_word() {
        for (path, text) in [
            ("src/main.rs", "services:\n  a:\n    image: b\n"),
            (
                "a.yml",
                "jobs:\n  test:\n    services:\n      db:\n        image: postgres\n",
            ),
            ("a.yml", ""),
            ("compose.yml", "volumes: {}\n"),
        ] {
            assert!(
                matches!(audit(path, text.as_bytes()), Outcome::NotConfiguration),
                "{path}"
            );
        }
    }
}
