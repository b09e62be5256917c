//! All trees of a repository, each decoded once and reduced to what finding blobs in them needs.
//!
//! A version of a folder mostly differs from its delta base in one entry. So the entries of a base are remembered while
//! its deltas are visited, and only those that the delta brings are decoded and looked up.

use std::ops::Range;

use gix::ObjectId;
use gix::hashtable::HashMap;
use gix::objs::tree::EntryMode;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};

use super::graph::Graph;
use super::odb::Objects;
use super::pack::{Kind, NONE, to_u32};
use super::reader::CACHED_BASES;
use super::walk::{Object, Plan, Visit};
use crate::model::{self, Gap, GapKind, Inherited};

/// The blobs in question, numbered.
pub(super) struct Wanted {
    pub(super) ids: Vec<model::ObjectId>,
    pub(super) numbers: HashMap<ObjectId, u32>,
}

impl Wanted {
    pub(super) fn new(mut ids: Vec<model::ObjectId>) -> Self {
        ids.sort_unstable();
        ids.dedup();
        let numbered = ids.iter().zip(0..);
        let numbers = numbered
            .filter_map(|(id, number)| Some((ObjectId::try_from(id.as_bytes()).ok()?, number)));
        let numbers = numbers.collect();
        Self { ids, numbers }
    }
}

/// What a tree holds under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// The tree with this number.
    Tree(u32),
    /// The wanted blob with this number.
    Blob(u32),
}

/// Something of interest that a tree holds, and the number of its name.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry {
    pub(super) held: Held,
    pub(super) name: u32,
}

/// Where the entries of a tree stand: in which pool, and where in it.
#[derive(Debug, Clone)]
struct Slot {
    pool: u32,
    entries: Range<u32>,
    is_present: bool,
}

/// All trees of a repository.
#[derive(Default)]
pub(super) struct Trees {
    numbers: HashMap<ObjectId, u32>,
    ids: Vec<ObjectId>,
    slots: Vec<Slot>,
    /// One for each thread that has read trees.
    pools: Vec<Vec<Entry>>,
    names: Vec<Box<[u8]>>,
    /// Trees and blobs that are named but not there, as far as that was asked.
    pub(super) missing: Vec<Missing>,
    pub(super) gaps: Vec<Gap>,
}

/// An object that is named but not there, and whether it is a tree.
pub(super) type Missing = (ObjectId, bool);

impl Trees {
    /// Reads all trees; with `find_missing`, also tells of blobs and trees that are named but not there.
    pub(super) fn collect(plan: &Plan<'_>, wanted: &Wanted, find_missing: bool) -> Self {
        let known = find_missing.then(|| Known::new(plan.objects));
        let hash = plan.repo.objects.object_hash();
        let visitors = plan.run(&|| TreeVisitor::new(wanted, hash, known.as_ref()));
        let mut trees = Self::default();
        let mut name_numbers: FxHashMap<Box<[u8]>, u32> = FxHashMap::default();
        for visitor in visitors {
            trees.absorb(visitor, &mut name_numbers);
        }
        trees
    }

    /// How many trees there are, those that are only named included.
    pub(super) fn len(&self) -> usize {
        self.slots.len()
    }

    /// The number of a tree.
    pub(super) fn number_of(&self, id: &gix::oid) -> Option<u32> {
        self.numbers.get(id).copied()
    }

    /// What a tree holds, in the order in which git sorts it.
    pub(super) fn entries(&self, tree: u32) -> &[Entry] {
        let Slot { pool, entries, .. } = &self.slots[tree as usize];
        let pool = self
            .pools
            .get(*pool as usize)
            .map_or(&[][..], Vec::as_slice);
        pool.get(entries.start as usize..entries.end as usize)
            .unwrap_or_default()
    }

    /// A name by its number.
    pub(super) fn name(&self, name: u32) -> &[u8] {
        &self.names[name as usize]
    }

    /// The ids of all trees that were read.
    pub(super) fn read(&self) -> impl Iterator<Item = ObjectId> {
        let read = self.numbers.iter();
        let read = read.filter(|(_, tree)| self.slots[**tree as usize].is_present);
        read.map(|(id, _)| *id)
    }

