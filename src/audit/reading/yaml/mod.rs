//! A YAML tree that remembers where everything was written.
//!
//! Every node knows its bytes in the text, how it was quoted and which tag it has. An alias shares its anchor's node,
//! so a value that ten services inherit exists once and points at the line that wrote it; the link to it records how it
//! got to each place. Merge keys (`<<`) are resolved, duplicate keys are kept aside, and unknown tags are not an error:
//! the tree shows what a tolerant tool would see, not whether the file is valid YAML.
//!
//! The text is hostile: nesting, node count and merging are bounded, and there is no recursion over the input.

mod build;
mod edit;
mod merge;
mod offsets;
mod part;
mod spans;

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::model::steps;

pub(in crate::audit) use build::parse_merging;
pub(crate) use build::{Defect, parse};
pub(in crate::audit) use edit::{Editor, Written};
pub(in crate::audit) use merge::Merging;
pub(crate) use part::{Body, Part};

/// A range of bytes in the text.
pub(crate) type Span = Range<usize>;

/// Stands for every place in a text other than the one under audit: nothing can be reported there.
pub(crate) const ELSEWHERE: Span = 0..0;

/// How a scalar was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Without quotes: it may mean a number, a boolean or null.
    Plain,
    /// In single or double quotes.
    Quoted,
    /// As a block, `|` or `>`.
    Block,
}

/// All documents of one text.
#[derive(Debug, Default)]
pub(crate) struct Tree {
    nodes: Vec<Node>,
    documents: Vec<usize>,
    /// The first alias whose anchor is in an earlier document.
    crossing: Option<usize>,
    /// By mapping: links to the mappings that its merge keys name, in order.
    merges: FxHashMap<usize, Vec<Link>>,
    /// The texts of scalars once the variables in them that are known are replaced.
    bound: FxHashMap<usize, Box<str>>,
    /// Whether it belongs to a text other than the one under audit.
    is_elsewhere: bool,
    /// Whether it was assembled from parts, so that it cannot be edited in place.
    is_put_together: bool,
    wide: OnceLock<Wide>,
}

/// By node: the indexes of a mapping's entries by the texts of their keys.
type Wide = FxHashMap<usize, FxHashMap<Box<str>, usize>>;

/// The number of entries from which a mapping is wide, so that a linear search for each lookup would take too long.
const WIDE: usize = 32;

#[derive(Debug)]
struct Node {
    kind: Kind,
    span: Span,
    tag: Option<Box<str>>,
}

#[derive(Debug)]
enum Kind {
    Scalar {
        value: Box<str>,
        style: Style,
    },
    Sequence(Vec<Link>),
    Mapping {
        entries: Vec<Pair>,
        shadowed: Vec<Pair>,
    },
}

/// A link to a node, and the alias or merge key that led there, if any.
#[derive(Debug, Clone)]
struct Link {
    node: usize,
    via: Option<Span>,
}

#[derive(Debug, Clone)]
struct Pair {
    key: usize,
    value: Link,
}

/// A node, seen from one of the places that contain it.
#[derive(Clone, Copy)]
pub(crate) struct Value<'t> {
    tree: &'t Tree,
    node: usize,
    via: Option<&'t Span>,
}

/// A key and its value.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'t> {
    /// The key, which may be any node.
    pub(crate) key: Value<'t>,
    /// Its value.
    pub(crate) value: Value<'t>,
}

impl Tree {
    /// Returns the root of each document.
    pub(crate) fn documents(&self) -> impl Iterator<Item = Value<'_>> {
        self.documents.iter().map(|&node| self.value(node, None))
    }

    /// Returns the byte of the first alias whose anchor is in an earlier document, which some programs resolve and
    /// others reject.
    pub(in crate::audit) fn crossing(&self) -> Option<usize> {
        self.crossing
    }

    /// Returns every node once, whether or not something refers to it.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = Value<'_>> {
        (0..self.nodes.len()).map(|node| self.value(node, None))
    }

    /// Makes all its places [`ELSEWHERE`], so that nothing found in it is taken for part of another text.
    pub(crate) fn move_elsewhere(&mut self) {
        self.is_elsewhere = true;
    }

    /// Replaces the texts of scalars for which `bind` returns one.
    pub(crate) fn bind(&mut self, bind: impl Fn(&str) -> Option<String>) {
        let nodes = self.nodes.iter().enumerate();
        self.wide = OnceLock::new();
        self.bound = nodes
            .filter_map(|(at, node)| match &node.kind {
                Kind::Scalar { value, .. } => Some((at, bind(value)?.into())),
                _ => None,
            })
            .collect();
    }

    /// Returns the entries of wide mappings by the texts of their keys, by the indexes of the mappings' nodes.
    fn wide(&self) -> &Wide {
        self.wide.get_or_init(|| {
            let wide = self.nodes().filter(|node| node.size() >= WIDE);
            let by_key = |node: Value<'_>| {
                let mut keys = FxHashMap::default();
                for (entry, number) in node.entries().zip(0..) {
                    if let Some(key) = entry.key.text() {
                        keys.entry(key.into()).or_insert(number);
                    }
                }
                (node.node, keys)
            };
            wide.filter(|node| node.is_mapping()).map(by_key).collect()
        })
    }

    /// Returns the text of a scalar, with known variables replaced.
    fn text(&self, node: usize) -> Option<&str> {
        let written = self.nodes[node].text()?;
        if self.bound.is_empty() {
            return Some(written);
        }
        let bound = self.bound.get(&node);
        Some(bound.map_or(written, |bound| bound))
    }

    /// Whether a node is a scalar with this text.
    fn reads(&self, node: usize, text: &str) -> bool {
        if self.bound.is_empty() {
            return self.nodes[node].text() == Some(text);
        }
        self.text(node) == Some(text)
    }

    fn value<'t>(&'t self, node: usize, via: Option<&'t Span>) -> Value<'t> {
        steps::look_at(1);
        Value {
            tree: self,
            node,
            via,
        }
    }
}

