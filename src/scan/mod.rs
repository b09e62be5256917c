//! `gonogo scan`: looks for credentials, placeholders and insecure configuration, and decides.

mod branch;
mod error;
mod facade;
mod finding;
mod found;
mod history;
pub(crate) mod known;
pub(crate) mod levels;
pub(crate) mod nearest;
mod outcome;
mod overrides;
mod own;
mod part;
mod past;
mod present;
pub(crate) mod project;
pub(crate) mod raw;
pub(crate) mod redaction;
pub(crate) mod review;
pub(crate) mod rule_files;
mod rules;
mod section;
mod seen_cache;
pub mod settings;
pub(crate) mod text;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::audit;
use crate::detect::imported::Imported;
use crate::detect::{Detector, brings_newer};
use crate::model::{Confidence, Rule, Severity};
use crate::redact::Shown;
use crate::source::git::Repo;
use crate::source::{Limits, SourceError, Watch};
use crate::triage;

use self::known::Known;
use self::levels::Asked;
pub use self::levels::{DEFAULT_CONFIDENCE, DEFAULT_FAIL_ON};
use self::nearest::Nearest;
use self::review::{Review, Shared};
use self::rule_files::UserRules;
use self::settings::{Choice, Judged, Settings, root_of};
use found::Found;
use present::Scan;
pub(crate) use raw::{Looked, Raw};

pub use error::Error;
pub use facade::{
    Acceptance, Document, Finding, Place, Plan, Progress, Report, Scanner, ScannerBuilder,
    SettingsSource, Sink, Target,
};
pub use outcome::Outcome;
pub use redaction::{redacted, redacted_name, redacted_statement, secrets_in};
pub use rules::Rules;
pub use seen_cache::cache_file;

/// What a scan was asked to do.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is asked for by itself")]
pub struct Request {
    /// Files, directories and repositories.
    pub paths: Vec<PathBuf>,
    /// What to scan in each of them.
    pub what: What,
    /// Whether to scan files that Git ignores, too.
    pub no_ignore: bool,
    /// Limits for sizes, and the number of threads.
    pub limits: Limits,
    /// Rule files to use in addition to the built-in rules.
    pub rule_files: Vec<PathBuf>,
    /// The lowest confidence to report; `None` leaves it to the settings.
    pub min_confidence: Option<Confidence>,
    /// The lowest severity to report; `None` leaves it to the settings. What reaches `fail_on` is always reported.
    pub min_severity: Option<Severity>,
    /// The severity from which a finding means NO-GO; `None` leaves it to the settings.
    pub fail_on: Option<Severity>,
    /// A file of findings that were accepted before.
    pub baseline: Option<PathBuf>,
    /// Which settings apply.
    pub settings: Choice,
    /// The change that is judged, if what it accepts itself is treated differently.
    pub judged: Option<Judged>,
    /// The paths and rules to report.
    pub selection: triage::Selection,
    /// A directory for a cache of the history, so that the next scan reads only what is new.
    pub cache: Option<PathBuf>,
    /// Whether to report only the history that refs lead to, because other repositories share the object store.
    pub own_refs_only: bool,
    /// Whether fingerprints of the former version are needed, to show or to compare them.
    pub shows_former: bool,
    /// Whether to show where the targets come from.
    pub shows_provenance: bool,
    /// Whether to keep all places of a secret, and not only the most severe one.
    pub keeps_places: bool,
}

/// What to scan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The present files and the history.
    Everything {
        /// The files of the working tree.
        worktree: bool,
        /// The objects of the repository.
        history: bool,
        /// What this copy of the repository keeps beside them: its settings, hooks and logs.
        own_files: bool,
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
    /// Whether nothing of the targets is left out.
    fn is_everything(&self) -> bool {
        matches!(
            self,
            Self::Everything {
                worktree: true,
                history: true,
                ..
            }
        )
    }

    /// Whether the files come from Git.
    pub(crate) fn is_of_git(&self) -> bool {
        !matches!(self, Self::Everything { .. } | Self::Stdin(_))
    }
}

impl Request {
    fn asked(&self) -> Asked {
        Asked {
            min_confidence: self.min_confidence,
            min_severity: self.min_severity,
            fail_on: self.fail_on,
        }
    }
}

/// A change to judge: the commits that lead from one state of a repository to the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The commits, written `BASE..HEAD`.
    pub range: String,
    /// The commit with the resulting tree.
    pub head: String,
}

/// What a scan needs besides the request: its rules, and an observer.
pub(crate) type Means<'m> = (&'m Rules, &'m dyn Watch);

/// Receives redacted findings, a batch at a time.
pub(crate) type Stream<'s> = dyn FnMut(&[Shown]) -> Result<(), Error> + 's;

