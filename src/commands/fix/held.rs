//! Fixes that are left alone, by what they are about.

use std::collections::BTreeMap;

use crate::model::Finding;

/// So many files are named, and so many of what they hold.
const MOST_FILES: usize = 4;
const MOST_NAMES: usize = 6;

/// Fixes of one kind that were left alone because no one asked for them.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// How many there are.
    pub(super) count: usize,
    /// What they are about, by file.
    names: BTreeMap<String, Vec<String>>,
    /// How many files there are, once only some are named.
    files: usize,
}

impl Held {
    /// Counts one fix of a finding, in the file that is shown so.
    pub(super) fn note(&mut self, path: String, finding: &Finding) {
        self.count += 1;
        let names = self.names.entry(path).or_default();
        if let Some(name) = name_of(finding)
            && names.len() <= MOST_NAMES
            && !names.contains(&name)
        {
            names.push(name);
        }
    }

    /// Has what is named be shown as `shown` has it. What is not named is forgotten.
    pub(super) fn redact(&mut self, shown: &dyn Fn(&str) -> String) {
        self.files += self.names.len();
        let names = std::mem::take(&mut self.names).into_iter().take(MOST_FILES);
        self.names = names
            .map(|(path, names)| {
                let names = names.iter().map(|name| shown(name)).collect();
                (shown(&path), names)
            })
            .collect();
    }

    /// Adds those of another root.
    pub(super) fn add(&mut self, other: Self) {
        self.count += other.count;
        self.files += other.files;
        self.names.extend(other.names);
    }

    /// What they are about: `compose.yml (web, api)`.
    pub(super) fn listed(&self) -> String {
        listed(&self.names, self.files)
    }
}

/// Files with what is named in each, as many as can be read at a glance.
pub(super) fn listed(names: &BTreeMap<String, Vec<String>>, all: usize) -> String {
    let files = names.iter().take(MOST_FILES).map(|(path, names)| {
        let mut shown: Vec<&str> = names.iter().take(MOST_NAMES).map(String::as_str).collect();
        if names.len() > MOST_NAMES {
            shown.push("…");
        }
        match shown.as_slice() {
            [] => path.clone(),
            shown => format!("{path} ({})", shown.join(", ")),
        }
    });
    let mut files: Vec<String> = files.collect();
    if all > files.len() {
        files.push(format!("{} more", all - files.len()));
    }
    files.join(", ")
}

/// The service or the container that a finding is about, or the variable.
pub(super) fn name_of(finding: &Finding) -> Option<String> {
    let message = finding.message.as_str();
    let behind = ["service `", "services `", "container `", "`"];
    let (_, rest) = behind.iter().find_map(|mark| message.split_once(mark))?;
    Some(rest.split_once('`')?.0.to_owned())
}
