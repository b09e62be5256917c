//! `gonogo fix`: fixes findings in the working tree that need no person.

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

/// What to fix, and how.
#[derive(Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is typed or not"
)]
pub struct Options {
    /// Files, folders and repositories.
    pub paths: Vec<PathBuf>,
    /// Fix only findings of these rules; of all rules if empty.
    pub rules: Vec<String>,
    /// Fix no finding below this severity.
    pub min_severity: Option<Severity>,
    /// Also fix these kinds, which are otherwise left alone.
    pub also: Vec<Also>,
    /// The server to ask which commits the tags of actions point to, if any.
    pub resolve: Option<String>,
    /// Ask about each fix.
    pub interactive: bool,
    /// Print what would be changed without changing anything.
    pub dry_run: bool,
    /// Show secrets in what is printed.
    pub show_secrets: bool,
    /// Also fix files that git ignores.
    pub no_ignore: bool,
    /// Size limit and threads.
    pub limits: Limits,
    /// Rule files to use beside the built-in rules.
    pub rule_files: Vec<PathBuf>,
    /// The lowest confidence of findings to fix and report; by default, what the settings say.
    pub min_confidence: Option<Confidence>,
    /// The severity from which a remaining finding means NO-GO; by default, what the settings say.
    pub fail_on: Option<Severity>,
    /// Which settings count.
    pub settings: Choice,
    /// Whether to print only errors.
    pub quiet: bool,
}

/// The outcome for one root.
struct Outcome {
    /// Files that were changed, or would be.
    changed: Vec<Changed>,
    /// Files that could not be changed, with the reason.
    failed: Vec<(String, String)>,
    /// Findings left to a person.
    left: Vec<Shown>,
    /// Variables that must now be set, by the file that uses them.
    variables: Vec<Variables>,
    /// Places that still have a value which was removed elsewhere.
    dependents: Vec<String>,
    /// Places that show something outdated.
    outdated: Vec<String>,
    /// Programs that would notice a change, because of which it was not made.
    noticed: Vec<String>,
    /// Places that describe how to reach ports from elsewhere, because of which those ports were not bound.
    needed: Vec<String>,
    /// What generates files that were left alone because they are generated.
    writers: Vec<String>,
    /// Workflows whose token was not limited, with the reason.
    unlimited: Vec<String>,
    /// How many actions are used by a moving tag, if nobody asked to resolve those tags to commits.
    moving: usize,
    /// Whether something keeps pins up to date.
    has_update_bot: bool,
    /// How many of the fixes wanted at the start are no longer open.
    settled: usize,
    /// What could not be resolved, one entry per line.
    unresolved: Vec<String>,
    /// Fixes that were left alone because nobody asked for them.
    held: BTreeMap<Also, Held>,
    /// What was left without a protection that others got, one line per protection.
    spared: Vec<String>,
    coverage: Redacted<Coverage>,
    /// The threshold from the settings.
    fail_on: Option<Severity>,
}

/// A file that was changed, or would be.
struct Changed {
    /// The path, as readers of the report can find it.
    path: String,
    /// The fixes made in it.
    fixes: Vec<Done>,
    diff: Option<String>,
}

/// A fix that was made.
struct Done {
    rule: String,
    /// What it is about.
    subject: String,
    /// Whether it removed a value that someone may use.
    is_secret: bool,
    /// What the fix does.
    description: String,
}

/// Fixes what can be fixed, and reports what is left.
///
/// The verdict is that on the working tree afterwards. For a dry run, NO-GO also means that there is something to fix.
///
/// # Errors
///
/// A path that was named cannot be opened, or writing to standard output fails.
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
        // The strictest threshold counts, as in a scan.
        self.fail_on = self.fail_on.into_iter().chain(other.fail_on).min();
    }

    fn threshold(&self, options: &Options) -> Severity {
        options.fail_on.or(self.fail_on).unwrap_or(DEFAULT_FAIL_ON)
    }
}
