//! `gonogo doctor`: checks whether a commit, a merge and a push would be checked here, by trying them in a copy.

mod git;
mod token;
mod trial;

use std::fs;
use std::path::{Path, PathBuf};

use crate::commands::output::print;
use crate::config::FILE_NAME;
use crate::model::Verdict;
use crate::report::visible;
use crate::scan::known::FILE_NAME as BASELINE;
use crate::scan::needs_repo;
use crate::source::{self, MAX_RULES_BYTES};

use super::{Error, init};
use git::Git;
use trial::{Answer, Trial};

/// What is tried, with the Git hook that has to catch it.
const KINDS: [(Kind, &str); 3] = [
    (Kind::Commit, "pre-commit"),
    (Kind::Merge, "pre-merge-commit"),
    (Kind::Push, "pre-push"),
];

/// An operation that brings commits into a repository, or out of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// `git commit`.
    Commit,
    /// A merge without a conflict.
    Merge,
    /// `git push`, which also sends commits that `rebase`, `cherry-pick` and `am` made without running a hook.
    Push,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Commit => "commit",
            Self::Merge => "merge",
            Self::Push => "push",
        }
    }
}

/// Reports for each kind of operation whether it would be checked in the repository that contains `path`, and what
/// else matters there. The verdict is GO if all would be, NO-GO if one would not, and UNDECIDED if that is unknown.
///
/// # Errors
///
/// There is no repository with a working tree, git cannot be run, or writing to standard output failed.
pub fn run(path: &Path) -> Result<Verdict, Error> {
    let repo = needs_repo(path, "hooks belong to a repository")?;
    let Some(top) = repo.worktree() else {
        return Err(Error::Usage(
            "the repository has no working tree to commit from".to_owned(),
        ));
    };
    let git = Git::new(&top);
    let hooks = git.hooks_folder().map_err(Error::Usage)?;
    let trial = Trial::new(&top, &hooks).map_err(Error::Usage)?;
    let mut verdict = Verdict::Go;
    for (kind, hook) in KINDS {
        let answer = answer(&trial, kind, (&top, &hooks), hook);
        verdict = verdict.graver(of(&answer));
        say(kind.name(), &answer)?;
    }
    for other in git.linked_worktrees(&top) {
        // The hooks may be the same and yet start a manager that is installed only in the other working tree.
        let own_trial = trial::lacks_installed(&top, &other).then(|| Trial::new(&other, &hooks));
        for (kind, hook) in KINDS {
            let answer = match (linked(&other, &hooks, hook), &own_trial) {
                (None, Some(Ok(trial))) => match answer(trial, kind, (&other, &hooks), hook) {
                    Answer::Checked(_) => None,
                    answer => Some(answer),
                },
                (None, Some(Err(reason))) => Some(Answer::Unknown(reason.clone())),
                (answer, _) => answer,
            };
            if let Some(answer) = answer {
                verdict = verdict.graver(of(&answer));
                say(&format!("{} in {}", kind.name(), other.display()), &answer)?;
            }
        }
    }
    surroundings(&top)?;
    Ok(verdict)
}

/// Returns what a trial shows, or what to do if the hook is missing.
fn answer(trial: &Trial, kind: Kind, (top, hooks): (&Path, &Path), hook: &str) -> Answer {
    if let Some(reason) = absent(top, hooks, hook) {
        return Answer::Unchecked(reason);
    }
    trial.run(kind)
}

/// Returns the command that installs the hooks of the manager whose settings name gonogo in the working tree at `top`.
fn installer(top: &Path) -> Option<&'static str> {
    const MANAGERS: [(&str, &str); 5] = [
        (
            ".pre-commit-config.yaml",
            "pre-commit install -t pre-commit -t pre-merge-commit -t pre-push",
        ),
        ("lefthook.yml", "lefthook install"),
        (".lefthook.yml", "lefthook install"),
        (".husky/pre-commit", "npm install"),
        ("package.json", "npx simple-git-hooks"),
    ];
    let names_gonogo = |name: &str| {
        let text = source::read_text_file(&top.join(name), MAX_RULES_BYTES);
        text.is_ok_and(|text| text.contains("gonogo hook") || text.contains("id: gonogo"))
    };
    let named = MANAGERS.iter().find(|(name, _)| names_gonogo(name));
    named.map(|&(_, command)| command)
}

