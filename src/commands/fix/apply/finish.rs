//! Writes what was changed, and puts together what there is to say of it.

use std::fs;

use crate::commands::fix::variables::{SAMPLES, Variables, required, with_names};
use crate::commands::fix::{Changed, Outcome, write};
use crate::model::Finding;
use crate::scan::project::Beside;

use super::{MILDEST, Tree};

impl Tree<'_> {
    /// Writes what was changed, and puts together what there is to say.
    pub(super) fn finish(mut self, mut findings: Vec<Finding>) -> Outcome {
        let mut changed = Vec::new();
        let mut failed = Vec::new();
        let mut required_by = Vec::new();
        for path in &self.given_up {
            let reason = "a fix did not have the intended effect and was reverted".to_owned();
            failed.push((self.shown(path), reason));
        }
        for (path, original) in std::mem::take(&mut self.originals) {
            let Some(text) = self.walked.text_of(&path).filter(|text| *text != original) else {
                continue;
            };
            if !self.options.dry_run
                && let Beside::Folder(files) = &self.beside
                && let Err(reason) = write::replace(files, &path, &original, &text)
            {
                failed.push((self.shown(&path), reason));
                continue;
            }
            let names = required(&original, &text);
            if !names.is_empty() {
                required_by.push((path.clone(), names));
            }
            let diff = self
                .options
                .dry_run
                .then(|| self.diff(&path, &original, &text));
            changed.push(Changed {
                path: self.shown(&path),
                fixes: self.done.remove(&path).unwrap_or_default(),
                diff,
            });
        }
        let variables = required_by
            .into_iter()
            .map(|(path, names)| self.fill_in_sample(&path, names, &mut changed))
            .collect();
        let resolver = self.resolver.take();
        let redaction = self.redaction();
        let shown = |problem: String| redaction.redactor().message(&problem).into_owned();
        let problems = resolver.map_or_else(Vec::new, |it| it.problems);
        let mut unresolved: Vec<String> = problems.into_iter().map(shown).collect();
        unresolved.sort();
        unresolved.dedup();
        let held = self.held(&findings);
        let dependents = self.dependents(&findings, &changed);
        findings.retain(|finding| finding.severity >= MILDEST);
        let mut outcome = self.redacted(changed, failed, findings);
        outcome.held = held;
        outcome.dependents = dependents;
        outcome.variables = variables;
        outcome.unresolved = unresolved;
        outcome
    }

    /// Adds variables to the sample beside the file that now requires them, if there is one.
    fn fill_in_sample(
        &self,
        path: &str,
        names: Vec<String>,
        changed: &mut Vec<Changed>,
    ) -> Variables {
        let mut variables = Variables {
            path: self.shown(path),
            names,
            sample: None,
        };
        let Beside::Folder(files) = &self.beside else {
            return variables;
        };
        let folder = path
            .rsplit_once('/')
            .map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let found = SAMPLES.iter().find_map(|name| {
            let sample = format!("{folder}{name}");
            let bytes = fs::read(files.locate(&sample)?).ok()?;
            Some((sample, String::from_utf8(bytes).ok()?))
        });
        let Some((sample, old)) = found else {
            return variables;
        };
        variables.sample = Some(self.shown(&sample));
        let Some(new) = with_names(&old, &variables.names) else {
            return variables;
        };
        let dry_run = self.options.dry_run;
        if !dry_run && write::replace(files, &sample, &old, &new).is_err() {
            variables.sample = None;
            return variables;
        }
        changed.push(Changed {
            path: self.shown(&sample),
            fixes: Vec::new(),
            diff: dry_run.then(|| self.diff(&sample, &old, &new)),
        });
        variables
    }
}
