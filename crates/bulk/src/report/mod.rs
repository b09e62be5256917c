//! Reports from a store: about all repositories, about one, about what is new.
//!
//! Everything is read at once and judged by today's date, so that a decision that expired yesterday no longer counts.

mod csv;
mod estate;
mod html;
mod jsonl;
mod markdown;
mod notify;
mod priority;
mod repository;
mod sarif;
mod since;
mod status;
mod tasks;
mod trend;
mod words;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use gonogo::source::{Access, Draft};

use crate::error::Error;
use crate::owners::Mapping;
use crate::store::Store;
pub(crate) use estate::{Estate, Filter, Finding, masked};
pub(crate) use notify::message;
pub(crate) use since::Since;
pub(crate) use status::{Gate, gate, ledger, text as status_text};
pub(crate) use words::count;

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// One page with filters.
    Html,
    /// A summary for a wiki or a ticket.
    Markdown,
    /// A finding on each row.
    Csv,
    /// A repository or a finding on each line.
    Jsonl,
    /// SARIF 2.1.0, a file for each repository.
    Sarif,
}

/// The options of a report.
#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) store: PathBuf,
    pub(crate) format: Format,
    /// A file, or for SARIF a directory.
    pub(crate) output: Option<PathBuf>,
    pub(crate) since: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) repository: Option<String>,
    pub(crate) owners: Option<PathBuf>,
    /// Whether to leave out what differs between two runs that find the same.
    pub(crate) stable: bool,
}

/// Writes a report.
///
/// # Errors
///
/// Fails if the store or the mapping cannot be read, if what was asked for is not in the store, or if the report cannot
/// be written.
pub(crate) fn write(options: &Options) -> Result<(), Error> {
    let mapping = options.owners.as_deref().map(Mapping::read).transpose()?;
    let store = Store::read(&options.store)?;
    if let (Some(mapping), Some(file)) = (&mapping, &options.owners) {
        let repositories = store.repositories()?;
        let labels: Vec<&str> = repositories.iter().map(|row| row.label.as_str()).collect();
        for (line, name) in mapping.idle(&labels) {
            let file = file.display();
            crate::cli::warn(&format!("{file}:{line}: no repository is called {name}"));
        }
    }
    let filter = Filter {
        owner: options.owner.clone(),
        repository: options.repository.clone(),
    };
    let mut estate = Estate::read(&store, &mapping.unwrap_or_default(), &filter)?;
    let since = options
        .since
        .as_deref()
        .map(|text| Since::parse(text, &estate))
        .transpose()?;
    if let Some(since) = since {
        estate.keep_changed(since);
    }
    if options.format == Format::Sarif {
        return write_sarif(options, &estate);
    }
    let text = match options.format {
        Format::Html => html::page(&estate),
        Format::Markdown => markdown::text(&estate),
        Format::Csv => csv::text(&estate, options.stable)?,
        Format::Jsonl | Format::Sarif => jsonl::text(&estate, options.stable),
    };
    match &options.output {
        Some(path) => replace(path, &text),
        None => crate::cli::print(&text),
    }
}

fn write_sarif(options: &Options, estate: &Estate) -> Result<(), Error> {
    let names = crate::engine::rule_names();
    let Some(folder) = &options.output else {
        let [only] = estate.repositories.as_slice() else {
            let why = "SARIF is a file for each repository: name a folder by --output, or one repository by --repository";
            return Err(Error::usage(why));
        };
        return crate::cli::print(&sarif::text(estate, only, &names));
    };
    fs::create_dir_all(folder).map_err(|error| Error::file(folder, error))?;
    for repository in &estate.repositories {
        let name = sarif::file_name(repository);
        replace(&folder.join(name), &sarif::text(estate, repository, &names))?;
    }
    Ok(())
}

/// Writes a file whole or not at all, and to a pipe or a device as it is. A new file may be read by its owner only, since
/// it says where secrets are; one that was there keeps its mode.
fn replace(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |error: io::Error| Error::file(path, error);
    let access = if path.exists() {
        Access::Usual
    } else {
        Access::Private
    };
    let mut draft = Draft::new(path, access).map_err(failed)?;
    draft.write_all(text.as_bytes()).map_err(failed)?;
    draft.finish().map_err(failed)
}

/// Records what the last run came to, and returns the lines at its end: the verdict on all repositories, and how far
/// they are covered.
pub(crate) fn close(path: &Path) -> Result<String, Error> {
    let mut store = Store::open_to_change(path)?;
    let estate = Estate::read(&store, &Mapping::default(), &Filter::default())?;
    if let Some(point) = trend::trend(&estate).last() {
        store.note_sums(point.run, point.sums)?;
    }
    Ok(status::closing(&estate))
}
