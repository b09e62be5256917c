//! The command line: what can be typed, and the one place where an error becomes a message and an exit code.

mod accept;
mod find;
#[cfg(feature = "fleet")]
mod fleet;
mod forge;
mod merge;
mod notify;
mod rename;
mod report;
mod scan;
mod size;
mod trial;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use gonogo::scan::redacted;

use crate::error::Error;
use crate::store::beside;
use crate::worker;

#[cfg(feature = "fleet")]
pub(crate) use size::duration;

/// The command did what it was asked to do, and a gate is open.
const GO: u8 = 0;
/// A gate is closed.
const NO_GO: u8 = 1;
/// The command failed, or a gate cannot say.
const UNDECIDED: u8 = 2;
/// The user stopped the command.
const STOPPED: u8 = 130;

/// Scans many repositories, keeps what it finds in a store, and says what to do first
#[derive(Debug, Parser)]
#[command(
    name = "gonogo bulk",
    bin_name = "gonogo bulk",
    version,
    max_term_width = 100
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(Box<scan::ScanArgs>),
    Report(Box<report::ReportArgs>),
    Status(report::StatusArgs),
    Accept(accept::AcceptArgs),
    Forget(accept::ForgetArgs),
    Rename(rename::RenameArgs),
    Merge(merge::MergeArgs),
    #[cfg(feature = "fleet")]
    Database(fleet::DatabaseArgs),
    #[cfg(feature = "fleet")]
    Plan(Box<fleet::PlanArgs>),
    #[cfg(feature = "fleet")]
    Work(Box<fleet::WorkArgs>),
    Notify(Box<notify::NotifyArgs>),
    Find(Box<find::FindArgs>),
    Try(Box<trial::TryArgs>),
    /// Scan repositories as they are named on standard input; started by this program itself
    #[command(hide = true)]
    Worker,
}

/// The store, and the key that secrets in it are hashed with.
#[derive(Debug, Args)]
pub(crate) struct StoreArgs {
    /// The store
    #[arg(long, value_name = "FILE", default_value = "gonogo-bulk.db")]
    pub(crate) store: PathBuf,
}

/// The key of the store.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// The file of the key that secrets in the store are hashed with; made with the store [default: the store with
    /// `.key` behind its name]
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl KeyArgs {
    /// The file, which is beside the store if none was named.
    pub(crate) fn file(&self, store: &Path) -> PathBuf {
        self.key_file
            .clone()
            .unwrap_or_else(|| beside(store, ".key"))
    }
}

/// Runs the command line `args`, the program's name first.
pub(crate) fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            let code = if error.use_stderr() { UNDECIDED } else { GO };
            // What was typed in the wrong place may be a credential.
            let message = error.render().to_string();
            let safe = redacted(&message);
            let _ = if error.use_stderr() {
                write!(std::io::stderr(), "{safe}")
            } else {
                error.print()
            };
            return ExitCode::from(code);
        }
    };
    // A core file of a program that has tokens would hold them.
    if let Err(why) = worker::no_core_file() {
        return ExitCode::from(fail(&Error::Usage(why)));
    }
    let code = match &cli.command {
        Command::Scan(args) => args.run(),
        Command::Report(args) => args.run(),
        Command::Status(args) => args.run(),
        Command::Accept(args) => args.run(),
        Command::Forget(args) => args.run(),
        Command::Rename(args) => args.run(),
        Command::Merge(args) => args.run(),
        #[cfg(feature = "fleet")]
        Command::Database(args) => args.run(),
        #[cfg(feature = "fleet")]
        Command::Plan(args) => args.run(),
        #[cfg(feature = "fleet")]
        Command::Work(args) => args.run(),
        Command::Notify(args) => args.run(),
        Command::Find(args) => args.run(),
        Command::Try(args) => args.run(),
        Command::Worker => return worker::run(),
    };
    ExitCode::from(code.unwrap_or_else(|error| fail(&error)))
}

/// Prints an error and gives its exit code.
fn fail(error: &Error) -> u8 {
    if !error.is_broken_pipe() {
        say("error", &redacted(&error.to_string()));
    }
    match error {
        Error::Stopped(_) => STOPPED,
        _ => UNDECIDED,
    }
}

/// Prints something that went wrong without harm to the rest.
pub(crate) fn warn(message: &str) {
    say("warning", &redacted(message));
}

fn say(what: &str, message: &str) {
    // Paths and names come from outside; control characters in them are not for the terminal.
    let _ = writeln!(std::io::stderr(), "{what}: {}", visible(message));
}

/// A text with its control characters written out.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            visible.extend(c.escape_default());
        } else {
            visible.push(c);
        }
    }
    visible
}

/// Writes to standard output.
pub(crate) fn print(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes())
        .and_then(|()| out.flush())
        .map_err(Error::Output)
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
