//! Errors of commands.

use std::io;
use std::path::PathBuf;

use crate::config::ConfigError;
use crate::detect::rule_file::RuleFileError;
use crate::source::SourceError;

/// An error of a command; its message is one line.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A target cannot be opened.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// A rule file of the user is invalid.
    #[error(transparent)]
    RuleFile(#[from] RuleFileError),
    /// A `gonogo.toml` is invalid.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file that the user named cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// Standard output or standard input failed.
    #[error("{stream}: {error}")]
    Stream {
        /// The stream that failed.
        stream: &'static str,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The caller's observer cancelled the scan.
    #[error("the scan was cancelled")]
    Cancelled,
    /// The request makes no sense.
    #[error("{0}")]
    Usage(String),
}

impl Error {
    /// Returns whether the reader of the output closed it early, as in `gonogo scan | head`.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Stream { error, .. } if error.kind() == io::ErrorKind::BrokenPipe)
    }
}
