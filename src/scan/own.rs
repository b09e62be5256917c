//! Scans what a repository keeps beside its objects: the names of its refs, and files that no push or clone transfers.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use crate::model::{Category, Finding};
use crate::scan::text::TextWorker;
use crate::source::git::Repo;
use crate::triage;

use super::found::Found;
use super::present::Scan;

impl Scan<'_> {
    /// Adds the secrets in settings, hooks, drafts and logs that were found nowhere else: a log repeats the messages of
    /// commits, and all of its lines about one remote name the same credential.
    pub(super) fn own_files(&self, repo: &Repo, found: &mut Found) {
        let mut worker = TextWorker::new(self.detector);
        let gaps = repo.walk_own_files(self.options.limits, &mut worker);
        found.coverage.gaps.extend(gaps);
        found.coverage.gaps.sort();
        let mut own = new_secrets(worker.findings, found);
        for finding in &mut own {
            finding.is_local = true;
        }
        found.findings.extend(own);
    }

    /// Adds the secrets in the names of branches and tags.
    pub(super) fn ref_names(&self, repo: &Repo, found: &mut Found) {
        let mut worker = TextWorker::new(self.detector);
        repo.walk_ref_names(&mut worker);
        let own = new_secrets(worker.findings, found);
        found.findings.extend(own);
    }
}

/// The findings of `own` that are new, one per secret.
fn new_secrets(mut own: Vec<Finding>, found: &Found) -> Vec<Finding> {
    if own.is_empty() {
        return own;
    }
    let secret = |finding: &Finding| finding.secret.clone();
    let mut known: FxHashSet<_> = found.findings.iter().filter_map(secret).collect();
    own.retain(|finding| {
        let secret = finding.secret.as_ref();
        finding.category == Category::Secret && secret.is_some_and(|secret| !known.contains(secret))
    });
    let mut by_path: BTreeMap<String, Vec<Finding>> = BTreeMap::new();
    for finding in own {
        let path = finding.location.path.clone();
        by_path.entry(path).or_default().push(finding);
    }
    let own = by_path.into_values().flat_map(triage::keep_best);
    let mut own: Vec<Finding> = own.collect();
    own.retain(|finding| {
        let secret = finding.secret.clone();
        secret.is_some_and(|secret| known.insert(secret))
    });
    for finding in &mut own {
        finding.fixes.clear();
    }
    own
}
