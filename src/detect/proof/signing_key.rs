//! Secret keys of minisign and signify: the parameters for deriving a key from a password show whether there is one.

use super::Outcome;
use super::bytes::Bytes;
use super::encoding::{base64, fact};

/// The length of minisign's keys in bytes: three algorithms, salt, limits, then key number, key and checksum.
const MINISIGN: usize = 158;
/// The length of signify's keys in bytes.
const SIGNIFY: usize = 104;

/// Reads `Ed`, then `Sc`, or two zeros without a password.
pub(super) fn check_minisign(secret: &[u8]) -> Outcome {
    read(secret, MINISIGN, |rest| Some(rest.take(2)? != [0, 0]))
}

/// Reads `Ed`, `BK`, then the number of rounds, which is zero without a passphrase.
pub(super) fn check_signify(secret: &[u8]) -> Outcome {
    read(secret, SIGNIFY, |rest| {
        (rest.take(2)? == b"BK").then_some(())?;
        Some(rest.number(4)? > 0)
    })
}

fn read(
    secret: &[u8],
    length: usize,
    is_encrypted: impl FnOnce(&mut Bytes<'_>) -> Option<bool>,
) -> Outcome {
    let bytes = base64(secret).filter(|bytes| bytes.len() == length);
    let Some(bytes) = bytes else {
        return Outcome::Disproved;
    };
    let mut rest = Bytes(&bytes);
    if rest.take(2) != Some(b"Ed") {
        return Outcome::Disproved;
    }
    let Some(is_encrypted) = is_encrypted(&mut rest) else {
        return Outcome::Disproved;
    };
    // The key is at the end: made-up ones repeat the same bytes.
    let mut key = bytes[length - 64..].to_vec();
    key.sort_unstable();
    key.dedup();
    if key.len() < 24 {
        return Outcome::Disproved;
    }
    let encrypted = if is_encrypted { "yes" } else { "no" };
    Outcome::Proven(vec![fact("encrypted", encrypted)])
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    fn key(head: &[u8], length: usize) -> String {
        let mut bytes = head.to_vec();
        bytes.resize(length - 64, 0);
        bytes.extend((0..64_u8).map(|n| n.wrapping_mul(37)));
        to_base64(&bytes)
    }

    #[test]
    fn a_password_shows_in_what_derives_the_key() {
        let encrypted = |value| Outcome::Proven(vec![fact("encrypted", value)]);
        let minisign = |head: &[u8]| check_minisign(key(head, MINISIGN).as_bytes());
        assert_eq!(minisign(b"EdScB2"), encrypted("yes"));
        assert_eq!(minisign(b"Ed\0\0B2"), encrypted("no"));
        assert_eq!(minisign(b"XdScB2"), Outcome::Disproved);
        let signify = |head: &[u8]| check_signify(key(head, SIGNIFY).as_bytes());
        assert_eq!(signify(b"EdBK\0\0\0*"), encrypted("yes"));
        assert_eq!(signify(b"EdBK\0\0\0\0"), encrypted("no"));
        assert_eq!(signify(b"EdXX\0\0\0\0"), Outcome::Disproved);
        assert_eq!(check_signify(b"RWRCSw"), Outcome::Disproved);
    }
}
