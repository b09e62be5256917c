//! What is scanned, and what of it.

use std::path::PathBuf;

use crate::scan::{Change, What};

/// A repository, with or without a working tree, a folder or a file.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// Where it is.
    pub path: PathBuf,
    /// A folder in which to keep what was seen of its history, so that the next scan reads only what is new.
    pub cache: Option<PathBuf>,
    /// Whether files that git ignores are scanned, too.
    pub scans_ignored: bool,
    /// Whether only what its own refs lead to is reported, though its store has more.
    pub own_refs_only: bool,
}

impl Target {
    /// What is at `path`.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            cache: None,
            scans_ignored: false,
            own_refs_only: false,
        }
    }

    /// Keeps in `folder` what was seen of the history.
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

    /// Reports only what the refs of the repository lead to: other repositories have objects in the same store.
    #[must_use]
    pub fn with_own_refs_only(mut self) -> Self {
        self.own_refs_only = true;
        self
    }
}

/// What of a target is scanned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Plan {
    /// The files of the working tree and the whole history. Of a bare repository, the history and the configuration in
    /// HEAD; of a folder without a repository, its files.
    #[default]
    Everything,
    /// The same, and what a copy of a repository keeps for itself: its settings, hooks and logs.
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
    /// What the commits of a range add, and the configuration that comes of it.
    Change {
        /// The commits, written `BASE..HEAD`.
        range: String,
        /// The commit whose tree comes of it.
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
