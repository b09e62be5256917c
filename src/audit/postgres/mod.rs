//! Configuration of PostgreSQL: `postgresql.conf`, and `pg_hba.conf`, which says who may log in and how.

mod address;
mod checks;
mod conf;
mod hba;
mod reach;

use std::ops::Range;

use memchr::memmem;

use crate::model::{LineIndex, steps};

use super::check::{Card, Format};
use super::directive::Directive;
use super::included;
use super::project::resolve;
use super::purpose::Purpose;
use super::report::{Report, Sighting};
use super::{Outcome, Project, Source, purpose, started, template};

use conf::{Conf, Setting};
use hba::{Entry, Hba, Rule};

/// The format.
pub(super) struct Postgres;

/// A configuration file of PostgreSQL.
struct File {
    /// The settings that the server reads, in order: the last one counts.
    settings: Vec<Placed<Directive>>,
    /// Where this file itself sets how passwords are stored.
    encryption: Option<Range<usize>>,
    /// The lines that connections reach, in order.
    access: Vec<Placed<Rule>>,
    /// Whether new passwords are stored as MD5 sums.
    keeps_md5: bool,
    purpose: Purpose,
}

/// Something that the server reads, and where to report it in this file.
type Placed<T> = included::Placed<T>;

/// Why a file has no effect.
enum Refusal {
    /// It is not configuration of PostgreSQL.
    Foreign,
    /// The server does not load it, for a reason at a byte of this file.
    Invalid(usize, String),
    /// The server does not load it, for a reason in another file.
    Elsewhere,
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
        let name = name_of(path);
        is_conf(&name)
            && (name.contains("pg_hba")
                || name.contains("postgres")
                || memmem::find(text, b"shared_buffers").is_some())
    }

    fn is_certain(&self, path: &str, _text: &[u8]) -> bool {
        let name = name_of(path);
        name.contains("pg_hba") || name.contains("postgres")
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let text = source.text.as_str();
        let read = if is_access_file(&source.path) {
            access(source, project)
        } else {
            settings(source, project)
        };
        let is_template = template::has_mark(text, &['#']);
        let file = match read {
            Err(Refusal::Foreign) => return Outcome::NotConfiguration,
            _ if is_template => return Outcome::Template,
            Err(Refusal::Elsewhere) => return Outcome::Audited(Vec::new()),
            Err(Refusal::Invalid(byte, reason)) => {
                let place = LineIndex::new(text.as_bytes()).position(byte);
                return Outcome::Unparsable {
                    line: place.line,
                    column: place.column,
                    reason: format!("{reason}: PostgreSQL does not load the file"),
                };
            }
            Ok(file) => file,
        };
        let mut report = Report::new(project.policy(&source.path));
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        // Neither file contains passwords.
        Outcome::Audited(report.finish(&source.path, text, Vec::new))
    }
}

impl File {
    /// Returns the setting of a name that takes effect.
    fn effective(&self, name: &str) -> Option<&Placed<Directive>> {
        steps::look_at(self.settings.len());
        let mut settings = self.settings.iter().rev();
        settings.find(|setting| setting.item.name == name)
    }

    /// Returns the value of a setting.
    fn value(&self, name: &str) -> Option<&str> {
        self.effective(name).map(|setting| setting.item.value())
    }

    /// Returns the value of a setting that is reported in this file, and where.
    fn setting(&self, name: &str) -> Option<(&str, Range<usize>)> {
        let setting = self.effective(name)?;
        Some((setting.item.value(), setting.span.clone()?))
    }

    /// Returns the access lines that are reported in this file.
    fn access(&self) -> impl Iterator<Item = (&Rule, Range<usize>)> {
        let access = self.access.iter();
        access.filter_map(|line| Some((&line.item, line.span.clone()?)))
    }

    /// Lowers the severity of a sighting if only developers use the file.
    fn scaled(&self, mut sighting: Sighting) -> Sighting {
        if self.purpose != Purpose::Shipped {
            sighting.severity = sighting.severity.lowered();
        }
        sighting
    }
}

fn name_of(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase()
}

fn is_conf(name: &str) -> bool {
    name.ends_with(".conf") || name.contains(".conf.")
}

/// Whether a file is named like one that says who may log in.
fn is_access_file(path: &str) -> bool {
    let name = name_of(path);
    is_conf(&name) && name.contains("hba")
}

/// Whether a file is a settings file that is audited by itself.
fn is_settings_file(path: &str, text: &str) -> bool {
    let settings = || included::Syntax::read(&Conf, text).into_iter();
    let is_own = |line| match line {
        included::Line::Item(Setting::Set(setting), _) => OWN.contains(&setting.name.as_str()),
        _ => false,
    };
    Postgres.claims(path, text.as_bytes()) && !is_access_file(path) && settings().any(is_own)
}

/// Returns whether a line is a template, so that the server will read something else.
fn unfilled(line: &str) -> bool {
    let mut words = line.split(|c: char| c.is_whitespace() || matches!(c, '=' | '\''));
    line.contains('$')
        || line.contains("{{")
        || words.any(|word| {
            let is_between = |start: char, end: char| {
                word.len() > 2 && word.starts_with(start) && word.ends_with(end)
            };
            is_between('@', '@') || is_between('%', '%') || is_between('<', '>')
        })
}

