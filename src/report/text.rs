//! The format for people: annotated source, then a summary that ends with the verdict.

mod known;
mod summary;

use std::borrow::Cow;
use std::io::{self, Write as _};

use annotate_snippets::renderer::{AnsiColor, Effects, Style};
use annotate_snippets::{AnnotationKind, Level, Message, Origin, Renderer, Snippet};

use super::escape::{PLACEHOLDER, escaped};
use super::fold::{Entry, fold};
use super::{Document, Format, Options, excerpt, place, words};
use crate::model::{self, Category, Confidence, Rule, RuleId, Severity};
use crate::redact::Shown;

/// Excerpts longer than this are folded around what is marked.
const FOLD_ABOVE: usize = 12;
/// How many findings a brief report shows in full.
const IN_FULL: usize = 4;
/// How many related places are named.
const RELATED: usize = 8;

/// Writes for people.
#[derive(Debug)]
pub(super) struct Text {
    options: Options,
}

impl Text {
    /// A writer for one report.
    pub(super) fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Format for Text {
    fn write(&mut self, document: &Document<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let mut out = io::BufWriter::new(out);
        let page = Page {
            paint: Paint(self.options.color),
            renderer: renderer(self.options.color),
        };
        // What was there before a change is counted, and not what the reader came for.
        let (old, new): (Vec<_>, Vec<_>) =
            document.findings.iter().partition(|finding| finding.is_old);
        let (mut history, mut files): (Vec<_>, Vec<_>) = new
            .into_iter()
            .partition(|finding| finding.origin.is_history());
        for findings in [&mut history, &mut files] {
            findings.sort_by_key(|finding| finding.is_held_back());
        }
        // A remedy is the same for every finding of a rule, so only the first one carries it.
        let mut explained: Vec<&str> = Vec::new();
        let mut shown = 0;
        for (title, findings) in [("Files", &files), ("Git history", &history)] {
            if !files.is_empty() && !history.is_empty() {
                let heading = format!(
                    "{title}: {}",
                    words::count(findings.len() as u64, "finding")
                );
                let style = Style::new().effects(Effects::BOLD.insert(Effects::UNDERLINE));
                writeln!(out, "{}\n", page.paint.text(style, &heading))?;
            }
            let entries = fold(findings.iter().copied());
            let count = entries.len();
            for (number, entry) in entries.iter().enumerate() {
                let finding = entry.finding;
                if self.options.brief && shown + number >= IN_FULL {
                    let rest = entry.rest().map(|rest| format!(", {rest}"));
                    writeln!(out, "{}{}", line(finding), rest.unwrap_or_default())?;
                    continue;
                }
                let new = finding
                    .rules()
                    .map(RuleId::as_str)
                    .filter(|id| !explained.contains(id));
                let new: Vec<_> = new.collect();
                let find = |id: &&str| document.rules.iter().find(|rule| rule.id.as_str() == *id);
                let mut rules: Vec<_> = new.iter().filter_map(find).collect();
                if self.options.brief {
                    rules.retain(|rule| rule.id == finding.rule);
                }
                explained.extend(new);
                writeln!(out, "{}\n", page.finding(entry, &rules))?;
            }
            if self.options.brief && count > 0 && shown + count > IN_FULL {
                writeln!(out)?;
            }
            shown += count;
        }
        known::write(&old, page.paint, &mut out)?;
        summary::write(document, page.paint, &mut out)?;
        out.flush()
    }
}

/// Colours text, or does not.
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
        // No hyperlinks: their addresses would come from rule files, and the text would differ from the plain one.
        // And no green for what is merely not bad.
        Renderer::styled()
            .hyperlink(false)
            .note(AnsiColor::BrightCyan.on_default().effects(Effects::BOLD))
    } else {
        Renderer::plain()
    }
}

/// What every finding on it is written with.
struct Page {
    paint: Paint,
    renderer: Renderer,
}

impl Page {
    /// One finding, with those that are folded into it, and the remedies of those of its rules that are given.
    fn finding(&self, entry: &Entry<'_>, rules: &[&Rule]) -> String {
        let finding = entry.finding;
        let notes = notes(entry, rules);
        let title = level(finding)
            .primary_title(escaped(&finding.message))
            .id(escaped(finding.rule.as_str()));
        let header = header(finding);
        let Some(shown) = excerpt::show(finding) else {
            let group = title.element(Origin::path(header)).elements(notes);
            // Without line numbers the renderer leaves no margin.
            return self.renderer.render(&[group]).replace('\n', "\n ");
        };
        let mut shown = excerpt::visible(&shown);
        // An underline that takes in a line end would be drawn to the next line.
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

/// Puts the place where the renderer wrote its own.
///
/// The renderer counts columns in the text it is given; masking, escaping and cropping have moved them.
fn put_header(rendered: &str, header: &str) -> String {
    let Some((before, rest)) = rendered.split_once(PLACEHOLDER) else {
        return rendered.to_owned();
    };
    let own = |c: char| c == ':' || c.is_ascii_digit();
    format!("{before}{header}{}", rest.trim_start_matches(own))
}

/// `path:line:column`, as editors and terminals recognise it, and the commit where it is not a file one can open.
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

/// A finding in one line.
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

fn note<'a>(label: &'static str, text: impl Into<Cow<'a, str>>) -> Message<'a> {
    Level::NOTE.with_name(label).message(text)
}

fn notes<'a>(entry: &Entry<'a>, rules: &[&'a Rule]) -> Vec<Message<'a>> {
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
            "was there before this change, and does not fail it",
        ));
    }
    if let Some(why) = words::new_rule(finding) {
        let why = why.trim_start_matches("new ").to_owned();
        notes.push(note("new", why));
    }
    if finding.is_local {
        notes.push(note(
            "local",
            "only this copy of the repository has it, so it does not fail the scan",
        ));
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
    let remedies = rules.iter().map(|rule| note("help", escaped(&rule.remedy)));
    notes.extend(remedies);
    notes
}

/// The names of the rules that a finding stands for beside its own, without the family that they share with it.
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
