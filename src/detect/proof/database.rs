//! Databases of which the columns are keys and passwords: those of NSS, in which Firefox and Thunderbird keep what opens
//! their passwords, and of Cyrus SASL.

use super::bytes::Bytes;
use super::der::{INTEGER, OCTETS, SEQUENCE, element};
use super::encoding::fact;
use crate::model::Fact;

/// How a database of SQLite begins.
pub(super) const SQLITE: &[u8] = b"SQLite format 3\0";

/// Larger databases are none of these: profiles of Firefox have 300 kB.
const LARGEST: usize = 4 << 20;
/// Where the tables of a database of SQLite are described.
const SCHEMA: usize = 64 << 10;

/// The key derivation of PKCS#5, 1.2.840.113549.1.5.12.
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
/// The scheme that NSS had before, 1.2.840.113549.1.12.5.1.3.
const PBE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 5, 1, 3];

/// The magic numbers of Berkeley DB, of a hash and of a tree.
const BERKELEY: [[u8; 4]; 2] = [[0x61, 0x15, 0x06, 0], [0x62, 0x31, 0x05, 0]];

/// Reads a database of keys of NSS (`key4.db`). Its keys are encrypted with the password of the database; one without a
/// password has a single round of derivation, with the empty one.
pub(super) fn nss(bytes: &[u8]) -> Option<Vec<Fact>> {
    let is_one = bytes.starts_with(SQLITE) && bytes.len() <= LARGEST;
    let schema = &bytes[..bytes.len().min(SCHEMA)];
    (is_one && memchr::memmem::find(schema, b"nssPrivate").is_some()).then_some(())?;
    let rounds: Vec<usize> = memchr::memmem::find_iter(bytes, PBKDF2)
        .filter_map(|at| rounds(&bytes[at + PBKDF2.len()..]))
        .collect();
    let former = memchr::memmem::find_iter(bytes, PBE).count();
    // The first is what the password is checked with.
    (rounds.len() + former >= 2).then_some(())?;
    let opens = if rounds.contains(&1) {
        fact("password", "empty")
    } else {
        fact("encrypted", "yes")
    };
    Some(vec![fact("kind", "NSS"), opens])
}

/// The rounds of a derivation, behind its salt.
fn rounds(parameters: &[u8]) -> Option<usize> {
    let mut parameters = Bytes(element(&mut Bytes(parameters), SEQUENCE)?);
    element(&mut parameters, OCTETS)?;
    let number = element(&mut parameters, INTEGER)?;
    Bytes(number).number(number.len())
}

/// Whether it is a database of Berkeley DB.
pub(super) fn is_berkeley(bytes: &[u8]) -> bool {
    bytes
        .get(12..16)
        .is_some_and(|magic| BERKELEY.iter().any(|known| known == magic))
}

/// Reads the passwords of Cyrus SASL (`sasldb2`), which are kept as they are.
pub(super) fn sasl(bytes: &[u8]) -> Option<Vec<Fact>> {
    memchr::memmem::find(bytes, b"\0userPassword")?;
    Some(vec![fact("kind", "sasldb2")])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn derived(rounds: &[u8]) -> Vec<u8> {
        let number = [
            &[INTEGER, u8::try_from(rounds.len()).unwrap_or_default()],
            rounds,
        ]
        .concat();
        let inner = [&[OCTETS, 4, 9, 8, 7, 6][..], &number].concat();
        let length = u8::try_from(inner.len()).unwrap_or_default();
        [PBKDF2, &[SEQUENCE, length], &inner].concat()
    }

    fn database(rounds: &[u8]) -> Vec<u8> {
        let schema = b"CREATE TABLE metaData CREATE TABLE nssPrivate";
        [SQLITE, schema, &derived(rounds).repeat(2)].concat()
    }

    #[test]
    fn one_round_is_no_password() {
        let of = |rounds: &[u8]| nss(&database(rounds)).map(|facts| facts[1].clone());
        assert_eq!(of(&[1]), Some(fact("password", "empty")));
        assert_eq!(of(&[0x27, 0x10]), Some(fact("encrypted", "yes")));
        assert_eq!(nss(&[SQLITE, b"CREATE TABLE users"].concat()), None);
        assert_eq!(nss(&database(&[1])[..80]), None);
    }

    #[test]
    fn passwords_of_sasl_are_in_a_hash() {
        let head = [&[0; 12][..], &BERKELEY[0], &[0; 40]].concat();
        assert!(is_berkeley(&head) && !is_berkeley(&[0; 40]));
        assert_eq!(sasl(&head), None);
        let whole = [&head[..], b"ann\0shop.internal\0userPassword"].concat();
        assert!(sasl(&whole).is_some());
    }
}
