//! The format for reviewing many findings: one self-contained page with filters, sorting and keyboard shortcuts.
//!
//! Scanned text reaches the page in only two ways: escaped as text, and as data that the page's script shows as text.
//! The page's own content security policy allows only its one script and one style sheet, and lets it load or send
//! nothing.

mod no_markup;
mod plain;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use super::escape::{VisibleJson, escaped};
use super::fold::fold;
use super::markup::{html, html_prose};
use super::words::{self, Counts};
use super::{Document, Format, Options, excerpt, place};
use crate::model::{Confidence, NewRule, Origin, Presence, Rule, RuleId, Severity, Verdict};
use crate::redact;
use no_markup::NoMarkup;
use plain::plain;

const STYLE: &str = include_str!("html/style.css");
const SCRIPT: &str = include_str!("html/script.js");
const WORK: &str = include_str!("html/work.html");
/// How many related places are listed.
const RELATED: usize = 8;
/// How many repositories are listed.
const SUBJECTS: usize = 3;

/// Writes the page.
#[derive(Debug)]
pub(super) struct Html;

impl Html {
    /// Returns a writer for one report.
    pub(super) fn new(_: Options) -> Self {
        Self
    }
}

impl Format for Html {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        out.write_all(head(document).as_bytes())?;
        out.write_all(top(document).as_bytes())?;
        out.write_all(WORK.as_bytes())?;
        out.write_all(plain(document).as_bytes())?;
        out.write_all(b"<script type=\"application/json\" id=\"data\">\n")?;
        let data = Data::new(document);
        let mut visible = VisibleJson::new(NoMarkup(&mut out));
        serde_json::to_writer(&mut visible, &data)?;
        visible.flush()?;
        write!(
            out,
            "\n</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
        )?;
        out.flush()
    }
}

/// Returns the content security policy: the page's own script and style sheet may run, and nothing be loaded.
fn policy() -> String {
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text.as_bytes()));
    format!(
        "default-src 'none'; script-src 'sha256-{}'; style-src 'sha256-{}'; img-src data:; base-uri 'none'; \
         form-action 'none'; require-trusted-types-for 'script'",
        hash(SCRIPT),
        hash(STYLE)
    )
}

fn head(document: &Document<'_>) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta name=\"version\" content=\"{}\">\n<title>{}{} - gonogo</title>\n\
         <link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n</head>\n<body>\n",
        policy(),
        env!("CARGO_PKG_VERSION"),
        document.verdict,
        match document.provenance.as_slice() {
            [] => String::new(),
            [only] => format!(" - {}", html(&only.name)),
            all => format!(" - {} repositories", all.len()),
        }
    )
}

/// Returns the verdict, what was scanned and what was not: the part that needs no script.
fn top(document: &Document<'_>) -> String {
    let counts = Counts::of(document.findings);
    let class = match document.verdict {
        Verdict::Go => "go",
        Verdict::NoGo => "no-go",
        Verdict::Undecided => "undecided",
    };
    let mut text = format!(
        "<header class=\"top\">\n<div class=\"verdict {class}\"><h1>{}</h1><p>{}</p>\
         <span class=\"tool\" id=\"tool\">gonogo</span></div>\n",
        document.verdict,
        html_prose(&words::explained(document, &counts))
    );
    for subject in words::subjects(document).iter().take(SUBJECTS) {
        text.push_str(&format!("<p class=\"subject\">{}</p>\n", html(subject)));
    }
    text.push_str("<ul class=\"counts\">\n");
    let mut item = |class: &str, number: u64, word: &str| {
        let number = words::thousands(number);
        text.push_str(&format!("<li{class}><b>{number}</b> {word}</li>\n"));
    };
    for severity in Severity::ALL.iter().rev() {
        let class = format!(" class=\"dot {severity}\"");
        item(&class, counts.get(*severity), severity.as_str());
    }
    let suppressed = document.suppressed.len() as u64;
    for (number, word) in [
        (suppressed, "accepted"),
        (document.not_shown, "less severe not shown"),
        (document.not_sure, "less sure not shown"),
        (document.not_asked, "left out by options"),
    ] {
        if number > 0 {
            item("", number, word);
        }
    }
    text + "</ul>\n" + &coverage(document) + "</header>\n"
}

