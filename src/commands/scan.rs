//! `gonogo scan`: has the engine scan, and writes its reports.

use crate::report::FormatName;
use crate::scan::{self, Error, Outcome, Request, Rules};

use super::output::{Output, Outputs};
use super::progress::Progress;

/// What a scan was asked to do, and where its reports go.
#[derive(Debug)]
pub struct Options {
    /// What to scan, and how to judge it.
    pub request: Request,
    /// Where the reports go.
    pub outputs: Vec<Output>,
    /// Whether to report progress on standard error.
    pub progress: bool,
}

/// Runs a scan and writes its reports.
///
/// # Errors
///
/// Something that was named cannot be opened, or a report cannot be written.
pub fn run(options: Options) -> Result<Outcome, Error> {
    let mut outputs = Outputs::open(&options.outputs)?;
    let outcome = find(options, &mut |batch| outputs.stream(batch))?;
    outputs.finish(&outcome.document())?;
    Ok(outcome)
}

/// Runs a scan for the outputs, and passes them findings as they arrive.
pub(super) fn find(mut options: Options, stream: &mut scan::Stream<'_>) -> Result<Outcome, Error> {
    let is_sarif = |output: &Output| output.format == FormatName::Sarif;
    let writes_sarif = options.outputs.iter().any(is_sarif);
    options.request.shows_former |= writes_sarif;
    let names_commit = |output: &Output| {
        let formats = [FormatName::Sarif, FormatName::Html, FormatName::Markdown];
        formats.contains(&output.format)
    };
    options.request.shows_provenance |= options.outputs.iter().any(names_commit);
    let mut asked = options.outputs.iter().map(|output| output.options.reveal);
    // Reveal only if all reports may: otherwise, some of them must be safe.
    let reveals = asked.len() > 0 && asked.all(|reveals| reveals);
    let rules = Rules::new(options.request.rule_files.clone());
    let progress = Progress::new(options.progress);
    let raw = scan::find_with_baseline(&options.request, (&rules, &progress))?;
    drop(progress);
    let outcome = raw.redacted(&options.request, reveals, stream);
    // The process ends soon, and freeing the state that hundreds of patterns have cached takes as long as scanning a
    // small tree.
    std::mem::forget(rules);
    outcome
}
