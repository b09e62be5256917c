//! Incidents, on-call, service level objectives, and regular tasks (N3–N6).

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::prose::Document;
use crate::readiness::read::prose::lines;
use crate::readiness::read::{name, text};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for document in &view.documents {
        incidents(view, document, ledger);
    }
    on_call(view, ledger);
    objectives(view, ledger);
    operations(view, ledger);
}

static SEVERITY: Pattern = Pattern::new(r"\b(?:P[0-4]|SEV-?[0-4]|Sev ?[0-4])\b");
static TIME: Pattern = Pattern::new(r"(?i)\b\d+\s*(?:min(?:ute)?s?|h(?:ou)?rs?)\b");

/// Reports an incident plan: severities, who does what, and how fast.
fn incidents(view: &View<'_>, document: &Document<'_>, ledger: &mut Ledger) {
    let path = view.corpus.files[document.file].path.to_ascii_lowercase();
    let line = document.heading(&[
        "incident response",
        "incident management",
        "incident playbook",
        "incident process",
        "incident plan",
        "escalation",
    ]);
    if !path.contains("incident") && line.is_none() {
        return;
    }
    if is_report(&path) {
        let place = view.corpus.line(document.file, 1);
        let says = "a report of an incident; a plan is not shown by it";
        ledger.add("N3", Grade::Said, place, says);
        return;
    }
    let place = view.corpus.line(document.file, line.unwrap_or(1));
    let lower = document.text.to_ascii_lowercase();
    let has_roles = ["commander", "on-call", "notify", "escalat", "lead"]
        .iter()
        .any(|word| lower.contains(word));
    let is_plan = SEVERITY.is_in(document.text) && TIME.is_in(document.text) && has_roles;
    if is_plan {
        ledger.add(
            "N3",
            Grade::SetUp,
            place,
            "a plan with severities, roles and times",
        );
    } else {
        ledger.add(
            "N3",
            Grade::Said,
            place,
            "a document about incidents, without severities, roles and times",
        );
    }
    if let Some(line) = placeholder(document.text).filter(|_| path.contains("incident")) {
        ledger.refute(
            "N3",
            view.corpus.line(document.file, line),
            "the plan still has placeholders",
        );
    }
}

/// Whether a document describes a past incident. It is not a plan, and placeholders that it quotes need not be filled
/// in.
fn is_report(path: &str) -> bool {
    let words = [
        "postmortem",
        "post-mortem",
        "post_mortem",
        "incident-report",
        "incident_report",
    ];
    DAY.is_in(path) || words.iter().any(|word| path.contains(word)) && !path.contains("template")
}

static DAY: Pattern = Pattern::new(r"(?:19|20)\d\d[-_]?[01]\d[-_]?[0-3]\d");

/// Returns the line of the first placeholder in prose or a list, outside code.
fn placeholder(text: &str) -> Option<u32> {
    const WORDS: [&str; 5] = ["TODO", "TBD", "[name]", "[phone]", "xxx-xxx"];
    let mut is_code = false;
    for (number, line) in lines(text) {
        let trimmed = line.trim_start();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            is_code = !is_code;
        }
        if is_code || line.starts_with("    ") && !trimmed.starts_with(['-', '*', '+', '|']) {
            continue;
        }
        let is_left = |word: &&str| {
            line.match_indices(*word).any(|(at, _)| {
                let before = line[..at].chars().next_back();
                let after = line[at + word.len()..].chars().next();
                let is_part = |c: char| c.is_alphanumeric() || c == '_';
                !before.is_some_and(|c| is_part(c) || matches!(c, ']' | ')' | '`'))
                    && !after.is_some_and(|c| is_part(c) || matches!(c, '(' | '[' | '`'))
            })
        };
        if WORDS.iter().any(is_left) {
            return Some(number);
        }
    }
    None
}