    /// Reads the trees that lead down from `roots` and were not read yet; those that cannot be read hold nothing.
    pub(super) fn complete(
        &mut self,
        repo: &gix::ThreadSafeRepository,
        wanted: &Wanted,
        roots: impl Iterator<Item = ObjectId>,
    ) {
        let mut repo = repo.to_thread_local();
        repo.object_cache_size_if_unset(CACHED_BASES);
        let mut visitor = TreeVisitor::new(wanted, repo.object_hash(), None);
        let mut entered = FxHashSet::default();
        let mut open: Vec<ObjectId> = roots.collect();
        while let Some(id) = open.pop() {
            if !entered.insert(id) {
                continue;
            }
            let tree = self
                .number_of(&id)
                .filter(|tree| self.slots[*tree as usize].is_present);
            if let Some(tree) = tree {
                open.extend(self.subtrees(tree));
            } else if let Ok(object) = repo.find_object(id).map(gix::Object::detach)
                && object.kind == Kind::Tree
            {
                let bytes = object.data.as_slice();
                let start = visitor.pool.len();
                visitor.object(
                    Object {
                        id,
                        kind: object.kind,
                        bytes,
                    },
                    None,
                );
                open.extend(visitor.held_trees(start));
            }
        }
        self.absorb(visitor, &mut self.numbers_of_names());
    }

    fn subtrees(&self, tree: u32) -> Vec<ObjectId> {
        let held = self.entries(tree).iter();
        let held = held.filter_map(|entry| match entry.held {
            Held::Tree(tree) => Some(self.ids[tree as usize]),
            Held::Blob(_) => None,
        });
        held.collect()
    }

    fn numbers_of_names(&self) -> FxHashMap<Box<[u8]>, u32> {
        self.names.iter().cloned().zip(0..).collect()
    }

    /// Trees that commits or other trees hold, but that are not there. Git knows the empty tree without storing it.
    pub(super) fn absent(
        &self,
        graph: &Graph,
        objects: &Objects,
        hash: gix::hash::Kind,
    ) -> Vec<ObjectId> {
        let is_read = |id: &ObjectId| {
            self.number_of(id)
                .is_some_and(|tree| self.slots[tree as usize].is_present)
        };
        let roots = graph.commits.iter().map(|commit| &commit.tree);
        let mut ids: Vec<_> = roots
            .chain(self.numbers.keys())
            .filter(|id| !is_read(id) && !objects.has_seen_and_has(id))
            .copied()
            .collect();
        ids.sort_unstable();
        ids.dedup();
        // What is there but was not read is damaged, and was told to be.
        ids.retain(|id| *id != ObjectId::empty_tree(hash) && !objects.contains(id));
        ids
    }

    fn number(&mut self, id: ObjectId) -> u32 {
        let next = to_u32(self.slots.len());
        let number = *self.numbers.entry(id).or_insert(next);
        if number == next {
            self.ids.push(id);
            self.slots.push(Slot {
                pool: NONE,
                entries: 0..0,
                is_present: false,
            });
        }
        number
    }

    /// Takes over what one thread has read, with that thread's numbers turned into common ones.
    fn absorb(&mut self, visitor: TreeVisitor<'_>, name_numbers: &mut FxHashMap<Box<[u8]>, u32>) {
        let names: Vec<u32> = visitor
            .names
            .into_iter()
            .map(|name| self.name_number(name, name_numbers))
            .collect();
        let subtrees: Vec<u32> = visitor
            .subtree_ids
            .into_iter()
            .map(|id| self.number(id))
            .collect();
        let mut entries = visitor.pool;
        for entry in &mut entries {
            entry.name = names[entry.name as usize];
            if let Held::Tree(tree) = &mut entry.held {
                *tree = subtrees[*tree as usize];
            }
        }
        let pool = to_u32(self.pools.len());
        for (id, entries) in visitor.trees {
            let tree = self.number(id);
            self.slots[tree as usize] = Slot {
                pool,
                entries,
                is_present: true,
            };
        }
        self.pools.push(entries);
        self.missing.extend(visitor.missing);
        self.gaps.extend(visitor.gaps);
    }

