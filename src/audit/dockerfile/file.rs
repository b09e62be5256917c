//! A Dockerfile within its project: the subject of the checks.

use crate::audit::Project;
use crate::audit::compose::Build;
use crate::audit::project::resolve;
use crate::audit::purpose::Purpose;
use crate::audit::report::{Absence, Sighting};
use crate::model::{Confidence, Severity};

use super::base;
use super::shell::Command;
use super::stage::{Argument, Dockerfile, Stage, Step};

/// A Dockerfile and its surroundings.
pub(super) struct File<'a> {
    pub(super) path: &'a str,
    pub(super) docker: &'a Dockerfile,
    pub(super) project: &'a Project<'a>,
    pub(super) purpose: Purpose,
    /// The stages that become images: the last one, or those that compose files name.
    pub(super) results: Vec<Result>,
    /// The numbers of the stages that are built.
    pub(super) built: Vec<usize>,
}

/// A stage that becomes an image, with what compose files add to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Result {
    pub(super) stage: usize,
    /// Whether every service that uses the image sets `user`.
    pub(super) has_user: bool,
    /// Whether every service that uses the image has a health check.
    pub(super) has_healthcheck: bool,
}

/// Returns something that the image lacks, as severe and confident as `sighting`. Everything it lacks is one finding.
pub(super) fn absence(thing: &'static str, sighting: &Sighting) -> Absence {
    Absence {
        span: sighting.span.clone(),
        owner: "the image".to_owned(),
        thing,
        severity: sighting.severity,
        confidence: sighting.confidence,
        fixes: Vec::new(),
        remedy: None,
    }
}

/// Returns the stages that become images: those that Compose files build, or else the last one.
pub(super) fn results(docker: &Dockerfile, builds: &[Build]) -> Vec<Result> {
    let mut results: Vec<Result> = Vec::new();
    let last = docker.stages.len().saturating_sub(1);
    let deployed = builds.iter().filter(|build| !build.is_for_development);
    for build in deployed {
        let Some(stage) = docker.stage_number(build.target.as_deref()) else {
            continue;
        };
        match results.iter_mut().find(|result| result.stage == stage) {
            Some(result) => {
                result.has_user &= build.has_user;
                result.has_healthcheck |= build.has_healthcheck;
            }
            None => results.push(Result {
                stage,
                has_user: build.has_user,
                has_healthcheck: build.has_healthcheck,
            }),
        }
    }
    if results.is_empty() {
        results.push(Result {
            stage: last,
            has_user: false,
            has_healthcheck: builds.iter().any(|build| build.has_healthcheck),
        });
    }
    results
}

impl<'a> File<'a> {
    /// Lowers the severity of a sighting if only developers build the image.
    pub(super) fn scaled(&self, mut sighting: Sighting) -> Sighting {
        sighting.severity = match self.purpose {
            Purpose::Shipped => sighting.severity,
            Purpose::Development | Purpose::Sample => sighting.severity.lowered(),
        };
        sighting
    }

