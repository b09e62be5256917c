//! A copy of the repository in which a made-up token is committed, merged and pushed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Kind;
use super::git::{Ended, Git};
use super::token;

/// How long the hooks of a repository may take, including those of other tools.
const LIMIT: Duration = Duration::from_secs(300);
/// The file that contains the token.
const FILE: &str = "gonogo-doctor.env";
/// What is copied from the working tree, committed or not, because hooks and gonogo depend on it.
const TAKEN_OVER: [&str; 16] = [
    ".husky",
    ".pre-commit-config.yaml",
    ".config/lefthook.yml",
    ".config/lefthook.yaml",
    "lefthook.yml",
    "lefthook.yaml",
    "lefthook-local.yml",
    ".lefthook.yml",
    ".lefthook.yaml",
    "package.json",
    ".lintstagedrc",
    ".lintstagedrc.json",
    "gonogo.toml",
    ".gonogo-baseline",
    ".gitleaks.toml",
    ".gitleaksignore",
];
/// Where managers that come as a package are installed.
const INSTALLED: [&str; 3] = ["node_modules", ".venv", "vendor/bundle"];

/// Whether something that hooks may start is installed in the working tree `one` but missing in `other`.
pub(super) fn lacks_installed(one: &Path, other: &Path) -> bool {
    let mut installed = INSTALLED.iter();
    installed.any(|name| one.join(name).is_dir() && !other.join(name).exists())
}

/// The result of trying one kind of operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// gonogo stopped it.
    Checked(String),
    /// It was not stopped, or would not be.
    Unchecked(String),
    /// Something else stopped it first.
    Unknown(String),
}

/// The copy of the repository.
pub(super) struct Trial {
    _folder: tempfile::TempDir,
    git: Git,
    clone: PathBuf,
    remote: PathBuf,
}

impl Trial {
    /// Copies the repository at `top`, with its hooks, which are in `hooks`.
    ///
    /// # Errors
    ///
    /// git cannot be run, or cannot make a copy.
    pub(super) fn new(top: &Path, hooks: &Path) -> Result<Self, String> {
        let in_words = |error: io::Error| format!("cannot make a copy to try in: {error}");
        let folder = tempfile::Builder::new().prefix("gonogo-doctor").tempdir();
        let folder = folder.map_err(in_words)?;
        let clone = folder.path().join("clone");
        let remote = folder.path().join("remote.git");
        let (source, target) = (top.to_string_lossy(), clone.to_string_lossy());
        let outside = Git::new(folder.path());
        let args = [
            "-c",
            "advice.detachedHead=false",
            "-c",
            "core.hooksPath=/dev/null",
        ];
        let made = [
            "clone",
            "--quiet",
            "--shared",
            "--template=",
            &*source,
            &*target,
        ];
        outside.text(&[&args[..], &made].concat())?;
        outside.text(&["init", "--quiet", "--bare", &*remote.to_string_lossy()])?;
        let git = Git::new(&clone);
        let remote_text = remote.to_string_lossy();
        for setting in [
            ["user.name", "gonogo doctor"],
            ["user.email", "doctor@example.invalid"],
            ["commit.gpgsign", "false"],
            ["tag.gpgsign", "false"],
            ["remote.origin.url", &*remote_text],
        ] {
            git.text(&[&["config"], &setting[..]].concat())?;
        }
        let trial = Self {
            _folder: folder,
            git,
            clone,
            remote,
        };
        trial.take_over(top, hooks).map_err(in_words)?;
        trial.prepare()?;
        Ok(trial)
    }

    /// Copies hooks and settings, and links the packages they need.
    fn take_over(&self, top: &Path, hooks: &Path) -> io::Result<()> {
        for name in TAKEN_OVER {
            copy(&top.join(name), &self.clone.join(name))?;
        }
        for name in INSTALLED {
            link(&top.join(name), &self.clone.join(name))?;
        }
        let exclude = self.clone.join(".git/info");
        fs::create_dir_all(&exclude)?;
        let installed = INSTALLED.map(|name| format!("/{name}\n")).concat();
        fs::write(exclude.join("exclude"), installed)?;
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let (hooks, top) = (real(hooks), real(top));
        let folder = match hooks.strip_prefix(&top) {
            Ok(inside) if !inside.starts_with(".git") => {
                copy(&hooks, &self.clone.join(inside))?;
                inside.to_owned()
            }
            _ => {
                let own = self.clone.join(".git/hooks");
                copy(&hooks, &own)?;
                own
            }
        };
        let set = ["config", "core.hooksPath", &*folder.to_string_lossy()];
        self.git.text(&set).map(|_| ()).map_err(io::Error::other)
    }

