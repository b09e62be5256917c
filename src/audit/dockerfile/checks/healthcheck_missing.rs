//! `dockerfile/healthcheck-missing`: a server whose container counts as healthy as long as its process lives.

use super::{
    CIS, Card, Category, Check, Confidence, DOCKERFILE, File, Report, Severity, Sighting, at,
    docker,
};
use crate::audit::dockerfile::base::{self, User};
use crate::audit::dockerfile::file::absence;
use crate::audit::dockerfile::stage::Step;

pub(super) struct HealthcheckMissing;

impl Check<File<'_>> for HealthcheckMissing {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for result in file.results.iter().filter(|result| !result.has_healthcheck) {
            let docker = file.docker;
            let Some(stage) = docker.stages.get(result.stage) else {
                continue;
            };
            let line = || docker.line(result.stage);
            // An image that exposes no port is a tool, a job, or a base for others.
            let is_server = line().any(|stage| {
                stage
                    .steps_of("EXPOSE")
                    .flat_map(Step::arguments)
                    .next()
                    .is_some()
            });
            let starts = ["CMD", "ENTRYPOINT"]
                .iter()
                .any(|keyword| docker.last(result.stage, keyword).is_some());
            if !is_server || !starts || docker.last(result.stage, "HEALTHCHECK").is_some() {
                continue;
            }
            let mut sighting = Sighting::new(&CARD, stage.from.clone(), String::new());
            let image = docker
                .bottom(result.stage)
                .and_then(|base| base.image.as_deref());
            if image.is_none_or(|image| base::user(image) == User::Unknown) {
                sighting.confidence = Confidence::Low;
            }
            report.miss(&CARD, absence("health check", &file.scaled(sighting)));
        }
    }
}

static CARD: Card = Card {
    id: "dockerfile/healthcheck-missing",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Image without a health check",
    description: "Without a health check, a server that hangs is not replaced, and services that depend on it start \
                  too early. Kubernetes ignores it and uses its own probes.",
    remedy: "Query the server itself: `HEALTHCHECK --interval=30s --timeout=3s --retries=3 CMD wget -qO- \
             http://127.0.0.1:8080/health || exit 1`.",
    references: &[
        "https://docs.docker.com/reference/dockerfile/#healthcheck",
        DOCKERFILE,
        CIS,
    ],
    tags: &[
        "docker",
        "dockerfile",
        "availability",
        "CWE-703",
        "CIS-Docker-4.6",
        "BSI-SYS.1.6.A3",
    ],
    examples: &[
        docker("FROM node:20 # here\nEXPOSE 80\nCMD [\"node\"]\n"),
        docker("FROM node:20 AS base\nEXPOSE 80\nFROM base # here\nCMD node a.js\n"),
        at(
            "Dockerfile",
            "FROM node:20 # here\nEXPOSE 80\nCMD [\"node\"]\n",
            &[(
                "compose.yml",
                "services:\n  a:\n    build: .\n    healthcheck:\n      disable: true\n",
            )],
        ),
    ],
    negatives: &[
        docker("FROM node:20\nEXPOSE 80\nHEALTHCHECK CMD true\nCMD [\"node\"]\n"),
        docker(
            "FROM node:20 AS base\nHEALTHCHECK CMD true\nFROM base\nEXPOSE 80\nCMD [\"node\"]\n",
        ),
        docker("FROM node:20\nCMD [\"node\"]\n"),
        docker("FROM node:20\nEXPOSE 80\n"),
        docker("FROM node:20\nEXPOSE 80\nHEALTHCHECK NONE\nCMD [\"node\"]\n"),
        at(
            "web/Dockerfile",
            "FROM node:20\nEXPOSE 80\nCMD [\"node\"]\n",
            &[(
                "compose.yml",
                "services:\n  a:\n    build: ./web\n    healthcheck:\n      test: curl -f http://localhost\n",
            )],
        ),
    ],
};
