//! Names of keys that are stored elsewhere, in a cloud's key management or a hardware module; and of permissions of
//! keys.

use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::placeholder;

/// Prefixes of addresses of keys that never leave a module or a service.
#[rustfmt::skip]
const KEEPERS: &[&str] = &[
    "pkcs11:", "gcpkms:", "gcp-kms:", "awskms:", "aws-kms:", "azurekms:", "azurekeyvault:", "azurekv:", "hashivault:", "cloudkms:",
    "tpmkms:", "yubikms:", "yubikey:", "mackms:", "capi:", "k8s:", "kms:", "ocid1.", "alias/", "crn:",
];

/// Whether `value`, the value of `name`, is the address of a key in such a store.
pub(super) fn names_a_resource(name: &str, value: &str) -> bool {
    if value.len() > 300 || value.contains(char::is_whitespace) {
        return false;
    }
    let is_kept = || {
        let start = KEEPERS.iter().find_map(|start| value.strip_prefix(start));
        start.is_some_and(|rest| rest.len() > 2)
            // Some of these addresses may contain the PIN.
            && !value.contains("pin-value=")
            && !value.contains('@')
    };
    is_path_of_cloud(value) || is_in_vault(value) || is_kept() || is_label_of_key(name, value)
}

/// `projects/acme/locations/global/keyRings/main/cryptoKeys/sign`, `/subscriptions/…/resourceGroups/…`: collections
/// and their members alternate.
fn is_path_of_cloud(value: &str) -> bool {
    const ROOTS: [&str; 4] = ["projects", "organizations", "folders", "subscriptions"];
    let path = match value.split_once("googleapis.com/") {
        Some((host, rest)) if host.contains("//") => rest.trim_start_matches("v1/"),
        _ => value.trim_start_matches('/'),
    };
    let is_collection = |part: &str| {
        part.len() >= 4 && part.len() <= 24 && part.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let mut parts = path.split('/');
    parts.next().is_some_and(|root| ROOTS.contains(&root))
        && path.split('/').count() >= 4
        && path.split('/').step_by(2).all(is_collection)
        && path.split('/').all(|part| part.len() <= 63)
}

/// The address of a key or a secret in an Azure vault.
fn is_in_vault(value: &str) -> bool {
    const HOSTS: [&str; 4] = [
        ".vault.azure.net/",
        ".managedhsm.azure.net/",
        ".vault.azure.cn/",
        ".vault.usgovcloudapi.net/",
    ];
    value.starts_with("https://")
        && !value.contains(['@', '?'])
        && HOSTS.iter().any(|host| value.contains(host))
}

/// Whether `value` is only the label of a private key: `testrsa2048`, `intermediate-2024`. A real one is much longer
/// than words and a number. The other keys of an application may be that short, so their labels must name the
/// algorithm.
fn is_label_of_key(name: &str, value: &str) -> bool {
    #[rustfmt::skip]
    const ALGORITHMS: &[&str] = &["rsa2048", "rsa3072", "rsa4096", "ecdsa", "ecp256", "ecp384", "p256", "p384", "ed25519", "aes128", "aes256"];
    let Some(kind) = name::classify(name) else {
        return false;
    };
    let is_of_label =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    let is_named = match kind {
        CredentialName::PrivateKey => true,
        CredentialName::SigningKey | CredentialName::EncryptionKey => {
            ALGORITHMS.iter().any(|word| value.contains(word))
        }
        _ => false,
    };
    is_named
        && (6..=40).contains(&value.len())
        && value.starts_with(|c: char| c.is_ascii_lowercase())
        && value.bytes().all(is_of_label)
        && (1..=14).contains(&digits)
        && is_counted(value)
        && !super::weak(value)
        && placeholder::classify(value).is_none()
}

/// Whether `value` is words with one or two numbers between or after them.
fn is_counted(value: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let numbers = value
        .split(|c| !is_digit(c))
        .filter(|part| !part.is_empty());
    let mut words = value.split(|c: char| !c.is_ascii_alphabetic());
    let letters = value.bytes().filter(u8::is_ascii_alphabetic).count();
    numbers.count() <= 2
        && letters >= 3
        && words.all(|word| word.len() < 8 || !super::is_random(word))
}

/// Returns whether `value` is a permission, in a list of those that a key needs: `read:pets`,
/// `btcpay.store.canviewinvoices`. Passwords made of words may look similar.
pub fn is_scope(name: &str, value: &str) -> bool {
    let is_password = super::holds(name, "pass");
    let parts = value.split(['.', ':', '/']);
    // After words, one part may be several words run together: `canviewinvoices`.
    let random = parts
        .clone()
        .filter(|it| it.len() >= 6 && super::is_random(it));
    let may_be_random = usize::from(parts.clone().count() > 2);
    !is_password
        && (3..=120).contains(&value.len())
        && value.contains(['.', ':', '/'])
        && random.count() <= may_be_random
        && parts.clone().all(is_word_of_scope)
}

/// One or several words, or a wildcard.
fn is_word_of_scope(part: &str) -> bool {
    let is_version = part
        .strip_prefix('v')
        .is_some_and(|rest| rest.len() <= 2 && rest.bytes().all(|byte| byte.is_ascii_digit()));
    let is_letters = part
        .bytes()
        .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_'));
    part == "*" || is_version || part.starts_with(|c: char| c.is_ascii_alphabetic()) && is_letters
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_are_elsewhere_are_named() {
        let kms = "projects/acme-9/locations/us/keyRings/r9/cryptoKeys/sig4/cryptoKeyVersions/1";
        let on_google = format!("//cloudkms.googleapis.com/{kms}");
        for (name, value) in [
            ("signing_key", kms),
            ("signing_key", on_google.as_str()),
            (
                "secret",
                "projects/123456789012/secrets/my-secret/versions/3",
            ),
            (
                "private_key",
                "pkcs11:token=shop;object=sign2048;type=private",
            ),
            (
                "private_key",
                "gcpkms://projects/acme/locations/eu/keyRings/a/cryptoKeys/b",
            ),
            ("private_key", "azurekms:name=sign2048;vault=acme9"),
            ("encryption_key", "alias/sign2048"),
            (
                "vault_key",
                "https://acme9.vault.azure.net/keys/sign2048/0123456789abcdef0123456789abcdef",
            ),
            (
                "secret_key",
                "/subscriptions/0a1b/resourceGroups/shop9/providers/x",
            ),
            ("privatekey", "testrsa2048"),
            ("privatekey", "webextrsa4096"),
            ("privatekey", "csinter1546616454"),
            ("private_key", "ecdsap256key1"),
            ("privateKey", "intermediate-ca-2024"),
            ("signing_key", "release-rsa4096"),
        ] {
            assert!(names_a_resource(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn what_may_be_a_key_is_none() {
        let random = ["q8zr2lkt0vxw5ns7", "pd3f"].concat();
        for (name, value) in [
            ("privatekey", random.as_str()),
            ("private_key", "xkwvqzjtbn12"),
            ("signing_key", "summerlamp2024"),
            ("encryption_key", "summer-lamp-1"),
            ("password", "testrsa2048"),
            ("private_key", "changeme1"),
            ("private_key", "pkcs11:token=shop;object=a?pin-value=1234"),
            ("secret", "projects/9f86d081884c7d65"),
            ("secret", "a/b/c/d"),
        ] {
            assert!(!names_a_resource(name, value), "{name}: {value}");
        }
    }

    #[test]
    fn scopes_are_told_from_keys() {
        for value in [
            "read:pets",
            "btcpay.store.canviewinvoices",
            "btcpay.store.webhooks.canmodifywebhooks",
            "admin:org:full",
            "user.profile.readOnly",
            "repo:*",
            "api.v2.orders_write",
        ] {
            assert!(is_scope("API_Key", value), "{value}");
        }
        for value in [
            "alpha:q8Zr2LkT0vXw5Ns7pD3f",
            "Tr4verse.Lamp",
            "xkwvqzjt.tgpqxbzb",
            "lamp",
            "q8Zr2LkT0vXw5Ns7pD3f",
        ] {
            assert!(!is_scope("API_Key", value), "{value}");
        }
        assert!(!is_scope("passwords", "correct.horse.battery"));
    }
}
