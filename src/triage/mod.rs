//! Decides, in one place, what becomes of findings: which of several about the same thing stays, and in what order.

mod allow;
mod baseline;
mod fingerprint;
mod globs;
mod inline;
mod ledger;
mod merge;
mod near_miss;
mod pattern;

use std::borrow::{Borrow, BorrowMut};
use std::collections::BTreeMap;

use crate::model::{Allowed, Finding, Severity};

pub use allow::{Allow, Judge, Wishes, line_pattern};
pub use baseline::{Baseline, BaselineError, Entry as BaselineEntry, is_date};
pub use fingerprint::assign as assign_fingerprints;
pub use globs::Globs;
pub use inline::accepting_comment;
pub use ledger::Ledger;
pub use merge::{is_guessed, keep_best, merge_audited, merge_head, merge_history, settle, spread};
pub use near_miss::near_misses;
pub use pattern::is_rule_pattern;

/// Puts findings into the order of reports: worst first, then by place.
pub fn sort<F: Borrow<Finding>>(findings: &mut [F]) {
    findings.sort_by(|a, b| {
        let key = |finding: &Finding| {
            (
                std::cmp::Reverse(finding.severity),
                finding.origin.is_history(),
                finding.location.clone(),
                finding.rule.clone(),
                finding.origin.clone(),
            )
        };
        key(a.borrow()).cmp(&key(b.borrow()))
    });
}

/// The worst severity among findings that have a say.
pub fn worst<F: Borrow<Finding>>(findings: &[F]) -> Option<Severity> {
    let all = findings.iter().map(Borrow::borrow);
    let deciding = all.filter(|finding: &&Finding| finding.decides());
    deciding.map(|finding| finding.severity).max()
}

/// Marks what a comment beside it allows, and gives how much each comment hides.
pub fn apply_comments<F: BorrowMut<Finding>>(findings: &mut [F]) -> Vec<Allowed> {
    let mut hidden: BTreeMap<(String, String), u64> = BTreeMap::new();
    for finding in findings.iter_mut().map(BorrowMut::borrow_mut) {
        if finding.suppression.is_some() {
            continue;
        }
        if let Some(comment) = inline::suppression(finding) {
            let place = format!("{}:{}", finding.location.path, comment.line);
            let by = comment.suppression.by.clone();
            *hidden.entry((place, by)).or_default() += 1;
            finding.suppression = Some(comment.suppression);
        }
    }
    let hidden = hidden.into_iter();
    let hidden = hidden.map(|((place, by), findings)| Allowed {
        place,
        by,
        findings,
    });
    hidden.collect()
}

/// A rule for tests.
#[cfg(test)]
fn sample_rule(category: crate::model::Category) -> crate::model::Rule {
    crate::model::Rule {
        id: crate::model::RuleId::new("generic/password"),
        category,
        title: "t".into(),
        description: "d".into(),
        remedy: "r".into(),
        severity: Severity::High,
        confidence: crate::model::Confidence::High,
        references: Vec::new(),
        tags: Vec::new(),
    }
}
