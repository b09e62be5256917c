//! All trees of a repository, each decoded once and reduced to what is needed to find blobs in them.
//!
//! A version of a directory usually differs from its delta base in one entry. So the entries of a base are kept while
//! its deltas are visited, and only those that the delta brings are decoded and looked up.

use std::ops::Range;

use gix::ObjectId;
use gix::hashtable::HashMap;
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::model::{self, Gap};
use crate::source::git::attribute::discard;
use crate::source::git::bits::Bits;
use crate::source::git::directory::Directory;
use crate::source::git::graph::Graph;
use crate::source::git::odb::Objects;
use crate::source::git::pack::{Kind, to_u32};
use crate::source::git::reader::CACHED_BASES;
use crate::source::git::strips::{Pool, StripIter};
use crate::source::git::tree_visitor::{Lookup, OTHER, Read, TreeVisitor};
use crate::source::git::walk::Plan;

/// Returns whether a file is wanted because of its name.
pub type IsNamed = fn(&[u8]) -> bool;

/// The blobs to attribute, numbered.
pub(in crate::source::git) struct Wanted {
    pub(in crate::source::git) ids: Vec<model::ObjectId>,
    pub(in crate::source::git) numbers: HashMap<ObjectId, u32>,
    /// Blobs under such names are wanted, too, under those paths.
    pub(in crate::source::git) is_named: IsNamed,
    /// A set of the last bits of the wanted ids. Nearly all blobs in trees are of no interest, and this filter is small
    /// enough to stay in the CPU cache.
    ends: Bits,
    /// Selects those bits.
    mask: u32,
}

impl Wanted {
    pub(in crate::source::git) fn new(mut ids: Vec<model::ObjectId>, is_named: IsNamed) -> Self {
        ids.sort_unstable();
        ids.dedup();
        let numbered = ids.iter().zip(0..);
        let numbers = numbered
            .filter_map(|(id, number)| Some((ObjectId::try_from(id.as_bytes()).ok()?, number)));
        let numbers = numbers.collect();
        // At most one lookup in sixteen is in vain.
        let size = (16 * ids.len()).next_power_of_two().clamp(64, 1 << 27);
        let (mut ends, mask) = (Bits::new(size), to_u32(size - 1));
        for id in &ids {
            ends.insert(last_bits(id.as_bytes()) & mask);
        }
        Self {
            ids,
            numbers,
            is_named,
            ends,
            mask,
        }
    }

    /// Returns the number of a wanted blob.
    pub(in crate::source::git) fn number(&self, id: &ObjectId) -> Option<u32> {
        let may_be = self.ends.contains(last_bits(id.as_bytes()) & self.mask);
        may_be.then(|| self.numbers.get(id).copied()).flatten()
    }
}

fn last_bits(id: &[u8]) -> u32 {
    let last = id.last_chunk();
    last.map_or(0, |last| u32::from_be_bytes(*last))
}

/// What a tree holds under one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source::git) enum Held {
    /// The tree with this number.
    Tree(u32),
    /// The blob with this number: first those wanted by id, then those found by name. A blob that is both has two
    /// numbers.
    Blob(u32),
}

/// Marks a packed entry as a blob. Numbers stay far below it.
const BLOB: u32 = 1 << 31;

/// An entry of interest in a tree, with the number of its name. There are many millions, so they are packed.
#[derive(Debug, Clone, Copy)]
pub(in crate::source::git) struct Entry {
    held: u32,
    pub(in crate::source::git) name: u32,
}

impl Entry {
    pub(in crate::source::git) fn new(held: Held, name: u32) -> Self {
        let held = match held {
            Held::Tree(tree) => tree,
            Held::Blob(blob) => BLOB | blob,
        };
        Self { held, name }
    }

    pub(in crate::source::git) fn held(self) -> Held {
        match self.held & BLOB {
            0 => Held::Tree(self.held),
            _ => Held::Blob(self.held & !BLOB),
        }
    }
}

