//! The mirrors in a work directory: kept within a budget, with one object store per network of forks.
//!
//! The first mirror of a network holds its objects, and a file that names the network. The others have it as their
//! alternate, so that they hold only their own objects. A mirror is removed only together with all that need its
//! objects.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::error::Error;
use crate::store::Mirror;

/// The file in a mirror that names the network whose objects it holds.
const NETWORK: &str = "gonogo-network";

/// Where a repository names its alternates.
const ALTERNATES: &str = "objects/info/alternates";

/// Creates or updates the mirror at a path, using the objects of another one if it may share them.
type Make<'m> = &'m dyn Fn(&Path, Option<&Path>) -> Result<(), String>;

/// The mirrors in a work directory.
pub(crate) struct Mirrors {
    folder: PathBuf,
    budget: u64,
    state: Mutex<State>,
    /// In each network, one mirror is made at a time until one of them has the objects.
    turns: Mutex<BTreeMap<String, Arc<Mutex<()>>>>,
}

#[derive(Default)]
struct State {
    /// Mirrors that are being fetched.
    held: BTreeSet<i64>,
    /// Read when it is first needed.
    known: Option<Known>,
}

/// What is known about networks.
#[derive(Debug, Default)]
struct Known {
    /// By mirror, the one whose objects it needs.
    bases: BTreeMap<i64, i64>,
    /// By network, the mirror that has its objects.
    networks: BTreeMap<String, i64>,
}

impl Mirrors {
    pub(crate) fn new(folder: &Path, budget: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            budget,
            state: Mutex::default(),
            turns: Mutex::default(),
        }
    }

    pub(super) fn path(&self, id: i64) -> PathBuf {
        self.folder.join(name(id))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a mirror from being removed until it is released.
    pub(super) fn hold(&self, id: i64) {
        self.state().held.insert(id);
    }

    /// Releases a mirror that was held.
    pub(crate) fn release(&self, id: i64) {
        self.state().held.remove(&id);
    }

    /// Makes the mirror of a repository in `network` by calling `make` with the objects that it may share. An existing
    /// mirror is updated, unless the objects that it needs are gone: then it is made anew.
    pub(super) fn make(
        &self,
        (id, network): (i64, Option<&str>),
        make: Make<'_>,
    ) -> Result<(), String> {
        let path = self.path(id);
        if has_objects(&path) {
            if is_whole(&path) {
                self.adopt(network.map(|network| (id, network)));
                return make(&path, None);
            }
            remove(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            self.state().known(&self.folder).forget(id);
        }
        let Some(network) = network else {
            return make(&path, None);
        };
        let turn = self.turn(network);
        let turn = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(base) = self.join(id, network) {
            drop(turn);
            return make(
                &path,
                Some(&Path::new("../..").join(name(base)).join("objects")),
            );
        }
        make(&path, None)?;
        self.adopt([(id, network)]);
        Ok(())
    }

    /// Lets networks without an object store share the objects of existing mirrors.
    pub(super) fn adopt<'n>(&self, mirrors: impl IntoIterator<Item = (i64, &'n str)>) {
        for (id, network) in mirrors {
            let path = self.path(id);
            let mut state = self.state();
            let networks = &mut state.known(&self.folder).networks;
            if networks.contains_key(network) || is_shared(&path) || !has_objects(&path) {
                continue;
            }
            // Without the file, the others just keep their own objects.
            if fs::write(path.join(NETWORK), network).is_ok() {
                networks.insert(network.to_owned(), id);
            }
        }
    }

    fn turn(&self, network: &str) -> Arc<Mutex<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(network.to_owned()).or_default())
    }

    /// Adds a mirror to a network, if a mirror has the network's objects; returns that mirror.
    fn join(&self, id: i64, network: &str) -> Option<i64> {
        let mut state = self.state();
        let known = state.known(&self.folder);
        let base = *known.networks.get(network)?;
        if !has_objects(&self.path(base)) {
            known.forget(base);
            return None;
        }
        known.bases.insert(id, base);
        Some(base)
    }

    /// Removes the least recently used mirrors until all are within the budget; returns those removed. `mirrors` are in
    /// the order of their last use. Mirrors of a network are removed together, once none of them is busy.
    pub(crate) fn make_room(
        &self,
        mirrors: &[Mirror],
        is_busy: &dyn Fn(i64) -> bool,
    ) -> Result<Vec<i64>, Error> {
        let total: u64 = mirrors.iter().map(|mirror| mirror.bytes).sum();
        if total <= self.budget {
            return Ok(Vec::new());
        }
        let mut guard = self.state();
        guard.known(&self.folder);
        let State { held, known } = &mut *guard;
        let Some(known) = known else {
            return Ok(Vec::new());
        };
        let is_busy = |id: i64| held.contains(&id) || is_busy(id);
        let gone = known.superfluous(mirrors, total - self.budget, &is_busy);
        for id in &gone {
            let path = self.path(*id);
            remove(&path).map_err(|error| Error::file(&path, error))?;
            known.forget(*id);
        }
        Ok(gone)
    }

    /// Removes the mirror of a repository, and those that need its objects; returns all of them.
    pub(crate) fn forget(&self, id: i64) -> io::Result<Vec<i64>> {
        let mut state = self.state();
        let known = state.known(&self.folder);
        let needing = known.bases.iter().filter(|(_, base)| **base == id);
        let gone: Vec<i64> = needing.map(|(member, _)| *member).chain([id]).collect();
        for member in &gone {
            remove(&self.path(*member))?;
            known.forget(*member);
        }
        Ok(gone)
    }
}

