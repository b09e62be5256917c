//! Commands that are separate programs: what they are given, and what happens to their exit codes.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use crate::harness::program;

/// Writes a program that prints how it was called, and exits with code 7.
fn write_program(path: &Path) {
    fs::write(path, "#!/bin/sh\necho \"$0\" \"$#\" \"$@\"\nexit 7\n").unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn run(path: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(program());
    command.args(args).env("PATH", path).output().unwrap()
}

#[test]
fn a_program_on_the_path_gets_the_arguments_as_they_are_and_its_exit_code_counts() {
    let folder = tempfile::tempdir().unwrap();
    let other = folder.path().join("gonogo-hello");
    write_program(&other);
    let output = run(folder.path(), &["hello", "--quiet", "a b", "--", "-x"]);
    assert_eq!(output.status.code(), Some(7));
    let said = String::from_utf8(output.stdout).unwrap();
    assert_eq!(said, format!("{} 4 --quiet a b -- -x\n", other.display()));
}

#[test]
fn a_missing_program_is_one_line_and_exit_code_2() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["hello"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.contains("`gonogo-hello`"), "{said}");
}

#[test]
fn no_program_takes_the_place_of_a_command() {
    let folder = tempfile::tempdir().unwrap();
    write_program(&folder.path().join("gonogo-checklist"));
    let output = run(folder.path(), &["checklist"]);
    assert_eq!(output.status.code(), Some(0));
}
