//! `gonogo hook` and `gonogo install-hook`: gonogo as a Git hook, on its own or run by pre-commit.

mod push;

use std::fs;
use std::path::{Path, PathBuf};

use crate::source::git::{self, Repo};

use super::Error;
use crate::commands::output::print;
use crate::scan::{Change, What};
pub use push::tasks;

/// What a hook is to scan, and a description of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// What to scan.
    pub what: What,
    /// A description of it for people.
    pub says: String,
}

/// What the environment that git and pre-commit give to a hook shows about the call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// Whether pre-commit runs the hook.
    pub is_pre_commit: bool,
    /// Whether git runs the hook, directly or through pre-commit, while a commit is pending.
    pub is_commit: bool,
    /// Whether something is about to be pushed.
    pub is_push: bool,
    /// The commits that pre-commit was asked to check.
    pub refs: Option<(String, String)>,
    /// The branch that pre-commit says is pushed, and the remote.
    pub pushed: Option<(String, String)>,
}

impl Caller {
    /// Reads the environment variables of this process.
    pub fn from_env() -> Self {
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        Self {
            is_pre_commit: is_set("PRE_COMMIT"),
            is_commit: is_set("GIT_INDEX_FILE"),
            is_push: is_set("PRE_COMMIT_REMOTE_NAME"),
            refs: text("PRE_COMMIT_FROM_REF").zip(text("PRE_COMMIT_TO_REF")),
            pushed: text("PRE_COMMIT_LOCAL_BRANCH").zip(text("PRE_COMMIT_REMOTE_NAME")),
        }
    }

    /// Returns what to scan.
    ///
    /// pre-commit does not tell a hook whether it was called with `--all-files`. But that happens only by hand, never
    /// while a commit is pending. So a call by hand scans the whole index, and cannot pass just because nothing
    /// happened to be staged. On the first push to a remote, pre-commit names the branch but no commits.
    pub fn task(&self, repo: Option<&Repo>) -> Task {
        if let (None, Some((branch, remote)), Some(repo)) = (&self.refs, &self.pushed, repo) {
            return push::sent(repo, remote, None, branch);
        }
        let (what, says) = match &self.refs {
            Some((from, to)) => {
                let change = Change {
                    range: format!("{from}..{to}"),
                    head: to.clone(),
                };
                let says = format!("the commits {from}..{to} and the configuration in {to}");
                (What::Change(change), says)
            }
            None if self.is_push => {
                let what = What::Everything {
                    worktree: true,
                    history: true,
                    own_files: false,
                };
                let says = "everything: the remote has no commits to compare against yet";
                (what, says.to_owned())
            }
            None if self.is_pre_commit && !self.is_commit => (
                What::Index,
                "all files in the index, because no commit is pending".to_owned(),
            ),
            None => (What::Staged, "the staged changes".to_owned()),
        };
        Task { what, says }
    }
}

/// Prints what is about to be scanned.
///
/// # Errors
///
/// Writing to standard output failed.
pub fn announce(task: &Task) -> Result<(), Error> {
    // Only commit names are untrusted input.
    let says = match &task.what {
        What::Change(_) => super::redacted(&task.says),
        _ => task.says.as_str().into(),
    };
    let says = crate::report::visible(&says);
    print(&format!("gonogo scans {says}\n\n"))
}

/// Prints what to do when the hook has stopped a commit or push.
///
/// # Errors
///
/// Writing to standard output failed.
pub fn advise() -> Result<(), Error> {
    print(
        "\nFix the findings above (`gonogo fix` handles some of them). To accept one instead, add a comment\n\
         `gonogo:allow RULE REASON` on its line, or a line `FINGERPRINT RULE PATH REASON` to .gonogo-baseline.\n",
    )
}

/// A line that only gonogo's own hooks contain.
const MARK: &str = "# Written by `gonogo install-hook`, which may write it again.";

/// The Git hooks that are written. Without `pre-merge-commit`, what a merge brings in would not be scanned.
const HOOKS: [&str; 3] = ["pre-commit", "pre-merge-commit", PUSH];

/// The hook that sees what no other hook does: commits made by `rebase --continue`, `am`, and cherry-picks and merges
/// without conflicts.
const PUSH: &str = "pre-push";

/// Writes the hooks of the repository that contains `path`, and prints where.
///
/// # Errors
///
/// There is no repository, there is another hook already and `force` is not given, or a hook cannot be written.
pub fn install(path: &Path, force: bool, quiet: bool) -> Result<(), Error> {
    let said = write_all(path, force)?;
    if quiet { Ok(()) } else { print(&said) }
}

/// Writes the hooks of the repository at `top`, which no hook manager runs, and returns what to report. Leaves them
/// alone if they exist already or are shared with other clones.
pub(super) fn install_alone(top: &Path, dry_run: bool) -> Result<String, Error> {
    let folder = git::hooks_folder(top)?;
    let mut names = HOOKS.iter();
    if names.all(|name| is_own(&folder.join(name))) {
        return Ok("kept the hooks of this clone: they already run gonogo\n".to_owned());
    }
    // If Git is configured to look elsewhere, the hooks also apply to other repositories.
    let git_folder = folder.parent().unwrap_or(&folder);
    if !folder.ends_with("hooks") || !git_folder.join("HEAD").exists() {
        return Ok(format!(
            "no hooks: `core.hooksPath` is {}; `gonogo install-hook` writes them there\n",
            shown(&folder)
        ));
    }
    if dry_run {
        return Ok(format!(
            "the hooks {} in {}\n",
            HOOKS.join(", "),
            shown(&folder)
        ));
    }
    match write_all(top, false) {
        Err(Error::Usage(why)) => Ok(format!("no hooks: {why}\n")),
        result => result,
    }
}

