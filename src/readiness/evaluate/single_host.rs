//! What Compose alone cannot provide: it runs containers on one host, one of each by default, and restarts only those
//! that have exited (B5, B8, B9, C6, D6, H1, H2).

use std::collections::BTreeSet;

use super::View;
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::compose::{Purpose, Service, is_supporting};
use crate::readiness::read::manifest::Manifest;

/// Keys of a service that only a swarm respects.
const OF_SWARM: &[&str] = &[
    "deploy.mode",
    "deploy.placement",
    "deploy.replicas",
    "deploy.update_config",
    "deploy.endpoint_mode",
];

/// Whether compose files are the only way the system is run, as far as the files show.
pub(super) fn is_all(view: &View<'_>) -> bool {
    let is_of_swarm = |it: &Service<'_>| OF_SWARM.iter().any(|key| it.get(key).is_some());
    view.services.len() > 1
        && !view.services.iter().any(is_of_swarm)
        && view.values.is_empty()
        && !view
            .manifests
            .iter()
            .chain(&view.templates)
            .any(Manifest::is_workload)
        && view.blocks.iter().all(|it| it.resource().is_empty())
}

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    if !is_all(view) {
        return;
    }
    let lasting: Vec<_> = view
        .services
        .iter()
        .filter(|it| !it.is_one_shot() && it.get("extends").is_none())
        .collect();
    let Some(first) = lasting.first().filter(|_| lasting.len() > 1) else {
        return;
    };
    let place = view.service_place(first);
    let count = lasting.len();
    let is_elsewhere = speaks_of_orchestrator(view);
    if !is_elsewhere && !ledger.reaches("B9", Grade::SetUp) {
        ledger.refute("B9", place.clone(), "compose runs all of it on one host");
    }
    if !lasting.iter().any(|it| it.get("read_only").is_some()) {
        let says = format!("none of {count} services has a read-only root");
        ledger.refute("B5", place.clone(), says);
    }
    if share_a_network(&lasting) {
        let says = format!("all {count} services share one network");
        ledger.refute("B8", place, says);
    }
    alone(view, ledger);
    if !is_elsewhere {
        application(view, &lasting, ledger);
    }
}

/// Whether a document mentions an orchestrator, so that compose files may not be the only way the system is run.
fn speaks_of_orchestrator(view: &View<'_>) -> bool {
    const WORDS: [&str; 6] = [
        "Kubernetes",
        "kubernetes",
        "Helm chart",
        "helm chart",
        "Docker Swarm",
        "docker swarm",
    ];
    view.documents
        .iter()
        .any(|it| WORDS.iter().any(|word| it.text.contains(word)))
}

/// Whether all services share a single network with a data store.
fn share_a_network(services: &[&Service<'_>]) -> bool {
    let networks = |it: &&&Service<'_>| -> BTreeSet<String> {
        let Some(value) = it.get("networks") else {
            return BTreeSet::from(["default".to_owned()]);
        };
        let keys = value.entries().map(|entry| entry.key);
        let names = value.items().chain(keys);
        names.filter_map(Value::text).map(str::to_owned).collect()
    };
    let mut all = services.iter().map(|it| networks(&it));
    let Some(first) = all.next().filter(|it| it.len() == 1) else {
        return false;
    };
    let has_store = services.iter().any(|it| {
        matches!(
            it.purpose,
            Purpose::Database | Purpose::Cache | Purpose::Queue
        )
    });
    has_store
        && all.all(|it| it == first)
        && !services.iter().any(|it| it.get("network_mode").is_some())
}

/// Reports a database or a cache that runs as a single instance.
fn alone(view: &View<'_>, ledger: &mut Ledger) {
    for (item, purpose, what) in [
        ("C6", Purpose::Database, "database"),
        ("D6", Purpose::Cache, "cache"),
    ] {
        let own: Vec<_> = view.of(purpose).collect();
        if let [only] = own[..]
            && !ledger.reaches(item, Grade::SetUp)
            && ledger.grade(item) != Grade::Refuted
        {
            let says = format!("`{}` is the only {what}, in one container", only.name);
            ledger.refute(item, view.service_place(only), says);
        }
    }
}

/// Reports applications that run as a single instance each, and that nothing replaces when they hang.
fn application(view: &View<'_>, lasting: &[&Service<'_>], ledger: &mut Ledger) {
    let own: Vec<_> = lasting
        .iter()
        .filter(|it| it.purpose == Purpose::App && !is_supporting(&it.image_name()))
        .collect();
    let Some(first) = own.first() else {
        return;
    };
    let is_known = ledger.reaches("H1", Grade::SetUp) || ledger.grade("H1") == Grade::Refuted;
    if !is_known && own.iter().all(|it| it.replicas() == 1) {
        let says = match own.len() {
            1 => format!("service `{}` has 1 instance", first.name),
            count => format!("each of {count} services of the application has 1 instance"),
        };
        ledger.refute("H1", view.service_place(first), says);
    }
    let heals = view
        .services
        .iter()
        .any(|it| it.image_name().contains("autoheal") || it.name.contains("autoheal"));
    if !heals && !ledger.reaches("H2", Grade::SetUp) {
        let says = "Compose starts again what has ended, and nothing that is unhealthy";
        ledger.refute("H2", view.service_place(first), says);
    }
}
