//! Load test scripts and results: k6, Locust, `JMeter`, Gatling, Artillery.

use memchr::memmem;

use super::super::amount::Span;
use super::kind::Kind;
use super::pattern::Pattern;
use super::{Corpus, File, line_at};
use crate::lexicon::path::{is_fixture, is_sample};

/// Whether a code file is a load test script.
pub(crate) fn is_script(path: &str, bytes: &[u8]) -> bool {
    let has = |word: &str| memmem::find(bytes, word.as_bytes()).is_some();
    let extension = path.rsplit_once('.').map_or("", |(_, end)| end);
    match extension {
        "js" | "ts" | "mjs" => {
            // One search for what all of these contain, which few files do.
            has("k6")
                && ["\"k6\"", "'k6'", "k6/http", "k6/ws", "\"k6/", "'k6/"]
                    .into_iter()
                    .any(has)
        }
        "py" => has("from locust") || has("import locust"),
        "scala" | "java" | "kt" => has("io.gatling"),
        _ => false,
    }
}

/// A load test script.
#[derive(Debug, Clone)]
pub(crate) struct Script {
    /// The file.
    pub(crate) file: usize,
    /// The tool.
    pub(crate) tool: &'static str,
    /// The maximum number of concurrent users, with its line; `None` if it is not in the script.
    pub(crate) users: Option<(u64, u32)>,
    /// Requests per minute, if a rate is set.
    pub(crate) rate: Option<u64>,
    /// The line of an address on the local machine.
    pub(crate) local: Option<u32>,
    /// Whether it opens `WebSockets`.
    pub(crate) has_websockets: bool,
    /// Whether it has thresholds.
    pub(crate) has_thresholds: bool,
}

