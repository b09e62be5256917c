//! Workflows and actions of GitHub, and of Gitea and Forgejo, which read the same files.

mod checks;
mod expression;
mod file;
mod flow;
mod owner;
mod releases;

use super::check::{Card, Format};
use super::document;
use super::report::Report;
use super::{Files, Nothing, Outcome, Policy, Project, Source, yaml};
use crate::model::{self, LineIndex, Region, RuleId};

use file::File;
pub(crate) use releases::Release;

/// The format.
pub(super) struct Workflow;

impl Format for Workflow {
    fn name(&self) -> &'static str {
        "workflow"
    }

    fn cards(&self) -> Vec<&'static Card> {
        checks::CHECKS.iter().map(|check| check.card()).collect()
    }

    fn claims(&self, path: &str, text: &[u8]) -> bool {
        document::is_yaml(path)
            && (is_workflow(path)
                || is_action(path) && memchr::memmem::find(text, b"runs:").is_some())
    }

    fn is_certain(&self, path: &str, text: &[u8]) -> bool {
        is_workflow(path)
            || is_action(path)
                && document::has_key(text, b"name")
                && document::has_key(text, b"runs")
    }

    fn audit(&self, source: &Source, project: &Project<'_>) -> Outcome {
        let is_certain = self.is_certain(&source.path, source.text.as_bytes());
        let (text, tree) = match document::read(source, project, is_certain) {
            Ok(read) => read,
            Err(outcome) => return outcome,
        };
        let Some(file) = File::recognise(&source.path, text, &tree, project) else {
            return Outcome::NotConfiguration;
        };
        let mut report = Report::new(project.policy(&source.path));
        for check in checks::CHECKS {
            check.check(&file, &mut report);
        }
        Outcome::Audited(report.finish(&source.path, text, || document::secrets(text, &tree)))
    }
}

/// Returns whether a file is where workflows are run from. Those of vendored projects are not.
pub(super) fn is_workflow(path: &str) -> bool {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    [
        ".github/workflows",
        ".gitea/workflows",
        ".forgejo/workflows",
    ]
    .contains(&folder)
}

/// Whether a file is named like the description of an action.
fn is_action(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "action.yml" | "action.yaml")
}

/// Returns whether an action is used by a release tag, which may later be another commit.
pub(crate) fn is_by_tag(uses: &str) -> bool {
    releases::is_by_tag(uses)
}

/// Returns fixes that pin the actions in the workflow or action at `path` to the releases that `find` returns, each
/// with the byte at which its finding begins.
pub(crate) fn pins(
    path: &str,
    text: &str,
    find: &mut dyn FnMut(&str) -> Option<Release>,
) -> Vec<(usize, model::Fix)> {
    let policy = Policy::default();
    let project = Project::new([], [], &Nothing, &policy);
    let Ok(tree) = yaml::parse(text) else {
        return Vec::new();
    };
    let Some(file) = File::recognise(path, text, &tree, &project) else {
        return Vec::new();
    };
    let lines = LineIndex::new(text.as_bytes());
    let fixes = checks::unpinned_action::fixes(&file, find).into_iter();
    let placed = fixes.map(|(start, fix)| {
        let edits = fix.edits.into_iter().map(|edit| model::Edit {
            region: Region {
                start: lines.position(edit.span.start),
                end: lines.position(edit.span.end),
            },
            replacement: edit.replacement,
        });
        let fix = model::Fix {
            rule: RuleId::new(fix.rule),
            description: fix.description,
            edits: edits.collect(),
            is_optional: false,
        };
        (start, fix)
    });
    placed.collect()
}

/// Returns what in the workflow at `path` may need more permissions than to read the code, if anything does.
pub(crate) fn token_use(path: &str, text: &str, files: &dyn Files) -> Option<String> {
    let policy = Policy::default();
    let project = Project::new([], [], files, &policy);
    let tree = yaml::parse(text).ok()?;
    let file = File::recognise(path, text, &tree, &project)?;
    checks::permissions::more_than_reading(&file)
}
