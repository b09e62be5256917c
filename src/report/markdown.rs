//! The format for comments, wikis and job summaries: Markdown, kept below the length at which GitHub truncates it.

use std::collections::BTreeSet;
use std::io;

use super::fold::{Entry, counted, fold};
use super::markup::{address, markdown, markdown_prose};
use super::place::{elsewhere, is_in_tree};
use super::words::{self, Counts};
use super::{Document, Format, Options, excerpt};
use crate::model::Severity;
use crate::redact::Shown;

/// The length limit. GitHub accepts 65,536 characters in a comment and a mebibyte in a job summary; what fits into a
/// comment fits anywhere.
const LONGEST_PAGE: usize = 65_536;
/// How many findings are listed that the change itself accepts.
const ACCEPTED: usize = 20;
/// How many repositories are listed.
const SUBJECTS: usize = 10;
/// How many characters of a message or a path are shown.
const LONGEST_TEXT: usize = 300;
/// How many characters of a line of code are shown.
const LONGEST_LINE: usize = 160;
/// How many lines of code are shown per finding.
const LINES: usize = 4;
/// How much of the page the remedies may take.
const LONGEST_REMEDIES: usize = 8_192;
/// A longer URL of a file is left out: a table of ten such links is unreadable.
const LONGEST_ADDRESS: usize = 1_024;

/// Writes the page.
#[derive(Debug)]
pub(super) struct Markdown {
    reveal: bool,
}

impl Markdown {
    /// Returns a writer for one report.
    pub(super) fn new(options: Options) -> Self {
        Self {
            reveal: options.reveal,
        }
    }
}

impl Format for Markdown {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let page = Page {
            document,
            looked_at: None,
            files: None,
            reveal: self.reveal,
        };
        out.write_all(page.text().as_bytes())
    }
}

/// Returns a job summary. `looked_at` says what was scanned, and `files` is the base URL of pages that show files.
pub fn summary(document: &Document<'_>, looked_at: &str, files: Option<&str>) -> String {
    let page = Page {
        document,
        looked_at: Some(looked_at),
        files,
        reveal: false,
    };
    page.text()
}

/// Returns the summary of a job that failed to scan anything.
pub fn failure_summary(message: &str) -> String {
    format!(
        "## gonogo: UNDECIDED\n\nNo verdict: {}.\n",
        markdown(message)
    )
}

/// One report, with what only some callers know.
struct Page<'a> {
    document: &'a Document<'a>,
    looked_at: Option<&'a str>,
    files: Option<&'a str>,
    reveal: bool,
}

