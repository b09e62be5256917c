//! Neighbours of a value that change its rating: the salt of a digest, the secret of an application next to its id, the
//! section of settings that only tests read.

use std::ops::Range;

use memchr::memmem;

use crate::detect::comment::{LINE_LIMIT, last_of};
use crate::detect::scalar::indent_of;

/// How far from a value its salt is looked for, in bytes.
const SALT_REACH: usize = 120;

/// Whether a value is a digest with its salt nearby: `"salt": "…", "iterations": 101`, or a salt in hex near a
/// value in hex.
pub(in crate::detect) fn is_salted(bytes: &[u8], value: &Range<usize>) -> bool {
    const ROUNDS: [&[u8]; 2] = [b"iterations", b"rounds"];
    // A digest of 128 bits or more in hex; some programs omit a leading zero.
    if !(31..=128).contains(&value.len()) {
        return false;
    }
    let start = value.start.saturating_sub(SALT_REACH);
    let before = &bytes[start..value.start];
    let behind = &bytes[value.end..bytes.len().min(value.end + SALT_REACH)];
    let mut salts = [before, behind]
        .into_iter()
        .flat_map(|text| memmem::find_iter(text, b"salt").map(move |at| &text[at + 4..]));
    let Some(first) = salts.next() else {
        return false;
    };
    let own = &bytes[value.clone()];
    let has_rounds = || {
        let has = |text: &[u8]| ROUNDS.iter().any(|word| memmem::find(text, word).is_some());
        own.len() >= 43 && (has(before) || has(behind))
    };
    let is_hex = || own.iter().all(u8::is_ascii_hexdigit);
    has_rounds() || is_hex() && (is_salt_in_hex(first) || salts.any(is_salt_in_hex))
}

/// Whether a hex number of 16 digits or more follows the word `salt` closely.
fn is_salt_in_hex(text: &[u8]) -> bool {
    const GAP: usize = 12;
    const SHORTEST: usize = 16;
    let near = &text[..text.len().min(GAP + SHORTEST)];
    near.windows(SHORTEST)
        .any(|digits| digits.iter().all(u8::is_ascii_hexdigit))
}

/// Whether a name is that of an application's id, which has its secret next to it: `OAUTH_APP_KEY` next to
/// `OAUTH_APP_SECRET`.
pub(in crate::detect) fn is_id_beside_secret(
    bytes: &[u8],
    name: &Range<usize>,
    value: &Range<usize>,
) -> bool {
    // Encryption keys are longer.
    const LONGEST: usize = 36;
    const OWNERS: [&[u8]; 4] = [b"app", b"application", b"consumer", b"client"];
    let own = &bytes[name.clone()];
    let (stem, word) = own.split_at(own.len().saturating_sub(3));
    let owner = stem.strip_suffix(b"_").or(stem.strip_suffix(b"-"));
    let owner = owner.or(stem.strip_suffix(b".")).unwrap_or(stem);
    let ends_with = |end: &[u8]| {
        let start = owner.len().checked_sub(end.len());
        start.is_some_and(|start| owner[start..].eq_ignore_ascii_case(end))
    };
    if value.len() > LONGEST
        || !word.eq_ignore_ascii_case(b"key")
        || !OWNERS.iter().any(|owner| ends_with(owner))
    {
        return false;
    }
    let sibling = [stem, b"secret"].concat();
    let reach = LINE_LIMIT / 2;
    let around = &bytes[name.start.saturating_sub(reach)..bytes.len().min(value.end + reach)];
    around
        .windows(sibling.len())
        .any(|text| text.eq_ignore_ascii_case(&sibling))
}

/// Whether a token is part of the response of an OAuth server: its expiry is next to it.
pub(in crate::detect) fn is_in_answer(bytes: &[u8], value: &Range<usize>) -> bool {
    let reach = LINE_LIMIT / 2;
    let around = &bytes[value.start.saturating_sub(reach)..bytes.len().min(value.end + reach)];
    memmem::find(around, b"\"expires_in\"").is_some()
}

