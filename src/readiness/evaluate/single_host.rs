//! What cannot be where Compose alone runs a system: it starts containers of one host, each once unless told otherwise, and
//! starts again only what has ended (B5, B8, B9, C6, D6, H1, H2).

use std::collections::BTreeSet;

use super::View;
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::compose::{Purpose, Service, is_supporting};
use crate::readiness::read::manifest::Manifest;

/// Keys of a service that only a swarm goes by.
const OF_SWARM: &[&str] = &[
    "deploy.mode",
    "deploy.placement",
    "deploy.replicas",
    "deploy.update_config",
    "deploy.endpoint_mode",
];

/// Whether containers of compose files are all that runs the system, as far as files show.
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

/// Whether a document speaks of what would run the containers on several hosts: the compose file is one way then.
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

/// Whether a data store is on the one network on which all services are.
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

/// A database or a cache that is the only one of its kind.
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

/// Programs that run once each, and that nothing replaces when they hang.
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
