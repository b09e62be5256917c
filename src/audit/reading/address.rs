//! URLs in settings: whether the connection is encrypted, and whether it leaves the host.

use crate::lexicon::host::login_of;
use crate::lexicon::placeholder::names_example_host;

/// A parsed URL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Address<'t> {
    /// In lower case, without what follows a `+`.
    pub(in crate::audit) scheme: String,
    pub(in crate::audit) host: &'t str,
    /// The text after the question mark.
    pub(in crate::audit) query: &'t str,
}

/// Parses `scheme://user:password@host:port/path?query`; `None` if the host is not a literal.
pub(in crate::audit) fn parse(text: &str) -> Option<Address<'_>> {
    let text = text.trim();
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme
        .strip_prefix("jdbc:")
        .unwrap_or(scheme)
        .to_ascii_lowercase();
    let scheme = scheme.split('+').next().unwrap_or(&scheme).to_owned();
    let rest = login_of(text).map_or(rest, |(_, behind)| behind);
    let (authority, query) = match rest.find(['/', '?']) {
        Some(at) => (
            &rest[..at],
            rest[at..].split_once('?').map_or("", |(_, query)| query),
        ),
        None => (rest, ""),
    };
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let host = host.split(',').next().unwrap_or(host);
    let host = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => host.split(':').next().unwrap_or(host),
    };
    let is_written =
        !host.is_empty() && !host.contains(['$', '{', '}', '<', '>', '%', ' ', '"', '\'']);
    let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (is_written && is_scheme).then_some(Address {
        scheme,
        host,
        query,
    })
}

impl Address<'_> {
    /// Returns the value of a query parameter, whatever the case of its name.
    pub(in crate::audit) fn setting(&self, name: &str) -> Option<&str> {
        let mut pairs = self
            .query
            .split(['&', ';', '?'])
            .filter_map(|pair| pair.split_once('='));
        pairs
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
    }

    /// Returns whether the host is another machine with a fully qualified name or a public address: not this one, no
    /// container, no private network, and no example.
    pub(in crate::audit) fn is_remote(&self) -> bool {
        let host = self.host.to_ascii_lowercase();
        let is_inner = [
            ".local",
            ".internal",
            ".localhost",
            ".lan",
            ".svc",
            ".test",
            ".invalid",
            ".home",
            ".docker",
            ".cluster",
            ".private",
            ".localdomain",
            ".intranet",
            ".corp",
        ]
        .iter()
        .any(|end| host.ends_with(end));
        host.contains('.')
            && !is_inner
            && !names_example_host(&host)
            && !host.contains("your")
            && host.parse::<std::net::Ipv4Addr>().map_or_else(
                |_| host.bytes().any(|byte| byte.is_ascii_alphabetic()),
                |address| {
                    !(address.is_private()
                        || address.is_loopback()
                        || address.is_unspecified()
                        || address.is_link_local()
                        || address.is_documentation())
                },
            )
    }
}

/// What is wrong with the protection of a database connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::audit) enum Protection {
    /// Not encrypted, or only if the server agrees.
    Off,
    /// Encrypted, but the server is not verified.
    Unverified,
    /// Nothing is set, and the default does not require encryption.
    Unsaid,
}

/// Judges the URL of a database; `None` if it is no such URL or nothing is wrong.
pub(in crate::audit) fn protection(address: &Address) -> Option<Protection> {
    let lower = |name: &str| address.setting(name).map(str::to_ascii_lowercase);
    match address.scheme.as_str() {
        "postgres" | "postgresql" | "pgsql" => {
            match lower("sslmode").or_else(|| lower("ssl")).as_deref() {
                Some("disable" | "allow" | "prefer" | "false" | "0") => Some(Protection::Off),
                Some("no-verify") => Some(Protection::Unverified),
                Some(_) => None,
                None => Some(Protection::Unsaid),
            }
        }
        "mysql" | "mariadb" | "mysql2" => {
            let mode = lower("sslmode")
                .or_else(|| lower("ssl-mode"))
                .or_else(|| lower("ssl_mode"));
            let switch = lower("usessl")
                .or_else(|| lower("ssl"))
                .or_else(|| lower("tls"));
            match (mode.as_deref(), switch.as_deref()) {
                (Some("disabled" | "disable" | "preferred"), _)
                | (_, Some("false" | "0" | "preferred")) => Some(Protection::Off),
                (_, Some("skip-verify")) => Some(Protection::Unverified),
                (None, None) => Some(Protection::Unsaid),
                _ => None,
            }
        }
        "sqlserver" | "mssql" => matches!(
            lower("encrypt").as_deref(),
            Some("false" | "no" | "disable")
        )
        .then_some(Protection::Off),
        _ => None,
    }
}

/// Returns the encrypted counterpart of a scheme that sends everything in clear text.
pub(in crate::audit) fn plain_scheme(address: &Address) -> Option<&'static str> {
    let says_tls = ["tls", "ssl"].iter().any(|name| {
        address
            .setting(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    });
    let secured = match address.scheme.as_str() {
        "redis" | "valkey" => "rediss",
        "amqp" => "amqps",
        "mqtt" => "mqtts",
        "ldap" => "ldaps",
        "ftp" => "sftp",
        "nats" => "tls",
        "mongodb" => "mongodb with tls=true",
        _ => return None,
    };
    (!says_tls).then_some(secured)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_apart() {
        let check = |text: &str, expected: Option<(&str, &str, &str)>| {
            let found = parse(text);
            let found = found
                .as_ref()
                .map(|found| (found.scheme.as_str(), found.host, found.query));
            assert_eq!(found, expected, "{text}");
        };
        check(
            "postgres://u:p@db:5432/x?sslmode=disable",
            Some(("postgres", "db", "sslmode=disable")),
        );
        check(
            "postgresql+asyncpg://db.acme.io/x",
            Some(("postgresql", "db.acme.io", "")),
        );
        check(
            "jdbc:mysql://db/x?useSSL=false",
            Some(("mysql", "db", "useSSL=false")),
        );
        check("redis://[::1]:6379", Some(("redis", "::1", "")));
        check(
            "postgres://u:p/q?r#s@db:5432/x?sslmode=disable",
            Some(("postgres", "db", "sslmode=disable")),
        );
        check("redis://${HOST}:6379", None);
        check("hello", None);
    }

    #[test]
    fn hosts_are_near_or_far() {
        for (host, expected) in [
            ("db", false),
            ("localhost", false),
            ("10.0.0.5", false),
            ("db.internal", false),
            ("db.example.com", false),
            ("db.acme.io", true),
            ("8.8.8.8", true),
            ("x.rds.amazonaws.com", true),
        ] {
            let text = format!("postgres://{host}/x");
            assert_eq!(parse(&text).unwrap().is_remote(), expected, "{host}");
        }
    }

    #[test]
    fn protection_is_read_from_the_query() {
        for (text, expected) in [
            ("postgres://a.b/x", Some(Protection::Unsaid)),
            ("postgres://a.b/x?sslmode=require", None),
            (
                "postgres://a.b/x?a=b&sslmode=disable",
                Some(Protection::Off),
            ),
            ("jdbc:mysql://a.b/x?useSSL=false", Some(Protection::Off)),
            (
                "mysql://a.b/x?tls=skip-verify",
                Some(Protection::Unverified),
            ),
            ("redis://a.b", None),
        ] {
            assert_eq!(protection(&parse(text).unwrap()), expected, "{text}");
        }
    }
}
