//! Dockerfiles and Containerfiles.
//!
//! Recognised by name and by their first instruction. Read as the builder reads them: stages that are built on others
//! inherit what those set, and variables count with their defaults.

mod base;
mod checks;
mod expand;
mod file;
pub(super) mod image;
mod joined;
mod masking;
mod reader;
pub(super) mod shell;
mod stage;
mod words;

#[cfg(test)]
mod tests;

use super::check::{Card, Format};
use super::purpose;
use super::report::Report;
use super::{Outcome, Project, Source};

use file::{File, Result};

/// The format.
pub(super) struct Docker;

/// Beyond this size it is generated data.
const MAX_BYTES: usize = 1 << 20;

impl Format for Docker {
    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, _text: &[u8]) -> bool {
        is_named_like_dockerfile(path)
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        if source.text.len() > MAX_BYTES {
            return Outcome::Skipped {
                reason: format!("larger than {} MiB", MAX_BYTES >> 20),
            };
        }
        let Ok(text) = std::str::from_utf8(&source.text) else {
            return Outcome::Skipped {
                reason: "not valid UTF-8".to_owned(),
            };
        };
        let Some(docker) = stage::parse(text) else {
            return Outcome::NotConfiguration;
        };
        if is_template(text) {
            return Outcome::Skipped {
                reason: "a template, not yet filled in".to_owned(),
            };
        }
        let last = docker.stages.len().saturating_sub(1);
        let file = File {
            path: &source.path,
            docker: &docker,
            project,
            purpose: purpose::of(&source.path, project.policy),
            results: vec![Result {
                stage: last,
                has_user: false,
                has_healthcheck: false,
            }],
        };
        let mut report = Report::default();
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        Outcome::Audited(report.finish(&source.path, text, || masking::secrets(text, &docker)))
    }
}

/// Whether a file is named as Dockerfiles are: `Dockerfile`, `Dockerfile.web`, `web.Dockerfile`, `Containerfile`.
fn is_named_like_dockerfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let is_other = [
        ".dockerignore",
        ".md",
        ".j2",
        ".erb",
        ".tmpl",
        ".tpl",
        ".template",
        ".in",
        ".lock",
        ".swp",
        ".patch",
    ]
    .iter()
    .any(|ending| ends_with(name, ending));
    !is_other
        && ["dockerfile", "containerfile"].iter().any(|kind| {
            let rest = name.get(kind.len()..).filter(|_| starts_with(name, kind));
            let begins =
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']));
            let ends = name.len() > kind.len()
                && ends_with(name, kind)
                && matches!(
                    name.as_bytes()[name.len() - kind.len() - 1],
                    b'.' | b'-' | b'_'
                );
            begins || ends
        })
}

fn starts_with(name: &str, start: &str) -> bool {
    name.get(..start.len())
        .is_some_and(|part| part.eq_ignore_ascii_case(start))
}

fn ends_with(name: &str, end: &str) -> bool {
    let from = name.len().checked_sub(end.len());
    from.and_then(|from| name.get(from..))
        .is_some_and(|part| part.eq_ignore_ascii_case(end))
}

/// Whether some other program makes a Dockerfile of it.
fn is_template(text: &str) -> bool {
    let begins = |line: &str| {
        ["{{", "{%", "<%", "{#"]
            .iter()
            .any(|mark| line.starts_with(mark))
    };
    text.lines().map(str::trim_start).any(|line| {
        begins(line) || starts_with(line, "from ") && (line.contains("{{") || line.contains("<%"))
    })
}
