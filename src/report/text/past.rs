//! Findings that only the git history has, in short: no edit removes them, so they come before the files.

use std::io;

use super::{Page, layout, line};
use crate::model::Presence;
use crate::redact::Shown;
use crate::report::escape::escaped;
use crate::report::words;

/// The column at which the details of a finding begin.
pub(super) const INDENT: usize = 4;

/// Writes them, those that do not decide first and the most urgent last, grouped by where git still has them.
pub(super) fn write(past: &[&Shown], page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let state = |finding: &Shown| (finding.decides(), finding.presence());
    for group in past.chunk_by(|a, b| state(a) == state(b)) {
        let count = words::count(group.len() as u64, "finding");
        page.heading(&format!("Git history: {count}"), out)?;
        if let Some(presence) = group.first().and_then(|first| first.presence()) {
            let text = sentence(presence, group.iter().all(|finding| finding.is_local));
            writeln!(out, "{}", layout::hanging(&text, 0, page.width))?;
        }
        writeln!(out)?;
        for same in group.chunk_by(|a, b| is_same(a, b)) {
            if let Some((worst, others)) = same.split_last() {
                entry(worst, others.len(), page, out)?;
            }
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Where the findings of a group still are, and what follows from it.
fn sentence(presence: Presence, is_local: bool) -> String {
    let mut text = words::presence(presence).to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    if is_local {
        text.push_str("; only this copy of the repository has them, so they do not fail the scan");
    } else {
        text.push_str("; a credential here is exposed until it is revoked");
    }
    text + "."
}

/// Whether two findings are told as one: the same rule in versions of the same file.
fn is_same(a: &Shown, b: &Shown) -> bool {
    let has_file = !a.location.path.is_empty();
    has_file && (&a.rule, a.severity, &a.location.path) == (&b.rule, b.severity, &b.location.path)
}

fn entry(finding: &Shown, others: usize, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let first = layout::hanging(&line(finding), INDENT, page.width);
    writeln!(out, "{}", page.severe(finding.severity, &first))?;
    let mut details = Vec::new();
    let commit = finding.history.as_ref().and_then(|it| it.first.as_ref());
    details.extend(commit.map(|commit| {
        let (author, email) = (escaped(&commit.author), escaped(&commit.email));
        format!("added by {author} <{email}>, {}", commit.date)
    }));
    details.extend(words::evidence(&finding.evidence).map(|(_, text)| escaped(&text).into_owned()));
    details.push(format!("fingerprint {}", finding.fingerprint));
    if others > 0 {
        details.push(format!("and {others} more in this file (-v shows all)"));
    }
    let details = layout::hanging(&details.join("; "), INDENT, page.width);
    writeln!(out, "{:INDENT$}{details}", "")
}
