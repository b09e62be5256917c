//! One thing, one finding: what several rules, several versions or several sources say of the same secret is joined.

use std::collections::BTreeMap;

use crate::model::{Category, Finding, History, Secret};

/// Of findings in one file that speak of the same bytes, keeps the one that says most.
///
/// A vendor's token is that, wherever it stands; but a password that an audit found in the slot of a service says more
/// than "a password".
pub fn keep_best(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| {
        (
            finding.location.region.start.byte,
            std::cmp::Reverse(says(finding)),
        )
    });
    let mut kept: Vec<Finding> = Vec::with_capacity(findings.len());
    for finding in findings {
        let rival = kept
            .iter()
            .position(|other| overlap(other, &finding) && is_about_value(other, &finding));
        match rival {
            Some(at) if says(&kept[at]) < says(&finding) => kept[at] = finding,
            Some(_) => {}
            None => kept.push(finding),
        }
    }
    kept
}

fn says(finding: &Finding) -> u8 {
    match (finding.category, finding.rule.family()) {
        (Category::Secret, "generic" | "url") => 1,
        (Category::Placeholder, "placeholder") => 0,
        (Category::Secret, "compose" | "env")
        | (Category::Placeholder | Category::Configuration, _) => 2,
        (Category::Secret, _) => 3,
    }
}

fn overlap(a: &Finding, b: &Finding) -> bool {
    let (a, b) = (a.location.region.bytes(), b.location.region.bytes());
    a.start < b.end && b.start < a.end
}

/// Whether two findings on the same bytes are about the value there, not one about the value and one about its place.
fn is_about_value(a: &Finding, b: &Finding) -> bool {
    let holds = |outer: &Option<Secret>, inner: &Option<Secret>| match (outer, inner) {
        (Some(outer), Some(inner)) => {
            memchr::memmem::find(outer.reveal(), inner.reveal()).is_some()
        }
        _ => false,
    };
    holds(&a.secret, &b.secret) || holds(&b.secret, &a.secret)
}

/// Joins findings of the history to those of the working tree that have the same secret: they are the same thing, and
/// the working tree is where it is mended. Gives back what only the history has.
pub fn merge_history(worktree: &mut [Finding], history: Vec<Finding>) -> Vec<Finding> {
    let mut known: BTreeMap<&Secret, &History> = BTreeMap::new();
    for finding in &history {
        if let (Some(secret), Some(life)) = (&finding.secret, &finding.history) {
            known.insert(secret, life);
        }
    }
    let mut joined: Vec<Secret> = Vec::new();
    for finding in worktree.iter_mut() {
        let Some(secret) = &finding.secret else {
            continue;
        };
        if let Some(&life) = known.get(secret) {
            joined.push(secret.clone());
            finding.history = Some(life.clone());
        }
    }
    joined.sort_unstable();
    let is_joined = |finding: &Finding| {
        finding
            .secret
            .as_ref()
            .is_some_and(|secret| joined.binary_search(secret).is_ok())
    };
    history
        .into_iter()
        .filter(|finding| !is_joined(finding))
        .collect()
}
