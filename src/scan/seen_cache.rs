//! The cache of seen objects: where it is stored, when it is valid, and the findings in it.
//!
//! For a finding it stores the rule, the place in the object, and which others have the same secret, but no byte of any
//! text: those are read from the repository again. For a value with too low a confidence it stores 16 bits of a hash,
//! by which it is counted.

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

/// The findings of an earlier scan.
#[derive(Default)]
pub(super) struct Recalled {
    /// Detected matches.
    pub(super) hits: Vec<Hit>,
    /// Blobs in which the audit of configuration found something. They are few, and are audited again.
    pub(super) audited: BTreeSet<ObjectId>,
    /// The traces of values with too low a confidence.
    pub(super) doubtful: Vec<u16>,
}

/// The serialized form.
#[derive(Serialize, Deserialize)]
struct Payload {
    hits: Vec<StoredHit>,
    audited: Vec<ByteBuf>,
    doubtful: Vec<u16>,
}

/// The matches in one text, in serialized form.
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

/// Returns the path in `folder` of the cache for the repository at `path`; `None` if there is no repository.
///
/// A repository that shares most objects with another may start from a copy of the other's cache: entries for objects
/// it does not have are ignored.
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
    /// Returns the cache for `repo` in `folder`, valid for scans with this detector, policy and limits.
    pub(super) fn new(
        folder: &Path,
        repo: &Repo,
        detector: &Detector,
        policy: &Policy,
        limits: Limits,
    ) -> Self {
        let mut key = Sha256::new();
        key.update(env!("CARGO_PKG_VERSION"));
        // The version of the format of matches, and of what is known about the places of blobs.
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

    /// Returns why the cache is neither read nor written, if the repository itself contains it: its author could have
    /// marked everything as seen.
    pub(super) fn refused(&self, repo: &Repo) -> Option<String> {
        let top = repo.worktree()?.canonicalize().ok()?;
        let file = std::path::absolute(&self.file).ok()?;
        // Links above the working tree may lead to the same place.
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

    /// Returns the record of an earlier scan, with its hits.
    ///
    /// # Errors
    ///
    /// It cannot be used. The message is a warning, since everything can be scanned again.
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

    /// Stores what this scan has seen and found, for the next one.
    ///
    /// # Errors
    ///
    /// It cannot be written. The message is a warning, since this scan is unaffected.
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
    // The texts within binary blobs are scanned again.
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
    // Serializing numbers, ranges and bytes to memory cannot fail.
    postcard::to_stdvec(&payload).unwrap_or_default()
}

/// Returns the hits in texts that still exist; `None` if they contradict themselves or the repository.
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
        // One text suffices to read a secret that is in many.
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
