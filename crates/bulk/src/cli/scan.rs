//! `gonogo bulk scan …` as it is typed, and what it prints when it is done.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::forge::ForgeArgs;
use super::size::{duration, size};
use super::{GO, KeyArgs, StoreArgs, UNDECIDED, print, visible};
use crate::clock::span;
use crate::error::Error;
use crate::git::Fetcher;
use crate::night::{self, Bounds, Options, Summary, memory};
use crate::report;
use crate::sources::Shard;
use crate::store::beside;
use crate::token::Token;

/// How many repositories that are not covered are named at the end; `gonogo bulk status` names all.
const MOST_FAILED: usize = 20;

/// Which refs are fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Refs {
    /// Branches, tags and notes.
    Usual,
    /// All that the server shows, such as those of pull requests.
    All,
}

/// Scan every repository that is named, and keep what is found in the store
///
/// A SOURCE is a folder of repositories, with working trees or bare, however deep; an address (https, ssh, file); a file
/// with a folder or an address on each line; or what a forge lists: github:ORG, github:ORG/REPOSITORY, gitlab:GROUP,
/// gitea:HOST/ORG, bitbucket:WORKSPACE, azure:ORG/PROJECT, or a file FORGES.toml that names several. What is as it was in the last run is not scanned again. A run that was
/// stopped goes on when it is started again.
///
/// Exit code 0: each repository was scanned or is recorded as not covered. 2: the run failed. 130: it was stopped.
/// `gonogo bulk status --gate` says what the result is worth.
#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,

    #[command(flatten)]
    store: StoreArgs,

    #[command(flatten)]
    key: KeyArgs,

    #[command(flatten)]
    how: HowArgs,

    #[command(flatten)]
    fetch: FetchArgs,

    #[command(flatten)]
    forge: ForgeArgs,

    /// Scan one of N shares of the repositories: I/N, of which the first is 0/N; or N or `auto`, where Kubernetes, Slurm,
    /// AWS Batch or GitLab says the rest; `gonogo bulk merge` joins the stores
    #[arg(long, value_name = "I/N")]
    shard: Option<Shard>,

    /// Leave out what repositories bring: `gonogo.toml`, baselines, and comments that allow findings
    #[arg(long)]
    no_repository_settings: bool,

    /// Use the settings of this file instead of those of the repositories
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Use the rules of this file beside the built-in ones; may be given more than once
    #[arg(long = "rules", value_name = "FILE")]
    rules: Vec<PathBuf>,

    /// Remove from the store what ended more than so many days ago: fixed findings, changes, visits
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..))]
    retain: Option<u32>,

    /// Print no progress and no summary
    #[arg(long, short)]
    quiet: bool,
}

/// What a run may use.
#[derive(Debug, Args)]
#[command(next_help_heading = "Resources")]
pub(super) struct HowArgs {
    /// How many repositories to look at at once [default: as many as there are processors]
    #[arg(long, short = 'j', value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,

    /// How much memory all workers together may use, about; K, M and G are understood [default: half of what the
    /// machine or the container has, and at least 1G]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<u64>,

    /// End a worker that is not done with a repository after this time; s, m and h are understood
    #[arg(long, value_name = "TIME", default_value = "1h", value_parser = duration)]
    timeout: Duration,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Fetching")]
pub(super) struct FetchArgs {
    /// Where to keep mirrors of what is fetched [default: the store with `.work` behind its name]
    #[arg(long, value_name = "FOLDER")]
    pub(super) work: Option<PathBuf>,

    /// How large all mirrors together may be: those that were not used for longest are removed
    #[arg(long, value_name = "SIZE", default_value = "50G", value_parser = size)]
    pub(super) work_budget: u64,

    /// The variable that has the token for a host, as HOST=VARIABLE or HOST=USER:VARIABLE; may be given more than once
    #[arg(long = "token", value_name = "HOST=VARIABLE")]
    tokens: Vec<Token>,

    /// Which refs to fetch
    #[arg(long, value_enum, default_value_t = Refs::Usual)]
    refs: Refs,

    /// Give up fetching a repository after this time
    #[arg(long, value_name = "TIME", default_value = "30m", value_parser = duration)]
    fetch_timeout: Duration,
}

impl FetchArgs {
    /// How repositories are fetched.
    pub(super) fn fetcher(&self, authorities: BTreeMap<String, PathBuf>) -> Fetcher {
        Fetcher {
            tokens: self.tokens.clone(),
            all_refs: self.refs == Refs::All,
            timeout: self.fetch_timeout,
            authorities,
        }
    }
}

impl HowArgs {
    /// What all workers may use.
    pub(super) fn bounds(&self) -> Bounds {
        let processors = || thread::available_parallelism().map_or(1, usize::from);
        Bounds {
            workers: self.workers.map_or_else(processors, usize::from),
            memory: self.memory.unwrap_or_else(|| (memory() / 2).max(1 << 30)),
            timeout: self.timeout,
        }
    }
}

impl ScanArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        let store = &self.store.store;
        let options = Options {
            sources: self.sources.clone(),
            store: store.clone(),
            key: self.key.file(store),
            work: self
                .fetch
                .work
                .clone()
                .unwrap_or_else(|| beside(store, ".work")),
            work_budget: self.fetch.work_budget,
            bounds: self.how.bounds(),
            fetcher: self.fetch.fetcher(self.forge.authorities()),
            forges: self.forge.settings(
                beside(store, ".listings"),
                &self.fetch.tokens,
                self.quiet,
            )?,
            forge_text: self.forge.text(),
            shard: self.shard,
            repository_settings: !self.no_repository_settings && self.config.is_none(),
            rules: self.rules.clone(),
            config: self.config.clone(),
            retain: self.retain,
            quiet: self.quiet,
        };
        let summary = night::run(&options)?;
        let closing = report::close(store)?;
        if !self.quiet {
            print(&text(&summary, &closing))?;
        }
        let has_none = summary.covered + summary.unchanged == 0;
        for line in &summary.unlisted {
            super::warn(line);
        }
        // A share may be empty where there are few repositories.
        let may_be_empty = self.shard.is_some() && summary.failed.is_empty();
        let is_whole = (!has_none || may_be_empty) && summary.unlisted.is_empty();
        Ok(if is_whole { GO } else { UNDECIDED })
    }
}

/// What a run comes down to.
fn text(summary: &Summary, closing: &str) -> String {
    let Summary {
        covered,
        unchanged,
        failed,
        ..
    } = summary;
    let all = covered + unchanged + failed.len();
    let mut text = format!(
        "run {}: {} in {}; {covered} scanned, {unchanged} as they were, {} not covered\n",
        summary.run,
        report::count(all, "repository"),
        span(summary.seconds),
        failed.len()
    );
    for (label, why) in failed.iter().take(MOST_FAILED) {
        text.push_str(&format!(
            "  not covered: {}: {}\n",
            visible(label),
            visible(why)
        ));
    }
    if failed.len() > MOST_FAILED {
        text.push_str(&format!(
            "  and {} more: see `gonogo bulk status`\n",
            failed.len() - MOST_FAILED
        ));
    }
    text.push_str(closing);
    text
}
