//! The options that say which `gonogo.toml` counts.

use std::path::PathBuf;

use clap::Args;

use crate::scan::settings::Choice;

#[derive(Debug, Default, Args)]
pub(super) struct SettingsArgs {
    /// Use the settings of this file instead of the nearest `gonogo.toml`
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,

    /// Use no settings: read no `gonogo.toml`
    #[arg(long)]
    no_config: bool,
}

impl SettingsArgs {
    pub(super) fn choice(&self) -> Choice {
        match &self.config {
            Some(file) => Choice::File(file.clone()),
            None if self.no_config => Choice::Nothing,
            None => Choice::Find,
        }
    }
}
