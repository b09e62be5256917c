//! `gonogo readiness`: assesses whether a system is ready for production.

mod confirm;
mod enclosing;
mod fallback;
mod legible;
mod looked;
mod sides;
mod system;

use std::path::{Path, PathBuf};

use crate::model::Verdict;
use crate::readiness::report::{self, Format};
use crate::readiness::{Assessment, Masks, Request, Standard, assess};
use crate::scan::known::today;
use crate::scan::raw::Raw;
use crate::scan::redaction::Redaction;
use crate::scan::settings::{Choice, Judged};
use crate::source::{Draft, read_text_file};

use super::output::{Target, print};
use super::{Error, redacted_name, redacted_statement};
pub use confirm::{Confirmation, confirm};
use system::System;

/// The size limit for assessments that are read, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// What is assessed, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The repositories, or the folder with a `readiness.toml` that names them.
    pub paths: Vec<PathBuf>,
    /// The `readiness.toml`; `None` for the one in the first of the paths.
    pub system: Option<PathBuf>,
    /// Files with additional standards.
    pub standards: Vec<PathBuf>,
    /// The day of the assessment, as `2026-01-31`; `None` for today.
    pub at: Option<String>,
    /// Whether to scan for credentials and insecure settings.
    pub scan: bool,
    /// Whether to scan the histories as well.
    pub history: bool,
    /// How many threads to use.
    pub threads: usize,
    /// Where `readiness.toml` and statements come from. A change must not decide what is required of it.
    pub settings: Choice,
    /// The change that is judged, if any, and whether what it accepts itself counts.
    pub judged: Option<Judged>,
}

/// Makes the assessment, writes the reports, and returns the verdict.
///
/// # Errors
///
/// A named file or folder cannot be read, `readiness.toml` is invalid, or a report cannot be written.
pub fn run(options: &Options, outputs: &[(Format, Target)]) -> Result<Verdict, Error> {
    let assessment = assessed(options)?;
    for (format, target) in outputs {
        let text = format.write(&assessment);
        match target {
            Target::Stdout => print(&text)?,
            Target::File(path) => write(path, &text)?,
        }
    }
    Ok(assessment.verdict())
}

/// Prints what is missing, and whom to ask about it.
///
/// # Errors
///
/// As [`run`].
pub fn ask(options: &Options) -> Result<(), Error> {
    print(&report::questions(&assessed(options)?))
}

/// Prints what has changed from one saved assessment to another.
///
/// # Errors
///
/// A file cannot be read, or is not an assessment.
pub fn difference(before: &PathBuf, after: &PathBuf) -> Result<(), Error> {
    let read = |path: &PathBuf| {
        read_text_file(path, MAX_BYTES).map_err(|error| Error::File {
            path: path.clone(),
            error,
        })
    };
    let (one, other) = (read(before)?, read(after)?);
    let text = report::difference(&one, &other).map_err(Error::Usage)?;
    print(&text)
}

/// Prints the items of the standard, or only those that people must confirm.
///
/// # Errors
///
/// A standard is invalid, or writing to standard output failed.
pub fn items(standards: &[PathBuf], people: bool) -> Result<(), Error> {
    let standard = standard(standards)?;
    let mut text = String::new();
    if people {
        text.push_str("What no file can show. Confirm it with `gonogo readiness confirm ITEM`.\n");
    }
    for category in &standard.categories {
        let items = standard
            .items
            .iter()
            .filter(|item| item.category == category.id && item.counts());
        let items: Vec<_> = items
            .filter(|item| !people || item.person.is_some())
            .collect();
        if items.is_empty() {
            continue;
        }
        text += &format!("\n{}\n", category.title);
        for item in items {
            let person = item.person.as_deref();
            if let Some(person) = person.filter(|_| people) {
                text += &format!("  [ ] {:<4} {}: {person}\n", item.id, item.title);
            } else {
                let by = if item.read_by.is_some() {
                    "files"
                } else {
                    "a person"
                };
                text += &format!("  {:<4} {} [{}, {by}]\n", item.id, item.title, item.needs);
            }
        }
    }
    print(&text)
}

/// Returns the built-in standard, extended by the files.
fn standard(files: &[PathBuf]) -> Result<Standard, Error> {
    let mut standard = Standard::built_in()?;
    for path in files {
        let text = read_text_file(path, MAX_BYTES).map_err(|error| Error::File {
            path: path.clone(),
            error,
        })?;
        add(&mut standard, &path.display().to_string(), &text)?;
    }
    Ok(standard)
}

/// Adds the contents of a file to a standard. Its texts are shown in reports, so secrets in them are masked.
fn add(standard: &mut Standard, name: &str, text: &str) -> Result<(), Error> {
    standard.add(name, text)?;
    standard.check(name)?;
    standard.redact(&|text| redacted_statement(text).into_owned());
    Ok(())
}

fn assessed(options: &Options) -> Result<Assessment, Error> {
    let system = System::find(options)?;
    let looked = if options.scan {
        Some(looked::look(&system.repositories, options)?)
    } else {
        None
    };
    let (scan, raws) = looked.unzip();
    let mut assessment = assess(Request {
        repositories: system.repositories,
        standard: &system.standard,
        settings: &system.settings,
        scan: scan.as_ref(),
        statements: system.statements,
        today: options.at.clone().unwrap_or_else(today),
        threads: options.threads,
    })?;
    assessment.notices.extend(system.notice);
    redact(&mut assessment, &raws.unwrap_or_default());
    Ok(assessment)
}

/// Masks what the scans found and what looks like a credential. Names of resources stay legible, however random they
/// look.
fn redact(assessment: &mut Assessment, raws: &[Raw]) {
    let redactions: Vec<_> = raws.iter().map(Raw::redaction).collect();
    let redactors: Vec<_> = redactions.iter().map(Redaction::redactor).collect();
    let masked = |text: &str, own: &dyn Fn(&str) -> String| {
        let known = redactors.iter();
        known.fold(own(text), |text, redactor| {
            redactor.name(&text).into_owned()
        })
    };
    let of_resources = |text: &str| masked(text, &|text| redacted_statement(text).into_owned());
    assessment.redact(Masks {
        says: &|says| legible::masked(says, &of_resources),
        name: &|name| masked(name, &|text| redacted_name(text).into_owned()),
        written: &of_resources,
    });
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    use std::io::Write as _;
    let failed = |error| Error::File {
        path: path.to_owned(),
        error,
    };
    let mut draft = Draft::new(path, crate::source::Access::Usual).map_err(failed)?;
    draft.write_all(text.as_bytes()).map_err(failed)?;
    draft.finish().map_err(failed)
}