/// Whether `at` is in a section of settings that only test runners read: `[testenv]`, `[tool:pytest]`.
pub(in crate::detect) fn is_in_section_of_tests(bytes: &[u8], at: usize) -> bool {
    const WORDS: [&[u8]; 5] = [b"pytest", b"testenv", b"test", b"tests", b"testing"];
    let before = &bytes[at.saturating_sub(LINE_LIMIT)..at];
    let Some(start) = last_of(before, b"\n[") else {
        return false;
    };
    let line = &before[start + 1..];
    let line = memchr::memchr(b'\n', line).map_or(line, |end| &line[..end]);
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.:-\"' ".contains(byte);
    let inner = line.trim_ascii().strip_prefix(b"[");
    let inner = inner.and_then(|line| line.strip_suffix(b"]"));
    inner.is_some_and(|name| {
        let mut words = name.split(|byte| !byte.is_ascii_alphanumeric());
        name.iter().all(is_of_name) && words.any(|word| WORDS.contains(&word))
    })
}

/// How far above a key the key of its map may be, in bytes.
const MAP_REACH: usize = LINE_LIMIT;

/// Whether the YAML key at `at` is in a map that names Secrets or the keys of a Secret: `secretKeys:`,
/// `secretKeyNames:`, `secretKeyRef:`, `extraSecretNamesForEnv:`.
pub(in crate::detect) fn is_in_map_of_names(bytes: &[u8], at: usize) -> bool {
    let before = &bytes[at.saturating_sub(MAP_REACH)..at];
    let Some(end) = memchr::memrchr(b'\n', before) else {
        return false;
    };
    let indent = indent_of(&before[end + 1..]);
    // Skip siblings, blank lines and comments.
    let mut lines = before[..end].rsplit(|byte| *byte == b'\n');
    let above = lines.find(|line| {
        let own = line.trim_ascii();
        !own.is_empty() && !own.starts_with(b"#") && indent_of(line) < indent
    });
    above.is_some_and(|line| {
        let line = line.trim_ascii();
        let line = line.strip_prefix(b"- ").unwrap_or(line);
        line.strip_suffix(b":").is_some_and(names_a_map_of_names)
    })
}

/// Whether `secretKey` is External Secrets' name for the target key rather than a secret key: `remoteRef`, the source
/// of the value, follows it.
pub(in crate::detect) fn names_target(bytes: &[u8], name: &[u8], value: &Range<usize>) -> bool {
    const NEAR: usize = 120;
    let behind = &bytes[value.end..bytes.len().min(value.end + NEAR)];
    name == b"secretKey" && memmem::find(behind, b"remoteRef").is_some()
}

/// Whether a key is that of a map of names of Secrets or of their keys.
fn names_a_map_of_names(key: &[u8]) -> bool {
    const ENDS: [&[u8]; 12] = [
        b"keys",
        b"keynames",
        b"keymap",
        b"keymapping",
        b"keymappings",
        b"names",
        b"namesforenv",
        b"mapping",
        b"mappings",
        b"map",
        b"ref",
        b"refs",
    ];
    const LONGEST: usize = 48;
    if key.len() > LONGEST {
        return false;
    }
    let letters = key.iter().filter(|byte| byte.is_ascii_alphanumeric());
    let key: Vec<u8> = letters.map(u8::to_ascii_lowercase).collect();
    memmem::find(&key, b"secret").is_some() && ENDS.iter().any(|end| key.ends_with(end))
}

/// Whether a key or token is meant for web pages: near it is a word that only page scripts have, such as the index name
/// of `DocSearch`, or the setup of Rollbar, New Relic, Bugsnag and similar services.
pub(in crate::detect) fn is_key_of_page(bytes: &[u8], value: &Range<usize>) -> bool {
    if !matches!(value.len(), 10 | 20 | 32)
        || !bytes[value.clone()].iter().all(u8::is_ascii_hexdigit)
    {
        return false;
    }
    let reach = LINE_LIMIT / 3;
    let around = &bytes[value.start.saturating_sub(reach)..bytes.len().min(value.end + reach)];
    let has = |word: &[u8]| memmem::find(around, word).is_some();
    has(b"indexName") && (has(b"appId") || has(b"applicationId"))
        || has(b"captureUncaught")
        || [
            &b"Bugsnag"[..],
            b"bugsnag.",
            b"bugsnag(",
            b"TrackJS",
            b"trackJs",
            b"rg4js",
        ]
        .iter()
        .any(|word| has(word))
        || has(b"projectKey") && has(b"projectId")
        || has(b"NREUM")
        || has(b"applicationID") && has(b"licenseKey")
}