/// Writes the hooks, and returns a report of which.
fn write_all(path: &Path, force: bool) -> Result<String, Error> {
    let folder = git::hooks_folder(path)?;
    if folder.ends_with(".husky/_") {
        return Err(Error::Usage(format!(
            "husky writes the hooks in {} anew by itself: `gonogo init` adds gonogo to those in .husky",
            shown(&folder)
        )));
    }
    // A dangling symbolic link also belongs to something else.
    let is_foreign = |name: &str| {
        let hook = folder.join(name);
        fs::symlink_metadata(&hook).is_ok() && !is_own(&hook)
    };
    let is_kept = |name: &str| name == PUSH && !force && is_foreign(name);
    let mut others = HOOKS.iter().filter(|name| !is_kept(name) && !force);
    if let Some(name) = others.find(|name| is_foreign(name)) {
        return Err(Error::Usage(format!(
            "{} is there already, and not gonogo's: add `gonogo hook` to it (with a hook manager, `gonogo init` does), or \
             replace it with --force",
            shown(&folder.join(name))
        )));
    }
    let mut said = String::new();
    for name in HOOKS {
        let hook = folder.join(name);
        if is_kept(name) {
            // Git LFS installs one in most repositories that use it.
            said.push_str(&format!(
                "kept {}: it is not gonogo's; add `gonogo hook --pre-push \"$1\"` to it, with its standard input\n",
                shown(&hook)
            ));
            continue;
        }
        let failed = |error| Error::File {
            path: hook.clone(),
            error,
        };
        fs::create_dir_all(&folder).map_err(failed)?;
        write(&hook, &script(std::env::current_exe().ok(), name)).map_err(failed)?;
        said.push_str(&format!("wrote {}\n", shown(&hook)));
    }
    Ok(said)
}

/// Removes the hooks that [`install`] wrote in the repository that contains `path`, and prints which.
///
/// # Errors
///
/// There is no repository, or a hook cannot be removed.
pub fn uninstall(path: &Path, quiet: bool) -> Result<(), Error> {
    let folder = git::hooks_folder(path)?;
    let hooks = HOOKS.map(|name| folder.join(name));
    let mut said = String::new();
    for hook in hooks.iter().filter(|hook| is_own(hook)) {
        fs::remove_file(hook).map_err(|error| Error::File {
            path: hook.clone(),
            error,
        })?;
        said.push_str(&format!("removed {}\n", shown(hook)));
    }
    if said.is_empty() {
        said = format!(
            "nothing to remove: {} has no hook of gonogo's\n",
            shown(&folder)
        );
    }
    if quiet { Ok(()) } else { print(&said) }
}

/// Returns a path in a form that is safe to print. The configuration names it, and may name anything.
fn shown(path: &Path) -> String {
    let path = path.display().to_string();
    crate::report::visible(&super::redacted_name(&path)).into_owned()
}

fn is_own(hook: &Path) -> bool {
    let is_plain = fs::symlink_metadata(hook).is_ok_and(|found| found.is_file());
    is_plain && fs::read(hook).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(MARK))
}

/// Returns a shell script that runs this very program or, if that is gone, the one on the `PATH`. If there is neither,
/// the hook fails, and with it the commit.
fn script(program: Option<PathBuf>, name: &str) -> String {
    let task = if name == PUSH {
        "hook --pre-push \"$1\""
    } else {
        "hook"
    };
    let program = program.and_then(|path| path.to_str().map(|path| path.replace('\\', "/")));
    let own = program.map_or_else(String::new, |program| {
        let quoted = format!("'{}'", program.replace('\'', r"'\''"));
        format!("if [ -x {quoted} ]; then\n  exec {quoted} {task}\nfi\n")
    });
    format!("#!/bin/sh\n{MARK}\n{own}exec gonogo {task}\n")
}

/// Writes the script to a temporary file first, so that git never runs half of it, and a symbolic link is replaced
/// rather than followed.
fn write(hook: &Path, script: &str) -> std::io::Result<()> {
    let folder = hook.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    std::io::Write::write_all(&mut file, script.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(file.path(), fs::Permissions::from_mode(0o755))?;
    }
    file.persist(hook)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_at_follows_from_who_asks() {
        let by_hand = Caller {
            is_pre_commit: true,
            ..Caller::default()
        };
        assert_eq!(by_hand.task(None).what, What::Index);
        let commit = Caller {
            is_commit: true,
            ..by_hand.clone()
        };
        assert_eq!(commit.task(None).what, What::Staged);
        assert_eq!(Caller::default().task(None).what, What::Staged);
        let push = Caller {
            refs: Some(("a".to_owned(), "b".to_owned())),
            ..by_hand
        };
        let change = Change {
            range: "a..b".to_owned(),
            head: "b".to_owned(),
        };
        assert_eq!(push.task(None).what, What::Change(change));
    }

    #[test]
    fn a_path_with_a_quote_stays_one_word() {
        let script = script(Some("/it's/gonogo".into()), "pre-commit");
        assert!(script.contains(r"exec '/it'\''s/gonogo' hook"), "{script}");
        assert!(script.ends_with("exec gonogo hook\n"));
    }
}
