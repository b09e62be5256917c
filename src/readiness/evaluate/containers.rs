//! How containers are confined, limited and connected (B, A7).

use super::View;
use super::deployments::{docker_secrets, kubernetes, memory, orchestrator, several};
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::compose::{Purpose, Service};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::{get, text};

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    compose(view, ledger);
    memory(view, ledger);
    kubernetes(view, ledger);
    orchestrator(view, ledger);
    several(view, ledger);
    docker_secrets(view, ledger);
}

/// A claim that holds for every service or fails for some.
struct Claim<'c> {
    item: &'c str,
    /// The evidence if it holds.
    holds: &'c str,
    /// The evidence about a service for which it fails.
    fails: &'c str,
}

/// Reports a claim: wired if all of `services` pass, refuted by those that do not.
fn every(
    view: &View<'_>,
    ledger: &mut Ledger,
    claim: &Claim<'_>,
    services: &[&Service<'_>],
    passes: impl Fn(&Service<'_>) -> bool,
) {
    let Some(first) = services.first() else {
        return;
    };
    let failing: Vec<_> = services.iter().filter(|it| !passes(it)).collect();
    if failing.is_empty() {
        let count = services.len();
        let says = format!("{} ({count} services)", claim.holds);
        ledger.add(claim.item, Grade::Wired, view.service_place(first), says);
    }
    for service in failing {
        let says = format!("service `{}` {}", service.name, claim.fails);
        ledger.refute(claim.item, view.service_place(service), says);
    }
}

fn compose(view: &View<'_>, ledger: &mut Ledger) {
    let all: Vec<_> = view.services.iter().collect();
    let lasting: Vec<_> = all.iter().copied().filter(|it| !it.is_one_shot()).collect();
    // What an extended service in another file sets is not known here.
    let known: Vec<_> = lasting
        .iter()
        .copied()
        .filter(|it| it.get("extends").is_none())
        .collect();
    users(view, ledger, &known);
    every(
        view,
        ledger,
        &Claim {
            item: "B3",
            holds: "`no-new-privileges` and `cap_drop: ALL` everywhere",
            fails: "keeps its capabilities or may gain privileges",
        },
        &known,
        is_confined,
    );
    health_checks(view, ledger, &known);
    every(
        view,
        ledger,
        &Claim {
            item: "B7",
            holds: "every service has a memory limit and a restart policy",
            fails: "has no memory limit or no restart policy",
        },
        &known,
        |it| it.has_memory_limit() && restarts(it),
    );
    read_only(view, ledger, &known);
    ports(view, ledger, &known);
    networks(view, ledger, &all);
}

fn restarts(service: &Service<'_>) -> bool {
    service.get("restart").is_some()
        || service.get("deploy.restart_policy").is_some()
        || service.get("deploy.replicas").is_some()
}

fn is_confined(service: &Service<'_>) -> bool {
    let options = service
        .get("security_opt")
        .into_iter()
        .flat_map(crate::audit::yaml::Value::items);
    let options: Vec<_> = options
        .filter_map(crate::audit::yaml::Value::text)
        .collect();
    let dropped = service
        .get("cap_drop")
        .into_iter()
        .flat_map(crate::audit::yaml::Value::items);
    let is_all = dropped
        .filter_map(crate::audit::yaml::Value::text)
        .any(|it| it.eq_ignore_ascii_case("all"));
    let is_privileged = service
        .get("privileged")
        .and_then(crate::audit::yaml::Value::text)
        == Some("true");
    options
        .iter()
        .any(|it| it.starts_with("no-new-privileges") && !it.ends_with("false"))
        && is_all
        && !is_privileged
}

/// Returns the Dockerfile from which a service is built, if it is in the repository.
pub(super) fn dockerfile(view: &View<'_>, service: &Service<'_>) -> Option<usize> {
    let build = service.get("build")?;
    let context = build
        .text()
        .or_else(|| text(build, "context"))
        .unwrap_or(".");
    let named = text(build, "dockerfile").unwrap_or("Dockerfile");
    let file = &view.corpus.files[service.file];
    let base = crate::readiness::read::folder(&file.path);
    let path = normal(&format!("{base}/{context}/{named}"));
    let found = view.corpus.file(file.repository, &path);
    found.filter(|number| view.corpus.files[*number].kind == Kind::Docker)
}

/// Returns a path without `.`, `..` and empty parts.
pub(super) fn normal(path: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Returns the last instruction with this name in a Dockerfile, with its line.
pub(super) fn instruction<'t>(text: &'t str, name: &str) -> Option<(u32, &'t str)> {
    let lines = crate::readiness::read::prose::lines(text);
    let found = lines.filter_map(|(number, line)| {
        let (word, rest) = line.trim().split_once(char::is_whitespace)?;
        word.eq_ignore_ascii_case(name)
            .then(|| (number, rest.trim()))
    });
    found.last()
}

fn is_root(user: &str) -> bool {
    let user = user.split(':').next().unwrap_or(user).trim();
    user == "root" || user == "0"
}

fn users(view: &View<'_>, ledger: &mut Ledger, services: &[&Service<'_>]) {
    let mut count = 0;
    let mut is_all = true;
    for service in services {
        if let Some((file, user)) = service.found("user") {
            let written = user.text().unwrap_or_default();
            if is_root(written) {
                let says = format!("service `{}` runs as root", service.name);
                ledger.refute("B2", view.corpus.at(file, user), says);
            }
            count += 1;
            continue;
        }
        let Some(file) = dockerfile(view, service) else {
            is_all = false;
            continue;
        };
        match instruction(&view.corpus.files[file].text, "USER") {
            Some((line, user)) if is_root(user) => {
                let says = format!("the image of `{}` runs as root", service.name);
                ledger.refute("B2", view.corpus.line(file, line), says);
            }
            Some(_) => count += 1,
            None => {
                let says = format!(
                    "the image of `{}` has no `USER`, and runs as root unless its base has one",
                    service.name
                );
                is_all = false;
                ledger.add("B2", Grade::Nothing, view.corpus.line(file, 1), says);
            }
        }
    }
    if let Some(first) = services.first().filter(|_| count > 0) {
        let (grade, says) = if is_all {
            (
                Grade::Wired,
                format!("every service has a user of its own ({count} services)"),
            )
        } else {
            (
                Grade::SetUp,
                format!(
                    "{count} of {} services have a user of their own",
                    services.len()
                ),
            )
        };
        ledger.add("B2", grade, view.service_place(first), says);
    }
}

fn has_health_check(view: &View<'_>, service: &Service<'_>) -> bool {
    if let Some(check) = service.get("healthcheck") {
        return text(check, "disable") != Some("true")
            && get(check, "test").is_none_or(|test| {
                test.text() != Some("NONE")
                    && test
                        .items()
                        .next()
                        .and_then(crate::audit::yaml::Value::text)
                        != Some("NONE")
            });
    }
    let file = dockerfile(view, service);
    file.is_some_and(|file| instruction(&view.corpus.files[file].text, "HEALTHCHECK").is_some())
}

/// Whether an image that is not built here may contain a health check.
fn may_bring_check(view: &View<'_>, service: &Service<'_>) -> bool {
    let is_plain = matches!(
        service.purpose,
        Purpose::Database | Purpose::Cache | Purpose::Proxy | Purpose::Queue
    );
    !is_plain && dockerfile(view, service).is_none()
}

fn health_checks(view: &View<'_>, ledger: &mut Ledger, services: &[&Service<'_>]) {
    let lacking: Vec<_> = services
        .iter()
        .filter(|it| !has_health_check(view, it))
        .collect();
    if let Some(first) = services.first().filter(|_| lacking.is_empty()) {
        let says = format!(
            "every service has a health check ({} services)",
            services.len()
        );
        ledger.add("B6", Grade::Wired, view.service_place(first), says);
    }
    for service in lacking {
        let is_off = service.get("healthcheck").is_some();
        let place = view.service_place(service);
        if is_off {
            ledger.refute(
                "B6",
                place,
                format!("the health check of `{}` is off", service.name),
            );
        } else if may_bring_check(view, service) {
            let says = format!(
                "service `{}` has no health check here; its image may have one",
                service.name
            );
            ledger.add("B6", Grade::Nothing, place, says);
        } else {
            ledger.refute(
                "B6",
                place,
                format!("service `{}` has no health check", service.name),
            );
        }
    }
}

