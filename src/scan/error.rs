//! Why a command could not do what it was asked to do.

use std::io;
use std::path::PathBuf;

use crate::config::ConfigError;
use crate::detect::rule_file::RuleFileError;
use crate::source::SourceError;

/// Why a command could not do what it was asked to do; its message is one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// What was to be scanned cannot be opened.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A rule file of the user's is wrong.
    #[error(transparent)]
    RuleFile(#[from] RuleFileError),
    /// A `gonogo.toml` is wrong.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file that the user named cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system stated.
        error: io::Error,
    },
    /// Standard output or standard input failed.
    #[error("{stream}: {error}")]
    Stream {
        /// Which one.
        stream: &'static str,
        /// What the operating system stated.
        error: io::Error,
    },
    /// Whoever watched the scan ended it.
    #[error("the scan was cancelled")]
    Cancelled,
    /// What was asked for makes no sense.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// Returns whether a reader went away before all was written, as `gonogo scan | head` does.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Stream { error, .. } if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
