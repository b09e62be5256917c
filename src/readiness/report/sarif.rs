//! The report for code scanning: SARIF 2.1.0, in a category of its own.

use serde_json::{Value, json};

use super::super::decide::Result;
use super::{Assessment, State, why};

/// The URL of the schema, which validators expect.
const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub(super) fn write(assessment: &Assessment) -> String {
    let results = || {
        assessment
            .decisions
            .results
            .iter()
            .filter(|it| it.item.counts())
    };
    let rules: Vec<_> = results().map(rule).collect();
    let found: Vec<_> = (0..)
        .zip(results())
        .map(|(index, it)| result(assessment, index, it))
        .collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "automationDetails": { "id": "gonogo/readiness/" },
            "tool": { "driver": {
                "name": "gonogo readiness",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "results": found,
            "properties": { "verdict": assessment.verdict().to_string() },
        }],
    });
    let text = serde_json::to_string_pretty(&log).unwrap_or_default();
    crate::report::visible_json(&text) + "\n"
}

fn rule(result: &Result) -> Value {
    let item = &result.item;
    let help = if item.action.is_empty() {
        item.title.as_str()
    } else {
        item.action.as_str()
    };
    json!({
        "id": format!("readiness/{}", item.id),
        "name": item.title,
        "shortDescription": { "text": item.title },
        "help": { "text": help },
        "properties": { "category": item.category, "needs": item.needs.as_str() },
    })
}

/// Returns the kind and the level of a result; the level is `none` unless the kind is `fail`, as SARIF requires.
fn kind(state: State) -> (&'static str, &'static str) {
    match state {
        State::Refuted => ("fail", "error"),
        State::Open | State::Said => ("review", "none"),
        State::Met => ("pass", "none"),
        State::NotApplicable => ("notApplicable", "none"),
    }
}

fn result(assessment: &Assessment, index: usize, result: &Result) -> Value {
    let (kind, level) = kind(result.state);
    let wanted = if result.state == State::Refuted {
        super::super::Grade::Refuted
    } else {
        result.grade
    };
    let evidence = result.evidence.iter().filter(|it| it.grade == wanted);
    let locations: Vec<_> = evidence
        .filter_map(|it| it.place.as_ref())
        .filter(|place| place.repository == 0)
        .take(10)
        .map(|place| {
            json!({ "physicalLocation": {
                "artifactLocation": { "uri": uri(&place.path), "uriBaseId": "%SRCROOT%" },
                "region": { "startLine": place.line.max(1) },
            } })
        })
        .collect();
    json!({
        "ruleId": format!("readiness/{}", result.item.id),
        "ruleIndex": index,
        "kind": kind,
        "level": level,
        "message": { "text": format!("{}: {}", result.item.title, crate::report::visible(&why(assessment, result))) },
        "locations": locations,
        "partialFingerprints": { "gonogo/readiness/v1": result.item.id },
        "properties": { "state": result.state.as_str(), "grade": result.grade.as_str() },
    })
}

/// Percent-encodes a path for a URI.
fn uri(path: &str) -> String {
    let mut safe = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'.' | b'_') {
            safe.push(char::from(byte));
        } else {
            safe.push_str(&format!("%{byte:02X}"));
        }
    }
    safe
}
