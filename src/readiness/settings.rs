//! `readiness.toml`: what belongs to the system, which targets it must meet, and who may make which statements.

use std::collections::BTreeMap;

use crate::config::{ConfigError, Reader, Value};

use super::amount::{Span, bytes, day_number, percent};
use super::standard::{ROLES, Standard};

/// The name of the file.
pub const FILE_NAME: &str = "readiness.toml";

/// The contents of `readiness.toml`.
#[derive(Debug, Clone, Default)]
pub struct Settings {
    /// The name of the system.
    pub name: Option<String>,
    /// The environment it runs in: `Production`.
    pub environment: Option<String>,
    /// Repositories that belong to it, as paths relative to the file; if empty, the one that contains the file.
    pub repositories: Vec<String>,
    /// Images that belong to it.
    pub images: Vec<String>,
    /// Files with additional standards, as paths relative to the file.
    pub standards: Vec<String>,
    /// Whether the repositories are the complete system, so that what they do not show does not exist.
    pub is_complete: bool,
    /// The day of the next review, as `2026-12-31`.
    pub next_review: Option<String>,
    /// The targets it must meet.
    pub target: Target,
    /// The reasons why items do not apply, by item id.
    pub not_applicable: BTreeMap<String, String>,
    /// The roles of each person who may make statements, by name; if empty, anyone may.
    pub signers: BTreeMap<String, Vec<String>>,
}

/// The targets that a system must meet. Nothing is assumed about a target that is not stated.
#[derive(Debug, Clone, Copy, Default)]
pub struct Target {
    /// Concurrent users.
    pub users: Option<usize>,
    /// Requests per minute.
    pub requests_per_minute: Option<usize>,
    /// Availability, in millionths.
    pub availability: Option<u32>,
    /// The response time within which 95 % of requests must be answered.
    pub latency: Option<Span>,
    /// The recovery point objective: how much data may be lost, as a span of time.
    pub rpo: Option<Span>,
    /// The recovery time objective: how long recovery may take.
    pub rto: Option<Span>,
    /// The memory of the machine, in bytes.
    pub memory: Option<u64>,
    /// How long backups must be kept.
    pub retention: Option<Span>,
}

impl Target {
    /// Returns whether a number of users or an availability is stated.
    pub fn is_stated(&self) -> bool {
        self.users.is_some() || self.availability.is_some()
    }
}

impl Settings {
    /// Parses `text`, the content of `file`.
    ///
    /// # Errors
    ///
    /// A key is unknown, or a value is invalid.
    pub fn parse(file: &str, text: &str) -> Result<Self, ConfigError> {
        let reader = Reader::new(file, text);
        let root = reader.document()?;
        let mut settings = Self::default();
        let known = &["system", "target", "not-applicable", "signers"];
        for (key, value) in reader.entries(&root, "", known)? {
            match key {
                "system" => settings.system(&reader, value)?,
                "target" => settings.target = target(&reader, value)?,
                "signers" => settings.signers = signers(&reader, value)?,
                _ => settings.not_applicable = not_applicable(&reader, value)?,
            }
        }
        Ok(settings)
    }

    fn system(&mut self, reader: &Reader<'_>, value: &Value<'_>) -> Result<(), ConfigError> {
        let known = &[
            "name",
            "environment",
            "repositories",
            "images",
            "standards",
            "complete",
            "next-review",
        ];
        let table = reader.table("system", value)?;
        let is_path = |text: &str| !text.trim().is_empty();
        for (key, value) in reader.entries(table, "system", known)? {
            match key {
                "name" => self.name = Some(reader.text(key, value)?.to_owned()),
                "environment" => self.environment = Some(reader.text(key, value)?.to_owned()),
                "repositories" => {
                    self.repositories = reader.texts(key, value, "a path", is_path)?;
                }
                "images" => self.images = reader.texts(key, value, "an image", is_path)?,
                "standards" => self.standards = reader.texts(key, value, "a path", is_path)?,
                "complete" => self.is_complete = reader.truth(key, value)?,
                _ => self.next_review = Some(date(reader, key, value)?),
            }
        }
        Ok(())
    }

    /// Checks that the standard has every item that the settings name.
    ///
    /// # Errors
    ///
    /// An item is unknown; the error names the first.
    pub fn check(&self, file: &str, standard: &Standard) -> Result<(), ConfigError> {
        let mut named = self.not_applicable.keys();
        match named.find(|id| standard.item(id).is_none()) {
            None => Ok(()),
            Some(id) => Err(ConfigError {
                file: file.to_owned(),
                line: 1,
                column: 1,
                message: standard.unknown_item(id),
            }),
        }
    }
}

fn date(reader: &Reader<'_>, key: &str, value: &Value<'_>) -> Result<String, ConfigError> {
    let text = reader.text(key, value)?;
    if day_number(text).is_some() {
        return Ok(text.to_owned());
    }
    let message = format!("`{key}` must be a day, written `2026-12-31`");
    Err(reader.error(value.span(), message))
}

