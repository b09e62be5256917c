//! SARIF descriptors: what a viewer shows of a rule, and of a reason for which something was not scanned.

use std::collections::BTreeMap;

use serde_json::json;
use serde_sarif::sarif as format;

use crate::model::{GapKind, Rule, Severity};
use crate::report::words;

/// How long GitHub lets a full description be.
const DESCRIPTION: usize = 1024;
/// How many tags GitHub keeps of a rule.
const TAGS: usize = 10;

/// What a viewer shows of `rule`.
pub(super) fn rule(rule: &Rule) -> format::ReportingDescriptor {
    let level = match rule.severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    };
    let help = format::MultiformatMessageString::builder()
        .text(help_text(rule))
        .markdown(help_markdown(rule))
        .build();
    let mut descriptor = format::ReportingDescriptor::builder()
        .id(rule.id.as_str())
        .name(pascal_case(rule.id.as_str()))
        .short_description(&super::sentence(&rule.title))
        .full_description(&cut(&super::sentence(&rule.description)))
        .help(help)
        .default_configuration(
            format::ReportingConfiguration::builder()
                .level(json!(level))
                .build(),
        )
        .properties(properties(rule))
        .build();
    let reference = rule.references.iter().find(|at| at.starts_with("https://"));
    descriptor.help_uri = reference.map(ToString::to_string);
    descriptor
}

/// What a viewer shows of a reason for which something was not scanned.
pub(super) fn notification(kind: GapKind) -> format::ReportingDescriptor {
    let text = kind.meaning();
    let id = notification_id(kind);
    format::ReportingDescriptor::builder()
        .name(pascal_case(&id))
        .id(id)
        .short_description(&text.to_owned())
        .full_description(&text.to_owned())
        .help(&text.to_owned())
        .build()
}

/// The id of the reason for which results are left out.
pub(super) const LIMIT: &str = "limit/results";

/// What a viewer shows of it.
pub(super) fn limit() -> format::ReportingDescriptor {
    let text = "There are more results than GitHub takes.".to_owned();
    format::ReportingDescriptor::builder()
        .id(LIMIT)
        .name(pascal_case(LIMIT))
        .short_description(&text)
        .full_description(&text)
        .help(&text)
        .build()
}

/// The id of a reason for which something was not scanned.
pub(super) fn notification_id(kind: GapKind) -> String {
    format!("gap/{}", words::gap_kind(kind))
}

fn properties(rule: &Rule) -> format::PropertyBag {
    // GitHub sorts alerts by these numbers: above 9 is critical, from 7 high, from 4 medium, above 0 low.
    let score = match rule.severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.5",
        Severity::Low => "2.0",
        Severity::Info => "0.5",
    };
    format::PropertyBag::builder()
        .tags(tags(rule))
        .additional_properties(BTreeMap::from([
            ("precision".to_owned(), json!(rule.confidence)),
            ("security-severity".to_owned(), json!(score)),
        ]))
        .build()
}

/// `security`, without which GitHub ignores the severity, then weaknesses, then the rest.
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
    let remedy = format!("**What to do:** {}", rule.remedy);
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
