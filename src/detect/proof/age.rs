//! age's private keys: bech32 in upper case, with its six-digit checksum.

use super::Outcome;
use super::encoding::{ascii, compare, split_tail};

/// What stands before the separator `1`; the checksum covers it, in lower case.
const NAME: &str = "age-secret-key-";
const PREFIX: &str = "AGE-SECRET-KEY-1";

/// 32 bytes in digits of five bits.
const DATA: usize = 52;
const WIDTH: usize = 6;

const DIGITS: &[u8; 32] = b"QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";

/// The polynomial of BIP 173.
const GENERATOR: [u32; 5] = [
    0x3b6a_57b2,
    0x2650_8e6d,
    0x1ea1_19fa,
    0x3d42_33dd,
    0x2a14_62b3,
];

pub(super) fn check(secret: &[u8]) -> Outcome {
    match ascii(secret).and_then(|text| Some((text, split_tail(text, WIDTH)?.0))) {
        Some((text, body)) => compare(complete(body).as_deref(), text),
        None => Outcome::Disproved,
    }
}

pub(super) fn complete(body: &str) -> Option<String> {
    let data = body
        .strip_prefix(PREFIX)
        .filter(|data| data.len() == DATA)?;
    let digits: Option<Vec<u8>> = data.bytes().map(digit).collect();
    let name = NAME.bytes();
    let covered = name
        .clone()
        .map(|byte| byte >> 5)
        .chain([0])
        .chain(name.map(|byte| byte & 31))
        .chain(digits?)
        .chain([0; WIDTH]);
    let rest = covered.fold(1, step) ^ 1;
    let checksum = (0..WIDTH)
        .rev()
        .map(|at| char::from(DIGITS[(rest >> (5 * at)) as usize & 31]));
    Some(body.chars().chain(checksum).collect())
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
    fn a_published_test_key_passes() {
        // From the test data of age, where it opens test files only.
        let key = ["AGE-SECRET-KEY-1", &"GFPYYSJZ".repeat(6), "GFPQ4EGAEX"].concat();
        assert_eq!(check(key.as_bytes()), Outcome::Proven(vec![]), "{key}");
    }
}
