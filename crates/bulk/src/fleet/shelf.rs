//! The mirrors that a worker keeps from job to job, within a budget.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::night::Mirrors;
use crate::repository::Outside;

/// A number for the next use, and by the numbers of repositories when each mirror was used, and how large it is; none
/// while it is used.
type Known = (u64, BTreeMap<i64, Option<(u64, u64)>>);

/// The mirrors of a worker: those that were not used for longest go first when they are too large together.
pub(super) struct Shelf {
    pub(super) mirrors: Mirrors,
    folder: PathBuf,
    budget: u64,
    known: Mutex<Known>,
}

impl Shelf {
    /// The mirrors below `folder`.
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
                let bytes = Outside::read(&entry.path()).map_or(0, |outside| outside.bytes);
                Some((used, number, bytes))
            })
            .collect();
        there.sort();
        let known = (0..)
            .zip(&there)
            .map(|(order, (_, number, bytes))| (*number, Some((order, *bytes))));
        Self {
            mirrors: Mirrors::new(folder, budget),
            folder: folder.to_owned(),
            budget,
            known: Mutex::new((there.len() as u64, known.collect())),
        }
    }

    /// Keeps a mirror from being removed.
    pub(super) fn take(&self, repository: i64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.1.insert(repository, None);
    }

    /// Puts a mirror back, and makes room.
    pub(super) fn put(&self, repository: i64, bytes: u64) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (next, mirrors) = &mut *known;
        *next += 1;
        mirrors.insert(repository, Some((*next, bytes)));
        let mut idle: Vec<(u64, i64, u64)> = mirrors
            .iter()
            .filter_map(|(number, it)| it.map(|(order, bytes)| (order, *number, bytes)))
            .collect();
        idle.sort_unstable();
        let mut total: u64 = idle.iter().map(|it| it.2).sum();
        for (_, number, bytes) in idle {
            if total <= self.budget {
                break;
            }
            for path in [
                self.folder.join(format!("{number}.git")),
                self.folder.join("cache").join(number.to_string()),
            ] {
                // What cannot be removed now is seen again at the next start.
                let _ = fs::remove_dir_all(path);
            }
            mirrors.remove(&number);
            total -= bytes;
        }
    }
}
