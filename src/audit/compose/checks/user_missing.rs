//! `compose/user-missing`: an image that runs as root, and a service that does not say otherwise.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, compose,
};
use crate::audit::compose::image;
use crate::audit::compose::service::Service;

pub(super) struct UserMissing;

impl Check<File<'_>> for UserMissing {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            if service.at(&["user"]).is_none() && runs_as_root(service) {
                file.miss(service, &CARD, "user other than root", report);
            }
        }
    }
}

/// Whether it is known that nobody but root runs it. Of most images only their makers know; many start as root to
/// become somebody else at once.
fn runs_as_root(service: &Service) -> bool {
    let is_built = service.setting("build").is_some();
    !is_built
        && service
            .text("image")
            .is_some_and(|image| image::stays_root(&image))
}

static CARD: Card = Card {
    id: "compose/user-missing",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Runs as root",
    description: "Root in a container is root on the host as soon as one of the walls between them has a hole, and owns \
                  whatever is mounted from there.",
    remedy: "Add a `USER` that is not root to the image, or to the service: `user: \"1000:1000\"`, with the owner of the \
             files that it writes.",
    references: &[SERVICES, OWASP, CIS],
    tags: &[
        "docker",
        "compose",
        "hardening",
        "CWE-250",
        "CIS-Docker-4.1",
        "OWASP-Docker-2",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        compose(
            "services:\n  web: # here\n    image: python:3.12-slim\n    command: python app.py\n",
        ),
        compose("services:\n  web: # here\n    image: node:22\n    command: node server.js\n"),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: python:3.12-slim\n    user: \"1000:1000\"\n"),
        compose("services:\n  web:\n    image: app:1\n"),
        compose("services:\n  db:\n    image: postgres:16\n"),
        compose("services:\n  web:\n    image: gcr.io/team/python:1\n"),
    ],
};
