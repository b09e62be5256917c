//! Password-protected keystores: PKCS#12, Java's and Bouncy Castle's. Their checksums show whether one opens without a
//! password, or with the one that Java's tools suggest.

use sha1::Sha1;
use sha2::digest::Digest;
use sha2::{Sha256, Sha512};

use super::bytes::Bytes;
use super::der::{INTEGER, OCTETS, OID, SEQUENCE, any, element, octets, whole_sequence};
use super::encoding::fact;
use crate::model::Fact;

/// Passwords that everyone tries, with the names to report them by.
const KNOWN: [(&str, &str); 2] = [("", "empty"), ("changeit", "changeit")];
/// The password that Hadoop's credential provider uses by default; its stores have Java's format.
const OF_HADOOP: (&str, &str) = ("none", "none");

/// More rounds take too long to try.
const MOST_ROUNDS: usize = 100_000;
/// The same for the empty password, for which NSS uses as many rounds.
const MOST_ROUNDS_OF_EMPTY: usize = 600_000;

/// The object identifier of SHA-1.
const SHA1: &[u8] = &[0x2b, 14, 3, 2, 26];

/// A PKCS#12 bag with a key: 1.2.840.113549.1.12.10.1, followed by 1 for a plain key and 2 for an encrypted one.
const BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1];

/// Reads a PKCS#12 file with a private key; `None` if it has only certificates.
pub(super) fn pkcs12(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut whole = whole_sequence(bytes)?;
    element(&mut whole, INTEGER)?;
    let mut safe = Bytes(element(&mut whole, SEQUENCE)?);
    element(&mut safe, OID)?;
    let (_, content) = any(&mut safe)?;
    let content = octets(&mut Bytes(content))?;
    let has_bag = |kind: u8| memchr::memmem::find(&content, &[BAG, &[kind]].concat()).is_some();
    let mut facts = vec![fact("kind", "PKCS#12")];
    if has_bag(1) {
        return Some(facts);
    }
    if !has_bag(2) {
        return None;
    }
    let mac = Mac::read(&mut whole);
    facts.extend(opens(|password| {
        mac.as_ref()
            .is_some_and(|mac| mac.is_of(password, &content))
    }));
    Some(facts)
}

/// Reads a store in Java's own format that has a private or secret key.
pub(super) fn jks(bytes: &[u8]) -> Option<Vec<Fact>> {
    let (covered, digest) = bytes.split_at_checked(bytes.len().checked_sub(20)?)?;
    let mut rest = Bytes(covered);
    rest.take(4)?;
    let version = rest.number(4).filter(|version| (1..=2).contains(version))?;
    let count = rest.number(4)?;
    let mut has_key = false;
    for _ in 0..count.min(64) {
        let tag = rest.number(4)?;
        let _alias = (rest.sized(2)?, rest.take(8)?);
        has_key |= tag == 1 || tag == 3;
        if tag != 2 {
            break;
        }
        if version == 2 {
            rest.sized(2)?;
        }
        rest.sized(4)?;
    }
    let mut facts = vec![fact("kind", "Java keystore")];
    let is_right = |password: &str| {
        let wide = password.encode_utf16().flat_map(u16::to_be_bytes);
        let wide: Vec<u8> = wide.collect();
        let mut hash = Sha1::new_with_prefix(wide);
        hash.update(b"Mighty Aphrodite");
        hash.update(covered);
        hash.finalize()[..] == *digest
    };
    let opened = match opens(is_right) {
        [
            Fact {
                name: "encrypted", ..
            },
        ] if is_right(OF_HADOOP.0) => [fact("password", OF_HADOOP.1)],
        opened => opened,
    };
    facts.extend(opened);
    has_key.then_some(facts)
}

/// Reads a Bouncy Castle store (BKS), as used on Android, that has a private or secret key.
pub(super) fn bks(bytes: &[u8]) -> Option<Vec<Fact>> {
    let (covered, digest) = bytes.split_at_checked(bytes.len().checked_sub(20)?)?;
    let mut rest = Bytes(covered);
    let version = rest.number(4).filter(|version| (1..=2).contains(version))?;
    let salt = rest.sized(4).filter(|salt| !salt.is_empty())?;
    let rounds = rest.number(4)?;
    let content = rest.0;
    has_key(&mut rest).then_some(())?;
    let mac = Mac {
        algorithm: SHA1,
        value: digest,
        salt,
        rounds,
    };
    // The first version computes its checksum with a two-byte key, which nothing else does.
    let is_known = |password: &str| version == 2 && mac.is_of(password, content);
    let mut facts = vec![fact("kind", "BKS")];
    facts.extend(opens(is_known));
    Some(facts)
}