    /// Commits and pushes the copied files, so that only the token is new.
    fn prepare(&self) -> Result<(), String> {
        self.git
            .text(&["checkout", "--quiet", "-B", "gonogo-doctor"])?;
        self.git.text(&["add", "--all"])?;
        let commit = [
            "commit",
            "--quiet",
            "--no-verify",
            "--allow-empty",
            "-m",
            "Take over",
        ];
        self.git.text(&commit)?;
        let push = [
            "push",
            "--quiet",
            "--no-verify",
            "origin",
            "HEAD:refs/heads/gonogo-doctor",
        ];
        self.git.text(&push)?;
        self.git.text(&["branch", "start"]).map(|_| ())
    }

    /// Tries one kind of operation.
    pub(super) fn run(&self, kind: Kind) -> Answer {
        match self.attempt(kind) {
            Ok(ended) => judge(kind, &ended),
            Err(reason) => Answer::Unknown(reason),
        }
    }

    fn attempt(&self, kind: Kind) -> Result<Ended, String> {
        // An earlier trial may have left a merge behind that would make this one fail.
        let _ = self.git.text(&["merge", "--abort"]);
        self.git
            .text(&["checkout", "--quiet", "--force", "-B", "trial", "start"])?;
        let in_words = |error: io::Error| format!("cannot try it: {error}");
        let text = format!("GITHUB_TOKEN={}\n", token::made_up());
        fs::write(self.clone.join(FILE), text).map_err(in_words)?;
        self.git.text(&["add", "--force", FILE])?;
        let commit = ["commit", "--quiet", "-m", "Try a made-up token"];
        let args: &[&str] = match kind {
            Kind::Commit => &commit,
            Kind::Merge => {
                self.git.text(&[&commit[..], &["--no-verify"]].concat())?;
                self.git
                    .text(&["checkout", "--quiet", "-B", "into", "start"])?;
                let other = [
                    "commit",
                    "--quiet",
                    "--no-verify",
                    "--allow-empty",
                    "-m",
                    "Go on",
                ];
                self.git.text(&other)?;
                &["merge", "--quiet", "--no-ff", "--no-edit", "trial"]
            }
            Kind::Push => {
                self.git.text(&[&commit[..], &["--no-verify"]].concat())?;
                &["push", "--quiet", "origin", "HEAD:refs/heads/trial"]
            }
        };
        debug_assert!(self.remote.is_dir());
        self.git.with_hooks(args, LIMIT).map_err(in_words)
    }
}

/// Interprets how a trial ended.
fn judge(kind: Kind, ended: &Ended) -> Answer {
    let is_gonogo = ended.text.contains("NO-GO");
    let name = kind.name();
    if ended.is_late {
        let seconds = LIMIT.as_secs();
        return Answer::Unknown(format!("the hooks did not finish within {seconds} seconds"));
    }
    if ended.is_success {
        let why = if ended.text.contains("gonogo is not installed") {
            "the hook does not find gonogo: install it where the hook's PATH leads"
        } else if is_gonogo {
            "gonogo said NO-GO, and the hook went on: let its exit code count"
        } else {
            "the hook ran and let a made-up token through: `gonogo init` adds gonogo to it"
        };
        return Answer::Unchecked(why.to_owned());
    }
    if is_gonogo {
        return Answer::Checked(format!("a {name} with a made-up token was stopped"));
    }
    // What git itself prints says nothing about the hook.
    let is_word = |line: &&str| {
        let is_of_git = line.starts_with("error: failed to push") || line.starts_with("hint:");
        !line.trim().is_empty() && !is_of_git
    };
    let last = ended.text.lines().rev().find(is_word);
    let last = last.unwrap_or("no word of why").trim();
    Answer::Unknown(format!(
        "something else stopped it before gonogo did: {last}"
    ))
}

/// Copies a file or a folder, keeping links as links; does nothing if `from` does not exist.
fn copy(from: &Path, to: &Path) -> io::Result<()> {
    let Ok(found) = fs::symlink_metadata(from) else {
        return Ok(());
    };
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    if found.is_dir() {
        fs::create_dir_all(to)?;
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy(&entry.path(), &to.join(entry.file_name()))?;
        }
        return Ok(());
    }
    if fs::symlink_metadata(to).is_ok() {
        fs::remove_file(to)?;
    }
    if found.is_symlink() {
        return link(&fs::canonicalize(from)?, to);
    }
    fs::copy(from, to).map(|_| ())
}

/// Links a folder instead of copying it.
fn link(from: &Path, to: &Path) -> io::Result<()> {
    if fs::symlink_metadata(from).is_err() || fs::symlink_metadata(to).is_ok() {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(from, to)?;
    Ok(())
}
