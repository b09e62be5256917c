//! The report as a self-contained HTML page: light and dark, wide and narrow, without scripts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::super::decide::{Result, said_by};
use super::{Assessment, Decision, State, indicator_word, open_areas, sentence, svg, targets, why};
use crate::model::Verdict;
use crate::report::{html as safe, html_prose as prose};

const STYLE: &str = include_str!("style.css");

pub(super) fn write(assessment: &Assessment) -> String {
    let mut page = head(assessment);
    page += &summary(assessment);
    page += &blockers(assessment);
    page += &contradictions(assessment);
    page += &categories(assessment);
    page += &decisions(assessment);
    page += &deployment(assessment);
    page += &rest(assessment);
    page + "</body>\n</html>\n"
}

fn class(state: State) -> &'static str {
    match state {
        State::Refuted => "refuted",
        State::Open => "open",
        State::Said => "said",
        State::Met => "met",
        State::NotApplicable => "not-applicable",
    }
}

fn head(assessment: &Assessment) -> String {
    let hash = STANDARD.encode(Sha256::digest(STYLE));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-{hash}'; img-src data:; base-uri 'none'; form-action 'none'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{}: {} - gonogo readiness</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n",
        assessment.verdict(),
        safe(&assessment.name)
    )
}

fn summary(assessment: &Assessment) -> String {
    let decisions = &assessment.decisions;
    let class = match assessment.verdict() {
        Verdict::Go => "go",
        Verdict::NoGo => "no-go",
        Verdict::Undecided => "undecided",
    };
    let environment = assessment
        .environment
        .as_ref()
        .map_or_else(String::new, |it| format!(", {}", safe(it)));
    let mut text = format!(
        "<header>\n<h1>{}: production readiness assessment</h1>\n<p class=\"soft\">{}{environment}</p>\n\
         <div class=\"verdict {class}\">{}</div>\n<p>{}</p>\n",
        safe(&assessment.name),
        assessment.today,
        assessment.verdict(),
        safe(&sentence(assessment))
    );
    for notice in &assessment.notices {
        let place = safe(&assessment.shown(&notice.place));
        text += &format!("<p>Note: {} ({place}).</p>\n", safe(&notice.says));
    }
    for repository in &assessment.repositories {
        if let Some(commit) = &repository.commit {
            text += &format!(
                "<p class=\"soft\">{} <code>{}</code></p>\n",
                safe(&repository.name),
                safe(commit)
            );
        }
    }
    if !assessment.settings.is_complete {
        text += "<p class=\"soft\">The system is not said to be complete: what is not shown here may be elsewhere.</p>\n";
    }
    let score = decisions.score;
    text += &format!(
        "</header>\n<h2>Score: {} of {} items ({} %)</h2>\n<ul class=\"scores\">\n",
        score.met,
        score.of,
        score.percent()
    );
    for category in &assessment.standard.categories {
        let score = decisions
            .scores
            .iter()
            .find(|(id, _)| *id == category.id)
            .map(|(_, score)| *score)
            .unwrap_or_default();
        let title = safe(&category.title);
        text += &format!(
            "<li><span>{title}</span><span>{} of {}</span><progress aria-label=\"{title}\" value=\"{}\" max=\"{}\"></progress></li>\n",
            score.met,
            score.of,
            score.met,
            score.of.max(1)
        );
    }
    text += "</ul>\n<h2>Targets</h2>\n<dl>\n";
    for (name, value) in targets(assessment) {
        text += &format!("<dt>{name}</dt><dd>{}</dd>\n", safe(&value));
    }
    text + "</dl>\n"
}

fn blockers(assessment: &Assessment) -> String {
    let open = open_areas(assessment);
    if open.is_empty() {
        return String::new();
    }
    let mut text = "<h2>Blockers</h2>\n".to_owned();
    for (area, decision) in open {
        let results: Vec<_> = area
            .items
            .iter()
            .filter_map(|id| assessment.decisions.result(id))
            .collect();
        text += &format!(
            "<section class=\"card\">\n<h3>{}. {}</h3>\n<dl>\n<dt>Severity</dt><dd>{}</dd>\n<dt>State</dt><dd class=\"{}\">{}</dd>\n",
            area.number,
            safe(&area.title),
            safe(&area.severity),
            class(decision.state),
            safe(&decision.why)
        );
        let places = places(assessment, &results);
        if !places.is_empty() {
            text += &format!("<dt>Location</dt><dd>{places}</dd>\n");
        }
        for (name, value) in [("Impact", &area.impact), ("Owner", &area.owner)] {
            if !value.is_empty() {
                text += &format!("<dt>{name}</dt><dd>{}</dd>\n", safe(value));
            }
        }
        text += "</dl>\n<ul class=\"tasks\">\n";
        for result in results {
            let done = if result.state.is_done() {
                " class=\"done\""
            } else {
                ""
            };
            text += &format!(
                "<li{done}>{}: {}</li>\n",
                safe(&result.item.id),
                prose(&result.item.action)
            );
        }
        text += "</ul>\n</section>\n";
    }
    text
}

