//! What a scan has seen, put together for the next one.

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

/// What was seen is written again when at least one in so many of the objects is new: to see one again takes about a
/// hundred times as long as to write it, and until then each scan does.
const WORTH_WRITING: usize = 256;

/// What a scan has seen.
pub struct Record {
    hash: gix::hash::Kind,
    /// What an earlier scan has seen, and what of that is still there.
    earlier: Option<(Arc<Table>, Vec<bool>)>,
    /// What was seen now, in no order.
    now: Vec<Sighted>,
    /// Blobs of which a part was not looked at.
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

    /// Returns whether it is to be written, where so many commits are new; none where history has not only grown.
    pub(in crate::source::git) fn is_worth_writing(&self, new_commits: Option<usize>) -> bool {
        match new_commits {
            None => true,
            Some(0) => !self.is_same() && !self.is_little(),
            Some(_) => !self.is_little(),
        }
    }

    /// Whether all is as an earlier scan has left it: nothing has come, and nothing has gone.
    fn is_same(&self) -> bool {
        let earlier = self.earlier.as_ref();
        earlier.is_some_and(|(table, present)| {
            present.iter().all(|there| *there) && self.now.iter().all(|now| table.is_open(now))
        })
    }

    /// Whether so little has come or gone that the next scan sees it again for less than it takes to write all.
    fn is_little(&self) -> bool {
        let Some((table, present)) = &self.earlier else {
            return false;
        };
        let gone = present.iter().filter(|there| !**there).count();
        let new = self.now.iter().filter(|now| !table.has_seen(&now.id));
        new.count().max(gone) * WORTH_WRITING <= table.len()
    }

    /// Notes trees that were read.
    pub(in crate::source::git) fn add_trees(&mut self, ids: impl IntoIterator<Item = ObjectId>) {
        self.now.extend(ids.into_iter().map(|id| Sighted {
            id,
            sight: Sight::Tree,
            bytes: 0,
        }));
    }

    /// Notes what is known of commits.
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

    /// Writes it to `file`, for scans with the same `key`, together with what the scan wants to know again.
    ///
    /// # Errors
    ///
    /// The file cannot be written; what was there before is then still there.
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
        // What is only named is mostly a parent beyond the boundary of a shallow clone, so there is little of it.
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
        // One that could not be read whole is not among the objects, and is read again.
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
        // What was not scanned, because it is too large or not there, is come by again.
        let named = self.named.into_iter();
        let named = named.filter(|blob| table.has_seen(&blob.id));
        let named = named.map(stored).collect();
        // What is looked into again lacks it again.
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
