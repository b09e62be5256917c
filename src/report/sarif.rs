//! The format for code scanning: SARIF 2.1.0, in the subset that GitHub reads, valid for every other reader.
//!
//! Findings in files and findings that are only in the git history go into two runs with two categories. Code scanning
//! compares a run with the last one of its category: with one run for both, a scan without history would close every
//! alert about history. Results beyond what GitHub keeps per run go into additional runs.

mod format;
mod limits;
mod location;
mod rules;

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use serde_json::{Value, json};

use super::escape::escaped;
use super::{Document, Format, Options, json, place, words};
use crate::model::{
    Category, Fingerprint, Gap, Origin, Related, Rule, Severity, Suppression, SuppressionKind,
};
use crate::redact::Shown;

/// The URL at which validators look for the schema.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
/// The name of the scanned root in locations. Only the reader knows which directory it is.
const ROOT: &str = "%SRCROOT%";
/// How many gaps of one kind get a notification of their own.
const GAPS_OF_A_KIND: usize = 100;

/// Writes one log.
#[derive(Debug)]
pub(super) struct Sarif;

impl Sarif {
    /// Returns a writer for one report.
    pub(super) fn new(_: Options) -> Self {
        Self
    }
}

impl Format for Sarif {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let write = |parts: &[Part<'_>], out: &mut dyn io::Write| {
            let runs = parts.iter().map(|part| run(part, document));
            let log = format::Log {
                schema: SCHEMA,
                runs: runs.collect(),
                version: "2.1.0",
            };
            json::write_pretty(&log, out)
        };
        let parts = limits::split(parts(document));
        limits::write_fitting(parts, limits::COMPRESSED, out, write)
    }
}

/// The contents of one run.
struct Part<'a> {
    category: String,
    findings: Vec<&'a Shown>,
    gaps: Vec<&'a Gap>,
    /// How many results are left out because GitHub would not take them.
    left_out: usize,
}

/// Sorts findings and gaps into runs; leaves out a run if nothing was scanned for it and it has no findings.
fn parts<'a>(document: &Document<'a>) -> Vec<Part<'a>> {
    let coverage = document.coverage;
    let (past, present): (Vec<_>, Vec<_>) = document
        .findings
        .iter()
        .chain(document.suppressed)
        .partition(|finding| finding.origin.is_history());
    let (past_gaps, present_gaps): (Vec<_>, Vec<_>) = words::sorted_gaps(coverage)
        .into_iter()
        .partition(|gap| gap.kind.is_of_history());
    // A change says nothing about the files that it does not touch, so it must not replace the results of a whole scan.
    let (of_history, of_worktree) = if document.is_change {
        ("gonogo/commits/", "gonogo/change/")
    } else {
        ("gonogo/history/", "gonogo/worktree/")
    };
    let history = Part {
        category: of_history.to_owned(),
        findings: past,
        gaps: past_gaps,
        left_out: 0,
    };
    let mut worktree = Part {
        category: of_worktree.to_owned(),
        findings: present,
        gaps: present_gaps,
        left_out: 0,
    };
    let git_scanned = coverage.blobs + coverage.commits + coverage.tags > 0;
    let files_scanned = coverage.files + coverage.audited > 0;
    if !git_scanned && history.findings.is_empty() {
        worktree.gaps.extend(history.gaps);
        return vec![worktree];
    }
    if !files_scanned && worktree.findings.is_empty() {
        let mut history = history;
        history.gaps.extend(worktree.gaps);
        return vec![history];
    }
    vec![worktree, history]
}

fn run(part: &Part<'_>, document: &Document<'_>) -> format::Run {
    let found: BTreeSet<_> = part
        .findings
        .iter()
        .flat_map(|finding| finding.rules())
        .collect();
    let rules = document.rules_where(|id| found.contains(id));
    let mut all = document.findings.iter().chain(document.suppressed);
    let is_compared = document.is_change || all.any(|finding| finding.is_old);
    let results: Vec<_> = part
        .findings
        .iter()
        .map(|finding| result(finding, &rules, is_compared))
        .collect();
    let root = format::ArtifactLocation {
        description: Some("The root of what was scanned.".to_owned().into()),
        ..Default::default()
    };
    format::Run {
        automation_details: Some(format::RunAutomationDetails {
            id: part.category.clone(),
        }),
        column_kind: "unicodeCodePoints",
        invocations: vec![invocation(part, document)],
        original_uri_base_ids: BTreeMap::from([(ROOT, root)]),
        results,
        tool: Some(tool(&rules, part)),
        version_control_provenance: provenance(document),
    }
}

