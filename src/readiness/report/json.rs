//! The report for programs, and the difference between two such reports.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::super::statement::Statement;
use super::super::{Decision, Evidence, Score};
use super::{Assessment, indicator_word, sentence, targets};

/// The schema of the report, with its version.
const SCHEMA: &str = "gonogo/readiness/1";

#[derive(Serialize)]
struct Item<'a> {
    id: &'a str,
    title: &'a str,
    category: &'a str,
    state: &'static str,
    grade: &'static str,
    needs: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    ask: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    person: Option<&'a str>,
    action: &'a str,
    evidence: Vec<Value>,
    more: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    said_by: Option<&'a Statement>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    maps: BTreeMap<&'a str, &'a [String]>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    not_yet_read: &'a [String],
}

pub(super) fn write(assessment: &Assessment) -> String {
    let decisions = &assessment.decisions;
    let scores: BTreeMap<_, _> = decisions
        .scores
        .iter()
        .map(|(id, it)| (id.as_str(), score(*it)))
        .collect();
    let targets: BTreeMap<_, _> = targets(assessment).into_iter().collect();
    let items: Vec<_> = decisions
        .results
        .iter()
        .map(|it| item(assessment, it))
        .collect();
    let decided = |all: &[Decision], is_indicator: bool| -> Vec<Value> {
        let one = |it: &Decision| {
            let state = if is_indicator {
                indicator_word(it.state)
            } else {
                it.state.as_str()
            };
            json!({ "id": it.id, "title": it.title, "state": state, "items": it.items, "why": it.why })
        };
        all.iter().map(one).collect()
    };
    let report = json!({
        "schema": SCHEMA,
        "tool": { "name": "gonogo", "version": env!("CARGO_PKG_VERSION") },
        "system": assessment.name,
        "environment": assessment.environment,
        "date": assessment.today,
        "complete": assessment.settings.is_complete,
        "scanned": assessment.is_scanned,
        "files": assessment.files,
        "repositories": assessment.repositories.iter().map(|it| json!({
            "name": it.name,
            "commit": it.commit,
        })).collect::<Vec<_>>(),
        "targets": targets,
        "verdict": assessment.verdict().to_string(),
        "summary": sentence(assessment),
        "until": decisions.until,
        "next_review": assessment.settings.next_review,
        "score": score(decisions.score),
        "scores": scores,
        "criteria": decided(&decisions.criteria, false),
        "indicators": decided(&decisions.indicators, true),
        "areas": decided(&decisions.areas, false),
        "sign_offs": decided(&decisions.sign_offs, false),
        "items": items,
        "contradictions": assessment.contradictions.iter().map(|it| json!({
            "repository": it.place.repository,
            "path": it.place.path,
            "line": it.place.line,
            "item": it.item,
            "says": it.says,
        })).collect::<Vec<_>>(),
        "deployment": {
            "nodes": assessment.graph.nodes.iter().map(|it| json!({
                "name": it.name, "what": it.what, "count": it.count, "on_path": it.is_on_path,
            })).collect::<Vec<_>>(),
            "edges": assessment.graph.edges,
        },
        "notices": assessment.notices.iter().map(|it| json!({
            "repository": it.place.repository,
            "path": it.place.path,
            "line": it.place.line,
            "says": it.says,
        })).collect::<Vec<_>>(),
        "problems": assessment.problems,
        "gaps": assessment.gaps.iter().map(|(repository, gap)| json!({
            "repository": repository, "path": gap.place, "reason": gap.reason,
        })).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&report).unwrap_or_default();
    crate::report::visible_json(&text) + "\n"
}

fn score(score: Score) -> Value {
    json!({ "met": score.met, "of": score.of, "percent": score.percent() })
}

fn evidence(assessment: &Assessment, it: &Evidence) -> Value {
    let place = it.place.as_ref();
    let commit = place.and_then(|place| {
        assessment
            .repositories
            .get(place.repository)?
            .commit
            .as_deref()
    });
    json!({
        "grade": it.grade.as_str(),
        "says": it.says,
        "repository": place.map(|it| it.repository),
        "path": place.map(|it| it.path.as_str()),
        "line": place.map(|it| it.line),
        "commit": commit,
    })
}

fn item<'a>(assessment: &Assessment, result: &'a super::super::decide::Result) -> Item<'a> {
    let item = &result.item;
    Item {
        id: &item.id,
        title: &item.title,
        category: &item.category,
        state: result.state.as_str(),
        grade: result.grade.as_str(),
        needs: item.needs.as_str(),
        same_as: item.same_as.as_deref(),
        reason: result.reason.as_deref(),
        ask: &item.ask,
        person: item.person.as_deref(),
        action: &item.action,
        evidence: result
            .evidence
            .iter()
            .map(|it| evidence(assessment, it))
            .collect(),
        more: result.more,
        said_by: result.said_by.as_ref(),
        maps: item
            .maps
            .iter()
            .map(|(name, ids)| (name.as_str(), ids.as_slice()))
            .collect(),
        not_yet_read: &item.not_yet_read,
    }
}

