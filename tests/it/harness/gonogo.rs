//! The program under test.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use super::world::run;
use super::{Report, World};

/// A run of gonogo that is being prepared.
#[must_use = "run it"]
pub(crate) struct Gonogo<'w> {
    world: &'w World,
    folder: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    input: Vec<u8>,
}

impl<'w> Gonogo<'w> {
    pub(super) fn new(world: &'w World, folder: &Path) -> Self {
        Self {
            world,
            folder: folder.to_owned(),
            args: Vec::new(),
            env: Vec::new(),
            input: Vec::new(),
        }
    }

    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub(crate) fn args(self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        args.into_iter().fold(self, Self::arg)
    }

    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    pub(crate) fn input(mut self, bytes: impl AsRef<[u8]>) -> Self {
        bytes.as_ref().clone_into(&mut self.input);
        self
    }

    /// Returns the program with its arguments, to be run in another way.
    pub(crate) fn command(&self) -> Command {
        let mut command = self.world.sealed(&program());
        command
            .current_dir(&self.folder)
            .args(&self.args)
            .envs(self.env.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Runs it. It must not panic, whatever its input.
    pub(crate) fn run(self) -> Run {
        Run::of(run(self.command(), &self.input), self.world)
    }

    /// Runs it and reads its report, with secrets shown so that they can be distinguished.
    pub(crate) fn report(self) -> Report {
        let run = self.args(["--format", "json", "--show-secrets"]).run();
        let mut report: Report = serde_json::from_str(&run.stdout)
            .unwrap_or_else(|error| panic!("{error} in\n{}\n{}", run.stdout, run.stderr));
        assert_eq!(run.stderr, "", "a scan that succeeds is silent");
        report.code = run.code;
        report
    }
}

/// Returns the program: the one that Cargo has just built, or another one, such as a release to be checked.
pub(crate) fn program() -> String {
    std::env::var("GONOGO_TEST_PROGRAM").unwrap_or_else(|_| env!("CARGO_BIN_EXE_gonogo").to_owned())
}

/// A finished run of gonogo.
#[derive(Debug)]
#[must_use = "check its exit code or its output"]
pub(crate) struct Run {
    pub(crate) code: i32,
    /// Without the paths of the test's world, like `stderr`.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// Returns what a program wrote to standard error, without progress lines: on a busy machine, a scan may take more
/// than ten seconds.
pub(crate) fn without_progress(stderr: &str) -> String {
    let is_progress = |line: &str| line.starts_with("gonogo: ") && line.trim_end().ends_with(" s");
    let lines = stderr.split_inclusive('\n');
    lines.filter(|line| !is_progress(line)).collect()
}

impl Run {
    pub(crate) fn of(output: Output, world: &World) -> Self {
        let text = |bytes| world.scrub(&String::from_utf8(bytes).expect("output is UTF-8"));
        let (stdout, stderr) = (text(output.stdout), text(output.stderr));
        let stderr = without_progress(&stderr);
        assert!(!stderr.contains("panicked"), "{stderr}");
        let code = output.status.code();
        let code = code.unwrap_or_else(|| panic!("killed: {}\n{stderr}", output.status));
        Self {
            code,
            stdout,
            stderr,
        }
    }

    /// Checks that it refused to decide, and printed only this one line.
    #[track_caller]
    pub(crate) fn refused(&self, message: &str) {
        assert_eq!(
            (self.code, self.stdout.as_str(), self.stderr.as_str()),
            (2, "", format!("error: {message}\n").as_str())
        );
    }
}
