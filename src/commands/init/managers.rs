//! The hook managers that a repository already uses.
//!
//! A hook written for the wrong manager never runs: husky and others point `core.hooksPath` away from Git's own hooks,
//! and pre-commit refuses to install itself there.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::source::{self, MAX_RULES_BYTES};

use super::exists;

/// A program that runs Git hooks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manager {
    /// <https://pre-commit.com>
    PreCommit,
    /// <https://prek.j178.dev>, with the name of its configuration file.
    Prek(&'static str),
    /// <https://typicode.github.io/husky>
    Husky,
    /// <https://lefthook.dev>, with the name of its configuration file.
    Lefthook(&'static str),
    /// <https://github.com/toplenboren/simple-git-hooks>, configured in `package.json`.
    SimpleGitHooks,
}

/// The names that lefthook 2.2 accepts for its configuration.
#[rustfmt::skip]
const LEFTHOOK: [&str; 15] = [
    "lefthook.yml", "lefthook.yaml", ".lefthook.yml", ".lefthook.yaml", ".config/lefthook.yml", ".config/lefthook.yaml",
    "lefthook.toml", ".lefthook.toml", ".config/lefthook.toml", "lefthook.json", ".lefthook.json", ".config/lefthook.json",
    "lefthook.jsonc", ".lefthook.jsonc", ".config/lefthook.jsonc",
];

/// The files that configure prek but not pre-commit; the first that exists counts.
const PREK: [&str; 2] = [super::prek::FILE, super::PRE_COMMIT_OF_PREK];

/// Returns the managers that a repository is set up for. pre-commit comes first if there are several, since nothing
/// else reads its file.
pub(super) fn found(top: &Path) -> Vec<Manager> {
    let package = package(top);
    let mut managers = Vec::new();
    if exists(top, super::PRE_COMMIT) {
        managers.push(Manager::PreCommit);
    }
    let prek = PREK.iter().find(|name| exists(top, name));
    // The last of the names counts only if none of the others exists.
    let prek = prek.filter(|name| **name == super::prek::FILE || managers.is_empty());
    managers.extend(prek.map(|name| Manager::Prek(name)));
    if top.join(".husky").is_dir() || package.as_ref().is_some_and(uses_husky) {
        managers.push(Manager::Husky);
    }
    let lefthook = LEFTHOOK.iter().find(|name| exists(top, name));
    managers.extend(lefthook.map(|name| Manager::Lefthook(name)));
    if package.is_some_and(|package| {
        package
            .get("simple-git-hooks")
            .is_some_and(Value::is_object)
    }) {
        managers.push(Manager::SimpleGitHooks);
    }
    managers
}

/// Reads `package.json`, if it exists and is valid.
fn package(top: &Path) -> Option<Value> {
    let path = top.join("package.json");
    let is_plain = fs::symlink_metadata(&path).is_ok_and(|it| it.is_file());
    let text = is_plain.then(|| source::read_bytes(&path, MAX_RULES_BYTES).ok());
    serde_json::from_slice(&text.flatten()?).ok()
}

/// Whether the package depends on husky and a script sets it up.
fn uses_husky(package: &Value) -> bool {
    let depends = ["devDependencies", "dependencies"].iter().any(|key| {
        package
            .get(key)
            .is_some_and(|list| list.get("husky").is_some())
    });
    let scripts = package.get("scripts").and_then(Value::as_object);
    let prepares = scripts.is_some_and(|scripts| {
        let mut texts = scripts.values().filter_map(Value::as_str);
        texts.any(|text| text.split(' ').any(|word| word == "husky"))
    });
    depends && prepares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(files: &[(&str, &str)], expected: &[Manager]) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        assert_eq!(found(folder.path()), expected, "{files:?}");
    }

    #[test]
    fn managers_are_known_by_their_files() {
        check(&[("package.json", "{}")], &[]);
        check(&[(".husky/pre-commit", "npm test\n")], &[Manager::Husky]);
        let package = r#"{"scripts": {"prepare": "husky"}, "devDependencies": {"husky": "^9"}}"#;
        check(&[("package.json", package)], &[Manager::Husky]);
        check(
            &[("package.json", r#"{"devDependencies": {"husky": "^9"}}"#)],
            &[],
        );
        check(
            &[(".config/lefthook.yml", "pre-commit:\n")],
            &[Manager::Lefthook(".config/lefthook.yml")],
        );
        let package = r#"{"simple-git-hooks": {"pre-commit": "npx lint-staged"}}"#;
        check(&[("package.json", package)], &[Manager::SimpleGitHooks]);
        check(
            &[("lefthook.toml", "")],
            &[Manager::Lefthook("lefthook.toml")],
        );
        let of_both = [
            (".pre-commit-config.yaml", "repos: []\n"),
            ("prek.toml", ""),
        ];
        let expected = [Manager::PreCommit, Manager::Prek("prek.toml")];
        check(&of_both, &expected);
        let name = ".pre-commit-config.yml";
        check(&[(name, "repos: []\n")], &[Manager::Prek(name)]);
        let of_both = [
            (".pre-commit-config.yaml", "repos: []\n"),
            (name, "repos: []\n"),
        ];
        check(&of_both, &[Manager::PreCommit]);
        let both = [
            (".pre-commit-config.yaml", "repos: []\n"),
            ("lefthook.yml", ""),
        ];
        let expected = [Manager::PreCommit, Manager::Lefthook("lefthook.yml")];
        check(&both, &expected);
    }
}
