//! Redacts the paths, values and texts that a fix prints.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::audit::{self, Source};
use crate::commands::fix::choice::is_to_replace;
use crate::commands::fix::{Changed, Outcome, diff};
use crate::model::Finding;
use crate::scan::redaction::Redaction;

use super::Tree;

impl Tree<'_> {
    /// Returns everything to report, redacted.
    pub(super) fn redacted(
        self,
        mut changed: Vec<Changed>,
        mut failed: Vec<(String, String)>,
        findings: Vec<Finding>,
    ) -> Outcome {
        let redaction = self.redaction();
        let redactor = redaction.redactor();
        for file in &mut changed {
            file.path = redactor.name(&file.path).into_owned();
            for fix in &mut file.fixes {
                fix.subject = redactor.message(&fix.subject).into_owned();
                fix.description = redactor.message(&fix.description).into_owned();
            }
        }
        for (path, reason) in &mut failed {
            *path = redactor.name(path).into_owned();
            *reason = redactor.message(reason).into_owned();
        }
        let placed = findings.into_iter().map(|mut finding| {
            finding.location.path = self.shown(&finding.location.path);
            finding
        });
        Outcome {
            changed,
            failed,
            left: redaction.findings(placed.collect()),
            coverage: redaction.coverage(self.coverage.clone()),
            fail_on: self.accepted.fail_on(),
            variables: Vec::new(),
            dependents: Vec::new(),
            outdated: Vec::new(),
            noticed: Vec::new(),
            needed: Vec::new(),
            writers: Vec::new(),
            unlimited: Vec::new(),
            moving: 0,
            has_update_bot: true,
            settled: 0,
            unresolved: Vec::new(),
            held: BTreeMap::new(),
            spared: Vec::new(),
        }
    }

    pub(super) fn redaction(&self) -> Redaction<'_> {
        self.secrets
            .redaction(self.detector, self.options.show_secrets)
    }

    pub(super) fn diff(&self, path: &str, old: &str, new: &str) -> String {
        let redaction = self.redaction();
        let redactor = redaction.redactor();
        let secrets = |text: &str| {
            if self.options.show_secrets {
                return Vec::new();
            }
            let own = audit::secrets(&Source::new(path, text.as_bytes()));
            redactor.parts_in(path, text, own)
        };
        diff::unified(
            &redactor.name(&self.shown(path)),
            (old, &secrets(old)),
            (new, &secrets(new)),
        )
    }

    /// Returns a path relative to the directory where the program was started.
    pub(super) fn shown(&self, path: &str) -> String {
        if self.root.is_file() || self.root == Path::new(".") {
            return path.to_owned();
        }
        let root = self.root.display().to_string();
        format!("{}/{path}", root.trim_end_matches('/'))
    }

    /// Returns the places that still have a value which fixes removed elsewhere: what uses both breaks once one of them
    /// changes. Places in files for another installation (for developers, or to be copied) come second.
    pub(super) fn dependents(
        &self,
        findings: &[Finding],
        changed: &[Changed],
    ) -> (Vec<String>, Vec<String>) {
        let is_taken = |finding: &&Finding| {
            let secret = finding.secret.as_ref();
            let mut taken = self.taken.iter();
            taken.any(|(value, path)| {
                Some(value) == secret && changed.iter().any(|file| file.path == self.shown(path))
            })
        };
        // A value that says it must be replaced says so everywhere, and nothing in use has it.
        let is_same = |finding: &&Finding| {
            let path = finding.location.path.as_str();
            !self.circumstances.is_aside(path) && !is_to_replace(finding)
        };
        let left = findings.iter().filter(is_taken);
        let (same, other): (Vec<_>, Vec<_>) = left.partition(is_same);
        let places = |findings: Vec<&Finding>| {
            let places = findings.into_iter().map(|finding| {
                let line = finding.location.region.start.line;
                self.place(&finding.location.path, line as usize)
            });
            let places: BTreeSet<String> = places.collect();
            places.into_iter().collect()
        };
        (places(same), places(other))
    }

    /// Returns a place as readers can find it.
    pub(super) fn place(&self, path: &str, line: usize) -> String {
        let redaction = self.redaction();
        format!("{}:{line}", redaction.redactor().name(&self.shown(path)))
    }
}
