//! `gonogo bulk merge` as it is typed.

use std::path::PathBuf;

use clap::Args;

use super::{GO, StoreArgs, UNDECIDED, print, visible, warn};
use crate::error::Error;
use crate::merge::{self, Part};
use crate::report;
use crate::store::StorePart;

/// How many repositories that are not covered are named.
const MOST_FAILED: usize = 20;

/// Join the stores of shares that were scanned by `--shard` into one store
///
/// Merging the same again changes nothing. All shares need the same key: give each of them the same --key-file.
///
/// Exit code 0: all was merged. 2: a share is missing, has not ended, or the command failed.
#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// The stores of the shares; with a fleet, its database:
    /// `postgres://USER@HOST/NAME?sslmode=verify-full&sslrootcert=FILE`
    #[arg(required = true, value_name = "PART")]
    parts: Vec<String>,

    #[command(flatten)]
    store: StoreArgs,

    #[cfg(feature = "fleet")]
    #[command(flatten)]
    login: crate::fleet::Login,
}

impl MergeArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        let mut parts: Vec<Box<dyn Part>> = Vec::new();
        for name in &self.parts {
            parts.push(self.open(name)?);
        }
        let merged = merge::merge(&self.store.store, parts)?;
        if merged.is_known {
            print(&format!(
                "run {}: all of this was merged before\n",
                merged.run
            ))?;
        } else {
            let all = merged.covered + merged.unchanged + merged.failed.len();
            let mut text = format!(
                "run {}: {} merged; {} new, {} as they were, {} not covered\n",
                merged.run,
                report::count(all, "repository"),
                merged.covered,
                merged.unchanged,
                merged.failed.len()
            );
            for (label, why) in merged.failed.iter().take(MOST_FAILED) {
                text.push_str(&format!(
                    "  not covered: {}: {}\n",
                    visible(label),
                    visible(why)
                ));
            }
            text.push_str(&report::close(&self.store.store)?);
            print(&text)?;
        }
        merged.missing.iter().for_each(|line| warn(line));
        Ok(if merged.missing.is_empty() {
            GO
        } else {
            UNDECIDED
        })
    }

    /// What has results: a store, or the database of a fleet.
    fn open(&self, name: &str) -> Result<Box<dyn Part>, Error> {
        #[cfg(feature = "fleet")]
        if crate::fleet::is_database(name) {
            return crate::fleet::part(name, &self.login);
        }
        let path = PathBuf::from(name);
        let same = |path: &PathBuf| path.canonicalize().ok();
        if same(&path).is_some_and(|path| same(&self.store.store) == Some(path)) {
            let why = "a store cannot be merged into itself: name another one by --store";
            return Err(Error::usage(format!("{name}: {why}")));
        }
        Ok(Box::new(StorePart::open(&path)?))
    }
}
