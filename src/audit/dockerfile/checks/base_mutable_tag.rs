//! `dockerfile/base-mutable-tag`: an image built on whatever its publisher released last.

use super::{
    CIS, Card, Category, Check, Confidence, DOCKERFILE, File, PRACTICES, Report, Severity,
    Sighting, docker,
};
use crate::audit::dockerfile::base;

pub(super) struct BaseMutableTag;

impl Check<File<'_>> for BaseMutableTag {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let bases = file
            .stages()
            .map(|stage| &stage.base)
            .filter(|base| base.stage.is_none());
        for base in bases {
            if let Some(image) = &base.image {
                sight(file, image, base.span.clone(), report);
            }
        }
        for step in file
            .steps()
            .filter(|step| step.instruction.keyword == "COPY")
        {
            let Some(flag) = step.instruction.flag("from") else {
                continue;
            };
            let is_stage = file.docker.stage_number(Some(&flag.value)).is_some();
            // A name without a registry or a tag may also be a named build context.
            if !is_stage && !flag.value.contains('$') && flag.value.contains(['/', ':']) {
                sight(file, &flag.value, flag.span.clone(), report);
            }
        }
    }
}

fn sight(file: &File, image: &str, span: std::ops::Range<usize>, report: &mut Report) {
    let is_fixed = image == "scratch" || image.contains('@') || image.trim().is_empty();
    let Some((what, severity)) = (!is_fixed).then(|| mutable(base::tag(image))).flatten() else {
        return;
    };
    let mut sighting = Sighting::new(&CARD, span, format!("`{image}` {what}"));
    sighting.severity = severity;
    // An unknown one-word name is probably an image that is built locally beforehand.
    if base::user(image) == base::User::Unknown && !image.contains('/') {
        sighting.severity = sighting.severity.min(Severity::Low);
        sighting.confidence = Confidence::Low;
    }
    report.add(&CARD, file.scaled(sighting));
}

/// Returns what is wrong with a tag.
fn mutable(tag: Option<&str>) -> Option<(&'static str, Severity)> {
    match tag.map(str::to_ascii_lowercase).as_deref() {
        None => Some((
            "has no tag, which means `latest`: builds are not reproducible",
            Severity::Medium,
        )),
        Some("latest") => Some((
            "is the most recently published image: builds are not reproducible",
            Severity::Medium,
        )),
        Some(
            "edge" | "nightly" | "rolling" | "main" | "master" | "dev" | "canary" | "unstable"
            | "head",
        ) => Some((
            "has a tag that moves to newer images: builds are not reproducible",
            Severity::Low,
        )),
        Some(_) => None,
    }
}

static CARD: Card = Card {
    id: "dockerfile/base-mutable-tag",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Base image without a fixed version",
    description: "Without a version tag, the base image can differ from one build to the next: builds are not \
                  reproducible, and changes in the base are not reviewed.",
    remedy: "Pin a version, and a digest if builds must be reproducible: `FROM node:22.11-slim` or `FROM \
             node:22.11-slim@sha256:<digest>`.",
    references: &[DOCKERFILE, PRACTICES, CIS],
    tags: &[
        "docker",
        "dockerfile",
        "supply-chain",
        "CWE-1357",
        "CIS-Docker-4.2",
        "BSI-SYS.1.6.A6",
    ],
    examples: &[
        docker("FROM node # here\n"),
        docker("FROM node:latest # here\n"),
        docker("FROM --platform=linux/amd64 localhost:5000/a/b AS c # here\n"),
        docker("ARG TAG=latest\nFROM node:${TAG} # here\n"),
        docker("ARG TAG\nFROM node:${TAG:-latest} # here\n"),
        docker("FROM alpine:edge # here\n"),
        docker("FROM node:20\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/ # here\n"),
    ],
    negatives: &[
        docker("FROM node:20\n"),
        docker("FROM node@sha256:0123\n"),
        docker("FROM scratch\n"),
        docker("FROM node:20 AS Base\nFROM base\nCOPY --from=base /a /a\nCOPY --from=0 /a /a\n"),
        docker("ARG TAG\nFROM node:${TAG}\n"),
        docker("FROM node:20\nCOPY --from=assets . .\n"),
    ],
};
