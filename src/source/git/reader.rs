//! Reads objects again that were scanned before: the text of a finding, the author of a commit.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gix::ObjectId;

use crate::model::{self, CommitSummary, Origin};
use crate::source::memory::{self, Share};
use crate::source::{Text, decode};

/// Bases that deltas need again and again are kept up to this many bytes.
pub(super) const CACHED_BASES: usize = 16 << 20;

/// Objects that were read, by their names, for other repositories that have them, too.
static KEPT: Mutex<Kept> = Mutex::new(Kept {
    limit: 0,
    bytes: 0,
    objects: BTreeMap::new(),
});

struct Kept {
    /// Nothing is kept beyond so many bytes.
    limit: usize,
    bytes: usize,
    objects: BTreeMap<ObjectId, Arc<Vec<u8>>>,
}

/// Keeps what is read of objects, up to so many bytes, while this process lives: of forks, most are read by each.
pub fn keep_objects(limit: usize) {
    kept().limit = limit;
}

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Reads single objects. Made once for each thread, since it keeps what the next object may be built upon.
pub struct Reader {
    repo: gix::Repository,
}

impl Reader {
    pub(super) fn new(mut repo: gix::Repository) -> Self {
        repo.object_cache_size_if_unset(CACHED_BASES);
        Self { repo }
    }

    /// Returns whether the object is there.
    pub fn has(&self, id: model::ObjectId) -> bool {
        ObjectId::try_from(id.as_bytes()).is_ok_and(|id| self.repo.has_object(id))
    }

    /// Returns how many bytes the object has; `None` when it is not there or damaged.
    pub fn size(&self, id: model::ObjectId) -> Option<u64> {
        let header = self
            .repo
            .find_header(ObjectId::try_from(id.as_bytes()).ok()?);
        Some(header.ok()?.size())
    }

    /// Room for what [`read_text`](Self::read_text) reads, to be kept while it is used.
    pub fn room_for(&self, origin: &Origin) -> Option<Share<'static>> {
        match *origin {
            Origin::Blob(id) => memory::share(self.size(id)?),
            _ => None,
        }
    }

    /// Returns what was scanned of a blob, commit or tag: its text, or its message; `None` when it is not there any
    /// more.
    pub fn read_text(&self, origin: &Origin) -> Option<Vec<u8>> {
        match *origin {
            Origin::Blob(id) => match decode(&self.read(id)?) {
                Text::Utf8(text) => Some(text.into_owned()),
                Text::Binary => None,
            },
            Origin::CommitMessage(id) => Some(super::graph::message(&self.read(id)?)?.to_vec()),
            Origin::TagMessage(id) => {
                let bytes = self.read(id)?;
                Some(
                    gix::objs::TagRef::from_bytes(&bytes, self.repo.object_hash())
                        .ok()?
                        .message
                        .to_vec(),
                )
            }
            Origin::Worktree | Origin::Index | Origin::Stdin => None,
        }
    }

    /// The bytes of an object; `None` when it is not there or damaged.
    fn read(&self, id: model::ObjectId) -> Option<Vec<u8>> {
        let id = ObjectId::try_from(id.as_bytes()).ok()?;
        let (limit, known) = {
            let kept = kept();
            (kept.limit, kept.objects.get(&id).cloned())
        };
        if let Some(known) = known
            && self.repo.has_object(id)
        {
            return Some(known.to_vec());
        }
        let object = self.repo.find_object(id).ok()?.detach();
        if limit > 0 && object.data.len() <= limit / 8 {
            self.keep(id, &object);
        }
        Some(object.data)
    }

    /// Keeps an object that is what its name says: in another repository it must be nothing else.
    fn keep(&self, id: ObjectId, object: &gix::ObjectDetached) {
        let hash = gix::objs::compute_hash(self.repo.object_hash(), object.kind, &object.data);
        let mut kept = kept();
        let bytes = kept.bytes + object.data.len();
        if hash.is_ok_and(|hash| hash == id) && bytes <= kept.limit {
            kept.bytes = bytes;
            kept.objects.insert(id, Arc::new(object.data.clone()));
        }
    }

    pub(super) fn bytes(&self, id: ObjectId) -> Option<Vec<u8>> {
        Some(self.repo.find_object(id).ok()?.detach().data)
    }

    /// Who made a commit, and when.
    pub fn commit_summary(&self, id: model::ObjectId) -> Option<CommitSummary> {
        let bytes = self.read(id)?;
        let commit = gix::objs::CommitRefIter::from_bytes(&bytes, self.repo.object_hash());
        let author = commit.author().ok()?;
        let date = author
            .time()
            .ok()
            .and_then(|time| time.format(gix::date::time::format::ISO8601_STRICT).ok());
        Some(CommitSummary {
            id,
            author: author.name.to_string(),
            email: author.email.to_string(),
            date: date.unwrap_or_default(),
        })
    }
}
