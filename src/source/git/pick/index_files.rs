//! Single files as the index has them, read because another file names them.

use std::sync::{Mutex, OnceLock};

use gix::ObjectId;
use rustc_hash::FxHashMap;

use crate::model;
use crate::source::git::{Reader, Repo, entries, model_id, staged};
use crate::source::path::path_text;

/// Reads staged files by their paths.
pub struct IndexFiles<'a> {
    repo: &'a Repo,
    opened: OnceLock<Opened>,
}

/// What is needed only once a file is asked for.
struct Opened {
    ids: FxHashMap<String, ObjectId>,
    reader: Mutex<Reader>,
}

impl<'a> IndexFiles<'a> {
    /// Reads from the index that is about to be committed; an index that cannot be read has no files.
    pub fn new(repo: &'a Repo) -> Self {
        Self {
            repo,
            opened: OnceLock::new(),
        }
    }

    /// Reads from these files instead of the index.
    pub(in crate::source::git) fn of(repo: &'a Repo, ids: FxHashMap<String, ObjectId>) -> Self {
        let reader = Mutex::new(repo.reader());
        Self {
            repo,
            opened: OnceLock::from(Opened { ids, reader }),
        }
    }

    fn opened(&self) -> &Opened {
        self.opened.get_or_init(|| {
            let local = self.repo.shared.to_thread_local();
            let mut ids = FxHashMap::default();
            if let Ok(index) = staged::index(&local) {
                entries::each(&local, &index, &|_| false, &mut |entry| {
                    ids.insert(path_text(entry.path), entry.id);
                });
            }
            Opened {
                ids,
                reader: Mutex::new(self.repo.reader()),
            }
        })
    }

    /// Returns the staged bytes of the file; `None` if there is none at `path`.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        let opened = self.opened();
        let id = opened.ids.get(path)?;
        let reader = opened
            .reader
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        reader.bytes(*id)
    }

    /// Returns the paths of all files, in no particular order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.opened().ids.keys().map(String::as_str)
    }

    /// Returns the object that holds the file at `path`.
    pub fn id(&self, path: &str) -> Option<model::ObjectId> {
        self.opened().ids.get(path).map(|id| model_id(*id))
    }

    /// Returns whether the index has the file.
    pub fn is_tracked(&self, path: &str) -> bool {
        self.opened().ids.contains_key(path)
    }
}
