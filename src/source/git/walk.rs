//! Rebuilds every object of a repository once, in parallel.
//!
//! A pack is a forest: objects stored whole, and deltas built upon them. Walking it from the roots down rebuilds each
//! object from a base that is still in memory, instead of once for every object that needs it.

mod single;

use std::cmp::Reverse;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use gix::ObjectId;

use super::delta;
use super::forest::Root;
use super::names::Names;
use super::odb::Objects;
use super::pack::{Kind, Pack};
use crate::model::{Gap, GapKind, Inherited};
use crate::source::memory::{self, Share};
use crate::source::threads::on_threads;
use crate::source::{Limits, Meter, oversized};
use single::Loss;

/// Larger objects are not even rebuilt as a base for others, unless the user's size limit is higher: this bounds what a
/// hostile pack of a few kilobytes can make the tool allocate.
const REBUILD_LIMIT: u64 = 1 << 30;

/// Roughly how many objects a thread takes at a time.
const BATCH: usize = 128;

/// Roots with at least this many objects are walked first, each as a job of its own.
const HEAVY: u32 = 512;

/// What one thread does with the objects it is given.
pub(super) trait Visit: Send {
    /// What the visitor remembers of an object while it is shown the objects built upon it.
    type Memory;

    /// Visits an object; if it was built upon one that is remembered, with that memory and the stretches inherited from
    /// it.
    fn object(
        &mut self,
        object: Object<'_>,
        base: Option<(&Self::Memory, &[Inherited])>,
    ) -> Option<Self::Memory>;

    /// Notes something that could not be rebuilt.
    fn gap(&mut self, gap: Gap);
}

/// A rebuilt object.
#[derive(Clone, Copy)]
pub(super) struct Object<'a> {
    pub(super) name: Name<'a>,
    pub(super) kind: Kind,
    pub(super) bytes: &'a [u8],
    /// The pack and the node in it, if it comes from a pack that is walked.
    pub(super) node: Option<(usize, u32)>,
}

/// The name of an object.
#[derive(Clone, Copy)]
pub(super) enum Name<'a> {
    Known(ObjectId),
    /// The name at this position in a pack. Most objects are never asked for their names, and reading one from the
    /// index takes time.
    At(&'a Names, u32),
}

impl Object<'_> {
    /// Returns the object's name.
    pub(super) fn id(&self) -> ObjectId {
        match self.name {
            Name::Known(id) => id,
            Name::At(names, position) => names.id(position),
        }
    }
}

/// What to walk, and how.
pub(super) struct Plan<'a> {
    pub(super) repo: &'a gix::ThreadSafeRepository,
    pub(super) objects: &'a Objects,
    /// The kinds to rebuild; others are skipped.
    pub(super) kinds: &'a [Kind],
    pub(super) limits: Limits,
    pub(super) meter: &'a Meter<'a>,
}

/// A piece of work for one thread.
enum Job {
    Roots { pack: usize, roots: Range<usize> },
    Heavy { pack: usize, root: Root },
    Orphan { pack: usize, orphan: usize },
    Loose { folder: usize, ids: Range<usize> },
    Singles(Range<usize>),
}