fn on_call(view: &View<'_>, ledger: &mut Ledger) {
    let resources = [
        "pagerduty_schedule",
        "pagerduty_escalation_policy",
        "opsgenie_schedule",
        "opsgenie_escalation",
        "grafana_oncall_escalation_chain",
        "grafana_oncall_schedule",
        "squadcast_escalation_policy",
    ];
    for block in view.resources(&resources) {
        ledger.add(
            "N4",
            Grade::SetUp,
            view.block_place(block),
            format!("{} `{}`", block.resource(), block.name()),
        );
        let users = block
            .within("layer")
            .filter_map(|it| match it.get("users") {
                Some(super::terraform::Given::List(count, _)) => Some(*count),
                _ => None,
            });
        if users.sum::<usize>() == 1 && block.resource() == "pagerduty_schedule" {
            ledger.refute(
                "N4",
                view.block_place(block),
                format!("one person only is on the rota `{}`", block.name()),
            );
        }
    }
    for (file, read) in view.shipped(Kind::Yaml) {
        let pages = [
            "pagerduty_configs:",
            "opsgenie_configs:",
            "victorops_configs:",
        ]
        .iter()
        .find_map(|word| read.text.find(word));
        if let Some(at) = pages {
            ledger.add(
                "N4",
                Grade::SetUp,
                view.corpus.place(file, at),
                "alerts page a person",
            );
        }
    }
}

fn objectives(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.corpus.of(Kind::Yaml) {
        if read.role == crate::lexicon::path::Role::Vendored
            || read.role == crate::lexicon::path::Role::Development
        {
            continue;
        }
        for document in view.corpus.documents(file) {
            let kind = text(document, "kind").unwrap_or_default();
            let version = text(document, "apiVersion").unwrap_or_default();
            let is_slo = (kind == "SLO" && version.starts_with("openslo"))
                || kind == "PrometheusServiceLevel"
                || (kind == "ServiceLevelObjective" && version.contains("pyrra"))
                || (text(document, "version") == Some("prometheus/v1")
                    && document.get("slos").is_some());
            if is_slo {
                ledger.add(
                    "N5",
                    Grade::SetUp,
                    view.corpus.at(file, document),
                    "an SLO as a file",
                );
            }
        }
    }
    for block in view.resources(&[
        "google_monitoring_slo",
        "datadog_service_level_objective",
        "grafana_slo",
        "newrelic_service_level",
    ]) {
        ledger.add(
            "N5",
            Grade::SetUp,
            view.block_place(block),
            format!("{} `{}`", block.resource(), block.name()),
        );
    }
    for document in &view.documents {
        let found = SHARE.groups(document.text).into_iter().find(|(at, _)| {
            let start = document.text[..*at].rfind('\n').map_or(0, |at| at + 1);
            let line = document.text[start..].lines().next().unwrap_or_default();
            [
                "SLO",
                "SLA",
                "uptime",
                "availability",
                "Uptime",
                "Availability",
            ]
            .iter()
            .any(|word| line.contains(word))
        });
        if let Some((at, share)) = found {
            let place = view.corpus.place(document.file, at);
            ledger.add(
                "N5",
                Grade::Said,
                place.clone(),
                format!("a document promises {share}"),
            );
            let promised = crate::readiness::amount::percent(share);
            if let (Some(promised), Some(target)) = (promised, view.target().availability)
                && promised < target
            {
                ledger.contradict(
                    "N5",
                    place,
                    format!("the document says {share}, which is less than the target"),
                );
            }
        }
    }
}

/// Whether the settings of Renovate switch it off for the whole repository.
fn is_switched_off(text: &str) -> bool {
    let settings: Option<serde_json::Value> = serde_json::from_str(text).ok();
    settings.is_some_and(|it| it.get("enabled").and_then(serde_json::Value::as_bool) == Some(false))
}

static SHARE: Pattern = Pattern::new(r"\b(9\d(?:\.\d+)?\s?%)");

fn operations(view: &View<'_>, ledger: &mut Ledger) {
    let runs = view
        .scheduled
        .iter()
        .filter(|it| !it.is_off && it.every.is_some());
    for it in runs.filter(|it| it.by != "a scheduled pipeline").take(3) {
        let says = format!("{} does something regularly", it.by);
        ledger.add("N6", Grade::SetUp, it.place.clone(), says);
    }
    for (file, read) in view.corpus.files.iter().enumerate() {
        let own = name(&read.path);
        let is_bot = read.path == ".github/dependabot.yml"
            || read.path == ".github/dependabot.yaml"
            || own == "renovate.json"
            || own == ".renovaterc.json"
            || own == "renovate.json5";
        if is_bot && !is_switched_off(&read.text) {
            ledger.add(
                "N6",
                Grade::SetUp,
                view.corpus.line(file, 1),
                "dependencies are updated by a bot",
            );
        }
    }
}
