//! The key of a store. Hashes of secrets are made with it, so that nobody can try a list of passwords against them.
//!
//! It is in a file of its own beside the store, never in the store itself.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::error::Error;

/// The length of a key in bytes.
const LEN: usize = 32;

/// A key.
#[derive(Clone)]
pub(crate) struct Key([u8; LEN]);

impl Key {
    /// Reads the key in `path`; creates one if there is none and `may_make` is set.
    pub(crate) fn read(path: &Path, may_make: bool) -> Result<Self, Error> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound && may_make => {
                return Self::make(path);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let reason = "there is no such key file, and without it secrets cannot be compared: name the one that \
                              the store was made with by --key-file";
                return Err(Error::store(path, reason));
            }
            Err(error) => return Err(Error::file(path, error)),
        };
        check_mode(path, &file)?;
        let mut text = String::new();
        let read = (&mut file).take(1_024).read_to_string(&mut text);
        read.map_err(|error| Error::file(path, error))?;
        let no_key = || {
            Error::store(
                path,
                "this is no key of gonogo bulk: one is 64 digits 0-9a-f",
            )
        };
        let bytes = unhex(text.trim_end()).ok_or_else(no_key)?;
        Ok(Self(bytes.try_into().map_err(|_| no_key())?))
    }

    fn make(path: &Path) -> Result<Self, Error> {
        let mut key = [0; LEN];
        getrandom::fill(&mut key)
            .map_err(|error| Error::store(path, format!("no random key can be made: {error}")))?;
        // Written atomically: if the program were killed halfway, the partial key would be useless forever.
        let write = || {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let mut draft = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))?;
            draft.write_all(format!("{}\n", hex(&key)).as_bytes())?;
            draft.as_file().sync_all()?;
            draft
                .persist_noclobber(path)
                .map(drop)
                .map_err(|error| error.error)
        };
        write().map_err(|error| Error::file(path, error))?;
        Ok(Self(key))
    }

    /// Returns an id that identifies the key without revealing anything about it.
    pub(crate) fn id(&self) -> String {
        hex(&self.mac(b"gonogo bulk key")[..8])
    }

    /// Returns the hash of a secret.
    pub(crate) fn hash(&self, secret: &[u8]) -> Vec<u8> {
        self.mac(secret)[..20].to_vec()
    }

    fn mac(&self, bytes: &[u8]) -> Vec<u8> {
        // HMAC accepts keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else {
            return vec![0; LEN];
        };
        mac.update(bytes);
        mac.finalize().into_bytes().to_vec()
    }

    /// Returns a key for hashes that are not kept.
    pub(crate) fn none() -> Self {
        Self([0; LEN])
    }

    /// Returns the key in the form in which it is sent to a worker through a pipe.
    pub(crate) fn to_hex(&self) -> String {
        hex(&self.0)
    }

    /// Parses the key that a worker was sent.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        Some(Self(unhex(text)?.try_into().ok()?))
    }
}

/// Returns bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(u32::from(digit), 16))
        .collect()
}

/// Decodes hexadecimal digits.
pub(crate) fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let value = |digit: u8| char::from(digit).to_digit(16);
    let byte = |pair: &[u8]| u8::try_from(value(pair[0])? << 4 | value(pair[1])?).ok();
    let is_even = digits.len().is_multiple_of(2);
    is_even.then(|| digits.chunks_exact(2).map(byte).collect())?
}

/// Makes new files readable only by their owner.
#[cfg(unix)]
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    options.mode(0o600)
}

#[cfg(not(unix))]
pub(crate) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Whether group and others have no permissions.
#[cfg(unix)]
fn is_private(mode: u32) -> bool {
    let others = 0o077;
    mode & others == 0
}

/// Makes an existing file accessible only to its owner.
#[cfg(unix)]
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path)?.permissions().mode();
    if is_private(mode) {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))
}

#[cfg(not(unix))]
pub(crate) fn make_private(path: &Path) -> io::Result<()> {
    fs::metadata(path).map(drop)
}

/// Whether a key belongs to another user who lets only a group of this program read it, as Kubernetes does with Secrets
/// for programs that are not root.
#[cfg(unix)]
fn is_lent(owner: u32, mode: u32) -> bool {
    let more_than_reading = 0o037;
    owner != rustix::process::geteuid().as_raw() && mode & more_than_reading == 0
}

#[cfg(unix)]
fn check_mode(path: &Path, file: &File) -> Result<(), Error> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let metadata = file.metadata().map_err(|error| Error::file(path, error))?;
    let is_lent = is_lent(metadata.uid(), metadata.permissions().mode());
    if !is_private(metadata.permissions().mode()) && !is_lent {
        let reason = format!(
            "others may read the key: run `chmod 600 {}`",
            path.display()
        );
        return Err(Error::store(path, reason));
    }
    Ok(())
}

#[cfg(not(unix))]
fn check_mode(_path: &Path, _file: &File) -> Result<(), Error> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_only_for_its_owner() {
        let world = tempfile::tempdir().unwrap();
        let path = world.path().join("store.key");
        assert!(Key::read(&path, false).is_err());
        let key = Key::read(&path, true).unwrap();
        assert_eq!(Key::read(&path, true).unwrap().id(), key.id());
        let other = Key::read(&world.path().join("other.key"), true).unwrap();
        assert_ne!(other.hash(b"a value"), key.hash(b"a value"));
        assert_eq!(Key::from_hex(&key.to_hex()).unwrap().id(), key.id());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            let error = Key::read(&path, true).err().unwrap().to_string();
            assert!(error.contains("chmod 600"), "{error}");
        }
        fs::write(&path, "no key").unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_key_of_another_user_may_be_read_by_a_group() {
        let own = rustix::process::geteuid().as_raw();
        let other = own.wrapping_add(1);
        assert!(is_lent(other, 0o440) && !is_lent(own, 0o440));
        for mode in [0o460, 0o444, 0o404, 0o450] {
            assert!(!is_lent(other, mode), "{mode:o}");
        }
    }

    #[test]
    fn digits_say_bytes() {
        assert_eq!(unhex("00ff"), Some(vec![0, 255]));
        assert_eq!(hex(&[0, 255]), "00ff");
        for wrong in ["0", "0g", "+1", "é"] {
            assert_eq!(unhex(wrong), None, "{wrong}");
        }
    }
}