impl Plan<'_> {
    /// Shows every object of the wanted kinds to one of the visitors, each object once, and returns the visitors.
    pub(super) fn run<V: Visit>(&self, new_visitor: &(dyn Fn() -> V + Sync)) -> Vec<V> {
        let jobs = self.jobs();
        let next = AtomicUsize::new(0);
        let work = || {
            let mut walker = Walker::new(self, new_visitor());
            while let Some(job) = jobs.get(next.fetch_add(1, Relaxed)) {
                if self.meter.is_cancelled() {
                    break;
                }
                walker.job(job);
            }
            walker.visitor
        };
        on_threads(self.limits.threads, work)
    }

    fn jobs(&self) -> Vec<Job> {
        let mut jobs = Vec::new();
        let is_heavy = |root: &Root| root.weight() >= HEAVY;
        // The longest jobs come first, so that no thread has to wait for one that started late.
        for (pack, (_, forest)) in self.objects.packs.iter().enumerate() {
            let roots = forest.roots.iter().copied();
            let mut roots: Vec<Root> = roots.filter(|root| is_heavy(root)).collect();
            roots.retain(|root| self.kinds.contains(&root.kind()));
            roots.sort_by_key(|root| Reverse(root.weight()));
            jobs.extend(roots.into_iter().map(|root| Job::Heavy { pack, root }));
        }
        for (pack, (_, forest)) in self.objects.packs.iter().enumerate() {
            let (mut start, mut weight) = (0, 0);
            for (at, root) in forest.roots.iter().enumerate() {
                if self.is_light(*root) {
                    weight += root.weight() as usize;
                }
                if weight >= BATCH || at + 1 == forest.roots.len() {
                    let roots = start..at + 1;
                    jobs.push(Job::Roots { pack, roots });
                    (start, weight) = (at + 1, 0);
                }
            }
            jobs.extend((0..forest.orphans.len()).map(|orphan| Job::Orphan { pack, orphan }));
        }
        for (folder, (_, ids)) in self.objects.loose.iter().enumerate() {
            let starts = (0..ids.len()).step_by(BATCH);
            jobs.extend(starts.map(|start| Job::Loose {
                folder,
                ids: start..(start + BATCH).min(ids.len()),
            }));
        }
        let singles = self.objects.singles.len();
        let starts = (0..singles).step_by(BATCH);
        jobs.extend(starts.map(|start| Job::Singles(start..(start + BATCH).min(singles))));
        jobs
    }

    /// Whether a root is of a wanted kind, and not a job of its own.
    fn is_light(&self, root: Root) -> bool {
        root.weight() < HEAVY && self.kinds.contains(&root.kind())
    }
}

/// One thread's walk, with the buffers that it reuses.
struct Walker<'p, V> {
    plan: &'p Plan<'p>,
    repo: gix::Repository,
    visitor: V,
    inflate: gix::zlib::Inflate,
    delta: Vec<u8>,
    inherited: Vec<Inherited>,
    spare: Vec<Vec<u8>>,
    /// Its share of the memory budget, while it processes large objects.
    share: Option<Share<'static>>,
}

/// A rebuilt object whose deltas are still to be visited.
struct Frame<M> {
    node: u32,
    next_child: usize,
    bytes: Vec<u8>,
    memory: Option<M>,
}

impl<'p, V: Visit> Walker<'p, V> {
    fn new(plan: &'p Plan<'p>, visitor: V) -> Self {
        Self {
            plan,
            repo: plan.repo.to_thread_local(),
            visitor,
            inflate: gix::zlib::Inflate::default(),
            delta: Vec::new(),
            inherited: Vec::new(),
            spare: Vec::new(),
            share: None,
        }
    }

    fn job(&mut self, job: &Job) {
        match job {
            Job::Roots { pack, roots } => {
                let plan = self.plan;
                let roots = &plan.objects.packs[*pack].1.roots[roots.clone()];
                for root in roots.iter().filter(|root| plan.is_light(**root)) {
                    self.root(*pack, *root);
                    self.let_go();
                }
            }
            Job::Heavy { pack, root } => {
                self.root(*pack, *root);
                self.let_go();
            }
            Job::Orphan { pack, orphan } => {
                self.orphan(*pack, *orphan);
                self.let_go();
            }
            Job::Loose { folder, ids } => self.loose(*folder, ids.clone()),
            Job::Singles(ids) => {
                for id in &self.plan.objects.singles[ids.clone()] {
                    if self.plan.meter.is_cancelled() {
                        return;
                    }
                    self.single(id);
                }
            }
        }
    }

    /// Frees what was allocated for large objects.
    fn let_go(&mut self) {
        if self.share.take().is_some() {
            self.delta = Vec::new();
        }
    }

