//! Who last committed to a file, read from commits and trees without running anything that a repository brings.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::path::Path;
use std::rc::Rc;

use gix::ObjectId;
use rustc_hash::FxHashSet;

use super::changes::{Change, Changes, hash_of};

/// How many commits are looked at, newest first: people who committed longer ago may have left.
const MAX_COMMITS: usize = 2_000;

/// How many bytes of trees are cached while commits are compared.
const CACHED: usize = 8 << 20;

/// Returns the addresses of those who last committed to `paths`, by path, in HEAD of the repository at `git`.
pub(super) fn latest(
    git: &Path,
    paths: &BTreeSet<String>,
    changes: &mut Changes,
) -> Option<BTreeMap<String, String>> {
    // Opened as for a scan: with these options, the repository's own settings cannot run anything.
    let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
    let mut repo = options.open(git).ok()?.to_thread_local();
    repo.object_cache_size(CACHED);
    let head = repo.head_id().ok()?.detach();
    let mut left: BTreeMap<u64, &String> = paths.iter().map(|path| (hash_of(path), path)).collect();
    let mut found = BTreeMap::new();
    let mut walk = Walk::new(head, &repo, changes);
    for _ in 0..MAX_COMMITS {
        let Some(change) = walk.next(&repo, changes) else {
            break;
        };
        let is_changed = |path: &u64| change.has(*path);
        let changed: Vec<u64> = left.keys().copied().filter(is_changed).collect();
        for path in changed {
            let path = left.remove(&path);
            if let Some(path) = path.filter(|_| !change.email.is_empty()) {
                found.insert(path.clone(), change.email.clone());
            }
        }
        if left.is_empty() {
            break;
        }
    }
    Some(found)
}

/// Commits, newest first.
#[derive(Default)]
struct Walk {
    /// By time; of several with the same time, the one reached first.
    next: BinaryHeap<(i64, Reverse<usize>)>,
    come_by: Vec<Option<Rc<Change>>>,
    seen: FxHashSet<ObjectId>,
}

impl Walk {
    fn new(head: ObjectId, repo: &gix::Repository, changes: &mut Changes) -> Self {
        let mut walk = Self::default();
        walk.enter(head, repo, changes);
        walk
    }

    /// Adds a commit, unless it was added before or does not exist, as beyond the boundary of a shallow clone.
    fn enter(&mut self, id: ObjectId, repo: &gix::Repository, changes: &mut Changes) {
        if self.seen.insert(id)
            && let Some(change) = changes.of(repo, id)
        {
            self.next.push((change.time, Reverse(self.come_by.len())));
            self.come_by.push(Some(change));
        }
    }

    fn next(&mut self, repo: &gix::Repository, changes: &mut Changes) -> Option<Rc<Change>> {
        let (_, Reverse(at)) = self.next.pop()?;
        let change = self.come_by[at].take()?;
        for parent in &change.parents {
            self.enter(*parent, repo, changes);
        }
        Some(change)
    }
}
