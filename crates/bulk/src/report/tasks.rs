//! Pieces of work: findings that are fixed together form one, however many they are.
//!
//! A secret is one piece of work wherever it is; other findings of one rule in one directory of one repository are one.

use std::collections::{BTreeMap, BTreeSet};

use super::estate::{Estate, Finding};

/// What belongs together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Key<'a> {
    Secret(i64),
    Folder(usize, &'a str, &'a str),
}

/// A piece of work.
pub(super) struct Task<'a> {
    /// The most urgent finding.
    pub(super) first: &'a Finding,
    pub(super) findings: Vec<&'a Finding>,
    pub(super) repositories: BTreeSet<usize>,
    pub(super) owners: BTreeSet<&'a str>,
}

/// Returns all open pieces of work, the most urgent first.
pub(super) fn tasks(estate: &Estate) -> Vec<Task<'_>> {
    let mut groups: BTreeMap<Key<'_>, Vec<&Finding>> = BTreeMap::new();
    for finding in estate.findings.iter().filter(|finding| finding.is_open()) {
        let row = &finding.row;
        let folder = row.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let key = match row.secret {
            Some(secret) => Key::Secret(secret),
            None => Key::Folder(finding.repository, &row.rule, folder),
        };
        groups.entry(key).or_default().push(finding);
    }
    let mut tasks: Vec<Task<'_>> = groups
        .into_values()
        .filter_map(|findings| {
            Some(Task {
                // The findings are sorted.
                first: findings.first()?,
                repositories: findings.iter().map(|it| it.repository).collect(),
                owners: findings
                    .iter()
                    .filter_map(|it| it.owner.as_deref())
                    .collect(),
                findings,
            })
        })
        .collect();
    tasks.sort_by(|one, other| {
        let key = |task: &Task<'_>| {
            (
                !task.first.decides,
                std::cmp::Reverse(task.first.priority.points),
            )
        };
        let name = |task: &Task<'_>| (task.first.repository, task.first.row.fingerprint.clone());
        key(one)
            .cmp(&key(other))
            .then_with(|| name(one).cmp(&name(other)))
    });
    tasks
}