    /// Visits an object stored whole, and everything built upon it.
    fn root(&mut self, pack: usize, root: Root) {
        if self.plan.meter.is_cancelled() {
            return;
        }
        let (file, forest) = &self.plan.objects.packs[pack];
        let (node, kind) = (root.node, root.kind());
        let (offset, is_leaf) = (forest.offset(node), forest.children(node).is_empty());
        let mut bytes = self.spare.pop().unwrap_or_default();
        match self.inflate_root((file, offset), kind, is_leaf, &mut bytes) {
            Ok(()) => {
                let memory = self.show(pack, node, (kind, &bytes), None);
                self.descend(
                    pack,
                    kind,
                    Frame {
                        node,
                        next_child: 0,
                        bytes,
                        memory,
                    },
                );
            }
            Err(Loss::Oversized(size)) => self.lose_oversized(pack, node, kind, size),
            Err(Loss::Damaged(reason)) => self.lose(pack, node, GapKind::Corrupt, &reason),
        }
    }

    fn inflate_root(
        &mut self,
        (file, offset): (&Pack, u64),
        kind: Kind,
        is_leaf: bool,
        out: &mut Vec<u8>,
    ) -> Result<(), Loss> {
        let entry = file
            .data
            .entry(offset)
            .map_err(|error| Loss::damaged(&error))?;
        let size = entry.decompressed_size;
        if size > self.rebuild_limit() || (is_leaf && self.is_oversized(kind, size)) {
            return Err(Loss::Oversized(size));
        }
        self.share = memory::share(size);
        // Growing without clearing first avoids zeroing bytes that are overwritten anyway.
        out.resize(usize::try_from(size).unwrap_or(usize::MAX), 0);
        let inflated = file.data.decompress_entry(&entry, &mut self.inflate, out);
        inflated.map(drop).map_err(|error| Loss::damaged(&error))
    }

    /// Visits all deltas below a rebuilt object.
    fn descend(&mut self, pack: usize, kind: Kind, root: Frame<V::Memory>) {
        let forest = &self.plan.objects.packs[pack].1;
        let mut frames = vec![root];
        while let Some(mut frame) = frames.pop() {
            if self.plan.meter.is_cancelled() {
                return;
            }
            let children = forest.children(frame.node);
            let Some(&child) = children.get(frame.next_child) else {
                memory::keep(&mut self.spare, frame.bytes);
                continue;
            };
            frame.next_child += 1;
            let rebuilt = self.child(pack, child, kind, (&frame.bytes, frame.memory.as_ref()));
            // The last child is the heaviest one, so its base is dropped before descending.
            if frame.next_child < children.len() {
                frames.push(frame);
            } else {
                memory::keep(&mut self.spare, frame.bytes);
            }
            frames.extend(rebuilt);
        }
    }

    /// Rebuilds and shows one delta; returns it if others are built upon it.
    fn child(
        &mut self,
        pack: usize,
        child: u32,
        kind: Kind,
        (base, base_memory): (&[u8], Option<&V::Memory>),
    ) -> Option<Frame<V::Memory>> {
        let (file, forest) = &self.plan.objects.packs[pack];
        let is_leaf = forest.children(child).is_empty();
        let mut bytes = self.spare.pop().unwrap_or_default();
        let offset = forest.offset(child);
        match self.rebuild((file, offset), kind, is_leaf, (base, &mut bytes)) {
            Ok(()) => {
                let memory = self.show(pack, child, (kind, &bytes), base_memory);
                if !is_leaf {
                    return Some(Frame {
                        node: child,
                        next_child: 0,
                        bytes,
                        memory,
                    });
                }
            }
            Err(Loss::Oversized(size)) => self.lose_oversized(pack, child, kind, size),
            Err(Loss::Damaged(reason)) => self.lose(pack, child, GapKind::Corrupt, &reason),
        }
        memory::keep(&mut self.spare, bytes);
        None
    }

