//! `compose/port-bind-open-default`: a port whose address is a variable that may be empty.

use super::{
    Card, Category, Check, Confidence, Example, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::exposure::{Address, ports};
use crate::audit::compose::fixes;

pub(super) struct PortBindOpenDefault;

impl Check<File<'_>> for PortBindOpenDefault {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            for port in ports(service).iter().filter(|port| {
                port.address == Address::OpenVariable && !port.is_allowed(file.policy)
            }) {
                let message = format!(
                    "service `{}` publishes {} on all interfaces when its address variable is not set",
                    service.name,
                    port.name()
                );
                let mut sighting = Sighting::new(&CARD, port.span.clone(), message);
                sighting.fixes = fixes::bind_to_loopback(&CARD, file, service, port);
                report.add(&CARD, file.sighted(service, port.via.clone(), sighting));
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/port-bind-open-default",
    category: Category::Configuration,
    severity: Severity::Low,
    // The environment of Compose may set the variable.
    confidence: Confidence::Medium,
    title: "Port open on all interfaces when a variable is unset",
    description: "If the variable is not set, Compose only prints a warning and uses an empty address, which means \
                  every interface of the host.",
    remedy: "Give the variable a safe default: `ports: [\"${BIND:-127.0.0.1}:8080:80\"]`, or make Compose fail without \
             it: `${BIND:?set BIND}`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/reference/compose-file/interpolation/",
    ],
    tags: &["docker", "compose", "exposure", "CWE-1327"],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - ${BIND}:8080:80 # here\n      - ${BIND-}:8081:80 # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - target: 80 # here\n        published: 8080\n        host_ip: ${BIND}\n",
        ),
    ],
    negatives: &[
        Example {
            path: "deploy/compose.yaml",
            text: "services:\n  web:\n    image: app:1\n    ports:\n      - ${BIND}:8080:80\n",
            beside: &[("deploy/.env", "BIND=127.0.0.1\n")],
        },
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - ${BIND:-127.0.0.1}:8080:80\n      - ${BIND:?set it}:8080:80\n      - ${PORT}:80\n",
        ),
    ],
};
