//! `compose/port-all-interfaces`: a published port that every network of the host can reach.

use super::{
    CIS, Card, Category, Check, Confidence, Example, File, OWASP, Report, SERVICES, Severity,
    Sighting, compose,
};
use crate::audit::compose::consoles;
use crate::audit::compose::exposure::{Address, HostPort, Port, UNNAMED, ports};
use crate::audit::compose::fixes;
use crate::audit::compose::image;
use crate::audit::compose::service::Service;
use crate::audit::yaml::ELSEWHERE;

pub(super) struct PortAllInterfaces;

impl Check<File<'_>> for PortAllInterfaces {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let mut open = Vec::new();
            for port in ports(service) {
                let is_public = port.address == Address::Public;
                // The port of a datastore is reported by `compose/datastore-port-published`, which is more severe.
                if !is_public
                    && (!port.is_on_all_interfaces() || port.datastore(file, service).is_some())
                    || port.is_allowed(file.policy)
                {
                    continue;
                }
                let mut sighting = sighting(service, &port, is_public);
                // A public address is written on purpose.
                if is_public || is_meant_for_all(service, &port) {
                    sighting.severity = Severity::Info;
                } else {
                    sighting.fixes = fixes::bind_to_loopback(&CARD, file, service, &port);
                    if is_at_desk(file, service) {
                        // As with a datastore, only the programs beside it and local users need it.
                        for fix in &mut sighting.fixes {
                            fix.rule = OF_STORES;
                        }
                    }
                    if port.host == HostPort::Random {
                        sighting.severity = Severity::Low;
                    } else if port.via.is_none() && port.span != ELSEWHERE {
                        open.push((port.name(), sighting));
                        continue;
                    }
                }
                report.add(&CARD, file.sighted(service, port.via, sighting));
            }
            // Ports with a fix are separated from those that need a decision.
            let is_mendable = |(_, sighting): &(String, Sighting)| !sighting.fixes.is_empty();
            let (mendable, others): (Vec<_>, Vec<_>) = open.into_iter().partition(is_mendable);
            for group in [mendable, others] {
                if let Some(sighting) = joined(service, group) {
                    report.add(&CARD, file.sighted(service, None, sighting));
                }
            }
        }
    }
}

/// The rule for ports that nothing outside needs.
const OF_STORES: &str = "compose/datastore-port-published";

/// Whether it shows operators what a system does, or developers their mail, with the links in it.
fn is_at_desk(file: &File, service: &Service) -> bool {
    let image = service.text("image");
    image.is_some_and(|image| {
        let is_for_operators = image::is_for_operators(&image)
            && !consoles::is_let_in(file, service)
            && !consoles::is_collected_elsewhere(file, &image);
        is_for_operators || file.is_for_developers(service) && image::is_mail_catcher(&image)
    })
}

fn sighting(service: &Service, port: &Port, is_public: bool) -> Sighting {
    let place = if is_public {
        "a public address"
    } else {
        "all interfaces"
    };
    let message = format!(
        "service `{}` publishes {} on {place}",
        service.name,
        port.name()
    );
    Sighting::new(&CARD, port.span.clone(), message)
}

/// One sighting of all ports that a service opens in the same way.
fn joined(service: &Service, open: Vec<(String, Sighting)>) -> Option<Sighting> {
    let (names, open): (Vec<_>, Vec<_>) = open.into_iter().unzip();
    let mut joined = Sighting::together(open, "another port published on all interfaces")?;
    if names.len() > 1 {
        let count = names.len();
        joined.message = format!(
            "service `{}` publishes {count} ports on all interfaces{}",
            service.name,
            listed(&names)
        );
        if let Some(fix) = joined.fixes.first_mut() {
            fix.description = format!("bind {count} ports to 127.0.0.1");
        }
    }
    Some(joined)
}

