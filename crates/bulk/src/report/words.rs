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
        return format!("since run {}: {words}\n", since.0);
    }
    let of = |verdict: Verdict| {
        estate
            .repositories
            .iter()
            .filter(|it| it.verdict == verdict)
            .count()
    };
    let open = estate.findings.iter().filter(|finding| finding.is_open());
    let deciding = open.clone().filter(|finding| finding.decides).count();
    format!(
        "{}: {} with {} open, {} of them at or above the threshold; {} NO-GO, {} UNDECIDED, {} GO\n",
        estate.verdict(),
        count(estate.repositories.len(), "repository"),
        count(open.count(), "finding"),
        thousands(deciding),
        of(Verdict::NoGo),
        of(Verdict::Undecided),
        of(Verdict::Go),
    )
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
