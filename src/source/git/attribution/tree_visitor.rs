//! Reads trees on one thread.

use gix::ObjectId;
use gix::hashtable::HashMap;
use gix::objs::tree::{EntryKind, EntryMode};
use rustc_hash::FxHashMap;

use crate::model::{Gap, GapKind, Inherited};
use crate::source::git::directory::{Directory, Known};
use crate::source::git::odb::Objects;
use crate::source::git::pack::{Kind, to_u32};
use crate::source::git::strips::{Decoded, Pool};
use crate::source::git::trees::{Entry, Held, Missing, Wanted};
use crate::source::git::walk::{Name, Object, Visit};

/// What is needed to read trees.
pub(in crate::source::git) struct Lookup<'a> {
    pub(in crate::source::git) wanted: &'a Wanted,
    pub(in crate::source::git) directory: &'a Directory,
    pub(in crate::source::git) hash: gix::hash::Kind,
    /// Where to look before something referenced is called missing; `None` if that is not asked.
    pub(in crate::source::git) missing_from: Option<&'a Objects>,
}

/// Numbers from here on are the thread's own; lower ones belong to the directory, or to the wanted blobs.
pub(in crate::source::git) const OTHER: u32 = 1 << 30;

/// What one thread has read.
#[derive(Default)]
pub(in crate::source::git) struct Read {
    /// The numbers of trees, and where the strips of each end in the pool.
    pub(in crate::source::git) trees: Vec<(u32, u32)>,
    pub(in crate::source::git) pool: Pool,
    pub(in crate::source::git) names: Vec<Box<[u8]>>,
    /// Trees that are not in the directory, by the thread's own numbers minus [`OTHER`].
    pub(in crate::source::git) others: Vec<ObjectId>,
    /// Blobs that were found by name, by the thread's own numbers minus [`OTHER`].
    pub(in crate::source::git) named: Vec<ObjectId>,
    pub(in crate::source::git) missing: Vec<Missing>,
    pub(in crate::source::git) gaps: Vec<Gap>,
}

/// Reads trees on one thread. Names have the thread's own numbers.
pub(in crate::source::git) struct TreeVisitor<'a> {
    lookup: &'a Lookup<'a>,
    hash_len: usize,
    name_numbers: FxHashMap<Box<[u8]>, u32>,
    other_numbers: HashMap<ObjectId, u32>,
    named_numbers: HashMap<ObjectId, u32>,
    read: Read,
}

impl<'a> TreeVisitor<'a> {
    pub(in crate::source::git) fn new(lookup: &'a Lookup<'a>) -> Self {
        Self {
            lookup,
            hash_len: lookup.hash.len_in_bytes(),
            name_numbers: FxHashMap::default(),
            other_numbers: HashMap::default(),
            named_numbers: HashMap::default(),
            read: Read::default(),
        }
    }

    pub(in crate::source::git) fn finish(self) -> Read {
        self.read
    }

    /// Reads one tree, and returns the trees in it.
    pub(in crate::source::git) fn read(&mut self, id: ObjectId, bytes: &[u8]) -> Vec<ObjectId> {
        let start = self.read.pool.entries.len();
        self.object(
            Object {
                name: Name::Known(id),
                kind: Kind::Tree,
                bytes,
                node: None,
            },
            None,
        );
        let held = self.read.pool.entries[start..].iter();
        let held = held.filter_map(|entry| match entry.held() {
            Held::Tree(tree) => match tree.checked_sub(OTHER) {
                Some(other) => Some(self.read.others[other as usize]),
                None => self.lookup.directory.id(tree),
            },
            Held::Blob(_) => None,
        });
        held.collect()
    }

    /// Decodes the entries of a tree, taking over those inherited from its base.
    fn decode(
        &mut self,
        bytes: &[u8],
        base: Option<(&Decoded, &[Inherited])>,
    ) -> Result<Decoded, ()> {
        let mut decoded = Decoded::like(base.map(|(base, _)| base));
        let mut at = 0;
        let inherited = base.map_or(&[][..], |(_, inherited)| inherited);
        let mut stretches = inherited.iter().peekable();
        while at < bytes.len() {
            while stretches
                .next_if(|stretch| stretch.range().end <= at)
                .is_some()
            {}
            let taken = base
                .zip(stretches.peek())
                .and_then(|((base, _), stretch)| decoded.inherit(base, stretch, at));
            if let Some(end) = taken {
                at = end;
            } else {
                let (end, entry, named) = self.entry(bytes, at).ok_or(())?;
                self.read.pool.add(&mut decoded, end, [entry, named]);
                at = end;
            }
        }
        Ok(decoded)
    }

