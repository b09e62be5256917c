//! What is staged: entries of the index that differ from HEAD, with their contents as staged.

use std::path::PathBuf;

use gix::ObjectId;
use gix::index::entry::Mode;
use rustc_hash::FxHashMap;

use super::picked::{self, Picked};
use super::{Repo, pack::one_line};
use crate::model::{Coverage, Origin};
use crate::source::{Limits, Meter, SourceError, Worker};

/// Scans the staged contents of every file that was added or changed since HEAD.
///
/// # Errors
///
/// The index or the tree of HEAD cannot be read.
pub fn walk_staged<W: Worker>(
    repo: &Repo,
    limits: Limits,
    meter: &Meter,
    new_worker: &(dyn Fn() -> W + Sync),
) -> Result<(Coverage, Vec<W>), SourceError> {
    let picked =
        staged(&repo.shared.to_thread_local()).map_err(|error| SourceError::Unreadable {
            path: repo.path.clone(),
            reason: format!("cannot compare the index with HEAD: {}", one_line(&error)),
        })?;
    let (mut coverage, workers) = picked::scan(repo, &picked, limits, meter, new_worker);
    // Nothing is ever staged in a bare repository: whoever asks for it there has taken the wrong folder.
    coverage.vacuous = picked.is_empty() && repo.shared.work_dir().is_some();
    Ok((coverage, workers))
}

fn staged(repo: &gix::Repository) -> Result<Vec<Picked>, gix::Error> {
    let index = index(repo)?;
    let head = head_entries(repo)?;
    let mut picked = Vec::new();
    for entry in index.entries() {
        let path = entry.path(&index);
        // A link's content is a path, a submodule's a commit of another repository, and a folder in a sparse index
        // stands for files that nobody has touched.
        let is_file = entry.mode == Mode::FILE || entry.mode == Mode::FILE_EXECUTABLE;
        let unchanged = head.get::<[u8]>(path.as_ref()) == Some(&entry.id);
        if is_file && !unchanged {
            let path = path.to_string();
            picked.push(Picked {
                id: entry.id,
                path,
                origin: Origin::Index,
                show_path: true,
            });
        }
    }
    Ok(picked)
}

/// The index that is going to be committed. `git commit -a` and `git commit PATH` prepare it beside the usual one, and
/// tell their hooks where.
fn index(repo: &gix::Repository) -> Result<gix::index::File, gix::Error> {
    let path = std::env::var_os("GIT_INDEX_FILE").map_or_else(|| repo.index_path(), PathBuf::from);
    let options = gix::index::decode::Options::default();
    gix::index::File::at_or_default(path, repo.object_hash(), false, options)
}

/// The files in the tree of HEAD; none before the first commit.
fn head_entries(repo: &gix::Repository) -> Result<FxHashMap<Vec<u8>, ObjectId>, gix::Error> {
    let head = repo.index_from_tree(&repo.head_tree_id_or_empty()?)?;
    let entries = head
        .entries()
        .iter()
        .map(|entry| (entry.path(&head).to_vec(), entry.id));
    Ok(entries.collect())
}
