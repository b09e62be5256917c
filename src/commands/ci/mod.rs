//! `gonogo ci`: judges what set off a workflow of GitHub Actions, and tells the runner.

mod annotate;
mod event;
mod fetch;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::model::{Severity, Verdict};
use crate::report::{self, FormatName, command_data};

use self::event::{Event, Plan};
use super::output::print;
use super::scan::{self, Change, Options, Outcome, What};
use super::{Error, Output, Target, redacted};

/// What `gonogo ci` was asked to do.
#[derive(Debug)]
pub struct Ask {
    /// How to judge; what to look at is decided here.
    pub scan: Options,
    /// Where the SARIF report goes.
    pub sarif: Option<PathBuf>,
    /// Whether what a shallow clone lacks may be fetched.
    pub may_fetch: bool,
}

/// Judges what the event is about, and writes commands for the runner, a summary and outputs.
///
/// # Errors
///
/// What is to be judged cannot be told or had, or a report cannot be written. That is told to the runner, too.
pub fn run(ask: Ask) -> Result<Verdict, Error> {
    let result = judge(ask);
    if let Err(error) = &result {
        let message = redacted(&error.to_string()).into_owned();
        // The error itself is told in any case, and none of these may stand in its way.
        let _ = print(&format!(
            "::error title=gonogo::{}\n",
            command_data(&message)
        ));
        let _ = append("GITHUB_STEP_SUMMARY", &report::failure_summary(&message));
        let _ = append("GITHUB_OUTPUT", "verdict=UNDECIDED\n");
    }
    result
}

fn judge(mut ask: Ask) -> Result<Verdict, Error> {
    let plan = Event::from_env()?.plan()?;
    let path = ask
        .scan
        .paths
        .first()
        .cloned()
        .unwrap_or_else(|| PathBuf::from("."));
    let mut clone = fetch::Clone::new(&path, ask.may_fetch);
    let change = clone.change(&plan);
    for line in &clone.log {
        print(&format!("{}\n", command_data(&redacted(line))))?;
    }
    let change = change?;
    // Names of branches come from outside, too.
    let looked_at = redacted(&looked_at(&plan, change.as_ref())).into_owned();
    ask.scan.what = match change {
        Some(change) => What::Change(change),
        None => What::Everything {
            worktree: true,
            history: true,
        },
    };
    let text = tempfile::NamedTempFile::new().map_err(|error| Error::Stream {
        stream: "a temporary file",
        error,
    })?;
    ask.scan.outputs = outputs(&ask, text.path());
    let outcome = scan::run(&ask.scan)?;
    let report = read(text.path())?;
    tell(&outcome, &looked_at, &report)?;
    let files = files_address(&plan.head);
    append(
        "GITHUB_STEP_SUMMARY",
        &report::summary(&outcome.document(), &looked_at, files.as_deref()),
    )?;
    append("GITHUB_OUTPUT", &values(&outcome, ask.sarif.as_deref())?)?;
    Ok(outcome.verdict)
}

/// What is scanned, in words.
fn looked_at(plan: &Plan, change: Option<&Change>) -> String {
    match change {
        Some(Change { range, head }) => format!(
            "{}: the commits {range}, and the configuration in {head}",
            plan.says
        ),
        None if plan.bases.is_empty() => format!("{}: all files and the whole history", plan.says),
        None => format!(
            "{}, and nothing to compare it with: all files and the whole history",
            plan.says
        ),
    }
}

fn outputs(ask: &Ask, text: &Path) -> Vec<Output> {
    let output = |format: FormatName, path: &Path| Output {
        format,
        target: Target::File(path.to_owned()),
        options: crate::report::Options::default(),
    };
    let sarif = ask
        .sarif
        .as_ref()
        .map(|path| output(FormatName::Sarif, path));
    [output(FormatName::Text, text)]
        .into_iter()
        .chain(sarif)
        .collect()
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|error| Error::File {
        path: path.to_owned(),
        error,
    })
}

/// Writes to the log: masks before everything else.
fn tell(outcome: &Outcome, looked_at: &str, report: &str) -> Result<(), Error> {
    print(&annotate::masks(&outcome.findings))?;
    print(&format!("{}\n", command_data(looked_at)))?;
    print(&annotate::inert(report))?;
    print(&report::annotations(&outcome.document()))?;
    for warning in &outcome.warnings {
        print(&format!(
            "::warning title=gonogo::{}\n",
            command_data(warning)
        ))?;
    }
    Ok(())
}

/// Where the files of the commit can be seen.
fn files_address(head: &str) -> Option<String> {
    let server = std::env::var("GITHUB_SERVER_URL").ok()?;
    let repository = std::env::var("GITHUB_REPOSITORY").ok()?;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '.' | '-' | '_');
    let address = format!("{server}/{repository}/blob/{head}");
    address.chars().all(is_plain).then_some(address)
}

/// What later steps may ask for.
fn values(outcome: &Outcome, sarif: Option<&Path>) -> Result<String, Error> {
    let mut text = format!(
        "verdict={}\nfindings={}\nsuppressed={}\n",
        outcome.verdict,
        outcome.findings.len(),
        outcome.suppressed.len()
    );
    for severity in Severity::ALL {
        let count = outcome
            .findings
            .iter()
            .filter(|finding| finding.severity == severity)
            .count();
        text.push_str(&format!("{severity}={count}\n"));
    }
    if let Some(path) = sarif {
        let path = path.display().to_string();
        if path.contains(['\n', '\r']) {
            return Err(Error::Usage(
                "the name of the SARIF report has a line end".to_owned(),
            ));
        }
        text.push_str(&format!("sarif={path}\n"));
    }
    Ok(text)
}

/// Adds to the file that a variable of the runner names, if it names one.
fn append(variable: &str, text: &str) -> Result<(), Error> {
    let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()) else {
        return Ok(());
    };
    let path = PathBuf::from(path);
    let file = OpenOptions::new().append(true).create(true).open(&path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| Error::File { path, error })
}
