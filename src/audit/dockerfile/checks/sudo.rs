//! `dockerfile/sudo`: a way back to root that the image brings along.

use super::{
    Card, Category, Check, Confidence, DOCKERFILE, File, PRACTICES, Report, Severity, Sighting,
    docker,
};

pub(super) struct Sudo;

impl Check<File<'_>> for Sudo {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (_, command) in file.runs() {
            let grants = command
                .words
                .iter()
                .find(|word| word.text.contains("NOPASSWD"));
            let sighting = if let Some(word) = grants {
                let message = "a user can become root without a password".to_owned();
                let mut sighting = Sighting::new(&CARD, word.span.clone(), message);
                sighting.severity = Severity::Medium;
                sighting
            } else if command.program() == "sudo" {
                let message =
                    "`sudo` runs a build command, so it is installed in the image".to_owned();
                let word = &command.words[0];
                Sighting::new(&CARD, word.span.clone(), message)
            } else {
                continue;
            };
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

static CARD: Card = Card {
    id: "dockerfile/sudo",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "sudo in an image",
    description: "With a working `sudo`, a compromised process can escalate its privileges to root regardless of \
                  `USER`.",
    remedy: "Run what needs root before `USER`, and remove `sudo`: `USER root`, `RUN …`, `USER 1001:1001`. An entry \
             point that needs both can use `setpriv` or `gosu`.",
    references: &[DOCKERFILE, PRACTICES],
    tags: &["docker", "dockerfile", "hardening", "CWE-250"],
    examples: &[
        docker("FROM node:20\nRUN sudo apt-get update # here\n"),
        docker("FROM node:20\nRUN a && DEBIAN_FRONTEND=x sudo -E b # here\n"),
        docker("FROM node:20\nRUN echo 'app ALL=(ALL) NOPASSWD: ALL' >> /etc/sudoers # here\n"),
    ],
    negatives: &[
        docker("FROM node:20\nRUN apt-get install -y sudo\n"),
        docker("FROM node:20\nRUN echo sudo\nCOPY sudo /x\n"),
    ],
};
