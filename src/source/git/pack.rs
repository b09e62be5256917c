//! One pack: what it holds, and which objects are built upon which.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, index, multi_index};
use rayon::prelude::*;

/// "No node": a root's parent, or a base outside the pack.
pub(super) const NONE: u32 = u32::MAX;

/// The kind of a git object.
pub(super) type Kind = gix::objs::Kind;

/// A pack and the index that names its objects.
pub(super) struct Pack {
    pub(super) data: data::File,
    names: Names,
    /// Bytes of an id: 20 or 32.
    id_len: usize,
}

/// Where the names of a pack's objects stand.
enum Names {
    /// In the pack's own index.
    Own(Box<index::File>),
    /// In the multi-pack index, as pack number so and so. Only used for packs without an index of their own.
    Shared(Arc<multi_index::File>, Vec<(u64, u32)>),
}

/// One entry of a pack, as far as it is known without inflating it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// Where the entry begins in the pack, in bytes.
    pub(super) offset: u64,
    /// The node that it is a delta of, or [`NONE`].
    pub(super) parent: u32,
    /// Its children: `children[first_child..][..child_count]` of the forest.
    first_child: u32,
    child_count: u32,
    /// What it is, if it stands for itself; deltas have the kind of their base.
    pub(super) kind: Option<Kind>,
    /// How many entries are built upon it, itself included.
    pub(super) weight: u32,
}

/// The entries of a pack in the order of their offsets, and the trees that their deltas form.
#[derive(Default)]
pub(super) struct Forest {
    pub(super) nodes: Vec<Node>,
    children: Vec<u32>,
    /// The names of the nodes, one behind the other: the index has them in another order, and asking it for one after the
    /// other is slow.
    ids: Vec<u8>,
    id_len: usize,
    /// Entries whose header cannot be read, or whose base is not in this pack: number of the name, and what is wrong.
    pub(super) orphans: Vec<Orphan>,
}

/// An entry that hangs on no root of its pack.
#[derive(Debug, Clone)]
pub(super) struct Orphan {
    pub(super) node: u32,
    pub(super) cause: OrphanCause,
}

/// Why an entry hangs on no root.
#[derive(Debug, Clone)]
pub(super) enum OrphanCause {
    /// Its base is an object of another pack, or a loose one.
    ForeignBase(ObjectId),
    /// Its header is damaged.
    Damaged(String),
}

impl Pack {
    /// Opens `stem.pack` with `stem.idx`, or with `shared` when there is no index of its own.
    pub(super) fn open(
        pack: &Path,
        hash: gix::hash::Kind,
        shared: Option<&Arc<multi_index::File>>,
    ) -> Result<Self, String> {
        let data = data::File::at(pack, hash).map_err(|error| one_line(&error))?;
        let own = pack.with_extension("idx");
        let names = if own.exists() {
            Names::Own(Box::new(
                index::File::at(&own, hash).map_err(|error| one_line(&error))?,
            ))
        } else {
            let shared = shared.ok_or("its index is missing: run `git index-pack` on it")?;
            Names::Shared(Arc::clone(shared), shared_offsets(shared, &own)?)
        };
        let id_len = hash.len_in_bytes();
        Ok(Self {
            data,
            names,
            id_len,
        })
    }

    /// How many objects it holds.
    pub(super) fn len(&self) -> usize {
        match &self.names {
            Names::Own(index) => index.num_objects() as usize,
            Names::Shared(_, offsets) => offsets.len(),
        }
    }

    /// The names of all entries, in ascending order.
    pub(super) fn ids(&self) -> impl Iterator<Item = &gix::oid> {
        let name = |number| match &self.names {
            Names::Own(index) => index.oid_at_index(number),
            Names::Shared(index, offsets) => index.oid_at_index(offsets[number as usize].1),
        };
        (0..to_u32(self.len())).map(name)
    }

    fn name(&self, number: u32) -> &gix::oid {
        match &self.names {
            Names::Own(index) => index.oid_at_index(number),
            Names::Shared(index, _) => index.oid_at_index(number),
        }
    }

    /// Whether the pack holds the object.
    pub(super) fn contains(&self, id: &gix::oid) -> bool {
        self.offset_of(id).is_some()
    }

    fn offset_of(&self, id: &gix::oid) -> Option<u64> {
        match &self.names {
            Names::Own(index) => index.lookup(id).map(|at| index.pack_offset_at_index(at)),
            Names::Shared(index, offsets) => {
                let name = index.lookup(id)?;
                let at = offsets.binary_search_by_key(&name, |entry| entry.1).ok()?;
                Some(offsets[at].0)
            }
        }
    }

    /// All entries as (offset, number of the name), in no order.
    fn offsets(&self) -> Vec<(u64, u32)> {
        match &self.names {
            Names::Own(index) => (0..index.num_objects())
                .map(|name| (index.pack_offset_at_index(name), name))
                .collect(),
            Names::Shared(_, offsets) => offsets.clone(),
        }
    }

