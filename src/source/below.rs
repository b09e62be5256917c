//! Settings files in the directories below what is scanned, in a working tree or in the tree of a commit.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::beside::FolderFiles;
use super::git::{CommitFiles, Ids, Repo};
use super::settings::{MAX_BYTES, Settings, Shelf, as_settings, settings_in};

/// The commit whose tree is read.
struct Commit {
    revision: String,
    /// The path of the root in it, as a prefix.
    prefix: String,
    files: Mutex<Option<CommitFiles>>,
}

/// Reads settings files below one root.
pub struct Below {
    root: PathBuf,
    repo: Option<Repo>,
    commit: Option<Commit>,
    /// The files that are not checked out.
    left_out: OnceLock<Ids>,
}

impl Below {
    /// Opens the directory that a shelf belongs to.
    pub fn open(shelf: Shelf<'_>) -> Self {
        let root = shelf.folder().to_owned();
        let repo = Repo::discover(&root).ok().flatten();
        let commit = match shelf {
            Shelf::Folder(_) => None,
            Shelf::Commit { revision, .. } => {
                let prefix = repo.as_ref().map(|repo| repo.prefix_of(&root));
                let files = repo.as_ref().map(|repo| repo.commit_files(revision));
                Some(Commit {
                    revision: revision.to_owned(),
                    prefix: prefix.unwrap_or_default(),
                    files: Mutex::new(files.and_then(Result::ok).flatten()),
                })
            }
        };
        Self {
            root,
            repo,
            commit,
            left_out: OnceLock::new(),
        }
    }

    /// Returns the file called `name` in `folder`, a path below the root with `/` between its parts. Skips a file that
    /// git ignores, since it is only on this machine, and one in a directory that is reached through a link.
    ///
    /// # Errors
    ///
    /// Fails with the path of the file if there is one that cannot be used.
    pub fn read(&self, folder: &str, name: &str) -> Result<Option<Settings>, (PathBuf, io::Error)> {
        let path = format!("{folder}/{name}");
        if let Some(commit) = &self.commit {
            let mut files = commit.files.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(files) = files.as_mut() else {
                return Ok(None);
            };
            let text = files.text(&format!("{}{path}", commit.prefix), MAX_BYTES);
            return as_settings(text, &self.root.join(&path), &commit.revision);
        }
        let full = self.root.join(folder);
        if full.join(name).symlink_metadata().is_err() {
            return Ok(self.left_out(&path));
        }
        if !self.is_reached_without_links(folder) {
            return Ok(None);
        }
        let files = FolderFiles::new(&self.root, self.repo.as_ref());
        if files.is_ignored(&path) == Some(true) && files.is_tracked(&path) != Some(true) {
            return Ok(None);
        }
        let found = settings_in(Shelf::Folder(&full), name)?;
        let path = self.shown(&path);
        Ok(found.map(|found| Settings { path, ..found }))
    }

    /// Returns a path as messages show it.
    fn shown(&self, path: &str) -> PathBuf {
        if self.root == Path::new(".") {
            PathBuf::from(path)
        } else {
            self.root.join(path)
        }
    }

    /// Returns the file at `path` if it is not checked out, as in a sparse checkout.
    fn left_out(&self, path: &str) -> Option<Settings> {
        let repo = self.repo.as_ref()?;
        let ids = || repo.left_out_ids(&self.root).unwrap_or_default();
        let text = repo.left_out_text(self.left_out.get_or_init(ids), path, MAX_BYTES)?;
        let path = self.shown(path);
        Some(Settings { path, text })
    }

    fn is_reached_without_links(&self, folder: &str) -> bool {
        let root = self.root.canonicalize();
        let full = self.root.join(folder).canonicalize();
        matches!((root, full), (Ok(root), Ok(full)) if full == root.join(folder))
    }
}
