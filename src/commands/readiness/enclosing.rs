//! Whether a line of a program counts where it runs in production: not in a comment, nor within what is named for development
//! or tests.

use std::fs;
use std::path::Path;

use crate::model::Region;

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

/// Whether the line with this number, counted from 1, is a comment, or lies within a class, a function, a section, a branch
/// or a value whose name states that it is for development, or not real.
fn is_for_development(path: &str, lines: &[String], number: u32) -> bool {
    let Some((line, above)) = split(lines, number) else {
        return false;
    };
    if crate::readiness::is_comment(line) {
        return true;
    }
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    if ["toml", "ini", "cfg", "properties"].contains(&end) {
        let mut above = above.iter().rev().take(MOST).map(|it| it.trim());
        let section = above.find(|it| it.starts_with('['));
        return section.is_some_and(|it| words(it).iter().any(|word| is_of_developers(word)));
    }
    let is_data = ["yml", "yaml", "json"].contains(&end);
    enclosing(line, above).any(|it| names_development(it) || is_data && names_section(it))
}

/// A line, and those above it.
fn split(lines: &[String], number: u32) -> Option<(&String, &[String])> {
    let number = usize::try_from(number).ok()?;
    lines.get(..number)?.split_last()
}

/// The lines above a line within which it is, from the nearest.
fn enclosing<'l>(line: &str, above: &'l [String]) -> impl Iterator<Item = &'l str> {
    let mut column = indent(line);
    above.iter().rev().take(MOST).filter_map(move |line| {
        let is_outer = !line.trim().is_empty() && indent(line) < column;
        if is_outer {
            column = indent(line);
        }
        is_outer.then_some(line.as_str())
    })
}

/// Whether a word names what only developers or tests have.
fn is_of_developers(word: &str) -> bool {
    const WORDS: [&str; 7] = [
        "dev",
        "development",
        "local",
        "sandbox",
        "test",
        "testing",
        "tests",
    ];
    WORDS.contains(&word)
}

/// Whether a line begins a section of data that is named for developers: `development:`, `"test": {`.
fn names_section(line: &str) -> bool {
    let Some((key, rest)) = line.split_once(':') else {
        return false;
    };
    let rest = rest.trim();
    let begins = rest.is_empty() || rest.starts_with(['{', '&', '#', '!']);
    let key = key.trim().trim_matches(['"', '\'']).to_ascii_lowercase();
    begins && is_of_developers(&key)
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

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// Whether a line begins something that is named for development or tests: `class Development(Config):`, `fake_config = {`,
/// or a branch that is taken there only.
fn names_development(line: &str) -> bool {
    const OF_ALL: [&str; 5] = ["dummy", "fake", "mock", "mocked", "stub"];
    let line = line.trim_start();
    // The name comes before what it is derived from, and before its value.
    let head = line.split(['(', '=', ':', '{', '<']).next().unwrap_or(line);
    let is_class = ["class ", "export class ", "public class ", "module "]
        .iter()
        .any(|start| line.starts_with(start));
    let words = words(head);
    words
        .iter()
        .any(|word| OF_ALL.contains(&word.as_str()) || is_class && is_of_developers(word))
        || is_branch_of_developers(line)
}

/// Whether a line begins a branch that production does not take.
fn is_branch_of_developers(line: &str) -> bool {
    let Some(condition) = line.strip_prefix("if ").or(line.strip_prefix("if(")) else {
        let rest = line.strip_prefix("unless ");
        return rest.is_some_and(|it| it.contains("production"));
    };
    let condition = condition
        .trim_end_matches([':', '{', ' '])
        .trim_end_matches(" do");
    let is_plain = !condition.contains('!') && !condition.contains("not ");
    let squeezed: String = condition.chars().filter(|c| !c.is_whitespace()).collect();
    let squeezed = squeezed.trim_matches(['(', ')']);
    let is_debug = ["DEBUG", "settings.DEBUG", "app.debug", "self.debug"].contains(&squeezed);
    let asks = |word: &str| {
        let quoted = [
            format!("\"{word}\""),
            format!("'{word}'"),
            format!(":{word}"),
        ];
        squeezed.contains(&format!(".{word}?")) || quoted.iter().any(|it| squeezed.contains(it))
    };
    let is_other = [
        "!=\"production\"",
        "!='production'",
        "!==\"production\"",
        "!=='production'",
        "!=:prod",
    ]
    .iter()
    .any(|it| squeezed.contains(it))
        && !squeezed.contains("||");
    is_other
        || is_plain
            && (is_debug
                || ["development", "dev", "test", "local"]
                    .iter()
                    .any(|it| asks(it))
                    && !asks("production")
                    && !asks("prod"))
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
    use crate::model::Position;

    use super::*;

    #[test]
    fn names_around_a_line_state_what_it_is_for() {
        let check = |text: &str, expected: bool| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let number = lines.len().try_into().unwrap();
            assert_eq!(
                is_for_development("a.py", &lines, number),
                expected,
                "{text}"
            );
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
    fn sections_and_branches_state_what_they_are_for() {
        let check = |path: &str, text: &str, expected: bool| {
            let lines: Vec<String> = text.lines().map(str::to_owned).collect();
            let number = lines.len().try_into().unwrap();
            assert_eq!(is_for_development(path, &lines, number), expected, "{text}");
        };
        check("a.yml", "development:\n  key: x\n", true);
        check("a.yml", "test: &test\n  a:\n    key: x\n", true);
        check("a.yml", "production:\n  key: x\n", false);
        check(
            "a.yml",
            "development:\n  key: y\nproduction:\n  key: x\n",
            false,
        );
        check("a.yml", "test: on\nkey: x\n", false);
        check(
            "a.json",
            "{\n  \"Development\": {\n    \"key\": \"x\"\n",
            true,
        );
        check("a.toml", "[development]\nkey = 1\n", true);
        check(
            "a.toml",
            "[development]\na = 1\n[production]\nkey = 1\n",
            false,
        );
        check("a.py", "if DEBUG:\n    KEY = 'x'\n", true);
        check("a.py", "if not DEBUG:\n    KEY = 'x'\n", false);
        check("a.rb", "if Rails.env.test?\n  key = 'x'\n", true);
        check("a.rb", "unless Rails.env.production?\n  key = 'x'\n", true);
        check(
            "a.exs",
            "if config_env() in [:dev, :test] do\n  config :a, key: 'x'\n",
            true,
        );
        check(
            "a.exs",
            "if config_env() == :prod do\n  config :a, key: 'x'\n",
            false,
        );
        check(
            "a.js",
            "if (process.env.NODE_ENV !== 'production') {\n  key = 'x'\n",
            true,
        );
        check(
            "a.js",
            "if (process.env.NODE_ENV === 'production') {\n  key = 'x'\n",
            false,
        );
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
