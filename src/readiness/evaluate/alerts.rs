//! Alerts: which exist, with which thresholds, and who receives them (I8, L11).

use super::View;
use super::promises::{Promised, promised};
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::terraform::Block;
use crate::readiness::read::text;

/// An alert.
struct Alert {
    place: Place,
    name: String,
    expression: String,
}

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let alerts = alerts(view);
    let receivers = receivers(view, ledger);
    let kinds = subjects(&alerts);
    if let Some(first) = alerts.first() {
        let of = if kinds.is_empty() {
            String::new()
        } else {
            format!(", about {}", kinds.join(", "))
        };
        let many = if alerts.len() == 1 {
            "1 alert".to_owned()
        } else {
            format!("{} alerts", alerts.len())
        };
        let (grade, to) = match &receivers {
            Receivers::Real(name) => (Grade::Wired, format!(", and `{name}` receives them")),
            Receivers::None | Receivers::Null => (Grade::SetUp, "; no receiver is here".to_owned()),
        };
        ledger.add("I8", grade, first.place.clone(), format!("{many}{of}{to}"));
    }
    let promised = promised(view);
    for alert in &alerts {
        let lower = format!("{} {}", alert.name, alert.expression).to_ascii_lowercase();
        if lower.contains("backup") {
            let grade = if matches!(receivers, Receivers::Real(_)) {
                Grade::Wired
            } else {
                Grade::SetUp
            };
            ledger.add(
                "L11",
                grade,
                alert.place.clone(),
                format!("alert `{}`", alert.name),
            );
        }
        thresholds(promised, alert, ledger);
    }
    cloud(view, ledger);
}

/// Returns the alerts of Prometheus, its operator and Grafana.
fn alerts(view: &View<'_>) -> Vec<Alert> {
    let mut all = Vec::new();
    for (file, read) in view.shipped(Kind::Yaml) {
        if !read.text.contains("alert:") && !read.text.contains("uid:") {
            continue;
        }
        for document in view.corpus.documents(file) {
            let spec = document
                .get("spec")
                .filter(|_| text(document, "kind") == Some("PrometheusRule"));
            let groups = spec.unwrap_or(document).get("groups");
            for group in groups.into_iter().flat_map(Value::items) {
                let rules = group.get("rules").into_iter().flat_map(Value::items);
                all.extend(rules.filter_map(|rule| alert(view, file, rule)));
            }
        }
    }
    all
}

fn alert(view: &View<'_>, file: usize, rule: Value<'_>) -> Option<Alert> {
    let of_prometheus = rule.get("alert").zip(text(rule, "expr"));
    let of_grafana = rule
        .get("title")
        .filter(|_| rule.get("condition").is_some());
    let (name, expression) = match (of_prometheus, of_grafana) {
        (Some((name, expression)), _) => (name, expression.to_owned()),
        (None, Some(title)) => {
            let queries = rule.get("data").into_iter().flat_map(Value::items);
            let queries = queries.filter_map(|it| text(it, "model.expr"));
            (title, queries.collect::<Vec<_>>().join(" "))
        }
        (None, None) => return None,
    };
    Some(Alert {
        place: view.corpus.at(file, name),
        name: name.text()?.to_owned(),
        expression,
    })
}

/// The subjects that alerts should cover, each with words for it.
const SUBJECTS: &[(&str, &[&str])] = &[
    ("errors", &["5..", "error", "5xx"]),
    (
        "latency",
        &[
            "latency",
            "duration",
            "histogram_quantile",
            "responsetime",
            "slow",
        ],
    ),
    ("connections", &["connections", "pool"]),
    ("disk", &["filesystem", "disk"]),
    ("certificates", &["cert", "ssl"]),
    ("memory", &["memory", "oom"]),
    (
        "availability",
        &["up ==", "up{", "probe_success", "down", "absent("],
    ),
];

fn subjects(alerts: &[Alert]) -> Vec<&'static str> {
    let found = SUBJECTS.iter().filter(|(_, words)| {
        alerts.iter().any(|it| {
            let lower = format!("{} {}", it.name, it.expression).to_ascii_lowercase();
            words.iter().any(|word| lower.contains(word))
        })
    });
    found.map(|(subject, _)| *subject).collect()
}

