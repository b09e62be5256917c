//! The objects that were seen, in the order of their ids.

use serde::{Deserialize, Serialize};

use gix::ObjectId;

use crate::model::Coverage;

/// What is known about an object that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::source::git) enum Sight {
    /// Only its id is needed: it was missing, or could not be read.
    Named,
    /// A blob of text.
    Text,
    /// A blob that is not text.
    Binary,
    /// A blob that is not text and in which something was found. The findings are not kept, so it is scanned each time.
    Container,
    /// A blob that is not text but holds texts, in which nothing was found.
    Archive,
    /// A commit.
    Commit,
    /// An annotated tag.
    Tag,
    /// A tree.
    Tree,
}

impl Sight {
    fn code(self) -> u8 {
        match self {
            Self::Named => 0,
            Self::Text => 1,
            Self::Binary => 2,
            Self::Commit => 3,
            Self::Tag => 4,
            Self::Tree => 5,
            Self::Container => 6,
            Self::Archive => 7,
        }
    }

    fn of_code(code: u8) -> Option<Self> {
        let all = [
            Self::Named,
            Self::Text,
            Self::Binary,
            Self::Commit,
            Self::Tag,
            Self::Tree,
            Self::Container,
            Self::Archive,
        ];
        all.into_iter().find(|sight| sight.code() == code)
    }
}

/// One object.
#[derive(Debug, Clone, Copy)]
pub(in crate::source::git) struct Sighted {
    pub(in crate::source::git) id: ObjectId,
    pub(in crate::source::git) sight: Sight,
    /// How many bytes of it were scanned; for an archive, combined with the number of its texts.
    pub(in crate::source::git) bytes: u64,
}

/// The bit at which the number of texts begins, for an archive.
const MEMBERS: u32 = 40;

impl Sighted {
    /// Makes an entry for an object of which no byte was scanned as text.
    pub(in crate::source::git) fn of(id: ObjectId, sight: Sight) -> Self {
        let bytes = 0;
        Self { id, sight, bytes }
    }

    /// Makes an entry for an archive in which nothing was found; if the numbers do not fit, it is scanned again.
    pub(in crate::source::git) fn archive(id: ObjectId, members: u64, bytes: u64) -> Self {
        let fits = bytes >> MEMBERS == 0 && members >> (u64::BITS - MEMBERS) == 0;
        Self {
            id,
            sight: if fits {
                Sight::Archive
            } else {
                Sight::Container
            },
            bytes: if fits { members << MEMBERS | bytes } else { 0 },
        }
    }
}

/// Objects by id. The rest of a cache refers to objects by their positions in this table.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(in crate::source::git) struct Table {
    /// 20 or 32.
    id_len: u8,
    #[serde(with = "serde_bytes")]
    ids: Vec<u8>,
    #[serde(with = "serde_bytes")]
    sights: Vec<u8>,
    bytes: Vec<u64>,
    /// By the first bits of an id: the position behind the last id that begins with them. Not stored.
    #[serde(skip)]
    fanout: Vec<u32>,
}

/// The most first bits of an id that are used for lookups.
const MOST_FANOUT: u32 = 20;

impl Table {
    /// Returns an empty table.
    pub(super) fn empty(hash: gix::hash::Kind) -> Self {
        let mut table = Self {
            id_len: u8::try_from(hash.len_in_bytes()).unwrap_or(0),
            ..Self::default()
        };
        table.index();
        table
    }

    /// Returns the objects whose positions `keep` accepts, together with the `new` ones, which may come in any order
    /// and more than once.
    pub(super) fn merged(&self, keep: &dyn Fn(usize) -> bool, mut new: Vec<Sighted>) -> Self {
        new.sort_unstable_by_key(|object| object.id);
        new.dedup_by_key(|object| object.id);
        let mut merged = Self::empty_like(self, self.len() + new.len());
        let mut at = 0;
        for object in new {
            let id = object.id.as_bytes();
            while at < self.len() && self.raw(at) < id {
                merged.copy(self, at, keep);
                at += 1;
            }
            // Seen again, for example after it was only named.
            if at < self.len() && self.raw(at) == id {
                at += 1;
            }
            merged.push(id, object.sight.code(), object.bytes);
        }
        for at in at..self.len() {
            merged.copy(self, at, keep);
        }
        merged.index();
        merged
    }

    fn empty_like(other: &Self, capacity: usize) -> Self {
        Self {
            id_len: other.id_len,
            ids: Vec::with_capacity(capacity * usize::from(other.id_len)),
            sights: Vec::with_capacity(capacity),
            bytes: Vec::with_capacity(capacity),
            fanout: Vec::new(),
        }
    }

    fn copy(&mut self, from: &Self, at: usize, keep: &dyn Fn(usize) -> bool) {
        if keep(at) {
            self.push(from.raw(at), from.sights[at], from.bytes[at]);
        }
    }

    fn push(&mut self, id: &[u8], sight: u8, bytes: u64) {
        self.ids.extend_from_slice(id);
        self.sights.push(sight);
        self.bytes.push(bytes);
    }

    /// Prepares a table that was read; `None` if it contradicts itself or has another kind of ids.
    pub(super) fn checked(mut self, id_len: usize) -> Option<Self> {
        let len = self.sights.len();
        let is_whole = usize::from(self.id_len) == id_len
            && self.ids.len() == len * id_len
            && self.bytes.len() == len
            && self
                .sights
                .iter()
                .all(|code| Sight::of_code(*code).is_some());
        let ascend = |at: usize| {
            let (before, own) = (self.raw(at - 1), self.raw(at));
            prefix(before) < prefix(own) || before < own
        };
        let is_sorted = is_whole && (1..len).all(ascend);
        if !is_sorted {
            return None;
        }
        self.index();
        Some(self)
    }

