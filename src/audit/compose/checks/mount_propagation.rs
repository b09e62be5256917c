//! `compose/mount-propagation`: mounts that propagate between the host and a container.

use super::{
    CIS, Card, Category, Check, Confidence, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::image::is_host_agent;
use crate::audit::compose::roles::is_kind;
use crate::audit::compose::volume::mounts;

pub(super) struct MountPropagation;

impl Check<File<'_>> for MountPropagation {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            for mount in mounts(service) {
                let way = mount.propagation.as_deref().unwrap_or_default();
                let effect = match way {
                    "shared" | "rshared" => "mounts made in the container appear on the host",
                    "slave" | "rslave" => "mounts made on the host appear in the container",
                    _ => continue,
                };
                let message = format!(
                    "service `{}` has a mount with propagation `{way}`: {effect}",
                    service.name
                );
                let mut sighting = Sighting::new(&CARD, mount.span, message);
                // Monitoring agents see disks come and go this way.
                if way.ends_with("slave") && is_kind(service, is_host_agent) {
                    sighting.severity = Severity::Info;
                }
                report.add(&CARD, file.sighted(service, mount.via, sighting));
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/mount-propagation",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Mount propagation between host and container",
    description: "With `shared` propagation, mounts made in the container appear on the host and in other containers; \
                  with `slave`, whatever the host mounts there later appears in the container.",
    remedy: "Remove the option, or set the default explicitly: `bind: {propagation: rprivate}`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/engine/storage/bind-mounts/#configure-bind-propagation",
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "hardening",
        "CWE-668",
        "CIS-Docker-5.20",
    ],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /data:/data:rw,shared # here\n      - /disks:/disks:rslave # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - type: bind # here\n        source: ${DATA}/x\n        target: /data\n        bind:\n          propagation: rshared\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /data:/data:rprivate\n      - /shared:/slave\n      - data:/x\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - type: bind\n        source: /data\n        target: /data\n        bind: {propagation: private}\n",
        ),
    ],
};
