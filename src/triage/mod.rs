//! Decides, in one place, which of several findings about the same thing stays, which severity it has, and in what
//! order findings are reported.

mod allow;
mod baseline;
mod beside;
mod development;
mod fingerprint;
mod globs;
mod idle;
mod inline;
mod lapsed;
mod ledger;
mod merge;
mod near_miss;
mod number;
mod pattern;
mod selection;

use std::borrow::{Borrow, BorrowMut};
use std::collections::{BTreeMap, BTreeSet};

use crate::lexicon::path::{self, Role};
use crate::lexicon::value;
use crate::model::{
    Allowed, Category, Finding, NewRule, Presence, Proof, Secret, Severity, Version,
};

pub use allow::{Allow, Judge, Wishes, line_pattern};
pub use baseline::{Baseline, BaselineError, Entry as BaselineEntry, is_date};
pub use beside::name_keys;
pub use development::{is_of_vendor, lower_developed, may_be_installed, raise_installed};
pub use fingerprint::{
    Former, Traces, assign as assign_fingerprints, assign_again as assign_fingerprints_again,
};
pub use globs::Globs;
pub use idle::{allowing_lines, idle_comments};
pub use inline::accepting_comment;
pub use lapsed::lower_lapsed;
pub use ledger::Ledger;
pub use merge::{is_guessed, keep_best, merge_audited, merge_head, merge_history, settle, spread};
pub use near_miss::near_misses;
pub use number::number_secrets;
pub use pattern::is_rule_pattern;
pub use selection::Selection;

/// Sorts findings for reports: most severe first, then by place.
pub fn sort<F: Borrow<Finding>>(findings: &mut [F]) {
    // Findings are large, so each is moved to its place only once.
    let mut order: Vec<usize> = (0..findings.len()).collect();
    order.sort_by(|a, b| {
        let (a, b): (&Finding, &Finding) = (findings[*a].borrow(), findings[*b].borrow());
        b.severity
            .cmp(&a.severity)
            .then_with(|| a.origin.is_history().cmp(&b.origin.is_history()))
            .then_with(|| a.location.cmp(&b.location))
            .then_with(|| a.rule.cmp(&b.rule))
            .then_with(|| a.origin.cmp(&b.origin))
    });
    for place in 0..findings.len() {
        // This finding may have been moved to where an earlier one came from.
        let mut from = order[place];
        while from < place {
            from = order[from];
        }
        order[place] = from;
        findings.swap(place, from);
    }
}

/// Returns the worst severity among findings that decide.
pub fn worst<F: Borrow<Finding>>(findings: &[F]) -> Option<Severity> {
    let all = findings.iter().map(Borrow::borrow);
    let deciding = all.filter(|finding: &&Finding| finding.decides());
    deciding.map(|finding| finding.severity).max()
}

/// Holds back the findings of rules that are newer than `as_of`.
pub fn hold_back<'f>(findings: impl IntoIterator<Item = &'f mut Finding>, as_of: Option<Version>) {
    let Some(as_of) = as_of else {
        return;
    };
    for finding in findings {
        if finding
            .since
            .is_some_and(|since| since.is_newer_than(as_of))
        {
            finding.new_rule = Some(NewRule::HeldBack);
        }
    }
}

/// Unmarks findings of new rules that are accepted.
pub fn forget_news_of_accepted(findings: &mut [Finding]) {
    for finding in findings {
        if finding.suppression.is_some() && !finding.is_held_back() {
            finding.new_rule = None;
        }
    }
}

/// Lowers findings in files for developers, according to the project's own words, unless they are proven or their
/// secret also occurs elsewhere. Findings about configuration were lowered by the audit.
pub fn lower_in_development(findings: &mut [Finding], is_for_development: &dyn Fn(&str) -> bool) {
    let (inside, outside): (Vec<_>, Vec<_>) = findings
        .iter_mut()
        .partition(|finding| is_for_development(&finding.location.path));
    let shipped: BTreeSet<_> = if inside.is_empty() {
        BTreeSet::new()
    } else {
        outside.iter().filter_map(|it| it.secret.as_ref()).collect()
    };
    for finding in inside {
        let is_shipped = finding
            .secret
            .as_ref()
            .is_some_and(|it| shipped.contains(it));
        // Keys for tests have a valid structure, too.
        let has_structure = finding.rule.is_self_made() || finding.rule.family() == "jwt";
        let is_proven = finding.evidence.proof == Proof::Proven && !has_structure;
        let counts = is_shipped || is_proven;
        if finding.category != Category::Configuration && !counts {
            finding.lower_to(Severity::Medium);
        }
    }
}

