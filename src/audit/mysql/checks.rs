//! The checks on MySQL, together in one file since each looks at a single option.

use crate::audit::check::{Card, Check, Example};
use crate::audit::report::{Report, Sighting};
use crate::model::{Category, Confidence, Severity};

use super::File;

/// Every check.
pub(super) static CHECKS: &[&dyn Check<File>] = &[&EmptyRoot, &TlsOff, &LocalInfile];

const OPTIONS: &str = "https://dev.mysql.com/doc/refman/8.4/en/server-options.html";

const fn conf(text: &'static str) -> Example {
    Example {
        path: "my.cnf",
        text,
        beside: &[],
    }
}

/// `mysql/empty-root`: everyone is the administrator.
struct EmptyRoot;

impl Check<File> for EmptyRoot {
    fn card(&self) -> &'static Card {
        &EMPTY_ROOT
    }

    fn check(&self, file: &File, report: &mut Report) {
        let Some(span) = file.switched("skip_grant_tables", true) else {
            return;
        };
        // MySQL 8 takes `--skip-grant-tables` to imply `--skip-networking`; MariaDB does not.
        let (message, severity) = if file.is_near() {
            (
                "the server accepts every local program without a password and with all privileges",
                Severity::Medium,
            )
        } else {
            (
                "the server accepts every connection without a password and with all privileges",
                Severity::High,
            )
        };
        let sighting = Sighting::new(&EMPTY_ROOT, span, message.to_owned());
        report.add(&EMPTY_ROOT, file.scaled(sighting.weighing(severity)));
    }
}

static EMPTY_ROOT: Card = Card {
    id: "mysql/empty-root",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "MySQL authentication disabled",
    description: "With `skip-grant-tables`, the server checks neither passwords nor privileges: anyone who can reach \
                  it is an administrator.",
    remedy: "Remove the line. To reset a forgotten password, start the server once with `--init-file`.",
    references: &[
        OPTIONS,
        "https://dev.mysql.com/doc/refman/8.4/en/resetting-permissions.html",
    ],
    tags: &["mysql", "database", "authentication", "CWE-258", "CWE-306"],
    examples: &[
        conf("[mysqld]\nskip-grant-tables # here\n"),
        conf("[mariadb]\nport=1\nskip_grant_tables = 1 # here\n"),
    ],
    negatives: &[
        conf("[mysqld]\n#skip-grant-tables\nskip-name-resolve\n"),
        conf("[mysqld]\nskip-grant-tables=0\n"),
        conf("[mysqldump]\nskip-grant-tables\n[mysqld]\n"),
    ],
};

/// `mysql/tls-off`: connections that anyone on the network path can read.
struct TlsOff;

impl Check<File> for TlsOff {
    fn card(&self) -> &'static Card {
        &TLS_OFF
    }

    fn check(&self, file: &File, report: &mut Report) {
        if file.is_near() {
            return;
        }
        let off = ["ssl", "require_secure_transport"]
            .into_iter()
            .find_map(|name| Some((name, file.switched(name, false)?)));
        if let Some((name, span)) = off {
            let message = "the server accepts connections without TLS".to_owned();
            let mut sighting = Sighting::new(&TLS_OFF, span, message);
            if name == "require_secure_transport" {
                sighting.severity = Severity::Low;
            }
            report.add(&TLS_OFF, file.scaled(sighting));
        }
    }
}

static TLS_OFF: Card = Card {
    id: "mysql/tls-off",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "MySQL without TLS",
    description: "A man-in-the-middle between the program and the database can read and change passwords and data.",
    remedy: "Require it: `require_secure_transport=ON` with `ssl_ca`, `ssl_cert` and `ssl_key`.",
    references: &[
        "https://dev.mysql.com/doc/refman/8.4/en/using-encrypted-connections.html",
        OPTIONS,
    ],
    tags: &["mysql", "database", "tls", "CWE-319"],
    examples: &[
        conf("[mysqld]\nskip-ssl # here\n"),
        conf("[mysqld]\nrequire_secure_transport = OFF # here\n"),
        conf("[mysqld]\nssl=0 # here\n"),
    ],
    negatives: &[
        conf("[mysqld]\nrequire_secure_transport=ON\n"),
        conf("[mysqld]\nbind-address=127.0.0.1\nskip-ssl\n"),
        conf("[client]\nskip-ssl\n[mysqld]\n"),
    ],
};

/// `mysql/local-infile`: a server that may request files of its clients.
struct LocalInfile;

impl Check<File> for LocalInfile {
    fn card(&self) -> &'static Card {
        &LOCAL_INFILE
    }

    fn check(&self, file: &File, report: &mut Report) {
        if let Some(span) = file.switched("local_infile", true) {
            let message =
                "`LOAD DATA LOCAL` lets an SQL injection read files of the client".to_owned();
            report.add(
                &LOCAL_INFILE,
                file.scaled(Sighting::new(&LOCAL_INFILE, span, message)),
            );
        }
    }
}

static LOCAL_INFILE: Card = Card {
    id: "mysql/local-infile",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "MySQL LOAD DATA LOCAL enabled",
    description: "With `LOAD DATA LOCAL`, an SQL injection can read any file that the client program can read.",
    remedy: "Disable it, `local_infile=OFF`, and load data with `mysqlimport` or from a directory on the server \
             (`secure_file_priv`).",
    references: &["https://dev.mysql.com/doc/refman/8.4/en/load-data-local-security.html"],
    tags: &["mysql", "database", "hardening", "CWE-73"],
    examples: &[
        conf("[mysqld]\nlocal-infile=1 # here\n"),
        conf("[mysqld]\nlocal_infile # here\n"),
    ],
    negatives: &[
        conf("[mysqld]\nlocal-infile=0\n"),
        conf("[mysql]\nlocal-infile=1\n[mysqld]\n"),
    ],
};
