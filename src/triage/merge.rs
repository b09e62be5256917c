//! One thing, one finding: what several rules, several versions or several sources say of the same secret is joined.

use std::collections::BTreeMap;

use crate::model::{Category, Finding, Fix, History, Secret};

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
    // Which of those kept hold a value and reach as far as the current finding: no other can be about the same one, and a
    // file may hold tens of thousands.
    let mut near: Vec<usize> = Vec::new();
    for finding in findings {
        let start = finding.location.region.start.byte;
        near.retain(|&at| kept[at].location.region.bytes().end > start);
        let is_rival = |at: &&usize| {
            let other = &kept[**at];
            overlap(other, &finding) && is_about_value(other, &finding)
        };
        match near.iter().find(is_rival).copied() {
            Some(at) if says(&kept[at]) < says(&finding) => {
                let fixes = std::mem::take(&mut kept[at].fixes);
                kept[at] = with_fixes(finding, fixes);
            }
            Some(at) if kept[at].fixes.is_empty() => kept[at].fixes = finding.fixes,
            Some(_) => {}
            None => {
                if finding.secret.is_some() {
                    near.push(kept.len());
                }
                kept.push(finding);
            }
        }
    }
    kept
}

/// What mends one of two findings about the same bytes mends the other.
fn with_fixes(mut finding: Finding, fixes: Vec<Fix>) -> Finding {
    if finding.fixes.is_empty() {
        finding.fixes = fixes;
    }
    finding
}

fn says(finding: &Finding) -> u8 {
    match (finding.category, finding.rule.family()) {
        (Category::Secret, "generic" | "url") => 1,
        (Category::Placeholder, "placeholder") => 0,
        (
            Category::Secret,
            "compose" | "env" | "dockerfile" | "redis" | "k8s" | "postgresql" | "mysql" | "nginx"
            | "gha",
        )
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
    // One of two that read the very same bytes may have decoded them.
    let is_same_place = a.location.region.bytes() == b.location.region.bytes();
    is_same_place && a.secret.is_some() && b.secret.is_some()
        || holds(&a.secret, &b.secret)
        || holds(&b.secret, &a.secret)
}

/// Joins findings of the history to those of the working tree that have the same secret: they are the same thing, and
/// the working tree is where it is mended. Gives back what only the history has.
///
/// Placeholders are the same thing only in the same file: `changeme` in two of them has nothing in common.
pub fn merge_history(worktree: &mut [Finding], history: Vec<Finding>) -> Vec<Finding> {
    let mut by_secret: BTreeMap<&Secret, Vec<usize>> = BTreeMap::new();
    for (number, finding) in history.iter().enumerate() {
        if let Some(secret) = &finding.secret {
            by_secret.entry(secret).or_default().push(number);
        }
    }
    let mut joined = vec![false; history.len()];
    for finding in worktree.iter_mut() {
        let Some(secret) = &finding.secret else {
            continue;
        };
        let numbers = by_secret.get(secret).map(Vec::as_slice).unwrap_or_default();
        let is_same = |past: &Finding| {
            past.category == Category::Secret || past.location.path == finding.location.path
        };
        for &number in numbers.iter().filter(|number| is_same(&history[**number])) {
            joined[number] = true;
            let first_path = &history[number].location.path;
            let moved = (*first_path != finding.location.path && !first_path.is_empty())
                .then(|| first_path.clone());
            let life = history[number].history.clone();
            finding.history = life.map(|life| History {
                first_path: moved,
                ..life
            });
        }
    }
    let mut joined = joined.into_iter();
    history
        .into_iter()
        .filter(|_| !joined.next().unwrap_or(false))
        .collect()
}
