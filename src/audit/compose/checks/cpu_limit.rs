//! `compose/cpu-limit`: a container that may use all processors of the host.

use super::{
    CIS, Card, Category, Check, Confidence, DEPLOY, File, OWASP, Report, Severity, compose,
};
use crate::audit::compose::absence::Lack;
use crate::audit::compose::service::Service;

pub(super) struct CpuLimit;

const PLACES: &[&[&str]] = &[
    &["deploy", "resources", "limits", "cpus"],
    &["cpus"],
    &["cpu_quota"],
    &["cpuset"],
];

impl Check<File<'_>> for CpuLimit {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let lack = Lack::new(&CARD, "CPU limit");
        let said = (&lack, "sets a CPU limit of zero, which means unlimited");
        // `cpuset: "0"` names the first processor.
        let is_pinned = |service: &&Service| service.at(&["cpuset"]).is_some();
        for service in file.services.iter().filter(|service| !is_pinned(service)) {
            file.require_limit(service, PLACES, said, report);
        }
    }
}

static CARD: Card = Card {
    id: "compose/cpu-limit",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Missing CPU limit",
    description: "One service that loops or is flooded with requests slows down every other service on the host. \
                  Shares (`cpu_shares`) only set priorities; they are not a limit.",
    remedy: "Add to the service: `deploy: {resources: {limits: {cpus: \"1.0\"}}}`. It also applies without Swarm.",
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
        "CIS-Docker-5.12",
        "OWASP-Docker-7",
        "BSI-SYS.1.6.A15",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: app:1\n"),
        compose("services:\n  web: # here\n    image: app:1\n    cpu_shares: 512\n"),
        compose("services:\n  web:\n    image: app:1\n    cpus: 0 # here\n"),
        compose("services:\n  web:\n    image: app:1\n    cpu_quota: -1 # here\n"),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    cpus: 1.5\n"),
        compose("services:\n  web:\n    image: app:1\n    cpu_quota: 50000\n"),
        compose("services:\n  web:\n    image: app:1\n    cpuset: \"0\"\n"),
        compose("services:\n  web:\n    image: app:1\n    cpus: \"${CPUS:-0.5}\"\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    deploy: {resources: {limits: {cpus: '0.5'}}}\n",
        ),
    ],
};