/// Reads the settings of the server that uses the file at `path`.
fn read_settings(path: &str, text: &str, project: &Project<'_>) -> included::Reading<Setting> {
    let mut reading = included::read(&Conf, path, text, project);
    // What `ALTER SYSTEM` has set comes last.
    let auto = resolve(path, "postgresql.auto.conf").filter(|_| name_of(path) == "postgresql.conf");
    if let Some(text) = auto.and_then(|auto| project.read_text(&auto)) {
        let lines = included::Syntax::read(&Conf, &text).into_iter();
        reading.lines.extend(lines.filter_map(|line| match line {
            included::Line::Item(item, _) => Some(Placed { item, span: None }),
            included::Line::Include(_) => None,
        }));
    }
    // Options on the command line override all files.
    let started = started::options(path, project).into_iter();
    let lines = started.filter(|(name, _)| !name.contains('-'));
    let lines = lines.map(|(name, value)| format!("{name} = '{}'", value.replace('\'', "''")));
    let text = lines.collect::<Vec<_>>().join("\n");
    let lines = included::Syntax::read(&Conf, &text).into_iter();
    reading.lines.extend(lines.filter_map(|line| match line {
        included::Line::Item(item @ Setting::Set(_), _) => Some(Placed { item, span: None }),
        _ => None,
    }));
    reading
}

fn settings(source: &Source, project: &Project<'_>) -> Result<File, Refusal> {
    let reading = read_settings(&source.path, &source.text, project);
    let mut settings = Vec::new();
    let mut refusal = None;
    for line in reading.lines {
        match (line.item, line.span) {
            (Setting::Set(item), span) => settings.push(Placed { item, span }),
            (Setting::Invalid(own), Some(span)) if own == span => {
                let reason = "a line that is no setting".to_owned();
                refusal.get_or_insert(Refusal::Invalid(span.start, reason));
            }
            _ => refusal = refusal.or(Some(Refusal::Elsewhere)),
        }
    }
    let is_own = |setting: &Placed<Directive>| OWN.contains(&setting.item.name.as_str());
    if !reading.is_part && !settings.iter().any(is_own) {
        return Err(Refusal::Foreign);
    }
    refusal.map_or(Ok(()), Err)?;
    let encryption = settings.iter().rev();
    let encryption = encryption
        .map(|setting| &setting.item)
        .find(|setting| setting.name == "password_encryption")
        .filter(|setting| {
            // The range of a setting from an included file is a range in that file.
            let written = source.text.get(setting.span.clone()).unwrap_or_default();
            written.to_ascii_lowercase().starts_with(&setting.name)
        })
        .and_then(|setting| Some(setting.values.first()?.span.clone()));
    Ok(File {
        settings,
        encryption,
        access: Vec::new(),
        keeps_md5: false,
        purpose: purpose::of(&source.path, project.policy(&source.path)),
    })
}

fn access(source: &Source, project: &Project<'_>) -> Result<File, Refusal> {
    let reading = included::read(&Hba, &source.path, &source.text, project);
    let is_known = reading.is_part
        || hba::lines(&source.text)
            .iter()
            .any(hba::is_about_connections);
    if !is_known {
        return Err(Refusal::Foreign);
    }
    let beside = Beside::of(&source.path, project);
    let mut rules: Vec<Placed<Rule>> = Vec::new();
    let mut refusal = None;
    for line in reading.lines {
        match (line.item, line.span) {
            // Without TLS, there are no such connections.
            (Entry::Rule(rule), _) if rule.kinds == hba::TLS && beside.is_tls_off => {}
            (Entry::Rule(item), span) => rules.push(Placed { item, span }),
            (Entry::Invalid(invalid), Some(span)) if span.start == invalid.at => {
                refusal.get_or_insert(Refusal::Invalid(invalid.at, invalid.reason));
            }
            _ => refusal = refusal.or(Some(Refusal::Elsewhere)),
        }
    }
    refusal.map_or(Ok(()), Err)?;
    let reached = reach::reached(rules.iter().map(|line| &line.item));
    let access = rules.into_iter().zip(reached);
    Ok(File {
        settings: Vec::new(),
        encryption: None,
        access: access
            .filter_map(|(rule, is_reached)| is_reached.then_some(rule))
            .collect(),
        keeps_md5: beside.keeps_md5,
        purpose: purpose::of(&source.path, project.policy(&source.path)),
    })
}

/// What the settings next to a `pg_hba.conf` say.
#[derive(Default)]
struct Beside {
    is_tls_off: bool,
    keeps_md5: bool,
}

impl Beside {
    fn of(path: &str, project: &Project<'_>) -> Self {
        let conf = resolve(path, "postgresql.conf").filter(|conf| project.has(conf));
        let Some((conf, text)) = conf.and_then(|conf| {
            let text = project.read_text(&conf)?;
            Some((conf, text))
        }) else {
            return Self::default();
        };
        let reading = read_settings(&conf, &text, project);
        let value = |name: &str| {
            let mut lines = reading.lines.iter().rev();
            lines.find_map(|line| match &line.item {
                Setting::Set(setting) if setting.name == name => Some(setting.value()),
                _ => None,
            })
        };
        let is_tls_on = value("ssl").map(conf::boolean);
        Self {
            // TLS is off unless it is switched on.
            is_tls_off: is_tls_on.map_or(reading.is_whole, |is_on| is_on == Some(false)),
            keeps_md5: value("password_encryption")
                .is_some_and(|kind| kind.eq_ignore_ascii_case("md5")),
        }
    }
}
