//! Repositories in directories, at any depth.
//!
//! The git directory is what is scanned, whether there is a working tree or not: what counts is what was committed.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::{Found, LOCAL, Place, Target, Unread};
use crate::error::Error;

/// How deep directories are searched.
const MAX_DEPTH: usize = 32;

/// Adds every repository in the directory at `path`. Follows links that are directly in it, but no deeper ones.
pub(super) fn add(path: &Path, found: &mut Found) -> Result<(), Error> {
    let full = path
        .canonicalize()
        .map_err(|error| Error::file(path, error))?;
    // A folder that may not be read is no reason to stop: what else was named is scanned.
    if let Err(error) = fs::read_dir(&full)
        && error.kind() == ErrorKind::PermissionDenied
    {
        found.add_unread(Unread::of(&full, error.kind()), path.display().to_string());
        return Ok(());
    }
    let before = found.targets.len();
    let mut search = Search {
        top: &full,
        found,
        seen: BTreeSet::new(),
    };
    search.folder(&full, 0)?;
    if found.targets.len() == before {
        let line = format!("{}: there is no git repository in it", path.display());
        found.warnings.push(line);
    }
    found.folders.push(full);
    Ok(())
}

/// A search below one directory.
struct Search<'a> {
    top: &'a Path,
    found: &'a mut Found,
    seen: BTreeSet<PathBuf>,
}

impl Search<'_> {
    fn folder(&mut self, path: &Path, depth: usize) -> Result<(), Error> {
        let full = match path.canonicalize() {
            Ok(full) => full,
            Err(error) => {
                self.unread(path, &error);
                return Ok(());
            }
        };
        // Two links may lead to the same directory, and a link may lead back.
        if !self.seen.insert(full.clone()) {
            return Ok(());
        }
        if is_git_folder(path) {
            self.add(path, &full, path);
            return Ok(());
        }
        let inner = path.join(".git");
        if fs::symlink_metadata(&inner).is_ok() {
            match git_folder_of(&inner) {
                Ok(Some(git)) => self.add(path, &git, path),
                Ok(None) => self.warn(&inner, "this leads to no repository"),
                Err(error) => self.unread(&inner, &error),
            }
        }
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) if depth == 0 => return Err(Error::file(path, error)),
            Err(error) => {
                self.unread(path, &error);
                return Ok(());
            }
        };
        let mut paths = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => paths.push(entry.path()),
                Err(error) => self.unread(path, &error),
            }
        }
        paths.sort();
        for inner in paths {
            match is_searched(&inner, depth) {
                Ok(true) if depth >= MAX_DEPTH => {
                    let why = "folders so deep are not searched: name it by itself".to_owned();
                    self.note(Unread::new(&inner, why, false));
                }
                Ok(true) => self.folder(&inner, depth + 1)?,
                Ok(false) => {}
                // The names in it can be listed, and no more: that is said once.
                Err(error) => {
                    self.unread(path, &error);
                    break;
                }
            }
        }
        Ok(())
    }

    /// Notes what cannot be read, unless it is gone by now.
    fn unread(&mut self, path: &Path, error: &std::io::Error) {
        if error.kind() != ErrorKind::NotFound {
            self.note(Unread::of(path, error.kind()));
        }
    }

    fn note(&mut self, unread: Unread) {
        // The repository of a working tree is called as that is.
        let of_tree = unread
            .path
            .parent()
            .filter(|_| unread.path.ends_with(".git"));
        let named = of_tree.unwrap_or(&unread.path);
        let label = named.strip_prefix(self.top).unwrap_or(named);
        let label = if label.as_os_str().is_empty() {
            self.top.as_os_str()
        } else {
            label.as_os_str()
        };
        let label = shown(label);
        self.found.add_unread(unread, label);
    }

    /// Adds the repository in `git`, with `named` as its label.
    fn add(&mut self, path: &Path, git: &Path, named: &Path) {
        let label = named.strip_prefix(self.top).unwrap_or(named);
        let label = if label.as_os_str().is_empty() {
            // The named directory is a repository itself.
            self.top
                .file_name()
                .map_or_else(|| path.display().to_string(), shown)
        } else {
            shown(label.as_os_str())
        };
        let full = git.canonicalize().unwrap_or_else(|_| git.to_owned());
        self.found.targets.push(Target {
            host: LOCAL.to_owned(),
            provider_id: shown(full.as_os_str()),
            label,
            place: Place::Folder(full),
            pushed: None,
            is_optional: false,
            parent: None,
            network: None,
        });
    }

    fn warn(&mut self, path: &Path, what: &str) {
        self.found
            .warnings
            .push(format!("{}: {what}", path.display()));
    }
}

/// Returns a name as text; bytes that are not UTF-8 are escaped, so that two names never become one.
pub(crate) fn shown(name: &std::ffi::OsStr) -> String {
    match name.to_str() {
        Some(text) => text.to_owned(),
        None => name.as_encoded_bytes().escape_ascii().to_string(),
    }
}

