//! What the name of a server says of where it is.

/// Returns whether `value` is, or leads to, a server that is neither on the machine nor beside it: `db.acme.io`,
/// `postgres://a:b@db.acme.io/c`.
pub fn is_elsewhere(value: &str) -> bool {
    #[rustfmt::skip]
    const NEAR: &[&str] = &[
        "localhost", ".localhost", "docker.internal", ".local", ".test", ".internal", ".example", "example.com",
        "example.org", "example.net", ".svc", ".lan",
    ];
    let host = host_in(value);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    // The last part of a name that others resolve is a word.
    let has_top = host.rsplit_once('.').is_some_and(|(name, top)| {
        !name.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let is_file = ["sqlite", "db", "json", "yml", "yaml", "conf"]
        .iter()
        .any(|end| host.rsplit('.').next() == Some(end));
    host.bytes().all(is_part) && has_top && !is_file && !NEAR.iter().any(|end| host.ends_with(end))
}

/// Returns whether `value` is, or leads to, a server on the machine itself, or one that only containers beside it resolve by the
/// name of a service: `localhost`, `postgres://a:b@db/c`.
pub fn is_near(value: &str) -> bool {
    const NEAR: [&str; 4] = [".localhost", ".docker.internal", ".local", ".svc"];
    let host = host_in(value);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_service =
        host.starts_with(|c: char| c.is_ascii_alphabetic()) && host.bytes().all(is_part);
    is_service
        || host.starts_with("127.")
        || host == "0.0.0.0"
        || NEAR.iter().any(|end| host.ends_with(end))
}

/// The host that an address leads to, in small letters.
fn host_in(value: &str) -> String {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let end = |c: char| matches!(c, ':' | '/' | '?' | ',' | '"' | '\'' | ' ' | ';');
    rest.split(end).next().unwrap_or(rest).to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_of_others_have_names_that_others_resolve() {
        for value in [
            "db.acme.io",
            "postgres://a:b@db.acme.io:5432/c",
            "smtp.mailgun.org",
        ] {
            assert!(is_elsewhere(value) && !is_near(value), "{value}");
        }
        for value in [
            "db",
            "localhost:5432",
            "127.0.0.1",
            "postgres://a:b@redis_1:6379/c",
            "host.docker.internal",
        ] {
            assert!(is_near(value), "{value}");
        }
        assert!(!is_near("") && !is_near("****"));
        for value in [
            "db",
            "localhost",
            "127.0.0.1",
            "postgres://a:b@localhost/c",
            "redis://cache:6379",
            "host.docker.internal",
            "dev.sqlite",
            "",
            "true",
        ] {
            assert!(!is_elsewhere(value), "{value}");
        }
    }
}
