//! `compose/device-exposed`: a device that gives a container access to the whole host.

use super::{
    CIS, Card, Category, Check, Confidence, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::image::is_host_agent;
use crate::audit::compose::interpolation::{is_unknown, with_defaults};
use crate::audit::compose::roles::is_kind;
use crate::audit::compose::service::Setting;
use crate::audit::yaml::Value;

pub(super) struct DeviceExposed;

impl Check<File<'_>> for DeviceExposed {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let devices = service.items("devices");
            let devices = devices
                .iter()
                .filter_map(|item| Some((item, device(&source(item)?)?)));
            let rules = service.items("device_cgroup_rules");
            let rules = rules.iter().filter_map(|item| {
                let rule = with_defaults(item.value.text()?);
                let mut words = rule.split_whitespace();
                let is_kind = words
                    .next()
                    .is_some_and(|kind| matches!(kind, "a" | "b" | "c"));
                let is_all = is_kind && words.next() == Some("*:*");
                Some((item, weight(is_all, "every device of the host")))
            });
            for (item, (severity, what)) in devices.chain(rules) {
                let message = format!("service `{}` has access to {what}", service.name);
                let mut sighting = Sighting::new(&CARD, item.value.span(), message);
                sighting.severity = severity;
                if severity == Severity::High && is_kind(service, is_host_agent) {
                    sighting.severity = Severity::Medium;
                }
                report.add(&CARD, file.sighted(service, item.via(), sighting));
            }
        }
    }
}

fn weight(is_grave: bool, what: &'static str) -> (Severity, &'static str) {
    if is_grave {
        (Severity::High, what)
    } else {
        (Severity::Info, "devices of the host")
    }
}

/// The host path that an entry names.
fn source(item: &Setting) -> Option<String> {
    let value = item.value;
    let text = value
        .text()
        .or_else(|| value.get("source").and_then(Value::text));
    let text = with_defaults(text?);
    let path = text.split(':').next().unwrap_or_default();
    (!is_unknown(path)).then(|| path.trim_end_matches('/').to_owned())
}

/// The severity of passing a device to a container; `None` if the path is not below `/dev`.
fn device(path: &str) -> Option<(Severity, &'static str)> {
    let name = path.strip_prefix("/dev")?;
    let name = name.strip_prefix('/').unwrap_or(name);
    let is_numbered = |kind: &str| {
        let rest = name.strip_prefix(kind);
        rest.is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        })
    };
    let is_disk = ["sd", "hd", "vd", "xvd", "nvme", "dm-", "md"]
        .iter()
        .any(|kind| is_numbered(kind))
        || name.starts_with("mapper/")
        || name.starts_with("disk/");
    Some(match name {
        "" => weight(true, "all devices of the host"),
        "mem" | "kmem" | "port" => weight(true, "the memory of the host"),
        "kmsg" => weight(true, "the host's kernel log"),
        _ => weight(
            is_disk,
            "a disk of the host, bypassing all file permissions",
        ),
    })
}

static CARD: Card = Card {
    id: "compose/device-exposed",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Host device exposed to a container",
    description: "A process that can read a disk or memory device can read everything on it, regardless of file \
                  permissions; one that can write to it controls the host.",
    remedy: "Remove the entry, and mount the directory you need instead of the disk: `volumes: \
             [\"/srv/data:/data:ro\"]`. Harmless devices can be named one by one: `devices: [\"/dev/ttyUSB0\"]`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/reference/cli/docker/container/run/#device",
        CIS,
    ],
    tags: &["docker", "compose", "CWE-250", "CIS-Docker-5.18"],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    devices:\n      - /dev/sda:/dev/sda # here\n      - /dev/mem # here\n      - /dev/nvme0n1:/disk:r # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    device_cgroup_rules: [\"a *:* rwm\"] # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    devices:\n      - source: /dev/sdb # here\n        target: /dev/xvdc\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    devices: [\"/dev/dri:/dev/dri\"] # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    devices: [\"${DEVICE}:/dev/ttyUSB0\", \"vendor.com/class=device\"]\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}\n",
        ),
    ],
};
