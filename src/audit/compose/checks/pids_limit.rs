//! `compose/pids-limit`: a container that may start any number of processes.

use super::{
    CIS, Card, Category, Check, Confidence, DEPLOY, File, OWASP, Report, SERVICES, Severity,
    compose,
};
use crate::audit::compose::absence::Lack;

pub(super) struct PidsLimit;

const PLACES: &[&[&str]] = &[&["deploy", "resources", "limits", "pids"], &["pids_limit"]];

impl Check<File<'_>> for PidsLimit {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let lack = Lack::new(&CARD, "process limit");
        let said = (&lack, "sets an unlimited number of processes");
        for service in &file.services {
            file.require_limit(service, PLACES, said, report);
        }
    }
}

static CARD: Card = Card {
    id: "compose/pids-limit",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Missing process limit",
    description: "A fork bomb, or a program that never reaps its child processes, exhausts the host's process IDs, and \
                  then no new process can start.",
    remedy: "Add to the service: `pids_limit: 256`.",
    references: &[SERVICES, DEPLOY, OWASP, CIS],
    tags: &[
        "docker",
        "compose",
        "availability",
        "CWE-770",
        "CIS-Docker-5.29",
        "OWASP-Docker-7",
        "BSI-SYS.1.6.A15",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: app:1\n"),
        compose("services:\n  web:\n    image: app:1\n    pids_limit: -1 # here\n"),
        compose("services:\n  web:\n    image: app:1\n    pids_limit: 0 # here\n"),
        compose("services:\n  web: # here\n    image: app:1\n    ulimits:\n      nofile: 1024\n"),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    pids_limit: 256\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    deploy: {resources: {limits: {pids: 100}}}\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    pids_limit: ${PIDS}\n"),
    ],
};
