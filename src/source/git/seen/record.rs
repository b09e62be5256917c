//! What a scan has seen, prepared for the next one.

use std::io;
use std::path::Path;
use std::sync::Arc;

use gix::ObjectId;
use serde_bytes::ByteBuf;

use super::{Body, Key, Lacking, Sight, Sighted, StoredBlob, StoredCommit, Table, file};
use crate::model::{self, Presence};
use crate::source::git::attribute::{Attribution, Attributions};
use crate::source::git::graph::Graph;
use crate::source::git::order::Order;
use crate::source::git::pack::to_u32;
use crate::source::git::trees::Missing;

/// The record is written again if at least one in this many objects is new: scanning an object takes about a hundred
/// times as long as writing it, and until it is written each scan does so.
const WORTH_WRITING: usize = 256;

/// What a scan has seen.
pub struct Record {
    hash: gix::hash::Kind,
    /// What an earlier scan has seen, and which of that still exists.
    earlier: Option<(Arc<Table>, Vec<bool>)>,
    /// What was seen in this scan, in no particular order.
    now: Vec<Sighted>,
    /// Blobs of which a part was not scanned.
    partial: Vec<(ObjectId, Lacking)>,
    commits: Vec<(ObjectId, ObjectId, Vec<ObjectId>, i64, Presence)>,
    missing: Vec<Missing>,
    blobs: Vec<RecordedBlob>,
    named: Vec<RecordedBlob>,
}

/// A blob with the commits and paths that have it.
struct RecordedBlob {
    id: ObjectId,
    places: Vec<(ObjectId, String)>,
    presence: Presence,
    witness: Option<ObjectId>,
}

impl Record {
    pub(in crate::source::git) fn new(
        hash: gix::hash::Kind,
        earlier: Option<(Arc<Table>, Vec<bool>)>,
        now: Vec<Sighted>,
        partial: Vec<(ObjectId, Lacking)>,
    ) -> Self {
        Self {
            hash,
            earlier,
            now,
            partial,
            commits: Vec::new(),
            missing: Vec::new(),
            blobs: Vec::new(),
            named: Vec::new(),
        }
    }

    /// Returns whether to write the record, given the number of new commits; `None` if the history has done more than
    /// grow.
    pub(in crate::source::git) fn is_worth_writing(&self, new_commits: Option<usize>) -> bool {
        match new_commits {
            None => true,
            Some(0) => !self.is_same() && !self.is_little(),
            Some(_) => !self.is_little(),
        }
    }

    /// Whether everything is as an earlier scan left it: nothing added, nothing gone.
    fn is_same(&self) -> bool {
        let earlier = self.earlier.as_ref();
        earlier.is_some_and(|(table, present)| {
            present.iter().all(|there| *there) && self.now.iter().all(|now| table.is_open(now))
        })
    }

    /// Whether so little was added or is gone that scanning it again costs less than writing everything.
    fn is_little(&self) -> bool {
        let Some((table, present)) = &self.earlier else {
            return false;
        };
        let gone = present.iter().filter(|there| !**there).count();
        let new = self.now.iter().filter(|now| !table.has_seen(&now.id));
        new.count().max(gone) * WORTH_WRITING <= table.len()
    }

    /// Notes the trees that were read.
    pub(in crate::source::git) fn add_trees(&mut self, ids: impl IntoIterator<Item = ObjectId>) {
        self.now.extend(ids.into_iter().map(|id| Sighted {
            id,
            sight: Sight::Tree,
            bytes: 0,
        }));
    }

    /// Notes what is known about commits.
    pub(in crate::source::git) fn add_commits(&mut self, graph: &Graph, order: &Order) {
        let commits = (0..).zip(&order.presence);
        let commits = commits.map(|(commit, presence)| {
            let (id, tree) = (graph.id(commit), graph.tree(commit));
            (
                id,
                tree,
                graph.parent_ids(commit),
                graph.time(commit),
                *presence,
            )
        });
        self.commits = commits.collect();
    }

