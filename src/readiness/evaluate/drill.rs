//! How long a recovery drill took, as its record states it: in a sentence, in a table column, or by two times.

use crate::readiness::amount::Span;
use crate::readiness::read::pattern::Pattern;

static TAKEN: Pattern = Pattern::new(concat!(
    r"(?i)\b(?:total(?: time| duration)?|duration|took|restored in|recovered in|recovery time|rto (?:achieved|measured|actual|reached)|",
    r"achieved rto|actual rto|measured rto|time to (?:restore|recover)|elapsed(?: time)?|gesamtdauer|dauer|dauerte|dur\x{e9}e(?: totale)?|",
    r"duraci\x{f3}n(?: total)?|tiempo total)\b[^\n\d]{0,30}",
    r"(\d+(?:[.,]\d+)?\s*[a-z\x{ed}]+\b(?:,?\s*(?:and|und|et|y)?\s*\d+\s*[a-z]+\b)?|\d{1,2}:\d\d(?::\d\d)?)",
));
static AMOUNT: Pattern = Pattern::new(
    r"(?i)(\d+(?:[.,]\d+)?\s*[a-z]+\b(?:,?\s*(?:and|und|et|y)?\s*\d+\s*[a-z]+\b)?|\d{1,2}:\d\d(?::\d\d)?)",
);
static TIMES: Pattern = Pattern::new(
    r"(?i)\b(?:from|between|von|de|begun|began|started)\b[^\n\d]{0,12}(\d\d?:\d\d\b[^\n]{0,40}?\b\d\d?:\d\d)\b",
);
static CLOCK: Pattern = Pattern::new(r"(\d\d?:\d\d)");

/// Returns how long the drill took whose date is in `newest`, a line of `text`. If that is a table row, only its column
/// of durations counts; otherwise, the longest time that the record states.
pub(super) fn taken(text: &str, newest: &str) -> Option<Span> {
    if newest.trim_start().starts_with('|') {
        return in_column(text, newest);
    }
    let whole = text.lines().filter_map(of_line);
    whole.max()
}

fn of_line(line: &str) -> Option<Span> {
    let of_times = || {
        let times = TIMES.group(line)?;
        let mut clocks = CLOCK.groups(times).into_iter();
        let (first, last) = (clocks.next()?.1, clocks.next_back()?.1);
        let (first, last) = (minutes(first)?, minutes(last)?);
        // A drill may last past midnight.
        Some(Span::minutes((last + 24 * 60 - first) % (24 * 60)))
    };
    TAKEN.group(line).and_then(amount).or_else(of_times)
}

/// Parses a duration as people write it: `3 h 20 min`, `1.5 hours`, `2 Stunden und 10 Minuten`, `3:20`.
fn amount(text: &str) -> Option<Span> {
    if text.contains(':') {
        let mut parts = text.split(':');
        let (hours, minutes) = (parts.next()?, parts.next()?);
        let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
        return Some(Span::minutes(hours * 60 + minutes));
    }
    let mut words: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let word = word.trim_end_matches(',');
        if !["and", "und", "et", "y"].contains(&word.to_lowercase().as_str()) {
            words.push(word.replace(',', "."));
        }
    }
    let whole = words.join(" ");
    // What follows may not be a unit: `2 hours 3 tables`.
    Span::parse(&whole)
        .or_else(|| Span::parse(&words.iter().take(2).cloned().collect::<Vec<_>>().join(" ")))
}

/// Returns the minutes since midnight of a time such as `13:20`.
fn minutes(clock: &str) -> Option<u64> {
    let (hours, minutes) = clock.split_once(':')?;
    let (hours, minutes): (u64, u64) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn cells(row: &str) -> impl Iterator<Item = &str> {
    row.trim().trim_matches('|').split('|').map(str::trim)
}

/// Returns the duration in the column of a row whose heading names durations.
fn in_column(text: &str, row: &str) -> Option<Span> {
    const NAMES: [&str; 9] = [
        "duration",
        "time taken",
        "took",
        "recovery time",
        "rto",
        "elapsed",
        "dauer",
        "durée",
        "duración",
    ];
    let before: Vec<_> = text.lines().take_while(|line| *line != row).collect();
    let above = before
        .iter()
        .rev()
        .take_while(|line| line.trim_start().starts_with('|'));
    let header = above.last()?;
    let is_duration = |cell: &str| {
        let cell = cell.to_lowercase();
        NAMES.iter().any(|name| cell.contains(name)) && !cell.contains("target")
    };
    let column = cells(header).position(is_duration)?;
    AMOUNT.group(cells(row).nth(column)?).and_then(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_in_their_spellings() {
        for (line, expected) in [
            ("Total time: 3 h 20 min.", Some(200)),
            ("The restore took 5 hours.", Some(300)),
            ("- **Duration**: 200 minutes", Some(200)),
            ("RTO achieved: 1.5 hours", Some(90)),
            ("Recovery time: 2 hours and 10 minutes", Some(130)),
            ("Dauer: 2 Stunden und 10 Minuten", Some(130)),
            ("Durée totale : 3 heures", Some(180)),
            ("Duration 03:20", Some(200)),
            ("Restored from 09:00 to 12:20 by Ana", Some(200)),
            ("It took 2 hours 3 tables were left out", Some(120)),
            ("it took a while", None),
            ("restored from s3://a/b", None),
        ] {
            let expected = expected.map(Span::minutes);
            assert_eq!(taken(line, "x"), expected, "{line}");
        }
    }

    #[test]
    fn a_row_has_its_own_duration() {
        let text = "| Date | What | Duration | Result |\n|---|---|---|---|\n\
                    | 2026-01-02 | all | 1 h | ok |\n| 2026-04-02 | all | 5 h 10 min | ok |\n";
        let row = |line: usize| text.lines().nth(line).unwrap();
        assert_eq!(taken(text, row(2)), Some(Span::hours(1)));
        assert_eq!(taken(text, row(3)), Some(Span::minutes(310)));
    }
}
