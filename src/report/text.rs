//! The format for people: annotated source, then a summary that ends with the verdict.

mod known;
mod layout;
mod past;
mod places;
mod summary;
mod suppressed;

use std::collections::BTreeMap;
use std::io::{self, Write as _};

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{AnnotationKind, Level, Message, Origin, Renderer, Snippet};

use super::escape::{PLACEHOLDER, escaped};
use super::fold::{Entry, counted, fold};
use super::urgency::{is_past, newest, set_places_last, urgency};
use super::{Document, Format, Options, excerpt, place, words};
use crate::model::{self, Category, Confidence, Rule, RuleId, Severity};
use crate::redact::Shown;

/// Longer excerpts, in lines, are folded around the marked part.
const FOLD_ABOVE: usize = 12;
/// How many findings a brief report shows in full.
const IN_FULL: usize = 4;
/// How many related places are listed.
const RELATED: usize = 8;

/// Writes for people.
#[derive(Debug)]
pub(super) struct Text {
    options: Options,
}

impl Text {
    /// Returns a writer for one report.
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Format for Text {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        let page = Page::new(self.options);
        if self.options.show_suppressed {
            suppressed::write(document.suppressed, &page, &mut out)?;
        }
        let mut parts = Parts::of(document);
        known::write(&parts.old, page.paint, &mut out)?;
        // The short form has no excerpt, but a user who asked for secrets needs it.
        if self.options.verbose || self.options.reveal {
            parts.current.splice(0..0, parts.past.drain(..));
        } else if parts.current.is_empty() {
            // With nothing else to read, the most urgent ones are shown in full.
            let short = parts.past.len().saturating_sub(IN_FULL);
            parts.current = parts.past.split_off(short);
        }
        past::write(&parts.past, (document, &page), &mut out)?;
        if !parts.past.is_empty() {
            let count = words::count(parts.current.len() as u64, "finding");
            page.heading(&format!("Files: {count}"), &mut out)?;
            writeln!(out)?;
        }
        self.entries(&parts.current, (document, &page), &mut out)?;
        summary::write(document, &page, &mut out)?;
        out.flush()
    }
}

impl Text {
    /// Writes findings in full, or all but the last few on one line each if the report is brief.
    fn entries(
        &self,
        findings: &[&Shown],
        (document, page): (&Document<'_>, &Page),
        out: &mut dyn io::Write,
    ) -> io::Result<()> {
        let entries = if self.options.verbose || self.options.reveal {
            findings
                .iter()
                .map(|finding| Entry::alone(finding))
                .collect()
        } else {
            fold(findings.iter().copied(), document.is_change)
        };
        let short = if self.options.brief {
            entries.len().saturating_sub(IN_FULL)
        } else {
            0
        };
        for entry in &entries[..short] {
            let rest = entry.rest().map(|rest| format!(", {rest}"));
            let line = line(entry.finding) + &rest.unwrap_or_default();
            let line = layout::hanging(&line, past::INDENT, page.width);
            writeln!(out, "{line}")?;
        }
        if short > 0 {
            writeln!(out)?;
        }
        let entries = &entries[short..];
        // A remedy is the same for every finding of a rule, so only the last one shows it, next to the summary; a
        // remedy for a specific product is a different one.
        let mut last: BTreeMap<(&RuleId, Option<&str>), usize> = BTreeMap::new();
        for (number, entry) in entries.iter().enumerate() {
            let finding = entry.finding;
            let key = |id| ((id, finding.own_remedy(id)), number);
            last.extend(finding.rules().map(key));
        }
        for (number, entry) in entries.iter().enumerate() {
            let finding = entry.finding;
            let mut ids: Vec<_> = finding.rules().collect();
            ids.retain(|id| last[&(*id, finding.own_remedy(id))] == number);
            if self.options.brief {
                ids.retain(|id| **id == finding.rule);
            }
            let find = |id: &&RuleId| document.rules.iter().find(|rule| rule.id == **id);
            let rules: Vec<_> = ids.iter().filter_map(find).collect();
            writeln!(out, "{}\n", page.finding(entry, &rules))?;
        }
        Ok(())
    }
}

/// The findings of a document in the order in which they are written: those that a reader can fix last, the worst at
/// the end.
struct Parts<'a> {
    /// Findings from before the change that is judged.
    old: Vec<&'a Shown>,
    /// Findings that are only in the git history.
    past: Vec<&'a Shown>,
    /// Findings in the files.
    current: Vec<&'a Shown>,
}

