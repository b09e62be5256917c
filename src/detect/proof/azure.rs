//! Azure: keys that contain a signature and a Marvin checksum, Entra client secrets, shared access signatures.
//!
//! An identifiable key is base64 of random bytes, four characters that name the service, and a four-byte checksum.
//! Which of the service's published seeds the checksum was computed with shows what the key is for.

use super::Outcome;
use super::encoding::{ascii, base64, check_tail, fact, in_alphabet, split_tail, to_base64};
use super::filler::is_filler;
use super::marvin::marvin32;
use crate::model::Fact;

/// The characters of a client secret, which are also the digits of its checksum.
const ENTRA_DIGITS: &[u8; 66] =
    b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ1234567890.-_~";
const ENTRA_SEED: u64 = seed(*b"AadPwd00");

/// The checksum has six digits, of which only the first three are at the end of the secret.
const ENTRA_WIDTH: usize = 3;

/// What every identifiable key ends with: the signature's characters, then the checksum's bytes.
const CHECKSUM_BYTES: usize = 4;
const SIGNATURE: usize = 4;

/// A service that signs its keys.
struct Service {
    signature: &'static str,
    name: &'static str,
    /// Whether published keys agree with the checksum, so that one that does not must be fake.
    is_confirmed: bool,
    /// The seeds in use, and the role of a key made with each.
    seeds: &'static [(&'static [u8; 8], &'static str)],
}

const MESSAGING: &[(&[u8; 8], &str)] = &[
    (b"Send0000", "send"),
    (b"Listen00", "listen"),
    (b"Manage00", "manage"),
    (b"System00", "system"),
    (b"Unknown0", "unknown"),
];

const SERVICES: &[Service] = &[
    confirmed("+ASt", "Storage", &[(b"Default0", "account")]),
    unconfirmed(
        "ACDb",
        "Cosmos DB",
        &[
            (b"MastRW00", "read-write"),
            (b"MastRO00", "read-only"),
            (b"SystRW00", "system read-write"),
            (b"SystRO00", "system read-only"),
            (b"SysAll00", "system"),
            (b"Resour00", "resource"),
            (b"Encryp00", "data encryption"),
        ],
    ),
    unconfirmed("+ABa", "Batch", &[(b"AbAcct00", "account")]),
    confirmed(
        "AzFu",
        "Functions",
        &[
            (b"Functi00", "function"),
            (b"System00", "system"),
            (b"Master00", "master"),
        ],
    ),
    confirmed(
        "AzSe",
        "AI Search",
        &[(b"Query000", "query"), (b"PAdmin00", "admin")],
    ),
    unconfirmed("+AMC", "Machine Learning", &[(b"Classic0", "web service")]),
    unconfirmed("+ACR", "Container Registry", &[(b"ACRDflt0", "registry")]),
    confirmed("+ASb", "Service Bus", MESSAGING),
    confirmed("+AEh", "Event Hubs", MESSAGING),
    confirmed("+ARm", "Relay", MESSAGING),
    confirmed(
        "AIoT",
        "IoT Hub",
        &[
            (b"IoTHub00", "hub"),
            (b"DpsKey00", "provisioning"),
            (b"Device00", "device"),
        ],
    ),
    unconfirmed(
        "APIM",
        "API Management",
        &[
            (b"Tenant00", "direct management"),
            (b"IoTHub00", "subscription"),
            (b"Gateway0", "gateway"),
            (b"GitKey00", "repository"),
        ],
    ),
    unconfirmed("AzCa", "Cache for Redis", &[(b"Access00", "access")]),
];

const fn confirmed(
    signature: &'static str,
    name: &'static str,
    seeds: &'static [(&'static [u8; 8], &'static str)],
) -> Service {
    Service {
        signature,
        name,
        is_confirmed: true,
        seeds,
    }
}

const fn unconfirmed(
    signature: &'static str,
    name: &'static str,
    seeds: &'static [(&'static [u8; 8], &'static str)],
) -> Service {
    Service {
        is_confirmed: false,
        ..confirmed(signature, name, seeds)
    }
}

/// Converts a seed of eight characters to a big-endian number.
const fn seed(characters: [u8; 8]) -> u64 {
    u64::from_be_bytes(characters)
}

