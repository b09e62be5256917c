//! The report for reviews, in Markdown.

use super::super::decide::{Result, said_by};
use super::{Assessment, Decision, State, indicator_word, open_areas, sentence, targets, why};
use crate::report::{markdown as literal, markdown_prose as safe};

pub(super) fn write(assessment: &Assessment) -> String {
    let mut text = summary(assessment);
    text += &blockers(assessment);
    text += &contradictions(assessment);
    text += &categories(assessment);
    text += &decisions(assessment);
    text += &graph(assessment);
    text += &rest(assessment);
    text
}

/// Returns `text` as code; if it could end a code span, as an HTML element.
fn code(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@+=, ".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        format!("`{text}`")
    } else {
        format!("<code>{}</code>", literal(text))
    }
}

/// Returns a symbol for a state.
fn mark(state: State) -> &'static str {
    match state {
        State::Refuted => "❌",
        State::Open => "⚠️",
        State::Said => "🖊️",
        State::Met => "✅",
        State::NotApplicable => "➖",
    }
}

fn summary(assessment: &Assessment) -> String {
    let decisions = &assessment.decisions;
    let mut text = format!(
        "# {}: production readiness assessment\n\n",
        safe(&assessment.name)
    );
    text += &format!("**Status**: **{}**  \n", assessment.verdict());
    text += &format!("**Date**: {}  \n", assessment.today);
    if let Some(environment) = &assessment.environment {
        text += &format!("**Environment**: {}  \n", safe(environment));
    }
    for repository in &assessment.repositories {
        if let Some(commit) = &repository.commit {
            let name = if repository.name.is_empty() {
                String::new()
            } else {
                format!(" of {}", safe(&repository.name))
            };
            text += &format!("**Commit**{name}: `{commit}`  \n");
        }
    }
    let score = decisions.score;
    text += &format!(
        "**Score**: {} of {} items ({} %)\n\n",
        score.met,
        score.of,
        score.percent()
    );
    text += "## Summary\n\n";
    text += &format!("{}\n\n", sentence(assessment));
    for notice in &assessment.notices {
        let place = safe(&assessment.shown(&notice.place));
        text += &format!("**Note**: {} ({place}).\n\n", safe(&notice.says));
    }
    if !assessment.settings.is_complete {
        text += "The system is not said to be complete (`complete = true` in `readiness.toml`): what is not shown here may be elsewhere.\n\n";
    }
    text += "| Target | |\n|---|---|\n";
    for (name, value) in targets(assessment) {
        text += &format!("| {name} | {value} |\n");
    }
    text += "\n| Category | Met | Of |\n|---|---:|---:|\n";
    for category in &assessment.standard.categories {
        let score = decisions
            .scores
            .iter()
            .find(|(id, _)| *id == category.id)
            .map(|(_, score)| *score)
            .unwrap_or_default();
        text += &format!(
            "| {} | {} | {} |\n",
            safe(&category.title),
            score.met,
            score.of
        );
    }
    text + "\n"
}

/// Returns the places that refute an item.
fn places(assessment: &Assessment, result: &Result) -> Vec<String> {
    let refuting = result
        .evidence
        .iter()
        .filter(|it| it.grade == super::super::Grade::Refuted);
    let places = refuting.filter_map(|it| Some(code(&assessment.shown(it.place.as_ref()?))));
    places.collect()
}

fn blockers(assessment: &Assessment) -> String {
    let open = open_areas(assessment);
    if open.is_empty() {
        return String::new();
    }
    let mut text = "## Blockers\n\n".to_owned();
    for (area, decision) in open {
        let results: Vec<_> = area
            .items
            .iter()
            .filter_map(|id| assessment.decisions.result(id))
            .collect();
        text += &format!("### {}. {}\n\n", area.number, safe(&area.title));
        text += &format!(
            "- **Severity**: {}\n- **State**: {}\n",
            area.severity,
            safe(&decision.why)
        );
        let mut places: Vec<_> = results
            .iter()
            .flat_map(|it| self::places(assessment, it))
            .collect();
        places.dedup();
        if !places.is_empty() {
            places.truncate(6);
            text += &format!("- **Location**: {}\n", places.join(", "));
        }
        if !area.impact.is_empty() {
            text += &format!("- **Impact**: {}\n", safe(&area.impact));
        }
        text += "- **Action required**:\n";
        for result in results {
            let tick = if result.state.is_done() { 'x' } else { ' ' };
            text += &format!(
                "  - [{tick}] {}: {}\n",
                result.item.id,
                safe(&result.item.action)
            );
        }
        if !area.owner.is_empty() {
            text += &format!("- **Owner**: {}\n", safe(&area.owner));
        }
        text.push('\n');
    }
    text
}