impl<'a> Parts<'a> {
    fn of(document: &Document<'a>) -> Self {
        let is_change = document.is_change;
        let (old, new): (Vec<_>, Vec<_>) = document.findings.iter().partition(|it| it.is_old);
        let (mut past, mut current): (Vec<&Shown>, Vec<&Shown>) =
            new.into_iter().partition(|it| is_past(it, is_change));
        let newest = newest(document.findings);
        current.sort_by_key(|it| (urgency(it, is_change, newest), &it.rule));
        set_places_last(document, &mut current);
        past.sort_by_key(|it| {
            let state = std::cmp::Reverse(it.presence());
            (
                it.decides(),
                state,
                urgency(it, is_change, newest),
                &it.rule,
            )
        });
        Self { old, past, current }
    }
}

/// Colours text if it is true.
#[derive(Debug, Clone, Copy)]
struct Paint(bool);

impl Paint {
    fn text(self, style: Style, text: &str) -> String {
        if self.0 {
            format!("{style}{text}{style:#}")
        } else {
            text.to_owned()
        }
    }
}

fn renderer(color: bool) -> Renderer {
    if color {
        // No hyperlinks: their URLs would come from rule files, and the text would differ from the plain one. And no
        // green for what is merely not bad.
        Renderer::styled()
            .hyperlink(false)
            .note(AnsiColor::BrightCyan.on_default().effects(Effects::BOLD))
    } else {
        Renderer::plain()
    }
}

/// The settings that every finding of a report is written with.
struct Page {
    paint: Paint,
    renderer: Renderer,
    /// How many columns there are, if known.
    width: Option<usize>,
    /// Whether nothing is folded.
    verbose: bool,
    /// Whether the report is brief.
    brief: bool,
}

impl Page {
    fn new(options: Options) -> Self {
        let renderer = renderer(options.color);
        Self {
            paint: Paint(options.color),
            renderer: match options.width {
                Some(width) => renderer.term_width(width),
                None => renderer,
            },
            width: options.width,
            verbose: options.verbose,
            brief: options.brief,
        }
    }

    /// Returns the findings that the summary counts: all of them if all are listed.
    fn counted<'a>(&self, document: &Document<'a>) -> Vec<&'a Shown> {
        if self.verbose {
            return document.findings.iter().collect();
        }
        counted(document.findings, document.is_change)
    }

    fn heading(&self, text: &str, out: &mut dyn io::Write) -> io::Result<()> {
        let style = Style::new().effects(Effects::BOLD.insert(Effects::UNDERLINE));
        writeln!(out, "{}", self.paint.text(style, text))
    }

    /// Returns `text`, which begins with a severity, with that word in its colour.
    fn severe(&self, severity: Severity, text: &str) -> String {
        let color = match severity {
            Severity::Critical | Severity::High => AnsiColor::BrightRed,
            Severity::Medium => AnsiColor::Yellow,
            Severity::Low | Severity::Info => AnsiColor::BrightCyan,
        };
        let style = color.on_default().effects(Effects::BOLD);
        match text.strip_prefix(severity.as_str()) {
            Some(rest) => self.paint.text(style, severity.as_str()) + rest,
            None => text.to_owned(),
        }
    }

    /// Formats one finding, with what is folded into it, and the remedies of `rules`.
    fn finding(&self, entry: &Entry<'_>, rules: &[&Rule]) -> String {
        let finding = entry.finding;
        let margin = finding.location.region.end.line.max(1).ilog10() as usize + 2;
        let notes = notes(entry, rules);
        let notes: Vec<_> = notes
            .into_iter()
            .map(|it| it.message(margin, self.width))
            .collect();
        let title = level(finding)
            .primary_title(escaped(&finding.message))
            .id(escaped(finding.rule.as_str()));
        let header = header(finding);
        let Some(shown) = excerpt::show(finding) else {
            let group = title.element(Origin::path(header)).elements(notes);
            // Without line numbers the renderer adds no margin.
            return self.renderer.render(&[group]).replace('\n', "\n ");
        };
        let mut shown = excerpt::visible(&shown);
        // An underline that includes a line end would extend to the next line.
        let marked = shown.text[shown.marked.clone()].trim_end_matches('\n');
        shown.marked.end = shown.marked.start + marked.len();
        let lines = shown.text.lines().count();
        let snippet = Snippet::source(&*shown.text)
            .line_start(shown.first_line as usize)
            .path(PLACEHOLDER.to_string())
            .fold(lines > FOLD_ABOVE)
            .annotation(AnnotationKind::Primary.span(shown.marked.clone()));
        let group = title.element(snippet).elements(notes);
        put_header(&self.renderer.render(&[group]), &header)
    }
}

/// Replaces the position that the renderer wrote.
///
/// The renderer counts columns in the text that it gets, but masking, escaping and cropping have shifted them.
fn put_header(rendered: &str, header: &str) -> String {
    let Some((before, rest)) = rendered.split_once(PLACEHOLDER) else {
        return rendered.to_owned();
    };
    let own = |c: char| c == ':' || c.is_ascii_digit();
    format!("{before}{header}{}", rest.trim_start_matches(own))
}

