//! JSON Web Tokens: anyone can read their header and claims, so they are read here.

use serde_json::{Map, Value};

use super::Outcome;
use super::encoding::{ascii, base64, fact, json_fact, json_object};
use super::time::rfc3339;
use crate::lexicon::value;
use crate::model::Fact;

/// Claims that are shown. `sub` is not among them, since it often is a person's e-mail address.
const CLAIMS: &[(&str, &str)] = &[
    ("iss", "issuer"),
    ("aud", "audience"),
    ("role", "role"),
    ("ref", "project"),
];

/// Claims that contain a time.
const TIMES: &[(&str, &str)] = &[("iat", "issued"), ("exp", "expires")];

pub(super) fn check(secret: &[u8]) -> Outcome {
    // What standards sign in their samples, and what jwt.io does.
    if ascii(secret).is_some_and(value::is_of_documentation) {
        return Outcome::Disproved;
    }
    match ascii(secret).and_then(read) {
        Some((header, claims)) if !is_sample(&claims) => Outcome::Proven(facts(&header, &claims)),
        _ => Outcome::Disproved,
    }
}

/// Reads the header and claims of a signed token. Expiry is not checked, since that would need a clock.
fn read(token: &str) -> Option<(Map<String, Value>, Map<String, Value>)> {
    // GitHub puts a prefix and an id before the token; a header always begins with `{"`.
    let token = &token[token.find("eyJ")?..];
    let mut parts = token.split('.');
    let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let header = json_object(&base64(header.as_bytes())?)?;
    let claims = json_object(&base64(claims.as_bytes())?)?;
    let algorithm = header.get("alg")?.as_str()?;
    // Anyone can make an unsigned token, so it opens nothing that works as it should.
    let is_signed = !algorithm.eq_ignore_ascii_case("none");
    let signature = base64(signature.as_bytes())?;
    (is_signed && !signature.is_empty()).then_some((header, claims))
}

/// Whether it is the token from the standard's tutorial site, which half of all documentation copies.
fn is_sample(claims: &Map<String, Value>) -> bool {
    let is = |key, value| claims.get(key).and_then(Value::as_str) == Some(value);
    is("sub", "1234567890") || is("name", "John Doe")
}

fn facts(header: &Map<String, Value>, claims: &Map<String, Value>) -> Vec<Fact> {
    let algorithm = json_fact(header, "alg", "algorithm");
    let texts = CLAIMS
        .iter()
        .filter_map(|&(key, name)| json_fact(claims, key, name));
    let times = TIMES.iter().filter_map(|&(key, name)| {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rfc3339 refuses what is out of range"
        )]
        let seconds = |value: &Value| value.as_i64().or_else(|| Some(value.as_f64()? as i64));
        Some(fact(name, &rfc3339(seconds(claims.get(key)?)?)?))
    });
    algorithm.into_iter().chain(texts).chain(times).collect()
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    fn token(header: &str, claims: &str, signature: &str) -> String {
        let (header, claims) = (to_base64(header.as_bytes()), to_base64(claims.as_bytes()));
        format!("{header}.{claims}.{signature}")
    }

    #[test]
    fn claims_become_facts() {
        let claims = r#"{"iss":"https://id.acme.test","aud":["a","b"],"role":"service_role","exp":1893456000.5,"sub":"me"}"#;
        let token = token(r#"{"alg":"HS256"}"#, claims, "c2ln");
        let expected = vec![
            fact("algorithm", "HS256"),
            fact("issuer", "https://id.acme.test"),
            fact("audience", "a b"),
            fact("role", "service_role"),
            fact("expires", "2030-01-01T00:00:00Z"),
        ];
        assert_eq!(check(token.as_bytes()), Outcome::Proven(expected));
    }

    #[test]
    fn what_is_no_token_is_disproved() {
        let header = r#"{"alg":"HS256"}"#;
        for text in [
            token(header, r#"{"sub":"1234567890","name":"John Doe"}"#, "c2ln"),
            token(
                header,
                r#"{"iss":"joe"}"#,
                "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
            ),
            token(r#"{"typ":"JWT"}"#, r#"{"iss":"a"}"#, "c2ln"),
            token(header, "[1]", "c2ln"),
            token(header, r#"{"iss":"a"}"#, ""),
            token(header, r#"{"iss":"a"}"#, "c2ln.c2ln"),
            "eyJhbGciOiJIUzI1NiJ9".to_owned(),
        ] {
            assert_eq!(check(text.as_bytes()), Outcome::Disproved, "{text}");
        }
    }

    #[test]
    fn what_nobody_signed_opens_nothing() {
        for signature in ["", "c2ln"] {
            let token = token(r#"{"alg":"none"}"#, r#"{"iss":"a"}"#, signature);
            assert_eq!(check(token.as_bytes()), Outcome::Disproved);
        }
    }
}
