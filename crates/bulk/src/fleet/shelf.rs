//! The mirrors that a worker keeps between jobs, within a budget.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::night::Mirrors;
use crate::repository::Outside;
use crate::store::Mirror;

/// The mirrors of a worker; the least recently used are removed first if they are too large together.
pub(super) struct Shelf {
    pub(super) mirrors: Mirrors,
    folder: PathBuf,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// The number for the next use.
    next: u64,
    /// By number of the repository: the number of the mirror's last use, and its size in bytes.
    mirrors: BTreeMap<i64, (u64, u64)>,
    in_use: BTreeSet<i64>,
}

impl Shelf {
    /// Opens the mirrors below `folder`.
    pub(super) fn open(folder: &Path, budget: u64) -> Self {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut there: Vec<_> = entries
            .filter_map(|entry| {
                let name = entry.file_name().into_string().ok()?;
                let number: i64 = name.strip_suffix(".git")?.parse().ok()?;
                let used = entry
                    .metadata()
                    .and_then(|metadata| metadata.modified())
                    .ok()?;
                let bytes = Outside::read(&entry.path()).map_or(0, |outside| outside.own_bytes);
                Some((used, number, bytes))
            })
            .collect();
        there.sort();
        let mut known = Known::default();
        for (_, number, bytes) in there {
            known.note(number, bytes);
        }
        Self {
            mirrors: Mirrors::new(folder, budget),
            folder: folder.to_owned(),
            known: Mutex::new(known),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a mirror from being removed.
    pub(super) fn take(&self, repository: i64) {
        self.known().in_use.insert(repository);
    }

    /// Puts back a mirror that was not used.
    pub(super) fn leave(&self, repository: i64) {
        self.known().in_use.remove(&repository);
    }

    /// Puts back a mirror, and makes room.
    pub(super) fn put(&self, repository: i64, bytes: u64) {
        let mut known = self.known();
        known.note(repository, bytes);
        known.in_use.remove(&repository);
        self.mirrors.release(repository);
        let in_use = &known.in_use;
        let gone = self
            .mirrors
            .make_room(&known.by_use(), &|id| in_use.contains(&id));
        // What cannot be removed now is seen again at the next start.
        for number in gone.unwrap_or_default() {
            let cache = self.folder.join("cache").join(number.to_string());
            let _ = fs::remove_dir_all(cache);
            known.mirrors.remove(&number);
        }
    }
}

impl Known {
    fn note(&mut self, repository: i64, bytes: u64) {
        self.next += 1;
        self.mirrors.insert(repository, (self.next, bytes));
    }

    /// Returns all mirrors, the least recently used first.
    fn by_use(&self) -> Vec<Mirror> {
        let mirrors = self.mirrors.iter();
        let mut mirrors: Vec<_> = mirrors
            .map(|(repository, (order, bytes))| (*order, *repository, *bytes))
            .collect();
        mirrors.sort_unstable();
        let mirrors = mirrors.into_iter();
        mirrors
            .map(|(_, repository, bytes)| Mirror { repository, bytes })
            .collect()
    }
}
