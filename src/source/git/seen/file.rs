//! The file that a cache is kept in: a mark, what it is good for, a checksum, and the rest.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::source::{Access, Draft};

use super::Key;

/// How every such file begins; the number goes up whenever the rest is laid out in another way.
const MARK: &[u8; 16] = b"gonogo seen 5\0\0\0";

/// A larger one was not made by this program.
const MAX_BYTES: u64 = 4 << 30;

/// The body of the file at `path`; `None` when there is no file.
///
/// # Errors
///
/// The file is no such file, is damaged, or is good for something else; the message states which.
pub(super) fn read(path: &Path, key: &Key) -> Result<Option<Vec<u8>>, String> {
    // Nothing is read through a link, as nothing is written through one.
    let metadata = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.to_string()),
    };
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return Err("it was not written by gonogo".to_owned());
    }
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_BYTES)
        .read_to_end(&mut bytes)
        .map_err(|error| error.to_string())?;
    parse(bytes, key).map(Some)
}

fn parse(mut bytes: Vec<u8>, key: &Key) -> Result<Vec<u8>, String> {
    let header = MARK.len() + key.len() + 4;
    if !bytes.starts_with(MARK) || bytes.len() < header {
        return Err("it was not written by this version of gonogo".to_owned());
    }
    let body = bytes.split_off(header);
    let (own_key, sum) = bytes[MARK.len()..].split_at(key.len());
    // Reported first: after an update that is what has happened, and nothing is wrong.
    if own_key != key {
        return Err("it was written by another version, or with other rules or options".to_owned());
    }
    if crc32fast::hash(&body).to_le_bytes() != sum {
        return Err("it is damaged".to_owned());
    }
    Ok(body)
}

/// What distinguishes a file from all that there are and were: device, number, size, and time of the last change.
pub(super) type Stamp = (u64, u64, u64, (i64, i64));

/// The stamp of the file at `path`, where the system has one.
#[cfg_attr(
    not(unix),
    expect(unused_variables, reason = "numbers of files are of Unix")
)]
pub(super) fn stamp(path: &Path) -> Option<Stamp> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let it = fs::symlink_metadata(path).ok()?;
        Some((it.dev(), it.ino(), it.len(), (it.mtime(), it.mtime_nsec())))
    }
    #[cfg(not(unix))]
    None
}

/// Replaces the file at `path`, all at once, so that scans at the same time see one or the other.
pub(super) fn write(path: &Path, key: &Key, body: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    detach(path);
    let mut draft = Draft::new(path, Access::Usual)?;
    draft.write_all(MARK)?;
    draft.write_all(key)?;
    draft.write_all(&crc32fast::hash(body).to_le_bytes())?;
    draft.write_all(body)?;
    draft.finish()
}

/// Leaves a file to those who have it under other names: what is written now is for this one.
fn detach(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::symlink_metadata(path);
        if metadata.is_ok_and(|metadata| metadata.is_file() && metadata.nlink() > 1) {
            // If it is still there, it is written over.
            let _ = fs::remove_file(path);
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}