/// Families of rules that do not consider whether their file is for developers or a sample.
const OF_DEPLOYMENTS: [&str; 9] = [
    "compose",
    "k8s",
    "env",
    "dockerfile",
    "redis",
    "nginx",
    "postgresql",
    "mysql",
    "placeholder",
];

/// Lowers findings of `OF_DEPLOYMENTS` to at most medium in files for developers, in samples and in vendored files. A
/// secret that also occurs in a shipped file has the same severity in both.
pub fn lower_aside(findings: &mut [Finding]) {
    let is_shipped = are_shipped(findings);
    let mut shipped: BTreeMap<Secret, Severity> = BTreeMap::new();
    let of_shipped = findings.iter().zip(&is_shipped);
    // What was shipped only in the past is reported where it was.
    let is_here = |finding: &Finding| {
        !finding.origin.is_history() || finding.presence() == Some(Presence::Head)
    };
    let of_shipped = of_shipped.filter(|(finding, is_shipped)| **is_shipped && is_here(finding));
    for (finding, _) in of_shipped {
        let secret = finding.secret.as_ref().filter(|secret| is_random(secret));
        if let Some(secret) = secret.filter(|_| finding.category == Category::Secret) {
            let worst = shipped.entry(secret.clone()).or_insert(finding.severity);
            *worst = (*worst).max(finding.severity);
        }
    }
    for (finding, is_shipped) in findings.iter_mut().zip(is_shipped) {
        if is_shipped {
            continue;
        }
        let secret = finding.secret.as_ref();
        let known = secret.and_then(|secret| shipped.get(secret));
        // A finding that was lowered for more than its path stays lowered.
        if let Some(severity) = known.filter(|_| finding.severity == Severity::Medium) {
            finding.severity = finding.severity.max(*severity);
        } else if known.is_none() && OF_DEPLOYMENTS.contains(&finding.rule.family()) {
            finding.lower_to(Severity::Medium);
        }
    }
}

/// Gives a chosen word the same severity in all settings of one kind: if a remark in one file says that it is for
/// development, that holds for the others. A random value may be in use at only one of its places.
pub fn level_alike(findings: &mut [Finding]) {
    let mut least: BTreeMap<(Secret, String, String), Severity> = BTreeMap::new();
    let shipped = are_shipped(findings);
    let key = |finding: &Finding| {
        let secret = finding
            .secret
            .as_ref()
            .filter(|secret| !is_random(secret))?;
        let is_assigned = finding.rule.family() == "generic" && !merge::is_guessed(secret);
        let (_, ending) = finding.location.path.rsplit_once('.')?;
        let rule = finding.rule.as_str().to_owned();
        is_assigned.then(|| (secret.clone(), rule, ending.to_owned()))
    };
    for (finding, _) in findings
        .iter()
        .zip(&shipped)
        .filter(|(_, shipped)| **shipped)
    {
        if let Some(key) = key(finding) {
            let severity = least.entry(key).or_insert(finding.severity);
            *severity = (*severity).min(finding.severity);
        }
    }
    for (finding, _) in findings
        .iter_mut()
        .zip(&shipped)
        .filter(|(_, shipped)| **shipped)
    {
        if let Some(severity) = key(finding).and_then(|key| least.get(&key)) {
            finding.severity = *severity;
        }
    }
}

/// Lowers the key that the Phoenix generator writes into the settings for all environments, if only the history has it:
/// the production key was in a file beside it, which Git ignores.
pub fn lower_generated(findings: &mut [Finding]) {
    for finding in findings {
        let is_gone = finding.origin.is_history() && finding.presence() != Some(Presence::Head);
        if is_gone
            && finding.rule.as_str() == "rails/secret-key-base"
            && finding.location.path.ends_with("config/config.exs")
        {
            finding.lower_to(Severity::Medium);
        }
    }
}

/// Whether the file of each finding is shipped.
fn are_shipped(findings: &[Finding]) -> Vec<bool> {
    // Findings of the same file are adjacent.
    let mut last: Option<(&str, bool)> = None;
    let mut are_shipped = Vec::with_capacity(findings.len());
    for finding in findings {
        let path = &*finding.location.path;
        let is_shipped = match last {
            Some((known, is_shipped)) if known == path => is_shipped,
            _ => path::role(path, &[]) == Role::Shipped,
        };
        last = Some((path, is_shipped));
        are_shipped.push(is_shipped);
    }
    are_shipped
}

