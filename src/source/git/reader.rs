//! Reads objects again that were scanned before: the text of a finding, the author of a commit.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use gix::ObjectId;

use crate::model::{self, CommitSummary, Origin};
use crate::source::memory::{self, Share};
use crate::source::{Text, decode};

/// Bases that deltas need again and again are kept up to this many bytes.
pub(super) const CACHED_BASES: usize = 16 << 20;

/// What was read, by the names of the objects, for other repositories that have them, too.
static KEPT: Mutex<Kept> = Mutex::new(Kept {
    limit: 0,
    bytes: 0,
    texts: BTreeMap::new(),
    commits: BTreeMap::new(),
});

struct Kept {
    /// Nothing is kept beyond so many bytes.
    limit: usize,
    bytes: usize,
    /// What is scanned of blobs.
    texts: BTreeMap<ObjectId, KeptText>,
    /// Commits and tags.
    commits: BTreeMap<ObjectId, Arc<Vec<u8>>>,
}

/// What is scanned of a blob.
struct KeptText {
    bytes: Arc<Vec<u8>>,
    /// Whether that is all of it, as it is stored.
    is_whole: bool,
}

impl Kept {
    fn keep(&mut self, id: ObjectId, text: KeptText) {
        self.bytes += text.bytes.len();
        self.texts.insert(id, text);
    }
}

/// Keeps what is read of objects, up to so many bytes, while this process lives: of forks, most are read by each.
pub fn keep_objects(limit: usize) {
    kept().limit = limit;
}

/// Returns whether what is read is kept.
pub(super) fn keeps_objects() -> bool {
    kept().limit > 0
}

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether there is room for an object, and it is what its name says: in another repository it must be nothing else.
fn is_kept(repo: &gix::Repository, id: ObjectId, object: &gix::ObjectDetached) -> bool {
    let has_room = {
        let kept = kept();
        let len = object.data.len();
        len <= kept.limit / 8 && kept.bytes + len <= kept.limit
    };
    let hash = || gix::objs::compute_hash(repo.object_hash(), object.kind, &object.data);
    has_room && hash().is_ok_and(|hash| hash == id)
}

/// Returns the bytes of a blob of text that was read before, of this repository or of another one, if `repo` has it.
pub(super) fn kept_blob(repo: &gix::Repository, id: ObjectId) -> Option<Arc<Vec<u8>>> {
    let known = {
        let kept = kept();
        let text = kept.texts.get(&id).filter(|text| text.is_whole)?;
        Arc::clone(&text.bytes)
    };
    repo.has_object(id).then_some(known)
}

/// Keeps a blob that was read, as [`keep_objects`] has it; gives back its bytes.
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

/// Reads single objects. Made once for each thread, since it keeps what the next object may be built upon.
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

    /// Returns what was scanned of a blob, commit or tag: its text, or its message; `None` when it is not there any
    /// more.
    pub fn read_text(&self, origin: &Origin) -> Option<Arc<Vec<u8>>> {
        match *origin {
            Origin::Blob(id) => self.blob(id),
            Origin::CommitMessage(id) => {
                let message = super::graph::message(&self.read(id)?)?.to_vec();
                Some(Arc::new(message))
            }
            Origin::TagMessage(id) => {
                let bytes = self.read(id)?;
                let tag = gix::objs::TagRef::from_bytes(&bytes, self.repo.object_hash());
                Some(Arc::new(tag.ok()?.message.to_vec()))
            }
            Origin::Worktree | Origin::Index | Origin::Stdin => None,
        }
    }

    /// The text of a blob; `None` when it is none, not there or damaged.
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

    /// The bytes of a commit or tag; `None` when it is not there or damaged.
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
