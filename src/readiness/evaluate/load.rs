//! Load tests and their results, chaos experiments, and performance reports (K1, K2, H9, C12, C14, O1).

use super::View;
use crate::readiness::Grade;
use crate::readiness::amount::Span;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::compose::Purpose;
use crate::readiness::read::load::{Outcome, Script, outcomes, scripts};
use crate::readiness::read::pattern::Pattern;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let scripts = scripts(view.corpus);
    scenarios(view, &scripts, ledger);
    for outcome in outcomes(view.corpus) {
        result(view, &outcome, ledger);
    }
    reports(view, ledger);
    chaos(view, ledger);
}

static DATED: Pattern = Pattern::new(r"\b(20\d\d-\d\d-\d\d)\b");
static ANALYSED: Pattern = Pattern::new(
    r"(?i)explain \(?analy[sz]e|pg_stat_user_indexes|pg_stat_statements|unused index|pt-query-digest",
);
static QUERY_TIME: Pattern = Pattern::new(
    r"(?i)\b(?:p95|95th|95 %)[^\n]{0,40}?quer[^\n\d]{0,40}?(\d+(?:\.\d+)?)\s*ms|quer[^\n]{0,40}?\b(?:p95|95th)[^\n\d]{0,40}?(?:\d+(?:\.\d+)?)\s*ms",
);
static MILLISECONDS: Pattern = Pattern::new(r"(\d+(?:\.\d+)?)\s*ms\b");

/// How long 95 % of queries may take, in milliseconds.
const QUERY_LIMIT: f64 = 50.0;

/// Reports documents with a date that analyze queries and indexes.
fn reports(view: &View<'_>, ledger: &mut Ledger) {
    for document in &view.documents {
        let is_dated = DATED.is_in(document.text);
        if let Some(found) = ANALYSED.find(document.text).filter(|_| is_dated) {
            let place = view.corpus.place(document.file, found.start);
            let says = "a dated report on queries and indexes";
            ledger.add("C12", Grade::Exercised, place, says);
        }
        let Some(found) = QUERY_TIME.find(document.text).filter(|_| is_dated) else {
            continue;
        };
        let time = MILLISECONDS.group(&document.text[found.clone()]);
        let place = view.corpus.place(document.file, found.start);
        match time.and_then(|it| it.parse::<f64>().ok()) {
            Some(time) if time <= QUERY_LIMIT => {
                let says = format!("a dated report: 95 % of queries take up to {time} ms");
                ledger.add("C14", Grade::Exercised, place, says);
            }
            Some(time) => {
                let says = format!("a dated report: 95 % of queries take up to {time} ms");
                ledger.refute("C14", place, says);
            }
            None => {}
        }
    }
}

/// Converts a span to seconds.
#[expect(
    clippy::cast_precision_loss,
    reason = "targets of latency are far below what a float holds"
)]
pub(super) fn seconds(span: Span) -> f64 {
    span.0 as f64 / 1000.0
}

/// Reports load test scripts, and compares the one with the most users with the target.
fn scenarios(view: &View<'_>, scripts: &[Script], ledger: &mut Ledger) {
    for script in scripts {
        let place = |line: u32| view.corpus.line(script.file, line);
        let first = script.users.map_or(1, |(_, line)| line);
        let says = match script.users {
            Some((1, _)) => format!("a {} scenario for 1 user", script.tool),
            Some((users, _)) => format!("a {} scenario for {users} users", script.tool),
            None => format!("a {} scenario", script.tool),
        };
        let more = [
            (script.has_thresholds, "thresholds"),
            (script.has_websockets, "WebSockets"),
        ];
        let more: Vec<_> = more
            .iter()
            .filter(|(has, _)| *has)
            .map(|(_, what)| *what)
            .collect();
        let with = if more.is_empty() {
            String::new()
        } else {
            format!(", with {}", more.join(" and "))
        };
        ledger.add("K1", Grade::SetUp, place(first), format!("{says}{with}"));
    }
    let largest = scripts
        .iter()
        .filter_map(|it| Some((it, it.users?)))
        .max_by_key(|(_, (users, _))| *users);
    if let (Some((script, (users, line))), Some(target)) = (largest, view.target().users)
        && users < target as u64
    {
        let says =
            format!("the largest load scenario has {users} users, and the target is {target}");
        ledger.contradict("K1", view.corpus.line(script.file, line), says);
    }
    let fastest = scripts
        .iter()
        .filter_map(|it| Some((it, it.rate?)))
        .max_by_key(|(_, rate)| *rate);
    if let (Some((script, rate)), Some(target)) = (fastest, view.target().requests_per_minute)
        && rate < target as u64
    {
        let says = format!(
            "the fastest load scenario sends {rate} requests a minute, and the target is {target}"
        );
        ledger.contradict("K1", view.corpus.line(script.file, 1), says);
    }
    if let Some(script) = scripts
        .iter()
        .find(|_| scripts.iter().all(|it| it.local.is_some()))
    {
        let place = view.corpus.line(script.file, script.local.unwrap_or(1));
        let is_refuted = view.target().is_stated();
        let grade = if is_refuted {
            Grade::Refuted
        } else {
            Grade::Nothing
        };
        ledger.add(
            "K1",
            grade,
            place,
            "the load scenario runs against this machine",
        );
    }
}

