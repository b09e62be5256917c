//! Ranks findings by what a reader should fix first, for reports that people read.

use std::collections::BTreeSet;

use super::Document;
use super::fold::{Entry, counted, fold};
use crate::lexicon::path::{self, Role};
use crate::model::{Category, Confidence, Presence, Proof, RuleId, Severity};
use crate::redact::Shown;

/// How urgent a finding is; the greatest comes first.
pub(super) type Urgency = (bool, bool, bool, Severity, Proof, u8, Confidence);

/// How many places a summary names.
const PLACES: usize = 3;

/// How urgent `finding` is: whether it decides, is still in the files, is in what runs in production, is severe, and is
/// certain.
pub(super) fn urgency(finding: &Shown, is_change: bool) -> Urgency {
    (
        finding.decides(),
        !is_past(finding, is_change),
        is_shipped(finding),
        finding.severity,
        finding.evidence.proof,
        kind(finding),
        finding.confidence,
    )
}

/// Whether a finding is in what runs in production. Workflows run with the rights of the repository, wherever they are.
fn is_shipped(finding: &Shown) -> bool {
    let path = &finding.location.path;
    finding.rule.family() == "gha" || path::role(path, &[]) == Role::Shipped
}

/// How much there is to do about a finding: a credential that leaked is more urgent than one that nobody has set, and
/// what is open more than a setting that would make it harder to get further.
fn kind(finding: &Shown) -> u8 {
    match finding.category {
        Category::Secret => 3,
        Category::Configuration if finding.severity >= Severity::High => 3,
        Category::Placeholder => 2,
        Category::Configuration if finding.covers.len() < 2 => 1,
        Category::Configuration => 0,
    }
}

/// Whether only the git history has the finding, so that no edit removes it. Of a change that is judged, the commits can
/// still be rewritten.
pub(super) fn is_past(finding: &Shown, is_change: bool) -> bool {
    let is_current = matches!(finding.presence(), Some(Presence::Head | Presence::Index));
    finding.origin.is_history() && !is_current && !is_change
}

/// A file to look at first.
pub(super) struct Place<'a> {
    /// Its most urgent finding.
    pub(super) worst: &'a Shown,
    /// How many more findings in its file reach the threshold or are as severe, and are not named.
    pub(super) more: usize,
    /// What else is one thing with it, in other places.
    pub(super) others: Option<String>,
}

/// The files to look at first, the most urgent one first: those of different rules before more of the same rule.
pub(super) fn places<'a>(document: &Document<'a>) -> Vec<Place<'a>> {
    let rank = |finding: &Shown| urgency(finding, document.is_change);
    let entries = fold(document.findings, document.is_change);
    let mut sorted = counted(document.findings, document.is_change);
    sorted.retain(|finding| !finding.is_old);
    // What does not reach the threshold is no place to begin while something else does.
    let is_grave = |finding: &&Shown| finding.decides() && finding.severity >= document.threshold;
    if sorted.iter().any(is_grave) {
        sorted.retain(is_grave);
    }
    sorted.sort_by_key(|finding| std::cmp::Reverse(rank(finding)));
    let chosen = choose(&sorted, document);
    let subject = super::place::subject;
    let more = |at: usize| {
        let worst = chosen[at];
        let least = worst.severity.min(document.threshold);
        let counts = |it: &&&Shown| {
            subject(it) == subject(worst) && it.severity >= least && it.decides() == worst.decides()
        };
        // Said once, where the file is named last.
        let is_last = !chosen[at + 1..]
            .iter()
            .any(|it| subject(it) == subject(worst));
        let all = sorted.iter().filter(counts).count();
        let named = chosen.iter().filter(counts).count();
        if is_last { all - named } else { 0 }
    };
    let others = |worst: &Shown| {
        let entry = entries.iter().find(|it| std::ptr::eq(it.finding, worst));
        entry.and_then(Entry::others)
    };
    let places = (0..chosen.len()).map(|at| Place {
        worst: chosen[at],
        more: more(at),
        others: others(chosen[at]),
    });
    places.collect()
}

/// Moves the findings that [`places`] names to the end of `findings`, the first of them last: a reader of a long report
/// finds them above the summary in which they are listed.
pub(super) fn set_places_last<'a>(document: &Document<'a>, findings: &mut Vec<&'a Shown>) {
    let mut named: Vec<&'a Shown> = places(document).iter().map(|place| place.worst).collect();
    named.retain(|named| findings.iter().any(|it| std::ptr::eq(*it, *named)));
    findings.retain(|it| !named.iter().any(|named| std::ptr::eq(*it, *named)));
    findings.extend(named.into_iter().rev());
}

/// The findings to name, of those in `sorted`. Of each severity, the worst of each file and rule comes first, then other
/// rules in the same files and the same ones in other files; the same rule in the same file comes last.
fn choose<'a>(sorted: &[&'a Shown], document: &Document<'a>) -> Vec<&'a Shown> {
    let mut files = BTreeSet::new();
    let mut rules: BTreeSet<&RuleId> = BTreeSet::new();
    let mut messages: BTreeSet<&str> = BTreeSet::new();
    let mut ranked = Vec::new();
    let mut left: Vec<(usize, &Shown)> = sorted.iter().copied().enumerate().collect();
    for rank in [FRESH, OTHER_RULE, OTHER_FILE, SAME] {
        left.retain(|&(at, finding)| {
            let file = super::place::subject(finding);
            let is_current = !is_past(finding, document.is_change);
            let is_new_file = !files.contains(&file);
            let is_new_rule = is_current && !rules.contains(&finding.rule);
            let is_taken = match rank {
                FRESH => is_new_file && is_new_rule,
                OTHER_RULE => is_new_rule,
                OTHER_FILE => is_new_file,
                _ => is_current && !messages.contains(&*finding.message),
            };
            if is_taken {
                files.insert(file);
                rules.insert(&finding.rule);
                messages.insert(&finding.message);
                ranked.push((rank, at, finding));
            }
            !is_taken
        });
    }
    let severity = |finding: &Shown| std::cmp::Reverse((finding.decides(), finding.severity));
    let is_past = |finding: &Shown| is_past(finding, document.is_change);
    ranked.sort_by_key(|&(rank, at, finding)| {
        (rank == SAME, is_past(finding), severity(finding), rank, at)
    });
    ranked
        .into_iter()
        .take(PLACES)
        .map(|(.., finding)| finding)
        .collect()
}

/// A rule and a file that are not named yet.
const FRESH: u8 = 0;
/// Another rule, in a file that is named.
const OTHER_RULE: u8 = 1;
/// Another file, of a rule that is named.
const OTHER_FILE: u8 = 2;
/// Another thing of the same rule in the same file.
const SAME: u8 = 3;
