//! The report for terminals.

use std::collections::BTreeMap;

use super::super::decide::{Result, said_by};
use super::{Assessment, Decision, State, indicator_word, open_areas, sentence, targets, why};
use crate::model::Verdict;
use crate::report::visible;

/// The most open areas that are listed, each with its items.
const AREAS: usize = 19;

pub(super) fn write(assessment: &Assessment) -> String {
    let decisions = &assessment.decisions;
    let mut text = String::new();
    let mut line = |words: &str| {
        text.push_str(words.trim_end());
        text.push('\n');
    };
    let environment = assessment
        .environment
        .as_ref()
        .map_or_else(String::new, |it| format!(" ({it})"));
    line(&format!(
        "{}  {}{environment}, {}",
        assessment.verdict(),
        visible(&assessment.name),
        assessment.today
    ));
    line(&sentence(assessment));
    for notice in &assessment.notices {
        let place = assessment.shown(&notice.place);
        line(&format!("Note: {} ({}).", notice.says, visible(&place)));
    }
    let score = decisions.score;
    line(&format!(
        "Score: {} of {} items are met ({} %).",
        score.met,
        score.of,
        score.percent()
    ));
    line("");
    let stated: Vec<_> = targets(assessment)
        .into_iter()
        .filter(|(_, value)| value != "not stated")
        .collect();
    if stated.is_empty() {
        line("Targets: not stated; write them into readiness.toml");
    } else {
        let stated: Vec<_> = stated
            .iter()
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        line(&format!("Targets: {}", stated.join(", ")));
    }
    if !assessment.settings.is_complete {
        line("The system is not said to be complete: what is not shown here may be elsewhere.");
    }
    line("");
    line("Score by category");
    for category in &assessment.standard.categories {
        let score = decisions
            .scores
            .iter()
            .find(|(id, _)| *id == category.id)
            .map(|(_, score)| *score);
        let score = score.unwrap_or_default();
        line(&format!(
            "  {:<28} {:>2} of {:>2}",
            category.title, score.met, score.of
        ));
    }
    section(&mut line, "NO-GO indicators", &decisions.indicators, |it| {
        indicator_word(it.state)
    });
    section(&mut line, "GO criteria", &decisions.criteria, |it| {
        it.state.as_str()
    });
    section(&mut line, "Sign-offs", &decisions.sign_offs, |it| {
        it.state.as_str()
    });
    areas(assessment, &mut line);
    contradictions(assessment, &mut line);
    items(assessment, &mut line);
    rest(assessment, &mut line);
    text
}

fn section(
    line: &mut impl FnMut(&str),
    title: &str,
    all: &[Decision],
    word: impl Fn(&Decision) -> &'static str,
) {
    line("");
    line(title);
    for decision in all {
        line(&format!(
            "  {:<16} {:<6} {}  [{}]",
            word(decision),
            decision.id,
            decision.title,
            decision.why
        ));
    }
}

fn areas(assessment: &Assessment, line: &mut impl FnMut(&str)) {
    let open = open_areas(assessment);
    if open.is_empty() {
        return;
    }
    line("");
    line("Blockers");
    for (area, decision) in open.into_iter().take(AREAS) {
        line(&format!(
            "  {}. {} ({}, {})",
            area.number,
            area.title,
            area.severity,
            decision.state.as_str()
        ));
        for id in &area.items {
            let result = assessment
                .decisions
                .result(id)
                .filter(|it| !it.state.is_done());
            if let Some(result) = result {
                line(&format!(
                    "     [ ] {}: {}",
                    result.item.id, result.item.action
                ));
            }
        }
    }
}

fn contradictions(assessment: &Assessment, line: &mut impl FnMut(&str)) {
    if assessment.contradictions.is_empty() {
        return;
    }
    line("");
    line("Contradictions");
    for it in &assessment.contradictions {
        let item = it
            .item
            .as_ref()
            .map_or_else(String::new, |item| format!("  [{item}]"));
        line(&format!(
            "  {}: {}{item}",
            visible(&assessment.shown(&it.place)),
            visible(&it.says)
        ));
    }
}

