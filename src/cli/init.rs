//! `gonogo init` as it is typed.

use std::path::PathBuf;

use clap::Args;

use crate::commands::Error;
use crate::commands::init::{self, Options};

/// Write what a repository needs: gonogo.toml, hooks and a workflow
///
/// Hooks go where they run: to pre-commit, husky, lefthook or simple-git-hooks, whichever the repository uses, and to
/// pre-commit where it uses none. Nothing that is there is written over: gonogo is added to it, and the rest stays as it
/// is. A workflow is written where the remote is on GitHub, a job where it is on GitLab.
#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The repository
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Print what would be written as a diff, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,

    /// The repository that gonogo is taken from, and which tag or commit of it; the workflow is written only with a commit
    #[arg(long, value_name = "OWNER/NAME|URL[@REV]")]
    repository: Option<String>,

    /// Have the workflow upload its findings to GitHub code scanning
    #[arg(long)]
    code_scanning: bool,
}

impl InitArgs {
    pub(super) fn run(&self, quiet: bool) -> Result<(), Error> {
        init::run(&Options {
            path: self.path.clone(),
            dry_run: self.dry_run,
            repository: self.repository.clone(),
            code_scanning: self.code_scanning,
            quiet,
        })
    }
}
