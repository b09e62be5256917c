//! Logs, errors, traces, dashboards and external monitoring (I4–I7, I9).

use super::View;
use super::facts::place;
use crate::lexicon::path::Role;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::name;
use crate::readiness::read::terraform::Block;

const SHIPPERS: &[&str] = &[
    "promtail",
    "fluent-bit",
    "fluentd",
    "filebeat",
    "vector",
    "logstash",
    "alloy",
    "loki",
    "graylog",
];

pub(super) fn logs(view: &View<'_>, ledger: &mut Ledger) {
    for service in &view.services {
        let image = service.image_name();
        if SHIPPERS.iter().any(|name| {
            image == *name
                || image.starts_with(&format!("{name}-"))
                || image.ends_with(&format!("-{name}"))
        }) {
            ledger.add(
                "I4",
                Grade::Wired,
                view.service_place(service),
                format!("service `{}` collects logs", service.name),
            );
        }
        if let Some((file, driver)) = service.found("logging.driver") {
            let is_central = driver.text().is_some_and(|it| {
                [
                    "fluentd", "gelf", "awslogs", "syslog", "loki", "splunk", "gcplogs",
                ]
                .iter()
                .any(|name| it.contains(name))
            });
            if is_central {
                ledger.add(
                    "I4",
                    Grade::Wired,
                    view.corpus.at(file, driver),
                    format!("service `{}` ships its logs", service.name),
                );
            }
        }
    }
    for it in view.manifests.iter().filter(|it| it.kind == "DaemonSet") {
        if SHIPPERS.iter().any(|name| it.name.contains(name)) {
            ledger.add(
                "I4",
                Grade::Wired,
                view.corpus.at(it.file, it.value),
                format!("DaemonSet `{}` collects logs", it.name),
            );
        }
    }
    let collecting = [
        "aws_cloudwatch_log_group",
        "google_logging_project_sink",
        "azurerm_log_analytics_workspace",
    ];
    // A sink with a filter only exports some entries, so it does not collect the logs.
    let takes_all =
        |block: &&Block| block.get("filter").is_none() || block.text("filter") == Some("");
    for block in view.resources(&collecting).filter(takes_all) {
        ledger.add(
            "I4",
            Grade::Wired,
            view.block_place(block),
            format!("{} `{}`", block.resource(), block.name()),
        );
    }
}

pub(super) fn errors(view: &View<'_>, ledger: &mut Ledger) {
    for hit in view.corpus.facts("error-tracking") {
        let squeezed: String = hit.text.chars().filter(|c| !c.is_whitespace()).collect();
        if squeezed.contains("dsn:\"\"")
            || squeezed.contains("dsn=\"\"")
            || squeezed.contains("dsn:''")
        {
            ledger.refute("I5", place(hit), "the tracker has no address");
        }
    }
}

/// Variables that give agents their key or their server.
const AGENT_KEYS: &[&str] = &[
    "NEW_RELIC_LICENSE_KEY",
    "DD_API_KEY",
    "ELASTIC_APM_SERVER_URL",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "SCOUT_KEY",
];

/// Reports agents whose key is empty.
pub(super) fn agents(view: &View<'_>, ledger: &mut Ledger) {
    for service in &view.services {
        let variables = service.environment().into_iter();
        let keys =
            variables.filter(|(name, value, _)| value.is_empty() && AGENT_KEYS.contains(name));
        for (name, _, at) in keys {
            // A bare name takes its value from the environment of whoever starts the service.
            let written = &view.corpus.files[service.file].text[at.span()];
            if written.contains(['=', '"', '\'']) {
                let says = format!("the agent has no key: `{name}` is empty");
                ledger.refute("I3", view.corpus.at(service.file, at), says);
            }
        }
    }
}

pub(super) fn traces(view: &View<'_>, ledger: &mut Ledger) {
    for service in &view.services {
        for (name, value, at) in service.environment() {
            if name == "OTEL_EXPORTER_OTLP_ENDPOINT" {
                let host = value
                    .trim_start_matches("http://")
                    .trim_start_matches("https://");
                let host = host.split([':', '/']).next().unwrap_or_default();
                let is_simple = !host.is_empty()
                    && !host.contains('.')
                    && !host.contains('$')
                    && host != "localhost";
                if view.service_names.contains(host) {
                    ledger.add(
                        "I6",
                        Grade::Wired,
                        view.corpus.at(service.file, at),
                        format!("traces go to `{host}`"),
                    );
                } else if is_simple {
                    ledger.contradict(
                        "I6",
                        view.corpus.at(service.file, at),
                        format!("traces go to `{host}`, which is no service"),
                    );
                }
            }
            if name == "OTEL_TRACES_SAMPLER" && value == "always_off" {
                ledger.refute(
                    "I6",
                    view.corpus.at(service.file, at),
                    "no request is sampled",
                );
            }
        }
    }
}

