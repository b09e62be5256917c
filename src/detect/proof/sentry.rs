//! Sentry's organization tokens: `sntrys_`, a JSON object in base64, `_`, and the secret.

use super::Outcome;
use super::encoding::{ascii, base64, fact, json_fact, json_object};
use super::time::rfc3339;

pub(super) fn check(secret: &[u8]) -> Outcome {
    let object = ascii(secret)
        .and_then(|text| text.strip_prefix("sntrys_"))
        .and_then(|text| text.split_once('_'))
        .and_then(|(payload, _)| json_object(&base64(payload.as_bytes())?));
    let Some(object) = object.filter(|object| object.contains_key("org")) else {
        return Outcome::Disproved;
    };
    #[expect(
        clippy::cast_possible_truncation,
        reason = "rfc3339 refuses what is out of range"
    )]
    let issued = object
        .get("iat")
        .and_then(serde_json::Value::as_f64)
        .and_then(|seconds| rfc3339(seconds as i64))
        .map(|time| fact("issued", &time));
    let facts = [
        json_fact(&object, "org", "organization"),
        json_fact(&object, "url", "server"),
        issued,
    ];
    Outcome::Proven(facts.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    #[test]
    fn the_organization_is_read() {
        let json = r#"{"iat":1686218562.411,"url":"https://sentry.io","region_url":"https://us.sentry.io","org":"acme"}"#;
        let token = format!("sntrys_{}=_{}", to_base64(json.as_bytes()), "k".repeat(43));
        let expected = vec![
            fact("organization", "acme"),
            fact("server", "https://sentry.io"),
            fact("issued", "2023-06-08T10:02:42Z"),
        ];
        assert_eq!(check(token.as_bytes()), Outcome::Proven(expected));
        assert_eq!(check(b"sntrys_eyJhIjoxfQ_kkkk"), Outcome::Disproved);
    }
}
