//! Numbers secrets, so that reports can recognise findings about the same one without seeing it.

use std::collections::BTreeMap;

use super::is_random;
use crate::model::{Category, Finding, Secret};

/// Numbers random secrets; equal ones get the same number. Guessable values get none, since they need not be the same
/// thing in two places: two databases may each have the password `postgres`.
pub fn number_secrets<'f>(findings: impl IntoIterator<Item = &'f mut Finding>) {
    let mut numbers: BTreeMap<Secret, u32> = BTreeMap::new();
    for finding in findings {
        let secret = finding.secret.as_ref().filter(|it| is_random(it));
        let secret = secret.filter(|_| finding.category == Category::Secret);
        finding.secret_number = secret.map(|secret| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            *numbers.entry(secret.clone()).or_insert(next)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Location, Position, Region};
    use crate::triage::sample_rule;

    #[test]
    fn the_same_secret_has_the_same_number() {
        let finding = |value: &str| {
            let rule = sample_rule(Category::Secret);
            let start = Position {
                line: 1,
                column: 1,
                byte: 0,
            };
            let location = Location::new("a".to_owned(), Region { start, end: start });
            let mut finding = Finding::new(&rule, "m".to_owned(), location);
            finding.secret = Some(Secret::new(value.as_bytes()));
            finding
        };
        let random = ["x4VJz2r9x2", "NDss9KpC7q"].map(|half| half.repeat(2));
        let [first, second] = random.each_ref().map(String::as_str);
        let mut all = [first, second, first, "postgres"].map(finding);
        number_secrets(&mut all);
        let numbers = all.map(|finding| finding.secret_number);
        assert_eq!(numbers[0], numbers[2]);
        assert_ne!(numbers[0], numbers[1]);
        assert_eq!(numbers[3], None);
    }
}
