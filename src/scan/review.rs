//! Reviews the findings of one target: applies everything that may accept one, in the same order for every command.
//!
//! Meanwhile, paths are relative to the target, whatever else was named: a finding in `scan a` has the same fingerprint
//! in `scan a b`, and in a scan of a single file.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::detect::Detector;
use crate::lexicon::path;
use crate::model::{Coverage, Finding, Gap, SuppressionKind};
use crate::source::git::{self, Repo};
use crate::source::{self, FilesBefore, Shelf};
use crate::triage::{self, Former, Ledger};

use super::Error;
use super::known::{Known, today};
use super::levels::{Asked, Levels};
use super::nearest::Nearest;
use super::rule_files::{apply_allowlists, find_ledger, ledger_warnings};
use super::settings::{Choice, Judged, Judges, Places, Settings, root_of};

/// State that all targets of a run share.
#[derive(Debug)]
pub(crate) struct Shared<'k> {
    /// A baseline that was named; those of the targets then do not apply.
    pub(crate) given: Option<&'k mut Known>,
    /// The settings that were used so far.
    pub(crate) judges: Judges,
    /// The current day, as `2026-01-31`.
    today: String,
    /// Whether some output shows fingerprints of the former version.
    shows_former: bool,
}

impl<'k> Shared<'k> {
    pub(crate) fn new(given: Option<&'k mut Known>, shows_former: bool) -> Self {
        Self {
            given,
            shows_former,
            judges: Judges::default(),
            today: today(),
        }
    }

    /// Returns the warnings about settings after a scan.
    pub(crate) fn warnings(&self, is_complete: bool) -> Vec<String> {
        self.judges.warnings(&self.today, is_complete)
    }
}

/// Everything that accepts findings of one target.
pub(crate) struct Review<'s> {
    nearest: &'s Nearest<'s>,
    /// The paths of files, relative to the target's own settings.
    places: Places,
    /// The paths of files, relative to the top of the target.
    below_top: Places,
    lists: Lists,
    /// The lists of the change that is judged; `lists` are then those of the commit before it.
    of_change: Option<Lists>,
    /// The repository and the change in it that is judged.
    judged: Option<(PathBuf, Judged)>,
}

/// Lists of accepted findings.
#[derive(Debug, Default)]
struct Lists {
    ledgers: Vec<Ledger>,
    baselines: Vec<Known>,
}

impl Lists {
    /// Reads the lists in `folders`, from the tree of a commit if one is given. Paths are relative to `root`.
    fn read(
        folders: &[PathBuf],
        (root, names_baseline): (&Path, bool),
        revision: Option<&str>,
    ) -> Result<Self, Error> {
        let mut lists = Self::default();
        for folder in folders {
            let shelf = shelf(folder, revision);
            if !names_baseline {
                lists.baselines.extend(Known::find(shelf)?);
            }
            if let Some(ledger) = find_ledger(shelf)? {
                let below = relation(folder, root);
                lists
                    .ledgers
                    .push(ledger.seen_from(&|path| below.path(path)));
            }
        }
        Ok(lists)
    }

    fn is_empty(&self) -> bool {
        self.ledgers.is_empty() && self.baselines.is_empty()
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let ledgers = self.ledgers.iter().map(Ledger::name);
        ledgers.chain(self.baselines.iter().map(Known::name))
    }

    fn warnings(&self, is_complete: bool) -> impl Iterator<Item = String> {
        let ledgers = self.ledgers.iter().flat_map(ledger_warnings);
        let baselines = self.baselines.iter();
        ledgers.chain(baselines.flat_map(move |known| known.warnings(is_complete)))
    }
}

/// How the paths in a list relate to those of findings.
enum Relation {
    /// The list is above the target: its paths begin with this.
    Above(String),
    /// The list lies below: the paths of findings begin with this.
    Below(String),
    /// The target is a single file: its path in the list, and in findings.
    File(String, String),
}

/// The relation of a list in `folder` to findings whose paths are relative to `root`.
fn relation(folder: &Path, root: &Path) -> Relation {
    let full = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let (full_folder, full_root) = (full(folder), full(root));
    let slashed = |path: &Path| match source::slashed(path) {
        path if path.is_empty() => path,
        path => path + "/",
    };
    match (
        full_root.strip_prefix(&full_folder),
        full_folder.strip_prefix(&full_root),
    ) {
        (Ok(below), _) if root.is_file() => {
            Relation::File(source::slashed(below), source::slashed(root))
        }
        (Ok(below), _) => Relation::Above(slashed(below)),
        (_, Ok(above)) => Relation::Below(slashed(above)),
        _ => Relation::Above(String::new()),
    }
}

impl Relation {
    /// The path in findings of the file that the list calls `path`; `None` if it is not part of the target.
    fn path(&self, path: &str) -> Option<String> {
        match self {
            Self::Above(start) => path.strip_prefix(start.as_str()).map(str::to_owned),
            Self::Below(start) => Some(format!("{start}{path}")),
            Self::File(known, own) => (path == known).then(|| own.clone()),
        }
    }
}

