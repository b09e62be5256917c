//! The format for the log of a GitHub job: workflow commands that show findings next to the code, the worst first.
//!
//! No `add-mask` command is written for a secret: anywhere but in a runner's log, that would reveal it.

use std::collections::BTreeSet;
use std::io;

use super::markup::{command_data, command_lines, command_property};
use super::place::{elsewhere, is_in_tree};
use super::words::{self, Counts};
use super::{Document, Format, Options, excerpt};
use crate::model::{Gap, Severity, Verdict};
use crate::redact::Shown;

/// How many annotations of one kind a step may have; GitHub drops any more. Per job, it keeps fifty.
const MOST: usize = 10;

/// Writes the commands.
#[derive(Debug)]
pub(super) struct Github {
    reveal: bool,
}

impl Github {
    /// Returns a writer for one report.
    pub(super) fn new(options: Options) -> Self {
        Self {
            reveal: options.reveal,
        }
    }
}

impl Format for Github {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        out.write_all(commands(document, self.reveal).as_bytes())
    }
}

/// Returns the commands as text, for a step that writes more than these.
pub fn annotations(document: &Document<'_>) -> String {
    commands(document, false)
}

fn commands(document: &Document<'_>, reveal: bool) -> String {
    // Findings from before a change must not crowd out those that it adds.
    let mut sorted: Vec<&Shown> = document.findings.iter().collect();
    sorted.sort_by_key(|finding| words::order(finding));
    let mut text = String::new();
    if document.verdict == Verdict::Undecided {
        let reason = words::reason(document, &Counts::of(document.findings));
        let reason = command_data(&reason);
        text.push_str(&format!("::error title=gonogo::UNDECIDED: {reason}\n"));
    }
    // If the change adds findings, older ones in files without any are only counted: the reader did not come for them.
    let all = sorted.len();
    let new = document.findings.iter().filter(|finding| !finding.is_old);
    let touched: BTreeSet<&str> = new.map(|it| it.location.path.as_str()).collect();
    sorted.retain(|finding| {
        let path = finding.location.path.as_str();
        !finding.is_old || touched.is_empty() || touched.contains(path)
    });
    let old = (all - sorted.len()) as u64;
    let mut left_out = 0;
    for kind in ["error", "warning", "notice"] {
        let of_kind = sorted
            .iter()
            .filter(|finding| command(finding, document.threshold) == kind);
        for (n, finding) in of_kind.enumerate() {
            if n < MOST {
                text.push_str(&annotation(kind, finding, reveal));
            } else {
                left_out += 1;
            }
        }
    }
    let accepted = document.suppressed.iter();
    let accepted = accepted.filter(|finding| finding.accepted_by_change);
    for finding in accepted.filter(|finding| is_in_tree(finding)).take(MOST) {
        let title = command_property(&format!("accepted by this change: {}", finding.rule));
        let message = command_data(&finding.message);
        text.push_str(&format!(
            "::notice {}title={title}::{message}\n",
            place(finding)
        ));
    }
    for gap in words::gaps_accepted_by_change(document.coverage).take(MOST) {
        text.push_str(&accepted_gap(gap));
    }
    if left_out > 0 {
        let more = words::count(left_out, "more finding");
        text.push_str(&format!(
            "{more} not annotated: GitHub shows {MOST} of each kind per step; the most severe are shown\n"
        ));
    }
    if old > 0 {
        let old = words::count(old, "finding");
        text.push_str(&format!(
            "{old} not annotated: existed before this change\n"
        ));
    }
    text
}

fn command(finding: &Shown, threshold: Severity) -> &'static str {
    match finding.severity {
        // Findings from before are shown, but fail nothing.
        severity if finding.is_held_back() && severity >= Severity::Medium => "warning",
        _ if !finding.decides() => "notice",
        severity if severity >= threshold => "error",
        severity if severity >= Severity::Medium => "warning",
        _ => "notice",
    }
}

