//! Private keys in PEM armour: PKCS#1, PKCS#8, SEC 1, `OpenSSH` and `OpenPGP`.
//!
//! Keys occur inside JSON strings, YAML blocks, quoted and concatenated source lines, and with line breaks written as
//! `\n`, all of which strict PEM parsers reject. So the body is collected leniently here, and must then have the
//! structure that the label promises.

use sha2::{Digest as _, Sha256};

use super::Outcome;
use super::bytes::Bytes;
use super::der::{INTEGER, OCTETS, OID, SEQUENCE, bits, element, whole_sequence};
use super::encoding::{base64, fact};
use super::memory::checked_once;
use super::openpgp;
use crate::model::Fact;

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// A shorter body that does not parse is a sample: even an Ed25519 key has 64 characters, and parses.
const SHORTEST_BODY: usize = 100;

/// Real keys use most of the 64 digits; a body with fewer distinct ones is typed filler.
const FEWEST_DIGITS: usize = 20;

const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
const X25519: &[u8] = &[0x2b, 0x65, 0x6e];

/// The text between the armour's delimiter lines.
#[derive(Default)]
pub(super) struct Body {
    /// The base64 digits.
    pub(super) digits: Vec<u8>,
    /// The four digits after `=` at the end of the base64, if there are any.
    pub(super) armour_checksum: Option<Vec<u8>>,
    has_encryption_header: bool,
    has_other_text: bool,
}

pub(super) fn check(secret: &[u8]) -> Outcome {
    checked_once(secret, read)
}

fn read(secret: &[u8]) -> Outcome {
    let Some((label, text)) = unwrap_armour(secret) else {
        return Outcome::Disproved;
    };
    let body = gather(text);
    if body.has_other_text {
        return Outcome::Disproved;
    }
    let outcome = structure(label, &body);
    // Done last, since hashing a key takes longer than everything else.
    if outcome != Outcome::Disproved && is_published(&body.digits) {
        return Outcome::Disproved;
    }
    outcome
}

/// Returns what the body of a key with such a label shows about itself.
fn structure(label: &[u8], body: &Body) -> Outcome {
    if body.has_encryption_header {
        // The content is encrypted, so there is no structure to check.
        return sized(body, vec![fact("encrypted", "yes")]);
    }
    let facts = match label {
        b"PGP PRIVATE KEY BLOCK" => openpgp::read(body),
        b"OPENSSH PRIVATE KEY" => base64(&body.digits).and_then(|bytes| openssh(&bytes)),
        _ => base64(&body.digits).and_then(|bytes| asn1(label, &bytes)),
    };
    match facts {
        // A stub has only the public part.
        Some(facts) if facts.iter().any(|fact| fact.name == "stub") => Outcome::Disproved,
        Some(facts) => Outcome::Proven(facts),
        None if label.starts_with(b"NEBULA ") => nebula(label, body),
        // The Ed25519 seed of a Dendrite server, below its `Key-ID`.
        None if label == b"MATRIX PRIVATE KEY" => match base64(&body.digits) {
            Some(seed) if seed.len() == 32 => Outcome::Proven(vec![fact("kind", "Matrix")]),
            _ => Outcome::Disproved,
        },
        None => sized(body, Vec::new()),
    }
}

/// Reads the format of ssh.com: a magic number, a length, then the kind and the cipher, each following its length.
pub(super) fn check_ssh_com(secret: &[u8]) -> Outcome {
    const MAGIC: &[u8] = &[0x3f, 0x6f, 0xf9, 0xeb];
    let lines = secret.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let digits = lines.filter(|line| line.iter().all(|byte| is_digit(*byte)));
    let digits: Vec<u8> = digits.flatten().copied().collect();
    let cipher = |bytes: &[u8]| {
        let mut rest = Bytes(bytes.strip_prefix(MAGIC)?);
        rest.take(4)?;
        rest.sized(4)?;
        rest.sized(4).map(|cipher| cipher != b"none")
    };
    match base64(&digits).as_deref().and_then(cipher) {
        Some(true) => Outcome::Proven(vec![fact("encrypted", "yes")]),
        Some(false) => Outcome::Proven(vec![fact("encrypted", "no")]),
        None => Outcome::Disproved,
    }
}

