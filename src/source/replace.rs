//! Writes files whole or not at all: first beside the target, then moved into place.
//!
//! An existing file keeps its owner and its mode. Links are never written through, and only regular files are ever
//! replaced: no directories, no devices.

#[cfg(unix)]
use std::fs::Permissions;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Seek as _, Write};
use std::path::{Path, PathBuf};

/// Who may read a new file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Whoever the process's umask permits; an existing file keeps its mode.
    Usual,
    /// Only its owner, whatever the mode was before: it shows secrets.
    Private,
}

/// A file that is being written; it is put in place once it is finished.
///
/// Until then its bytes have no name in any directory, so that nothing is left behind if the process dies.
#[derive(Debug)]
pub struct Draft {
    path: PathBuf,
    access: Access,
    /// What has been written so far; or the target itself, opened, if that is not a regular file.
    bytes: File,
    is_stream: bool,
}

impl Draft {
    /// Begins a file at `path`. A target that can be written to but is not a regular file (a pipe, a terminal) is
    /// written to directly.
    pub fn new(path: &Path, access: Access) -> io::Result<Self> {
        let is_stream = is_stream(path);
        let bytes = if is_stream {
            OpenOptions::new().write(true).open(path)?
        } else {
            existing(path)?;
            tempfile::tempfile_in(folder(path))?
        };
        Ok(Self {
            path: path.to_owned(),
            access,
            bytes,
            is_stream,
        })
    }

    /// Puts the file in place.
    pub fn finish(mut self) -> io::Result<()> {
        if self.is_stream {
            return self.bytes.flush();
        }
        self.bytes.rewind()?;
        place(&self.path, &mut self.bytes, self.access)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.bytes.flush()
    }
}

/// Writes `bytes` to the file at `path`, replacing it or creating it.
pub fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    place(path, &mut &*bytes, Access::Usual)
}

/// Creates the file at `path`, which must not exist.
pub fn create_file(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut beside = beside(path, Access::Usual)?;
    beside.write_all(bytes)?;
    beside.as_file().sync_all()?;
    beside.persist_noclobber(path)?;
    Ok(())
}

fn place(path: &Path, bytes: &mut dyn io::Read, access: Access) -> io::Result<()> {
    let before = existing(path)?;
    if let Some(before) = &before
        && before.permissions().readonly()
    {
        let kind = io::ErrorKind::PermissionDenied;
        return Err(io::Error::new(kind, "it is read-only"));
    }
    let mut beside = beside(path, access)?;
    io::copy(bytes, &mut beside)?;
    if let Some(before) = before {
        if access == Access::Usual {
            beside.as_file().set_permissions(before.permissions())?;
        }
        if !take_over_owner(beside.as_file(), &before) {
            // Moving it into place would change the file's owner or break a hard link.
            return copy_over(beside.as_file_mut(), path, access);
        }
    }
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    Ok(())
}

/// Returns the metadata of the existing regular file, if there is one.
fn existing(path: &Path) -> io::Result<Option<Metadata>> {
    let wrong = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, what.to_owned()));
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(Some(found)),
        Ok(found) if found.is_symlink() => wrong("it is a link: name its target instead"),
        Ok(found) if found.is_dir() => wrong("it is a directory: name a file"),
        Ok(_) => wrong("not a regular file, left unchanged"),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn folder(path: &Path) -> &Path {
    let folder = path.parent();
    let named = folder.filter(|folder| !folder.as_os_str().is_empty());
    named.unwrap_or(Path::new("."))
}

fn beside(
    path: &Path,
    #[cfg_attr(not(unix), expect(unused_variables, reason = "modes are of Unix"))] access: Access,
) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".gonogo-");
    #[cfg(unix)]
    builder.permissions(permissions(access));
    builder.tempfile_in(folder(path))
}

/// The mode of a new file, before the umask of the process applies.
#[cfg(unix)]
fn permissions(access: Access) -> Permissions {
    use std::os::unix::fs::PermissionsExt as _;
    Permissions::from_mode(match access {
        Access::Usual => 0o666,
        Access::Private => 0o600,
    })
}

