//! Makes fixes in memory, round by round, until nothing is left to fix.
//!
//! Each round audits the tree that the last one left, because some edits become possible only after others. A file that
//! no longer parses, or in which a round left no less to fix, goes back to its previous text.

mod around;
mod finish;
mod listed;
mod shown;
mod together;

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::ptr;

use crate::audit;
use crate::detect::Detector;
use crate::model::{
    self, Blob, Category, Coverage, Finding, Fix, GapKind, Origin, Secret, Severity,
};
use crate::source::git::Repo;
use crate::source::{self, FolderFiles, Meter, Worker, WorktreeOptions};

use super::super::Error;
use super::accepted::Accepted;
use super::ask::{self, Answer, Answers};
use super::choice::{Also, Choice, Circumstances, choice, is_to_replace, kept, unequal};
use super::elsewhere;
use super::held::Held;
use super::resolve::Resolver;
use super::{Done, Options, Outcome};
use crate::scan::nearest::Nearest;
use crate::scan::project::{self, Beside, Walked};
use crate::scan::redaction::Secrets;
use crate::scan::text::TextWorker;

/// More rounds than any hand-written file needs: of several edits at the same place, each round makes one.
const MAX_ROUNDS: usize = 50;

/// Findings below this are not reported by a scan either, unless asked for.
const MILDEST: Severity = Severity::Low;

/// The files of one root.
pub(super) struct Tree<'a> {
    root: &'a Path,
    detector: &'a Detector,
    options: &'a Options,
    accepted: Accepted<'a>,
    beside: Beside<'a>,
    walked: Walked,
    coverage: Coverage,
    /// The original texts of all files changed so far.
    originals: BTreeMap<String, String>,
    done: BTreeMap<String, Vec<Done>>,
    /// The values that fixes removed, with the file that had them.
    taken: BTreeSet<(Secret, String)>,
    /// Containers left alone because most containers in their file cannot be fixed, by file.
    few: BTreeMap<String, Vec<String>>,
    /// Files whose last round was undone.
    given_up: BTreeSet<String>,
    /// Secrets that were found and must not be shown.
    secrets: Secrets,
    answers: Answers,
    resolver: Option<Resolver>,
    circumstances: Circumstances,
    /// How many fixes were wanted at the start.
    wanted_at_first: usize,
}

/// A file before a round.
struct Step {
    text: String,
    /// How many fixes had been made.
    done: usize,
}

/// How much there is to fix in each file.
type Pending = BTreeMap<String, usize>;

