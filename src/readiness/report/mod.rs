//! Reports of an assessment, in the shape in which people write them.

mod html;
mod json;
mod markdown;
mod sarif;
mod svg;
mod text;

use std::str::FromStr;

use super::{Assessment, Decision, State};
use crate::model::Verdict;

/// How an assessment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For terminals.
    Text,
    /// For reviews.
    Markdown,
    /// One page that needs nothing else.
    Html,
    /// For programs.
    Json,
    /// For code scanning.
    Sarif,
}

impl Format {
    /// All formats, by name.
    pub const ALL: [(&'static str, Self); 5] = [
        ("text", Self::Text),
        ("markdown", Self::Markdown),
        ("html", Self::Html),
        ("json", Self::Json),
        ("sarif", Self::Sarif),
    ];

    /// Writes an assessment.
    pub fn write(self, assessment: &Assessment) -> String {
        match self {
            Self::Text => text::write(assessment),
            Self::Markdown => markdown::write(assessment),
            Self::Html => html::write(assessment),
            Self::Json => json::write(assessment),
            Self::Sarif => sarif::write(assessment),
        }
    }
}

impl FromStr for Format {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let found = Self::ALL.iter().find(|(name, _)| *name == word);
        found.map(|(_, format)| *format).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|(name, _)| *name).collect();
            format!(
                "there is no format `{word}`: write one of {}",
                names.join(", ")
            )
        })
    }
}

/// What is missing, and whom to ask.
pub fn questions(assessment: &Assessment) -> String {
    text::questions(assessment)
}

/// What has changed from one assessment to another, both as JSON.
///
/// # Errors
///
/// A text that is no assessment.
pub fn difference(before: &str, after: &str) -> Result<String, String> {
    json::difference(before, after)
}

/// The verdict in one sentence.
fn sentence(assessment: &Assessment) -> String {
    let decisions = &assessment.decisions;
    let count = |all: &[Decision], state: State| all.iter().filter(|it| it.state == state).count();
    let refuted = count(&decisions.criteria, State::Refuted);
    let present = count(&decisions.indicators, State::Refuted);
    let open = count(&decisions.criteria, State::Open);
    match assessment.verdict() {
        Verdict::Go => match &decisions.until {
            Some(until) => format!("All criteria are met, until {until}."),
            None => "All criteria are met.".to_owned(),
        },
        Verdict::NoGo => format!(
            "{} of {} NO-GO indicators are present, {} of {} GO criteria are refuted and {open} are open.",
            present,
            decisions.indicators.len(),
            refuted,
            decisions.criteria.len()
        ),
        Verdict::Undecided if decisions.score.of == 0 => {
            "Nothing was assessed: no item applies.".to_owned()
        }
        Verdict::Undecided => {
            let unknown = count(&decisions.indicators, State::Open);
            format!(
                "Nothing is refuted; {open} of {} GO criteria and {unknown} of {} NO-GO indicators are open.",
                decisions.criteria.len(),
                decisions.indicators.len()
            )
        }
    }
}

/// What a target is, in pairs of names and values; what is not stated says so.
fn targets(assessment: &Assessment) -> Vec<(&'static str, String)> {
    let target = &assessment.settings.target;
    let unknown = || "not stated".to_owned();
    vec![
        (
            "Users at once",
            target.users.map_or_else(unknown, |it| it.to_string()),
        ),
        (
            "Requests per minute",
            target
                .requests_per_minute
                .map_or_else(unknown, |it| it.to_string()),
        ),
        (
            "Availability",
            target
                .availability
                .map_or_else(unknown, |it| format!("{} %", f64::from(it) / 1e4)),
        ),
        (
            "Latency (p95)",
            target.latency.map_or_else(unknown, |it| it.to_string()),
        ),
        ("RPO", target.rpo.map_or_else(unknown, |it| it.to_string())),
        ("RTO", target.rto.map_or_else(unknown, |it| it.to_string())),
    ]
}

/// The state of an indicator, in the words of indicators.
fn indicator_word(state: State) -> &'static str {
    match state {
        State::Refuted => "present",
        State::Open => "not shown here",
        State::NotApplicable => "not applicable",
        State::Met | State::Said => "absent",
    }
}

/// Areas that are not done, what is worst first.
fn open_areas(assessment: &Assessment) -> Vec<(&super::Area, &Decision)> {
    let areas = assessment
        .standard
        .areas
        .iter()
        .zip(&assessment.decisions.areas);
    let mut open: Vec<_> = areas
        .filter(|(_, decision)| !decision.state.is_done())
        .collect();
    let rank = |severity: &str| {
        ["critical", "high", "medium", "low"]
            .iter()
            .position(|it| *it == severity)
    };
    open.sort_by_key(|(area, decision)| {
        (
            rank(&area.severity),
            decision.state != State::Refuted,
            area.number,
        )
    });
    open
}

/// One line that says why a result is what it is.
fn why(assessment: &Assessment, result: &super::decide::Result) -> String {
    if let Some(statement) = &result.said_by
        && result.state == State::Said
    {
        return super::said_by(statement);
    }
    let decisive = result
        .evidence
        .iter()
        .find(|it| it.grade == result.grade && it.grade != super::Grade::Nothing);
    let decisive = decisive.or_else(|| result.evidence.first());
    match (decisive, &result.reason) {
        (Some(evidence), _) if result.state != State::NotApplicable => match &evidence.place {
            Some(place) => format!("{} ({})", evidence.says, assessment.shown(place)),
            None => evidence.says.clone(),
        },
        (_, Some(reason)) => reason.clone(),
        (_, None) => "not shown here".to_owned(),
    }
}
