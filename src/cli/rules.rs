//! `gonogo rules …` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::commands::Error;
use crate::commands::rules::{self, Action};

/// List, show and check rules
#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    #[command(subcommand)]
    action: ActionArgs,

    /// Use the rules of this file beside the built-in ones; may be given more than once
    #[arg(long = "rules", global = true, value_name = "FILE")]
    rule_files: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum ActionArgs {
    /// List all rules, one a line
    List,
    /// Show all that is known of one rule, as `gonogo explain` does
    Show {
        /// The rule, as `family/name`
        id: String,
    },
    /// Test every rule against its own examples; with --rules, only the rules of those files
    Check,
    /// Write a page about each family of rules into a folder, as Markdown
    Docs {
        /// The folder; pages that are no longer needed are removed from it
        folder: PathBuf,
    },
}

/// Say why a rule matters, what to do, and where to read on
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule, as `family/name`
    rule: String,

    /// Use the rules of this file beside the built-in ones; may be given more than once
    #[arg(long = "rules", value_name = "FILE")]
    rule_files: Vec<PathBuf>,
}

impl ExplainArgs {
    pub(super) fn run(&self) -> Result<bool, Error> {
        start_threads(&self.rule_files);
        rules::run(&Action::Show(self.rule.clone()), &self.rule_files)
    }
}

impl RulesArgs {
    pub(super) fn run(&self) -> Result<bool, Error> {
        let action = match &self.action {
            ActionArgs::List => Action::List,
            ActionArgs::Show { id } => Action::Show(id.clone()),
            ActionArgs::Check => Action::Check,
            ActionArgs::Docs { folder } => Action::Docs(folder.clone()),
        };
        start_threads(&self.rule_files);
        rules::run(&action, &self.rule_files)
    }
}

/// Only rules that are read at run time are compiled by several threads.
fn start_threads(rule_files: &[PathBuf]) {
    if !rule_files.is_empty() {
        super::scan::threads(0);
    }
}