/// Where the entries of a tree are: in which pool, and in which of its strips.
#[derive(Debug, Clone, Copy)]
struct Slot {
    /// [`UNREAD`] for trees that were not read, and for objects that are not trees.
    pool: u16,
    count: u16,
    start: u32,
}

/// Means "in no pool". There are as many pools as threads.
const UNREAD: u16 = u16::MAX;

impl Default for Slot {
    fn default() -> Self {
        Self {
            pool: UNREAD,
            count: 0,
            start: 0,
        }
    }
}

impl Slot {
    fn is_read(self) -> bool {
        self.pool != UNREAD
    }

    fn strips(self) -> Range<usize> {
        let start = self.start as usize;
        start..start + usize::from(self.count)
    }
}

/// All trees of a repository.
pub(in crate::source::git) struct Trees {
    /// The numbers of the objects that are walked.
    directory: Directory,
    /// The numbers of all other trees, following those of the directory.
    others: HashMap<ObjectId, u32>,
    other_ids: Vec<ObjectId>,
    slots: Vec<Slot>,
    /// One for each thread that read trees.
    pools: Vec<Pool>,
    names: Vec<Box<[u8]>>,
    /// How many blobs were wanted by id.
    by_id: u32,
    /// Blobs that were found by name, in no particular order.
    named: Vec<ObjectId>,
    named_numbers: HashMap<ObjectId, u32>,
    /// Trees and blobs that are referenced but not there.
    pub(in crate::source::git) missing: Vec<Missing>,
    pub(in crate::source::git) gaps: Vec<Gap>,
}

impl Missing {
    /// Returns a missing tree, referenced by a commit or by some tree.
    pub(in crate::source::git) fn tree(id: ObjectId) -> Self {
        Self {
            id,
            is_tree: true,
            namer: None,
        }
    }
}

/// An object that is referenced but not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::source::git) struct Missing {
    pub(in crate::source::git) id: ObjectId,
    pub(in crate::source::git) is_tree: bool,
    /// A tree that references it, if one is known.
    pub(in crate::source::git) namer: Option<ObjectId>,
}

impl Trees {
    /// Reads all trees, and notes blobs and trees that are referenced but not there. `named` are blobs known to have
    /// been found by name in trees that need not be read again.
    pub(in crate::source::git) fn collect(
        plan: &Plan<'_>,
        wanted: &Wanted,
        named: Vec<ObjectId>,
    ) -> Self {
        let directory = Directory::new(plan.objects);
        let lookup = Lookup {
            wanted,
            directory: &directory,
            hash: plan.repo.objects.object_hash(),
            missing_from: Some(plan.objects),
        };
        let read: Vec<Read> = plan
            .run(&|| TreeVisitor::new(&lookup))
            .into_iter()
            .map(TreeVisitor::finish)
            .collect();
        let mut trees = Self {
            slots: vec![Slot::default(); directory.len()],
            directory,
            others: HashMap::default(),
            other_ids: Vec::new(),
            pools: Vec::new(),
            names: Vec::new(),
            by_id: to_u32(wanted.ids.len()),
            named: Vec::new(),
            named_numbers: HashMap::default(),
            missing: Vec::new(),
            gaps: Vec::new(),
        };
        for id in named {
            trees.named_number(id);
        }
        trees.absorb(read, &mut FxHashMap::default());
        trees
    }

    /// Returns how many trees there are, including those that are only referenced.
    pub(in crate::source::git) fn len(&self) -> usize {
        self.slots.len()
    }

    /// Returns the number of a tree.
    pub(in crate::source::git) fn number_of(&self, id: &gix::oid) -> Option<u32> {
        let number = self.directory.number(id);
        number.or_else(|| self.others.get(id).copied())
    }