fn read_only(view: &View<'_>, ledger: &mut Ledger, services: &[&Service<'_>]) {
    let is_read_only = |it: &&&Service<'_>| {
        it.get("read_only")
            .and_then(crate::audit::yaml::Value::text)
            == Some("true")
    };
    let count = services.iter().filter(is_read_only).count();
    // Databases must write; other services need not.
    let able: Vec<_> = services
        .iter()
        .filter(|it| it.purpose != Purpose::Database)
        .collect();
    let Some(first) = services.iter().find(|it| is_read_only(it)) else {
        return;
    };
    let grade = if able.iter().all(is_read_only) {
        Grade::Wired
    } else {
        Grade::SetUp
    };
    let says = format!(
        "{count} of {} services have a read-only root",
        services.len()
    );
    ledger.add("B5", grade, view.service_place(first), says);
}

/// Returns whether a published port is reachable from other machines; `None` if a variable decides that.
fn is_open(port: &str) -> Option<bool> {
    let parts: Vec<_> = port.rsplitn(3, ':').collect();
    match parts[..] {
        [_, _, address] if address.contains("${") => None,
        [_, _, address] => {
            Some(!address.starts_with("127.") && address != "[::1]" && address != "localhost")
        }
        _ if port.contains("${") && !port.contains(':') => None,
        _ => Some(true),
    }
}

