//! A repository that is opened only once for all queries.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The repository that is held; none until one is asked for.
static HELD: Mutex<Option<Held>> = Mutex::new(None);

struct Held {
    /// Its path as given, and in full.
    paths: [PathBuf; 2],
    shared: Option<gix::ThreadSafeRepository>,
}

/// Opens the repository at `path` only once for everything this process asks of it, for as long as the returned value
/// lives. For programs that scan one repository after another, none of which changes meanwhile.
#[must_use]
pub fn hold_repository(path: &Path) -> Hold {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let held = Held {
        paths: [path.to_owned(), full],
        shared: None,
    };
    *HELD.lock().unwrap_or_else(PoisonError::into_inner) = Some(held);
    Hold(())
}

/// Holds a repository open until it is dropped.
pub struct Hold(());

impl Drop for Hold {
    fn drop(&mut self) {
        *HELD.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

/// Returns the repository at `path`, if it is held and has been opened.
pub(super) fn opened(path: &Path) -> Option<gix::ThreadSafeRepository> {
    let held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    let held = held.as_ref().filter(|held| held.is(path))?;
    held.shared.clone()
}

/// Keeps the repository at `path`, if it is the one to hold.
pub(super) fn keep(path: &Path, shared: &gix::ThreadSafeRepository) {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(held) = held.as_mut().filter(|held| held.is(path)) {
        held.shared = Some(shared.clone());
    }
}

impl Held {
    fn is(&self, path: &Path) -> bool {
        self.paths.iter().any(|own| own == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::git::Repo;

    #[test]
    fn only_the_repository_that_is_held_is_opened_once() {
        let world = tempfile::tempdir().unwrap();
        let [one, other] = ["one", "other"].map(|name| {
            let path = world.path().join(name);
            gix::init_bare(&path).unwrap();
            path
        });
        let hold = hold_repository(&one);
        assert!(opened(&one).is_none());
        for path in [&one, &other] {
            assert!(Repo::open(path).unwrap().is_some());
        }
        assert!(opened(&one).is_some() && opened(&other).is_none());
        drop(hold);
        assert!(opened(&one).is_none());
        let _hold = hold_repository(&other);
        assert!(Repo::open(&other).unwrap().is_some() && opened(&other).is_some());
        std::fs::remove_dir_all(&other).unwrap();
        assert!(Repo::open(&other).is_err());
    }
}
