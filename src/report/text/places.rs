//! The end of a report with many findings: how many there are of each rule, and which files to look at first.

use std::collections::BTreeMap;
use std::io;

use super::summary::{INDENT, row};
use super::{Page, layout, place};
use crate::model::{Category, CommitSummary, Origin, Presence, RuleId, Severity, Verdict};
use crate::redact::Shown;
use crate::report::Document;
use crate::report::escape::escaped;
use crate::report::urgency::{is_past, places};
use crate::report::words;

/// Up to this many findings fit on one screen, and need no table.
const FEW: usize = 3;
/// How many rules the table lists.
const ROWS: usize = 8;
/// The width of the severity column.
const SEVERITY: usize = 8;
/// The longest remedy that is repeated next to a place.
const LONGEST_REMEDY: usize = 200;

/// Families of rules whose remedies are about the file, which no longer has the credential.
const OF_NO_VENDOR: [&str; 14] = [
    "generic",
    "private-key",
    "putty",
    "jwk",
    "url",
    "http",
    "env",
    "compose",
    "k8s",
    "dockerfile",
    "redis",
    "rails",
    "laravel",
    "symfony",
];
/// What to do about a credential of no particular vendor that is only in the git history.
const GONE: &str =
    "Revoke or replace it wherever it is still in use: no edit removes it from the history.";

/// How many findings a rule has of one severity.
#[derive(Default)]
struct Tally {
    current: u64,
    past: u64,
    /// How many are in commits that no branch or tag leads to.
    unreachable: u64,
}

/// Writes the table and the list, if there are more findings than fit on a screen.
pub(super) fn write(
    document: &Document<'_>,
    page: &Page,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let new = document.findings.iter().filter(|finding| !finding.is_old);
    if new.count() <= FEW {
        return Ok(());
    }
    if !page.brief {
        table(document, page, out)?;
    }
    writeln!(out)?;
    let open = open(document);
    if let Some(open) = &open {
        row(out, page, "Start with", &format!("1. {open}"))?;
    }
    let before = usize::from(open.is_some());
    let mut said: Vec<String> = Vec::new();
    for (number, place) in places(document).iter().enumerate() {
        let number = number + before;
        let label = if number == 0 { "Start with" } else { "" };
        let finding = place.worst;
        let at = format!(
            "{}:{}",
            escaped(&place::subject(finding)),
            finding.location.place()
        );
        let room = page.width.map_or(usize::MAX, |width| {
            width.saturating_sub(INDENT + SEVERITY + 4)
        });
        let at = layout::middle(&at, room);
        let severity = format!("{:SEVERITY$}", finding.severity.as_str());
        let first = format!(
            "{}. {}  {at}",
            number + 1,
            page.severe(finding.severity, &severity)
        );
        row(out, page, label, &first)?;
        let more = match place.more {
            0 => String::new(),
            more => format!(" (and {more} more in this file)"),
        };
        let elsewhere = match place.elsewhere {
            0 => String::new(),
            more => format!(" (and {more} more of this kind elsewhere)"),
        };
        let others = place.others.as_ref();
        let others = others.map_or_else(String::new, |others| format!(" ({others})"));
        let gone = if is_past(finding, document.is_change) {
            gone(finding)
        } else {
            String::new()
        };
        detail(
            out,
            page,
            &format!(
                "{}{gone}{others}{more}{elsewhere}",
                escaped(&finding.message)
            ),
        )?;
        if let Some(remedy) = remedy(document, finding).filter(|remedy| !said.contains(remedy)) {
            detail(out, page, &format!("→ {remedy}"))?;
            said.push(remedy);
        }
    }
    Ok(())
}

/// Says that a finding is only in the git history, and from when to when the files had it, or only in another branch
/// or tag.
fn gone(finding: &Shown) -> String {
    let history = finding.history.as_ref();
    let is_elsewhere = finding.presence() == Some(Presence::Refs);
    let place = if is_elsewhere {
        "only in another branch or tag"
    } else {
        "only in the git history"
    };
    let day = |commit: &CommitSummary| commit.date.get(..10).map(str::to_owned);
    let first = history.and_then(|it| it.first.as_ref()).and_then(day);
    let last = history.and_then(|it| it.removed.as_ref()).and_then(day);
    match (first, last) {
        (Some(first), Some(last)) => {
            format!(" ({place}: added {first}, removed {last})")
        }
        (Some(first), None) => format!(" ({place}: added {first})"),
        _ => format!(" ({place})"),
    }
}

/// Returns the gap to look at first if the verdict is UNDECIDED: then no finding is more important.
fn open(document: &Document<'_>) -> Option<String> {
    if document.verdict != Verdict::Undecided {
        return None;
    }
    let gaps = words::sorted_gaps(document.coverage);
    let open = gaps.into_iter().filter(|gap| gap.is_undecided());
    let lines = words::gap_lines(open, 1);
    let first = lines.first()?;
    let more = match lines.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more kinds of gaps)"),
    };
    let (place, reason) = (escaped(&first.place), escaped(&first.reason));
    Some(format!("not scanned: {place}: {reason}{more}"))
}

/// Writes another line about a place.
fn detail(out: &mut dyn io::Write, page: &Page, text: &str) -> io::Result<()> {
    let indent = INDENT + "1. ".len();
    let text = layout::hanging(text, indent, page.width);
    writeln!(out, "{:indent$}{text}", "")
}

