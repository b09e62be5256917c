//! Checks configuration. No format is known yet.

use crate::model::{Finding, Rule};

/// What became of a file.
pub enum Outcome {
    /// It is no configuration that this room knows.
    NotConfiguration,
    /// It cannot be judged by itself.
    Skipped {
        /// Why.
        reason: String,
    },
    /// It does not parse.
    Unparsable {
        /// Line, counted from 1.
        line: u32,
        /// Column, counted from 1.
        column: u32,
        /// What is wrong.
        reason: String,
    },
    /// What was found in it.
    Audited(Vec<Finding>),
}

/// Audits one file.
pub fn audit(_path: &str, _text: &[u8]) -> Outcome {
    Outcome::NotConfiguration
}

/// The rules of all formats.
pub fn rules() -> Vec<Rule> {
    Vec::new()
}

/// What is wrong with the examples of the rules.
pub fn check_examples() -> Vec<String> {
    Vec::new()
}
