//! Grafana: service account tokens with a checksum, Grafana Cloud's access policy tokens with readable content.

use super::Outcome;
use super::encoding::{base64, check_tail, fact, json_fact, json_object};

/// Eight hex digits.
const WIDTH: usize = 8;

pub(super) fn check_account(secret: &[u8]) -> Outcome {
    check_tail(secret, WIDTH, complete_account)
}

/// Adds the checksum, the CRC-32 of the prefix and the random part, in little-endian byte order.
pub(super) fn complete_account(body: &str) -> Option<String> {
    let covered = body
        .strip_suffix('_')
        .filter(|covered| covered.contains('_'))?;
    let crc = crc32fast::hash(covered.as_bytes()).swap_bytes();
    Some(format!("{body}{crc:08x}"))
}

/// Reads `glc_` and the base64 of a JSON object: organization, name, key and region.
pub(super) fn check_cloud(secret: &[u8]) -> Outcome {
    let Some(object) = secret
        .strip_prefix(b"glc_")
        .and_then(base64)
        .and_then(|bytes| json_object(&bytes))
        .filter(|object| object.get("k").is_some_and(serde_json::Value::is_string))
    else {
        return Outcome::Disproved;
    };
    let region = object
        .get("m")
        .and_then(|metadata| metadata.get("r"))
        .and_then(|region| region.as_str())
        .map(|region| fact("region", region));
    let facts = [
        json_fact(&object, "o", "organization"),
        json_fact(&object, "n", "name"),
        region,
    ];
    Outcome::Proven(facts.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    #[test]
    fn a_cloud_token_tells_its_organization_but_not_its_key() {
        let json =
            r#"{"o":"652992","n":"stack-hm-write","k":"c2VjcmV0","m":{"r":"prod-eu-west-0"}}"#;
        let token = format!("glc_{}", to_base64(json.as_bytes()));
        let expected = vec![
            fact("organization", "652992"),
            fact("name", "stack-hm-write"),
            fact("region", "prod-eu-west-0"),
        ];
        assert_eq!(check_cloud(token.as_bytes()), Outcome::Proven(expected));
        assert_eq!(check_cloud(b"glc_eyJhIjoxfQ"), Outcome::Disproved);
    }
}
