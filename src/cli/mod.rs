//! The command line: what can be typed, and the one place where an error becomes a message and an exit code.

mod baseline;
mod choice;
mod ci;
mod doctor;
mod fix;
mod foreign;
mod hook;
mod init;
mod measure;
mod output;
mod program;
mod readiness;
mod rules;
mod scan;
mod settings;
mod shell;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{ColorChoice, Parser, Subcommand};

use crate::commands::{Error, redacted};
use crate::model::Verdict;

/// Scanned, and nothing at or above the threshold.
const GO: u8 = 0;
/// Findings at or above the threshold, or a rule that fails its own examples.
const NO_GO: u8 = 1;
/// Not decided: wrong arguments, nothing to scan, something that could not be read.
const UNDECIDED: u8 = 2;

/// Decides whether a repository may ship: finds credentials, placeholders and insecure configuration in its files and
/// in its whole git history.
#[derive(Debug, Parser)]
#[command(name = "gonogo", version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,

    /// When to use colours; `NO_COLOR` is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value_t = ColorChoice::Auto)]
    color: ColorChoice,

    /// Print nothing but errors and the reports that are asked for by name
    #[arg(long, short, global = true)]
    quiet: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Scan(Box<scan::ScanArgs>),
    Baseline(Box<baseline::BaselineArgs>),
    Ci(Box<ci::CiArgs>),
    Hook(Box<hook::HookArgs>),
    InstallHook(hook::InstallHookArgs),
    UninstallHook(hook::UninstallHookArgs),
    Init(init::InitArgs),
    Doctor(doctor::DoctorArgs),
    Fix(Box<fix::FixArgs>),
    Explain(rules::ExplainArgs),
    Rules(rules::RulesArgs),
    Readiness(Box<readiness::ReadinessArgs>),
    /// Print what no file can show, as `gonogo readiness items --people` does
    Checklist,
    Completions(shell::CompletionsArgs),
    #[command(hide = true)]
    Man(shell::ManArgs),
    #[command(hide = true)]
    VerifyDelta(measure::VerifyDeltaArgs),
    #[command(hide = true)]
    Walk(measure::WalkArgs),
    #[command(external_subcommand)]
    Program(Vec<OsString>),
}

/// Runs the command line `args`, the program's name first.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            print_usage(&error);
            return ExitCode::from(if error.use_stderr() { UNDECIDED } else { GO });
        }
    };
    let code = match &cli.command {
        Command::Scan(args) => args.run(cli.color, cli.quiet).map(exit_code),
        Command::Baseline(args) => args.run(cli.quiet).map(exit_code),
        Command::Ci(args) => args.run().map(exit_code),
        Command::Hook(args) => args.run(cli.color, cli.quiet).map(exit_code),
        Command::InstallHook(args) => args.run(cli.quiet).map(|()| GO),
        Command::UninstallHook(args) => args.run(cli.quiet).map(|()| GO),
        Command::Init(args) => args.run(cli.quiet).map(|()| GO),
        Command::Doctor(args) => args.run().map(exit_code),
        Command::Fix(args) => args.run(cli.quiet).map(exit_code),
        Command::Explain(args) => args.run().map(|_| GO),
        Command::Rules(args) => args.run().map(|good| if good { GO } else { NO_GO }),
        Command::Readiness(args) => args.run(cli.quiet).map(exit_code),
        Command::Checklist => crate::commands::readiness::items(&[], true).map(|()| GO),
        Command::Completions(args) => args.run().map(|()| GO),
        Command::Man(args) => args.run().map(|()| GO),
        Command::VerifyDelta(args) => args.run(cli.quiet).map(exit_code),
        Command::Walk(args) => args.run(cli.quiet).map(exit_code),
        Command::Program(words) => return start(words),
    };
    ExitCode::from(code.unwrap_or_else(|error| report(&error)))
}

/// Prints what is wrong with what was typed, or the help or the version that was asked for.
fn print_usage(error: &clap::Error) {
    if let Some(instead) = foreign::instead(error) {
        say("error", &instead);
        return;
    }
    let message = error.render().to_string();
    // What was typed in the wrong place may be a credential.
    let safe = if error.use_stderr() {
        redacted(&message)
    } else {
        message.as_str().into()
    };
    // Nothing is left to report to when printing fails.
    let _ = if safe == message {
        error.print()
    } else {
        write!(anstream::stderr(), "{safe}")
    };
}

/// Runs a command that is a program of its own.
fn start(words: &[OsString]) -> ExitCode {
    program::run(words).unwrap_or_else(|error| {
        say("error", &redacted(&error.to_string()));
        ExitCode::from(UNDECIDED)
    })
}

fn exit_code(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Go => GO,
        Verdict::NoGo => NO_GO,
        Verdict::Undecided => UNDECIDED,
    }
}

/// Prints an error and gives its exit code.
fn report(error: &Error) -> u8 {
    if !error.is_broken_pipe() {
        say("error", &redacted(&error.to_string()));
    }
    UNDECIDED
}

/// Prints something that went wrong without harm to the result.
fn warn(message: &str) {
    say("warning", message);
}

fn say(what: &str, message: &str) {
    // Paths and names come from outside; control characters in them are not for the terminal.
    let message: String = message
        .chars()
        .flat_map(|c| {
            if c.is_control() {
                c.escape_default().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect();
    let _ = writeln!(anstream::stderr(), "{what}: {message}");
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
