//! Finds the patterns that may match a path, without trying each of them.
//!
//! Most patterns begin with literal directories, or are the whole name of a file or directory. Those are looked up by
//! the directories and names of the path; only patterns that begin with a wildcard are tried for every path.

use std::collections::HashMap;

/// Numbers of patterns, by a literal part of their paths.
#[derive(Debug, Default)]
pub(super) struct ByPath {
    /// By the literal directories that the pattern begins with, or by the whole path.
    below: HashMap<String, Vec<usize>>,
    /// By the name of the file or of a directory above it.
    called: HashMap<String, Vec<usize>>,
    /// All other patterns.
    others: Vec<usize>,
}

/// What every path that matches a pattern has in common.
enum Anchor<'p> {
    /// It is this path, or below it.
    Below(&'p str),
    /// It has a part with this name.
    Called(&'p str),
    /// Nothing that can be looked up.
    Nothing,
}

impl ByPath {
    /// Adds a pattern of the entry `number`; all patterns of one entry must be added consecutively.
    pub(super) fn add(&mut self, pattern: &str, number: usize) {
        let numbers = match anchor(pattern) {
            Anchor::Below(path) => self.below.entry(path.to_owned()).or_default(),
            Anchor::Called(name) => self.called.entry(name.to_owned()).or_default(),
            Anchor::Nothing => &mut self.others,
        };
        if numbers.last() != Some(&number) {
            numbers.push(number);
        }
    }

    /// Returns the entries with a pattern that may name `path`, in ascending order.
    pub(super) fn candidates(&self, path: &str) -> Vec<usize> {
        let mut found = self.others.clone();
        let mut start = 0;
        for name in path.split('/') {
            let end = start + name.len();
            found.extend(self.below.get(&path[..end]).into_iter().flatten());
            found.extend(self.called.get(name).into_iter().flatten());
            start = end + 1;
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The literal part of a pattern. A pattern that is not understood for sure has none.
fn anchor(pattern: &str) -> Anchor<'_> {
    if pattern.trim() != pattern {
        return Anchor::Nothing;
    }
    let path = pattern.strip_suffix('/').unwrap_or(pattern);
    let (is_anchored, path) = match path.strip_prefix('/') {
        Some(path) => (true, path),
        None => (path.contains('/'), path),
    };
    let is_written_out = |name: &str| {
        let is_plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ' | '@');
        !name.is_empty() && name != "." && name != ".." && name.chars().all(is_plain)
    };
    if !is_anchored {
        return if is_written_out(path) {
            Anchor::Called(path)
        } else {
            Anchor::Nothing
        };
    }
    let mut end = 0;
    for name in path.split('/') {
        if !is_written_out(name) {
            break;
        }
        end += name.len() + 1;
    }
    match end {
        0 => Anchor::Nothing,
        end => Anchor::Below(&path[..end - 1]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::globs::{Globs, trimmed};

    #[test]
    fn whatever_a_pattern_names_is_among_the_candidates() {
        let patterns = [
            "a", "a/", "/a", "a/b", "/a/b/", "a/*.env", "a/b/**", "*.env", "**/b", "a b", " a",
            "a/{b,c}", "a\\b", "./a", "a//b", "b.env", "[a]/b", "a/b/../c", "c?", "/", "ä/b", "a ",
        ];
        let paths = [
            "a",
            "b",
            "a/b",
            "a/b.env",
            "a/b/c",
            "b/a",
            "b/a/x",
            "c/a/b",
            "a b",
            "a b/c",
            "a/c",
            "ä/b",
            "x/b.env/y",
            "cc",
            "a/b/c/d.env",
            "",
            "a//b",
            "./a",
        ];
        let mut all = ByPath::default();
        for (pattern, number) in patterns.iter().zip(0..) {
            all.add(pattern, number);
        }
        for path in paths {
            let candidates = all.candidates(trimmed(path));
            for (number, pattern) in patterns.iter().enumerate() {
                let names = Globs::new([*pattern]).is_ok_and(|globs| globs.name(path));
                assert!(
                    !names || candidates.contains(&number),
                    "{pattern:?} {path:?}"
                );
            }
        }
    }

    #[test]
    fn few_of_many_are_tried() {
        let mut all = ByPath::default();
        for number in 0..1000 {
            all.add(&format!("src/d{number}/*.env"), number);
        }
        assert_eq!(all.candidates("src/d7/x.env"), [7]);
    }
}