fn coverage(document: &Document<'_>) -> String {
    let coverage = document.coverage;
    let gaps = words::sorted_gaps(coverage);
    let mut summary = format!("Scanned {}", html(&words::scanned(coverage)));
    if !gaps.is_empty() {
        let gaps = words::gap_count(&gaps);
        summary.push_str(&format!("; not scanned {gaps}"));
    }
    let mut rows = String::new();
    let mut row = |class: &str, label: &str, text: &str| {
        let (label, text) = (html(label), html_prose(text));
        rows.push_str(&format!(
            "<tr><td{class}>{label}</td><td>{text}</td></tr>\n"
        ));
    };
    for root in document.roots.iter() {
        row("", "asked for", root);
    }
    for file in &coverage.settings {
        row("", "settings", file);
    }
    for line in words::allowed_lines(coverage, words::ALLOWED) {
        row("", "allowed", &line);
    }
    for line in words::gap_lines(gaps, words::GAPS_OF_A_KIND) {
        let class = if line.is_undecided {
            " class=\"open-gap\""
        } else {
            ""
        };
        let text = format!("{}: {}", line.place, line.reason);
        row(class, words::gap_kind(line.kind), &text);
    }
    // The reason for an open verdict must be visible at once.
    let open = if document.verdict == Verdict::Undecided {
        " open"
    } else {
        ""
    };
    format!(
        "<details class=\"coverage\"{open}><summary>{summary}</summary><div><table>\n{rows}</table></div></details>\n"
    )
}

/// The data that the script shows.
#[derive(Serialize)]
struct Data<'a> {
    rules: Vec<RuleEntry<'a>>,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    id: String,
    title: String,
    description: String,
    remedy: String,
    references: Vec<&'a str>,
}

#[derive(Serialize)]
struct Entry<'a> {
    /// The index of its rule.
    rule: usize,
    severity: Severity,
    confidence: Confidence,
    category: crate::model::Category,
    state: &'static str,
    message: String,
    path: String,
    line: u32,
    column: u32,
    /// The index of the finding that this one is folded into.
    #[serde(skip_serializing_if = "Option::is_none")]
    under: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    /// The author of the commit that added it.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    excerpt: Option<Shown>,
    notes: Vec<(&'a str, String)>,
    /// Only present if the general remedy of the rule does not fit.
    #[serde(skip_serializing_if = "Option::is_none")]
    remedy: Option<String>,
    fingerprint: crate::model::Fingerprint,
}

/// An excerpt; the marked range is in UTF-16 code units, as scripts count.
#[derive(Serialize)]
struct Shown {
    first: u32,
    text: String,
    start: usize,
    end: usize,
}

impl<'a> Data<'a> {
    fn new(document: &Document<'a>) -> Self {
        let found: BTreeSet<_> = document
            .findings
            .iter()
            .map(|finding| &finding.rule)
            .collect();
        let known = document.rules_where(|id| found.contains(id));
        let known: BTreeMap<_, _> = known.into_iter().map(|rule| (&rule.id, rule)).collect();
        let places: BTreeMap<_, _> = found.iter().zip(0..).map(|(id, at)| (*id, at)).collect();
        let findings = document.findings.iter().map(|finding| Entry {
            rule: places.get(&finding.rule).copied().unwrap_or_default(),
            ..Entry::new(finding)
        });
        let mut findings: Vec<_> = findings.collect();
        let places = document.findings.iter().map(std::ptr::from_ref).zip(0..);
        let numbers: BTreeMap<*const redact::Shown, usize> = places.collect();
        let number = |finding: &redact::Shown| numbers.get(&std::ptr::from_ref(finding)).copied();
        for entry in fold(document.findings, document.is_change) {
            let (Some(rest), Some(lead)) = (entry.rest(), number(entry.finding)) else {
                continue;
            };
            findings[lead].notes.push(("more", rest));
            for finding in entry.more.iter().filter_map(|other| number(other)) {
                findings[finding].under = Some(lead);
            }
        }
        Self {
            findings,
            rules: found
                .iter()
                .map(|id| RuleEntry::new(id, known.get(id).copied()))
                .collect(),
        }
    }
}