    /// Whether its ids have this many bytes.
    pub(super) fn is_for(&self, id_len: usize) -> bool {
        usize::from(self.id_len) == id_len
    }

    fn index(&mut self) {
        let bits = self.len().max(1).ilog2().clamp(1, MOST_FANOUT);
        let mut fanout = vec![0; 1 << bits];
        for at in 0..self.len() {
            fanout[first_bits(self.raw(at), bits)] += 1;
        }
        let mut total = 0;
        for count in &mut fanout {
            total += *count;
            *count = total;
        }
        self.fanout = fanout;
    }

    pub(in crate::source::git) fn len(&self) -> usize {
        self.sights.len()
    }

    /// Returns the bytes of the id at a position.
    pub(super) fn raw(&self, at: usize) -> &[u8] {
        let len = usize::from(self.id_len);
        &self.ids[at * len..(at + 1) * len]
    }

    /// Returns the id at a position.
    pub(super) fn id(&self, at: u32) -> Option<ObjectId> {
        let at = at as usize;
        (at < self.len()).then(|| ObjectId::try_from(self.raw(at)).ok())?
    }

    pub(in crate::source::git) fn sight(&self, at: usize) -> Sight {
        Sight::of_code(self.sights[at]).unwrap_or(Sight::Named)
    }

    /// Returns the position of an object, whether seen or only named.
    pub(in crate::source::git) fn position(&self, id: &gix::oid) -> Option<u32> {
        let bits = self.fanout.len().max(2).ilog2();
        let first = first_bits(id.as_bytes(), bits);
        let end = *self.fanout.get(first)? as usize;
        let mut start = first
            .checked_sub(1)
            .map_or(0, |before| self.fanout[before] as usize);
        let mut len = end - start;
        while len > 0 {
            let half = len / 2;
            match self.raw(start + half).cmp(id.as_bytes()) {
                std::cmp::Ordering::Less => {
                    start += half + 1;
                    len -= half + 1;
                }
                std::cmp::Ordering::Equal => return u32::try_from(start + half).ok(),
                std::cmp::Ordering::Greater => len = half,
            }
        }
        None
    }

    /// Returns whether an object was scanned.
    pub(in crate::source::git) fn has_seen(&self, id: &gix::oid) -> bool {
        self.position(id)
            .is_some_and(|at| self.sight(at as usize) != Sight::Named)
    }

    /// Returns whether an object need not be scanned again.
    pub(in crate::source::git) fn is_done(&self, id: &gix::oid) -> bool {
        self.position(id)
            .map(|at| self.sight(at as usize))
            .is_some_and(|sight| !matches!(sight, Sight::Named | Sight::Container))
    }

    /// Returns whether an object is known to need scanning each time.
    pub(super) fn is_open(&self, object: &Sighted) -> bool {
        let at = self.position(&object.id);
        let before = at.map(|at| self.sight(at as usize));
        object.sight == Sight::Container && before == Some(Sight::Container)
    }

    /// Returns, by position, whether an object has been encountered again: none has yet, but those known only by id
    /// need not be.
    pub(in crate::source::git) fn nothing_yet(&self) -> Vec<bool> {
        (0..self.len())
            .map(|at| self.sight(at) == Sight::Named)
            .collect()
    }

    /// Walks `ids`, which ascend, marks in `present` those that were seen, and passes on those that must be scanned.
    pub(in crate::source::git) fn part<'i>(
        &self,
        ids: impl Iterator<Item = &'i gix::oid>,
        present: &mut [bool],
        mut unseen: impl FnMut(&'i gix::oid),
    ) {
        let mut at = 0;
        for id in ids {
            // The first eight bytes nearly always decide.
            let prefix = prefix(id.as_bytes());
            while at < self.len() {
                let own = self.raw(at);
                let own_prefix = self::prefix(own);
                if own_prefix > prefix || (own_prefix == prefix && own >= id.as_bytes()) {
                    break;
                }
                at += 1;
            }
            let is_seen =
                at < self.len() && self.raw(at) == id.as_bytes() && self.sight(at) != Sight::Named;
            if is_seen {
                present[at] = true;
            }
            if !is_seen || self.sight(at) == Sight::Container {
                unseen(id);
            }
        }
    }

    /// Returns the coverage of the scan that saw the objects, counting those that still exist.
    pub(in crate::source::git) fn coverage(&self, present: &[bool]) -> Coverage {
        let mut coverage = Coverage::default();
        for at in (0..self.len()).filter(|at| present[*at]) {
            let counted = match self.sight(at) {
                Sight::Text => &mut coverage.blobs,
                Sight::Binary => &mut coverage.binary,
                Sight::Commit => &mut coverage.commits,
                Sight::Tag => &mut coverage.tags,
                Sight::Archive => {
                    coverage.binary += 1;
                    coverage.members += self.bytes[at] >> MEMBERS;
                    coverage.bytes += self.bytes[at] & ((1 << MEMBERS) - 1);
                    continue;
                }
                // Counted when it is scanned again.
                Sight::Tree | Sight::Named | Sight::Container => continue,
            };
            *counted += 1;
            coverage.bytes += self.bytes[at];
        }
        coverage
    }
}

/// Returns the first bits of an id as a number.
fn first_bits(id: &[u8], bits: u32) -> usize {
    usize::try_from(prefix(id) >> (u64::BITS - bits)).unwrap_or(usize::MAX)
}

fn prefix(id: &[u8]) -> u64 {
    id.first_chunk()
        .map_or(0, |first| u64::from_be_bytes(*first))
}