/// Judges a Nebula key: bytes of a fixed number, or a Protocol Buffers message if it is encrypted.
fn nebula(label: &[u8], body: &Body) -> Outcome {
    let count = base64(&body.digits).map_or(0, |bytes| bytes.len());
    let is_encrypted = memchr::memmem::find(label, b"ENCRYPTED").is_some();
    match count {
        32 | 64 if !is_encrypted => Outcome::Proven(vec![fact("kind", "Nebula")]),
        48.. if is_encrypted => Outcome::Plausible(vec![fact("encrypted", "yes")]),
        _ => Outcome::Disproved,
    }
}

/// Reads OpenSSH's own format in base64, without its delimiter lines.
pub(super) fn check_openssh_body(secret: &[u8]) -> Outcome {
    let body = gather(secret);
    let facts = base64(&body.digits).and_then(|bytes| openssh(&bytes));
    match facts {
        Some(facts) if !is_published(&body.digits) => Outcome::Proven(facts),
        _ => Outcome::Disproved,
    }
}

/// Digests of keys that are published in the test suites of well-known libraries: the first eight bytes of the SHA-256
/// of their base64 digits. Collected by `scripts/known_keys.py`.
const PUBLISHED: &str = include_str!("known_keys.txt");

pub(super) fn is_published(digits: &[u8]) -> bool {
    let digest = Sha256::digest(digits);
    let nibbles = digest[..8].iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let mut head = [0; 16];
    for (digit, nibble) in head.iter_mut().zip(nibbles) {
        *digit = b"0123456789abcdef"[usize::from(nibble)];
    }
    // Sorted, and of the same length including line ends, for a binary search: a repository may have hundreds of keys.
    let (lines, _) = PUBLISHED.as_bytes().as_chunks::<17>();
    let line = |line: &[u8; 17]| line[..16].cmp(&head);
    lines.binary_search_by(line).is_ok()
}

/// Plausible, if it is long enough and looks random.
fn sized(body: &Body, facts: Vec<Fact>) -> Outcome {
    let mut seen = [false; 256];
    for &digit in &body.digits {
        seen[usize::from(digit)] = true;
    }
    let distinct = seen.iter().filter(|&&seen| seen).count();
    if body.digits.len() < SHORTEST_BODY || distinct < FEWEST_DIGITS {
        Outcome::Disproved
    } else {
        Outcome::Plausible(facts)
    }
}

/// Returns the label, and what follows it up to the closing line or the end.
fn unwrap_armour(secret: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = memchr::memmem::find(secret, BEGIN)? + BEGIN.len();
    let rest = &secret[at..];
    let dashes = memchr::memmem::find(rest, DASHES)?;
    let (label, text) = (&rest[..dashes], &rest[dashes + DASHES.len()..]);
    let end = memchr::memmem::find(text, END).unwrap_or(text.len());
    memchr::memmem::find(label, b"PRIVATE KEY").map(|_| (label, &text[..end]))
}

/// Collects the base64 digits of all lines, and notes what else there is.
fn gather(text: &[u8]) -> Body {
    let mut body = Body::default();
    for piece in lines(text) {
        if piece.contains(&b':') {
            // `Proc-Type: 4,ENCRYPTED`, `DEK-Info: …`; OpenPGP's `Version: …` and `Comment: …`.
            body.has_encryption_header |= memchr::memmem::find(piece, b"ENCRYPTED").is_some();
        } else if piece.len() == 5 && piece[0] == b'=' {
            body.armour_checksum = Some(piece[1..].to_vec());
        } else {
            // A key that was pasted into a single line has spaces in place of its line breaks.
            for word in piece.split(u8::is_ascii_whitespace) {
                if !is_punctuation(word) {
                    body.digits
                        .extend(word.iter().filter(|&&byte| is_digit(byte)));
                    body.has_other_text |= !word.iter().all(|&byte| is_digit(byte));
                }
            }
        }
    }
    body
}

/// Splits text at real and escaped line breaks, and strips what source code puts around a line.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| matches!(byte, b'\n' | b'\r' | b'\\'))
        .enumerate()
        .map(|(at, piece)| match piece {
            // The letter of an escaped `\n` or `\r`; a backslash at the end of a line leaves nothing to strip.
            [b'n' | b'r', rest @ ..] if at > 0 && is_escape(text, piece) => rest,
            _ => piece,
        })
        .map(unquoted)
        .filter(|piece| !piece.is_empty())
}

