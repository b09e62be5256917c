//! `gonogo baseline …` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::commands::Error;
use crate::commands::baseline::{self, Action, Options};
use crate::model::Verdict;
use crate::triage::is_date;

use super::scan::LookArgs;

/// Write down which findings are known and accepted, so that only new ones count
#[derive(Debug, Args)]
pub(super) struct BaselineArgs {
    #[command(subcommand)]
    action: ActionArgs,
}

#[derive(Debug, Subcommand)]
enum ActionArgs {
    /// Write a new baseline with everything that is found
    Create {
        #[command(flatten)]
        file: FileArgs,
        #[command(flatten)]
        new: NewArgs,
        /// Replace the file if there is one
        #[arg(long)]
        force: bool,
        /// Write down only what this file knows: .gitleaksignore, a JSON report of gitleaks, or .secrets.baseline; may be
        /// given more than once
        #[arg(long, value_name = "FILE")]
        from: Vec<PathBuf>,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Add what is new, take out what is gone, and keep the rest with its reasons and dates
    Update {
        #[command(flatten)]
        file: FileArgs,
        #[command(flatten)]
        new: NewArgs,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Say which entries match nothing any more or have expired; exit code 1 if there are any
    Check {
        #[command(flatten)]
        file: FileArgs,
        #[command(flatten)]
        look: LookArgs,
    },
}

#[derive(Debug, Args)]
struct FileArgs {
    /// The baseline
    #[arg(
        long = "baseline",
        value_name = "FILE",
        default_value = baseline::FILE_NAME
    )]
    file: PathBuf,
}

#[derive(Debug, Args)]
struct NewArgs {
    /// Why new entries are accepted
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,

    /// The last day on which new entries count
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    until: Option<String>,
}

impl BaselineArgs {
    pub(super) fn run(&self, quiet: bool) -> Result<Verdict, Error> {
        let from = match &self.action {
            ActionArgs::Create { from, .. } => from.clone(),
            _ => Vec::new(),
        };
        let (file, new, look, action) = match &self.action {
            ActionArgs::Create {
                file,
                new,
                force,
                look,
                from: _,
            } => (file, Some(new), look, Action::Create { force: *force }),
            ActionArgs::Update { file, new, look } => (file, Some(new), look, Action::Update),
            ActionArgs::Check { file, look } => (file, None, look, Action::Check),
        };
        let outcome = baseline::run(&Options {
            scan: look.options(quiet)?,
            file: file.file.clone(),
            action,
            from,
            reason: new.map(|new| new.reason.clone()).unwrap_or_default(),
            until: new.and_then(|new| new.until.clone()),
        })?;
        if !quiet {
            outcome.warnings.iter().for_each(|line| super::warn(line));
        }
        Ok(outcome.verdict)
    }
}

fn date(text: &str) -> Result<String, String> {
    let is_right = is_date(text).then(|| text.to_owned());
    is_right.ok_or_else(|| "write YYYY-MM-DD".to_owned())
}
