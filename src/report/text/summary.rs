//! The end of a text report, at most one screen: what was scanned and what was not, what is hidden, what was found,
//! where to begin, and the verdict.

use std::collections::BTreeMap;
use std::io;

use annotate_snippets::renderer::{AnsiColor, Effects, Style};

use super::{Page, layout, places};
use crate::model::{Coverage, Severity, Verdict};
use crate::report::Document;
use crate::report::escape::escaped;
use crate::report::words::{self, Counts};

/// How many scanned roots are listed.
const ROOTS: usize = 3;
/// How many lines about gaps there are.
const GAPS: usize = 8;
/// How many comments that hide several findings are listed.
const ALLOWED: usize = 3;
/// How many places that suppress findings are listed.
const SUPPRESSED_BY: usize = 3;
/// The column at which the right-hand side begins.
pub(super) const INDENT: usize = 13;

/// Writes the summary; its last line is the verdict and the reason for it.
pub(super) fn write(
    document: &Document<'_>,
    page: &Page,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let folded = document.findings.len() - page.counted(document).len();
    let counts = Counts::of(document.findings);
    let scanned = words::scanned(document.coverage) + &roots(document);
    row(out, page, "Scanned", &scanned)?;
    if !document.coverage.settings.is_empty() {
        let files = document.coverage.settings.iter();
        let files: Vec<_> = files.map(|file| escaped(file)).collect();
        row(out, page, "Settings", &files.join(", "))?;
    }
    allowed(document.coverage, page, out)?;
    not_scanned(document.coverage, page, out)?;
    let hidden = hidden(document);
    if !hidden.is_empty() {
        row(out, page, "Hidden", &hidden.join("; "))?;
    }
    let entries = words::entries(document.findings.len(), folded);
    row(out, page, "Found", &(found(&counts) + &entries))?;
    if let Some(unreachable) = words::unreachable(document) {
        row(out, page, "", &unreachable)?;
    }
    places::write(document, page, out)?;
    let color = match document.verdict {
        Verdict::Go => AnsiColor::BrightGreen,
        Verdict::NoGo => AnsiColor::BrightRed,
        Verdict::Undecided => AnsiColor::BrightYellow,
    };
    let style = color.on_default().effects(Effects::BOLD);
    let verdict = page.paint.text(style, &document.verdict.to_string());
    let reason = format!("{verdict}: {}", words::explained(document, &counts));
    writeln!(out, "\n{}", layout::hanging(&reason, 2, page.width))
}

/// Writes a row of the summary, whose further lines are aligned with its right-hand side.
pub(super) fn row(out: &mut dyn io::Write, page: &Page, label: &str, text: &str) -> io::Result<()> {
    let space = " ".repeat(INDENT.saturating_sub(label.len()));
    let style = if label.is_empty() {
        Style::new()
    } else {
        Style::new().effects(Effects::BOLD)
    };
    let text = layout::hanging(text, INDENT, page.width);
    writeln!(out, "{}{space}{text}", page.paint.text(style, label))
}

fn found(counts: &Counts) -> String {
    let levels = Severity::ALL.iter().rev();
    let levels: Vec<_> = levels
        .filter(|&&level| counts.get(level) > 0)
        .map(|&level| format!("{} {level}", counts.get(level)))
        .collect();
    match counts.at_least(Severity::Info) {
        0 => "nothing".to_owned(),
        total => format!("{}: {}", words::count(total, "finding"), levels.join(", ")),
    }
}

/// Lists what was found but is not shown, and how to see it.
fn hidden(document: &Document<'_>) -> Vec<String> {
    let mut hidden = Vec::new();
    if !document.suppressed.is_empty() {
        let mut by: BTreeMap<&str, u64> = BTreeMap::new();
        for suppression in document
            .suppressed
            .iter()
            .filter_map(|it| it.suppression.as_ref())
        {
            *by.entry(&suppression.by).or_default() += 1;
        }
        let mut by: Vec<_> = by.into_iter().collect();
        by.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
        let more = by.len().saturating_sub(SUPPRESSED_BY);
        let named = by.iter().take(SUPPRESSED_BY);
        let mut named: Vec<_> = named
            .map(|(name, count)| format!("{} by {}", words::thousands(*count), escaped(name)))
            .collect();
        named.extend((more > 0).then(|| format!("and {more} more")));
        let own = document
            .suppressed
            .iter()
            .filter(|it| it.accepted_by_change);
        let own = match own.count() {
            0 => String::new(),
            own => format!(", {own} of them by this change"),
        };
        hidden.push(format!(
            "{} suppressed{own}: {} (--show-suppressed)",
            document.suppressed.len(),
            named.join(", ")
        ));
    }
    if document.not_shown > 0 {
        hidden.push(format!(
            "{} less severe (--min-severity info shows them)",
            words::thousands(document.not_shown)
        ));
    }
    if document.not_sure > 0 {
        hidden.push(format!(
            "{} less sure (--min-confidence low shows them)",
            words::thousands(document.not_sure)
        ));
    }
    if document.not_asked > 0 {
        hidden.push(format!(
            "{} left out by --exclude, --rule or --skip",
            words::thousands(document.not_asked)
        ));
    }
    hidden
}

fn roots(document: &Document<'_>) -> String {
    let roots = document.roots;
    // A single root is what the user just typed, or the current directory.
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

/// Lists comments that hide more than one finding: their authors may not know how much they hide.
fn allowed(coverage: &Coverage, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let most = if page.verbose { usize::MAX } else { ALLOWED };
    for (number, line) in words::allowed_lines(coverage, most).iter().enumerate() {
        let label = if number == 0 { "Allowed" } else { "" };
        row(out, page, label, &escaped(line))?;
    }
    Ok(())
}

fn not_scanned(coverage: &Coverage, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let gaps = words::sorted_gaps(coverage);
    if gaps.is_empty() {
        return Ok(());
    }
    let count = words::gap_count(&gaps);
    row(out, page, "Not scanned", &format!("{count}:"))?;
    let of_a_kind = if page.verbose {
        usize::MAX
    } else {
        words::GAPS_OF_A_KIND
    };
    let mut lines = words::gap_lines(gaps.iter().copied(), of_a_kind);
    if lines.len() > GAPS && !page.verbose {
        // Too many lines, so write one for each kind.
        lines = words::gap_lines(gaps.iter().copied(), 1);
    }
    let named = if page.verbose { lines.len() } else { GAPS };
    let width = lines.iter().map(|line| words::gap_kind(line.kind).len());
    let width = width.max().unwrap_or(0);
    for line in lines.iter().take(named) {
        let kind = format!("{:width$}", words::gap_kind(line.kind));
        let color = if line.is_undecided {
            AnsiColor::Yellow.on_default()
        } else {
            Style::new()
        };
        let (place, reason) = (escaped(&line.place), escaped(&line.reason));
        let text = layout::hanging(
            &format!("{place}: {reason}"),
            INDENT + width + 2,
            page.width,
        );
        writeln!(
            out,
            "{:INDENT$}{}  {text}",
            "",
            page.paint.text(color, &kind)
        )?;
    }
    let more: Vec<_> = lines
        .iter()
        .skip(named)
        .map(|line| words::gap_kind(line.kind))
        .collect();
    if !more.is_empty() {
        row(
            out,
            page,
            "",
            &format!("and more: {} (-v lists all)", more.join(", ")),
        )?;
    }
    Ok(())
}
