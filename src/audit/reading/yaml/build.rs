//! Builds the tree from the parser's events.

use rustc_hash::FxHashMap;
use saphyr_parser::{Event, Parser, ScalarStyle, Tag};

use super::merge::Merging;
use super::offsets::Offsets;
use super::{Kind, Link, Node, Span, Style, Tree, merge, spans};

/// No hand-written configuration comes near these limits.
const MAX_DEPTH: usize = 128;
const MAX_NODES: usize = 2_000_000;

/// Why a text is not YAML, or exceeds a limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Defect {
    /// The byte at which it was noticed.
    pub(crate) byte: usize,
    /// What is wrong, in a few words; may quote the text's punctuation but not its values.
    pub(crate) reason: String,
    /// Whether the text may be YAML, but exceeds a limit.
    pub(crate) is_limit: bool,
}

impl Defect {
    pub(in crate::audit) fn new(byte: usize, reason: &str) -> Self {
        Self {
            byte,
            reason: reason.to_owned(),
            is_limit: false,
        }
    }

    pub(super) fn limit(byte: usize, reason: &str) -> Self {
        Self {
            is_limit: true,
            ..Self::new(byte, reason)
        }
    }
}

/// Reads `text` into a tree.
pub(crate) fn parse(text: &str) -> Result<Tree, Defect> {
    parse_merging(text, Merging::OwnFirst)
}

/// Reads `text` into a tree, with merge keys resolved as a specific program does.
pub(in crate::audit) fn parse_merging(text: &str, merging: Merging) -> Result<Tree, Defect> {
    // In places, the parser takes a byte order mark for content; the offsets must count it all the same.
    let (body, skipped) = match text.strip_prefix('\u{feff}') {
        Some(rest) => (rest, text.len() - rest.len()),
        None => (text, 0),
    };
    build(text, body, skipped, merging).or_else(|defect| {
        if defect.is_limit {
            return Err(defect);
        }
        let eased = ease(body);
        if eased == body {
            return Err(defect);
        }
        build(text, &eased, skipped, merging).map_err(|_| defect)
    })
}

/// The longest line in bytes that a closing bracket is moved to: the line is scanned again for each bracket.
const LONGEST_LIST: usize = 1000;

/// Works around two things that the parser rejects and other parsers accept, without moving any other byte.
///
/// YAML allows tabs between a key and its value, so tabs become spaces. And programs that write YAML by hand put the
/// bracket that closes a list as far left as the key of the list: it is moved to the line before.
fn ease(body: &str) -> String {
    let mut eased = String::with_capacity(body.len());
    for line in body.split_inclusive('\n') {
        if line.trim_start().starts_with([']', '}']) && eased.ends_with('\n') {
            let end = eased.trim_end_matches(['\n', '\r']).len();
            let start = eased[..end].rfind('\n').map_or(0, |at| at + 1);
            if end - start <= LONGEST_LIST {
                let end = start + comment(&eased[start..end]);
                let blank = eased.len() - end;
                eased.truncate(end);
                eased.extend(std::iter::repeat_n(' ', blank));
            }
        }
        eased.extend(line.chars().map(|c| if c == '\t' { ' ' } else { c }));
    }
    eased
}

/// Returns where the comment of a line begins, or else where the line ends.
fn comment(line: &str) -> usize {
    let mut quote = None;
    let mut before = b' ';
    for (at, byte) in line.bytes().enumerate() {
        match quote {
            Some(open) if byte == open => quote = None,
            None if matches!(byte, b'"' | b'\'') => quote = Some(byte),
            None if byte == b'#' && before.is_ascii_whitespace() => return at,
            _ => {}
        }
        before = byte;
    }
    line.len()
}

fn build(text: &str, body: &str, skipped: usize, merging: Merging) -> Result<Tree, Defect> {
    let offsets = Offsets::new(body);
    let mut builder = Builder::new(text, merging);
    for event in Parser::new_from_str(body) {
        let (event, span) = event.map_err(|error| {
            let byte = skipped + offsets.byte(error.marker().index());
            Defect::new(byte, error.info())
        })?;
        let start = skipped + offsets.byte(span.start.index());
        let end = skipped + offsets.byte(span.end.index());
        builder.take(event, start..end.max(start))?;
    }
    Ok(builder.tree)
}

struct Builder<'t> {
    text: &'t str,
    tree: Tree,
    open: Vec<Open>,
    anchors: FxHashMap<usize, usize>,
    /// The first node of the document.
    first: usize,
    /// How many entries merge keys have added so far.
    merged: usize,
    merging: Merging,
}

