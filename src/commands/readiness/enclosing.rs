//! What is around a finding, by the lines of its file.

use std::fs;
use std::path::Path;

use crate::model::Region;
use crate::readiness::enclosing::{enclosing, is_for_development, split, words};

/// Larger files were written by no person.
const MAX_BYTES: u64 = 1 << 20;

/// The file that was asked about last: there may be many findings in one, which follow each other.
#[derive(Default)]
pub(super) struct LastFile {
    path: String,
    lines: Vec<String>,
}

/// What is around a finding.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Around {
    /// It is a comment, or within something that is named for development or tests.
    pub(super) is_for_development: bool,
    /// It is the value of a variable that is not set, or one that settings for production replace.
    pub(super) is_fallback: bool,
    /// It is the name of an entry of a secret, which maps names of variables to those of entries.
    pub(super) is_name_of_entry: bool,
}

impl LastFile {
    /// Returns what is around `region` of the file at `path` below `root`; nothing where the file cannot be read or is large.
    pub(super) fn around(&mut self, root: &Path, path: &str, region: &Region) -> Around {
        if self.path != path {
            path.clone_into(&mut self.path);
            self.lines = lines(&root.join(path)).unwrap_or_default();
        }
        let line = region.start.line;
        let is_fallback = super::fallback::is_one(&self.lines, region)
            || super::fallback::is_replaced(root, path, &self.lines, line);
        Around {
            is_for_development: is_for_development(path, &self.lines, line),
            is_fallback,
            is_name_of_entry: is_name_of_entry(path, &self.lines, line),
        }
    }
}

fn lines(file: &Path) -> Option<Vec<String>> {
    let metadata = file.metadata().ok()?;
    if !metadata.is_file() || metadata.len() > MAX_BYTES {
        return None;
    }
    let text = fs::read_to_string(file).ok()?;
    Some(text.lines().map(str::to_owned).collect())
}

/// Whether a line of YAML maps the name of a variable to that of an entry of a secret, within something that is named so:
/// `DB_PASS: "database_password"` below `namespace_secrets:`.
fn is_name_of_entry(path: &str, lines: &[String], number: u32) -> bool {
    let is_yaml = [".yml", ".yaml"].iter().any(|end| path.ends_with(end));
    let Some((line, above)) = split(lines, number).filter(|_| is_yaml) else {
        return false;
    };
    let value = line.split_once(": ").map_or("", |(_, value)| value.trim());
    let value = value.trim_matches(['"', '\'']);
    let is_name = value.contains(['_', '-', '.'])
        && value
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || b"_-.".contains(&byte));
    let is_of_secrets = |line: &str| {
        let key = line.split(':').next().unwrap_or_default();
        words(key)
            .iter()
            .any(|it| ["secret", "secrets", "keyref"].contains(&it.as_str()))
    };
    // A mapping of mappings: that of each secret lies within that of all of them.
    is_name && enclosing(line, above).nth(1).is_some() && enclosing(line, above).any(is_of_secrets)
}

#[cfg(test)]
mod tests {
    use crate::model::Position;

    use super::*;

    #[test]
    fn a_file_is_read_once_for_all_that_is_asked_about_it() {
        let folder = tempfile::tempdir().unwrap();
        let text = "class Development:\n    A = 1\n\n\nclass Production:\n    A = 1\n";
        fs::write(folder.path().join("a.py"), text).unwrap();
        let mut last = LastFile::default();
        let mut is_for = |path: &str, line: u32| {
            let at = |byte| Position {
                byte,
                line,
                column: 1,
            };
            let region = Region {
                start: at(0),
                end: at(0),
            };
            last.around(folder.path(), path, &region).is_for_development
        };
        assert!(is_for("a.py", 2));
        fs::remove_file(folder.path().join("a.py")).unwrap();
        assert!(!is_for("a.py", 6));
        assert!(is_for("a.py", 2));
        assert!(!is_for("b.py", 2));
        assert!(!is_for("", 2));
    }

    #[test]
    fn names_of_entries_are_no_values() {
        let check = |text: &str, expected: bool| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let number = lines.len().try_into().unwrap();
            assert_eq!(
                is_name_of_entry("values.yaml", &lines, number),
                expected,
                "{text}"
            );
        };
        check(
            "namespace_secrets:\n  rds:\n    DB_PASS: \"database_password\"\n",
            true,
        );
        check("env:\n  app:\n    DB_PASS: \"database_password\"\n", false);
        check("secrets:\n  DB_PASS: \"change_me\"\n", false);
        check("secrets:\n  app:\n    DB_PASS: \"Pa55word\"\n", false);
    }
}
