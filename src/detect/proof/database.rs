//! Databases that contain keys and passwords: those of NSS, in which Firefox and Thunderbird keep the key to their
//! passwords, of Telegram clients, Cyrus SASL, Samba and `DuckDB`.

use super::bytes::Bytes;
use super::der::{INTEGER, OCTETS, SEQUENCE, element};
use super::encoding::fact;
use crate::model::Fact;

/// The first bytes of a SQLite database.
const SQLITE: &[u8] = b"SQLite format 3\0";

/// Larger databases are none of these: Firefox profiles have 300 kB.
const LARGEST: usize = 4 << 20;
/// How many bytes at the beginning of a SQLite database are searched for the descriptions of its tables.
const SCHEMA: usize = 64 << 10;

/// The key derivation of PKCS#5, 1.2.840.113549.1.5.12.
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
/// The scheme that NSS used before, 1.2.840.113549.1.12.5.1.3.
const PBE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 5, 1, 3];

/// The magic numbers of Berkeley DB for a hash and a B-tree.
const BERKELEY: [[u8; 4]; 2] = [[0x61, 0x15, 0x06, 0], [0x62, 0x31, 0x05, 0]];

/// The first bytes of a Samba database.
const TDB: &[u8] = b"TDB file\n";

/// Whether a file may be one of the databases that can be large.
pub(super) fn may_be_one(bytes: &[u8]) -> bool {
    bytes.len() <= LARGEST && (bytes.starts_with(SQLITE) || bytes.starts_with(TDB))
}

/// Reads a SQLite database, and returns the rule for it.
pub(super) fn sqlite(bytes: &[u8]) -> Option<(&'static str, Vec<Fact>)> {
    let is_nss = || nss(bytes).map(|facts| ("nss/key-database", facts));
    let is_telegram = || telegram(bytes).map(|facts| ("telegram/session-file", facts));
    is_nss().or_else(is_telegram)
}

/// Reads a session of Telethon or Pyrogram: a table with the number of a data centre and a 256-byte key, and one of
/// its rows.
fn telegram(bytes: &[u8]) -> Option<Vec<Fact>> {
    const KEY: usize = 256;
    let is_one = bytes.starts_with(SQLITE) && bytes.len() <= LARGEST;
    let schema = &bytes[..bytes.len().min(SCHEMA)];
    let has = |word: &[u8]| memchr::memmem::find(schema, word).is_some();
    (is_one && has(b"sessions") && has(b"dc_id") && has(b"auth_key")).then_some(())?;
    // A row's header has the length of the key, encoded as 12 plus two per byte, in a two-byte number.
    let length = u16::try_from(12 + 2 * KEY).ok()?;
    let coded = [
        0x80 | u8::try_from(length >> 7).ok()?,
        u8::try_from(length & 0x7f).ok()?,
    ];
    let row = |at: usize| {
        let rest = bytes.get(at + 2..at + 2 + KEY).unwrap_or_default();
        rest.iter().filter(|byte| !byte.is_ascii()).count() > KEY / 4
    };
    let has_row = memchr::memmem::find_iter(bytes, &coded).any(row);
    has_row.then(|| vec![fact("kind", "Telegram")])
}

/// Reads Samba's accounts (`passdb.tdb`), and its own secrets (`secrets.tdb`).
pub(super) fn samba(bytes: &[u8]) -> Option<Vec<Fact>> {
    const ENTRIES: [&[u8]; 3] = [
        b"RID_0",
        b"SECRETS/MACHINE_PASSWORD/",
        b"SECRETS/LDAP_BIND_PW/",
    ];
    let has = |word: &[u8]| memchr::memmem::find(bytes, word).is_some();
    let is_one = bytes.starts_with(TDB) && ENTRIES.iter().any(|entry| has(entry));
    is_one.then(|| vec![fact("kind", "TDB")])
}

/// Reads a secret of `DuckDB`: numbered fields, among them the kind of the secret and its contents.
pub(super) fn duckdb(bytes: &[u8]) -> Option<Vec<Fact>> {
    const FIELDS: [&[u8]; 6] = [
        b"\x06secret",
        b"\x0cbearer_token",
        b"\x0dsession_token",
        b"\x08password",
        b"\x05token",
        b"\x11connection_string",
    ];
    let has = |word: &[u8]| memchr::memmem::find(bytes, word).is_some();
    let is_one = has(b"config") && has(b"\x05value");
    (is_one && FIELDS.iter().any(|field| has(field))).then(|| vec![fact("kind", "DuckDB")])
}

/// Reads a key database of NSS (`key4.db`). Its keys are encrypted with the database's password; without one, they are
/// derived from the empty password in a single round.
fn nss(bytes: &[u8]) -> Option<Vec<Fact>> {
    let is_one = bytes.starts_with(SQLITE) && bytes.len() <= LARGEST;
    let schema = &bytes[..bytes.len().min(SCHEMA)];
    (is_one && memchr::memmem::find(schema, b"nssPrivate").is_some()).then_some(())?;
    let rounds: Vec<usize> = memchr::memmem::find_iter(bytes, PBKDF2)
        .filter_map(|at| rounds(&bytes[at + PBKDF2.len()..]))
        .collect();
    let former = memchr::memmem::find_iter(bytes, PBE).count();
    // The first one only checks the password.
    (rounds.len() + former >= 2).then_some(())?;
    let opens = if rounds.contains(&1) {
        fact("password", "empty")
    } else {
        fact("encrypted", "yes")
    };
    Some(vec![fact("kind", "NSS"), opens])
}

/// Returns the number of rounds of a key derivation, which follows the salt.
fn rounds(parameters: &[u8]) -> Option<usize> {
    let mut parameters = Bytes(element(&mut Bytes(parameters), SEQUENCE)?);
    element(&mut parameters, OCTETS)?;
    let number = element(&mut parameters, INTEGER)?;
    Bytes(number).number(number.len())
}

/// Whether a file is a Berkeley DB database.
pub(super) fn is_berkeley(bytes: &[u8]) -> bool {
    bytes
        .get(12..16)
        .is_some_and(|magic| BERKELEY.iter().any(|known| known == magic))
}

/// Reads the passwords of Cyrus SASL (`sasldb2`), which are stored in plain text.
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

    #[test]
    fn databases_of_samba_have_accounts_or_passwords() {
        let of = |entry: &[u8]| samba(&[TDB, &[0; 32], entry].concat()).is_some();
        assert!(of(b"USER_ann\0RID_000003e8\0") && of(b"SECRETS/MACHINE_PASSWORD/SHOP"));
        assert!(!of(b"INFO/version") && samba(b"RID_000003e8").is_none());
    }

    #[test]
    fn a_session_of_telegram_has_a_key() {
        let schema = b"CREATE TABLE sessions (dc_id integer primary key, auth_key blob)";
        let key: Vec<u8> = (0..=255_u8).map(|byte| byte.wrapping_mul(37)).collect();
        let row = [&[8, 0, 0x29, 2, 0x84, 0x0c, 0][..], &key].concat();
        let of = |rest: &[u8]| sqlite(&[SQLITE, schema, rest].concat()).map(|(rule, _)| rule);
        assert_eq!(of(&row), Some("telegram/session-file"));
        assert_eq!(of(&row[..40]), None);
        assert_eq!(of(b""), None);
    }

    #[test]
    fn a_secret_of_duckdb_has_a_field_that_is_one() {
        let of = |field: &[u8]| duckdb(&[b"d\0\x04http\x06config\x05value", field].concat());
        assert!(of(b"\x0cbearer_token").is_some());
        assert!(of(b"\x06region").is_none());
    }
}
