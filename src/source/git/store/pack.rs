//! One pack: the objects in it, and which of them are built upon which.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use gix::odb::pack::data::entry::Header;
use gix::odb::pack::{data, multi_index};
use rayon::prelude::*;

use crate::source::git::forest::{Forest, Link, Offsets, Orphan, OrphanCause};
use crate::source::git::names::Names;

/// Means "no node": a root's parent, or a base outside the pack.
pub(in crate::source::git) const NONE: u32 = u32::MAX;

/// The kind of a git object.
pub(in crate::source::git) type Kind = gix::objs::Kind;

/// A pack and the index that names its objects.
pub(in crate::source::git) struct Pack {
    pub(in crate::source::git) data: data::File,
    pub(in crate::source::git) names: Arc<Names>,
}

impl Pack {
    /// Opens `stem.pack` with `stem.idx`, or with `shared` if there is no index of its own.
    pub(in crate::source::git) fn open(
        pack: &Path,
        hash: gix::hash::Kind,
        shared: Option<&Arc<multi_index::File>>,
    ) -> Result<Self, String> {
        let data = data::File::at(pack, hash).map_err(|error| one_line(&error))?;
        let names = Arc::new(Names::open(pack, hash, shared)?);
        Ok(Self { data, names })
    }

    /// Reads the header of every entry and joins each delta to its base.
    pub(in crate::source::git) fn forest(&self) -> Forest {
        let (offsets, names) = self.entries();
        // There are millions of entries, and orphans are very rare.
        let orphans = Mutex::new(Vec::new());
        let link = |node: u32| {
            let (link, cause) = self.link(offsets.get(node), &offsets);
            if let Some(cause) = cause {
                let mut orphans = orphans.lock().unwrap_or_else(PoisonError::into_inner);
                orphans.push(Orphan { node, cause });
            }
            link
        };
        let links = (0..to_u32(names.len())).into_par_iter().map(link).collect();
        let mut orphans = orphans.into_inner().unwrap_or_else(PoisonError::into_inner);
        orphans.sort_unstable_by_key(|orphan| orphan.node);
        Forest::new(offsets, names, links, orphans)
    }

    /// Returns where entries begin, in ascending order, and the positions of their names.
    fn entries(&self) -> (Offsets, Vec<u32>) {
        let names = 0..to_u32(self.names.len());
        let mut entries: Vec<(u64, u32)> = names
            .into_par_iter()
            .map(|name| (self.names.offset(name), name))
            .collect();
        entries.par_sort_unstable();
        let end = self.data.data_len() as u64;
        let offsets = Offsets::new(entries.iter().map(|entry| entry.0), end);
        (offsets, entries.into_iter().map(|entry| entry.1).collect())
    }

    fn link(&self, offset: u64, offsets: &Offsets) -> (Link, Option<OrphanCause>) {
        let entry = match self.data.entry(offset) {
            Ok(entry) => entry,
            Err(error) => return (Link::Lost, Some(OrphanCause::Damaged(one_line(&error)))),
        };
        let (base, cause) = match entry.header {
            Header::OfsDelta { base_distance } => {
                let base = entry.checked_base_pack_offset(base_distance);
                let base = base.and_then(|base| offsets.find(base));
                let damage = || OrphanCause::Damaged("its base is not in the pack".to_owned());
                (base, base.is_none().then(damage))
            }
            Header::RefDelta { base_id } => {
                let base = self.names.position(&base_id);
                let base = base.and_then(|name| offsets.find(self.names.offset(name)));
                let cause = base.is_none().then_some(OrphanCause::ForeignBase(base_id));
                (base, cause)
            }
            other => return (other.as_kind().map_or(Link::Lost, Link::Root), None),
        };
        (base.map_or(Link::Lost, Link::Delta), cause)
    }

    /// Returns the name of a node of the pack's forest.
    pub(in crate::source::git) fn id(&self, forest: &Forest, node: u32) -> ObjectId {
        self.names.id(forest.name(node))
    }
}

/// Returns an error and its causes in one line.
pub(in crate::source::git) fn one_line(error: &dyn std::fmt::Display) -> String {
    let text = error.to_string();
    text.lines().map(str::trim).collect::<Vec<_>>().join(": ")
}

/// Packs hold at most 2^32 - 1 objects, so numbers of nodes fit.
pub(in crate::source::git) fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(NONE)
}
