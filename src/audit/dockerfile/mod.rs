//! Dockerfiles and Containerfiles.
//!
//! Recognised by their name and first instruction. Read as the builder reads them: a stage inherits what the stages
//! that it is built on set, and variables have their defaults.

mod base;
mod built;
mod checks;
mod context;
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
use super::compose::Builds;
use super::purpose;
use super::report::Report;
use super::{Outcome, Project, Source, template};
use crate::model::LineIndex;

use file::File;

/// The format.
pub(super) struct Docker;

impl Format for Docker {
    fn name(&self) -> &'static str {
        "dockerfile"
    }

    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, _text: &[u8]) -> bool {
        is_named_like_dockerfile(path)
    }

    fn is_certain(&self, path: &str, _text: &[u8]) -> bool {
        is_named_like_dockerfile(path)
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let text = source.text.as_str();
        let Some(docker) = stage::parse(text) else {
            return unread(source, project);
        };
        if is_template(text) {
            return Outcome::Template;
        }
        let builds = project.shared(Builds::new);
        let results = file::results(&docker, builds.of(&source.path));
        let file = File {
            built: built::stages(&docker, &results, project),
            path: &source.path,
            docker: &docker,
            project,
            purpose: purpose::of(&source.path, project.policy(&source.path)),
            results,
        };
        let mut report = Report::new(project.policy(&source.path));
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        Outcome::Audited(report.finish(&source.path, text, || masking::secrets(text, &docker)))
    }
}

/// Reports on a file without a stage: a template, one that no build can begin with, or something that is only named
/// like a Dockerfile, such as `dockerfile.rb`.
fn unread(source: &Source, project: &Project<'_>) -> Outcome {
    let text = source.text.as_str();
    let name = source.path.rsplit('/').next().unwrap_or(&source.path);
    let instructions = reader::read(text).list;
    let (true, Some(first)) = (
        matches!(name, "Dockerfile" | "Containerfile"),
        instructions.first(),
    ) else {
        return Outcome::NotConfiguration;
    };
    if is_template(text) || template::is_placed(&source.path, project) {
        return Outcome::Template;
    }
    let place = LineIndex::new(text.as_bytes()).position(first.span.start);
    Outcome::Unparsable {
        line: place.line,
        column: place.column,
        reason: "no `FROM` before the first instruction of a stage".to_owned(),
    }
}

/// Whether a file is named like a Dockerfile: `Dockerfile`, `Dockerfile.web`, `web.Dockerfile`, `Containerfile`.
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

/// Whether another program generates a Dockerfile from it: it has statements of a template language in place of
/// instructions. A here-document does not count, since it may be a template of something else.
fn is_template(text: &str) -> bool {
    let has_mark = |text: &str| {
        ["{{", "{%", "<%", "{#"]
            .iter()
            .any(|mark| text.contains(mark))
    };
    has_mark(text)
        && reader::read(text).list.iter().any(|instruction| {
            let keyword = instruction.keyword.as_str();
            has_mark(keyword) || keyword == "FROM" && has_mark(instruction.arguments())
        })
}
