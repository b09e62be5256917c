//! The file format of a cache: a mark, its key, a checksum, and the body.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::source::{Access, Draft};

use super::Key;

/// The first bytes of every such file; the number goes up whenever the layout changes.
const MARK: &[u8; 16] = b"gonogo seen 5\0\0\0";

/// A larger file was not written by this program.
const MAX_BYTES: u64 = 4 << 30;

/// Reads the body of the file at `path`; `None` if there is no file.
///
/// # Errors
///
/// Fails if the file is not a cache, is damaged, or has another key; the message says which.
pub(super) fn read(path: &Path, key: &Key) -> Result<Option<Vec<u8>>, String> {
    // Links are not followed for reading, as they are not for writing.
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
    // Checked first: after an update this is what has happened, and nothing is wrong.
    if own_key != key {
        return Err("it was written by another version, or with other rules or options".to_owned());
    }
    if crc32fast::hash(&body).to_le_bytes() != sum {
        return Err("it is damaged".to_owned());
    }
    Ok(body)
}

/// Identifies one state of a file: device, inode, size, and time of the last change.
pub(super) type Stamp = (u64, u64, u64, (i64, i64));

/// Returns the stamp of the file at `path`, if the system provides one.
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

/// Replaces the file at `path` atomically, so that concurrent scans see either the old or the new one.
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

/// Breaks hard links first: other names of the file keep the old content.
fn detach(path: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let metadata = fs::symlink_metadata(path);
        if metadata.is_ok_and(|metadata| metadata.is_file() && metadata.nlink() > 1) {
            // If that fails, the file is overwritten.
            let _ = fs::remove_file(path);
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}
