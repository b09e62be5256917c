//! `dockerfile/user-missing`: an image that runs as root because it sets no user.

use super::{
    CIS, Card, Category, Check, Confidence, DOCKERFILE, File, OWASP, Report, Severity, Sighting,
    at, docker,
};
use crate::audit::dockerfile::base::{self, User};
use crate::audit::dockerfile::file::absence;

pub(super) struct UserMissing;

impl Check<File<'_>> for UserMissing {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for result in file.results.iter().filter(|result| !result.has_user) {
            let number = result.stage;
            let Some(stage) = file.docker.stages.get(number) else {
                continue;
            };
            let image = file
                .docker
                .bottom(number)
                .and_then(|base| base.image.as_deref());
            let starts = ["CMD", "ENTRYPOINT"]
                .iter()
                .any(|keyword| file.docker.last(number, keyword).is_some());
            let replaces_entry = file.docker.last(number, "ENTRYPOINT").is_some();
            let is_somebody = match image.map_or(User::Unknown, base::user) {
                User::NonRoot => true,
                User::Drops => !replaces_entry,
                User::Root | User::Workers => false,
                // The user of an unknown image is unknown, too.
                User::Unknown => image.is_none(),
            };
            // A stage that only passes on files is never run.
            let is_output = image == Some("scratch") && !starts;
            if is_somebody || is_output || file.docker.last(number, "USER").is_some() {
                continue;
            }
            let sighting = Sighting::new(&CARD, stage.from.clone(), String::new());
            let sighting = file.weighed_by_start(number, sighting);
            report.miss(&CARD, absence("`USER`", &sighting));
        }
    }
}

static CARD: Card = Card {
    id: "dockerfile/user-missing",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Image without a non-root user",
    description: "Without `USER`, processes in the container run as root: an attacker who exploits the program has \
                  root privileges in the container and is one step closer to the host.",
    remedy: "Create a user and switch to it at the end of the last stage, by number so that orchestrators can verify \
             it: `RUN useradd --uid 1001 --user-group app` and `USER 1001:1001`.",
    references: &[DOCKERFILE, OWASP, CIS],
    tags: &[
        "docker",
        "dockerfile",
        "hardening",
        "CWE-250",
        "CIS-Docker-4.1",
        "OWASP-Docker-2",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        docker("FROM node:20 # here\nCMD [\"node\", \"a.js\"]\n"),
        docker("FROM node:20 AS build\nUSER node\nFROM node:20-slim # here\nCMD [\"node\"]\n"),
        docker("ARG V=20\nFROM node:${V} # here\nCOPY . /app\nCMD node a.js\n"),
        docker("FROM postgres:16 # here\nENTRYPOINT [\"/mine.sh\"]\n"),
        at(
            "Containerfile",
            "FROM scratch # here\nCOPY a /a\nENTRYPOINT [\"/a\"]\n",
            &[],
        ),
    ],
    negatives: &[
        docker("FROM node:20\nUSER 1001:1001\nCMD [\"node\"]\n"),
        docker("FROM node:20 AS base\nUSER node\nFROM base\nCMD [\"node\"]\n"),
        docker("FROM gcr.io/distroless/static:nonroot\nCOPY a /a\nENTRYPOINT [\"/a\"]\n"),
        docker("FROM bitnami/redis:7\nCMD [\"x\"]\n"),
        docker("ARG BASE\nFROM ${BASE}\nCMD [\"x\"]\n"),
        docker("FROM postgres:16\nCOPY init.sql /docker-entrypoint-initdb.d/\n"),
        docker("FROM golang:1 AS build\nRUN go build\nFROM scratch\nCOPY --from=build /a /a\n"),
    ],
};
