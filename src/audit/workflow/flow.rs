//! Who controls a context that another part of the file sets: `env`, `matrix`, `inputs` and the outputs of jobs.

use crate::audit::yaml::Value;

use super::expression::{self, Writer};
use super::file::{File, Job};

/// How many contexts in a row are followed.
const DEEPEST: usize = 4;

/// How many values of one context are examined.
const MOST: usize = 500;

/// Types of inputs that cannot hold untrusted text.
const CLOSED: &[&str] = &["boolean", "number", "choice"];

/// Outputs of actions that are file names, branches or titles of a pull request.
const ACTIONS: &[(&str, &[&str])] = &[
    ("tj-actions/changed-files", &["files", "_files", "dirs"]),
    ("tj-actions/branch-names", &["branch"]),
    ("jitterbit/get-changed-files", &[""]),
    ("trilom/file-changes-action", &["files"]),
    ("lots0logs/gh-action-get-changed-files", &[""]),
    ("dorny/paths-filter", &["_files"]),
    ("xt0rted/pull-request-comment-branch", &["head_ref"]),
    ("eficode/resolve-pr-refs", &["head_ref"]),
    ("alessbell/pull-request-comment-branch", &["head_ref"]),
    ("8bitjonny/gh-get-current-pr", &["title", "body"]),
    ("jwalton/gh-find-current-pr", &["title", "body"]),
    ("peter-evans/find-comment", &["comment-body"]),
];

/// Where a context is used.
#[derive(Clone, Copy)]
pub(super) struct Scope<'f, 't> {
    pub(super) file: &'f File<'t>,
    pub(super) job: &'f Job<'t>,
    pub(super) step: Value<'t>,
}

impl<'t> Scope<'_, 't> {
    /// Returns who, outside the project, can control the result of an expression, and the context through which they
    /// do.
    pub(super) fn foreign(&self, expression: &str) -> Option<(Writer, String)> {
        self.within(expression, DEEPEST)
    }

    fn within(&self, expression: &str, depth: usize) -> Option<(Writer, String)> {
        let resolve = |word: &str| self.resolve(word, depth);
        let found = expression::foreign(expression, &resolve)?;
        let is_closed = found.0 == Writer::Caller && self.is_closed_input(&found.1);
        (!is_closed).then_some(found)
    }

    /// Returns who controls `word`, a context with a dot in it.
    fn resolve(&self, word: &str, depth: usize) -> Option<Writer> {
        let depth = depth.checked_sub(1)?;
        let (context, rest) = word.split_once('.')?;
        match context.to_ascii_lowercase().as_str() {
            "env" => {
                let roots = [self.step, self.job.root, self.file.root];
                // The innermost one takes effect.
                let set = roots.iter().find_map(|root| root.get("env")?.get(rest))?;
                self.of_value(set, depth)
            }
            "matrix" => self.of_matrix(rest, depth),
            "needs" => {
                let (job, output) = rest.split_once(".outputs.")?;
                let job = self.file.job(job)?;
                let value = job.root.get("outputs")?.get(output)?;
                let scope = Scope { job, ..*self };
                scope.of_value(value, depth)
            }
            "steps" => {
                let (id, output) = rest.split_once(".outputs.")?;
                of_action(self.job.step(id)?, output)
            }
            _ => None,
        }
    }

    fn of_matrix(&self, name: &str, depth: usize) -> Option<Writer> {
        let matrix = self.job.root.get("strategy")?.get("matrix")?;
        if matrix.text().is_some() {
            return self.of_value(matrix, depth);
        }
        let name = name.split('.').next().unwrap_or(name);
        let included = matrix.get("include").into_iter().flat_map(|include| {
            let whole = include.text().map(|_| include);
            let items = include.items().filter_map(|item| item.get(name));
            whole.into_iter().chain(items).take(MOST)
        });
        let values = matrix.get(name).into_iter().chain(included);
        values.filter_map(|value| self.of_value(value, depth)).max()
    }

    /// Returns who controls any part of a value, or of one of its items.
    fn of_value(&self, value: Value<'t>, depth: usize) -> Option<Writer> {
        let texts = value
            .text()
            .into_iter()
            .chain(value.items().take(MOST).filter_map(Value::text));
        let writers = texts.flat_map(|text| {
            expression::expressions(text)
                .filter_map(|(_, inside)| self.within(inside, depth))
                .map(|(writer, _)| writer)
                .collect::<Vec<_>>()
        });
        writers.max()
    }

    /// Whether the file declares an input as a number, a boolean, or a choice.
    fn is_closed_input(&self, context: &str) -> bool {
        let name = context.rsplit('.').next().unwrap_or(context);
        let on = self
            .file
            .root
            .get("on")
            .or_else(|| self.file.root.get("true"));
        let declared: Vec<_> = ["workflow_dispatch", "workflow_call"]
            .iter()
            .filter_map(|event| on?.get(event)?.get("inputs")?.get(name))
            .collect();
        let is_closed = |input: &Value<'_>| {
            let kind = input.get("type").and_then(Value::text);
            kind.is_some_and(|kind| CLOSED.contains(&kind))
        };
        !declared.is_empty() && declared.iter().all(is_closed)
    }
}

/// Returns who controls an output of an action that reports the contents of a pull request.
fn of_action(step: Value<'_>, output: &str) -> Option<Writer> {
    let uses = step.get("uses").and_then(Value::text)?.to_ascii_lowercase();
    let (name, _) = uses.split_once('@')?;
    let (_, outputs) = ACTIONS.iter().find(|(action, _)| *action == name)?;
    let output = output.to_ascii_lowercase();
    let is_count =
        output.contains("count") || output.starts_with("any_") || output.starts_with("only_");
    (!is_count && outputs.iter().any(|part| output.contains(part))).then_some(Writer::Anybody)
}
