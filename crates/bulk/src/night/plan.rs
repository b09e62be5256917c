//! What is to be done in a run, and what has not changed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Instant;

use sha2::{Digest, Sha256};

use super::Seeds;
use crate::clock;
use crate::error::Error;
use crate::repository::Outside;
use crate::sources::{Address, Place, Target};
use crate::store::{Failed, Run, Store, beside, hex};

/// Scanning a smaller repository again is faster than reading its cache.
const WORTH_A_CACHE: u64 = 1 << 20;

/// The age in seconds from which the push time that a host reports is trusted.
const SETTLED: i64 = 2 * 3_600;

/// A repository to scan.
#[derive(Debug, Clone)]
pub(crate) struct Prepared {
    pub(crate) id: i64,
    pub(crate) label: String,
    pub(crate) path: PathBuf,
    pub(crate) outside: Outside,
    /// Identifies its state, and so stays the same while nothing changes in it.
    pub(crate) state: String,
    /// How many times it was tried in this run.
    pub(crate) tries: u32,
    pub(crate) is_mirror: bool,
    /// Where to remember what was seen of it.
    pub(crate) cache: Option<PathBuf>,
    pub(crate) begun: Option<Instant>,
}

/// A repository on a server.
pub(crate) struct Remote {
    pub(crate) id: i64,
    pub(crate) label: String,
    pub(crate) address: Address,
    /// Its state when it was last covered, unless it must be judged again.
    pub(crate) state: Option<String>,
    pub(crate) tries: u32,
    pub(crate) cache: PathBuf,
    pub(crate) is_optional: bool,
    /// The network of forks that it is in.
    pub(crate) network: Option<String>,
}

/// What is to be done in a run.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) jobs: Vec<Prepared>,
    pub(super) addresses: Vec<Remote>,
    /// How many have not changed.
    pub(super) unchanged: usize,
    /// What cannot be scanned, with the reason.
    pub(super) failed: Vec<(String, String)>,
    /// How many were done earlier in this run, before the program was restarted.
    pub(super) earlier: usize,
    /// The caches that may seed others.
    pub(super) seeds: Seeds,
    /// What hosts report about the last pushes.
    pub(super) pushed: BTreeMap<i64, String>,
    /// The networks of forks that repositories on servers are in.
    pub(super) networks: Vec<(i64, String)>,
}

impl Plan {
    /// Examines every target from outside. `kind` is what decides which findings there are, apart from the repository.
    pub(super) fn make(
        store: &mut Store,
        (run, kind): (Run, &str),
        targets: Vec<Target>,
        ids: &[i64],
    ) -> Result<Self, Error> {
        let caches = beside(store.path(), ".cache");
        let mut plan = Self::default();
        for row in store.repositories()? {
            let cache = caches.join(row.id.to_string());
            if let Some(sketch) = row.sketch.filter(|_| cache.is_dir()) {
                plan.seeds.insert(cache, sketch);
            }
        }
        let mut unchanged = Vec::new();
        for (target, id) in targets.into_iter().zip(ids.iter().copied()) {
            plan.networks
                .extend(target.network.clone().map(|network| (id, network)));
            let visit = store.visit(run, id)?;
            let tries = visit.as_ref().map_or(0, |(_, tries)| *tries);
            if run.is_resumed && visit.is_some_and(|(outcome, _)| outcome != "waiting") {
                plan.earlier += 1;
                continue;
            }
            let cache = caches.join(id.to_string());
            let known = store.state_of(id)?.filter(|(_, judge_again)| {
                // What was accepted until yesterday counts today, so the repository must be judged again.
                judge_again
                    .as_deref()
                    .is_none_or(|day| day >= clock::today().as_str())
            });
            let known = known.map(|(state, _)| state);
            let path = match target.place {
                Place::Folder(path) => path,
                Place::Unread(unread) => {
                    let failed = (tries + 1, unread.why);
                    plan.give_up((store, run), (id, target.label), failed)?;
                    continue;
                }
                Place::Address(ref address) => {
                    let remote = Remote {
                        id,
                        label: target.label.clone(),
                        address: address.clone(),
                        state: known,
                        tries,
                        cache,
                        is_optional: target.is_optional,
                        network: target.network.clone(),
                    };
                    if plan.is_as_it_was(store, kind, (&remote, target.pushed.as_deref()))? {
                        unchanged.push(id);
                    } else {
                        plan.addresses.push(remote);
                    }
                    continue;
                }
            };
            match Outside::read(&path) {
                Ok(outside) => {
                    let state = state(&outside.state, kind);
                    if known.is_some_and(|known| known == state) {
                        unchanged.push(id);
                        continue;
                    }
                    plan.jobs.push(Prepared {
                        id,
                        label: target.label,
                        path,
                        state,
                        tries,
                        is_mirror: false,
                        cache: worth(&outside, cache),
                        outside,
                        begun: None,
                    });
                }
                Err(error) => {
                    let why = error.to_string();
                    plan.give_up((store, run), (id, target.label), (tries + 1, why))?;
                }
            }
        }
        store.commit_unchanged(run, &unchanged)?;
        plan.unchanged = unchanged.len();
        Ok(plan)
    }

    /// Records a repository that cannot be scanned.
    fn give_up(
        &mut self,
        (store, run): (&mut Store, Run),
        (repository, label): (i64, String),
        (tries, why): (u32, String),
    ) -> Result<(), Error> {
        let failed = Failed {
            repository,
            why: &why,
            tries,
            seconds: 0.0,
            is_waiting: false,
        };
        store.commit_failed(run, &failed)?;
        self.failed.push((label, why));
        Ok(())
    }

    /// Whether the host reports the same last push as when the repository was last covered. If not, notes what it
    /// reports now.
    fn is_as_it_was(
        &mut self,
        store: &Store,
        kind: &str,
        (remote, pushed): (&Remote, Option<&str>),
    ) -> Result<bool, Error> {
        let Some(pushed) = pushed else {
            return Ok(false);
        };
        if remote.state.is_some() && remote.state == store.stamped(remote.id, (pushed, kind))? {
            return Ok(true);
        }
        if is_settled(pushed) {
            self.pushed.insert(remote.id, pushed.to_owned());
        }
        Ok(false)
    }
}

/// Whether a push is so old that a later one would have another time: hosts report times to the second, and GitLab
/// records activity once an hour.
pub(crate) fn is_settled(pushed: &str) -> bool {
    let time = pushed
        .parse::<jiff::Timestamp>()
        .map(jiff::Timestamp::as_second);
    time.is_ok_and(|time| clock::now() - time > SETTLED)
}

/// Returns the cache of a repository, if it is worth one.
pub(crate) fn worth(outside: &Outside, cache: PathBuf) -> Option<PathBuf> {
    (outside.bytes >= WORTH_A_CACHE).then_some(cache)
}

/// Returns what identifies the state of a repository: its content, and what is looked for.
pub(crate) fn state(outside: &str, kind: &str) -> String {
    let mut hash = Sha256::new();
    for part in [outside, kind] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())
}
