//! `compose/flat-network`: a datastore in the same single network as published services.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, compose,
};
use crate::audit::compose::exposure::ports;
use crate::audit::compose::image;
use crate::audit::compose::service::Service;

pub(super) struct FlatNetwork;

impl Check<File<'_>> for FlatNetwork {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        if has_named_default(file) {
            return;
        }
        let whole = || {
            file.services
                .iter()
                .filter(|service| !service.is_fragment())
        };
        let flat = || whole().filter(|service| is_in_default_network(service));
        let Some(store) = flat().find(|service| datastore(service).is_some()) else {
            return;
        };
        let published = flat().find(|service| {
            datastore(service).is_none()
                && ports(service)
                    .iter()
                    .any(|port| port.is_on_all_interfaces() && !port.is_allowed(file.policy))
        });
        if let (Some(published), Some(what)) = (published, datastore(store)) {
            let message = format!(
                "{what} in service `{}` shares its only network with the published service `{}`",
                store.name, published.name
            );
            let sighting = Sighting::new(&CARD, store.key.span(), message);
            report.add(&CARD, file.sighted(store, None, sighting));
        }
    }
}

/// Whether the file configures its default network: as internal, or as another one.
fn has_named_default(file: &File) -> bool {
    file.parts.stack.iter().any(|path| {
        let networks = file.parts.top(path, "networks");
        networks.is_some_and(|networks| networks.get("default").is_some())
    })
}

fn is_in_default_network(service: &Service) -> bool {
    ["networks", "network_mode"]
        .iter()
        .all(|key| service.setting(key).is_none())
}

fn datastore(service: &Service) -> Option<&'static str> {
    image::datastore(&image::short_name(&service.text("image")?))
}

static CARD: Card = Card {
    id: "compose/flat-network",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::High,
    title: "No network segmentation",
    description: "Every service on the default network can connect to every other one. An attacker who compromises the \
                  published service reaches the datastore directly.",
    remedy: "Separate them: `networks: {front: {}, back: {internal: true}}`, with the published service on `front`, \
             the datastore on `back`, and only services that need both on both.",
    references: &[
        "https://docs.docker.com/reference/compose-file/networks/",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "exposure",
        "CWE-923",
        "CIS-Docker-5.30",
        "OWASP-Docker-5",
        "BSI-SYS.1.6.A5",
    ],
    examples: &[compose(
        "services:\n  web:\n    image: app:1\n    ports: [8080:80]\n  db: # here\n    image: postgres:16\n",
    )],
    negatives: &[
        compose("services:\n  db:\n    image: postgres:16\n    ports: [5432:5432]\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    ports: [127.0.0.1:8080:80]\n  db:\n    image: postgres:16\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    ports: [8080:80]\n    networks: [front, back]\n  db:\n    image: postgres:16\n    networks: [back]\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    ports: [8080:80]\n  db:\n    image: postgres:16\nnetworks:\n  default:\n    internal: true\n",
        ),
    ],
};
