//! `gonogo scan …` as it is typed, and what it means.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::thread;

use clap::{Args, ColorChoice};

use crate::commands::scan::{self, Options};
use crate::commands::why::Line;
use crate::commands::{Error, Output, Threads};
use crate::model::{Confidence, Severity, Verdict};
use crate::scan::{Request, What};
use crate::source::git::follow_environment;
use crate::source::{Limits, use_memory};
use crate::triage::{Globs, Selection, is_rule_pattern};

use super::choice::{FailOn, confidence, fail_on, severity};
use super::output::OutputArgs;
use super::settings::SettingsArgs;

/// The most threads that may be asked for; beyond that, starting them takes longer than the work.
pub(super) const MAX_THREADS: i64 = 256;

/// What files may have when nothing else is typed; the same as the default of `--max-file-size`.
const MAX_FILE_SIZE: u64 = 256 << 20;

/// How many archives within each other are unpacked when nothing else is typed; as of `--max-archive-depth`.
pub(super) const MAX_ARCHIVE_DEPTH: usize = 3;

/// Find credentials, placeholders and insecure configuration
///
/// Exit code 0: GO, nothing at or above the threshold. 1: NO-GO. 2: not decided, because nothing was scanned or
/// something could not be read.
#[derive(Debug, Args)]
pub(super) struct ScanArgs {
    #[command(flatten)]
    look: LookArgs,

    /// Leave out what is in this file of known findings, and count it; `.gonogo-baseline` at the top of what is scanned
    /// counts by itself
    #[arg(
        long,
        alias = "baseline-path",
        value_name = "FILE",
        help_heading = "Judgement"
    )]
    baseline: Option<PathBuf>,

    #[command(flatten)]
    selection: SelectionArgs,

    #[command(flatten)]
    output: OutputArgs,
}

/// What to look at, and what to look for.
#[derive(Debug, Args)]
pub(super) struct LookArgs {
    /// Files, folders and repositories; of a repository the whole history is scanned, too
    #[arg(default_value = ".")]
    paths: Vec<PathBuf>,

    #[command(flatten)]
    input: InputArgs,

    #[command(flatten)]
    judge: JudgeArgs,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Input")]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that is typed or not"
)]
struct InputArgs {
    /// Leave out the git history
    #[arg(long)]
    no_history: bool,

    /// Leave out the files of the working tree
    #[arg(long)]
    no_worktree: bool,

    /// Scan what is staged, as it is staged, and nothing else
    #[arg(long, conflicts_with_all = ["no_history", "no_worktree", "range", "stdin", "no_ignore"])]
    staged: bool,

    /// Scan what the commits of a range add, and nothing else
    #[arg(long, value_name = "BASE..HEAD", conflicts_with_all = ["no_history", "no_worktree", "stdin", "no_ignore"])]
    range: Option<String>,

    /// Scan standard input and nothing else
    #[arg(long, conflicts_with_all = ["no_history", "no_worktree", "paths", "no_ignore"])]
    stdin: bool,

    /// What standard input is called, which tells what kind of file it is
    #[arg(
        long,
        value_name = "PATH",
        default_value = "<stdin>",
        requires = "stdin"
    )]
    stdin_name: String,

    /// Scan files that git ignores, too
    #[arg(long)]
    no_ignore: bool,

    /// Leave out files and blobs larger than this, and say so; K, M and G are understood
    #[arg(long, alias = "max-filesize", value_name = "SIZE", default_value = "256M", value_parser = size)]
    max_file_size: u64,

    /// Look into archives, and so many deep into archives within them; 0 leaves archives out
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(..=16))]
    max_archive_depth: u8,

    /// Keep in this folder what was seen of the history, and scan only what is new; it may be deleted at any time
    #[arg(long, value_name = "FOLDER", conflicts_with_all = ["no_history", "staged", "range", "stdin"])]
    cache: Option<PathBuf>,

    /// How many threads to use; 0 means as many as there are processors
    #[arg(long, short = 'j', value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u16).range(..=MAX_THREADS))]
    threads: u16,

    /// How much memory to use, about: large texts take turns; K, M and G are understood [default: half of what the
    /// machine or the container has, and at least 1G]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    memory: Option<u64>,
}

