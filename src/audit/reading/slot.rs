//! The value in the slot of a credential, judged in the same way wherever `NAME=value` is written.

use std::ops::Range;

use crate::lexicon::name::{self, CredentialName};
use crate::lexicon::placeholder::{self, Placeholder};
use crate::lexicon::value;

use crate::audit::compose::credential::password_in;

/// A literal in the slot of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Slot {
    /// The kind of credential that the name, or the URL, promises.
    pub(in crate::audit) kind: CredentialName,
    pub(in crate::audit) verdict: Verdict,
    /// The range of the credential in the value.
    pub(in crate::audit) at: Range<usize>,
}

/// What the literal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum Verdict {
    /// A value that was meant to be replaced.
    Placeholder(Placeholder),
    /// A value that everyone tries first.
    Weak,
    /// A value that may well be in use.
    Secret,
}

/// Returns the term for a kind of credential with its article: "an API key".
pub(in crate::audit) fn a(kind: CredentialName) -> String {
    let name = kind.as_str();
    let article = if name.starts_with(['a', 'e', 'A']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {name}")
}

/// Says how a weak credential is guessed.
pub(in crate::audit) fn weakness(literal: &[u8]) -> &'static str {
    let is_listed = std::str::from_utf8(literal).is_ok_and(value::is_tried_first);
    if is_listed {
        "one of the first that attackers try"
    } else {
        "made of words that are easy to guess"
    }
}

/// Returns the kind of credential that `name` promises, unless browsers see its value anyway.
pub(in crate::audit) fn kind(name: &str) -> Option<CredentialName> {
    let is_shown = value::is_shown_in_browsers(name);
    let kind = name::classify(name).filter(|kind| !is_shown && *kind != CredentialName::Salt);
    kind.filter(|_| !name.ends_with("_DSN") || !name.contains("SENTRY"))
}

/// Judges `value`, the literal that is assigned to `name`; `None` if there is nothing to report.
pub(in crate::audit) fn judge(name: &str, value: &str) -> Option<Slot> {
    let (kind, literal) = match kind(name) {
        Some(CredentialName::ConnectionString) => (CredentialName::Password, password_in(value)?),
        Some(kind) => (kind, value.trim()),
        None if value.contains("://") => (CredentialName::Password, password_in(value)?),
        None => return None,
    };
    let start = value.find(literal)?;
    let slot = |verdict, literal: &str, from: usize| Slot {
        kind,
        verdict,
        at: from..from + literal.len(),
    };
    let (literal, start) = match value::default_literal(literal) {
        Some(default) => (default, start + literal.find(default)?),
        None => (literal, start),
    };
    if literal.is_empty()
        || literal.contains("${")
        || literal.contains("{{")
        || value::opens_nothing(name, literal) && !is_percent(literal)
    {
        return None;
    }
    if let Some(class) = placeholder::in_slot(kind, name, literal) {
        let is_task = ["todo", "fixme", "tbd"]
            .iter()
            .any(|word| literal.eq_ignore_ascii_case(word));
        let says = class != Placeholder::Nothing || is_task;
        return says.then(|| slot(Verdict::Placeholder(class), literal, start));
    }
    let is_password = kind == CredentialName::Password;
    let is_weak = value::weak(literal) || is_password && is_switch_for_password(name, literal);
    if is_weak && (is_password || !value::is_not_a_credential(literal)) {
        return Some(slot(Verdict::Weak, literal, start));
    }
    let is_credential =
        !value::is_not_a_credential(literal) && !literal.contains(' ') && literal.len() >= 4;
    is_credential.then(|| slot(Verdict::Secret, literal, start))
}

/// Variables that images of databases and brokers take the password of an account from, whatever it is.
#[rustfmt::skip]
const OF_IMAGES: &[&str] = &[
    "MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD", "MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD", "POSTGRES_PASSWORD",
    "POSTGRESQL_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD", "MONGODB_ROOT_PASSWORD", "RABBITMQ_DEFAULT_PASS", "COUCHDB_PASSWORD",
    "REDIS_PASSWORD", "CLICKHOUSE_PASSWORD", "ELASTIC_PASSWORD", "ARANGO_ROOT_PASSWORD", "INFLUXDB_ADMIN_PASSWORD",
];

/// Whether the value is a word that switches something elsewhere, and a password here: `MYSQL_ROOT_PASSWORD: "yes"`.
/// `MYSQL_RANDOM_ROOT_PASSWORD` and `ALLOW_EMPTY_PASSWORD` are switches.
pub(in crate::audit) fn is_switch_for_password(name: &str, literal: &str) -> bool {
    const SWITCHES: &[&str] = &[
        "yes", "no", "true", "false", "on", "off", "y", "n", "1", "0",
    ];
    let is_switch = SWITCHES
        .iter()
        .any(|word| literal.eq_ignore_ascii_case(word));
    is_switch && OF_IMAGES.contains(&name)
}

/// Returns whether a literal has the form `%X%`, which only Windows expands. Frameworks themselves, not a shell, expand
/// `%env(X)%` and `%app.secret%`.
pub(in crate::audit) fn is_percent(literal: &str) -> bool {
    let inner = literal
        .strip_prefix('%')
        .and_then(|rest| rest.strip_suffix('%'));
    inner.is_some_and(|inner| {
        inner
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b' '))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_judged_by_their_slots() {
        let check = |name: &str, value: &str, expected: Option<(&str, Verdict)>| {
            let found = judge(name, value);
            let found = found
                .as_ref()
                .map(|slot| (&value[slot.at.clone()], slot.verdict));
            assert_eq!(found, expected, "{name}={value}");
        };
        check(
            "DB_PASSWORD",
            "hunter2xyz",
            Some(("hunter2xyz", Verdict::Secret)),
        );
        check("DB_PASSWORD", "postgres", Some(("postgres", Verdict::Weak)));
        check(
            "DB_PASSWORD",
            "CHANGE_ME",
            Some(("CHANGE_ME", Verdict::Placeholder(Placeholder::ChangeMe))),
        );
        check("MYSQL_ROOT_PASSWORD", "yes", Some(("yes", Verdict::Weak)));
        check(
            "DB_PASSWORD",
            "${X:-hunter2xyz}",
            Some(("hunter2xyz", Verdict::Secret)),
        );
        check(
            "DATABASE_URL",
            concat!("postgres://a:", "hunter2xyz@db/a"),
            Some(("hunter2xyz", Verdict::Secret)),
        );
        for (name, value) in [
            ("DB_PASSWORD", "${DB_PASSWORD}"),
            ("DB_PASSWORD", ""),
            ("DB_PASSWORD", "encrypted:abcdef"),
            ("DB_PASSWORD_FILE", "hunter2xyz"),
            ("VITE_API_KEY", "hunter2xyz"),
            ("TOKEN_TTL", "15m"),
            ("DATABASE_URL", "postgres://db/a"),
            ("API_KEY", "none"),
            ("MYSQL_RANDOM_ROOT_PASSWORD", "yes"),
            ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes"),
            ("HIDE_PASSWORD", "true"),
            ("APP_SECRET", "%env(APP_SECRET)%"),
            ("APP_SECRET", "%kernel.secret%"),
        ] {
            check(name, value, None);
        }
    }
}
