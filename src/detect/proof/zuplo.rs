//! Zuplo's API keys: `zpka_`, 32 characters, `_`, and eight lower-case hex digits of their CRC-32.

use super::Outcome;
use super::encoding::check_tail;

const WIDTH: usize = 8;

pub(super) fn check(secret: &[u8]) -> Outcome {
    check_tail(secret, WIDTH, complete)
}

/// Adds the checksum, which covers only the middle part.
pub(super) fn complete(body: &str) -> Option<String> {
    let random = body.strip_prefix("zpka_")?.strip_suffix('_')?;
    Some(format!("{body}{:08x}", crc32fast::hash(random.as_bytes())))
}
