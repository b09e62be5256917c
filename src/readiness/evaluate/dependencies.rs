//! The declared dependencies of programs. A declared library is no more than *said*, since only other files show
//! whether it is used. A library that takes effect merely by being installed is *set up*.

use rustc_hash::FxHashSet;

use super::View;
use super::libraries::{LIBRARIES, Language, Libraries, Shows};
use crate::lexicon::path::Role;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::{File, is_comment, name};

/// The most places that are kept for an item.
const MOST: usize = 2;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let mut counts = std::collections::BTreeMap::new();
    for (file, read) in view.corpus.of(Kind::Dependencies) {
        if read.role != Role::Shipped {
            continue;
        }
        let Some(language) = language(&read.path) else {
            continue;
        };
        let developers = of_developers(read);
        let aside = lines_of_developers(&read.text, language);
        for library in LIBRARIES {
            let is_shown = |line: u32| library.shows == Shows::Tests || !aside.contains(&line);
            let found = library
                .names(language)
                .find_map(|it| Some((it, declared(read, language, it, &is_shown)?)));
            let is_shipped =
                |name: &str| !developers.contains(name) || library.shows == Shows::Tests;
            let Some((name, line)) = found.filter(|(name, _)| is_shipped(name)) else {
                continue;
            };
            let count: &mut usize = counts.entry((library.item, library.what)).or_default();
            if *count < MOST {
                *count += 1;
                add(view.corpus.line(file, line), name, library, ledger);
            }
        }
    }
}

fn add(place: Place, name: &str, library: &Libraries, ledger: &mut Ledger) {
    let says = format!("the program depends on `{name}`: {}", library.what);
    let grade = match library.shows {
        Shows::SetUp => Grade::SetUp,
        Shows::Word | Shows::Tests => Grade::Said,
    };
    ledger.add(library.item, grade, place, says);
}

/// Returns the language whose dependencies a file lists.
fn language(path: &str) -> Option<Language> {
    let own = name(path).to_ascii_lowercase();
    Some(match own.as_str() {
        "package.json" => Language::JavaScript,
        "pyproject.toml" | "pipfile" | "setup.cfg" | "setup.py" => Language::Python,
        "go.mod" => Language::Go,
        "cargo.toml" => Language::Rust,
        "composer.json" => Language::Php,
        "gemfile" => Language::Ruby,
        "pom.xml" | "build.gradle" | "build.gradle.kts" => Language::Java,
        "mix.exs" => Language::Elixir,
        _ if own.starts_with("requirements") => Language::Python,
        _ if own.ends_with(".csproj") => Language::DotNet,
        _ => return None,
    })
}

/// Returns the packages of a `package.json` or `composer.json` that only developers install.
fn of_developers(file: &File) -> FxHashSet<String> {
    let root = serde_json::from_str::<serde_json::Value>(&file.text).unwrap_or_default();
    let keys = ["devDependencies", "require-dev"];
    let lists = keys.iter().filter_map(|key| root.get(key)?.as_object());
    lists.flat_map(|list| list.keys().cloned()).collect()
}

/// Whether all words name something for developers or tests.
fn are_of_developers(words: &str) -> bool {
    const WORDS: &[&str] = &[
        "ci",
        "dev",
        "develop",
        "development",
        "doc",
        "docs",
        "lint",
        "linting",
        "local",
        "test",
        "testing",
        "tests",
        "typing",
    ];
    let words = words.split(|c: char| !c.is_ascii_alphanumeric());
    let mut words = words.filter(|word| !word.is_empty()).peekable();
    words.peek().is_some() && words.all(|word| WORDS.contains(&word))
}

