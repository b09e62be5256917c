//! The end of a text report: what was found, what was scanned and what was not, and the verdict.

use std::io;

use annotate_snippets::renderer::{AnsiColor, Effects, Style};

use super::Paint;
use crate::model::{Coverage, Severity, Verdict};
use crate::report::Document;
use crate::report::escape::escaped;
use crate::report::words::{self, Counts};

/// How many scanned roots are named.
const ROOTS: usize = 3;
/// The column at which the right side begins.
const INDENT: usize = 13;

/// Writes the summary; its last line is the verdict and the reason for it.
pub(super) fn write(
    document: &Document<'_>,
    paint: Paint,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let counts = Counts::of(document.findings);
    row(out, paint, "Found", &found(document, &counts))?;
    row(
        out,
        paint,
        "Scanned",
        &(words::scanned(document.coverage) + &roots(document)),
    )?;
    if !document.coverage.settings.is_empty() {
        let files = document.coverage.settings.iter();
        let files: Vec<_> = files.map(|file| escaped(file)).collect();
        row(out, paint, "Settings", &files.join(", "))?;
    }
    allowed(document.coverage, paint, out)?;
    not_scanned(document.coverage, paint, out)?;
    let color = match document.verdict {
        Verdict::Go => AnsiColor::BrightGreen,
        Verdict::NoGo => AnsiColor::BrightRed,
        Verdict::Undecided => AnsiColor::BrightYellow,
    };
    let style = color.on_default().effects(Effects::BOLD);
    let verdict = paint.text(style, &document.verdict.to_string());
    writeln!(out, "\n{verdict}: {}", words::reason(document, &counts))
}

fn row(out: &mut dyn io::Write, paint: Paint, label: &str, text: &str) -> io::Result<()> {
    let space = " ".repeat(INDENT.saturating_sub(label.len()));
    let style = if label.is_empty() {
        Style::new()
    } else {
        Style::new().effects(Effects::BOLD)
    };
    writeln!(out, "{}{space}{text}", paint.text(style, label))
}

fn found(document: &Document<'_>, counts: &Counts) -> String {
    let levels = Severity::ALL.iter().rev();
    let levels: Vec<_> = levels
        .filter(|&&level| counts.get(level) > 0)
        .map(|&level| format!("{} {level}", counts.get(level)))
        .collect();
    let found = match counts.at_least(Severity::Info) {
        0 => "nothing".to_owned(),
        total => format!("{}: {}", words::count(total, "finding"), levels.join(", ")),
    };
    let accepted = document.suppressed.iter();
    let accepted = accepted.filter(|finding| finding.accepted_by_change);
    let found = match (document.suppressed.len(), accepted.count()) {
        (0, _) => found,
        (n, 0) => format!("{found}; {n} suppressed"),
        (n, own) => format!("{found}; {n} suppressed, {own} of them by this change"),
    };
    match document.not_shown {
        0 => found,
        n => format!("{found}; {n} below --min-severity not shown"),
    }
}

fn roots(document: &Document<'_>) -> String {
    let roots = document.roots;
    // One root is what the user just typed, or the current folder.
    if roots.len() < 2 || document.coverage.is_empty() {
        return String::new();
    }
    let named: Vec<_> = roots.iter().take(ROOTS).map(|root| escaped(root)).collect();
    let more = match roots.len().saturating_sub(ROOTS) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(" in {}{more}", named.join(", "))
}

/// Comments that hide more than one finding: who wrote one may not know how much it hides.
fn allowed(coverage: &Coverage, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    let lines = words::allowed_lines(coverage);
    for (number, line) in lines.iter().enumerate() {
        let label = if number == 0 { "Allowed" } else { "" };
        row(out, paint, label, &escaped(line))?;
    }
    Ok(())
}

fn not_scanned(coverage: &Coverage, paint: Paint, out: &mut dyn io::Write) -> io::Result<()> {
    let gaps = words::sorted_gaps(coverage);
    if gaps.is_empty() {
        return Ok(());
    }
    let count = words::gap_count(&gaps);
    row(out, paint, "Not scanned", &format!("{count}:"))?;
    let lines = words::gap_lines(gaps, words::GAPS_OF_A_KIND);
    let width = lines.iter().map(|line| words::gap_kind(line.kind).len());
    let width = width.max().unwrap_or(0);
    for line in &lines {
        let kind = format!("{:width$}", words::gap_kind(line.kind));
        let color = if line.is_undecided {
            AnsiColor::Yellow.on_default()
        } else {
            Style::new()
        };
        let (place, reason) = (escaped(&line.place), escaped(&line.reason));
        row(
            out,
            paint,
            "",
            &format!("{}  {place}: {reason}", paint.text(color, &kind)),
        )?;
    }
    Ok(())
}
