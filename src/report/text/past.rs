//! Findings that are only in the git history, in short: no edit removes them, so they come before those in files.

use std::io;

use super::{Page, layout, line};
use crate::model::Presence;
use crate::redact::Shown;
use crate::report::escape::escaped;
use crate::report::fold::{Entry, fold};
use crate::report::{Document, words};

/// The column at which the details of a finding begin.
pub(super) const INDENT: usize = 4;

/// Writes them grouped by where git still has them, those that do not decide first and the most urgent last.
pub(super) fn write(
    past: &[&Shown],
    (document, page): (&Document<'_>, &Page),
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let state = |finding: &Shown| (finding.decides(), finding.presence());
    for group in past.chunk_by(|a, b| state(a) == state(b)) {
        let count = words::count(group.len() as u64, "finding");
        page.heading(&format!("Git history: {count}"), out)?;
        if let Some(presence) = group.first().and_then(|first| first.presence()) {
            let text = sentence(presence, group.iter().all(|finding| finding.is_local));
            writeln!(out, "{}", layout::hanging(&text, 0, page.width))?;
        }
        writeln!(out)?;
        // Of a set, the most urgent is shown, and it is written last.
        let entries = fold(group.iter().rev().copied(), document.is_change);
        for entry in entries.iter().rev() {
            self::entry(entry, page, out)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Says where the findings of a group still are, and what follows from it.
fn sentence(presence: Presence, is_local: bool) -> String {
    let mut text = words::presence(presence).to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if is_local && presence == Presence::Unreachable {
        text.push_str("; they do not fail the scan, but ");
        text.push_str(words::OTHERS);
    } else if is_local {
        text.push_str("; only this copy of the repository has them, so they do not fail the scan");
    } else {
        text.push_str("; a credential here is exposed until it is revoked");
    }
    text + "."
}

fn entry(entry: &Entry<'_>, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let finding = entry.finding;
    let first = layout::hanging(&line(finding), INDENT, page.width);
    writeln!(out, "{}", page.severe(finding.severity, &first))?;
    let mut details = Vec::new();
    let commit = finding.history.as_ref().and_then(|it| it.first.as_ref());
    details.extend(commit.map(|commit| {
        let (author, email) = (escaped(&commit.author), escaped(&commit.email));
        format!("added by {author} <{email}>, {}", commit.date)
    }));
    let removed = finding.history.as_ref().and_then(|it| it.removed.as_ref());
    details.extend(removed.map(|commit| format!("removed {}", commit.date)));
    details.extend(words::evidence(&finding.evidence).map(|(_, text)| escaped(&text).into_owned()));
    details.push(format!("fingerprint {}", finding.fingerprint));
    details.extend(entry.rest().map(|rest| rest + " (-v lists all)"));
    let details = layout::hanging(&details.join("; "), INDENT, page.width);
    writeln!(out, "{:INDENT$}{details}", "")
}
