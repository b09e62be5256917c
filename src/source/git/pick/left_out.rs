//! Files of a repository that its working tree lacks because they are not checked out.

use std::fs;
use std::path::Path;

use gix::ObjectId;
use gix::index::entry::{Flags, Mode};

use crate::model::Origin;
use crate::source::git::picked::{self, Picked};
use crate::source::git::{Ids, IndexFiles, Repo, entries, whole};
use crate::source::path::path_text;
use crate::source::{Limits, Meter, Worker};

impl Repo {
    /// Returns the tracked files below `root` that are not checked out, by their paths from there: those that a sparse
    /// checkout leaves out, and all of them if there is none of them, as after `git clone --no-checkout`.
    pub fn left_out(&self, root: &Path) -> Option<IndexFiles<'_>> {
        let ids = self.left_out_ids(root)?;
        Some(IndexFiles::of(self, ids))
    }

    /// Returns the text of one of these files; `None` if `path` is none of them, or not a text of at most `most` bytes.
    pub(in crate::source) fn left_out_text(
        &self,
        ids: &Ids,
        path: &str,
        most: u64,
    ) -> Option<String> {
        let local = self.shared.to_thread_local();
        let object = local.find_object(*ids.get(path)?);
        let bytes = object.ok()?.detach().data;
        let is_small = bytes.len() as u64 <= most;
        String::from_utf8(bytes).ok().filter(|_| is_small)
    }

    /// Returns the objects of these files; `None` if there are none.
    pub(in crate::source) fn left_out_ids(&self, root: &Path) -> Option<Ids> {
        let local = self.shared.to_thread_local();
        let index = local.index_or_empty().ok()?;
        let prefix = self.prefix_of(root);
        let below = |path: &str| path.strip_prefix(&prefix).map(str::to_owned);
        let is_there = |path: &str| fs::symlink_metadata(root.join(path)).is_ok();
        let entries = index.entries();
        let is_sparse = entries
            .iter()
            .any(|it| it.mode == Mode::DIR || it.flags.contains(Flags::SKIP_WORKTREE));
        // One file that is there is enough, and nearly always the first.
        let mut paths = entries.iter().map(|it| path_text(it.path(&index)));
        let has_some = paths.any(|path| fs::symlink_metadata(self.path.join(path)).is_ok());
        if has_some && !is_sparse {
            return None;
        }
        let of_head;
        let index: &gix::index::File = if entries.is_empty() {
            of_head = whole::index_of(&local, "HEAD").ok()?;
            &of_head
        } else {
            &index
        };
        let mut ids = Ids::default();
        entries::each(&local, index, &|_| false, &mut |entry| {
            let is_file = entry.mode == Mode::FILE || entry.mode == Mode::FILE_EXECUTABLE;
            if is_file && (entry.is_left_out || !has_some) {
                ids.extend(below(&path_text(entry.path)).map(|path| (path, entry.id)));
            }
        });
        let count = ids.len();
        ids.retain(|path, _| !is_there(path));
        // Without an index, what is there is not tracked any more.
        let is_known = has_some || !entries.is_empty() || ids.len() == count;
        (is_known && !ids.is_empty()).then_some(ids)
    }
}

/// Scans those files that are not checked out whose paths `is_picked` accepts. What cannot be read is left to a scan of
/// the history.
pub fn walk_left_out<W: Worker>(
    repo: &Repo,
    files: &IndexFiles<'_>,
    is_picked: &dyn Fn(&str) -> bool,
    limits: Limits,
    new_worker: &(dyn Fn() -> W + Sync),
) -> Vec<W> {
    let paths = files.paths().filter(|path| is_picked(path));
    let picked = paths.filter_map(|path| {
        let id = files.id(path)?;
        Some(Picked {
            id: ObjectId::try_from(id.as_bytes()).ok()?,
            path: path.to_owned(),
            origin: Origin::Worktree,
            show_path: true,
        })
    });
    let picked: Vec<Picked> = picked.collect();
    let (_, workers) = picked::scan(repo, &picked, limits, &Meter::default(), new_worker);
    workers
}
