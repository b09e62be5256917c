//! Commands that are not for users, and so not in the help: they verify and measure gonogo itself.

use std::path::PathBuf;

use clap::Args;

use super::scan::{MAX_ARCHIVE_DEPTH, MAX_THREADS, size, threads};
use crate::commands::Error;
use crate::commands::dev::{verify_delta, walk};
use crate::model::Verdict;
use crate::source::Limits;

/// Compare, for every blob of a history, the scan of what its delta base does not have with a scan of all of it
///
/// Exit code 0: they come to the same. 1: they do not. 2: not all of the history could be read.
#[derive(Debug, Args)]
pub(super) struct VerifyDeltaArgs {
    #[command(flatten)]
    repositories: RepositoryArgs,

    /// Use the rules of this file beside the built-in ones; may be given more than once
    #[arg(long = "rules", value_name = "FILE")]
    rule_files: Vec<PathBuf>,
}

/// Rebuild every blob, commit and tag of a repository and look at none: what no scan of its history can be faster than
#[derive(Debug, Args)]
pub(super) struct WalkArgs {
    #[command(flatten)]
    repositories: RepositoryArgs,
}

#[derive(Debug, Args)]
struct RepositoryArgs {
    /// Repositories, with a working tree or without
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,

    /// Leave out blobs larger than this; K, M and G are understood
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = size)]
    max_file_size: u64,

    /// How many threads to use; 0 means as many as there are processors
    #[arg(long, short = 'j', value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=MAX_THREADS))]
    threads: u16,
}

impl VerifyDeltaArgs {
    pub(super) fn run(&self, quiet: bool) -> Result<Verdict, Error> {
        let Self {
            repositories,
            rule_files,
        } = self;
        verify_delta::run(
            &repositories.paths,
            rule_files,
            repositories.limits(),
            !quiet,
        )
    }
}

impl WalkArgs {
    pub(super) fn run(&self, quiet: bool) -> Result<Verdict, Error> {
        walk::run(&self.repositories.paths, self.repositories.limits(), !quiet)
    }
}

impl RepositoryArgs {
    fn limits(&self) -> Limits {
        Limits {
            max_file_size: self.max_file_size,
            max_archive_depth: MAX_ARCHIVE_DEPTH,
            threads: threads(self.threads),
        }
    }
}
