//! `gonogo scan`: looks for credentials, placeholders and insecure configuration, and decides.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use crate::audit;
use crate::config::Config;
use crate::detect::Detector;
use crate::detect::imported::Imported;
use crate::model::{
    Category, Confidence, Coverage, Finding, Gap, GapKind, Origin, Rule, Severity, Verdict,
};
use crate::report::Document;
use crate::source::git::{self, IndexFiles, Repo};
use crate::source::{self, FolderFiles, Limits, SourceError, WorktreeOptions};
use crate::triage;

use super::Error;
use super::baseline::{Known, today};
use super::history::{self, HistoryWorker};
use super::output::{Output, Outputs};
use super::progress::Progress;
use super::project::{self, Beside};
use super::rule_files::{UserRules, apply_allowlists, find_ledger, ledger_warnings};
use super::seen_cache::SeenCache;
use super::settings::{Choice, Judges, Settings, root_of};
use super::text::TextWorker;

/// The severity from which on a finding means NO-GO, when nobody says otherwise.
pub const DEFAULT_FAIL_ON: Severity = Severity::High;

/// The least confidence of findings that are reported, in the same way.
pub const DEFAULT_CONFIDENCE: Confidence = Confidence::Medium;

/// What a scan was asked to do.
#[derive(Debug)]
pub struct Options {
    /// Files, folders and repositories.
    pub paths: Vec<PathBuf>,
    /// What to look at in each of them.
    pub what: What,
    /// Scan files that git ignores, too.
    pub no_ignore: bool,
    /// Size limit and threads.
    pub limits: Limits,
    /// Rule files to use beside the built-in rules.
    pub rule_files: Vec<PathBuf>,
    /// The least confidence of findings that are reported; what settings say when nothing is asked for.
    pub min_confidence: Option<Confidence>,
    /// The least severity of findings that are reported, in the same way; what reaches `fail_on` always is.
    pub min_severity: Option<Severity>,
    /// The severity from which on a finding means NO-GO, in the same way.
    pub fail_on: Option<Severity>,
    /// A file of findings that are known and accepted.
    pub baseline: Option<PathBuf>,
    /// Which settings count.
    pub settings: Choice,
    /// A folder in which to keep what was seen of the history, so that the next scan looks at what is new only.
    pub cache: Option<PathBuf>,
    /// Where the reports go.
    pub outputs: Vec<Output>,
    /// Whether to draw progress bars where somebody watches.
    pub progress: bool,
}

/// What to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// What is there and what ever was.
    Everything {
        /// The files of the working tree.
        worktree: bool,
        /// The objects of the repository.
        history: bool,
    },
    /// What is staged in the index.
    Staged,
    /// Every file of the index, as it is there.
    Index,
    /// What the commits of a range add, written `BASE..HEAD`.
    Range(String),
    /// What the commits of a range add, and the configuration that comes of it.
    Change(Change),
    /// Standard input, under this name.
    Stdin(String),
}

impl What {
    /// Whether nothing that was named is left out.
    fn is_everything(&self) -> bool {
        let everything = Self::Everything {
            worktree: true,
            history: true,
        };
        *self == everything
    }

    /// Whether git is asked for the files.
    fn is_of_git(&self) -> bool {
        !matches!(self, Self::Everything { .. } | Self::Stdin(_))
    }
}

impl Options {
    fn threshold(&self, config: &Config) -> Severity {
        self.fail_on.or(config.fail_on).unwrap_or(DEFAULT_FAIL_ON)
    }

    fn least_confidence(&self, config: &Config) -> Confidence {
        self.min_confidence
            .or(config.min_confidence)
            .unwrap_or(DEFAULT_CONFIDENCE)
    }
}

/// A change that is to be judged: the commits that lead from one state of a repository to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The commits, written `BASE..HEAD`.
    pub range: String,
    /// The commit whose tree comes of it.
    pub head: String,
}