/// How far from a primary key other encryption settings are looked for, in bytes.
const ENCRYPTION_REACH: usize = LINE_LIMIT / 2;

/// Returns whether the primary key at `name` belongs to Active Record Encryption: the other key, the salt, or the name
/// of the setting is near it.
pub(in crate::detect) fn encrypts(bytes: &[u8], name: &Range<usize>) -> bool {
    let start = name.start.saturating_sub(ENCRYPTION_REACH);
    let around = &bytes[start..bytes.len().min(name.end + ENCRYPTION_REACH)];
    [
        &b"key_derivation_salt"[..],
        b"KEY_DERIVATION_SALT",
        b"deterministic_key",
        b"active_record_encryption",
        b"active_record.encryption",
        b"ActiveRecord::Encryption",
    ]
    .iter()
    .any(|word| memmem::find(around, word).is_some())
}

/// Whether a value was written into a comment by a generator as an offer, which nothing uses until it is uncommented:
/// Devise's `# config.pepper = '…'`, with a 512-bit number in hex.
pub(in crate::detect) fn is_offered_by_generator(
    bytes: &[u8],
    name: &Range<usize>,
    value: &Range<usize>,
) -> bool {
    let own = &bytes[name.clone()];
    let before = &bytes[name.start.saturating_sub(GENERATED_INDENT)..name.start];
    value.len() == 128
        && bytes[value.clone()].iter().all(u8::is_ascii_hexdigit)
        && own.starts_with(b"config.")
        && before.ends_with(b"# ")
}

/// How many bytes the generator's comment marker takes before the name.
const GENERATED_INDENT: usize = 2;

