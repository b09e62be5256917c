//! Numbers for existing trees, so that what is known about them fits in plain arrays.

use std::sync::Arc;

use gix::ObjectId;

use crate::source::git::bits::Ranked;
use crate::source::git::forest::Forest;
use crate::source::git::names::Names;
use crate::source::git::odb::Objects;
use crate::source::git::pack::{Kind, Pack, to_u32};

/// The objects that are walked, by id. Those that may be trees are numbered: first those in packs, in the order of
/// packs and of their entries, then all loose objects, whose kinds are unknown until they are read. A tree that is
/// stored more than once has the number of one of its copies.
pub(in crate::source::git) struct Directory {
    packs: Vec<Packed>,
    loose: Vec<Loose>,
    len: u32,
}

/// The objects of a pack.
struct Packed {
    names: Arc<Names>,
    /// By position of the name: its node.
    nodes: Vec<u32>,
    /// By node: the position of its name.
    positions: Arc<Vec<u32>>,
    /// The nodes that are trees.
    trees: Ranked,
    /// The number of the first tree.
    start: u32,
}

/// The loose objects of an object directory, in ascending order.
struct Loose {
    ids: Arc<Vec<ObjectId>>,
    start: u32,
}

/// An object that exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source::git) enum Known {
    /// An object that may be a tree, by its number.
    Tree(u32),
    /// An object that is not a tree.
    Other,
}

impl Directory {
    /// Lists the objects to walk.
    pub(in crate::source::git) fn new(objects: &Objects) -> Self {
        let mut len = 0;
        let mut start = |count: u32| {
            let start = len;
            len += count;
            start
        };
        let walked = objects.packs.iter();
        let packs = walked
            .map(|(pack, forest)| {
                let mut packed = Packed::new(pack, forest);
                packed.start = start(packed.trees.len());
                packed
            })
            .collect();
        let loose = objects.loose.iter().map(|(_, ids)| Loose {
            ids: Arc::clone(ids),
            start: start(to_u32(ids.len())),
        });
        let loose = loose.collect();
        Self { packs, loose, len }
    }

    /// Returns how many numbers there are.
    pub(in crate::source::git) fn len(&self) -> usize {
        self.len as usize
    }

    /// Returns the number of a node of a pack, if it is a tree there. If the object is shown here, as the first of its
    /// copies, this is also the object's number.
    pub(in crate::source::git) fn number_at(&self, pack: usize, node: u32) -> Option<u32> {
        let pack = self.packs.get(pack)?;
        Some(pack.start + pack.trees.rank(node)?)
    }

    /// Returns whether an object exists, and its number if it may be a tree.
    pub(in crate::source::git) fn find(&self, id: &gix::oid) -> Option<Known> {
        let packed = self.packs.iter().find_map(|pack| pack.find(id));
        packed.or_else(|| self.loose.iter().find_map(|folder| folder.find(id)))
    }

    /// Returns whether an object exists.
    pub(in crate::source::git) fn contains(&self, id: &gix::oid) -> bool {
        let mut packs = self.packs.iter();
        packs.any(|pack| pack.contains(id))
            || self.loose.iter().any(|folder| folder.find(id).is_some())
    }

    /// Returns the number of an object that may be a tree.
    pub(in crate::source::git) fn number(&self, id: &gix::oid) -> Option<u32> {
        match self.find(id)? {
            Known::Tree(number) => Some(number),
            Known::Other => None,
        }
    }

    /// Returns the object with this number.
    pub(in crate::source::git) fn id(&self, number: u32) -> Option<ObjectId> {
        let after = self.loose.partition_point(|folder| folder.start <= number);
        // If several begin at the same number, all but the last are empty.
        if let Some(folder) = after.checked_sub(1).map(|at| &self.loose[at]) {
            return folder.ids.get((number - folder.start) as usize).copied();
        }
        let after = self.packs.partition_point(|pack| pack.start <= number);
        let pack = &self.packs[after.checked_sub(1)?];
        let node = pack.trees.member(number - pack.start)?;
        Some(pack.names.id(pack.positions[node as usize]))
    }
}

impl Packed {
    fn new(pack: &Pack, forest: &Forest) -> Self {
        let positions = forest.names();
        let mut nodes = vec![0; positions.len()];
        for (node, position) in (0..).zip(positions.iter()) {
            nodes[*position as usize] = node;
        }
        Self {
            names: Arc::clone(&pack.names),
            nodes,
            positions,
            trees: Ranked::new(forest.of_kind(Kind::Tree)),
            start: 0,
        }
    }

    /// A pack of which nothing is walked has no nodes.
    fn contains(&self, id: &gix::oid) -> bool {
        !self.nodes.is_empty() && self.names.contains(id)
    }

    fn find(&self, id: &gix::oid) -> Option<Known> {
        if self.nodes.is_empty() {
            return None;
        }
        let node = self.nodes[self.names.position(id)? as usize];
        let rank = self.trees.rank(node);
        Some(rank.map_or(Known::Other, |rank| Known::Tree(self.start + rank)))
    }
}

impl Loose {
    fn find(&self, id: &gix::oid) -> Option<Known> {
        let at = self.ids.binary_search_by(|own| own.as_ref().cmp(id)).ok()?;
        Some(Known::Tree(self.start + to_u32(at)))
    }
}