/// Runs a scan and writes its reports.
///
/// # Errors
///
/// Something that was named cannot be opened, or a report cannot be written.
pub fn run(options: &Options) -> Result<Outcome, Error> {
    let mut known = options.baseline.as_deref().map(Known::read).transpose()?;
    let mut outputs = Outputs::open(&options.outputs)?;
    let (mut found, rules) = find(options, known.as_mut(), &mut outputs)?;
    let is_complete = options.what.is_everything() && !found.coverage.is_undecided();
    let told = known.map(|known| known.warnings(is_complete));
    found.warnings.extend(told.unwrap_or_default());
    let worst = triage::worst(&found.findings);
    let threshold = found.threshold.unwrap_or(DEFAULT_FAIL_ON);
    let verdict = Verdict::decide(worst, threshold, &found.coverage);
    let roots: Vec<String> = options
        .paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    outputs.finish(&Document {
        findings: &found.findings,
        rules: &rules,
        coverage: &found.coverage,
        verdict,
        threshold,
        suppressed: &found.suppressed,
        not_shown: found.not_shown,
        roots: &roots,
        is_change: matches!(options.what, What::Range(_) | What::Change(_)),
    })?;
    Ok(Outcome {
        verdict,
        threshold,
        warnings: found.warnings,
        findings: found.findings,
        suppressed: found.suppressed.len(),
        coverage: found.coverage,
    })
}

/// What a scan finds, what `known` has of it included, whether it could look everywhere, and what to warn of.
pub(super) fn look(
    options: &Options,
    known: &mut Known,
) -> Result<(Vec<Finding>, bool, Vec<String>), Error> {
    let (mut found, _) = find(options, Some(known), &mut Outputs::open(&[])?)?;
    found.findings.append(&mut found.suppressed);
    let is_whole = matches!(options.what, What::Everything { .. });
    let is_complete = is_whole && !found.coverage.is_undecided();
    Ok((found.findings, is_complete, found.warnings))
}

/// Scans everything that was named. Gives the rules that were looked for, too.
fn find(
    options: &Options,
    mut known: Option<&mut Known>,
    outputs: &mut Outputs,
) -> Result<(Found, Vec<Rule>), Error> {
    let mut roots = Vec::new();
    for path in distinct(&options.paths) {
        roots.push((path, options.settings.read(start(path, &options.what))?));
    }
    let configs = || roots.iter().map(|(_, settings)| &settings.config);
    let least = configs().map(|config| options.least_confidence(config));
    let least = least.min().unwrap_or(DEFAULT_CONFIDENCE);
    let today = today();
    let mut judges = Judges::default();
    let shared = UserRules::read(&options.rule_files)?.detector(least)?;
    // Of several thresholds that settings ask for, the strictest.
    let mut found = Found {
        threshold: configs().map(|config| options.threshold(config)).min(),
        warnings: imported_warnings(&shared),
        ..Found::default()
    };
    let mut rules = all_rules(&shared);
    for (path, settings) in &roots {
        let start = start(path, &options.what);
        let own = own_detector(options, settings, start, least)?;
        let detector = own.as_ref().map_or(&shared, |(detector, _)| detector);
        settings.check_rules(&all_rules(detector))?;
        let scan = Scan {
            options,
            detector,
            settings,
        };
        let mut batch = scan.path(path)?;
        if let Some((detector, file)) = &own {
            batch.coverage.settings.extend(file.clone());
            batch.warnings.extend(imported_warnings(detector));
            rules.extend(all_rules(detector));
        }
        let late = detector.imported().iter().flat_map(Imported::late_warnings);
        batch.warnings.extend(late);
        apply_allowlists(detector, &mut batch.findings);
        if options.settings == Choice::Find && start.is_dir() {
            batch.ignore_known(start)?;
        }
        let mut places = settings.places(&root_of(start, options.what.is_of_git()));
        // What is in a file that was named has that name already.
        if options.paths.len() > 1 && !path.is_file() {
            batch.place_below(path);
            places.begin_with(path);
        }
        triage::assign_fingerprints(&mut batch.findings);
        triage::apply_comments(&mut batch.findings);
        judges.apply(settings, &mut batch.findings, &places, &today)?;
        if let Some(known) = &mut known {
            known.apply(&mut batch.findings);
        }
        batch.leave_out(options, &settings.config);
        batch.set_suppressed_aside();
        outputs.stream(&batch.findings)?;
        found.merge(batch);
    }
    triage::sort(&mut found.findings);
    triage::sort(&mut found.suppressed);
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules.dedup_by(|a, b| a.id == b.id);
    let is_complete = options.what.is_everything() && !found.coverage.is_undecided();
    found.warnings.extend(judges.warnings(&today, is_complete));
    Ok((found, rules))
}

