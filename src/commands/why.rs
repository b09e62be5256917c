//! `gonogo explain --why FILE:LINE`: what was found in a line and why it counts or not, or why nothing was found.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::detect::Detector;
use crate::model::{Confidence, Finding, Severity};
use crate::redact::Shown;
use crate::report::visible;
use crate::scan::{DEFAULT_CONFIDENCE, Outcome};

use super::output::print;
use super::scan::{self, Options};
use super::{Error, redacted};

/// The largest file that is read to explain one of its lines, in bytes.
const MAX_BYTES: u64 = 64 << 20;

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The file.
    pub file: PathBuf,
    /// Its number, counted from 1.
    pub number: u32,
}

impl std::str::FromStr for Line {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write FILE:LINE, such as config/app.yml:12".to_owned();
        // Editors and reports append a column.
        let mut parts = text.rsplitn(3, ':');
        let last: Option<u32> = parts.next().and_then(|part| part.parse().ok());
        let before = parts.next().ok_or_else(wrong)?;
        let (file, number) = match (before.parse(), parts.next()) {
            (Ok(line), Some(file)) => (file.to_owned(), line),
            (_, rest) => {
                let start = rest.map_or_else(String::new, |rest| format!("{rest}:"));
                (start + before, last.ok_or_else(wrong)?)
            }
        };
        if file.is_empty() || number == 0 {
            return Err(wrong());
        }
        Ok(Self {
            file: file.into(),
            number,
        })
    }
}

/// Explains how a line was judged. `options` must scan its file, including uncertain and mild findings.
///
/// # Errors
///
/// The file cannot be read, has no such line, or cannot be scanned.
pub fn run(line: &Line, options: Options) -> Result<(), Error> {
    let bytes = read(&line.file)?;
    let span = span(&bytes, line.number).ok_or_else(|| {
        let file = line.file.display();
        let count = bytes.split_inclusive(|byte| *byte == b'\n').count();
        Error::Usage(format!(
            "{file} has no line {}: it has {count}",
            line.number
        ))
    })?;
    let outcome = scan::run(options)?;
    let is_here = |finding: &&Shown| {
        let region = &finding.location.region;
        (region.start.line..=region.end.line.max(region.start.line)).contains(&line.number)
    };
    let found: Vec<_> = outcome.findings.iter().filter(is_here).collect();
    let suppressed: Vec<_> = outcome.suppressed.iter().filter(is_here).collect();
    let mut text = String::new();
    for finding in &found {
        text += &reported(finding, &outcome);
    }
    for finding in &suppressed {
        text += &hidden(finding);
    }
    if found.is_empty() && suppressed.is_empty() {
        text += "Nothing was found in this line.\n";
        text += &gaps(&outcome);
    }
    text += &thoughts(&bytes, &span)?;
    print(&text)
}

fn read(file: &Path) -> Result<Vec<u8>, Error> {
    let failed = |error| Error::File {
        path: file.to_owned(),
        error,
    };
    let found = fs::metadata(file).map_err(failed)?;
    if !found.is_file() || found.len() > MAX_BYTES {
        let why = format!("{}: not a file of at most 64 MiB", file.display());
        return Err(Error::Usage(why));
    }
    fs::read(file).map_err(failed)
}

/// Returns the byte range of a line.
fn span(bytes: &[u8], number: u32) -> Option<Range<usize>> {
    let mut start = 0;
    for (line, at) in bytes.split_inclusive(|byte| *byte == b'\n').zip(1..) {
        if at == number {
            return Some(start..start + line.len());
        }
        start += line.len();
    }
    None
}

fn title(finding: &Finding) -> String {
    format!(
        "{}[{}] in column {}: {}\n",
        finding.severity,
        finding.rule,
        finding.location.region.start.column,
        visible(&finding.message)
    )
}

/// Describes a finding that counts, and whether a scan shows it by default.
fn reported(finding: &Shown, outcome: &Outcome) -> String {
    let mut text = title(finding);
    let mut hides = Vec::new();
    if finding.confidence < DEFAULT_CONFIDENCE {
        hides.push(format!(
            "its confidence is {}: --min-confidence {} shows it",
            finding.confidence, finding.confidence
        ));
    }
    if finding.severity == Severity::Info {
        hides.push("its severity is info: --min-severity info shows it".to_owned());
    }
    if hides.is_empty() {
        let reaches = finding.decides() && finding.severity >= outcome.threshold;
        let effect = if reaches { "reaches" } else { "does not reach" };
        text += &format!(
            "  reported with confidence {}; {effect} the threshold `{}`\n",
            finding.confidence, outcome.threshold
        );
    } else {
        text += &format!("  not shown by default: {}\n", hides.join("; "));
    }
    text + &format!("  fingerprint {}\n", finding.fingerprint)
}

/// Describes a suppressed finding, and what suppresses it.
fn hidden(finding: &Shown) -> String {
    let mut text = title(finding);
    if let Some(suppression) = &finding.suppression {
        let (by, reason) = (visible(&suppression.by), visible(&suppression.reason));
        let colon = if reason.is_empty() { "" } else { ": " };
        text += &format!("  suppressed by {by}{colon}{reason}\n");
    }
    text + &format!("  fingerprint {}\n", finding.fingerprint)
}

/// Describes which parts of the file were not scanned.
fn gaps(outcome: &Outcome) -> String {
    let mut text = String::new();
    for gap in &outcome.coverage.gaps {
        let (place, reason) = (visible(&gap.place), visible(&gap.reason));
        text += &format!("  not scanned: {place}: {reason}\n");
    }
    if outcome.coverage.audited > 0 {
        text += "  The file was audited as configuration, and no check concerns this line.\n";
    }
    text
}

/// Describes how the words in the line were judged.
fn thoughts(bytes: &[u8], span: &Range<usize>) -> Result<String, Error> {
    let detector = Detector::new(Vec::new(), Confidence::Low)?;
    let thoughts = detector.thoughts(bytes, span);
    if thoughts.is_empty() {
        return Ok("\nNo keyword of any rule begins in this line.\n".to_owned());
    }
    let mut text = "\nWhat was looked at in this line\n".to_owned();
    for thought in thoughts {
        let line = format!("{}: {}", thought.about, thought.verdict);
        text += &format!("  {}\n", visible(&redacted(&line)));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_named_with_or_without_a_column() {
        let line = |file: &str, number| {
            Ok(Line {
                file: file.into(),
                number,
            })
        };
        assert_eq!("a.py:3".parse(), line("a.py", 3));
        assert_eq!("a.py:3:14".parse(), line("a.py", 3));
        assert_eq!("c:/a.py:3".parse(), line("c:/a.py", 3));
        for wrong in ["a.py", "a.py:", ":3", "a.py:0", "a.py:x"] {
            assert!(wrong.parse::<Line>().is_err(), "{wrong}");
        }
    }
}
