//! The checks on PostgreSQL, together in one file since each looks at a single setting.

mod max_connections;
mod trust;

use crate::audit::check::{Card, Check, Example};
use crate::audit::fix::{Edit, Fix};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::File;
use super::conf::{boolean, integer, milliseconds};

/// Every check.
pub(super) static CHECKS: &[&dyn Check<File>] = &[
    &trust::Trust,
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

/// `postgres/ssl-off`: connections that anyone on the network path can read.
struct SslOff;

impl Check<File> for SslOff {
    fn card(&self) -> &'static Card {
        &SSL_OFF
    }

    fn check(&self, file: &File, report: &mut Report) {
        let unencrypted = file.access().filter(|(rule, _)| {
            rule.kind == "hostnossl" && rule.method != "reject" && rule.is_remote()
        });
        for (_, span) in unencrypted {
            let message = "these logins are only accepted without TLS".to_owned();
            report.add(
                &SSL_OFF,
                file.scaled(Sighting::new(&SSL_OFF, span, message)),
            );
        }
        let Some((_, span)) = file.setting("ssl").filter(|(ssl, _)| is_off(ssl)) else {
            return;
        };
        let listen = file.value("listen_addresses").unwrap_or_default();
        let is_near = |address: &str| {
            matches!(address.trim(), "" | "localhost" | "::1") || address.trim().starts_with("127.")
        };
        if listen.split(',').all(is_near) {
            return;
        }
        let message = "the server listens on the network without TLS".to_owned();
        report.add(
            &SSL_OFF,
            file.scaled(Sighting::new(&SSL_OFF, span, message)),
        );
    }
}

fn is_off(value: &str) -> bool {
    boolean(value) == Some(false)
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

/// `postgres/password-md5`: passwords stored in a form that is fast to brute-force.
struct PasswordMd5;

impl Check<File> for PasswordMd5 {
    fn card(&self) -> &'static Card {
        &PASSWORD_MD5
    }

    fn check(&self, file: &File, report: &mut Report) {
        let setting = file
            .setting("password_encryption")
            .filter(|(kind, _)| kind.eq_ignore_ascii_case("md5"));
        // The method `md5` verifies a SCRAM password with SCRAM: what counts is how passwords are stored.
        let mut lines = file
            .access()
            .filter(|(rule, _)| file.keeps_md5 && rule.method == "md5" && rule.is_remote());
        let line = lines.next().map(|(_, span)| span);
        if let Some(span) = line.or(setting.map(|(_, span)| span)) {
            let message =
                "passwords are hashed with MD5, which falls quickly to brute force".to_owned();
            let mut sighting = file.scaled(Sighting::new(&PASSWORD_MD5, span, message));
            // New passwords are then stored with SCRAM, which the method `md5` accepts, too.
            sighting.fixes.extend(file.encryption.clone().map(|span| {
                let edit = Edit {
                    span,
                    replacement: "scram-sha-256".to_owned(),
                };
                let description = "write `password_encryption = scram-sha-256`";
                Fix::new(&PASSWORD_MD5, description, vec![edit])
            }));
            report.add(&PASSWORD_MD5, sighting);
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
        Example {
            path: "pg_hba.conf",
            text: "local all all peer\nhost all all 0.0.0.0/0 md5 # here\nhost all all ::/0 md5\n",
            beside: &[("postgresql.conf", "password_encryption = md5\n")],
        },
    ],
    negatives: &[
        conf("password_encryption = scram-sha-256\n"),
        hba("host all all 0.0.0.0/0 scram-sha-256\nhost all all 127.0.0.1/32 md5\n"),
        // By default passwords are stored for SCRAM, and verified with it.
        hba("host all all 0.0.0.0/0 md5\n"),
    ],
};

/// `postgres/no-wal-archive`: no point-in-time recovery.
struct NoWalArchive;

impl Check<File> for NoWalArchive {
    fn card(&self) -> &'static Card {
        &NO_WAL_ARCHIVE
    }

    fn check(&self, file: &File, report: &mut Report) {
        let seen = match file
            .value("archive_mode")
            .map(str::to_ascii_lowercase)
            .as_deref()
        {
            Some("off" | "false" | "no" | "0") => {
                let mode = file.setting("archive_mode");
                mode.map(|(_, span)| (span, "the write-ahead log is not archived, so only the last dump can be restored"))
            }
            Some(_) if file.value("archive_library").unwrap_or_default().is_empty() => {
                let command = file.setting("archive_command");
                let command = command.filter(|(command, _)| archives_nothing(command));
                command.map(|(_, span)| {
                    (
                        span,
                        "the command that archives the write-ahead log keeps nothing",
                    )
                })
            }
            _ => None,
        };
        if let Some((span, message)) = seen {
            let sighting = Sighting::new(&NO_WAL_ARCHIVE, span, message.to_owned());
            report.add(&NO_WAL_ARCHIVE, file.scaled(sighting));
        }
    }
}

/// Whether a command does nothing with the WAL segment that it is given, successfully or not.
fn archives_nothing(command: &str) -> bool {
    let program = command
        .trim()
        .trim_start_matches("/usr")
        .trim_start_matches("/bin/");
    matches!(
        program,
        "" | "true" | ":" | "exit 0" | "false" | "exit 1" | "cd ."
    )
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
    examples: &[
        conf("wal_level = replica\narchive_mode = off # here\n"),
        conf("wal_level = replica\narchive_mode = on\narchive_command = '/bin/true' # here\n"),
    ],
    negatives: &[
        conf("wal_level = replica\narchive_mode = on\n"),
        conf("wal_level = replica\n#archive_mode = off\n"),
    ],
};

/// `postgres/no-slow-log`: slow queries are not logged.
struct NoSlowLog;

impl Check<File> for NoSlowLog {
    fn card(&self) -> &'static Card {
        &NO_SLOW_LOG
    }

    fn check(&self, file: &File, report: &mut Report) {
        let least = file.setting("log_min_duration_statement");
        if let Some((_, span)) = least.filter(|(least, _)| milliseconds(least) == Some(-1)) {
            let message = "slow queries are not logged, so their cause stays unknown".to_owned();
            report.add(
                &NO_SLOW_LOG,
                file.scaled(Sighting::new(&NO_SLOW_LOG, span, message)),
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
