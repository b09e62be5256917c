//! Submodules: those in the index, and what is left of those that are no longer in it.

use std::collections::BTreeSet;

use super::staged::submodule;
use super::{Repo, entries};
use crate::model::{Gap, GapKind};
use crate::source::path::path_text;

impl Repo {
    /// Returns the paths of the submodules in the index.
    pub fn submodules(&self) -> BTreeSet<String> {
        let repo = self.shared.to_thread_local();
        let Ok(index) = repo.index_or_empty() else {
            return BTreeSet::new();
        };
        let mut modules = BTreeSet::new();
        entries::each(&repo, &index, &|_| false, &mut |entry| {
            if entry.mode == gix::index::entry::Mode::COMMIT {
                modules.insert(path_text(entry.path));
            }
        });
        modules
    }

    /// Returns the gaps for the submodules in the index.
    pub fn submodule_gaps(&self) -> Vec<Gap> {
        self.submodules().into_iter().map(submodule).collect()
    }

    /// Returns gaps for the submodule histories that the repository still keeps, although no directory in it belongs to
    /// them any more.
    pub fn lost_submodules(&self) -> Vec<Gap> {
        let repo = self.shared.to_thread_local();
        let kept = repo.common_dir().join("modules");
        let Some(top) = repo.workdir().filter(|_| kept.is_dir()) else {
            return Vec::new();
        };
        let mut gaps = Vec::new();
        let mut open = vec![kept.clone()];
        while let Some(folder) = open.pop() {
            let folders = std::fs::read_dir(folder).into_iter().flatten().flatten();
            for folder in folders.map(|entry| entry.path()) {
                if folder.join("HEAD").is_file() && folder.join("objects").is_dir() {
                    let name = folder.strip_prefix(&kept).unwrap_or(&folder);
                    let path = self.below(&folder);
                    let reason = format!(
                        "the leftover of a removed submodule, in this copy only: its history was not scanned; pass \
                         {path} to scan it, or remove the directory"
                    );
                    let is_lost = !top.join(name).join(".git").exists();
                    gaps.extend(is_lost.then(|| Gap::new(GapKind::Submodule, path, reason)));
                } else if folder.is_dir() && !folder.is_symlink() {
                    open.push(folder);
                }
            }
        }
        gaps.sort();
        gaps
    }
}
