//! `gonogo fix`: fixes in the working tree what can be fixed without a person.

mod accepted;
mod account;
mod apply;
mod ask;
mod choice;
mod diff;
mod elsewhere;
mod held;
mod listings;
mod notes;
mod quotes;
mod reached;
mod resolve;
mod starts;
mod variables;
mod write;

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::detect::Detector;
use crate::model::{Confidence, Coverage, Severity, Verdict};
use crate::redact::{Redacted, Shown};
use crate::source::{self, Limits};
use crate::triage;

use super::Error;
use super::rules::unknown_rule;
use crate::scan::levels::{Asked, DEFAULT_FAIL_ON};
use crate::scan::nearest::Nearest;
use crate::scan::rule_files::UserRules;
use crate::scan::settings::Choice;
use crate::scan::{all_rules, distinct, own_detector};
use apply::Tree;
pub use choice::Also;
use held::Held;
pub use resolve::GITHUB;
use variables::Variables;

/// What is to be fixed, and how.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is typed or not"
)]
pub struct Options {
    /// Files, folders and repositories.
    pub paths: Vec<PathBuf>,
    /// Fix only what these rules find; all of them when there are none.
    pub rules: Vec<String>,
    /// Fix no finding that is less severe.
    pub min_severity: Option<Severity>,
    /// Fix what is left alone unless asked for, too.
    pub also: Vec<Also>,
    /// The server that is asked which commits the tags of actions are, if one is.
    pub resolve: Option<String>,
    /// Ask about each fix.
    pub interactive: bool,
    /// Print what would be changed, and change nothing.
    pub dry_run: bool,
    /// Show secrets in what is printed.
    pub show_secrets: bool,
    /// Fix files that git ignores, too.
    pub no_ignore: bool,
    /// Size limit and threads.
    pub limits: Limits,
    /// Rule files to use beside the built-in rules.
    pub rule_files: Vec<PathBuf>,
    /// The least confidence of findings that are fixed and reported; what settings state when nothing is asked for.
    pub min_confidence: Option<Confidence>,
    /// The severity from which on what is left means NO-GO; what settings state when nothing is asked for.
    pub fail_on: Option<Severity>,
    /// Which settings count.
    pub settings: Choice,
    /// Whether to say nothing but what went wrong.
    pub quiet: bool,
}

/// What became of one root.
struct Outcome {
    /// What was changed, or would be.
    changed: Vec<Changed>,
    /// Files that were left as they are, with the reason.
    failed: Vec<(String, String)>,
    /// What is left to a person.
    left: Vec<Shown>,
    /// Variables that must now be set, by the file that names them.
    variables: Vec<Variables>,
    /// Places that still hold a value which was taken out elsewhere.
    dependents: Vec<String>,
    /// Places that show what is no longer so.
    outdated: Vec<String>,
    /// Programs that would notice a change, for whose sake it was not made.
    noticed: Vec<String>,
    /// Places that tell to reach ports from elsewhere, for whose sake those were not bound.
    needed: Vec<String>,
    /// What writes files that were left alone for that reason.
    writers: Vec<String>,
    /// Workflows whose token was not limited, with the reason.
    unlimited: Vec<String>,
    /// How many actions are used by a tag that moves, where no one asked which commits those tags are.
    moving: usize,
    /// Whether something keeps pins up to date.
    has_update_bot: bool,
    /// How many fixes there were to make, and are no longer.
    settled: usize,
    /// What could not be resolved, a line each.
    unresolved: Vec<String>,
    /// How many fixes were left alone because no one asked for them.
    held: BTreeMap<Also, Held>,
    /// What goes without a protection that others got, a line for each protection.
    spared: Vec<String>,
    coverage: Redacted<Coverage>,
    /// What settings say of the threshold.
    fail_on: Option<Severity>,
}

/// A file that was changed, or would be.
struct Changed {
    /// As a reader of the report can find it.
    path: String,
    /// What each fix was for and does.
    fixes: Vec<Done>,
    diff: Option<String>,
}