/// Whether a secret is random, so that two files with it share more than a common word.
fn is_random(secret: &Secret) -> bool {
    let text = std::str::from_utf8(secret.reveal());
    text.is_ok_and(|text| text.len() >= 8 && value::is_random(text))
}

/// Lowers guessable values that only the history has, in `findings` from the history of a whole repository: nothing can
/// be done about `app` once having been the password for the database of `app`. If there is a working tree
/// (`has_files`), what is still in it is reported there.
pub fn lower_gone(findings: &mut [Finding], has_files: bool) {
    for finding in findings {
        lower_gone(&mut finding.places, has_files);
        let is_gone =
            has_files || matches!(finding.presence(), Some(Presence::History | Presence::Refs));
        let secret = finding.secret.as_ref();
        if is_gone && secret.is_some_and(|secret| is_guessable(secret.reveal())) {
            finding.lower_to(Severity::Medium);
        }
    }
}

/// Whether a value consists of a few words in lower case, or is among the first that an attacker tries.
fn is_guessable(value: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(value) else {
        return false;
    };
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_' | b'.');
    let is_plain = text.len() <= 24 && text.bytes().all(is_letter);
    is_plain && (text.len() < 8 || value::is_wordy(text)) || value::weak(text)
}

/// Lowers credentials whose own expiry date has passed. `today` is a date.
pub fn lower_expired(findings: &mut [Finding], today: &str) {
    for finding in findings {
        let mut facts = finding.evidence.facts.iter();
        let is_over = facts.any(|fact| fact.name == "expires" && fact.value.as_str() < today);
        if is_over {
            finding.lower_to(Severity::Low);
        }
    }
}

/// Marks the findings that a comment beside them allows, and returns how many each comment hides.
pub fn apply_comments<F: BorrowMut<Finding>>(findings: &mut [F]) -> Vec<Allowed> {
    let mut hidden: BTreeMap<(String, String), u64> = BTreeMap::new();
    for finding in findings.iter_mut().map(BorrowMut::borrow_mut) {
        if finding.suppression.is_some() {
            continue;
        }
        if let Some(comment) = inline::suppression(finding) {
            let place = format!("{}:{}", finding.location.path, comment.line);
            let by = comment.suppression.by.clone();
            *hidden.entry((place, by)).or_default() += 1;
            finding.suppression = Some(comment.suppression);
        }
    }
    let hidden = hidden.into_iter();
    let hidden = hidden.map(|((place, by), findings)| Allowed {
        place,
        by,
        findings,
    });
    hidden.collect()
}

/// A rule for tests.
#[cfg(test)]
fn sample_rule(category: crate::model::Category) -> crate::model::Rule {
    crate::model::Rule {
        id: crate::model::RuleId::new("generic/password"),
        category,
        title: "t".into(),
        description: "d".into(),
        remedy: "r".into(),
        severity: Severity::High,
        confidence: crate::model::Confidence::High,
        references: Vec::new(),
        tags: Vec::new(),
        since: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Location, Position, Region};

    #[test]
    fn one_word_has_one_severity_in_settings_of_a_kind() {
        let at = |path: &str, value: &str, severity| {
            let start = Position {
                line: 1,
                column: 1,
                byte: 0,
            };
            let location = Location::new(path.to_owned(), Region { start, end: start });
            let mut finding =
                Finding::new(&sample_rule(Category::Secret), "m".to_owned(), location);
            finding.secret = Some(Secret::new(value.as_bytes()));
            finding.severity = severity;
            finding
        };
        let random = ["x4VJz2r9x2", "NDss9KpC7q"].concat();
        let mut findings = [
            at("a/app.properties", "lantern-value-123", Severity::High),
            at("b/app.properties", "lantern-value-123", Severity::Medium),
            at("c/app.py", "lantern-value-123", Severity::High),
            at("a/app.properties", &random, Severity::High),
            at("b/app.properties", &random, Severity::Medium),
        ];
        level_alike(&mut findings);
        let severities = findings.map(|finding| finding.severity);
        let (high, medium) = (Severity::High, Severity::Medium);
        assert_eq!(severities, [medium, medium, high, high, medium]);
    }
}
