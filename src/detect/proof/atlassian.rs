//! Atlassian's API tokens and app passwords: they end in eight upper-case hex digits of a CRC-32.

use super::Outcome;
use super::encoding::check_tail;

const WIDTH: usize = 8;

pub(super) fn check(secret: &[u8]) -> Outcome {
    check_tail(secret, WIDTH, complete)
}

/// The checksum covers everything before it.
pub(super) fn complete(body: &str) -> Option<String> {
    (!body.is_empty()).then(|| format!("{body}{:08X}", crc32fast::hash(body.as_bytes())))
}
