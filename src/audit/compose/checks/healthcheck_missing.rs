//! `compose/healthcheck-missing`: a service without a health check.

use super::{
    CIS, Card, Category, Check, Confidence, File, Report, SERVICES, Severity, beside, compose,
};
use crate::audit::compose::absence::Lack;
use crate::audit::compose::image;
use crate::audit::compose::roles::datastore;
use crate::audit::compose::service::Service;

pub(super) struct HealthcheckMissing;

impl Check<File<'_>> for HealthcheckMissing {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            if service.at(&["healthcheck"]).is_some()
                || file.is_job(service)
                || is_in_image(service)
                || file
                    .image_of(service)
                    .is_some_and(|image| image.has_healthcheck)
            {
                continue;
            }
            let severity = if datastore(service).is_some() || file.is_needed(service) {
                Severity::Medium
            } else {
                CARD.severity
            };
            let lack = Lack::new(&CARD, "health check").weighing(severity);
            file.miss(service, &lack, report);
        }
    }
}

/// Whether the image has a health check of its own, or no tools to write one with.
fn is_in_image(service: &Service) -> bool {
    let Some(image) = service.text("image") else {
        return false;
    };
    image.contains("distroless") || image::has_healthcheck(&image)
}

static CARD: Card = Card {
    id: "compose/healthcheck-missing",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Missing health check",
    description: "A process that hangs, or has lost its database connection, is still running, so the engine considers \
                  the service healthy, and services that depend on it start before it is ready.",
    remedy: "Add a check that fails when the service does not work: `healthcheck: {test: [CMD, wget, -qO-, \
             \"http://127.0.0.1:8080/health\"], interval: 10s, timeout: 5s, retries: 5}`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/reference/dockerfile/#healthcheck",
        CIS,
    ],
    tags: &[
        "docker",
        "compose",
        "operations",
        "CWE-703",
        "CIS-Docker-5.27",
        "CIS-Docker-4.6",
        "BSI-SYS.1.6.A3",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: app:1\n"),
        compose("services:\n  db: # here\n    image: postgres:16\n    restart: always\n"),
        compose("services:\n  web: # here\n    build: .\n"),
        compose(
            "services:\n  base:\n    image: app:1\n    healthcheck: {test: [CMD, up]}\n  web: # here\n    extends: base\n    healthcheck: !reset null\n",
        ),
    ],
    negatives: &[
        beside(
            "services:\n  web:\n    build: ./web\n",
            &[(
                "web/Dockerfile",
                "FROM debian:12\nHEALTHCHECK CMD curl -f http://localhost/\n",
            )],
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      test: [CMD, curl, -f, http://localhost/]\n",
        ),
        compose("services:\n  web:\n    image: vaultwarden/server:1.32.0\n"),
        compose("services:\n  web:\n    image: gcr.io/distroless/static:nonroot\n"),
        compose("services:\n  migrate:\n    image: app:1\n"),
        compose("services:\n  work:\n    image: app:1\n    restart: \"no\"\n"),
        compose(
            "x-check: &check\n  healthcheck: {test: [CMD, up]}\nservices:\n  web:\n    <<: *check\n    image: app:1\n",
        ),
    ],
};
