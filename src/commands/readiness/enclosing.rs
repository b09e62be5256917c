//! What surrounds a finding, judged by the lines of its file.

use std::fs;
use std::path::Path;

use crate::model::Region;
use crate::readiness::enclosing::{enclosing, is_for_development, split, words};

/// Larger files are not written by hand.
const MAX_BYTES: u64 = 1 << 20;

/// The file that was asked about last; consecutive findings are often in the same file.
#[derive(Default)]
pub(super) struct LastFile {
    path: String,
    lines: Vec<String>,
}

/// What surrounds a finding.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Around {
    /// It is a comment, or inside something named for development or tests.
    pub(super) is_for_development: bool,
    /// It is the default of a variable that is not set, or a value that production settings replace.
    pub(super) is_fallback: bool,
    /// The variable that is read there, whose default this is.
    pub(super) variable: Option<String>,
    /// It is the name of a secret's entry, in a mapping from variable names to entry names.
    pub(super) is_name_of_entry: bool,
}

impl LastFile {
    /// Returns what surrounds `region` of the file at `path` below `root`; nothing if the file is large or cannot be
    /// read.
    pub(super) fn around(&mut self, root: &Path, path: &str, region: &Region) -> Around {
        if self.path != path {
            path.clone_into(&mut self.path);
            self.lines = lines(&root.join(path)).unwrap_or_default();
        }
        let line = region.start.line;
        let variable = super::fallback::variable(&self.lines, region);
        let is_fallback =
            variable.is_some() || super::fallback::is_replaced(root, path, &self.lines, line);
        Around {
            is_for_development: is_for_development(path, &self.lines, line),
            is_fallback,
            variable: variable.filter(|it| !it.is_empty()),
            is_name_of_entry: is_name_of_entry(path, &self.lines, line)
                || is_reference(path, &self.lines, line),
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

/// Whether a line of YAML maps the name of a variable to that of a secret's entry, inside something named for secrets:
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
    // A mapping of mappings: the mapping for each secret is inside the one for all of them.
    is_name && enclosing(line, above).nth(1).is_some() && enclosing(line, above).any(is_of_secrets)
}

/// How many lines above and below a line are searched for its sibling keys.
const BESIDE: usize = 40;

/// Whether a line of YAML names the Kubernetes Secret, or the entry of one, that holds a credential:
/// `existingSecret: app`, `passwordSecretKey: password` beside `passwordSecretName: app`.
fn is_reference(path: &str, lines: &[String], number: u32) -> bool {
    let is_yaml = [".yml", ".yaml", ".gotmpl"]
        .iter()
        .any(|end| path.ends_with(end));
    let Some((line, above)) = split(lines, number).filter(|_| is_yaml) else {
        return false;
    };
    let Some((own, value)) = line.split_once(": ") else {
        return false;
    };
    let value = value.split(" #").next().unwrap_or(value).trim();
    let value = value.trim_matches(['"', '\'']);
    // The characters that keys of a Secret may consist of.
    let is_name = !value.is_empty()
        && value.len() <= 63
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
        && !crate::lexicon::value::is_random(value);
    if !is_name {
        return false;
    }
    let own = own.trim();
    if names_secret(own) {
        return true;
    }
    let Some(stem) = own.strip_suffix("Key").or_else(|| own.strip_suffix("_key")) else {
        return false;
    };
    let indent = |line: &str| line.len() - line.trim_start().len();
    let is_within = |it: &&String| it.trim().is_empty() || indent(it) >= indent(line);
    let below = lines[above.len() + 1..]
        .iter()
        .take(BESIDE)
        .take_while(is_within);
    let before = above.iter().rev().take(BESIDE).take_while(is_within);
    let names_its = |it: &String| {
        let key = it.split(':').next().unwrap_or_default().trim();
        let is_its = |end: &str| key.strip_suffix(end) == Some(stem);
        indent(it) == indent(line)
            && (is_its("Name") || is_its("_name") || key == "existingSecret" || key == "secretName")
    };
    before.chain(below).any(names_its)
}

/// Whether a key holds the name of a Secret: `existingSecret`, `tokenSecretName`, `imagePullSecret`.
fn names_secret(key: &str) -> bool {
    let words = words(key);
    let words: Vec<_> = words
        .iter()
        .map(String::as_str)
        .filter(|it| !it.is_empty())
        .collect();
    matches!(
        words.as_slice(),
        [.., "secret", "name" | "ref"]
            | [.., "service", "account", "secret"]
            | [.., "existing" | "tls", "secret"]
            | [.., "image", "pull", "secret"]
            | ["existing", .., "secret"]
    )
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

    #[test]
    fn references_to_secrets_are_no_values() {
        let check = |text: &str, expected: bool| {
            let lines: Vec<String> = text.replace('§', "").lines().map(str::to_owned).collect();
            let before = text.split('§').next().unwrap().lines().count();
            let found = is_reference("values.yaml", &lines, before.max(1).try_into().unwrap());
            assert_eq!(found, expected, "{text}");
        };
        check(
            "app:\n  jwtSecretSecretKey: §app-jwt-secret\n  jwtSecretSecretName: app\n",
            true,
        );
        check(
            "auth:\n  existingSecret: app\n  passwordKey: §password\n",
            true,
        );
        check("secretName: app\na:\n  b: c\nsecret_key: §secret\n", true);
        check("serviceAccountSecret: §api-serviceaccount\n", true);
        check("existingSecret: §secret\n", true);
        check("jwtSecret: §my-super-secret\njwtSecretName: app\n", false);
        check("app:\n  secretKey: §secret\nb:\n  secretName: app\n", false);
        check("secretKey: §secret\n", false);
        check("secretName: app\nsecretKey: §change me\n", false);
    }
}
