//! `compose/duplicate-host-port`: two services that claim the same host port, or the same name.

use rustc_hash::FxHashMap;

use super::{
    Card, Category, Check, Confidence, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::exposure::{Address, HostPort, Port, ports};
use crate::audit::compose::interpolation::is_unknown;
use crate::audit::compose::service::Service;
use crate::audit::limit;

pub(super) struct DuplicateHostPort;

/// Ports of one file that are examined; each port of a range counts.
const MAX_PORTS: usize = 200_000;

/// Entries for one port that another entry is compared with.
const MAX_RIVALS: usize = 1_000;

impl Check<File<'_>> for DuplicateHostPort {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        same_ports(file, report);
        same_names(file, report);
    }
}

fn same_ports(file: &File, report: &mut Report) {
    let mut left = MAX_PORTS;
    let mut taken: FxHashMap<(String, u16), Vec<(&Service, Port)>> = FxHashMap::default();
    for service in file.services.iter().filter(|service| runs(service)) {
        for port in ports(service) {
            let HostPort::Fixed(first) = port.host else {
                continue;
            };
            let mut told = false;
            for number in first..=port.last.max(first) {
                left = left.saturating_sub(1);
                if left == 0 {
                    limit::reached(format!("more than {MAX_PORTS} published ports"));
                    return;
                }
                let rivals = taken.entry((port.protocol.clone(), number)).or_default();
                let rival = rivals
                    .iter()
                    .find(|(other, known)| collide(known, &port) && run_together(other, service));
                if let Some((other, _)) = rival.filter(|_| !told) {
                    told = true;
                    let message = format!(
                        "services `{}` and `{}` both publish host port {number}",
                        other.name, service.name
                    );
                    let sighting = Sighting::new(&CARD, port.span.clone(), message);
                    report.add(&CARD, file.sighted(service, port.via.clone(), sighting));
                }
                if rivals.len() == MAX_RIVALS {
                    limit::reached(format!("more than {MAX_RIVALS} services on one port"));
                    continue;
                }
                rivals.push((service, port.clone()));
            }
        }
    }
}

/// Whether two entries for one port conflict.
fn collide(a: &Port, b: &Port) -> bool {
    // The same entry inherited twice, or repeated in two files.
    if a.span == b.span || (a.container == b.container && a.given == b.given && a.via.is_some()) {
        return false;
    }
    let is_known = |port: &Port| !matches!(port.address, Address::Unknown | Address::OpenVariable);
    let is_wide = |port: &Port| matches!(port.address, Address::Absent | Address::Unspecified);
    is_known(a) && is_known(b) && (is_wide(a) || is_wide(b) || a.given == b.given)
}

/// Whether two services can run at the same time.
fn run_together(a: &Service, b: &Service) -> bool {
    let profiles = |service: &Service| -> Vec<String> {
        let items = service.items("profiles");
        let texts = items.iter().filter_map(|item| item.value.text());
        texts.map(str::to_owned).collect()
    };
    let (one, other) = (profiles(a), profiles(b));
    let both_always = one.is_empty() && other.is_empty();
    a.name != b.name && (both_always || one.iter().any(|profile| other.contains(profile)))
}

/// Whether the service is started at all.
fn runs(service: &Service) -> bool {
    let none = |text: Option<&str>| text == Some("0");
    let replicas = service
        .setting("deploy")
        .and_then(|deploy| deploy.part("replicas"));
    let scale = service.setting("scale");
    !none(replicas.and_then(|replicas| replicas.value.text()))
        && !none(scale.and_then(|scale| scale.value.text()))
}

fn same_names(file: &File, report: &mut Report) {
    let mut taken: FxHashMap<String, &Service> = FxHashMap::default();
    for service in file.services.iter().filter(|service| runs(service)) {
        let (Some(name), Some(setting)) = (
            service.text("container_name"),
            service.setting("container_name"),
        ) else {
            continue;
        };
        if name.is_empty() || is_unknown(&name) || setting.via().is_some() {
            continue;
        }
        match taken.get(&name) {
            Some(other) if run_together(other, service) => {
                let message = format!(
                    "services `{}` and `{}` both use the container name `{name}`",
                    other.name, service.name
                );
                let sighting = Sighting::new(&CARD, setting.value.span(), message);
                report.add(&CARD, file.sighted(service, None, sighting));
            }
            Some(_) => {}
            None => {
                taken.insert(name, service);
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/duplicate-host-port",
    category: Category::Configuration,
    severity: Severity::Medium,
    // Starting only some of the services may avoid the conflict.
    confidence: Confidence::Medium,
    title: "Host port or container name conflict",
    description: "Only one container can bind a host port, and only one can have a name: the second service fails to \
                  start, and which one is second can change from run to run.",
    remedy: "Give one of them another port, or put services that never run together into different profiles: \
             `profiles: [debug]`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/reference/compose-file/profiles/",
    ],
    tags: &["docker", "compose", "exposure", "CWE-694"],
    examples: &[
        compose(
            "services:\n  a:\n    image: app:1\n    ports: [8080:80]\n  b:\n    image: app:1\n    ports:\n      - 127.0.0.1:8080:81 # here\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\n    ports: [8080-8090:80-90]\n  b:\n    image: app:1\n    ports:\n      - target: 80 # here\n        published: 8085\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\n    container_name: app\n  b:\n    image: app:1\n    container_name: app # here\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\n    ports: [8080:80]\n    profiles: [x, y]\n  b:\n    image: app:1\n    profiles: [y]\n    ports: [8080:80] # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  a:\n    image: app:1\n    ports: [127.0.0.1:8080:80, 8081:81/tcp, '82', '${P}:83']\n  b:\n    image: app:1\n    ports: [127.0.0.2:8080:80, 8081:81/udp, '82', '${P}:83']\n",
        ),
        compose(
            "services:\n  a:\n    image: app:1\n    ports: [8080:80]\n    container_name: x\n    profiles: [x]\n  b:\n    image: app:1\n    ports: [8080:80]\n    profiles: [y]\n    container_name: x\n  c:\n    image: app:1\n    ports: [8080:80]\n    scale: 0\n",
        ),
        compose(
            "x-p: &p [8080:80]\nservices:\n  a:\n    image: app:1\n    ports: *p\n  b:\n    image: app:1\n    ports: *p\n",
        ),
    ],
};
