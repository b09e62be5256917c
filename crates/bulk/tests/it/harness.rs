//! A folder with repositories, sealed off from the settings of the machine, and the program to run on them.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A folder of its own for one test.
pub(crate) struct World(TempDir);

/// How a program has ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl World {
    pub(crate) fn new() -> Self {
        Self(TempDir::new().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn text(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// A command that knows nothing of the machine's settings, and whose commits are the same each time.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .current_dir(self.0.path())
            .env("HOME", self.0.path());
        for (name, value) in [
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_AUTHOR_NAME", "Dev"),
            ("GIT_AUTHOR_EMAIL", "dev@example.com"),
            ("GIT_AUTHOR_DATE", "2026-01-02T03:04:05Z"),
            ("GIT_COMMITTER_NAME", "Dev"),
            ("GIT_COMMITTER_EMAIL", "dev@example.com"),
            ("GIT_COMMITTER_DATE", "2026-01-02T03:04:05Z"),
            ("USER", "auditor"),
        ] {
            command.env(name, value);
        }
        command
    }

    #[track_caller]
    pub(crate) fn git(&self, folder: &str, args: &[&str]) -> String {
        let mut command = self.command("git");
        let done = command
            .arg("-C")
            .arg(self.path(folder))
            .args(args)
            .output()
            .unwrap();
        let err = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "git {args:?}: {err}");
        String::from_utf8(done.stdout).unwrap().trim().to_owned()
    }

    /// A repository with a first commit.
    pub(crate) fn repo(&self, name: &str, files: &[(&str, &str)]) {
        fs::create_dir_all(self.path(name)).unwrap();
        self.git(name, &["init", "-q", "-b", "main"]);
        self.commit(name, files, "First");
    }

    pub(crate) fn commit(&self, name: &str, files: &[(&str, &str)], message: &str) {
        for (file, text) in files {
            let path = self.path(name).join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        self.git(name, &["add", "-A"]);
        self.git(name, &["commit", "-q", "--allow-empty", "-m", message]);
    }

    pub(crate) fn bulk(&self, args: &[&str]) -> Run {
        self.bulk_with(args, "")
    }

    /// Runs the program with this on standard input.
    pub(crate) fn bulk_with(&self, args: &[&str], input: &str) -> Run {
        run(self.command(program()), args, input)
    }

    /// Runs the program as a user who may not read what is locked, as root may.
    #[cfg(unix)]
    pub(crate) fn bulk_as_user(&self, args: &[&str], input: &str) -> Run {
        use std::os::unix::process::CommandExt;
        let mut command = self.command(program());
        if rustix::process::geteuid().is_root() {
            self.set_mode(".", 0o777);
            command.uid(65_534).gid(65_534);
        }
        run(command, args, input)
    }

    /// Sets the permissions of a file or folder.
    #[cfg(unix)]
    pub(crate) fn set_mode(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    /// Scans `src`, and expects that it goes well.
    #[track_caller]
    pub(crate) fn scan(&self, more: &[&str]) -> Run {
        let run = self.bulk(&[&["scan", "src", "--store", "s.db"], more].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        run
    }

    /// What the store exports.
    pub(crate) fn lines(&self, more: &[&str]) -> Vec<Value> {
        let run = self.bulk(&[&["report", "--store", "s.db", "--format", "jsonl"], more].concat());
        assert_eq!(run.code, Some(0), "{run:?}");
        run.out
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The findings that the store exports.
    pub(crate) fn findings(&self, more: &[&str]) -> Vec<Value> {
        let lines = self.lines(more).into_iter();
        lines.filter(|line| line["type"] == "finding").collect()
    }

    /// The repository that is called so, as the store exports it.
    pub(crate) fn repository(&self, label: &str) -> Value {
        let mut lines = self.lines(&[]).into_iter();
        lines
            .find(|line| line["type"] == "repository" && line["label"] == label)
            .unwrap()
    }
}

/// Runs a command with this on standard input.
fn run(mut command: Command, args: &[&str], input: &str) -> Run {
    let command = command.args(args).stdin(Stdio::piped());
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // One that reads nothing has closed it.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    Run::of(child.wait_with_output().unwrap())
}

impl Run {
    pub(crate) fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The one line that an error is.
    #[track_caller]
    pub(crate) fn error(&self, part: &str) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "{self:?}");
        assert!(
            self.err.starts_with("error: ") && self.err.contains(part),
            "{self:?}"
        );
    }
}

/// The program.
pub(crate) fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_gonogo-bulk"))
}

/// A password that no file holds: made when a test runs, the same for the same number.
pub(crate) fn password(number: u64) -> String {
    const DIGITS: &[u8] = b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x1234_5678_9abc_def1;
    let digit = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        char::from(DIGITS[usize::try_from(state >> 33).unwrap() % DIGITS.len()])
    };
    (0..20).map(digit).collect()
}

/// A file of variables with that password.
pub(crate) fn env(number: u64) -> String {
    format!("DB_PASSWORD={}\n", password(number))
}