impl Page<'_> {
    fn text(&self) -> String {
        let document = self.document;
        let mut text = format!("## gonogo: {}\n\n", document.verdict);
        if let Some(looked_at) = self.looked_at {
            text.push_str(&format!("{}.\n\n", markdown(looked_at)));
        }
        for subject in words::subjects(document).iter().take(SUBJECTS) {
            text.push_str(&format!("{}\n\n", shortened(subject, LONGEST_TEXT)));
        }
        text.push_str(&accepted(document));
        text.push_str(&found(document));
        let tail = not_counted(document) + &covered(document);
        let remedies = self.remedies();
        // The rows are written last, since only rows can be left out.
        let room = LONGEST_PAGE.saturating_sub(text.len() + tail.len() + remedies.len());
        text.push_str(&self.table(room));
        text.push_str(&remedies);
        text + &tail
    }

    /// Returns a row for each entry that fits into `room`: those of a change first, and the worst first within each
    /// group.
    fn table(&self, room: usize) -> String {
        if self.document.findings.is_empty() {
            return String::new();
        }
        let mut sorted: Vec<&Shown> = self.document.findings.iter().collect();
        sorted.sort_by_key(|finding| words::order(finding));
        let mut text = "| Severity | What | Where | Rule |\n|---|---|---|---|\n".to_owned();
        let room = room.saturating_sub(256);
        let mut more = sorted.len();
        for entry in fold(sorted, self.document.is_change) {
            let row = self.row(&entry);
            if text.len() + row.len() > room {
                break;
            }
            text.push_str(&row);
            more -= 1 + entry.more.len();
        }
        if more > 0 {
            let more = words::count(more as u64, "less severe finding");
            text.push_str(&format!(
                "\n{more} omitted: GitHub limits comments to 65,536 characters. The other formats contain all \
                 findings.\n"
            ));
        }
        text + "\n"
    }

    fn row(&self, entry: &Entry<'_>) -> String {
        let finding = entry.finding;
        let mut known = if finding.is_old {
            " (existed before)".to_owned()
        } else if finding.is_local {
            words::local_mark(finding.presence()).to_owned()
        } else {
            String::new()
        };
        if let Some(why) = words::new_rule(finding) {
            known.push_str(&format!(" ({})", markdown_prose(&why)));
        }
        format!(
            "| {} | {}{known}{}{} | {} | {} |\n",
            finding.severity,
            shortened(&finding.message, LONGEST_TEXT),
            self.code(finding),
            entry
                .rest()
                .map_or_else(String::new, |rest| format!("<br>{}", markdown(&rest))),
            self.place(finding),
            markdown(finding.rule.as_str())
        )
    }

    fn place(&self, finding: &Shown) -> String {
        if !is_in_tree(finding) || finding.location.within().is_some() {
            return shortened(&elsewhere(finding), LONGEST_TEXT);
        }
        let (path, line) = (&finding.location.path, finding.location.region.start.line);
        let text = shortened(&format!("{path}:{line}"), LONGEST_TEXT);
        let path = address(path);
        match self.files.filter(|_| path.len() <= LONGEST_ADDRESS) {
            Some(files) => format!("[{text}]({files}/{path}#L{line})"),
            None => text,
        }
    }

    /// Returns the marked lines as the cell of a table.
    fn code(&self, finding: &Shown) -> String {
        let Some(shown) = excerpt::show(finding) else {
            return String::new();
        };
        let text = &shown.text;
        let start = text[..shown.marked.start]
            .rfind('\n')
            .map_or(0, |at| at + 1);
        let marked = text[shown.marked.clone()].trim_end_matches('\n');
        let end = shown.marked.start + marked.len();
        let end = text[end..].find('\n').map_or(text.len(), |at| end + at);
        let mut lines = text[start..end]
            .lines()
            .filter(|line| !line.trim().is_empty());
        let mut cell = String::new();
        // A line is shown in full if the user asked for secrets.
        let longest = if self.reveal {
            usize::MAX
        } else {
            LONGEST_LINE
        };
        for line in lines.by_ref().take(LINES + usize::from(self.reveal) * 200) {
            let line = cut(line.trim(), longest);
            cell.push_str(&format!("<br><code>{line}</code>"));
        }
        if lines.next().is_some() {
            cell.push_str("<br>…");
        }
        cell
    }

    /// Returns what to do about the findings, once for each rule.
    fn remedies(&self) -> String {
        let document = self.document;
        let found: BTreeSet<_> = document
            .findings
            .iter()
            .flat_map(|finding| finding.rules())
            .collect();
        let mut rules = document.rules_where(|id| found.contains(id));
        rules.sort_by_key(|rule| std::cmp::Reverse(rule.severity));
        let mut text = "<details><summary>How to fix</summary>\n\n".to_owned();
        for rule in &rules {
            let of_rule = document
                .findings
                .iter()
                .filter(|finding| finding.rules().any(|id| *id == rule.id));
            let remedies: BTreeSet<_> = of_rule.map(|finding| finding.remedy(rule)).collect();
            let remedies: Vec<_> = remedies.into_iter().collect();
            let line = format!(
                "- {}: {}\n",
                markdown(rule.id.as_str()),
                markdown_prose(&remedies.join(" "))
            );
            if text.len() + line.len() > LONGEST_REMEDIES {
                text.push_str("- for the other rules, run `gonogo explain RULE`\n");
                break;
            }
            text.push_str(&line);
        }
        if rules.is_empty() {
            return String::new();
        }
        text + "\n</details>\n\n"
    }
}

