//! The format for GitLab: a secret detection report, as in version 15 of its schema of security reports.
//!
//! Such a report holds secrets and nothing else: findings about configuration are counted in its messages, and listed
//! in the Code Quality report. The schema requires timestamps, which would make every report different; all of them are
//! the one time that the caller passes, 1970-01-01 by default.

use std::collections::HashMap;
use std::io;

use serde::Serialize;
use serde_json::{Value, json};

use super::escape::escaped;
use super::{Document, Format, Options, excerpt, json, place, words};
use crate::model::{Category, Rule, RuleId, Severity, day};
use crate::redact::Shown;

/// The version of the schema; later versions of the same year accept it, too.
const SCHEMA: &str = "15.0.7";
/// The longest name that the schema allows.
const NAME: usize = 255;
/// The longest solution that the schema allows.
const SOLUTION: usize = 7_000;
/// What GitLab's own analyzer writes if it knows no commit.
const NO_COMMIT: &str = "0000000";

/// Writes the report.
#[derive(Debug)]
pub(super) struct Gitlab {
    options: Options,
}

impl Gitlab {
    /// Returns a writer for one report.
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Format for Gitlab {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let is_secret = |finding: &Shown| finding.category != Category::Configuration;
        let rules = document.rules.iter().rev();
        let rules: HashMap<&RuleId, &Rule> = rules.map(|rule| (&rule.id, rule)).collect();
        let vulnerabilities = json::Each(document.findings, |finding| {
            is_secret(finding).then(|| vulnerability(finding, rules.get(&finding.rule).copied()))
        });
        let coverage = document.coverage;
        let is_complete = !coverage.is_undecided() && !coverage.is_empty();
        let mut tool = json!({
            "id": env!("CARGO_PKG_NAME"),
            "name": env!("CARGO_PKG_NAME"),
            "vendor": { "name": env!("CARGO_PKG_NAME") },
            "version": env!("CARGO_PKG_VERSION"),
        });
        if let Some(home) = super::HOME {
            tool["url"] = json!(home);
        }
        let time = time(self.options.epoch);
        let scan = json!({
            "analyzer": tool,
            "scanner": tool,
            "type": "secret_detection",
            "start_time": time,
            "end_time": time,
            "status": if is_complete { "success" } else { "failure" },
            "messages": messages(document),
        });
        let report = Report {
            scan,
            version: SCHEMA,
            vulnerabilities,
        };
        json::write_pretty(&report, out)
    }
}

/// The whole report, in the order of its keys.
#[derive(Serialize)]
struct Report<V: Serialize> {
    scan: Value,
    version: &'static str,
    vulnerabilities: V,
}

/// Formats a time in UTC as the schema requires it.
fn time(epoch: u64) -> String {
    let (days, second) = (epoch / 86_400, epoch % 86_400);
    let (hour, minute) = (second / 3_600, second / 60 % 60);
    format!("{}T{hour:02}:{minute:02}:{:02}", day(days), second % 60)
}

/// Lists what the report does not hold, and what was not scanned.
fn messages(document: &Document<'_>) -> Vec<Value> {
    let mut messages = Vec::new();
    let mut say = |level: &str, text: &str| {
        messages.push(json!({ "level": level, "value": escaped(text) }));
    };
    let count = |findings: &[Shown], is_wanted: fn(&Shown) -> bool| {
        findings.iter().filter(|finding| is_wanted(finding)).count() as u64
    };
    let configuration = count(document.findings, |finding| {
        finding.category == Category::Configuration
    });
    if configuration > 0 {
        let findings = words::count(configuration, "finding");
        say(
            "info",
            &format!(
                "{findings} about configuration not included in this secret detection report: use the format \
                 `codequality`"
            ),
        );
    }
    let known = count(document.findings, |finding| finding.is_old);
    if known > 0 {
        let findings = words::count(known, "finding");
        say("info", &format!("{findings} existed before this change"));
    }
    let suppressed = document.suppressed.len() as u64;
    if suppressed > 0 {
        let findings = words::count(suppressed, "finding");
        say("info", &format!("{findings} suppressed and not included"));
    }
    if document.not_shown > 0 {
        let findings = words::count(document.not_shown, "finding");
        say(
            "info",
            &format!("{findings} below --min-severity and not included"),
        );
    }
    if document.coverage.is_empty() {
        say("fatal", "nothing was scanned");
    }
    for line in words::gap_lines(words::sorted_gaps(document.coverage), words::GAPS_OF_A_KIND) {
        say(
            "warn",
            &format!("not scanned: {}: {}", line.place, line.reason),
        );
    }
    messages
}

