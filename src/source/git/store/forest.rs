//! The entries of a pack in the order of their offsets, and the trees that their deltas form.
//!
//! A store has millions of entries, so what is known about them is kept in columns of four bytes.

use std::sync::Arc;

use gix::ObjectId;

use crate::source::git::bits::Bits;
use crate::source::git::pack::{Kind, to_u32};

/// What an entry is built upon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source::git) enum Link {
    /// Nothing: it is an object of this kind, stored whole.
    Root(Kind),
    /// The node with this number.
    Delta(u32),
    /// Nothing known: it is an [`Orphan`].
    Lost,
}

/// An entry that is stored whole.
#[derive(Debug, Clone, Copy)]
pub(in crate::source::git) struct Root {
    pub(in crate::source::git) node: u32,
    /// The weight times four, plus the number of the kind.
    rest: u32,
}

/// The kinds by their numbers.
const KINDS: [Kind; 4] = [Kind::Tree, Kind::Blob, Kind::Commit, Kind::Tag];

impl Root {
    fn new(node: u32, weight: u32, kind: Kind) -> Self {
        let kind = KINDS.iter().position(|own| *own == kind).unwrap_or(0);
        let rest = weight.min(u32::MAX >> 2) << 2 | to_u32(kind);
        Self { node, rest }
    }

    /// Returns how many entries are built upon it, including itself.
    pub(in crate::source::git) fn weight(self) -> u32 {
        self.rest >> 2
    }

    /// Returns its kind; deltas have the kind of their base.
    pub(in crate::source::git) fn kind(self) -> Kind {
        KINDS[(self.rest & 3) as usize]
    }
}

/// An entry that no root of its pack leads to.
#[derive(Debug, Clone)]
pub(in crate::source::git) struct Orphan {
    pub(in crate::source::git) node: u32,
    pub(in crate::source::git) cause: OrphanCause,
}

/// Why no root leads to an entry.
#[derive(Debug, Clone)]
pub(in crate::source::git) enum OrphanCause {
    /// Its base is an object of another pack, or a loose object.
    ForeignBase(ObjectId),
    /// Its header is damaged.
    Damaged(String),
}

/// The entries of a pack. A node is the number of an entry in the order of offsets.
#[derive(Default)]
pub(in crate::source::git) struct Forest {
    offsets: Offsets,
    /// By node: the position of its name in the index.
    names: Arc<Vec<u32>>,
    /// By node: where its children begin; plus one entry for where the last one's end.
    first_child: Vec<u32>,
    children: Vec<u32>,
    /// The entries stored whole, in the order of their offsets.
    pub(in crate::source::git) roots: Vec<Root>,
    /// Entries whose header cannot be read, or whose base is not in this pack.
    pub(in crate::source::git) orphans: Vec<Orphan>,
}

impl Forest {
    /// Joins entries to their bases.
    pub(in crate::source::git) fn new(
        offsets: Offsets,
        names: Vec<u32>,
        mut links: Vec<Link>,
        orphans: Vec<Orphan>,
    ) -> Self {
        let mut forest = Self {
            offsets,
            names: Arc::new(names),
            orphans,
            ..Self::default()
        };
        forest.cut_circles(&mut links);
        forest.join(&links);
        forest.weigh(&links);
        forest
    }

    /// Returns how many entries there are.
    pub(in crate::source::git) fn len(&self) -> usize {
        self.names.len()
    }

    /// Returns where an entry begins in the pack, in bytes.
    pub(in crate::source::git) fn offset(&self, node: u32) -> u64 {
        self.offsets.get(node)
    }

    /// Returns the position of an entry's name.
    pub(in crate::source::git) fn name(&self, node: u32) -> u32 {
        self.names[node as usize]
    }

    /// By node: the position of its name.
    pub(in crate::source::git) fn names(&self) -> Arc<Vec<u32>> {
        Arc::clone(&self.names)
    }

    /// Returns the nodes that are deltas of `node`, the one with the most descendants last.
    pub(in crate::source::git) fn children(&self, node: u32) -> &[u32] {
        let node = node as usize;
        &self.children[self.first_child[node] as usize..self.first_child[node + 1] as usize]
    }

    /// Returns a node and everything built upon it.
    pub(in crate::source::git) fn subtree(&self, root: u32) -> Vec<u32> {
        let mut found = vec![root];
        let mut at = 0;
        while let Some(&node) = found.get(at) {
            found.extend_from_slice(self.children(node));
            at += 1;
        }
        found
    }

