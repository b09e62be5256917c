//! Binary private keys: DER, PKCS#12 and Java's stores, Microsoft's blobs, SSH-1, `OpenPGP`, and the formats of single
//! tools. The first bytes decide which structure is read, so that any other file costs only a comparison.

use std::ops::Range;

use super::Outcome;
use super::bytes::Bytes;
use super::der::{INTEGER, SEQUENCE, element, whole_sequence};
use super::encoding::{base64, fact};
use super::{database, keystore, openpgp, private_key};
use crate::model::Fact;

/// Larger files are none of these.
pub(in crate::detect) const LARGEST: usize = 256 << 10;

/// What a file is, with the id of the rule for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::detect) struct Container {
    pub(in crate::detect) rule: &'static str,
    pub(in crate::detect) facts: Vec<Fact>,
}

const KEY: &str = "private-key/binary";
const STORE: &str = "private-key/keystore";

/// Reads a key as it is in a file, or in base64.
pub(super) fn check(secret: &[u8]) -> Outcome {
    let decoded = || {
        let digits: Vec<u8> = secret
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        (!private_key::is_published(&digits))
            .then(|| base64(&digits))
            .flatten()
    };
    let found = recognise(secret).or_else(|| recognise(&decoded()?));
    found.map_or(Outcome::Disproved, |found| Outcome::Proven(found.facts))
}

/// Returns what `bytes` is as a whole; `None` if it contains no secret key.
pub(in crate::detect) fn recognise(bytes: &[u8]) -> Option<Container> {
    if bytes.len() > LARGEST && !database::may_be_one(bytes) {
        return None;
    }
    let (rule, facts) = match bytes {
        [SEQUENCE, ..] => der(bytes)?,
        [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => {
            (STORE, keystore::jks(bytes)?)
        }
        [0x1e, 0xf1, 0xb5, 0xb0, ..] => (KEY, pvk(bytes)?),
        [0x3f, 0xd7, 0x6c, 0x17, ..] => ("elasticsearch/keystore", elasticsearch(bytes)?),
        [7, 2, 0, 0, ..] => (KEY, blob(bytes)?),
        [b'S', b'S', b'H', b' ', ..] => (KEY, ssh1(bytes)?),
        [0x94..=0x97 | 0xc5, ..] => (KEY, openpgp_key(bytes)?),
        [b'T', b'D', b'B', ..] => ("samba/password-database", database::samba(bytes)?),
        [b'd', 0, ..] => ("duckdb/stored-secret", database::duckdb(bytes)?),
        [b'(' | b'C' | b'K' | b'T', ..] => (KEY, agent_key(bytes)?),
        [0, b'G', b'I', b'T', ..] => ("git-crypt/key", git_crypt(bytes)?),
        [b'=', b'=', b' ', ..] => ("tor/onion-service-key", tor(bytes)?),
        [5, 1 | 2, ..] => ("kerberos/keytab", keytab(bytes)?),
        [0, 0, 0, 0, ..] if database::is_berkeley(bytes) => {
            ("sasl/password-database", database::sasl(bytes)?)
        }
        [0, 0, 0, 0, ..] => ("mysql/login-path", login_path(bytes)?),
        [0, 0, 0, 1 | 2, 0, 0, 0, 1..=64, ..] => (STORE, keystore::bks(bytes)?),
        [0, 0, 0, 7..=32, b's' | b'e', ..] => (KEY, dropbear(bytes)?),
        [b'S', b'Q', b'L', ..] => database::sqlite(bytes)?,
        _ => return None,
    };
    Some(Container { rule, facts })
}

/// Returns which part of a container to mask, if it is text: not the keywords of its format.
pub(in crate::detect) fn secret_of(bytes: &[u8]) -> Range<usize> {
    let parts = [&b"(d #"[..], b"(protected openpgp"];
    let part = parts
        .iter()
        .find_map(|part| memchr::memmem::find(bytes, part));
    match part {
        Some(start) if bytes.is_ascii() => start..bytes.trim_ascii_end().len(),
        _ => 0..bytes.len(),
    }
}

fn kind(name: &str) -> Vec<Fact> {
    vec![fact("kind", name)]
}

/// Reads PKCS#1, SEC 1, PKCS#8, encrypted or not, and PKCS#12.
fn der(bytes: &[u8]) -> Option<(&'static str, Vec<Fact>)> {
    let mut first = whole_sequence(bytes)?;
    let version = element(&mut first, INTEGER);
    let key = |label: &[u8]| private_key::asn1(label, bytes).map(|facts| (KEY, facts));
    match version {
        Some([3]) => keystore::pkcs12(bytes).map(|facts| (STORE, facts)),
        Some([1]) => key(b"EC PRIVATE KEY").or_else(|| key(b"PRIVATE KEY")),
        Some([0]) => key(b"RSA PRIVATE KEY")
            .or_else(|| key(b"PRIVATE KEY"))
            .or_else(|| key(b"DSA PRIVATE KEY")),
        Some(_) => None,
        // An algorithm, a salt and encrypted data. Certificates begin in the same way, but their second element is not
        // a string.
        None => is_encryption(bytes)
            .then(|| key(b"ENCRYPTED PRIVATE KEY"))
            .flatten(),
    }
}

/// Whether a sequence is an encryption algorithm of PKCS#5 or PKCS#12, followed by what it encrypted.
fn is_encryption(bytes: &[u8]) -> bool {
    const PBES: [&[u8]; 2] = [
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5],
        &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1],
    ];
    let algorithm = || {
        let mut whole = whole_sequence(bytes)?;
        let mut algorithm = Bytes(element(&mut whole, SEQUENCE)?);
        element(&mut algorithm, super::der::OID)
    };
    algorithm().is_some_and(|oid| PBES.iter().any(|known| oid.starts_with(known)))
}

