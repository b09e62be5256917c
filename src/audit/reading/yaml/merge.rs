//! Decides which entries of a mapping take effect.

use rustc_hash::FxHashMap;

use super::build::Defect;
use super::{Kind, Link, Node, Pair, Span};

/// How many entries may be merged: merging copies entries, so a small text can ask for very many.
const MAX_MERGED: usize = 200_000;

/// Which entry takes effect if a mapping and its merge keys have the same key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(in crate::audit) enum Merging {
    /// The mapping's own, as YAML's merge keys are specified.
    #[default]
    OwnFirst,
    /// The later one, as in the decoder of Kubernetes: an entry that is merged after a key replaces it.
    InOrder,
}

/// Resolves one mapping: its own entries, those that its merge keys add, and those that duplicates override.
///
/// Own entries take precedence over merged ones wherever the merge key is; the last of several own ones counts, and of
/// several merged mappings, the first that has a key.
pub(super) fn resolve(
    nodes: &[Node],
    written: Vec<(usize, Link)>,
    merged: &mut usize,
    merging: Merging,
) -> Result<Kind, Defect> {
    if merging == Merging::InOrder {
        return in_order(nodes, written, merged);
    }
    let mut entries: Vec<Pair> = Vec::with_capacity(written.len());
    let mut shadowed = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    let mut merges = Vec::new();
    for (key, value) in written {
        if is_merge(&nodes[key]) {
            merges.push(value);
            continue;
        }
        let pair = Pair { key, value };
        match text(&nodes[key]).and_then(|text| places.insert(text, entries.len())) {
            // Keeps the position of the first, as programs that print the mapping again do.
            Some(place) => {
                let name = text(&nodes[key]).unwrap_or_default();
                places.insert(name, place);
                shadowed.push(std::mem::replace(&mut entries[place], pair));
            }
            None => entries.push(pair),
        }
    }
    for merge in &merges {
        for (source, via) in sources(nodes, merge) {
            *merged += source.len();
            if *merged > MAX_MERGED {
                return Err(Defect::limit(
                    via.start,
                    "merge keys expand to too many entries",
                ));
            }
            for pair in source {
                let is_new = text(&nodes[pair.key])
                    .is_none_or(|text| places.insert(text, usize::MAX).is_none());
                if is_new {
                    let value = Link {
                        node: pair.value.node,
                        via: Some(via.clone()),
                    };
                    entries.push(Pair {
                        key: pair.key,
                        value,
                    });
                }
            }
        }
    }
    Ok(Kind::Mapping { entries, shadowed })
}

/// The same if later entries take effect, merged or not.
fn in_order(
    nodes: &[Node],
    written: Vec<(usize, Link)>,
    merged: &mut usize,
) -> Result<Kind, Defect> {
    let mut entries: Vec<Pair> = Vec::with_capacity(written.len());
    let mut shadowed = Vec::new();
    let mut places: FxHashMap<&str, usize> = FxHashMap::default();
    for (key, value) in written {
        let mut pairs = Vec::new();
        if is_merge(&nodes[key]) {
            // Of several mappings in one list, the first that has a key counts.
            for (source, via) in sources(nodes, &value).into_iter().rev() {
                *merged += source.len();
                if *merged > MAX_MERGED {
                    let reason = "merge keys expand to too many entries";
                    return Err(Defect::limit(via.start, reason));
                }
                pairs.extend(source.iter().map(|pair| Pair {
                    key: pair.key,
                    value: Link {
                        node: pair.value.node,
                        via: Some(via.clone()),
                    },
                }));
            }
        } else {
            pairs.push(Pair { key, value });
        }
        for pair in pairs {
            let place = text(&nodes[pair.key]).and_then(|text| {
                let known = places.get(text).copied();
                places.entry(text).or_insert(entries.len());
                known
            });
            match place {
                Some(place) => shadowed.push(std::mem::replace(&mut entries[place], pair)),
                None => entries.push(pair),
            }
        }
    }
    Ok(Kind::Mapping { entries, shadowed })
}

/// Returns links to the mappings that the merge keys among `written` name, in order.
pub(super) fn named(nodes: &[Node], written: &[(usize, Link)]) -> Vec<Link> {
    let is_mapping = |link: &&Link| matches!(nodes[link.node].kind, Kind::Mapping { .. });
    let keys = written.iter().filter(|(key, _)| is_merge(&nodes[*key]));
    let links = keys.flat_map(|(_, value)| match &nodes[value.node].kind {
        Kind::Sequence(links) => links.as_slice(),
        _ => std::slice::from_ref(value),
    });
    links.filter(is_mapping).cloned().collect()
}

/// Returns the mappings that one merge key names, in order, each with the place that names it.
fn sources<'n>(nodes: &'n [Node], merge: &Link) -> Vec<(&'n [Pair], Span)> {
    let place = |link: &Link| {
        link.via
            .clone()
            .unwrap_or_else(|| nodes[link.node].span.clone())
    };
    let mapping = |link: &Link| match &nodes[link.node].kind {
        Kind::Mapping { entries, .. } => Some((entries.as_slice(), place(link))),
        _ => None,
    };
    match &nodes[merge.node].kind {
        Kind::Sequence(links) => links.iter().filter_map(mapping).collect(),
        _ => mapping(merge).into_iter().collect(),
    }
}

fn is_merge(key: &Node) -> bool {
    matches!(&key.kind, Kind::Scalar { value, style: super::Style::Plain } if &**value == "<<")
}

fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Kind::Scalar { value, .. } => Some(value),
        _ => None,
    }
}
