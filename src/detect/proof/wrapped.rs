//! Tokens that are base64 of text in a known format: their content is checked, and reported as far as it is not
//! secret.

use serde_json::{Map, Value};

use super::encoding::{ascii, base64, fact, json_fact, json_object};
use super::filler::is_filler;
use super::time::rfc3339;
use super::{Outcome, private_key};
use crate::model::Fact;

/// Decodes the base64 after `prefix` to text.
fn text(secret: &[u8], prefix: &str) -> Option<String> {
    let digits = ascii(secret)?.strip_prefix(prefix)?;
    String::from_utf8(base64(digits.as_bytes())?).ok()
}

fn proven(facts: Option<Vec<Fact>>) -> Outcome {
    facts.map_or(Outcome::Disproved, Outcome::Proven)
}

/// Judges `BedrockAPIKey-…-at-<account>:<secret>`, or a presigned request that is valid for at most a day.
pub(super) fn check_bedrock(secret: &[u8]) -> Outcome {
    let long = || {
        let text = text(secret, "ABSK")?;
        let (name, _) = text.split_once(':')?;
        let (_, account) = name.strip_prefix("BedrockAPIKey-")?.rsplit_once("-at-")?;
        let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        is_account.then(|| vec![fact("account", account)])
    };
    let short = || {
        let text = text(secret, "bedrock-api-key-")?;
        let query = text.split_once('?')?.1;
        let value = |name: &str| {
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs.find(|pair| pair.0 == name).map(|pair| pair.1)
        };
        value("X-Amz-Signature")?;
        // Key id, date, region, service and a fixed word.
        let scope: Vec<&str> = value("X-Amz-Credential")?.split("%2F").collect();
        let region = scope.get(2).map(|region| fact("region", region));
        let issued = value("X-Amz-Date").map(|date| fact("issued", date));
        let seconds = value("X-Amz-Expires").map(|seconds| fact("valid for seconds", seconds));
        Some([region, issued, seconds].into_iter().flatten().collect())
    };
    match long().or_else(short) {
        Some(facts) => Outcome::Proven(facts),
        None if is_filler(secret) => Outcome::Disproved,
        None => Outcome::Plausible(Vec::new()),
    }
}

/// Judges a JSON object with the account, the tunnel and its secret.
pub(super) fn check_tunnel(secret: &[u8]) -> Outcome {
    let read = |object: Map<String, Value>| {
        let tunnel = json_fact(&object, "t", "tunnel").filter(|fact| fact.value.len() == 36)?;
        let account = json_fact(&object, "a", "account").filter(|fact| fact.value.len() == 32)?;
        object.get("s")?.as_str()?;
        Some(vec![account, tunnel])
    };
    proven(
        base64(secret)
            .and_then(|bytes| json_object(&bytes))
            .and_then(read),
    )
}

/// Judges `sk.`, a JSON object that names the account, `.`, and a signature.
pub(super) fn check_mapbox(secret: &[u8]) -> Outcome {
    let read = || {
        let payload = ascii(secret)?.strip_prefix("sk.")?.split('.').next()?;
        let object = json_object(&base64(payload.as_bytes())?)?;
        Some(vec![json_fact(&object, "u", "account")?])
    };
    proven(read())
}

/// Judges `reftkn:<version>:<expiry>:<random>`.
pub(super) fn check_jfrog(secret: &[u8]) -> Outcome {
    let read = || {
        let text = text(secret, "")?;
        let mut parts = text.strip_prefix("reftkn:")?.split(':');
        let (_, expiry, _) = (parts.next()?, parts.next()?, parts.next()?);
        let seconds: i64 = expiry.parse().ok()?;
        let expires = rfc3339(seconds).filter(|_| seconds > 0);
        Some(
            expires
                .map(|time| fact("expires", &time))
                .into_iter()
                .collect(),
        )
    };
    proven(read())
}

/// Judges a number, a colon, and random bytes; Bitbucket adds a prefix.
pub(super) fn check_data_center(secret: &[u8]) -> Outcome {
    let digits = secret.strip_prefix(b"BBDC-").unwrap_or(secret);
    let id = base64(digits).and_then(|bytes| {
        let (id, random) = bytes.split_at_checked(memchr::memchr(b':', &bytes)?)?;
        let is_id = (6..=16).contains(&id.len()) && id.iter().all(u8::is_ascii_digit);
        let id = ascii(id).filter(|_| is_id && random.len() > 16)?;
        Some(vec![fact("token id", id)])
    });
    proven(id)
}

/// Judges the id of a key, a colon, and the key.
pub(super) fn check_elastic(secret: &[u8]) -> Outcome {
    let is_part = |part: &str, size| {
        part.len() == size
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte))
    };
    let read = || {
        let text = text(secret, "")?;
        let (id, key) = text.split_once(':')?;
        (is_part(id, 20) && is_part(key, 22)).then(|| vec![fact("key id", id)])
    };
    proven(read())
}

/// Judges `tok:` and what follows it.
pub(super) fn check_intercom(secret: &[u8]) -> Outcome {
    let is_token = text(secret, "").is_some_and(|text| text.starts_with("tok:") && text.is_ascii());
    proven(is_token.then(Vec::new))
}

/// Judges a whole PEM file in base64, as in the configuration of Kubernetes clients.
pub(super) fn check_pem(secret: &[u8]) -> Outcome {
    base64(secret).map_or(Outcome::Disproved, |pem| private_key::check(&pem))
}