enum Receivers {
    /// No configuration of receivers was found.
    None,
    /// There is one, but it notifies no one.
    Null,
    /// A receiver that notifies people.
    Real(String),
}

/// Returns who receives alerts: the receivers of an Alertmanager route, or a contact point of Grafana.
fn receivers(view: &View<'_>, ledger: &mut Ledger) -> Receivers {
    let mut found = Receivers::None;
    let mut example = None;
    for (file, read) in view.shipped(Kind::Yaml) {
        let is_known = read.text.contains("receivers:") || read.text.contains("contactPoints:");
        if !is_known {
            continue;
        }
        for document in view.corpus.documents(file) {
            let points = document
                .get("contactPoints")
                .into_iter()
                .flat_map(Value::items);
            for point in points {
                let receivers = point.get("receivers").into_iter().flat_map(Value::items);
                let Some(name) = text(point, "name") else {
                    continue;
                };
                match notified(&receivers.collect::<Vec<_>>()) {
                    Notified::People => found = Receivers::Real(name.to_owned()),
                    Notified::Example => example = Some(view.corpus.at(file, point)),
                    Notified::None => {}
                }
            }
            let root = document
                .get("spec")
                .filter(|_| text(document, "kind") == Some("AlertmanagerConfig"))
                .unwrap_or(document);
            let (Some(route), Some(receivers)) = (root.get("route"), root.get("receivers")) else {
                continue;
            };
            let real = |name: &str| {
                let mut all = receivers.items();
                let receiver = all.find(|it| text(*it, "name") == Some(name));
                receiver.is_some_and(|it| {
                    it.entries()
                        .any(|entry| entry.key.text() != Some("name") && entry.value.size() > 0)
                })
            };
            // The result of a template is not known here.
            let Some(default) = text(route, "receiver").filter(|it| !it.contains("{{")) else {
                continue;
            };
            let routes = route.get("routes").into_iter().flat_map(Value::items);
            let named: Vec<_> = routes
                .filter_map(|it| text(it, "receiver"))
                .chain([default])
                .collect();
            if let Some(name) = named.iter().find(|name| real(name)) {
                found = Receivers::Real((*name).to_owned());
            } else {
                let place = view.corpus.at(file, route);
                ledger.refute(
                    "I8",
                    place,
                    format!("alerts are routed to `{default}`, which notifies no one"),
                );
                if matches!(found, Receivers::None) {
                    found = Receivers::Null;
                }
            }
        }
    }
    if let Some(place) = example.filter(|_| !matches!(found, Receivers::Real(_))) {
        let says = "alerts are sent to an address that documents use, which notifies no one";
        ledger.refute("I8", place, says);
        found = Receivers::Null;
    }
    found
}

/// Whom the receivers of a contact point notify.
enum Notified {
    /// No one.
    None,
    /// Addresses that are reserved for examples.
    Example,
    People,
}

fn notified(receivers: &[Value<'_>]) -> Notified {
    let is_example = |receiver: &Value<'_>| {
        let addresses = text(*receiver, "settings.addresses").unwrap_or_default();
        let mut all = addresses
            .split([',', ';', ' ', '\n'])
            .filter(|it| !it.is_empty())
            .peekable();
        let is_reserved = |address: &str| {
            let host = address.trim_matches(['<', '>']).rsplit('@').next();
            host.is_some_and(|host| RESERVED.iter().any(|end| host.ends_with(end)))
        };
        all.peek().is_some() && all.all(is_reserved)
    };
    if receivers.is_empty() {
        Notified::None
    } else if receivers.iter().all(is_example) {
        Notified::Example
    } else {
        Notified::People
    }
}

/// Domains that reach no one (RFC 2606), and the one in Grafana's default settings.
const RESERVED: &[&str] = &[
    "example.com",
    "example.org",
    "example.net",
    "email.com",
    ".example",
    ".test",
    ".invalid",
];

static RATIO: Pattern = Pattern::new(r">=?\s*(0?\.\d+)\s*$");
static SECONDS: Pattern = Pattern::new(r">=?\s*(\d+(?:\.\d+)?)\s*$");

