//! Ranks findings by what a reader should fix first, for reports that people read.

use std::collections::BTreeSet;

use super::Document;
use crate::model::{Category, Confidence, Presence, Proof, RuleId, Severity};
use crate::redact::Shown;

/// How urgent a finding is; the greatest comes first.
pub(super) type Urgency = (bool, bool, Severity, Proof, bool, Confidence);

/// How many places a summary names.
const PLACES: usize = 3;

/// How urgent `finding` is: whether it decides, is still in the files, is severe, and is certain.
pub(super) fn urgency(finding: &Shown, is_change: bool) -> Urgency {
    (
        finding.decides(),
        !is_past(finding, is_change),
        finding.severity,
        finding.evidence.proof,
        // A credential that leaked is more urgent than one that nobody has set.
        finding.category != Category::Placeholder,
        finding.confidence,
    )
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
    /// How many more of its findings have the same severity or a higher one.
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
    let mut files = BTreeSet::new();
    let worst: Vec<&Shown> = sorted
        .iter()
        .copied()
        .filter(|finding| files.insert(super::place::subject(finding)))
        .collect();
    let Some(first) = worst.first() else {
        return Vec::new();
    };
    // A rule that is in many files is said once before the next rule of the same severity.
    let is_peer = |finding: &Shown| {
        (finding.decides(), finding.severity) == (first.decides(), first.severity)
            && !is_past(finding, document.is_change)
    };
    let mut rules: BTreeSet<&RuleId> = BTreeSet::new();
    let (fresh, again): (Vec<&Shown>, Vec<&Shown>) = worst
        .iter()
        .copied()
        .partition(|finding| is_peer(finding) && rules.insert(&finding.rule));
    let chosen = fresh.into_iter().chain(again).take(PLACES);
    let more = |place: &Shown| {
        let is_same_file = |it: &&&Shown| super::place::subject(it) == super::place::subject(place);
        let same = sorted.iter().filter(is_same_file);
        let is_as_bad =
            |it: &&&Shown| it.severity >= place.severity && it.decides() == place.decides();
        same.filter(is_as_bad).count() - 1
    };
    chosen
        .map(|worst| Place {
            worst,
            more: more(worst),
        })
        .collect()
}
