//! The summary of a job, in Markdown.

use crate::commands::scan::Outcome;
use crate::model::{Coverage, Finding, Severity, Verdict};

use super::annotate::{elsewhere, is_in_tree};
use super::escape::{address, markdown};

/// How many findings are listed. GitHub takes a mebibyte.
const MOST_FINDINGS: usize = 200;
/// How many gaps are listed.
const MOST_GAPS: usize = 20;
/// How much of a message or a path is shown.
const LONGEST: usize = 300;

/// The verdict as it is written everywhere.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Go => "GO",
        Verdict::NoGo => "NO-GO",
        Verdict::Undecided => "UNDECIDED",
    }
}

/// The summary of a scan. `looked_at` says what was scanned, and `files` is the address below which files can be seen.
pub(super) fn of(
    outcome: &Outcome,
    looked_at: &str,
    threshold: Severity,
    files: Option<&str>,
) -> String {
    let verdict = word(outcome.verdict);
    let mut text = format!("## gonogo: {verdict}\n\n{}.\n\n", markdown(looked_at));
    text.push_str(&table(&outcome.findings, threshold, files));
    if outcome.suppressed > 0 {
        text.push_str(&format!(
            "{} more are known and accepted, and do not count.\n\n",
            outcome.suppressed
        ));
    }
    text.push_str(&covered(&outcome.coverage));
    text
}

/// The summary when nothing could be scanned.
pub(super) fn of_failure(message: &str) -> String {
    format!(
        "## gonogo: UNDECIDED\n\nNothing was decided: {}.\n",
        markdown(message)
    )
}

fn table(findings: &[Finding], threshold: Severity, files: Option<&str>) -> String {
    if findings.is_empty() {
        return "Nothing was found.\n\n".to_owned();
    }
    let reach = findings
        .iter()
        .filter(|finding| finding.severity >= threshold && !finding.is_old)
        .count();
    let old = findings.iter().filter(|finding| finding.is_old).count();
    let before = match old {
        0 => String::new(),
        n => format!(" {n} were there before, and fail nothing."),
    };
    let noun = if findings.len() == 1 {
        "finding"
    } else {
        "findings"
    };
    let new = if old > 0 { "new and " } else { "" };
    let mut text = format!(
        "{} {noun}, {reach} of them {new}at or above the threshold {threshold}.{before}\n\n\
         | Severity | What | Where | Rule |\n|---|---|---|---|\n",
        findings.len()
    );
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    for finding in sorted.iter().take(MOST_FINDINGS) {
        text.push_str(&row(finding, files));
    }
    if let Some(more) = sorted.len().checked_sub(MOST_FINDINGS + 1) {
        text.push_str(&format!("\n{} more are in the SARIF report.\n", more + 1));
    }
    text + "\n"
}

fn row(finding: &Finding, files: Option<&str>) -> String {
    let path = &finding.location.path;
    let line = finding.location.region.start.line;
    let place = match files {
        _ if finding.location.within().is_some() => shortened(&elsewhere(finding)),
        _ if !is_in_tree(finding) => shortened(&elsewhere(finding)),
        Some(files) => {
            let text = shortened(&format!("{path}:{line}"));
            format!("[{text}]({files}/{}#L{line})", address(path))
        }
        None => shortened(&format!("{path}:{line}")),
    };
    let known = if finding.is_old {
        " (was there before)"
    } else {
        ""
    };
    format!(
        "| {} | {}{known} | {place} | {} |\n",
        finding.severity,
        shortened(&finding.message),
        markdown(finding.rule.as_str())
    )
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => markdown(&text[..end]) + "…",
        None => markdown(text),
    }
}

fn covered(coverage: &Coverage) -> String {
    let mut text = format!(
        "Scanned: {} files, {} blobs of the history, {} commit messages, {} tag messages; {} configuration files \
         audited, {} binary files not looked into.\n",
        coverage.files,
        coverage.blobs,
        coverage.commits,
        coverage.tags,
        coverage.audited,
        coverage.binary
    );
    if !coverage.gaps.is_empty() {
        text.push_str(&format!(
            "\nNot scanned, {} in all:\n\n",
            coverage.gaps.len()
        ));
    }
    for gap in coverage.gaps.iter().take(MOST_GAPS) {
        text.push_str(&format!(
            "- {}: {}\n",
            shortened(&gap.place),
            shortened(&gap.reason)
        ));
    }
    text
}
