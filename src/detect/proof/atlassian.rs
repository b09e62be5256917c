//! Atlassian's API tokens and app passwords: they end in eight upper-case hex digits of a CRC-32.

use super::Outcome;
use super::encoding::check_tail;
use super::filler::is_filler;

/// The prefix of the kind of token for which enough samples were seen to trust the checksum, which Atlassian does not
/// document.
const CONFIRMED: &[u8] = b"ATATT3x";

const WIDTH: usize = 8;

pub(super) fn check(secret: &[u8]) -> Outcome {
    match check_tail(secret, WIDTH, complete) {
        Outcome::Disproved if !secret.starts_with(CONFIRMED) && !is_filler(secret) => {
            Outcome::Plausible(Vec::new())
        }
        outcome => outcome,
    }
}

/// Adds the checksum, which covers everything before it.
pub(super) fn complete(body: &str) -> Option<String> {
    (!body.is_empty()).then(|| format!("{body}{:08X}", crc32fast::hash(body.as_bytes())))
}