    /// Notes what is missing, and where blobs come from.
    pub(in crate::source::git) fn add_origins(
        &mut self,
        missing: Vec<Missing>,
        attributions: &Attributions,
    ) {
        self.missing = missing;
        let blobs = attributions.blobs.iter();
        self.blobs = blobs.filter_map(recorded).collect();
        let named = attributions.named.iter();
        let named = named.map(|(id, named)| (id, &named.attribution));
        self.named = named.filter_map(recorded).collect();
    }

    /// Writes the record to `file`, for scans with the same `key`, together with the `payload` that the scan wants
    /// back.
    ///
    /// # Errors
    ///
    /// Fails if the file cannot be written; the old one is then unchanged.
    pub fn save(self, file: &Path, key: &Key, payload: Vec<u8>) -> io::Result<()> {
        let body = self.body(payload);
        let bytes = postcard::to_stdvec(&body).map_err(io::Error::other)?;
        file::write(file, key, &bytes)
    }

    fn body(self, payload: Vec<u8>) -> Body {
        let seen = match &self.earlier {
            Some((table, present)) => {
                let keep = |at: usize| present[at] && table.sight(at) != Sight::Named;
                table.merged(&keep, self.now)
            }
            None => Table::empty(self.hash).merged(&|_| true, self.now),
        };
        // Most objects that are only named are parents beyond the boundary of a shallow clone, so there are few.
        let mut named: Vec<ObjectId> = self.missing.iter().map(|missing| missing.id).collect();
        for (_, tree, parents, ..) in &self.commits {
            let all = parents.iter().chain([tree]);
            named.extend(all.filter(|id| seen.position(id).is_none()));
        }
        let named = named.into_iter().filter(|id| seen.position(id).is_none());
        let named = named.map(|id| Sighted {
            id,
            sight: Sight::Named,
            bytes: 0,
        });
        let named: Vec<Sighted> = named.collect();
        let table = if named.is_empty() {
            seen
        } else {
            seen.merged(&|_| true, named)
        };
        let at = |id: &ObjectId| table.position(id).unwrap_or(to_u32(table.len()));
        // A commit that could not be fully read is not among the objects, and is read again.
        let commits = self
            .commits
            .iter()
            .filter(|commit| table.has_seen(&commit.0));
        let commits = commits.map(|(id, tree, parents, time, presence)| StoredCommit {
            at: at(id),
            tree: at(tree),
            parents: parents.iter().map(at).collect(),
            time: *time,
            presence: *presence,
        });
        let commits = commits.collect();
        let missing = self.missing.iter().map(|missing| {
            let namer = missing.namer.and_then(|id| table.position(&id));
            (at(&missing.id), missing.is_tree, namer)
        });
        let missing = missing.collect();
        let stored = |blob: RecordedBlob| {
            let places = blob.places.into_iter();
            let places = places.map(|(commit, path)| (at(&commit), path));
            StoredBlob {
                at: at(&blob.id),
                places: places.collect(),
                presence: blob.presence,
                witness: blob.witness.as_ref().map(at),
            }
        };
        let blobs = self.blobs.into_iter().map(stored).collect();
        // What was not scanned, because it is too large or missing, is encountered again.
        let named = self.named.into_iter();
        let named = named.filter(|blob| table.has_seen(&blob.id));
        let named = named.map(stored).collect();
        // A blob that is scanned again will report again what it lacks.
        let partial = self.partial.into_iter();
        let partial = partial.filter(|(id, _)| table.is_done(id));
        let partial = partial.map(|(id, lacking)| (at(&id), lacking)).collect();
        Body {
            table,
            commits,
            missing,
            blobs,
            named,
            partial,
            payload: ByteBuf::from(payload),
        }
    }
}

fn recorded((id, blob): (&model::ObjectId, &Attribution)) -> Option<RecordedBlob> {
    let git_id = |id: &model::ObjectId| ObjectId::try_from(id.as_bytes()).ok();
    let places = blob.places.iter();
    let places = places.filter_map(|place| Some((git_id(&place.commit)?, place.path.clone())));
    Some(RecordedBlob {
        id: git_id(id)?,
        places: places.collect(),
        presence: blob.presence,
        witness: blob.witness,
    })
}
