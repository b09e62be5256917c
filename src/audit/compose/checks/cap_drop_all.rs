//! `compose/cap-drop-all`: a container that keeps its default capabilities.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, compose,
};
use crate::audit::compose::absence::Lack;
use crate::audit::compose::interpolation::{is_unknown, with_defaults};
use crate::audit::compose::service::{Service, Setting};

pub(super) struct CapDropAll;

impl Check<File<'_>> for CapDropAll {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            // Nothing can be dropped from a privileged container.
            if !service.is_privileged() && !drops_all(service) {
                file.miss(service, &Lack::new(&CARD, "`cap_drop: [ALL]`"), report);
            }
        }
    }
}

fn drops_all(service: &Service) -> bool {
    let dropped = service.items("cap_drop");
    dropped.iter().filter_map(name).any(|name| {
        let name = name.trim().to_ascii_uppercase();
        name == "ALL" || name == "CAP_ALL" || is_unknown(&name)
    })
}

fn name(item: &Setting) -> Option<String> {
    item.value.text().map(with_defaults)
}

static CARD: Card = Card {
    id: "compose/cap-drop-all",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Default Linux capabilities not dropped",
    description: "A container starts with about a dozen of root's capabilities, such as changing file owners, binding \
                  low ports and sending raw packets. Most programs need none of them, and an attacker who compromises \
                  the process has them all (violates least privilege).",
    remedy: "Add to the service: `cap_drop: [ALL]`, and add back only what it needs. Official database images start as \
             root and need `cap_add: [CHOWN, DAC_OVERRIDE, FOWNER, SETGID, SETUID]`.",
    references: &[
        "https://docs.docker.com/engine/security/#linux-kernel-capabilities",
        SERVICES,
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "hardening",
        "CWE-250",
        "CIS-Docker-5.4",
        "OWASP-Docker-3",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: app:1\n"),
        compose(
            "services:\n  web: # here\n    image: app:1\n    cap_drop: [NET_RAW, SYS_CHROOT]\n",
        ),
        compose("services:\n  web: # here\n    build: .\n    cap_add: [CHOWN]\n"),
        compose("services:\n  web: # here\n    image: app:1\n    user: \"1000:1000\"\n"),
        compose(
            "services:\n  base:\n    image: app:1\n    cap_drop: [ALL]\n  web: # here\n    extends: base\n    cap_drop: !reset []\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    cap_drop: [ALL]\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    cap_drop:\n      - all\n    cap_add: [CHOWN]\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    cap_drop: [\"${DROP:-ALL}\"]\n"),
        compose(
            "x-safe: &safe\n  cap_drop: [ALL]\nservices:\n  web:\n    <<: *safe\n    image: app:1\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    privileged: true\n"),
        compose("services:\n  web:\n    environment:\n      A: b\n"),
    ],
};
