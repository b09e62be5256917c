//! GitHub: classic tokens with a documented checksum, and fine-grained ones with an undocumented one.
//!
//! npm adopted the classic format, including its checksum.

use sha2::{Digest as _, Sha256};

use super::Outcome;
use super::encoding::{BASE62, ascii, check_tail, in_alphabet};

/// The checksum of a classic token: six digits in base 62.
const CLASSIC_WIDTH: usize = 6;

/// The length of `github_pat_`, 22 characters, `_` and 43 characters: what the fine-grained checksum covers.
const FINE_GRAINED_BODY: usize = "github_pat_".len() + 22 + 1 + 43;

/// How many characters of a fine-grained token's ending can be computed.
const FINE_GRAINED_KNOWN: usize = 8;

/// RFC 4648's base32 digits.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

pub(super) fn check_classic(secret: &[u8]) -> Outcome {
    check_tail(secret, CLASSIC_WIDTH, complete_classic)
}

/// Adds the checksum, the CRC-32 of the text between the prefix and itself.
pub(super) fn complete_classic(body: &str) -> Option<String> {
    let (_, random) = body.split_once('_')?;
    if random.is_empty() {
        return None;
    }
    let crc = crc32fast::hash(random.as_bytes());
    Some(body.to_owned() + &in_alphabet(crc, BASE62, CLASSIC_WIDTH))
}

/// The ending was derived from tokens, not from documentation, and its last eight characters are unknown. So a token
/// that agrees is proven, and one that does not may still be genuine.
pub(super) fn check_fine_grained(secret: &[u8]) -> Outcome {
    let agrees = ascii(secret).is_some_and(|text| {
        let (body, tail) = text.split_at(FINE_GRAINED_BODY.min(text.len()));
        tail.get(..FINE_GRAINED_KNOWN).is_some_and(|known| {
            known.to_ascii_uppercase() == digits_of(body)[..FINE_GRAINED_KNOWN]
        })
    });
    if agrees {
        Outcome::Proven(Vec::new())
    } else {
        Outcome::Plausible(Vec::new())
    }
}

/// Adds the eight characters that can be computed, and eight more to fill the length.
pub(super) fn complete_fine_grained(body: &str) -> Option<String> {
    (body.is_ascii() && body.len() == FINE_GRAINED_BODY).then(|| body.to_owned() + &digits_of(body))
}

/// Returns the first 16 base32 digits (10 bytes) of the SHA-256 of `body`.
fn digits_of(body: &str) -> String {
    let hash = Sha256::digest(body.as_bytes());
    let bit = |at: usize| hash[at / 8] >> (7 - at % 8) & 1;
    (0..16)
        .map(|digit| (0..5).fold(0, |value, at| value << 1 | bit(digit * 5 + at)))
        .map(|value| char::from(BASE32[usize::from(value)]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_npm_sample_passes() {
        // From another scanner's test data; in two pieces, so that no scanner takes it for a live token.
        let sample = concat!("npm_qkJaB6MffYVzZXWq", "mcoF49yrUxP3wf0LsakP");
        assert_eq!(check_classic(sample.as_bytes()), Outcome::Proven(vec![]));
    }

    #[test]
    fn fine_grained_tokens_are_never_disproved() {
        let body = format!("github_pat_{}_{}", "1".repeat(22), "a".repeat(43));
        let token = complete_fine_grained(&body).expect("the body has the right length");
        assert_eq!(
            check_fine_grained(token.as_bytes()),
            Outcome::Proven(vec![])
        );
        let lower = body + &token[FINE_GRAINED_BODY..].to_ascii_lowercase();
        assert_eq!(
            check_fine_grained(lower.as_bytes()),
            Outcome::Proven(vec![])
        );
        let other = token.replace('a', "b");
        assert_eq!(
            check_fine_grained(other.as_bytes()),
            Outcome::Plausible(vec![])
        );
    }
}
