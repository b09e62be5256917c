//! Reads objects again that were scanned before: the text of a finding, the author of a commit.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gix::ObjectId;

use crate::model::{self, CommitSummary, Origin};
use crate::source::memory::{self, Share};
use crate::source::{Text, decode};

/// How many bytes of delta bases are kept, which are needed again and again.
pub(super) const CACHED_BASES: usize = 16 << 20;

/// What was read, by object id, for other repositories that have the same objects.
static KEPT: Mutex<Kept> = Mutex::new(Kept {
    limit: 0,
    bytes: 0,
    texts: BTreeMap::new(),
    commits: BTreeMap::new(),
});

struct Kept {
    /// How many bytes may be kept.
    limit: usize,
    bytes: usize,
    /// The scanned text of blobs.
    texts: BTreeMap<ObjectId, KeptText>,
    /// Commits and tags.
    commits: BTreeMap<ObjectId, Arc<Vec<u8>>>,
}

/// The scanned text of a blob.
struct KeptText {
    bytes: Arc<Vec<u8>>,
    /// Whether that is the whole blob as it is stored.
    is_whole: bool,
}

impl Kept {
    fn keep(&mut self, id: ObjectId, text: KeptText) {
        self.bytes += text.bytes.len();
        self.texts.insert(id, text);
    }
}

/// Keeps the objects that are read, up to `limit` bytes, while this process lives: forks share most of them.
pub fn keep_objects(limit: usize) {
    kept().limit = limit;
}

/// Returns whether objects that are read are kept.
pub(super) fn keeps_objects() -> bool {
    kept().limit > 0
}

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether there is room for an object and its content matches its id: other repositories must get the same object.
fn is_kept(repo: &gix::Repository, id: ObjectId, object: &gix::ObjectDetached) -> bool {
    let has_room = {
        let kept = kept();
        let len = object.data.len();
        len <= kept.limit / 8 && kept.bytes + len <= kept.limit
    };
    let hash = || gix::objs::compute_hash(repo.object_hash(), object.kind, &object.data);
    has_room && hash().is_ok_and(|hash| hash == id)
}

/// Returns the bytes of a text blob that was read before, from this repository or another one, if `repo` has it.
pub(super) fn kept_blob(repo: &gix::Repository, id: ObjectId) -> Option<Arc<Vec<u8>>> {
    let known = {
        let kept = kept();
        let text = kept.texts.get(&id).filter(|text| text.is_whole)?;
        Arc::clone(&text.bytes)
    };
    repo.has_object(id).then_some(known)
}

/// Keeps a blob that was read, within the limit of [`keep_objects`]; returns its bytes.
pub(super) fn keep_blob(
    repo: &gix::Repository,
    object: gix::ObjectDetached,
    id: ObjectId,
) -> Arc<Vec<u8>> {
    let is_whole = keeps_objects()
        && matches!(decode(&object.data), Text::Utf8(Cow::Borrowed(text)) if text.len() == object.data.len());
    let is_kept = is_whole && is_kept(repo, id, &object);
    let bytes = Arc::new(object.data);
    if is_kept {
        let bytes = Arc::clone(&bytes);
        kept().keep(id, KeptText { bytes, is_whole });
    }
    bytes
}

/// Reads single objects. Make one per thread, since it caches what the next object may be built upon.
pub struct Reader {
    repo: gix::Repository,
}

impl Reader {
    pub(super) fn new(mut repo: gix::Repository) -> Self {
        repo.object_cache_size_if_unset(CACHED_BASES);
        Self { repo }
    }

    pub(super) fn repo(&self) -> &gix::Repository {
        &self.repo
    }

    /// Returns whether the object exists.
    pub fn has(&self, id: model::ObjectId) -> bool {
        ObjectId::try_from(id.as_bytes()).is_ok_and(|id| self.repo.has_object(id))
    }

    /// Returns the size of the object in bytes; `None` if it is missing or damaged.
    pub fn size(&self, id: model::ObjectId) -> Option<u64> {
        let header = self
            .repo
            .find_header(ObjectId::try_from(id.as_bytes()).ok()?);
        Some(header.ok()?.size())
    }

    /// Reserves memory for what [`read_text`](Self::read_text) reads, to be held while that is used.
    pub fn room_for(&self, origin: &Origin) -> Option<Share<'static>> {
        match *origin {
            Origin::Blob(id) => {
                let known = kept()
                    .texts
                    .get(&ObjectId::try_from(id.as_bytes()).ok()?)
                    .map(|known| known.bytes.len() as u64);
                memory::share(known.or_else(|| self.size(id))?)
            }
            _ => None,
        }
    }

    /// Returns what was scanned of a blob, commit or tag: its text, or its message; `None` if it no longer exists.
    pub fn read_text(&self, origin: &Origin) -> Option<Arc<Vec<u8>>> {
        match *origin {
            Origin::Blob(id) => self.blob(id),
            Origin::CommitMessage(id) => {
                let message = super::graph::message(&self.read(id)?)?.to_vec();
                Some(Arc::new(message))
            }
            Origin::TagMessage(id) => {
                let bytes = self.read(id)?;
                let message = super::graph::tag_message(&bytes, self.repo.object_hash());
                Some(Arc::new(message.ok()?.to_vec()))
            }
            Origin::Worktree | Origin::Index | Origin::Stdin => None,
        }
    }

    /// Returns the text of a blob; `None` if it is not text, missing or damaged.
    fn blob(&self, id: model::ObjectId) -> Option<Arc<Vec<u8>>> {
        let id = ObjectId::try_from(id.as_bytes()).ok()?;
        let known = kept().texts.get(&id).map(|known| Arc::clone(&known.bytes));
        if let Some(known) = known.filter(|_| self.repo.has_object(id)) {
            return Some(known);
        }
        let object = self.repo.find_object(id).ok()?.detach();
        let is_kept = is_kept(&self.repo, id, &object);
        let other = match decode(&object.data) {
            Text::Utf8(Cow::Borrowed(text)) if text.len() == object.data.len() => None,
            Text::Utf8(text) => Some(text.into_owned()),
            Text::Binary => return None,
        };
        let is_whole = other.is_none();
        let bytes = Arc::new(other.unwrap_or(object.data));
        if is_kept {
            let bytes = Arc::clone(&bytes);
            kept().keep(id, KeptText { bytes, is_whole });
        }
        Some(bytes)
    }

    /// Returns the bytes of a commit or tag; `None` if it is missing or damaged.
    fn read(&self, id: model::ObjectId) -> Option<Arc<Vec<u8>>> {
        let id = ObjectId::try_from(id.as_bytes()).ok()?;
        let known = kept().commits.get(&id).cloned();
        if let Some(known) = known.filter(|_| self.repo.has_object(id)) {
            return Some(known);
        }
        let object = self.repo.find_object(id).ok()?.detach();
        let is_kept = is_kept(&self.repo, id, &object);
        let bytes = Arc::new(object.data);
        if is_kept {
            let mut kept = kept();
            kept.bytes += bytes.len();
            kept.commits.insert(id, Arc::clone(&bytes));
        }
        Some(bytes)
    }

    pub(super) fn bytes(&self, id: ObjectId) -> Option<Vec<u8>> {
        Some(self.repo.find_object(id).ok()?.detach().data)
    }

    /// Returns who authored a commit, and when.
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
