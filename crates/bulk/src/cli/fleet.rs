//! `gonogo bulk database`, `plan` and `work` as they are typed.

use std::path::PathBuf;

use clap::Args;

use super::forge::{CaArgs, ForgeArgs};
use super::scan::{FetchArgs, HowArgs};
use super::{GO, UNDECIDED, print, warn};
use crate::error::Error;
use crate::fleet::{self, Login, PlanOptions, Queue, QueueArgs, WorkOptions};
use crate::report;

/// The database that keeps results.
#[derive(Debug, Args)]
struct ResultsArgs {
    /// The database: `postgres://USER@HOST/NAME?sslmode=verify-full&sslrootcert=FILE`
    #[arg(long, value_name = "ADDRESS")]
    results: String,

    #[command(flatten)]
    login: Login,
}

/// What decides which findings there are; the same for plan and for all workers.
#[derive(Debug, Args)]
struct RulesArgs {
    /// The file of the key that secrets are hashed with
    #[arg(long, value_name = "FILE")]
    key_file: PathBuf,

    /// Leave out what repositories bring: `gonogo.toml`, baselines, and comments that allow findings
    #[arg(long)]
    no_repository_settings: bool,

    /// Use the settings of this file instead of those of the repositories
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Use the rules of this file beside the built-in ones; may be given more than once
    #[arg(long = "rules", value_name = "FILE")]
    rules: Vec<PathBuf>,
}

impl RulesArgs {
    fn repository_settings(&self) -> bool {
        !self.no_repository_settings && self.config.is_none()
    }
}

/// Make the tables of a fleet in a database, or bring them up to date, and grant what the roles `gonogo_worker` and
/// `gonogo_report` may do
///
/// It needs a role that may make schemas and roles; plan and work need none of that. A worker's role, in the group
/// `gonogo_worker`, cannot read what was found; one that reports, in `gonogo_report`, cannot write.
#[derive(Debug, Args)]
pub(super) struct DatabaseArgs {
    #[command(flatten)]
    results: ResultsArgs,
}

impl DatabaseArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        let version = fleet::prepare(&self.results.results, &self.results.login)?;
        print(&format!("the database has layout {version}\n"))?;
        Ok(GO)
    }
}

/// Plan a run of a fleet: hand its repositories to a queue, from which `gonogo bulk work` takes them
///
/// The same command again hands over what is not done yet. Repositories that were not pushed to since they were covered
/// are not handed over.
#[derive(Debug, Args)]
pub(super) struct PlanArgs {
    #[arg(required = true, value_name = "SOURCE")]
    sources: Vec<String>,

    #[command(flatten)]
    queue: QueueArgs,

    #[command(flatten)]
    results: ResultsArgs,

    #[command(flatten)]
    rules: RulesArgs,

    /// Where listings of forges are kept
    #[arg(long, value_name = "FOLDER", default_value = "gonogo-bulk.listings")]
    listings: PathBuf,

    /// The variable that has the token for a host, as HOST=VARIABLE or HOST=USER:VARIABLE; may be given more than once
    #[arg(long = "token", value_name = "HOST=VARIABLE")]
    tokens: Vec<crate::token::Token>,

    #[command(flatten)]
    forge: ForgeArgs,
}

impl PlanArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        let queue = Queue::open(&self.queue)?;
        let options = PlanOptions {
            sources: self.sources.clone(),
            forges: self
                .forge
                .settings(self.listings.clone(), &self.tokens, false)?,
            forge_text: self.forge.text(),
            rules: self.rules.rules.clone(),
            config: self.rules.config.clone(),
            repository_settings: self.rules.repository_settings(),
            key: self.rules.key_file.clone(),
            results: self.results.results.clone(),
            login: self.results.login.clone(),
        };
        let planned = fleet::plan(&options, &queue)?;
        print(&format!(
            "run {}: {}, {} handed to the queue\n",
            planned.run,
            report::count(planned.repositories, "repository"),
            planned.handed
        ))?;
        planned.unlisted.iter().for_each(|line| warn(line));
        Ok(if planned.unlisted.is_empty() {
            GO
        } else {
            UNDECIDED
        })
    }
}

/// Scan what a queue hands out, and keep what is found in a database
///
/// Any number of them may run, on any number of machines. What one has in hand when it ends is handed to another one.
#[derive(Debug, Args)]
pub(super) struct WorkArgs {
    #[command(flatten)]
    queue: QueueArgs,

    #[command(flatten)]
    results: ResultsArgs,

    #[command(flatten)]
    rules: RulesArgs,

    #[command(flatten)]
    how: HowArgs,

    #[command(flatten)]
    fetch: FetchArgs,

    #[command(flatten)]
    ca: CaArgs,

    /// A file that names forges, for their tokens; as it was given to plan
    #[arg(long, value_name = "FORGES.toml")]
    forges: Option<PathBuf>,

    /// End when the queue is empty
    #[arg(long)]
    until_empty: bool,

    /// Answer /metrics and /healthz here, as 0.0.0.0:9090
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
}

impl WorkArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        let mut fetcher = self.fetch.fetcher(self.ca.authorities());
        if let Some(path) = &self.forges {
            let settings = crate::forge::Settings::default();
            for forge in crate::forge::read_file(path, &settings)? {
                fetcher.tokens.extend(forge.access.for_git());
                if let Some(file) = forge.authority {
                    fetcher.authorities.insert(forge.host, file);
                }
            }
        }
        let queue = Queue::open(&self.queue)?;
        let options = WorkOptions {
            results: self.results.results.clone(),
            login: self.results.login.clone(),
            key: self.rules.key_file.clone(),
            work: self
                .fetch
                .work
                .clone()
                .unwrap_or_else(|| PathBuf::from("gonogo-bulk.work")),
            work_budget: self.fetch.work_budget,
            bounds: self.how.bounds(),
            fetcher,
            rules: self.rules.rules.clone(),
            config: self.rules.config.clone(),
            repository_settings: self.rules.repository_settings(),
            until_empty: self.until_empty,
            listen: self.listen.clone(),
        };
        let (covered, unchanged, failed) = fleet::work(&options, &queue)?;
        print(&format!(
            "{covered} scanned, {unchanged} as they were, {failed} not covered\n"
        ))?;
        Ok(GO)
    }
}