impl State {
    fn known(&mut self, folder: &Path) -> &mut Known {
        self.known.get_or_insert_with(|| Known::read(folder))
    }
}

impl Known {
    /// Reads what the mirrors in a directory say.
    fn read(folder: &Path) -> Self {
        let mut known = Self::default();
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Some(id) = number(&entry.file_name()) else {
                continue;
            };
            let path = entry.path();
            if let Some(base) = base_of(&path) {
                known.bases.insert(id, base);
            } else if let Ok(network) = fs::read_to_string(path.join(NETWORK)) {
                known.networks.insert(network, id);
            }
        }
        known
    }

    /// Returns the mirrors to remove to save `bytes`: those that need another one come before that one.
    fn superfluous(
        &self,
        mirrors: &[Mirror],
        mut bytes: u64,
        is_busy: &dyn Fn(i64) -> bool,
    ) -> Vec<i64> {
        let base = |id: i64| self.bases.get(&id).copied().unwrap_or(id);
        let mut networks: BTreeMap<i64, Vec<&Mirror>> = BTreeMap::new();
        for mirror in mirrors {
            let network = networks.entry(base(mirror.repository)).or_default();
            network.push(mirror);
        }
        // A mirror that is being made is not in the list yet.
        let busy_bases: BTreeSet<i64> = self
            .bases
            .iter()
            .filter(|(member, _)| is_busy(**member))
            .map(|(_, base)| *base)
            .collect();
        let mut gone = Vec::new();
        for mirror in mirrors {
            if bytes == 0 {
                break;
            }
            let base = base(mirror.repository);
            let network = &networks[&base];
            let is_last = network
                .last()
                .is_some_and(|last| last.repository == mirror.repository);
            let is_free = !busy_bases.contains(&base)
                && !is_busy(base)
                && network.iter().all(|it| !is_busy(it.repository));
            if !is_last || !is_free {
                continue;
            }
            // A mirror that was being made when the program ended is not in the list either.
            let members = self.bases.iter().filter(|(_, of)| **of == base);
            gone.extend(members.map(|(member, _)| *member));
            gone.push(base);
            let saved: u64 = network.iter().map(|it| it.bytes).sum();
            bytes = bytes.saturating_sub(saved);
        }
        gone
    }

    fn forget(&mut self, id: i64) {
        self.bases.remove(&id);
        self.networks.retain(|_, base| *base != id);
    }
}