/// Judges a key that is just 32 bytes, such as those of `WireGuard`, Laravel and others.
pub(super) fn check_32_bytes(secret: &[u8]) -> Outcome {
    let is_key = base64(secret).is_some_and(|bytes| {
        let repeats = bytes.windows(2).filter(|pair| pair[0] == pair[1]).count();
        // Random bytes hardly ever repeat the byte before, while the bytes of typed text are all ASCII.
        bytes.len() == 32 && repeats < 8 && !bytes.is_ascii()
    });
    if is_key && !is_filler(secret) {
        Outcome::Plausible(Vec::new())
    } else {
        Outcome::Disproved
    }
}

/// Judges whole AES-256 blocks, the key of which Microsoft published.
pub(super) fn check_group_policy(secret: &[u8]) -> Outcome {
    let is_whole = base64(secret).is_some_and(|bytes| !bytes.is_empty() && bytes.len() % 16 == 0);
    proven((is_whole && !is_filler(secret)).then(|| vec![fact("obfuscated", "yes")]))
}

#[cfg(test)]
mod tests {
    use super::super::encoding::to_base64;
    use super::*;

    type Check = fn(&[u8]) -> Outcome;

    fn wrap(prefix: &str, text: &str) -> String {
        prefix.to_owned() + &to_base64(text.as_bytes())
    }

    fn assert_facts(check: Check, token: &str, facts: &[(&'static str, &str)]) {
        let facts = facts
            .iter()
            .map(|(name, value)| fact(name, value))
            .collect();
        assert_eq!(check(token.as_bytes()), Outcome::Proven(facts), "{token}");
    }

    #[test]
    fn what_is_not_secret_is_told() {
        let account = "9".repeat(12);
        let bedrock = format!("BedrockAPIKey-ab1c-at-{account}:c2VjcmV0");
        assert_facts(
            check_bedrock,
            &wrap("ABSK", &bedrock),
            &[("account", &account)],
        );
        let query = "bedrock.amazonaws.com/?Action=CallWithBearerToken&X-Amz-Credential=ID%2F20250708%2Fus-east-1%2Fbedrock\
            &X-Amz-Date=20250708T120000Z&X-Amz-Expires=43200&X-Amz-Signature=00";
        let facts = [
            ("region", "us-east-1"),
            ("issued", "20250708T120000Z"),
            ("valid for seconds", "43200"),
        ];
        assert_facts(check_bedrock, &wrap("bedrock-api-key-", query), &facts);
        let (id, tunnel) = ("a".repeat(32), "b".repeat(36));
        let object = format!(r#"{{"a":"{id}","t":"{tunnel}","s":"c2VjcmV0"}}"#);
        assert_facts(
            check_tunnel,
            &wrap("", &object),
            &[("account", &id), ("tunnel", &tunnel)],
        );
        let mapbox = wrap("sk.", r#"{"u":"acme","a":"ck1"}"#) + ".c2VjcmV0";
        assert_facts(check_mapbox, &mapbox, &[("account", "acme")]);
        let expiring = wrap("", "reftkn:01:1893456000:q7Zk3nP0dXu2");
        assert_facts(
            check_jfrog,
            &expiring,
            &[("expires", "2030-01-01T00:00:00Z")],
        );
        assert_facts(check_jfrog, &wrap("", "reftkn:01:0000000000:q7Zk"), &[]);
        let token = wrap("BBDC-", "123456789012:01234567890123456789");
        assert_facts(check_data_center, &token, &[("token id", "123456789012")]);
        let (id, key) = ("i".repeat(20), "k".repeat(22));
        assert_facts(
            check_elastic,
            &wrap("", &format!("{id}:{key}")),
            &[("key id", &id)],
        );
        assert_facts(check_intercom, &wrap("", "tok:q7Zk3nP0"), &[]);
    }

    #[test]
    fn other_texts_are_refused() {
        let checks: [Check; 7] = [
            check_tunnel,
            check_mapbox,
            check_jfrog,
            check_data_center,
            check_elastic,
            check_intercom,
            check_pem,
        ];
        for check in checks {
            for text in ["", "e30", "c2VjcmV0", "sk.e30.a", "?"] {
                assert_eq!(check(text.as_bytes()), Outcome::Disproved, "{text}");
            }
        }
        assert_eq!(check_bedrock(b"ABSKc2VjcmV0"), Outcome::Plausible(vec![]));
    }

    #[test]
    fn keys_have_their_size() {
        let random: Vec<u8> = (0..32).map(|at: u8| at.wrapping_mul(151)).collect();
        assert_eq!(
            check_32_bytes(to_base64(&random).as_bytes()),
            Outcome::Plausible(vec![])
        );
        for bytes in [
            &random[..31],
            &[0xff; 32],
            b"01234567890123456789012345678901",
        ] {
            assert_eq!(
                check_32_bytes(to_base64(bytes).as_bytes()),
                Outcome::Disproved
            );
        }
        assert_eq!(
            check_group_policy(to_base64(&random).as_bytes()),
            Outcome::Proven(vec![fact("obfuscated", "yes")])
        );
        assert_eq!(
            check_group_policy(to_base64(&random[1..]).as_bytes()),
            Outcome::Disproved
        );
    }
}
