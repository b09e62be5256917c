//! The format for tables: one finding per row, after a row of column names.

use std::borrow::Cow;
use std::io::{self, Write};

use super::escape::escaped;
use super::place::{revision, subject};
use super::{Document, Format, Options, excerpt};
use crate::model::Category;
use crate::redact::Shown;

/// The columns.
const COLUMNS: [&str; 13] = [
    "severity",
    "confidence",
    "category",
    "rule",
    "path",
    "line",
    "column",
    "revision",
    "message",
    "excerpt",
    "fingerprint",
    "known_before",
    "new_rule",
];

/// Writes the table.
#[derive(Debug)]
pub(super) struct Csv;

impl Csv {
    /// Returns a writer for one report.
    pub(super) fn new(_: Options) -> Self {
        Self
    }

    fn row(finding: &Shown) -> [Cow<'_, str>; COLUMNS.len()] {
        let start = finding.location.region.start;
        let shown = excerpt::show(finding);
        let shown = shown.map_or_else(String::new, |shown| escaped(&shown.text).into_owned());
        [
            finding.severity.as_str().into(),
            finding.confidence.as_str().into(),
            category(finding.category).into(),
            cell(finding.rule.as_str()),
            cell(&subject(finding)).into_owned().into(),
            start.line.to_string().into(),
            start.column.to_string().into(),
            revision(finding).unwrap_or_default().into(),
            cell(&finding.message),
            cell(&shown).into_owned().into(),
            finding.fingerprint.to_string().into(),
            finding.is_old.to_string().into(),
            new_rule(finding).into(),
        ]
    }
}

impl Format for Csv {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn Write) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(COLUMNS)?;
        for finding in document.findings {
            table.write_record(Self::row(finding).iter().map(|cell| cell.as_bytes()))?;
        }
        // An I/O error is unwrapped from the error of the CSV writer, so that the caller sees its cause.
        let table = table
            .into_inner()
            .map_err(csv::IntoInnerError::into_error)?;
        out.write_all(&table)
    }
}

fn category(category: Category) -> &'static str {
    match category {
        Category::Secret => "secret",
        Category::Placeholder => "placeholder",
        Category::Configuration => "configuration",
    }
}

/// Returns the version that added the rule of a finding that is new because of it, and whether the finding is held
/// back.
fn new_rule(finding: &Shown) -> String {
    let since = finding.since.filter(|_| finding.new_rule.is_some());
    let since = since.map_or_else(String::new, |since| since.to_string());
    if finding.is_held_back() {
        since + " held back"
    } else {
        since
    }
}

/// Text from a repository, prefixed where a spreadsheet would take it for a formula.
fn cell(text: &str) -> Cow<'_, str> {
    let text = escaped(text);
    if text.starts_with(['=', '+', '-', '@']) {
        Cow::Owned(format!("'{text}"))
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)"] {
            assert_eq!(cell(text), format!("'{text}"));
        }
        assert_eq!(cell("a=1"), "a=1");
    }
}
