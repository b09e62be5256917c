//! Which Compose files use a file.

use rustc_hash::FxHashMap;

use crate::audit::compose::Signs;

/// The index of a Compose file, and the index of the file among those that it uses.
type Use = (usize, usize);

/// The Compose files that use each file or directory.
#[derive(Default)]
pub(super) struct Users {
    by_path: FxHashMap<String, Vec<Use>>,
    /// The Compose files that build an image from a directory, whose files go into it.
    by_context: FxHashMap<String, Vec<Use>>,
}

impl Users {
    pub(super) fn of(all: &[Signs]) -> Self {
        let mut users = Self::default();
        for (number, signs) in all.iter().enumerate() {
            for (place, used) in signs.uses.iter().enumerate() {
                let path = used.path.clone();
                if used.is_dockerfile
                    && let Some((folder, _)) = path.rsplit_once('/')
                {
                    let context = users.by_context.entry(folder.to_owned());
                    context.or_default().push((number, place));
                }
                users.by_path.entry(path).or_default().push((number, place));
            }
        }
        users
    }

    /// Returns the uses of the file at `path`, or of a directory that contains it, each once, in order.
    pub(super) fn of_path(&self, path: &str) -> Vec<Use> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let own = self.by_path.get(path).into_iter().flatten();
        let beside = self.by_context.get(folder).into_iter().flatten();
        let folders = path.match_indices('/').map(|(at, _)| &path[..at]);
        let above = folders
            .filter_map(|folder| self.by_path.get(folder))
            .flatten();
        let mut all: Vec<Use> = own.chain(beside).chain(above).copied().collect();
        all.sort_unstable();
        all.dedup_by_key(|(number, _)| *number);
        all
    }
}
