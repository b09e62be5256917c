//! Public values: public keys, fingerprints of keys, and ids that services publish.

use super::client::is_client_key;
use crate::lexicon::words::Words;

/// Prefixes of keys that browsers and applications may show, before a letter or digit.
const PUBLISHABLE: &[&str] = &[
    "phc_",
    "pk_live_",
    "pk_test_",
    "pk_prod_",
    "sb_publishable_",
    "publishable_",
    "public_",
    "pub_",
    "pk.eyJ",
    "spk_",
    "rzp_live_",
    "rzp_test_",
    // RevenueCat's keys for the stores of Apple, Google and Amazon, and for web payments: applications contain them.
    "appl_",
    "goog_",
    "amzn_",
    "strp_",
    "rcb_",
    // Shows a SonarQube badge.
    "sqb_",
];

/// Prefixes of public keys and certificates.
const PUBLIC_KEYS: &[&str] = &[
    "ssh-rsa ",
    "ssh-ed25519 ",
    "ssh-dss ",
    "ecdsa-sha2-",
    "sk-ssh-ed25519",
    "AAAAB3NzaC1yc2E",
    "AAAAC3NzaC1lZDI1NTE5",
    "-----BEGIN PUBLIC KEY",
    "-----BEGIN RSA PUBLIC KEY",
    "-----BEGIN CERTIFICATE",
    "-----BEGIN PGP PUBLIC KEY",
    "age1",
    // `-----BEGIN CERTIFICATE` and `-----BEGIN PUBLIC KEY` in base64.
    "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS",
    "LS0tLS1CRUdJTiBQVUJMSUMgS0VZ",
    // RSA, P-256 and Ed25519 keys in the encoding of X.509.
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A",
    "MIICIjANBgkqhkiG9w0BAQEFAAOCAg8A",
    "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB",
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE",
    "MCowBQYDK2VwAyEA",
];

/// Names of keys that are identified by a fingerprint: `OpenPGP`'s, and those that sign packages.
const FINGERPRINTED: &[&str] = &["gpg", "pgp", "gnupg", "openpgp", "keyring", "apt", "rpm"];

/// Returns whether `value`, the value of `name`, is meant to be public.
pub fn is_public(name: &str, value: &str) -> bool {
    let value = super::unquoted(value);
    let is_published = |start: &&str| {
        value.strip_prefix(*start).is_some_and(|rest| {
            rest.bytes()
                .take(1)
                .all(|byte| byte.is_ascii_alphanumeric())
        }) && value.len() >= 16
    };
    PUBLISHABLE.iter().any(is_published)
        || PUBLIC_KEYS.iter().any(|start| value.starts_with(start))
        || is_fingerprint(name, value)
        || is_printed_fingerprint(name, value)
        || is_free_license(value)
        || is_measured(value)
        || is_extended_public_key(value)
        || is_payment(value)
        || is_client_key(name, value)
        || (is_shown_in_browsers(name) || is_shown_in_page(name)) && !promises_a_secret(name)
}

/// Whether the value is the public half of a wallet key from which others are derived: `xpub…`, `tpub…`. It reveals
/// payments, but cannot spend.
fn is_extended_public_key(value: &str) -> bool {
    const BASE58: &[u8] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    const STARTS: [&str; 14] = [
        "xpub", "ypub", "zpub", "tpub", "upub", "vpub", "Ypub", "Zpub", "Upub", "Vpub", "Ltub",
        "Mtub", "dgub", "drkp",
    ];
    STARTS.iter().any(|start| value.starts_with(start))
        && (107..=112).contains(&value.len())
        && value.bytes().all(|byte| BASE58.contains(&byte))
}

/// Whether the value is the id of a payment, a mandate or an order at `PayPal`, which both sides know: `AP-` and 17
/// digits and letters.
fn is_payment(value: &str) -> bool {
    const KINDS: [&str; 8] = ["AP", "PA", "EC", "BA", "PAY", "PAYID", "CC", "MP"];
    value.split_once('-').is_some_and(|(kind, rest)| {
        let is_of_number = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        KINDS.contains(&kind)
            && matches!(rest.len(), 17 | 24)
            && rest.bytes().all(is_of_number)
            && rest.bytes().any(|byte| byte.is_ascii_digit())
    })
}

