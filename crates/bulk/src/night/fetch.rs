//! Updates mirrors of repositories on servers that have something new.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::Sender;
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::mirrors::Mirrors;
use super::plan::{Prepared, Remote, state, worth};
use super::{MAX_TRIES, News};
use crate::git::{self, Fetcher};
use crate::repository::Outside;
use crate::store::hex;

/// How many are fetched at once: most of the time is spent waiting for servers and disks.
const AT_ONCE: usize = 4;

/// The pause before fetching again after a failure.
const PAUSE: Duration = Duration::from_secs(1);

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

    /// Fetches one, with several tries, since network failures are often brief. What was fetched is held until it is
    /// released.
    pub(crate) fn one(&self, remote: &Remote) -> News {
        self.mirrors.hold(remote.id);
        let news = self.patiently(remote);
        if !matches!(news, News::Fetched(_)) {
            self.mirrors.release(remote.id);
        }
        news
    }

    fn patiently(&self, remote: &Remote) -> News {
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
        let wanted = (remote.id, remote.network.as_deref());
        self.mirrors.make(wanted, &|path, shared| {
            let from = (&remote.address, &there);
            self.fetcher.fetch(from, (path, shared), self.stop)
        })?;
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

/// Returns what identifies the state of a repository on a server: all its refs, since objects come and go with them.
fn of_remote(remote: &git::Remote) -> String {
    let mut hash = Sha256::new();
    hash.update(remote.head.as_deref().unwrap_or_default());
    for (name, id) in &remote.refs {
        hash.update(format!("\n{name} {id}"));
    }
    hex(&hash.finalize())
}
