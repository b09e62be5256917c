//! Comments that allow nothing: there is no finding, or it is not one of the rules they name.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use memchr::memmem::Finder;

use crate::model::{Finding, comments_in};

use super::inline::names_gaps;

/// gonogo's own marker.
const OWN: &str = "gonogo:allow";

static MARKER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(OWN));

/// Extensions of files whose comments are shown to readers.
#[rustfmt::skip]
const PROSE: [&str; 9] = [
    ".md", ".markdown", ".mdx", ".rst", ".adoc", ".asciidoc", ".txt", ".po", ".tex",
];

/// Returns the lines of the file at `path` with a comment that is meant to allow findings, counted from 1.
pub fn allowing_lines(path: &str, text: &[u8]) -> Vec<u32> {
    // Nearly all files have none.
    if MARKER.find(text).is_none() || PROSE.iter().any(|end| path.ends_with(end)) {
        return Vec::new();
    }
    let lines = (1..).zip(text.split(|&byte| byte == b'\n'));
    let marked = lines.filter(|(_, line)| MARKER.find(line).is_some());
    let allowing = marked.filter(|(_, line)| {
        let line = String::from_utf8_lossy(line);
        let line = line.trim_end_matches('\r');
        comments_in(line).into_iter().any(is_allowing)
    });
    allowing.map(|(number, _)| number).collect()
}

/// Whether a comment begins with the marker, and is about findings.
fn is_allowing(comment: &str) -> bool {
    let text = comment.trim_start_matches(|c: char| !c.is_alphanumeric());
    let rest = text.strip_prefix(OWN);
    let rest = rest.filter(|rest| !rest.starts_with(char::is_alphanumeric));
    rest.is_some_and(|rest| {
        let first = rest.split_whitespace().next().unwrap_or_default();
        !names_gaps(first)
    })
}

/// Returns a warning for each of these comments, given by path and line, that allows none of `findings`; sorted.
pub fn idle_comments(comments: &[(String, u32)], findings: &[Finding]) -> Vec<String> {
    let asked: BTreeSet<&str> = comments.iter().map(|(path, _)| path.as_str()).collect();
    let mut by_path: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        let path = finding.location.path.as_str();
        if asked.contains(path) && !finding.origin.is_history() {
            by_path.entry(path).or_default().push(finding);
        }
    }
    let mut warnings = BTreeSet::new();
    for (path, line) in comments {
        let of_file = by_path.get(path.as_str()).into_iter().flatten();
        let near: Vec<_> = of_file.filter(|finding| is_near(finding, *line)).collect();
        if near.iter().any(|finding| finding.suppression.is_some()) {
            continue;
        }
        let why = if near.is_empty() {
            "no finding on this line: remove it"
        } else {
            "the finding on this line is of another rule"
        };
        warnings.insert((path, line, why));
    }
    let warnings = warnings.into_iter();
    let said =
        warnings.map(|(path, line, why)| format!("{path}:{line}: `{OWN}` has no effect: {why}"));
    said.collect()
}

/// Whether a comment on `line` may belong to a finding: it is on its lines or on the line before.
fn is_near(finding: &Finding, line: u32) -> bool {
    let region = &finding.location.region;
    (region.start.line.saturating_sub(1)..=region.end.line).contains(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_that_are_meant_count() {
        let lines = [
            "a = 1 # MARK a test\n",
            "// MARK generic/password\r\n",
            "b = \"MARK\"\n",
            "# write MARK beside it\n",
            "# MARK not-audited,unparsable a template\n",
            "# MARKed\n",
            "/* MARK */\n",
        ];
        let text = lines.concat().replace("MARK", OWN);
        let text = text.as_bytes();
        assert_eq!(allowing_lines("a.py", text), [1, 2, 7]);
        assert_eq!(allowing_lines("a.md", text), [0; 0]);
        assert_eq!(allowing_lines("a.py", b"# nothing\n"), [0; 0]);
    }
}
