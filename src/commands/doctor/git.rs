//! Runs git without environment variables that refer to another repository.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Variables that tell git where a repository is, as listed by `git rev-parse --local-env-vars`, and those of hooks.
const LOCAL: [&str; 12] = [
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_ALTERNATE_OBJECT_DIRECTORIES",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_CONFIG",
    "GIT_NAMESPACE",
    "GIT_SHALLOW_FILE",
    "GIT_GRAFT_FILE",
    "PRE_COMMIT",
];

/// Git in one working tree.
pub(super) struct Git {
    folder: PathBuf,
}

/// How a program ended.
pub(super) struct Ended {
    /// Whether it exited by itself, with exit code 0.
    pub(super) is_success: bool,
    /// Whether it exceeded its time limit.
    pub(super) is_late: bool,
    /// What it printed, on both streams.
    pub(super) text: String,
}

impl Git {
    pub(super) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
        }
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new("git");
        for name in LOCAL {
            command.env_remove(name);
        }
        command
            .current_dir(&self.folder)
            .args(args)
            .env("GIT_TERMINAL_PROMPT", "0")
            .stdin(Stdio::null());
        command
    }

    /// Returns what a git command prints.
    ///
    /// # Errors
    ///
    /// git cannot be run, or fails: the last lines it printed.
    pub(super) fn text(&self, args: &[&str]) -> Result<String, String> {
        let output = self.command(args).output();
        let output = output.map_err(|error| format!("cannot run git: {error}"))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout)
                .trim_end()
                .to_owned());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let last = said.lines().last().unwrap_or_default();
        Err(format!("git {}: {last}", args.first().unwrap_or(&"")))
    }

    /// Runs a command that runs hooks, and waits for it for at most `limit`.
    pub(super) fn with_hooks(&self, args: &[&str], limit: Duration) -> io::Result<Ended> {
        let printed = tempfile::NamedTempFile::new()?;
        let mut command = self.command(args);
        // Without append mode, the two streams would overwrite each other.
        let appending = || File::options().append(true).open(printed.path());
        command.stdout(appending()?).stderr(appending()?);
        let started = Instant::now();
        let mut child = command.spawn()?;
        let status: Option<ExitStatus> = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            if started.elapsed() > limit {
                child.kill()?;
                child.wait()?;
                break None;
            }
            thread::sleep(Duration::from_millis(20));
        };
        let bytes = std::fs::read(printed.path())?;
        Ok(Ended {
            is_success: status.is_some_and(|status| status.success()),
            is_late: status.is_none(),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        })
    }

    /// Returns the directory where git looks for hooks.
    pub(super) fn hooks_folder(&self) -> Result<PathBuf, String> {
        let path = self.text(&["rev-parse", "--git-path", "hooks"])?;
        Ok(self.folder.join(path))
    }

    /// Returns the repository's other working trees that exist.
    pub(super) fn linked_worktrees(&self, own: &Path) -> Vec<PathBuf> {
        let listed = self.text(&["worktree", "list", "--porcelain"]);
        let listed = listed.unwrap_or_default();
        let own = own.canonicalize().unwrap_or_else(|_| own.to_owned());
        let paths = listed
            .lines()
            .filter_map(|line| line.strip_prefix("worktree "));
        let paths = paths.map(PathBuf::from);
        let is_other =
            |path: &PathBuf| path.is_dir() && path.canonicalize().ok().as_ref() != Some(&own);
        paths.filter(is_other).collect()
    }
}
