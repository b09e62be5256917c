//! The cache of what was seen: where it is kept, what it is good for, and the findings in it.
//!
//! Of a finding it keeps the rule and the place in the object, and which others have the same secret, but no byte of
//! any text: those are read from the repository again. Of what was not sure enough to be a finding it keeps 16 bits of a
//! hash, by which it is counted.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;
use sha2::{Digest, Sha256};

use crate::audit::{self, Policy};
use crate::detect::{Detector, Match};
use crate::model::{ObjectId, Origin, Secret};
use crate::source::git::{Key, Reader, Record, Repo, Seen};
use crate::source::{Limits, slashed};

use super::history::Hit;

/// The cache for one repository.
pub(super) struct SeenCache {
    file: PathBuf,
    key: Key,
}

/// What is known of the findings of an earlier scan.
#[derive(Default)]
pub(super) struct Recalled {
    /// What was detected.
    pub(super) hits: Vec<Hit>,
    /// Blobs in which the audit of configuration has found something. They are few, and are audited again.
    pub(super) audited: BTreeSet<ObjectId>,
    /// The traces of what was not sure enough.
    pub(super) doubtful: Vec<u16>,
}

/// The same, as it is kept.
#[derive(Serialize, Deserialize)]
struct Payload {
    hits: Vec<StoredHit>,
    audited: Vec<ByteBuf>,
    doubtful: Vec<u16>,
}

/// The matches in one text, as they are kept.
#[derive(Serialize, Deserialize)]
struct StoredHit {
    kind: StoredKind,
    id: Vec<u8>,
    /// With the number of the secret; equal secrets have equal numbers.
    matches: Vec<(Match, u32)>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
enum StoredKind {
    Blob,
    Commit,
    Tag,
}

/// Where the cache for the repository at `path` is kept in `folder`; none where there is no repository.
///
/// One that has most of its objects from another may begin with a copy of that one's: what it does not have is left out.
pub fn cache_file(folder: &Path, path: &Path) -> Option<PathBuf> {
    let repo = Repo::open(path).ok().flatten()?;
    Some(file_of(folder, &repo))
}

fn file_of(folder: &Path, repo: &Repo) -> PathBuf {
    let name = Sha256::digest(repo.identity().as_bytes());
    let name = name
        .iter()
        .take(8)
        .fold(0, |name, byte| name << 8 | u64::from(*byte));
    folder.join(format!("{name:016x}.seen"))
}

impl SeenCache {
    /// Returns the cache for `repo` in `folder`, good for scans with this detector, this policy and these limits.
    pub(super) fn new(
        folder: &Path,
        repo: &Repo,
        detector: &Detector,
        policy: &Policy,
        limits: Limits,
    ) -> Self {
        let mut key = Sha256::new();
        key.update(env!("CARGO_PKG_VERSION"));
        // The form in which matches are kept, and what is known of where blobs are.
        key.update("matches/7");
        key.update(limits.max_file_size.to_le_bytes());
        key.update(limits.max_archive_depth.to_le_bytes());
        for part in [format!("{policy:?}"), format!("{:?}", audit::rules())] {
            key.update((part.len() as u64).to_le_bytes());
            key.update(part);
        }
        key.update(detector.description());
        Self {
            file: file_of(folder, repo),
            key: key.finalize().into(),
        }
    }

    /// Why it is neither read nor written, if the repository itself has brought it along: its author could have
    /// written that everything was seen.
    pub(super) fn refused(&self, repo: &Repo) -> Option<String> {
        let top = repo.worktree()?.canonicalize().ok()?;
        let file = std::path::absolute(&self.file).ok()?;
        // Through links above the working tree the same place is reached.
        let mut above = file.ancestors();
        let start = above.find(|folder| folder.canonicalize().is_ok_and(|it| it == top))?;
        let below = file.strip_prefix(start).ok()?;
        let links = below
            .ancestors()
            .filter(|part| !part.as_os_str().is_empty());
        let is_link = |part: &Path| {
            let metadata = std::fs::symlink_metadata(start.join(part));
            metadata.is_ok_and(|metadata| metadata.is_symlink())
        };
        let reason = if links.into_iter().any(is_link) {
            "a link in the scanned repository leads to it"
        } else if repo
            .tracked_files(&top)
            .is_ok_and(|files| files.contains(&slashed(below)))
        {
            "it is a file of the scanned repository"
        } else {
            return None;
        };
        let file = self.file.display();
        Some(format!(
            "{file}: cache not used, everything is scanned: {reason}"
        ))
    }