    /// Returns all nodes of a kind whose roots are in the pack.
    pub(in crate::source::git) fn of_kind(&self, kind: Kind) -> Bits {
        let mut bits = Bits::new(self.len());
        let mut open = Vec::new();
        for root in self.roots.iter().filter(|root| root.kind() == kind) {
            open.push(root.node);
            while let Some(node) = open.pop() {
                bits.insert(node);
                open.extend_from_slice(self.children(node));
            }
        }
        bits
    }

    /// Takes one entry out of each cycle of deltas, which only a pack that was tampered with has. No root leads to such
    /// entries, so without this they would be lost silently.
    fn cut_circles(&mut self, links: &mut [Link]) {
        let is_ahead =
            |(at, link): (usize, &Link)| matches!(link, Link::Delta(base) if *base as usize >= at);
        // Only deltas by name can be built upon entries after them, and hardly any pack has such deltas.
        if !links.iter().enumerate().any(is_ahead) {
            return;
        }
        // By node: the number of the first node from which it was reached on the way up, plus one.
        let mut seen_from = vec![0; links.len()];
        for start in 0..links.len() {
            let mark = to_u32(start + 1);
            let mut at = start;
            let base = loop {
                if seen_from[at] != 0 {
                    break Some(at);
                }
                seen_from[at] = mark;
                match links[at] {
                    Link::Delta(base) => at = base as usize,
                    Link::Root(_) | Link::Lost => break None,
                }
            };
            if base.is_some() && seen_from[at] == mark {
                links[at] = Link::Lost;
                self.orphans.push(Orphan {
                    node: to_u32(at),
                    cause: OrphanCause::Damaged("it is based on itself".to_owned()),
                });
            }
        }
    }

    /// Lists the children of each node, in the order of their offsets.
    fn join(&mut self, links: &[Link]) {
        let mut ends = vec![0; links.len() + 1];
        let bases = links.iter().copied().filter_map(base_of);
        for base in bases {
            ends[base] += 1;
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += *end;
            *end = sum;
        }
        self.children = vec![0; sum as usize];
        for (at, link) in links.iter().enumerate().rev() {
            if let Some(base) = base_of(*link) {
                ends[base] -= 1;
                self.children[ends[base] as usize] = to_u32(at);
            }
        }
        // The children were filled in from each end downwards, so the ends have become the beginnings.
        self.first_child = ends;
    }

    /// Counts descendants, and puts the heaviest child last: the walk drops a base before it descends to its last
    /// child, so the number of bases it keeps is at most the logarithm of the tree's size.
    fn weigh(&mut self, links: &[Link]) {
        let mut weights = vec![1u32; links.len()];
        // Bases come before their deltas, except for deltas by name, whose count is then too low; it only orders
        // children, so that costs memory and nothing else.
        for (at, link) in links.iter().enumerate().rev() {
            if let Some(base) = base_of(*link) {
                weights[base] = weights[base].saturating_add(weights[at]);
            }
        }
        for pair in self.first_child.windows(2) {
            let children = &mut self.children[pair[0] as usize..pair[1] as usize];
            let heaviest = (0..children.len()).max_by_key(|&at| weights[children[at] as usize]);
            if let Some(heaviest) = heaviest {
                children[heaviest..].rotate_left(1);
            }
        }
        let root = |(node, link): (u32, &Link)| match *link {
            Link::Root(kind) => Some(Root::new(node, weights[node as usize], kind)),
            Link::Delta(_) | Link::Lost => None,
        };
        self.roots = (0..).zip(links).filter_map(root).collect();
    }
}

fn base_of(link: Link) -> Option<usize> {
    match link {
        Link::Delta(base) => Some(base as usize),
        Link::Root(_) | Link::Lost => None,
    }
}

/// Ascending offsets in four bytes each: the upper half of an offset is the number of times the lower half has wrapped.
#[derive(Debug, Default)]
pub(in crate::source::git) struct Offsets {
    low: Vec<u32>,
    /// How many offsets come before each multiple of 2^32, starting with the first.
    turns: Vec<u32>,
}

impl Offsets {
    /// Takes ascending offsets; those beyond `end`, which only a damaged index has, count as `end`.
    pub(in crate::source::git) fn new(
        offsets: impl ExactSizeIterator<Item = u64>,
        end: u64,
    ) -> Self {
        let mut all = Self {
            low: Vec::with_capacity(offsets.len()),
            turns: Vec::new(),
        };
        for offset in offsets {
            let offset = offset.min(end);
            while (all.turns.len() as u64) < offset >> 32 {
                all.turns.push(to_u32(all.low.len()));
            }
            all.low.push(low_half(offset));
        }
        all
    }

