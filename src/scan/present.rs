//! Scans one target: its present files, together with its history.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use crate::audit;
use crate::detect::Detector;
use crate::model::{Category, Coverage, Doubtful, Finding, Gap, GapKind, Origin};
use crate::scan::Error;
use crate::scan::nearest::Nearest;
use crate::scan::project::{self, Beside, Walked};
use crate::scan::text::{SourceWorker, TextWorker};
use crate::source::git::{self, IndexFiles, Repo};
use crate::source::{self, FolderFiles, Meter, SourceError, Stage, Watch, WorktreeOptions};
use crate::triage;

use super::found::Found;
use super::{Change, Request, What, needs_repo};

/// The scan of one target.
pub(super) struct Scan<'a> {
    pub(super) options: &'a Request,
    pub(super) detector: &'a Detector,
    pub(super) nearest: &'a Nearest<'a>,
    /// Whether anything may suppress a finding at one of its places.
    pub(super) may_suppress: bool,
    pub(super) watch: &'a dyn Watch,
}

impl Scan<'_> {
    /// Returns the meter of a stage.
    pub(super) fn meter(&self, stage: Stage) -> Meter<'_> {
        Meter::new(stage, self.watch)
    }

    pub(super) fn path(&self, path: &Path) -> Result<Found, Error> {
        let mut found = match &self.options.what {
            What::Everything {
                worktree,
                history,
                own_files,
            } => self.everything(path, (*worktree, *history, *own_files))?,
            What::Staged => self.staged(path)?,
            What::Index => self.index(path)?,
            What::Range(range) => self.range_as_typed(path, range)?,
            What::Change(change) => self.change(path, change)?,
            What::Stdin(name) => self.stdin(name)?,
        };
        if self.watch.is_cancelled() {
            return Err(Error::Cancelled);
        }
        found
            .coverage
            .settings
            .extend(self.nearest.own().file.clone());
        triage::sort(&mut found.findings);
        Ok(found)
    }

    fn everything(
        &self,
        path: &Path,
        (worktree, history, own_files): (bool, bool, bool),
    ) -> Result<Found, Error> {
        let (repo, unopened) = match Repo::open(path) {
            Ok(repo) => (repo, None),
            // Its files can be read nevertheless, and so can the other targets.
            Err(SourceError::Unreadable { reason, .. }) => (None, Some(reason)),
            Err(error) => return Err(error.into()),
        };
        let mut found = Found::default();
        let mut left_out = BTreeSet::new();
        if worktree && repo.as_ref().is_none_or(|repo| repo.has_worktree_at(path)) {
            (found, left_out) = self.worktree(path, repo.as_ref(), history)?;
        }
        if repo.is_none() && history {
            found.coverage.gaps.extend(enclosing(path));
        }
        found
            .coverage
            .gaps
            .extend(unopened.map(|reason| Gap::new(GapKind::Unreadable, ".git", reason)));
        let of_history = repo.as_ref().filter(|_| history);
        let blocked = of_history.and_then(Repo::unreadable_objects);
        let history = history && blocked.is_none();
        found.coverage.gaps.extend(blocked);
        if let Some(repo) = repo.filter(|_| history) {
            found.coverage.gaps.extend(repo.lost_submodules());
            if !worktree && repo.has_worktree_at(path) {
                found.coverage.gaps.extend(repo.submodule_gaps());
            }
            let covers_worktree = found.coverage.files > 0;
            let mut past;
            if repo.has_worktree_at(path) {
                // A comment in the working tree allows what is there, but not what was elsewhere.
                let has_comments = |finding: &Finding| finding.site.has_comments();
                let keeps_places = self.may_suppress || found.findings.iter().any(has_comments);
                past = self.history(&repo, keeps_places);
                past.findings = triage::merge_history(&mut found.findings, past.findings);
            } else {
                (past, found) = self.history_and_head(&repo);
                past.findings = triage::merge_head(&mut found.findings, past.findings);
            }
            // A placeholder that only HEAD has is about to be replaced by the version in the working tree.
            if covers_worktree {
                past.findings.retain(|finding| {
                    finding.category != Category::Placeholder
                        || left_out.contains(&finding.location.path)
                });
            }
            found.merge(past);
            self.ref_names(&repo, &mut found);
            if own_files && repo.has_worktree_at(path) {
                self.own_files(&repo, &mut found);
            }
        }
        Ok(found)
    }

    /// Scans the files of a directory. Where the history of its repository is scanned as well (`history`), configuration
    /// that is not checked out is audited as the index has it; what else is in those files is found in the history.
    ///
    /// Also returns the paths of the files that are not checked out.
    fn worktree(
        &self,
        path: &Path,
        repo: Option<&Repo>,
        history: bool,
    ) -> Result<(Found, BTreeSet<String>), Error> {
        let meter = self.meter(Stage::Worktree);
        let options = WorktreeOptions {
            limits: self.options.limits,
            no_ignore: self.options.no_ignore,
            repo,
        };
        let new_worker = || TextWorker::new(self.detector);
        let (mut coverage, mut workers) =
            source::walk_worktree(path, &options, &meter, &new_worker)?;
        // Git tracks the files of a subdirectory just as it does those of the whole repository.
        let around = match repo {
            Some(_) => None,
            None => Repo::discover(path).ok().flatten(),
        };
        let has_history = history && repo.is_some();
        let repo = repo.or(around.as_ref());
        let folder = Box::new(FolderFiles::new(path, repo));
        let left_out = repo.and_then(|repo| Some((repo, repo.left_out(path)?)));
        let paths = left_out.iter().flat_map(|(_, files)| files.paths());
        let paths: BTreeSet<String> = paths.map(str::to_owned).collect();
        let beside = match left_out {
            Some((repo, files)) if has_history => {
                let is_picked = audit::is_placed_like_configuration;
                let limits = self.options.limits;
                let others = git::walk_left_out(repo, &files, &is_picked, limits, &new_worker);
                workers.extend(others);
                Beside::Sparse(folder, Box::new(files))
            }
            Some((_, files)) => {
                coverage.gaps.push(not_checked_out(&files));
                Beside::Folder(folder)
            }
            None => Beside::Folder(folder),
        };
        let mut found = self.audited(coverage, workers, &Origin::Worktree, &beside);
        for finding in &mut found.findings {
            if let Some(id) = beside.object(&finding.location.path) {
                finding.origin = Origin::Blob(id);
                finding.fixes.clear();
            }
        }
        // Whether these allow something is only known once their whole text is looked at.
        found.allowing.retain(|(path, _)| !paths.contains(path));
        Ok((found, paths))
    }

    /// Runs both at once, since reading HEAD and parts of reading the history are single-threaded.
    fn history_and_head(&self, repo: &Repo) -> (Found, Found) {
        if self.options.limits.threads < 2 {
            return (self.history(repo, self.may_suppress), self.head(repo));
        }
        let past = || self.history(repo, self.may_suppress);
        let (head, past) = source::both(|| self.head(repo), past);
        (past, head)
    }

    /// The configuration in HEAD of a repository without a working tree. What else is in its files is found in the
    /// history.
    fn head(&self, repo: &Repo) -> Found {
        let limits = self.options.limits;
        let is_picked = audit::is_placed_like_configuration;
        let new_worker = || SourceWorker(Vec::new());
        let walked = git::walk_files(repo, "HEAD", &is_picked, limits, &new_worker);
        let Some((workers, files, submodules)) = walked else {
            return Found::default();
        };
        let sources = workers.into_iter().flat_map(|worker| worker.0);
        let walked = Walked::of(sources, files.paths().map(str::to_owned).collect());
        let beside = Beside::Tree(Box::new(files));
        let mut coverage = Coverage {
            gaps: submodules,
            ..Coverage::default()
        };
        let origin = Origin::Worktree;
        let mut findings = self.review_project(walked, &mut coverage, &origin, &beside);
        for finding in &mut findings {
            let id = beside.object(&finding.location.path);
            finding.origin = id.map_or(Origin::Worktree, Origin::Blob);
            finding.fixes.clear();
        }
        Found::new(findings, coverage)
    }

    fn staged(&self, path: &Path) -> Result<Found, Error> {
        let repo = needs_repo(path, "--staged compares commits")?;
        let meter = self.meter(Stage::Staged);
        let new_worker = || TextWorker::new(self.detector);
        let (coverage, workers) =
            git::walk_staged(&repo, self.options.limits, &meter, &new_worker)?;
        let beside = Beside::Index(Box::new(IndexFiles::new(&repo)));
        let mut found = self.audited(coverage, workers, &Origin::Index, &beside);
        self.mark_known(&repo, "HEAD", &mut found.findings);
        Ok(found)
    }

    /// Marks the findings that the commit `base` has, too. Only files with findings are compared.
    pub(super) fn mark_known(&self, repo: &Repo, base: &str, findings: &mut [Finding]) {
        let paths: BTreeSet<String> = findings
            .iter()
            .map(|finding| finding.location.path.clone())
            .collect();
        if paths.is_empty() {
            return;
        }
        let new_worker = || TextWorker::new(self.detector);
        let is_picked = |path: &str| paths.contains(path);
        let limits = self.options.limits;
        let walked = git::walk_files(repo, base, &is_picked, limits, &new_worker);
        if let Some((workers, files, _)) = walked {
            let beside = Beside::Tree(Box::new(files));
            let old = self.audited(Coverage::default(), workers, &Origin::Worktree, &beside);
            mark(findings, old.findings, |_| true);
        }
    }

    fn index(&self, path: &Path) -> Result<Found, Error> {
        let repo = needs_repo(path, "--index scans the Git index")?;
        let meter = self.meter(Stage::Index);
        let new_worker = || TextWorker::new(self.detector);
        let (coverage, workers) = git::walk_index(&repo, self.options.limits, &meter, &new_worker)?;
        let beside = Beside::Index(Box::new(IndexFiles::new(&repo)));
        Ok(self.audited(coverage, workers, &Origin::Index, &beside))
    }

    /// Returns what the commits add and, in the resulting tree, the findings of all configuration; but credentials and
    /// placeholders only of files that the commits touched, since others were there before.
    fn change(&self, path: &Path, change: &Change) -> Result<Found, Error> {
        let (mut past, touched) = self.range(path, &change.range)?;
        let repo = needs_repo(path, "--range scans commits")?;
        let meter = self.meter(Stage::Files);
        let new_worker = || TextWorker::new(self.detector);
        let limits = self.options.limits;
        let (coverage, workers, files) =
            git::walk_tree(&repo, &change.head, limits, &meter, &new_worker)?;
        let beside = Beside::Tree(Box::new(files));
        let mut found = self.audited(coverage, workers, &Origin::Worktree, &beside);
        found.findings.retain(|finding| {
            finding.category == Category::Configuration || touched.contains(&finding.location.path)
        });
        found.allowing.retain(|(path, _)| touched.contains(path));
        past.findings = triage::merge_history(&mut found.findings, past.findings);
        // A placeholder that the tree still has was found there.
        past.findings
            .retain(|finding| finding.category != Category::Placeholder);
        found.merge(past);
        if !found.findings.is_empty() {
            self.mark_old(&repo, change, &mut found.findings);
        }
        // Failing to read the tree of a commit does not mean that the range is empty.
        found.coverage.vacuous &= found.coverage.files + found.coverage.binary == 0;
        Ok(found)
    }

    /// Marks what the tree before the change has, too. If that cannot be read, everything counts as new.
    fn mark_old(&self, repo: &Repo, change: &Change, findings: &mut [Finding]) {
        let before = change
            .range
            .split_once("..")
            .map_or("", |(before, _)| before);
        // Of several, the first is the one that the ref is at.
        let before = before.split_whitespace().next().unwrap_or_default();
        let meter = self.meter(Stage::FilesBefore);
        let new_worker = || TextWorker::new(self.detector);
        let limits = self.options.limits;
        let walked = git::walk_tree(repo, before, limits, &meter, &new_worker);
        let Ok((coverage, workers, files)) = walked else {
            return;
        };
        let beside = Beside::Tree(Box::new(files));
        let old = self.audited(coverage, workers, &Origin::Worktree, &beside);
        mark(findings, old.findings, |finding| {
            !finding.origin.is_history()
        });
    }

    fn stdin(&self, name: &str) -> Result<Found, Error> {
        let mut worker = TextWorker::new(self.detector);
        let coverage =
            source::read_stdin(io::stdin().lock(), name, self.options.limits, &mut worker)
                .map_err(|error| Error::Stream {
                    stream: "standard input",
                    error,
                })?;
        Ok(self.audited(coverage, vec![worker], &Origin::Stdin, &Beside::Nothing))
    }

    /// Collects what the workers of one walk found, and audits the configuration among it.
    fn audited(
        &self,
        mut coverage: Coverage,
        mut workers: Vec<TextWorker<'_>>,
        origin: &Origin,
        beside: &Beside<'_>,
    ) -> Found {
        let allowing = workers.iter().flat_map(|worker| worker.allowing.clone());
        let allowing = allowing.collect();
        let mut doubtful = Doubtful::default();
        for worker in &mut workers {
            doubtful.merge(std::mem::take(&mut worker.doubtful));
        }
        let walked = Walked::from(workers);
        let findings = self.review_project(walked, &mut coverage, origin, beside);
        Found {
            allowing,
            doubtful,
            ..Found::new(findings, coverage)
        }
    }

    /// Audits configuration with the settings nearest to each file.
    fn review_project(
        &self,
        walked: Walked,
        coverage: &mut Coverage,
        origin: &Origin,
        beside: &Beside<'_>,
    ) -> Vec<Finding> {
        let decided = self.nearest.decide(walked.audited_paths());
        project::findings(walked, coverage, origin, beside, &decided)
    }
}