impl Node {
    /// The text of a scalar as it was written.
    fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { value, .. } => Some(value),
            _ => None,
        }
    }
}

impl<'t> Value<'t> {
    fn node(self) -> &'t Node {
        &self.tree.nodes[self.node]
    }

    /// Returns where it was written: a scalar with its quotes, a block without its header.
    pub(crate) fn span(self) -> Span {
        if self.tree.is_elsewhere {
            return ELSEWHERE;
        }
        self.node().span.clone()
    }

    /// Returns whether it was written in a text other than the one under audit.
    pub(crate) fn is_elsewhere(self) -> bool {
        self.tree.is_elsewhere || self.tree.is_put_together
    }

    /// Returns the alias or merge key through which it was reached, if it was not written here.
    pub(crate) fn via(self) -> Option<Span> {
        if self.tree.is_elsewhere {
            return self.via.map(|_| ELSEWHERE);
        }
        self.via.cloned()
    }

    /// Returns its tag without the `!`, if it has one: `reset` for `!reset`.
    pub(crate) fn tag(self) -> Option<&'t str> {
        self.node().tag.as_deref()
    }

    /// Returns the text of a scalar, with known variables replaced.
    pub(crate) fn text(self) -> Option<&'t str> {
        self.tree.text(self.node)
    }

    /// Returns the text of a scalar as it was written.
    pub(crate) fn written(self) -> Option<&'t str> {
        self.node().text()
    }

    /// Returns how a scalar was written.
    pub(crate) fn style(self) -> Option<Style> {
        match &self.node().kind {
            Kind::Scalar { style, .. } => Some(*style),
            _ => None,
        }
    }

    /// Returns whether it is null: empty, `~` or `null`, without quotes.
    pub(crate) fn is_null(self) -> bool {
        self.style() == Some(Style::Plain)
            && matches!(self.written(), Some("" | "~" | "null" | "Null" | "NULL"))
    }

    /// Returns whether it is a mapping.
    pub(crate) fn is_mapping(self) -> bool {
        matches!(self.node().kind, Kind::Mapping { .. })
    }

    /// Returns whether it is a sequence.
    pub(crate) fn is_sequence(self) -> bool {
        matches!(self.node().kind, Kind::Sequence(_))
    }

    /// Returns how many items or entries it has.
    pub(crate) fn size(self) -> usize {
        match &self.node().kind {
            Kind::Scalar { .. } => 0,
            Kind::Sequence(items) => items.len(),
            Kind::Mapping { entries, .. } => entries.len(),
        }
    }

    /// Returns the entries of a mapping that take effect: including merged ones, and only the last of duplicates.
    pub(crate) fn entries(self) -> impl Iterator<Item = Entry<'t>> {
        let pairs = match &self.node().kind {
            Kind::Mapping { entries, .. } => entries.as_slice(),
            _ => &[],
        };
        pairs.iter().map(move |pair| self.entry(pair))
    }

    /// Returns the entries of a mapping that a later duplicate overrides.
    pub(crate) fn shadowed(self) -> impl Iterator<Item = Entry<'t>> {
        let pairs = match &self.node().kind {
            Kind::Mapping { shadowed, .. } => shadowed.as_slice(),
            _ => &[],
        };
        pairs.iter().map(move |pair| self.entry(pair))
    }

    /// Returns the mappings that the merge keys of a mapping name, in order, whether or not they add anything.
    pub(in crate::audit) fn merges(self) -> impl Iterator<Item = Value<'t>> {
        let links = self.tree.merges.get(&self.node).into_iter().flatten();
        links.map(move |link| self.tree.value(link.node, link.via.as_ref()))
    }

    /// Returns the index of its node: an alias has that of its anchor.
    pub(in crate::audit) fn number(self) -> usize {
        self.node
    }

    /// Returns the items of a sequence.
    pub(crate) fn items(self) -> impl Iterator<Item = Value<'t>> {
        let links = match &self.node().kind {
            Kind::Sequence(links) => links.as_slice(),
            _ => &[],
        };
        links
            .iter()
            .map(move |link| self.tree.value(link.node, link.via.as_ref()))
    }

    /// Returns the entry of a mapping with this key.
    pub(crate) fn entry_of(self, key: &str) -> Option<Entry<'t>> {
        let Kind::Mapping { entries, .. } = &self.node().kind else {
            return None;
        };
        if entries.len() < WIDE {
            // Most lookups are for keys that are not there, so this looks only at the text of each key.
            steps::look_at(1);
            let mut pairs = entries.iter();
            let pair = pairs.find(|pair| self.tree.reads(pair.key, key));
            return pair.map(|pair| self.entry(pair));
        }
        let number = self.tree.wide().get(&self.node)?.get(key)?;
        entries.get(*number).map(|pair| self.entry(pair))
    }

    /// Returns the value of a mapping under this key.
    pub(crate) fn get(self, key: &str) -> Option<Value<'t>> {
        self.entry_of(key).map(|entry| entry.value)
    }

    fn entry(self, pair: &'t Pair) -> Entry<'t> {
        Entry {
            key: self.tree.value(pair.key, None),
            value: self.tree.value(pair.value.node, pair.value.via.as_ref()),
        }
    }
}