    /// What an earlier scan has left, with its hits.
    ///
    /// # Errors
    ///
    /// It cannot be used. The message is a warning, since all can be scanned again.
    pub(super) fn load(
        &self,
        repo: &Repo,
        detector: &Detector,
    ) -> Result<Option<(Arc<Seen>, Recalled)>, String> {
        let ignored = |reason| {
            let file = self.file.display();
            format!("{file}: cache ignored, everything is scanned: {reason}")
        };
        let Some(seen) = Seen::load(&self.file, &self.key, repo).map_err(ignored)? else {
            return Ok(None);
        };
        let rules = detector.rules().len();
        let recalled = recall(seen.payload(), &repo.reader(), rules);
        let recalled = recalled.ok_or_else(|| ignored("it is damaged".to_owned()))?;
        Ok(Some((seen, recalled)))
    }

    /// Leaves for the next scan what this one has seen and found.
    ///
    /// # Errors
    ///
    /// It cannot be written. The message is a warning, since this scan is not the worse for it.
    pub(super) fn save(
        &self,
        record: Record,
        hits: &[Hit],
        audited: &BTreeSet<ObjectId>,
        doubtful: Vec<u16>,
    ) -> Result<(), String> {
        record
            .save(&self.file, &self.key, stored(hits, audited, doubtful))
            .map_err(|error| {
                let file = self.file.display();
                format!("{file}: cannot write the cache: {error}")
            })
    }
}

fn stored(hits: &[Hit], audited: &BTreeSet<ObjectId>, doubtful: Vec<u16>) -> Vec<u8> {
    let mut numbers: FxHashMap<&Secret, u32> = FxHashMap::default();
    let mut sorted: Vec<&Hit> = hits.iter().collect();
    sorted.sort_by(|a, b| a.origin.cmp(&b.origin));
    // The text within a blob that is no text is found again.
    sorted.retain(|hit| hit.within.is_none());
    let stored = sorted.into_iter().filter_map(|hit| {
        let (kind, id) = match hit.origin {
            Origin::Blob(id) => (StoredKind::Blob, id),
            Origin::CommitMessage(id) => (StoredKind::Commit, id),
            Origin::TagMessage(id) => (StoredKind::Tag, id),
            Origin::Worktree | Origin::Index | Origin::Stdin => return None,
        };
        let matches = hit.matches.iter().map(|(found, secret)| {
            let next = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
            (found.clone(), *numbers.entry(secret).or_insert(next))
        });
        Some(StoredHit {
            kind,
            id: id.as_bytes().to_owned(),
            matches: matches.collect(),
        })
    });
    let audited = audited.iter();
    let payload = Payload {
        hits: stored.collect(),
        audited: audited
            .map(|id| ByteBuf::from(id.as_bytes().to_owned()))
            .collect(),
        doubtful,
    };
    // Numbers, ranges and bytes can always be written into memory.
    postcard::to_stdvec(&payload).unwrap_or_default()
}

/// The hits in texts that are still there; `None` when they contradict themselves or the repository.
fn recall(payload: &[u8], reader: &Reader, rules: usize) -> Option<Recalled> {
    let Payload {
        hits: stored,
        audited,
        doubtful,
    } = postcard::from_bytes(payload).ok()?;
    let audited = audited.iter().map(|id| ObjectId::from_bytes(id));
    let audited = audited.collect::<Option<_>>()?;
    let mut secrets: FxHashMap<u32, Secret> = FxHashMap::default();
    let mut hits = Vec::with_capacity(stored.len());
    for hit in stored {
        let id = ObjectId::from_bytes(&hit.id)?;
        let origin = match hit.kind {
            StoredKind::Blob => Origin::Blob(id),
            StoredKind::Commit => Origin::CommitMessage(id),
            StoredKind::Tag => Origin::TagMessage(id),
        };
        if hit
            .matches
            .iter()
            .any(|(found, _)| found.rule as usize >= rules)
        {
            return None;
        }
        if !reader.has(id) {
            continue;
        }
        // One text is enough to know a secret that is in many.
        if hit
            .matches
            .iter()
            .any(|(_, number)| !secrets.contains_key(number))
        {
            let text = reader.read_text(&origin)?;
            for (found, number) in &hit.matches {
                let secret = Secret::new(text.get(found.secret.clone())?);
                secrets.entry(*number).or_insert(secret);
            }
        }
        let known = hit.matches.into_iter().map(|(found, number)| {
            let secret = secrets.get(&number)?.clone();
            Some((found, secret))
        });
        let matches = known.collect::<Option<Vec<_>>>()?;
        hits.push(Hit {
            origin,
            matches,
            within: None,
        });
    }
    Some(Recalled {
        hits,
        audited,
        doubtful,
    })
}
