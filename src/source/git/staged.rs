//! What is staged: entries of the index that differ from HEAD, with their contents as staged.

use std::path::PathBuf;

use gix::ObjectId;
use gix::index::entry::Mode;
use gix::index::extension;
use rustc_hash::{FxHashMap, FxHashSet};

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
    let head = Head::read(repo, index.tree())?;
    let mut picked = Vec::new();
    for entry in index.entries() {
        let path = entry.path(&index);
        // A link's content is a path, a submodule's a commit of another repository, and a folder in a sparse index
        // stands for files that nobody has touched.
        let is_file = entry.mode == Mode::FILE || entry.mode == Mode::FILE_EXECUTABLE;
        if is_file && !head.has(path.as_ref(), &entry.id) {
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
pub(super) fn index(repo: &gix::Repository) -> Result<gix::index::File, gix::Error> {
    let path = std::env::var_os("GIT_INDEX_FILE").map_or_else(|| repo.index_path(), PathBuf::from);
    let options = gix::index::decode::Options::default();
    gix::index::File::at_or_default(path, repo.object_hash(), false, options)
}

/// What HEAD has, as far as it may differ from the index.
#[derive(Default)]
struct Head {
    files: FxHashMap<Vec<u8>, ObjectId>,
    /// Folders, with a slash at their ends, that the index has just as HEAD does.
    same: FxHashSet<Vec<u8>>,
}

impl Head {
    /// Reads the tree of HEAD, empty before the first commit.
    ///
    /// The index remembers the ids of the trees that its folders would become (`cached`), and forgets those of folders in
    /// which something was staged: all others need not be read to be known to be the same.
    fn read(repo: &gix::Repository, cached: Option<&extension::Tree>) -> Result<Self, gix::Error> {
        let mut head = Self::default();
        let top = repo.head_tree_id_or_empty()?.detach();
        let mut open = vec![(top, Vec::new(), cached)];
        while let Some((id, prefix, cached)) = open.pop() {
            if cached.is_some_and(|cached| cached.num_entries.is_some() && cached.id == id) {
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
