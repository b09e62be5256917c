//! Whether a line of a program counts where it runs in production: not in a comment, nor within what is named for development
//! or tests.

use std::fs;
use std::path::Path;

/// How many lines above a line are looked at.
const MOST: usize = 1000;

/// Larger files were written by no person.
const MAX_BYTES: u64 = 1 << 20;

/// The file that was asked about last: there may be many findings in one, which follow each other.
#[derive(Default)]
pub(super) struct LastFile {
    path: String,
    lines: Vec<String>,
}

impl LastFile {
    /// Returns the same of a line of the file at `path` below `root`; `false` where the file cannot be read or is large.
    pub(super) fn is_for_development(&mut self, root: &Path, path: &str, line: u32) -> bool {
        if self.path != path {
            path.clone_into(&mut self.path);
            self.lines = lines(&root.join(path)).unwrap_or_default();
        }
        is_for_development(&self.lines, line)
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

/// Whether the line with this number, counted from 1, is a comment, or lies within a class, a function or a value
/// whose name states that it is for development, or not real.
fn is_for_development(lines: &[String], number: u32) -> bool {
    let before = usize::try_from(number)
        .ok()
        .and_then(|number| lines.get(..number));
    let Some((line, above)) = before.and_then(<[String]>::split_last) else {
        return false;
    };
    if crate::readiness::is_comment(line) {
        return true;
    }
    let mut column = indent(line);
    for line in above.iter().rev().take(MOST) {
        if line.trim().is_empty() || indent(line) >= column {
            continue;
        }
        column = indent(line);
        if names_development(line) {
            return true;
        }
        if column == 0 {
            break;
        }
    }
    false
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line begins something that is named for development or tests: `class Development(Config):`, `fake_config = {`.
fn names_development(line: &str) -> bool {
    const OF_ALL: [&str; 5] = ["dummy", "fake", "mock", "mocked", "stub"];
    const OF_CLASSES: [&str; 7] = [
        "dev",
        "development",
        "local",
        "sandbox",
        "test",
        "testing",
        "tests",
    ];
    let line = line.trim_start();
    // The name comes before what it is derived from, and before its value.
    let head = line.split(['(', '=', ':', '{', '<']).next().unwrap_or(line);
    let is_class = ["class ", "export class ", "public class ", "module "]
        .iter()
        .any(|start| line.starts_with(start));
    let words = words(head);
    words.iter().any(|word| {
        let word = word.as_str();
        OF_ALL.contains(&word) || is_class && OF_CLASSES.contains(&word)
    })
}

/// The words of names, in lower case: `fake_config` and `FakeConfig` have the same two.
fn words(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut was_lower = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && was_lower {
            all.push(String::new());
        }
        if let Some(word) = all.last_mut().filter(|_| c.is_alphanumeric()) {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase();
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_around_a_line_state_what_it_is_for() {
        let check = |text: &str, expected: bool| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let number = lines.len().try_into().unwrap();
            assert_eq!(is_for_development(&lines, number), expected, "{text}");
        };
        check(
            "class Development(Config):\n    A = 1\n\n    KEY = 'x'\n",
            true,
        );
        check("class LocalConfig:\n    KEY = 'x'\n", true);
        check("class Production(Config):\n    KEY = 'x'\n", false);
        check("class Config(TestBase):\n    KEY = 'x'\n", false);
        check(
            "def set_up():\n    fake_config = {\n        'KEY': 'x',\n",
            true,
        );
        check("  # config.pepper = 'x'\n", true);
        check("def test():\n    key = 'x'\n", false);
        check("class Test:\n    A = 1\nKEY = 'x'\n", false);
        check("", false);
    }

    #[test]
    fn a_file_is_read_once_for_all_that_is_asked_about_it() {
        let folder = tempfile::tempdir().unwrap();
        let text = "class Development:\n    A = 1\n\n\nclass Production:\n    A = 1\n";
        fs::write(folder.path().join("a.py"), text).unwrap();
        let mut last = LastFile::default();
        assert!(last.is_for_development(folder.path(), "a.py", 2));
        fs::remove_file(folder.path().join("a.py")).unwrap();
        assert!(!last.is_for_development(folder.path(), "a.py", 6));
        assert!(last.is_for_development(folder.path(), "a.py", 2));
        assert!(!last.is_for_development(folder.path(), "b.py", 2));
        assert!(!last.is_for_development(folder.path(), "", 2));
    }
}
