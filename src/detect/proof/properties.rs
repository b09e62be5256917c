//! Properties of every proof: completed tokens pass, changed ones do not, and no bytes cause a panic.

use proptest::prelude::*;

use super::{Outcome, by_name, names};

/// Bodies that each checksum can complete.
const BODIES: &[(&str, &str)] = &[
    ("atlassian", "ATATT3xFfGF0[0-9A-Za-z_-]{171}="),
    ("azure-key", "[0-9A-Za-z+/]{76}\\+ASt"),
    ("azure-key", "[0-9A-Za-z]{42}AzSe"),
    ("azure-key", "[0-9A-Za-z+/]{33}\\+ASb"),
    ("base58-key", "L[1-4][1-9A-HJ-NP-Za-km-z]{42}"),
    ("base58-key", "xprv9z[1-9A-HJ-NP-Za-km-z]{97}"),
    (
        "bech32",
        "AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{52}",
    ),
    ("bech32", "nsec1[qpzry9x8gf2tvdw0s3jn54khce6mua7l]{52}"),
    ("confluent", "cflt[0-9A-Za-z+/]{54}"),
    ("crc32-base62", "ghp_[0-9A-Za-z]{30}"),
    ("crc32-base62", "ghr_[0-9A-Za-z]{70}"),
    (
        "entra-client-secret",
        "[0-9A-Za-z]{3}8Q~[0-9A-Za-z._~-]{28}",
    ),
    ("gitlab-routable", "glpat-[0-9A-Za-z_-]{36}\\.01\\.10"),
    ("grafana-service-account", "glsa_[0-9A-Za-z]{32}_"),
    ("matrix", "mat_[0-9A-Za-z]{30}_"),
    ("nkey-seed", "S[ACNOUX][A-P][A-Z2-7]{51}"),
    ("zuplo", "zpka_[0-9a-z]{32}_"),
];

/// Generates a body of one of the formats, with the name of its proof.
fn body() -> impl Strategy<Value = (&'static str, String)> {
    proptest::sample::select(BODIES).prop_flat_map(|(name, pattern)| (Just(name), pattern))
}

proptest! {
    #[test]
    fn a_completed_body_is_proven((name, body) in body()) {
        let proof = by_name(name).expect("the name is registered");
        let token = proof.complete(&body).expect("the body is of the format");
        prop_assert!(token.starts_with(&body));
        prop_assert!(matches!(proof.check(token.as_bytes()), Outcome::Proven(_)), "{token}");
    }

    #[test]
    fn a_changed_character_disproves((name, body) in body(), at in any::<prop::sample::Index>()) {
        let proof = by_name(name).expect("the name is registered");
        let token = proof.complete(&body).expect("the body is of the format");
        let changeable = match name {
            // The rule's pattern checks the prefix.
            "crc32-base62" => body.find('_').unwrap_or_default() + 1..token.len(),
            // A key without its service's signature counts as one of an older kind, and is plausible.
            "azure-key" => 0..body.len() - 12,
            // A wrong checksum does not disprove a client secret, but without its marker it is not one.
            "entra-client-secret" => 3..6,
            // Only this kind of Atlassian token is trusted to have a checksum.
            "atlassian" => 7..token.len(),
            _ => 0..token.len(),
        };
        let changeable: Vec<usize> = changeable.collect();
        let at = *at.get(&changeable);
        let mut changed = token.clone().into_bytes();
        changed[at] = if changed[at] == b'2' { b'3' } else { b'2' };
        prop_assert_eq!(proof.check(&changed), Outcome::Disproved, "{}", token);
    }

    #[test]
    fn no_bytes_make_a_proof_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for name in names() {
            let proof = by_name(name).expect("the name is registered");
            proof.check(&bytes);
            proof.complete(&String::from_utf8_lossy(&bytes));
        }
    }

    #[test]
    fn no_cut_or_changed_token_makes_a_proof_panic(
        (name, body) in body(),
        cut in any::<prop::sample::Index>(),
        noise in any::<u8>(),
    ) {
        let token = by_name(name).and_then(|proof| proof.complete(&body)).unwrap_or(body);
        let mut bytes = token.into_bytes();
        let at = cut.index(bytes.len());
        bytes[at] = noise;
        for name in names() {
            let proof = by_name(name).expect("the name is registered");
            proof.check(&bytes);
            proof.check(&bytes[..at]);
            proof.check(&bytes[at..]);
        }
    }

    #[test]
    fn no_private_key_body_makes_a_proof_panic(
        label in "(RSA |EC |DSA |OPENSSH |ENCRYPTED |)PRIVATE KEY|PGP PRIVATE KEY BLOCK",
        body in prop::collection::vec(any::<u8>(), 0..200),
        is_encoded in any::<bool>(),
    ) {
        let body = if is_encoded { super::encoding::to_base64(&body).into_bytes() } else { body };
        let pem = [format!("-----BEGIN {label}-----").as_bytes(), &body, b"-----END"].concat();
        by_name("private-key").expect("the name is registered").check(&pem);
    }
}
