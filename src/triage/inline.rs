//! Comments beside a finding that say it is meant: gonogo's own, and those that other scanners know.

use crate::model::{Category, Finding, Secret, Suppression, SuppressionKind};

use super::pattern;

/// gonogo's own marker.
const OWN: &str = "gonogo:allow";
/// Markers of other scanners, which count for the line that they stand on.
const PEERS: [&str; 8] = [
    "gitleaks:allow",
    "betterleaks:allow",
    "trufflehog:ignore",
    "kingfisher:ignore",
    "pragma: allowlist secret",
    "pragma:allowlist secret",
    "pragma: whitelist secret",
    "pragma:whitelist secret",
];
/// The same, for the line after theirs.
const PEERS_NEXT: [&str; 2] = [
    "pragma: allowlist nextline secret",
    "pragma:allowlist nextline secret",
];
/// How comments begin; a line that begins so holds nothing else.
const COMMENTS: [&str; 12] = [
    "#", "//", "--", ";", "/*", "*", "<!--", "%", "{{/*", "{#", "rem ", "REM ",
];
/// How comments end.
const ENDS: [&str; 5] = ["*/", "-->", "#}", "--%>", "\""];
/// How much of a reason is kept.
const MAX_REASON: usize = 200;

/// The comment that allows `finding`, if there is one.
pub(super) fn suppression(finding: &Finding) -> Option<Suppression> {
    let site = &finding.site;
    let is_comment = COMMENTS
        .iter()
        .any(|start| site.before.trim_start().starts_with(start));
    let own = own(finding, &site.lines)
        .or_else(|| own(finding, site.before.as_str().trim()).filter(|_| is_comment));
    if own.is_some() {
        return own;
    }
    // Those scanners look for credentials; what they are told about a line says nothing of settings.
    if finding.category == Category::Configuration {
        return None;
    }
    let here = PEERS.iter().find(|mark| after(&site.lines, mark).is_some());
    let before = PEERS_NEXT
        .iter()
        .find(|mark| after(&site.before, mark).is_some());
    here.or(before).map(|mark| by(mark, String::new()))
}

fn by(mark: &str, reason: String) -> Suppression {
    Suppression {
        kind: SuppressionKind::InSource,
        by: mark.to_owned(),
        reason,
    }
}

/// What gonogo's own marker in `text` says of `finding`.
fn own(finding: &Finding, text: &str) -> Option<Suppression> {
    let rest = after(text, OWN)?;
    let end = ENDS.iter().filter_map(|end| rest.find(end)).min();
    let rest = rest[..end.unwrap_or(rest.len())].trim();
    let (first, others) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let first = first.trim_end_matches(':');
    // Rules of other scanners have no family; a word is one of them if it is the finding's own.
    let is_own = first.split(',').any(|rule| rule == finding.rule.as_str());
    let (rules, reason) = if is_own || pattern::is_list(first) {
        (Some(first), others)
    } else {
        (None, rest)
    };
    let is_meant = rules.is_none_or(|rules| {
        let mut own = finding.rules();
        own.all(|rule| {
            rules
                .split(',')
                .any(|pattern| pattern::matches(pattern, rule))
        })
    });
    is_meant.then(|| by(OWN, shown(finding, reason)))
}

/// A reason that may be shown: a secret can stand behind the marker, too.
fn shown(finding: &Finding, reason: &str) -> String {
    let secret = finding.secret.as_ref().map(Secret::reveal);
    let is_told = secret.is_some_and(|secret| {
        !secret.is_empty() && memchr::memmem::find(reason.as_bytes(), secret).is_some()
    });
    if is_told {
        return String::new();
    }
    let reason = reason.trim_start_matches([':', '-', '–', '—', ' ']);
    reason.trim().chars().take(MAX_REASON).collect()
}

/// What stands behind `mark`, where it is a word of its own.
fn after<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    text.match_indices(mark).find_map(|(at, _)| {
        let rest = &text[at + mark.len()..];
        let is_part =
            |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '-');
        // `--` ends a comment.
        let is_cut = is_part(rest.chars().next()) && !rest.starts_with("--");
        (!is_part(text[..at].chars().next_back()) && !is_cut).then_some(rest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Confidence, LineIndex, Location, Rule, RuleId, Severity, Site};

    fn finding(text: &str, category: Category) -> Finding {
        let start = text.find("hunter2").unwrap_or_default();
        let rule = Rule {
            id: RuleId::new("generic/password"),
            category,
            title: "t".into(),
            description: "d".into(),
            remedy: "r".into(),
            severity: Severity::High,
            confidence: Confidence::High,
            references: Vec::new(),
            tags: Vec::new(),
        };
        let region = LineIndex::new(text.as_bytes()).region(start..start + 7);
        let location = Location::new("a".to_owned(), region);
        let mut finding = Finding::new(&rule, String::new(), location);
        finding.site = Site::of(text.as_bytes(), &(start..start + 7));
        finding.secret = Some(crate::model::Secret::new(*b"hunter2"));
        finding
    }

    #[track_caller]
    fn check(text: &str, expected: Option<(&str, &str)>) {
        let found = suppression(&finding(text, Category::Secret));
        let found = found
            .as_ref()
            .map(|it| (it.by.as_str(), it.reason.as_str()));
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn own_comments_allow_a_line_or_the_next() {
        check("p: hunter2 # gonogo:allow", Some((OWN, "")));
        check("p: hunter2 # gonogo:allow a test", Some((OWN, "a test")));
        check(
            "p: hunter2 # gonogo:allow generic/password a test",
            Some((OWN, "a test")),
        );
        check(
            "p: hunter2 /* gonogo:allow generic/*: a test */",
            Some((OWN, "a test")),
        );
        check("<!-- gonogo:allow -->\np: hunter2", Some((OWN, "")));
        check(
            "// gonogo:allow x/y,generic/* it is\np: hunter2",
            Some((OWN, "it is")),
        );
        check("/* gonogo:allow it is */ hunter2", Some((OWN, "it is")));
        check("gonogo:allow hunter2", Some((OWN, "")));
    }

    #[test]
    fn what_is_meant_for_another_line_or_rule_allows_nothing() {
        check("p: hunter2 # gonogo:allow compose/* no", None);
        check("p: hunter2 # gonogo:allowed", None);
        check("a: b # gonogo:allow\np: hunter2", None);
        check("# gonogo:allow\n\np: hunter2", None);
        check("# gitleaks:allow\np: hunter2", None);
        check("p: hunter2\n# gonogo:allow", None);
    }

    #[test]
    fn comments_for_other_scanners_count_for_credentials() {
        for mark in PEERS {
            check(&format!("p: hunter2 # {mark}"), Some((mark, "")));
            let setting = finding(&format!("p: hunter2 # {mark}"), Category::Configuration);
            assert_eq!(suppression(&setting), None);
        }
        let next = PEERS_NEXT[0];
        check(&format!("# {next}\np: hunter2"), Some((next, "")));
    }
}
