//! A token that no one has: with a valid checksum, so that it is found wherever gonogo looks.

use std::hash::{BuildHasher, RandomState};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Returns a personal access token in the form of GitHub's: 30 random digits of base 62, and their CRC-32 in six
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