    /// Returns the number of each commit's tree, by number of the commit; several steps need them.
    pub(in crate::source::git) fn tops(&self, graph: &Graph) -> Vec<Option<u32>> {
        let commits = (0..to_u32(graph.len())).into_par_iter();
        commits
            .map(|commit| self.number_of(&graph.tree(commit)))
            .collect()
    }

    fn id(&self, tree: u32) -> Option<ObjectId> {
        match (tree as usize).checked_sub(self.directory.len()) {
            Some(other) => self.other_ids.get(other).copied(),
            None => self.directory.id(tree),
        }
    }

    /// Returns where the entries of a tree are, in git's order: the pool, and the stretches of it.
    pub(in crate::source::git) fn strips(&self, tree: u32) -> (usize, StripIter<'_>) {
        let slot = self.slots[tree as usize];
        let pool = usize::from(slot.pool);
        let all = self.pools.get(pool).map(|pool| &pool.strips);
        let own = all.and_then(|all| all.get(slot.strips()));
        (pool, own.unwrap_or_default())
    }

    /// Returns the entries of a pool; trees are stretches of it.
    pub(in crate::source::git) fn pool(&self, pool: usize) -> &[Entry] {
        self.pools
            .get(pool)
            .map_or(&[], |pool| pool.entries.as_slice())
    }

    /// Returns the entries of all pools.
    pub(in crate::source::git) fn pools(&self) -> impl Iterator<Item = &[Entry]> {
        self.pools.iter().map(|pool| pool.entries.as_slice())
    }

    /// Drops all trees in the background.
    pub(in crate::source::git) fn discard(self) {
        discard(self);
    }

    /// Returns how many blobs are wanted.
    pub(in crate::source::git) fn blobs(&self) -> usize {
        self.by_id as usize + self.named.len()
    }

    /// Returns the blobs that were found by name, in the order of their numbers.
    pub(in crate::source::git) fn named(&self) -> &[ObjectId] {
        &self.named
    }

    /// Returns the name with this number.
    pub(in crate::source::git) fn name(&self, name: u32) -> &[u8] {
        &self.names[name as usize]
    }

    /// Returns the ids of all trees that were read.
    pub(in crate::source::git) fn read(&self) -> impl Iterator<Item = ObjectId> {
        let numbered = (0..).zip(&self.slots);
        let read = numbered.filter(|(_, slot)| slot.is_read());
        read.filter_map(|(tree, _)| self.id(tree))
    }

    fn is_read(&self, id: &gix::oid) -> bool {
        let tree = self.number_of(id);
        tree.is_some_and(|tree| self.slots[tree as usize].is_read())
    }

    /// Reads the trees below `roots` that were not read yet; those that cannot be read count as empty.
    pub(in crate::source::git) fn complete(
        &mut self,
        repo: &gix::ThreadSafeRepository,
        wanted: &Wanted,
        roots: impl Iterator<Item = ObjectId>,
    ) {
        let mut repo = repo.to_thread_local();
        repo.object_cache_size_if_unset(CACHED_BASES);
        let lookup = Lookup {
            wanted,
            directory: &self.directory,
            hash: repo.object_hash(),
            missing_from: None,
        };
        let mut visitor = TreeVisitor::new(&lookup);
        let mut entered = FxHashSet::default();
        let mut open: Vec<ObjectId> = roots.collect();
        while let Some(id) = open.pop() {
            if !entered.insert(id) {
                continue;
            }
            if self.is_read(&id) {
                open.extend(
                    self.number_of(&id)
                        .into_iter()
                        .flat_map(|tree| self.subtrees(tree)),
                );
            } else if let Ok(object) = repo.find_object(id).map(gix::Object::detach)
                && object.kind == Kind::Tree
            {
                open.extend(visitor.read(id, &object.data));
            }
        }
        let read = visitor.finish();
        let mut names = self.names.iter().cloned().zip(0..).collect();
        self.absorb(vec![read], &mut names);
    }