/// Reads Microsoft's private key file: a header, a salt, and a blob, which is encrypted if there is a salt.
fn pvk(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes);
    rest.take(12)?;
    let is_encrypted = rest.take(4)? != [0; 4];
    let salt = little(&mut rest)?;
    let length = little(&mut rest)?;
    rest.take(salt)?;
    let key = rest.take(length).filter(|_| rest.is_empty())?;
    let mut facts = kind("PVK");
    if is_encrypted {
        facts.push(fact("encrypted", "yes"));
    } else {
        blob(key)?;
    }
    Some(facts)
}

/// Reads Microsoft's blob of a private key for RSA or DSA.
fn blob(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes);
    rest.take(8)?;
    let magic = rest.take(4)?;
    let bits = little(&mut rest)?;
    let is_key = matches!(magic, b"RSA2" | b"DSS2") && (384..=16_384).contains(&bits);
    // Modulus, private exponent, and five numbers of half that length.
    let least = if magic == b"RSA2" {
        bits / 16 * 9
    } else {
        bits / 8
    };
    (is_key && rest.0.len() >= least).then(|| kind("Microsoft blob"))
}

fn little(rest: &mut Bytes<'_>) -> Option<usize> {
    let bytes = rest.take(4)?;
    let bytes: [u8; 4] = bytes.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

/// Reads the first format of SSH, in which one byte gives the cipher.
fn ssh1(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes.strip_prefix(b"SSH PRIVATE KEY FILE FORMAT 1.1\n\0")?);
    let cipher = rest.byte()?;
    rest.take(8).filter(|_| rest.0.len() > 64)?;
    let encrypted = if cipher == 0 { "no" } else { "yes" };
    Some(vec![fact("kind", "SSH-1"), fact("encrypted", encrypted)])
}

/// Reads a Dropbear key: the contents of a public key, followed by the secret numbers.
fn dropbear(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes);
    let name = rest.sized(4)?;
    let (mut parts, mut last) = (0, 0);
    while !rest.is_empty() {
        last = rest.sized(4)?.len();
        parts += 1;
    }
    let is_key = match name {
        b"ssh-ed25519" => parts == 1 && last == 64,
        b"ssh-rsa" => matches!(parts, 3 | 5),
        b"ssh-dss" => parts == 5,
        _ => name.starts_with(b"ecdsa-sha2-") && parts == 3,
    };
    is_key.then(|| kind("Dropbear"))
}

