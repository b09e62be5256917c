//! What Helm charts set up with templates and values (A2, B8, E1, E3, E8, E10, E14, H1, H2, H6, I1).
//!
//! Charts refute nothing: what a template lacks may come from values.

use super::View;
use super::conditions::is_off;
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::is_supporting;
use crate::readiness::read::manifest::{Manifest, Values};
use crate::readiness::read::{get, text};

/// How deep nested values are read.
const MAX_DEPTH: usize = 8;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    for it in view
        .templates
        .iter()
        .filter(|it| !is_off(view, it.file, it.value))
    {
        template(view, it, ledger);
    }
    for values in &view.values {
        let mut path = Vec::new();
        walk(values.value, &mut path, &mut |path, value| {
            setting(view, values, (path, value), ledger);
        });
    }
    // Traefik has its own kind for entries.
    for it in view.manifests.iter().filter(|it| it.kind == "IngressRoute") {
        entry(view, it, get(it.value, "spec.tls").is_some(), ledger);
    }
}

fn template(view: &View<'_>, it: &Manifest<'_>, ledger: &mut Ledger) {
    let place = view.corpus.at(it.file, it.value);
    match it.kind {
        "HorizontalPodAutoscaler" => {
            let least = text(it.value, "spec.minReplicas").and_then(|it| it.parse::<u64>().ok());
            if least.is_some_and(|least| least >= 3) {
                let says = "a chart scales, and keeps three instances or more";
                ledger.add("H1", Grade::Wired, place, says);
            }
        }
        "NetworkPolicy" => {
            ledger.add("B8", Grade::Wired, place, "a chart has a NetworkPolicy");
        }
        "Ingress" | "IngressRoute" => {
            let tls = get(it.value, "spec.tls").filter(|tls| !is_off(view, it.file, *tls));
            entry(view, it, tls.is_some(), ledger);
        }
        "Service" if text(it.value, "spec.type") == Some("LoadBalancer") => {
            ledger.add("E10", Grade::SetUp, place, "a Service is a load balancer");
        }
        "CronJob" if text(it.value, "spec.suspend") != Some("true") => {
            ledger.add("N6", Grade::SetUp, place, "a chart has a CronJob");
        }
        "ServiceMonitor" | "PodMonitor" => {
            ledger.add(
                "I2",
                Grade::SetUp,
                place,
                format!("a chart has a {}", it.kind),
            );
        }
        "ExternalSecret" | "SealedSecret" | "SecretProviderClass" => {
            ledger.add(
                "A2",
                Grade::SetUp,
                place,
                format!("a chart has a {}", it.kind),
            );
        }
        _ if it.is_workload() => workload(view, it, ledger),
        _ => {}
    }
}

/// Reports the probes of a workload, and pods that wait before they stop.
fn workload(view: &View<'_>, it: &Manifest<'_>, ledger: &mut Ledger) {
    if it.is_supporting() {
        return;
    }
    if it.replicas() >= 3 && it.kind != "DaemonSet" {
        let says = format!("a chart runs {} instances", it.replicas());
        ledger.add("H1", Grade::SetUp, view.corpus.at(it.file, it.value), says);
    }
    for container in it.containers() {
        let probes = ["livenessProbe", "readinessProbe"];
        let asked = probes.iter().filter_map(|probe| container.get(probe));
        for probe in asked {
            let place = view.corpus.at(it.file, probe);
            let says = format!("a probe of a chart's {}", it.kind);
            ledger.add("H2", Grade::SetUp, place, says);
        }
        let hook = get(container, "lifecycle.preStop").filter(|it| waits(*it));
        if let Some(hook) = hook.filter(|_| it.kind != "DaemonSet") {
            let says = format!("a chart's {} waits before it stops", it.kind);
            ledger.add("H6", Grade::SetUp, view.corpus.at(it.file, hook), says);
        }
    }
}

/// Whether a hook that runs before a container stops waits for its requests to finish.
pub(super) fn waits(hook: Value<'_>) -> bool {
    const WORDS: &[&str] = &[
        "sleep",
        "drain",
        "quit",
        "wait",
        "graceful",
        "deregister",
        "pause",
        "quiet",
        "stop",
    ];
    if get(hook, "sleep.seconds").is_some() || hook.get("httpGet").is_some() {
        return true;
    }
    let command = get(hook, "exec.command");
    let words = command.into_iter().flat_map(|it| it.items().chain([it]));
    let mut words = words.filter_map(Value::text).map(str::to_ascii_lowercase);
    words.any(|text| crate::lexicon::path::has_word(&text, |word| WORDS.contains(&word)))
}

/// Reports a resource that lets requests in.
fn entry(view: &View<'_>, it: &Manifest<'_>, has_tls: bool, ledger: &mut Ledger) {
    let place = view.corpus.at(it.file, it.value);
    let says = format!("an {} is the entry", it.kind);
    ledger.add("E10", Grade::SetUp, place.clone(), says);
    if has_tls {
        let says = format!("an {} has TLS", it.kind);
        ledger.add("E1", Grade::Wired, place.clone(), says);
        let says = format!("an {} terminates TLS", it.kind);
        ledger.add("E8", Grade::SetUp, place, says);
    }
}