/// Whether the value is a key fingerprint as programs print it: `SHA256:` and 43 base64 characters, or pairs of
/// upper-case hex digits with colons between them.
fn is_printed_fingerprint(name: &str, value: &str) -> bool {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    if let Some(digest) = value.strip_prefix("SHA256:") {
        return digest.len() == 43 && digest.bytes().all(is_base64);
    }
    let pairs = value.strip_prefix("MD5:").unwrap_or(value);
    let is_pair = |pair: &str| {
        pair.len() == 2
            && pair
                .bytes()
                .all(|byte| byte.is_ascii_hexdigit() && !byte.is_ascii_lowercase())
    };
    matches!(value.len(), 59 | 95) && pairs.split(':').all(is_pair) && !promises_a_secret(name)
        || pairs.len() < value.len()
            && pairs.len() == 47
            && pairs
                .split(':')
                .all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Whether the value is the id of a site or container in Google Analytics or Tag Manager, which every page contains:
/// `UA-86203452-1`, `GTM-K7QZ2LT`.
fn is_measured(value: &str) -> bool {
    let is_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let is_id = |part: &str| {
        part.bytes()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    };
    match value.split_once('-') {
        Some(("UA" | "YT" | "MO", rest)) => rest.split_once('-').is_some_and(|(account, site)| {
            (4..=12).contains(&account.len())
                && site.len() <= 4
                && is_digits(account)
                && is_digits(site)
        }),
        Some(("GTM", rest)) => (5..=9).contains(&rest.len()) && is_id(rest),
        Some(("G", rest)) => rest.len() == 10 && is_id(rest),
        _ => false,
    }
}

/// Whether `name` is an HTML attribute that passes a key or an id to a script: `data-app-key`, `data-sitekey`. Everyone
/// who sees the page has it.
fn is_shown_in_page(name: &str) -> bool {
    const ENDINGS: [&str; 3] = ["key", "id", "token"];
    name.strip_prefix("data-")
        .is_some_and(|rest| ENDINGS.iter().any(|ending| rest.ends_with(ending)))
}

/// Prefixes of names whose values are built into pages: browsers see them, whatever the rest of the name says.
const SHOWN: &[&str] = &[
    "VITE_",
    "REACT_APP_",
    "NUXT_PUBLIC_",
    "GATSBY_",
    "EXPO_",
    "VUE_APP_",
    "NG_APP_",
    "STORYBOOK_",
];

/// Returns whether browsers see the value of the variable `name`.
pub fn is_shown_in_browsers(name: &str) -> bool {
    SHOWN.iter().any(|start| name.starts_with(start))
}

/// Whether a name says that its value is secret: one that is built into pages even so has leaked.
fn promises_a_secret(name: &str) -> bool {
    ["PASS", "SECRET", "PRIVATE"]
        .iter()
        .any(|word| super::holds(name, word))
}

/// Whether the value is what a library accepts as its license key for free use: `OPEN-SOURCE-GPLV3-LICENSE`,
/// `non-commercial-and-evaluation`.
fn is_free_license(value: &str) -> bool {
    const FREE: [&str; 5] = [
        "gpl",
        "open-source",
        "opensource",
        "noncommercial",
        "non-commercial",
    ];
    let is_words = value
        .split(['-', '_', ' '])
        .all(|part| part.len() < 20 && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if !is_words || value.len() > 60 || !value.contains(['-', '_', ' ']) {
        return false;
    }
    let value = value.to_ascii_lowercase();
    FREE.iter().any(|word| value.contains(word))
}

/// Whether the value is one or more fingerprints or ids of keys, under a name that says so.
fn is_fingerprint(name: &str, value: &str) -> bool {
    let parts = value.split([' ', ',', ';']).filter(|part| !part.is_empty());
    let mut parts = parts.peekable();
    let spaced = parts.peek().is_some_and(|part| part.len() == 4);
    let is_hex = |part: &str, lengths: &[usize]| {
        let digits = part.strip_prefix("0x").unwrap_or(part);
        lengths.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
    };
    if spaced {
        // `A035 C8C1 9219 …`, as OpenPGP programs print it.
        return parts.clone().count() == 10 && parts.all(|part| is_hex(part, &[4]));
    }
    if parts.peek().is_none() {
        return false;
    }
    // Few values have the form, and splitting the name takes longer.
    let mut lengths = parts.clone();
    if !lengths.all(|part| is_hex(part, &[8, 16, 32, 40, 64])) {
        return false;
    }
    let Some(words) = Words::split(name) else {
        return false;
    };
    let has = |known: &[&str]| words.iter().any(|word| known.contains(&word));
    let is_upper = !value
        .bytes()
        .any(|byte| byte.is_ascii_lowercase() && byte != b'x');
    if has(FINGERPRINTED) {
        parts.all(|part| is_hex(part, &[8, 16, 32, 40, 64]))
    } else if has(&["signing", "sign", "release", "maintainer", "key"]) && !has(&["api", "access"])
    {
        let prefixed = value.contains("0x");
        parts.all(|part| prefixed && is_hex(part, &[8, 16, 40]) || is_upper && is_hex(part, &[40]))
    } else {
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FINGERPRINT: &str = "A035C8C19219BA821ECEA86B64E628F8D684696D";

    #[test]
    fn fingerprints_are_told_from_keys_by_their_names() {
        for (name, value) in [
            ("GPG_KEY", FINGERPRINT),
            ("GPG_KEYS", "A035C8C19219BA82 64E628F8D684696D"),
            ("SIGNING_KEY", "0xA035C8C19219BA82"),
            ("RELEASE_KEY", FINGERPRINT),
        ] {
            assert!(is_public(name, value), "{name}={value}");
        }
        let lower = FINGERPRINT.to_lowercase();
        for (name, value) in [
            ("API_KEY", FINGERPRINT),
            ("SIGNING_KEY", lower.as_str()),
            ("TOKEN", FINGERPRINT),
            ("GPG_KEY", "hunter2"),
            ("GPG_KEY", ""),
        ] {
            assert!(!is_public(name, value), "{name}={value}");
        }
    }

    #[test]
    fn what_is_published_says_so() {
        for value in [
            concat!("ph", "c_q8Zr2LkT0vXw5Ns7"),
            "appl_q8Zr2LkT0vXw5Ns7",
            "UA-86203452-1",
            "GTM-K7QZ2LT",
            "G-K7QZ2LT0VX",
            "pk_live_q8Zr2LkT0vXw5Ns7",
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA",
        ] {
            assert!(is_public("key", value), "{value}");
        }
        for value in ["UA-1-1", "UA-kangaroo-1", "G-force", "GTM-", "appl_"] {
            assert!(!is_public("key", value), "{value}");
        }
        assert!(!is_public("key", "pk_live_"));
        assert!(!is_public("key", "sk_liv-q8Zr2LkT0vXw5Ns7"));
    }

    #[test]
    fn what_both_sides_have_is_public() {
        let digits = "9QmZ7".repeat(22);
        let fingerprint = ["9F"; 32].join(":");
        let printed = format!("SHA256:{}", &"nThbg6k".repeat(7)[..43]);
        let mut values = vec![printed, ["9F"; 20].join(":"), fingerprint.clone()];
        for start in ["xpub", "ypub", "zpub", "tpub", "upub", "vpub", "Zpub"] {
            values.push(format!("{start}{}", &digits[..107]));
        }
        for start in ["AP", "PA", "EC", "BA"] {
            values.push(format!("{start}-{}", "9M5345L7346322Q8Z"));
        }
        for value in &values {
            assert!(is_public("signingKey", value), "{value}");
        }
        for value in [
            format!("xprv{}", &digits[..107]),
            format!("xpub{}", &digits[..60]),
            format!("ZZ-{}", "9M5345L7346322Q8Z"),
            format!("AP-{}", "9m5345l7346322q8z"),
            "SHA256:lamp".to_owned(),
            ["9f"; 32].join(":"),
        ] {
            assert!(!is_public("signingKey", &value), "{value}");
        }
        assert!(!is_public("client_secret", &fingerprint));
    }

    #[test]
    fn what_browsers_get_to_see_is_public() {
        for (name, value) in [
            ("REACT_APP_ANALYTICS_TOKEN", "cQo4wHq8Zr2LkT0vXw5Ns7"),
            ("VITE_MAPS_API_KEY", "cQo4wHq8Zr2LkT0vXw5Ns7"),
            ("data-app-key", "cQo4wHq8Zr2LkT0vXw5Ns7"),
            ("data-sitekey", "cQo4wHq8Zr2LkT0vXw5Ns7"),
            ("licenseKey", "OPEN-SOURCE-GPLV3-LICENSE"),
            ("schedulerLicenseKey", "GPL-My-Project-Is-Open-Source"),
            ("licenseKey", "non-commercial-and-evaluation"),
        ] {
            assert!(is_public(name, value), "{name}={value}");
        }
        for (name, value) in [
            ("REACT_APP_CLIENT_SECRET", "cQo4wHq8Zr2LkT0vXw5Ns7"),
            ("VITE_DB_PASSWORD", "cQo4wHq8Zr2LkT0vXw5Ns7"),
            ("data-secret-key", "cQo4wHq8Zr2LkT0vXw5Ns7"),
            ("data-password", "cQo4wHq8Zr2LkT0vXw5Ns7"),
            ("data_app_key", "cQo4wHq8Zr2LkT0vXw5Ns7"),
            ("licenseKey", "QGPL-4wHq8Zr2L-kT0vXw5Ns7+x"),
        ] {
            assert!(!is_public(name, value), "{name}={value}");
        }
    }
}