impl<'a> Tree<'a> {
    /// Reads the files below `root`, as a scan does.
    pub(super) fn read(
        root: &'a Path,
        repo: Option<&'a Repo>,
        (detector, nearest): (&'a Detector, &'a Nearest<'a>),
        options: &'a Options,
    ) -> Result<Self, Error> {
        let walk = WorktreeOptions {
            limits: options.limits,
            no_ignore: options.no_ignore,
            // Files that git tracks although it ignores them are listed for a whole repository only.
            repo: repo.filter(|repo| repo.path().canonicalize().ok() == root.canonicalize().ok()),
        };
        let new_worker = || TextWorker::new(detector);
        let (coverage, workers) =
            source::walk_worktree(root, &walk, &Meter::default(), &new_worker)?;
        let mut tree = Self {
            root,
            detector,
            options,
            accepted: Accepted::read(root, options, nearest, detector)?,
            beside: Beside::Folder(Box::new(FolderFiles::new(root, repo))),
            walked: Walked::from(workers),
            coverage,
            originals: BTreeMap::new(),
            done: BTreeMap::new(),
            taken: BTreeSet::new(),
            few: BTreeMap::new(),
            given_up: BTreeSet::new(),
            secrets: Secrets::default(),
            answers: Answers::default(),
            resolver: options.resolve.as_deref().map(Resolver::new),
            circumstances: Circumstances::default(),
            wanted_at_first: 0,
        };
        let findings = tree.findings();
        let to_replace = findings.iter().filter(|finding| is_to_replace(finding));
        let to_replace = to_replace.flat_map(|it| it.fixes.iter().map(move |fix| (it, fix)));
        let to_replace: Vec<(String, Fix)> = to_replace
            .map(|(finding, fix)| (finding.location.path.clone(), fix.clone()))
            .collect();
        tree.circumstances = tree.look_around(&walk, findings);
        // People who put one value of their own into the file do the same with the others.
        let starts = &tree.circumstances.starts;
        let is_edited = |(path, fix): &&(String, Fix)| {
            let text = tree.walked.text_of(path).unwrap_or_default();
            starts.are_edited(path, fix) || elsewhere::is_filled_in_place(&text)
        };
        let edited: Vec<_> = to_replace.iter().filter(is_edited).collect();
        let edited: Vec<_> = edited.into_iter().map(|(path, _)| path.clone()).collect();
        tree.circumstances.quick.extend(edited);
        tree.hold_together();
        Ok(tree)
    }

    /// Keeps all hand-written values in a file where some have to stay; otherwise half of them would have to be set.
    fn hold_together(&mut self) {
        let findings = self.findings();
        let tree = &self.circumstances;
        let held = findings.iter().filter(|finding| {
            let mut fixes = finding.fixes.iter();
            fixes
                .any(|fix| choice(self.options, tree, finding, fix) == Choice::Hold(Also::Required))
        });
        let held: Vec<String> = held.map(|it| it.location.path.clone()).collect();
        self.circumstances.quick.extend(held);
    }

    /// Makes all possible fixes, and writes the files unless this is a dry run.
    ///
    /// # Errors
    ///
    /// An interactive question cannot be asked.
    pub(super) fn mend(mut self) -> Result<Outcome, Error> {
        let mut findings = self.findings();
        self.secrets.note(&findings);
        self.secrets.sort();
        let pending = self.pending(&findings);
        self.wanted_at_first = pending.values().filter(|it| **it < usize::MAX).sum();
        let mut before: Option<(Pending, BTreeMap<String, Step>)> = None;
        for _ in 0..MAX_ROUNDS {
            let pending = self.pending(&findings);
            if let Some((last, texts)) = before.take()
                && self.take_back(&last, &pending, texts)
            {
                findings = self.findings();
                continue;
            }
            let texts = self.round(&findings)?;
            if texts.is_empty() {
                break;
            }
            before = Some((pending, texts));
            findings = self.findings();
        }
        Ok(self.finish(findings))
    }

    fn findings(&mut self) -> Vec<Finding> {
        let found = self.found();
        let text = |path: &str| self.walked.text_of(path);
        self.circumstances.noticed = self.circumstances.quotes.noticed(&found, &text);
        self.circumstances.unequal.extend(unequal(&found, &text));
        // Count only before the first fix: afterwards, what remains is mostly what would be noticed.
        if self.done.is_empty() {
            self.circumstances.note_most(&found);
        }
        self.circumstances.kept = BTreeSet::new();
        self.circumstances.kept = kept(self.options, &self.circumstances, &found);
        found
    }

    fn found(&mut self) -> Vec<Finding> {
        let mut coverage = Coverage::default();
        let decided = self.accepted.decide(self.walked.audited_paths());
        let mut found = project::findings(
            self.walked.clone(),
            &mut coverage,
            &Origin::Worktree,
            &self.beside,
            &decided,
        );
        self.coverage.gaps.retain(|gap| !gap.kind.is_of_audit());
        self.coverage.gaps.extend(coverage.gaps);
        self.coverage.audited = coverage.audited;
        self.coverage.allowed.clear();
        self.accepted.leave_out(&mut found, &mut self.coverage);
        self.resolve(&mut found);
        self.leave_few(&mut found);
        self.pin_together(&mut found);
        found
    }

    /// Replaces the fixes of findings about unpinned actions with pins to the commits that their repositories report.
    fn resolve(&mut self, findings: &mut [Finding]) {
        let Some(mut resolver) = self.resolver.take() else {
            return;
        };
        let is_about_actions = |it: &&mut Finding| it.rule.as_str() == "gha/unpinned-action";
        let mut pins: BTreeMap<String, Vec<(usize, Fix)>> = BTreeMap::new();
        let redaction = self.redaction();
        // What reports would mask is not sent to a server either.
        let may_be_sent = |uses: &str| redaction.redactor().message(uses) == uses;
        for finding in findings.iter_mut().filter(is_about_actions) {
            let path = &finding.location.path;
            if !pins.contains_key(path) {
                let text = self.walked.text_of(path).unwrap_or_default();
                let fixes = audit::pins(path, &text, &mut |uses| {
                    may_be_sent(uses).then(|| resolver.release(uses)).flatten()
                });
                pins.insert(path.clone(), fixes);
            }
            let start = finding.location.region.start.byte;
            let found = pins[path].iter().find(|(at, _)| *at == start);
            if let Some((_, fix)) = found {
                finding.fixes = vec![fix.clone()];
            }
        }
        self.resolver = Some(resolver);
    }

    /// Returns the wanted fixes, with their findings.
    fn wanted<'f>(&self, findings: &'f [Finding]) -> impl Iterator<Item = (&'f Finding, &'f Fix)> {
        let given_up = self.given_up.clone();
        let (options, tree) = (self.options, &self.circumstances);
        findings
            .iter()
            .filter(move |finding| !given_up.contains(&finding.location.path))
            .filter(|finding| finding.severity >= MILDEST)
            .flat_map(|finding| finding.fixes.iter().map(move |fix| (finding, fix)))
            .filter(move |(finding, fix)| choice(options, tree, finding, fix) == Choice::Make)
    }

