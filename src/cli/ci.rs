//! `gonogo ci` as it is typed.

use std::path::PathBuf;

use clap::Args;

use crate::commands::Error;
use crate::commands::ci::{self, Ask};
use crate::commands::scan::What;
use crate::model::Verdict;

use super::scan::JudgeArgs;

/// Judge what set off a workflow of GitHub Actions
///
/// Finds out from the event which commits to scan (of a push, a pull request, a merge group), fetches what a shallow
/// clone lacks of them, and scans them and the configuration that comes of them; for a tag, a schedule or a run by hand,
/// all files and the whole history. Masks what it finds in the log, and writes annotations, a summary of the job and
/// outputs. Exit codes are those of `gonogo scan`.
#[derive(Debug, Args)]
pub(super) struct CiArgs {
    /// The checked out repository
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Write a SARIF report to this file
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,

    /// Do not fetch what a shallow clone lacks: fail instead
    #[arg(long)]
    no_fetch: bool,

    #[command(flatten)]
    judge: JudgeArgs,
}

impl CiArgs {
    pub(super) fn run(&self) -> Result<Verdict, Error> {
        // What to look at is found out from the event.
        let mut scan = self.judge.options(What::Index, Vec::new(), false);
        scan.paths = vec![self.path.clone()];
        ci::run(Ask {
            scan,
            sarif: self.sarif.clone(),
            may_fetch: !self.no_fetch,
        })
    }
}
