//! Ciphertext: values that are stored encrypted, and open nothing without a key.

/// Prefixes of encrypted values, in any case, as tools wrap them.
const WRAPPERS: &[&str] = &[
    "enc[",
    "enc(",
    "enc:",
    "{cipher}",
    "{encrypted}",
    "encrypted:",
    "!encrypted",
    "$ansible_vault",
    "vault:v1:",
    "ej[1:",
    "age-enc",
    "age-encryption.org/",
    "{aqaaabaaaa",
    "-----begin age encrypted file",
    "-----begin pgp message",
];

/// Prefixes of encrypted values, case-sensitive, if base64 or hex follows.
const HEADS: &[&str] = &[
    // AWS KMS.
    "AQICAH",
    "AQECAH",
    // Google Cloud KMS.
    "CiQA",
    // Sealed Secrets.
    "AgA",
    "AgB",
    // Fernet.
    "gAAAAA",
    // `Salted__`, as OpenSSL and CryptoJS write it.
    "U2FsdGVkX1",
    // `{"iv":`, as Laravel writes it.
    "eyJpdiI6",
    // Jenkins: a version, and the length of what follows.
    "AQAAABAAAA",
    // Windows' DPAPI.
    "01000000d08c9ddf0115d1118c7a00c04fc297eb",
    // `{SSHA}`, `{SHA}`, `{SSHA512}`, `{SMD5}`, `{MD5}`, `{CRYPT}`, `{PBKDF2`, `{ARGON2` and `{SCRAM`: hashes in LDIF.
    "e1NTSEF9",
    "e1NIQX",
    "e1NTSEEy",
    "e1NTSEE1",
    "e1NNRDV9",
    "e01ENX",
    "e0NSWVBUf",
    "e2NyeXB0f",
    "e1BCS0RGM",
    "e0FSR09OM",
    "e1NDUkFNL",
    // `age-encryption.org`.
    "YWdlLWVuY3J5cHRpb24ub3Jn",
];

/// The minimum length of a sealed secret: its prefix is also common in other base64.
const SEALED: usize = 200;

/// Returns whether `value` is ciphertext in a recognisable form.
pub fn is_encrypted(value: &str) -> bool {
    let value = super::unquoted(value);
    let bytes = value.as_bytes();
    let is_wrapped = |start: &&str| {
        bytes
            .get(..start.len())
            .is_some_and(|head| head.eq_ignore_ascii_case(start.as_bytes()))
    };
    let is_head = |head: &&str| {
        let least = match head.len() {
            ..4 => SEALED,
            4 => 40,
            _ => head.len(),
        };
        value.starts_with(*head) && value.len() >= least && is_encoded(&bytes[head.len()..])
    };
    is_hashed(value)
        || is_cipher_string(value)
        || WRAPPERS.iter().any(is_wrapped)
        || HEADS.iter().any(is_head)
}

/// Whether `value` is a Bitwarden cipher string: a type, an initialisation vector, the ciphertext and a MAC.
fn is_cipher_string(value: &str) -> bool {
    let Some((kind, rest)) = value.split_once('.') else {
        return false;
    };
    let parts = rest.split('|');
    matches!(kind.as_bytes(), [b'0'..=b'7'])
        && (2..=3).contains(&parts.clone().count())
        && parts
            .clone()
            .all(|part| part.len() >= 16 && is_encoded(part.as_bytes()))
}

/// Whether `value` is a password hash with its parameters.
fn is_hashed(value: &str) -> bool {
    const SCHEMES: &[&str] = &[
        "$argon2",
        "$scrypt$",
        "$pbkdf2",
        "$7$",
        "argon2:",
        "pbkdf2:",
        "pbkdf2_sha",
        "scrypt:",
    ];
    let is_digest = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    // MySQL's own; and Jupyter's: an algorithm, a salt and the digest.
    let is_of_mysql = value
        .strip_prefix('*')
        .is_some_and(|rest| is_digest(rest, 40));
    // Transmission's: a brace, the digest and the salt.
    let is_of_transmission = value.len() == 49
        && value
            .strip_prefix('{')
            .and_then(|rest| rest.get(..40))
            .is_some_and(|rest| is_digest(rest, 40));
    let is_salted = || {
        let (algorithm, rest) = value.split_once(':')?;
        let (salt, digest) = rest.split_once(':')?;
        let length = match algorithm {
            "sha1" => 40,
            "sha256" => 64,
            "sha512" => 128,
            _ => return None,
        };
        Some(!salt.is_empty() && is_digest(digest, length))
    };
    is_of_mysql
        || SCHEMES
            .iter()
            .any(|scheme| value.starts_with(scheme) && value.len() > 24)
        || is_salted().unwrap_or_default()
        || is_of_transmission
}

fn is_encoded(bytes: &[u8]) -> bool {
    let is_digit = |byte: &u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_' | b'=' | b'.')
    };
    bytes.iter().all(is_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ciphertext_is_known_by_how_it_begins() {
        let sealed = format!("AgB{}", "y3i4OJSWK5".repeat(30));
        for value in [
            "ENC[AES256_GCM,data:abc]",
            "{cipher}8a7b",
            "AQICAHgx8m3kQ2==",
            "e1NTSEF9Z2laMVU0Q2xiMWpTMUNjWXdKRnpEV3BZOVozSlFuNXU=",
            "2.Dd/TtdNwxWdYg9+fRkxh6w==|8KAiK9SoadgFRmyVOchd4tNh2vErD1Rv9x1gqtsE5tzx|902em44n9cwciZzYrYuX6MRz",
            "U2FsdGVkX1+8m3kQ2",
            "{eb9031e0a944cb164d8a890eabc47e14132a71df/iyenpa/",
            sealed.as_str(),
        ] {
            assert!(is_encrypted(value), "{value}");
        }
        for value in ["AgBy3i4OJSWK", "AQICAH?x", "CiQAx8m3", "hunter2", ""] {
            assert!(!is_encrypted(value), "{value}");
        }
    }
}
