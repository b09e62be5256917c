//! What a house writes into `gonogo.toml`: reading it, and refusing what it cannot mean.
//!
//! Each table has a file here. A misspelt key must not silently change nothing, so whatever is not known is refused,
//! with its place and what was probably meant.

mod policy;
mod reader;

use crate::audit::Policy;

use reader::Reader;

/// The name of the file.
pub const FILE_NAME: &str = "gonogo.toml";

/// The tables that the file may have.
const TABLES: &[&str] = &["policy"];

/// All that the file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Config {
    /// What checks go by, from the table `policy`.
    pub policy: Policy,
}

/// Something in the file that cannot be meant, and where it stands.
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
    /// Reads `text`, which stands in `file`.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let reader = Reader::new(file, text);
        let root = reader.document()?;
        let mut config = Self::default();
        for (key, value) in reader.entries(&root, "", TABLES)? {
            if key == "policy" {
                config.policy = policy::read(&reader, value)?;
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests;