/// Returns `path:line:column`, as editors and terminals recognise it, and the commit unless it is a file one can open.
fn header(finding: &Shown) -> String {
    let subject = place::subject(finding);
    let revision = place::revision(finding).map(|revision| format!(" in {revision}"));
    format!(
        "{}:{}{}",
        escaped(&subject),
        finding.location.place(),
        revision.unwrap_or_default()
    )
}

/// Formats a finding on one line.
fn line(finding: &Shown) -> String {
    let new = words::new_rule(finding).map(|why| format!(" ({why})"));
    format!(
        "{}[{}] {}: {}{}",
        finding.severity,
        escaped(finding.rule.as_str()),
        header(finding),
        escaped(&finding.message),
        new.unwrap_or_default()
    )
}

fn level(finding: &Shown) -> Level<'static> {
    let severity = finding.severity;
    let level = match severity {
        Severity::Critical | Severity::High if finding.is_held_back() => Level::WARNING,
        Severity::Critical | Severity::High => Level::ERROR,
        Severity::Medium => Level::WARNING,
        Severity::Low => Level::NOTE,
        Severity::Info => Level::INFO,
    };
    level.with_name(severity.as_str())
}

/// A line below the excerpt: a label and a text.
struct Note {
    label: &'static str,
    text: String,
}

impl Note {
    /// Formats it for the renderer, wrapped so that further lines are aligned with the text.
    fn message(self, margin: usize, width: Option<usize>) -> Message<'static> {
        let indent = margin + "= : ".len() + self.label.len();
        let text = layout::wrapped(&self.text, indent, width).join("\n");
        Level::NOTE.with_name(self.label).message(text)
    }
}

fn note(label: &'static str, text: impl Into<String>) -> Note {
    let text = text.into();
    Note { label, text }
}

fn notes(entry: &Entry<'_>, rules: &[&Rule]) -> Vec<Note> {
    let finding = entry.finding;
    let mut notes = Vec::new();
    notes.extend(covered(finding).map(|names| note("covers", escaped(&names).into_owned())));
    if !finding.decoded.is_empty() {
        let encodings = finding.decoded.join(", then ");
        notes.push(note("decoded", format!("from {encodings}")));
    }
    if finding.category != Category::Configuration {
        let evidence = words::evidence(&finding.evidence);
        notes.extend(evidence.map(|(label, text)| note(label, escaped(&text).into_owned())));
    }
    if finding.confidence < Confidence::High {
        notes.push(note("confidence", finding.confidence.as_str()));
    }
    if finding.is_old {
        notes.push(note(
            "known",
            "existed before this change, so it does not fail the check",
        ));
    }
    if let Some(why) = words::new_rule(finding) {
        let why = why.trim_start_matches("new ").to_owned();
        notes.push(note("new", why));
    }
    if finding.is_local {
        notes.push(note("local", words::local(finding.presence())));
    }
    if let Some(history) = &finding.history {
        let clauses = words::history(history);
        let clauses: Vec<_> = clauses.iter().map(|clause| escaped(clause)).collect();
        notes.push(note("history", clauses.join("\n")));
    }
    let related = finding.related.iter().take(RELATED).map(|related| {
        format!(
            "{}:{}: {}",
            escaped(&related.location.full_path()),
            related.location.place(),
            escaped(&related.message)
        )
    });
    notes.extend(related.map(|text| note("related", text)));
    if finding.related.len() > RELATED {
        let more = finding.related.len() - RELATED;
        notes.push(note("related", format!("and {more} more")));
    }
    notes.extend(entry.rest().map(|rest| note("more", rest)));
    notes.push(note("fingerprint", finding.fingerprint.to_string()));
    if !finding.fixes.is_empty() && finding.origin == model::Origin::Worktree {
        let fixes = finding.fixes.iter().map(|fix| escaped(&fix.description));
        let fixes = fixes.collect::<Vec<_>>().join(", ");
        notes.push(note("fix", format!("`gonogo fix` can {fixes}")));
    }
    let remedies = rules
        .iter()
        .map(|rule| note("help", escaped(finding.remedy(rule))));
    notes.extend(remedies);
    notes
}

/// Lists the other rules that a finding covers, without the family prefix that they share with its own rule.
fn covered(finding: &Shown) -> Option<String> {
    let others = finding.covers.iter().filter(|id| **id != finding.rule);
    let family = finding.rule.family();
    let names: Vec<_> = others
        .map(|id| {
            let name = id.as_str();
            let own = name.strip_prefix(family);
            own.and_then(|rest| rest.strip_prefix('/')).unwrap_or(name)
        })
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}
