//! What can go wrong with a whole run: one line each, which names the place and says what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a command could not do what it was asked to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Something that was typed, or a file that was named, is wrong.
    #[error("{0}")]
    Usage(String),
    /// A file or directory cannot be read or written.
    #[error("{}: {}", path.display(), reason(.error))]
    File { path: PathBuf, error: io::Error },
    /// The store cannot be used.
    #[error("{}: {reason}", path.display())]
    Store { path: PathBuf, reason: String },
    /// A statement failed in an open store.
    #[error("the store: {}", of_sqlite(.0))]
    Sqlite(#[from] rusqlite::Error),
    /// Standard output cannot be written.
    #[error("standard output: {0}")]
    Output(io::Error),
    /// The user stopped the run.
    #[error("stopped: {0}; start the same command again to go on")]
    Stopped(String),
}

impl Error {
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub(crate) fn file(path: &Path, error: io::Error) -> Self {
        Self::File {
            path: path.to_owned(),
            error,
        }
    }

    pub(crate) fn store(path: &Path, reason: impl Into<String>) -> Self {
        Self::Store {
            path: path.to_owned(),
            reason: reason.into(),
        }
    }

    /// Whether nobody reads the output any more, as after `| head`.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

/// Returns what went wrong with a file, in words that say what to do.
pub(crate) fn reason(error: &io::Error) -> String {
    use io::ErrorKind::{NotFound, PermissionDenied, ReadOnlyFilesystem, StorageFull};
    let text = match error.kind() {
        NotFound => "there is no such file or folder: check the name",
        PermissionDenied => "it may not be read or written: check its owner and its permissions",
        ReadOnlyFilesystem => "nothing can be written there: name a place that is not read-only",
        StorageFull => "the disk is full: make room and start again",
        _ => return error.to_string(),
    };
    text.to_owned()
}

/// Returns what went wrong in SQLite, in words that say what to do.
pub(crate) fn of_sqlite(error: &rusqlite::Error) -> String {
    use rusqlite::ErrorCode;
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => {
            "the disk is full: all finished repositories are kept; make room and start again"
                .to_owned()
        }
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "it cannot be written: check its permissions and those of its folder".to_owned()
        }
        Some(ErrorCode::CannotOpen) => {
            "it cannot be opened: check that its folder exists and may be written".to_owned()
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program works on it: try again when that is done".to_owned()
        }
        Some(ErrorCode::NotADatabase) => "it is no store of gonogo bulk".to_owned(),
        Some(ErrorCode::DatabaseCorrupt) => {
            "it is damaged: restore it from a backup, or remove it and scan again".to_owned()
        }
        Some(ErrorCode::SystemIoFailure) => {
            "it cannot be read or written: check the disk, and whether it is full; all finished repositories are kept"
                .to_owned()
        }
        _ => error.to_string(),
    }
}