/// Returns what to do about a finding: what `gonogo fix` does, or the first sentence of its remedy.
fn remedy(document: &Document<'_>, finding: &Shown) -> Option<String> {
    if finding.origin == Origin::Worktree
        && let Some(fix) = finding.fixes.first()
    {
        return Some(format!("`gonogo fix` can {}", escaped(&fix.description)));
    }
    let is_past = is_past(finding, document.is_change) && finding.category == Category::Secret;
    if is_past && OF_NO_VENDOR.contains(&finding.rule.family()) {
        return Some(GONE.to_owned());
    }
    let rule = document.rules.iter().find(|rule| rule.id == finding.rule)?;
    Some(sentence(&escaped(finding.remedy(rule))))
}

/// Returns the first sentence of `text`, or if it is long, the part before the last colon, semicolon or comma that
/// fits.
fn sentence(text: &str) -> String {
    // A full stop ends a sentence only before a space, and text between backticks is one word.
    let mut is_code = false;
    let mut ends = text.char_indices().filter_map(|(at, c)| {
        is_code ^= c == '`';
        (!is_code && matches!(c, '.' | ':' | ';' | ',')).then_some((at, c))
    });
    let mut cut = None;
    let end = ends.find_map(|(at, c)| {
        if c == '.'
            && text[at + 1..]
                .chars()
                .next()
                .is_none_or(char::is_whitespace)
        {
            return Some(at + 1);
        }
        if c != '.' && at <= LONGEST_REMEDY {
            cut = Some(at);
        }
        None
    });
    let end = end.unwrap_or(text.len());
    match cut {
        Some(cut) if end > LONGEST_REMEDY => format!("{}.", &text[..cut]),
        _ => text[..end].to_owned(),
    }
}

/// Counts the findings of each severity in rows of the table.
fn levels(rows: &[(&(std::cmp::Reverse<Severity>, &RuleId), &Tally)]) -> String {
    let mut levels: BTreeMap<std::cmp::Reverse<Severity>, u64> = BTreeMap::new();
    for ((severity, _), tally) in rows {
        *levels.entry(*severity).or_default() += tally.current + tally.past + tally.unreachable;
    }
    let levels = levels
        .iter()
        .map(|(severity, count)| format!("{} {}", words::thousands(*count), severity.0));
    levels.collect::<Vec<_>>().join(", ")
}

fn table(document: &Document<'_>, page: &Page, out: &mut dyn io::Write) -> io::Result<()> {
    let mut rules: BTreeMap<(std::cmp::Reverse<Severity>, &RuleId), Tally> = BTreeMap::new();
    for finding in document.findings.iter().filter(|finding| !finding.is_old) {
        let key = (std::cmp::Reverse(finding.severity), &finding.rule);
        let tally = rules.entry(key).or_default();
        if finding.is_local && finding.presence() == Some(Presence::Unreachable) {
            tally.unreachable += 1;
        } else if is_past(finding, document.is_change) {
            tally.past += 1;
        } else {
            tally.current += 1;
        }
    }
    let mut rows: Vec<_> = rules.iter().collect();
    // Within a severity, rules with findings in files come first, then those with the most.
    rows.sort_by_key(|((severity, id), tally)| {
        let is_past_only = (tally.past, tally.unreachable);
        let counts = std::cmp::Reverse((tally.current > 0, tally.current, is_past_only));
        (*severity, counts, *id)
    });
    let named = if rows.len() == ROWS + 1 {
        rows.len()
    } else {
        ROWS.min(rows.len())
    };
    let width = rows[..named]
        .iter()
        .map(|((_, id), _)| id.as_str().len())
        .max();
    let width = width.unwrap_or(0);
    for ((severity, id), tally) in &rows[..named] {
        let parts = [
            (tally.current, ""),
            (tally.past, " in history only"),
            (tally.unreachable, " unreachable"),
        ];
        let parts = parts.iter().filter(|(count, _)| *count > 0);
        let mut parts: Vec<_> = parts
            .map(|(count, what)| format!("{count}{what}"))
            .collect();
        if let [_, .., last] = parts.as_mut_slice() {
            last.insert_str(0, "and ");
        }
        let parts = parts.join(", ");
        // Right-align numbers.
        let digits = parts
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(parts.len());
        let parts = format!("{}{parts}", " ".repeat(5_usize.saturating_sub(digits)));
        let padded = format!("{:SEVERITY$}", severity.0.as_str());
        let severity = page.severe(severity.0, &padded);
        let id = escaped(id.as_str());
        row(out, page, "", &format!("{severity}  {id:width$} {parts}"))?;
    }
    if rows.len() > named {
        let left = &rows[named..];
        let rest = format!(
            "and {}: {}",
            words::count(left.len() as u64, "more rule"),
            levels(left)
        );
        row(out, page, "", &rest)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_they_may() {
        assert_eq!(sentence("Do it: `a.b. c`. Then rest."), "Do it: `a.b. c`.");
        assert_eq!(sentence("One sentence"), "One sentence");
        let long = format!("Rotate it, then {}: `x`.", "word ".repeat(60));
        assert_eq!(sentence(&long), "Rotate it.");
    }
}