fn ports(view: &View<'_>, ledger: &mut Ledger, services: &[&Service<'_>]) {
    let mut is_any_open = false;
    for service in services {
        let Some((file, ports)) = service.found("ports") else {
            continue;
        };
        for port in ports.items() {
            let open = match port.text() {
                Some(written) => is_open(written),
                None => text(port, "published")
                    .map(|_| text(port, "host_ip").is_none_or(|ip| !ip.starts_with("127."))),
            };
            let is_inner = matches!(
                service.purpose,
                Purpose::Database | Purpose::Cache | Purpose::Queue
            );
            if open == Some(true) && is_inner {
                let says = format!("`{}` publishes its port to other machines", service.name);
                ledger.refute("B4", view.corpus.at(file, port), says);
            }
            is_any_open |= open != Some(false) && service.purpose != Purpose::Proxy;
        }
    }
    if let Some(first) = services.first().filter(|_| !is_any_open) {
        let says = "no service but the proxy publishes a port to other machines";
        ledger.add("B4", Grade::Wired, view.service_place(first), says);
    }
}

fn networks(view: &View<'_>, ledger: &mut Ledger, services: &[&Service<'_>]) {
    for (file, _) in view.shipped(Kind::Yaml) {
        for document in view.corpus.documents(file) {
            let Some(networks) = document
                .get("networks")
                .filter(|_| document.get("services").is_some())
            else {
                continue;
            };
            let is_internal = |name: &str| {
                networks
                    .get(name)
                    .is_some_and(|it| text(it, "internal") == Some("true"))
            };
            let names: Vec<_> = networks
                .entries()
                .filter_map(|entry| entry.key.text())
                .collect();
            let used = names.len() >= 2
                && services
                    .iter()
                    .any(|it| it.file == file && it.get("networks").is_some());
            if used {
                let internal = names.iter().any(|name| is_internal(name));
                let says = if internal {
                    "services are on separate networks, one of them internal"
                } else {
                    "services are on separate networks"
                };
                let grade = if internal { Grade::Wired } else { Grade::SetUp };
                ledger.add("B8", grade, view.corpus.at(file, networks), says);
            }
        }
    }
    for service in services {
        if let Some((file, mode)) = service
            .found("network_mode")
            .filter(|(_, it)| it.text() == Some("host"))
        {
            let says = format!("service `{}` uses the network of the host", service.name);
            ledger.refute("B8", view.corpus.at(file, mode), says);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_open_unless_they_are_bound_to_this_machine() {
        for (port, expected) in [
            ("80:80", Some(true)),
            ("127.0.0.1:80:80", Some(false)),
            ("0.0.0.0:5432:5432", Some(true)),
            ("${BIND}:80:80", None),
            ("8080", Some(true)),
        ] {
            assert_eq!(is_open(port), expected, "{port}");
        }
    }

    #[test]
    fn paths_are_made_normal() {
        assert_eq!(normal("infra/docker/../../Dockerfile"), "Dockerfile");
        assert_eq!(normal("/./backend/Dockerfile"), "backend/Dockerfile");
    }
}
