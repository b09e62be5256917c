//! `gonogo hook` and `gonogo install-hook` as they are typed.

use std::path::{Path, PathBuf};

use clap::{Args, ColorChoice};

use crate::commands::Error;
use crate::commands::hook::{self, Caller, Task};
use crate::commands::scan;
use crate::model::Verdict;
use crate::source::git::{Repo, follow_environment};

use super::output::OutputArgs;
use super::scan::{JudgeArgs, SelectionArgs};

/// Scan what git or pre-commit is about to accept
///
/// Of a commit that waits, what is staged; of a push through pre-commit, its commits; run by hand through pre-commit, as
/// with `pre-commit run --all-files`, every file of the index. Says which of them it was. Exit codes are those of
/// `gonogo scan`.
#[derive(Debug, Args)]
pub(super) struct HookArgs {
    /// Scan what a push to this remote sends: read the refs from standard input, as git writes them to a pre-push hook
    #[arg(long, value_name = "REMOTE", num_args = 0..=1, default_missing_value = "origin")]
    pre_push: Option<String>,

    #[command(flatten)]
    judge: JudgeArgs,

    #[command(flatten)]
    selection: SelectionArgs,

    #[command(flatten)]
    output: OutputArgs,
}

impl HookArgs {
    pub(super) fn run(&self, color: ColorChoice, quiet: bool) -> Result<Verdict, Error> {
        follow_environment()?;
        let repo = Repo::discover(Path::new(".")).ok().flatten();
        let tasks = match (&self.pre_push, &repo) {
            (Some(remote), Some(repo)) => hook::tasks(std::io::stdin().lock(), remote, repo)?,
            _ => vec![Caller::from_env().task(repo.as_ref())],
        };
        let mut verdict = Verdict::Go;
        for task in tasks {
            let of_task = self.scan(task, color, quiet)?;
            verdict = verdict.graver(of_task);
        }
        if !quiet && verdict == Verdict::NoGo && self.output.is_text() {
            hook::advise()?;
        }
        Ok(verdict)
    }

    fn scan(&self, task: Task, color: ColorChoice, quiet: bool) -> Result<Verdict, Error> {
        if !quiet && self.output.is_text() {
            hook::announce(&task)?;
        }
        let outputs = self.output.outputs(color, quiet)?;
        let mut options = self.judge.options(task.what, outputs, !quiet);
        options.request.shows_former = false;
        options.request.selection = self.selection.selection()?;
        let outcome = scan::run(options)?;
        if !quiet {
            outcome.warnings.iter().for_each(|line| super::warn(line));
        }
        Ok(self.judge.exit(outcome.verdict))
    }
}

/// Have git run `gonogo hook` before every commit of this repository, merges included, and before every push
#[derive(Debug, Args)]
pub(super) struct InstallHookArgs {
    /// The repository
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Replace a hook that is there already and is not gonogo's
    #[arg(long)]
    force: bool,
}

impl InstallHookArgs {
    pub(super) fn run(&self, quiet: bool) -> Result<(), Error> {
        hook::install(&self.path, self.force, quiet)
    }
}

/// Remove the hooks that `gonogo install-hook` has written, and no others
#[derive(Debug, Args)]
pub(super) struct UninstallHookArgs {
    /// The repository
    #[arg(default_value = ".")]
    path: PathBuf,
}

impl UninstallHookArgs {
    pub(super) fn run(&self, quiet: bool) -> Result<(), Error> {
        hook::uninstall(&self.path, quiet)
    }
}
