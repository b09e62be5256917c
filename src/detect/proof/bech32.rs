//! Private keys in bech32, with its six-digit checksum: age's in upper case, Nostr's in lower case.

use super::Outcome;
use super::encoding::check_tail;

/// The prefixes that distinguish these keys from public ones, in lower case; the checksum covers them.
const NAMES: &[&str] = &["age-secret-key-", "age-secret-key-pq-", "nsec"];

/// 32 bytes in digits of five bits.
const DATA: usize = 52;
const WIDTH: usize = 6;

const DIGITS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";

/// The polynomial of BIP 173.
const GENERATOR: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];

pub(super) fn check(secret: &[u8]) -> Outcome {
    check_tail(secret, WIDTH, complete)
}

pub(super) fn complete(body: &str) -> Option<String> {
    let lower = body.to_ascii_lowercase();
    let is_lower = lower == body;
    // Mixed case is forbidden.
    if !is_lower && body.to_ascii_uppercase() != body {
        return None;
    }
    let (name, data) = lower.rsplit_once('1')?;
    if !NAMES.contains(&name) || data.len() != DATA {
        return None;
    }
    let digits: Option<Vec<u8>> = data.bytes().map(digit).collect();
    let covered = name
        .bytes()
        .map(|byte| byte >> 5)
        .chain([0])
        .chain(name.bytes().map(|byte| byte & 31))
        .chain(digits?)
        .chain([0; WIDTH]);
    let rest = covered.fold(1, step) ^ 1;
    let checksum: String = (0..WIDTH)
        .rev()
        .map(|at| char::from(DIGITS[(rest >> (5 * at)) as usize & 31]))
        .collect();
    let checksum = if is_lower {
        checksum
    } else {
        checksum.to_ascii_uppercase()
    };
    Some(body.to_owned() + &checksum)
}

fn digit(byte: u8) -> Option<u8> {
    let at = DIGITS.iter().position(|&digit| digit == byte)?;
    u8::try_from(at).ok()
}

fn step(rest: u32, value: u8) -> u32 {
    let top = rest >> 25;
    let next = (rest & 0x01ff_ffff) << 5 ^ u32::from(value);
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold(next, |next, (_, term)| next ^ term)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_test_keys_pass() {
        // From age's test data, where it opens only test files.
        let age = ["AGE-SECRET-KEY-1", &"GFPYYSJZ".repeat(6), "GFPQ4EGAEX"].concat();
        // The example in Nostr's NIP-19.
        let nostr = [
            "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k",
            "0t9af8935ke9laqsnlfe5",
        ]
        .concat();
        for key in [age, nostr] {
            assert_eq!(check(key.as_bytes()), Outcome::Proven(vec![]), "{key}");
        }
    }

    #[test]
    fn public_keys_and_mixed_case_are_refused() {
        for body in ["npub1", "age1", "NSEC1", "nsec1"] {
            assert_eq!(
                complete(&[body, &"Q".repeat(DATA)].concat()).is_some(),
                body == "NSEC1"
            );
        }
    }
}
