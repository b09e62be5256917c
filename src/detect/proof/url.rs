//! Passwords in URLs: the text between `user:` and `@host` is often a reference or a placeholder.

use super::Outcome;
use crate::lexicon::host::login_of;

/// Beginnings of text that a shell, a template or a formatter fills in.
const REFERENCES: &[&str] = &[
    "$", "{", "%s", "%d", "%v", "%(", "%{", "<", "[", "#{", "\\(", "\\{", "`", "\"", "'",
];

/// Passwords that stand for "put yours here", compared without regard to case, hyphens and underscores.
const WORDS: &[&str] = &[
    "pass",
    "password",
    "passwd",
    "pwd",
    "passphrase",
    "secret",
    "token",
    "mytoken",
    "mypassword",
    "mypass",
    "yourpassword",
    "yourtoken",
    "accesstoken",
    "userpassword",
    "dbpassword",
    "dbpass",
    "somepassword",
    "apikey",
    "key",
    "user",
    "username",
    "foo",
    "bar",
    "baz",
    "xxx",
    "changeme",
    "redacted",
    "masked",
    "hidden",
    "example",
    "credentials",
    "pw",
    "p",
    "port",
    "pa",
    "passw0rd",
];

/// Judges a password, or a whole URL of the form `scheme://user:password@host`.
pub(super) fn check(secret: &[u8]) -> Outcome {
    let Ok(text) = std::str::from_utf8(secret) else {
        return Outcome::Disproved;
    };
    if is_no_password(password_of(text)) {
        Outcome::Disproved
    } else {
        Outcome::Plausible(Vec::new())
    }
}

/// Returns the password of a URL; a text that is not a URL is itself taken as a password.
fn password_of(text: &str) -> &str {
    if !text.contains("://") {
        return text;
    }
    let login = login_of(text).map_or("", |(login, _)| login);
    login.split_once(':').map_or("", |(_, password)| password)
}

/// Returns whether `password` is a reference, a placeholder or a mask.
pub(super) fn is_no_password(password: &str) -> bool {
    let is_reference = REFERENCES.iter().any(|mark| password.starts_with(mark))
        || ["${", "{{", "$(", "#{", "%7B", "<%", "{0}", "{1}"]
            .iter()
            .any(|mark| password.contains(mark))
        || (password.starts_with('%') && password.ends_with('%'));
    // A placeholder for a port, before the path of a URL without a login.
    let is_port = || {
        let (first, _) = password.split_once('/').unwrap_or_default();
        first.eq_ignore_ascii_case("port")
    };
    is_reference || is_mask(password) || is_word(password) || is_port()
}

/// Whether a password is empty, or one character repeated: `***`, `xxxx`, `...`.
fn is_mask(password: &str) -> bool {
    let mut chars = password.chars();
    match chars.next() {
        Some(first) => chars.all(|char| char == first),
        None => true,
    }
}

fn is_word(password: &str) -> bool {
    let folded: String = password
        .chars()
        .filter(|char| !matches!(char, '-' | '_' | ' '))
        .map(|char| char.to_ascii_lowercase())
        .collect();
    // `p4ssw0rd` and the like do not count: they are weak passwords, but passwords.
    WORDS.contains(&folded.as_str())
        || ["your", "replaceme", "placeholder", "xxxx"]
            .iter()
            .any(|word| folded.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_and_placeholders_are_no_passwords() {
        for text in [
            "${DB_PASSWORD}",
            "$PASS",
            "<pw>",
            "password",
            "PASSWORD",
            "your-password",
            "***",
            "{password}",
            "%s",
            "",
            "pre${X}",
            "%DB_PASS%",
            "[password]",
            "postgres://user:pass@localhost:5432/db",
            "https://host/path",
            "amqp://{{ user }}:{{ password }}@mq",
        ] {
            assert_eq!(check(text.as_bytes()), Outcome::Disproved, "{text}");
        }
        for text in [
            "q7Zk3nP0",
            "s3cr3t",
            "postgres",
            concat!("redis://:", "q7Zk3nP0@cache:6379/0"),
            "p%40ss",
        ] {
            assert_eq!(check(text.as_bytes()), Outcome::Plausible(vec![]), "{text}");
        }
    }
}
