//! `gonogo baseline …` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::commands::Error;
use crate::commands::baseline::{self, Action, Options};
use crate::model::Verdict;
use crate::scan::What;
use crate::triage::is_date;

use super::scan::{JudgeArgs, LookArgs};

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
    ///
    /// Only what was scanned is taken out. With --until, expired entries whose findings are still there are renewed.
    Update {
        #[command(flatten)]
        file: FileArgs,
        #[command(flatten)]
        new: NewArgs,
        /// Accept what only branches have that do not lead to HEAD, too
        #[arg(long)]
        other_branches: bool,
        #[command(flatten)]
        look: LookArgs,
    },
    /// Accept single findings by their fingerprints
    Accept {
        /// Fingerprints, as reports have them
        #[arg(required = true, value_name = "FINGERPRINT")]
        fingerprints: Vec<String>,
        #[command(flatten)]
        file: FileArgs,
        #[command(flatten)]
        new: NewArgs,
        /// The repository, folder or file that has the findings
        #[arg(long, value_name = "PATH", default_value = ".")]
        path: PathBuf,
        #[command(flatten)]
        judge: JudgeArgs,
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
    /// The baseline [default: .gonogo-baseline here or at the top of the repository]
    #[arg(long = "baseline", value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Debug, Args)]
struct NewArgs {
    /// Why new entries are accepted
    #[arg(long, default_value = "", hide_default_value = true)]
    reason: String,

    /// The last day on which new entries count
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = date)]
    until: Option<String>,

    /// Print the lines that would be added and taken out, and write nothing
    #[arg(long, short = 'n')]
    dry_run: bool,
}

impl BaselineArgs {
    pub(super) fn run(&self, quiet: bool) -> Result<Verdict, Error> {
        let from = match &self.action {
            ActionArgs::Create { from, .. } => from.clone(),
            _ => Vec::new(),
        };
        let (file, new, scan, action) = match &self.action {
            ActionArgs::Create {
                file,
                new,
                force,
                look,
                from: _,
            } => {
                let action = Action::Create { force: *force };
                (file, Some(new), look.options(quiet)?, action)
            }
            ActionArgs::Update {
                file,
                new,
                other_branches,
                look,
            } => {
                let action = Action::Update {
                    other_branches: *other_branches,
                };
                (file, Some(new), look.options(quiet)?, action)
            }
            ActionArgs::Accept {
                fingerprints,
                file,
                new,
                path,
                judge,
            } => {
                let action = Action::Accept(fingerprints.clone());
                let what = What::Everything {
                    worktree: true,
                    history: true,
                    own_files: false,
                };
                let mut scan = judge.options(what, Vec::new(), !quiet);
                scan.request.paths = vec![path.clone()];
                (file, Some(new), scan, action)
            }
            ActionArgs::Check { file, look } => (file, None, look.options(quiet)?, Action::Check),
        };
        let outcome = baseline::run(&Options {
            scan,
            file: file.file.clone(),
            action,
            dry_run: new.is_some_and(|new| new.dry_run),
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
