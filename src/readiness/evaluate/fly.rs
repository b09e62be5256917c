//! What a `fly.toml` sets up (B9, E1, E8, E10, H1, H2, H6, I1, J2).

use toml::{Table, Value};

use super::View;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::{is_comment, name};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Conf) {
        let own = name(&read.path);
        let is_it = own == "fly.toml" || own.starts_with("fly.") && own.ends_with(".toml");
        let Some(table) = is_it.then(|| read.text.parse::<Table>().ok()).flatten() else {
            continue;
        };
        let place = |key: &str| {
            let mut lines = (1..).zip(read.text.lines());
            let found = lines.find(|(_, line)| !is_comment(line) && line.contains(key));
            view.corpus
                .line(file, found.map_or(1, |(number, _)| number))
        };
        app(&table, &place, ledger);
        deployed(view, &table, &place, ledger);
    }
}

type Where<'p> = &'p dyn Fn(&str) -> Place;

/// Returns the tables below a key, which may be an array of tables or a single table.
fn tables<'t>(table: &'t Table, key: &str) -> Vec<&'t Table> {
    match table.get(key) {
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_table).collect(),
        Some(Value::Table(one)) => vec![one],
        _ => Vec::new(),
    }
}

fn app(table: &Table, place: Where<'_>, ledger: &mut Ledger) {
    let services: Vec<_> = ["services", "http_service"]
        .iter()
        .flat_map(|key| tables(table, key).into_iter().map(move |it| (*key, it)))
        .collect();
    if !services.is_empty() || table.contains_key("app") {
        ledger.add("B9", Grade::SetUp, place("app"), "an application of Fly.io");
    }
    for (key, service) in services {
        let ports = tables(service, "ports");
        let handles = |port: &&Table| {
            let all = port.get("handlers").and_then(Value::as_array);
            all.is_some_and(|all| all.iter().any(|it| it.as_str() == Some("tls")))
        };
        let forces = |it: &Table| it.get("force_https").and_then(Value::as_bool) == Some(true);
        let has_tls = key == "http_service" || ports.iter().any(handles);
        if has_tls {
            let at = place(if key == "http_service" {
                "[http_service]"
            } else {
                "handlers"
            });
            ledger.add(
                "E8",
                Grade::SetUp,
                at.clone(),
                "the proxy of Fly.io terminates TLS",
            );
            ledger.add(
                "E10",
                Grade::SetUp,
                at.clone(),
                "the proxy of Fly.io balances the load",
            );
            if forces(service) || ports.iter().any(|it| forces(it)) {
                let says = "Fly.io serves HTTPS, and redirects HTTP to it";
                ledger.add("E1", Grade::Wired, place("force_https"), says);
            } else {
                let says = "Fly.io serves HTTPS; nothing redirects HTTP to it (`force_https`)";
                ledger.add("E1", Grade::Nothing, at, says);
            }
        }
        checks(service, place, ledger);
        let least = service
            .get("min_machines_running")
            .and_then(Value::as_integer);
        if least.is_some_and(|least| least >= 3) {
            let says = "three machines or more are kept running";
            ledger.add("H1", Grade::SetUp, place("min_machines_running"), says);
        }
    }
    let strategy = table.get("deploy").and_then(|it| it.get("strategy"));
    if let Some(strategy @ ("bluegreen" | "canary")) = strategy.and_then(Value::as_str) {
        let says = format!("Fly.io deploys by the strategy `{strategy}`");
        ledger.add("J2", Grade::SetUp, place("strategy"), says);
    }
    if table.contains_key("kill_timeout") {
        let says = "a machine has time to stop";
        ledger.add("H6", Grade::SetUp, place("kill_timeout"), says);
    }
}

static DEPLOYS: Pattern = Pattern::new(r"\bfly(?:ctl)? deploy\b[^\n]*");

/// Reports deployments by a pipeline, which wait for the checks of new machines unless an option says otherwise.
fn deployed(view: &View<'_>, table: &Table, place: Where<'_>, ledger: &mut Ledger) {
    let has_checks = ["services", "http_service"]
        .iter()
        .flat_map(|key| tables(table, key))
        .any(|it| it.contains_key("http_checks") || it.contains_key("checks"))
        || table.contains_key("checks");
    for step in view.jobs.iter().flat_map(|job| &job.steps) {
        let Some(found) = DEPLOYS.find(&step.text) else {
            continue;
        };
        let command = &step.text[found];
        if has_checks && !command.contains("--detach") && !command.contains("immediate") {
            let says = "`fly deploy` waits until new machines pass their checks";
            ledger.add("J9", Grade::Wired, place("checks"), says);
            return;
        }
    }
}

/// Reports health checks, which decide where requests go.
fn checks(service: &Table, place: Where<'_>, ledger: &mut Ledger) {
    for key in ["http_checks", "checks"] {
        for check in tables(service, key) {
            let says = "Fly.io sends requests only to machines that pass a check";
            ledger.add("H2", Grade::SetUp, place(key), says);
            if let Some(path) = check.get("path").and_then(Value::as_str) {
                let says = format!("Fly.io asks for {path}");
                ledger.add("I1", Grade::SetUp, place(path), says);
            }
        }
    }
}