/// Whether something in a folder is a folder to be searched, too.
fn is_searched(path: &Path, depth: usize) -> std::io::Result<bool> {
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        // It was removed meanwhile.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(error),
    };
    if path.file_name().is_some_and(|name| name == ".git") {
        return Ok(false);
    }
    // A link may lead to what may not even be looked at: to a folder, for all that is known.
    let is_followed = || match path.metadata() {
        Ok(metadata) => metadata.is_dir(),
        Err(error) => error.kind() == ErrorKind::PermissionDenied,
    };
    Ok(metadata.is_dir() || depth == 0 && metadata.is_symlink() && is_followed())
}

/// Whether a directory is a git directory: a bare repository, or what `.git` is.
fn is_git_folder(path: &Path) -> bool {
    // Damaged ones must be found, too, so that they get reported.
    path.join("HEAD").is_file() && path.join("objects").is_dir() && path.join("refs").exists()
        || path.join("HEAD").is_file()
            && path.join("objects").is_dir()
            && path.join("config").is_file()
}

/// Returns the git directory that `.git` is or leads to; for a linked working tree, that of the main one. Fails if it
/// may not be read.
fn git_folder_of(inner: &Path) -> std::io::Result<Option<PathBuf>> {
    let locked = |error: &std::io::Error| error.kind() == ErrorKind::PermissionDenied;
    match inner.metadata() {
        Ok(metadata) if metadata.is_dir() => return Ok(Some(inner.to_owned())),
        Err(error) if locked(&error) => return Err(error),
        _ => {}
    }
    let text = match gonogo::source::read_text_file(inner, 64 << 10) {
        Ok(text) => text,
        Err(error) if locked(&error) => return Err(error),
        Err(_) => return Ok(None),
    };
    let target = text.strip_prefix("gitdir:").map(str::trim);
    let Some((folder, target)) = inner.parent().zip(target) else {
        return Ok(None);
    };
    let folder = folder.join(target);
    let folder = match gonogo::source::read_text_file(&folder.join("commondir"), 64 << 10) {
        Ok(common) => folder.join(common.trim()),
        Err(error) if locked(&error) => return Err(error),
        Err(_) => folder,
    };
    match folder.metadata() {
        Err(error) if locked(&error) => Err(error),
        found => Ok(found.is_ok_and(|found| found.is_dir()).then_some(folder)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bare(path: &Path) {
        fs::create_dir_all(path.join("objects")).unwrap();
        fs::create_dir_all(path.join("refs")).unwrap();
        fs::write(path.join("HEAD"), "ref: refs/heads/main\n").unwrap();
    }

    fn labels(path: &Path) -> Vec<String> {
        let mut found = Found::default();
        add(path, &mut found).unwrap();
        found
            .targets
            .into_iter()
            .map(|target| target.label)
            .collect()
    }

    #[test]
    fn repositories_are_found_at_any_depth_and_of_any_kind() {
        let world = tempfile::tempdir().unwrap();
        let top = world.path().join("top");
        bare(&top.join("a.git"));
        bare(&top.join("deep/er/b/.git"));
        bare(&top.join("deep/er/b/inner/.git"));
        bare(&world.path().join("elsewhere/c.git"));
        let link = |to: &str, at: &str| {
            #[cfg(unix)]
            std::os::unix::fs::symlink(world.path().join(to), top.join(at)).unwrap();
        };
        link("elsewhere", "linked");
        link("elsewhere/c.git", "deep/not-followed");
        link("top", "loop");
        assert_eq!(
            labels(&top),
            ["a.git", "deep/er/b", "deep/er/b/inner", "linked/c.git"]
        );
        assert_eq!(labels(&top.join("a.git")), ["a.git"]);
    }

    #[test]
    fn linked_working_trees_are_the_repository_that_they_belong_to() {
        let world = tempfile::tempdir().unwrap();
        let main = world.path().join("main/.git");
        bare(&main);
        let linked = main.join("worktrees/side");
        fs::create_dir_all(&linked).unwrap();
        fs::write(linked.join("commondir"), "../..\n").unwrap();
        let side = world.path().join("side");
        fs::create_dir_all(&side).unwrap();
        fs::write(side.join(".git"), format!("gitdir: {}\n", linked.display())).unwrap();
        let found = super::super::find(&[world.path().display().to_string()], None).unwrap();
        assert_eq!(found.targets.len(), 1, "{found:?}");
    }

    #[test]
    fn a_folder_without_any_is_said_to_be_one() {
        let world = tempfile::tempdir().unwrap();
        let mut found = Found::default();
        add(world.path(), &mut found).unwrap();
        assert_eq!(found.warnings.len(), 1);
        assert!(add(&world.path().join("none"), &mut found).is_err());
    }
}
