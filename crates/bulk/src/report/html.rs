//! One self-contained page about everything: verdict and trend, what to do first, by owner, by secret, by repository,
//! coverage, and all findings, with filters. The page for one repository is a part of it.
//!
//! Scanned content reaches the page only as data, in columns with numbers in place of repeated texts, and the script
//! shows it as text. The page's content security policy allows only its one script and one style sheet, and no loading
//! of anything.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::estate::{Estate, Finding, Standing};
use super::tasks::tasks;
use super::trend::trend;
use super::words::headline;
use crate::clock;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
const BODY: &str = include_str!("html/body.html");

/// How many pieces of work are listed if scripts are disabled.
const PLAIN: usize = 100;

/// Returns the page.
pub(super) fn page(estate: &Estate) -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'",
        hash(SCRIPT),
        hash(STYLE)
    );
    let verdict = estate.verdict().to_string();
    let class = verdict.to_lowercase();
    let line = headline(estate);
    let line = line.trim().trim_start_matches(verdict.as_str());
    let title = escaped(line.trim_start_matches([':', ' ']));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <title>{verdict} - gonogo bulk</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n\
         <body>\n<header class=\"{class}\"><h1>{verdict}</h1><p>{title}</p></header>\n{BODY}{}\
         <script type=\"application/json\" id=\"data\">{}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
        plain(estate),
        data(estate).to_string().replace('<', "\\u003c")
    )
}

/// Returns what the page shows if scripts are disabled.
fn plain(estate: &Estate) -> String {
    let mut text =
        "<noscript><table><tr><th>Repository</th><th>Verdict</th><th>Why</th></tr>\n".to_owned();
    for repository in &estate.repositories {
        text.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n",
            escaped(&repository.row.label),
            repository.verdict,
            escaped(repository.why.as_deref().unwrap_or_default())
        ));
    }
    text.push_str(
        "</table><table><tr><th>Severity</th><th>What</th><th>Where</th><th>Owner</th></tr>\n",
    );
    for task in tasks(estate).iter().take(PLAIN) {
        let finding = task.first;
        text.push_str(&format!(
            "<tr><td>{}</td><td>{}</td><td>{} {}</td><td>{}</td></tr>\n",
            finding.row.severity,
            escaped(&finding.row.message),
            escaped(&estate.repositories[finding.repository].row.label),
            escaped(&finding.place()),
            escaped(finding.owner.as_deref().unwrap_or_default())
        ));
    }
    text + "</table></noscript>\n"
}

/// Escapes text for HTML.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            c if c.is_control() => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Repeated texts, stored once each.
#[derive(Default)]
struct Words {
    numbers: HashMap<String, usize>,
    all: Vec<String>,
}

impl Words {
    fn number(&mut self, word: &str) -> usize {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = self.all.len();
        self.all.push(word.to_owned());
        self.numbers.insert(word.to_owned(), number);
        number
    }
}

/// The columns of all findings.
#[derive(Default)]
struct Columns {
    words: Words,
    /// By name.
    columns: Vec<(&'static str, Vec<Value>)>,
}

impl Columns {
    fn put(&mut self, name: &'static str, value: Value) {
        match self.columns.iter_mut().find(|(known, _)| *known == name) {
            Some((_, column)) => column.push(value),
            None => self.columns.push((name, vec![value])),
        }
    }

    fn word(&mut self, name: &'static str, word: &str) {
        let number = self.words.number(word);
        self.put(name, json!(number));
    }

