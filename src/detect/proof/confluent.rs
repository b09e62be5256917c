//! Confluent Cloud's API secrets: `cflt`, 54 characters, and the base64 of their CRC-32.

use super::Outcome;
use super::encoding::{check_tail, to_base64};

const PREFIX: &str = "cflt";

/// Four bytes in base64 without padding.
const WIDTH: usize = 6;

pub(super) fn check(secret: &[u8]) -> Outcome {
    check_tail(secret, WIDTH, complete)
}

/// Adds the checksum, which covers the text between the prefix and itself.
pub(super) fn complete(body: &str) -> Option<String> {
    let random = body
        .strip_prefix(PREFIX)
        .filter(|random| !random.is_empty())?;
    let crc = crc32fast::hash(random.as_bytes()).to_le_bytes();
    Some(body.to_owned() + &to_base64(&crc))
}
