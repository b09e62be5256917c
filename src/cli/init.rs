//! `gonogo init` as it is typed.

use std::path::PathBuf;

use clap::Args;

use crate::commands::Error;
use crate::commands::init::{self, Options};

/// Write what a repository needs: gonogo.toml, a pre-commit hook and a workflow
///
/// What is there already is never written over; to `.pre-commit-config.yaml` the hook is added, and the rest stays as it
/// is. The workflow is written where the remote is on GitHub.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The repository
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Print what would be written as a diff, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,

    /// The repository on GitHub that gonogo is taken from, and the commit of the release
    #[arg(long, value_name = "OWNER/NAME[@COMMIT]")]
    repository: Option<String>,
}

impl InitArgs {
    pub(super) fn run(&self) -> Result<(), Error> {
        init::run(&Options {
            path: self.path.clone(),
            dry_run: self.dry_run,
            repository: self.repository.clone(),
        })
    }
}
