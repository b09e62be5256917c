//! The English of titles and of all other texts for users.

use std::fs;
use std::path::Path;

use crate::harness::World;
use crate::layers::lexemes;
use crate::layout::{files_below, source_folder};

/// Product names in lower case, even at the beginning of a title.
const LOWER_CASE_NAMES: &[&str] = &[
    "age",
    "bunny.net",
    "cosign",
    "crates.io",
    "dbt",
    "fal",
    "minisign",
    "nginx",
    "ngrok",
    "npm",
    "reCAPTCHA",
    "signify",
    "sudo",
    "xAI",
];

/// Words that are not part of product names, and so are in lower case in a sentence-case title.
const COMMON_NOUNS: &[&str] = &[
    "Address",
    "Certificate",
    "Container",
    "Credential",
    "Credentials",
    "Disabled",
    "Enabled",
    "File",
    "Files",
    "Header",
    "Image",
    "In",
    "Missing",
    "Of",
    "On",
    "Password",
    "Passwords",
    "Port",
    "Private",
    "Server",
    "The",
    "To",
    "Variable",
    "Version",
    "With",
    "Without",
];

/// Verbs that turn a title into a sentence.
const FINITE_VERBS: &[&str] = &[
    "are", "can", "could", "does", "has", "have", "is", "may", "must", "runs", "shows", "was",
    "were", "will",
];

/// Vague words for which the glossary in CONTRIBUTING.md has a term.
const VAGUE_WORDS: &[&str] = &[
    "anybody",
    "everybody",
    "graver",
    "mend",
    "mended",
    "mends",
    "milder",
    "nobody",
    "somebody",
    "stands",
    "tells",
    "told",
    "whoever",
];

/// Returns the id and title of every built-in rule.
fn titles() -> Vec<(String, String)> {
    let world = World::new();
    let repo = world.init("repo");
    let run = repo.gonogo().args(["rules", "list"]).run();
    assert_eq!(run.code, 0);
    let row = |line: &str| {
        let (id, rest) = line.split_once(' ').unwrap();
        let (_, title) = rest.trim_start().split_once(' ').unwrap();
        (id.to_owned(), title.trim_start().to_owned())
    };
    run.stdout.lines().map(row).collect()
}

/// Returns what is wrong with a title.
fn fault(title: &str) -> Option<String> {
    let prose: String = title.split('`').step_by(2).collect();
    let words: Vec<_> = prose
        .split_whitespace()
        .map(|word| word.trim_matches(['(', ')', ',']))
        .collect();
    let first = title.split_whitespace().next()?;
    let is_lower = first.starts_with(|c: char| c.is_ascii_lowercase());
    if is_lower && !LOWER_CASE_NAMES.contains(&first) {
        return Some("begins in lower case".to_owned());
    }
    if title.ends_with(['.', '!', ':', ';']) {
        return Some("ends with a full stop".to_owned());
    }
    if title.chars().count() > 70 {
        return Some("is longer than 70 characters".to_owned());
    }
    let common = words
        .iter()
        .skip(1)
        .find(|word| COMMON_NOUNS.contains(word));
    // A clause may follow the noun: "… when its variable is unset".
    let mut head = words
        .iter()
        .take_while(|word| !["that", "when"].contains(word));
    let verb = head.find(|word| FINITE_VERBS.contains(word));
    let vague = words
        .iter()
        .find(|word| VAGUE_WORDS.contains(&word.to_lowercase().as_str()));
    common
        .map(|word| format!("has `{word}` in upper case"))
        .or_else(|| verb.map(|word| format!("has the verb `{word}`, and is no noun phrase")))
        .or_else(|| vague.map(|word| format!("has the vague word `{word}`")))
}

#[test]
fn titles_are_noun_phrases_in_sentence_case() {
    let titles = titles();
    assert!(titles.len() > 700);
    let faults = titles
        .iter()
        .filter_map(|(id, title)| Some(format!("{id}: {title}: {}", fault(title)?)));
    assert_eq!(faults.collect::<Vec<_>>(), Vec::<String>::new());
}

#[test]
fn faults_of_titles_are_found() {
    for title in [
        "hard-coded password",
        "Folders show their files.",
        "Password In a File",
        "Root file system may be written",
        "Variable that nobody sets",
        "Container runs as root",
    ] {
        assert!(fault(title).is_some(), "{title}");
    }
    for title in [
        "npm access token",
        "`if` that disables `try_files`",
        "Directory listing enabled",
    ] {
        assert_eq!(fault(title), None, "{title}");
    }
}

/// Returns the vague words in a text of at least three words; text between backticks is code.
fn vague_words(text: &str) -> Vec<&'static str> {
    let prose: String = text.split('`').step_by(2).collect();
    let words: Vec<_> = prose
        .split(|c: char| !c.is_ascii_alphabetic() && !matches!(c, '\'' | '_'))
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect();
    let is_prose = words.len() >= 3;
    let found = VAGUE_WORDS
        .iter()
        .filter(|vague| words.iter().any(|word| word == **vague));
    found.copied().filter(|_| is_prose).collect()
}

/// Returns the code of a file before its unit tests.
fn without_tests(code: &str) -> &str {
    code.split_once("#[cfg(test)]")
        .map_or(code, |(code, _)| code)
}

#[test]
fn texts_in_code_have_no_vague_words() {
    let mut faults = Vec::new();
    for file in files_below(source_folder(), "rs") {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        // Made-up reports and hostile inputs are not shown to users.
        if ["tests", "contract", "sample", "worst", "sieve"].contains(&name.as_str()) {
            continue;
        }
        let code = fs::read_to_string(&file).unwrap();
        for (line, token) in lexemes(without_tests(&code)) {
            if token.starts_with('"') {
                for word in vague_words(token) {
                    faults.push(format!("{}:{line}: {word}: {token}", file.display()));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn texts_of_patterns_have_no_vague_words() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("patterns");
    let mut faults = Vec::new();
    for file in files_below(&folder, "toml") {
        let text = fs::read_to_string(&file).unwrap();
        let shown = |line: &&str| {
            ["title = ", "description = ", "remedy = "]
                .iter()
                .any(|key| line.starts_with(key))
        };
        for line in text.lines().filter(shown) {
            faults.extend(
                vague_words(line)
                    .into_iter()
                    .map(|word| format!("{word}: {line}")),
            );
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}