/// Whether a Bouncy Castle store contains more than certificates.
fn has_key(rest: &mut Bytes<'_>) -> bool {
    let mut entry = || {
        let kind = rest.byte()?;
        let alias = rest.sized(2)?;
        rest.take(8).filter(|_| !alias.is_empty())?;
        for _ in 0..rest.number(4).filter(|count| *count < 16)? {
            rest.sized(2)?;
            rest.sized(4)?;
        }
        if kind == 1 {
            rest.sized(2)?;
            rest.sized(4)?;
        }
        Some(kind)
    };
    let kinds = std::iter::from_fn(|| entry().filter(|kind| *kind != 0));
    kinds
        .take(64)
        .find(|kind| *kind != 1)
        .is_some_and(|kind| kind <= 4)
}

/// Returns a fact about the password that a store opens with.
fn opens(is_right: impl Fn(&str) -> bool) -> [Fact; 1] {
    let known = KNOWN.iter().find(|(password, _)| is_right(password));
    [known.map_or_else(
        || fact("encrypted", "yes"),
        |(_, name)| fact("password", name),
    )]
}

/// The checksum of a PKCS#12 file.
struct Mac<'a> {
    algorithm: &'a [u8],
    value: &'a [u8],
    salt: &'a [u8],
    rounds: usize,
}

impl<'a> Mac<'a> {
    fn read(whole: &mut Bytes<'a>) -> Option<Self> {
        let mut data = Bytes(element(whole, SEQUENCE)?);
        let mut digest = Bytes(element(&mut data, SEQUENCE)?);
        let mut algorithm = Bytes(element(&mut digest, SEQUENCE)?);
        let algorithm = element(&mut algorithm, OID)?;
        let value = element(&mut digest, OCTETS)?;
        let salt = element(&mut data, OCTETS)?;
        let rounds = match element(&mut data, INTEGER) {
            Some(number) => Bytes(number).number(number.len())?,
            None => 1,
        };
        Some(Self {
            algorithm,
            value,
            salt,
            rounds,
        })
    }

    /// Whether `password` yields this checksum for `content`.
    fn is_of(&self, password: &str, content: &[u8]) -> bool {
        let most = if password.is_empty() {
            MOST_ROUNDS_OF_EMPTY
        } else {
            MOST_ROUNDS
        };
        if !(1..=most).contains(&self.rounds) || self.salt.len() > 128 {
            return false;
        }
        let wide = password.encode_utf16().chain([0]);
        let wide: Vec<u8> = wide.flat_map(u16::to_be_bytes).collect();
        let is_right = |password: &[u8]| match self.algorithm {
            SHA1 => self.matches::<Sha1>(64, password, content),
            [.., 4, 2, 1] => self.matches::<Sha256>(64, password, content),
            [.., 4, 2, 3] => self.matches::<Sha512>(128, password, content),
            _ => false,
        };
        // Some programs encode the empty password as nothing, others as a terminator.
        is_right(&wide) || password.is_empty() && self.rounds <= MOST_ROUNDS && is_right(b"")
    }

    fn matches<D: Digest>(&self, block: usize, password: &[u8], content: &[u8]) -> bool {
        let key = self.derive::<D>(block, password);
        hmac::<D>(block, &key, content) == self.value
    }

    /// Derives the key of the checksum (RFC 7292, appendix B), which is as long as the hash.
    fn derive<D: Digest>(&self, block: usize, password: &[u8]) -> Vec<u8> {
        let filled = |text: &[u8]| {
            let length = text.len().div_ceil(block) * block;
            let bytes = text.iter().copied().cycle().take(length);
            bytes.collect::<Vec<u8>>()
        };
        let mut hash = D::new();
        hash.update(vec![3; block]);
        hash.update(filled(self.salt));
        hash.update(filled(password));
        let mut key = hash.finalize().to_vec();
        for _ in 1..self.rounds {
            key = D::digest(&key).to_vec();
        }
        key
    }
}