/// The parts of a report that are compared.
#[derive(Deserialize)]
struct Saved {
    schema: String,
    verdict: String,
    date: String,
    score: SavedScore,
    items: Vec<SavedItem>,
    criteria: Vec<SavedDecision>,
    indicators: Vec<SavedDecision>,
}

#[derive(Deserialize)]
struct SavedScore {
    met: usize,
    of: usize,
}

#[derive(Deserialize)]
struct SavedItem {
    id: String,
    title: String,
    state: String,
    grade: String,
}

#[derive(Deserialize)]
struct SavedDecision {
    id: String,
    title: String,
    state: String,
}

fn read(text: &str) -> Result<Saved, String> {
    let saved: Saved = serde_json::from_str(text).map_err(|_| {
        "this is no assessment: write one with `gonogo readiness --format json`".to_owned()
    })?;
    if saved.schema != SCHEMA {
        let shown = crate::report::visible(&saved.schema).into_owned();
        return Err(format!(
            "the schema `{shown}` of an assessment is not known: this version reads {SCHEMA}"
        ));
    }
    Ok(saved)
}

/// Returns what has changed between two reports.
pub(super) fn difference(before: &str, after: &str) -> Result<String, String> {
    let (before, after) = (read(before)?, read(after)?);
    let mut text = format!(
        "{} ({}) -> {} ({})\nScore: {} of {} -> {} of {}\n",
        before.verdict,
        before.date,
        after.verdict,
        after.date,
        before.score.met,
        before.score.of,
        after.score.met,
        after.score.of
    );
    let mut count = 0;
    let mut change = |id: &str, title: &str, from: Option<String>, to: Option<String>| {
        if from != to {
            count += 1;
            let word = |it: Option<String>| it.unwrap_or_else(|| "not there".to_owned());
            text += &format!("  {id}: {} -> {}  {title}\n", word(from), word(to));
        }
    };
    let decided = |saved: &Saved| -> Vec<(String, String, String)> {
        let all = saved.criteria.iter().chain(&saved.indicators);
        all.map(|it| (it.id.clone(), it.title.clone(), it.state.clone()))
            .collect()
    };
    let items = |saved: &Saved| -> Vec<(String, String, String)> {
        let one = |it: &SavedItem| {
            (
                it.id.clone(),
                it.title.clone(),
                format!("{} [{}]", it.state, it.grade),
            )
        };
        saved.items.iter().map(one).collect()
    };
    for (old, new) in [
        (decided(&before), decided(&after)),
        (items(&before), items(&after)),
    ] {
        for (id, title, state) in &new {
            let was = old
                .iter()
                .find(|(other, _, _)| other == id)
                .map(|(_, _, state)| state.clone());
            change(id, title, was, Some(state.clone()));
        }
        for (id, title, state) in old
            .iter()
            .filter(|(id, _, _)| !new.iter().any(|(other, _, _)| other == id))
        {
            change(id, title, Some(state.clone()), None);
        }
    }
    if count == 0 {
        text.push_str("Nothing has changed.\n");
    }
    Ok(crate::report::visible_lines(&text))
}
