//! `gonogo ci` as it is typed.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use crate::commands::Error;
use crate::commands::ci::{self, Ask, Side};
use crate::model::Verdict;
use crate::scan::What;

use super::scan::{JudgeArgs, SelectionArgs};

/// Judge what set off a CI pipeline: GitHub Actions, GitLab CI and six others
///
/// Reads from the variables of the provider which commits to scan (of a push, a pull request, a merge queue), fetches
/// what a shallow clone lacks of them, and scans them and the configuration that comes of them; for a tag, a schedule or
/// a run by hand, all files and the whole history. Where the provider has them, masks what it finds in the log, and
/// writes annotations, a summary of the job and outputs. Exit codes are those of `gonogo scan`.
#[derive(Debug, Args)]
pub(super) struct CiArgs {
    /// The checked out repository
    #[arg(default_value = ".")]
    path: PathBuf,

    /// Read the variables of this provider, instead of finding out whose job this is
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(ci::providers()))]
    provider: Option<String>,

    /// Compare with this commit or branch, if it can be had, before what the event says; may be given more than once,
    /// and empty for none
    #[arg(long = "base", value_name = "BASE")]
    bases: Vec<String>,

    /// Scan all files and the whole history, whatever the event
    #[arg(long)]
    everything: bool,

    /// Write a SARIF report to this file
    #[arg(long, value_name = "FILE")]
    sarif: Option<PathBuf>,

    /// Write the summary of the job to this file, too, as Markdown
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,

    /// Do not fetch what a shallow clone lacks: fail instead
    #[arg(long)]
    no_fetch: bool,

    /// Whose settings count for a change: those of the commit before it, or its own. By default, a change itself only
    /// accepts single findings and files that are not audited, by comments and entries of lists, and none if it comes
    /// from a fork
    #[arg(long = "settings", value_name = "base|head", default_value = "base", value_parser = side)]
    side: Side,

    /// Assess whether the system is ready for production, too, as `gonogo readiness` does; its verdict counts
    #[arg(long)]
    readiness: bool,

    #[command(flatten)]
    judge: JudgeArgs,

    #[command(flatten)]
    selection: SelectionArgs,
}

fn side(text: &str) -> Result<Side, String> {
    match text {
        "base" => Ok(Side::Base),
        "head" => Ok(Side::Head),
        _ => Err("write base or head".to_owned()),
    }
}

impl CiArgs {
    pub(super) fn run(&self) -> Result<Verdict, Error> {
        // What to look at is found out from the event.
        let mut scan = self.judge.options(What::Index, Vec::new(), false);
        scan.request.paths = vec![self.path.clone()];
        scan.request.selection = self.selection.selection()?;
        let ended = ci::run(Ask {
            scan,
            provider: self.provider.clone(),
            bases: self.bases.clone(),
            everything: self.everything,
            sarif: self.sarif.clone(),
            summary: self.summary.clone(),
            may_fetch: !self.no_fetch,
            settings: self.side,
        })?;
        let verdict = if self.readiness {
            let change = (ended.settings, ended.judged);
            let readiness = super::readiness::assess(&self.path, change)?;
            ended.verdict.graver(readiness)
        } else {
            ended.verdict
        };
        Ok(self.judge.exit(verdict))
    }
}
