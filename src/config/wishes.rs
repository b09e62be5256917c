//! The tables `paths`, `rules` and `report`, and the entries of `allow`: what happens to findings.

use crate::model::{Confidence, Fingerprint, GapKind, Severity, Version};
use crate::triage::{Allow, Globs, is_date, is_rule_pattern, line_pattern};

use super::reader::{Reader, Value};
use super::{Config, ConfigError, Placed};

/// The keys of `paths`.
pub(super) const PATHS: &[&str] = &["exclude", "include"];
/// The keys of `rules`.
pub(super) const RULES: &[&str] = &["off", "severity", "files", "as-of"];
/// The keys of `report`.
pub(super) const REPORT: &[&str] = &["fail-on", "min-confidence", "min-severity"];
/// The keys of an entry of `allow`.
pub(super) const ALLOW: &[&str] = &[
    "rule",
    "path",
    "fingerprint",
    "line",
    "gap",
    "reason",
    "until",
];

/// Describes a path pattern in errors.
const GLOB: &str = "a path pattern as in `.gitignore`, such as \"vendor/\" or \"docs/**/*.md\"";
/// Describes a rule in errors.
const RULE: &str = "a rule (\"generic/password\"), a family (\"compose/*\") or \"*\"";

/// Describes a gap in errors.
const GAP: &str = "a kind of gap as named in reports, such as \"not-audited\"";

/// Reads `paths`.
pub(super) fn paths(
    reader: &Reader<'_>,
    value: &Value<'_>,
    config: &mut Config,
) -> Result<(), ConfigError> {
    let table = reader.table("paths", value)?;
    for (key, value) in reader.entries(table, "paths", PATHS)? {
        let globs = reader.texts(key, value, GLOB, is_glob)?;
        match key {
            "exclude" => config.wishes.exclude = globs,
            _ => config.wishes.include = globs,
        }
    }
    Ok(())
}

/// Reads `rules`.
pub(super) fn rules(
    reader: &Reader<'_>,
    value: &Value<'_>,
    config: &mut Config,
) -> Result<(), ConfigError> {
    let table = reader.table("rules", value)?;
    for (key, value) in reader.entries(table, "rules", RULES)? {
        match key {
            "off" => {
                config.wishes.off = reader.texts(key, value, RULE, is_rule_pattern)?;
                config.rules.extend(reader.places(value));
            }
            "as-of" => {
                let version = reader.text(key, value)?.parse::<Version>();
                let wrong = |why| reader.error(value.span(), format!("`as-of`: {why}"));
                config.policy.as_of = Some(version.map_err(wrong)?);
            }
            "files" => {
                let what = "a file, relative to the directory of this one";
                config.rule_files = reader.texts(key, value, what, |text| !text.is_empty())?;
            }
            _ => severities(reader, value, config)?,
        }
    }
    Ok(())
}

fn severities(
    reader: &Reader<'_>,
    value: &Value<'_>,
    config: &mut Config,
) -> Result<(), ConfigError> {
    for (pattern, span, value) in reader.pairs("severity", value)? {
        if !is_rule_pattern(pattern) {
            let message = format!("`severity`: this must be {RULE}");
            return Err(reader.error(span, message));
        }
        config.rules.push(reader.placed(pattern, span));
        let severity = level(
            reader,
            "severity",
            value,
            "info, low, medium, high or critical",
        )?;
        config.wishes.severity.push((pattern.to_owned(), severity));
    }
    Ok(())
}

/// Reads `report`.
pub(super) fn report(
    reader: &Reader<'_>,
    value: &Value<'_>,
    config: &mut Config,
) -> Result<(), ConfigError> {
    const SEVERITIES: &str = "info, low, medium, high or critical";
    let table = reader.table("report", value)?;
    for (key, value) in reader.entries(table, "report", REPORT)? {
        match key {
            "fail-on" => config.fail_on = Some(level::<Severity>(reader, key, value, SEVERITIES)?),
            "min-severity" => {
                config.min_severity = Some(level::<Severity>(reader, key, value, SEVERITIES)?);
            }
            _ => {
                let confidence = level::<Confidence>(reader, key, value, "low, medium or high")?;
                config.min_confidence = Some(confidence);
            }
        }
    }
    Ok(())
}

