//! `gonogo ci`: judges what triggered a pipeline, and reports in the dialect of its provider.

mod annotate;
mod event;
mod fetch;
mod job;
mod log;
mod provider;

use std::path::{Path, PathBuf};

use crate::model::{Severity, Verdict};
use crate::report::{self, FormatName, command_data};

use self::event::{Base, Plan};
use self::job::Job;
use self::provider::Env;
use super::scan::{self, Options};
use super::{Error, Output, Target, redacted};
use crate::commands::output::{print, written};
use crate::scan::settings::{Choice, Judged};
use crate::scan::{Change, Outcome, What};

/// What `gonogo ci` was asked to do.
#[derive(Debug)]
pub struct Ask {
    /// How to judge; what to scan is decided here.
    pub scan: Options,
    /// The provider whose variables to read; by default, the one that runs this job.
    pub provider: Option<String>,
    /// What to compare with, in order of preference, before the bases that the event names; empty names are ignored.
    pub bases: Vec<String>,
    /// Whether everything is scanned, whatever the event.
    pub everything: bool,
    /// Where the SARIF report goes.
    pub sarif: Option<PathBuf>,
    /// Where the summary goes, in addition to where the provider shows it.
    pub summary: Option<PathBuf>,
    /// Whether what a shallow clone lacks may be fetched.
    pub may_fetch: bool,
    /// Whose settings count for a change.
    pub settings: Side,
}

/// One of the two sides of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What was there before the change.
    Base,
    /// What the change results in.
    Head,
}

/// What came of it.
#[derive(Debug)]
pub struct Ended {
    /// The verdict.
    pub verdict: Verdict,
    /// Where settings came from.
    pub settings: Choice,
    /// The change that was judged.
    pub judged: Option<Judged>,
}

/// Returns the names of the supported providers.
pub fn providers() -> impl Iterator<Item = &'static str> {
    provider::names()
}

/// Judges what the event is about, and writes commands for the runner, a summary and outputs.
///
/// # Errors
///
/// The commits to scan cannot be determined or fetched, or a report cannot be written. The error is also reported to
/// the runner.
pub fn run(ask: Ask) -> Result<Ended, Error> {
    let look_up = |name: &str| std::env::var(name).ok();
    let env = Env::new(&look_up);
    let choice = provider::choose(ask.provider.as_deref(), env)?;
    let summary = ask.summary.clone();
    let job = Job::new(choice.provider, env, summary.as_deref());
    if !choice.others.is_empty() {
        print(&format!(
            "Detected {}; also set: {} (choose another with --provider)\n",
            choice.provider.title(),
            choice.others.join(", ")
        ))?;
    }
    let result = judge(ask, &job);
    if let Err(error) = &result {
        let message = redacted(&error.to_string()).into_owned();
        // The error itself is reported in any case; a failure to write one of these must not hide it.
        let _ = job.annotate(&format!(
            "::error title=gonogo::{}\n",
            command_data(&message)
        ));
        let _ = job.summarize(&report::failure_summary(&message));
        let _ = job.output("verdict=UNDECIDED\n");
    }
    result
}

