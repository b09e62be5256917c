//! What deploys containers: Kubernetes, swarms, the memory of the machine, and Docker secrets (A7, B1, B2, B5–B9).

use super::View;
use crate::readiness::Grade;
use crate::readiness::amount::size;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::Purpose;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::manifest::Manifest;
use crate::readiness::read::{get, text};

/// Compares the memory limits of all services with the memory of the machine.
pub(super) fn memory(view: &View<'_>, ledger: &mut Ledger) {
    let stated = || super::promises::memory(view);
    let Some(machine) = view.target().memory.or_else(stated) else {
        return;
    };
    let limits = view
        .services
        .iter()
        .filter_map(|it| Some((it, it.memory()?.checked_mul(it.replicas())?)));
    let limits: Vec<_> = limits.collect();
    let sum = limits
        .iter()
        .fold(0_u64, |sum, (_, limit)| sum.saturating_add(*limit));
    let largest = limits.iter().max_by_key(|(_, limit)| *limit);
    if let Some((service, _)) = largest.filter(|_| sum > machine) {
        let says = format!(
            "the memory limits add up to {}, more than the {} of the machine",
            size(sum),
            size(machine)
        );
        ledger.contradict("B7", view.service_place(service), says.clone());
        ledger.refute("H7", view.service_place(service), says);
    }
}

