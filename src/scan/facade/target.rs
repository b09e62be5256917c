//! What is scanned, and what of it.

use std::path::PathBuf;

use crate::scan::{Change, What};

/// What to scan: a repository, with or without a working tree, a directory or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// Where it is.
    pub path: PathBuf,
    /// A directory that remembers what was seen of the history, so that the next scan reads only what is new.
    pub cache: Option<PathBuf>,
    /// Whether files that git ignores are scanned, too.
    pub scans_ignored: bool,
    /// Whether to report only what the repository's own refs lead to, even if its object store has more.
    pub own_refs_only: bool,
}

impl Target {
    /// Creates a target from what is at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            cache: None,
            scans_ignored: false,
            own_refs_only: false,
        }
    }

    /// Remembers in `folder` what was seen of the history.
    #[must_use]
    pub fn with_cache(mut self, folder: impl Into<PathBuf>) -> Self {
        self.cache = Some(folder.into());
        self
    }

    /// Scans files that git ignores, too.
    #[must_use]
    pub fn with_ignored(mut self) -> Self {
        self.scans_ignored = true;
        self
    }

    /// Reports only what the refs of the repository lead to, for an object store that it shares with other
    /// repositories.
    #[must_use]
    pub fn with_own_refs_only(mut self) -> Self {
        self.own_refs_only = true;
        self
    }
}

/// Which parts of a target are scanned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plan {
    /// The files of the working tree and the whole history. For a bare repository, the history and the configuration
    /// in HEAD; for a directory without a repository, its files.
    #[default]
    Everything,
    /// The same, plus what one copy of a repository keeps to itself: its settings, hooks and logs.
    EverythingLocal,
    /// The files of the working tree.
    Worktree,
    /// The history.
    History,
    /// What is staged in the index.
    Staged,
    /// Every file of the index.
    Index,
    /// What the commits of a range add, written `BASE..HEAD`.
    Range(String),
    /// What the commits of a range add, and the configuration that results.
    Change {
        /// The commits, written `BASE..HEAD`.
        range: String,
        /// The commit whose tree is the result.
        head: String,
    },
}

impl Plan {
    pub(super) fn what(&self) -> What {
        let everything = |worktree, history, own_files| What::Everything {
            worktree,
            history,
            own_files,
        };
        match self {
            Self::Everything => everything(true, true, false),
            Self::EverythingLocal => everything(true, true, true),
            Self::Worktree => everything(true, false, false),
            Self::History => everything(false, true, false),
            Self::Staged => What::Staged,
            Self::Index => What::Index,
            Self::Range(range) => What::Range(range.clone()),
            Self::Change { range, head } => What::Change(Change {
                range: range.clone(),
                head: head.clone(),
            }),
        }
    }
}
