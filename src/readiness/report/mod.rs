//! Writes the reports of an assessment, one file per format.

mod html;
mod json;
mod markdown;
mod sarif;
mod svg;
mod text;

use std::str::FromStr;

use super::{Assessment, Decision, State};
use crate::model::Verdict;

/// The format of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For terminals.
    Text,
    /// For reviews, in Markdown.
    Markdown,
    /// A self-contained page.
    Html,
    /// For programs, as JSON.
    Json,
    /// For code scanning, as SARIF.
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

    /// Returns the report of an assessment in this format.
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

/// Returns what is missing, and whom to ask about it.
pub fn questions(assessment: &Assessment) -> String {
    text::questions(assessment)
}

/// Returns what has changed between two assessments, both given as JSON.
///
/// # Errors
///
/// A text is not an assessment, or has an unknown schema.
pub fn difference(before: &str, after: &str) -> Result<String, String> {
    json::difference(before, after)
}

/// Returns the verdict in one sentence.
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

/// Returns the targets as pairs of name and value; the value of a target that is not stated says so.
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

/// Returns the word for the state of an indicator.
fn indicator_word(state: State) -> &'static str {
    match state {
        State::Refuted => "present",
        State::Open => "not shown here",
        State::NotApplicable => "not applicable",
        State::Met | State::Said => "absent",
    }
}

/// Returns the areas that are not done, the most severe first.
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

/// Returns one line that explains a result.
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
