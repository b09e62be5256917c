//! Configuration of PostgreSQL: `postgresql.conf`, and `pg_hba.conf`, which says who may log in and how.

mod checks;

use memchr::memmem;

use super::check::{Card, Format};
use super::directive::{self, Directive};
use super::purpose::Purpose;
use super::report::{Report, Sighting};
use super::{Outcome, Project, Source, purpose, template};

/// The format.
pub(super) struct Postgres;

/// A file of PostgreSQL's.
pub(super) struct File {
    pub(super) content: Content,
    purpose: Purpose,
}

/// What a file holds.
pub(super) enum Content {
    /// Settings, later ones of the same name winning.
    Settings(Vec<Directive>),
    /// Who may log in from where, and how.
    Access(Vec<Access>),
}

/// A line of `pg_hba.conf`.
pub(super) struct Access {
    /// `local`, `host`, `hostssl`, `hostnossl`, …
    pub(super) kind: String,
    pub(super) address: String,
    pub(super) method: String,
    pub(super) line: std::ops::Range<usize>,
}

/// Settings that no other program has.
const OWN: &[&str] = &[
    "shared_buffers",
    "wal_level",
    "listen_addresses",
    "max_wal_size",
    "archive_mode",
    "log_min_duration_statement",
    "work_mem",
    "max_wal_senders",
    "effective_cache_size",
    "password_encryption",
    "hba_file",
    "shared_preload_libraries",
    "max_connections",
    "maintenance_work_mem",
    "wal_buffers",
];

impl Format for Postgres {
    fn name(&self) -> &'static str {
        "postgres"
    }

    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, text: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        let is_conf = name.ends_with(".conf") || name.contains(".conf.");
        is_conf
            && (name.contains("pg_hba")
                || name.contains("postgres")
                || memmem::find(text, b"shared_buffers").is_some())
    }

    fn is_certain(&self, path: &str, _text: &[u8]) -> bool {
        let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
        name.contains("pg_hba") || name.contains("postgres")
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let text = source.text.as_str();
        let name = source
            .path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let content = if name.contains("hba") {
            access(text).map(Content::Access)
        } else {
            settings(text).map(Content::Settings)
        };
        let Some(content) = content else {
            return Outcome::NotConfiguration;
        };
        if template::has_mark(text, &['#']) {
            return Outcome::Template;
        }
        let file = File {
            content,
            purpose: purpose::of(&source.path, project.policy(&source.path)),
        };
        let mut report = Report::new(project.policy(&source.path));
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        // Neither file holds passwords.
        Outcome::Audited(report.finish(&source.path, text, Vec::new))
    }
}

impl File {
    /// The setting of a name that counts.
    pub(super) fn setting(&self, name: &str) -> Option<&Directive> {
        match &self.content {
            Content::Settings(settings) => {
                settings.iter().rev().find(|setting| setting.name == name)
            }
            Content::Access(_) => None,
        }
    }

    /// The lines that let somebody in.
    pub(super) fn access(&self) -> &[Access] {
        match &self.content {
            Content::Access(access) => access,
            Content::Settings(_) => &[],
        }
    }

    /// A sighting that weighs less where only developers use the file.
    pub(super) fn scaled(&self, mut sighting: Sighting) -> Sighting {
        if self.purpose != Purpose::Shipped {
            sighting.severity = sighting.severity.lowered();
        }
        sighting
    }
}

impl Access {
    /// Whether it is about other machines: not the socket, not this machine.
    pub(super) fn is_remote(&self) -> bool {
        let address = self.address.as_str();
        let is_loopback = address.starts_with("127.")
            || address.starts_with("::1")
            || matches!(address, "localhost" | "samehost");
        self.kind != "local" && !is_loopback
    }
}

fn settings(text: &str) -> Option<Vec<Directive>> {
    let lines = directive::lines(text, &['#']);
    let settings: Vec<_> = lines
        .filter_map(|(line, at)| directive::assigned(line, at, Some('#')))
        .collect();
    let is_own = settings
        .iter()
        .any(|setting| OWN.contains(&setting.name.as_str()));
    is_own.then_some(settings)
}

fn access(text: &str) -> Option<Vec<Access>> {
    let kinds = [
        "local",
        "host",
        "hostssl",
        "hostnossl",
        "hostgssenc",
        "hostnogssenc",
    ];
    let lines = directive::lines(text, &['#']);
    let access: Vec<_> = lines
        .filter_map(|(line, at)| {
            let directive = directive::spaced(line, at, Some('#'))
                .filter(|line| kinds.contains(&line.name.as_str()))?;
            let mut values = directive
                .values
                .iter()
                .map(|word| word.text.to_ascii_lowercase())
                .skip(2);
            let address = if directive.name == "local" {
                String::new()
            } else {
                values.next()?
            };
            let mut method = values.next()?;
            // An address may have its mask in a column of its own.
            if method.parse::<std::net::IpAddr>().is_ok() {
                method = values.next()?;
            }
            Some(Access {
                kind: directive.name,
                address,
                method,
                line: directive.span,
            })
        })
        .collect();
    (!access.is_empty()).then_some(access)
}
