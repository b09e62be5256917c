//! `compose/docker-socket`: a container that can control the container engine.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, Severity, Sighting, compose,
};
use crate::audit::compose::image;
use crate::audit::compose::service::Setting;
use crate::audit::compose::volume::{Mount, bound_volumes, mounts};

pub(super) struct DockerSocket;

impl Check<File<'_>> for DockerSocket {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            for mount in mounts(service) {
                let Some(what) = reach(&mount) else {
                    continue;
                };
                let message = format!("service `{}` mounts {what}", service.name);
                let mut sighting = Sighting::new(&CARD, mount.span, message);
                // A locally built image is judged by the name of its service.
                let image = service.text("image");
                let image = image.as_deref().unwrap_or(service.name);
                if image::is_socket_proxy(image) || image::works_with_engine(image) {
                    sighting.severity = Severity::Medium;
                }
                if mount.source.is_none() {
                    sighting.confidence = Confidence::Medium;
                }
                report.add(&CARD, file.sighted(service, mount.via, sighting));
            }
            if let Some(setting) = service.setting("use_api_socket").filter(Setting::is_true) {
                let message = format!(
                    "service `{}` gets the Docker control socket and the client's registry credentials, which give it root access to the host",
                    service.name
                );
                let sighting = Sighting::new(&CARD, setting.value.span(), message);
                report.add(&CARD, file.sighted(service, setting.via(), sighting));
            }
        }
        let volumes = file.parts.top(&file.parts.path, "volumes");
        let Some(first) = file.services.first() else {
            return;
        };
        for volume in volumes.into_iter().flat_map(bound_volumes) {
            if let Some(what) = reach_of(&volume.path, true) {
                let message = format!("volume `{}` is {what}", volume.name);
                let sighting = Sighting::new(&CARD, volume.span, message);
                let severity = file.scaled(sighting.severity, first);
                report.add(&CARD, sighting.weighing(severity));
            }
        }
    }
}

/// The socket that a mount exposes, or the directory that contains it.
fn reach(mount: &Mount) -> Option<String> {
    // If the source is known only from the environment, the target shows what it is meant to be.
    let path = mount.source.as_deref().unwrap_or(&mount.target);
    reach_of(path, mount.source.is_some())
}

/// The same for a path, which is a host path, or only the target of one.
fn reach_of(path: &str, is_source: bool) -> Option<String> {
    let path = path.replace('\\', "/").to_ascii_lowercase();
    let name = path.rsplit('/').next().unwrap_or(&path);
    let engines: [(&str, &[&str]); 4] = [
        (
            "Docker",
            &[
                "docker.sock",
                "docker.raw.sock",
                "docker_engine",
                "dockerd.sock",
            ],
        ),
        ("Podman", &["podman.sock"]),
        ("containerd", &["containerd.sock"]),
        ("CRI-O", &["crio.sock"]),
    ];
    if let Some((engine, _)) = engines.iter().find(|(_, names)| names.contains(&name)) {
        return Some(format!(
            "the control socket of {engine}, which gives it root access to the host"
        ));
    }
    // `/var` does not count: `/var/run` is a link to `/run`, which leads out of the mount. Sockets in home directories
    // are rootless.
    let holds_socket = matches!(
        path.as_str(),
        "/run"
            | "/var/run"
            | "/run/podman"
            | "/var/run/podman"
            | "/run/containerd"
            | "/var/run/containerd"
            | "/run/docker"
            | "/run/crio"
    );
    (is_source && holds_socket)
        .then(|| format!("`{path}`, which contains the container engine's control socket and gives it root access to the host"))
}

static CARD: Card = Card {
    id: "compose/docker-socket",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Docker socket mounted into a container",
    description: "Any process that can use the socket can start a container with full access to the host, which is a \
                  container escape. Mounting it read-only does not help: that protects the socket file, not the API \
                  behind it.",
    remedy: "Remove the mount. If a tool must list containers, put a filtering proxy in front (`image: \
             tecnativa/docker-socket-proxy`, with only the needed endpoints allowed) or run the engine rootless.",
    references: &[
        OWASP,
        "https://docs.docker.com/engine/security/protect-access/",
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "CWE-250",
        "CIS-Docker-5.32",
        "OWASP-Docker-1",
        "BSI-SYS.1.6.A19",
    ],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /var/run/docker.sock:/var/run/docker.sock # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes: [\"/run/docker.sock:/var/run/docker.sock:ro\"] # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - type: bind # here\n        source: /var/run/docker.sock\n        target: /var/run/docker.sock\n        read_only: true\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - ${SOCK:-/var/run/docker.sock}:/var/run/docker.sock # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - ${SOCK}:/var/run/docker.sock # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /var/run:/var/run # here\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    use_api_socket: true # here\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes: [sock:/x]\nvolumes:\n  sock:\n    driver_opts:\n      type: none\n      o: bind\n      device: /var/run/docker.sock # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /run/podman/podman.sock:/x # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - //var/run/docker.sock:/x # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - '\\\\.\\pipe\\docker_engine:\\\\.\\pipe\\docker_engine' # here\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    use_api_socket: false\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - data:/var/run/docker.sock\n      - /var/run\n      - ./run:/var/run\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - /var/run/dbus:/var/run/dbus\n      - /var/lib/data:/run\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    volumes:\n      - type: volume\n        source: /run\n        target: /run\n      - type: tmpfs\n        target: /run\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    volumes:\n      - ${DATA}:/data\n"),
    ],
};