/// A key whose service signs its keys must have a valid checksum, if that is confirmed for the service (Redis, for
/// one, replaces characters afterwards). Older keys have neither signature nor checksum and stay plausible.
pub(super) fn check_key(secret: &[u8]) -> Outcome {
    let Some(text) = ascii(secret) else {
        return Outcome::Disproved;
    };
    let plain = text.trim_end_matches('=');
    let Some(service) = signed_by(plain) else {
        return check_common_annotated(text);
    };
    let facts = |role: &str| vec![fact("service", service.name), fact("role", role)];
    let Some(bytes) = base64(plain.as_bytes()) else {
        return Outcome::Disproved;
    };
    let (data, checksum) = bytes.split_at(bytes.len().saturating_sub(CHECKSUM_BYTES));
    let role = service
        .seeds
        .iter()
        .find(|(name, _)| marvin32(data, seed(**name)).to_le_bytes() == checksum);
    match role {
        Some((_, role)) => Outcome::Proven(facts(role)),
        None if !service.is_confirmed => Outcome::Plausible(vec![fact("service", service.name)]),
        None => Outcome::Disproved,
    }
}

/// Returns the service whose signature is where keys of any length have it: before the characters that contain the
/// checksum.
fn signed_by(plain: &str) -> Option<&'static Service> {
    let bytes = plain.len() * 6 / 8;
    // Rounded down to whole characters: the last signature bits may share a character with the checksum.
    let signed = bytes.checked_sub(CHECKSUM_BYTES)? * 8 / 6;
    let signature = plain.get(signed.checked_sub(SIGNATURE)?..signed)?;
    SERVICES
        .iter()
        .find(|service| service.signature == signature)
}

/// Adds the checksum for the first of the service's roles.
pub(super) fn complete_key(body: &str) -> Option<String> {
    let signature = split_tail(body, SIGNATURE)?.1;
    let service = SERVICES
        .iter()
        .find(|service| service.signature == signature)?;
    // The characters need not end at a byte boundary; the bits up to the checksum are zero in every key.
    let filled = if body.len().is_multiple_of(4) {
        body.to_owned()
    } else {
        format!("{body}A")
    };
    let mut bytes = base64(filled.as_bytes())?;
    bytes.truncate((body.len() * 6).div_ceil(8));
    bytes.extend(marvin32(&bytes, seed(*service.seeds[0].0)).to_le_bytes());
    let encoded = to_base64(&bytes);
    let padding = "=".repeat((4 - encoded.len() % 4) % 4);
    Some(format!("{body}{}{padding}", encoded.get(body.len()..)?))
}

/// Recognises the newer kind of key (84 or 88 characters with `JQQJ9` at 52), which shows its month and service.
///
/// Published samples do not agree on how its checksum is computed, so it neither proves nor disproves anything.
fn check_common_annotated(text: &str) -> Outcome {
    if !matches!(text.len(), 84 | 88) || text.get(52..57) != Some("JQQJ9") {
        return Outcome::Plausible(Vec::new());
    }
    let bytes = text.as_bytes();
    let created = match (bytes[58], bytes[59]) {
        (year @ b'A'..=b'Z', month @ b'A'..=b'L') => {
            let (year, month) = (2024 + u32::from(year - b'A'), month - b'A' + 1);
            Some(fact("created", &format!("{year}-{month:02}")))
        }
        _ => None,
    };
    let provider = fact("service", &text[76..80]);
    Outcome::Plausible(created.into_iter().chain([provider]).collect())
}

/// Client secrets with `8Q~` have a checksum, older ones with `7Q~` do not, and anything else is not a client secret.
///
/// A wrong checksum disproves nothing: this is how Microsoft's library computes it, but samples in other scanners,
/// which may or may not have been altered, do not agree with it.
pub(super) fn check_entra(secret: &[u8]) -> Outcome {
    let checked = match secret.get(3..6) {
        Some(b"8Q~") => check_tail(secret, ENTRA_WIDTH, complete_entra),
        Some(b"7Q~") => Outcome::Plausible(Vec::new()),
        _ => return Outcome::Disproved,
    };
    match checked {
        Outcome::Proven(facts) => Outcome::Proven(facts),
        _ if is_filler(secret) => Outcome::Disproved,
        _ => Outcome::Plausible(Vec::new()),
    }
}

pub(super) fn complete_entra(body: &str) -> Option<String> {
    let hash = marvin32(ascii(body.as_bytes())?.as_bytes(), ENTRA_SEED);
    let digits = in_alphabet(hash, ENTRA_DIGITS, 6);
    Some(body.to_owned() + &digits[..ENTRA_WIDTH])
}