    fn finding(&mut self, finding: &Finding) {
        let row = &finding.row;
        let (folder, file) = row.path.rsplit_once('/').unwrap_or(("", &row.path));
        let place = if row.path.is_empty() {
            finding.place()
        } else {
            file.to_owned()
        };
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        self.put("repo", json!(finding.repository));
        self.word("sev", &row.severity);
        self.word("rule", &row.rule);
        self.word("msg", &row.message);
        self.word("dir", folder);
        self.word("file", &place);
        self.word("member", &text(&row.member));
        self.put("line", json!(row.region[0]));
        self.word("state", finding.standing.word());
        self.word("owner", &text(&finding.owner));
        self.word("by", &text(&finding.owned_by));
        self.word("presence", row.presence.as_deref().unwrap_or("head"));
        self.put(
            "flags",
            json!(
                u8::from(finding.decides)
                    | u8::from(row.is_proven) << 1
                    | u8::from(finding.change.is_some()) << 2
            ),
        );
        self.put("secret", json!(row.secret.unwrap_or(0)));
        self.put("points", json!(finding.priority.points));
        self.word(
            "date",
            row.date
                .as_deref()
                .and_then(|date| date.get(..10))
                .unwrap_or_default(),
        );
        self.put("fp", json!(row.fingerprint));
        self.put("first", json!(row.first_run));
        let note = match &finding.standing {
            Standing::Accepted { by, reason } => format!("{by}: {reason}"),
            Standing::Decided(it) => {
                let until = it
                    .until
                    .as_ref()
                    .map(|until| format!(" until {until}"))
                    .unwrap_or_default();
                format!("{}: {}{until}", it.who, it.reason)
            }
            _ => finding.change.unwrap_or_default().to_owned(),
        };
        self.word("note", &note);
    }
}

fn data(estate: &Estate) -> Value {
    let mut columns = Columns::default();
    for finding in &estate.findings {
        columns.finding(finding);
    }
    let numbers: HashMap<i64, usize> = (0..)
        .zip(&estate.findings)
        .map(|(at, it)| (it.row.id, at))
        .collect();
    let first: Vec<Value> = tasks(estate)
        .iter()
        .take(1_000)
        .map(|task| {
            let at = numbers.get(&task.first.row.id);
            json!([
                at,
                task.findings.len(),
                task.repositories.len(),
                task.first.priority.reasons.join(", ")
            ])
        })
        .collect();
    let runs: HashMap<i64, i64> = estate
        .runs
        .iter()
        .map(|run| (run.id, run.started))
        .collect();
    let repositories: Vec<Value> = estate
        .repositories
        .iter()
        .map(|it| {
            let coverage = it.coverage.as_ref();
            let undecided = it.gaps.iter().filter(|gap| gap.undecided);
            let gaps = undecided
                .take(5)
                .map(|gap| format!("{}: {}: {}", gap.kind, gap.place, gap.reason));
            json!([
                it.row.label,
                it.row.location,
                it.verdict,
                it.why.as_deref().unwrap_or_default(),
                coverage.map_or(0, |it| it.blobs + it.commits + it.tags),
                coverage.map_or(0, |it| it.bytes),
                coverage.map_or_else(String::new, |it| clock::minute(it.at)),
                coverage.map_or(0.0, |it| (it.seconds * 10.0).round() / 10.0),
                it.gaps.len(),
                gaps.collect::<Vec<_>>(),
                coverage.map_or("", |it| it.settings.as_str()),
            ])
        })
        .collect();
    let used: Vec<Value> = estate
        .in_use
        .iter()
        .map(|(secret, used)| json!([secret, used]))
        .collect();
    let columns_data: serde_json::Map<String, Value> = columns
        .columns
        .into_iter()
        .map(|(name, column)| (name.to_owned(), Value::Array(column)))
        .collect();
    json!({
        "words": columns.words.all,
        "findings": columns_data,
        "repositories": repositories,
        "first": first,
        "used": used,
        "runs": runs.iter().map(|(id, at)| (id.to_string(), json!(clock::day(*at)))).collect::<serde_json::Map<_, _>>(),
        "trend": trend(estate)
            .iter()
            .map(|point| {
                let sums = point.sums;
                let decide = point.knows_decide.then_some(sums.decide);
                json!([point.run, clock::minute(point.started), sums.to_do, sums.new, sums.gone, sums.by_rule, decide])
            })
            .collect::<Vec<_>>(),
        "since": estate.since.map(|since| since.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_no_markup() {
        assert_eq!(
            escaped("<b a=\"&\">\u{1b}"),
            "&lt;b a=&quot;&amp;&quot;&gt;\u{fffd}"
        );
    }

    #[test]
    fn what_repeats_is_there_once() {
        let mut words = Words::default();
        assert_eq!(
            (words.number("a"), words.number("b"), words.number("a")),
            (0, 1, 0)
        );
        assert_eq!(words.all, ["a", "b"]);
    }
}