/// Returns the lines of a list of dependencies that only developers or tests install.
fn lines_of_developers(text: &str, language: Language) -> FxHashSet<u32> {
    let mut all = FxHashSet::default();
    // The indentation of a Ruby group, and whether a section or a list in Python is for developers.
    let (mut group, mut section, mut list) = (None, false, false);
    for (number, line) in crate::readiness::read::prose::lines(text) {
        let own = line.trim_start();
        let indent = line.len() - own.len();
        let is_theirs = match language {
            Language::Ruby => {
                let named = own
                    .strip_prefix("group ")
                    .and_then(|it| it.split_once(" do"));
                if let Some((names, _)) = named {
                    group = are_of_developers(names).then_some(indent);
                } else if own.starts_with("end") && group == Some(indent) {
                    group = None;
                }
                let inline = own
                    .split_once("group: ")
                    .or_else(|| own.split_once("groups: "));
                let inline =
                    inline.map(|(_, names)| names.split([']', ',']).next().unwrap_or(names));
                group.is_some() || inline.is_some_and(are_of_developers)
            }
            Language::Elixir => own
                .split_once("only:")
                .is_some_and(|(_, names)| !names.contains(":prod")),
            Language::Java => own.starts_with("test") || own.starts_with("androidTest"),
            Language::Python => {
                if own.starts_with('[') && indent == 0 && !list {
                    let name = own.trim_end().trim_matches(['[', ']']);
                    let mut parts = name.split('.').filter(|part| *part != "dependencies");
                    section = parts
                        .next_back()
                        .is_some_and(|part| are_of_developers(part) || part == "dev-dependencies");
                } else if let Some((name, value)) = own.split_once('=').filter(|_| indent == 0) {
                    list = are_of_developers(name.trim())
                        && value.trim_start().starts_with('[')
                        && !value.contains(']');
                } else if own.starts_with(']') {
                    list = false;
                }
                section || list
            }
            _ => false,
        };
        if is_theirs {
            all.insert(number);
        }
    }
    all
}

