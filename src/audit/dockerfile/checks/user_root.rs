//! `dockerfile/user-root`: an image that sets a user but ends as root.

use super::{
    CIS, Card, Category, Check, Confidence, DOCKERFILE, File, OWASP, Report, Severity, Sighting,
    docker,
};
use crate::audit::dockerfile::image::is_root;

pub(super) struct UserRoot;

impl Check<File<'_>> for UserRoot {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for result in file.results.iter().filter(|result| !result.has_user) {
            let Some(step) = file.docker.last(result.stage, "USER") else {
                continue;
            };
            let user = step.arguments().first();
            let Some(user) = user.filter(|user| user.known().is_some_and(is_root)) else {
                continue;
            };
            let message = "the last `USER` is root, so the image runs as root".to_owned();
            let sighting = Sighting::new(&CARD, user.span.clone(), message);
            report.add(&CARD, file.weighed_by_start(result.stage, sighting));
        }
    }
}

static CARD: Card = Card {
    id: "dockerfile/user-root",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Image running as root",
    description: "The last `USER` of the image is root: an attacker who exploits the program has root privileges in \
                  the container and is one step closer to the host.",
    remedy: "Run what needs root first, and switch to another user at the end of the last stage: `USER 1001:1001`.",
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
        docker("FROM node:20\nUSER root # here\nCMD [\"node\"]\n"),
        docker("FROM node:20\nUSER node\nRUN x\nUSER 0:0 # here\nCMD [\"node\"]\n"),
        docker("FROM node:20\nARG UID=0\nUSER ${UID} # here\nCMD [\"node\"]\n"),
        docker("FROM node:20 AS base\nUSER root # here\nFROM base\nCMD [\"node\"]\n"),
    ],
    negatives: &[
        docker("FROM jenkins/jenkins:2\nUSER root\nRUN x\nUSER jenkins\n"),
        docker("FROM node:20 AS build\nUSER root\nFROM node:20\nUSER node\nCMD [\"node\"]\n"),
        docker("FROM node:20\nARG UID\nUSER ${UID}\nCMD [\"node\"]\n"),
        docker("FROM node:20\nUSER 1000:0\nCMD [\"node\"]\n"),
        docker("FROM node:20\nRUN <<EOF\nUSER root\nEOF\nUSER 5\n"),
    ],
};
