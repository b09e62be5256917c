//! `compose/memory-limit`: a container that may use all memory of the host.

use super::{
    CIS, Card, Category, Check, Confidence, DEPLOY, File, OWASP, Report, Severity, compose,
};
use crate::audit::compose::absence::Lack;

pub(super) struct MemoryLimit;

const PLACES: &[&[&str]] = &[&["deploy", "resources", "limits", "memory"], &["mem_limit"]];

impl Check<File<'_>> for MemoryLimit {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let severity = if file.is_job(service) {
                Severity::Low
            } else {
                CARD.severity
            };
            let lack = Lack::new(&CARD, "memory limit").weighing(severity);
            let said = (&lack, "sets a memory limit of zero, which means unlimited");
            file.require_limit(service, PLACES, said, report);
        }
    }
}

static CARD: Card = Card {
    id: "compose/memory-limit",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Missing memory limit",
    description: "One service that leaks memory or is flooded with requests takes the memory of all others, and the \
                  kernel's OOM killer then ends arbitrary processes on the host. A reservation is not a limit.",
    remedy: "Add to the service, sized for its peak: `deploy: {resources: {limits: {memory: 512M}}}`. It also applies \
             without Swarm.",
    references: &[
        DEPLOY,
        "https://docs.docker.com/engine/containers/resource_constraints/",
        OWASP,
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "availability",
        "CWE-770",
        "CIS-Docker-5.11",
        "OWASP-Docker-7",
        "BSI-SYS.1.6.A15",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: app:1\n"),
        compose(
            "services:\n  web: # here\n    image: app:1\n    mem_reservation: 256m\n    deploy:\n      resources:\n        reservations:\n          memory: 256M\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    mem_limit: 0 # here\n"),
        compose("services:\n  web:\n    image: app:1\n    mem_limit: ${MEM:-0} # here\n"),
        compose(
            "services:\n  base:\n    image: app:1\n    mem_limit: 1g\n  web: # here\n    extends: base\n    mem_limit: !reset null\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    mem_limit: 512m\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    deploy:\n      resources:\n        limits:\n          memory: 512M\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    mem_limit: ${MEM}\n"),
        compose("services:\n  web:\n    image: app:1\n    mem_limit: ${MEM:-0.5g}\n"),
        compose(
            "services:\n  base:\n    image: app:1\n    deploy:\n      resources:\n        limits:\n          memory: 1g\n  web:\n    extends: base\n    deploy:\n      replicas: 2\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    mem_limit: 0\n    deploy: {resources: {limits: {memory: 1g}}}\n",
        ),
        compose("services:\n  web:\n    environment:\n      A: b\n"),
    ],
};
