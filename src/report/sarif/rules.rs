//! SARIF descriptors: what a viewer shows about a rule, or about a kind of gap.

use std::collections::BTreeMap;

use serde_json::json;

use super::format;
use crate::model::{GapKind, Rule, Severity};
use crate::report::words;

/// The longest full description that GitHub accepts.
const DESCRIPTION: usize = 1024;
/// How many tags GitHub keeps of a rule.
const TAGS: usize = 10;

/// Returns what a viewer shows about `rule`.
pub(super) fn rule(rule: &Rule) -> format::ReportingDescriptor {
    let help = format::MultiformatMessageString {
        markdown: Some(help_markdown(rule)),
        text: help_text(rule),
    };
    let reference = rule.references.iter().find(|at| at.starts_with("https://"));
    format::ReportingDescriptor {
        default_configuration: Some(format::ReportingConfiguration {
            level: super::level(rule.severity),
        }),
        full_description: Some(cut(&super::sentence(&rule.description)).into()),
        help: Some(help),
        help_uri: reference.map(ToString::to_string),
        id: rule.id.as_str().to_owned(),
        name: pascal_case(rule.id.as_str()),
        properties: Some(properties(rule)),
        short_description: Some(super::sentence(&rule.title).into()),
    }
}

/// Returns what a viewer shows about a kind of gap.
pub(super) fn notification(kind: GapKind) -> format::ReportingDescriptor {
    plain(notification_id(kind), kind.meaning())
}

/// The id of the notification that results were left out.
pub(super) const LIMIT: &str = "limit/results";

/// Returns what a viewer shows about [`LIMIT`].
pub(super) fn limit() -> format::ReportingDescriptor {
    plain(
        LIMIT.to_owned(),
        "There are more results than GitHub accepts.",
    )
}

/// Returns a descriptor that one sentence describes.
fn plain(id: String, text: &str) -> format::ReportingDescriptor {
    let text = || Some(text.to_owned().into());
    format::ReportingDescriptor {
        full_description: text(),
        help: text(),
        name: pascal_case(&id),
        id,
        short_description: text(),
        ..Default::default()
    }
}

/// Returns the id of the notification of a kind of gap.
pub(super) fn notification_id(kind: GapKind) -> String {
    format!("gap/{}", words::gap_kind(kind))
}

fn properties(rule: &Rule) -> format::PropertyBag {
    // GitHub ranks alerts by this score: above 9 is critical, from 7 high, from 4 medium, above 0 low.
    let score = match rule.severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.5",
    };
    format::PropertyBag {
        tags: Some(tags(rule)),
        other: BTreeMap::from([
            ("precision", json!(rule.confidence)),
            ("security-severity", json!(score)),
        ]),
    }
}

/// Returns `security`, without which GitHub ignores the severity, then weaknesses, then the rest.
fn tags(rule: &Rule) -> Vec<String> {
    let mut tags = vec!["security".to_owned()];
    let (cwe, other): (Vec<_>, Vec<_>) = rule
        .tags
        .iter()
        .map(|tag| tag.to_ascii_lowercase())
        .partition(|tag| tag.starts_with("cwe-"));
    let cwe = cwe.into_iter().map(|tag| format!("external/cwe/{tag}"));
    for tag in cwe.chain(other) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags.truncate(TAGS);
    tags
}

fn help_text(rule: &Rule) -> String {
    let mut lines = vec![&*rule.description, "", &*rule.remedy];
    lines.extend(rule.references.iter().map(AsRef::as_ref));
    lines.join("\n")
}

fn help_markdown(rule: &Rule) -> String {
    let remedy = format!("**How to fix:** {}", rule.remedy);
    let mut paragraphs = vec![rule.description.to_string(), remedy];
    let references = rule.references.iter().map(|at| format!("- <{at}>"));
    let references: Vec<_> = references.collect();
    if !references.is_empty() {
        paragraphs.push("**References**".to_owned());
        paragraphs.push(references.join("\n"));
    }
    paragraphs.join("\n\n")
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(DESCRIPTION) {
        None => text.to_owned(),
        Some(_) => text.chars().take(DESCRIPTION - 1).chain(['…']).collect(),
    }
}

/// `aws/access-key-id` as `AwsAccessKeyId`.
fn pascal_case(id: &str) -> String {
    let words = id.split(['/', '-', '_', '.']);
    words
        .flat_map(|word| {
            let mut chars = word.chars();
            let first = chars.next().map(|c| c.to_ascii_uppercase());
            first.into_iter().chain(chars)
        })
        .collect()
}