    /// Returns the fixes that were left alone because nobody asked for them, by kind.
    fn held(&self, findings: &[Finding]) -> BTreeMap<Also, Held> {
        let mut held: BTreeMap<Also, Held> = BTreeMap::new();
        for finding in findings.iter().filter(|it| it.severity >= MILDEST) {
            for fix in &finding.fixes {
                if let Choice::Hold(also) = choice(self.options, &self.circumstances, finding, fix)
                {
                    let path = self.shown(&finding.location.path);
                    held.entry(also).or_default().note(path, finding);
                }
            }
        }
        let redaction = self.redaction();
        let shown = |text: &str| redaction.redactor().name(text).into_owned();
        for held in held.values_mut() {
            held.redact(&shown);
        }
        held
    }

    fn pending(&self, findings: &[Finding]) -> Pending {
        let mut pending = Pending::new();
        let is_left = |finding: &&Finding| !self.given_up.contains(&finding.location.path);
        let is_told = |finding: &&Finding| finding.severity >= MILDEST;
        for finding in findings.iter().filter(is_left).filter(is_told) {
            // A fix that was held back because a program would notice it may become possible once something else has
            // changed.
            let is_open = |fix: &&Fix| {
                let choice = choice(self.options, &self.circumstances, finding, fix);
                matches!(choice, Choice::Make | Choice::Hold(Also::Shared))
            };
            let open = finding.fixes.iter().filter(is_open).count();
            if open > 0 {
                *pending.entry(finding.location.path.clone()).or_default() += open;
            }
        }
        let broken = self
            .coverage
            .gaps
            .iter()
            .filter(|gap| gap.kind == GapKind::Unparsable);
        pending.extend(broken.map(|gap| (gap.place.clone(), usize::MAX)));
        pending
    }