fn openpgp_key(bytes: &[u8]) -> Option<Vec<Fact>> {
    let is_secret = bytes[0] & 0xfc == 0x94 || bytes[0] == 0xc5;
    // A tag, a length and a version are likely to occur by chance.
    let may_be_key = is_secret && openpgp::begins_as_key(bytes);
    let facts = may_be_key.then(|| openpgp::read_packets(bytes)).flatten()?;
    let is_stub = facts.iter().any(|fact| fact.name == "stub");
    (!is_stub && bytes.len() > 60).then_some(facts)
}

/// Reads a key of `GnuPG`'s agent, `(11:private-key(3:rsa…`, or the same as the value of `Key:`.
fn agent_key(bytes: &[u8]) -> Option<Vec<Fact>> {
    let head = &bytes[..bytes.len().min(4096)];
    let at = |word: &[u8]| memchr::memmem::find(head, word);
    let is_whole = bytes.starts_with(b"(") && at(b"private-key") < Some(40);
    let is_named = at(b"Key: (").is_some();
    if !is_whole && !is_named || at(b"shadowed-private-key").is_some() {
        return None;
    }
    let encrypted = if at(b"protected-private-key").is_some() {
        "yes"
    } else {
        at(b"private-key")?;
        at(b"(d").or_else(|| at(b"(1:d")).or_else(|| at(b"(1:x"))?;
        "no"
    };
    Some(vec![
        fact("kind", "GnuPG agent"),
        fact("encrypted", encrypted),
    ])
}

/// Reads the exported key of a repository: a version of at most 2, then a header and entries, each with its number and
/// length.
fn git_crypt(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes.strip_prefix(b"\0GITCRYPTKEY")?);
    let version = rest.number(4)?;
    (version <= 2 && rest.0.len() >= 96).then(|| kind("git-crypt"))
}

fn tor(bytes: &[u8]) -> Option<Vec<Fact>> {
    let is_key = bytes.len() == 96 && bytes.starts_with(b"== ed25519v1-secret: type0 ==");
    is_key.then(|| kind("Ed25519"))
}

/// Reads the keystore of Elasticsearch or `OpenSearch`: a Lucene header, its version, and whether it has a password.
/// Without one, it is encrypted with the empty password.
fn elasticsearch(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes);
    rest.take(4)?;
    let name = rest.sized(1)?;
    rest.number(4)
        .filter(|version| (1..=16).contains(version))?;
    let opens = match rest.byte()? {
        0 => fact("password", "empty"),
        1 => fact("encrypted", "yes"),
        _ => return None,
    };
    let is_one = matches!(name, b"elasticsearch.keystore" | b"opensearch.keystore");
    is_one.then(|| vec![fact("kind", "Elasticsearch"), opens])
}

/// Reads entries that follow their lengths; the first must have a principal.
fn keytab(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes);
    rest.take(2)?;
    let length = rest
        .number(4)
        .filter(|length| (16..=4096).contains(length))?;
    let mut entry = Bytes(rest.take(length)?);
    let components = entry.number(2).filter(|count| (1..=8).contains(count))?;
    for _ in 0..=components {
        let name = entry.sized(2)?;
        let is_name = name.iter().all(u8::is_ascii_graphic);
        (is_name && !name.is_empty()).then_some(())?;
    }
    Some(kind("keytab"))
}