static USERS: [(&str, Pattern); 5] = [
    (
        "k6",
        Pattern::new(
            r#"\b(?:vus|target|maxVUs|startVUs|preAllocatedVUs)\s*:\s*(?:(?:parseInt|Number)\()?(?:\+?__ENV[\w.\[\]'"]+\s*(?:\|\||\?\?)\s*['"]?)?(\d[\d_]*)"#,
        ),
    ),
    (
        "Locust",
        Pattern::new(r"(?m)(?:\busers|user_count|--users|-u)\b\s*[=: ]\s*(\d+)"),
    ),
    (
        "Gatling",
        Pattern::new(
            r"(?:atOnceUsers|rampUsers|constantConcurrentUsers|rampConcurrentUsers\(\d+\)\.to|\.to)\((\d+)\)",
        ),
    ),
    (
        "JMeter",
        Pattern::new(r#"ThreadGroup\.num_threads">(\d+)<"#),
    ),
    (
        "Artillery",
        Pattern::new(r"(?m)^\s*(?:-\s*)?(?:maxVusers|rampTo|arrivalRate|arrivalCount)\s*:\s*(\d+)"),
    ),
];

static RATE: Pattern = Pattern::new(r"\brate\s*:\s*(\d[\d_]*)");
static PER_MINUTE: Pattern = Pattern::new(r#"timeUnit\s*:\s*["']1m["']"#);
static LOCAL: Pattern = Pattern::new(r"(?:https?|wss?)://(?:localhost|127\.0\.0\.1)\b");

/// Returns the tool of a file, if it is a script.
fn tool(file: &File) -> Option<&'static str> {
    match file.kind {
        Kind::Code if file.path.ends_with(".py") => {
            file.text.contains("locust").then_some("Locust")
        }
        Kind::Code if is_script(&file.path, file.text.as_bytes()) => {
            Some(if file.text.contains("io.gatling") {
                "Gatling"
            } else {
                "k6"
            })
        }
        Kind::Xml if file.text.contains("<jmeterTestPlan") => Some("JMeter"),
        Kind::Yaml if file.text.contains("phases:") && file.text.contains("arrivalRate") => {
            Some("Artillery")
        }
        _ => None,
    }
}

/// Returns the scripts of a system.
pub(crate) fn scripts(corpus: &Corpus) -> Vec<Script> {
    let files = corpus.files.iter().enumerate();
    let found = files.filter_map(|(number, file)| {
        let tool = tool(file)?;
        if file.path.contains("example") || file.path.contains("node_modules") {
            return None;
        }
        Some(script(number, file, tool))
    });
    let mut all: Vec<_> = found.collect();
    if all.iter().any(|it| it.tool == "Locust") {
        all.extend(started(corpus));
    }
    all
}

static STARTED: Pattern = Pattern::new(r"\blocust\b[^\n]*\s(?:--users|-u)[ =](\d+)");
static SET: Pattern = Pattern::new(r"(?m)^\s*users\s*[=:]\s*(\d+)");

/// Finds how many users Locust is started with, in scripts, pipelines, and its own settings.
fn started(corpus: &Corpus) -> Vec<Script> {
    let files = corpus.files.iter().enumerate();
    let found = files.filter_map(|(number, file)| {
        let name = super::name(&file.path);
        let is_settings = name.contains("locust") && file.kind == Kind::Conf;
        let pattern = match file.kind {
            Kind::Conf if is_settings => &SET,
            Kind::Shell | Kind::Yaml | Kind::Docker => &STARTED,
            _ => return None,
        };
        let (at, digits) = pattern.groups(&file.text).into_iter().next()?;
        let users = digits.parse().ok()?;
        let mut made = script(number, file, "Locust");
        made.users = Some((users, line_at(&file.text, at)));
        Some(made)
    });
    found.collect()
}

fn script(number: usize, file: &File, tool: &'static str) -> Script {
    let text = file.text.as_str();
    let pattern = USERS.iter().find(|(name, _)| *name == tool);
    let users = pattern
        .map(|(_, pattern)| pattern.groups(text))
        .unwrap_or_default();
    let users = users.into_iter().filter_map(|(at, digits)| {
        let count = digits.replace('_', "").parse().ok()?;
        Some((count, line_at(text, at)))
    });
    let factor = if PER_MINUTE.is_in(text) { 1 } else { 60 };
    let rate = RATE
        .group(text)
        .and_then(|digits| digits.replace('_', "").parse::<u64>().ok());
    Script {
        file: number,
        tool,
        users: users.max_by_key(|(count, _)| *count),
        rate: rate
            .filter(|_| tool == "k6")
            .map(|rate| rate.saturating_mul(factor)),
        local: LOCAL.find(text).map(|found| line_at(text, found.start)),
        has_websockets: text.contains("k6/ws")
            || text.contains("k6/websockets")
            || text.contains("wss://")
            || text.contains("ws("),
        has_thresholds: text.contains("thresholds")
            || text.contains("assertions")
            || text.contains("ensure:"),
    }
}

/// The result of a load test.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    /// The file.
    pub(crate) file: usize,
    /// The tool.
    pub(crate) tool: &'static str,
    /// The maximum number of concurrent users.
    pub(crate) users: Option<u64>,
    /// The 95th percentile of response times.
    pub(crate) p95: Option<Span>,
    /// The share of failed requests, in millionths.
    pub(crate) failed: Option<u32>,
}

/// Returns the results of a system.
pub(crate) fn outcomes(corpus: &Corpus) -> Vec<Outcome> {
    let files = corpus.files.iter().enumerate();
    let files = files.filter(|(_, file)| !is_fixture(&file.path) && !is_sample(&file.path));
    let found = files.filter_map(|(number, file)| match file.kind {
        Kind::Json if file.text.contains("http_req_duration") => k6(number, &file.text),
        Kind::Json if file.text.contains("numberOfRequests") => gatling(number, &file.text),
        Kind::Csv if file.text.contains("timeStamp") => jmeter(number, &file.text),
        Kind::Csv => locust(number, &file.text),
        _ => None,
    });
    found.collect()
}