/// The known names of the ports, after a colon.
fn listed(names: &[String]) -> String {
    let known = names.iter().filter(|name| *name != UNNAMED);
    let known: Vec<_> = known.map(String::as_str).collect();
    match (known.len(), names.len() - known.len()) {
        (0, _) => String::new(),
        (_, 0) => format!(": {}", known.join(", ")),
        (_, others) => format!(": {} and {others} more", known.join(", ")),
    }
}

/// Whether the port is meant to be public: HTTP or HTTPS of a reverse proxy.
fn is_meant_for_all(service: &Service, port: &Port) -> bool {
    let image = service.text("image").map(|image| image::short_name(&image));
    let is_proxy = match &image {
        Some(image) => image::is_reverse_proxy(image),
        // A locally built proxy is recognised by its service name.
        None => image::is_reverse_proxy(&service.name.to_ascii_lowercase()),
    };
    let is_web = |wanted: u16| port.serves(wanted) || port.host == HostPort::Fixed(wanted);
    is_proxy && (is_web(80) || is_web(443))
}

static CARD: Card = Card {
    id: "compose/port-all-interfaces",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Port published on all interfaces",
    description: "A port published without an address is open on every interface of the host, including those on the \
                  internet. Docker adds its own packet filter rules, which take precedence over those of ufw and \
                  firewalld.",
    remedy: "Bind it to the loopback address and let a reverse proxy connect to it: `ports: [\"127.0.0.1:8080:80\"]`. \
             Services reach each other without publishing ports.",
    references: &[
        SERVICES,
        "https://docs.docker.com/engine/network/packet-filtering-firewalls/",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "exposure",
        "CWE-1327",
        "CIS-Docker-5.14",
        "OWASP-Docker-5a",
        "BSI-SYS.1.6.A5",
    ],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - \"8080:80\" # here\n      - 22:22\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - 0.0.0.0:8080:80 # here\n      - \"[::]:8081:80\"\n      - ::0:8082:80\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - ${PORT:-8080}:80 # here\n      - ${BIND:-0.0.0.0}:8080:80\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - \"80\" # here\n      - 3000-3005:3000-3005/udp # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - target: 80 # here\n        published: 8080\n      - target: 81\n        published: \"8081\"\n        host_ip: 0.0.0.0\n",
        ),
        compose("services:\n  web:\n    ports:\n      - 8080:80 # here\n"),
        compose("services:\n  nginx:\n    image: nginx:1\n    ports:\n      - 443:443 # here\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - 8.8.8.8:8080:80 # here\n      - \"[::ffff:0.0.0.0]:53:53/udp\" # here\n      - :8081:81\n",
        ),
        Example {
            path: "compose.yaml",
            text: "services:\n  web:\n    image: app:1\n    ports:\n      - ${BIND:-127.0.0.1}:8080:80 # here\n",
            beside: &[(".env", "BIND=0.0.0.0\n")],
        },
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - 127.0.0.1:8080:80\n      - 127.0.0.2:8081:80\n      - \"[::1]:8080:80\"\n      - ::1:6000:6000\n      - 192.168.1.5:80:80\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - ${BIND:-127.0.0.1}:8080:80\n      - ${BIND:-127.0.0.1}:${PORT:-8080}:80\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    expose:\n      - 8080\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - 100.64.0.1:80:80\n      - \"[fd00::1]:80:80\"\n  vpn:\n    image: app:1\n    network_mode: service:web\n    ports: [81:81]\n",
        ),
        Example {
            path: "compose.yaml",
            text: "services:\n  web:\n    image: app:1\n    ports:\n      - ${BIND:-0.0.0.0}:8080:80\n",
            beside: &[(".env", "BIND=127.0.0.1\n")],
        },
        compose(
            "services:\n  web:\n    image: app:1\n    network_mode: host\n    ports:\n      - 8080:80\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    ports: !reset []\n"),
        compose("services:\n  web:\n    image: app:1\n    ports:\n      - localhost:8080:80\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - target: 80\n        published: 8080\n        host_ip: 127.0.0.1\n",
        ),
        compose("services:\n  db:\n    image: postgres:16\n    ports:\n      - 5432:5432\n"),
    ],
};