/// Returns the line that declares a package. The name must be whole: preceded by a quote, the slash after its owner or
/// the start of the line, and followed by a quote, a version or a bracket.
fn declared(
    file: &File,
    language: Language,
    name: &str,
    counts: &dyn Fn(u32) -> bool,
) -> Option<u32> {
    for (at, _) in file.text.match_indices(name) {
        let start = file.text[..at].rfind('\n').map_or(0, |end| end + 1);
        let line = file.text[start..].lines().next().unwrap_or_default();
        if is_comment(line) && language != Language::Java {
            continue;
        }
        let before = file.text[start..at].chars().next_back();
        let after = file.text[at + name.len()..].chars().next();
        let begins = before.is_none_or(|c| {
            c.is_whitespace() || matches!(c, '"' | '\'' | ':' | '>' | '{' | ',' | '/' | '.' | '(')
        }) && !(before == Some('/')
            && matches!(language, Language::JavaScript | Language::Php))
            && !(before == Some('.') && language != Language::Java);
        let ends = after.is_none_or(|c| c.is_whitespace() || "\"':<>=~!^[;,)@/ ".contains(c))
            && !(after == Some('/') && language != Language::Go);
        // A script or a list of files can also name programs.
        let is_declared = match language {
            Language::JavaScript | Language::Php => {
                after == Some('"')
                    && line[line.find(name).unwrap_or(0) + name.len()..]
                        .trim_start_matches('"')
                        .trim_start()
                        .starts_with(':')
            }
            Language::Ruby => line.trim_start().starts_with("gem "),
            _ => true,
        };
        if begins && ends && is_declared {
            let number = crate::readiness::read::line_at(&file.text, at);
            if counts(number) {
                return Some(number);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn aside(text: &str, language: Language) -> Vec<u32> {
        let mut all: Vec<_> = lines_of_developers(text, language).into_iter().collect();
        all.sort_unstable();
        all
    }

    #[test]
    fn groups_of_developers_are_set_aside() {
        let ruby = "gem 'a'\ngroup :development, :test do\n  gem 'b'\nend\ngroup :production do\n  gem 'c'\nend\ngem 'd', group: :test\n";
        assert_eq!(aside(ruby, Language::Ruby), [2, 3, 8]);
        let elixir = "{:a, \"~> 1\"},\n{:b, \"~> 1\", only: [:dev, :test]},\n{:c, only: :prod}\n";
        assert_eq!(aside(elixir, Language::Elixir), [2]);
        let python = "[project]\ndependencies = [\n  \"a\",\n]\n[tool.poetry.group.dev.dependencies]\nb = \"1\"\n[dependency-groups]\ndev = [\n  \"c\",\n]\n";
        assert_eq!(aside(python, Language::Python), [5, 6, 8, 9]);
        assert_eq!(
            aside("implementation(a)\ntestImplementation(b)\n", Language::Java),
            [2]
        );
    }

    fn file(path: &str, text: &str) -> File {
        File {
            repository: 0,
            path: path.to_owned(),
            kind: Kind::Dependencies,
            role: Role::Shipped,
            text: text.to_owned(),
        }
    }

    #[test]
    fn a_dependency_is_declared_by_its_whole_name() {
        for (path, text, name, expected) in [
            (
                "package.json",
                "{\n \"dependencies\": {\n  \"helmet\": \"^7\"\n }\n}",
                "helmet",
                Some(3),
            ),
            (
                "package.json",
                "{\"dependencies\": {\"react-helmet\": \"^6\"}}",
                "helmet",
                None,
            ),
            (
                "package.json",
                "{\"dependencies\": {\"@types/helmet\": \"^6\"}}",
                "helmet",
                None,
            ),
            (
                "package.json",
                "{\"scripts\": {\"a\": \"helmet\"}}",
                "helmet",
                None,
            ),
            (
                "requirements.txt",
                "sentry-sdk[flask]==2.0\n",
                "sentry-sdk",
                Some(1),
            ),
            ("requirements.txt", "# sentry-sdk\n", "sentry-sdk", None),
            ("requirements.txt", "my-sentry-sdk==2\n", "sentry-sdk", None),
        ] {
            let language = language(path).unwrap();
            assert_eq!(
                declared(&file(path, text), language, name, &|_| true),
                expected,
                "{path} {text}"
            );
        }
    }

    #[test]
    fn each_language_has_a_way_to_declare_it() {
        for (path, text, name, expected) in [
            (
                "pyproject.toml",
                "dependencies = [\n  \"structlog>=24\",\n]\n",
                "structlog",
                Some(2),
            ),
            (
                "Gemfile",
                "gem \"rack-attack\", \"~> 6\"\n",
                "rack-attack",
                Some(1),
            ),
            (
                "go.mod",
                "\tgithub.com/getsentry/sentry-go v0.29.0\n",
                "github.com/getsentry/sentry-go",
                Some(1),
            ),
            (
                "pom.xml",
                "<artifactId>spring-boot-starter-actuator</artifactId>",
                "spring-boot-starter-actuator",
                Some(1),
            ),
            (
                "build.gradle",
                "implementation 'io.micrometer:micrometer-registry-prometheus'\n",
                "micrometer-registry-prometheus",
                Some(1),
            ),
            (
                "mix.exs",
                "      {:sentry, \"~> 10\"},\n",
                "sentry",
                Some(1),
            ),
            (
                "composer.json",
                "{\"require\": {\"sentry/sentry-laravel\": \"^4\"}}",
                "sentry/sentry-laravel",
                Some(1),
            ),
        ] {
            let language = language(path).unwrap();
            assert_eq!(
                declared(&file(path, text), language, name, &|_| true),
                expected,
                "{path} {text}"
            );
        }
    }

    #[test]
    fn what_only_developers_install_is_told_apart() {
        let text = "{\"dependencies\": {\"a\": \"1\"}, \"devDependencies\": {\"b\": \"1\"}}";
        let found = of_developers(&file("package.json", text));
        assert!(found.contains("b") && !found.contains("a"));
    }
}