    /// Reads the header of every entry and joins each delta to its base.
    pub(super) fn forest(&self) -> Forest {
        let mut offsets = self.offsets();
        offsets.par_sort_unstable();
        // There are millions of entries and hardly ever an orphan.
        let orphans = Mutex::new(Vec::new());
        let header = |(at, (offset, _)): (usize, &(u64, u32))| {
            let (node, cause) = self.header(*offset, &offsets);
            if let Some(cause) = cause {
                let node = to_u32(at);
                let mut orphans = orphans.lock().unwrap_or_else(PoisonError::into_inner);
                orphans.push(Orphan { node, cause });
            }
            node
        };
        let nodes = offsets.par_iter().enumerate().map(header).collect();
        let mut orphans = orphans.into_inner().unwrap_or_else(PoisonError::into_inner);
        orphans.sort_unstable_by_key(|orphan| orphan.node);
        let mut forest = Forest {
            nodes,
            children: Vec::new(),
            ids: Vec::new(),
            id_len: self.id_len,
            orphans,
        };
        let link = || {
            forest.cut_circles();
            forest.link();
        };
        let ((), ids) = rayon::join(link, || self.ids_of(&offsets));
        Forest { ids, ..forest }
    }

    fn ids_of(&self, entries: &[(u64, u32)]) -> Vec<u8> {
        /// Entries that a thread takes at a time.
        const CHUNK: usize = 4096;
        let id_len = self.id_len;
        let mut ids = vec![0; entries.len() * id_len];
        let chunks = ids.par_chunks_mut(CHUNK * id_len);
        chunks
            .zip(entries.par_chunks(CHUNK))
            .for_each(|(ids, entries)| {
                for (id, (_, name)) in ids.chunks_exact_mut(id_len).zip(entries) {
                    id.copy_from_slice(self.name(*name).as_bytes());
                }
            });
        ids
    }

    fn header(&self, offset: u64, offsets: &[(u64, u32)]) -> (Node, Option<OrphanCause>) {
        let mut node = Node {
            offset,
            parent: NONE,
            first_child: 0,
            child_count: 0,
            kind: None,
            weight: 1,
        };
        let entry = match self.data.entry(offset) {
            Ok(entry) => entry,
            Err(error) => return (node, Some(OrphanCause::Damaged(one_line(&error)))),
        };
        let node_at = |offset: u64| {
            let at = offsets.binary_search_by_key(&offset, |entry| entry.0).ok();
            at.map(to_u32)
        };
        let cause = match entry.header {
            Header::OfsDelta { base_distance } => {
                let base = entry
                    .checked_base_pack_offset(base_distance)
                    .and_then(node_at);
                node.parent = base.unwrap_or(NONE);
                let damage = || OrphanCause::Damaged("its base is not in the pack".to_owned());
                base.is_none().then(damage)
            }
            Header::RefDelta { base_id } => {
                let base = self.offset_of(&base_id).and_then(node_at);
                node.parent = base.unwrap_or(NONE);
                base.is_none().then_some(OrphanCause::ForeignBase(base_id))
            }
            other => {
                node.kind = other.as_kind();
                None
            }
        };
        (node, cause)
    }
}

impl Forest {
    /// The bytes of a node's name.
    pub(super) fn id_bytes(&self, node: u32) -> &[u8] {
        &self.ids[node as usize * self.id_len..][..self.id_len]
    }

    /// The name of a node.
    pub(super) fn id(&self, node: u32) -> ObjectId {
        let id = ObjectId::try_from(self.id_bytes(node));
        id.unwrap_or_else(|_| unreachable!("ids are copied from ids"))
    }

    /// Roots of the given kinds, in the order of their offsets.
    pub(super) fn roots(&self, wanted: &[Kind]) -> Vec<u32> {
        (0..to_u32(self.nodes.len()))
            .filter(|&at| {
                let kind = self.nodes[at as usize].kind;
                kind.is_some_and(|kind| wanted.contains(&kind))
            })
            .collect()
    }

    /// The nodes that are deltas of `node`, the one with the most descendants last.
    pub(super) fn children(&self, node: u32) -> &[u32] {
        let node = &self.nodes[node as usize];
        &self.children[node.first_child as usize..][..node.child_count as usize]
    }

    /// A node and all that is built upon it.
    pub(super) fn subtree(&self, root: u32) -> Vec<u32> {
        let mut found = vec![root];
        let mut at = 0;
        while let Some(&node) = found.get(at) {
            found.extend_from_slice(self.children(node));
            at += 1;
        }
        found
    }