    fn subtrees(&self, tree: u32) -> Vec<ObjectId> {
        let (pool, strips) = self.strips(tree);
        let pool = self.pool(pool);
        let entries = strips.flat_map(|strip| &pool[strip.start as usize..strip.end as usize]);
        let held = entries.filter_map(|entry| match entry.held() {
            Held::Tree(tree) => self.id(tree),
            Held::Blob(_) => None,
        });
        held.collect()
    }

    /// Returns trees that `commits` or other trees reference, but that are not there. `tops` holds the numbers of the
    /// commits' trees. Git knows the empty tree without storing it.
    pub(in crate::source::git) fn absent(
        &self,
        (graph, tops): (&Graph, &[Option<u32>]),
        commits: &[u32],
        objects: &Objects,
        hash: gix::hash::Kind,
    ) -> Vec<Missing> {
        let is_there = |commit: u32| {
            let top = tops[commit as usize];
            top.is_some_and(|tree| self.slots[tree as usize].is_read())
        };
        let roots = commits.iter().copied().filter(|commit| !is_there(*commit));
        let roots = roots.map(|commit| graph.tree(commit));
        let others = self.other_ids.iter().filter(|id| !self.is_read(id));
        let mut ids: Vec<_> = roots
            .chain(others.copied())
            .filter(|id| !objects.has_seen_and_has(id))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        // A tree that is there but was not read is damaged, which has been reported.
        ids.retain(|id| *id != ObjectId::empty_tree(hash) && !objects.contains(id));
        ids.into_iter().map(Missing::tree).collect()
    }

    fn number(&mut self, id: ObjectId) -> u32 {
        if let Some(number) = self.number_of(&id) {
            return number;
        }
        let number = to_u32(self.slots.len());
        self.others.insert(id, number);
        self.other_ids.push(id);
        self.slots.push(Slot::default());
        number
    }

    /// Takes over what threads have read, translating their own numbers into common ones.
    fn absorb(&mut self, read: Vec<Read>, name_numbers: &mut FxHashMap<Box<[u8]>, u32>) {
        let mut pools = Vec::with_capacity(read.len());
        let first = u16::try_from(self.pools.len()).unwrap_or(UNREAD);
        for (pool, part) in (first..UNREAD).zip(read) {
            let names = part.names.into_iter();
            let names: Vec<u32> = names
                .map(|name| self.name_number(name, name_numbers))
                .collect();
            let others = part.others.into_iter();
            let others: Vec<u32> = others.map(|id| self.number(id)).collect();
            let named = part.named.into_iter();
            let named: Vec<u32> = named.map(|id| self.named_number(id)).collect();
            let mut start = 0;
            for (tree, end) in part.trees {
                let count = u16::try_from(end - start).unwrap_or(0);
                self.slots[common(tree, &others) as usize] = Slot { pool, count, start };
                start = end;
            }
            self.missing.extend(part.missing);
            self.gaps.extend(part.gaps);
            pools.push((part.pool, names, others, named));
        }
        pools
            .par_iter_mut()
            .for_each(|(pool, names, others, named)| {
                for entry in &mut pool.entries {
                    let held = match entry.held() {
                        Held::Tree(tree) => Held::Tree(common(tree, others)),
                        Held::Blob(blob) => Held::Blob(common(blob, named)),
                    };
                    *entry = Entry::new(held, names[entry.name as usize]);
                }
            });
        self.pools.extend(pools.into_iter().map(|(pool, ..)| pool));
    }

    fn named_number(&mut self, id: ObjectId) -> u32 {
        let next = self.by_id + to_u32(self.named.len());
        let number = *self.named_numbers.entry(id).or_insert(next);
        if number == next {
            self.named.push(id);
        }
        number
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

/// Translates a thread's own number into a common one.
fn common(number: u32, others: &[u32]) -> u32 {
    match number.checked_sub(OTHER) {
        Some(other) => others[other as usize],
        None => number,
    }
}
