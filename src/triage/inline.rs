//! Comments beside a finding that allow it: gonogo's own, and those of other scanners.

use std::borrow::Cow;

use memchr::memmem;

use crate::model::{Category, Finding, GapKind, Secret, Suppression, SuppressionKind, comments_in};

use super::pattern;

/// gonogo's own marker.
const OWN: &str = "gonogo:allow";
/// Markers of other scanners, which apply to their own line.
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
/// Markers of other scanners that apply to the line after theirs.
const PEERS_NEXT: [&str; 2] = [
    "pragma: allowlist nextline secret",
    "pragma:allowlist nextline secret",
];
/// How comments end.
const ENDS: [&str; 9] = ["*/", "-->", "#}", "--%>", "%>", "--}}", "*)", "#>", "\""];
/// How many characters of a reason are kept.
const MAX_REASON: usize = 200;

/// A comment that allows a finding, and its line.
pub(super) struct Comment {
    pub(super) suppression: Suppression,
    pub(super) line: u32,
}

/// Returns the comment that allows `finding`, if any.
pub(super) fn suppression(finding: &Finding) -> Option<Comment> {
    let site = &finding.site;
    let line = finding.location.region.start.line;
    let own_of = |text: &str, line| {
        let suppression = own(finding, text)?;
        Some(Comment { suppression, line })
    };
    let mut beside = site.comments.iter();
    let own = beside
        .find_map(|comment| own_of(comment, line))
        .or_else(|| own_of(site.before.trim(), line.saturating_sub(1)));
    if own.is_some() {
        return own;
    }
    // Those scanners look for credentials, so their comments are not about settings.
    if finding.category == Category::Configuration {
        return None;
    }
    let has = |text: &str, mark: &&&str| after(&with_spaces(text), mark).is_some();
    let here = site
        .comments
        .iter()
        .find_map(|comment| PEERS.iter().find(|mark| has(comment, mark)));
    let before = PEERS_NEXT.iter().find(|mark| has(&site.before, mark));
    let found = here.map(|mark| (mark, line));
    let found = found.or(before.map(|mark| (mark, line.saturating_sub(1))));
    found.map(|(mark, line)| Comment {
        suppression: by(mark, String::new()),
        line,
    })
}

/// detect-secrets also accepts a hyphen in place of the space: `pragma: allowlist-secret`.
fn with_spaces(text: &str) -> Cow<'_, str> {
    if !text.contains("pragma:") {
        return Cow::Borrowed(text);
    }
    let spaced = text.replace("list-secret", "list secret");
    let spaced = spaced.replace("list-nextline", "list nextline");
    Cow::Owned(spaced.replace("nextline-secret", "nextline secret"))
}

/// The number of lines at the top of a file in which a comment may accept that the file is not audited.
const TOP: usize = 10;

/// Returns the comment at the top of a file that accepts a gap of this kind, with its line, counted from 1.
pub fn accepting_comment(top: &str, kind: GapKind) -> Option<(u32, Suppression)> {
    (1..).zip(top.lines().take(TOP)).find_map(|(number, line)| {
        let comments = comments_in(line).into_iter();
        let mut said = comments.filter_map(|comment| said(comment));
        let reason = said.find_map(|said| {
            let (name, reason) = said.split_once(char::is_whitespace).unwrap_or((said, ""));
            let mut names = name.trim_end_matches(':').split(',');
            names.any(|name| kind.is_called(name)).then_some(reason)
        })?;
        Some((number, by(OWN, cut(reason))))
    })
}

/// Returns whether the first word after the marker names kinds of gaps, separated by commas.
pub(super) fn names_gaps(first: &str) -> bool {
    let mut names = first.trim_end_matches(':').split(',');
    names.all(|name| GapKind::from_name(name).is_some())
}

fn by(mark: &str, reason: String) -> Suppression {
    Suppression {
        kind: SuppressionKind::InSource,
        by: mark.to_owned(),
        reason,
    }
}