/// Converts a number of milliseconds to a span.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked"
)]
fn millis(number: f64) -> Option<Span> {
    (0.0..1e12)
        .contains(&number)
        .then_some(Span(number.ceil() as u64))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked"
)]
fn share(number: f64) -> Option<u32> {
    (0.0..=1.0)
        .contains(&number)
        .then_some((number * 1e6).round() as u32)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the range is checked"
)]
fn count(number: f64) -> Option<u64> {
    (0.0..1e12).contains(&number).then_some(number as u64)
}

/// Reads a k6 summary, from `--summary-export` or `handleSummary`.
fn k6(file: usize, text: &str) -> Option<Outcome> {
    let root: serde_json::Value = serde_json::from_str(text).ok()?;
    let metric = |name: &str, key: &str| {
        let metric = root.get("metrics")?.get(name)?;
        let values = metric.get("values").unwrap_or(metric);
        values.get(key)?.as_f64()
    };
    let p95 = metric("http_req_duration", "p(95)")?;
    let failed = metric("http_req_failed", "rate").or_else(|| metric("http_req_failed", "value"));
    let users = metric("vus_max", "max").or_else(|| metric("vus_max", "value"));
    Some(Outcome {
        file,
        tool: "k6",
        users: users.and_then(count),
        p95: millis(p95),
        failed: failed.and_then(share),
    })
}

/// Reads the totals of a Gatling report: `js/global_stats.json`, or `js/stats.json`, which also has those of each
/// request. Its third percentile is the 95th unless configured otherwise.
fn gatling(file: usize, text: &str) -> Option<Outcome> {
    let root: serde_json::Value = serde_json::from_str(text).ok()?;
    let stats = root.get("stats").unwrap_or(&root);
    let figure = |name: &str, of: &str| stats.get(name)?.get(of)?.as_f64();
    let total = figure("numberOfRequests", "total").filter(|total| *total >= 1.0)?;
    let failed = figure("numberOfRequests", "ko")?;
    Some(Outcome {
        file,
        tool: "Gatling",
        users: None,
        p95: figure("percentiles3", "total").and_then(millis),
        failed: share(failed / total),
    })
}

/// Reads the samples of `JMeter`.
fn jmeter(file: usize, text: &str) -> Option<Outcome> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().ok()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let (elapsed, success) = (column("elapsed")?, column("success"));
    let threads = column("allThreads");
    let (mut times, mut failed, mut users) = (Vec::new(), 0_usize, 0_u64);
    for record in reader.records() {
        let record = record.ok()?;
        times.push(record.get(elapsed)?.parse::<u64>().ok()?);
        let is_failed = success.and_then(|at| record.get(at)) == Some("false");
        failed += usize::from(is_failed);
        let now = threads
            .and_then(|at| record.get(at))
            .and_then(|text| text.parse().ok());
        users = users.max(now.unwrap_or(0));
    }
    times.sort_unstable();
    let p95 = times.get((times.len() * 95).div_ceil(100).checked_sub(1)?)?;
    let failed = u32::try_from(failed * 1_000_000 / times.len()).ok();
    Some(Outcome {
        file,
        tool: "JMeter",
        users: Some(users).filter(|users| *users > 0),
        p95: Some(Span(*p95)),
        failed,
    })
}

/// Reads the statistics of Locust.
fn locust(file: usize, text: &str) -> Option<Outcome> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().ok()?.clone();
    let column = |name: &str| headers.iter().position(|header| header == name);
    let (name, requests, failures, p95) = (
        column("Name")?,
        column("Request Count")?,
        column("Failure Count")?,
        column("95%")?,
    );
    let records = reader.records().filter_map(Result::ok);
    let total = records
        .filter(|record| record.get(name) == Some("Aggregated"))
        .last()?;
    let number = |at: usize| total.get(at)?.parse::<f64>().ok();
    let (requests, failures) = (number(requests)?, number(failures)?);
    if requests < 1.0 {
        return None;
    }
    Some(Outcome {
        file,
        tool: "Locust",
        users: None,
        p95: number(p95).and_then(millis),
        failed: share(failures / requests),
    })
}