/// Whether `piece`, a part of `text`, follows a backslash.
fn is_escape(text: &[u8], piece: &[u8]) -> bool {
    let offset = piece.as_ptr() as usize - text.as_ptr() as usize;
    offset > 0 && text[offset - 1] == b'\\'
}

/// Returns the longest part between quotation marks, without surrounding spaces.
fn unquoted(piece: &[u8]) -> &[u8] {
    piece
        .split(|byte| matches!(byte, b'"' | b'\'' | b'`'))
        .map(<[u8]>::trim_ascii)
        .max_by_key(|part| part.len())
        .unwrap_or_default()
}

/// Whether a piece only joins or marks lines in source code; three dots are a placeholder.
fn is_punctuation(piece: &[u8]) -> bool {
    piece.iter().all(|byte| b"-+/*#>|,;.()&".contains(byte))
        && !piece.starts_with(b"..")
        && !piece.starts_with(b"**")
}

fn is_digit(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Reads PKCS#1, PKCS#8 and SEC 1, depending on the label.
pub(super) fn asn1(label: &[u8], bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut key = whole_sequence(bytes)?;
    let encrypted = label == b"ENCRYPTED PRIVATE KEY";
    let mut facts = match label {
        b"RSA PRIVATE KEY" => {
            element(&mut key, INTEGER)?;
            let modulus = element(&mut key, INTEGER)?;
            for _ in 0..7 {
                element(&mut key, INTEGER)?;
            }
            vec![
                fact("kind", "RSA"),
                fact("bits", &bits(modulus).to_string()),
            ]
        }
        b"EC PRIVATE KEY" => {
            element(&mut key, INTEGER).filter(|version| *version == [1])?;
            element(&mut key, OCTETS)?;
            vec![fact("kind", "EC")]
        }
        b"DSA PRIVATE KEY" => {
            for _ in 0..6 {
                element(&mut key, INTEGER)?;
            }
            vec![fact("kind", "DSA")]
        }
        _ => pkcs8(key, encrypted)?,
    };
    facts.push(fact("encrypted", if encrypted { "yes" } else { "no" }));
    Some(facts)
}

/// Reads an algorithm and the key's bytes; an encrypted key lacks the version before them.
fn pkcs8(mut key: Bytes, encrypted: bool) -> Option<Vec<Fact>> {
    if !encrypted {
        element(&mut key, INTEGER)?;
    }
    let mut algorithm = Bytes(element(&mut key, SEQUENCE)?);
    let oid = element(&mut algorithm, OID)?;
    element(&mut key, OCTETS)?;
    let kind = match oid {
        RSA => "RSA",
        EC => "EC",
        DSA => "DSA",
        ED25519 => "Ed25519",
        X25519 => "X25519",
        _ => return Some(Vec::new()),
    };
    Some(vec![fact("kind", kind)])
}

/// Reads OpenSSH's own format: cipher, key derivation, public key, then the private part, which may be encrypted.
pub(super) fn openssh(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes.strip_prefix(b"openssh-key-v1\0")?);
    let cipher = rest.sized(4)?;
    let _derivation = (rest.sized(4)?, rest.sized(4)?);
    if rest.number(4)? != 1 {
        return None;
    }
    let kind = Bytes(rest.sized(4)?).sized(4)?;
    let mut private = Bytes(rest.sized(4)?);
    let encrypted = cipher != b"none";
    // Two equal numbers show that the passphrase used for decryption was right.
    if !encrypted && private.take(4)? != private.take(4)? {
        return None;
    }
    let kind = std::str::from_utf8(kind).ok()?;
    // An authenticating cipher appends its tag to what it encrypted.
    let is_whole = rest.is_empty() || encrypted && rest.0.len() == 16;
    is_whole.then(|| {
        vec![
            fact("kind", kind),
            fact("encrypted", if encrypted { "yes" } else { "no" }),
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    #[test]
    fn digests_of_published_keys_can_be_searched() {
        assert!(PUBLISHED.lines().is_sorted() && PUBLISHED.ends_with('\n'));
        assert!(PUBLISHED.lines().all(|line| line.len() == 16));
    }

    /// An Ed25519 key in PKCS#8 that consists of equal bytes.
    fn ed25519() -> Vec<u8> {
        let mut der = vec![
            0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20,
        ];
        der.extend([0x5a; 32]);
        der
    }

    fn openssh_key(cipher: &str, second_check: u8) -> Vec<u8> {
        let sized =
            |bytes: &[u8]| [&[0, 0, 0, u8::try_from(bytes.len()).unwrap()][..], bytes].concat();
        let public = [sized(b"ssh-ed25519"), sized(&[7; 32])].concat();
        let private = [&[1, 2, 3, 4, 1, 2, 3, second_check][..], &public].concat();
        [
            b"openssh-key-v1\0".to_vec(),
            sized(cipher.as_bytes()),
            sized(b"none"),
            sized(b""),
            vec![0, 0, 0, 1],
            sized(&public),
            sized(&private),
        ]
        .concat()
    }

    fn pem(label: &str, body: &str) -> String {
        format!("-----BEGIN {label}-----{body}-----END {label}-----")
    }

    #[test]
    fn a_key_is_read_however_its_lines_are_written() {
        let digits = to_base64(&ed25519());
        let (one, two) = digits.split_at(40);
        let proven = Outcome::Proven(vec![fact("kind", "Ed25519"), fact("encrypted", "no")]);
        for body in [
            format!("\n{digits}\n"),
            format!(" {one} {two} "),
            format!("\r\n    {one}\r\n    {two}\r\n"),
            format!("\\n{one}\\n{two}\\n"),
            format!("\\\\n{one}\\\\n{two}\\\\n"),
            format!("\\n\" +\n  \"{one}\\n\" +\n  \"{two}\\n\" +\n \""),
            format!("\\\n{one}\\\n{two}\\\n"),
        ] {
            assert_eq!(
                check(pem("PRIVATE KEY", &body).as_bytes()),
                proven,
                "{body}"
            );
        }
    }

    #[test]
    fn openssh_keys_tell_whether_they_are_encrypted() {
        for (cipher, check_byte, encrypted) in [("none", 4, "no"), ("aes256-ctr", 9, "yes")] {
            let body = to_base64(&openssh_key(cipher, check_byte));
            let expected = vec![fact("kind", "ssh-ed25519"), fact("encrypted", encrypted)];
            assert_eq!(
                check(pem("OPENSSH PRIVATE KEY", &body).as_bytes()),
                Outcome::Proven(expected)
            );
        }
    }

    #[test]
    fn a_long_body_that_does_not_parse_stays_plausible() {
        let body = to_base64(&(0..=255).collect::<Vec<u8>>());
        let plain = pem("RSA PRIVATE KEY", &format!("\n{body}\n"));
        assert_eq!(check(plain.as_bytes()), Outcome::Plausible(vec![]));
        let enciphered = format!("\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\n{body}\n");
        let expected = Outcome::Plausible(vec![fact("encrypted", "yes")]);
        assert_eq!(
            check(pem("RSA PRIVATE KEY", &enciphered).as_bytes()),
            expected
        );
    }

    #[test]
    fn digests_of_published_keys_are_whole_and_sorted() {
        let digests: Vec<_> = PUBLISHED.lines().collect();
        assert!(digests.len() > 100 && digests.is_sorted());
        for digest in digests {
            let is_hex = digest.bytes().all(|byte| byte.is_ascii_hexdigit());
            assert!(digest.len() == 16 && is_hex, "{digest}");
        }
        assert!(!is_published(b""));
    }

    #[test]
    fn samples_are_no_keys() {
        let filler = "MIIE".repeat(60);
        for body in [
            "",
            "\n...\n",
            "\n<key>\n",
            "\nYOUR KEY HERE\n",
            "\n{{ .Values.key }}\n",
            "\\n...\\n",
            "\nMIIEvQ...\n",
            "\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n",
            &filler,
            "\n****\n",
            "\n$KEY\n",
        ] {
            assert_eq!(
                check(pem("PRIVATE KEY", body).as_bytes()),
                Outcome::Disproved,
                "{body}"
            );
        }
    }
}
