//! Private keys in base58 with a checksum: Bitcoin's wallet import format, extended keys, and
//! seeds of Tezos.

use sha2::{Digest as _, Sha256};

use super::Outcome;
use super::encoding::{ascii, fact};
use crate::model::Fact;

const DIGITS: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/// How many bytes of the hash are at the end of a key.
const CHECKSUM: usize = 4;

/// Versions of extended private keys, and the networks they are for.
const EXTENDED: &[([u8; 4], &str)] = &[
    ([0x04, 0x88, 0xad, 0xe4], "main"),
    ([0x04, 0x9d, 0x78, 0x78], "main"),
    ([0x04, 0xb2, 0x43, 0x0c], "main"),
    ([0x04, 0x35, 0x83, 0x94], "test"),
    ([0x04, 0x4a, 0x4e, 0x28], "test"),
    ([0x04, 0x5f, 0x18, 0xbc], "test"),
];
const EXTENDED_BYTES: usize = 78;

/// The longest text that is decoded, in characters; an extended key has 111.
const LONGEST: usize = 120;

/// How many digits [`complete`] adds: enough to choose the checksum and the byte before it.
const ADDED: usize = 8;

pub(super) fn check(secret: &[u8]) -> Outcome {
    ascii(secret)
        .and_then(decode)
        .and_then(|bytes| read(&bytes))
        .map_or(Outcome::Disproved, Outcome::Proven)
}

/// Reads a payload whose checksum, the first four bytes of a double SHA-256, is valid.
fn read(bytes: &[u8]) -> Option<Vec<Fact>> {
    let (payload, checksum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM)?)?;
    if hash(payload) != checksum {
        return None;
    }
    let network = match payload {
        [0x80, key @ ..] if is_key(key) => "main",
        [0xef, key @ ..] if is_key(key) => "test",
        [0x0d, 0x0f, 0x3a, 0x07, seed @ ..] if seed.len() == 32 => "tezos",
        extended if extended.len() == EXTENDED_BYTES => {
            let known = EXTENDED
                .iter()
                .find(|(version, _)| extended.starts_with(version));
            known.map(|(_, network)| *network)?
        }
        _ => return None,
    };
    Some(vec![fact("network", network)])
}

/// 32 bytes, followed by a byte 1 if the public key is compressed.
fn is_key(key: &[u8]) -> bool {
    key.len() == 32 || (key.len() == 33 && key.ends_with(&[1]))
}

fn hash(payload: &[u8]) -> [u8; CHECKSUM] {
    let digest = Sha256::digest(Sha256::digest(payload));
    [digest[0], digest[1], digest[2], digest[3]]
}

/// Adds eight digits that make the checksum valid.
pub(super) fn complete(body: &str) -> Option<String> {
    let mut bytes = decode(&(body.to_owned() + &"1".repeat(ADDED)))?;
    bytes.truncate(bytes.len().checked_sub(CHECKSUM)?);
    // The digits to be added leave these bytes open. A key for a compressed public key ends in 1.
    let (last, rest) = bytes.split_last_mut()?;
    *last = 1;
    for byte in rest.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte > 0 {
            break;
        }
    }
    bytes.extend(hash(&bytes));
    Some(encode(&bytes)).filter(|whole| whole.starts_with(body))
}

fn decode(text: &str) -> Option<Vec<u8>> {
    if text.len() > LONGEST {
        return None;
    }
    let mut bytes: Vec<u8> = Vec::new();
    for byte in text.bytes() {
        let mut carry = DIGITS.iter().position(|&digit| digit == byte)?;
        for byte in bytes.iter_mut().rev() {
            carry += usize::from(*byte) * DIGITS.len();
            *byte = low_byte(carry);
            carry >>= 8;
        }
        if carry > 0 {
            bytes.insert(0, low_byte(carry));
        }
    }
    let zeros = text.bytes().take_while(|&byte| byte == DIGITS[0]).count();
    bytes.splice(0..0, std::iter::repeat_n(0, zeros));
    Some(bytes)
}

fn encode(bytes: &[u8]) -> String {
    let mut digits: Vec<usize> = Vec::new();
    for &byte in bytes {
        let mut carry = usize::from(byte);
        for digit in digits.iter_mut().rev() {
            carry += *digit << 8;
            *digit = carry % DIGITS.len();
            carry /= DIGITS.len();
        }
        while carry > 0 {
            digits.insert(0, carry % DIGITS.len());
            carry /= DIGITS.len();
        }
    }
    let zeros = bytes.iter().take_while(|&&byte| byte == 0).count();
    std::iter::repeat_n(0, zeros)
        .chain(digits)
        .map(|digit| char::from(DIGITS[digit]))
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the upper bits are carried on"
)]
fn low_byte(number: usize) -> u8 {
    number as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_key_passes_and_an_address_does_not() {
        // This key is in the explanation of the format in Bitcoin's wiki.
        let key = ["5HueCGU8rMjxEXxiPuD5BDk", "u4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"].concat();
        let expected = Outcome::Proven(vec![fact("network", "main")]);
        assert_eq!(check(key.as_bytes()), expected);
        assert_eq!(
            check(key.replace("Hue", "Huf").as_bytes()),
            Outcome::Disproved
        );
        assert_eq!(
            check(b"1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2"),
            Outcome::Disproved
        );
    }

    #[test]
    fn digits_are_written_as_they_were_read() {
        for text in ["", "1", "11z", "5HueCGU8rMjx"] {
            assert_eq!(
                decode(text).map(|bytes| encode(&bytes)).as_deref(),
                Some(text)
            );
        }
        assert_eq!(decode("0"), None);
    }
}