/// Reads MySQL's login paths: 20 bytes from which the key is derived, then lines encrypted with AES, each following
/// its length.
fn login_path(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes);
    rest.take(4)?;
    rest.take(20)
        .filter(|key| key.iter().all(|byte| *byte < 32))?;
    let mut lines = 0;
    while !rest.is_empty() {
        let length = little(&mut rest).filter(|length| *length > 0 && length % 16 == 0)?;
        rest.take(length)?;
        lines += 1;
    }
    (lines > 0).then(|| vec![fact("obfuscated", "yes")])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbered(count: usize) -> Vec<u8> {
        let byte = |n: usize| u8::try_from(n * 41 % 251).unwrap_or_default();
        (1..=count).map(byte).collect()
    }

    /// Returns one container of each kind, except those whose numbers have lengths of their own, with the rule for it.
    fn containers() -> Vec<(Vec<u8>, &'static str)> {
        let blob = [
            &b"\x07\x02\0\0\0\xa4\0\0RSA2"[..],
            &2048_u32.to_le_bytes(),
            &numbered(1200),
        ]
        .concat();
        let length = u32::try_from(blob.len()).unwrap_or_default().to_le_bytes();
        let pvk = [
            &[0x1e, 0xf1, 0xb5, 0xb0][..],
            &[0; 8],
            &[0; 8],
            &length,
            &blob,
        ]
        .concat();
        let entry = [
            &b"\0\x01\0\x04SHOP\0\x03web\0\0\0\x01\0\0\0\0\x03\0\x12\0\x20"[..],
            &numbered(32),
        ]
        .concat();
        let size = u32::try_from(entry.len()).unwrap_or_default().to_be_bytes();
        vec![
            (blob, KEY),
            (pvk, KEY),
            (
                [
                    &b"SSH PRIVATE KEY FILE FORMAT 1.1\n\0\0"[..],
                    &numbered(200),
                ]
                .concat(),
                KEY,
            ),
            (
                b"(11:private-key(3:rsa(1:n3:abc)(1:e1:a)(1:d3:abc)))".to_vec(),
                KEY,
            ),
            (
                [&b"\0GITCRYPTKEY\0\0\0\x02"[..], &numbered(120)].concat(),
                "git-crypt/key",
            ),
            (
                [&b"\0\0\0\x0bssh-ed25519\0\0\0\x40"[..], &numbered(64)].concat(),
                KEY,
            ),
            (
                [&b"== ed25519v1-secret: type0 ==\0\0\0"[..], &numbered(64)].concat(),
                "tor/onion-service-key",
            ),
            (
                [&b"\x05\x02"[..], &size, &entry].concat(),
                "kerberos/keytab",
            ),
            (
                [&[0; 4][..], &[7; 20], &16_u32.to_le_bytes(), &numbered(16)].concat(),
                "mysql/login-path",
            ),
        ]
    }

    #[test]
    fn kinds_are_known_by_how_they_begin_and_what_follows() {
        for (bytes, rule) in containers() {
            let found = recognise(&bytes).map(|found| found.rule);
            assert_eq!(found, Some(rule), "{:?}", &bytes[..8]);
            assert_eq!(recognise(&bytes[..bytes.len() / 4]), None, "{rule}");
        }
    }

    #[test]
    fn what_is_public_or_something_else_is_none() {
        let of_ssh = [&b"\0\0\0\x0bssh-ed25519\0\0\0\x20"[..], &numbered(32)].concat();
        let public = [&b"== ed25519v1-public: type0 ==\0\0\0"[..], &numbered(32)].concat();
        let certificate = [0x30, 6, 0x30, 4, 0x06, 2, 0x55, 4];
        for bytes in [
            &public[..],
            &of_ssh,
            &certificate,
            b"\0GITCRYPT\0abc",
            b"Comments: a key",
            &[0; 400],
            b"",
        ] {
            assert_eq!(recognise(bytes), None, "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic(
            which in 0..9_usize,
            edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
            end in any::<prop::sample::Index>(),
            noise in prop::collection::vec(any::<u8>(), 0..80),
        ) {
            let (mut bytes, _) = containers().swap_remove(which);
            for (at, byte) in edits {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
            let _ = recognise(&bytes);
            bytes.truncate(end.index(bytes.len() + 1));
            let _ = recognise(&bytes);
            let _ = check(&noise);
            for head in [&[0x30_u8, 0x82][..], &[0x95, 3], &[0xfe, 0xed, 0xfe, 0xed], &[5, 2]] {
                let _ = recognise(&[head, &noise].concat());
            }
        }
    }
}