fn vulnerability(finding: &Shown, rule: Option<&Rule>) -> Value {
    let title = rule.map_or(finding.rule.as_str(), |rule| &rule.title);
    let mut value = json!({
        "id": finding.fingerprint,
        "name": cut(&escaped(title), NAME),
        "description": description(finding, rule),
        "severity": severity(finding.severity),
        "identifiers": identifiers(finding, rule),
        "location": location(finding),
        "details": details(finding),
    });
    if let Some(rule) = rule {
        value["solution"] = json!(cut(&escaped(finding.remedy(rule)), SOLUTION));
        let links = rule
            .references
            .iter()
            .filter(|at| at.starts_with("https://"));
        let links: Vec<_> = links.map(|at| json!({ "url": at })).collect();
        if !links.is_empty() {
            value["links"] = json!(links);
        }
    }
    value
}

fn description(finding: &Shown, rule: Option<&Rule>) -> String {
    let mut clauses = vec![finding.message.clone()];
    clauses.extend(words::new_rule(finding));
    clauses.extend(finding.history.iter().flat_map(words::history));
    clauses.extend(rule.map(|rule| rule.description.to_string()));
    let clauses: Vec<_> = clauses
        .iter()
        .map(|clause| escaped(clause).trim_end_matches('.').to_owned())
        .collect();
    clauses.join(". ") + "."
}

fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "Critical",
        Severity::High => "High",
        Severity::Medium => "Medium",
        Severity::Low => "Low",
        Severity::Info => "Info",
    }
}

fn identifiers(finding: &Shown, rule: Option<&Rule>) -> Vec<Value> {
    let id = finding.rule.as_str();
    let own = json!({
        "type": "gonogo_rule_id",
        "name": format!("gonogo rule {id}"),
        "value": id,
    });
    let tags = rule.iter().flat_map(|rule| rule.tags.iter());
    let weaknesses = tags.filter_map(|tag| {
        let number = tag.to_ascii_lowercase();
        let number: u32 = number.strip_prefix("cwe-")?.parse().ok()?;
        Some(json!({
            "type": "cwe",
            "name": format!("CWE-{number}"),
            "value": number.to_string(),
            "url": format!("https://cwe.mitre.org/data/definitions/{number}.html"),
        }))
    });
    std::iter::once(own).chain(weaknesses).collect()
}

/// Returns the location of a finding. The schema requires a commit; findings that are only in files have none.
fn location(finding: &Shown) -> Value {
    let history = finding.history.as_ref();
    let commit = match history.and_then(|history| history.first.as_ref()) {
        Some(commit) => json!({
            "sha": commit.id,
            "author": format!("{} <{}>", escaped(&commit.author), escaped(&commit.email)),
            "date": escaped(&commit.date),
        }),
        None => json!({ "sha": NO_COMMIT }),
    };
    let (start, end) = place::lines(finding);
    json!({
        "file": place::file(finding),
        "start_line": start,
        "end_line": end,
        "commit": commit,
    })
}

/// Returns what GitLab shows below the description.
fn details(finding: &Shown) -> Value {
    let text = |name: &str, value: &str| json!({ "name": name, "type": "text", "value": value });
    let mut details = json!({
        "confidence": text("Confidence", finding.confidence.as_str()),
        "fingerprint": text("Fingerprint", &finding.fingerprint.to_string()),
    });
    if let Some(shown) = excerpt::show(finding) {
        let code = excerpt::visible(&shown).text;
        details["excerpt"] = json!({ "name": "Excerpt", "type": "code", "value": code });
    }
    if let Some((label, facts)) = words::evidence(&finding.evidence) {
        details[label] = text(label, &escaped(&facts));
    }
    details
}

fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        None => text.to_owned(),
        Some(_) => text.chars().take(longest - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::FormatName;
    use crate::report::sample::{Sample, sample, written};

    fn report(sample: &Sample, options: Options) -> Value {
        let text = written(&sample.document(), FormatName::Gitlab, options);
        serde_json::from_str(&text).unwrap()
    }

    /// What version 15 of the schema requires of a report, for the parts that this one uses.
    fn schema() -> jsonschema::Validator {
        let text = json!({ "type": "string", "minLength": 1 });
        let tool = json!({
            "type": "object",
            "required": ["id", "name", "version", "vendor"],
            "properties": {
                "id": text, "name": text, "version": text,
                "url": { "type": "string", "pattern": "^https?://.+" },
                "vendor": { "type": "object", "required": ["name"], "properties": { "name": text } },
            },
        });
        let time = json!({ "type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$" });
        let named = |kind: &str| {
            json!({
                "required": ["name", "type", "value"],
                "properties": { "name": text, "type": { "const": kind }, "value": { "type": "string" } },
            })
        };
        let vulnerability = json!({
            "type": "object",
            "required": ["id", "identifiers", "location"],
            "properties": {
                "id": text,
                "name": { "type": "string", "maxLength": 255 },
                "description": { "type": "string", "maxLength": 1_048_576 },
                "severity": { "enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"] },
                "solution": { "type": "string", "maxLength": 7000 },
                "identifiers": { "type": "array", "minItems": 1, "items": {
                    "type": "object",
                    "required": ["type", "name", "value"],
                    "properties": {
                        "type": text, "name": text, "value": text,
                        "url": { "type": "string", "pattern": "^(https?|ftp)://.+" },
                    },
                } },
                "links": { "type": "array", "items": { "type": "object", "required": ["url"] } },
                "details": { "type": "object", "additionalProperties": { "oneOf": [named("text"), named("code")] } },
                "location": {
                    "type": "object",
                    "required": ["commit"],
                    "properties": {
                        "file": { "type": "string" },
                        "commit": { "type": "object", "required": ["sha"], "properties": {
                            "sha": text, "author": { "type": "string" }, "date": { "type": "string" },
                        } },
                        "start_line": { "type": "number" },
                        "end_line": { "type": "number" },
                    },
                },
            },
        });
        let schema = json!({
            "type": "object",
            "required": ["scan", "version", "vulnerabilities"],
            "properties": {
                "version": { "type": "string", "pattern": r"^[0-9]+\.[0-9]+\.[0-9]+$" },
                "scan": {
                    "type": "object",
                    "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
                    "properties": {
                        "analyzer": tool, "scanner": tool, "start_time": time, "end_time": time,
                        "status": { "enum": ["success", "failure"] },
                        "type": { "const": "secret_detection" },
                        "messages": { "type": "array", "items": {
                            "type": "object",
                            "required": ["level", "value"],
                            "properties": { "level": { "enum": ["info", "warn", "fatal"] }, "value": text },
                        } },
                    },
                },
                "vulnerabilities": { "type": "array", "items": vulnerability },
            },
        });
        jsonschema::validator_for(&schema).unwrap()
    }

    #[test]
    fn a_report_is_what_its_schema_says() {
        let mut sample = sample();
        sample.findings[0].rule = crate::model::RuleId::new("sample/unknown");
        for reveal in [false, true] {
            let options = Options {
                reveal,
                ..Options::default()
            };
            let report = report(&sample, options);
            let errors: Vec<_> = schema()
                .iter_errors(&report)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{errors:#?}");
        }
    }

    #[test]
    fn configuration_is_left_to_another_report_and_counted() {
        let report = report(&sample(), Options::default());
        let secrets = report["vulnerabilities"].as_array().unwrap();
        assert_eq!(secrets.len(), 9);
        let first = report["scan"]["messages"][0]["value"].as_str().unwrap();
        assert!(first.starts_with("2 findings about configuration not included in this"));
        assert_eq!(report["scan"]["status"], "failure");
    }

    #[test]
    fn its_time_is_the_one_that_it_is_told() {
        assert_eq!(time(0), "1970-01-01T00:00:00");
        assert_eq!(time(1_767_225_599), "2025-12-31T23:59:59");
    }
}
