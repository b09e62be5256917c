//! Edits of a YAML text that leave everything else as it is: comments, order, quotes, indentation, line ends.
//!
//! What cannot be changed reliably is not changed: then there is no edit.

use crate::audit::fix::Edit;

use super::{Span, Style, Tree, Value};

/// A value to write under a key.
#[derive(Debug, Clone, Copy)]
pub(in crate::audit) enum Written<'w> {
    /// Written verbatim; the caller has added quotes where they are needed.
    Scalar(&'w str),
    /// A list of scalars.
    List(&'w [&'w str]),
    /// Keys with their values.
    Mapping(&'w [(&'w str, Written<'w>)]),
    /// A mapping with an anchor of this name.
    Anchored(&'w str, &'w [(&'w str, Written<'w>)]),
}

/// Makes edits of one text.
#[derive(Debug)]
pub(in crate::audit) struct Editor<'t> {
    text: &'t str,
    /// The outermost ranges in brackets, in ascending order.
    flows: Vec<Span>,
    /// Where lines end, in ascending order: a line may be as long as the text, and have many edits.
    ends: Vec<usize>,
    /// Whether the lists of the text are not indented below their keys.
    is_flush: bool,
}

/// How many lists are enough to show how a text indents them.
const MOST_LISTS: usize = 9;

/// By how many columns nested lines are indented, if nothing is configured.
const STEP: usize = 2;

impl<'t> Editor<'t> {
    /// Returns an editor of `text`, which was parsed into `tree`.
    pub(in crate::audit) fn new(text: &'t str, tree: &Tree) -> Self {
        let collections = tree
            .nodes()
            .filter(|node| node.is_mapping() || node.is_sequence());
        let mut spans: Vec<Span> = collections
            .filter(|node| is_flow(*node, text))
            .map(Value::span)
            .collect();
        spans.sort_by_key(|span| (span.start, std::cmp::Reverse(span.end)));
        let mut flows: Vec<Span> = Vec::new();
        for span in spans {
            if flows.last().is_none_or(|last| span.start >= last.end) {
                flows.push(span);
            }
        }
        let ends = memchr::memchr2_iter(b'\n', b'\r', text.as_bytes());
        let mut editor = Self {
            text,
            flows,
            ends: ends.collect(),
            is_flush: false,
        };
        editor.is_flush = editor.has_flush_lists(tree);
        editor
    }

    /// Whether most of the first lists are not indented below their keys.
    fn has_flush_lists(&self, tree: &Tree) -> bool {
        let mappings = tree.nodes().filter(|node| node.is_mapping());
        let entries = mappings.flat_map(Value::entries);
        let lists = entries.filter(|it| it.value.is_sequence() && it.value.size() > 0);
        let columns = lists.filter_map(|it| {
            let key = self.column_of(it.key.span().start)?;
            let start = it.value.span().start;
            let before = self.text.get(self.line_start(start)..start)?;
            let dash = before.find('-')?;
            let is_block = it.value.via().is_none() && !is_flow(it.value, self.text);
            (is_block && before[..dash].trim().is_empty()).then_some(dash <= key)
        });
        let (flush, other): (Vec<_>, Vec<_>) =
            columns.take(MOST_LISTS).partition(|is_flush| *is_flush);
        flush.len() > other.len()
    }

    /// Returns whether `span` is within brackets, where some characters need quotes.
    pub(in crate::audit) fn is_in_flow(&self, span: &Span) -> bool {
        let after = self.flows.partition_point(|flow| flow.start <= span.start);
        after > 0 && span.end <= self.flows[after - 1].end
    }

    /// Returns the range of a scalar without its quotes, if its text is written verbatim.
    pub(in crate::audit) fn verbatim(&self, scalar: Value) -> Option<Span> {
        let span = scalar.span();
        let inner = match scalar.style()? {
            Style::Plain => span,
            Style::Quoted if span.len() >= 2 => span.start + 1..span.end - 1,
            Style::Quoted | Style::Block => return None,
        };
        let is_same = self.text.get(inner.clone()) == scalar.written();
        (is_same && !scalar.is_elsewhere()).then_some(inner)
    }

    /// Replaces `part`, a byte range of the text, within a scalar. Adds quotes to a plain scalar if the new text needs
    /// them.
    pub(in crate::audit) fn replace_in(
        &self,
        scalar: Value,
        part: Span,
        replacement: &str,
    ) -> Option<Vec<Edit>> {
        let inner = self.verbatim(scalar)?;
        if part.start < inner.start || part.end > inner.end {
            return None;
        }
        let needs_quotes = scalar.style() == Some(Style::Plain)
            && self.is_in_flow(&inner)
            && replacement.contains(['{', '}', '[', ']', ',', ':', '#', ' ']);
        if !needs_quotes {
            return Some(vec![edit(part, replacement)]);
        }
        if self.text[inner.clone()].contains(['"', '\\']) {
            return None;
        }
        // The rest is not written again, since edits are shown and it may be a secret.
        let mut edits = vec![edit(part, replacement)];
        if edits[0].span.start == inner.start {
            edits[0].replacement.insert(0, '"');
        } else {
            edits.insert(0, edit(inner.start..inner.start, "\""));
        }
        match edits.last_mut() {
            Some(last) if last.span.end == inner.end => last.replacement.push('"'),
            _ => edits.push(edit(inner.end..inner.end, "\"")),
        }
        Some(edits)
    }

