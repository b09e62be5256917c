//! `postgres/trust`: logins without authentication.

use super::{Card, Category, Check, Confidence, File, HBA, Report, Severity, Sighting, hba};

pub(super) struct Trust;

impl Check<File> for Trust {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (rule, span) in file.access() {
            // A client certificate authenticates, whatever the method requires besides.
            if rule.asks_for_certificate() {
                continue;
            }
            let (message, severity, at_home) = match rule.method.as_str() {
                "trust" => (
                    "anyone who can connect is accepted as any user, without a password",
                    Severity::High,
                    Severity::Low,
                ),
                "password" if rule.kind == "hostssl" => (
                    "the password is sent unencrypted",
                    Severity::Low,
                    Severity::Info,
                ),
                "password" => (
                    "the password is sent unencrypted",
                    Severity::Medium,
                    Severity::Info,
                ),
                "ident" => (
                    "the client machine states its user name and is trusted",
                    Severity::Medium,
                    Severity::Info,
                ),
                _ => continue,
            };
            let mut sighting = Sighting::new(&CARD, span, message.to_owned());
            sighting.severity = if rule.is_remote() { severity } else { at_home };
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

static CARD: Card = Card {
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
        // The first matching line decides.
        hba("host all all all scram-sha-256\nhost app app 0.0.0.0/0 trust\n"),
        hba("hostssl all all all trust clientcert=verify-full\nlocal all all ident\n"),
    ],
};