    /// Takes one entry out of each circle of deltas, which only a pack that was tampered with has. Such entries hang on
    /// no root, so without this they would be lost in silence.
    fn cut_circles(&mut self) {
        let is_ahead =
            |(at, node): (usize, &Node)| node.parent != NONE && node.parent as usize >= at;
        // Only deltas by name can be built upon what stands behind them, and hardly any pack has some.
        if !self.nodes.iter().enumerate().any(is_ahead) {
            return;
        }
        // By node: the number of the first node from which it was come upon on the way up, plus one.
        let mut seen_from = vec![0; self.nodes.len()];
        for start in 0..self.nodes.len() {
            let mark = to_u32(start + 1);
            let mut at = start;
            while let Some(seen) = seen_from.get_mut(at).filter(|seen| **seen == 0) {
                *seen = mark;
                at = self.nodes[at].parent as usize;
            }
            if seen_from.get(at) == Some(&mark) && self.nodes[at].parent != NONE {
                self.nodes[at].parent = NONE;
                self.orphans.push(Orphan {
                    node: to_u32(at),
                    cause: OrphanCause::Damaged("it is built upon itself".to_owned()),
                });
            }
        }
    }

    fn link(&mut self) {
        for at in 0..self.nodes.len() {
            let parent = self.nodes[at].parent as usize;
            if let Some(parent) = self.nodes.get_mut(parent) {
                parent.child_count += 1;
            }
        }
        let mut next = 0;
        for node in &mut self.nodes {
            node.first_child = next;
            next += node.child_count;
            node.child_count = 0;
        }
        self.children = vec![0; next as usize];
        for at in 0..self.nodes.len() {
            let parent = self.nodes[at].parent as usize;
            if let Some(parent) = self.nodes.get_mut(parent) {
                self.children[(parent.first_child + parent.child_count) as usize] = to_u32(at);
                parent.child_count += 1;
            }
        }
        self.weigh();
    }

    /// Counts descendants, and puts the heaviest child last: the walk drops a base before it goes down to its last
    /// child, so it never keeps more bases than the logarithm of the tree's size.
    fn weigh(&mut self) {
        // Bases stand before their deltas, save for deltas by name, for which the count is then too low; it only
        // orders children, so that costs memory and nothing else.
        for at in (0..self.nodes.len()).rev() {
            let Node { parent, weight, .. } = self.nodes[at];
            if let Some(parent) = self.nodes.get_mut(parent as usize) {
                parent.weight = parent.weight.saturating_add(weight);
            }
        }
        for node in &self.nodes {
            let children =
                &mut self.children[node.first_child as usize..][..node.child_count as usize];
            let heaviest =
                (0..children.len()).max_by_key(|&at| self.nodes[children[at] as usize].weight);
            if let Some(heaviest) = heaviest {
                children[heaviest..].rotate_left(1);
            }
        }
    }
}

/// The entries that a multi-pack index has for the pack whose own index would be called `index`.
fn shared_offsets(shared: &multi_index::File, index: &Path) -> Result<Vec<(u64, u32)>, String> {
    let file_name = index.file_name().map(PathBuf::from);
    let pack = shared
        .index_names()
        .iter()
        .position(|name| Some(name) == file_name.as_ref())
        .ok_or("neither it has an index nor does the multi-pack index know it")?;
    let mut offsets = Vec::new();
    for name in 0..shared.num_objects() {
        let (in_pack, offset) = shared
            .pack_id_and_pack_offset_at_index(name)
            .map_err(|error| one_line(&error))?;
        if in_pack as usize == pack {
            offsets.push((offset, name));
        }
    }
    Ok(offsets)
}

/// An error and its causes in one line.
pub(super) fn one_line(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    text.lines().map(str::trim).collect::<Vec<_>>().join(": ")
}

/// Packs hold at most 2^32 - 1 objects, so numbers of nodes fit.
pub(super) fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(NONE)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A forest of deltas with these parents.
    fn forest(parents: &[u32]) -> Forest {
        let nodes = parents.iter().map(|&parent| Node {
            offset: 0,
            parent,
            first_child: 0,
            child_count: 0,
            kind: (parent == NONE).then_some(Kind::Blob),
            weight: 1,
        });
        let mut forest = Forest {
            nodes: nodes.collect(),
            children: Vec::new(),
            ids: Vec::new(),
            id_len: 0,
            orphans: Vec::new(),
        };
        forest.cut_circles();
        forest.link();
        forest
    }

    /// Which entries are taken out of circles, and how many others are lost with each.
    #[track_caller]
    fn check(parents: &[u32], expected: &[(u32, usize)]) {
        let forest = forest(parents);
        let lost = forest.orphans.iter().map(|orphan| orphan.node);
        let lost: Vec<_> = lost
            .map(|node| (node, forest.subtree(node).len() - 1))
            .collect();
        assert_eq!(lost, expected, "{parents:?}");
        let hang = |roots: Vec<u32>| roots.into_iter().flat_map(|root| forest.subtree(root));
        let rooted = hang(forest.roots(&[Kind::Blob])).count();
        let in_circles: usize = lost.iter().map(|(_, above)| above + 1).sum();
        assert_eq!(rooted + in_circles, parents.len(), "{parents:?}");
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
}
