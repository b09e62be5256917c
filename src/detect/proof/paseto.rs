//! Platform-Agnostic Security Tokens: a version, a purpose, and bytes with a known minimum length.

use super::Outcome;
use super::encoding::{ascii, base64, json_fact, json_object};
use crate::model::Fact;

/// The minimum number of bytes of a token: those of the signature, or of nonce and tag.
const LEAST: &[(&str, usize)] = &[
    ("v1.local.", 80),
    ("v1.public.", 256),
    ("v2.local.", 40),
    ("v2.public.", 64),
    ("v3.local.", 80),
    ("v3.public.", 96),
    ("v4.local.", 64),
    ("v4.public.", 64),
];

/// Claims that are shown; their times are dates already.
const CLAIMS: &[(&str, &str)] = &[
    ("iss", "issuer"),
    ("aud", "audience"),
    ("iat", "issued"),
    ("exp", "expires"),
];

pub(super) fn check(secret: &[u8]) -> Outcome {
    ascii(secret).and_then(read).unwrap_or(Outcome::Disproved)
}

fn read(text: &str) -> Option<Outcome> {
    let (header, least) = LEAST.iter().find(|(header, _)| text.starts_with(header))?;
    let payload = text[header.len()..].split('.').next()?;
    let bytes = base64(payload.as_bytes())?;
    if header.ends_with("local.") {
        // The content is encrypted.
        return (bytes.len() > *least).then_some(Outcome::Plausible(Vec::new()));
    }
    let claims = json_object(bytes.get(..bytes.len().checked_sub(*least)?)?)?;
    let facts: Vec<Fact> = CLAIMS
        .iter()
        .filter_map(|&(key, name)| json_fact(&claims, key, name))
        .collect();
    Some(Outcome::Proven(facts))
}

#[cfg(test)]
mod tests {
    use super::super::encoding::{fact, to_base64};
    use super::*;

    #[test]
    fn claims_of_signed_tokens_are_read() {
        let content = [
            br#"{"iss":"acme","exp":"2030-01-01T00:00:00Z"}"#.as_slice(),
            &[7; 64],
        ]
        .concat();
        let token = format!("v4.public.{}", to_base64(&content));
        let expected = vec![
            fact("issuer", "acme"),
            fact("expires", "2030-01-01T00:00:00Z"),
        ];
        assert_eq!(check(token.as_bytes()), Outcome::Proven(expected));
    }

    #[test]
    fn what_is_too_short_is_no_token() {
        let token = |size: usize| format!("v2.local.{}", to_base64(&vec![7; size]));
        assert_eq!(check(token(50).as_bytes()), Outcome::Plausible(vec![]));
        for text in [
            token(40),
            "v2.public.e30".to_owned(),
            "v9.local.AAAA".to_owned(),
        ] {
            assert_eq!(check(text.as_bytes()), Outcome::Disproved, "{text}");
        }
    }
}
