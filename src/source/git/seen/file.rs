//! The file that a cache is kept in: a mark, what it is good for, a checksum, and the rest.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use crate::source::{Access, Draft};

use super::Key;

/// How every such file begins; the number goes up whenever the rest is laid out in another way.
const MARK: &[u8; 16] = b"gonogo seen 3\0\0\0";

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

/// Replaces the file at `path`, all at once, so that scans at the same time see one or the other.
pub(super) fn write(path: &Path, key: &Key, body: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut draft = Draft::new(path, Access::Usual)?;
    draft.write_all(MARK)?;
    draft.write_all(key)?;
    draft.write_all(&crc32fast::hash(body).to_le_bytes())?;
    draft.write_all(body)?;
    draft.finish()
}
