//! All objects of a repository: packs and loose objects in its own object directory and its alternates.

use std::cmp::Reverse;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::ObjectId;
use gix::odb::loose;
use gix::odb::pack::multi_index;
use rayon::prelude::*;

use crate::model::{Gap, GapKind};
use crate::source::git::bits::Bits;
use crate::source::git::forest::Forest;
use crate::source::git::pack::{Pack, one_line};
use crate::source::git::seen::{Sight, Table};

/// The existing objects, without their contents.
pub(in crate::source::git) struct Objects {
    /// The packs with the most objects come first.
    pub(in crate::source::git) packs: Vec<(Pack, Forest)>,
    /// For each pack, by position of the name: whether an earlier pack has the object, too.
    copies: Vec<Bits>,
    pub(in crate::source::git) loose: Vec<(loose::Store, Arc<Vec<ObjectId>>)>,
    /// New objects in packs that were almost entirely seen before: reading them one by one costs less than walking the
    /// packs.
    pub(in crate::source::git) singles: Vec<ObjectId>,
    /// What an earlier scan has seen.
    pub(in crate::source::git) seen: Option<Arc<Table>>,
    /// By position in `seen`: whether the object still exists.
    pub(in crate::source::git) present: Vec<bool>,
    /// What could not be opened.
    pub(in crate::source::git) gaps: Vec<Gap>,
    /// The directory of the repository's own packs.
    own_packs: PathBuf,
}

/// A pack is walked if at least one in this many of its objects is new.
const WORTH_A_WALK: usize = 16;

impl Objects {
    /// Lists the objects of `folder` (`.git/objects`) and of the directories that its `info/alternates` names. Objects
    /// in `seen` are noted as present, but not walked again.
    pub(in crate::source::git) fn open(
        folder: &Path,
        hash: gix::hash::Kind,
        seen: Option<Arc<Table>>,
    ) -> Self {
        let present = seen
            .as_ref()
            .map_or_else(Vec::new, |table| table.nothing_yet());
        let mut objects = Self {
            packs: Vec::new(),
            copies: Vec::new(),
            loose: Vec::new(),
            singles: Vec::new(),
            seen,
            present,
            gaps: Vec::new(),
            own_packs: folder.join("pack"),
        };
        let mut folders = vec![folder.to_owned()];
        match gix::odb::alternate::resolve(folder.to_owned(), folder) {
            Ok(alternates) => folders.extend(alternates),
            Err(error) => objects.gap(
                GapKind::Missing,
                &folder.join("info/alternates"),
                one_line(&error),
            ),
        }
        for folder in folders {
            objects.open_packs(&folder.join("pack"), hash);
            objects.list_loose(folder, hash);
        }
        // The packs with the most objects are asked first, otherwise in the order of their names.
        objects
            .packs
            .sort_by_key(|(pack, _)| Reverse(pack.names.len()));
        objects.note_copies();
        // Several packs may hold the same object.
        objects.singles.sort_unstable();
        objects.singles.dedup();
        objects
    }

    /// Returns how many objects are to be walked; copies count, too.
    pub(in crate::source::git) fn unseen(&self) -> usize {
        let packed: usize = self.packs.iter().map(|(_, forest)| forest.len()).sum();
        let loose: usize = self.loose.iter().map(|(_, ids)| ids.len()).sum();
        packed + loose + self.singles.len()
    }

    /// Returns whether an earlier scan has seen the object, and it still exists.
    pub(in crate::source::git) fn has_seen_and_has(&self, id: &gix::oid) -> bool {
        let table = self.seen.as_ref();
        let at = table.and_then(|table| Some((table, table.position(id)? as usize)));
        at.is_some_and(|(table, at)| self.present[at] && table.sight(at) != Sight::Named)
    }

    /// Returns whether an earlier scan has seen the object, and it need not be scanned again.
    pub(in crate::source::git) fn is_done(&self, id: &gix::oid) -> bool {
        self.seen.as_ref().is_some_and(|table| table.is_done(id))
    }

