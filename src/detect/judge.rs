//! Decides whether a value is a credential, a placeholder, or neither.

use super::entropy::shannon;
use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::placeholder::{self, Placeholder};
use crate::lexicon::value;
use crate::model::Confidence;

/// What a value that stands in the slot of a credential turned out to be. The names are those of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judgement {
    /// The rule that speaks of it.
    pub(super) rule: &'static str,
    /// How sure that is.
    pub(super) confidence: Confidence,
}

/// Judges `value`, which is assigned to `name`, or stands in the field `name` of a connection string; `None` when it is nothing to report.
pub(super) fn judge(name: &str, value: &str, is_field: bool) -> Option<Judgement> {
    let kind = match name::classify(name) {
        // A salt is no credential.
        Some(CredentialName::Salt) => return None,
        Some(_) if is_field => CredentialName::ConnectionString,
        None if is_field && name.eq_ignore_ascii_case("pwd") => CredentialName::ConnectionString,
        kind => kind?,
    };
    if value::is_reference(value) || has_interpolation(value) || value::is_not_a_credential(value) {
        return None;
    }
    if let Some(class) = placeholder::classify(value) {
        // "Enter your password" is what a form says; nobody writes a placeholder as a sentence.
        if value.contains(char::is_whitespace) && class != Placeholder::Bracketed {
            return None;
        }
        if is_keyword(kind, value) {
            return None;
        }
        return placeholder_rule(class, value).map(|rule| Judgement {
            rule,
            confidence: Confidence::High,
        });
    }
    let rule = credential_rule(kind);
    if value::weak(value) {
        // A slot for a password takes any word; "token" and "key" are also the names of much that is no credential.
        let confidence = match kind {
            CredentialName::Password | CredentialName::ConnectionString => Confidence::High,
            CredentialName::Token | CredentialName::ApiKey | CredentialName::AccessKey => {
                Confidence::Low
            }
            _ => Confidence::Medium,
        };
        return Some(Judgement {
            rule: "placeholder/default-word",
            confidence,
        });
    }
    if names_a_digest(name) {
        return None;
    }
    let confidence = strength(kind, name, value)?;
    Some(Judgement { rule, confidence })
}

/// A grammar's "token" and a table's "key" may well be the word `REPLACE` or `example`.
fn is_keyword(kind: CredentialName, value: &str) -> bool {
    matches!(
        kind,
        CredentialName::Token | CredentialName::ApiKey | CredentialName::AccessKey
    ) && [
        "replace", "change", "update", "modify", "set", "add", "insert",
    ]
    .iter()
    .any(|word| value.eq_ignore_ascii_case(word))
}

fn placeholder_rule(class: Placeholder, value: &str) -> Option<&'static str> {
    Some(match class {
        Placeholder::ChangeMe | Placeholder::Replace | Placeholder::ToBe => "placeholder/change-me",
        Placeholder::Your => "placeholder/your-value",
        Placeholder::Instruction => "placeholder/instruction",
        Placeholder::Bracketed => "placeholder/bracketed",
        Placeholder::Masked => "placeholder/masked",
        Placeholder::Word | Placeholder::Boast => "placeholder/default-word",
        // "none" and "null" say that there is no credential; these say that there will be one.
        Placeholder::Nothing => {
            let is_task = ["todo", "fixme", "tbd"]
                .iter()
                .any(|word| value.eq_ignore_ascii_case(word));
            return is_task.then_some("placeholder/instruction");
        }
    })
}

fn credential_rule(kind: CredentialName) -> &'static str {
    match kind {
        CredentialName::Password => "generic/password",
        CredentialName::Secret => "generic/secret",
        CredentialName::Token => "generic/token",
        CredentialName::ApiKey | CredentialName::AccessKey => "generic/api-key",
        CredentialName::PrivateKey
        | CredentialName::EncryptionKey
        | CredentialName::SigningKey
        | CredentialName::Salt => "generic/encryption-key",
        CredentialName::Credential => "generic/credential",
        CredentialName::ConnectionString => "generic/connection-string",
    }
}

/// Whether part of the value is filled in at run time.
fn has_interpolation(value: &str) -> bool {
    [
        "${", "#{", "{{", "%{", "$(", "<%", "%(", "{}", "%s", "\\(", "{0}",
    ]
    .iter()
    .any(|open| value.contains(open))
}

/// Which characters a value is made of.
#[derive(Debug, Clone, Copy, Default)]
struct Classes {
    lower: usize,
    upper: usize,
    digits: usize,
    marks: usize,
    spaces: usize,
}

impl Classes {
    fn of(value: &str) -> Self {
        let mut classes = Self::default();
        for c in value.chars() {
            match c {
                'a'..='z' => classes.lower += 1,
                'A'..='Z' => classes.upper += 1,
                '0'..='9' => classes.digits += 1,
                c if c.is_whitespace() => classes.spaces += 1,
                _ => classes.marks += 1,
            }
        }
        classes
    }

    fn kinds(self) -> usize {
        [self.lower, self.upper, self.digits, self.marks]
            .iter()
            .filter(|count| **count > 0)
            .count()
    }
}

/// How much `value` looks like a credential of its kind.
fn strength(kind: CredentialName, name: &str, value: &str) -> Option<Confidence> {
    let classes = Classes::of(value);
    if classes.spaces > 0 || !value.is_ascii() || is_code(value) || repeats_name(name, value) {
        return None;
    }
    let bits = shannon(value.as_bytes());
    if matches!(
        kind,
        CredentialName::Password | CredentialName::ConnectionString
    ) {
        return match value.len() {
            6..=64 if classes.kinds() >= 2 && classes.digits > 0 => Some(Confidence::Medium),
            6..=64 if classes.kinds() >= 2 && !is_words(value) => Some(Confidence::Medium),
            6..=64 => Some(Confidence::Low),
            _ => None,
        };
    }
    let mixed = classes.digits > 0 && classes.lower + classes.upper > 0;
    match value.len() {
        0..=7 => None,
        8..=15 if mixed && bits >= 2.8 => Some(Confidence::Medium),
        16.. if mixed && bits >= 3.0 && !is_words(value) => Some(Confidence::Medium),
        16.. if classes.kinds() >= 2 && bits >= 3.8 && !is_words(value) => Some(Confidence::Medium),
        _ => Some(Confidence::Low),
    }
}

