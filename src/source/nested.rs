//! Repositories within the scanned directory, which have histories of their own.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use super::git::Repo;
use super::path::slashed;
use crate::model::{Gap, GapKind};

/// Returns the gap for a Jujutsu repository, which keeps a git repository where git would not look for one, and has git
/// ignore it.
pub(super) fn jujutsu(folder: &Path, relative: &dyn Fn(&Path) -> String) -> Option<Gap> {
    let store = folder.join("repo/store/git");
    if folder.file_name() != Some(OsStr::new(".jj")) || !store.join("objects").is_dir() {
        return None;
    }
    let path = relative(&store);
    let reason = format!("the store of a Jujutsu repository, which was not scanned: pass {path}");
    Some(Gap::new(GapKind::Jujutsu, path, reason))
}

/// Returns the gap for a bare repository, or a `.git` directory under another name, that is kept as files. `head` is a
/// file called `HEAD`.
pub(super) fn bare_repository(head: &Path, relative: &dyn Fn(&Path) -> String) -> Option<Gap> {
    let folder = head.parent()?;
    let has = |name: &str| folder.join(name).is_dir();
    let has_refs = has("refs") || folder.join("packed-refs").is_file();
    if !has("objects") || !has_refs || folder.ends_with(".jj/repo/store/git") {
        return None;
    }
    let path = relative(folder);
    let reason = format!("a bare repository: its history was not scanned; pass {path} to scan it");
    Some(Gap::new(GapKind::NestedRepository, path, reason))
}

/// Returns the gaps for the repositories within a tree; `folders` are those with a `.git`.
pub(super) fn repositories(
    root: &Path,
    relative: &dyn Fn(&Path) -> String,
    mut folders: Vec<PathBuf>,
    repo: Option<&Repo>,
) -> Vec<Gap> {
    folders.sort();
    folders.dedup();
    let known: BTreeSet<String> = repo.map(Repo::submodules).unwrap_or_default();
    let mut gaps: Vec<_> = known
        .iter()
        .map(|path| Gap::new(GapKind::Submodule, path, submodule_reason(path)))
        .collect();
    // What a linked working tree of the same repository has is in that repository's history.
    folders.retain(|folder| !is_linked_worktree(folder) && !known.contains(&relative(folder)));
    if repo.is_none() && folders.len() > 1 {
        let count = folders.len();
        let reason = format!(
            "it contains {count} repositories whose histories were not scanned: pass them by name, as in `gonogo \
             scan {}`",
            folders[0].display()
        );
        gaps.push(Gap::new(GapKind::Repositories, slashed(root), reason));
        return gaps;
    }
    gaps.extend(folders.iter().map(|folder| {
        let path = relative(folder);
        let file = folder.join(".git");
        if file.is_file() && !is_gitfile(&file) {
            let reason =
                "it is neither a Git repository nor a file that leads to one, and was not scanned";
            return Gap::new(GapKind::Unreadable, format!("{path}/.git"), reason);
        }
        if file.is_file() {
            return Gap::new(GapKind::Submodule, path.as_str(), submodule_reason(&path));
        }
        let reason =
            format!("a nested repository: its history was not scanned; pass {path} to scan it");
        Gap::new(GapKind::NestedRepository, path, reason)
    }));
    gaps
}

fn submodule_reason(path: &str) -> String {
    format!("a submodule: its history was not scanned; pass {path} to scan it")
}

/// Whether the file `.git` of a submodule or a linked working tree leads to its repository.
fn is_gitfile(file: &Path) -> bool {
    let mut start = [0; 7];
    let read = fs::File::open(file).and_then(|mut file| file.read_exact(&mut start));
    read.is_ok() && start == *b"gitdir:"
}

fn is_linked_worktree(folder: &Path) -> bool {
    let file = folder.join(".git");
    let is_short =
        fs::symlink_metadata(&file).is_ok_and(|file| file.is_file() && file.len() < 10_000);
    is_short
        && fs::read(file).is_ok_and(|text| memchr::memmem::find(&text, b"/worktrees/").is_some())
}