/// Marks the `findings` that are also in `old` and that `may_be_old`, so that a change is not blamed for them.
fn mark(findings: &mut [Finding], mut old: Vec<Finding>, may_be_old: impl Fn(&Finding) -> bool) {
    let former = triage::Former::Unneeded;
    triage::assign_fingerprints(&mut old, former, &str::to_owned);
    triage::assign_fingerprints(findings, former, &str::to_owned);
    let known: BTreeSet<_> = old.iter().map(|finding| finding.fingerprint).collect();
    for finding in findings.iter_mut().filter(|finding| may_be_old(finding)) {
        finding.is_old = known.contains(&finding.fingerprint);
        if let Some(history) = finding.history.as_mut().filter(|_| finding.is_old) {
            history.first = None;
        }
    }
}

/// Returns a gap for tracked files that are not there, whose history is not scanned either.
fn not_checked_out(files: &IndexFiles<'_>) -> Gap {
    let count = files.paths().count();
    let files = if count == 1 { "file is" } else { "files are" };
    let reason = format!(
        "{count} tracked {files} not checked out, and so not scanned: scan the repository without --no-history"
    );
    Gap::new(GapKind::NotCheckedOut, ".", reason)
}

/// Returns a gap for a directory within a repository: the history belongs to the repository, which was not named.
fn enclosing(path: &Path) -> Option<Gap> {
    let repo = Repo::discover(path).ok().flatten()?;
    let top = repo.path().display().to_string();
    let reason =
        format!("history not scanned because this is a subdirectory: pass {top} to include it");
    Some(Gap::new(
        GapKind::NotNamed,
        path.display().to_string(),
        reason,
    ))
}