/// A detector with the rules that what is scanned, or its settings, bring, and the file of another scanner if there is
/// one; none if they bring none.
fn own_detector(
    options: &Options,
    settings: &Settings,
    root: &Path,
    least: Confidence,
) -> Result<Option<(Detector, Option<String>)>, Error> {
    let brings_some = options.settings == Choice::Find && UserRules::is_any_in(root);
    let files = settings.rule_files(&options.settings)?;
    if !brings_some && files.is_empty() {
        return Ok(None);
    }
    let files: Vec<PathBuf> = options.rule_files.iter().cloned().chain(files).collect();
    let mut rules = UserRules::read(&files)?;
    let found = if brings_some { rules.find(root)? } else { None };
    Ok(Some((rules.detector(least)?, found)))
}

/// What rule files of other scanners say that cannot be had.
fn imported_warnings(detector: &Detector) -> Vec<String> {
    let files = detector.imported().iter();
    files.flat_map(Imported::warnings).cloned().collect()
}

/// How a scan ended.
#[derive(Debug)]
pub struct Outcome {
    /// What it comes down to.
    pub verdict: Verdict,
    /// The severity from which on a finding means NO-GO.
    pub threshold: Severity,
    /// What went wrong without harm to the result, a line each.
    pub warnings: Vec<String>,
    /// What was found, in the order of the reports.
    pub findings: Vec<Finding>,
    /// How many findings do not count.
    pub suppressed: usize,
    /// What was scanned, and what was not.
    pub coverage: Coverage,
}

/// Bounds the threads of rayon as those of the walks are bounded.
fn use_threads(threads: usize) {
    // That fails when it was done before, as in a program that scans several times: then that holds.
    let _ = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global();
}

/// Where settings are looked for.
fn start<'a>(path: &'a Path, what: &What) -> &'a Path {
    match what {
        What::Stdin(_) => Path::new("."),
        _ => path,
    }
}

/// Paths that lead to different places, in the order in which they were given.
pub(super) fn distinct(paths: &[PathBuf]) -> Vec<&PathBuf> {
    let mut seen = BTreeSet::new();
    // A path that leads nowhere is told of when it is scanned.
    let is_new =
        |path: &&PathBuf| seen.insert(path.canonicalize().unwrap_or_else(|_| (*path).clone()));
    paths.iter().filter(is_new).collect()
}

/// The rules of both halves, sorted by id.
pub(super) fn all_rules(detector: &Detector) -> Vec<Rule> {
    let mut rules = detector.rules();
    rules.extend(audit::rules());
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
}

/// What was found, and what was covered on the way.
#[derive(Default)]
struct Found {
    findings: Vec<Finding>,
    /// Those that do not count.
    suppressed: Vec<Finding>,
    coverage: Coverage,
    /// What went wrong without harm to the result, a line each.
    warnings: Vec<String>,
    /// How many findings were milder than what was asked for.
    not_shown: u64,
    /// The severity from which on a finding means NO-GO.
    threshold: Option<Severity>,
}

impl Found {
    fn new(findings: Vec<Finding>, coverage: Coverage) -> Self {
        Self {
            findings,
            coverage,
            ..Self::default()
        }
    }

    fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.suppressed.extend(other.suppressed);
        self.coverage.merge(other.coverage);
        self.warnings.extend(other.warnings);
        self.not_shown += other.not_shown;
    }

    /// Drops what was not asked for, and counts what is too mild.
    fn leave_out(&mut self, options: &Options, config: &Config) {
        let asked = options.min_severity.or(config.min_severity);
        let least = asked
            .unwrap_or(Severity::Low)
            .min(options.threshold(config));
        let least_confidence = options.least_confidence(config);
        self.findings
            .retain(|finding| finding.confidence >= least_confidence);
        let found = self.findings.len();
        self.findings.retain(|finding| finding.severity >= least);
        self.not_shown += (found - self.findings.len()) as u64;
    }

    /// Marks what other scanners were told to ignore in `root`.
    fn ignore_known(&mut self, root: &Path) -> Result<(), Error> {
        let Some(mut ledger) = find_ledger(root)? else {
            return Ok(());
        };
        ledger.apply(&mut self.findings, &git::sha1);
        self.warnings.extend(ledger_warnings(&ledger));
        self.coverage.settings.push(ledger.name().to_owned());
        Ok(())
    }

    fn set_suppressed_aside(&mut self) {
        let (suppressed, findings) = std::mem::take(&mut self.findings)
            .into_iter()
            .partition(|finding| finding.suppression.is_some());
        self.findings = findings;
        self.suppressed.extend::<Vec<_>>(suppressed);
    }

    /// With several roots, paths begin with the root that they are in.
    fn place_below(&mut self, root: &Path) {
        let root = root.display().to_string();
        let root = root.trim_end_matches('/');
        // What a repository borrows from elsewhere has a path of its own.
        let below = |path: &mut String| match path.as_str() {
            "." => root.clone_into(path),
            inside if inside.is_empty() || Path::new(inside).is_absolute() => {}
            inside => *path = format!("{root}/{inside}"),
        };
        for finding in &mut self.findings {
            below(&mut finding.location.path);
            finding
                .related
                .iter_mut()
                .for_each(|related| below(&mut related.location.path));
        }
        self.coverage
            .gaps
            .iter_mut()
            .for_each(|Gap { place, .. }| below(place));
    }
}

/// A scan of one path after the other.
struct Scan<'a> {
    options: &'a Options,
    detector: &'a Detector,
    settings: &'a Settings,
}