/// What dashboards must show, each with words in its queries.
const PANELS: &[(&str, &[&str])] = &[
    (
        "latency",
        &["histogram_quantile", "quantile=", "p95", "duration"],
    ),
    ("errors", &["5..", "error", "status"]),
    ("database", &["pg_", "mysql_", "mongodb_"]),
    ("resources", &["container_", "node_", "process_"]),
];

/// Returns the queries of each dashboard, with the index of its file.
pub(super) fn queries(view: &View<'_>) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    for (file, read) in view.corpus.of(Kind::Json) {
        if read.role != Role::Shipped || !read.text.contains("\"targets\"") {
            continue;
        }
        let Ok(root) = serde_json::from_str::<serde_json::Value>(&read.text) else {
            continue;
        };
        let mut queries = String::new();
        expressions(&root, &mut queries, 0);
        if !queries.is_empty() {
            all.push((file, queries));
        }
    }
    all
}

pub(super) fn dashboards(view: &View<'_>, ledger: &mut Ledger) {
    for (file, queries) in queries(view) {
        let shown: Vec<_> = PANELS
            .iter()
            .filter(|(_, words)| words.iter().any(|word| queries.contains(word)))
            .map(|(what, _)| *what)
            .collect();
        let what = if shown.is_empty() {
            String::new()
        } else {
            format!(" of {}", shown.join(", "))
        };
        ledger.add(
            "I7",
            Grade::SetUp,
            view.corpus.line(file, 1),
            format!("a Grafana dashboard{what}"),
        );
    }
    for block in view.resources(&[
        "aws_cloudwatch_dashboard",
        "grafana_dashboard",
        "datadog_dashboard",
        "google_monitoring_dashboard",
    ]) {
        ledger.add(
            "I7",
            Grade::SetUp,
            view.block_place(block),
            format!("{} `{}`", block.resource(), block.name()),
        );
    }
}

/// Appends the queries of a dashboard to `all`.
fn expressions(value: &serde_json::Value, all: &mut String, depth: usize) {
    if depth > 32 {
        return;
    }
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                match value.as_str() {
                    Some(query)
                        if ["expr", "query", "rawSql", "target"].contains(&key.as_str()) =>
                    {
                        all.push_str(query);
                        all.push('\n');
                    }
                    _ => expressions(value, all, depth + 1),
                }
            }
        }
        serde_json::Value::Array(items) => {
            for it in items {
                expressions(it, all, depth + 1);
            }
        }
        _ => {}
    }
}

pub(super) fn uptime(view: &View<'_>, ledger: &mut Ledger) {
    let resources = [
        "statuscake_uptime_check",
        "statuscake_test",
        "pingdom_check",
        "uptimerobot_monitor",
        "aws_route53_health_check",
        "google_monitoring_uptime_check_config",
        "checkly_check",
        "betteruptime_monitor",
        "datadog_synthetics_test",
        "azurerm_application_insights_web_test",
        "aws_synthetics_canary",
    ];
    for block in view.resources(&resources) {
        ledger.add(
            "I9",
            Grade::SetUp,
            view.block_place(block),
            format!("{} `{}`", block.resource(), block.name()),
        );
    }
    for (file, read) in view.corpus.of(Kind::Yaml) {
        let own = name(&read.path);
        if own == ".upptimerc.yml" {
            ledger.add("I9", Grade::SetUp, view.corpus.line(file, 1), "Upptime");
        }
    }
    for service in view
        .services
        .iter()
        .filter(|it| it.image_name().contains("uptime-kuma"))
    {
        let says = format!("service `{}` watches, from the same host", service.name);
        let grade = if view.settings.is_complete && !ledger.reaches("I9", Grade::SetUp) {
            Grade::Refuted
        } else {
            Grade::Said
        };
        ledger.add("I9", grade, view.service_place(service), says);
    }
}
