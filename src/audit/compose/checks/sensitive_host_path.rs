//! `compose/sensitive-host-path`: a container with access to the host's system files or keys.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, Sighting,
    compose,
};
use crate::audit::compose::host_path::{self, Kind};
use crate::audit::compose::image::is_host_agent;
use crate::audit::compose::roles::is_kind;
use crate::audit::compose::volume::{bound_volumes, mounts};

pub(super) struct SensitiveHostPath;

impl Check<File<'_>> for SensitiveHostPath {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            for mount in mounts(service) {
                let Some(path) = mount.source.as_deref() else {
                    continue;
                };
                let Some(kind) = host_path::kind(path) else {
                    continue;
                };
                let manner = if mount.is_read_only {
                    "can read"
                } else {
                    "can change"
                };
                let what = kind.description();
                let message = format!("service `{}` {manner} {what}: `{path}`", service.name);
                let mut sighting = Sighting::new(&CARD, mount.span, message);
                sighting.severity = kind.severity(mount.is_read_only);
                // These are meant to look at the host.
                if is_kind(service, is_host_agent) && kind != Kind::Credentials {
                    let most = if mount.is_read_only {
                        Severity::Low
                    } else {
                        Severity::Medium
                    };
                    sighting.severity = sighting.severity.min(most);
                }
                report.add(&CARD, file.sighted(service, mount.via, sighting));
            }
        }
        let volumes = file.parts.top(&file.parts.path, "volumes");
        for volume in volumes.into_iter().flat_map(bound_volumes) {
            let Some(kind) = host_path::kind(&volume.path) else {
                continue;
            };
            let (name, what, path) = (volume.name, kind.description(), &volume.path);
            let message = format!("volume `{name}` is bound to {what}: `{path}`");
            let mut sighting = Sighting::new(&CARD, volume.span, message);
            let severity = kind.severity(false);
            let first = file.services.first();
            sighting.severity = first.map_or(severity, |service| file.scaled(severity, service));
            report.add(&CARD, sighting);
        }
    }
}

static CARD: Card = Card {
    id: "compose/sensitive-host-path",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Sensitive host path mounted into a container",
    description: "An attacker who compromises the container can read the keys stored there, or change what the host \
                  runs: write access to `/etc` or `/root` is root access to the host.",
    remedy: "Mount only the file or directory you need, read-only: `volumes: \
             [\"./config/app.conf:/etc/app.conf:ro\"]`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/engine/storage/bind-mounts/",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "CWE-668",
        "CIS-Docker-5.6",
        "OWASP-Docker-8",
        "BSI-SYS.1.6.A19",
    ],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /:/host # here\n      - /etc:/etc:ro # here\n      - ~/.ssh:/root/.ssh:ro # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes: [\"${HOME}/.aws:/root/.aws\"] # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - type: bind # here\n        source: /root\n        target: /data\n        read_only: true\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - ${DOCKER:-/var/lib/docker}:/docker # here\n      - /proc:/host/proc:ro # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes: [\"all:/data\"]\nvolumes:\n  all:\n    driver: local\n    driver_opts:\n      type: none\n      o: bind\n      device: /etc # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\nvolumes:\n  a:\n    driver_opts: {type: nfs, o: \"addr=10.0.0.1,rw\", device: \":/etc\"}\n  b:\n    driver_opts: {o: bind, device: /srv/data}\n  c:\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /etc/localtime:/etc/localtime:ro\n      - /etc/timezone:/etc/timezone:ro\n      - /etc/ssl/certs:/etc/ssl/certs:ro\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /etc\n      - etc:/etc\n      - ./etc:/etc\n      - ../root:/root\n      - /srv/app:/var/lib/app\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /home/ann/data:/data\n      - ~/music:/music\n      - ${DATA}:/etc\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - type: volume\n        source: root\n        target: /root\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock\n",
        ),
    ],
};
