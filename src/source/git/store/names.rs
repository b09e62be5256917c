//! The names of the objects in a pack, in ascending order.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use gix::ObjectId;
use gix::odb::pack::{index, multi_index};

use crate::source::git::buckets::Buckets;
use crate::source::git::pack::{one_line, to_u32};

/// The names of a pack's objects, by position in ascending order. They are read from git's own index files and never
/// copied.
pub(in crate::source::git) struct Names {
    written: Written,
    /// Built at the first lookup by name: a walk through a single pack never needs it.
    buckets: OnceLock<Buckets>,
}

/// Where the names are stored.
enum Written {
    /// In the pack's own index.
    Own(Box<index::File>),
    /// In the multi-pack index: offsets in the pack with the numbers of the names there, which ascend. Used only for
    /// packs without an index of their own.
    Shared(Arc<multi_index::File>, Vec<(u64, u32)>),
}

impl Names {
    /// Opens the index of `pack`, or uses `shared` if it has none of its own.
    pub(in crate::source::git) fn open(
        pack: &Path,
        hash: gix::hash::Kind,
        shared: Option<&Arc<multi_index::File>>,
    ) -> Result<Self, String> {
        let own = pack.with_extension("idx");
        let written = if own.exists() {
            let index = index::File::at(&own, hash).map_err(|error| one_line(&error))?;
            Written::Own(Box::new(index))
        } else {
            let shared = shared.ok_or("its index is missing: run `git index-pack` on it")?;
            Written::Shared(Arc::clone(shared), shared_offsets(shared, &own)?)
        };
        let buckets = OnceLock::new();
        Ok(Self { written, buckets })
    }

    /// Returns how many names there are.
    pub(in crate::source::git) fn len(&self) -> usize {
        match &self.written {
            Written::Own(index) => index.num_objects() as usize,
            Written::Shared(_, offsets) => offsets.len(),
        }
    }

    /// Returns the name at a position.
    pub(in crate::source::git) fn get(&self, at: u32) -> &gix::oid {
        match &self.written {
            Written::Own(index) => index.oid_at_index(at),
            Written::Shared(index, offsets) => index.oid_at_index(offsets[at as usize].1),
        }
    }

    /// Returns the name at a position.
    pub(in crate::source::git) fn id(&self, at: u32) -> ObjectId {
        self.get(at).to_owned()
    }

    /// Returns all names.
    pub(in crate::source::git) fn iter(&self) -> impl Iterator<Item = &gix::oid> {
        (0..to_u32(self.len())).map(|at| self.get(at))
    }

    /// Returns the offset in the pack of the object at a position, in bytes.
    pub(in crate::source::git) fn offset(&self, at: u32) -> u64 {
        match &self.written {
            Written::Own(index) => index.pack_offset_at_index(at),
            Written::Shared(_, offsets) => offsets[at as usize].0,
        }
    }

    /// Returns the position of a name.
    pub(in crate::source::git) fn position(&self, id: &gix::oid) -> Option<u32> {
        let all = || Buckets::new(self.len(), self.iter().map(gix::oid::as_bytes));
        let buckets = self.buckets.get_or_init(all);
        buckets.find(id.as_bytes(), |at| self.get(at).as_bytes())
    }

    /// Returns whether a name is among them.
    pub(in crate::source::git) fn contains(&self, id: &gix::oid) -> bool {
        self.position(id).is_some()
    }
}

/// Returns the entries in a multi-pack index for the pack whose own index would be called `index`.
fn shared_offsets(shared: &multi_index::File, index: &Path) -> Result<Vec<(u64, u32)>, String> {
    let file_name = index.file_name().map(PathBuf::from);
    let pack = shared
        .index_names()
        .iter()
        .position(|name| Some(name) == file_name.as_ref())
        .ok_or("it has no index and is not in the multi-pack index")?;
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
