//! The options that say which reports are written, how, and where to.

use std::io::IsTerminal;
use std::path::{Path, PathBuf};

use clap::{Args, ColorChoice};

use crate::commands::{Error, Output, Target};
use crate::report::{self, FormatName};

use super::choice::one_of;

/// What stands for standard output where a file may be named.
const STDOUT: &str = "-";

#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// Write the main report in this format [default: what the name given to --output ends in, or text]
    #[arg(long, short, alias = "report-format", value_name = "FORMAT", value_parser = format())]
    format: Option<FormatName>,

    /// Write the main report to this file instead of standard output
    #[arg(long, short, alias = "report-path", value_name = "FILE")]
    output: Option<PathBuf>,

    /// Write another report to a file, or to standard output instead of the text report with `FORMAT=-`; may be given
    /// more than once
    #[arg(long = "report", value_name = "FORMAT=FILE", value_parser = report)]
    reports: Vec<(FormatName, PathBuf)>,

    /// Show each finding in full, and everything that was not scanned
    #[arg(long, short)]
    verbose: bool,

    /// List suppressed findings, with what suppresses each and why
    #[arg(long)]
    show_suppressed: bool,

    /// Show secrets in all reports instead of masking them
    #[arg(long)]
    show_secrets: bool,
}

impl OutputArgs {
    /// Whether people read what goes to standard output.
    pub(super) fn is_text(&self) -> bool {
        self.on_stdout() == Some(FormatName::Text)
    }

    /// What goes to standard output.
    fn on_stdout(&self) -> Option<FormatName> {
        let mut other = self.reports.iter().filter(|(_, path)| is_stdout(path));
        match (other.next(), &self.output) {
            (Some((format, _)), _) => Some(*format),
            (None, Some(path)) if !is_stdout(path) => None,
            (None, _) => Some(self.main_format()),
        }
    }

    /// The format of the main report.
    fn main_format(&self) -> FormatName {
        let by_name = || self.output.as_deref().and_then(format_of);
        self.format.or_else(by_name).unwrap_or(FormatName::Text)
    }

    /// The reports that are asked for.
    ///
    /// # Errors
    ///
    /// Two of them have the same target.
    pub(super) fn outputs(&self, color: ColorChoice, quiet: bool) -> Result<Vec<Output>, Error> {
        let target = |path: &Path| {
            if is_stdout(path) {
                Target::Stdout
            } else {
                Target::File(path.to_owned())
            }
        };
        let mut all: Vec<_> = self
            .reports
            .iter()
            .map(|(format, path)| (*format, target(path)))
            .collect();
        let takes_stdout = all.iter().any(|(_, target)| *target == Target::Stdout);
        let main = match self.output.as_deref().map(target) {
            Some(target) => Some(target),
            // Another report on standard output takes the place of the text report, not of one that was asked for.
            None if takes_stdout && self.format.is_none() => None,
            None => Some(Target::Stdout),
        };
        if let Some(target) = main {
            all.insert(0, (self.main_format(), target));
        }
        for (number, (_, target)) in all.iter().enumerate() {
            if all[..number].iter().any(|(_, other)| other == target) {
                let name = match target {
                    Target::Stdout => "standard output".to_owned(),
                    Target::File(path) => path.display().to_string(),
                };
                let why =
                    format!("two reports are to be written to {name}: name another file for one");
                return Err(Error::Usage(why));
            }
        }
        // Quiet means no report for people; one for programs was asked for by name.
        all.retain(|(format, target)| {
            !(quiet && *format == FormatName::Text && *target == Target::Stdout)
        });
        let output = |(format, target)| Output {
            format,
            options: self.options(&target, color),
            target,
        };
        Ok(all.into_iter().map(output).collect())
    }

    fn options(&self, target: &Target, color: ColorChoice) -> report::Options {
        let is_stdout = *target == Target::Stdout;
        report::Options {
            color: is_stdout && use_color(color),
            width: is_stdout.then(width).flatten(),
            reveal: self.show_secrets,
            epoch: source_date_epoch(),
            verbose: self.verbose,
            show_suppressed: self.show_suppressed,
            brief: false,
        }
    }
}

fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == STDOUT
}

fn format() -> impl clap::builder::TypedValueParser<Value = FormatName> {
    one_of(FormatName::ALL.iter().map(|name| name.as_str()))
}

/// The format that the name of a file asks for.
fn format_of(path: &Path) -> Option<FormatName> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "txt" | "log" => FormatName::Text,
        "json" => FormatName::Json,
        "jsonl" | "ndjson" => FormatName::Jsonl,
        "sarif" => FormatName::Sarif,
        "csv" => FormatName::Csv,
        "xml" => FormatName::Junit,
        "md" => FormatName::Markdown,
        "html" | "htm" => FormatName::Html,
        _ => return None,
    })
}

/// `sarif=out.sarif`.
fn report(text: &str) -> Result<(FormatName, PathBuf), String> {
    let (format, path) = text
        .split_once('=')
        .ok_or("write FORMAT=FILE, such as sarif=gonogo.sarif")?;
    if path.is_empty() {
        return Err("the file name is missing".to_owned());
    }
    Ok((
        format
            .parse()
            .map_err(|error: report::UnknownFormat| error.to_string())?,
        path.into(),
    ))
}

/// The time that reports are to name where their format wants one, so that builds can be reproduced.
fn source_date_epoch() -> u64 {
    let seconds = std::env::var("SOURCE_DATE_EPOCH").unwrap_or_default();
    seconds.parse().unwrap_or_default()
}

/// How many columns the terminal has that reports go to; none where they go elsewhere, unless `COLUMNS` gives a number.
fn width() -> Option<usize> {
    let asked = std::env::var("COLUMNS").ok();
    let asked = asked.and_then(|columns| columns.trim().parse().ok());
    let own = || terminal_size::terminal_size_of(std::io::stdout());
    asked
        .filter(|columns| *columns > 0)
        .or_else(|| own().map(|(width, _)| usize::from(width.0)))
}

fn use_color(choice: ColorChoice) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => {
            let forbidden = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
                || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
            !forbidden && std::io::stdout().is_terminal()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_name_a_format_and_a_file() {
        assert_eq!(report("sarif=a=b"), Ok((FormatName::Sarif, "a=b".into())));
        assert!(report("sarif").is_err() && report("pdf=x").is_err() && report("json=").is_err());
    }

    #[test]
    fn names_of_files_ask_for_formats() {
        let of = |name: &str| format_of(Path::new(name));
        assert_eq!(of("a/report.SARIF"), Some(FormatName::Sarif));
        assert_eq!(of("report.md"), Some(FormatName::Markdown));
        assert_eq!((of("report"), of("report.pdf")), (None, None));
    }
}