    fn rebuild(
        &mut self,
        (file, offset): (&Pack, u64),
        kind: Kind,
        is_leaf: bool,
        (base, out): (&[u8], &mut Vec<u8>),
    ) -> Result<(), Loss> {
        let entry = file
            .data
            .entry(offset)
            .map_err(|error| Loss::damaged(&error))?;
        if entry.decompressed_size > self.rebuild_limit() {
            return Err(Loss::Oversized(entry.decompressed_size));
        }
        let size = usize::try_from(entry.decompressed_size).unwrap_or(usize::MAX);
        // The buffer never shrinks: growing it again would fill it with zeros, only to overwrite them.
        if self.delta.len() < size {
            self.delta.resize(size, 0);
        }
        file.data
            .decompress_entry(&entry, &mut self.inflate, &mut self.delta[..size])
            .map_err(|error| Loss::damaged(&error))?;
        let delta = &self.delta[..size];
        let promised = delta::promised_size(delta) as u64;
        if promised > self.rebuild_limit() || (is_leaf && self.is_oversized(kind, promised)) {
            return Err(Loss::Oversized(promised));
        }
        if self.share.is_none() {
            self.share = memory::share(promised);
        }
        let limit = usize::try_from(self.rebuild_limit()).unwrap_or(usize::MAX);
        delta::apply(base, delta, limit, out, &mut self.inherited)
            .map_err(|error| Loss::damaged(&error))
    }

    /// Shows an object to the visitor, unless it has been or will be shown from elsewhere.
    fn show(
        &mut self,
        pack: usize,
        node: u32,
        (kind, bytes): (Kind, &[u8]),
        base: Option<&V::Memory>,
    ) -> Option<V::Memory> {
        let plan = self.plan;
        let (file, forest) = &plan.objects.packs[pack];
        plan.meter.advance(1);
        let position = forest.name(node);
        let is_done =
            || plan.objects.seen.is_some() && plan.objects.is_done(file.names.get(position));
        if plan.objects.is_copy(pack, position) || is_done() {
            return None;
        }
        let object = Object {
            name: Name::At(&file.names, position),
            kind,
            bytes,
            node: Some((pack, node)),
        };
        if self.is_oversized(kind, bytes.len() as u64) {
            let (place, size) = (format!("object {}", object.id()), bytes.len() as u64);
            self.visitor.gap(oversized(place, size, plan.limits));
            return None;
        }
        let base = base.map(|memory| (memory, self.inherited.as_slice()));
        self.visitor.object(object, base)
    }

    /// Reports an object that is too large to rebuild, and what is lost with it.
    fn lose_oversized(&mut self, pack: usize, node: u32, kind: Kind, size: u64) {
        if self.is_oversized(kind, size) {
            let reason = oversized(String::new(), size, self.plan.limits).reason;
            self.lose(pack, node, GapKind::Oversized, &reason);
        } else {
            let reason = format!("{size} bytes: too large to rebuild");
            self.lose(pack, node, GapKind::Corrupt, &reason);
        }
    }

    /// Reports an entry that cannot be rebuilt, and with it everything built upon it.
    fn lose(&mut self, pack: usize, node: u32, kind: GapKind, reason: &str) {
        let (file, forest) = &self.plan.objects.packs[pack];
        let id = file.id(forest, node);
        let above = forest.subtree(node).len() - 1;
        let reason = match above {
            0 => reason.to_owned(),
            n => format!("{reason}; {n} objects based on it cannot be read either"),
        };
        self.visitor
            .gap(Gap::new(kind, format!("object {id}"), reason));
    }

    fn rebuild_limit(&self) -> u64 {
        REBUILD_LIMIT.max(self.plan.limits.max_file_size)
    }

    fn is_oversized(&self, kind: Kind, size: u64) -> bool {
        kind == Kind::Blob && size > self.plan.limits.max_file_size
    }
}