/// Lists what the change that is judged accepts itself: its reviewers must know.
fn accepted(document: &Document<'_>) -> String {
    let accepted = document.suppressed.iter();
    let accepted: Vec<_> = accepted
        .filter(|finding| finding.accepted_by_change)
        .collect();
    let gaps: Vec<_> = words::gaps_accepted_by_change(document.coverage).collect();
    let counts = [(accepted.len(), "finding"), (gaps.len(), "gap")];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<_> = counts
        .map(|(count, noun)| words::count(*count as u64, noun))
        .collect();
    if counts.is_empty() {
        return String::new();
    }
    let mut text = format!("**Accepted by this change: {}**\n\n", counts.join(", "));
    for finding in accepted.iter().take(ACCEPTED) {
        let (path, line) = (&finding.location.path, finding.location.region.start.line);
        let place = shortened(&format!("{path}:{line}"), LONGEST_TEXT);
        let by = finding.suppression.as_ref().map(|it| (&it.by, &it.reason));
        let by = by.map_or_else(String::new, |(by, reason)| {
            let colon = if reason.is_empty() { "" } else { ": " };
            format!(
                " ({}{colon}{})",
                markdown(by),
                shortened(reason, LONGEST_TEXT)
            )
        });
        let rule = markdown(finding.rule.as_str());
        text.push_str(&format!("- {} {rule} in {place}{by}\n", finding.severity));
    }
    for gap in gaps.iter().take(ACCEPTED) {
        let by = gap.accepted.as_ref().map(words::accepted_by);
        let place = shortened(&gap.place, LONGEST_TEXT);
        let by = shortened(&by.unwrap_or_default(), LONGEST_TEXT);
        let kind = markdown(words::gap_kind(gap.kind));
        text.push_str(&format!("- not scanned: {kind} in {place} ({by})\n"));
    }
    let more = [accepted.len(), gaps.len()].map(|count| count.saturating_sub(ACCEPTED));
    if more[0] + more[1] > 0 {
        text.push_str(&format!("- and {} more\n", more[0] + more[1]));
    }
    text + "\n"
}

/// Says why the verdict is what it is, in a sentence or two.
fn found(document: &Document<'_>) -> String {
    let findings = document.findings;
    let shown = counted(findings, document.is_change);
    let counts = Counts::of(findings);
    let reason = markdown_prose(&words::explained(document, &counts));
    let mut text = format!("**{}**: {reason}.", document.verdict);
    if !findings.is_empty() {
        let levels = Severity::ALL.iter().rev();
        let levels = levels.filter(|&&level| counts.get(level) > 0);
        let levels: Vec<_> = levels
            .map(|&level| format!("{} {level}", counts.get(level)))
            .collect();
        let all = words::count(findings.len() as u64, "finding");
        let entries = match findings.len() - shown.len() {
            0 => String::new(),
            _ => format!("; in {}", words::count(shown.len() as u64, "entry")),
        };
        text.push_str(&format!(" {all}: {}{entries}.", levels.join(", ")));
    }
    let old = findings.iter().filter(|finding| finding.is_old).count();
    if old > 0 {
        text.push_str(&format!(" {old} existed before and do not fail the check."));
    }
    let local = findings.iter().filter(|finding| finding.is_local).count();
    if local > 0 {
        text.push_str(&format!(
            " {local} in objects that no branch or tag leads to, which do not fail the check."
        ));
    }
    let newer = findings.iter().filter(|finding| finding.new_rule.is_some());
    let held_back = newer.clone().filter(|finding| finding.is_held_back());
    match (newer.count(), held_back.count()) {
        (0, _) => {}
        (n, 0) => text.push_str(&format!(" {n} new because of a new rule.")),
        (n, held_back) => text.push_str(&format!(
            " {n} new because of a new rule; {held_back} of them are held back and do not fail the check."
        )),
    }
    text + "\n\n"
}

fn not_counted(document: &Document<'_>) -> String {
    let mut text = String::new();
    let suppressed = document.suppressed.len();
    if suppressed > 0 {
        text.push_str(&format!(
            "{suppressed} more are suppressed and do not count.\n\n"
        ));
    }
    if document.not_shown > 0 {
        let n = document.not_shown;
        text.push_str(&format!(
            "{n} more are below --min-severity and not shown.\n\n"
        ));
    }
    if document.not_sure > 0 {
        let n = document.not_sure;
        text.push_str(&format!(
            "{n} more are below --min-confidence and not shown.\n\n"
        ));
    }
    if document.not_asked > 0 {
        let n = document.not_asked;
        text.push_str(&format!(
            "{n} more are left out by --exclude, --rule or --skip.\n\n"
        ));
    }
    text
}

