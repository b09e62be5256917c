//! How the number of open findings has changed from run to run.

use std::collections::HashMap;

use super::estate::{Estate, Standing};
use crate::store::{BY_RULE, RunRow, Sums};

/// The figures of one run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Point {
    pub(super) run: i64,
    pub(super) started: i64,
    pub(super) sums: Sums,
    /// Whether it is known how many findings decided then.
    pub(super) knows_decide: bool,
}

/// Returns a point for each run, oldest first. The last one is as of now; of the others, what was recorded at their ends
/// counts, as far as it was.
pub(super) fn trend(estate: &Estate) -> Vec<Point> {
    let known: HashMap<i64, i64> = estate
        .findings
        .iter()
        .map(|it| (it.row.id, it.row.first_run))
        .collect();
    let mut open: HashMap<i64, bool> = HashMap::new();
    // A finding older than the retained changes was open when it was first seen.
    let changed: std::collections::HashSet<(i64, i64)> = estate
        .changes
        .iter()
        .map(|it| (it.finding, it.run))
        .collect();
    let mut changes: Vec<(i64, i64, bool, bool)> = estate
        .changes
        .iter()
        .filter(|change| known.contains_key(&change.finding))
        .map(|change| {
            let state = change.state.strip_suffix(BY_RULE);
            let is_open = is_open(state.unwrap_or(&change.state));
            (change.run, change.finding, is_open, state.is_some())
        })
        .collect();
    for finding in &estate.findings {
        let row = &finding.row;
        if !changed.contains(&(row.id, row.first_run)) {
            changes.push((row.first_run, row.id, row.state != "accepted", false));
        }
    }
    // A decision counts from the run before it, so that the last run says what all reports say now.
    let mut decided: HashMap<i64, i64> = HashMap::new();
    for finding in &estate.findings {
        if let Standing::Decided(decision) = &finding.standing {
            let before = |run: &&RunRow| run.started <= decision.at;
            let run = estate.runs.iter().rfind(before).map_or(0, |run| run.id);
            decided.insert(finding.row.id, run.max(finding.row.first_run));
        }
    }
    for change in &mut changes {
        // Whatever becomes of it later.
        let is_decided = decided.get(&change.1).is_some_and(|run| change.0 > *run);
        change.2 &= !is_decided;
    }
    changes.sort_unstable();
    let closing = decided
        .iter()
        .map(|(finding, run)| (*run, *finding, false, false));
    changes.extend(closing);
    // Of one run, what was decided comes behind what was found.
    changes.sort_by_key(|change| change.0);
    let mut changes = changes.into_iter().peekable();
    let mut points = Vec::new();
    for run in &estate.runs {
        let (mut new, mut gone, mut by_rules) = (0, 0, 0);
        while let Some((_, finding, is_open, by_rule)) =
            changes.next_if(|change| change.0 <= run.id)
        {
            let before = open.insert(finding, is_open).unwrap_or(false);
            new += usize::from(is_open && !before && !by_rule);
            gone += usize::from(!is_open && before && !by_rule);
            by_rules += usize::from(is_open != before && by_rule);
        }
        let is_last = estate.runs.last().is_some_and(|last| last.id == run.id);
        let decide = || estate.findings.iter().filter(|it| it.decides).count();
        let sums = Sums {
            to_do: open.values().filter(|is_open| **is_open).count(),
            decide: if is_last { decide() } else { 0 },
            new,
            gone,
            by_rule: by_rules,
        };
        let recorded = estate.sums.get(&run.id).copied();
        let recorded = recorded.filter(|_| !is_last && estate.since.is_none());
        points.push(Point {
            run: run.id,
            started: run.started,
            sums: recorded.unwrap_or(sums),
            knows_decide: is_last || recorded.is_some(),
        });
    }
    points
}

fn is_open(state: &str) -> bool {
    matches!(state, "open" | "history" | "unseen")
}
