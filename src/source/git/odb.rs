//! All objects of a repository: packs and loose objects of its own folder and of its alternates.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gix::ObjectId;
use gix::odb::loose;
use gix::odb::pack::multi_index;

use super::pack::{Forest, Pack, one_line};
use crate::model::{Gap, GapKind};

/// The objects that are there, without their contents.
pub(super) struct Objects {
    pub(super) packs: Vec<(Pack, Forest)>,
    pub(super) loose: Vec<(loose::Store, Vec<ObjectId>)>,
    /// What could not be opened.
    pub(super) gaps: Vec<Gap>,
}

impl Objects {
    /// Lists the objects of `folder` (`.git/objects`) and of the folders that its `info/alternates` names.
    pub(super) fn open(folder: &Path, hash: gix::hash::Kind) -> Self {
        let mut objects = Self {
            packs: Vec::new(),
            loose: Vec::new(),
            gaps: Vec::new(),
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
        objects
    }

    /// How many objects there are, those that are stored twice counted twice.
    pub(super) fn len(&self) -> usize {
        let packed: usize = self.packs.iter().map(|(pack, _)| pack.len()).sum();
        packed + self.loose.iter().map(|(_, ids)| ids.len()).sum::<usize>()
    }

    /// Whether an object of pack `pack` stands in an earlier pack, too.
    pub(super) fn is_in_pack_before(&self, pack: usize, id: &gix::oid) -> bool {
        self.packs[..pack]
            .iter()
            .any(|(earlier, _)| earlier.contains(id))
    }

    /// Whether the object is there, damaged or not.
    pub(super) fn contains(&self, id: &gix::oid) -> bool {
        self.is_before_loose(self.loose.len(), id)
    }

    /// Whether a loose object of folder `folder` stands in a pack or in an earlier folder, too.
    pub(super) fn is_before_loose(&self, folder: usize, id: &gix::oid) -> bool {
        let earlier = &self.loose[..folder];
        self.is_in_pack_before(self.packs.len(), id)
            || earlier.iter().any(|(store, _)| store.contains(id))
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
                    let forest = pack.forest();
                    self.packs.push((pack, forest));
                }
                Err(reason) => self.gap(GapKind::Corrupt, &path, reason),
            }
        }
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
        self.loose.push((store, ids));
    }

    fn gap(&mut self, kind: GapKind, path: &Path, reason: String) {
        self.gaps.push(Gap {
            kind,
            place: path.display().to_string(),
            reason,
        });
    }
}
