//! `gonogo doctor` as it is typed.

use std::path::PathBuf;

use clap::Args;

use crate::commands::{Error, doctor};
use crate::model::Verdict;

/// Check whether commits, merges and pushes are scanned here
///
/// Runs the hooks of the repository, and with them whatever manager runs them, on a made-up token in a temporary copy, and
/// says for each in one line: checked, not checked and why, or not known. Exit code 0: all are checked. 1: one is not.
/// 2: that is not known.
#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// The repository
    #[arg(default_value = ".")]
    path: PathBuf,
}

impl DoctorArgs {
    pub(super) fn run(&self) -> Result<Verdict, Error> {
        doctor::run(&self.path)
    }
}
