//! `dockerfile/sudo`: an image with a way back to root.

use super::{
    Card, Category, Check, Confidence, DOCKERFILE, Edit, File, Fix, PRACTICES, Report, Severity,
    Sighting, docker,
};
use crate::audit::dockerfile::base::{self, User};
use crate::audit::dockerfile::shell::Command;
use crate::audit::dockerfile::stage::Stage;

pub(super) struct Sudo;

impl Check<File<'_>> for Sudo {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for (command, is_root) in file.stages().flat_map(commands) {
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
                let mut sighting = Sighting::new(&CARD, word.span.clone(), message);
                sighting.fixes.extend(without(command).filter(|_| is_root));
                sighting
            } else {
                continue;
            };
            report.add(&CARD, file.scaled(sighting));
        }
    }
}

/// Returns the commands that a stage runs during the build, with whether root runs them in a shell.
fn commands(stage: &Stage) -> Vec<(&Command, bool)> {
    let mut is_root = starts_as_root(stage);
    let mut all = Vec::new();
    for step in &stage.steps {
        is_root &= step.instruction.keyword != "USER";
        if step.instruction.keyword == "RUN" {
            let is_shell = !step.instruction.arguments().starts_with('[');
            let commands = step.commands().iter();
            all.extend(commands.map(|command| (command, is_root && is_shell)));
        }
    }
    all
}

/// Whether a stage begins as root: an earlier stage, or an unknown image, may set another user.
fn starts_as_root(stage: &Stage) -> bool {
    let image = stage.base.image.as_deref().map(base::user);
    stage.base.stage.is_none() && matches!(image, Some(User::Root | User::Workers | User::Drops))
}

/// Removes `sudo` from a command that root runs, if `sudo` has no options of its own.
fn without(command: &Command) -> Option<Fix> {
    let [sudo, program, ..] = command.words.as_slice() else {
        return None;
    };
    let edit = Edit {
        span: sudo.span.start..program.span.start,
        replacement: String::new(),
    };
    let is_option = program.text.starts_with('-') || program.text.contains('=');
    let description = "leave out `sudo`: the step runs as root";
    (!is_option && sudo.span.end < program.span.start)
        .then(|| Fix::new(&CARD, description, vec![edit]))
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