    /// Makes all fixes that can be made together. Returns the previous state of each changed file.
    ///
    /// # Errors
    ///
    /// An interactive question cannot be asked.
    fn round(&mut self, findings: &[Finding]) -> Result<BTreeMap<String, Step>, Error> {
        let wanted: Vec<_> = self.wanted(findings).collect();
        let mut by_path: BTreeMap<&str, Vec<(&Finding, Fix)>> = BTreeMap::new();
        for (finding, fix) in wanted {
            if let Some(fix) = self.agreed(finding, fix)? {
                let of_path = by_path.entry(&finding.location.path).or_default();
                of_path.push((finding, fix));
            }
        }
        let mut texts = BTreeMap::new();
        for (path, wanted) in by_path {
            let Some(text) = self.walked.text_of(path) else {
                continue;
            };
            let chosen = model::compatible(wanted.iter().map(|(_, fix)| fix));
            let Some(fixed) = model::apply(&text, chosen.iter().copied()) else {
                continue;
            };
            let numbers: HashSet<*const Fix> = chosen.iter().copied().map(ptr::from_ref).collect();
            let is_chosen = |fix: &Fix| numbers.contains(&ptr::from_ref(fix));
            let of_chosen = wanted.iter().filter(|(_, fix)| is_chosen(fix));
            let taken = of_chosen.filter_map(|(finding, _)| finding.secret.clone());
            let path = path.to_owned();
            self.taken
                .extend(taken.map(|secret| (secret, path.clone())));
            let path = path.as_str();
            let done = wanted
                .iter()
                .filter(|(_, fix)| is_chosen(fix))
                .map(|(finding, fix)| Done {
                    rule: fix.rule.to_string(),
                    subject: subject(finding),
                    is_secret: finding.category != Category::Configuration,
                    description: fix.description.clone(),
                });
            let known = self.done.entry(path.to_owned()).or_default();
            let step = Step {
                text: text.clone(),
                done: known.len(),
            };
            known.extend(done);
            self.replace(path, &fixed);
            self.originals.entry(path.to_owned()).or_insert(text);
            texts.insert(path.to_owned(), step);
        }
        Ok(texts)
    }

    /// Returns the fix, or the one that replaces it, after asking in interactive mode; `None` if the finding is to
    /// stay.
    fn agreed(&mut self, finding: &Finding, fix: &Fix) -> Result<Option<Fix>, Error> {
        if !self.options.interactive {
            return Ok(Some(fix.clone()));
        }
        let path = finding.location.path.as_str();
        let Some(text) = self.walked.text_of(path) else {
            return Ok(None);
        };
        let Some(fixed) = model::apply(&text, [fix]) else {
            return Ok(None);
        };
        let mut answers = std::mem::take(&mut self.answers);
        let shown = || {
            let redaction = self.redaction();
            let message = redaction.redactor().message(&finding.message).into_owned();
            let says = ask::headline(&self.shown(path), finding, &message);
            (says, self.diff(path, &text, &fixed))
        };
        let answer = answers.about(finding, fix, shown);
        self.answers = answers;
        Ok(match answer? {
            Answer::Make => Some(fix.clone()),
            Answer::Leave => None,
            Answer::Allow(reason) => Some(ask::comment(&text, finding, &reason)),
        })
    }

    /// Restores the files in which the last round left no less to fix, and returns whether there were any.
    fn take_back(&mut self, last: &Pending, now: &Pending, texts: BTreeMap<String, Step>) -> bool {
        let left = |pending: &Pending, path: &str| pending.get(path).copied().unwrap_or_default();
        let mut any = false;
        for (path, step) in texts {
            if left(now, &path) < left(last, &path) {
                continue;
            }
            self.replace(&path, &step.text);
            self.done
                .entry(path.clone())
                .or_default()
                .truncate(step.done);
            self.given_up.insert(path);
            any = true;
        }
        any
    }

    fn replace(&mut self, path: &str, text: &str) {
        let mut worker = TextWorker::new(self.detector);
        worker.blob(&Blob {
            bytes: text.as_bytes(),
            path: Some(path),
            origin: Origin::Worktree,
        });
        self.walked.replace(path, Walked::from(vec![worker]));
    }
}

/// The rule about unpinned actions.
const PINS: &str = "gha/unpinned-action";

/// Returns what a finding is about: its whole message, or only the owner if the message lists everything the owner
/// lacks.
fn subject(finding: &Finding) -> String {
    let owner = finding.message.split(" has no ").next();
    match owner.filter(|_| !finding.covers.is_empty()) {
        Some(owner) => owner.to_owned(),
        None => finding.message.clone(),
    }
}
