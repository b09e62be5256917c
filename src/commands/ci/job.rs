//! The job that `gonogo ci` runs in: its log, its summary and its outputs.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::commands::Error;
use crate::commands::output::print;
use crate::source::replace_file;

use super::event::Plan;
use super::log::Log;
use super::provider::{self, Dialect, Env, Provider};

/// The job of a pipeline.
pub(super) struct Job<'e> {
    provider: &'static dyn Provider,
    env: Env<'e>,
    log: Log,
    /// Where to write the summary, in addition to where the provider shows it.
    summary: Option<&'e Path>,
}

impl<'e> Job<'e> {
    pub(super) fn new(
        provider: &'static dyn Provider,
        env: Env<'e>,
        summary: Option<&'e Path>,
    ) -> Self {
        Self {
            provider,
            env,
            log: Log(provider::dialect(provider, env)),
            summary,
        }
    }

    /// What is to be scanned.
    pub(super) fn plan(&self) -> Result<Plan, Error> {
        provider::plan(self.provider, self.env)
    }

    /// Returns whether the change comes from outside the repository.
    pub(super) fn is_outside(&self) -> bool {
        self.provider.is_outside(self.env)
    }

    /// Returns the setting that makes the pipeline check out all commits.
    pub(super) fn full_clone(&self) -> &'static str {
        self.provider.full_clone()
    }

    /// Returns the URL below which the files of a commit can be viewed.
    pub(super) fn files(&self, head: &str) -> Option<String> {
        self.provider.files(self.env, head)
    }

    /// Writes workflow commands and lines of text to the log, translated to its dialect.
    pub(super) fn say(&self, commands: &str) -> Result<(), Error> {
        print(&self.log.commands(commands))
    }

    /// Writes annotations of findings to the log.
    pub(super) fn annotate(&self, commands: &str) -> Result<(), Error> {
        print(&self.log.annotations(commands))
    }

    /// Writes text to the log so that nothing in it is interpreted.
    pub(super) fn show(&self, text: &str) -> Result<(), Error> {
        print(&self.log.inert(text))
    }

    /// Shows a Markdown page as the job's summary, if the provider has a place for one.
    pub(super) fn summarize(&self, page: &str) -> Result<(), Error> {
        if let Some(path) = self.summary {
            replace_file(path, page.as_bytes()).map_err(|error| file(path, error))?;
        }
        if self.provider.dialect() == Dialect::Workflow {
            return self.append("GITHUB_STEP_SUMMARY", page);
        }
        let Some(folder) = self.env.text("AGENT_TEMPDIRECTORY") else {
            return Ok(());
        };
        if self.log.0 != Dialect::Azure {
            return Ok(());
        }
        let folder = Path::new(&folder);
        // The agent reads the file later, and removes the folder at the end of the job.
        let name = tempfile::Builder::new()
            .prefix("gonogo-")
            .suffix(".md")
            .tempfile_in(folder)
            .and_then(|mut file| file.write_all(page.as_bytes()).map(|()| file))
            .map_err(|error| self::file(folder, error))?;
        let (_, path) = name.keep().map_err(|error| file(folder, error.error))?;
        let command = self.log.summary(&path.display().to_string());
        print(&command.unwrap_or_default())
    }

    /// Passes values to later steps, if the provider supports that. `values` has one line `name=value` for each.
    pub(super) fn output(&self, values: &str) -> Result<(), Error> {
        if self.provider.dialect() == Dialect::Workflow {
            return self.append("GITHUB_OUTPUT", values);
        }
        print(&self.log.outputs(values))
    }

    /// Appends to the file that a variable of the runner names, if it is set.
    fn append(&self, variable: &str, text: &str) -> Result<(), Error> {
        let Some(path) = self.env.text(variable).map(PathBuf::from) else {
            return Ok(());
        };
        let opened = OpenOptions::new().append(true).create(true).open(&path);
        opened
            .and_then(|mut opened| opened.write_all(text.as_bytes()))
            .map_err(|error| file(&path, error))
    }
}

fn file(path: &Path, error: std::io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        error,
    }
}
