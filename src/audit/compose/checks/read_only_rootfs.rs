//! `compose/read-only-rootfs`: a container that can modify its own programs.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, compose,
};
use crate::audit::compose::absence::Lack;
use crate::audit::compose::interpolation::is_unknown;

pub(super) struct ReadOnlyRootfs;

impl Check<File<'_>> for ReadOnlyRootfs {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let is_read_only = service.setting("read_only").is_some_and(|setting| {
                setting.is_true()
                    || service
                        .text("read_only")
                        .is_some_and(|text| is_unknown(&text))
            });
            // A short-lived job offers little time to modify it.
            if !is_read_only && !file.is_job(service) {
                file.miss(
                    service,
                    &Lack::new(&CARD, "read-only root file system"),
                    report,
                );
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/read-only-rootfs",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Writable root file system",
    description: "An attacker who compromises a process can replace its programs and leave tools behind, which stay \
                  until the container is recreated.",
    remedy: "Add to the service: `read_only: true`, and `tmpfs: [/tmp, /run]` for what it writes outside its volumes.",
    references: &[SERVICES, OWASP, CIS],
    tags: &[
        "docker",
        "compose",
        "hardening",
        "CWE-732",
        "CIS-Docker-5.13",
        "OWASP-Docker-8",
        "BSI-SYS.1.6.A23",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: app:1\n"),
        compose("services:\n  web: # here\n    image: app:1\n    read_only: false\n"),
        compose("services:\n  web: # here\n    image: app:1\n    volumes: [\"data:/data:ro\"]\n"),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    read_only: true\n"),
        compose("services:\n  web:\n    image: app:1\n    read_only: yes\n"),
        compose("services:\n  web:\n    image: app:1\n    read_only: ${READ_ONLY:-true}\n"),
        compose(
            "services:\n  base:\n    image: app:1\n    read_only: true\n  web:\n    extends: base\n",
        ),
        compose("services:\n  migrate:\n    image: app:1\n"),
    ],
};