/// Computes the HMAC of RFC 2104 with a key no longer than a block.
fn hmac<D: Digest>(block: usize, key: &[u8], content: &[u8]) -> Vec<u8> {
    let padded = |pad: u8| {
        let mut bytes: Vec<u8> = key.iter().map(|byte| byte ^ pad).collect();
        bytes.resize(block, pad);
        bytes
    };
    let mut inner = D::new_with_prefix(padded(0x36));
    inner.update(content);
    let mut outer = D::new_with_prefix(padded(0x5c));
    outer.update(inner.finalize());
    outer.finalize().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u8::try_from(content.len()).expect("tests have short elements");
        [&[tag, 0x81, length][..], &content].concat()
    }

    /// Returns a file with a bag of this kind, protected with this password.
    fn store(bag: u8, password: &str) -> Vec<u8> {
        let content = der(SEQUENCE, &[&der(OID, &[BAG, &[bag]])]);
        let mac = Mac {
            algorithm: &[0x2b, 14, 3, 2, 26],
            value: &[],
            salt: b"saltsalt",
            rounds: 3,
        };
        let wide = password.encode_utf16().chain([0]);
        let wide: Vec<u8> = wide.flat_map(u16::to_be_bytes).collect();
        let value = hmac::<Sha1>(64, &mac.derive::<Sha1>(64, &wide), &content);
        let data = der(OID, &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1]]);
        let safe = der(SEQUENCE, &[&data, &der(0xa0, &[&der(OCTETS, &[&content])])]);
        let algorithm = der(SEQUENCE, &[&der(OID, &[mac.algorithm]), &[5, 0]]);
        let digest = der(SEQUENCE, &[&algorithm, &der(OCTETS, &[&value])]);
        let mac = der(SEQUENCE, &[&digest, &der(OCTETS, &[mac.salt]), &[2, 1, 3]]);
        der(SEQUENCE, &[&[2, 1, 3], &safe, &mac])
    }

    #[test]
    fn known_passwords_are_tried() {
        let kind = fact("kind", "PKCS#12");
        for (password, expected) in [
            ("", fact("password", "empty")),
            ("changeit", fact("password", "changeit")),
            ("another", fact("encrypted", "yes")),
        ] {
            let found = pkcs12(&store(2, password));
            assert_eq!(found, Some(vec![kind.clone(), expected]), "{password}");
        }
        assert_eq!(pkcs12(&store(1, "another")), Some(vec![kind]));
        // Certificates are public.
        assert_eq!(pkcs12(&store(3, "changeit")), None);
    }

    #[test]
    fn the_keyed_hash_is_that_of_the_standard() {
        // The second SHA-1 test case of RFC 2202.
        let made = hmac::<Sha1>(64, b"Jefe", b"what do ya want for nothing?");
        assert_eq!(made[..4], [0xef, 0xfc, 0xdf, 0x6a]);
    }

    #[test]
    fn stores_of_bouncy_castle_have_a_keyed_checksum() {
        let mut content = b"\x04\0\x01a\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x04abcd\0".to_vec();
        let made = |content: &[u8], password: &str| {
            let mac = Mac {
                algorithm: SHA1,
                value: &[],
                salt: b"saltsalt",
                rounds: 3,
            };
            let wide = password.encode_utf16().chain([0]);
            let wide: Vec<u8> = wide.flat_map(u16::to_be_bytes).collect();
            let digest = hmac::<Sha1>(64, &mac.derive::<Sha1>(64, &wide), content);
            let head = b"\0\0\0\x02\0\0\0\x08saltsalt\0\0\0\x03";
            bks(&[&head[..], content, &digest].concat()).map(|facts| facts[1].clone())
        };
        assert_eq!(
            made(&content, "changeit"),
            Some(fact("password", "changeit"))
        );
        assert_eq!(made(&content, "another"), Some(fact("encrypted", "yes")));
        // Certificates are public.
        content[0] = 1;
        assert_eq!(made(&content, "changeit"), None);
    }

    #[test]
    fn java_keystores_have_a_digest_with_the_password() {
        let mut bytes = b"\xfe\xed\xfe\xed\0\0\0\x02\0\0\0\x01\0\0\0\x01\0\x01a".to_vec();
        bytes.extend([0; 40]);
        let wide: Vec<u8> = "changeit"
            .encode_utf16()
            .flat_map(u16::to_be_bytes)
            .collect();
        let digest = Sha1::digest([&wide[..], b"Mighty Aphrodite", &bytes].concat());
        let known = [&bytes[..], &digest].concat();
        let facts = jks(&known).expect("it has a key");
        assert!(facts.contains(&fact("password", "changeit")));
        let other = jks(&[&bytes[..], &[1; 20]].concat()).expect("it has a key");
        assert!(other.contains(&fact("encrypted", "yes")));
    }
}
