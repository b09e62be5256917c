//! Ranks findings by what a reader should fix first, for reports that people read.

use std::collections::BTreeSet;

use super::Document;
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
    /// How many more findings in its file have the same severity or a higher one, and are not named.
    pub(super) more: usize,
}

/// The files to look at first, the most urgent one first: those of different rules before more of the same rule.
pub(super) fn places<'a>(document: &Document<'a>) -> Vec<Place<'a>> {
    let rank = |finding: &Shown| urgency(finding, document.is_change);
    let mut sorted: Vec<&Shown> = document.findings.iter().filter(|it| !it.is_old).collect();
    // What does not reach the threshold is no place to begin while something else does.
    let is_grave = |finding: &&Shown| finding.decides() && finding.severity >= document.threshold;
    if sorted.iter().any(is_grave) {
        sorted.retain(is_grave);
    }
    sorted.sort_by_key(|finding| std::cmp::Reverse(rank(finding)));
    let chosen = choose(&sorted, document);
    let subject = super::place::subject;
    let more = |worst: &Shown, is_last: bool| {
        let is_same_file = |it: &&&Shown| subject(it) == subject(worst);
        let is_as_bad =
            |it: &&&Shown| it.severity >= worst.severity && it.decides() == worst.decides();
        let all = sorted.iter().filter(is_same_file).filter(is_as_bad).count();
        let named = chosen.iter().filter(is_same_file).filter(is_as_bad).count();
        if is_last { all - named } else { 0 }
    };
    let is_last = |at: usize| {
        let mut later = chosen[at + 1..].iter();
        !later.any(|it| subject(it) == subject(chosen[at]))
    };
    let places = chosen.iter().enumerate().map(|(at, &worst)| Place {
        worst,
        more: more(worst, is_last(at)),
    });
    places.collect()
}

/// The findings to name, of those in `sorted`: the worst of each file and rule first, then other things in the same
/// files, then the same again in other files.
fn choose<'a>(sorted: &[&'a Shown], document: &Document<'a>) -> Vec<&'a Shown> {
    let Some(first) = sorted.first() else {
        return Vec::new();
    };
    // A rule that is in many files is said once before the next rule of the same severity.
    let is_peer = |finding: &Shown| {
        (finding.decides(), finding.severity) == (first.decides(), first.severity)
            && !is_past(finding, document.is_change)
    };
    let mut files = BTreeSet::new();
    let mut rules: BTreeSet<&RuleId> = BTreeSet::new();
    let mut messages: BTreeSet<&str> = BTreeSet::new();
    let mut rank = vec![AGAIN; sorted.len()];
    let mut take = |wanted: usize, is_wanted: &mut dyn FnMut(&'a Shown) -> bool| {
        for (at, &finding) in sorted.iter().enumerate() {
            if rank[at] == AGAIN && is_wanted(finding) {
                rank[at] = wanted;
            }
        }
    };
    take(0, &mut |it| {
        let file = super::place::subject(it);
        let is_new = is_peer(it) && !files.contains(&file) && !rules.contains(&it.rule);
        if is_new {
            files.insert(file);
            rules.insert(&it.rule);
            messages.insert(&it.message);
        }
        is_new
    });
    take(1, &mut |it| {
        is_peer(it) && rules.insert(&it.rule) && messages.insert(&it.message)
    });
    take(2, &mut |it| files.insert(super::place::subject(it)));
    take(3, &mut |it| is_peer(it) && messages.insert(&it.message));
    let mut order: Vec<usize> = (0..sorted.len()).filter(|&at| rank[at] < AGAIN).collect();
    order.sort_by_key(|&at| (rank[at], at));
    order
        .into_iter()
        .take(PLACES)
        .map(|at| sorted[at])
        .collect()
}

/// The rank of what is not worth a line of its own.
const AGAIN: usize = 4;
