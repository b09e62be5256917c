//! `PyPI`'s API tokens: a prefix and a macaroon (version 2, binary) in base64.

use super::Outcome;
use super::bytes::Bytes;
use super::encoding::{ascii, base64, fact};
use crate::model::Fact;

const VERSION: u8 = 2;

/// The kinds of fields of a macaroon.
const END: usize = 0;
const LOCATION: usize = 1;
const IDENTIFIER: usize = 2;
const SIGNATURE: usize = 6;

/// Genuine tokens have few caveats; hostile input must not keep us busy for long.
const MAX_FIELDS: usize = 64;

pub(super) fn check(secret: &[u8]) -> Outcome {
    ascii(secret)
        .and_then(|text| text.strip_prefix("pypi-"))
        .and_then(|text| base64(text.as_bytes()))
        .and_then(|bytes| read(&bytes))
        .map_or(Outcome::Disproved, Outcome::Proven)
}

/// Reads the fields up to the signature, which must be the last one and as long as a SHA-256.
fn read(bytes: &[u8]) -> Option<Vec<Fact>> {
    let mut rest = Bytes(bytes);
    if rest.byte()? != VERSION {
        return None;
    }
    let mut facts = Vec::new();
    let mut caveats = 0usize;
    let mut in_header = true;
    for _ in 0..MAX_FIELDS {
        let kind = varint(&mut rest)?;
        if kind == END {
            in_header = false;
            continue;
        }
        let size = varint(&mut rest)?;
        let data = rest.take(size)?;
        match kind {
            LOCATION if in_header => facts.push(fact("location", std::str::from_utf8(data).ok()?)),
            IDENTIFIER if !in_header => caveats += 1,
            SIGNATURE => {
                facts.push(fact("restrictions", &caveats.to_string()));
                return (data.len() == 32 && rest.is_empty() && facts.len() > 1).then_some(facts);
            }
            _ => {}
        }
    }
    None
}

/// Reads a number in groups of seven bits, lowest first; three groups are more than a token needs.
fn varint(rest: &mut Bytes) -> Option<usize> {
    let mut value = 0;
    for shift in [0, 7, 14] {
        let byte = rest.byte()?;
        value |= usize::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    fn macaroon(signature: usize) -> String {
        let mut bytes = vec![2, 1, 8];
        bytes.extend(b"pypi.org");
        bytes.extend([2, 3, b'a', b'b', b'c', 0, 2, 2, b'{', b'}', 0, 0, 6, 32]);
        bytes.extend(vec![7; signature]);
        format!("pypi-{}", to_base64(&bytes))
    }

    #[test]
    fn a_whole_macaroon_passes_and_a_cut_one_does_not() {
        let token = macaroon(32);
        assert!(token.starts_with("pypi-AgEIcHlwaS5vcmc"));
        let expected = vec![fact("location", "pypi.org"), fact("restrictions", "1")];
        assert_eq!(check(token.as_bytes()), Outcome::Proven(expected));
        assert_eq!(check(macaroon(31).as_bytes()), Outcome::Disproved);
        assert_eq!(check(macaroon(33).as_bytes()), Outcome::Disproved);
        assert_eq!(check(b"pypi-AgEIcHlwaS5vcmc"), Outcome::Disproved);
    }
}
