//! What the file may contain, what it may not, and which error follows.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Config, TABLES, policy, wishes};
use crate::audit::{Policy, TlsVersion};
use crate::model::{Confidence, Severity};
use crate::triage::Allow;

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
            asks_for_evidence: false,
            as_of: None,
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
fn what_becomes_of_findings_is_read() {
    let text = r#"
[paths]
exclude = ["vendor/", "docs/**/*.md"]
include = ["/src"]
[rules]
off = ["compose/*", "house-key"]
files = ["house.toml"]
[rules.severity]
"generic/password" = "critical"
"generic/*" = "low"
[report]
fail-on = "medium"
min-confidence = "high"
min-severity = "info"
[[allow]]
rule = "generic/token"
path = ["tests/"]
line = "example"
reason = "made up"
until = "2027-01-31"
[[allow]]
fingerprint = "9f86d081884c7d659a2f.2"
reason = "only here"
"#;
    assert!(is_allowed(text));
    let config = Config::parse("gonogo.toml", text).unwrap();
    let wishes = &config.wishes;
    assert_eq!(wishes.exclude, ["vendor/", "docs/**/*.md"]);
    assert_eq!(wishes.include, ["/src"]);
    assert_eq!(wishes.off, ["compose/*", "house-key"]);
    let severity = |rule: &str, severity| (rule.to_owned(), severity);
    let expected = [
        severity("generic/password", Severity::Critical),
        severity("generic/*", Severity::Low),
    ];
    assert_eq!(wishes.severity, expected);
    assert_eq!(config.rule_files, ["house.toml"]);
    assert_eq!(config.fail_on, Some(Severity::Medium));
    assert_eq!(config.min_severity, Some(Severity::Info));
    assert_eq!(config.min_confidence, Some(Confidence::High));
    let first = Allow {
        gaps: Vec::new(),
        rules: vec!["generic/token".to_owned()],
        paths: vec!["tests/".to_owned()],
        fingerprint: None,
        line_pattern: Some("example".to_owned()),
        reason: "made up".to_owned(),
        until: Some("2027-01-31".to_owned()),
        line: 15,
    };
    assert_eq!(wishes.allow[0], first);
    assert_eq!(
        wishes.allow[1].fingerprint,
        "9f86d081884c7d659a2f.2".parse().ok()
    );
    let places: Vec<_> = config
        .rules
        .iter()
        .map(|rule| (rule.text.as_str(), rule.line, rule.column))
        .collect();
    assert_eq!(
        places,
        [
            ("compose/*", 6, 8),
            ("house-key", 6, 21),
            ("generic/password", 9, 1),
            ("generic/*", 10, 1),
            ("generic/token", 16, 8),
        ]
    );
}

#[test]
fn entries_that_cannot_be_meant_are_refused() {
    check_refused(
        "[[allow]]\nrule = \"a/b\"\n",
        "gonogo.toml:1:1: an `allow` entry needs a `reason`",
    );
    check_refused(
        "[[allow]]\nreason = \"x\"\n",
        "gonogo.toml:1:1: an `allow` entry needs a `rule`, a `path`, a `fingerprint`, a `line` or a `gap`",
    );
    check_refused(
        "[[allow]]\nreason = \"x\"\nrules = \"a/b\"\n",
        "gonogo.toml:3:1: `allow` has no key `rules`: did you mean `rule`?",
    );
    check_refused(
        "[[allow]]\nreason = \"x\"\nrule = \"a/b\"\nuntil = \"2027-13-01\"\n",
        "gonogo.toml:4:9: `until` must be a date such as \"2027-01-31\"",
    );
    check_refused(
        "[[allow]]\nreason = \"x\"\nfingerprint = \"abc\"\n",
        "gonogo.toml:3:15: not a fingerprint: expected 20 digits 0-9a-f, with a suffix such as `.2` for the second of its kind",
    );
    check_refused(
        "[allow]\nreason = \"x\"\n",
        "gonogo.toml:1:1: `allow` must be a list of tables, each starting with `[[allow]]`, not a table",
    );
    check_refused(
        "[rules]\noff = [\"compose/**\"]\n",
        "gonogo.toml:2:8: `off`: this must be a rule (\"generic/password\"), a family (\"compose/*\") or \"*\"",
    );
    check_refused(
        "[rules.severity]\n\"a/b\" = \"grave\"\n",
        "gonogo.toml:2:9: `severity` must be info, low, medium, high or critical",
    );
    check_refused(
        "[report]\nfail-on = \"severe\"\n",
        "gonogo.toml:2:11: `fail-on` must be info, low, medium, high or critical",
    );
    check_refused(
        "[paths]\nexclude = [\"!a\"]\n",
        "gonogo.toml:2:12: `exclude`: this must be a path pattern as in `.gitignore`, such as \"vendor/\" or \"docs/**/*.md\"",
    );
    let broken = "[[allow]]\nreason = \"x\"\nline = \"(\"\n";
    let error = Config::parse("gonogo.toml", broken).unwrap_err();
    assert_eq!(
        error.to_string(),
        "gonogo.toml:3:8: `line` must be a pattern: unclosed group"
    );
}

#[test]
fn what_is_not_known_is_refused_with_what_was_meant() {
    check_refused(
        "[policy]\nmin_tls = \"1.3\"\n",
        "gonogo.toml:2:1: `policy` has no key `min_tls`: did you mean `min-tls`?",
    );
    check_refused(
        "\n[polcy]\n",
        "gonogo.toml:2:2: unknown table or key `polcy`: did you mean `policy`?",
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
        "gonogo.toml:1:10: `policy` must be a table, not a whole number",
    );
    check_refused(
        "[policy]\nmin-tls = 1.2\n",
        "gonogo.toml:2:11: `min-tls` must be a string in quotes, not a floating-point number",
    );
    check_refused(
        "[policy]\nmin-tls = \"1.1\"\n",
        "gonogo.toml:2:11: `min-tls` must be \"1.2\" or \"1.3\"",
    );
    check_refused(
        "[policy]\nmin-secret-length = \"12\"\n",
        "gonogo.toml:2:21: `min-secret-length` must be a whole number, not a string",
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
        "gonogo.toml:2:17: `required-keys` must be a list of strings, not a string",
    );
    check_refused(
        "[policy]\nrequired-keys = [\"A\", 1]\n",
        "gonogo.toml:2:23: `required-keys` must be a string in quotes, not a whole number",
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
    assert_eq!(tables, sorted(TABLES));
    for (pointer, known) in [
        ("/properties/policy/properties", policy::KEYS),
        ("/properties/paths/properties", wishes::PATHS),
        ("/properties/rules/properties", wishes::RULES),
        ("/properties/report/properties", wishes::REPORT),
        ("/properties/allow/items/properties", wishes::ALLOW),
    ] {
        let mut keys = keys(pointer);
        keys.sort();
        assert_eq!(keys, sorted(known), "{pointer}");
    }
    assert_eq!(schema["additionalProperties"], json!(false));
}

proptest! {
    #[test]
    fn no_text_breaks_it(text in "[\\[\\]a-c\"'=\n., 0-9{}#-]{0,60}") {
        let _ = Config::parse("gonogo.toml", &text);
        for key in ["[policy]\nmin-tls", "[rules]\nseverity", "[paths]\nexclude", "allow", "[[allow]]\nline"] {
            let _ = Config::parse("gonogo.toml", &format!("{key} = {text}"));
        }
    }
}
