//! NATS seeds: base32 of two bytes that give the role, a 32-byte key, and a CRC-16.

use super::Outcome;
use super::encoding::fact;

const DIGITS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// The length of the role and the key, in bytes.
const COVERED: usize = 34;

/// How many digits contain only what the checksum covers.
const BODY: usize = COVERED * 8 / 5;
const WHOLE: usize = 58;

/// The second letter of a seed, and who signs with it.
const ROLES: &[(u8, &str)] = &[
    (b'A', "account"),
    (b'C', "cluster"),
    (b'N', "server"),
    (b'O', "operator"),
    (b'U', "user"),
    (b'X', "encryption"),
];

pub(super) fn check(secret: &[u8]) -> Outcome {
    let role = match secret {
        [b'S', role, ..] if secret.len() == WHOLE && is_right(secret) => {
            ROLES.iter().find(|(letter, _)| letter == role)
        }
        _ => None,
    };
    role.map_or(Outcome::Disproved, |(_, role)| {
        Outcome::Proven(vec![fact("role", role)])
    })
}

/// Adds the last two bits of the key, as zeros, and the checksum.
pub(super) fn complete(body: &str) -> Option<String> {
    if body.len() != BODY {
        return None;
    }
    let mut bytes = decode([body, "A"].concat().as_bytes())?;
    bytes.extend(crc16(&bytes).to_le_bytes());
    Some(encode(&bytes)).filter(|whole| whole.starts_with(body))
}

/// Stellar seeds: a version, a 32-byte key, and the same checksum, in base32.
pub(super) fn check_stellar(secret: &[u8]) -> Outcome {
    /// The version byte of a seed, `S` in base32.
    const SEED: u8 = 18 << 3;
    let is_right = |bytes: Vec<u8>| {
        let (covered, checksum) = bytes.split_at_checked(33)?;
        Some(covered[0] == SEED && checksum == crc16(covered).to_le_bytes())
    };
    let is_seed = secret.len() == 56 && decode(secret).and_then(is_right).unwrap_or_default();
    if is_seed {
        Outcome::Proven(vec![fact("kind", "Stellar")])
    } else {
        Outcome::Disproved
    }
}

/// Adds the last bits of the key, as zeros, and the checksum to 52 digits.
pub(super) fn complete_stellar(body: &str) -> Option<String> {
    if body.len() != 52 {
        return None;
    }
    let mut bytes = decode([body, "A"].concat().as_bytes())?;
    bytes.truncate(33);
    bytes.extend(crc16(&bytes).to_le_bytes());
    Some(encode(&bytes))
}

fn is_right(secret: &[u8]) -> bool {
    let is_right = |bytes: Vec<u8>| {
        let (covered, checksum) = bytes.split_at_checked(COVERED)?;
        // The last digit has unused bits, which are zero.
        Some(checksum == crc16(covered).to_le_bytes() && encode(&bytes).as_bytes() == secret)
    };
    decode(secret).and_then(is_right).unwrap_or_default()
}

/// Computes the CRC-16 with initial value zero and without reflection (XMODEM).
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| {
            let shifted = crc << 1;
            if crc & 0x8000 == 0 {
                shifted
            } else {
                shifted ^ 0x1021
            }
        })
    })
}

/// Decodes base32 to whole bytes, and drops leftover bits.
fn decode(text: &[u8]) -> Option<Vec<u8>> {
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    for byte in text {
        let digit = DIGITS.iter().position(|digit| digit == byte)?;
        held = (held << 5 | u32::try_from(digit).ok()?) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push(u8::try_from(held >> bits & 0xff).ok()?);
        }
    }
    Some(bytes)
}

fn encode(bytes: &[u8]) -> String {
    let bit = |at: usize| bytes.get(at / 8).map_or(0, |byte| byte >> (7 - at % 8) & 1);
    (0..bytes.len() * 8)
        .step_by(5)
        .map(|start| (start..start + 5).fold(0, |value, at| value << 1 | bit(at)))
        .map(|value| char::from(DIGITS[usize::from(value)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_tells_its_role() {
        let whole = complete(&["SU", &"ABCD2345".repeat(6), "WXYZ"].concat()).expect("a body");
        assert_eq!(whole.len(), WHOLE);
        assert_eq!(
            check(whole.as_bytes()),
            Outcome::Proven(vec![fact("role", "user")])
        );
        assert_eq!(
            check(whole.replace("WXYZ", "WXYY").as_bytes()),
            Outcome::Disproved
        );
    }

    #[test]
    fn the_checksum_is_the_one_of_xmodem() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
    }
}