    /// Adds a key that `mapping` does not have after those that it has. `step` is the indentation of its values.
    pub(in crate::audit) fn add_key(
        &self,
        mapping: Value,
        key: &str,
        value: Written,
        step: Option<usize>,
    ) -> Option<Edit> {
        if !mapping.is_mapping() || !is_here(mapping) || mapping.get(key).is_some() {
            return None;
        }
        let span = mapping.span();
        if is_flow(mapping, self.text) {
            let quote = if is_json(&self.text[span.clone()]) {
                "\""
            } else {
                ""
            };
            let entry = format!("{quote}{key}{quote}: {}", in_flow(value, quote));
            return self.add_to_flow(span, &entry);
        }
        let indent = self.column_of(span.start)?;
        let at = self.end_of_block(&span, indent)?;
        let mut lines = Vec::new();
        self.in_block(key, value, (indent, step.unwrap_or(STEP)), &mut lines);
        let line_end = self.line_end_at(at);
        Some(insertion(
            at,
            lines.iter().map(|line| format!("{line_end}{line}")),
        ))
    }

    /// Adds an item after those that `list` has.
    pub(in crate::audit) fn add_item(&self, list: Value, item: &str) -> Option<Edit> {
        if !list.is_sequence() || !is_here(list) {
            return None;
        }
        let span = list.span();
        if is_flow(list, self.text) {
            let needs_quotes = item.contains(':') || is_json(&self.text[span.clone()]);
            let quote = if needs_quotes { "\"" } else { "" };
            return self.add_to_flow(span, &format!("{quote}{item}{quote}"));
        }
        let start = self.line_start(span.start);
        let before = &self.text[start..span.start];
        let dash = before.find('-')?;
        if !before[..dash].chars().all(|c| c == ' ') {
            return None;
        }
        let at = self.end_of_block(&span, dash)?;
        let line = format!("{}{}- {item}", self.line_end_at(at), " ".repeat(dash));
        Some(edit(at..at, &line))
    }

    /// Inserts an entry before the bracket that ends `span`.
    fn add_to_flow(&self, span: Span, entry: &str) -> Option<Edit> {
        let inner = self.text.get(span.start + 1..span.end.checked_sub(1)?)?;
        // The text before the bracket could be a comment.
        if inner.contains('#') || !self.text[..span.end].ends_with(['}', ']']) {
            return None;
        }
        let kept = inner.trim_end();
        let at = span.start + 1 + kept.len();
        let separator = match kept.chars().last() {
            None => "",
            Some(',') => " ",
            Some(_) => ", ",
        };
        Some(edit(at..at, &format!("{separator}{entry}")))
    }

    /// Returns where the last line of a block ends; its content ends with `span` and is indented by `column`.
    fn end_of_block(&self, span: &Span, column: usize) -> Option<usize> {
        let line_end = self.line_end(span.end).unwrap_or(self.text.len());
        let line = &self.text[span.end..line_end];
        // A key without a value ends before its colon.
        let behind = line.strip_prefix(':').unwrap_or(line);
        let behind = behind.trim_start_matches([' ', '\t']);
        let is_comment = behind.starts_with('#') && behind.len() < line.len();
        // Empty lines after a block scalar that keeps them are part of its text.
        if !(behind.is_empty() || is_comment) || keeps_empty_lines(&self.text[span.clone()]) {
            return None;
        }
        Some(self.end_of_comments(span.end + line.len(), column))
    }

    /// Returns where the comments end that begin on the line after `at`, each on its own line and indented deeper than
    /// `column`: they continue a comment on the last line, or comment out an item of the block.
    fn end_of_comments(&self, at: usize, column: usize) -> usize {
        let mut end = at;
        loop {
            let rest = &self.text[end..];
            let ends = ["\r\n", "\n", "\r"];
            let Some(next) = ends.iter().find_map(|it| rest.strip_prefix(it)) else {
                return end;
            };
            let line = next.split(['\r', '\n']).next().unwrap_or_default();
            let bare = line.trim_start_matches(' ');
            if !bare.starts_with('#') || line.len() - bare.len() <= column {
                return end;
            }
            end = self.text.len() - next.len() + line.len();
        }
    }

