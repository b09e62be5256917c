//! Single files of a working tree, read because another file names them.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Component, Path, PathBuf};
use std::sync::OnceLock;

use ignore::gitignore::GitignoreBuilder;
use rustc_hash::FxHashSet;

use super::git::Repo;
use super::path::slashed;

/// Larger files are not configuration.
const MAX_BYTES: u64 = 16 << 20;

/// Reads files below one directory by their paths.
pub struct FolderFiles<'a> {
    root: PathBuf,
    /// The prefix that is stripped from paths to get the path below `root`.
    prefix: String,
    repo: Option<&'a Repo>,
    tracked: OnceLock<FxHashSet<String>>,
}

impl<'a> FolderFiles<'a> {
    /// Reads files below `root`, or beside it if it is a file, by the paths that a walk from there yields. `repo` is
    /// the repository whose working tree it is in, if any.
    pub fn new(root: &Path, repo: Option<&'a Repo>) -> Self {
        let (root, prefix) = match root.parent().filter(|_| root.is_file()) {
            Some(folder) => (folder, slashed(folder)),
            None => (root, String::new()),
        };
        let is_bare = prefix.is_empty() || prefix.ends_with('/');
        Self {
            root: root.to_owned(),
            prefix: if is_bare { prefix } else { prefix + "/" },
            repo,
            tracked: OnceLock::new(),
        }
    }

    /// Returns the bytes of a regular file; `None` if there is none at `path`, or it is very large.
    ///
    /// Follows no links, neither in the directories of the path nor at its end, so that nothing outside is ever read.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        let full = self.locate(path)?;
        let mut bytes = Vec::new();
        let file = File::open(full).ok()?;
        file.take(MAX_BYTES + 1).read_to_end(&mut bytes).ok()?;
        (bytes.len() as u64 <= MAX_BYTES).then_some(bytes)
    }

    /// Returns whether there is a regular file at `path` that is too large to read.
    pub fn is_too_large(&self, path: &str) -> bool {
        let metadata = self.locate(path).and_then(|full| fs::metadata(full).ok());
        metadata.is_some_and(|metadata| metadata.len() > MAX_BYTES)
    }

    /// Returns the full path of the regular file at `path`; `None` if there is none, or a link leads to it.
    pub fn locate(&self, path: &str) -> Option<PathBuf> {
        let mut full = self.root.clone();
        let path = path.strip_prefix(self.prefix.as_str())?;
        for part in Path::new(path).components() {
            let Component::Normal(part) = part else {
                return None;
            };
            full.push(part);
            if fs::symlink_metadata(&full).ok()?.is_symlink() {
                return None;
            }
        }
        fs::symlink_metadata(&full)
            .is_ok_and(|metadata| metadata.is_file())
            .then_some(full)
    }

    /// Returns whether git tracks the file; `None` without a repository.
    pub fn is_tracked(&self, path: &str) -> Option<bool> {
        let repo = self.repo?;
        let tracked = self.tracked.get_or_init(|| {
            let tracked = repo.tracked_files(&self.root);
            tracked.unwrap_or_default().into_iter().collect()
        });
        let path = path.strip_prefix(self.prefix.as_str()).unwrap_or(path);
        Some(tracked.contains(path))
    }

    /// Returns whether a `.gitignore` file of the repository, or its own exclude list, matches the file or a directory
    /// that it is in; `None` without a repository.
    pub fn is_ignored(&self, path: &str) -> Option<bool> {
        let top = self.repo?.path();
        // The lists above the scanned directory count as well.
        let root = self.root.canonicalize().ok()?;
        let top = top.canonicalize().ok()?;
        let path = path.strip_prefix(self.prefix.as_str()).unwrap_or(path);
        let full = root.join(path);
        let folders = full.parent()?.ancestors();
        let own = folders.take_while(|folder| folder.starts_with(&top));
        let lists = own.map(|folder| (folder, folder.join(".gitignore")));
        let general = (top.as_path(), top.join(".git/info/exclude"));
        for (folder, list) in lists.chain([general]) {
            if !fs::symlink_metadata(&list).is_ok_and(|metadata| metadata.is_file()) {
                continue;
            }
            let mut builder = GitignoreBuilder::new(folder);
            // Lines that are not patterns are skipped, as in git.
            let _ = builder.add(&list);
            let Ok(patterns) = builder.build() else {
                continue;
            };
            let matched = patterns.matched_path_or_any_parents(&full, false);
            if !matched.is_none() {
                return Some(matched.is_ignore());
            }
        }
        Some(false)
    }
}