/// Returns why git would not run the hook of that name in the folder `hooks`, if it would not.
fn absent(top: &Path, hooks: &Path, hook: &str) -> Option<String> {
    let path = hooks.join(hook);
    let Ok(found) = fs::metadata(&path) else {
        let what = if hooks.ends_with(".husky/_") && !hooks.is_dir() {
            "husky is not set up in this working tree: run `npm install` in it".to_owned()
        } else if let Some(command) = installer(top) {
            format!("its manager has yet to install it: run `{command}`")
        } else {
            "`gonogo init` adds gonogo to the hook manager that is in use, `gonogo install-hook` works without one"
                .to_owned()
        };
        return Some(format!("there is no hook {}; {what}", path.display()));
    };
    is_ignored_by_git(&found).then(|| {
        format!(
            "git does not run {}: it is not executable (chmod +x)",
            path.display()
        )
    })
}

#[cfg(unix)]
fn is_ignored_by_git(hook: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    hook.permissions().mode() & 0o111 == 0
}

#[cfg(not(unix))]
fn is_ignored_by_git(_hook: &fs::Metadata) -> bool {
    false
}

/// Compares the hook of a linked working tree with the one that was tried; `None` if they are the same file or have
/// the same content.
fn linked(worktree: &Path, tried: &Path, hook: &str) -> Option<Answer> {
    let hooks = match Git::new(worktree).hooks_folder() {
        Ok(hooks) => hooks,
        Err(reason) => return Some(Answer::Unknown(reason)),
    };
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if real(&hooks) == real(tried) {
        return None;
    }
    if let Some(reason) = absent(worktree, &hooks, hook) {
        return Some(Answer::Unchecked(reason));
    }
    let text = |folder: &Path| fs::read(folder.join(hook)).ok();
    (text(&hooks) != text(tried)).then(|| {
        let folder = worktree.display();
        Answer::Unknown(format!(
            "it has hooks of its own: run `gonogo doctor {folder}`"
        ))
    })
}

fn of(answer: &Answer) -> Verdict {
    match answer {
        Answer::Checked(_) => Verdict::Go,
        Answer::Unchecked(_) => Verdict::NoGo,
        Answer::Unknown(_) => Verdict::Undecided,
    }
}

fn say(what: &str, answer: &Answer) -> Result<(), Error> {
    let (word, why) = match answer {
        Answer::Checked(why) => ("checked", why),
        Answer::Unchecked(why) => ("NOT CHECKED", why),
        Answer::Unknown(why) => ("not known", why),
    };
    line(what, &format!("{word}: {why}"))
}

fn line(what: &str, says: &str) -> Result<(), Error> {
    let says = super::redacted(says);
    print(&format!("{:<9} {}\n", visible(what), visible(&says)))
}

/// Prints what else affects findings here.
fn surroundings(top: &Path) -> Result<(), Error> {
    let is_there = |name: &str| fs::symlink_metadata(top.join(name)).is_ok();
    let ci = init::pipeline(top);
    let ci = ci.map_or_else(
        || "no pipeline here runs gonogo: see `gonogo init`".to_owned(),
        |file| format!("{file} runs gonogo"),
    );
    line("CI", &ci)?;
    let files = [FILE_NAME, ".gitleaks.toml", ".gitleaksignore"];
    let found: Vec<_> = files.into_iter().filter(|name| is_there(name)).collect();
    let settings = match found.as_slice() {
        [] => "none: the built-in defaults count".to_owned(),
        found => found.join(", "),
    };
    line("settings", &settings)?;
    let path = top.join(BASELINE);
    let accepted = match source::read_text_file(&path, MAX_RULES_BYTES) {
        Ok(text) => {
            let is_entry = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
            let count = text.lines().filter(is_entry).count();
            format!("{BASELINE} with {count} entries")
        }
        Err(_) if is_there(BASELINE) => {
            format!("{BASELINE} cannot be read")
        }
        Err(_) => "none".to_owned(),
    };
    line("baseline", &accepted)?;
    let program: PathBuf = std::env::current_exe().unwrap_or_default();
    let version = env!("CARGO_PKG_VERSION");
    line("gonogo", &format!("{version}, {}", program.display()))
}