fn shelf<'p>(folder: &'p Path, revision: Option<&'p str>) -> Shelf<'p> {
    revision.map_or_else(
        || Shelf::of(folder),
        |revision| Shelf::Commit { folder, revision },
    )
}

impl<'s> Review<'s> {
    /// Reads the lists for the target at `start`; `is_git` says that its files come from Git.
    ///
    /// # Errors
    ///
    /// One of these files exists but cannot be read.
    pub(crate) fn open(
        start: &Path,
        is_git: bool,
        (choice, judged): (&Choice, Option<&Judged>),
        nearest: &'s Nearest<'s>,
        shared: &Shared<'_>,
    ) -> Result<Self, Error> {
        let root = root_of(start, is_git);
        let top = top_of(start);
        // A directory may have a baseline of its own beside that of the repository. A named one replaces both.
        let folders = baseline_folders(start, &root, &top);
        let from = (root.as_path(), shared.given.is_some());
        let with_change = judged.is_some_and(|judged| judged.with_change);
        let (lists, of_change) = match choice {
            Choice::Find => (Lists::read(&folders, from, None)?, None),
            Choice::At { revision } => {
                let of_change = with_change.then(|| Lists::read(&folders, from, None));
                let lists = Lists::read(&folders, from, Some(revision))?;
                (lists, of_change.transpose()?)
            }
            Choice::File(_) | Choice::Nothing => (Lists::default(), None),
        };
        Ok(Self {
            places: nearest.own().places(&root),
            below_top: Places::seen_from(&top, &root),
            nearest,
            lists,
            of_change,
            judged: judged.map(|judged| (root, judged.clone())),
        })
    }

    /// Returns whether anything besides the settings may accept a finding.
    pub(crate) fn may_accept(&self) -> bool {
        !self.lists.is_empty()
            || self
                .of_change
                .as_ref()
                .is_some_and(|lists| !lists.is_empty())
    }

    /// Whether a list or settings may name a fingerprint of the former version.
    fn may_name_former(&self, findings: &[Finding]) -> bool {
        let names = |settings: &Settings| {
            let mut allowed = settings.config.wishes.allow.iter();
            allowed.any(|allow| allow.fingerprint.is_some())
        };
        let paths = findings.iter().map(|it| it.location.path.as_str());
        let decided = self.nearest.decide(paths);
        let mut nested = decided.all().into_iter();
        self.may_accept()
            || names(self.nearest.own())
            || nested.any(|nested| names(&nested.settings))
    }

    /// Assigns fingerprints and the severities from settings, and marks the findings and gaps that are accepted. The
    /// first `count` findings are those that are shown: other places of a secret must not change their fingerprints.
    ///
    /// # Errors
    ///
    /// A pattern in the settings is invalid.
    pub(crate) fn apply(
        &mut self,
        detector: &Detector,
        shared: &mut Shared<'_>,
        (findings, count): (&mut [Finding], usize),
        coverage: &mut Coverage,
    ) -> Result<(), Error> {
        apply_allowlists(detector, findings);
        for ledger in &mut self.lists.ledgers {
            ledger.apply(findings, &git::sha1);
        }
        let place = |path: &str| self.below_top.of(path);
        let former =
            if shared.shows_former || shared.given.is_some() || self.may_name_former(findings) {
                Former::Needed
            } else {
                Former::Unneeded
            };
        let (shown, others) = findings.split_at_mut(count.min(findings.len()));
        triage::assign_fingerprints(shown, former, &place);
        triage::assign_fingerprints(others, former, &place);
        self.apply_comments(findings, coverage);
        self.check_gap_comments(&mut coverage.gaps);
        self.apply_settings(shared, findings, &mut coverage.gaps)?;
        match &mut shared.given {
            Some(known) => known.apply(findings),
            None => {
                for known in &mut self.lists.baselines {
                    known.apply(findings);
                }
            }
        }
        if let Some(lists) = &mut self.of_change {
            accept_by_change(lists, findings);
        }
        triage::forget_news_of_accepted(findings);
        Ok(())
    }

    /// Keeps the comments that accept gaps if the commit before the change has them, too. Others belong to the change.
    fn check_gap_comments(&self, gaps: &mut [Gap]) {
        let Some((folder, judged)) = &self.judged else {
            return;
        };
        let is_by_comment = |gap: &&mut Gap| {
            let accepted = gap.accepted.as_ref();
            accepted.is_some_and(|accepted| accepted.kind == SuppressionKind::InSource)
        };
        let mut gaps = gaps.iter_mut().filter(is_by_comment).peekable();
        if gaps.peek().is_none() {
            return;
        }
        let mut files = FilesBefore::open(folder, &judged.before);
        for gap in gaps {
            let text = files.text(&gap.place).unwrap_or_default();
            if triage::accepting_comment(&text, gap.kind).is_some() {
                continue;
            }
            if judged.with_change {
                gap.accepted_by_change = true;
            } else {
                gap.accepted = None;
            }
        }
    }