fn annotation(kind: &str, finding: &Shown, reveal: bool) -> String {
    let title = command_property(&format!("{} {}", finding.severity, finding.rule));
    let mut message = finding.message.clone();
    if finding.is_old {
        message.push_str(" (existed before)");
    }
    if finding.is_local {
        message.push_str(words::local_mark(finding.presence()));
    }
    if let Some(why) = words::new_rule(finding) {
        message.push_str(&format!(" ({why})"));
    }
    let place = if is_in_tree(finding) {
        let within = finding.location.within();
        let within = within.map(|within| format!(" (in {within})"));
        message.push_str(&within.unwrap_or_default());
        place(finding)
    } else {
        message.push_str(&format!(" ({})", elsewhere(finding)));
        String::new()
    };
    let mut message = command_data(&message);
    // The annotation is next to the code anyway; the code is included only if the user asked for secrets.
    if let Some(shown) = excerpt::show(finding).filter(|_| reveal) {
        let code = excerpt::visible(&shown).text;
        message.push_str(&command_lines(&format!("\n{code}")));
    }
    format!("::{kind} {place}title={title}::{message}\n")
}

/// Returns a notice about a gap that a comment of the change accepts.
fn accepted_gap(gap: &Gap) -> String {
    let title = command_property(&format!(
        "accepted by this change: {}",
        words::gap_kind(gap.kind)
    ));
    let file = command_property(&gap.place);
    let by = gap.accepted.as_ref();
    let line = by.and_then(|by| by.by.rsplit_once(':')?.1.parse().ok());
    let line: u32 = line.unwrap_or(1);
    let message = command_data(&format!("not scanned: {}", gap.reason));
    format!("::notice file={file},line={line},endLine={line},title={title}::{message}\n")
}

fn place(finding: &Shown) -> String {
    let path = command_property(&finding.location.path);
    if finding.location.within().is_some() {
        return format!("file={path},line=1,endLine=1,");
    }
    let region = &finding.location.region;
    let (start, end) = (region.start, region.end);
    let last = end.line.max(start.line);
    // GitHub only accepts columns for a region on one line.
    let columns = if last == start.line && end.column > start.column {
        format!("col={},endColumn={},", start.column, end.column)
    } else {
        String::new()
    };
    format!("file={path},line={},endLine={last},{columns}", start.line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::FormatName;
    use crate::report::sample::{sample, written};

    #[test]
    fn ten_of_each_kind_are_shown_the_worst_first() {
        let mut sample = sample();
        let finding = sample.findings[0].clone();
        sample.findings = Severity::ALL
            .iter()
            .flat_map(|&severity| {
                let mut finding = finding.clone();
                finding.severity = severity;
                vec![finding; 8]
            })
            .collect();
        let report = written(&sample.document(), FormatName::Github, Options::default());
        for kind in ["error", "warning", "notice"] {
            let command = format!("::{kind} ");
            let count = report.lines().filter(|line| line.starts_with(&command));
            assert_eq!(count.count(), if kind == "warning" { 8 } else { 10 });
        }
        let title = |n: usize| {
            report
                .lines()
                .nth(n)
                .unwrap_or_default()
                .contains("title=critical")
        };
        assert!(title(7) && !title(8));
        let last = report.lines().last().unwrap();
        assert!(last.starts_with("12 more findings not annotated"), "{last}");
    }

    #[test]
    fn no_name_or_message_is_a_command() {
        let mut sample = sample();
        sample.findings.truncate(1);
        sample.findings[0].location.path = "a,b::c\n::stop-commands::x".to_owned();
        sample.findings[0].message = "\n::set-env::x".to_owned();
        let report = written(&sample.document(), FormatName::Github, Options::default());
        assert_eq!(report.lines().count(), 1);
        assert!(
            report.starts_with("::error file=a%2Cb%3A%3Ac\\n%3A%3Astop-commands%3A%3Ax,line=3,")
        );
    }
}
