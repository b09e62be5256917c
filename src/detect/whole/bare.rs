//! Short files that consist of nothing but a value, named only by the name of the file.

use std::ops::Range;

use super::KEY_FILE;
use super::Truth;
use crate::detect::proof::{self, Outcome};
use crate::detect::value::{is_made_up, judge_promised};
use crate::lexicon::value::{is_random, opens_nothing};

/// The size limit of such files, in bytes. The key file that members of a `MongoDB` replica set share is 756 random
/// bytes in base64.
const LONGEST: usize = 2048;
/// The shortest value, in bytes.
const SHORTEST: usize = 8;
/// The sizes of files of random bytes: VNC's password, and keys of munge, corosync, Jenkins and others.
const RANDOM: [usize; 10] = [8, 16, 24, 32, 64, 128, 256, 272, 1024, 4096];

/// What such a file is.
pub(super) struct Bare {
    pub(super) rule: &'static str,
    pub(super) value: Range<usize>,
    pub(super) is_proven: bool,
    pub(super) truth: Truth,
}

impl Bare {
    fn new(rule: &'static str, value: Range<usize>) -> Self {
        Self {
            rule,
            value,
            is_proven: false,
            truth: Truth::Usable,
        }
    }
}

/// Returns what `bytes` is, if it consists of nothing but a value.
pub(super) fn recognise(bytes: &[u8]) -> Option<Bare> {
    if bytes.len() > LONGEST && bytes.len() != 4096 {
        return None;
    }
    if is_of_i2p(bytes) {
        return Some(Bare::new("i2p/private-keys", 0..bytes.len()));
    }
    if !RANDOM.contains(&bytes.len()) && is_prose(bytes) {
        return None;
    }
    let Some(text) = std::str::from_utf8(bytes)
        .ok()
        .filter(|text| !text.contains('\0'))
    else {
        return random(bytes);
    };
    let value = text.trim();
    let start = text.len() - text.trim_start().len();
    let range = start..start + value.len();
    let first = value.lines().next().unwrap_or_default();
    let is_one_line = first.len() == value.len();
    if value.len() < SHORTEST || !value.is_ascii() {
        return None;
    }
    if is_one_line && !value.contains(' ') {
        return numbers(value)
            .then(|| Bare::new("solana/keypair", range.clone()))
            .or_else(|| word(value, range));
    }
    if is_one_line {
        return line_of_words(value, range);
    }
    let of_first = start..start + first.len();
    lines(value, first, of_first, range)
}

/// Whether a file has the keys of an I2P router or service: two public keys, a certificate that states their kinds,
/// and two private keys.
fn is_of_i2p(bytes: &[u8]) -> bool {
    // Two keys of 32 bytes, or one of 256 for ElGamal and a seed of 32.
    const LENGTHS: [usize; 2] = [391 + 64, 391 + 288];
    LENGTHS.contains(&bytes.len())
        && bytes[384..388] == [5, 0, 4, 0]
        && matches!(bytes[388], 7 | 11)
        && bytes[389] == 0
}

/// Whether a file consists of AES blocks only; its name must show whose.
pub(super) fn is_enciphered(bytes: &[u8]) -> bool {
    const BLOCK: usize = 16;
    let is_size =
        bytes.len().is_multiple_of(BLOCK) && (3 * BLOCK..=64 << 10).contains(&bytes.len());
    // Nearly all other files are text, or have zeros among their first bytes.
    let head = &bytes[..bytes.len().min(2 * BLOCK)];
    is_size
        && head.iter().filter(|byte| !byte.is_ascii()).count() >= BLOCK / 2
        && !head.contains(&0)
        && std::str::from_utf8(head).is_err()
}

/// Whether it has several lines and a space in the first: nearly every short file does, but none that is a value.
fn is_prose(bytes: &[u8]) -> bool {
    let text = bytes.trim_ascii_start();
    let Some(end) = memchr::memchr(b'\n', text) else {
        return false;
    };
    let has_more = !text[end..].trim_ascii_start().is_empty();
    has_more
        && memchr::memchr(b' ', text[..end].trim_ascii_end()).is_some()
        && text.first() != Some(&b'[')
}

/// Recognises bytes that look random; the name of the file must show what they are for.
fn random(bytes: &[u8]) -> Option<Bare> {
    let mut different = bytes.to_vec();
    different.sort_unstable();
    different.dedup();
    let is_random = RANDOM.contains(&bytes.len()) && different.len() * 2 > bytes.len().min(200);
    let rule = if bytes.len() == 8 {
        "vnc/password"
    } else {
        KEY_FILE
    };
    // VNC passwords are encrypted with a key that is in every VNC program.
    let truth = if bytes.len() == 8 {
        Truth::Reversible
    } else {
        Truth::Usable
    };
    is_random.then(|| Bare {
        truth,
        ..Bare::new(rule, 0..bytes.len())
    })
}

