//! What counts as a placeholder, and what does not.

use super::*;
use crate::lexicon::name::CredentialName;

fn check(class: Placeholder, values: &[&str]) {
    for value in values {
        assert_eq!(classify(value), Some(class), "{value}");
    }
}

#[test]
#[rustfmt::skip]
fn asks_to_be_changed_or_replaced() {
    check(
        Placeholder::ChangeMe,
        &[
            "changeme", "ChangeMe", "CHANGEME", "changethis", "changeit", "change_me!", "!changeme!",
            "change", "pls-changeme-to-strong-pw", "changePassword", "change-me-to-something-secure",
            "'CHANGE_ME'", "change_me_to_a_long_random_secret", "CHANGE_ME_openssl_rand_hex_24",
            "changeme123", "ChangeMe_123!", "CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET", "change.in.prod",
            "please change this", "pleasechangeme", "CAMBIAME", "a_changer", "bitte-aendern", "wijzig_dit", "mude-me123",
            "zmien_mnie", "da cambiare",
        ],
    );
    check(
        Placeholder::Replace,
        &[
            "replace-me",
            "REPLACEME",
            "replace-with-a-random-string",
            "Replace_This",
            "updateme",
            "GET_FROM_AWS_ACCESS_PORTAL",
            "copy-this-from-vault",
            "ask_your_admin",
        ],
    );
    check(
        Placeholder::ToBe,
        &[
            "toBeModified1",
            "to_be_changed",
            "tobeset",
            "must-be-replaced",
            "NEEDSTOCHANGE",
            "NEED_TO_CHANGE",
            "TOBECHANGED",
            "must-change!",
            "should_be_changed",
            "needs changing",
        ],
    );
}

#[test]
#[rustfmt::skip]
fn speaks_to_the_reader() {
    check(
        Placeholder::Your,
        &[
            "your-api-key", "YOUR_TOKEN", "YOUR-CLOUDFLARE-API-TOKEN", "yourpassword",
            "yourcompanyname", "your-256-bit-secret",
            "your-super-secret-jwt-token-with-at-least-32-characters-long", "this-is-your-secret",
        ],
    );
    check(
        Placeholder::Instruction,
        &[
            "put-your-key-here", "insert_token_here", "ChooseYourOwnPasswordHere1234", "API_KEY_HERE",
            "enter your password", "generate-a-random-string", "set_your_own",
            "your-256-bit-secret-key-here-use-openssl-rand",
        ],
    );
}

#[test]
#[rustfmt::skip]
fn stands_for_nothing() {
    check(
        Placeholder::Nothing,
        &["todo", "FIXME", "None", "null", "n/a", "\"TBD\""],
    );
    check(
        Placeholder::Masked,
        &[
            "xxxx", "XXX-XXX", "XXXXXXXXXXXXXX", "***", "sk-xxxxxxxx", "...", "sk-…", "••••••",
        ],
    );
    check(
        Placeholder::Repeated,
        &["000000", "00000000-0000-0000-0000-000000000000"],
    );
    check(
        Placeholder::ChangeMe,
        &["changeRunnerAuthToken", "changeEncryptionKey"],
    );
    check(
        Placeholder::Bracketed,
        &[
            "<PRIVKEY>", "<client_token>", "[[ key ]]", "{{ key }}", "%PASSWORD%", "__SECRET__",
            "[password]",
        ],
    );
}

#[test]
#[rustfmt::skip]
fn is_no_secret_by_its_own_words() {
    check(
        Placeholder::Word,
        &[
            "placeholder", "dummy", "example_123", "sample-key", "insecure-secret", "LoremIpsum86",
            "django-insecure-q8w7e6r5t4y3u2i1o0p",
        ],
    );
    check(
        Placeholder::Boast,
        &[
            "supersecret", "super-secret-key", "MySecureDatabasePassword", "mysecretpassword",
            "ThisShouldBeAVerySecureKey", "very_strong_password", "StrongPassword1", "topsecret", "MyCloudflareApiToken", "my-db-password1",
        ],
    );
}

#[test]
#[rustfmt::skip]
fn is_none() {
    for value in [
        "", "exchange", "interchange", "changement", "stock-exchange-key", "hunter2", "whalehello",
        "postgres", "secret", "x9Kchange7QzL2mWe", "q8ChangeMe92LqZk7", "7f3a9c1e5b2d4860",
        "admin@example.com", "https://docs.example.com/", "Tr0ub4dor&3", "100000", "1000000000001",
        "replacement", "yours", "yourls-admin", "exxxecutive", "key", "here",
    ] {
        assert_eq!(classify(value), None, "{value}");
    }
}

#[test]
fn every_class_has_a_name_of_its_own() {
    let mut names: Vec<_> = Placeholder::ALL
        .iter()
        .map(|class| class.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), Placeholder::ALL.len());
    assert!(
        Placeholder::ALL
            .iter()
            .all(|class| !class.description().is_empty())
    );
}

#[test]
fn look_alikes_do_not_hide_a_placeholder() {
    for (value, expected) in [
        (
            "s0m3l0ngr4nd0mstr1ng-b3cr34tiv3&h4v3fun",
            Some(Placeholder::Instruction),
        ),
        ("some-long-random-string", Some(Placeholder::Instruction)),
        ("ch4ng3m3pl34s3", Some(Placeholder::ChangeMe)),
        ("sup3rs3cr3tp4ssw0rd", None),
        ("kT7vv2Qp9xLmR4sZb1Wc", None),
        ("q8zr2lkt0vxw5ns7pd3f", None),
        ("Tr4v3rse-L4mp-D00r", None),
    ] {
        assert_eq!(classify(value), expected, "{value}");
    }
}

#[test]
fn a_word_is_no_key_of_another_party() {
    use CredentialName::{AccessKey, ApiKey, Password, PrivateKey, Secret};
    for (kind, name, value) in [
        (PrivateKey, "FTP_PRIVATE_KEY", "private"),
        (PrivateKey, "SSH_KEY", "hostname"),
        (AccessKey, "AWS_SECRET_ACCESS_KEY", "AWSSECRETACCESSKEY"),
        (ApiKey, "LAMP_API_KEY", "lamp-api-key"),
    ] {
        assert_eq!(
            in_slot(kind, name, value),
            Some(Placeholder::Word),
            "{name}"
        );
    }
    let key = ["kT7vv2Qp9x", "LmR4sZb1Wc"].concat();
    for (kind, name, value) in [
        (Password, "DB_PASSWORD", "password"),
        (Password, "POSTGRES_PASSWORD", "postgres"),
        (Secret, "JWT_SECRET", "jwtsecret"),
        (AccessKey, "MINIO_ACCESS_KEY", "minioadmin"),
        (ApiKey, "API_KEY", &key),
        (PrivateKey, "PRIVATE_KEY", &key),
        (PrivateKey, "SMTP_TLS_KEY", "sans:localhost"),
    ] {
        assert_eq!(in_slot(kind, name, value), None, "{name}");
    }
}
