//! Files that are not part of what runs: those in a directory whose README says that it is no longer used, and entries
//! of a collection that a website shows.

use rustc_hash::{FxHashMap, FxHashSet};

use super::kind::Kind;
use super::pattern::Pattern;
use super::prose::{heading, lines};
use super::{Corpus, folder, name};
use crate::audit::says_retired;
use crate::lexicon::path::Role;

/// Sentences in which a repository says that it is no longer used.
static SENTENCE: Pattern = Pattern::new(
    r"(?i)\b(?:this|the)\s+(?:\w+\s+)?(?:repo|repository|project|playbook|playbooks|codebase|code|software|service|application|app|chart|module|package|infrastructure)\s+(?:\w+\s+)?(?:is|are|was|were|has been|have been)\s+(?:now\s+|been\s+|currently\s+|officially\s+)?(?:archived|deprecated|retired|decommissioned|discontinued|unmaintained|abandoned|obsolete|superseded\b|not maintained|not (?:actively )?(?:used|maintained)|no longer (?:actively )?(?:maintained|used|in use|supported|developed|active|deployed))|\bno longer (?:used|deployed|in use|runs?|running)\s+(?:in|for|on|by)?\s*production\b|\bproduction (?:no longer|does not|doesn.t) uses?\b|\bthis (?:repository|project) has (?:been )?moved to\b",
);
static HEADING: Pattern = Pattern::new(
    r"(?i)^[^\w]*(?:\d{4}-\d\d-\d\d[\s:,-]*)?(?:this (?:repository|project) is )?(?:archived|deprecated|unmaintained|discontinued|retired|decommissioned|no longer maintained|end of life)(?:\s*[:.!(,\u{2014}-]|\s*$)",
);

/// How many lines at the top of a README may say so.
const TOP: usize = 60;

/// Top-level directories for the content of a website, and how many YAML or JSON files make one of them a collection.
const COLLECTIONS: [&str; 3] = ["data", "_data", "content"];
const MANY: usize = 20;

/// What is not part of what runs, by repository.
#[derive(Debug, Default)]
pub(crate) struct Aside {
    /// Directories that are no longer used.
    retired: FxHashSet<(usize, String)>,
    /// Directories that are collections.
    collections: FxHashSet<(usize, &'static str)>,
}

impl Aside {
    /// Finds it in the documents and the paths.
    pub(super) fn of(corpus: &Corpus) -> Self {
        let mut all = Self::default();
        for (_, file) in corpus.of(Kind::Prose) {
            let is_readme = name(&file.path).to_ascii_lowercase().starts_with("readme");
            let within = folder(&file.path);
            if is_readme && !within.is_empty() && says_retired(&file.text).is_some() {
                all.retired.insert((file.repository, within.to_owned()));
            }
        }
        for (repository, paths) in corpus.paths.iter().enumerate() {
            let mut counts: FxHashMap<&'static str, usize> = FxHashMap::default();
            for path in paths.iter().filter(|path| is_entry(path)) {
                let top = path.split('/').next().unwrap_or_default();
                let top = COLLECTIONS.iter().find(|it| **it == top);
                if let Some(top) = top {
                    *counts.entry(top).or_default() += 1;
                }
            }
            let many = counts.into_iter().filter(|(_, count)| *count >= MANY);
            all.collections
                .extend(many.map(|(top, _)| (repository, top)));
        }
        all
    }

    /// Whether a file's directory, or one above it, is no longer used.
    pub(crate) fn is_retired(&self, repository: usize, path: &str) -> bool {
        if self.retired.is_empty() {
            return false;
        }
        let mut within = folder(path);
        while !within.is_empty() {
            if self.retired.contains(&(repository, within.to_owned())) {
                return true;
            }
            within = folder(within);
        }
        false
    }

    /// Whether a file is an entry in a collection.
    fn is_collected(&self, repository: usize, path: &str) -> bool {
        let top = path.split('/').next().unwrap_or_default();
        self.collections.iter().any(|it| *it == (repository, top)) && is_entry(path)
    }

    /// Whether a file is either.
    pub(crate) fn has(&self, repository: usize, path: &str) -> bool {
        self.is_retired(repository, path) || self.is_collected(repository, path)
    }
}

fn is_entry(path: &str) -> bool {
    [".yml", ".yaml", ".json"]
        .iter()
        .any(|end| path.ends_with(end))
}

impl Corpus {
    /// Excludes these files from evidence.
    pub(super) fn set_aside(&mut self) {
        let aside = Aside::of(self);
        for file in &mut self.files {
            if aside.has(file.repository, &file.path) {
                file.role = Role::Sample;
            }
        }
        self.hits
            .retain(|hit| !aside.has(hit.repository, &hit.path));
        self.aside = aside;
    }
}

/// Returns the line at which a README says that its repository is no longer used: a heading, or a sentence, which may
/// continue on the next line.
pub(crate) fn said_at(text: &str) -> Option<u32> {
    let mut before = "";
    let mut is_code = false;
    for (number, line) in lines(text).take(TOP) {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        }
        if is_code {
            continue;
        }
        let is_heading = heading(line).is_some_and(|it| HEADING.is_in(it));
        let plain = |text: &str| {
            text.replace(['*', '_', '`', '>'], " ")
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ")
        };
        let own = plain(line);
        if is_heading || SENTENCE.is_in(&own) {
            return Some(number);
        }
        if !before.is_empty() && SENTENCE.is_in(&format!("{} {own}", plain(before))) {
            return Some(number - 1);
        }
        before = line;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_no_longer_used() {
        for (text, expected) in [
            (
                "# ETL\n\n**This server is no longer used!** It is kept for reference.\n",
                true,
            ),
            ("# Metrics\n\nThis host was decommissioned in 2022.\n", true),
            ("# ETL\n\nThis server is used by the ETL.\n", false),
            ("# ETL\n\nPython 2 is no longer used.\n", false),
            ("# ETL\n\nThis module is deprecated.\n", false),
        ] {
            assert_eq!(says_retired(text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn a_readme_says_that_nothing_runs_by_it() {
        for (text, expected) in [
            ("# App\n\n# 2025-06-07 Archived\n", Some(3)),
            (
                "# App\n\nThis repository is no longer\nmaintained.\n",
                Some(3),
            ),
            ("> **This project has been archived.**\n", Some(1)),
            ("We moved; production no longer uses it.\n", Some(1)),
            ("## Deprecated\n", Some(1)),
            ("# App\n\nThis project is used in production.\n", None),
            (
                "## Archived messages\n\nThe app keeps archived messages.\n",
                None,
            ),
            ("The API of version 1 is deprecated.\n", None),
            ("```\nthis project is archived\n```\n", None),
        ] {
            assert_eq!(said_at(text), expected, "{text}");
        }
    }
}
