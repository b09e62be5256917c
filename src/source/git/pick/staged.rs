//! What is staged: entries of the index that differ from HEAD, with their contents as staged.

use std::path::{Path, PathBuf};

use gix::ObjectId;
use gix::index::entry::Mode;
use gix::index::extension;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{Coverage, Gap, GapKind, Origin};
use crate::source::git::picked::{self, Picked};
use crate::source::git::{Repo, entries, pack::one_line};
use crate::source::path::path_text;
use crate::source::{Limits, Meter, SourceError, Worker};

/// Scans the staged contents of every file that was added or changed since HEAD.
///
/// # Errors
///
/// Fails if the index or the tree of HEAD cannot be read.
pub fn walk_staged<W: Worker>(
    repo: &Repo,
    limits: Limits,
    meter: &Meter,
    new_worker: &(dyn Fn() -> W + Sync),
) -> Result<(Coverage, Vec<W>), SourceError> {
    let local = repo.shared.to_thread_local();
    let index = index(&local)?;
    let staged = staged(&local, &index).map_err(|error| SourceError::Unreadable {
        path: repo.path.clone(),
        reason: format!("cannot compare the index with HEAD: {}", one_line(&error)),
    })?;
    let (mut coverage, workers) = picked::scan(repo, &staged.files, limits, meter, new_worker);
    // Nothing is ever staged in a bare repository, so asking for it there is probably a wrong path.
    let is_nothing = staged.files.is_empty() && staged.gaps.is_empty();
    coverage.vacuous = is_nothing && repo.shared.work_dir().is_some();
    coverage.gaps.extend(staged.gaps);
    Ok((coverage, workers))
}

/// What differs between the index and HEAD.
#[derive(Default)]
struct Staged {
    files: Vec<Picked>,
    /// Submodules for which another commit is staged, and directories that cannot be read.
    gaps: Vec<Gap>,
}

fn staged(repo: &gix::Repository, index: &gix::index::File) -> Result<Staged, gix::Error> {
    let folders = entries::folders(index);
    let folders = folders.map(|(path, id)| (path.to_vec(), id)).collect();
    let head = Head::read(repo, index.tree(), &folders)?;
    let mut staged = Staged::default();
    let is_same = |folder: &[u8]| head.same.contains(folder);
    let gaps = entries::each(repo, index, &is_same, &mut |entry| {
        let is_blob = [Mode::FILE, Mode::FILE_EXECUTABLE, Mode::SYMLINK].contains(&entry.mode);
        if !(is_blob || entry.mode == Mode::COMMIT) || head.has(entry.path, &entry.id) {
            return;
        }
        let path = path_text(entry.path);
        if is_blob {
            staged.files.push(Picked {
                id: entry.id,
                path,
                origin: Origin::Index,
                show_path: true,
            });
        } else {
            staged.gaps.push(submodule(path));
        }
    });
    staged.gaps.extend(gaps);
    Ok(staged)
}

/// Returns the gap for a submodule at `path`.
pub(in crate::source::git) fn submodule(path: String) -> Gap {
    let reason = "a submodule: its commits were not scanned; scan it separately";
    Gap::new(GapKind::Submodule, path, reason)
}

/// Returns the index that is about to be committed. `git commit -a` and `git commit PATH` prepare one beside the usual
/// index and pass its path to their hooks, relative to the top of the working tree.
///
/// # Errors
///
/// Fails if the index is damaged, or the named one does not exist.
pub(in crate::source::git) fn index(
    repo: &gix::Repository,
) -> Result<gix::index::File, SourceError> {
    let named = std::env::var_os("GIT_INDEX_FILE").filter(|name| !name.is_empty());
    let path = match &named {
        Some(named) => named_index(repo, Path::new(named)),
        None => repo.index_path(),
    };
    let failed = |reason: String| SourceError::Unreadable {
        path: path.clone(),
        reason,
    };
    if named.is_some() && !path.exists() {
        let reason = "GIT_INDEX_FILE names this index, which does not exist: unset the variable, or run gonogo from the top of the working tree";
        return Err(failed(reason.to_owned()));
    }
    let options = gix::index::decode::Options::default();
    gix::index::File::at_or_default(path.clone(), repo.object_hash(), false, options)
        .map_err(|error| failed(format!("cannot read the index: {}", one_line(&error))))
}

fn named_index(repo: &gix::Repository, named: &Path) -> PathBuf {
    match repo.workdir() {
        Some(top) => top.join(named),
        None => named.to_owned(),
    }
}

/// The content of HEAD, as far as it may differ from the index.
#[derive(Default)]
struct Head {
    files: FxHashMap<Vec<u8>, ObjectId>,
    /// Directories, ending in a slash, that are the same in the index as in HEAD.
    same: FxHashSet<Vec<u8>>,
}

impl Head {
    /// Reads the tree of HEAD, empty before the first commit.
    ///
    /// The index caches the ids of the trees that its directories would become (`cached`), and drops those of
    /// directories in which something was staged. Directories whose cached id equals HEAD's are the same without being
    /// read.
    ///
    /// The same goes for directories that a sparse index keeps as one entry (`folders`). They are not always the same:
    /// `git reset --soft` and `git merge` leave another tree there.
    fn read(
        repo: &gix::Repository,
        cached: Option<&extension::Tree>,
        folders: &FxHashMap<Vec<u8>, ObjectId>,
    ) -> Result<Self, gix::Error> {
        let mut head = Self::default();
        let top = repo.head_tree_id_or_empty()?.detach();
        let mut open = vec![(top, Vec::new(), cached)];
        while let Some((id, prefix, cached)) = open.pop() {
            let is_cached = cached.is_some_and(|it| it.num_entries.is_some() && it.id == id);
            if is_cached || folders.get(&prefix) == Some(&id) {
                head.same.insert(prefix);
                continue;
            }
            for entry in repo.find_tree(id)?.iter() {
                let entry = entry?;
                let mut path = [prefix.as_slice(), entry.filename()].concat();
                if entry.mode().is_tree() {
                    path.push(b'/');
                    let is_it =
                        |child: &&extension::Tree| child.name.as_slice() == entry.filename();
                    let child = cached.and_then(|cached| cached.children.iter().find(is_it));
                    open.push((entry.object_id(), path, child));
                } else {
                    head.files.insert(path, entry.object_id());
                }
            }
        }
        Ok(head)
    }

    fn has(&self, path: &[u8], id: &ObjectId) -> bool {
        let mut ends = memchr::memchr_iter(b'/', path).map(|slash| slash + 1);
        self.same.contains(&[][..])
            || ends.any(|end| self.same.contains(&path[..end]))
            || self.files.get(path) == Some(id)
    }
}
