//! SARIF 2.1.0 for one repository, with what the store adds to findings: state, owner, decisions.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::estate::{Estate, Finding, Standing};
use super::repository::{COVERED, IN_PART, Repository};
use crate::store::{GapRow, hex};

/// How many gaps a file names at most.
const MOST_GAPS: usize = 100;

/// Returns the file name for a repository: its label, as far as file names allow it, and a few digits that make it
/// unique.
pub(super) fn file_name(repository: &Repository) -> String {
    let row = &repository.row;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let label: String = row
        .label
        .chars()
        .map(|c| if is_plain(c) { c } else { '_' })
        .take(100)
        .collect();
    let digest = Sha256::digest(format!("{}/{}", row.host, row.provider_id));
    let label = label.trim_start_matches('.');
    format!("{label}-{}.sarif", hex(&digest[..4]))
}

/// What built-in rules are called, and what to do about what they find, by their ids.
pub(super) type Names = BTreeMap<String, (String, String)>;

/// Returns a rule; of one from a file, only the id is known.
fn rule(id: &str, names: &Names) -> Value {
    let mut rule = json!({ "id": id });
    if let Some((title, remedy)) = names.get(id) {
        rule["shortDescription"] = json!({ "text": title });
        rule["help"] = json!({ "text": remedy });
    }
    rule
}

/// Returns the content of the file.
pub(super) fn text(estate: &Estate, repository: &Repository, names: &Names) -> String {
    let own = |finding: &&Finding| finding.row.repository == repository.row.id;
    let findings: Vec<&Finding> = estate.findings.iter().filter(own).collect();
    let findings: Vec<&Finding> = findings
        .into_iter()
        .filter(|it| !matches!(it.standing, Standing::Fixed | Standing::Retired))
        .collect();
    let mut rules: BTreeMap<&str, usize> = findings
        .iter()
        .map(|it| (it.row.rule.as_str(), 0))
        .collect();
    rules
        .values_mut()
        .enumerate()
        .for_each(|(at, number)| *number = at);
    let results: Vec<Value> = findings
        .iter()
        .map(|finding| result(finding, &rules))
        .collect();
    let row = &repository.row;
    let mut run = json!({
        "tool": { "driver": {
            "name": "gonogo",
            "semanticVersion": env!("CARGO_PKG_VERSION"),
            "rules": rules.keys().map(|id| rule(id, names)).collect::<Vec<_>>(),
        } },
        "automationDetails": { "id": format!("gonogo/bulk/{}/{}/", row.host, row.provider_id) },
        "invocations": [{
            "executionSuccessful": repository.reach() == COVERED,
            "toolExecutionNotifications": notifications(repository),
        }],
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": { "repository": row.label, "verdict": repository.verdict },
    });
    // The property must be a URI, and a path on this machine is of no use to others.
    if row.location.contains("://") {
        let coverage = repository.coverage.as_ref();
        run["versionControlProvenance"] = json!([{
            "repositoryUri": row.location,
            "revisionId": coverage.and_then(|it| it.head.clone()),
            "branch": coverage.and_then(|it| it.branch.clone()),
        }]);
        if let Some(of) = run["versionControlProvenance"][0].as_object_mut() {
            of.retain(|_, value| !value.is_null());
        }
    }
    let document = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    });
    format!("{document:#}\n")
}

/// What was not read, most of all what leaves the verdict undecided.
fn notifications(repository: &Repository) -> Vec<Value> {
    let note = |level: &str, text: &str| json!({ "level": level, "message": { "text": text } });
    let gap = |gap: &GapRow| {
        let level = if gap.undecided { "warning" } else { "note" };
        note(level, &format!("{}: {}", gap.place, gap.reason))
    };
    let (open, others): (Vec<_>, Vec<_>) = repository.gaps.iter().partition(|gap| gap.undecided);
    let gaps = open.into_iter().chain(others).take(MOST_GAPS).map(gap);
    if repository.reach() == IN_PART {
        return gaps.collect();
    }
    let why = repository.why.iter().map(|why| note("warning", why));
    why.chain(gaps).collect()
}

fn result(finding: &Finding, rules: &BTreeMap<&str, usize>) -> Value {
    let row = &finding.row;
    let level = match row.severity.as_str() {
        "critical" | "high" => "error",
        "medium" => "warning",
        _ => "note",
    };
    let mut result = json!({
        "ruleId": row.rule,
        "ruleIndex": rules.get(row.rule.as_str()),
        "level": level,
        "message": { "text": row.message },
        "partialFingerprints": { "gonogo/v2": row.fingerprint },
        "properties": {
            "severity": row.severity,
            "confidence": row.confidence,
            "state": finding.standing.word(),
            "presence": row.presence,
            "owner": finding.owner,
            "checksumValid": row.is_proven,
            "points": finding.priority.points,
            "why": finding.priority.reasons,
            "commit": row.first_commit,
        },
    });
    result["locations"] = json!([location(finding)]);
    let suppression = match &finding.standing {
        Standing::Accepted { by, reason } => {
            let kind = row.accepted.as_ref().map_or("external", |(kind, ..)| {
                if kind == "comment" {
                    "inSource"
                } else {
                    "external"
                }
            });
            Some(json!({ "kind": kind, "justification": format!("{by}: {reason}") }))
        }
        Standing::Decided(it) => Some(
            json!({ "kind": "external", "justification": format!("{}: {} ({})", it.kind, it.reason, it.who) }),
        ),
        _ => None,
    };
    if let Some(suppression) = suppression {
        result["suppressions"] = json!([suppression]);
    }
    result
}

fn location(finding: &Finding) -> Value {
    let row = &finding.row;
    if row.path.is_empty() {
        return json!({ "logicalLocations": [{ "fullyQualifiedName": finding.place(), "kind": "message" }] });
    }
    let [line, column, end_line, end_column] = row.region;
    let mut place = json!({ "artifactLocation": { "uri": uri(&row.path) } });
    if line > 0 {
        place["region"] = json!({ "startLine": line, "endLine": end_line.max(line) });
        if column > 0 && end_column > 0 {
            place["region"]["startColumn"] = json!(column);
            place["region"]["endColumn"] = json!(end_column);
        }
    }
    json!({ "physicalLocation": place })
}

/// Returns a path as a URI relative to the repository.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_addresses() {
        assert_eq!(uri("a b/ü:c"), "a%20b/%C3%BC%3Ac");
    }
}