impl Scan<'_> {
    fn path(&self, path: &Path) -> Result<Found, Error> {
        let mut found = match &self.options.what {
            What::Everything { worktree, history } => self.everything(path, *worktree, *history)?,
            What::Staged => self.staged(path)?,
            What::Index => self.index(path)?,
            What::Range(range) => self.range(path, range)?.0,
            What::Change(change) => self.change(path, change)?,
            What::Stdin(name) => self.stdin(name)?,
        };
        found.coverage.settings.extend(self.settings.file.clone());
        triage::sort(&mut found.findings);
        Ok(found)
    }

    fn everything(&self, path: &Path, worktree: bool, history: bool) -> Result<Found, Error> {
        let (repo, unopened) = match Repo::open(path) {
            Ok(repo) => (repo, None),
            // Its files can be read even so, and so can the other paths.
            Err(SourceError::Unreadable { reason, .. }) => (None, Some(reason)),
            Err(error) => return Err(error.into()),
        };
        let mut found = Found::default();
        if worktree && repo.as_ref().is_none_or(|repo| repo.has_worktree_at(path)) {
            found = self.worktree(path, repo.as_ref())?;
        }
        if repo.is_none() && history {
            found.coverage.gaps.extend(enclosing(path));
        }
        found.coverage.gaps.extend(unopened.map(|reason| Gap {
            kind: GapKind::Unreadable,
            place: ".git".to_owned(),
            reason,
        }));
        if let Some(repo) = repo.filter(|_| history) {
            let covers_worktree = found.coverage.files > 0;
            let mut past = self.history(&repo);
            past.findings = triage::merge_history(&mut found.findings, past.findings);
            // A placeholder that only HEAD has is about to be replaced by what the working tree has.
            if covers_worktree {
                past.findings
                    .retain(|finding| finding.category != Category::Placeholder);
            }
            found.merge(past);
        }
        Ok(found)
    }

    fn worktree(&self, path: &Path, repo: Option<&Repo>) -> Result<Found, Error> {
        let progress = Progress::new("working tree", self.options.progress);
        let options = WorktreeOptions {
            limits: self.options.limits,
            no_ignore: self.options.no_ignore,
            repo,
        };
        let new_worker = || TextWorker::new(self.detector);
        let (coverage, workers) =
            source::walk_worktree(path, &options, &progress.meter, &new_worker)?;
        let beside = Beside::Folder(Box::new(FolderFiles::new(path, repo)));
        Ok(self.audited(coverage, workers, &Origin::Worktree, &beside))
    }

    fn history(&self, repo: &Repo) -> Found {
        use_threads(self.options.limits.threads);
        let mut warnings = Vec::new();
        let folder = self.options.cache.as_deref();
        let limits = self.options.limits;
        let cache = folder.map(|folder| SeenCache::new(folder, repo, self.detector, limits));
        let loaded = cache.as_ref().map(|cache| cache.load(repo, self.detector));
        let (seen, known) = match loaded {
            Some(Ok(Some((seen, hits)))) => (Some(seen), hits),
            Some(Err(warning)) => {
                warnings.push(warning);
                (None, Vec::new())
            }
            None | Some(Ok(None)) => (None, Vec::new()),
        };
        let progress = Progress::new("history", self.options.progress);
        let new_worker = || HistoryWorker::new(self.detector);
        let memory = git::Memory {
            seen: seen.as_ref(),
            is_kept: cache.is_some(),
        };
        let (mut coverage, workers, walked) =
            git::walk_history(repo, memory, limits, &progress.meter, &new_worker);
        let new = workers.into_iter().flat_map(|worker| worker.hits);
        let hits: Vec<_> = known.into_iter().chain(new).collect();
        let blobs = hits.iter().filter_map(history::Hit::blob).collect();
        let messages = hits.iter().filter_map(history::Hit::message).collect();
        let mut attributions = walked.attribute(repo, memory.seen, blobs, messages);
        coverage.gaps.extend(attributions.gaps.iter().cloned());
        coverage.gaps.sort();
        let findings = history::findings(self.detector, repo, &hits, &attributions);
        if let Some((cache, record)) = cache.zip(attributions.record.take()) {
            warnings.extend(cache.save(record, &hits).err());
        }
        Found {
            findings,
            coverage,
            warnings,
            ..Found::default()
        }
    }

    fn staged(&self, path: &Path) -> Result<Found, Error> {
        let repo = needs_repo(path, "--staged compares commits")?;
        let progress = Progress::new("staged files", self.options.progress);
        let new_worker = || TextWorker::new(self.detector);
        let (coverage, workers) =
            git::walk_staged(&repo, self.options.limits, &progress.meter, &new_worker)?;
        let beside = Beside::Index(Box::new(IndexFiles::new(&repo)));
        Ok(self.audited(coverage, workers, &Origin::Index, &beside))
    }

    fn index(&self, path: &Path) -> Result<Found, Error> {
        let repo = needs_repo(path, "the index is what is scanned")?;
        let progress = Progress::new("index", self.options.progress);
        let new_worker = || TextWorker::new(self.detector);
        let (coverage, workers) =
            git::walk_index(&repo, self.options.limits, &progress.meter, &new_worker)?;
        let beside = Beside::Index(Box::new(IndexFiles::new(&repo)));
        Ok(self.audited(coverage, workers, &Origin::Index, &beside))
    }

    /// What the commits add, and of the tree that comes of it all configuration; but credentials and placeholders only of
    /// files that the commits have touched, since others were there before.
    fn change(&self, path: &Path, change: &Change) -> Result<Found, Error> {
        let (mut past, touched) = self.range(path, &change.range)?;
        let repo = needs_repo(path, "commits are what is scanned")?;
        let progress = Progress::new("files", self.options.progress);
        let new_worker = || TextWorker::new(self.detector);
        let limits = self.options.limits;
        let (coverage, workers, files) =
            git::walk_tree(&repo, &change.head, limits, &progress.meter, &new_worker)?;
        let beside = Beside::Tree(Box::new(files));
        let mut found = self.audited(coverage, workers, &Origin::Worktree, &beside);
        found.findings.retain(|finding| {
            finding.category == Category::Configuration || touched.contains(&finding.location.path)
        });
        past.findings = triage::merge_history(&mut found.findings, past.findings);
        // A placeholder that the tree still has was found there.
        past.findings
            .retain(|finding| finding.category != Category::Placeholder);
        found.merge(past);
        if !found.findings.is_empty() {
            self.mark_old(&repo, change, &mut found.findings);
        }
        // Not being able to look at the tree of a commit is no matter of an empty range.
        found.coverage.vacuous &= found.coverage.files + found.coverage.binary == 0;
        Ok(found)
    }

    /// Marks what the tree before the change has, too. Where that cannot be looked at, everything counts as new.
    fn mark_old(&self, repo: &Repo, change: &Change, findings: &mut [Finding]) {
        let before = change
            .range
            .split_once("..")
            .map_or("", |(before, _)| before);
        let progress = Progress::new("files before", self.options.progress);
        let new_worker = || TextWorker::new(self.detector);
        let limits = self.options.limits;
        let walked = git::walk_tree(repo, before, limits, &progress.meter, &new_worker);
        let Ok((coverage, workers, files)) = walked else {
            return;
        };
        let beside = Beside::Tree(Box::new(files));
        let mut old = self.audited(coverage, workers, &Origin::Worktree, &beside);
        triage::assign_fingerprints(&mut old.findings);
        triage::assign_fingerprints(findings);
        let known: BTreeSet<_> = old
            .findings
            .iter()
            .map(|finding| finding.fingerprint)
            .collect();
        for finding in findings
            .iter_mut()
            .filter(|finding| !finding.origin.is_history())
        {
            finding.is_old = known.contains(&finding.fingerprint);
        }
    }

    /// What the commits add, and the paths that they have touched and that are still there.
    fn range(&self, path: &Path, range: &str) -> Result<(Found, BTreeSet<String>), Error> {
        let repo = needs_repo(path, "--range compares commits")?;
        let progress = Progress::new("commits", self.options.progress);
        let new_worker = || HistoryWorker::new(self.detector);
        let (coverage, workers, attributions) = git::walk_range(
            &repo,
            range,
            self.options.limits,
            &progress.meter,
            &new_worker,
        )?;
        let hits: Vec<_> = workers.into_iter().flat_map(|worker| worker.hits).collect();
        let findings = history::findings(self.detector, &repo, &hits, &attributions);
        let paths = attributions.blobs.values().flat_map(|it| &it.head_paths);
        let touched = paths.cloned().collect();
        Ok((Found::new(findings, coverage), touched))
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

    /// Takes over what the workers of one walk have found, and audits the configuration that they came by.
    fn audited(
        &self,
        mut coverage: Coverage,
        workers: Vec<TextWorker<'_>>,
        origin: &Origin,
        beside: &Beside<'_>,
    ) -> Found {
        // Few files are done before threads have started.
        if workers
            .iter()
            .map(|worker| worker.sources.len())
            .sum::<usize>()
            > 1
        {
            use_threads(self.options.limits.threads);
        }
        let policy = &self.settings.config.policy;
        let findings = project::finish(workers, &mut coverage, origin, beside, policy);
        Found::new(findings, coverage)
    }
}

/// A folder within a repository has a history, but the repository has it, and it was not named.
fn enclosing(path: &Path) -> Option<Gap> {
    let repo = Repo::discover(path).ok().flatten()?;
    let top = repo.path().display().to_string();
    let reason =
        format!("the history of the repository around it was not scanned: name {top} to scan that");
    Some(Gap {
        kind: GapKind::NotNamed,
        place: path.display().to_string(),
        reason,
    })
}

/// The repository that `path` lies in, which there must be, because `why`.
pub(super) fn needs_repo(path: &Path, why: &str) -> Result<Repo, Error> {
    let repo = Repo::discover(path)?;
    repo.ok_or_else(|| {
        let needed = format!("{why}: name a repository");
        Error::Source(SourceError::NotARepository {
            path: path.to_owned(),
            needed,
        })
    })
}