/// Returns whether a workload passes.
type Passes<'p> = &'p dyn Fn(&Manifest<'_>) -> bool;

pub(super) fn kubernetes(view: &View<'_>, ledger: &mut Ledger) {
    let workloads: Vec<_> = view
        .manifests
        .iter()
        .filter(|it| it.is_workload())
        .collect();
    let Some(first) = workloads.first() else {
        return;
    };
    let place = |it: &Manifest<'_>| view.corpus.at(it.file, it.value);
    let claims: [(&str, &str, &str, Passes<'_>); 4] = [
        (
            "B2",
            "every workload runs as an unprivileged user",
            "may run as root",
            &is_unprivileged,
        ),
        (
            "B5",
            "every container has a read-only root",
            "has a writable root",
            &|it| {
                let containers = it.containers();
                containers
                    .iter()
                    .all(|it| text(*it, "securityContext.readOnlyRootFilesystem") == Some("true"))
            },
        ),
        ("B6", "every workload has probes", "has no probes", &|it| {
            it.containers().first().is_some_and(|it| {
                it.get("livenessProbe").is_some() || it.get("readinessProbe").is_some()
            })
        }),
        (
            "B7",
            "every container has a memory limit",
            "has no memory limit",
            &|it| {
                it.containers()
                    .iter()
                    .all(|it| get(*it, "resources.limits.memory").is_some())
            },
        ),
    ];
    let is_partial = has_unread_workloads(view);
    for (item, holds, fails, passes) in claims {
        let failing: Vec<_> = workloads.iter().filter(|it| !passes(it)).collect();
        if failing.is_empty() && is_partial {
            let says = format!("{holds}, of those that are no templates");
            ledger.add(item, Grade::SetUp, place(first), says);
        } else if failing.is_empty() {
            ledger.add(item, Grade::Wired, place(first), holds);
        }
        // A read-only root file system is extra hardening, so its absence refutes nothing.
        for it in failing.iter().filter(|_| item != "B5") {
            ledger.refute(
                item,
                place(it),
                format!("{} `{}` {fails}", it.kind, it.name),
            );
        }
    }
    for policy in view
        .manifests
        .iter()
        .filter(|it| it.kind == "NetworkPolicy")
    {
        ledger.add(
            "B8",
            Grade::Wired,
            place(policy),
            format!("NetworkPolicy `{}`", policy.name),
        );
    }
}

/// Whether charts have workloads that cannot be read without rendering them.
fn has_unread_workloads(view: &View<'_>) -> bool {
    let mut files = view.corpus.of(Kind::Yaml);
    files.any(|(_, file)| {
        let kinds = ["kind: Deployment", "kind: StatefulSet", "kind: DaemonSet"];
        file.path.contains("templates/")
            && file.text.contains("{{")
            && kinds.iter().any(|kind| file.text.contains(kind))
    })
}

fn is_unprivileged(manifest: &Manifest<'_>) -> bool {
    let of_pod = manifest.pod().and_then(|it| it.get("securityContext"));
    let says = |context| {
        text(context, "runAsNonRoot") == Some("true")
            || text(context, "runAsUser").is_some_and(|user| user != "0")
    };
    let is_fine = |container| get(container, "securityContext").is_some_and(says);
    of_pod.is_some_and(says) || manifest.containers().iter().all(|it| is_fine(*it))
}

pub(super) fn orchestrator(view: &View<'_>, ledger: &mut Ledger) {
    let workloads = view.manifests.iter().filter(|it| it.is_workload());
    for it in workloads.take(2) {
        let says = format!("{} `{}` of Kubernetes", it.kind, it.name);
        ledger.add("B9", Grade::SetUp, view.corpus.at(it.file, it.value), says);
    }
    for it in view.values.iter().take(2) {
        ledger.add(
            "B9",
            Grade::SetUp,
            view.corpus.line(it.file, 1),
            "a Helm chart",
        );
    }
    for block in view.resources(&[
        "aws_ecs_service",
        "aws_eks_cluster",
        "google_container_cluster",
        "azurerm_kubernetes_cluster",
        "google_cloud_run_v2_service",
        "google_cloud_run_service",
        "azurerm_container_app",
        "nomad_job",
    ]) {
        let says = format!("{} `{}`", block.resource(), block.name());
        ledger.add("B9", Grade::SetUp, view.block_place(block), says);
    }
    let swarm = view.services.iter().find(|it| {
        it.get("deploy.update_config").is_some() || it.get("deploy.placement").is_some()
    });
    if let Some(service) = swarm {
        let says = format!("service `{}` is deployed to a swarm", service.name);
        ledger.add("B9", Grade::SetUp, view.service_place(service), says);
    }
    let first = view.services.first().filter(|_| view.target().is_stated());
    if let Some(service) = first.filter(|_| !ledger.reaches("B9", Grade::SetUp)) {
        let says = "compose runs all of it on one host";
        ledger.refute("B9", view.service_place(service), says);
    }
}

/// Reports whether the application and its data run in separate services.
pub(super) fn several(view: &View<'_>, ledger: &mut Ledger) {
    let count = |purpose: Purpose| view.of(purpose).count();
    let parts = [
        Purpose::App,
        Purpose::Database,
        Purpose::Cache,
        Purpose::Proxy,
        Purpose::Queue,
    ];
    let kinds = parts
        .into_iter()
        .filter(|purpose| count(*purpose) > 0)
        .count();
    if let Some(first) = view
        .services
        .first()
        .filter(|_| kinds >= 2 && view.services.len() >= 2)
    {
        let names: Vec<_> = view
            .services
            .iter()
            .take(8)
            .map(|it| it.name.as_str())
            .collect();
        let says = format!("services of their own: {}", names.join(", "));
        ledger.add("B1", Grade::SetUp, view.service_place(first), says);
    }
    for (file, read) in view.shipped(Kind::Conf) {
        if !read.path.contains("supervisor") {
            continue;
        }
        let has = |word: &str| {
            read.text
                .lines()
                .any(|line| line.trim_start().starts_with("command") && line.contains(word))
        };
        let app = read.text.matches("[program:").count() >= 2;
        if app && (has("bin/postgres") || has("mysqld")) {
            ledger.refute(
                "B1",
                view.corpus.line(file, 1),
                "one container runs the database and the application",
            );
        }
    }
}

const SECRET_WORDS: &[&str] = &[
    "password",
    "secret",
    "token",
    "private_key",
    "api_key",
    "apikey",
];

/// Reports secrets of compose files, and passwords that are passed as plain variables.
pub(super) fn docker_secrets(view: &View<'_>, ledger: &mut Ledger) {
    for service in &view.services {
        if let Some((file, secrets)) = service.found("secrets") {
            let from_file = service
                .environment()
                .iter()
                .any(|(name, _, _)| name.ends_with("_FILE"));
            let grade = if from_file {
                Grade::Wired
            } else {
                Grade::SetUp
            };
            let says = format!("service `{}` reads Docker secrets", service.name);
            ledger.add("A7", grade, view.corpus.at(file, secrets), says);
        }
        for (name, value, at) in service.environment() {
            let lower = name.to_ascii_lowercase();
            let is_secret = SECRET_WORDS.iter().any(|word| lower.ends_with(word));
            if !is_secret || !value.contains("${") {
                continue;
            }
            let place = view.corpus.at(service.file, at);
            let line = line_of(view, &place, service.file);
            if line.contains('#') && line.to_ascii_lowercase().contains("docker secret") {
                let says = format!(
                    "a comment says that `{name}` comes from Docker secrets, and it is a plain variable"
                );
                ledger.contradict("A7", place, says);
            }
        }
    }
}

fn line_of<'v>(view: &'v View<'_>, place: &Place, file: usize) -> &'v str {
    let text = view.corpus.files[file].text.as_str();
    text.lines()
        .nth(place.line as usize - 1)
        .unwrap_or_default()
}
