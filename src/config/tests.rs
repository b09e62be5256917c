//! What may stand in the file, what may not, and what is said then.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Config, TABLES, policy};
use crate::audit::{Policy, TlsVersion};

const FULL: &str = "[policy]\nmin-tls = \"1.3\"\nallowed-bind-addresses = [\"203.0.113.5\", \"::1\"]\n\
    required-keys = [\"APP_ENV\"]\nmin-secret-length = 20\ndevelopment-words = [\"sandbox\"]\n";

fn schema() -> Value {
    serde_json::from_str(include_str!("../../docs/schema/gonogo-config-1.json")).unwrap()
}

/// Whether the published schema allows `text`.
fn is_allowed(text: &str) -> bool {
    let value: Value = toml::from_str(text).unwrap();
    jsonschema::validator_for(&schema())
        .unwrap()
        .is_valid(&value)
}

#[track_caller]
fn check_refused(text: &str, expected: &str) {
    let error = Config::parse("gonogo.toml", text).unwrap_err();
    assert_eq!(error.to_string(), expected);
    if toml::from_str::<Value>(text).is_ok() {
        assert!(!is_allowed(text), "the schema allows\n{text}");
    }
}

#[test]
fn every_key_is_read() {
    let config = Config::parse("gonogo.toml", FULL).unwrap();
    assert_eq!(
        config.policy,
        Policy {
            min_tls: TlsVersion::V1_3,
            allowed_bind_addresses: vec!["203.0.113.5".to_owned(), "::1".to_owned()],
            required_keys: vec!["APP_ENV".to_owned()],
            min_secret_length: 20,
            development_words: vec!["sandbox".to_owned()],
        }
    );
    assert!(is_allowed(FULL));
}

#[test]
fn what_is_left_out_is_as_usual() {
    for text in ["", "# nothing\n", "[policy]\n"] {
        assert_eq!(Config::parse("gonogo.toml", text), Ok(Config::default()));
        assert!(is_allowed(text));
    }
}

#[test]
fn what_is_not_known_is_refused_with_what_was_meant() {
    check_refused(
        "[policy]\nmin_tls = \"1.3\"\n",
        "gonogo.toml:2:1: `policy` has no key `min_tls`: did you mean `min-tls`?",
    );
    check_refused(
        "\n[polcy]\n",
        "gonogo.toml:2:2: there is no table or key `polcy`: did you mean `policy`?",
    );
    check_refused(
        "[policy]\nmin-secret-length = 3\ncolour = 1\n",
        "gonogo.toml:3:1: `policy` has no key `colour`: there is `min-tls`, `allowed-bind-addresses`, `required-keys`, \
         `min-secret-length`, `development-words`",
    );
}

#[test]
fn wrong_types_are_refused_where_they_stand() {
    check_refused(
        "policy = 1\n",
        "gonogo.toml:1:10: `policy` must be a table, and is a whole number",
    );
    check_refused(
        "[policy]\nmin-tls = 1.2\n",
        "gonogo.toml:2:11: `min-tls` must be a text in quotes, and is a number with a fraction",
    );
    check_refused(
        "[policy]\nmin-tls = \"1.1\"\n",
        "gonogo.toml:2:11: `min-tls` must be \"1.2\" or \"1.3\"",
    );
    check_refused(
        "[policy]\nmin-secret-length = \"12\"\n",
        "gonogo.toml:2:21: `min-secret-length` must be a whole number, and is a text",
    );
    for number in ["0", "-1", "1025", "99999999999999999999"] {
        let text = format!("[policy]\nmin-secret-length = {number}\n");
        assert!(Config::parse("gonogo.toml", &text).is_err(), "{number}");
    }
    check_refused(
        "[policy]\nallowed-bind-addresses = [\n  \"10.0.0.5\",\n  \"example.org\",\n]\n",
        "gonogo.toml:4:3: `allowed-bind-addresses`: this must be an IP address, such as \"10.0.0.5\", or \"*\" for \
         all",
    );
    check_refused(
        "[policy]\nrequired-keys = \"A\"\n",
        "gonogo.toml:2:17: `required-keys` must be a list of texts, and is a text",
    );
    check_refused(
        "[policy]\nrequired-keys = [\"A\", 1]\n",
        "gonogo.toml:2:23: `required-keys` must be a text in quotes, and is a whole number",
    );
}

#[test]
fn what_is_no_toml_has_a_place() {
    let error = Config::parse("gonogo.toml", "[policy]\nmin-tls = \n").unwrap_err();
    assert_eq!(error.line, 2);
    assert!(!error.message.contains('\n'));
}

#[test]
fn the_schema_knows_the_same_keys() {
    let schema = schema();
    let keys = |pointer: &str| -> Vec<String> {
        let properties = schema.pointer(pointer).unwrap().as_object().unwrap();
        properties.keys().cloned().collect()
    };
    let sorted = |known: &[&str]| {
        let mut known: Vec<_> = known.iter().map(|&key| key.to_owned()).collect();
        known.sort();
        known
    };
    let mut tables = keys("/properties");
    tables.sort();
    let mut policies = keys("/properties/policy/properties");
    policies.sort();
    assert_eq!(tables, sorted(TABLES));
    assert_eq!(policies, sorted(policy::KEYS));
    assert_eq!(schema["additionalProperties"], json!(false));
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "[\\[\\]a-c\"'=\n., 0-9{}#-]{0,60}") {
        let _ = Config::parse("gonogo.toml", &text);
        let _ = Config::parse("gonogo.toml", &format!("[policy]\nmin-tls = {text}"));
    }
}