#[derive(Debug, Args)]
#[command(next_help_heading = "Judgement")]
pub(super) struct JudgeArgs {
    /// NO-GO from this severity on; `never` reports without failing, with exit code 0 whatever the verdict [default: what
    /// `gonogo.toml` says, or high]
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on())]
    fail_on: Option<FailOn>,

    /// Report findings from this confidence on [default: what `gonogo.toml` says, or medium]
    #[arg(long, value_name = "CONFIDENCE", value_parser = confidence())]
    min_confidence: Option<Confidence>,

    /// Report findings from this severity on [default: what `gonogo.toml` says, or low]
    #[arg(long, value_name = "SEVERITY", value_parser = severity())]
    min_severity: Option<Severity>,

    /// Use the rules of this file beside the built-in ones; may be given more than once
    #[arg(long = "rules", value_name = "FILE")]
    rule_files: Vec<PathBuf>,

    #[command(flatten)]
    settings: SettingsArgs,
}

/// What is left out of what is found.
#[derive(Debug, Args)]
#[command(next_help_heading = "Judgement")]
pub(super) struct SelectionArgs {
    /// Leave out files and folders that match this pattern, written as in `.gitignore`; may be given more than once
    #[arg(long, value_name = "GLOB", value_parser = glob)]
    exclude: Vec<String>,

    /// Report only what this rule or family (`compose/*`) finds; may be given more than once
    #[arg(long = "rule", value_name = "ID", value_parser = rule)]
    only: Vec<String>,

    /// Leave out what this rule or family (`compose/*`) finds; may be given more than once
    #[arg(long, value_name = "ID", value_parser = rule)]
    skip: Vec<String>,
}

impl SelectionArgs {
    pub(super) fn selection(&self) -> Result<Selection, Error> {
        Selection::new(&self.exclude, &self.only, &self.skip).map_err(Error::Usage)
    }
}

fn glob(text: &str) -> Result<String, String> {
    Globs::new([text]).map(|_| text.to_owned())
}

fn rule(text: &str) -> Result<String, String> {
    let is_right = is_rule_pattern(text).then(|| text.to_owned());
    is_right.ok_or_else(|| "write FAMILY/NAME, FAMILY/* or *: see `gonogo rules list`".to_owned())
}

impl ScanArgs {
    pub(super) fn run(&self, color: ColorChoice, quiet: bool) -> Result<Verdict, Error> {
        let mut options = self.look.options(quiet)?;
        // Git names the repository to its hooks. A path that is typed names it, too.
        if options.request.what.is_of_git() && options.request.paths == [PathBuf::from(".")] {
            follow_environment()?;
        }
        options.request.baseline.clone_from(&self.baseline);
        options.request.selection = self.selection.selection()?;
        options.request.shows_former = false;
        options.outputs = self.output.outputs(color, quiet)?;
        let outcome = scan::run(options)?;
        if !quiet {
            outcome.warnings.iter().for_each(|line| super::warn(line));
        }
        Ok(self.look.judge.exit(outcome.verdict))
    }
}

impl LookArgs {
    /// A scan without reports.
    pub(super) fn options(&self, quiet: bool) -> Result<Options, Error> {
        let what = self.what()?;
        let paths = if matches!(what, What::Stdin(_)) {
            vec![PathBuf::from("-")]
        } else {
            self.paths.clone()
        };
        let limits = Limits {
            max_file_size: self.input.max_file_size,
            max_archive_depth: usize::from(self.input.max_archive_depth),
            threads: threads(self.input.threads),
        };
        use_memory(self.input.memory);
        let mut options = self.judge.options(what, Vec::new(), !quiet);
        options.request = Request {
            paths,
            no_ignore: self.input.no_ignore,
            limits,
            cache: self.input.cache.clone(),
            own_refs_only: false,
            ..options.request
        };
        Ok(options)
    }

