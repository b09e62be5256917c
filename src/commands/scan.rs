//! `gonogo scan`: looks for credentials, placeholders and insecure configuration, and decides.

mod found;
mod past;
mod present;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::audit;
use crate::detect::Detector;
use crate::detect::rule_file::{self, Loaded};
use crate::model::{Confidence, Coverage, Finding, Rule, Severity, Verdict};
use crate::report::Document;
use crate::source::git::Repo;
use crate::source::{self, Limits, SourceError};
use crate::triage;

use super::Error;
use super::baseline::Known;
use super::output::{Output, Outputs};
use super::settings::Choice;
use found::Found;
use present::Scan;

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
    /// The least confidence of findings that are reported.
    pub min_confidence: Confidence,
    /// The least severity of findings that are reported; what reaches `fail_on` always is.
    pub min_severity: Severity,
    /// The severity from which on a finding means NO-GO.
    pub fail_on: Severity,
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
    let (mut found, detector) = find(options, known.as_mut(), &mut outputs)?;
    let is_complete = options.what.is_everything() && !found.coverage.is_undecided();
    let told = known.map(|known| known.warnings(is_complete));
    found.warnings.extend(told.unwrap_or_default());
    let worst = triage::worst(&found.findings);
    let verdict = Verdict::decide(worst, options.fail_on, &found.coverage);
    let roots: Vec<String> = options
        .paths
        .iter()
        .map(|path| path.display().to_string())
        .collect();
    outputs.finish(&Document {
        findings: &found.findings,
        rules: &all_rules(&detector),
        coverage: &found.coverage,
        verdict,
        threshold: options.fail_on,
        suppressed: &found.suppressed,
        not_shown: found.not_shown,
        roots: &roots,
    })?;
    Ok(Outcome {
        verdict,
        warnings: found.warnings,
        findings: found.findings,
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

/// Scans everything that was named.
fn find(
    options: &Options,
    mut known: Option<&mut Known>,
    outputs: &mut Outputs,
) -> Result<(Found, Detector), Error> {
    let detector = Detector::new(read_rules(&options.rule_files)?, options.min_confidence)?;
    let mut found = Found::default();
    for path in distinct(&options.paths) {
        let scan = Scan {
            options,
            detector: &detector,
            settings: options.settings.read(start(path, &options.what))?,
        };
        let mut batch = scan.path(path)?;
        // What is in a file that was named has that name already.
        if options.paths.len() > 1 && !path.is_file() {
            batch.place_below(path);
        }
        triage::assign_fingerprints(&mut batch.findings);
        triage::apply_comments(&mut batch.findings);
        if let Some(known) = &mut known {
            known.apply(&mut batch.findings);
        }
        batch.leave_out(options);
        batch.set_suppressed_aside();
        outputs.stream(&batch.findings)?;
        found.merge(batch);
    }
    triage::sort(&mut found.findings);
    triage::sort(&mut found.suppressed);
    Ok((found, detector))
}

/// How a scan ended.
#[derive(Debug)]
pub struct Outcome {
    /// What it comes down to.
    pub verdict: Verdict,
    /// What went wrong without harm to the result, a line each.
    pub warnings: Vec<String>,
    /// What was found, in the order of the reports.
    pub findings: Vec<Finding>,
    /// What was scanned, and what was not.
    pub coverage: Coverage,
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

/// Reads rule files of the user's.
pub(super) fn read_rules(files: &[PathBuf]) -> Result<Vec<Loaded>, Error> {
    let mut rules = Vec::new();
    for path in files {
        let text = source::read_text_file(path).map_err(|error| Error::File {
            path: path.clone(),
            error,
        })?;
        rules.extend(rule_file::parse(&path.display().to_string(), &text)?);
    }
    Ok(rules)
}

/// The rules of both halves, sorted by id.
pub(super) fn all_rules(detector: &Detector) -> Vec<Rule> {
    let mut rules = detector.rules();
    rules.extend(audit::rules());
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules
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