    fn name_number(&mut self, name: Box<[u8]>, numbers: &mut FxHashMap<Box<[u8]>, u32>) -> u32 {
        let next = to_u32(self.names.len());
        let number = *numbers.entry(name.clone()).or_insert(next);
        if number == next {
            self.names.push(name);
        }
        number
    }
}

/// Which objects are there.
enum Known<'o> {
    /// By the first eight bytes of their ids: several times as quick to ask as the indices of packs, and as good, since
    /// two ids that begin alike would only hide that one of them is missing.
    Set(FxHashSet<u64>),
    /// Where few are asked for, putting them together takes longer than asking.
    Few(&'o Objects),
}

impl<'o> Known<'o> {
    fn new(objects: &'o Objects) -> Self {
        if objects.seen.is_some() {
            return Self::Few(objects);
        }
        let packed = objects
            .packs
            .iter()
            .flat_map(|(pack, _)| pack.ids().map(Self::key));
        let loose = objects
            .loose
            .iter()
            .flat_map(|(_, ids)| ids.iter().map(|id| Self::key(id)));
        let mut known = FxHashSet::with_capacity_and_hasher(objects.unseen(), FxBuildHasher);
        known.extend(packed.chain(loose));
        Self::Set(known)
    }

    fn contains(&self, id: &ObjectId) -> bool {
        match self {
            Self::Set(known) => known.contains(&Self::key(id)),
            Self::Few(objects) => objects.contains(id),
        }
    }

    fn key(id: &gix::oid) -> u64 {
        id.as_bytes()
            .iter()
            .take(8)
            .fold(0, |key, byte| key << 8 | u64::from(*byte))
    }
}

/// Reads trees on one thread. Numbers are the thread's own.
struct TreeVisitor<'a> {
    wanted: &'a Wanted,
    /// What is there, if it shall be told what is missing.
    known: Option<&'a Known<'a>>,
    hash_len: usize,
    trees: Vec<(ObjectId, Range<u32>)>,
    pool: Vec<Entry>,
    names: Vec<Box<[u8]>>,
    name_numbers: FxHashMap<Box<[u8]>, u32>,
    subtrees: HashMap<ObjectId, u32>,
    subtree_ids: Vec<ObjectId>,
    missing: Vec<Missing>,
    gaps: Vec<Gap>,
}

/// Every entry of a tree: where it ends, and what it holds if that is of interest.
pub(super) struct Decoded(Vec<(u32, Option<Entry>)>);

impl<'a> TreeVisitor<'a> {
    fn new(wanted: &'a Wanted, hash: gix::hash::Kind, known: Option<&'a Known<'a>>) -> Self {
        Self {
            wanted,
            known,
            hash_len: hash.len_in_bytes(),
            trees: Vec::new(),
            pool: Vec::new(),
            names: Vec::new(),
            name_numbers: FxHashMap::default(),
            subtrees: HashMap::default(),
            subtree_ids: Vec::new(),
            missing: Vec::new(),
            gaps: Vec::new(),
        }
    }

    /// Decodes the entries of a tree, taking those that it has from its base as they are.
    fn decode(
        &mut self,
        bytes: &[u8],
        base: Option<(&Decoded, &[Inherited])>,
    ) -> Result<Decoded, ()> {
        let mut decoded = Vec::with_capacity(base.map_or(8, |(base, _)| base.0.len() + 1));
        let mut at = 0;
        let mut stretches = base
            .map_or(&[][..], |(_, inherited)| inherited)
            .iter()
            .peekable();
        while at < bytes.len() {
            while stretches
                .next_if(|stretch| stretch.range().end <= at)
                .is_some()
            {}
            let inherited = base
                .zip(stretches.peek())
                .and_then(|((base, _), stretch)| base.within(stretch, at));
            if let Some(entries) = inherited {
                let (stretch, from) = (
                    stretches.peek().map_or(0, |stretch| stretch.base_start),
                    entries,
                );
                let start = stretches.peek().map_or(0, |stretch| stretch.start);
                decoded.extend(
                    from.iter()
                        .map(|&(end, entry)| (to_u32(end as usize - stretch + start), entry)),
                );
                at = decoded.last().map_or(at, |(end, _)| *end as usize);
            } else {
                let (end, entry) = self.entry(bytes, at).ok_or(())?;
                decoded.push((to_u32(end), entry));
                at = end;
            }
        }
        Ok(Decoded(decoded))
    }