/// Recognises a single word.
fn word(value: &str, range: Range<usize>) -> Option<Bare> {
    for (rule, name) in [
        ("nats/nkey-seed", "nkey-seed"),
        ("stellar/secret-seed", "stellar-seed"),
    ] {
        if is_proven(name, value) {
            return Some(Bare {
                is_proven: true,
                ..Bare::new(rule, range)
            });
        }
    }
    // In cookies and join tokens, the value follows its name.
    let (offset, own) = value
        .rsplit_once(':')
        .map_or((0, value), |(name, own)| (name.len() + 1, own));
    let is_key = is_value(own) || own.len() < value.len() && is_value(value);
    is_key.then(|| Bare {
        truth: if is_text_in_base64(own) {
            Truth::Reversible
        } else {
            Truth::Usable
        },
        ..Bare::new(KEY_FILE, range.start + offset..range.end)
    })
}

/// Whether a word is base64 of text: some programs, such as Kopia, hide passwords from casual view this way.
fn is_text_in_base64(word: &str) -> bool {
    let decoded = proof::decode_base64(word.as_bytes()).filter(|bytes| bytes.len() >= 8);
    decoded.is_some_and(|bytes| bytes.iter().all(u8::is_ascii_graphic))
}

/// Whether a word looks like a key or a chosen password.
fn is_value(value: &str) -> bool {
    // What has a name, or is code, is not a bare value.
    let is_named = value.trim_end_matches('=').contains('=');
    let is_code = value.contains(['{', '}', '"', '\'', '<', '>', '(', ';', '[', '$']);
    let is_address = is_named
        || is_code
        || value.contains("://")
        || value.starts_with('/')
        || value.contains('\\');
    !is_address
        && !opens_nothing("", value)
        && !is_made_up(value.as_bytes())
        && (value.len() >= 16 && is_random(value)
            || is_hex(value)
            || judge_promised(value).is_some())
}

fn is_hex(value: &str) -> bool {
    let mut digits = value.as_bytes().to_vec();
    let is_hex = digits.len() >= 32 && digits.iter().all(u8::is_ascii_hexdigit);
    digits.sort_unstable();
    digits.dedup();
    is_hex && digits.len() >= 8
}

/// Recognises `ed25519 a_abcd …` and wallet recovery phrases.
fn line_of_words(value: &str, range: Range<usize>) -> Option<Bare> {
    // Nearly every other line, such as that of a commit message, has an upper-case letter, punctuation or a digit near
    // its beginning.
    let is_of_words = |byte: u8| byte.is_ascii_lowercase() || byte == b' ';
    let has_words = value.bytes().all(is_of_words)
        // A phrase has at least twelve words.
        && memchr::memchr_iter(b' ', value.as_bytes()).nth(10).is_some();
    if has_words && is_proven("bip39", value) {
        return Some(Bare {
            is_proven: true,
            ..Bare::new("wallet/recovery-phrase", range)
        });
    }
    let mut words = value.strip_prefix("ed25519 ")?.split(' ');
    let (Some(version), Some(seed), None) = (words.next(), words.next(), words.next()) else {
        return None;
    };
    let is_seed = seed.len() == 43 && !version.is_empty() && version.len() < 24 && is_random(seed);
    is_seed.then(|| Bare::new("matrix/signing-key", range.end - seed.len()..range.end))
}

/// Recognises values of several lines: a seed above options, as PAM's module for one-time passwords stores it, lists
/// of keys or tokens, and wrapped base64.
fn lines(value: &str, first: &str, of_first: Range<usize>, range: Range<usize>) -> Option<Bare> {
    let second = value.lines().nth(1).unwrap_or_default();
    let is_base32 = |text: &str| {
        (16..=128).contains(&text.len())
            && text
                .bytes()
                .all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
    };
    if is_base32(first) && second.starts_with("\" ") {
        return Some(Bare::new("generic/otp-seed", of_first));
    }
    if let Some(key) = flagged_keys(value) {
        return Some(Bare::new(
            "sui/keystore",
            range.start + key.start..range.start + key.end,
        ));
    }
    let is_digits = |line: &str| {
        line.bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
    };
    if is_list_of_tokens(value, first) {
        return Some(Bare::new(KEY_FILE, of_first));
    }
    let is_wrapped = first.len() >= 60
        && value
            .lines()
            .all(|line| is_digits(line.trim_end()) && line.len() <= first.len() + 1);
    let is_key = is_wrapped && is_random(first) && !is_made_up(first.as_bytes());
    is_key.then(|| Bare::new(KEY_FILE, range))
}

/// Whether a file has a token, or an id and its secret, together with the URL they are for, as Mastodon clients store
/// them.
fn is_list_of_tokens(value: &str, first: &str) -> bool {
    const MOST: usize = 6;
    let is_token = |line: &str| line.len() >= 24 && is_value(line) && is_random(line);
    let is_name = |line: &str| !line.contains(' ') && line.len() <= 200;
    let mut lines = value.lines();
    is_token(first)
        && value.contains("://")
        && value.lines().count() <= MOST
        && lines.all(|line| is_name(line.trim_end()))
}

