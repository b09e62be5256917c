//! `dockerfile/update-alone`: package lists that the cache keeps while the packages change.

use super::{
    CIS, Card, Category, Check, Confidence, Edit, File, Fix, PRACTICES, Report, Severity, Sighting,
    Step, docker,
};
use crate::audit::dockerfile::shell::Command;

pub(super) struct UpdateAlone;

impl Check<File<'_>> for UpdateAlone {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        let steps = file.stages().flat_map(|stage| {
            let next = stage.steps.iter().skip(1).map(Some).chain([None]);
            stage.steps.iter().zip(next)
        });
        for (step, next) in steps.filter(|(step, _)| step.instruction.keyword == "RUN") {
            let commands = step.commands();
            let Some(update) = commands.iter().find(|command| is_update(command)) else {
                continue;
            };
            // Any other command may install something, and most do.
            let is_alone = commands
                .iter()
                .all(|command| is_update(command) || is_harmless(command));
            if is_alone {
                let message =
                    "package lists are updated in a separate layer, which the build cache keeps"
                        .to_owned();
                let mut sighting = Sighting::new(&CARD, update.span(), message);
                sighting
                    .fixes
                    .extend(next.and_then(|next| joined(file, step, next)));
                report.add(&CARD, file.scaled(sighting));
            }
        }
    }
}

/// Joins an update with the next step, if that installs what was updated.
fn joined(file: &File, step: &Step, next: &Step) -> Option<Fix> {
    let (own, next_own) = (&step.instruction, &next.instruction);
    let is_plain = |it: &Step| {
        let arguments = it.instruction.arguments();
        it.instruction.flags.is_empty()
            && it.instruction.documents.is_empty()
            && !arguments.starts_with('[')
            && !arguments.contains('#')
    };
    let installs = next.commands().first().and_then(verb) == Some("install");
    let is_open = own.arguments().trim_end().ends_with([';', '&', '|', '\\']);
    if next_own.keyword != "RUN" || !installs || is_open || !is_plain(step) || !is_plain(next) {
        return None;
    }
    let text = file.project.read_text(file.path)?;
    let between = text.get(own.span.end..next_own.span.start)?;
    if !between.trim().is_empty() || text.contains("escape=`") {
        return None;
    }
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let edit = Edit {
        span: own.span.end..next_own.span_of(0..1).start,
        replacement: format!(" \\{line_end}    && "),
    };
    let description = "install in the step that updates the package lists";
    Some(Fix::new(&CARD, description, vec![edit]))
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