    /// Decodes the entry that begins at `at`: `mode name NUL hash`. Gives its end.
    fn entry(&mut self, bytes: &[u8], at: usize) -> Option<(usize, Option<Entry>)> {
        let rest = &bytes[at..];
        let space = memchr::memchr(b' ', rest)?;
        let nul = space + memchr::memchr(0, &rest[space..])?;
        let hash = rest.get(nul + 1..nul + 1 + self.hash_len)?;
        let mode = EntryMode::try_from(&rest[..space]).ok()?;
        let id = ObjectId::try_from(hash).ok()?;
        let held = if mode.is_tree() {
            Some(Held::Tree(self.subtree(id)))
        } else {
            self.wanted.numbers.get(&id).map(|&blob| Held::Blob(blob))
        };
        // A submodule's commit is never an object of this repository.
        let is_missing = |known: &Known| !mode.is_commit() && !known.contains(&id);
        if self.known.is_some_and(is_missing) {
            self.missing.push((id, mode.is_tree()));
        }
        let entry = held.map(|held| Entry {
            held,
            name: self.name(&rest[space + 1..nul]),
        });
        Some((at + nul + 1 + self.hash_len, entry))
    }

    /// The trees that are held by the entries from `start` on.
    fn held_trees(&self, start: usize) -> Vec<ObjectId> {
        let held = self.pool[start..].iter();
        let held = held.filter_map(|entry| match entry.held {
            Held::Tree(tree) => Some(self.subtree_ids[tree as usize]),
            Held::Blob(_) => None,
        });
        held.collect()
    }

    fn name(&mut self, name: &[u8]) -> u32 {
        if let Some(&number) = self.name_numbers.get(name) {
            return number;
        }
        let number = to_u32(self.names.len());
        self.name_numbers.insert(name.into(), number);
        self.names.push(name.into());
        number
    }

    fn subtree(&mut self, id: ObjectId) -> u32 {
        let next = to_u32(self.subtree_ids.len());
        let number = *self.subtrees.entry(id).or_insert(next);
        if number == next {
            self.subtree_ids.push(id);
        }
        number
    }
}

impl Decoded {
    /// The entries that lie wholly within `stretch`, from the one on that begins at `at` of the derived tree; `None`
    /// when none begins there.
    fn within(&self, stretch: &Inherited, at: usize) -> Option<&[(u32, Option<Entry>)]> {
        let base_at = (at.checked_sub(stretch.start)? + stretch.base_start) as u64;
        let first = self
            .0
            .partition_point(|(end, _)| u64::from(*end) <= base_at);
        // An entry begins where the one before it ends.
        let begins = if first == 0 {
            0
        } else {
            u64::from(self.0[first - 1].0)
        };
        let last = self
            .0
            .partition_point(|(end, _)| (*end as usize) <= stretch.base_range().end);
        (begins == base_at && first < last).then(|| &self.0[first..last])
    }
}

impl Visit for TreeVisitor<'_> {
    type Memory = Decoded;

    fn object(
        &mut self,
        object: Object<'_>,
        base: Option<(&Decoded, &[Inherited])>,
    ) -> Option<Decoded> {
        let Object { id, bytes, .. } = object;
        let Ok(decoded) = self.decode(bytes, base) else {
            let (place, reason) = (format!("object {id}"), "the tree is damaged".to_owned());
            self.gaps.push(Gap {
                kind: GapKind::Corrupt,
                place,
                reason,
            });
            return None;
        };
        let start = to_u32(self.pool.len());
        self.pool
            .extend(decoded.0.iter().filter_map(|(_, entry)| *entry));
        self.trees.push((id, start..to_u32(self.pool.len())));
        Some(decoded)
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }
}
