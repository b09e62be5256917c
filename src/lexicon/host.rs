//! Hosts in URLs: what their name says about where they are, and the login before it.

/// Returns whether `value` is, or leads to, a server outside this machine and its network: `db.acme.io`,
/// `postgres://a:b@db.acme.io/c`.
pub fn is_elsewhere(value: &str) -> bool {
    #[rustfmt::skip]
    const NEAR: &[&str] = &[
        "localhost", ".localhost", "docker.internal", ".local", ".test", ".internal", ".example", "example.com",
        "example.org", "example.net", ".svc", ".lan",
    ];
    let host = host_in(value);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
    // The last label of a public name is a word.
    let has_top = host.rsplit_once('.').is_some_and(|(name, top)| {
        !name.is_empty() && top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic())
    });
    let is_file = ["sqlite", "db", "json", "yml", "yaml", "conf"]
        .iter()
        .any(|end| host.rsplit('.').next() == Some(end));
    host.bytes().all(is_part) && has_top && !is_file && !NEAR.iter().any(|end| host.ends_with(end))
}

/// Returns whether `value` is, or leads to, a server on this machine, or one that only neighbouring containers can
/// resolve by its service name: `localhost`, `postgres://a:b@db/c`.
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

/// Returns whether `value` is, or leads to, the machine itself.
pub fn is_loopback(value: &str) -> bool {
    let host = host_in(value);
    host == "localhost" || host.starts_with("127.") || host.ends_with(".localhost")
}

/// Returns the host that a URL leads to, in lower case.
fn host_in(value: &str) -> String {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    let rest = rest.rsplit_once('@').map_or(rest, |(_, rest)| rest);
    let end = |c: char| matches!(c, ':' | '/' | '?' | ',' | '"' | '\'' | ' ' | ';');
    rest.split(end).next().unwrap_or(rest).to_ascii_lowercase()
}

/// Schemes of databases, message brokers and mail servers, without the driver that follows a `+`.
#[rustfmt::skip]
const SERVERS: &[&str] = &[
    "amqp", "amqps", "clickhouse", "cockroachdb", "imap", "imaps", "ldap", "ldaps", "mariadb", "mongodb", "mqtt", "mqtts",
    "mssql", "mysql", "mysql2", "oracle", "pgsql", "postgres", "postgresql", "redis", "rediss", "redshift", "smtp", "smtps",
    "snowflake", "sqlserver", "stomp", "valkey",
];

/// Splits the login off a URL: returns `user:password`, and everything after the `@`, of
/// `scheme://user:password@host/path`.
///
/// Parsers of database URLs disagree on characters in a password that should have been escaped: libpq, `SQLAlchemy` and
/// django-environ take `#` for part of it, the second a slash, too. Clients of message brokers and mail servers refuse such
/// addresses, and the password is in them all the same. So these signs are accepted there, and nowhere else.
pub fn login_of(address: &str) -> Option<(&str, &str)> {
    let (before, rest) = address.split_once("://")?;
    let login = login(rest)?;
    let is_meant = position(login, ends_authority).is_none() || is_of_server(before);
    is_meant.then(|| (login, &rest[login.len() + 1..]))
}

/// Returns whether the scheme at the end of `before`, the text before a `://`, is that of a database, a message broker or a mail server.
pub fn is_of_server(before: &str) -> bool {
    let is_of_scheme = |c: char| c.is_ascii_alphanumeric() || c == '+';
    let scheme = before.rsplit(|c| !is_of_scheme(c)).next();
    let scheme = scheme.and_then(|scheme| scheme.split('+').next());
    scheme.is_some_and(|scheme| SERVERS.iter().any(|it| it.eq_ignore_ascii_case(scheme)))
}

/// Returns the login in what follows the `://` of a URL. A password may have a slash that should have been escaped; a
/// port may not, nor a list of hosts with their ports. Signs inside `${…}` belong to variables.
pub fn login(rest: &str) -> Option<&str> {
    let rest = &rest[..position(rest, |byte| byte == b' ').unwrap_or(rest.len())];
    let end = position(rest, ends_authority).unwrap_or(rest.len());
    if let Some(at) = rest[..end].rfind('@') {
        return Some(&rest[..at]);
    }
    let colon = colon(&rest[..end])?;
    // A port may be followed by a path or a query, but by no fragment.
    let is_fragment = rest.as_bytes().get(end) == Some(&b'#');
    if !is_fragment && is_port(&rest[colon + 1..end]) {
        return None;
    }
    rest.find('@').map(|at| &rest[..at])
}

/// Returns the position of the colon before the password of a login.
pub fn colon(login: &str) -> Option<usize> {
    position(login, |byte| byte == b':')
}

fn ends_authority(byte: u8) -> bool {
    matches!(byte, b'/' | b'?' | b'#')
}

/// Whether `text` is a port, a port and further hosts, or a variable: `5432`, `27017,second:27017`, `PORT`.
fn is_port(text: &str) -> bool {
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let mut hosts = text.split(',');
    let first = hosts.next().unwrap_or(text);
    let is_next = |host: &str| {
        host.rsplit_once(':')
            .is_some_and(|(_, port)| is_number(port))
    };
    is_number(first) && hosts.all(is_next) || text.eq_ignore_ascii_case("port")
}

/// Returns the position of the first byte outside braces that passes `is_it`.
fn position(text: &str, is_it: impl Fn(u8) -> bool) -> Option<usize> {
    let mut depth = 0_usize;
    text.bytes().position(|byte| {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && is_it(byte)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_ends_at_the_sign_before_the_host() {
        for (address, expected) in [
            ("postgres://a:b@db/c", Some(("a:b", "db/c"))),
            ("postgres://a:b@c@db/d", Some(("a:b@c", "db/d"))),
            ("postgres://a:b#c@db/d", Some(("a:b#c", "db/d"))),
            ("mysql+pymysql://a:b/c?d@db/e", Some(("a:b/c?d", "db/e"))),
            ("jdbc:mysql://a:1#b@db", Some(("a:1#b", "db"))),
            ("redis://:b#c@cache:6379/0", Some((":b#c", "cache:6379/0"))),
            ("postgres://${U:-a/b}:c@db", Some(("${U:-a/b}:c", "db"))),
            ("https://${U:-a/b}:c@db", Some(("${U:-a/b}:c", "db"))),
            ("https://a:b/c@db", None),
            ("http://host/a:b@c", None),
            ("postgres://db:5432/c?mail=a@b.io", None),
            ("postgres://db:PORT/c?mail=a@b.io", None),
            ("mongodb://a:27017,b:27017/c?mail=a@b.io", None),
            ("postgres://db/c?mail=a:b@c", None),
            ("postgres://a:b/c and ann@acme.test", None),
            ("text", None),
        ] {
            assert_eq!(login_of(address), expected, "{address}");
        }
    }

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
