//! Passwords in addresses and connection strings.

use crate::lexicon::host::{colon, login_of};

/// Returns the password of a connection string: `scheme://user:password@host`, or `password=…` among other settings.
///
/// Colons and slashes inside `${…}` belong to variables, not to the address.
pub(in crate::audit) fn password_in(text: &str) -> Option<&str> {
    if text.contains("://") {
        let (login, _) = login_of(text)?;
        let password = login.get(colon(login)? + 1..)?;
        return Some(password).filter(|password| !password.is_empty());
    }
    let lower = text.to_ascii_lowercase();
    let (key, at) = ["password=", "pwd="]
        .iter()
        .find_map(|key| Some((key, lower.find(key)?)))?;
    let rest = &text[at + key.len()..];
    let end = rest.find([';', '&', ' ', ',']).unwrap_or(rest.len());
    Some(&rest[..end]).filter(|password| !password.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_in_connection_strings() {
        for (text, expected) in [
            ("postgres://app:hunter2@db/app", Some("hunter2")),
            ("redis://:hunter2@cache:6379/0", Some("hunter2")),
            ("postgres://${USER:-a:b}:${PW}@db", Some("${PW}")),
            ("https://public@sentry.local/1", None),
            ("postgres://db:5432/app", None),
            ("http://host/a:b@c", None),
            ("postgres://app:hunt#er/2@db/app", Some("hunt#er/2")),
            ("https://app:hunt/er2@acme.test", None),
            ("Server=db;Password=hunter2;Timeout=5", Some("hunter2")),
            ("pgsql:host=db;dbname=app", None),
            ("postgres://app:@db", None),
        ] {
            assert_eq!(password_in(text), expected, "{text}");
        }
    }
}
