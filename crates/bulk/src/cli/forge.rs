//! The options about forges, as they are typed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use clap::Args;

use crate::clock;
use crate::error::Error;
use crate::forge::{Filter, Kind, Settings, Visibility, globs};
use crate::token::Token;

/// Which of the repositories of forges to scan, and where forges are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Forges")]
pub(super) struct ForgeArgs {
    /// Only repositories that these may see; may be given more than once
    #[arg(long, value_name = "WHO", value_enum)]
    visibility: Vec<Visibility>,

    /// Leave out archived repositories
    #[arg(long)]
    no_archived: bool,

    /// Leave out forks
    #[arg(long)]
    no_forks: bool,

    /// Only repositories with this topic; may be given more than once
    #[arg(long = "topic", value_name = "TOPIC")]
    topics: Vec<String>,

    /// Only repositories whose name, with or without its owner, matches; may be given more than once
    #[arg(long, value_name = "GLOB")]
    include: Vec<String>,

    /// Leave out repositories whose name matches; may be given more than once
    #[arg(long, value_name = "GLOB")]
    exclude: Vec<String>,

    /// Only repositories that were pushed to on this day or later
    #[arg(long, value_name = "DATE")]
    pushed_since: Option<String>,

    /// Scan wikis, too
    #[arg(long)]
    wikis: bool,

    /// Where a forge is that is not the vendor's own, as github=https://ghe.example
    #[arg(long = "forge-url", value_name = "KIND=URL")]
    urls: Vec<Url>,

    #[command(flatten)]
    ca: CaArgs,
}

/// The certificate authorities of hosts.
#[derive(Debug, Args)]
pub(super) struct CaArgs {
    /// The certificate authorities of a host (PEM), as HOST=FILE; may be given more than once
    #[arg(long = "ca", value_name = "HOST=FILE")]
    files: Vec<Authority>,
}

impl CaArgs {
    /// The files, by host.
    pub(super) fn authorities(&self) -> BTreeMap<String, PathBuf> {
        let pair = |Authority(host, file): &Authority| (host.clone(), file.clone());
        self.files.iter().map(pair).collect()
    }
}

/// The address of a kind of forge.
#[derive(Debug, Clone)]
struct Url(Kind, String);

impl FromStr for Url {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = text
            .split_once('=')
            .and_then(|(kind, url)| Some((kind.parse().ok()?, url)));
        let (kind, url) = named.ok_or("write KIND=URL, as github=https://ghe.example")?;
        Ok(Self(kind, url.to_owned()))
    }
}

/// The file of the authorities of a host.
#[derive(Debug, Clone)]
struct Authority(String, PathBuf);

impl FromStr for Authority {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (host, file) = text
            .split_once('=')
            .filter(|(host, file)| !host.is_empty() && !file.is_empty())
            .ok_or("write HOST=FILE")?;
        Ok(Self(host.to_ascii_lowercase(), PathBuf::from(file)))
    }
}

impl ForgeArgs {
    /// The files of authorities, by host.
    pub(super) fn authorities(&self) -> BTreeMap<String, PathBuf> {
        self.ca.authorities()
    }

    /// What was typed about forges, whose listings are kept in `listings`.
    pub(super) fn settings(
        &self,
        listings: PathBuf,
        tokens: &[Token],
        quiet: bool,
    ) -> Result<Settings, Error> {
        if self
            .pushed_since
            .as_ref()
            .is_some_and(|day| clock::start_of(day).is_none())
        {
            return Err(Error::usage("--pushed-since: write a day, as 2026-01-31"));
        }
        let wrong = |why: String| Error::usage(format!("--include and --exclude: {why}"));
        Ok(Settings {
            listings,
            filter: Filter {
                visibility: self.visibility.clone(),
                archived: self.no_archived.then_some(false),
                forks: self.no_forks.then_some(false),
                topics: self.topics.clone(),
                include: globs(&self.include).map_err(wrong)?,
                exclude: globs(&self.exclude).map_err(wrong)?,
                pushed_since: self.pushed_since.clone(),
            },
            wikis: self.wikis,
            urls: self
                .urls
                .iter()
                .map(|Url(kind, url)| (*kind, url.clone()))
                .collect(),
            tokens: tokens.to_vec(),
            authorities: self.authorities(),
            stop: Arc::new(AtomicBool::new(false)),
            quiet,
        })
    }

    /// What decides which repositories there are; empty where nothing does.
    pub(super) fn text(&self) -> String {
        let Self {
            visibility,
            no_archived,
            no_forks,
            topics,
            include,
            exclude,
            pushed_since,
            wikis,
            urls,
            ..
        } = self;
        let mut text = String::new();
        if !(visibility.is_empty()
            && topics.is_empty()
            && include.is_empty()
            && exclude.is_empty()
            && urls.is_empty())
            || *no_archived
            || *no_forks
            || *wikis
            || pushed_since.is_some()
        {
            text = format!(
                " {visibility:?} {no_archived} {no_forks} {topics:?} {include:?} {exclude:?} {pushed_since:?} {wikis} {urls:?}"
            );
        }
        text
    }
}
