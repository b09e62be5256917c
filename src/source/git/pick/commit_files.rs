//! Single files in the tree of a commit, often many in a row.

use std::collections::BTreeMap;
use std::io;

use gix::ObjectId;
use gix::objs::{Kind, TreeRefIter};

use crate::source::git::Repo;

/// How many directories are cached at most.
const MOST_FOLDERS: usize = 4_096;

/// Reads files of one commit. Directories are cached, since most files are next to others.
pub(in crate::source) struct CommitFiles {
    repo: gix::Repository,
    /// By path: the tree, or `None` if there is none.
    folders: BTreeMap<String, Option<Vec<u8>>>,
    top: Vec<u8>,
}

/// An entry of a tree.
struct Entry {
    id: ObjectId,
    is_blob: bool,
    is_tree: bool,
}

fn refused(reason: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, reason)
}

fn unreadable() -> io::Error {
    refused("the tree of the commit cannot be read")
}

impl Repo {
    /// Returns the files of the commit that `revision` names; `None` for HEAD before the first commit.
    ///
    /// # Errors
    ///
    /// Fails if there is no such commit, or its tree cannot be read.
    pub(in crate::source) fn commit_files(
        &self,
        revision: &str,
    ) -> io::Result<Option<CommitFiles>> {
        let repo = self.shared.to_thread_local();
        let Ok(commit) = repo.rev_parse_single(revision).map(gix::Id::detach) else {
            return if revision == "HEAD" {
                Ok(None)
            } else {
                Err(refused("no such commit"))
            };
        };
        let tree = repo
            .find_object(commit)
            .and_then(|object| Ok(object.peel_to_kind(Kind::Tree)?.detach().data));
        let top = tree.map_err(|_| unreadable())?;
        let folders = BTreeMap::new();
        Ok(Some(CommitFiles { repo, folders, top }))
    }

    /// Returns the text of a file in the tree of a commit; `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// Fails if there is no such commit, or if what is at the path is not a file, has more than `most` bytes, or is not
    /// UTF-8.
    pub(in crate::source) fn text_at(
        &self,
        revision: &str,
        path: &str,
        most: u64,
    ) -> io::Result<Option<String>> {
        match self.commit_files(revision)? {
            Some(mut files) => files.text(path, most),
            None => Ok(None),
        }
    }
}

impl CommitFiles {
    /// Returns the names of the files that are directly in a directory, in the order of the tree; none if there is no such
    /// directory.
    ///
    /// # Errors
    ///
    /// Fails if a tree cannot be read.
    pub(in crate::source) fn names_in(&mut self, folder: &str) -> io::Result<Vec<String>> {
        let hash = self.repo.object_hash();
        let Some(tree) = self.folder(folder)? else {
            return Ok(Vec::new());
        };
        let mut names = Vec::new();
        for entry in TreeRefIter::from_bytes(tree, hash) {
            let entry = entry.map_err(|_| unreadable())?;
            if entry.mode.is_blob() {
                names.push(entry.filename.to_string());
            }
        }
        Ok(names)
    }

    /// Returns the text of a file; `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// Fails if what is at the path is not a file, has more than `most` bytes, or is not UTF-8, or if a tree on the way
    /// cannot be read.
    pub(in crate::source) fn text(&mut self, path: &str, most: u64) -> io::Result<Option<String>> {
        let text = self.bytes(path, most)?.map(String::from_utf8).transpose();
        text.map_err(|_| refused("it is not UTF-8"))
    }

    /// Returns the bytes of a file; `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// Fails if what is at the path is not a file or has more than `most` bytes, or if a tree on the way cannot be read.
    pub(in crate::source) fn bytes(
        &mut self,
        path: &str,
        most: u64,
    ) -> io::Result<Option<Vec<u8>>> {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let hash = self.repo.object_hash();
        let entry = match self.folder(folder)? {
            Some(tree) => entry(tree, name, hash)?,
            None => None,
        };
        let Some(entry) = entry else {
            return Ok(None);
        };
        if !entry.is_blob {
            return Err(refused("it must be a regular file, not a link"));
        }
        let blob = self.repo.find_object(entry.id);
        let blob = blob.map_err(|_| refused("it is not in this clone"))?;
        if blob.data.len() as u64 > most {
            return Err(refused("it is too large"));
        }
        Ok(Some(blob.detach().data))
    }

    /// Returns the tree of a directory; `None` if there is none. Descends from the deepest parent that is cached.
    fn folder(&mut self, path: &str) -> io::Result<Option<&[u8]>> {
        if path.is_empty() {
            return Ok(Some(&self.top));
        }
        if self.folders.len() >= MOST_FOLDERS {
            self.folders.clear();
        }
        let ends = path.match_indices('/').map(|(at, _)| at);
        for end in ends.chain([path.len()]) {
            let folder = &path[..end];
            if !self.folders.contains_key(folder) {
                let found = self.below(folder)?;
                self.folders.insert(folder.to_owned(), found);
            }
        }
        Ok(self.folders.get(path).and_then(Option::as_deref))
    }

    /// Returns the tree of a directory whose parent is cached.
    fn below(&self, path: &str) -> io::Result<Option<Vec<u8>>> {
        let (above, name) = path.rsplit_once('/').unwrap_or(("", path));
        let tree = match above {
            "" => Some(&self.top),
            above => self.folders.get(above).and_then(Option::as_ref),
        };
        let Some(tree) = tree else {
            return Ok(None);
        };
        let entry = entry(tree, name, self.repo.object_hash())?;
        let Some(entry) = entry.filter(|entry| entry.is_tree) else {
            return Ok(None);
        };
        let tree = self.repo.find_object(entry.id);
        let tree = tree.map_err(|_| unreadable())?.detach();
        Ok(Some(tree.data))
    }
}

/// Returns what a tree has under a name.
fn entry(tree: &[u8], name: &str, hash: gix::hash::Kind) -> io::Result<Option<Entry>> {
    for entry in TreeRefIter::from_bytes(tree, hash) {
        let entry = entry.map_err(|_| unreadable())?;
        if entry.filename == name.as_bytes() {
            return Ok(Some(Entry {
                id: entry.oid.to_owned(),
                is_blob: entry.mode.is_blob(),
                is_tree: entry.mode.is_tree(),
            }));
        }
    }
    Ok(None)
}