    fn what(&self) -> Result<What, Error> {
        let input = &self.input;
        if let Some(range) = &input.range {
            return Ok(What::Range(range.clone()));
        }
        match (
            input.staged,
            input.stdin,
            input.no_worktree && input.no_history,
        ) {
            (true, _, _) => Ok(What::Staged),
            (_, true, _) => Ok(What::Stdin(input.stdin_name.clone())),
            (_, _, true) => Err(Error::Usage(
                "--no-worktree with --no-history leaves nothing to scan".to_owned(),
            )),
            _ => Ok(What::Everything {
                worktree: !input.no_worktree,
                history: !input.no_history,
                own_files: !input.no_worktree,
            }),
        }
    }
}

/// A scan of the file of one line, with all that is uncertain or mild.
pub(super) fn of_line(line: &Line, rule_files: &[PathBuf]) -> Options {
    let judge = JudgeArgs {
        fail_on: None,
        min_confidence: Some(Confidence::Low),
        min_severity: Some(Severity::Info),
        rule_files: rule_files.to_vec(),
        settings: SettingsArgs::default(),
    };
    let what = What::Everything {
        worktree: true,
        history: false,
        own_files: false,
    };
    let mut options = judge.options(what, Vec::new(), false);
    options.request.paths = vec![line.file.clone()];
    options.request.no_ignore = true;
    options
}

impl JudgeArgs {
    /// What the exit code says of a scan with this verdict.
    pub(super) fn exit(&self, verdict: Verdict) -> Verdict {
        match self.fail_on {
            Some(FailOn::Never) => Verdict::Go,
            _ => verdict,
        }
    }

    /// A scan of the current folder with this judgement, and everything else as it is when nothing is typed.
    pub(super) fn options(&self, what: What, outputs: Vec<Output>, progress: bool) -> Options {
        let request = Request {
            paths: vec![PathBuf::from(".")],
            what,
            no_ignore: false,
            limits: Limits {
                max_file_size: MAX_FILE_SIZE,
                max_archive_depth: MAX_ARCHIVE_DEPTH,
                threads: threads(0),
            },
            rule_files: self.rule_files.clone(),
            min_confidence: self.min_confidence,
            min_severity: self.min_severity,
            fail_on: match self.fail_on {
                Some(FailOn::Severity(severity)) => Some(severity),
                Some(FailOn::Never) | None => None,
            },
            selection: Selection::default(),
            baseline: None,
            shows_former: true,
            shows_provenance: false,
            keeps_places: false,
            cache: None,
            own_refs_only: false,
            settings: self.settings.choice(),
            judged: None,
        };
        Options {
            request,
            outputs,
            progress,
        }
    }
}

/// Starts the threads that are meant by what was typed, once, and returns how many those are.
pub(super) fn threads(asked: u16) -> usize {
    static STARTED: OnceLock<Threads> = OnceLock::new();
    let start = || {
        let threads = Threads::start(match usize::from(asked) {
            0 => thread::available_parallelism().map_or(1, usize::from),
            n => n,
        });
        threads.warning().iter().for_each(|line| super::warn(line));
        threads
    };
    STARTED.get_or_init(start).count
}

/// A size in bytes, with K, M or G for powers of 1024.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let factor = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kb" | "kib" => 1 << 10,
        "m" | "mb" | "mib" => 1 << 20,
        "g" | "gb" | "gib" => 1 << 30,
        unit => return Err(format!("unknown unit `{unit}`: write K, M or G")),
    };
    let number: u64 = digits
        .parse()
        .map_err(|_| format!("`{digits}` is not a whole number of bytes"))?;
    if number == 0 {
        return Err("must be greater than 0".to_owned());
    }
    number
        .checked_mul(factor)
        .ok_or_else(|| "too large".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(size("10"), Ok(10));
        assert_eq!(size("2k"), Ok(2048));
        assert_eq!(size("1 GiB".replace(' ', "").as_str()), Ok(1 << 30));
        assert!(
            size("0").is_err()
                && size("many").is_err()
                && size("5x").is_err()
                && size("99999999999G").is_err()
        );
    }
}
