//! The objects of a push that has not been accepted yet.
//!
//! While a `pre-receive`, `update` or `reference-transaction` hook runs, git keeps what was pushed in a quarantine
//! directory below the repository's objects, and passes that and all other object directories in environment variables.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

use gix::odb::Store;
use gix::odb::store::init::Options;

/// An object directory that is empty, with the quarantine and all its alternates as alternates.
///
/// gix accepts alternates only as a list in such a directory, and nothing may be written to the quarantine itself: git
/// would move it into the repository.
#[derive(Debug)]
pub(super) struct Quarantine {
    /// Removed when this is dropped.
    folder: tempfile::TempDir,
}

impl Quarantine {
    /// Returns the quarantine of the repository whose objects are in `own`, if this program runs as a hook of it.
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

    /// Opens the store of all objects, including those of the repository.
    pub(super) fn store(&self, hash: gix::hash::Kind) -> io::Result<Store> {
        let folder = self.folder.path().canonicalize()?;
        Store::at_opts(folder, hash, &mut std::iter::empty(), Options::default())
    }
}

/// Returns the quarantine `named`, its alternates, and `own`; `None` if `named` is no quarantine, or that of another
/// repository.
fn folders(own: &Path, named: &OsStr, others: &OsStr) -> Option<Vec<PathBuf>> {
    let own = own.canonicalize().ok()?;
    let named = Path::new(named).canonicalize().ok()?;
    if named == own || !named.starts_with(&own) {
        return None;
    }
    let mut folders = vec![named, own];
    for other in std::env::split_paths(others) {
        // A directory that does not exist holds nothing: git skips it, too.
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
