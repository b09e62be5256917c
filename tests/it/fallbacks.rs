//! Defaults for settings that are not set: they are found in all languages, called what they are, and given the right
//! severity.

use crate::harness::World;

/// Returns a random value, made up when the test runs.
fn value() -> String {
    ["q8Zr2LkT0vXw", "5Ns7pD3fKm9Q"].concat()
}

/// The rule, severity and message of each finding in a file.
fn found(path: &str, text: &str) -> Vec<(String, String, String)> {
    let world = World::new();
    let repo = world.init("repo");
    repo.write(path, text);
    let report = repo.scan_json(&["--no-history", "--min-severity", "info"]);
    let findings = report["findings"].as_array().unwrap().iter();
    let said = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap().to_owned();
    findings
        .map(|it| (said(it, "rule"), said(it, "severity"), said(it, "message")))
        .collect()
}

#[test]
fn what_is_in_use_where_nothing_is_set_is_called_that() {
    for (path, text) in [
        ("src/a.properties", "app.jwt.secret=${JWT_SECRET:VALUE}\n"),
        (
            "src/a.exs",
            "secret = System.get_env(\"JWT_SECRET\") || \"VALUE\"\n",
        ),
        (
            "src/a.js",
            "const secret = process.env.JWT_SECRET ?? 'VALUE'\n",
        ),
        (
            "src/a.py",
            "secret = os.environ.get(\"JWT_SECRET\", \"VALUE\")\n",
        ),
        (
            "src/a.rb",
            "secret = ENV.fetch(\"JWT_SECRET\") { \"VALUE\" }\n",
        ),
        (
            "src/a.php",
            "<?php $secret = getenv('JWT_SECRET') ?: 'VALUE';\n",
        ),
        (
            "src/a.go",
            "var secret = getEnv(\"JWT_SECRET\", \"VALUE\")\n",
        ),
        (
            "src/a.cs",
            "var secret = Environment.GetEnvironmentVariable(\"JWT\") ?? \"VALUE\";\n",
        ),
        (
            "src/a.tf",
            "variable \"jwt_secret\" {\n  default = \"VALUE\"\n}\n",
        ),
        (
            "chart/templates/a.yaml",
            "secret: {{ default \"VALUE\" .Values.secret | quote }}\n",
        ),
    ] {
        let found = found(path, &text.replace("VALUE", &value()));
        let [(rule, severity, message)] = found.as_slice() else {
            panic!("{path}: {found:?}");
        };
        assert_eq!(
            (rule.as_str(), severity.as_str()),
            ("generic/secret", "high"),
            "{path}"
        );
        assert!(
            message.contains("falls back to a secret"),
            "{path}: {message}"
        );
        assert!(
            !message.to_lowercase().contains("hard-coded"),
            "{path}: {message}"
        );
    }
}

#[test]
fn keys_that_anybody_guesses_are_found_and_choices_are_not() {
    for text in [
        "jwt_secret = get_secret(\"JWT_SECRET_KEY\", \"super-secret\")\n",
        "SECRET_KEY = os.environ.get(\"SECRET_KEY\", \"changeme\")\n",
    ] {
        let found = found("src/config.py", text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert_eq!(found[0].0, "generic/guessable-fallback", "{text}");
    }
    for text in [
        "const clientSecret = process.env.CLIENT_SECRET || 'changeme'\n",
        "const secret = visible ? 'shown' : 'hidden'\n",
        "const sessionSecret = options.secret || 'unknown'\n",
        "const apiKey = process.env.API_KEY || 'test'\n",
    ] {
        let found = found("src/config.js", text);
        assert!(found.is_empty(), "{text}: {found:?}");
    }
}

#[test]
fn guessable_passwords_of_settings_are_no_more_than_medium() {
    let found = found(
        "src/application.yml",
        "spring:\n  password: ${DB_PASSWORD:changeme}\n",
    );
    let said: Vec<_> = found
        .iter()
        .map(|it| (it.0.as_str(), it.1.as_str()))
        .collect();
    assert_eq!(said, [("placeholder/change-me", "medium")]);
}
