//! JSON Lines for programs: first the repositories, then the findings, then one summary line.
//!
//! Two runs that find the same write the same, except for times and the numbers of runs, tries and secrets; `--stable`
//! leaves these out.

use serde_json::{Map, Value, json};

use super::estate::{Estate, Finding, Standing};
use super::repository::Repository;

/// The fields that differ between two runs that find the same.
const CHANGING: &[&str] = &[
    "at",
    "first_run",
    "last_run",
    "run",
    "runs",
    "seconds",
    "since_run",
    "tries",
    "secret_id",
    "age_days",
];

/// Returns all lines.
pub(super) fn text(estate: &Estate, stable: bool) -> String {
    let mut text = String::new();
    let mut line = |mut value: Value| {
        if let (true, Some(map)) = (stable, value.as_object_mut()) {
            map.retain(|name, _| !CHANGING.contains(&name.as_str()));
        }
        text.push_str(&value.to_string());
        text.push('\n');
    };
    let mut repositories: Vec<&Repository> = estate.repositories.iter().collect();
    repositories.sort_by_key(|it| (&it.row.host, &it.row.provider_id));
    for repository in repositories {
        line(of_repository(repository));
    }
    let mut findings: Vec<&Finding> = estate.findings.iter().collect();
    findings.sort_by_key(|it| {
        let of = &estate.repositories[it.repository].row;
        (&of.host, &of.provider_id, &it.row.fingerprint)
    });
    for finding in findings {
        let mut value = of_finding(estate, finding);
        if stable {
            // The reasons mention ages in days.
            value["why"] = Value::Null;
            value["points"] = Value::Null;
        }
        line(value);
    }
    line(json!({
        "type": "summary",
        "schema": "gonogo/bulk/1",
        "verdict": estate.verdict(),
        "repositories": estate.repositories.len(),
        "to_do": estate.findings.iter().filter(|it| it.is_open()).count(),
        "states": estate.states(),
        "decides": estate.findings.iter().filter(|it| it.decides).count(),
        "runs": estate.runs.len(),
    }));
    text
}

fn of_repository(repository: &Repository) -> Value {
    let Repository {
        row,
        coverage,
        visit,
        gaps,
        verdict,
        why,
    } = repository;
    let gap = |gap: &crate::store::GapRow| {
        json!({
            "kind": gap.kind,
            "place": gap.place,
            "reason": gap.reason,
            "undecided": gap.undecided,
            "accepted": gap.accepted,
        })
    };
    let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
    let mut value = json!({
        "type": "repository",
        "host": row.host,
        "id": row.provider_id,
        "label": row.label,
        "location": row.location,
        "verdict": verdict,
        "covered": repository.reach() == super::repository::COVERED,
        "coverage": repository.reach(),
        "why": why,
        "run": row.last_run,
        "tries": visit.as_ref().map(|visit| visit.tries),
        "gaps": gaps.iter().map(gap).collect::<Vec<_>>(),
    });
    if let (Some(coverage), Some(map)) = (coverage, value.as_object_mut()) {
        let more: Map<String, Value> = [
            ("at", json!(coverage.at)),
            ("seconds", json!(coverage.seconds)),
            ("threshold", json!(coverage.threshold)),
            ("branch", json!(coverage.branch)),
            ("head", json!(coverage.head)),
            ("blobs", json!(coverage.blobs)),
            ("commits", json!(coverage.commits)),
            ("tags", json!(coverage.tags)),
            ("bytes", json!(coverage.bytes)),
            ("settings", json!(lines(&coverage.settings))),
            ("warnings", json!(lines(&coverage.warnings))),
        ]
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value))
        .collect();
        map.extend(more);
    }
    value
}

fn of_finding(estate: &Estate, finding: &Finding) -> Value {
    let row = &finding.row;
    let of = &estate.repositories[finding.repository].row;
    let accepted = match &finding.standing {
        Standing::Accepted { by, reason } => json!({ "by": by, "reason": reason }),
        Standing::Decided(it) => {
            json!({ "by": it.who, "reason": it.reason, "until": it.until, "kind": it.kind })
        }
        _ => Value::Null,
    };
    let [line, column, end_line, end_column] = row.region;
    json!({
        "type": "finding",
        "host": of.host,
        "repository": of.provider_id,
        "label": of.label,
        "fingerprint": row.fingerprint,
        "rule": row.rule,
        "category": row.category,
        "severity": row.severity,
        "confidence": row.confidence,
        "checksum_valid": row.is_proven,
        "decides": finding.decides,
        "state": finding.standing.word(),
        "accepted": accepted,
        "message": row.message,
        "path": Some(&row.path).filter(|path| !path.is_empty()),
        "member": row.member,
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "origin": row.origin,
        "object": row.object,
        "presence": row.presence,
        "texts": row.texts,
        "commit": row.first_commit,
        "author": row.author,
        "email": row.email,
        "date": row.date,
        "age_days": super::priority::age(row),
        "owner": finding.owner,
        "owned_by": finding.owned_by,
        "secret_id": row.secret,
        "in_use": row.secret.and_then(|secret| estate.in_use.get(&secret)),
        "points": finding.priority.points,
        "why": finding.priority.reasons,
        "change": finding.change,
        "first_run": row.first_run,
        "last_run": row.last_run,
        "since_run": row.since_run,
    })
}