/// Reads a shared access signature, which is a query string with its expiry and permissions.
pub(super) fn check_sas(secret: &[u8]) -> Outcome {
    let Some(text) = ascii(secret) else {
        return Outcome::Disproved;
    };
    let text = text.replace("&amp;", "&");
    let value = |key: &str| {
        text.split(['?', '&'])
            .find_map(|pair| pair.strip_prefix(key)?.strip_prefix('='))
            .map(|value| value.replace("%3A", ":").replace("%3a", ":"))
    };
    let Some(signature) = value("sig").map(|sig| unescaped_base64(&sig)) else {
        return Outcome::Disproved;
    };
    let facts: Vec<Fact> = [("se", "expires"), ("sp", "permissions"), ("sv", "version")]
        .into_iter()
        .filter_map(|(key, name)| Some(fact(name, &value(key)?)))
        .collect();
    match base64(signature.as_bytes()) {
        // The signature is an HMAC-SHA256.
        Some(bytes) if bytes.len() == 32 && !facts.is_empty() => Outcome::Proven(facts),
        _ => Outcome::Disproved,
    }
}

fn unescaped_base64(text: &str) -> String {
    [
        ("%2B", "+"),
        ("%2b", "+"),
        ("%2F", "/"),
        ("%2f", "/"),
        ("%3D", "="),
        ("%3d", "="),
    ]
    .iter()
    .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_published_client_secret_passes() {
        let sample = format!("zzz8Q~{}blP", "z".repeat(31));
        assert_eq!(check_entra(sample.as_bytes()), Outcome::Proven(vec![]));
        let shorter = format!("zzz8Q~{}blP", "z".repeat(30));
        assert_eq!(check_entra(shorter.as_bytes()), Outcome::Disproved);
        let other = ["7Zk8Q~", "3nP0dXu2Wb8sRt5vYc1EjKm4LoQx9AaBc"].concat();
        assert_eq!(check_entra(other.as_bytes()), Outcome::Plausible(vec![]));
    }

    #[test]
    fn a_published_storage_key_passes_and_its_tampered_copy_fails() {
        let key = |a, b| {
            let head = "YutGV0Vlauqsobd";
            let middle = "tPWz2AKwHhBXMEWsAH+rSbz0UZUfaMVj1CFrcNQK47ygmrC4vHmc7eOp1LdM+AStk5mM";
            format!("{head}{a}{middle}{b}A==")
        };
        let facts = vec![fact("service", "Storage"), fact("role", "account")];
        assert_eq!(check_key(key("5", "y").as_bytes()), Outcome::Proven(facts));
        assert_eq!(check_key(key("6", "Y").as_bytes()), Outcome::Disproved);
    }

    #[test]
    fn the_seed_tells_the_role() {
        // Lengths of 32, 39, 40 and 64 bytes put the boundary between signature and checksum in different places.
        for (random, signature, role) in [
            (33, "+ASb", "send"),
            (42, "AzSe", "query"),
            (44, "AzFu", "function"),
            (76, "ACDb", "read-write"),
        ] {
            let body = format!("{}{signature}", "k".repeat(random));
            let key = complete_key(&body).expect("the signature is known");
            let Outcome::Proven(facts) = check_key(key.as_bytes()) else {
                panic!("{key} is right");
            };
            assert_eq!(facts[1], fact("role", role));
        }
    }

    #[test]
    fn annotated_keys_tell_their_month() {
        let key = format!(
            "{}JQQJ99BEAC{}AZDO{}",
            "k".repeat(52),
            "0".repeat(14),
            "a1b2"
        );
        let expected = vec![fact("created", "2025-05"), fact("service", "AZDO")];
        assert_eq!(check_key(key.as_bytes()), Outcome::Plausible(expected));
    }

    #[test]
    fn a_shared_access_signature_tells_its_expiry() {
        let sig = format!("{}%3D", "k".repeat(42) + "8");
        let sas = format!("sv=2022-11-02&se=2030-01-01T00%3A00%3A00Z&sp=rl&sig={sig}");
        let expected = vec![
            fact("expires", "2030-01-01T00:00:00Z"),
            fact("permissions", "rl"),
            fact("version", "2022-11-02"),
        ];
        assert_eq!(check_sas(sas.as_bytes()), Outcome::Proven(expected));
        assert_eq!(
            check_sas(b"sv=2022-11-02&se=2030&sp=rl&sig=abc"),
            Outcome::Disproved
        );
    }
}