/// Whether the value is an expression or the name of something: a call, a path, a URL, a selector.
fn is_code(value: &str) -> bool {
    let starts = [
        "/", "./", "../", "http://", "https://", "$", "@", "&", "*", "-", ":", ".", "#", "=", "(",
        "[",
    ];
    let holds = ["(", ")", "::", "->", "://", "[", "]", "=>", ".get", "()"];
    starts.iter().any(|start| value.starts_with(start))
        || holds.iter().any(|part| value.contains(part))
}

/// Whether the value is words joined into an identifier: `access_token`, `auth.password`, `userPassword`.
fn is_words(value: &str) -> bool {
    let parts = value.split(['_', '-', '.', '/', ':']);
    parts.clone().count() > 1
        && parts
            .clone()
            .all(|part| part.len() < 16 && part.bytes().all(|byte| byte.is_ascii_alphabetic()))
        || value.bytes().all(|byte| byte.is_ascii_alphabetic())
            && value.len() < 24
            && camel_words(value) <= value.len() / 4
}

fn camel_words(value: &str) -> usize {
    1 + value.bytes().skip(1).filter(u8::is_ascii_uppercase).count()
}

/// Whether the name says that the value is the hash of a password, not the password.
fn names_a_digest(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [
        "sha1",
        "sha2",
        "sha5",
        "hash",
        "digest",
        "md5",
        "bcrypt",
        "checksum",
        "fingerprint",
    ]
    .iter()
    .any(|word| name.contains(word))
}

/// Whether the value only says again what its name says: `password: password_confirmation`.
fn repeats_name(name: &str, value: &str) -> bool {
    let flat = |text: &str| {
        text.bytes()
            .filter(u8::is_ascii_alphanumeric)
            .map(|byte| byte.to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    let (name, value) = (flat(name), flat(value));
    let shares = |word: &[u8]| memchr::memmem::find(&value, word).is_some();
    value == name || (shares(b"password") && value.iter().all(u8::is_ascii_alphabetic))
}

/// Whether a vendor-shaped candidate is one that was made up to look like one: counted up, one character repeated,
/// or spelled out as a sample.
pub(super) fn is_made_up(secret: &[u8]) -> bool {
    let upper = secret.to_ascii_uppercase();
    let spelled = [
        &b"EXAMPLE"[..],
        b"XXXXX",
        b"00000000",
        b"REDACTED",
        b"PLACEHOLDER",
        b"YOUR_",
        b"YOUR-",
        b"CHANGEME",
    ];
    let counted = [
        &b"0123456789"[..],
        b"1234567890",
        b"ABCDEFGHIJ",
        b"QWERTYUIOP",
    ];
    spelled
        .iter()
        .chain(&counted)
        .any(|part| memchr::memmem::find(&upper, part).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, value: &str, expected: Option<(&str, Confidence)>) {
        let judgement = judge(name, value, false).map(|found| (found.rule, found.confidence));
        assert_eq!(judgement, expected, "{name} = {value}");
    }

    #[test]
    fn credentials_are_named_after_their_slot() {
        check(
            "DB_PASSWORD",
            "Tr4verse-Lamp",
            Some(("generic/password", Confidence::Medium)),
        );
        check(
            "api_key",
            "9f86d081884c7d659a2f",
            Some(("generic/api-key", Confidence::Medium)),
        );
        check(
            "authToken",
            "q8Zr2LkT0vXw5Ns",
            Some(("generic/token", Confidence::Medium)),
        );
        check(
            "client_secret",
            "kT7-vv2_Qp9xLmR4sZb1",
            Some(("generic/secret", Confidence::Medium)),
        );
    }

    #[test]
    fn what_nobody_replaced_is_a_placeholder() {
        check(
            "DB_PASSWORD",
            "CHANGE_ME",
            Some(("placeholder/change-me", Confidence::High)),
        );
        check(
            "API_KEY",
            "your-api-key",
            Some(("placeholder/your-value", Confidence::High)),
        );
        check(
            "POSTGRES_PASSWORD",
            "postgres",
            Some(("placeholder/default-word", Confidence::High)),
        );
        check("PASSWORD", "none", None);
        check(
            "token",
            "example",
            Some(("placeholder/default-word", Confidence::High)),
        );
        check(
            "token",
            "secret",
            Some(("placeholder/default-word", Confidence::Low)),
        );
    }

    #[test]
    fn references_expressions_and_names_are_nothing() {
        for (name, value) in [
            ("password", "${DB_PASSWORD}"),
            ("password", "params[:password]"),
            ("password", "#{secret}-1"),
            ("token", "https://example.com/token"),
            ("PASSWORD_FILE", "hunter2hunter2"),
            ("secret", "a4b"),
            ("token", "REPLACE"),
            ("password_sha256_hex", "9f86d081884c7d659a2feaa0c55ad015"),
        ] {
            check(name, value, None);
        }
    }

    #[test]
    fn made_up_values_are_recognised() {
        assert!(is_made_up(b"AKIAIOSFODNN7EXAMPLE") && is_made_up(b"sk_live_1234567890abcdef"));
        assert!(!is_made_up(b"sk_live_9f86d081884c7d65"));
    }
}