impl<'a> RuleEntry<'a> {
    fn new(id: &RuleId, rule: Option<&'a Rule>) -> Self {
        let text = |text: &str| escaped(text).into_owned();
        let references = rule.iter().flat_map(|rule| rule.references.iter());
        Self {
            id: text(id.as_str()),
            title: rule.map_or_else(String::new, |rule| text(&rule.title)),
            description: rule.map_or_else(String::new, |rule| text(&rule.description)),
            remedy: rule.map_or_else(String::new, |rule| text(&rule.remedy)),
            // Rules may come from files, and a reference could be a `javascript:` URL.
            references: references
                .map(AsRef::as_ref)
                .filter(|at: &&str| at.starts_with("https://"))
                .collect(),
        }
    }
}

impl Entry<'_> {
    fn new(finding: &redact::Shown) -> Self {
        let start = finding.location.region.start;
        Self {
            rule: 0,
            severity: finding.severity,
            confidence: finding.confidence,
            category: finding.category,
            state: state(finding),
            message: escaped(&finding.message).into_owned(),
            path: escaped(&place::subject(finding)).into_owned(),
            line: start.line,
            column: start.column,
            under: None,
            revision: place::revision(finding),
            author: author(finding),
            excerpt: excerpt::show(finding).map(|shown| Shown::new(&shown)),
            notes: notes(finding),
            remedy: finding
                .remedies
                .iter()
                .find(|remedy| remedy.rule == finding.rule)
                .map(|remedy| escaped(&remedy.text).into_owned()),
            fingerprint: finding.fingerprint,
        }
    }
}

impl Shown {
    fn new(shown: &excerpt::Shown) -> Self {
        let shown = excerpt::visible(shown);
        let units = |end: usize| shown.text[..end].encode_utf16().count();
        Self {
            first: shown.first_line,
            start: units(shown.marked.start),
            end: units(shown.marked.end),
            text: shown.text,
        }
    }
}

/// Returns the author of the commit that added it, if known.
fn author(finding: &redact::Shown) -> Option<String> {
    let first = finding.history.as_ref()?.first.as_ref()?;
    Some(escaped(&first.author).into_owned())
}

/// Returns where it can still be found, in a few words.
fn state(finding: &redact::Shown) -> &'static str {
    if finding.is_old {
        return "existed before";
    }
    match finding.new_rule {
        Some(NewRule::HeldBack) => return "new rule, held back",
        Some(NewRule::NotInBaseline) => return "new rule",
        None => {}
    }
    match (&finding.origin, finding.presence()) {
        (Origin::Worktree | Origin::Index | Origin::Stdin, _) => "in files",
        (_, Some(Presence::Head)) => "in HEAD",
        (_, Some(Presence::Refs)) => "other refs",
        (_, Some(Presence::Index)) => "staged",
        (_, Some(Presence::Stash)) => "stash only",
        (_, Some(Presence::Unreachable)) => "unreachable",
        (_, Some(Presence::History) | None) => "history only",
    }
}

