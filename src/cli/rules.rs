//! `gonogo rules …` as it is typed.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::commands::Error;
use crate::commands::rules::{self, Action};
use crate::commands::why::{self, Line};

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

/// Say why a rule matters, what to do, and where to read on; or why a line is reported or not
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule, as `family/name`
    #[arg(required_unless_present = "why")]
    rule: Option<String>,

    /// Say of a line of a file what was found in it and what suppresses that, or why nothing was found
    #[arg(long, value_name = "FILE:LINE", conflicts_with = "rule")]
    why: Option<Line>,

    /// Use the rules of this file beside the built-in ones; may be given more than once
    #[arg(long = "rules", value_name = "FILE")]
    rule_files: Vec<PathBuf>,
}

impl ExplainArgs {
    pub(super) fn run(&self) -> Result<bool, Error> {
        if let Some(line) = &self.why {
            why::run(line, super::scan::of_line(line, &self.rule_files))?;
            return Ok(true);
        }
        start_threads(&self.rule_files);
        let rule = self.rule.clone().unwrap_or_default();
        rules::run(&Action::Show(rule), &self.rule_files)
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