/// Recognises `["A…"]`, a list of nothing but 33-byte keys, the first byte of which gives the kind. Returns the range
/// of the keys.
fn flagged_keys(value: &str) -> Option<Range<usize>> {
    let inner = value.strip_prefix('[')?.strip_suffix(']')?;
    let is_key = |item: &str| {
        let item = item
            .trim()
            .strip_prefix('"')
            .and_then(|item| item.strip_suffix('"'));
        item.is_some_and(|item| item.len() == 44 && item.starts_with('A') && is_random(item))
    };
    inner.split(',').all(is_key).then_some(())?;
    Some(value.find('"')? + 1..value.rfind('"')?)
}

/// Whether a value is `[12,34,…]`, 64 bytes: a private key and its public key.
fn numbers(value: &str) -> bool {
    let inner = value
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'));
    let Some(inner) = inner else {
        return false;
    };
    let bytes: Option<Vec<u8>> = inner.split(',').map(|number| number.parse().ok()).collect();
    let Some(mut bytes) = bytes.filter(|bytes| bytes.len() == 64) else {
        return false;
    };
    bytes.sort_unstable();
    bytes.dedup();
    bytes.len() >= 40
}

fn is_proven(name: &str, value: &str) -> bool {
    let outcome = proof::by_name(name).map(|proof| proof.check(value.as_bytes()));
    matches!(outcome, Some(Outcome::Proven(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(text: &str) -> Option<&'static str> {
        recognise(text.as_bytes()).map(|bare| bare.rule)
    }

    #[test]
    fn a_value_and_nothing_else_is_a_key() {
        let hex = "9f86d081884c7d65a2fe".repeat(2);
        assert_eq!(rule(&format!("{hex}\n")), Some(KEY_FILE));
        let numbers: Vec<String> = (0..64).map(|n| (n * 37 % 256).to_string()).collect();
        assert_eq!(
            rule(&format!("[{}]", numbers.join(","))),
            Some("solana/keypair")
        );
        assert_eq!(
            rule("JBSWY3DPEHPK3PXPABCDEFGH23\n\" RATE_LIMIT 3 30\n12345678\n"),
            Some("generic/otp-seed")
        );
        let seed = "kP3vQ8xZ1mN7bR5tY2wC9dF4gH6jK0lS/+aBcDeFgHi";
        assert_eq!(
            rule(&format!("ed25519 a_abcd {seed}\n")),
            Some("matrix/signing-key")
        );
    }

    #[test]
    fn the_value_is_where_its_name_ends() {
        let text = format!("__cookie__:{}\n", "9f86d081884c7d65a2fe".repeat(2));
        let bare = recognise(text.as_bytes()).expect("a value");
        assert_eq!(bare.value, 11..51);
    }

    #[test]
    fn keys_of_i2p_are_behind_a_certificate() {
        let mut keys: Vec<u8> = (0..455_usize)
            .map(|n| u8::try_from(n * 41 % 251).unwrap_or_default())
            .collect();
        assert!(!is_of_i2p(&keys));
        keys[384..391].copy_from_slice(&[5, 0, 4, 0, 7, 0, 4]);
        assert_eq!(
            recognise(&keys).map(|bare| bare.rule),
            Some("i2p/private-keys")
        );
        assert!(!is_of_i2p(&keys[..454]));
    }

    #[test]
    fn a_token_may_have_its_address_below_it() {
        let token = "jW5S7XkyQl65HQR4Gp65VJX9eTZVzl19RPtmRp7J11g";
        assert_eq!(
            rule(&format!("{token}\nhttps://acme.test\nshop\n")),
            Some(KEY_FILE)
        );
        assert_eq!(rule(&format!("{token}\nshop\n")), None);
        assert_eq!(rule(&format!("{token}\nis at https://acme.test\n")), None);
    }

    #[test]
    fn text_in_base64_is_only_hidden() {
        let truth = |text: &[u8]| recognise(text).map(|bare| bare.truth);
        assert_eq!(truth(b"a1AzdlE4eFoxbU43YlI1\n"), Some(Truth::Reversible));
        assert_eq!(
            truth(b"kP3vQ8xZ1mN7bR5tY2wC9dF4gH6jK0lS\n"),
            Some(Truth::Usable)
        );
    }

    #[test]
    fn text_is_no_key() {
        for text in [
            "",
            "20.11.0\n",
            "a few words\n",
            "https://shop.internal/a\n",
            "changeme\n",
            "/run/secrets/db\n",
            "-----BEGIN CERTIFICATE-----\n",
            "${PASSWORD}\n",
            "xxxxxxxxxxxxxxxxxxxx\n",
            "[1,2,3]",
            "ed25519 a b\n",
        ] {
            assert_eq!(rule(text), None, "{text}");
        }
    }
}