fn tool(rules: &[&Rule], part: &Part<'_>) -> format::Tool {
    let kinds: BTreeSet<_> = part.gaps.iter().map(|gap| gap.kind).collect();
    let limit = (part.left_out > 0).then(rules::limit);
    let driver = format::ToolComponent {
        information_uri: super::HOME,
        name: env!("CARGO_PKG_NAME"),
        notifications: kinds
            .into_iter()
            .map(rules::notification)
            .chain(limit)
            .collect(),
        rules: rules.iter().map(|rule| rules::rule(rule)).collect(),
        semantic_version: env!("CARGO_PKG_VERSION"),
        version: env!("CARGO_PKG_VERSION"),
    };
    format::Tool { driver }
}

/// Reports what could not be scanned. The exit code does so too, but code scanning never sees it.
fn invocation(part: &Part<'_>, document: &Document<'_>) -> format::Invocation {
    let lines = words::gap_lines(part.gaps.iter().copied(), GAPS_OF_A_KIND);
    let mut notifications: Vec<_> = lines.iter().map(notification).collect();
    if part.left_out > 0 {
        let left_out = words::count(part.left_out as u64, "result");
        let text = format!(
            "The least severe {left_out} of this category are omitted: GitHub accepts {} results per run, {} \
             runs and ten megabytes per file. Other formats contain all of them.",
            limits::RESULTS,
            limits::RUNS
        );
        notifications.push(format::Notification {
            descriptor: Some(descriptor(rules::LIMIT.to_owned())),
            level: "warning",
            message: text.into(),
        });
    }
    let nothing = document.coverage.is_empty();
    if nothing {
        notifications.push(format::Notification {
            descriptor: None,
            level: "error",
            message: "Nothing was scanned.".to_owned().into(),
        });
    }
    notifications.extend(document.coverage.settings.iter().map(|file| {
        let text = sentence(&format!("The settings of {file} were applied"));
        format::Notification {
            descriptor: None,
            level: "note",
            message: text.into(),
        }
    }));
    let complete = !nothing && !part.gaps.iter().any(|gap| gap.is_undecided());
    format::Invocation {
        execution_successful: complete,
        tool_execution_notifications: notifications,
    }
}

fn notification(gap: &words::GapLine) -> format::Notification {
    let level = if gap.is_undecided { "error" } else { "warning" };
    let text = sentence(&format!("{}: {}", gap.place, gap.reason));
    format::Notification {
        descriptor: Some(descriptor(rules::notification_id(gap.kind))),
        level,
        message: text.into(),
    }
}

/// Refers to the descriptor of a notification.
fn descriptor(id: String) -> format::ReportingDescriptorReference {
    format::ReportingDescriptorReference { id }
}

/// Returns how a result compares with an earlier state; `None` if nothing was compared.
fn baseline_state(finding: &Shown, is_compared: bool) -> Option<&'static str> {
    is_compared.then_some(if finding.is_old { "unchanged" } else { "new" })
}

/// Returns the repositories that the scanned files belong to.
fn provenance(document: &Document<'_>) -> Option<Vec<format::VersionControlDetails>> {
    let details = document.provenance.iter().filter_map(|it| {
        let root = format::ArtifactLocation {
            uri_base_id: Some(ROOT),
            ..Default::default()
        };
        Some(format::VersionControlDetails {
            branch: it.branch.as_deref().map(|name| escaped(name).into_owned()),
            mapped_to: it.is_root.then_some(root),
            repository_uri: it.repository.clone()?,
            revision_id: it.revision.clone(),
        })
    });
    let details: Vec<_> = details.collect();
    (!details.is_empty()).then_some(details)
}

fn result(finding: &Shown, rules: &[&Rule], is_compared: bool) -> format::Finding {
    let related: Vec<_> = related(finding)
        .iter()
        .zip(1..)
        .map(|(related, id)| location::related(related, id))
        .collect();
    let suppression = finding.suppression.as_ref();
    format::Finding {
        baseline_state: baseline_state(finding, is_compared),
        fixes: (!finding.fixes.is_empty()).then(|| location::fixes(finding)),
        level: if finding.is_held_back() {
            level(finding.severity.min(Severity::Medium))
        } else {
            level(finding.severity)
        },
        locations: vec![location::primary(finding)],
        message: message(finding).into(),
        partial_fingerprints: fingerprints(finding),
        properties: Some(properties(finding)),
        related_locations: (!related.is_empty()).then_some(related),
        rule_id: finding.rule.as_str().to_owned(),
        rule_index: rules
            .binary_search_by(|rule| rule.id.cmp(&finding.rule))
            .ok(),
        suppressions: suppression.map(|suppression| vec![self::suppression(suppression)]),
    }
}

fn suppression(suppression: &Suppression) -> format::Suppression {
    let kind = match suppression.kind {
        SuppressionKind::InSource => "inSource",
        SuppressionKind::External => "external",
    };
    let by = escaped(&suppression.by);
    let reason = match suppression.reason.as_str() {
        "" => by.into_owned(),
        reason => format!("{by}: {}", escaped(reason)),
    };
    format::Suppression {
        justification: reason,
        kind,
    }
}

