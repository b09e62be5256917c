//! What is new, in the form that a webhook gets: where to look and what to do first, but never a value.

use serde_json::{Value, json};

use super::estate::Finding;
use super::{Estate, Since, count};

/// How many findings are listed; the rest is only counted, since webhooks refuse long messages.
const MOST: usize = 100;

/// Returns the message about what is new since a run, if anything is.
pub(crate) fn message(estate: &mut Estate, since: Since) -> Option<Value> {
    estate.keep_changed(since);
    let is_new =
        |finding: &&Finding| finding.is_open() && matches!(finding.change, Some("new" | "back"));
    let new: Vec<&Finding> = estate.findings.iter().filter(is_new).collect();
    if new.is_empty() {
        return None;
    }
    let decides = new.iter().filter(|finding| finding.decides).count();
    let listed: Vec<Value> = new
        .iter()
        .take(MOST)
        .map(|finding| one(estate, finding))
        .collect();
    let run = estate.runs.last().map(|run| run.id);
    Some(json!({
        "schema": "gonogo/bulk/notify/1",
        // What chat programs show of a message.
        "text": format!("gonogo: {}, {decides} at or above the threshold", count(new.len(), "new finding")),
        "run": run,
        "since_run": since.0,
        "new": new.len(),
        "decides": decides,
        "more": new.len() - listed.len(),
        "findings": listed,
    }))
}

fn one(estate: &Estate, finding: &Finding) -> Value {
    let repository = &estate.repositories[finding.repository].row;
    let row = &finding.row;
    json!({
        "fingerprint": row.fingerprint,
        "rule": row.rule,
        "severity": row.severity,
        "confidence": row.confidence,
        "decides": finding.decides,
        "state": finding.standing.word(),
        "change": finding.change,
        "message": row.message,
        "host": repository.host,
        "repository": repository.label,
        "place": super::masked(&finding.place()),
        "commit": row.first_commit,
        "owner": finding.owner,
    })
}
