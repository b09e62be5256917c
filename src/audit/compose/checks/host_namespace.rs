//! `compose/host-namespace`: a container that sees the processes, messages, users or control groups of the host.

use super::{
    CIS, Card, Category, Check, Confidence, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::image::is_host_agent;
use crate::audit::compose::roles::is_kind;

pub(super) struct HostNamespace;

/// The settings that may be `host`, and what they then share.
const NAMESPACES: &[(&str, &str)] = &[
    ("pid", "can see and signal the host's processes"),
    ("ipc", "shares memory and message queues with the host"),
    ("uts", "can change the host name of the host"),
    ("userns_mode", "shares the host's users, including root"),
    ("cgroup", "can see the host's control groups"),
];

impl Check<File<'_>> for HostNamespace {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let shared = NAMESPACES.iter().filter_map(|&(key, effect)| {
                let setting = service.setting(key)?;
                (service.text(key)?.trim() == "host").then_some((setting, effect))
            });
            let parent = service
                .setting("cgroup_parent")
                .filter(|setting| !setting.value.is_null())
                .map(|setting| (setting, "runs in a control group of the host"));
            for (setting, effect) in shared.chain(parent) {
                let message = format!("service `{}` {effect}", service.name);
                let mut sighting = Sighting::new(&CARD, setting.value.span(), message);
                if is_kind(service, is_host_agent) {
                    sighting.severity = Severity::Medium;
                }
                report.add(&CARD, file.sighted(service, setting.via(), sighting));
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/host-namespace",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Host namespace shared with a container",
    description: "Namespaces isolate a container. In the host's namespaces it can read the memory and the environment \
                  of other processes, or act as users of the host.",
    remedy: "Remove the line (`pid: host`, `ipc: host`, `uts: host`, `userns_mode: host`, `cgroup: host`, \
             `cgroup_parent`). Two services that must see each other can share one: `pid: \"service:app\"`.",
    references: &[SERVICES, "https://docs.docker.com/engine/security/", CIS],
    tags: &[
        "docker",
        "compose",
        "hardening",
        "CWE-668",
        "CIS-Docker-5.16",
        "CIS-Docker-5.17",
        "CIS-Docker-5.21",
        "CIS-Docker-5.25",
        "CIS-Docker-5.31",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    pid: host # here\n    ipc: \"host\" # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    uts: host # here\n    userns_mode: host # here\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    cgroup: host # here\n"),
        compose("services:\n  web:\n    image: app:1\n    cgroup_parent: m-executor-abcd # here\n"),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    pid: \"service:db\"\n    ipc: shareable\n    cgroup: private\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    ipc: \"${IPC}\"\n"),
        compose("services:\n  web:\n    image: app:1\n    hostname: host\n"),
    ],
};