/// The suppression of `finding` by gonogo's own marker in `text`.
fn own(finding: &Finding, text: &str) -> Option<Suppression> {
    let rest = said(text)?;
    let (first, others) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
    let first = first.trim_end_matches(':');
    // A comment that accepts a gap says nothing about findings.
    if names_gaps(first) {
        return None;
    }
    // Rules of other scanners have no family; a word is such a rule if it is that of the finding.
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

/// The text after gonogo's own marker in a comment.
fn said(comment: &str) -> Option<&str> {
    let rest = after(comment, OWN)?;
    let end = ENDS.iter().filter_map(|end| rest.find(end)).min();
    Some(rest[..end.unwrap_or(rest.len())].trim())
}

/// A reason without leading separators, cut to the length that is kept.
fn cut(reason: &str) -> String {
    let reason = reason.trim_start_matches([':', '-', '–', '—', ' ']);
    reason.trim().chars().take(MAX_REASON).collect()
}

/// A reason that may be shown, since the text after a marker may contain the secret.
fn shown(finding: &Finding, reason: &str) -> String {
    let secret = finding.secret.as_ref().map(Secret::reveal);
    let is_told = secret.is_some_and(|secret| {
        !secret.is_empty() && memchr::memmem::find(reason.as_bytes(), secret).is_some()
    });
    if is_told {
        return String::new();
    }
    cut(reason)
}

/// The text after `mark`, if that is not part of a longer word.
fn after<'t>(text: &'t str, mark: &str) -> Option<&'t str> {
    memmem::find_iter(text.as_bytes(), mark).find_map(|at| {
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
    use crate::model::{LineIndex, Location, Site};

    fn finding(text: &str, category: Category) -> Finding {
        let start = text.find("hunter2").unwrap_or_default();
        let rule = crate::triage::sample_rule(category);
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
            .map(|it| (it.suppression.by.as_str(), it.suppression.reason.as_str()));
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
    }

    #[test]
    fn what_is_meant_for_another_line_or_rule_allows_nothing() {
        check("p: hunter2 # gonogo:allow compose/* no", None);
        check("p: hunter2 # gonogo:allowed", None);
        check("a: b # gonogo:allow\np: hunter2", None);
        check("# gonogo:allow\n\np: hunter2", None);
        check("# gitleaks:allow\np: hunter2", None);
        check("p: hunter2\n# gonogo:allow", None);
        check("p: hunter2 # gonogo:allow not-audited too large", None);
        check("gonogo:allow hunter2", None);
    }

    #[test]
    fn comments_for_other_scanners_count_for_credentials() {
        for mark in PEERS {
            check(&format!("p: hunter2 # {mark}"), Some((mark, "")));
            let setting = finding(&format!("p: hunter2 # {mark}"), Category::Configuration);
            assert!(suppression(&setting).is_none());
        }
        let next = PEERS_NEXT[0];
        check(&format!("# {next}\np: hunter2"), Some((next, "")));
        for hyphens in ["allowlist-nextline-secret", "allowlist nextline-secret"] {
            check(
                &format!("# pragma: {hyphens}\np: hunter2"),
                Some((next, "")),
            );
        }
        check(
            "p: hunter2 # pragma: allowlist-secret",
            Some((PEERS[4], "")),
        );
        check("p: hunter2 # pragma: allowlist-secrets", None);
    }

    #[test]
    fn comments_at_the_top_accept_a_gap() {
        let check = |top: &str, kind: GapKind, expected: Option<(u32, &str)>| {
            let found = accepting_comment(top, kind);
            let found = found.as_ref();
            let found = found.map(|(line, by)| (*line, by.reason.as_str()));
            assert_eq!(found, expected, "{top}");
        };
        let (limit, defect) = (GapKind::NotAudited, GapKind::Unparsable);
        check(
            "# gonogo:allow not-audited generated\n",
            limit,
            Some((1, "generated")),
        );
        check(
            "a: 1\n# gonogo:allow not-audited: for 1.x\n",
            defect,
            Some((2, "for 1.x")),
        );
        check("# gonogo:allow unparsable\n", defect, Some((1, "")));
        check("# gonogo:allow unparsable\n", limit, None);
        let both = "# gonogo:allow not-audited,unparsable: old\n";
        check(both, limit, Some((1, "old")));
        check(both, defect, Some((1, "old")));
        check("# gonogo:allow empty,unparsable\n", limit, None);
        check("a: \"# gonogo:allow not-audited\"\n", limit, None);
        check("# gonogo:allow not-audited x\n", GapKind::Missing, None);
        let late = format!("{}# gonogo:allow not-audited\n", "\n".repeat(10));
        check(&late, limit, None);
    }
}
