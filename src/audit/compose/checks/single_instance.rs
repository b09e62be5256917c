//! `compose/single-instance`: an essential service with only one instance.

use super::{Card, Category, Check, Confidence, DEPLOY, File, Report, Severity, Sighting, compose};
use crate::audit::compose::image::is_reverse_proxy;
use crate::audit::compose::roles::{datastore, is_kind};
use crate::audit::compose::service::Service;

pub(super) struct SingleInstance;

impl Check<File<'_>> for SingleInstance {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        // Advice about the file as a whole, reported at the first place that it applies to.
        let services = file.services.iter();
        let first = services
            .filter(|service| !service.is_fragment() && !file.is_for_developers(service))
            .find(|service| is_public(service) && runs_once(service));
        if let Some(service) = first {
            let message = format!(
                "service `{}` runs as a single instance: while it is down, requests fail",
                service.name
            );
            let sighting = Sighting::new(&CARD, service.key.span(), message);
            report.add(&CARD, file.sighted(service, None, sighting));
        }
    }
}

/// Whether it serves requests from outside, and neither forwards them nor stores data.
fn is_public(service: &Service) -> bool {
    !service.items("ports").is_empty()
        && datastore(service).is_none()
        && !is_kind(service, is_reverse_proxy)
}

fn runs_once(service: &Service) -> bool {
    let count = |path: &[&str]| service.at(path).and_then(|setting| setting.text());
    let count = count(&["deploy", "replicas"]).or_else(|| count(&["scale"]));
    let is_global = service
        .at(&["deploy", "mode"])
        .and_then(|mode| mode.text())
        .is_some_and(|mode| mode == "global");
    !is_global && count.is_none_or(|count| count.trim() == "1")
}

static CARD: Card = Card {
    id: "compose/single-instance",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::Medium,
    title: "Single instance",
    description: "One instance means an outage with every update, crash and reboot. That can be acceptable, but it \
                  should be a deliberate decision.",
    remedy: "If it is not acceptable, run several behind a proxy: `deploy: {replicas: 2}`, without a fixed host port.",
    references: &[
        DEPLOY,
        "https://docs.docker.com/compose/how-tos/production/",
    ],
    tags: &[
        "docker",
        "compose",
        "availability",
        "CWE-1059",
        "BSI-SYS.1.6.A25",
    ],
    examples: &[
        compose(
            "services:\n  web: # here\n    image: app:1\n    ports: [\"127.0.0.1:80:80\"]\n  other:\n    image: app:2\n    ports: [\"127.0.0.1:81:80\"]\n",
        ),
        compose("services:\n  web: # here\n    image: app:1\n    scale: 1\n    ports: [\"80\"]\n"),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    ports: [\"80\"]\n    deploy: {replicas: 2}\n",
        ),
        compose("services:\n  web:\n    image: app:1\n"),
        compose(
            "services:\n  proxy:\n    image: nginx:1\n    ports: [\"127.0.0.1:80:80\"]\n  db:\n    image: postgres:16\n    ports: [\"127.0.0.1:5432:5432\"]\n",
        ),
    ],
};
