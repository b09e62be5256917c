//! The objects of a push that is not accepted yet.
//!
//! While a `pre-receive`, `update` or `reference-transaction` hook runs, git keeps what was pushed in a folder of its
//! own below the repository's objects, and names it and all others to the hook by variables of the environment.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use gix::odb::Store;
use gix::odb::store::init::Options;

/// A folder of objects that holds none, and borrows from the quarantine and from all that it borrows from.
///
/// gix knows alternates only as a list in such a folder, and nothing must be written to the quarantine: git would take
/// it over into the repository.
#[derive(Debug)]
pub(super) struct Quarantine {
    /// Removed when this is dropped.
    folder: tempfile::TempDir,
}

impl Quarantine {
    /// That of the repository whose objects are in `own`, if git runs this program as a hook of it.
    pub(super) fn of(own: &Path) -> io::Result<Option<Self>> {
        let Some(named) = std::env::var_os("GIT_OBJECT_DIRECTORY") else {
            return Ok(None);
        };
        let others = std::env::var_os("GIT_ALTERNATE_OBJECT_DIRECTORIES").unwrap_or_default();
        let Some(folders) = folders(own, &named, &others) else {
            return Ok(None);
        };
        let folder = tempfile::Builder::new().prefix("gonogo-").tempdir()?;
        for name in ["pack", "info"] {
            std::fs::create_dir(folder.path().join(name))?;
        }
        let mut list = Vec::new();
        for folder in folders {
            list.extend(folder.as_os_str().as_encoded_bytes());
            list.push(b'\n');
        }
        std::fs::write(folder.path().join("info/alternates"), list)?;
        Ok(Some(Self { folder }))
    }

    /// Returns all objects, those of the repository included.
    pub(super) fn store(&self, hash: gix::hash::Kind) -> io::Result<Store> {
        let folder = self.folder.path().canonicalize()?;
        Store::at_opts(folder, hash, &mut std::iter::empty(), Options::default())
    }
}

/// The quarantine that `named` is, what it borrows from, and `own`; `None` if it is that of another repository, or
/// none.
fn folders(own: &Path, named: &OsStr, others: &OsStr) -> Option<Vec<PathBuf>> {
    let own = own.canonicalize().ok()?;
    let named = Path::new(named).canonicalize().ok()?;
    if named == own || !named.starts_with(&own) {
        return None;
    }
    let mut folders = vec![named, own];
    for other in std::env::split_paths(others) {
        // One that is not there holds nothing: git passes over it, too.
        let Ok(other) = other.canonicalize() else {
            continue;
        };
        if !folders.contains(&other) {
            folders.push(other);
        }
    }
    Some(folders)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_folder_below_the_own_objects_is_a_quarantine() {
        let world = tempfile::tempdir().unwrap();
        let top = world.path().canonicalize().unwrap();
        let own = top.join("a/objects");
        let quarantine = own.join("tmp_objdir-incoming-x");
        let other = top.join("b/objects");
        for folder in [&quarantine, &other] {
            std::fs::create_dir_all(folder).unwrap();
        }
        let others = std::env::join_paths([&own, &other, &top.join("absent")]).unwrap();
        let found = |named: &Path| folders(&own, named.as_os_str(), &others);
        assert_eq!(
            found(&quarantine),
            Some(vec![quarantine.clone(), own.clone(), other.clone()])
        );
        assert_eq!(found(&own), None);
        assert_eq!(found(&other), None);
        assert_eq!(found(&top.join("absent")), None);
    }
}
