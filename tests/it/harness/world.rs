//! A temporary folder, and programs that run in it isolated from the machine.

use std::cell::Cell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use super::{Gonogo, Repo};

/// The time of the first commit, 2024-01-01T00:00:00Z. Each later one is made a minute after the one before.
const EPOCH: u64 = 1_704_067_200;

/// A folder with its own home and its own clock.
pub(crate) struct World {
    dir: TempDir,
    clock: Cell<u64>,
}

impl World {
    pub(crate) fn new() -> Self {
        // Not below the target folder: git ignores that one, and so would ignore everything in it.
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("home")).unwrap();
        Self {
            dir,
            clock: Cell::new(EPOCH),
        }
    }

    /// Returns the path of `name` in this world.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, bytes).unwrap();
        path
    }

    /// Creates an empty folder.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// Creates a new, empty repository.
    pub(crate) fn init(&self, name: &str) -> Repo<'_> {
        self.init_with(name, &[])
    }

    /// Creates a new, empty repository with more options of `git init`.
    pub(crate) fn init_with(&self, name: &str, options: &[&str]) -> Repo<'_> {
        let path = self.folder(name);
        self.git(&path, &[&["init", "-q", "-b", "main"], options].concat());
        Repo::at(self, path)
    }

    /// Clones `from`, which git treats as a remote on another machine unless `options` say otherwise.
    pub(crate) fn clone_of(&self, from: &Repo<'_>, name: &str, options: &[&str]) -> Repo<'_> {
        let source = format!("file://{}", from.path().display());
        self.clone_from(&source, name, options)
    }

    /// Clones from any source that git accepts.
    pub(crate) fn clone_from(&self, source: &str, name: &str, options: &[&str]) -> Repo<'_> {
        let args = [&["clone", "-q"], options, &[source, name]].concat();
        self.git(self.dir.path(), &args);
        Repo::at(self, self.path(name))
    }

    /// Runs git in `folder`, which must succeed, and returns its output without the last line end.
    pub(crate) fn git(&self, folder: &Path, args: &[&str]) -> String {
        self.git_with_input(folder, args, b"")
    }

    /// Like [`git`](Self::git), with input on standard input.
    pub(crate) fn git_with_input(&self, folder: &Path, args: &[&str], input: &[u8]) -> String {
        let output = self.try_git(folder, args, input);
        assert!(
            output.status.success(),
            "git {args:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let text = String::from_utf8(output.stdout).unwrap();
        text.trim_end_matches('\n').to_owned()
    }

    /// Runs git, which may fail, as a merge with conflicts does.
    pub(crate) fn try_git(&self, folder: &Path, args: &[&str], input: &[u8]) -> Output {
        let date = format!("{} +0000", self.clock.replace(self.clock.get() + 60));
        let mut git = self.sealed("git");
        git.current_dir(folder)
            .args(["-c", "gc.auto=0", "-c", "maintenance.auto=false"])
            .args(["-c", "protocol.file.allow=always"])
            .args(args)
            .envs([("GIT_AUTHOR_DATE", &date), ("GIT_COMMITTER_DATE", &date)]);
        run(git, input)
    }

    /// Prepares a run of gonogo in `folder`.
    pub(crate) fn gonogo(&self, folder: &Path) -> Gonogo<'_> {
        Gonogo::new(self, folder)
    }

    /// Returns a program whose environment is only what is set here.
    pub(crate) fn sealed(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", self.path("home"))
            .env("LC_ALL", "C")
            .env("TZ", "UTC")
            .envs([
                ("GIT_CONFIG_NOSYSTEM", "1"),
                ("GIT_CONFIG_GLOBAL", "/dev/null"),
                ("GIT_TERMINAL_PROMPT", "0"),
                ("GIT_AUTHOR_NAME", "Ann Author"),
                ("GIT_AUTHOR_EMAIL", "ann@example.org"),
                ("GIT_COMMITTER_NAME", "Con Committer"),
                ("GIT_COMMITTER_EMAIL", "con@example.org"),
            ]);
        command
    }

    /// Returns `text` with the path of this world, which differs in every run, replaced.
    pub(crate) fn scrub(&self, text: &str) -> String {
        text.replace(&*self.dir.path().to_string_lossy(), "[WORLD]")
    }
}

/// Runs `command` with `input` on standard input.
pub(super) fn run(mut command: Command, input: &[u8]) -> Output {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        // A program that does not read its input may close the pipe.
        scope.spawn(move || std::io::Write::write_all(&mut stdin, input).ok());
        child.wait_with_output().unwrap()
    })
}
