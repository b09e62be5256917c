//! The checks on PostgreSQL: each looks at one setting, so they are together.

mod max_connections;

use crate::audit::check::{Card, Check, Example};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::File;

/// Every check.
pub(super) static CHECKS: &[&dyn Check<File>] = &[
    &Trust,
    &SslOff,
    &PasswordMd5,
    &NoWalArchive,
    &NoSlowLog,
    &max_connections::MaxConnections,
];

const HBA: &str = "https://www.postgresql.org/docs/current/auth-pg-hba-conf.html";
const TLS: &str = "https://www.postgresql.org/docs/current/ssl-tcp.html";

const fn at(path: &'static str, text: &'static str) -> Example {
    Example {
        path,
        text,
        beside: &[],
    }
}

const fn hba(text: &'static str) -> Example {
    at("pg_hba.conf", text)
}

const fn conf(text: &'static str) -> Example {
    at("postgresql.conf", text)
}

/// `postgres/trust`: logins that no one has to prove.
struct Trust;

impl Check<File> for Trust {
    fn card(&self) -> &'static Card {
        &TRUST
    }

    fn check(&self, file: &File, report: &mut Report) {
        for access in file.access() {
            let (message, severity) = match access.method.as_str() {
                "trust" => (
                    "anyone who can connect is accepted as any user, without a password",
                    Severity::High,
                ),
                "password" => ("the password is sent unencrypted", Severity::Medium),
                "ident" => (
                    "the client machine states its user name and is trusted",
                    Severity::Medium,
                ),
                _ => continue,
            };
            let mut sighting = Sighting::new(&TRUST, access.line.clone(), message.to_owned());
            sighting.severity = severity;
            if !access.is_remote() {
                sighting.severity = if access.method == "trust" {
                    Severity::Low
                } else {
                    Severity::Info
                };
            } else if access.method == "password" && access.kind == "hostssl" {
                sighting.severity = Severity::Low;
            }
            report.add(&TRUST, file.scaled(sighting));
        }
    }
}

static TRUST: Card = Card {
    id: "postgres/trust",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "PostgreSQL without password authentication",
    description: "`trust` accepts everyone who can reach the port, as any user, including the superuser; `ident` \
                  believes the client machine, and `password` sends the password unencrypted.",
    remedy: "Require a hashed password over an encrypted connection: `hostssl all all 10.0.0.0/8 scram-sha-256`, with \
             `password_encryption = scram-sha-256`.",
    references: &[
        HBA,
        "https://www.postgresql.org/docs/current/auth-trust.html",
    ],
    tags: &["postgres", "database", "authentication", "CWE-306"],
    examples: &[
        hba(
            "# TYPE DATABASE USER ADDRESS METHOD\nlocal all all peer\nhost all all 0.0.0.0/0 trust # here\n",
        ),
        hba("host all all 10.0.0.0 255.0.0.0 trust # here\n"),
        hba("local all postgres trust # here\nhostssl all all all password # here\n"),
        hba("host replication all 10.0.0.0/8 ident # here\n"),
    ],
    negatives: &[
        hba(
            "local all all peer\nhost all all 0.0.0.0/0 scram-sha-256\nhost trust trust all reject\n",
        ),
        hba("# host all all 0.0.0.0/0 trust\nhost all all all md5\n"),
    ],
};

/// `postgres/ssl-off`: connections that anyone on the way can read.
struct SslOff;

impl Check<File> for SslOff {
    fn card(&self) -> &'static Card {
        &SSL_OFF
    }

    fn check(&self, file: &File, report: &mut Report) {
        for access in file.access().iter().filter(|access| {
            access.kind == "hostnossl" && access.method != "reject" && access.is_remote()
        }) {
            let message = "these logins are only accepted without TLS".to_owned();
            report.add(
                &SSL_OFF,
                file.scaled(Sighting::new(&SSL_OFF, access.line.clone(), message)),
            );
        }
        let Some(ssl) = file.setting("ssl").filter(|ssl| is_off(ssl.value())) else {
            return;
        };
        let listen = file
            .setting("listen_addresses")
            .map_or("", |listen| listen.value());
        let is_near = |address: &str| {
            matches!(address.trim(), "" | "localhost" | "::1") || address.trim().starts_with("127.")
        };
        if listen.split(',').all(is_near) {
            return;
        }
        let message = "the server listens on the network without TLS".to_owned();
        report.add(
            &SSL_OFF,
            file.scaled(Sighting::new(&SSL_OFF, ssl.span.clone(), message)),
        );
    }
}

fn is_off(value: &str) -> bool {
    matches!(
        value.to_ascii_lowercase().as_str(),
        "off" | "false" | "no" | "0"
    )
}

static SSL_OFF: Card = Card {
    id: "postgres/ssl-off",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "PostgreSQL without TLS",
    description: "A man-in-the-middle between the program and the database can read and change passwords and data.",
    remedy: "Enable it, `ssl = on` with `ssl_cert_file` and `ssl_key_file`, and require it: `hostssl` instead of \
             `host` in `pg_hba.conf`.",
    references: &[TLS, HBA],
    tags: &["postgres", "database", "tls", "CWE-319"],
    examples: &[
        conf("listen_addresses = '*'\nssl = off # here\n"),
        hba("hostnossl all all 0.0.0.0/0 scram-sha-256 # here\n"),
    ],
    negatives: &[
        conf("listen_addresses = 'localhost'\nssl = off\n"),
        conf("listen_addresses = '*'\nssl = on\n#ssl = off\n"),
        conf("listen_addresses = '*'\nmax_connections = 100\n"),
        hba("hostssl all all all scram-sha-256\nhostnossl all all all reject\n"),
    ],
};

