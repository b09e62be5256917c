//! `compose/network-host`: a container in the network namespace of the host.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, Sighting,
    compose,
};
use crate::audit::compose::image::{is_host_agent, is_network_tool};
use crate::audit::compose::roles::is_kind;

pub(super) struct NetworkHost;

impl Check<File<'_>> for NetworkHost {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let Some(setting) = service.setting("network_mode") else {
                continue;
            };
            let mode = service.text("network_mode").unwrap_or_default();
            if owner_of_network(&mode, file) != "host" {
                continue;
            }
            let by = mode.strip_prefix("service:");
            let by = by.map_or(String::new(), |owner| {
                format!(", as service `{owner}` does")
            });
            let message = format!(
                "service `{}` shares the host's network, including its loopback address{by}",
                service.name
            );
            let mut sighting = Sighting::new(&CARD, setting.value.span(), message);
            if is_kind(service, is_network_tool) || is_kind(service, is_host_agent) {
                sighting.severity = Severity::Medium;
            }
            report.add(&CARD, file.sighted(service, setting.via(), sighting));
        }
    }
}

/// The mode of the service at the end of a chain of services that share a network.
fn owner_of_network(mode: &str, file: &File) -> String {
    let mut mode = mode.to_owned();
    for _ in 0..MAX_CHAIN {
        let Some(owner) = mode.strip_prefix("service:") else {
            break;
        };
        let mut services = file.services.iter();
        let Some(owner) = services.find(|service| service.name == owner) else {
            break;
        };
        mode = owner.text("network_mode").unwrap_or_default();
    }
    mode
}

/// Services followed in a chain of shared networks.
const MAX_CHAIN: usize = 8;

static CARD: Card = Card {
    id: "compose/network-host",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Host network shared with a container",
    description: "The container can reach every service on the host's loopback address, and every port it listens on \
                  is open to all networks of the host; `ports` has no effect.",
    remedy: "Remove `network_mode: host`, and publish the ports that must be reachable: `ports: \
             [\"127.0.0.1:8080:80\"]`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/engine/network/drivers/host/",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "exposure",
        "CWE-668",
        "CIS-Docker-5.10",
        "OWASP-Docker-5",
        "BSI-SYS.1.6.A5",
    ],
    examples: &[
        compose("services:\n  web:\n    image: app:1\n    network_mode: host # here\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    network_mode: \"${MODE:-host}\" # here\n",
        ),
        compose(
            "services:\n  base:\n    image: app:1\n    network_mode: \"host\" # here\n  web:\n    extends: base\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    network_mode: bridge\n"),
        compose("services:\n  web:\n    image: app:1\n    network_mode: service:vpn\n"),
        compose("services:\n  web:\n    image: app:1\n    network_mode: \"${MODE}\"\n"),
        compose("services:\n  web:\n    image: app:1\n    networks: [host]\n"),
    ],
};
