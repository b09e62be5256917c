//! `compose/datastore-port-published`: a database, or its administration, that every network of the host can reach.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, Sighting,
    compose,
};
use crate::audit::compose::exposure::{HostPort, Port, ports};
use crate::audit::compose::fixes;
use crate::audit::compose::roles::command;
use crate::audit::compose::service::Service;
use crate::audit::compose::store::OBJECTS;
use crate::audit::yaml::{ELSEWHERE, Span};

pub(super) struct DatastorePortPublished;

impl Check<File<'_>> for DatastorePortPublished {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let [mut mendable, mut doors, mut others] = [const { Vec::new() }; 3];
            let published = ports(service);
            for port in published
                .iter()
                .filter(|port| port.is_on_all_interfaces() && !port.is_allowed(file.policy))
            {
                let Some(store) = port.datastore(file, service) else {
                    continue;
                };
                let message = message(service, store, &port.name_in_brackets());
                let mut sighting = Sighting::new(&CARD, port.span.clone(), message);
                sighting.fixes = fixes::bind_to_loopback(&CARD, file, service, port);
                let is_door = store == OBJECTS && is_door_of_objects(service, port);
                if is_door || is_for_devices(port) || is_opened_on_purpose(service) {
                    // Who needs the port is not known here, as with that of an application.
                    for fix in &mut sighting.fixes {
                        fix.rule = OF_APPLICATIONS;
                    }
                }
                if port.host == HostPort::Random || is_door {
                    sighting.severity = Severity::Medium;
                }
                if port.host != HostPort::Random && port.via.is_none() && port.span != ELSEWHERE {
                    let group = match sighting.fixes.first() {
                        Some(fix) if fix.rule == OF_APPLICATIONS => &mut doors,
                        Some(_) => &mut mendable,
                        None => &mut others,
                    };
                    group.push((store, port, sighting));
                    continue;
                }
                let sighting = weighed(file, service, port.via.clone(), sighting);
                report.add(&CARD, on_loopback(port, sighting));
            }
            for group in [mendable, doors, others] {
                let Some(&(_, first, _)) = group.first() else {
                    continue;
                };
                if let Some(sighting) = joined(service, group) {
                    let sighting = weighed(file, service, None, sighting);
                    report.add(&CARD, on_loopback(first, sighting));
                }
            }
        }
    }
}

fn message(service: &Service, store: &str, ports: &str) -> String {
    format!(
        "service `{}` publishes {store} ({ports}) on all interfaces",
        service.name
    )
}

/// One sighting of all ports of a store.
fn joined(service: &Service, group: Vec<(&str, &Port, Sighting)>) -> Option<Sighting> {
    let store = group.first()?.0;
    let names: Vec<_> = group
        .iter()
        .map(|(_, port, _)| port.name_in_brackets())
        .collect();
    let worst = group.iter().map(|(.., sighting)| sighting.severity).max();
    let group = group.into_iter().map(|(.., sighting)| sighting).collect();
    let mut joined = Sighting::together(group, "another of its ports published on all interfaces")?;
    joined.severity = worst.unwrap_or(joined.severity);
    if names.len() > 1 {
        let mut distinct: Vec<(&String, usize)> = Vec::new();
        for name in &names {
            match distinct.iter_mut().find(|(known, _)| *known == name) {
                Some((_, count)) => *count += 1,
                None => distinct.push((name, 1)),
            }
        }
        let listed = distinct.iter().map(|(name, count)| match count {
            1 => (*name).clone(),
            n => format!("{name}, {n} times"),
        });
        joined.message = message(service, store, &listed.collect::<Vec<_>>().join(", "));
        if let Some(fix) = joined.fixes.first_mut() {
            fix.description = format!("bind {} ports to 127.0.0.1", names.len());
        }
    }
    Some(joined)
}

/// Makes the remedy name the ports of the entry, if it mentions the default ports of the product.
fn on_loopback(port: &Port, mut sighting: Sighting) -> Sighting {
    const ADDRESS: &str = "127.0.0.1:";
    let (HostPort::Fixed(host), Some((container, _))) = (port.host, port.container) else {
        return sighting;
    };
    let own = sighting.remedy.as_deref().and_then(|text| {
        let (before, rest) = text.split_once(ADDRESS)?;
        let behind = &rest[rest.find('"')?..];
        Some(format!("{before}{ADDRESS}{host}:{container}{behind}"))
    });
    if let Some(own) = own {
        sighting.remedy = Some(own.into());
    }
    sighting
}

