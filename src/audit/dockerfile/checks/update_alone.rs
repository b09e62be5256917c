//! `dockerfile/update-alone`: package lists that the cache keeps while packages move on.

use super::{
    CIS, Card, Category, Check, Confidence, File, PRACTICES, Report, Severity, Sighting, docker,
};
use crate::audit::dockerfile::shell::Command;

pub(super) struct UpdateAlone;

impl Check<File<'_>> for UpdateAlone {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for step in file
            .steps()
            .filter(|step| step.instruction.keyword == "RUN")
        {
            let commands = step.commands();
            let Some(update) = commands.iter().find(|command| is_update(command)) else {
                continue;
            };
            // Whatever else runs may well install something, and most of it does.
            let is_alone = commands
                .iter()
                .all(|command| is_update(command) || is_harmless(command));
            if is_alone {
                let message =
                    "package lists are updated in a separate layer, which the build cache keeps"
                        .to_owned();
                report.add(
                    &CARD,
                    file.scaled(Sighting::new(&CARD, update.span(), message)),
                );
            }
        }
    }
}

fn verb(command: &Command) -> Option<&str> {
    let skipped = usize::from(command.program() == "sudo");
    let words = command.words.get(skipped..)?;
    let program = words.first()?.text.rsplit('/').next()?;
    if !matches!(program, "apt" | "apt-get" | "aptitude") {
        return None;
    }
    let mut words = words.iter().skip(1);
    words
        .find(|word| !word.text.starts_with('-'))
        .map(|word| word.text.as_str())
}

fn is_update(command: &Command) -> bool {
    verb(command) == Some("update")
}

fn is_harmless(command: &Command) -> bool {
    matches!(verb(command), Some("clean" | "autoclean"))
        || matches!(command.program(), "echo" | "set" | "true" | "rm")
}

static CARD: Card = Card {
    id: "dockerfile/update-alone",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Package lists updated in a separate layer",
    description: "The build cache keeps the layer with the package lists, so later builds install outdated packages: \
                  versions with known vulnerabilities, or ones that no longer exist.",
    remedy: "Update and install in one step: `RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf \
             /var/lib/apt/lists/*`.",
    references: &[PRACTICES, CIS],
    tags: &[
        "docker",
        "dockerfile",
        "supply-chain",
        "CWE-1357",
        "CIS-Docker-4.7",
    ],
    examples: &[
        docker("FROM debian:12\nRUN apt-get update # here\nRUN apt-get install -y curl\n"),
        docker("FROM debian:12\nRUN apt-get -qq update && apt-get clean # here\n"),
    ],
    negatives: &[
        docker("FROM debian:12\nRUN apt-get update && apt-get install -y curl\n"),
        docker("FROM debian:12\nRUN apt-get update \\\n # why\n && apt-get install -y curl\n"),
        docker("FROM debian:12\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n"),
        docker("FROM debian:12\nRUN apt-get update && ./setup.sh\n"),
        docker("FROM debian:12\nRUN apt-get upgrade -y\n"),
    ],
};
