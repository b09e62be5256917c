//! Updates documents that quote a compose file when that file changes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::commands::fix::elsewhere::READMES;
use crate::commands::fix::listings::{
    Shown, as_bound, is_in_code, processes, ranges, updated, with_lines,
};
use crate::commands::fix::{Changed, write};
use crate::scan::project::Beside;

use super::Tree;

/// What documents show of changed files.
#[derive(Default)]
pub(super) struct Listed {
    /// The new lines of documents, by document and line number.
    updates: BTreeMap<String, BTreeMap<usize, String>>,
    /// Lines of `docker ps` output that show the published port and cannot be updated.
    running: BTreeSet<(String, usize)>,
}

impl Listed {
    /// Finds what documents show of a file, given its path and its texts before and after.
    pub(super) fn note(&mut self, tree: &Tree<'_>, (path, old, new): (&str, &str, &str)) {
        let now: BTreeSet<&str> = new.lines().map(str::trim).collect();
        let gone: BTreeSet<&str> = old
            .lines()
            .map(str::trim)
            .filter(|line| line.starts_with('-') && !now.contains(line))
            .collect();
        if gone.is_empty() || !path.ends_with(".yml") && !path.ends_with(".yaml") {
            return;
        }
        for (was, document, line) in tree.circumstances.quotes.shown_of(path) {
            let text = tree.document(document).unwrap_or_default();
            let shown = Shown {
                document: &text,
                line,
                was,
            };
            if let Some(update) = updated(&shown, old, new) {
                let of_document = self.updates.entry(document.to_owned()).or_default();
                of_document.insert(line, update);
            }
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for name in READMES {
            let document = match folder {
                "" => name.to_owned(),
                folder => format!("{folder}/{name}"),
            };
            let Some(text) = tree.document(&document) else {
                continue;
            };
            self.note_processes((&document, &text), &gone);
        }
    }

    /// Updates the output of `docker ps` in a document to show the ports as they are now bound.
    fn note_processes(&mut self, (document, text): (&str, &str), gone: &BTreeSet<&str>) {
        let lines: Vec<&str> = text.lines().collect();
        let ranges = ranges(gone.iter().copied());
        let all = gone
            .iter()
            .copied()
            .chain(ranges.iter().map(String::as_str));
        for was in all {
            for line in processes(text, was) {
                let updates = self.updates.get(document);
                let so_far = updates.and_then(|lines| lines.get(&line));
                let shown = so_far.map_or(lines[line - 1], String::as_str);
                let update = as_bound(shown, was).filter(|_| is_in_code(&lines, line - 1));
                match update {
                    Some(update) => {
                        let of_document = self.updates.entry(document.to_owned()).or_default();
                        of_document.insert(line, update);
                    }
                    None => {
                        self.running.insert((document.to_owned(), line));
                    }
                }
            }
        }
    }

    /// Adds the lines that cannot be updated to `shown`, the places that show something outdated, and removes those
    /// that are updated.
    pub(super) fn settle(&self, shown: &mut BTreeSet<(String, usize)>) {
        shown.extend(self.running.iter().cloned());
        shown.retain(|(path, line)| {
            let lines = self.updates.get(path);
            lines.is_none_or(|lines| !lines.contains_key(line))
        });
    }
}

impl Tree<'_> {
    fn document(&self, path: &str) -> Option<String> {
        let Beside::Folder(files) = &self.beside else {
            return None;
        };
        fs::read_to_string(files.locate(path)?).ok()
    }

    /// Writes the updated listings. One that cannot be written stays unchanged, and is reported as outdated.
    pub(super) fn change_listings(&self, listed: &mut Listed, changed: &mut Vec<Changed>) {
        let Beside::Folder(files) = &self.beside else {
            return;
        };
        listed.updates.retain(|path, lines| {
            let Some(old) = self.document(path) else {
                return false;
            };
            let new = with_lines(&old, lines);
            let dry_run = self.options.dry_run;
            if !dry_run && write::replace(files, path, &old, &new).is_err() {
                return false;
            }
            changed.push(Changed {
                path: self.shown(path),
                fixes: Vec::new(),
                diff: dry_run.then(|| self.diff(path, &old, &new)),
            });
            true
        });
    }
}