fn target(reader: &Reader<'_>, value: &Value<'_>) -> Result<Target, ConfigError> {
    let known = &[
        "users",
        "requests-per-minute",
        "availability",
        "latency",
        "rpo",
        "rto",
        "memory",
        "backup-retention",
    ];
    let table = reader.table("target", value)?;
    let mut target = Target::default();
    let count = 1..1_000_000_001;
    for (key, value) in reader.entries(table, "target", known)? {
        match key {
            "users" => target.users = Some(reader.number(key, value, count.clone())?),
            "requests-per-minute" => {
                target.requests_per_minute = Some(reader.number(key, value, count.clone())?);
            }
            "availability" => {
                target.availability = Some(measured(reader, (key, value), "`99.9%`", percent)?);
            }
            "memory" => target.memory = Some(measured(reader, (key, value), "`8GB`", bytes)?),
            _ => {
                let span = measured(reader, (key, value), "`200ms` or `4h`", Span::parse)?;
                match key {
                    "latency" => target.latency = Some(span),
                    "rpo" => target.rpo = Some(span),
                    "rto" => target.rto = Some(span),
                    _ => target.retention = Some(span),
                }
            }
        }
    }
    Ok(target)
}

fn measured<T>(
    reader: &Reader<'_>,
    (key, value): (&str, &Value<'_>),
    like: &str,
    parse: impl Fn(&str) -> Option<T>,
) -> Result<T, ConfigError> {
    let text = reader.text(key, value)?;
    parse(text).ok_or_else(|| {
        let message = format!("`{key}` must be written like {like}");
        reader.error(value.span(), message)
    })
}

fn not_applicable(
    reader: &Reader<'_>,
    value: &Value<'_>,
) -> Result<BTreeMap<String, String>, ConfigError> {
    let mut all = BTreeMap::new();
    for value in reader.tables("not-applicable", value)? {
        let table = reader.table("not-applicable", value)?;
        let (mut item, mut reason) = (None, None);
        for (key, value) in reader.entries(table, "not-applicable", &["item", "reason"])? {
            let text = reader.text(key, value)?.trim().to_owned();
            match key {
                "item" => item = Some(text),
                _ => reason = Some(text),
            }
        }
        let reason = reason.filter(|reason| !reason.is_empty());
        let (Some(item), Some(reason)) = (item, reason) else {
            let message = "`not-applicable` needs an `item` and a `reason`".to_owned();
            return Err(reader.error(value.span(), message));
        };
        all.insert(item, reason);
    }
    Ok(all)
}

fn signers(
    reader: &Reader<'_>,
    value: &Value<'_>,
) -> Result<BTreeMap<String, Vec<String>>, ConfigError> {
    let mut all = BTreeMap::new();
    for (principal, span, value) in reader.pairs("signers", value)? {
        let any = |_: &str| true;
        let roles = reader.one_or_more(principal, value, "a role", any)?;
        if let Some(role) = roles.iter().find(|role| !ROLES.contains(&role.as_str())) {
            return Err(reader.error(value.span(), unknown_role(role)));
        }
        if principal.trim().is_empty() {
            return Err(reader.error(span, "a signer needs a name".to_owned()));
        }
        all.insert(principal.to_owned(), roles);
    }
    Ok(all)
}

/// Returns a one-line message that `role` is unknown, with the role that was probably meant.
pub fn unknown_role(role: &str) -> String {
    let shown: String = role.chars().take(40).collect();
    let likeness = |known: &str| strsim::jaro_winkler(&shown.to_ascii_lowercase(), known);
    let near = ROLES
        .iter()
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .filter(|known| likeness(known) > 0.8);
    match near {
        Some(known) => format!("there is no role `{shown}`: did you mean `{known}`?"),
        None => format!("there is no role `{shown}`: there is {}", ROLES.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Settings::parse("readiness.toml", text)
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn settings_are_read() {
        let text = "[system]\nname = \"A\"\ncomplete = true\n[target]\nusers = 100\nrpo = \"1h\"\navailability = \"99.5%\"\n\
            [[not-applicable]]\nitem = \"D6\"\nreason = \"no cache\"\n[signers]\n\"ann@example.org\" = [\"qa\"]\n";
        let settings = Settings::parse("readiness.toml", text).unwrap();
        assert_eq!(settings.target.users, Some(100));
        assert_eq!(settings.target.rpo, Some(Span::hours(1)));
        assert!(settings.is_complete && settings.target.is_stated());
        assert_eq!(settings.not_applicable["D6"], "no cache");
        assert_eq!(settings.signers["ann@example.org"], ["qa"]);
    }

    #[test]
    fn a_mistake_is_one_clear_line() {
        let check = |text: &str, expected: &str| assert_eq!(error(text), expected, "{text}");
        check(
            "[system]\ncomplet = true\n",
            "readiness.toml:2:1: `system` has no key `complet`: did you mean `complete`?",
        );
        check(
            "[target]\nrpo = \"soon\"\n",
            "readiness.toml:2:7: `rpo` must be written like `200ms` or `4h`",
        );
        check(
            "[[not-applicable]]\nitem = \"D6\"\n",
            "readiness.toml:1:1: `not-applicable` needs an `item` and a `reason`",
        );
        check(
            "[signers]\nann = \"securty\"\n",
            "readiness.toml:2:7: there is no role `securty`: did you mean `security`?",
        );
        check(
            "[system]\nnext-review = \"2026-02-30\"\n",
            "readiness.toml:2:15: `next-review` must be a day, written `2026-12-31`",
        );
    }

    #[test]
    fn an_item_that_there_is_not_is_refused() {
        let text = "[[not-applicable]]\nitem = \"D66\"\nreason = \"x\"\n";
        let settings = Settings::parse("readiness.toml", text).unwrap();
        let standard = Standard::built_in().unwrap();
        let error = settings.check("readiness.toml", &standard).unwrap_err();
        assert!(error.to_string().contains("did you mean `D6`"), "{error}");
    }
}