    /// Marks the objects that are in several packs, so that the walk need not look up each one.
    fn note_copies(&mut self) {
        let names: Vec<_> = self.packs.iter().map(|(pack, _)| &pack.names).collect();
        let copies = (0..names.len()).into_par_iter().map(|pack| {
            if pack == 0 {
                return Bits::default();
            }
            let mut copies = Bits::new(names[pack].len());
            for (at, id) in (0..).zip(names[pack].iter()) {
                if names[..pack].iter().any(|earlier| earlier.contains(id)) {
                    copies.insert(at);
                }
            }
            copies
        });
        self.copies = copies.collect();
    }

    /// Returns whether the object at a position among the names of pack `pack` is in an earlier pack, too.
    pub(in crate::source::git) fn is_copy(&self, pack: usize, position: u32) -> bool {
        self.copies[pack].contains(position)
    }

    /// Returns whether the repository borrows objects from others.
    pub(in crate::source::git) fn has_alternates(&self) -> bool {
        self.loose.len() > 1
    }

    /// Returns whether the object is in the repository's own directory, and not only in one that it borrows from.
    pub(in crate::source::git) fn is_own(&self, id: &gix::oid) -> bool {
        let is_own = |pack: &Pack| pack.data.path().parent() == Some(&self.own_packs);
        let mut packs = self.packs.iter();
        packs.any(|(pack, _)| is_own(pack) && pack.names.contains(id))
            || self
                .loose
                .first()
                .is_some_and(|(store, _)| store.contains(id))
    }

    fn is_in_pack(&self, id: &gix::oid) -> bool {
        self.packs.iter().any(|(pack, _)| pack.names.contains(id))
    }

    /// Frees what only a walk needs.
    pub(in crate::source::git) fn end_walks(&mut self) {
        for (_, forest) in &mut self.packs {
            *forest = Forest::default();
        }
    }

    /// Returns whether the object exists, damaged or not.
    pub(in crate::source::git) fn contains(&self, id: &gix::oid) -> bool {
        self.is_before_loose(self.loose.len(), id)
    }

    /// Returns whether a loose object of directory `folder` is also in a pack or an earlier directory.
    pub(in crate::source::git) fn is_before_loose(&self, folder: usize, id: &gix::oid) -> bool {
        let earlier = &self.loose[..folder];
        self.is_in_pack(id) || earlier.iter().any(|(store, _)| store.contains(id))
    }

    fn open_packs(&mut self, folder: &Path, hash: gix::hash::Kind) {
        let shared = multi_index::File::at(folder.join("multi-pack-index"), None)
            .ok()
            .map(Arc::new);
        let mut paths: Vec<PathBuf> = fs::read_dir(folder)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| {
                path.extension()
                    .is_some_and(|extension| extension == "pack")
            })
            .collect();
        paths.sort();
        for path in paths {
            match Pack::open(&path, hash, shared.as_ref()) {
                Ok(pack) => {
                    let forest = self.forest(&pack);
                    self.packs.push((pack, forest));
                }
                Err(reason) => self.gap(GapKind::Corrupt, &path, reason),
            }
        }
    }

    /// Returns what to walk of a pack: all of it, or nothing if little or none of it is new.
    fn forest(&mut self, pack: &Pack) -> Forest {
        let Some(table) = &self.seen else {
            return pack.forest();
        };
        let mut unseen = Vec::new();
        table.part(pack.names.iter(), &mut self.present, |id| {
            unseen.push(id.to_owned());
        });
        if unseen.len() * WORTH_A_WALK >= pack.names.len().max(1) {
            return pack.forest();
        }
        self.singles.extend(unseen);
        Forest::default()
    }

    fn list_loose(&mut self, folder: PathBuf, hash: gix::hash::Kind) {
        let store = loose::Store::at(folder, hash);
        let mut ids = Vec::new();
        for id in store.iter() {
            match id {
                Ok(id) => ids.push(id),
                Err(error) => {
                    let path = store.path().to_owned();
                    self.gap(GapKind::Unreadable, &path, one_line(&error));
                }
            }
        }
        ids.sort_unstable();
        if let Some(table) = &self.seen {
            let mut unseen = Vec::new();
            let all = ids.iter().map(AsRef::as_ref);
            table.part(all, &mut self.present, |id| unseen.push(id.to_owned()));
            ids = unseen;
        }
        self.loose.push((store, Arc::new(ids)));
    }

    fn gap(&mut self, kind: GapKind, path: &Path, reason: String) {
        self.gaps
            .push(Gap::new(kind, path.display().to_string(), reason));
    }
}