fn level<L: std::str::FromStr>(
    reader: &Reader<'_>,
    key: &str,
    value: &Value<'_>,
    what: &str,
) -> Result<L, ConfigError> {
    let text = reader.text(key, value)?;
    text.parse()
        .map_err(|_| reader.error(value.span(), format!("`{key}` must be {what}")))
}

/// Reads the entries of `allow`.
pub(super) fn allow(
    reader: &Reader<'_>,
    value: &Value<'_>,
    config: &mut Config,
) -> Result<(), ConfigError> {
    for item in reader.tables("allow", value)? {
        let entry = entry(reader, item, config)?;
        config.wishes.allow.push(entry);
    }
    Ok(())
}

fn entry(reader: &Reader<'_>, item: &Value<'_>, config: &mut Config) -> Result<Allow, ConfigError> {
    let mut allow = Allow {
        line: reader.placed("", item.span()).line,
        ..Allow::default()
    };
    for (key, value) in reader.entries(reader.table("allow", item)?, "allow", ALLOW)? {
        match key {
            "rule" => {
                allow.rules = reader.one_or_more(key, value, RULE, is_rule_pattern)?;
                config.rules.extend(reader.places(value));
            }
            "path" => allow.paths = reader.one_or_more(key, value, GLOB, is_glob)?,
            "gap" => {
                let is_kind = |name: &str| GapKind::from_name(name).is_some();
                allow.gaps = reader.one_or_more(key, value, GAP, is_kind)?;
            }
            "reason" => {
                reader
                    .text(key, value)?
                    .trim()
                    .clone_into(&mut allow.reason);
            }
            "fingerprint" => {
                let parsed = reader.text(key, value)?.parse::<Fingerprint>();
                let parsed = parsed.map_err(|why| reader.error(value.span(), why.to_string()))?;
                allow.fingerprint = Some(parsed);
            }
            "line" => {
                let text = reader.text(key, value)?;
                let wrong =
                    |why| reader.error(value.span(), format!("`line` must be a pattern: {why}"));
                line_pattern(text).map_err(wrong)?;
                allow.line_pattern = Some(text.to_owned());
            }
            _ => {
                let text = reader.text(key, value)?;
                if !is_date(text) {
                    let message = "`until` must be a date such as \"2027-01-31\"".to_owned();
                    return Err(reader.error(value.span(), message));
                }
                allow.until = Some(text.to_owned());
            }
        }
    }
    let says_what = !allow.rules.is_empty()
        || !allow.paths.is_empty()
        || allow.fingerprint.is_some()
        || allow.line_pattern.is_some()
        || !allow.gaps.is_empty();
    let is_of_findings =
        !allow.rules.is_empty() || allow.fingerprint.is_some() || allow.line_pattern.is_some();
    if is_of_findings && !allow.gaps.is_empty() {
        let message = "an `allow` entry with a `gap` may only have a `path` as well: write a separate entry for \
                       findings"
            .to_owned();
        return Err(reader.error(item.span(), message));
    }
    if allow.reason.is_empty() {
        let message = "an `allow` entry needs a `reason`".to_owned();
        return Err(reader.error(item.span(), message));
    }
    if !says_what {
        let message =
            "an `allow` entry needs a `rule`, a `path`, a `fingerprint`, a `line` or a `gap`"
                .to_owned();
        return Err(reader.error(item.span(), message));
    }
    Ok(allow)
}

fn is_glob(text: &str) -> bool {
    Globs::new([text]).is_ok()
}

impl Placed {
    /// Pairs a string of the file with its position.
    pub(super) fn new(text: &str, line: u32, column: u32) -> Self {
        Self {
            text: text.to_owned(),
            line,
            column,
        }
    }
}