/// Whether a value is the password of the keystore that Android's tools sign debug builds with.
pub(in crate::detect) fn is_of_debug_keystore(name: &[u8], value: &[u8]) -> bool {
    let has = |word: &[u8]| {
        name.windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    value == b"android" && (has(b"store") || has(b"key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where the name and the value of an assignment are.
    fn places(text: &str) -> (Range<usize>, Range<usize>) {
        let name = text.find("NAME").map_or(0..0, |at| at..at + 4);
        let value = text.find("VALUE").unwrap();
        (name, value..value + 5)
    }

    #[test]
    fn digests_are_known_by_their_salts() {
        let digest = "4a1750c8607dfa237de36c6305715c22341518";
        let check = |text: &str| {
            let text = text.replace("VALUE", digest);
            let start = text.find(digest).unwrap();
            is_salted(text.as_bytes(), &(start..start + digest.len()))
        };
        assert!(check(
            r#"password="VALUE" salt="c788c6ad82a157b712392ca695dfcf2e""#
        ));
        assert!(check(
            "<a name=\"password\" value=\"VALUE\"/>\n<a name=\"salt\" value=\"c788c6ad82a157b712\"/>"
        ));
        assert!(!check(
            r#"password="VALUE" user="c788c6ad82a157b712392ca695dfcf2e""#
        ));
        assert!(!check(
            r#"key="VALUE" salt="pinch" user="c788c6ad82a157b712392ca695dfcf2e""#
        ));
    }

    #[test]
    fn an_id_goes_with_a_secret() {
        let check = |text: &str, name: &str| {
            let name = 0..name.len();
            let (_, value) = places(text);
            is_id_beside_secret(text.as_bytes(), &name, &value)
        };
        assert!(check(
            "OAUTH_APP_KEY: VALUE\nOAUTH_APP_SECRET: x",
            "OAUTH_APP_KEY"
        ));
        assert!(check("appKey=VALUE\nappSecret=x", "appKey"));
        assert!(!check("APP_KEY=VALUE\nDB_SECRET=x", "APP_KEY"));
        assert!(!check("API_KEY=VALUE\nAPI_SECRET=x", "API_KEY"));
    }

    #[test]
    fn answers_state_when_a_token_expires() {
        let check = |text: &str| is_in_answer(text.as_bytes(), &places(text).1);
        assert!(check("{\"access_token\": \"VALUE\", \"expires_in\": 3600}"));
        assert!(!check("{\"access_token\": \"VALUE\", \"expires\": 3600}"));
    }

    #[test]
    fn sections_of_tests_are_recognised() {
        for (text, expected) in [
            ("\n[tool:pytest]\nenv =\n  D:NAME=VALUE", true),
            ("\n[testenv:lint]\nsetenv =\n  NAME=VALUE", true),
            ("\n[tool.pytest.ini_options]\nenv = [\"NAME=VALUE\"]", true),
            ("\n[testenv]\na = 1\n[server]\nNAME=VALUE", false),
            ("\n[latest]\nNAME=VALUE", false),
            ("\n[1, test\nNAME=VALUE", false),
        ] {
            let (name, _) = places(text);
            assert_eq!(
                is_in_section_of_tests(text.as_bytes(), name.start),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn maps_of_names_are_recognised() {
        for (text, expected) in [
            ("auth:\n  secretKeys:\n    NAME: VALUE", true),
            (
                "auth:\n  secretKeys:\n    user: a\n    # b\n\n    NAME: VALUE",
                true,
            ),
            ("  secretKeyNames:\n    token: a\n    NAME: VALUE", true),
            ("  extraSecretNamesForEnv:\n    NAME: VALUE", true),
            ("- secretKeyRef:\n    NAME: VALUE", true),
            ("secrets:\n  NAME: VALUE", false),
            ("secretKeys:\n  a: b\nauth:\n  NAME: VALUE", false),
            ("secretKeys: {}\nNAME: VALUE", false),
            ("existingSecret:\n  NAME: VALUE", false),
            ("NAME: VALUE", false),
        ] {
            let (name, _) = places(text);
            assert_eq!(
                is_in_map_of_names(text.as_bytes(), name.start),
                expected,
                "{text}"
            );
        }
    }

    #[test]
    fn keys_of_external_secrets_are_names() {
        let check = |text: &str, name: &[u8]| names_target(text.as_bytes(), name, &places(text).1);
        assert!(check(
            "- secretKey: VALUE\n  remoteRef:\n    key: a",
            b"secretKey"
        ));
        assert!(!check("- secretKey: VALUE\n  accessKey: a", b"secretKey"));
        assert!(!check(
            "- clientSecret: VALUE\n  remoteRef:\n",
            b"clientSecret"
        ));
    }

    #[test]
    fn keys_that_a_page_is_given_are_known() {
        let key = "4a1750c8607dfa237de36c6305715c22";
        let check = |text: &str| {
            let text = text.replace("VALUE", key);
            let start = text.find(key).unwrap();
            is_key_of_page(text.as_bytes(), &(start..start + key.len()))
        };
        assert!(check(
            "{appId: 'R2IYF7ETH7', apiKey: 'VALUE', indexName: 'docs'}"
        ));
        assert!(check("Bugsnag.start({ apiKey: 'VALUE' })"));
        assert!(check("TrackJS.install({ token: 'VALUE' })"));
        assert!(!check("{appId: 'R2IYF7ETH7', apiKey: 'VALUE'}"));
        assert!(!check("{apiKey: 'VALUE', indexName: 'docs'}"));
    }

    #[test]
    fn primary_keys_encrypt_where_they_are_beside_what_belongs_to_them() {
        let check = |text: &str| encrypts(text.as_bytes(), &places(text).0);
        assert!(check("NAME = VALUE\nkey_derivation_salt = x"));
        assert!(check(
            "active_record_encryption:\n  deterministic_key: x\n  NAME: VALUE"
        ));
        assert!(!check("create_table :a, NAME: VALUE"));
    }

    #[test]
    fn what_generators_offer_is_in_a_comment() {
        let hex = "4a1750c8607dfa23".repeat(8);
        let check = |text: &str| {
            let text = text.replace("VALUE", &hex);
            let start = text.find(&hex).unwrap();
            let name = text.find("config.").unwrap();
            is_offered_by_generator(
                text.as_bytes(),
                &(name..name + 13),
                &(start..start + hex.len()),
            )
        };
        assert!(check("  # config.pepper = 'VALUE'"));
        assert!(!check("  config.pepper = 'VALUE'"));
    }

    #[test]
    fn the_password_of_debug_keystores_is_known() {
        assert!(is_of_debug_keystore(b"store.pass", b"android"));
        assert!(is_of_debug_keystore(b"keyPassword", b"android"));
        assert!(!is_of_debug_keystore(b"DB_PASSWORD", b"android"));
    }
}