/// Whether a mirror needs the objects of another one.
pub(super) fn is_shared(path: &Path) -> bool {
    path.join(ALTERNATES).is_file()
}

/// Returns the mirror whose objects this one needs.
fn base_of(path: &Path) -> Option<i64> {
    let text = fs::read_to_string(path.join(ALTERNATES)).ok()?;
    let store = Path::new(text.trim_end()).parent()?;
    number(store.file_name()?)
}

/// Whether the objects that a mirror needs are there.
fn is_whole(path: &Path) -> bool {
    !is_shared(path)
        || base_of(path).is_some_and(|base| has_objects(&path.with_file_name(name(base))))
}

fn has_objects(path: &Path) -> bool {
    path.join("objects").is_dir()
}

fn name(id: i64) -> String {
    format!("{id}.git")
}

fn number(name: &std::ffi::OsStr) -> Option<i64> {
    name.to_str()?.strip_suffix(".git")?.parse().ok()
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirrors(all: &[(i64, u64)]) -> Vec<Mirror> {
        let mirror = |(repository, bytes): &(i64, u64)| Mirror {
            repository: *repository,
            bytes: *bytes,
        };
        all.iter().map(mirror).collect()
    }

    #[test]
    fn a_network_goes_at_once_and_by_its_last_use() {
        let known = Known {
            bases: [(2, 1), (3, 1)].into(),
            networks: [("a/1".to_owned(), 1)].into(),
        };
        // 1 was used first, but 3 of the same network is the last but one.
        let all = mirrors(&[(1, 100), (4, 10), (2, 1), (3, 1), (5, 10)]);
        let free = |_: i64| false;
        assert_eq!(known.superfluous(&all, 5, &free), [4]);
        assert_eq!(known.superfluous(&all, 11, &free), [4, 2, 3, 1]);
        let busy = |id: i64| id == 2;
        assert_eq!(known.superfluous(&all, 11, &busy), [4, 5]);
        // A mirror that is being made needs the objects of another one.
        let known = Known {
            bases: [(9, 4)].into(),
            ..known
        };
        assert_eq!(known.superfluous(&all, 5, &|id| id == 9), [1]);
    }

    #[test]
    fn the_first_of_a_network_has_its_objects() {
        let world = tempfile::tempdir().unwrap();
        let make = |path: &Path, shared: Option<&Path>| {
            fs::create_dir_all(path.join("objects/info")).unwrap();
            if let Some(shared) = shared {
                let line = format!("{}\n", shared.display());
                fs::write(path.join(ALTERNATES), line).unwrap();
            }
            Ok(())
        };
        let mirrors = Mirrors::new(world.path(), 0);
        for id in 1..4 {
            mirrors.make((id, Some("a/7")), &make).unwrap();
        }
        mirrors.make((4, None), &make).unwrap();
        let shared = |id: i64| is_shared(&mirrors.path(id));
        assert_eq!([1, 2, 3, 4].map(shared), [false, true, true, false]);
        // Another program reads the same from disk.
        let again = Mirrors::new(world.path(), 0);
        again.make((5, Some("a/7")), &make).unwrap();
        assert_eq!(base_of(&again.path(5)), Some(1));
        // A mirror whose needed objects are gone is made anew, and then has them for the others.
        remove(&again.path(1)).unwrap();
        again.make((2, Some("a/7")), &make).unwrap();
        assert!(!is_shared(&again.path(2)));
        again.make((3, Some("a/7")), &make).unwrap();
        assert_eq!(base_of(&again.path(3)), Some(2));
        assert_eq!(again.forget(2).unwrap(), [3, 2]);
        assert!(!again.path(3).exists() && again.path(4).exists());
    }
}