/// A collection whose end has not been reached.
struct Open {
    node: usize,
    anchor: usize,
    items: Vec<Link>,
    is_mapping: bool,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, merging: Merging) -> Self {
        Self {
            text,
            tree: Tree::default(),
            open: Vec::new(),
            anchors: FxHashMap::default(),
            first: 0,
            merged: 0,
            merging,
        }
    }

    fn take(&mut self, event: Event, span: Span) -> Result<(), Defect> {
        match event {
            Event::Scalar(value, style, anchor, tag) => {
                let (style, quote) = match style {
                    ScalarStyle::Plain => (Style::Plain, None),
                    ScalarStyle::SingleQuoted => (Style::Quoted, Some(b'\'')),
                    ScalarStyle::DoubleQuoted => (Style::Quoted, Some(b'"')),
                    ScalarStyle::Literal | ScalarStyle::Folded => (Style::Block, None),
                };
                let kind = Kind::Scalar {
                    value: value.into(),
                    style,
                };
                let span = spans::of_scalar(self.text, span, quote, style);
                let node = self.add(kind, span, tag.as_deref())?;
                self.anchors.insert(anchor, node);
                self.place(node, None);
            }
            Event::Alias(anchor) => self.alias(anchor, span)?,
            Event::SequenceStart(anchor, tag) => self.begin(anchor, span, tag.as_deref(), false)?,
            Event::MappingStart(anchor, tag) => self.begin(anchor, span, tag.as_deref(), true)?,
            Event::SequenceEnd | Event::MappingEnd => self.end(&span)?,
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            Event::DocumentStart(_) => self.first = self.tree.nodes.len(),
        }
        Ok(())
    }

    /// Shares the anchor's node. An anchor that is still open contains its own alias: that becomes an empty scalar.
    fn alias(&mut self, anchor: usize, span: Span) -> Result<(), Defect> {
        if let Some(&node) = self.anchors.get(&anchor) {
            if node < self.first {
                self.tree.crossing.get_or_insert(span.start);
            }
            self.place(node, Some(span));
        } else {
            let kind = Kind::Scalar {
                value: "".into(),
                style: Style::Plain,
            };
            let node = self.add(kind, span, None)?;
            self.place(node, None);
        }
        Ok(())
    }

    fn begin(
        &mut self,
        anchor: usize,
        span: Span,
        tag: Option<&Tag>,
        is_mapping: bool,
    ) -> Result<(), Defect> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Defect::limit(span.start, "nested too deeply"));
        }
        let span = spans::without_properties(self.text, span);
        let node = self.add(Kind::Sequence(Vec::new()), span, tag)?;
        self.open.push(Open {
            node,
            anchor,
            items: Vec::new(),
            is_mapping,
        });
        Ok(())
    }

    fn end(&mut self, span: &Span) -> Result<(), Defect> {
        let Some(open) = self.open.pop() else {
            return Ok(());
        };
        self.stretch(&open, span);
        self.tree.nodes[open.node].kind = if open.is_mapping {
            let mut links = open.items.into_iter();
            let mut written = Vec::with_capacity(links.len() / 2);
            while let (Some(key), Some(value)) = (links.next(), links.next()) {
                written.push((key.node, value));
            }
            let named = merge::named(&self.tree.nodes, &written);
            if !named.is_empty() {
                self.tree.merges.insert(open.node, named);
            }
            merge::resolve(&self.tree.nodes, written, &mut self.merged, self.merging)?
        } else {
            Kind::Sequence(open.items)
        };
        self.anchors.insert(open.anchor, open.node);
        self.place(open.node, None);
        Ok(())
    }

    /// Sets the span of a collection, from its first to its last character.
    fn stretch(&mut self, open: &Open, end: &Span) {
        let written = |link: &Link| {
            link.via
                .clone()
                .unwrap_or_else(|| self.tree.nodes[link.node].span.clone())
        };
        let first = open.items.first().map(&written);
        let last = open.items.last().map(&written);
        let span = &self.tree.nodes[open.node].span;
        let is_flow =
            matches!(self.text.as_bytes().get(span.start), Some(b'[' | b'{')) && !span.is_empty();
        let begin = match first {
            Some(first) if !is_flow => first.start,
            _ => span.start,
        };
        let finish = match last {
            // The closing bracket; the event's own end may include a comment after it.
            _ if is_flow && matches!(self.text.as_bytes().get(end.start), Some(b']' | b'}')) => {
                end.start + 1
            }
            Some(last) => last.end,
            None => span.end,
        };
        self.tree.nodes[open.node].span = begin..finish.max(begin);
    }

    fn add(&mut self, kind: Kind, span: Span, tag: Option<&Tag>) -> Result<usize, Defect> {
        let node = self.tree.nodes.len();
        if node >= MAX_NODES {
            return Err(Defect::limit(span.start, "too many values"));
        }
        let tag = tag.map(|tag| tag.suffix.as_str().into());
        self.tree.nodes.push(Node { kind, span, tag });
        Ok(node)
    }

    fn place(&mut self, node: usize, via: Option<Span>) {
        match self.open.last_mut() {
            Some(open) => open.items.push(Link { node, via }),
            None => self.tree.documents.push(node),
        }
    }
}