    /// Decodes the entry that begins at `at`: `mode name NUL hash`. Returns its end, and what in it is wanted by id and
    /// by name.
    fn entry(&mut self, bytes: &[u8], at: usize) -> Option<(usize, Option<Entry>, Option<Entry>)> {
        let rest = &bytes[at..];
        let space = memchr::memchr(b' ', rest)?;
        let nul = space + memchr::memchr(0, &rest[space..])?;
        let hash = rest.get(nul + 1..nul + 1 + self.hash_len)?;
        let mode = mode_of(&rest[..space])?;
        let id = ObjectId::try_from(hash).ok()?;
        let held = if mode.is_tree() {
            Some(Held::Tree(self.tree(id)))
        } else {
            let wanted = self.lookup.wanted.number(&id);
            let is_missing = || !mode.is_commit() && self.lookup.is_missing(&id);
            // A submodule's commit is never an object of this repository.
            if wanted.is_none() && is_missing() {
                self.read.missing.push(Missing {
                    id,
                    is_tree: false,
                    namer: None,
                });
            }
            wanted.map(Held::Blob)
        };
        let name = &rest[space + 1..nul];
        let is_named = mode.is_blob() && (self.lookup.wanted.is_named)(name);
        let named = is_named.then(|| Held::Blob(self.named(id)));
        let mut entry = |held| {
            let name = self.name(name);
            Entry::new(held, name)
        };
        let (held, named) = (held.map(&mut entry), named.map(&mut entry));
        Some((at + nul + 1 + self.hash_len, held, named))
    }

    /// Returns the number of a blob that was found by name.
    fn named(&mut self, id: ObjectId) -> u32 {
        let next = OTHER + to_u32(self.read.named.len());
        let number = *self.named_numbers.entry(id).or_insert(next);
        if number == next {
            self.read.named.push(id);
        }
        number
    }

    fn name(&mut self, name: &[u8]) -> u32 {
        if let Some(&number) = self.name_numbers.get(name) {
            return number;
        }
        let number = to_u32(self.read.names.len());
        self.name_numbers.insert(name.into(), number);
        self.read.names.push(name.into());
        number
    }

    /// Returns the number of a tree. One that is not in the directory was either seen by an earlier scan or is missing;
    /// which of the two is decided once all are known.
    fn tree(&mut self, id: ObjectId) -> u32 {
        if let Some(Known::Tree(number)) = self.lookup.directory.find(&id) {
            return number;
        }
        let next = OTHER + to_u32(self.read.others.len());
        let number = *self.other_numbers.entry(id).or_insert(next);
        if number == next {
            self.read.others.push(id);
        }
        number
    }
}

/// Returns the mode of an entry. Nearly all have one of three modes, which need no parsing.
fn mode_of(text: &[u8]) -> Option<EntryMode> {
    match text {
        b"100644" => Some(EntryKind::Blob.into()),
        b"40000" => Some(EntryKind::Tree.into()),
        b"100755" => Some(EntryKind::BlobExecutable.into()),
        _ => EntryMode::try_from(text).ok(),
    }
}

impl Lookup<'_> {
    fn is_missing(&self, id: &ObjectId) -> bool {
        let Some(objects) = self.missing_from else {
            return false;
        };
        // Without an earlier scan, the directory lists everything. An empty blob holds nothing that could be missed.
        let is_there =
            self.directory.contains(id) || objects.seen.is_some() && objects.contains(id);
        !is_there && *id != ObjectId::empty_blob(self.hash)
    }
}

impl Visit for TreeVisitor<'_> {
    type Memory = Decoded;

    fn object(
        &mut self,
        object: Object<'_>,
        base: Option<(&Decoded, &[Inherited])>,
    ) -> Option<Decoded> {
        let known = self.read.missing.len();
        let decoded = self.decode(object.bytes, base);
        for missing in &mut self.read.missing[known..] {
            missing.namer = Some(object.id());
        }
        let Ok(mut decoded) = decoded else {
            let place = format!("object {}", object.id());
            let reason = "the tree is damaged".to_owned();
            self.read
                .gaps
                .push(Gap::new(GapKind::Corrupt, place, reason));
            return None;
        };
        let directory = self.lookup.directory;
        let known = object.node;
        let known = known.and_then(|(pack, node)| directory.number_at(pack, node));
        let tree = known.unwrap_or_else(|| self.tree(object.id()));
        let strips = self.read.pool.strips(&mut decoded);
        self.read.trees.push((tree, strips));
        Some(decoded)
    }

    fn gap(&mut self, gap: Gap) {
        self.read.gaps.push(gap);
    }
}
