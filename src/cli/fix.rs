//! `gonogo fix …` as it is typed.

use std::path::PathBuf;

use clap::Args;

use crate::commands::Error;
use crate::commands::fix::{self, Also, Options};
use crate::model::{Confidence, Severity, Verdict};
use crate::source::Limits;

use super::choice::{confidence, severity};
use super::scan::{MAX_THREADS, size, threads};
use super::settings::SettingsArgs;

/// Fix what can be fixed automatically
///
/// Changes files of the working tree, and nothing in them but what a finding is about. Exit code 0: nothing at or above
/// the threshold is left. 1: something is, or with --dry-run something could be fixed. 2: a file could not be read or
/// written.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is typed or not"
)]
pub(super) struct FixArgs {
    /// Files and folders
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,

    /// Print what would be changed as a diff, and change nothing
    #[arg(long, short = 'n')]
    dry_run: bool,

    /// Fix only what this rule finds; may be given more than once
    #[arg(long = "rule", value_name = "RULE")]
    only: Vec<String>,

    /// Ask about each fix, and show what it changes
    #[arg(long, short = 'i', conflicts_with = "dry_run")]
    interactive: bool,

    /// Fix no finding that is milder than this: info, low, medium, high, critical [default: low]
    #[arg(long, value_name = "SEVERITY")]
    min_severity: Option<Severity>,

    /// Make fixes, too, that may get in somebody's way; may be given more than once. `ports`: bind ports of applications
    /// to 127.0.0.1. `restart`: give services of development files a restart policy. `development`: harden those, and take
    /// throw-away credentials out of them. `shared`: take out values that programs of the same tree hold, too. `required`:
    /// require variables in files that the tree itself starts without setting them. `logging`: limit the logs of services
    /// where none beside them has a limit. `generated`: change files that something else writes. `retired`: change files
    /// that are out of use
    #[arg(long, value_name = "KIND", value_parser = also)]
    also: Vec<Also>,

    /// Ask the repositories of actions, with `git ls-remote`, which commits their tags are, and pin workflows to those.
    /// This uses the network. The address of another server than github.com may follow
    #[arg(long, value_name = "URL", num_args = 0..=1, require_equals = true, default_missing_value = fix::GITHUB)]
    resolve: Option<String>,

    /// Show secrets in the diff instead of masking them
    #[arg(long)]
    show_secrets: bool,

    /// Fix files that git ignores, too
    #[arg(long)]
    no_ignore: bool,

    /// NO-GO when something of this severity is left [default: what `gonogo.toml` says, or high]
    #[arg(long, value_name = "SEVERITY", value_parser = severity())]
    fail_on: Option<Severity>,

    /// Fix and report findings from this confidence on [default: what `gonogo.toml` says, or medium]
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidence())]
    min_confidence: Option<Confidence>,

    /// Use the rules of this file beside the built-in ones; may be given more than once
    #[arg(long = "rules", value_name = "FILE")]
    rule_files: Vec<PathBuf>,

    #[command(flatten)]
    settings: SettingsArgs,

    /// Leave out files larger than this, and say so; K, M and G are understood
    #[arg(long, value_name = "SIZE", default_value = "256M", value_parser = size)]
    max_file_size: u64,

    /// How many threads to use; 0 means as many as there are processors
    #[arg(long, short = 'j', value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=MAX_THREADS))]
    threads: u16,
}

impl FixArgs {
    pub(super) fn run(&self, quiet: bool) -> Result<Verdict, Error> {
        fix::run(&Options {
            paths: self.paths.clone(),
            rules: self.only.clone(),
            interactive: self.interactive,
            resolve: self.resolve.clone(),
            min_severity: self.min_severity,
            also: self.also.clone(),
            dry_run: self.dry_run,
            show_secrets: self.show_secrets,
            no_ignore: self.no_ignore,
            limits: Limits {
                max_file_size: self.max_file_size,
                // Nothing in an archive is fixed.
                max_archive_depth: 0,
                threads: threads(self.threads),
            },
            rule_files: self.rule_files.clone(),
            min_confidence: self.min_confidence,
            fail_on: self.fail_on,
            settings: self.settings.choice(),
            quiet,
        })
    }
}

fn also(text: &str) -> Result<Also, String> {
    let found = Also::ALL.into_iter().find(|also| also.name() == text);
    found.ok_or_else(|| {
        let names = Also::ALL.map(|also| format!("`{}`", also.name()));
        format!("there are {}", names.join(", "))
    })
}