fn judge(mut ask: Ask, job: &Job<'_>) -> Result<Ended, Error> {
    let plan = plan(&ask, job)?;
    let path = ask
        .scan
        .request
        .paths
        .first()
        .cloned()
        .unwrap_or_else(|| PathBuf::from("."));
    let mut clone = fetch::Clone::new(&path, ask.may_fetch, job.full_clone());
    let plan = clone.resolve(plan)?;
    let change = clone.change(&plan);
    for line in &clone.log {
        job.say(&format!("{}\n", command_data(&redacted(line))))?;
    }
    let change = change?;
    // Branch names are untrusted input, too.
    let looked_at = redacted(&looked_at(&plan, change.as_ref())).into_owned();
    if let Some(change) = change.as_ref().filter(|_| ask.settings == Side::Base) {
        let base = change.range.split_once("..");
        let before = base.map_or("", |(base, _)| base).to_owned();
        if ask.scan.request.settings == Choice::Find {
            let revision = before.clone();
            ask.scan.request.settings = Choice::At { revision };
        }
        let with_change = !job.is_outside();
        ask.scan.request.judged = Some(Judged {
            before,
            with_change,
        });
    }
    ask.scan.request.what = match change {
        Some(change) => What::Change(change),
        None => What::Everything {
            worktree: true,
            history: true,
            // The runner's own credential is stored there for as long as the job runs.
            own_files: false,
        },
    };
    let options = report::Options {
        // Keep the report on a change short enough to take in at a glance.
        brief: matches!(ask.scan.request.what, What::Change(_)),
        ..report::Options::default()
    };
    let sarif = |path: &PathBuf| Output {
        format: FormatName::Sarif,
        target: Target::File(path.clone()),
        options,
    };
    ask.scan.outputs = ask.sarif.iter().map(sarif).collect();
    let settings = ask.scan.request.settings.clone();
    let judged = ask.scan.request.judged.clone();
    let outcome = scan::run(ask.scan)?;
    let report = written(FormatName::Text, options, &outcome.document())?;
    tell(job, &outcome, &looked_at, &report)?;
    let files = job.files(&plan.head);
    let page = report::summary(&outcome.document(), &looked_at, files.as_deref());
    job.summarize(&page)?;
    job.output(&values(&outcome, ask.sarif.as_deref())?)?;
    Ok(Ended {
        verdict: outcome.verdict,
        settings,
        judged,
    })
}

/// Returns what to scan for the event, with the requested bases first.
fn plan(ask: &Ask, job: &Job<'_>) -> Result<Plan, Error> {
    let plan = job.plan()?;
    if ask.everything {
        return Ok(Plan::everything(&plan.head, &plan.event));
    }
    // A pipeline variable used as a base is empty when the provider has no value for it.
    let named = ask.bases.iter().filter(|name| !name.is_empty());
    let named = named.filter(|name| !event::is_zero(name));
    let bases: Result<Vec<_>, _> = named.map(|name| Base::named(name)).collect();
    let bases = bases?.into_iter().chain(plan.bases).collect();
    Ok(Plan { bases, ..plan })
}

/// Describes what is scanned.
fn looked_at(plan: &Plan, change: Option<&Change>) -> String {
    match change {
        Some(Change { range, head }) => format!(
            "{}: the commits {range}, and the configuration in {head}",
            plan.event
        ),
        None if plan.bases.is_empty() => format!("{}: all files and the whole history", plan.event),
        None => format!(
            "{}, with nothing to compare against: all files and the whole history",
            plan.event
        ),
    }
}

/// Writes to the log, masks first.
fn tell(job: &Job<'_>, outcome: &Outcome, looked_at: &str, report: &str) -> Result<(), Error> {
    job.say(&annotate::masks(&outcome.findings))?;
    job.say(&format!("{}\n", command_data(looked_at)))?;
    job.show(report)?;
    job.annotate(&report::annotations(&outcome.document()))?;
    for warning in &outcome.warnings {
        job.say(&format!(
            "::warning title=gonogo::{}\n",
            command_data(warning)
        ))?;
    }
    Ok(())
}

/// Returns the values that later steps can read.
fn values(outcome: &Outcome, sarif: Option<&Path>) -> Result<String, Error> {
    let new = outcome.findings.iter().filter(|finding| !finding.is_old);
    let accepted = outcome.suppressed.iter();
    let accepted = accepted.filter(|finding| finding.accepted_by_change);
    let gaps = outcome.coverage.gaps.iter();
    let gaps = gaps.filter(|gap| gap.accepted_by_change);
    let mut text = format!(
        "verdict={}\nfindings={}\nnew={}\nsuppressed={}\naccepted={}\n",
        outcome.verdict,
        outcome.findings.len(),
        new.count(),
        outcome.suppressed.len(),
        accepted.count() + gaps.count()
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
                "the name of the SARIF report contains a line break".to_owned(),
            ));
        }
        text.push_str(&format!("sarif={path}\n"));
    }
    Ok(text)
}