/// A fix that was made.
struct Done {
    rule: String,
    /// What it is about.
    subject: String,
    /// Whether it took out a value that someone may use.
    is_secret: bool,
    /// What the fix does.
    description: String,
}

/// Fixes what can be fixed, and states what is left.
///
/// The verdict is that on the working tree as it then is; of a dry run, NO-GO also means that there is something to
/// fix.
///
/// # Errors
///
/// Something that was named cannot be opened, or standard output failed.
pub fn run(options: &Options) -> Result<Verdict, Error> {
    let paths = distinct(&options.paths);
    let settings = paths.iter().map(|path| options.settings.read(path));
    let settings: Vec<_> = settings.collect::<Result<_, _>>()?;
    let detectors = paths.iter().zip(&settings).map(|(path, settings)| {
        let least = options.asked().levels(&settings.config).confidence;
        let own = own_detector(
            (&options.settings, &options.rule_files),
            settings,
            path,
            least,
        )?;
        match own {
            Some((detector, _)) => Ok(detector),
            None => UserRules::read(&options.rule_files)?.detector(least),
        }
    });
    let detectors: Vec<Detector> = detectors.collect::<Result<_, Error>>()?;
    let mut rules: Vec<_> = detectors.iter().flat_map(all_rules).collect();
    rules.sort_by(|a, b| a.id.cmp(&b.id));
    rules.dedup_by(|a, b| a.id == b.id);
    for named in &options.rules {
        if rules.iter().all(|rule| rule.id.as_str() != named) {
            return Err(unknown_rule(named, &rules));
        }
    }
    let mut whole = Outcome {
        changed: Vec::new(),
        failed: Vec::new(),
        left: Vec::new(),
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
        coverage: Redacted::default(),
        fail_on: None,
    };
    for ((path, settings), detector) in paths.into_iter().zip(&settings).zip(&detectors) {
        let repo = source::git::Repo::discover(path).ok().flatten();
        let nearest = Nearest::new((&options.settings, settings), path, path, detector);
        settings.check_rules(nearest.rules())?;
        let tree = Tree::read(path, repo.as_ref(), (detector, &nearest), options)?;
        whole.merge(tree.mend()?);
    }
    triage::sort(&mut whole.left);
    account::write(&whole, options)?;
    Ok(verdict(&whole, options))
}

impl Options {
    fn asked(&self) -> Asked {
        Asked {
            min_confidence: self.min_confidence,
            min_severity: None,
            fail_on: self.fail_on,
        }
    }
}

fn verdict(outcome: &Outcome, options: &Options) -> Verdict {
    if !outcome.failed.is_empty() {
        return Verdict::Undecided;
    }
    let worst = triage::worst(&outcome.left);
    let verdict = Verdict::decide(worst, outcome.threshold(options), &outcome.coverage);
    let is_pending = options.dry_run && !outcome.changed.is_empty();
    if is_pending { Verdict::NoGo } else { verdict }
}

impl Outcome {
    fn merge(&mut self, other: Self) {
        self.changed.extend(other.changed);
        self.failed.extend(other.failed);
        self.left.extend(other.left);
        self.variables.extend(other.variables);
        self.dependents.extend(other.dependents);
        self.outdated.extend(other.outdated);
        self.noticed.extend(other.noticed);
        self.needed.extend(other.needed);
        self.writers.extend(other.writers);
        self.unlimited.extend(other.unlimited);
        self.moving += other.moving;
        self.has_update_bot &= other.has_update_bot;
        self.settled += other.settled;
        self.unresolved.extend(other.unresolved);
        for (also, held) in other.held {
            self.held.entry(also).or_default().add(held);
        }
        self.spared.extend(other.spared);
        self.coverage = std::mem::take(&mut self.coverage).merged(other.coverage);
        // The strictest counts, as of a scan.
        self.fail_on = self.fail_on.into_iter().chain(other.fail_on).min();
    }

    fn threshold(&self, options: &Options) -> Severity {
        options.fail_on.or(self.fail_on).unwrap_or(DEFAULT_FAIL_ON)
    }
}