fn result(view: &View<'_>, outcome: &Outcome, ledger: &mut Ledger) {
    let place = || view.corpus.line(outcome.file, 1);
    let target = view.target();
    let mut problems = Vec::new();
    if let (Some(users), Some(wanted)) = (outcome.users, target.users)
        && users < wanted as u64
    {
        problems.push(format!("{users} users, and the target is {wanted}"));
    }
    if let (Some(p95), Some(wanted)) = (outcome.p95, target.latency)
        && p95 > wanted
    {
        let says = format!("95 % of requests took up to {p95}, and the target is {wanted}");
        ledger.refute("H9", place(), says.clone());
        problems.push(says);
    }
    let allowed = target.availability.map_or(10_000, |it| 1_000_000 - it);
    if let Some(failed) = outcome.failed.filter(|failed| *failed > allowed) {
        problems.push(format!(
            "{:.2} % of requests failed",
            f64::from(failed) / 1e4
        ));
    }
    if problems.is_empty() {
        let p95 = outcome.p95.map_or_else(String::new, |p95| {
            format!(": 95 % of requests took up to {p95}")
        });
        let users = outcome
            .users
            .map_or_else(String::new, |users| format!(" with {users} users"));
        let says = format!("a result of {}{users}{p95}", outcome.tool);
        ledger.add("K2", Grade::Exercised, place(), says.clone());
        if target.latency.is_some() && outcome.p95.is_some() {
            ledger.add("H9", Grade::Exercised, place(), says);
        }
        return;
    }
    for problem in problems {
        ledger.contradict(
            "K2",
            place(),
            format!("a result of {}: {problem}", outcome.tool),
        );
    }
}

const CHAOS: &[&str] = &[
    "PodChaos",
    "NetworkChaos",
    "StressChaos",
    "IOChaos",
    "ChaosEngine",
    "ChaosSchedule",
    "Workflow",
];

fn chaos(view: &View<'_>, ledger: &mut Ledger) {
    for it in view.manifests.iter().filter(|it| CHAOS.contains(&it.kind)) {
        let version = crate::readiness::read::text(it.value, "apiVersion").unwrap_or_default();
        if version.contains("chaos") || version.contains("litmus") {
            ledger.add(
                "O1",
                Grade::SetUp,
                view.corpus.at(it.file, it.value),
                format!("{} `{}`", it.kind, it.name),
            );
        }
    }
    for service in view.services.iter().filter(|it| it.purpose == Purpose::App) {
        let image = service.image_name();
        if ["toxiproxy", "pumba"]
            .iter()
            .any(|name| image.contains(name))
        {
            ledger.add(
                "O1",
                Grade::SetUp,
                view.service_place(service),
                format!("service `{}` injects failures", service.name),
            );
        }
    }
    for block in view.resources(&["aws_fis_experiment_template"]) {
        ledger.add(
            "O1",
            Grade::SetUp,
            view.block_place(block),
            format!("experiment `{}`", block.name()),
        );
    }
}
