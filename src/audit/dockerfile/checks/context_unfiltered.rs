//! `dockerfile/context-unfiltered`: everything around the Dockerfile ends up in the image.

use super::{
    CIS, Card, Category, Check, Confidence, File, PRACTICES, Report, Severity, Sighting, at,
};
use crate::audit::dockerfile::context::Context;

pub(super) struct ContextUnfiltered;

impl Check<File<'_>> for ContextUnfiltered {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let mut context = None;
        for stage in file.shipped() {
            for step in stage.steps_of("COPY").chain(stage.steps_of("ADD")) {
                let sources = step.arguments().split_last().map(|(_, sources)| sources);
                let mut sources = sources.unwrap_or_default().iter();
                let whole = sources.find(|source| {
                    matches!(source.text.as_str(), "." | "./" | "/" | "./." | "*" | "./*")
                });
                let Some(whole) = whole.filter(|_| step.instruction.flag("from").is_none()) else {
                    continue;
                };
                // `--exclude` does what a `.dockerignore` would do.
                if step.instruction.flag("exclude").is_some() {
                    continue;
                }
                let context = context.get_or_insert_with(|| Context::of(file.path, file.project));
                if let Some((severity, message)) = weigh(file, context) {
                    let mut sighting = Sighting::new(&CARD, whole.span.clone(), message);
                    sighting.severity = severity;
                    report.add(&CARD, file.scaled(sighting));
                }
            }
        }
    }
}

/// Returns what the build gets that it should not, and how severe that is.
fn weigh(file: &File, context: &Context) -> Option<(Severity, String)> {
    if context.is_assumed {
        return None;
    }
    let is_root = context.folder.is_empty();
    let has_env = file.project.read(&context.path_of(".env")).is_some();
    if has_env && context.sends(".env", false) {
        let message =
            "the entire directory is copied into the image, including its `.env`".to_owned();
        return Some((Severity::Medium, message));
    }
    if context.is_filtered() {
        let sends_git =
            is_root && context.sends(".git", true) && context.sends(".git/config", false);
        let message = "the entire repository is copied into the image, including its history: `.dockerignore` does \
                       not exclude `.git`".to_owned();
        return sends_git.then_some((Severity::Low, message));
    }
    let (severity, message) = if is_root {
        (
            Severity::Medium,
            "the entire repository is copied into the image, including `.git` and any `.env`: there is no \
             `.dockerignore`",
        )
    } else {
        (
            Severity::Low,
            "the entire directory is copied into the image, including any `.env`: there is no `.dockerignore`",
        )
    };
    Some((severity, message.to_owned()))
}

static CARD: Card = Card {
    id: "dockerfile/context-unfiltered",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "Entire build context copied into an image",
    description: "`COPY . .` copies everything in the directory at build time: env files, keys, and the Git history \
                  with everything that was ever deleted from it.",
    remedy: "Copy only what the image needs (`COPY package.json src ./`), and exclude the rest in `.dockerignore`: \
             `.git`, `.env*`, `!.env.example`, `*.pem`, `node_modules`.",
    references: &[
        "https://docs.docker.com/build/concepts/context/#dockerignore-files",
        PRACTICES,
        CIS,
    ],
    tags: &["docker", "dockerfile", "credential", "CWE-538"],
    examples: &[
        at("Dockerfile", "FROM node:20\nCOPY . . # here\n", &[]),
        at("api/Dockerfile", "FROM node:20\nADD ./ /app # here\n", &[]),
        at(
            "Dockerfile",
            "FROM node:20\nCOPY --chown=1:1 . /app # here\n",
            &[(".dockerignore", "node_modules\n")],
        ),
        at(
            "api/Dockerfile",
            "FROM node:20\nCOPY . . # here\n",
            &[("api/.dockerignore", "dist\n"), ("api/.env", "A=b\n")],
        ),
    ],
    negatives: &[
        at(
            "Dockerfile",
            "FROM node:20\nCOPY . .\n",
            &[(".dockerignore", ".env*\n.git\n")],
        ),
        at(
            "Dockerfile",
            "FROM node:20\nCOPY . .\n",
            &[("Dockerfile.dockerignore", "*\n!src\n")],
        ),
        at(
            "Dockerfile",
            "FROM node:20 AS build\nCOPY . .\nFROM node:20\nCOPY --from=build /app /app\n",
            &[],
        ),
        at(
            "api/Dockerfile",
            "FROM node:20\nCOPY . .\n",
            &[(".dockerignore", ".env\n**/.git\n")],
        ),
        at("Dockerfile", "FROM node:20\nCOPY src /app\n", &[]),
        at(
            "docker/Dockerfile",
            "FROM node:20\nCOPY . .\n",
            &[
                ("app/.dockerignore", ".env\n.git\n"),
                (
                    "compose.yml",
                    "services:\n  a:\n    build:\n      context: app\n      dockerfile: ../docker/Dockerfile\n",
                ),
            ],
        ),
    ],
};