/// Returns what identifies a finding. Code scanning computes its own fingerprint from the file, and uses a given one
/// only if the checkout has no such file.
fn fingerprints(finding: &Shown) -> BTreeMap<&'static str, String> {
    let mut known = BTreeMap::from([
        ("gonogo/v1", finding.former_fingerprint.to_string()),
        ("gonogo/v2", finding.fingerprint.to_string()),
    ]);
    if finding.origin.is_history() {
        let Fingerprint { group, occurrence } = finding.fingerprint;
        let group = Fingerprint {
            group,
            occurrence: 1,
        };
        let line = format!("{group}:{occurrence}");
        known.insert("primaryLocationLineHash", line);
    }
    known
}

/// Returns the SARIF level of a severity.
fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low | Severity::Info => "note",
    }
}

/// Returns what was found, its state in git, and links to related places: GitHub shows only those that are linked.
fn message(finding: &Shown) -> String {
    let mut text = vec![sentence(&finding.message)];
    let within = finding.location.within();
    text.extend(within.map(|within| sentence(&format!("It is in {within}"))));
    text.extend(words::new_rule(finding).map(|why| sentence(&format!("It is {why}"))));
    if let Some(history) = &finding.history {
        if let Some(commit) = &history.first {
            let (id, date) = (place::short(&commit.id), &commit.date);
            text.push(sentence(&format!("Added in commit {id} on {date}")));
        }
        let state = words::presence(history.presence);
        text.push(sentence(&format!("It is {state}")));
    }
    let kept = related(finding);
    let more = finding.related.len() - kept.len();
    let related = kept.iter().zip(1..);
    let links: Vec<_> = related
        .map(|(related, id)| {
            let text = escaped(&related.message)
                .replace('[', "\\[")
                .replace(']', "\\]");
            format!("[{text}]({id})")
        })
        .collect();
    if !links.is_empty() {
        let more = match more {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        text.push(format!("See {}{more}.", links.join(", ")));
    }
    text.join(" ")
}

/// Returns the related places of a finding, as many as GitHub keeps.
fn related(finding: &Shown) -> &[Related] {
    let most = finding.related.len().min(limits::LOCATIONS - 1);
    &finding.related[..most]
}

/// Returns `text` as a sentence in which scanned text can neither add a link nor hide.
fn sentence(text: &str) -> String {
    let mut text = escaped(text).replace("](", "] (");
    if !text.ends_with(['.', '!', '?']) {
        text.push('.');
    }
    text
}

/// Returns what SARIF has no property for.
fn properties(finding: &Shown) -> format::PropertyBag {
    let mut bag = BTreeMap::new();
    let mut put = |name: &'static str, value: Value| bag.insert(name, value);
    put("severity", json!(finding.severity));
    put("confidence", json!(finding.confidence));
    put("category", json!(finding.category));
    if !finding.remedies.is_empty() {
        let texts = finding
            .remedies
            .iter()
            .map(|remedy| (remedy.rule.to_string(), json!(remedy.text)));
        put("remedies", texts.collect::<serde_json::Map<_, _>>().into());
    }
    if !finding.covers.is_empty() {
        put("covers", json!(finding.covers));
    }
    if let Some(since) = finding.since.filter(|_| finding.new_rule.is_some()) {
        let held_back = finding.is_held_back();
        put("newRule", json!({ "since": since, "heldBack": held_back }));
    }
    if !finding.decoded.is_empty() {
        put("decoded", json!(finding.decoded));
    }
    if finding.category != Category::Configuration {
        put("proof", json!(finding.evidence.proof));
        let facts = finding.evidence.facts.iter();
        let facts = facts.map(|fact| json!({ "name": fact.name, "value": fact.value }));
        let facts: Vec<_> = facts.collect();
        put("facts", json!(facts));
    }
    if let Origin::Blob(id) | Origin::CommitMessage(id) | Origin::TagMessage(id) = &finding.origin {
        put("object", json!(id));
    }
    if let Some(history) = &finding.history {
        put("presence", json!(history.presence));
        if finding.is_local {
            put("local", json!(true));
        }
        put("blobs", json!(history.blobs));
        if let Some(commit) = &history.first {
            put("commit", json!(commit.id));
            put("author", json!(commit.author));
            put("email", json!(commit.email));
            put("date", json!(commit.date));
        }
        if let Some(path) = &history.first_path {
            put("firstPath", json!(path));
        }
    }
    format::PropertyBag {
        tags: None,
        other: bag,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::sample;

    #[test]
    fn what_is_left_out_is_told() {
        let sample = sample();
        let mut part = parts(&sample.document()).swap_remove(0);
        let told = |part: &Part<'_>| {
            let run = run(part, &sample.document());
            serde_json::to_string(&run).unwrap()
        };
        assert!(!told(&part).contains("limit/results"));
        part.left_out = 1_234;
        let told = told(&part);
        assert_eq!(told.matches("\"limit/results\"").count(), 2);
        assert!(told.contains("The least severe 1,234 results of this category are omitted"));
    }
}