/// `postgres/password-md5`: passwords kept in a form that is easily tried.
struct PasswordMd5;

impl Check<File> for PasswordMd5 {
    fn card(&self) -> &'static Card {
        &PASSWORD_MD5
    }

    fn check(&self, file: &File, report: &mut Report) {
        let setting = file
            .setting("password_encryption")
            .filter(|setting| setting.value().eq_ignore_ascii_case("md5"));
        let lines = file
            .access()
            .iter()
            .filter(|access| access.method == "md5" && access.is_remote())
            .map(|access| &access.line);
        if let Some(span) = lines.chain(setting.map(|setting| &setting.span)).next() {
            let message =
                "passwords are hashed with MD5, which falls quickly to brute force".to_owned();
            report.add(
                &PASSWORD_MD5,
                file.scaled(Sighting::new(&PASSWORD_MD5, span.clone(), message)),
            );
        }
    }
}

static PASSWORD_MD5: Card = Card {
    id: "postgres/password-md5",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "PostgreSQL passwords hashed with MD5",
    description: "MD5 hashes fall quickly to brute force, and the hash alone is enough to log in. PostgreSQL 18 \
                  deprecates it and a later version will remove it.",
    remedy: "Set `password_encryption = scram-sha-256`, have users set new passwords, and write `scram-sha-256` in \
             `pg_hba.conf`.",
    references: &[
        "https://www.postgresql.org/docs/current/auth-password.html",
        HBA,
    ],
    tags: &["postgres", "database", "authentication", "CWE-328"],
    examples: &[
        conf("max_connections = 5\npassword_encryption = md5 # here\n"),
        hba("local all all peer\nhost all all 0.0.0.0/0 md5 # here\nhost all all ::/0 md5\n"),
    ],
    negatives: &[
        conf("password_encryption = scram-sha-256\n"),
        hba("host all all 0.0.0.0/0 scram-sha-256\nhost all all 127.0.0.1/32 md5\n"),
    ],
};

/// `postgres/no-wal-archive`: no way back to a moment.
struct NoWalArchive;

impl Check<File> for NoWalArchive {
    fn card(&self) -> &'static Card {
        &NO_WAL_ARCHIVE
    }

    fn check(&self, file: &File, report: &mut Report) {
        if let Some(mode) = file
            .setting("archive_mode")
            .filter(|mode| is_off(mode.value()))
        {
            let message =
                "the write-ahead log is not archived, so only the last dump can be restored"
                    .to_owned();
            report.add(
                &NO_WAL_ARCHIVE,
                file.scaled(Sighting::new(&NO_WAL_ARCHIVE, mode.span.clone(), message)),
            );
        }
    }
}

static NO_WAL_ARCHIVE: Card = Card {
    id: "postgres/no-wal-archive",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "PostgreSQL without WAL archiving",
    description: "Without an archive of the write-ahead log, the database can only be restored to the last dump. A \
                  managed database, or a tool that streams the log, does this by other means.",
    remedy: "Archive it: `archive_mode = on` with pgBackRest or WAL-G in `archive_command`.",
    references: &["https://www.postgresql.org/docs/current/continuous-archiving.html"],
    tags: &["postgres", "database", "availability", "CWE-778"],
    examples: &[conf("wal_level = replica\narchive_mode = off # here\n")],
    negatives: &[
        conf("wal_level = replica\narchive_mode = on\n"),
        conf("wal_level = replica\n#archive_mode = off\n"),
    ],
};

/// `postgres/no-slow-log`: no one learns which queries are slow.
struct NoSlowLog;

impl Check<File> for NoSlowLog {
    fn card(&self) -> &'static Card {
        &NO_SLOW_LOG
    }

    fn check(&self, file: &File, report: &mut Report) {
        if let Some(least) = file
            .setting("log_min_duration_statement")
            .filter(|least| least.value() == "-1")
        {
            let message = "slow queries are not logged, so their cause stays unknown".to_owned();
            report.add(
                &NO_SLOW_LOG,
                file.scaled(Sighting::new(&NO_SLOW_LOG, least.span.clone(), message)),
            );
        }
    }
}

static NO_SLOW_LOG: Card = Card {
    id: "postgres/no-slow-log",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "PostgreSQL without a slow query log",
    description: "Without it, queries that slow the database down, or that copy it, go unnoticed.",
    remedy: "Log queries that take longer than a quarter of a second: `log_min_duration_statement = 250`.",
    references: &["https://www.postgresql.org/docs/current/runtime-config-logging.html"],
    tags: &["postgres", "database", "logging", "CWE-778"],
    examples: &[conf(
        "shared_buffers = 1GB\nlog_min_duration_statement = -1 # here\n",
    )],
    negatives: &[
        conf("shared_buffers = 1GB\nlog_min_duration_statement = 250\n"),
        conf("shared_buffers = 1GB\n"),
    ],
};