/// Reports thresholds that are looser than what is promised.
fn thresholds(promised: Promised, alert: &Alert, ledger: &mut Ledger) {
    let expression = alert.expression.trim();
    let lower = format!("{} {expression}", alert.name).to_ascii_lowercase();
    let is_ratio = expression.contains('/')
        && (lower.contains("5..") || lower.contains("error") || lower.contains("5xx"));
    if let (true, Some(available)) = (is_ratio, promised.availability) {
        let allowed = f64::from(1_000_000 - available) / 1e6;
        let squeezed = expression.replace(' ', "");
        let is_percent = squeezed.contains("100*") || squeezed.contains("*100");
        let pattern = if is_percent { &SECONDS } else { &RATIO };
        let threshold = pattern
            .group(expression)
            .and_then(|it| it.parse::<f64>().ok());
        let threshold = threshold.map(|it| if is_percent { it / 100.0 } else { it });
        // Burn rates are multiples of the allowed error rate, over a short time.
        let burns =
            squeezed.matches('*').count() > usize::from(is_percent) || lower.contains("burn");
        if let Some(threshold) = threshold.filter(|it| *it > allowed * 14.4 && !burns) {
            let says = format!(
                "alert `{}` fires above {:.2} % of errors, and {:.2} % are allowed",
                alert.name,
                threshold * 100.0,
                allowed * 100.0
            );
            ledger.contradict("I8", alert.place.clone(), says);
        }
    }
    let is_latency = expression.contains("histogram_quantile") && expression.contains("seconds");
    if let (true, Some(latency)) = (is_latency, promised.latency) {
        let threshold = SECONDS
            .group(expression)
            .and_then(|it| it.parse::<f64>().ok());
        let allowed = super::load::seconds(latency);
        if let Some(threshold) = threshold.filter(|it| *it > allowed) {
            let says = format!(
                "alert `{}` fires above {threshold} s, and the target is {latency}",
                alert.name
            );
            ledger.contradict("I8", alert.place.clone(), says);
        }
    }
}

/// Reports an alarm of a load balancer or an API whose threshold is above the promised response time.
fn late(view: &View<'_>, block: &Block, ledger: &mut Ledger) {
    // Load balancers measure in seconds, gateways in milliseconds.
    let unit = match block.text("metric_name") {
        Some("TargetResponseTime") => 1.0,
        Some("Latency" | "IntegrationLatency") => 1000.0,
        _ => return,
    };
    let is_above = block
        .text("comparison_operator")
        .is_none_or(|it| it.starts_with("Greater"));
    let threshold = block.number("threshold").filter(|_| is_above);
    let (Some(threshold), Some(latency)) = (threshold, promised(view).latency) else {
        return;
    };
    if threshold / unit > super::load::seconds(latency) {
        let says = format!(
            "alarm `{}` fires above {} s, and the target is {latency}",
            block.name(),
            threshold / unit
        );
        ledger.contradict("I8", view.attribute_place(block, "threshold"), says);
    }
}

/// Reports cloud alarms that Terraform sets up.
fn cloud(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&["aws_cloudwatch_metric_alarm"]) {
        let place = view.block_place(block);
        if block.is("actions_enabled", false) {
            ledger.refute(
                "I8",
                view.attribute_place(block, "actions_enabled"),
                format!("alarm `{}` does nothing", block.name()),
            );
        } else if block.get("alarm_actions").is_some() {
            ledger.add(
                "I8",
                Grade::Wired,
                place,
                format!("alarm `{}` with an action", block.name()),
            );
            late(view, block, ledger);
        } else {
            ledger.add(
                "I8",
                Grade::SetUp,
                place,
                format!("alarm `{}`, which notifies no one", block.name()),
            );
        }
    }
    for block in view.resources(&["google_monitoring_alert_policy"]) {
        let grade = if block.get("notification_channels").is_some() {
            Grade::Wired
        } else {
            Grade::SetUp
        };
        ledger.add(
            "I8",
            grade,
            view.block_place(block),
            format!("alert policy `{}`", block.name()),
        );
    }
    for block in view.resources(&[
        "azurerm_monitor_metric_alert",
        "datadog_monitor",
        "opensearch_monitor",
        "newrelic_nrql_alert_condition",
        "grafana_rule_group",
    ]) {
        let notifies =
            block.has("action") || block.text("message").is_some_and(|it| it.contains('@'));
        let grade = if notifies { Grade::Wired } else { Grade::SetUp };
        ledger.add(
            "I8",
            grade,
            view.block_place(block),
            format!("{} `{}`", block.resource(), block.name()),
        );
    }
}