    /// Applies the nearest settings to each finding and gap.
    fn apply_settings(
        &self,
        shared: &mut Shared<'_>,
        findings: &mut [Finding],
        gaps: &mut [Gap],
    ) -> Result<(), Error> {
        let found = findings.iter().map(|it| it.location.path.as_str());
        let places = gaps.iter().map(|gap| gap.place.as_str());
        let decided = self.nearest.decide(found.chain(places));
        let is_for_development = |path: &str| {
            let own = &decided.config(path).policy.development_words;
            path::has_own_word(path, own)
        };
        triage::lower_in_development(findings, &is_for_development);
        triage::lower_aside(findings);
        triage::lower_generated(findings);
        triage::lower_expired(findings, &shared.today);
        triage::lower_lapsed(findings, &shared.today);
        let own = (self.nearest.own(), &self.places);
        let nested = decided.all().into_iter();
        let nested = nested.map(|nested| (&nested.settings, &nested.places));
        for (settings, places) in std::iter::once(own).chain(nested) {
            let is_meant = |path: &str| {
                let deciding = decided.nested(path).map(|nested| &nested.settings);
                std::ptr::eq(deciding.unwrap_or(self.nearest.own()), settings)
            };
            let as_of = settings.config.policy.as_of;
            let of_these = |finding: &&mut Finding| is_meant(&finding.location.path);
            triage::hold_back(findings.iter_mut().filter(of_these), as_of);
            let today = &shared.today;
            let judged = findings.iter_mut().filter(of_these);
            shared.judges.apply(settings, judged, places, today)?;
            let gaps = gaps.iter_mut().filter(|gap| is_meant(&gap.place));
            shared
                .judges
                .accept(settings, gaps.collect(), places, today);
        }
        Ok(())
    }

    /// Returns the levels that settings of directories request for findings in them, by the path from the top.
    pub(crate) fn levels(&self, findings: &[Finding], asked: Asked) -> BTreeMap<String, Levels> {
        let paths = findings.iter().map(|it| it.location.path.as_str());
        let decided = self.nearest.decide(paths);
        let levels = findings.iter().filter_map(|finding| {
            let nested = decided.nested(&finding.location.path)?;
            let levels = asked.levels(&nested.settings.config);
            Some((finding.path_from_top.clone(), levels))
        });
        levels.collect()
    }

    /// Applies comments. Those on lines that a change adds belong to the change.
    fn apply_comments(&self, findings: &mut [Finding], coverage: &mut Coverage) {
        let Some((_, judged)) = &self.judged else {
            coverage.allowed.extend(triage::apply_comments(findings));
            return;
        };
        let (mut old, mut new): (Vec<_>, Vec<_>) =
            findings.iter_mut().partition(|finding| finding.is_old);
        coverage.allowed.extend(triage::apply_comments(&mut old));
        if judged.with_change {
            let before: Vec<_> = new.iter().map(|it| it.suppression.is_some()).collect();
            coverage.allowed.extend(triage::apply_comments(&mut new));
            for (finding, was_accepted) in new.iter_mut().zip(before) {
                finding.accepted_by_change = !was_accepted && finding.suppression.is_some();
            }
        }
    }

    /// Returns the files that were used, for reports, and the warnings about them.
    pub(crate) fn used(&self, is_complete: bool) -> (Vec<String>, Vec<String>) {
        let all = || std::iter::once(&self.lists).chain(&self.of_change);
        let (mut files, _, mut warnings) = self.nearest.reported();
        files.extend(all().flat_map(Lists::names).map(str::to_owned));
        files.dedup();
        warnings.extend(all().flat_map(|lists| lists.warnings(is_complete)));
        (files, warnings)
    }
}

/// Marks the findings that only the change's own lists accept.
fn accept_by_change(lists: &mut Lists, findings: &mut [Finding]) {
    let before: Vec<_> = findings.iter().map(|it| it.suppression.is_some()).collect();
    for ledger in &mut lists.ledgers {
        ledger.apply(findings, &git::sha1);
    }
    for known in &mut lists.baselines {
        known.apply(findings);
    }
    for (finding, was_accepted) in findings.iter_mut().zip(before) {
        finding.accepted_by_change |= !was_accepted && finding.suppression.is_some();
    }
}

/// Returns the directory that paths in fingerprints are relative to: the top of the repository, or else the named
/// directory, or that of the named file.
pub(crate) fn top_of(start: &Path) -> PathBuf {
    let repo = Repo::discover(start).ok().flatten();
    match repo {
        Some(repo) => repo.path().to_owned(),
        None if start.is_file() => {
            let folder = start.parent().unwrap_or(Path::new(""));
            if folder.as_os_str().is_empty() {
                PathBuf::from(".")
            } else {
                folder.to_owned()
            }
        }
        None => start.to_owned(),
    }
}

/// The directories whose baselines apply: the named one, the root, and the top.
fn baseline_folders(start: &Path, root: &Path, top: &Path) -> Vec<PathBuf> {
    let mut folders = Vec::new();
    let mut seen = Vec::new();
    // The typed spelling comes first, so that reports use it.
    for folder in [start, root, top] {
        if !folder.is_dir() {
            continue;
        }
        let full = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        if !seen.contains(&full) {
            seen.push(full);
            folders.push(folder.to_owned());
        }
    }
    folders
}
