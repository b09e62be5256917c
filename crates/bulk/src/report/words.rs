//! Words that several reports share.

use std::collections::BTreeMap;

use gonogo::model::Verdict;

use super::estate::Estate;

/// Returns a number with a noun, in the plural unless the number is one.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let number_text = thousands(number);
    match (number, noun.strip_suffix('y')) {
        (1, _) => format!("1 {noun}"),
        (_, Some(stem)) if !noun.ends_with("ay") => format!("{number_text} {stem}ies"),
        _ => format!("{number_text} {noun}s"),
    }
}

/// Returns a number with a comma after every three digits.
pub(super) fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Returns the verdict on all repositories in one line; for a report on changes, what has changed.
pub(super) fn headline(estate: &Estate) -> String {
    if let Some(since) = estate.since {
        let mut changes: BTreeMap<&str, usize> = BTreeMap::new();
        for change in estate.findings.iter().filter_map(|it| it.change) {
            *changes.entry(change).or_default() += 1;
        }
        let words = changes
            .iter()
            .map(|(change, number)| format!("{} {change}", thousands(*number)));
        let words: Vec<String> = words.collect();
        let words = if words.is_empty() {
            "no change".to_owned()
        } else {
            words.join(", ")
        };
        let since = match since.0 {
            0 => "since the beginning".to_owned(),
            run => format!("since run {run}"),
        };
        return format!("{since}: {words}\n");
    }
    let of = |verdict: Verdict| {
        estate
            .repositories
            .iter()
            .filter(|it| it.verdict == verdict)
            .count()
    };
    let deciding = estate
        .findings
        .iter()
        .filter(|finding| finding.decides)
        .count();
    format!(
        "{}: {} with {}, {} of them at or above the threshold; {} NO-GO, {} UNDECIDED, {} GO\n",
        estate.verdict(),
        count(estate.repositories.len(), "repository"),
        to_do(estate),
        thousands(deciding),
        of(Verdict::NoGo),
        of(Verdict::Undecided),
        of(Verdict::Go),
    )
}

/// Returns how many findings there is something to do about, and in which states they are if not all are open.
fn to_do(estate: &Estate) -> String {
    let states = estate.states();
    let of = |state: &str| states.get(state).copied().unwrap_or_default();
    let (open, history, unseen) = (of("open"), of("history"), of("unseen"));
    let all = count(open + history + unseen, "finding");
    let parts = [
        (open, "open"),
        (history, "in the history"),
        (unseen, "unseen"),
    ];
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = parts
        .map(|(number, what)| format!("{} {what}", thousands(*number)))
        .collect();
    if history + unseen == 0 {
        return format!("{all} to do");
    }
    format!("{all} to do ({})", parts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(count(1, "repository"), "1 repository");
        assert_eq!(count(1_234, "repository"), "1,234 repositories");
        assert_eq!(count(2, "day"), "2 days");
        assert_eq!(thousands(1_000_000), "1,000,000");
    }
}