fn items(assessment: &Assessment, line: &mut impl FnMut(&str)) {
    for category in &assessment.standard.categories {
        line("");
        line(&category.title);
        let results = assessment.decisions.results.iter();
        for result in results.filter(|it| it.item.category == category.id) {
            line(&format!(
                "  {:<16} {:<4} {} [{}]",
                result.state.as_str(),
                result.item.id,
                result.item.title,
                result.grade
            ));
            let why = why(assessment, result);
            line(&format!("                        {}", visible(&why)));
        }
    }
}

fn rest(assessment: &Assessment, line: &mut impl FnMut(&str)) {
    let single: Vec<_> = assessment
        .graph
        .single()
        .map(|it| it.name.as_str())
        .collect();
    if !single.is_empty() {
        line("");
        line(&format!(
            "Every request passes through, and there is one of: {}",
            visible(&single.join(", "))
        ));
    }
    if !assessment.problems.is_empty() {
        line("");
        line("Statements that do not count");
        for problem in &assessment.problems {
            line(&format!("  {}", visible(problem)));
        }
    }
    if !assessment.gaps.is_empty() {
        line("");
        line("Not read, and no evidence");
        for (_, gap) in assessment.gaps.iter().take(20) {
            line(&format!(
                "  {}: {}",
                visible(&gap.place),
                visible(&gap.reason)
            ));
        }
        if let Some(more) = assessment
            .gaps
            .len()
            .checked_sub(20)
            .filter(|more| *more > 0)
        {
            line(&format!("  and {more} more"));
        }
    }
    line("");
    let scanned = if assessment.is_scanned {
        ""
    } else {
        "; credentials were not scanned for"
    };
    line(&format!("{} files were read{scanned}.", assessment.files));
    if let Some(review) = &assessment.settings.next_review {
        let is_late = *review < assessment.today;
        line(&format!(
            "Next review: {review}{}",
            if is_late {
                ", which has passed: this assessment is due"
            } else {
                ""
            }
        ));
    }
}

/// Returns what is missing, grouped by the role to ask.
pub(super) fn questions(assessment: &Assessment) -> String {
    let mut roles: BTreeMap<&str, Vec<&Result>> = BTreeMap::new();
    for result in &assessment.decisions.results {
        if result.item.counts() && !result.state.is_done() {
            roles
                .entry(result.item.ask.as_str())
                .or_default()
                .push(result);
        }
    }
    let mut text = String::new();
    for (role, results) in roles {
        let people = assessment
            .settings
            .signers
            .iter()
            .filter(|(_, roles)| roles.iter().any(|it| it == role));
        let people: Vec<_> = people.map(|(name, _)| name.as_str()).collect();
        let people = if people.is_empty() {
            String::new()
        } else {
            format!(" ({})", people.join(", "))
        };
        text += &format!("Ask {role}{people}\n");
        for result in results {
            text += &format!("  [ ] {}: {}", result.item.id, result.item.title);
            match &result.item.person {
                Some(person) if result.state != State::Refuted => {
                    text += &format!(
                        "\n      {person}; then `gonogo readiness confirm {}`",
                        result.item.id
                    );
                }
                _ => text += &format!("\n      {}", result.item.action),
            }
            text.push('\n');
        }
        text.push('\n');
    }
    for decision in assessment
        .decisions
        .sign_offs
        .iter()
        .filter(|it| it.state == State::Open)
    {
        text += &format!(
            "  [ ] {}: `gonogo readiness confirm {}`\n",
            decision.title, decision.id
        );
    }
    let said = assessment
        .decisions
        .results
        .iter()
        .filter_map(|it| Some((it, it.said_by.as_ref()?)));
    for (result, statement) in said {
        text += &format!("  [x] {}: {}\n", result.item.id, said_by(statement));
    }
    if text.is_empty() && assessment.verdict() == Verdict::Go {
        text.push_str("Nothing is missing.\n");
    }
    visible_lines(&text)
}

fn visible_lines(text: &str) -> String {
    crate::report::visible_lines(text)
}
