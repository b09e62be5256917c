//! CODEOWNERS, as GitHub and GitLab read it: the last line that matches a path names its owners.

use std::path::Path;

use gonogo::source::{self, Shelf};
use ignore::gitignore::{Gitignore, GitignoreBuilder};

/// Where the file may be, in search order.
const PLACES: &[&str] = &[
    ".github/CODEOWNERS",
    ".gitlab/CODEOWNERS",
    "CODEOWNERS",
    "docs/CODEOWNERS",
];

/// Further lines are not read.
const MAX_LINES: usize = 20_000;

/// A list of owners.
pub(super) struct CodeOwners(Vec<Line>);

struct Line {
    pattern: Gitignore,
    /// Whether it also matches everything in the directories that it matches.
    is_deep: bool,
    /// Empty if the line removes ownership.
    owners: String,
}

impl CodeOwners {
    /// Reads the list in HEAD of the repository at `path`.
    pub(super) fn of(path: &Path) -> Option<Self> {
        let shelf = Shelf::Commit {
            folder: path,
            revision: "HEAD",
        };
        let mut files = PLACES
            .iter()
            .filter_map(|name| source::settings_in(shelf, name).ok()?);
        files.next().map(|file| Self::parse(&file.text))
    }

    fn parse(text: &str) -> Self {
        let lines = text.lines().take(MAX_LINES);
        Self(lines.filter_map(Line::parse).collect())
    }

    /// Returns the owners of a file.
    pub(super) fn owners(&self, path: &str) -> Option<&str> {
        let line = self.0.iter().rev().find(|line| line.matches(path))?;
        (!line.owners.is_empty()).then_some(line.owners.as_str())
    }
}

impl Line {
    fn parse(line: &str) -> Option<Self> {
        let line = line.split(" #").next().unwrap_or_default().trim();
        // GitLab's sections begin with brackets; patterns on GitHub may use neither these nor `!`.
        if line.is_empty() || line.starts_with(['#', '[', '^', '!']) {
            return None;
        }
        let mut words = words(line).into_iter();
        let pattern = words.next()?;
        let owners: Vec<String> = words.filter(|word| word.contains('@')).collect();
        let mut builder = GitignoreBuilder::new("");
        builder.add_line(None, &pattern).ok()?;
        Some(Self {
            pattern: builder.build().ok()?,
            is_deep: !pattern.ends_with("/*"),
            owners: owners.join(" "),
        })
    }

    fn matches(&self, path: &str) -> bool {
        let path = Path::new(path);
        if path.is_absolute() {
            return false;
        }
        let matched = if self.is_deep {
            self.pattern.matched_path_or_any_parents(path, false)
        } else {
            self.pattern.matched(path, false)
        };
        matched.is_ignore()
    }
}

/// Splits a line into words; a space after `\` belongs to a word.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        let is_escaped_space = c == '\\' && chars.peek() == Some(&' ');
        if let Some(word) = words.last_mut() {
            if is_escaped_space {
                chars.next();
                word.push_str("\\ ");
            } else if !c.is_whitespace() {
                word.push(c);
            } else if !word.is_empty() {
                words.push(String::new());
            }
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_that_matches_counts() {
        let list = CodeOwners::parse(
            "# all\n* @org/all\n*.js @js\n/build/logs/ @logs # why @other\ndocs/* docs@example.com\napps/ @apps @other\n\
             /apps/free\n[Section]\n/with\\ space/ @space\n",
        );
        let owners = |path: &str| list.owners(path).unwrap_or("");
        assert_eq!(owners("readme"), "@org/all");
        assert_eq!(owners("a/b.js"), "@js");
        assert_eq!(owners("build/logs/x/y.js"), "@logs");
        assert_eq!(owners("docs/a.md"), "docs@example.com");
        assert_eq!(owners("docs/a/b.md"), "@org/all");
        assert_eq!(owners("deep/apps/x"), "@apps @other");
        assert_eq!(owners("apps/free/x"), "");
        assert_eq!(owners("with space/x"), "@space");
    }
}
