//! The settings file `gonogo.toml`: reads it, and rejects what makes no sense.
//!
//! Each table has a file here. A misspelled key must not be silently ignored, so every unknown key is an error that
//! gives its position and, where one is close, the key that was probably meant.

mod policy;
mod reader;
mod wishes;

use crate::audit::{self, Policy};
use crate::model::{Confidence, Severity};
use crate::triage::Wishes;

pub(crate) use reader::{Reader, Value};

/// The name of the file.
pub const FILE_NAME: &str = "gonogo.toml";

/// The tables that the file may have.
const TABLES: &[&str] = &["policy", "paths", "rules", "report", "allow"];

/// Everything the file sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// What checks depend on, from the table `policy`.
    pub policy: Policy,
    /// What happens to findings, from `paths`, `rules` and `allow`.
    pub wishes: Wishes,
    /// Rule files, as written in the file.
    pub rule_files: Vec<String>,
    /// The lowest severity that means NO-GO.
    pub fail_on: Option<Severity>,
    /// The lowest confidence that is reported.
    pub min_confidence: Option<Confidence>,
    /// The lowest severity that is reported.
    pub min_severity: Option<Severity>,
    /// Every rule and family that the file names. Only the caller, who knows all rules, can check that they exist.
    pub rules: Vec<Placed>,
}

/// A string in the file, and its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The string.
    pub text: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
}

/// An error in the file, and its position.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct ConfigError {
    /// The file, as the caller named it.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl Config {
    /// Reads `text`, the contents of `file`.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let reader = Reader::new(file, text);
        let root = reader.document()?;
        let mut config = Self::default();
        for (key, value) in reader.entries(&root, "", TABLES)? {
            match key {
                "policy" => {
                    let as_of = config.policy.as_of;
                    config.policy = policy::read(&reader, value)?;
                    config.policy.as_of = as_of;
                }
                "paths" => wishes::paths(&reader, value, &mut config)?,
                "rules" => wishes::rules(&reader, value, &mut config)?,
                "report" => wishes::report(&reader, value, &mut config)?,
                _ => wishes::allow(&reader, value, &mut config)?,
            }
        }
        let mut weighed = config.wishes.severity.iter();
        config.policy.asks_for_evidence = weighed.any(|(rule, _)| audit::is_evidence(rule));
        Ok(config)
    }
}

#[cfg(test)]
mod tests;