/// Scans, and adds the warnings about the named baseline.
///
/// # Errors
///
/// A target or a named file cannot be opened, or the scan was cancelled.
pub(crate) fn find_with_baseline(request: &Request, means: Means<'_>) -> Result<Raw, Error> {
    let mut known = request.baseline.as_deref().map(Known::read).transpose()?;
    let mut raw = find(request, known.as_mut(), means)?;
    let is_complete = request.what.is_everything() && !raw.coverage.is_undecided();
    let warnings = known.map(|known| known.warnings(is_complete));
    raw.warnings.extend(warnings.unwrap_or_default());
    Ok(raw)
}

/// Scans all targets.
pub(crate) fn find(
    options: &Request,
    known: Option<&mut Known>,
    (rules, watch): Means<'_>,
) -> Result<Raw, Error> {
    let paths = distinct(&options.paths);
    let is_only = paths.len() == 1;
    let mut broken = Found::default();
    let mut roots = Vec::new();
    for path in paths {
        match options.settings.read(start(path, &options.what)) {
            Ok(settings) => roots.push((path, settings)),
            Err(error) if is_only => return Err(error),
            Err(error) => broken.note_broken(path, &error),
        }
    }
    // A mistyped path fails the whole scan, unlike a broken target.
    let is_absent = |path: &&PathBuf| std::fs::symlink_metadata(path).is_err();
    let mut named = options
        .paths
        .iter()
        .filter(|_| !matches!(options.what, What::Stdin(_)));
    if let Some(path) = named.find(is_absent) {
        let path = path.clone();
        return Err(SourceError::NotFound { path }.into());
    }
    let asked = options.asked();
    let levels = || {
        roots
            .iter()
            .map(|(_, settings)| asked.levels(&settings.config))
    };
    let least = levels().map(|levels| levels.confidence);
    // Settings of directories below are not known yet, and their findings are needed.
    let least = least.min().unwrap_or(DEFAULT_CONFIDENCE);
    let mut shared = Shared::new(known, options.shows_former);
    let detector = rules.detector(least)?;
    // The strictest of the thresholds in settings decides.
    let threshold = levels().map(|levels| levels.threshold).min();
    let mut raw = Raw::new(detector, threshold);
    for (path, settings) in &roots {
        let root = Root {
            path,
            is_only,
            settings,
            options,
            watch,
        };
        match root.scan(&raw.shared, least, &mut shared) {
            Ok((mut found, own)) => {
                raw.rules.extend(own.iter().flat_map(all_rules));
                // The findings in a named file have that name already.
                if !is_only && !path.is_file() {
                    found.place_below(path);
                }
                // Secrets stay secret even if their findings are left out.
                raw.secrets.note(&found.findings);
                raw.be_as_strict_as(&found);
                found.leave_out(asked.levels(&settings.config));
                found.narrow(&options.selection);
                found.set_suppressed_aside();
                raw.add(found, own);
            }
            Err(error) if is_only || matches!(error, Error::Cancelled) => return Err(error),
            // A broken target does not affect the findings in the others.
            Err(error) => broken.note_broken(path, &error),
        }
    }
    raw.add(broken, None);
    if let Some(named) = options.selection.unknown(&raw.rules) {
        return Err(Error::Usage(settings::unknown_rule(named, &raw.rules)));
    }
    raw.settle();
    raw.secrets.sort();
    let is_complete = options.what.is_everything() && !raw.coverage.is_undecided();
    raw.warnings.extend(shared.warnings(is_complete));
    Ok(raw)
}

/// One of the targets.
struct Root<'a> {
    path: &'a Path,
    /// Whether it is the only target.
    is_only: bool,
    settings: &'a Settings,
    options: &'a Request,
    watch: &'a dyn Watch,
}

