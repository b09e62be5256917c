//! What a house writes into `gonogo.toml`: reading it, and refusing what it cannot mean.
//!
//! Each table has a file here. A misspelt key must not silently change nothing, so whatever is not known is refused,
//! with its place and what was probably meant.

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

/// All that the file states.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// What checks go by, from the table `policy`.
    pub policy: Policy,
    /// What becomes of findings, from `paths`, `rules` and `allow`.
    pub wishes: Wishes,
    /// Rule files, as they are named there.
    pub rule_files: Vec<String>,
    /// The severity from which on a finding means NO-GO.
    pub fail_on: Option<Severity>,
    /// The least confidence of findings that are reported.
    pub min_confidence: Option<Confidence>,
    /// The least severity of findings that are reported.
    pub min_severity: Option<Severity>,
    /// The rules and families that are named anywhere: whether there are any is known to who knows all rules.
    pub rules: Vec<Placed>,
}

/// A text of the file, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// The text.
    pub text: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
}

/// Something in the file that cannot be meant, and where it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {message}")]
pub struct ConfigError {
    /// The file, as it was named.
    pub file: String,
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1, in characters.
    pub column: u32,
    /// What is wrong, and what to write instead.
    pub message: String,
}

impl Config {
    /// Reads `text`, which is in `file`.
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
