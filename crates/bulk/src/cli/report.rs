//! `gonogo bulk report` and `gonogo bulk status` as they are typed.

use std::path::PathBuf;

use clap::Args;
use gonogo::model::Verdict;

use super::{GO, NO_GO, StoreArgs, UNDECIDED, print};
use crate::error::Error;
use crate::owners::Mapping;
use crate::report::{self, Estate, Filter, Format, Gate, Options};
use crate::store::Store;

/// Report what the store knows: what to do first, by owner, by secret, by repository, and what is not covered
#[derive(Debug, Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// How to write it
    #[arg(long, short, value_enum, default_value_t = Format::Markdown)]
    format: Format,

    /// Where to: a file; for SARIF a folder, in which each repository gets a file [default: standard output]
    #[arg(long, short, value_name = "PATH")]
    output: Option<PathBuf>,

    /// Only what is new, gone or moved since this run or this day; `last` for what the last run has changed
    #[arg(long, value_name = "RUN|DATE|last")]
    since: Option<String>,

    /// Only findings of owners with this in their names
    #[arg(long, value_name = "NAME")]
    owner: Option<String>,

    /// Only this repository: its label, where it is, or a part of its label
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,

    /// Owners, as lines REPOSITORY [PATH] OWNER of a file, of what CODEOWNERS says nothing of; `*` as REPOSITORY is for what
    /// nobody has committed to lately
    #[arg(long, value_name = "FILE")]
    owners: Option<PathBuf>,

    /// Leave out what differs between two runs that find the same: times, numbers of runs and of tries
    #[arg(long)]
    stable: bool,
}

impl ReportArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        report::write(&Options {
            store: self.store.store.clone(),
            format: self.format,
            output: self.output.clone(),
            since: self.since.clone(),
            owner: self.owner.clone(),
            repository: self.repository.clone(),
            owners: self.owners.clone(),
            stable: self.stable,
        })?;
        Ok(GO)
    }
}

/// Say which repositories are covered, and why others are not
///
/// With --gate, exit code 0: nothing is in the way. 1: findings are. 2: a repository is not covered, only in part, or
/// was not looked at for too long.
#[derive(Debug, Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    store: StoreArgs,

    /// Fail for findings at or above the threshold: for `new` ones of the last run, or for `all`
    #[arg(long, value_enum, value_name = "WHICH", num_args = 0..=1, default_missing_value = "all")]
    gate: Option<Gate>,

    /// Let the gate pass repositories that are empty
    #[arg(long)]
    allow_empty: bool,

    /// After how many days a repository that was not looked at is stale
    #[arg(long, value_name = "DAYS", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..))]
    stale_after: u16,

    /// Name repositories that are covered, too
    #[arg(long)]
    all: bool,

    /// Print which rules have read which objects, and what the newest rules have still to read
    #[arg(long)]
    ledger: bool,
}

impl StatusArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        let store = Store::read(&self.store.store)?;
        let estate = Estate::read(&store, &Mapping::default(), &Filter::default())?;
        let days = i64::from(self.stale_after);
        if self.ledger {
            print(&report::ledger(&estate))?;
        } else {
            print(&report::status_text(&estate, days, self.all))?;
        }
        let Some(gate) = self.gate else {
            return Ok(GO);
        };
        let (verdict, why) = report::gate(&estate, (gate, self.allow_empty), days);
        print(&format!("gate: {verdict}: {why}\n"))?;
        Ok(match verdict {
            Verdict::Go => GO,
            Verdict::NoGo => NO_GO,
            Verdict::Undecided => UNDECIDED,
        })
    }
}