fn contradictions(assessment: &Assessment) -> String {
    if assessment.contradictions.is_empty() {
        return String::new();
    }
    let mut text = "## Contradictions\n\n".to_owned();
    for it in &assessment.contradictions {
        let item = it
            .item
            .as_ref()
            .map_or_else(String::new, |item| format!(" ({item})"));
        text += &format!(
            "- {}: {}{item}\n",
            code(&assessment.shown(&it.place)),
            safe(&it.says)
        );
    }
    text + "\n"
}

fn categories(assessment: &Assessment) -> String {
    let mut text = "## Assessment by category\n\n".to_owned();
    for category in &assessment.standard.categories {
        text += &format!(
            "### {}\n\n| | Item | State | Grade | Evidence | Left to a person |\n|---|---|---|---|---|---|\n",
            safe(&category.title)
        );
        let results = assessment.decisions.results.iter();
        for result in results.filter(|it| it.item.category == category.id) {
            text += &format!(
                "| {} {} | {} | {} | {} | {} | {} |\n",
                mark(result.state),
                result.item.id,
                safe(&result.item.title),
                result.state.as_str(),
                result.grade,
                safe(&why(assessment, result)),
                safe(result.item.person.as_deref().unwrap_or_default())
            );
        }
        text.push('\n');
    }
    text
}

fn decisions(assessment: &Assessment) -> String {
    let decisions = &assessment.decisions;
    let row = |it: &Decision, word: &str| {
        format!(
            "| {} {} | {} | {word} | {} |\n",
            mark(it.state),
            it.id,
            safe(&it.title),
            safe(&it.why)
        )
    };
    let mut text = "## Decision\n\n### GO criteria (all have to be met)\n\n| | Criterion | State | Why |\n|---|---|---|---|\n".to_owned();
    for it in &decisions.criteria {
        text += &row(it, it.state.as_str());
    }
    text += "\n### NO-GO indicators (one is enough)\n\n| | Indicator | State | Why |\n|---|---|---|---|\n";
    for it in &decisions.indicators {
        text += &row(it, indicator_word(it.state));
    }
    text += "\n### Sign-offs\n\n";
    for it in &decisions.sign_offs {
        let tick = if it.state.is_done() { 'x' } else { ' ' };
        text += &format!("- [{tick}] **{}**: {}\n", safe(&it.title), safe(&it.why));
    }
    text + "\n"
}

/// Returns the deployment as a Mermaid diagram.
fn graph(assessment: &Assessment) -> String {
    let graph = &assessment.graph;
    if graph.nodes.is_empty() {
        return String::new();
    }
    let mut text = "## Deployment\n\n```mermaid\nflowchart LR\n".to_owned();
    for (number, node) in graph.nodes.iter().enumerate() {
        let name: String = node
            .name
            .chars()
            .map(|c| {
                if c.is_alphanumeric() || "-_. ".contains(c) {
                    c
                } else {
                    '_'
                }
            })
            .collect();
        let class = if node.is_on_path && node.count == 1 {
            ":::single"
        } else {
            ""
        };
        text += &format!(
            "  n{number}[\"{name}<br>{} × {}\"]{class}\n",
            node.what, node.count
        );
    }
    for (from, to) in &graph.edges {
        text += &format!("  n{from} --> n{to}\n");
    }
    text += "  classDef single stroke:#c00,stroke-width:3px\n```\n\n";
    let single: Vec<_> = graph
        .single()
        .map(|it| {
            format!(
                "`{}` ({})",
                it.name.replace('`', "'"),
                assessment.shown(&it.place)
            )
        })
        .collect();
    if !single.is_empty() {
        text += "Requests pass through these, and each of them exists once:\n\n";
        for it in single {
            text += &format!("- {}\n", safe(&it));
        }
        text.push('\n');
    }
    text
}

fn rest(assessment: &Assessment) -> String {
    let mut text = String::new();
    let said: Vec<_> = assessment
        .decisions
        .results
        .iter()
        .filter_map(|it| Some((it, it.said_by.as_ref()?)))
        .collect();
    if !said.is_empty() || !assessment.problems.is_empty() {
        text += "## Statements\n\n";
        for (result, statement) in said {
            text += &format!("- {}: {}\n", result.item.id, safe(&said_by(statement)));
        }
        for problem in &assessment.problems {
            text += &format!("- does not count: {}\n", safe(problem));
        }
        text.push('\n');
    }
    if !assessment.gaps.is_empty() {
        text += "## Not read\n\nThese are no evidence of anything.\n\n";
        for (_, gap) in assessment.gaps.iter().take(50) {
            text += &format!("- {}: {}\n", code(&gap.place), safe(&gap.reason));
        }
        text.push('\n');
    }
    let review = assessment
        .settings
        .next_review
        .as_deref()
        .unwrap_or("not set");
    text += &format!(
        "---\n\n{} files read by gonogo {}. Next review: {review}.\n",
        assessment.files,
        env!("CARGO_PKG_VERSION")
    );
    text
}