/// Returns what is known about a finding beyond its message.
fn notes<'a>(finding: &redact::Shown) -> Vec<(&'a str, String)> {
    let mut notes = Vec::new();
    if !finding.covers.is_empty() {
        let covered: Vec<_> = finding.covers.iter().map(RuleId::as_str).collect();
        notes.push(("covers", covered.join(", ")));
    }
    if !finding.decoded.is_empty() {
        notes.push((
            "decoded",
            format!("from {}", finding.decoded.join(", then ")),
        ));
    }
    notes.extend(words::evidence(&finding.evidence));
    notes.push(("confidence", finding.confidence.as_str().to_owned()));
    if let Some(history) = &finding.history {
        let clauses = words::history(history);
        let clauses: Vec<_> = clauses.iter().map(|clause| escaped(clause)).collect();
        notes.push(("history", clauses.join("; ")));
    }
    for related in finding.related.iter().take(RELATED) {
        let line = related.location.region.start.line;
        let text = format!("{}:{line}: {}", related.location.path, related.message);
        notes.push(("related", text));
    }
    if finding.related.len() > RELATED {
        let more = finding.related.len() - RELATED;
        notes.push(("related", format!("and {more} more")));
    }
    for fix in &finding.fixes {
        if finding.origin == Origin::Worktree {
            notes.push(("fix", format!("`gonogo fix` can {}", fix.description)));
        }
    }
    for (_, text) in &mut notes {
        *text = escaped(text).into_owned();
    }
    notes
}

/// Returns `page` without what is the same in every page, for tests.
#[cfg(test)]
pub(super) fn without_assets(page: &str) -> String {
    page.replace(&policy(), "[policy]")
        .replace(STYLE, "[style]")
        .replace(WORK, "[work]\n")
        .replace(SCRIPT, "[script]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::FormatName;
    use crate::report::sample::{sample, written};

    #[test]
    fn nothing_that_was_scanned_is_markup() {
        let mut sample = sample();
        let evil = "</script><!--<script>\"'><img src=x onerror=alert(1)>&lt;";
        for finding in &mut sample.findings {
            finding.location.path = format!("a/{evil}");
            finding.message = evil.to_owned();
        }
        sample.coverage.gaps[0].place = evil.to_owned();
        *sample.roots = vec![evil.to_owned()];
        let page = written(&sample.document(), FormatName::Html, Options::default());
        let page = without_assets(&page);
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script").count(), 2);
        assert!(!page.contains("<img") && !page.contains("<!--"));
        assert!(!page.contains("&amp;lt;script"), "escaped once");
        let data = page.split_once("id=\"data\">\n").unwrap().1;
        let data = data.split_once("\n</script>").unwrap().0;
        let data: serde_json::Value = serde_json::from_str(data).unwrap();
        assert_eq!(data["findings"][0]["message"], evil);
        assert_eq!(data["findings"].as_array().unwrap().len(), 11);
    }

    #[test]
    fn the_page_needs_nothing_from_elsewhere() {
        for asset in [STYLE, SCRIPT, WORK] {
            for remote in [
                "http:",
                "https:",
                "//cdn",
                "url(",
                "@import",
                "fetch(",
                "innerHTML",
                "eval(",
            ] {
                assert!(!asset.contains(remote), "{remote}");
            }
        }
        // A closing tag in either would end the element that it is in.
        assert!(!STYLE.contains("</") && !SCRIPT.contains("</"));
        let policy = policy();
        assert!(policy.starts_with("default-src 'none';") && !policy.contains("unsafe"));
    }

    #[test]
    fn without_scripts_the_page_says_the_worst_and_how_much_is_missing() {
        let mut sample = sample();
        let finding = sample.findings[0].clone();
        // In separate files, since findings of one rule in one file are folded.
        sample.findings.extend((0..1_000).map(|number| {
            let mut finding = finding.clone();
            finding.location.path = format!("{number}.env");
            finding
        }));
        let page = written(&sample.document(), FormatName::Html, Options::default());
        let plain = page.split_once("<noscript>").unwrap().1;
        let plain = plain.split_once("</noscript>").unwrap().0;
        assert_eq!(plain.matches("<td><code>").count(), plain::PLAIN);
        assert!(plain.contains("811 less severe findings more"), "{plain}");
        assert!(page.contains(
            "<h1>NO-GO</h1><p>1,009 findings reach the threshold <code>high</code>, first "
        ));
    }
}
