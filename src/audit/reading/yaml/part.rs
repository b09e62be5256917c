//! Nodes that can be changed: made from values, and made into a tree again.

use super::{Kind, Link, Node, Pair, Style, Tree, Value};

/// Deeper nodes are left out: with aliases, a short text may nest without end.
const MAX_DEPTH: usize = 64;

/// How many nodes one document may expand to.
const MAX_PARTS: usize = 200_000;

/// A node, with the byte at which it was written; `None` if another file adds it.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) body: Body,
    at: Option<usize>,
}

/// What a node is.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    /// A text, and how it was written.
    Scalar(String, Style),
    /// Items.
    List(Vec<Part>),
    /// Entries, in their order.
    Map(Vec<(String, Part)>),
}

impl Part {
    /// Copies `value`; `None` if that exceeds a limit.
    pub(crate) fn of(value: Value<'_>) -> Option<Self> {
        Self::copied(value, 0, &mut MAX_PARTS.clone())
    }

    fn copied(value: Value<'_>, depth: usize, left: &mut usize) -> Option<Self> {
        *left = left.checked_sub(1)?;
        if depth > MAX_DEPTH {
            return None;
        }
        let body = if value.is_mapping() {
            let mut entries = Vec::new();
            for entry in value.entries() {
                if let Some(key) = entry.key.text() {
                    entries.push((key.to_owned(), Self::copied(entry.value, depth + 1, left)?));
                }
            }
            Body::Map(entries)
        } else if value.is_sequence() {
            let items = value.items();
            Body::List(
                items
                    .map(|item| Self::copied(item, depth + 1, left))
                    .collect::<Option<_>>()?,
            )
        } else {
            let style = value.style().unwrap_or(Style::Plain);
            Body::Scalar(value.text().unwrap_or_default().to_owned(), style)
        };
        Some(Self {
            body,
            at: Some(value.span().start),
        })
    }

    /// Returns how many nodes it has, including itself.
    pub(crate) fn size(&self) -> usize {
        let below: usize = match &self.body {
            Body::Scalar(..) => 0,
            Body::List(items) => items.iter().map(Self::size).sum(),
            Body::Map(entries) => entries.iter().map(|(_, value)| value.size()).sum(),
        };
        1 + below
    }

    /// Returns a scalar that is not from a file.
    pub(crate) fn scalar(text: impl Into<String>) -> Self {
        Self {
            body: Body::Scalar(text.into(), Style::Quoted),
            at: None,
        }
    }

    /// Returns a mapping that is not from a file.
    pub(crate) fn map(entries: Vec<(String, Self)>) -> Self {
        Self {
            body: Body::Map(entries),
            at: None,
        }
    }

    /// Returns the same, at the position of `other`.
    pub(crate) fn placed_as(mut self, other: &Self) -> Self {
        self.at = other.at;
        self
    }

    /// Returns the same without positions, which are those of another file.
    pub(crate) fn unplaced(mut self) -> Self {
        self.forget_places();
        self
    }

    fn forget_places(&mut self) {
        self.at = None;
        match &mut self.body {
            Body::Scalar(..) => {}
            Body::List(items) => items.iter_mut().for_each(Self::forget_places),
            Body::Map(entries) => entries.iter_mut().for_each(|(_, it)| it.forget_places()),
        }
    }

    /// Returns the value under a key.
    pub(crate) fn get(&self, key: &str) -> Option<&Self> {
        let Body::Map(entries) = &self.body else {
            return None;
        };
        let found = entries.iter().find(|(own, _)| own == key);
        found.map(|(_, value)| value)
    }

