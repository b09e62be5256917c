//! Scans the history of a repository, all of it or the commits of a range.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use rayon::prelude::*;

use crate::audit;
use crate::model::{Doubtful, Finding, Presence, Severity};
use crate::scan::Error;
use crate::scan::history::{self, Audit, HistoryWorker, Hit, Making};
use crate::scan::seen_cache::SeenCache;
use crate::source::Stage;
use crate::source::git::{self, Line, Repo, Seen};
use crate::triage;

use super::found::Found;
use super::needs_repo;
use super::present::Scan;

impl Scan<'_> {
    /// Scans the whole history.
    pub(super) fn history(&self, repo: &Repo, keeps_places: bool) -> Found {
        let mut warnings = Vec::new();
        let folder = self.options.cache.as_deref();
        let limits = self.options.limits;
        let policy = &self.nearest.own().config.policy;
        let cache =
            folder.map(|folder| SeenCache::new(folder, repo, self.detector, policy, limits));
        let refused = cache.as_ref().and_then(|cache| cache.refused(repo));
        let cache = cache.filter(|_| refused.is_none());
        warnings.extend(refused);
        let loaded = cache.as_ref().map(|cache| cache.load(repo, self.detector));
        let (seen, known) = match loaded {
            Some(Ok(Some((seen, known)))) => (Some(seen), known),
            Some(Err(warning)) => {
                warnings.push(warning);
                <(Option<Arc<Seen>>, _)>::default()
            }
            None | Some(Ok(None)) => <(Option<Arc<Seen>>, _)>::default(),
        };
        let meter = self.meter(Stage::History);
        let new_worker = || HistoryWorker::new(self.detector);
        let memory = git::Memory {
            seen: seen.as_deref(),
            is_kept: cache.is_some(),
        };
        let (mut coverage, mut workers, walked) =
            git::walk_history(repo, memory, limits, &meter, &new_worker);
        if self.watch.is_cancelled() {
            return Found::default();
        }
        let mut doubtful = doubtful(&mut workers);
        doubtful.recall(known.doubtful);
        // Values that are doubtful because of their path are found again from the hits.
        let traces = doubtful.traces();
        let new = workers.into_iter().flat_map(|worker| worker.hits);
        let hits: Vec<_> = known.hits.into_iter().chain(new).collect();
        let asked = git::Asked {
            blobs: hits.iter().filter_map(Hit::blob).collect(),
            messages: hits.iter().filter_map(Hit::message).collect(),
            is_named: audit::is_named_like_configuration,
        };
        let mut attributions = walked.attribute(repo, memory.seen, asked, self.watch);
        if self.watch.is_cancelled() {
            return Found::default();
        }
        coverage.gaps.extend(attributions.gaps.iter().cloned());
        coverage.gaps.sort();
        let making = Making {
            keeps_places,
            // A repository that others push to or clone from passes on everything it has; so may one whose refs are not
            // known.
            marks_local: attributions.knows_refs && repo.worktree().is_some(),
            own_refs_only: self.options.own_refs_only,
        };
        let findings = {
            let making = (making, &mut doubtful);
            history::findings(self.detector, repo, &hits, &attributions, making)
        };
        let audit = Audit {
            repo,
            policy,
            limits,
            known: known.audited,
            marks_local: making.marks_local,
            borrowed: &attributions.borrowed,
            too_large: AtomicU64::default(),
        };
        let audited = audit.run(&attributions.named);
        coverage.gaps.extend(audited.gap);
        if let Some((cache, record)) = cache.zip(attributions.record.take()) {
            warnings.extend(cache.save(record, &hits, &audited.blobs, traces).err());
        }
        let mut audited = audited.findings;
        if making.own_refs_only {
            audited.retain(|finding| finding.presence() != Some(Presence::Unreachable));
        }
        let findings = self.merged_audited(findings, audited);
        Found {
            findings: settled(repo, &attributions.line, findings),
            coverage,
            warnings,
            doubtful,
            ..Found::default()
        }
    }

    /// Combines findings about the same secret. Those that are held back must not replace those that count.
    fn merged_audited(&self, mut found: Vec<Finding>, mut audited: Vec<Finding>) -> Vec<Finding> {
        let as_of = self.nearest.own().config.policy.as_of;
        triage::hold_back(found.iter_mut().chain(&mut audited), as_of);
        triage::merge_audited(found, audited)
    }

    /// Scans what the commits of a range add, as typed on the command line.
    pub(super) fn range_as_typed(&self, path: &Path, range: &str) -> Result<Found, Error> {
        let repo = needs_repo(path, "--range compares commits")?;
        git::check_range(&repo, range)?;
        let (mut found, _) = self.range(path, range)?;
        if let Some(base) = git::base_of(&repo, range) {
            self.mark_known(&repo, &base, &mut found.findings);
        }
        Ok(found)
    }

    /// Returns what the commits add, and the paths that they touched and that still exist.
    pub(super) fn range(
        &self,
        path: &Path,
        range: &str,
    ) -> Result<(Found, BTreeSet<String>), Error> {
        let repo = needs_repo(path, "--range compares commits")?;
        let meter = self.meter(Stage::Commits);
        let new_worker = || HistoryWorker::new(self.detector);
        let limits = self.options.limits;
        let (mut coverage, mut workers, mut attributions) =
            git::walk_range(&repo, range, limits, &meter, &new_worker)?;
        attributions.pick(audit::is_named_like_changed_configuration);
        let mut doubtful = doubtful(&mut workers);
        let hits: Vec<_> = workers.into_iter().flat_map(|worker| worker.hits).collect();
        let making = Making {
            keeps_places: self.may_suppress,
            marks_local: false,
            own_refs_only: false,
        };
        let making = (making, &mut doubtful);
        let findings = history::findings(self.detector, &repo, &hits, &attributions, making);
        let audit = Audit {
            repo: &repo,
            policy: &self.nearest.own().config.policy,
            limits,
            known: BTreeSet::new(),
            marks_local: false,
            borrowed: &attributions.borrowed,
            too_large: AtomicU64::default(),
        };
        let audited = audit.run(&attributions.named);
        coverage.gaps.extend(audited.gap);
        let findings = self.merged_audited(findings, audited.findings);
        let paths = attributions.blobs.values().flat_map(|it| &it.head_paths);
        let touched = paths.cloned().collect();
        let found = Found {
            doubtful,
            ..Found::new(findings, coverage)
        };
        Ok((found, touched))
    }
}