/// Whether the port serves the API of an object store. It is often published by design, since browsers follow presigned
/// URLs there.
fn is_door_of_objects(service: &Service, port: &Port) -> bool {
    let command = command(service, "command").unwrap_or_default();
    let given = command
        .split_whitespace()
        .skip_while(|word| word.trim_matches(['"', '\'']) != "--address")
        .nth(1);
    let given = given.and_then(|address| {
        let address = address.trim_matches(['"', '\'']);
        address.rsplit(':').next()?.parse().ok()
    });
    port.serves(given.unwrap_or(9000))
}

/// Whether a port of a message broker is one at which devices and browsers are served: MQTT, STOMP, and both over HTTP.
fn is_for_devices(port: &Port) -> bool {
    const PORTS: [u16; 7] = [1883, 8883, 15674, 15675, 15676, 61613, 61614];
    PORTS.iter().any(|wanted| port.serves(*wanted))
}

/// Whether ports are all that a file adds to a service of another file, so that they are published on purpose.
fn is_opened_on_purpose(service: &Service) -> bool {
    let mut layers = service.layers.iter().map(|layer| layer.settings);
    let own = layers.find(|settings| !settings.is_elsewhere());
    own.is_some_and(|own| {
        let mut keys = own.entries().filter_map(|entry| entry.key.text());
        service.is_fragment() && keys.all(|key| matches!(key, "ports" | "expose"))
    })
}

/// The rule about ports that others than the services of a file may need.
const OF_APPLICATIONS: &str = "compose/port-all-interfaces";

fn weighed(file: &File, service: &Service, via: Option<Span>, sighting: Sighting) -> Sighting {
    let mut sighting = file.sighted(service, via, sighting);
    // Development files publish a database so that developers can reach it.
    if file.is_for_developers(service) {
        sighting.severity = Severity::Low;
    }
    sighting
}

static CARD: Card = Card {
    id: "compose/datastore-port-published",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Datastore published on all interfaces",
    description: "Databases, caches, queues and their consoles hold all the data and are often protected by a weak \
                  password or none. A port published without an address is open on every interface of the host, \
                  bypassing ufw and firewalld.",
    remedy: "Remove the entry: services on the same network reach the datastore by its service name. To reach it from \
             the host: `ports: [\"127.0.0.1:5432:5432\"]`.",
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
        "CIS-Docker-5.9",
        "CIS-Docker-5.14",
        "OWASP-Docker-5a",
        "BSI-SYS.1.6.A5",
    ],
    examples: &[
        compose("services:\n  db:\n    image: postgres:16\n    ports:\n      - 5432:5432 # here\n"),
        compose(
            "services:\n  db:\n    image: bitnami/mysql:8\n    ports:\n      - \"${DB_PORT:-3306}:3306\" # here\n",
        ),
        compose(
            "services:\n  store:\n    image: registry.local:5000/minio/minio\n    ports:\n      - 9000:9000 # here\n      - 9001:9001 # here\n",
        ),
        compose(
            "services:\n  cache:\n    build: ./cache\n    ports:\n      - target: 6379 # here\n        published: 16379\n",
        ),
        compose(
            "services:\n  metrics:\n    image: prom/prometheus:v3\n    ports:\n      - 9090:9090 # here\n",
        ),
        compose(
            "services:\n  console:\n    image: adminer\n    ports:\n      - 0.0.0.0:8080:8080 # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    ports:\n      - 127.0.0.1:5432:5432\n",
        ),
        compose("services:\n  db:\n    image: postgres:16\n    expose: [5432]\n"),
        compose("services:\n  backend:\n    build: .\n    ports:\n      - 27017:27017\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    ports:\n      - 9000:9000\n      - 8080:80\n",
        ),
        compose(
            "services:\n  metrics:\n    image: prom/mysqld-exporter\n    ports:\n      - 9104:9104\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    network_mode: host\n    ports:\n      - 5432:5432\n",
        ),
    ],
};