/// Gives `file` the owner of the file it replaces. Returns whether it has that owner now and the old file has no other
/// hard link.
#[cfg(unix)]
fn take_over_owner(file: &File, before: &Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, fchown};
    let Ok(own) = file.metadata() else {
        return false;
    };
    if before.nlink() > 1 {
        return false;
    }
    let is_same = |own: &Metadata| (own.uid(), own.gid()) == (before.uid(), before.gid());
    if is_same(&own) {
        return true;
    }
    let mode = own.permissions().mode();
    // Changing the owner may clear bits of the mode.
    fchown(file, Some(before.uid()), Some(before.gid()))
        .and_then(|()| file.set_permissions(Permissions::from_mode(mode)))
        .is_ok()
}

#[cfg(not(unix))]
fn take_over_owner(_file: &File, _before: &Metadata) -> bool {
    true
}

/// Overwrites the file at `path` with all of `from`.
fn copy_over(
    from: &mut File,
    path: &Path,
    #[cfg_attr(not(unix), expect(unused_variables, reason = "modes are of Unix"))] access: Access,
) -> io::Result<()> {
    from.rewind()?;
    let mut to = OpenOptions::new().write(true).truncate(true).open(path)?;
    #[cfg(unix)]
    if access == Access::Private {
        to.set_permissions(permissions(access))?;
    }
    io::copy(from, &mut to)?;
    to.sync_all()
}

/// Whether a path leads to a pipe, a terminal or the like, directly or through the system's names for them, as
/// `/dev/stdout`.
#[cfg(unix)]
fn is_stream(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    let of_system = path.starts_with("/dev") || path.starts_with("/proc");
    let found = if of_system {
        fs::metadata(path)
    } else {
        fs::symlink_metadata(path)
    };
    found.is_ok_and(|found| {
        let kind = found.file_type();
        kind.is_fifo() || kind.is_char_device() || of_system && kind.is_file() && is_link(path)
    })
}

#[cfg(unix)]
fn is_link(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_symlink())
}

#[cfg(not(unix))]
fn is_stream(_path: &Path) -> bool {
    false
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn an_unfinished_file_leaves_the_old_one_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        fs::write(&path, "old").unwrap();
        let mut draft = Draft::new(&path, Access::Usual).unwrap();
        draft.write_all(b"half").unwrap();
        drop(draft);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        let mut draft = Draft::new(&path, Access::Usual).unwrap();
        draft.write_all(b"new").unwrap();
        draft.finish().unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn the_mode_stays_and_secrets_are_private() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "old").unwrap();
        set_mode(&path, 0o640);
        replace_file(&path, b"new").unwrap();
        assert_eq!(mode(&path), 0o640);
        for name in ["file", "fresh"] {
            let path = folder.path().join(name);
            Draft::new(&path, Access::Private)
                .unwrap()
                .finish()
                .unwrap();
            assert_eq!(mode(&path), 0o600, "{name}");
        }
    }

    #[test]
    fn hard_links_stay_together() {
        let folder = tempfile::tempdir().unwrap();
        let (path, other) = (folder.path().join("a"), folder.path().join("b"));
        fs::write(&path, "a longer old text").unwrap();
        fs::hard_link(&path, &other).unwrap();
        replace_file(&path, b"new").unwrap();
        assert_eq!(fs::read_to_string(&other).unwrap(), "new");
        assert_eq!(fs::metadata(&path).unwrap().nlink(), 2);
    }

    #[test]
    fn links_and_what_is_no_file_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (link, aim) = (folder.path().join("link"), folder.path().join("aim"));
        fs::write(&aim, "old").unwrap();
        symlink(&aim, &link).unwrap();
        for path in [link.as_path(), folder.path(), Path::new("/dev/null")] {
            replace_file(path, b"new").unwrap_err();
        }
        Draft::new(&link, Access::Usual).unwrap_err();
        assert_eq!(fs::read_to_string(&aim).unwrap(), "old");
        create_file(&aim, b"new").unwrap_err();
        let mut null = Draft::new(Path::new("/dev/null"), Access::Usual).unwrap();
        null.write_all(b"x").unwrap();
        null.finish().unwrap();
        assert!(is_stream(Path::new("/dev/null")));
    }
}
