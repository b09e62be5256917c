//! A token that nobody owns, with a valid checksum, so that gonogo detects it wherever it looks.

use std::hash::{BuildHasher, RandomState};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Returns a personal access token in GitHub's format: 30 random base-62 digits and their CRC-32 as six more
/// (<https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/>).
pub(super) fn made_up() -> String {
    let random: String = (0..30_u64)
        .map(|at| digit(RandomState::new().hash_one(at)))
        .collect();
    let mut rest = u64::from(crc32fast::hash(random.as_bytes()));
    let mut sum = [0; 6];
    for place in sum.iter_mut().rev() {
        *place = rest % 62;
        rest /= 62;
    }
    let sum: String = sum.into_iter().map(digit).collect();
    format!("ghp_{random}{sum}")
}

fn digit(number: u64) -> char {
    let at = usize::try_from(number % 62).unwrap_or_default();
    char::from(DIGITS[at])
}
