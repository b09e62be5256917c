//! `HashiCorp` Vault's tokens: service tokens are a signed message, batch tokens an encrypted one.

use super::Outcome;
use super::bytes::Bytes;
use super::encoding::{ascii, base64, fact};
use super::filler::is_filler;
use crate::model::Fact;

/// The Protocol Buffers wire types of a number and of length-delimited bytes, in the lower three bits.
const NUMBER: u8 = 0;
const SIZED: u8 = 2;

/// The length of an HMAC-SHA-256, in bytes.
const SIGNATURE: usize = 32;

/// Tokens of either kind that do not parse stay plausible: root tokens and those of older versions are plain text.
pub(super) fn check(secret: &[u8]) -> Outcome {
    let kind = ascii(secret).and_then(|text| {
        let (prefix, rest) = text.split_once('.')?;
        let bytes = base64(rest.as_bytes())?;
        match prefix {
            "hvs" => is_signed(&bytes).then(|| fact("kind", "service")),
            "hvb" => batch(&bytes),
            _ => None,
        }
    });
    match kind {
        Some(kind) => Outcome::Proven(vec![kind]),
        None if is_filler(secret) => Outcome::Disproved,
        None => Outcome::Plausible(Vec::new()),
    }
}

/// Whether the bytes are a version, a signature and the token that it signs.
fn is_signed(bytes: &[u8]) -> bool {
    let mut rest = Bytes(bytes);
    let mut read = || {
        let is_version = rest.byte()? == 1 << 3 | NUMBER && rest.byte()? < 0x80;
        let is_signature = rest.byte()? == 2 << 3 | SIZED && rest.sized(1)?.len() == SIGNATURE;
        let is_token = rest.byte()? == 3 << 3 | SIZED && !rest.sized(1)?.is_empty();
        Some(is_version && is_signature && is_token && rest.is_empty())
    };
    read().unwrap_or_default()
}

/// Reads the number of the key that encrypted the token, the version of the cipher, and at least a nonce and a tag.
fn batch(bytes: &[u8]) -> Option<Fact> {
    let mut rest = Bytes(bytes);
    let term = rest.number(4)?;
    let version = rest.byte()?;
    let is_batch = (1..0x1_0000).contains(&term) && (1..=2).contains(&version) && rest.0.len() > 28;
    is_batch.then(|| fact("kind", "batch"))
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    #[test]
    fn service_and_batch_tokens_are_told_apart() {
        let signed = [&[8, 1, 0x12, 32][..], &[7; 32], &[0x1a, 3], b"abc"].concat();
        let batch = [&[0, 0, 0, 1, 2][..], &[7; 60]].concat();
        for (prefix, bytes, kind) in [("hvs.", signed, "service"), ("hvb.", batch, "batch")] {
            let token = [prefix, &to_base64(&bytes)].concat();
            assert_eq!(
                check(token.as_bytes()),
                Outcome::Proven(vec![fact("kind", kind)])
            );
        }
    }

    #[test]
    fn others_stay_plausible_unless_they_were_typed() {
        for (random, expected) in [
            ("q7Zk3nP0dXu2Wb8sRt5vYc1E", Outcome::Plausible(vec![])),
            ("xxxxxxxxxxxxxxxxxxxxxxxx", Outcome::Disproved),
        ] {
            let token = ["hvs.", random].concat();
            assert_eq!(check(token.as_bytes()), expected, "{token}");
        }
    }
}
