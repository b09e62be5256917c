//! Folds findings for people: of many findings of one rule in one file the first few are shown, and the others counted.

use std::collections::BTreeMap;

use crate::model::{Category, RuleId, Severity};
use crate::redact::Shown;

/// How many findings of one rule in one file are shown.
const SHOWN: usize = 3;
/// How many lines of those that are not shown are named.
const LINES: usize = 8;

/// A finding that is shown, and those that are only counted behind it.
#[derive(Debug)]
pub(super) struct Entry<'a> {
    pub(super) finding: &'a Shown,
    /// Others of the same rules, in the same file and as grave.
    pub(super) more: Vec<&'a Shown>,
}

/// What findings have in common that are shown together.
type Kind<'a> = (
    Vec<&'a RuleId>,
    &'a str,
    Option<&'a str>,
    Severity,
    [bool; 4],
);

fn kind(finding: &Shown) -> Kind<'_> {
    let rules = finding.rules().collect();
    let location = &finding.location;
    let member = location.member.as_deref();
    let standing = [
        finding.is_old,
        finding.is_local,
        finding.is_held_back(),
        finding.origin.is_history(),
    ];
    (rules, &location.path, member, finding.severity, standing)
}

/// How many of a kind are shown: a setting that is missing in one service is mostly missing in all, and is one thing to
/// do; each credential is a thing of its own.
fn limit(finding: &Shown) -> usize {
    let most = match finding.category {
        Category::Configuration => Severity::Medium,
        Category::Placeholder => Severity::Low,
        Category::Secret => return SHOWN,
    };
    let is_minor = finding.severity <= most;
    if is_minor { 1 } else { SHOWN }
}

/// The entries of `findings`, in their order. What has no path, as messages of commits, is not folded.
pub(super) fn fold<'a>(findings: impl IntoIterator<Item = &'a Shown>) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    // How many of a kind are shown, and the last of them.
    let mut kinds: BTreeMap<Kind<'a>, (usize, usize)> = BTreeMap::new();
    for finding in findings {
        let entry = Entry::alone(finding);
        if finding.location.path.is_empty() {
            entries.push(entry);
            continue;
        }
        let (shown, last) = kinds.entry(kind(finding)).or_default();
        if *shown == limit(finding) {
            entries[*last].more.push(finding);
        } else {
            (*shown, *last) = (*shown + 1, entries.len());
            entries.push(entry);
        }
    }
    entries
}

impl<'a> Entry<'a> {
    /// A finding into which none is folded.
    pub(super) fn alone(finding: &'a Shown) -> Self {
        Self {
            finding,
            more: Vec::new(),
        }
    }
}

impl Entry<'_> {
    /// What is said of the findings that are not shown; nothing where all are.
    pub(super) fn rest(&self) -> Option<String> {
        if self.more.is_empty() {
            return None;
        }
        let mut lines: Vec<u32> = self
            .more
            .iter()
            .map(|finding| finding.location.region.start.line)
            .collect();
        lines.sort_unstable();
        lines.dedup();
        let more = lines.len().saturating_sub(LINES);
        let word = if lines.len() == 1 { "line" } else { "lines" };
        let named: Vec<_> = lines.iter().take(LINES).map(u32::to_string).collect();
        let named = named.join(", ");
        let rest = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        Some(format!(
            "and {} more in this file: {word} {named}{rest}",
            self.more.len()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn the_first_few_of_a_kind_are_shown_and_the_others_counted() {
        let mut findings = sample::sample().findings;
        let mut first = findings.swap_remove(0);
        first.category = Category::Secret;
        first.location.path = "a.env".to_owned();
        let many: Vec<Shown> = (1..=20)
            .map(|line| {
                let mut finding = first.clone();
                finding.location.region.start.line = line;
                finding
            })
            .collect();
        let mut other = first.clone();
        other.location.path = "b.env".to_owned();
        let entries = fold(many.iter().chain([&other]));
        assert_eq!(entries.len(), SHOWN + 1);
        assert_eq!(entries[0].rest(), None);
        assert_eq!(
            entries[2].rest().as_deref(),
            Some("and 17 more in this file: lines 4, 5, 6, 7, 8, 9, 10, 11 and 9 more")
        );
        assert_eq!(entries[3].finding.location.path, "b.env");
        assert!(entries[3].more.is_empty());
    }

    #[test]
    fn a_setting_that_many_lack_is_one_entry() {
        let mut findings = sample::sample().findings;
        let mut first = findings.swap_remove(0);
        first.category = Category::Configuration;
        first.severity = Severity::Medium;
        first.location.path = "compose.yml".to_owned();
        let many = vec![first; 5];
        let entries = fold(&many);
        assert_eq!((entries.len(), entries[0].more.len()), (1, 4));
    }
}