    /// Returns the value under a key, for changing it.
    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Body::Map(entries) = &mut self.body else {
            return None;
        };
        let found = entries.iter_mut().find(|(own, _)| own == key);
        found.map(|(_, value)| value)
    }

    /// Sets the value under a key, replacing any that is there.
    pub(crate) fn set(&mut self, key: &str, value: Self) {
        match self.get_mut(key) {
            Some(old) => *old = value,
            None => {
                if let Body::Map(entries) = &mut self.body {
                    entries.push((key.to_owned(), value));
                }
            }
        }
    }

    /// Removes the value under a key.
    pub(crate) fn remove(&mut self, key: &str) {
        if let Body::Map(entries) = &mut self.body {
            entries.retain(|(own, _)| own != key);
        }
    }

    /// Returns the text of a scalar.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.body {
            Body::Scalar(text, _) => Some(text),
            _ => None,
        }
    }

    /// Returns the text of the scalar under a key.
    pub(crate) fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key)?.text()
    }

    /// Returns the items of a list; none for anything else.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.body {
            Body::List(items) => items,
            _ => &[],
        }
    }

    /// Returns the items under a key.
    pub(crate) fn items_of(&self, key: &str) -> &[Self] {
        self.get(key).map(Self::items).unwrap_or_default()
    }

    /// Returns whether it is null.
    pub(crate) fn is_null(&self) -> bool {
        let Body::Scalar(text, Style::Plain) = &self.body else {
            return false;
        };
        matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

impl Tree {
    /// Returns the tree of one document. Nodes that another file adds get the position of the node around them.
    pub(crate) fn of(part: &Part) -> Self {
        let mut tree = Self {
            is_put_together: true,
            ..Self::default()
        };
        let root = tree.graft(part, 0);
        tree.documents.push(root);
        tree
    }

    fn graft(&mut self, part: &Part, around: usize) -> usize {
        let at = part.at.unwrap_or(around);
        let kind = match &part.body {
            Body::Scalar(text, style) => Kind::Scalar {
                value: text.as_str().into(),
                style: *style,
            },
            Body::List(items) => {
                let links = items.iter().map(|item| Link {
                    node: self.graft(item, at),
                    via: None,
                });
                Kind::Sequence(links.collect())
            }
            Body::Map(entries) => {
                let pairs = entries.iter().map(|(key, value)| {
                    let place = value.at.unwrap_or(at);
                    let key = self.add(
                        Kind::Scalar {
                            value: key.as_str().into(),
                            style: Style::Plain,
                        },
                        place,
                    );
                    let node = self.graft(value, at);
                    Pair {
                        key,
                        value: Link { node, via: None },
                    }
                });
                Kind::Mapping {
                    entries: pairs.collect(),
                    shadowed: Vec::new(),
                }
            }
        };
        self.add(kind, at)
    }

    fn add(&mut self, kind: Kind, at: usize) -> usize {
        self.nodes.push(Node {
            kind,
            span: at..at,
            tag: None,
        });
        self.nodes.len() - 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    #[test]
    fn what_is_copied_keeps_its_places() {
        let text = "a: [1, &x {b: 'two'}]\nc: *x\n";
        let tree = parse(text).unwrap();
        let mut part = Part::of(tree.documents().next().unwrap()).unwrap();
        part.set("d", Part::scalar("3"));
        let again = Tree::of(&part);
        let root = again.documents().next().unwrap();
        let two = root.get("c").unwrap().get("b").unwrap();
        assert_eq!(two.text(), Some("two"));
        assert_eq!(two.style(), Some(Style::Quoted));
        assert_eq!(two.span().start, text.find("'two'").unwrap());
        assert_eq!(root.get("d").unwrap().span().start, root.span().start);
        part.remove("a");
        assert!(part.get("a").is_none());
    }

    #[test]
    fn what_nests_without_end_is_left_out() {
        let mut text = "a0: &a0 {}\n".to_owned();
        for level in 1..200 {
            text += &format!("a{level}: &a{level} {{b: *a{}}}\n", level - 1);
        }
        let tree = parse(&text).unwrap();
        assert!(Part::of(tree.documents().next().unwrap()).is_none());
    }
}
