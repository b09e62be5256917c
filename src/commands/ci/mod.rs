//! `gonogo ci`: judges what set off a pipeline, and reports in the words of its provider.

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
use crate::scan::settings::Choice;
use crate::scan::{Change, Outcome, What};

/// What `gonogo ci` was asked to do.
#[derive(Debug)]
pub struct Ask {
    /// How to judge; what to look at is decided here.
    pub scan: Options,
    /// Whose variables to read; by default, those of the provider whose job this is.
    pub provider: Option<String>,
    /// What to compare with before what the event states, the best first; empty names are passed over.
    pub bases: Vec<String>,
    /// Whether everything is scanned, whatever the event.
    pub everything: bool,
    /// Where the SARIF report goes.
    pub sarif: Option<PathBuf>,
    /// Where the summary goes, besides where the provider shows it.
    pub summary: Option<PathBuf>,
    /// Whether what a shallow clone lacks may be fetched.
    pub may_fetch: bool,
    /// Whose settings count for a change.
    pub settings: Side,
}

/// One of the two states that a change leads from and to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// What was there before the change.
    Base,
    /// What the change makes of it.
    Head,
}

/// Returns the names of the providers whose variables are known.
pub fn providers() -> impl Iterator<Item = &'static str> {
    provider::names()
}

/// Judges what the event is about, and writes commands for the runner, a summary and outputs.
///
/// # Errors
///
/// The commits to scan cannot be determined or fetched, or a report cannot be written. The runner is informed, too.
pub fn run(ask: Ask) -> Result<Verdict, Error> {
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
        // The error itself is reported in any case, and none of these may be in its way.
        let _ = job.annotate(&format!(
            "::error title=gonogo::{}\n",
            command_data(&message)
        ));
        let _ = job.summarize(&report::failure_summary(&message));
        let _ = job.output("verdict=UNDECIDED\n");
    }
    result
}

fn judge(mut ask: Ask, job: &Job<'_>) -> Result<Verdict, Error> {
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
    // Names of branches come from outside, too.
    let looked_at = redacted(&looked_at(&plan, change.as_ref())).into_owned();
    if let Some(change) = change.as_ref().filter(|_| ask.settings == Side::Base)
        && ask.scan.request.settings == Choice::Find
    {
        let base = change.range.split_once("..");
        ask.scan.request.settings = Choice::At {
            revision: base.map_or("", |(base, _)| base).to_owned(),
            with_change: !job.is_outside(),
        };
    }
    ask.scan.request.what = match change {
        Some(change) => What::Change(change),
        None => What::Everything {
            worktree: true,
            history: true,
            // The runner's own credential is there, for as long as the job runs.
            own_files: false,
        },
    };
    let options = report::Options {
        // Anyone who reads the log of a change wants to see all of it at once.
        brief: matches!(ask.scan.request.what, What::Change(_)),
        ..report::Options::default()
    };
    let sarif = |path: &PathBuf| Output {
        format: FormatName::Sarif,
        target: Target::File(path.clone()),
        options,
    };
    ask.scan.outputs = ask.sarif.iter().map(sarif).collect();
    let outcome = scan::run(ask.scan)?;
    let report = written(FormatName::Text, options, &outcome.document())?;
    tell(job, &outcome, &looked_at, &report)?;
    let files = job.files(&plan.head);
    let page = report::summary(&outcome.document(), &looked_at, files.as_deref());
    job.summarize(&page)?;
    job.output(&values(&outcome, ask.sarif.as_deref())?)?;
    Ok(outcome.verdict)
}

/// What is to be scanned for the event, and for what was asked besides.
fn plan(ask: &Ask, job: &Job<'_>) -> Result<Plan, Error> {
    let plan = job.plan()?;
    if ask.everything {
        return Ok(Plan::everything(&plan.head, &plan.event));
    }
    // A variable that the pipeline puts here is empty where it does not know.
    let named = ask.bases.iter().filter(|name| !name.is_empty());
    let named = named.filter(|name| !event::is_zero(name));
    let bases: Result<Vec<_>, _> = named.map(|name| Base::named(name)).collect();
    let bases = bases?.into_iter().chain(plan.bases).collect();
    Ok(Plan { bases, ..plan })
}

/// What is scanned, in words.
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

/// Writes to the log: masks before everything else.
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

/// What later steps may ask for.
fn values(outcome: &Outcome, sarif: Option<&Path>) -> Result<String, Error> {
    let new = outcome.findings.iter().filter(|finding| !finding.is_old);
    let accepted = outcome.suppressed.iter();
    let accepted = accepted.filter(|finding| finding.accepted_by_change);
    let mut text = format!(
        "verdict={}\nfindings={}\nnew={}\nsuppressed={}\naccepted={}\n",
        outcome.verdict,
        outcome.findings.len(),
        new.count(),
        outcome.suppressed.len(),
        accepted.count()
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
