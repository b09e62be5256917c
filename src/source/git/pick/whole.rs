//! All files of the index or of a commit, with their contents as git has them.

use gix::ObjectId;
use gix::index::entry::Mode;
use rustc_hash::FxHashMap;

use crate::model::{Coverage, Gap, Origin};
use crate::source::git::picked::{self, Picked};
use crate::source::git::{IndexFiles, Repo, entries, pack::one_line, staged};
use crate::source::path::path_text;
use crate::source::{Limits, Meter, SourceError, Worker};

/// Scans every file of the index that is about to be committed, whether it differs from HEAD or not.
///
/// # Errors
///
/// Fails if the index cannot be read.
pub fn walk_index<W: Worker>(
    repo: &Repo,
    limits: Limits,
    meter: &Meter,
    new_worker: &(dyn Fn() -> W + Sync),
) -> Result<(Coverage, Vec<W>), SourceError> {
    let local = repo.shared.to_thread_local();
    let index = staged::index(&local)?;
    let (picked, gaps) = picked(&local, &index, &Origin::Index);
    let (mut coverage, workers) = picked::scan(repo, &picked, limits, meter, new_worker);
    coverage.gaps.extend(gaps);
    // A repository to which nothing was ever added is fine; a bare one has no index at all, so the path is wrong.
    coverage.vacuous = picked.is_empty() && repo.shared.work_dir().is_some();
    Ok((coverage, workers))
}

/// Scans every file of the commit that `revision` names, and returns a reader for single files of it.
///
/// Does not look at the working tree, which may hold another commit and build artifacts.
///
/// # Errors
///
/// Fails if there is no such commit, or its trees cannot be read.
pub fn walk_tree<'r, W: Worker>(
    repo: &'r Repo,
    revision: &str,
    limits: Limits,
    meter: &Meter,
    new_worker: &(dyn Fn() -> W + Sync),
) -> Result<(Coverage, Vec<W>, IndexFiles<'r>), SourceError> {
    let local = repo.shared.to_thread_local();
    let index = index_of(&local, revision).map_err(|reason| SourceError::Revision {
        spec: revision.to_owned(),
        reason,
    })?;
    let (picked, _) = picked(&local, &index, &Origin::Worktree);
    let (coverage, workers) = picked::scan(repo, &picked, limits, meter, new_worker);
    Ok((coverage, workers, files_of(repo, &index)))
}

/// Scans the files of a commit whose paths `is_picked` accepts, as [`walk_tree`] does, and also returns the gaps for its
/// submodules; `None` if there is no such
/// commit or it cannot be read, which a scan of the history reports.
pub fn walk_files<'r, W: Worker>(
    repo: &'r Repo,
    revision: &str,
    is_picked: &dyn Fn(&str) -> bool,
    limits: Limits,
    new_worker: &(dyn Fn() -> W + Sync),
) -> Option<(Vec<W>, IndexFiles<'r>, Vec<Gap>)> {
    let local = repo.shared.to_thread_local();
    let index = index_of(&local, revision).ok()?;
    let (mut picked, _) = picked(&local, &index, &Origin::Worktree);
    let entries = index.entries().iter();
    let submodules = entries.filter(|entry| entry.mode == Mode::COMMIT);
    let submodules = submodules.map(|entry| staged::submodule(path_text(entry.path(&index))));
    let submodules = submodules.collect();
    picked.retain(|file| is_picked(&file.path));
    let (_, workers) = picked::scan(repo, &picked, limits, &Meter::default(), new_worker);
    Some((workers, files_of(repo, &index), submodules))
}

/// Returns a reader for single files of an index.
fn files_of<'r>(repo: &'r Repo, index: &gix::index::File) -> IndexFiles<'r> {
    let entries = index.entries().iter();
    let ids: FxHashMap<String, ObjectId> = entries
        .map(|entry| (path_text(entry.path(index)), entry.id))
        .collect();
    IndexFiles::of(repo, ids)
}

/// Returns the index that checking out the commit would produce.
pub(super) fn index_of(repo: &gix::Repository, revision: &str) -> Result<gix::index::File, String> {
    let id = repo
        .rev_parse_single(revision)
        .map_err(|error| one_line(&error))?;
    let object = id.object().map_err(|error| one_line(&error))?;
    let commit = object
        .peel_to_kind(gix::objs::Kind::Commit)
        .map_err(|error| one_line(&error))?
        .into_commit();
    let tree = commit.tree_id().map_err(|error| one_line(&error))?;
    repo.index_from_tree(&tree)
        .map_err(|error| one_line(&error))
}

/// Returns the files of an index, and gaps for what of it cannot be read.
fn picked(
    repo: &gix::Repository,
    index: &gix::index::File,
    origin: &Origin,
) -> (Vec<Picked>, Vec<Gap>) {
    let mut picked = Vec::with_capacity(index.entries().len());
    let gaps = entries::each(repo, index, &|_| false, &mut |entry| {
        // The content of a link is a path, and that of a submodule a commit of another repository.
        if entry.mode == Mode::FILE || entry.mode == Mode::FILE_EXECUTABLE {
            picked.push(Picked {
                id: entry.id,
                path: path_text(entry.path),
                origin: origin.clone(),
                show_path: true,
            });
        }
    });
    (picked, gaps)
}