    /// Returns the stages that become images, and all stages that those are built on.
    pub(super) fn shipped(&self) -> impl Iterator<Item = &'a Stage> {
        let mut numbers: Vec<usize> = Vec::new();
        for result in &self.results {
            let mut next = Some(result.stage);
            while let Some(number) = next.filter(|number| !numbers.contains(number)) {
                numbers.push(number);
                next = self
                    .docker
                    .stages
                    .get(number)
                    .and_then(|stage| stage.base.stage);
            }
        }
        numbers.sort_unstable();
        let stages = &self.docker.stages;
        numbers.into_iter().filter_map(|number| stages.get(number))
    }

    /// Returns the stages that are built.
    pub(super) fn stages(&self) -> impl Iterator<Item = &'a Stage> {
        let stages = &self.docker.stages;
        self.built.iter().filter_map(|&number| stages.get(number))
    }

    /// Returns all steps of the stages that are built.
    pub(super) fn steps(&self) -> impl Iterator<Item = &'a Step> {
        self.stages().flat_map(|stage| &stage.steps)
    }

    /// Returns all commands that run during the build, with the step that runs them.
    pub(super) fn runs(&self) -> impl Iterator<Item = (&'a Step, &'a Command)> {
        self.steps()
            .filter(|step| step.instruction.keyword == "RUN")
            .flat_map(|step| step.commands().iter().map(move |command| (step, command)))
    }

    /// Returns the project file that a source of `COPY` refers to, if the context is the directory of the Dockerfile or
    /// the root.
    pub(super) fn source(&self, named: &str) -> Option<String> {
        let named = named.trim_start_matches('/');
        let beside = resolve(self.path, named)?;
        if self.project.read(&beside).is_some() {
            return Some(beside);
        }
        let at_root = resolve("", named)?;
        self.project.read(&at_root).is_some().then_some(at_root)
    }

    /// Returns whether the program that an image starts drops root privileges itself.
    pub(super) fn drops_privileges(&self, number: usize) -> bool {
        const DROPPERS: &[&str] = &[
            "gosu",
            "su-exec",
            "setpriv",
            "runuser",
            "chpst",
            "s6-setuidgid",
            "s6-overlay",
            "setuidgid",
            "supervisord",
            "supervisor",
            "fixuid",
        ];
        let mentions = |text: &str| DROPPERS.iter().any(|dropper| text.contains(dropper));
        let in_commands = |stage: &Stage| {
            ["RUN", "ENTRYPOINT", "CMD"].iter().any(|keyword| {
                let mut words = stage
                    .commands_of(keyword)
                    .flat_map(|command| &command.words);
                words.any(|word| mentions(&word.text))
            })
        };
        let copied = |stage: &Stage| {
            let copies = stage.steps_of("COPY").chain(stage.steps_of("ADD"));
            copies
                .flat_map(Step::arguments)
                .any(|argument| mentions(&argument.text))
        };
        self.docker
            .line(number)
            .any(|stage| in_commands(stage) || copied(stage))
            || self.entry_script(number).is_some_and(|script| {
                mentions(&script) || script.contains("su ") && script.contains("exec su")
            })
    }

    /// Returns the script that the image starts with, if it is copied from the project.
    fn entry_script(&self, number: usize) -> Option<String> {
        let entry = self
            .docker
            .last(number, "ENTRYPOINT")
            .or_else(|| self.docker.last(number, "CMD"))?;
        let words = entry.commands().iter().flat_map(|command| &command.words);
        let names: Vec<&str> = words
            .filter_map(|word| word.text.rsplit('/').next())
            .collect();
        let copies = self
            .docker
            .line(number)
            .flat_map(|stage| stage.steps_of("COPY"));
        let sources = copies.flat_map(|step| step.arguments().iter().filter_map(Argument::known));
        let is_entry = |source: &&str| {
            let name = source.rsplit('/').next().unwrap_or(source);
            name.contains('.') && names.contains(&name)
                || names.iter().any(|own| !own.is_empty() && *own == name)
        };
        let source = sources.into_iter().find(is_entry)?;
        let path = self.source(source)?;
        let bytes = self.project.read(&path)?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Lowers a sighting about a user if the image drops privileges itself, or starts nothing.
    pub(super) fn weighed_by_start(&self, number: usize, mut sighting: Sighting) -> Sighting {
        let starts = ["CMD", "ENTRYPOINT"]
            .iter()
            .any(|keyword| self.docker.last(number, keyword).is_some());
        let image = self
            .docker
            .bottom(number)
            .and_then(|base| base.image.as_deref());
        let is_half = image.is_some_and(|image| base::user(image) == base::User::Workers);
        let is_said = self.docker.last(number, "USER").is_some();
        if !starts && image.is_none_or(|image| base::user(image) != base::User::NonRoot)
            || is_half
            || self.drops_privileges(number)
        {
            sighting.severity = sighting.severity.min(Severity::Low);
        }
        // The user of an unknown image is unknown, too.
        if !is_said && image.is_none_or(|image| base::user(image) == base::User::Unknown) {
            sighting.severity = Severity::Info;
            sighting.confidence = Confidence::Low;
        }
        self.scaled(sighting)
    }
}
