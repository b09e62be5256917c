//! JSON Web Keys: only those with a private part are secret.

use serde_json::{Map, Value};

use super::Outcome;
use super::encoding::{base64, fact, json_fact, json_object};
use crate::model::Fact;

/// By type of key: the member with the private part, and the minimum length of that in bytes.
const PRIVATE: &[(&str, &str, usize)] = &[
    ("EC", "d", 28),
    ("OKP", "d", 32),
    ("RSA", "d", 64),
    ("oct", "k", 16),
];

pub(super) fn check(secret: &[u8]) -> Outcome {
    json_object(secret)
        .and_then(|key| read(&key))
        .map_or(Outcome::Disproved, Outcome::Proven)
}

fn read(key: &Map<String, Value>) -> Option<Vec<Fact>> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let (kind, member, least) = PRIVATE
        .iter()
        .find(|(kind, ..)| text("kty") == Some(kind))?;
    let private = base64(text(member)?.as_bytes())?;
    if private.len() < *least || private.iter().all(|byte| *byte == private[0]) {
        return None;
    }
    let mut facts = vec![fact("kind", kind)];
    if let Some(modulus) = text("n").and_then(|modulus| base64(modulus.as_bytes())) {
        facts.push(fact("bits", &super::der::bits(&modulus).to_string()));
    }
    let rest = [
        ("crv", "curve"),
        ("alg", "algorithm"),
        ("use", "use"),
        ("kid", "key id"),
    ];
    facts.extend(
        rest.iter()
            .filter_map(|&(member, name)| json_fact(key, member, name)),
    );
    Some(facts)
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    #[test]
    fn private_keys_are_told_from_public_ones() {
        let part = to_base64(&(0..32).collect::<Vec<u8>>());
        let private = format!(r#"{{"kty":"OKP","crv":"Ed25519","d":"{part}","x":"{part}"}}"#);
        let expected = vec![fact("kind", "OKP"), fact("curve", "Ed25519")];
        assert_eq!(check(private.as_bytes()), Outcome::Proven(expected));
        for other in [
            private.replace("\"d\"", "\"e\""),
            private.replace(&part, "AAAA"),
            private.replace("OKP", "RSA"),
            private.replace('}', ""),
        ] {
            assert_eq!(check(other.as_bytes()), Outcome::Disproved, "{other}");
        }
    }
}