fn places(assessment: &Assessment, results: &[&Result]) -> String {
    let evidence = results.iter().flat_map(|it| &it.evidence);
    let refuting = evidence.filter(|it| it.grade == super::super::Grade::Refuted);
    let mut places: Vec<_> = refuting
        .filter_map(|it| Some(assessment.shown(it.place.as_ref()?)))
        .collect();
    places.dedup();
    let places: Vec<_> = places
        .iter()
        .take(6)
        .map(|it| format!("<code>{}</code>", safe(it)))
        .collect();
    places.join(", ")
}

fn contradictions(assessment: &Assessment) -> String {
    if assessment.contradictions.is_empty() {
        return String::new();
    }
    let mut text = "<h2>Contradictions</h2>\n<ul>\n".to_owned();
    for it in &assessment.contradictions {
        let item = it
            .item
            .as_ref()
            .map_or_else(String::new, |item| format!(" ({})", safe(item)));
        text += &format!(
            "<li><code>{}</code>: {}{item}</li>\n",
            safe(&assessment.shown(&it.place)),
            prose(&it.says)
        );
    }
    text + "</ul>\n"
}

fn categories(assessment: &Assessment) -> String {
    let mut text = "<h2>Assessment by category</h2>\n".to_owned();
    for category in &assessment.standard.categories {
        text += &format!(
            "<h3>{}</h3>\n<table>\n<thead><tr><th>Item</th><th>State</th><th>Grade</th><th>Evidence</th><th>Left to a person</th></tr></thead>\n<tbody>\n",
            safe(&category.title)
        );
        let results = assessment.decisions.results.iter();
        for result in results.filter(|it| it.item.category == category.id) {
            text += &format!(
                "<tr><td>{} {}</td><td class=\"state {}\">{}</td><td data-label=\"Grade\">{}</td><td>{}</td><td class=\"soft\"{}>{}</td></tr>\n",
                safe(&result.item.id),
                safe(&result.item.title),
                class(result.state),
                result.state.as_str(),
                result.grade,
                prose(&why(assessment, result)),
                if result.item.person.is_some() {
                    " data-label=\"Left to a person\""
                } else {
                    ""
                },
                safe(result.item.person.as_deref().unwrap_or_default())
            );
        }
        text += "</tbody>\n</table>\n";
    }
    text
}

fn rows(title: &str, all: &[Decision], word: impl Fn(State) -> &'static str) -> String {
    let mut text = format!("<h3>{title}</h3>\n<table>\n<tbody>\n");
    for it in all {
        text += &format!(
            "<tr><td>{}</td><td>{}</td><td class=\"state {}\">{}</td><td>{}</td></tr>\n",
            safe(&it.id),
            safe(&it.title),
            class(it.state),
            word(it.state),
            safe(&it.why)
        );
    }
    text + "</tbody>\n</table>\n"
}

fn decisions(assessment: &Assessment) -> String {
    let decisions = &assessment.decisions;
    let mut text = "<h2>Decision</h2>\n".to_owned();
    text += &rows(
        "GO criteria (all have to be met)",
        &decisions.criteria,
        State::as_str,
    );
    text += &rows(
        "NO-GO indicators (one is enough)",
        &decisions.indicators,
        indicator_word,
    );
    text += &rows("Sign-offs", &decisions.sign_offs, State::as_str);
    text
}

fn deployment(assessment: &Assessment) -> String {
    let drawing = svg::draw(&assessment.graph);
    if drawing.is_empty() {
        return String::new();
    }
    let single: Vec<_> = assessment
        .graph
        .single()
        .map(|it| format!("<code>{}</code>", safe(&it.name)))
        .collect();
    let mut text = format!("<h2>Deployment</h2>\n<div class=\"wide\">\n{drawing}</div>\n");
    if !single.is_empty() {
        text += &format!(
            "<p>Requests pass through {}, and each of them exists once.</p>\n",
            single.join(", ")
        );
    }
    text
}

fn rest(assessment: &Assessment) -> String {
    let mut text = String::new();
    let mut list = |title: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            text += &format!("<h2>{title}</h2>\n<ul>\n{}</ul>\n", lines.concat());
        }
    };
    let said = assessment
        .decisions
        .results
        .iter()
        .filter_map(|it| Some((it, it.said_by.as_ref()?)));
    list(
        "Statements",
        said.map(|(result, statement)| {
            format!(
                "<li>{}: {}</li>\n",
                safe(&result.item.id),
                safe(&said_by(statement))
            )
        })
        .collect(),
    );
    let problems = assessment.problems.iter();
    list(
        "Statements that do not count",
        problems
            .map(|it| format!("<li>{}</li>\n", safe(it)))
            .collect(),
    );
    let gaps = assessment.gaps.iter().take(50);
    list(
        "Not read, and no evidence",
        gaps.map(|(_, gap)| {
            format!(
                "<li><code>{}</code>: {}</li>\n",
                safe(&gap.place),
                safe(&gap.reason)
            )
        })
        .collect(),
    );
    let review = assessment
        .settings
        .next_review
        .as_deref()
        .unwrap_or("not set");
    text + &format!(
        "<footer class=\"soft\"><p>{} files read by gonogo {}. Next review: {}.</p></footer>\n",
        assessment.files,
        env!("CARGO_PKG_VERSION"),
        safe(review)
    )
}
