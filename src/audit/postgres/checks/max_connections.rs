//! `postgres/max-connections`: more connections than a server can use.

use super::{Card, Category, Check, Confidence, File, Report, Severity, Sighting, conf, integer};

pub(super) struct MaxConnections;

/// The number from which a connection pooler does better: each connection is a process of its own.
const MANY: i64 = 500;

impl Check<File> for MaxConnections {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let most = file.setting("max_connections");
        let most = most.and_then(|(most, span)| Some((integer(most)?, span)));
        if let Some((most, span)) = most.filter(|(most, _)| *most > MANY) {
            let message =
                format!("up to {most} connections are allowed, each with its own server process");
            report.add(&CARD, file.scaled(Sighting::new(&CARD, span, message)));
        }
    }
}

static CARD: Card = Card {
    id: "postgres/max-connections",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "Too many PostgreSQL connections allowed",
    description: "Each connection is a process with its own memory, even when idle. With hundreds of them, a server \
                  runs out of memory or spends its time switching between them at peak load.",
    remedy: "Put a connection pooler in front (PgBouncer, or the pool of the framework), and allow only a few \
             connections per processor: `max_connections = 100`.",
    references: &[
        "https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-MAX-CONNECTIONS",
        "https://www.pgbouncer.org/features.html",
    ],
    tags: &["postgres", "database", "availability", "CWE-770"],
    examples: &[conf(
        "shared_buffers = 1GB\nmax_connections = 2000 # here\n",
    )],
    negatives: &[
        conf("shared_buffers = 1GB\nmax_connections = 200\n"),
        conf("shared_buffers = 1GB\n#max_connections = 2000\n"),
    ],
};
