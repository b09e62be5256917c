//! `gonogo readiness …` as it is typed, and what it means.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};

use super::scan::{MAX_THREADS, threads};
use crate::commands::readiness::{self, Confirmation, Options};
use crate::commands::{Error, Target};
use crate::model::Verdict;
use crate::readiness::amount::day_number;
use crate::readiness::report::Format;
use crate::scan::settings::{Choice, Judged};

/// Assess whether a system is ready for production, from its files and from what people say
///
/// Exit code: 0 when the assessment is written. With --gate 0: GO, 1: NO-GO, 2: not decided.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct ReadinessArgs {
    #[command(subcommand)]
    task: Option<Task>,

    #[command(flatten)]
    look: LookArgs,

    /// Exit with 1 for NO-GO, and with 2 where it is not decided
    #[arg(long)]
    gate: bool,

    /// How to write to standard output: text, markdown, html, json, sarif
    #[arg(long, short, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Write another report to a file; may be given more than once
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = report)]
    reports: Vec<(Format, PathBuf)>,
}

#[derive(Debug, Args)]
struct LookArgs {
    /// The repositories of the system, or the folder of the `readiness.toml` that names them
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,

    /// The `readiness.toml` [default: the one in the first path]
    #[arg(long, value_name = "FILE")]
    system: Option<PathBuf>,

    /// Add the items of this file to the standard; may be given more than once
    #[arg(long = "standard", value_name = "FILE")]
    standards: Vec<PathBuf>,

    /// Assess as of this day [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    at: Option<String>,

    /// Leave out the scan for credentials and insecure settings
    #[arg(long)]
    no_scan: bool,

    /// Leave out the git history in that scan
    #[arg(long)]
    no_history: bool,

    /// How many threads to use; 0 means as many as there are processors
    #[arg(long, short = 'j', value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=MAX_THREADS))]
    threads: u16,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Record a statement about an item, below `.gonogo/attestations/`
    Confirm(ConfirmArgs),
    /// Print what is missing, and whom to ask
    Ask(LookArgs),
    /// Print what has changed from one assessment to another, both written as JSON
    Diff {
        /// The earlier assessment
        before: PathBuf,
        /// The later assessment
        after: PathBuf,
    },
    /// Print the items of the standard
    Items {
        /// Print only what no file can show
        #[arg(long)]
        people: bool,

        /// Add the items of this file; may be given more than once
        #[arg(long = "standard", value_name = "FILE")]
        standards: Vec<PathBuf>,
    },
}

#[derive(Debug, Args)]
struct ConfirmArgs {
    /// The item or the sign-off: `L9`, `SIGN-qa`
    item: String,

    /// Who says it
    #[arg(long, value_name = "NAME")]
    by: String,

    /// In which role: security, devops, qa, database, engineering, product, legal, sponsor
    #[arg(long)]
    role: String,

    /// The last day on which it counts
    #[arg(long, value_name = "DATE")]
    until: String,

    /// What is said, in a sentence
    #[arg(long, value_name = "TEXT")]
    statement: Option<String>,

    /// A file or an address that it goes by; may be given more than once. It is stale once a file has changed
    #[arg(long, value_name = "FILE-or-URL")]
    evidence: Vec<String>,

    /// The commit or image that it is about, and no other
    #[arg(long, value_name = "COMMIT-or-IMAGE")]
    release: Option<String>,

    /// Say that it is not so
    #[arg(long)]
    deny: bool,

    /// The folder of the system
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    path: PathBuf,

    /// The day on which it is made [default: today]
    #[arg(long, value_name = "DATE", value_parser = day)]
    at: Option<String>,
}

fn day(text: &str) -> Result<String, String> {
    let is_day = day_number(text).is_some();
    is_day
        .then(|| text.to_owned())
        .ok_or_else(|| "write a day like 2026-12-31".to_owned())
}

fn report(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text
        .split_once('=')
        .filter(|(_, file)| !file.is_empty())
        .ok_or("write FORMAT=FILE")?;
    Ok((format.parse()?, PathBuf::from(file)))
}

impl LookArgs {
    fn options(&self) -> Options {
        Options {
            paths: self.paths.clone(),
            system: self.system.clone(),
            standards: self.standards.clone(),
            at: self.at.clone(),
            scan: !self.no_scan,
            history: !self.no_history,
            threads: threads(self.threads),
            settings: Choice::Find,
            judged: None,
        }
    }
}

/// Assesses the system at `path` with everything else as it is when nothing is typed, and prints the report. The first of
/// the two says where `readiness.toml` and statements come from, the second which change is judged.
pub(super) fn assess(
    path: &Path,
    (settings, judged): (Choice, Option<Judged>),
) -> Result<Verdict, Error> {
    let options = Options {
        paths: vec![path.to_owned()],
        system: None,
        standards: Vec::new(),
        at: None,
        scan: true,
        history: true,
        threads: threads(0),
        settings,
        judged,
    };
    readiness::run(&options, &[(Format::Text, Target::Stdout)])
}

impl ConfirmArgs {
    fn run(&self) -> Result<(), Error> {
        let options = Options {
            paths: vec![self.path.clone()],
            system: None,
            standards: Vec::new(),
            at: self.at.clone(),
            scan: false,
            history: false,
            threads: 1,
            settings: Choice::Find,
            judged: None,
        };
        let confirmation = Confirmation {
            item: self.item.clone(),
            by: self.by.clone(),
            role: self.role.clone(),
            until: self.until.clone(),
            statement: self.statement.clone(),
            evidence: self.evidence.clone(),
            release: self.release.clone(),
            denies: self.deny,
        };
        readiness::confirm(&options, &confirmation)
    }
}

impl ReadinessArgs {
    /// Gives the verdict that the exit code says: GO unless --gate asks for more.
    pub(super) fn run(&self, quiet: bool) -> Result<Verdict, Error> {
        let done = match &self.task {
            None => None,
            Some(Task::Confirm(args)) => Some(args.run()),
            Some(Task::Ask(args)) => Some(readiness::ask(&args.options())),
            Some(Task::Diff { before, after }) => Some(readiness::difference(before, after)),
            Some(Task::Items { people, standards }) => Some(readiness::items(standards, *people)),
        };
        if let Some(done) = done {
            return done.map(|()| Verdict::Go);
        }
        let mut outputs = Vec::new();
        if !(quiet && self.format == Format::Text) {
            outputs.push((self.format, Target::Stdout));
        }
        let files = self.reports.iter();
        outputs.extend(files.map(|(format, path)| (*format, Target::File(path.clone()))));
        let verdict = readiness::run(&self.look.options(), &outputs)?;
        Ok(if self.gate { verdict } else { Verdict::Go })
    }
}
