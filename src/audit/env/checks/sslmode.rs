//! `db/sslmode`: a database connection that may be unencrypted, or whose server is not verified.

use super::{Card, Category, Check, Confidence, File, Report, Severity, Sighting, at, env};
use crate::audit::address::{self, Protection};

pub(super) struct Sslmode;

impl Check<File<'_>> for Sslmode {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.is_sample() {
            return;
        }
        for entry in &file.entries {
            if let Some(sighting) = sight(entry.key, entry.value, entry.span.clone()) {
                report.add(&CARD, file.scaled(sighting));
            }
        }
    }
}

/// Judges one variable.
pub(in crate::audit) fn sight(
    key: &str,
    value: &str,
    span: std::ops::Range<usize>,
) -> Option<Sighting> {
    let (protection, is_remote) = match address::parse(value) {
        Some(address) => (address::protection(&address)?, address.is_remote()),
        None => (by_name(key, value)?, true),
    };
    let message = match protection {
        Protection::Off => format!("`{key}` allows an unencrypted connection to the database"),
        Protection::Unverified => {
            format!(
                "`{key}` encrypts the connection to the database without verifying the server's certificate"
            )
        }
        Protection::Unsaid => {
            format!("`{key}` does not require TLS for the connection to the database")
        }
    };
    let mut sighting = Sighting::new(&CARD, span, message);
    // Between containers of one host, there is no one in the middle.
    if !is_remote {
        sighting.severity = Severity::Info;
    } else if protection == Protection::Unsaid {
        sighting.confidence = Confidence::Medium;
    }
    Some(sighting)
}

/// Judges settings of drivers by their names.
fn by_name(key: &str, value: &str) -> Option<Protection> {
    let value = value.trim().to_ascii_lowercase();
    let key = key.to_ascii_uppercase();
    match key.as_str() {
        "PGSSLMODE" => {
            matches!(value.as_str(), "disable" | "allow" | "prefer").then_some(Protection::Off)
        }
        _ if key.ends_with("REJECT_UNAUTHORIZED") => {
            matches!(value.as_str(), "0" | "false").then_some(Protection::Unverified)
        }
        _ => None,
    }
}

/// Shared with Compose files, whose environments contain the same URLs.
pub(in crate::audit) static CARD: Card = Card {
    id: "db/sslmode",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Database connection without enforced TLS",
    description: "Unless the URL requires TLS and verification, drivers fall back to an unencrypted connection or \
                  accept any server: a man-in-the-middle can read and change passwords and data.",
    remedy: "Require it in the URL: `?sslmode=verify-full&sslrootcert=/etc/ssl/certs/db-ca.pem` for PostgreSQL, \
             `?ssl-mode=VERIFY_IDENTITY` for MySQL.",
    references: &[
        "https://www.postgresql.org/docs/current/libpq-ssl.html",
        "https://dev.mysql.com/doc/refman/8.4/en/using-encrypted-connections.html",
    ],
    tags: &["database", "tls", "CWE-319", "CWE-295"],
    examples: &[
        env("DATABASE_URL=postgres://app:x@db.acme.io/app # here\n"),
        env("DATABASE_URL=postgresql://app:x@db.acme.io/app?sslmode=prefer # here\n"),
        env("A=b\nJDBC_URL=jdbc:mysql://db.acme.io/app?useSSL=false # here\n"),
        env("PGSSLMODE=disable # here\n"),
        env("NODE_TLS_REJECT_UNAUTHORIZED=0 # here\n"),
        at(
            "compose.yaml",
            "services:\n  a:\n    image: b:1\n    environment:\n      DATABASE_URL: postgres://db.acme.io/app?sslmode=disable # here\n",
            &[],
        ),
    ],
    negatives: &[
        env("DATABASE_URL=postgres://app:x@db.acme.io/app?sslmode=verify-full\n"),
        env("DATABASE_URL=postgres://${USER}@${HOST}/app\nPGSSLMODE=require\n"),
        at(
            ".env.example",
            "DATABASE_URL=postgres://app:x@db.acme.io/app\n",
            &[],
        ),
        at(
            "compose.yaml",
            "services:\n  a:\n    image: b:1\n    environment:\n      DATABASE_URL: postgres://db.acme.io/app?sslmode=require\n",
            &[],
        ),
    ],
};
