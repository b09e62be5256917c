//! `gonogo hook` and `gonogo install-hook` as they are typed.

use std::path::PathBuf;

use clap::{Args, ColorChoice};

use crate::commands::Error;
use crate::commands::hook::{self, Caller};
use crate::commands::scan;
use crate::model::Verdict;

use super::scan::{JudgeArgs, OutputArgs};

/// Scan what git or pre-commit is about to accept
///
/// Of a commit that waits, what is staged; of a push through pre-commit, its commits; run by hand through pre-commit, as
/// with `pre-commit run --all-files`, every file of the index. Says which of them it was. Exit codes are those of
/// `gonogo scan`.
#[derive(Debug, Args)]
pub(super) struct HookArgs {
    #[command(flatten)]
    judge: JudgeArgs,

    #[command(flatten)]
    output: OutputArgs,
}

impl HookArgs {
    pub(super) fn run(&self, color: ColorChoice, quiet: bool) -> Result<Verdict, Error> {
        let task = Caller::from_env().task();
        if !quiet && self.output.is_text() {
            hook::announce(&task)?;
        }
        let outputs = self.output.outputs(color, quiet);
        let mut options = self.judge.options(task.what, outputs, !quiet);
        options.request.shows_former = false;
        let outcome = scan::run(options)?;
        if !quiet {
            outcome.warnings.iter().for_each(|line| super::warn(line));
            if outcome.verdict == Verdict::NoGo && self.output.is_text() {
                hook::advise()?;
            }
        }
        Ok(outcome.verdict)
    }
}

/// Have git run `gonogo hook` before every commit of this repository, merges included
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
    pub(super) fn run(&self) -> Result<(), Error> {
        hook::install(&self.path, self.force)
    }
}