    /// Returns the lines of a key with its value: the key indented by `indent` columns, and each level below it by `step` more.
    pub(in crate::audit) fn lines_of(
        &self,
        key: &str,
        value: Written,
        (indent, step): (usize, usize),
    ) -> Vec<String> {
        let mut lines = Vec::new();
        self.in_block(key, value, (indent, step), &mut lines);
        lines
    }

    fn in_block(
        &self,
        key: &str,
        value: Written,
        (indent, step): (usize, usize),
        lines: &mut Vec<String>,
    ) {
        let space = " ".repeat(indent);
        match value {
            Written::Scalar(text) => lines.push(format!("{space}{key}: {text}")),
            Written::List(items) => {
                lines.push(format!("{space}{key}:"));
                let further = if self.is_flush { 0 } else { step };
                let space = " ".repeat(indent + further);
                lines.extend(items.iter().map(|item| format!("{space}- {item}")));
            }
            Written::Mapping(entries) | Written::Anchored(_, entries) => {
                let anchor = match value {
                    Written::Anchored(name, _) => format!(" &{name}"),
                    _ => String::new(),
                };
                lines.push(format!("{space}{key}:{anchor}"));
                for (key, value) in entries {
                    self.in_block(key, *value, (indent + step, step), lines);
                }
            }
        }
    }

    /// Returns the indentation of what begins at `at`, if only spaces and dashes precede it.
    pub(in crate::audit) fn column_of(&self, at: usize) -> Option<usize> {
        let before = &self.text[self.line_start(at)..at];
        let is_indent = before.chars().all(|c| c == ' ' || c == '-');
        is_indent.then_some(before.len())
    }

    fn line_start(&self, at: usize) -> usize {
        let before = self.ends.partition_point(|end| *end < at).checked_sub(1);
        let start = before.map_or(0, |last| self.ends[last] + 1);
        let has_mark = start == 0 && self.text.starts_with('\u{feff}');
        start + if has_mark { '\u{feff}'.len_utf8() } else { 0 }
    }

    /// Returns the line ending at `at`, or at the end of the text the one that it uses elsewhere.
    fn line_end_at(&self, at: usize) -> &'static str {
        let from = if at < self.text.len() { at } else { 0 };
        match self.line_end(from) {
            Some(end) if self.text[end..].starts_with("\r\n") => "\r\n",
            Some(end) if self.text[end..].starts_with('\r') => "\r",
            _ => "\n",
        }
    }

    /// Returns where the line of `at` ends, unless it is the last one.
    fn line_end(&self, at: usize) -> Option<usize> {
        let next = self.ends.partition_point(|end| *end < at);
        self.ends.get(next).copied()
    }
}

/// Whether a value is written where it was found, and in this text.
fn is_here(value: Value) -> bool {
    value.via().is_none() && !value.is_elsewhere()
}

/// Whether a collection is written in brackets. The span of a list begins with its first item, which may be in brackets
/// itself.
fn is_flow(collection: Value, text: &str) -> bool {
    let span = collection.span();
    let first = text.as_bytes().get(span.start);
    if collection.is_mapping() {
        return first == Some(&b'{');
    }
    let item = collection.items().next();
    let item = item.map(|item| item.via().unwrap_or_else(|| item.span()).start);
    first == Some(&b'[') && item.is_none_or(|start| start > span.start)
}

/// Whether keys and strings in brackets are in JSON syntax.
fn is_json(flow: &str) -> bool {
    let inside = flow.get(1..).unwrap_or_default();
    inside.trim_start().starts_with('"')
}

/// Whether some scalar is a block that keeps the empty lines after it: `|+`, `>2+`.
fn keeps_empty_lines(block: &str) -> bool {
    block.lines().any(|line| {
        let header = line.split(" #").next().unwrap_or(line).trim_end();
        let word = header.rsplit([' ', '\t']).next().unwrap_or(header);
        word.starts_with(['|', '>']) && word.contains('+')
    })
}

fn in_flow(value: Written, quote: &str) -> String {
    let plain = |text: &str| {
        let is_bare = text.starts_with('"') || text == "true" || text == "false";
        if is_bare {
            text.to_owned()
        } else {
            format!("{quote}{text}{quote}")
        }
    };
    match value {
        Written::Scalar(text) => plain(text),
        Written::List(items) => {
            let items = items.iter().map(|item| {
                if item.contains(':') {
                    format!("\"{item}\"")
                } else {
                    plain(item)
                }
            });
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        Written::Mapping(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| format!("{quote}{key}{quote}: {}", in_flow(*value, quote)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        Written::Anchored(name, entries) => {
            format!("&{name} {}", in_flow(Written::Mapping(entries), quote))
        }
    }
}

fn edit(span: Span, replacement: &str) -> Edit {
    Edit {
        span,
        replacement: replacement.to_owned(),
    }
}

fn insertion(at: usize, lines: impl Iterator<Item = String>) -> Edit {
    edit(at..at, &lines.collect::<String>())
}