fn covered(document: &Document<'_>) -> String {
    let coverage = document.coverage;
    let mut text = format!("Scanned: {}.\n", words::scanned(coverage));
    if !coverage.settings.is_empty() {
        let files: Vec<_> = coverage
            .settings
            .iter()
            .map(|file| markdown(file))
            .collect();
        text.push_str(&format!("\nSettings: {}.\n", files.join(", ")));
    }
    for line in words::allowed_lines(coverage, words::ALLOWED) {
        text.push_str(&format!("\nAllowed: {}.\n", shortened(&line, LONGEST_TEXT)));
    }
    let gaps = words::sorted_gaps(coverage);
    if !gaps.is_empty() {
        let n = words::gap_count(&gaps);
        text.push_str(&format!("\nNot scanned ({n}):\n\n"));
    }
    for line in words::gap_lines(gaps, words::GAPS_OF_A_KIND) {
        text.push_str(&format!(
            "- {}: {}: {}\n",
            words::gap_kind(line.kind),
            shortened(&line.place, LONGEST_TEXT),
            shortened(&line.reason, LONGEST_TEXT)
        ));
    }
    text
}

/// Escapes a line of code, truncated to `longest` characters.
fn cut(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => markdown(&text[..end]) + "…",
        None => markdown(text),
    }
}

fn shortened(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => markdown_prose(&text[..end]) + "…",
        None => markdown_prose(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::FormatName;
    use crate::report::sample::{sample, written};

    fn many(path: &str) -> String {
        let mut sample = sample();
        let mut finding = sample.findings[0].clone();
        finding.location.path = path.to_owned();
        finding.severity = Severity::Low;
        // In separate files, since findings of one rule in one file are folded.
        sample.findings.extend((0..5_000).map(|number| {
            let mut finding = finding.clone();
            finding.location.path = format!("{path}{number}");
            finding
        }));
        written(&sample.document(), FormatName::Markdown, Options::default())
    }

    #[test]
    fn it_fits_into_a_comment_and_says_what_does_not() {
        for path in ["a.env", &"|`<\u{202e}".repeat(2_000)] {
            let page = many(path);
            assert!(page.len() <= LONGEST_PAGE, "{}", page.len());
            let rows = page.lines().filter(|line| line.starts_with("| low"));
            // One of them existed before.
            let left = format!(
                "\n{} less severe findings omitted",
                words::thousands(5_001 - rows.count() as u64)
            );
            assert!(page.contains(&left), "{left}");
            assert!(page.contains("\nNot scanned (12 gaps):\n"));
        }
    }

    #[test]
    fn no_cell_is_markup() {
        let mut sample = sample();
        sample.findings.truncate(1);
        let finding = &mut sample.findings[0];
        finding.location.path = "a|b`c<img src=x>\n@octocat\u{202e}".to_owned();
        finding.message = "| ![x](https://example.org) www.example.org <!-- #1".to_owned();
        let page = written(&sample.document(), FormatName::Markdown, Options::default());
        let row = page.lines().find(|line| line.starts_with("| critical"));
        let row = row.unwrap();
        assert_eq!(row.matches('|').count(), 5, "{row}");
        for markup in ["`", "<img", "@", "![", "://", "www.", "<!", "\u{202e}"] {
            assert!(!row.contains(markup), "{markup} in {row}");
        }
    }

    #[test]
    fn a_summary_links_to_files() {
        let sample = sample();
        let page = summary(&sample.document(), "a push", Some("https://example.org/f"));
        let link = "[deploy/prod.env&#58;3](https://example.org/f/deploy/prod.env#L3)";
        assert!(page.contains(link), "{page}");
        assert!(page.starts_with("## gonogo: NO-GO\n\na push.\n"));
    }
}
