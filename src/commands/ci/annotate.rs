//! Tells a runner of GitHub's about findings: what to mask in its log, and what to show beside the code.

use std::collections::BTreeSet;
use std::hash::{BuildHasher as _, RandomState};

use crate::model::{Category, Finding, Origin, Presence, Severity};

use super::escape::{data, property, raw_data};

/// How many annotations of one kind a step may have; GitHub drops the others.
const MOST: usize = 10;
/// Shorter values are not masked: the log would be unreadable, and the mask would tell what they are.
const SHORTEST_MASK: usize = 4;

/// Commands that mask every secret that was found, line by line, as the runner masks.
pub(super) fn masks(findings: &[Finding]) -> String {
    let found = findings
        .iter()
        .filter(|finding| finding.category != Category::Placeholder);
    let mut values = BTreeSet::new();
    for secret in found.filter_map(|finding| finding.secret.as_ref()) {
        let text = String::from_utf8_lossy(secret.reveal()).into_owned();
        // The frame of a key in PEM is no secret, and stands in many logs.
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.starts_with("-----"));
        values.extend(
            lines
                .filter(|line| line.len() >= SHORTEST_MASK)
                .map(raw_data),
        );
    }
    let commands = values.iter().map(|value| format!("::add-mask::{value}\n"));
    commands.collect::<Vec<_>>().concat()
}

/// Commands that show findings beside the code, the worst first.
pub(super) fn annotations(findings: &[Finding], threshold: Severity) -> String {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    let mut text = String::new();
    for kind in ["error", "warning", "notice"] {
        let of_kind = || {
            sorted
                .iter()
                .filter(|finding| command(finding, threshold) == kind)
        };
        of_kind()
            .take(MOST)
            .for_each(|finding| text.push_str(&annotation(kind, finding)));
        let more = of_kind().count().saturating_sub(MOST);
        if more > 0 {
            text.push_str(&format!(
                "{more} more findings are not annotated as `{kind}`: see the summary\n"
            ));
        }
    }
    text
}

fn command(finding: &Finding, threshold: Severity) -> &'static str {
    match finding.severity {
        // What was there before is shown, and fails nothing.
        _ if finding.is_old => "notice",
        severity if severity >= threshold => "error",
        severity if severity >= Severity::Medium => "warning",
        _ => "notice",
    }
}

fn annotation(kind: &str, finding: &Finding) -> String {
    let title = property(&format!("{} {}", finding.severity, finding.rule));
    let mut message = finding.message.clone();
    if finding.is_old {
        message.push_str(" (was there before)");
    }
    let region = &finding.location.region;
    let place = if is_in_tree(finding) {
        let path = property(&finding.location.path);
        let (mut start, mut end) = (region.start.line, region.end.line.max(region.start.line));
        if let Some(within) = finding.location.within() {
            message.push_str(&format!(" (in {within})"));
            (start, end) = (1, 1);
        }
        format!("file={path},line={start},endLine={end},")
    } else {
        message.push_str(&format!(" ({})", elsewhere(finding)));
        String::new()
    };
    format!("::{kind} {place}title={title}::{}\n", data(&message))
}

/// Whether the place of a finding can be shown in the files of the commit that is judged.
pub(super) fn is_in_tree(finding: &Finding) -> bool {
    let is_file = !finding.location.path.is_empty();
    match &finding.origin {
        Origin::Worktree | Origin::Index => is_file,
        // What HEAD still has may have other lines around it by now, but it is there.
        Origin::Blob(_) => {
            let presence = finding.history.as_ref().map(|history| history.presence);
            is_file && presence == Some(Presence::Head)
        }
        _ => false,
    }
}

/// Where a finding is that no file shows.
pub(super) fn elsewhere(finding: &Finding) -> String {
    let commit = finding
        .history
        .as_ref()
        .and_then(|history| history.first.as_ref());
    let commit = commit.map_or_else(String::new, |commit| {
        let id: String = commit.id.to_string().chars().take(12).collect();
        format!(" of commit {id}")
    });
    match (&finding.origin, finding.location.path.as_str()) {
        (Origin::CommitMessage(_), _) => format!("in the message{commit}"),
        (Origin::TagMessage(_), _) => "in the message of a tag".to_owned(),
        (_, "") => "in the history".to_owned(),
        (_, path) => match finding.location.within() {
            Some(within) => format!("{path}, {within}{commit}"),
            None => format!(
                "{path}, line {}{commit}",
                finding.location.region.start.line
            ),
        },
    }
}

/// Lets the runner take `text` for nothing but text: what was scanned stands in it, and could hold commands.
pub(super) fn inert(text: &str) -> String {
    let state = RandomState::new();
    let token = format!(
        "{:016x}{:016x}",
        state.hash_one(1),
        RandomState::new().hash_one(2)
    );
    format!("::stop-commands::{token}\n{text}\n::{token}::\n")
}
