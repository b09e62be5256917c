//! Mirrors of repositories on servers: brought up to date where something is new, and removed when they are too many.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::plan::{Prepared, Remote, state, worth};
use super::{MAX_TRIES, News};
use crate::error::Error;
use crate::git::{self, Fetcher};
use crate::repository::Outside;
use crate::store::{Store, hex};

/// How many are fetched at once: servers and disks are what is waited for.
const AT_ONCE: usize = 4;

/// How long it is waited before something is fetched again.
const PAUSE: Duration = Duration::from_secs(1);

/// The mirrors of a work folder.
pub(crate) struct Mirrors {
    folder: PathBuf,
    budget: u64,
}

impl Mirrors {
    pub(crate) fn new(folder: &Path, budget: u64) -> Self {
        Self {
            folder: folder.to_owned(),
            budget,
        }
    }

    fn path(&self, id: i64) -> PathBuf {
        self.folder.join(format!("{id}.git"))
    }

    /// Removes mirrors that were not used for longest until all are within the budget. The one that is `done` may go,
    /// too, where it alone is too large.
    pub(super) fn evict(
        &self,
        store: &mut Store,
        busy: &BTreeSet<i64>,
        own: i64,
        is_done: bool,
    ) -> Result<(), Error> {
        let mirrors = store.mirrors()?;
        let mut total: u64 = mirrors.iter().map(|mirror| mirror.bytes).sum();
        for mirror in mirrors {
            if total <= self.budget {
                break;
            }
            let is_busy =
                busy.contains(&mirror.repository) && !(is_done && mirror.repository == own);
            if is_busy {
                continue;
            }
            let path = self.path(mirror.repository);
            match fs::remove_dir_all(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(Error::file(&path, error)),
            }
            store.drop_mirror(mirror.repository)?;
            total -= mirror.bytes;
        }
        Ok(())
    }
}

/// Fetches what is new.
#[derive(Clone, Copy)]
pub(crate) struct Fetch<'a> {
    pub(crate) fetcher: &'a Fetcher,
    pub(crate) mirrors: &'a Mirrors,
    pub(crate) kind: &'a str,
    pub(crate) stop: &'a AtomicBool,
}

impl Fetch<'_> {
    /// Fetches all, several at once.
    pub(super) fn all(&self, remotes: &[Remote], send: &Sender<News>) {
        let next = std::sync::atomic::AtomicUsize::new(0);
        thread::scope(|scope| {
            for _ in 0..AT_ONCE.min(remotes.len()) {
                scope.spawn(|| {
                    while let Some(remote) = remotes.get(next.fetch_add(1, Relaxed)) {
                        if self.stop.load(Relaxed) || send.send(self.one(remote)).is_err() {
                            break;
                        }
                    }
                });
            }
        });
    }

    /// Fetches one; what a network refuses once it often gives a moment later.
    pub(crate) fn one(&self, remote: &Remote) -> News {
        let mut tries = 1;
        loop {
            let why = match self.try_one(remote) {
                Ok(news) => return news,
                Err(why) => why,
            };
            if tries >= MAX_TRIES || self.stop.load(Relaxed) {
                return News::NotFetched {
                    id: remote.id,
                    label: remote.label.clone(),
                    tries,
                    why,
                };
            }
            thread::sleep(PAUSE * tries);
            tries += 1;
        }
    }

    fn try_one(&self, remote: &Remote) -> Result<News, String> {
        let there = match self.fetcher.look(&remote.address, self.stop) {
            Err(why) if remote.is_optional && why.contains("not found") => {
                return Ok(News::Absent(remote.id));
            }
            there => there?,
        };
        if remote.is_optional && there.refs.is_empty() {
            return Ok(News::Absent(remote.id));
        }
        let state = state(&of_remote(&there), self.kind);
        if remote.state.as_ref() == Some(&state) {
            return Ok(News::Unchanged(remote.id));
        }
        let path = self.mirrors.path(remote.id);
        self.fetcher
            .fetch((&remote.address, &there), &path, self.stop)?;
        let outside =
            Outside::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(News::Fetched(Prepared {
            id: remote.id,
            label: remote.label.clone(),
            path,
            state,
            tries: remote.tries,
            is_mirror: true,
            cache: worth(&outside, remote.cache.clone()),
            outside,
            begun: None,
        }))
    }
}

/// What a repository on a server is known by: all its refs, since objects come and go with them.
fn of_remote(remote: &git::Remote) -> String {
    let mut hash = Sha256::new();
    hash.update(remote.head.as_deref().unwrap_or_default());
    for (name, id) in &remote.refs {
        hash.update(format!("\n{name} {id}"));
    }
    hex(&hash.finalize())
}
