//! Comments that look as if they should allow a finding, but do not: a misspelt marker, or an unknown rule.

use std::collections::BTreeSet;

use crate::model::{Finding, Rule};

use super::inline::names_gaps;
use super::pattern;

/// The start of gonogo's markers.
const NAME: &str = "gonogo";
/// The word after it.
const ALLOW: &str = "allow";
/// Words of other tools with the same meaning.
const MEANT: [&str; 8] = [
    "accept", "disable", "except", "ignore", "nolint", "noqa", "skip", "suppress",
];
/// The similarity to `allow`, from 0 to 1, from which a word counts as a misspelling.
const ALIKE: f64 = 0.8;
/// How many characters of a marker are quoted.
const SHOWN: usize = 60;

/// Returns warnings about comments beside findings that are not suppressed, one line each, sorted.
pub fn near_misses(findings: &[Finding], rules: &[Rule]) -> Vec<String> {
    let open = findings
        .iter()
        .filter(|finding| finding.suppression.is_none());
    let mut warnings = BTreeSet::new();
    for finding in open {
        let line = finding.location.region.start.line;
        let beside = finding
            .site
            .comments
            .iter()
            .map(|text| (text.as_str(), line));
        let before = (finding.site.before.as_str(), line.saturating_sub(1));
        for (text, line) in beside.chain([before]) {
            if let Some(why) = near_miss(text, rules) {
                warnings.insert(format!("{}:{line}: {why}", finding.location.full_path()));
            }
        }
    }
    warnings.into_iter().collect()
}

/// Why a comment that looks as if it should allow something does not.
fn near_miss(comment: &str, rules: &[Rule]) -> Option<String> {
    let lower = comment.to_ascii_lowercase();
    let at = lower.find(NAME)?;
    let rest = &comment[at + NAME.len()..];
    let behind = rest.trim_start().strip_prefix(':')?;
    let is_tight = rest.starts_with(':') && !behind.starts_with(char::is_whitespace);
    let word = behind.trim_start();
    let end = word
        .find(|c: char| !c.is_ascii_alphabetic())
        .unwrap_or(word.len());
    let (word, rest) = word.split_at(end);
    let is_exact = is_tight && word == ALLOW && comment[at..].starts_with(NAME);
    if is_exact {
        return unknown_rule(rest.split_whitespace().next()?, rules);
    }
    let lower = word.to_ascii_lowercase();
    let is_meant = MEANT.contains(&lower.as_str()) || strsim::jaro_winkler(&lower, ALLOW) >= ALIKE;
    is_meant.then(|| {
        let written: String = comment[at..].chars().take(SHOWN).collect();
        let written = written.split_once(word).map_or("", |(before, _)| before);
        format!("`{written}{word}` has no effect: write `gonogo:allow`")
    })
}

/// A warning about a list of rules with an unknown one.
fn unknown_rule(list: &str, rules: &[Rule]) -> Option<String> {
    let list = list.trim_end_matches(':');
    if !pattern::is_list(list) || names_gaps(list) {
        return None;
    }
    let is_known = |name: &&str| rules.iter().any(|rule| pattern::matches(name, &rule.id));
    let unknown = list.split(',').find(|name| !is_known(name))?;
    let unknown: String = unknown.chars().take(SHOWN).collect();
    Some(format!(
        "`gonogo:allow` names the unknown rule `{unknown}`: see `gonogo rules list`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Category;

    #[test]
    fn what_looks_like_a_marker_is_told_apart_from_what_is_one() {
        let rules = [crate::triage::sample_rule(Category::Secret)];
        for comment in [
            "# gonogo: allow a test",
            "# GONOGO:ALLOW",
            "# gonogo:alow",
            "# gonogo:ignore generic/password",
            "# Gonogo :allow",
            "# gonogo:allow generic/pasword a test",
            "# gonogo:allow generic/password,generic/nothing",
        ] {
            assert!(near_miss(comment, &rules).is_some(), "{comment}");
        }
        for comment in [
            "# gonogo:allow",
            "# gonogo:allow a test",
            "# gonogo:allow generic/password a test",
            "# gonogo:allow generic/* a test",
            "# gonogo:allow not-audited a template",
            "# run gonogo: it finds this",
            "# see gonogo.toml: allowed there",
        ] {
            assert_eq!(near_miss(comment, &rules), None, "{comment}");
        }
    }
}
