//! `compose/user-missing`: an image that runs as root, in a service that does not set another user.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, beside,
    compose,
};
use crate::audit::compose::absence::Lack;

pub(super) struct UserMissing;

impl Check<File<'_>> for UserMissing {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            if service.at(&["user"]).is_some() {
                continue;
            }
            // What most images do is not known here; many start as root and switch to another user at once.
            let image = file.image_of(service);
            if image.is_some_and(|image| image.runs_as_root == Some(true)) {
                file.miss(service, &Lack::new(&CARD, "non-root user"), report);
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/user-missing",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Container running as root",
    description: "Root in a container is root on the host after a container escape, and has root access to everything \
                  mounted from the host.",
    remedy: "Add a `USER` other than root to the image, or to the service: `user: \"1000:1000\"`, the owner of the \
             files it writes.",
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
        beside(
            "services:\n  web: # here\n    build: .\n",
            &[("Dockerfile", "FROM debian:12\nCMD [\"/app\"]\n")],
        ),
        beside(
            "services:\n  web: # here\n    build:\n      context: ./web\n      dockerfile: app.Dockerfile\n      target: dev\n",
            &[(
                "web/app.Dockerfile",
                "FROM debian:12 AS dev\nCMD [\"/app\"]\nFROM dev\nUSER 1000\n",
            )],
        ),
    ],
    negatives: &[
        beside(
            "services:\n  web:\n    build: .\n",
            &[("Dockerfile", "FROM debian:12\nUSER 1000\n")],
        ),
        compose("services:\n  web:\n    build: .\n"),
        compose("services:\n  web:\n    image: python:3.12-slim\n    user: \"1000:1000\"\n"),
        compose("services:\n  web:\n    image: app:1\n"),
        compose("services:\n  db:\n    image: postgres:16\n"),
        compose("services:\n  web:\n    image: gcr.io/team/python:1\n"),
    ],
};
