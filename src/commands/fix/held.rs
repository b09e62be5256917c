//! Fixes that were left alone, grouped by what they are about.

use std::collections::BTreeMap;

use crate::model::Finding;

/// The most files to name, and the most names in each.
const MOST_FILES: usize = 4;
const MOST_NAMES: usize = 6;

/// Fixes of one kind that were left alone because nobody asked for them.
#[derive(Debug, Default)]
pub(super) struct Held {
    /// The number of fixes.
    pub(super) count: usize,
    /// What they are about, by file.
    names: BTreeMap<String, Vec<String>>,
    /// The number of files, once names are redacted and only some files are named.
    files: usize,
}

impl Held {
    /// Counts a fix of a finding in the file shown as `path`.
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

    /// Redacts the names with `shown`, and drops those that will not be listed.
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

    /// Adds the fixes of another root.
    pub(super) fn add(&mut self, other: Self) {
        self.count += other.count;
        self.files += other.files;
        self.names.extend(other.names);
    }

    /// Lists what they are about: `compose.yml (web, api)`.
    pub(super) fn listed(&self) -> String {
        listed(&self.names, self.files)
    }
}

/// Lists files with the names in each, as many as a reader can take in at a glance.
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

/// Returns the service, container or variable that a finding is about.
pub(super) fn name_of(finding: &Finding) -> Option<String> {
    let message = finding.message.as_str();
    let behind = ["service `", "services `", "container `", "`"];
    let (_, rest) = behind.iter().find_map(|mark| message.split_once(mark))?;
    Some(rest.split_once('`')?.0.to_owned())
}