impl Root<'_> {
    /// Scans it, with paths relative to it, and reviews the findings. Also returns its own detector, if it has rules of
    /// its own.
    fn scan(
        &self,
        detector: &Detector,
        least: Confidence,
        shared: &mut Shared<'_>,
    ) -> Result<(Found, Option<Detector>), Error> {
        let (options, settings) = (self.options, self.settings);
        let start = start(self.path, &options.what);
        let named = (&options.settings, options.rule_files.as_slice());
        let own = own_detector(named, settings, start, least)?;
        let detector = own.as_ref().map_or(detector, |(detector, _)| detector);
        let is_git = options.what.is_of_git();
        let choice = &options.settings;
        let root = root_of(start, is_git);
        let nearest = Nearest::new((choice, settings), start, &root, detector);
        if settings.file.is_some() {
            settings.check_rules(nearest.rules())?;
        }
        let mut review = Review::open(
            start,
            is_git,
            (choice, options.judged.as_ref()),
            &nearest,
            shared,
        )?;
        let may_suppress = options.keeps_places
            || shared.given.is_some()
            || own.is_some()
            || settings.file.is_some()
            || !detector.imported().is_empty()
            || review.may_accept();
        let scan = Scan {
            options,
            detector,
            nearest: &nearest,
            may_suppress,
            watch: self.watch,
        };
        let mut found = scan.path(self.path)?;
        found.note_emptiness(self.path, self.is_only);
        let count = triage::spread(&mut found.findings);
        triage::name_keys(&mut found.findings);
        if let Some((detector, file)) = &own {
            found.coverage.settings.extend(file.clone());
            found.warnings.extend(imported_warnings(detector));
        }
        let late = detector.imported().iter().flat_map(Imported::late_warnings);
        found.warnings.extend(late);
        let findings = (found.findings.as_mut_slice(), count);
        review.apply(detector, shared, findings, &mut found.coverage)?;
        if !found.findings.is_empty() {
            let misses = triage::near_misses(&found.findings, nearest.rules());
            found.warnings.extend(misses);
        }
        // With a higher confidence, the detector may not look for what they allow.
        if least <= DEFAULT_CONFIDENCE {
            let mut idle = triage::idle_comments(&found.allowing, &found.findings);
            let place = |warning: &str| warning.split_once(": ").map(|(place, _)| place.to_owned());
            let said: BTreeSet<_> = found.warnings.iter().filter_map(|it| place(it)).collect();
            idle.retain(|warning| place(warning).is_none_or(|place| !said.contains(&place)));
            found.warnings.extend(idle);
        }
        found.levels = review.levels(&found.findings, options.asked());
        let (_, gaps, _) = nearest.reported();
        found.coverage.gaps.extend(gaps);
        let is_complete = options.what.is_everything() && !found.coverage.is_undecided();
        let (files, warnings) = review.used(is_complete);
        found.coverage.settings.extend(files);
        found.warnings.extend(warnings);
        Ok((found, own.map(|(detector, _)| detector)))
    }
}

/// Returns a detector with the rules that the target or its settings bring, and the rule file of another scanner, if
/// any; `None` if there are none.
pub(crate) fn own_detector(
    (choice, named): (&Choice, &[PathBuf]),
    settings: &Settings,
    root: &Path,
    least: Confidence,
) -> Result<Option<(Detector, Option<String>)>, Error> {
    let shelf = choice.shelf(root);
    let brings_some = choice.is_found() && UserRules::is_any_in(shelf);
    let files = settings.rule_files(choice)?;
    let as_of = settings.config.policy.as_of;
    let holds_back = as_of.is_some_and(brings_newer);
    if !brings_some && files.is_empty() && !holds_back {
        return Ok(None);
    }
    let mut rules = UserRules::read(named)?;
    rules.add(files, choice.shelf(&settings.folder()))?;
    let found = if brings_some {
        rules.find(shelf)?
    } else {
        None
    };
    Ok(Some((rules.detector(least)?.as_of(as_of), found)))
}

/// Warnings about parts of other scanners' rule files that cannot be used.
fn imported_warnings(detector: &Detector) -> Vec<String> {
    let files = detector.imported().iter();
    files.flat_map(Imported::warnings).cloned().collect()
}

/// Where the search for settings starts.
fn start<'a>(path: &'a Path, what: &What) -> &'a Path {
    match what {
        What::Stdin(_) => Path::new("."),
        _ => path,
    }
}

/// Returns the paths that lead to different places, in the given order.
pub(crate) fn distinct(paths: &[PathBuf]) -> Vec<&PathBuf> {
    let mut seen = BTreeSet::new();
    // A path that leads nowhere is reported when it is scanned.
    let is_new =
        |path: &&PathBuf| seen.insert(path.canonicalize().unwrap_or_else(|_| (*path).clone()));
    paths.iter().filter(is_new).collect()
}

/// Returns the rules of the detector and of the audit, sorted by id.
pub(crate) fn all_rules(detector: &Detector) -> Vec<Rule> {
    let mut rules = detector.rules();
    rules.extend(audit::rules());
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
}

/// Returns the repository that contains `path`, or an error with `why` it is needed.
pub(crate) fn needs_repo(path: &Path, why: &str) -> Result<Repo, Error> {
    let repo = Repo::discover(path)?;
    repo.ok_or_else(|| {
        let needed = format!("{why}: name a repository");
        Error::Source(SourceError::NotARepository {
            path: path.to_owned(),
            needed,
        })
    })
}