/// Settles findings of the history that are gone from HEAD.
fn settled(repo: &Repo, line: &Line, mut findings: Vec<Finding>) -> Vec<Finding> {
    note_removals(repo, line, &mut findings);
    triage::lower_gone(&mut findings, repo.worktree().is_some());
    findings
}

/// The number of findings, the most severe ones, for which the time of removal is looked up.
const REMOVALS: usize = 40;

/// Notes since when findings that only the history has are missing from the files of HEAD.
fn note_removals(repo: &Repo, line: &Line, findings: &mut [Finding]) {
    let is_gone = |finding: &&mut Finding| {
        finding.presence() == Some(Presence::History)
            && finding.severity >= Severity::Medium
            && finding.location.member.is_none()
            && !finding.location.path.is_empty()
    };
    let mut gone: Vec<&mut Finding> = findings.iter_mut().filter(is_gone).collect();
    gone.sort_by(|a, b| {
        let key = |it: &Finding| (std::cmp::Reverse(it.severity), it.location.clone());
        key(a).cmp(&key(b))
    });
    gone.truncate(REMOVALS);
    gone.into_par_iter().for_each_init(
        || repo.reader(),
        |reader, finding| {
            let first = finding.history.as_ref().and_then(|it| it.first.as_ref());
            let Some((first, secret)) = first.map(|it| it.id).zip(finding.secret.as_ref()) else {
                return;
            };
            let holds = |text: &[u8]| memchr::memmem::find(text, secret.reveal()).is_some();
            let place = (first, finding.location.path.as_str());
            let removed = reader.removal(line, place, &holds);
            if let Some(history) = &mut finding.history {
                history.removed = removed.and_then(|id| reader.commit_summary(id));
            }
        },
    );
}

/// Collects the values that all threads left out for their low confidence.
fn doubtful(workers: &mut [HistoryWorker<'_>]) -> Doubtful {
    let mut doubtful = Doubtful::default();
    for worker in workers {
        doubtful.merge(std::mem::take(&mut worker.doubtful));
    }
    doubtful
}
