//! Suppressed findings, for readers who ask what is hidden: one line each, with what suppresses it and why.

use std::io;

use super::{Page, layout, line, past};
use crate::redact::Shown;
use crate::report::escape::escaped;
use crate::report::words;

/// Writes them in the order of reports.
pub(super) fn write(suppressed: &[Shown], page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    if suppressed.is_empty() {
        return Ok(());
    }
    let count = words::count(suppressed.len() as u64, "finding");
    page.heading(&format!("Suppressed: {count}"), out)?;
    writeln!(out)?;
    for finding in suppressed {
        let first = layout::hanging(&line(finding), past::INDENT, page.width);
        writeln!(out, "{}", page.severe(finding.severity, &first))?;
        let by = finding.suppression.as_ref().map(words::accepted_by);
        let by = by.map_or_else(String::new, |by| format!("{}; ", escaped(&by)));
        let details = format!("{by}fingerprint {}", finding.fingerprint);
        let details = layout::hanging(&details, past::INDENT, page.width);
        writeln!(out, "{:1$}{details}", "", past::INDENT)?;
    }
    writeln!(out)
}
