//! Conventions that the compiler does not enforce: the length of files, how they begin, and that every test file is
//! run.

use std::fs;
use std::path::{Path, PathBuf};

/// The most lines that a file may have.
const MAX_LINES: usize = 800;

/// Returns the folder with the source.
pub(crate) fn source_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))
}

fn tests_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it"))
}

/// Returns the files below `folder` with this extension, sorted.
pub(crate) fn files_below(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path, extension));
        } else if path.extension().is_some_and(|end| end == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn all_code() -> Vec<PathBuf> {
    [source_folder(), tests_folder()]
        .into_iter()
        .flat_map(|folder| files_below(folder, "rs"))
        .collect()
}

#[test]
fn no_file_is_longer_than_anybody_reads() {
    let is_long = |file: &PathBuf| fs::read_to_string(file).unwrap().lines().count() > MAX_LINES;
    let long: Vec<_> = all_code().into_iter().filter(is_long).collect();
    assert!(long.is_empty(), "more than {MAX_LINES} lines: {long:#?}");
}

/// The most lines of code in a source file, without tests, comments and empty lines.
const MAX_CODE: usize = 400;

/// Counts the lines of code before the tests at the end of a file.
fn code_lines(code: &str) -> usize {
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().map(str::trim);
    let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//");
    lines.filter(is_code).count()
}

#[test]
fn no_file_holds_more_than_one_can_keep_in_mind() {
    assert_eq!(
        code_lines("//! a\nuse b;\n\n#[cfg(test)]\nmod tests {\n}\n"),
        1
    );
    // The sample findings for the contract tests of reports are test code, too.
    let is_test =
        |file: &&PathBuf| file.ends_with("tests.rs") || file.ends_with("report/sample.rs");
    let files = files_below(source_folder(), "rs");
    let code = files.iter().filter(|file| !is_test(file));
    let is_long = |file: &&PathBuf| code_lines(&fs::read_to_string(file).unwrap()) > MAX_CODE;
    let long: Vec<_> = code.filter(is_long).collect();
    assert!(long.is_empty(), "more than {MAX_CODE} lines: {long:#?}");
}

#[test]
fn every_file_says_first_what_it_is_for() {
    let is_mute = |file: &PathBuf| !fs::read_to_string(file).unwrap().starts_with("//! ");
    let mute: Vec<_> = all_code().into_iter().filter(is_mute).collect();
    assert!(mute.is_empty(), "no `//!` at the top: {mute:#?}");
}

/// A test file that no module names is never compiled, and nothing else would notice.
#[test]
fn every_test_file_is_a_module() {
    for file in files_below(tests_folder(), "rs") {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let folder = file.parent().unwrap();
        let (parent, name) = match name.as_str() {
            "main" => continue,
            "mod" => (
                folder.parent().unwrap(),
                folder.file_name().unwrap().to_string_lossy().into_owned(),
            ),
            _ => (folder, name),
        };
        let root = [
            parent.join("main.rs"),
            parent.join("mod.rs"),
            parent.with_extension("rs"),
        ];
        let root = root.iter().find(|root| root.exists()).unwrap();
        let declaration = format!("mod {name};");
        let code = fs::read_to_string(root).unwrap();
        let is_module = code.lines().any(|line| line.ends_with(&declaration));
        assert!(is_module, "{} has no `{declaration}`", root.display());
    }
}
