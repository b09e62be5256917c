//! `compose/port-privileged`: a host port below 1024.

use super::{
    CIS, Card, Category, Check, Confidence, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::exposure::{HostPort, ports};

pub(super) struct PortPrivileged;

/// Ports that are standard for public services: web, mail, DNS, NTP, SSH, LDAP.
const CUSTOMARY: &[u16] = &[
    22, 25, 53, 80, 110, 123, 143, 389, 443, 465, 587, 636, 853, 993, 995,
];

impl Check<File<'_>> for PortPrivileged {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            for port in ports(service) {
                let HostPort::Fixed(first) = port.host else {
                    continue;
                };
                if !(1..1024).contains(&first) || CUSTOMARY.contains(&first) {
                    continue;
                }
                let message = format!(
                    "service `{}` publishes host port {first}, which is reserved for system services",
                    service.name
                );
                let sighting = Sighting::new(&CARD, port.span.clone(), message);
                report.add(&CARD, file.sighted(service, port.via, sighting));
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/port-privileged",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::High,
    title: "Privileged host port published",
    description: "Ports below 1024 are reserved for services that the host trusts; a container that binds one takes \
                  the place of such a service.",
    remedy: "Publish a port above 1023 and put a reverse proxy in front: `ports: [\"127.0.0.1:8443:843\"]`.",
    references: &[SERVICES, CIS],
    tags: &[
        "docker",
        "compose",
        "exposure",
        "CWE-1327",
        "CIS-Docker-5.8",
    ],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - 21:21 # here\n      - 127.0.0.1:514:514/udp # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - target: 8080 # here\n        published: 81\n",
        ),
    ],
    negatives: &[compose(
        "services:\n  web:\n    image: app:1\n    ports: [80:80, 443:443/udp, 22:22, 53:53/udp, 8080:81, '82', '${PORT}:83']\n",
    )],
};