/// Calls `visit` with the path of keys to each value, and the value.
fn walk<'t>(
    value: Value<'t>,
    path: &mut Vec<&'t str>,
    visit: &mut dyn FnMut(&[&'t str], Value<'t>),
) {
    if path.len() >= MAX_DEPTH {
        return;
    }
    for entry in value.entries() {
        let Some(key) = entry.key.text() else {
            continue;
        };
        path.push(key);
        visit(path, entry.value);
        walk(entry.value, path, visit);
        path.pop();
    }
}

fn is_false(value: Value<'_>, key: &str) -> bool {
    text(value, key) == Some("false")
}

/// Reports what one value of a chart shows.
fn setting<'t>(
    view: &View<'_>,
    values: &Values<'_>,
    (path, value): (&[&'t str], Value<'t>),
    ledger: &mut Ledger,
) {
    let Some((key, above)) = path.split_last() else {
        return;
    };
    let place = || view.corpus.at(values.file, value);
    let count = || value.text().and_then(|it| it.parse::<u64>().ok());
    let is_on = || value.text() == Some("true");
    // The number of instances and the probes of a data store or of monitoring are not the application's.
    let is_of_other = above.iter().any(|it| is_supporting(it));
    match *key {
        "replicaCount"
        | "replicas"
        | "hpa"
        | "autoscaling"
        | "horizontalPodAutoscaler"
        | "livenessProbe"
        | "readinessProbe"
            if is_of_other => {}
        // Top-level values are read elsewhere, together with the autoscaling.
        "replicaCount" | "replicas" if !above.is_empty() && count().is_some_and(|it| it >= 3) => {
            let says = "the chart has three instances or more";
            ledger.add("H1", Grade::SetUp, place(), says);
        }
        "hpa" | "autoscaling" | "horizontalPodAutoscaler" if !above.is_empty() || *key == "hpa" => {
            let least = ["minReplicas", "minReplicaCount", "min"];
            let least = least
                .iter()
                .find_map(|it| text(value, it)?.parse::<u64>().ok());
            if text(value, "enabled") == Some("true") && least.is_some_and(|it| it >= 3) {
                let says = "the chart scales, and keeps three instances or more";
                ledger.add("H1", Grade::Wired, place(), says);
            }
        }
        "ingress" if value.is_mapping() => ingress(value, &place(), ledger),
        "modsecurity_enabled" | "modsecurityEnabled" if is_on() => {
            ledger.add("E14", Grade::SetUp, place(), "the entry has ModSecurity");
        }
        "livenessProbe" | "readinessProbe" if value.is_mapping() && !is_false(value, "enabled") => {
            ledger.add(
                "H2",
                Grade::SetUp,
                place(),
                format!("the chart sets `{key}`"),
            );
        }
        "networkPolicy" if text(value, "enabled") == Some("true") => {
            ledger.add(
                "B8",
                Grade::SetUp,
                place(),
                "the chart has a network policy",
            );
        }
        "namespace_secrets" | "secretKeyRef" | "existingSecret" | "externalSecrets"
            if value.is_mapping() && value.size() > 0
                || value.text().is_some_and(|it| !it.is_empty()) =>
        {
            let says = "the chart takes values from secrets of the cluster";
            ledger.add("A2", Grade::SetUp, place(), says);
        }
        _ => {}
    }
}

/// Reports an entry that the values of a chart set up.
fn ingress(value: Value<'_>, place: &Place, ledger: &mut Ledger) {
    if is_false(value, "enabled") || value.get("enabled").is_none() && value.get("hosts").is_none()
    {
        return;
    }
    ledger.add(
        "E10",
        Grade::SetUp,
        place.clone(),
        "the chart has an Ingress",
    );
    let annotations = value
        .get("annotations")
        .into_iter()
        .flat_map(Value::entries);
    let mut annotations = annotations.filter_map(|it| it.key.text());
    let is_given = |key: &str| {
        value.get(key).is_some_and(|it| {
            it.size() > 0 || it.text().is_some_and(|it| !it.is_empty() && it != "false")
        })
    };
    let issues =
        annotations.any(|it| it.ends_with("tls-acme") || it.starts_with("cert-manager.io/"));
    if issues
        || ["tls", "tlsSecretName", "tlsSecret", "tls_secret_name"]
            .iter()
            .any(|it| is_given(it))
    {
        let says = "the Ingress of the chart has TLS";
        ledger.add("E1", Grade::SetUp, place.clone(), says);
        ledger.add(
            "E8",
            Grade::SetUp,
            place.clone(),
            "the Ingress of the chart terminates TLS",
        );
    }
    if issues {
        ledger.add(
            "E4",
            Grade::SetUp,
            place.clone(),
            "certificates are issued for the Ingress",
        );
    }
}