    pub(in crate::source::git) fn get(&self, at: u32) -> u64 {
        let high = self.turns.partition_point(|turn| *turn <= at) as u64;
        high << 32 | u64::from(self.low[at as usize])
    }

    /// Returns the position of an offset.
    pub(in crate::source::git) fn find(&self, offset: u64) -> Option<u32> {
        let high = usize::try_from(offset >> 32).ok()?;
        let start = match high.checked_sub(1) {
            Some(before) => *self.turns.get(before)? as usize,
            None => 0,
        };
        let end = self
            .turns
            .get(high)
            .map_or(self.low.len(), |end| *end as usize);
        let at = self.low[start..end].binary_search(&low_half(offset)).ok()?;
        Some(to_u32(start + at))
    }
}

/// Returns the lower 32 bits.
fn low_half(offset: u64) -> u32 {
    u32::try_from(offset & u64::from(u32::MAX)).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::git::pack::NONE;

    /// Makes a forest of deltas with these parents.
    fn forest(parents: &[u32]) -> Forest {
        let links = parents.iter().map(|&parent| match parent {
            NONE => Link::Root(Kind::Blob),
            base => Link::Delta(base),
        });
        let names = (0..to_u32(parents.len())).collect();
        Forest::new(Offsets::default(), names, links.collect(), Vec::new())
    }

    /// Checks which entries are taken out of cycles, and how many others are lost with each.
    #[track_caller]
    fn check(parents: &[u32], expected: &[(u32, usize)]) {
        let forest = forest(parents);
        let lost = forest.orphans.iter().map(|orphan| orphan.node);
        let lost: Vec<_> = lost
            .map(|node| (node, forest.subtree(node).len() - 1))
            .collect();
        assert_eq!(lost, expected, "{parents:?}");
        let rooted: usize = forest
            .roots
            .iter()
            .map(|root| forest.subtree(root.node).len())
            .sum();
        let in_circles: usize = lost.iter().map(|(_, above)| above + 1).sum();
        assert_eq!(rooted + in_circles, parents.len(), "{parents:?}");
        let of_kind = forest.of_kind(Kind::Blob);
        let of_kind = (0..to_u32(parents.len())).filter(|node| of_kind.contains(*node));
        assert_eq!(of_kind.count(), rooted, "{parents:?}");
    }

    #[test]
    fn deltas_of_deltas_are_no_circle() {
        check(&[NONE, 0, 1, 0], &[]);
        check(&[1, 2, NONE], &[]);
    }

    #[test]
    fn circles_of_deltas_are_cut_once_each() {
        check(&[0], &[(0, 0)]);
        check(&[1, 2, 0, 2, NONE], &[(0, 3)]);
        check(&[3, NONE, 1, 4, 3, 6, 5], &[(3, 2), (5, 1)]);
    }

    #[test]
    fn the_heaviest_child_comes_last() {
        let forest = forest(&[NONE, 0, 1, 1, 0, NONE]);
        assert_eq!(forest.children(0), [4, 1]);
        assert_eq!(forest.children(1).len(), 2);
        let weights = forest.roots.iter().map(|root| (root.node, root.weight()));
        assert_eq!(weights.collect::<Vec<_>>(), [(0, 5), (5, 1)]);
    }

    #[test]
    fn offsets_beyond_four_gibibytes_are_kept_and_found() {
        let turn = 1u64 << 32;
        let all = [
            12,
            500,
            turn - 1,
            turn,
            turn + 12,
            3 * turn + 7,
            3 * turn + 9,
        ];
        let offsets = Offsets::new(all.iter().copied(), u64::MAX);
        for (at, offset) in (0..).zip(all) {
            assert_eq!(offsets.get(at), offset);
            assert_eq!(offsets.find(offset), Some(at));
            assert_eq!(
                offsets.find(offset + 1).is_some(),
                all.contains(&(offset + 1))
            );
            assert_eq!(
                offsets.find(offset + 2 * turn),
                all.iter()
                    .position(|other| *other == offset + 2 * turn)
                    .map(to_u32)
            );
        }
        assert_eq!(offsets.find(u64::MAX), None);
        let damaged = Offsets::new([1, u64::MAX].into_iter(), 100);
        assert_eq!((damaged.get(0), damaged.get(1)), (1, 100));
    }
}
