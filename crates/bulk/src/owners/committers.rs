//! Who committed most recently to a file, read from commits and trees: nothing that a repository brings is run.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use gix::ObjectId;
use gix::revision::walk::Sorting;
use gix::traverse::commit::simple::CommitTimeOrder;

/// So many commits are looked at, the newest first: who was there longer ago may not be there any more.
const MAX_COMMITS: usize = 2_000;

/// What is kept of trees while commits are compared.
const CACHED: usize = 8 << 20;

/// The paths that are asked for, as a tree.
#[derive(Default)]
struct Wanted<'p> {
    path: Option<&'p str>,
    below: BTreeMap<&'p [u8], Wanted<'p>>,
}

impl<'p> Wanted<'p> {
    fn of(paths: &'p BTreeSet<String>) -> Self {
        let mut wanted = Self::default();
        for path in paths {
            let mut at = &mut wanted;
            for part in path.split('/') {
                at = at.below.entry(part.as_bytes()).or_default();
            }
            at.path = Some(path);
        }
        wanted
    }

    /// Takes a path out, and folders in which nothing is wanted any more.
    fn remove(&mut self, mut parts: std::str::Split<'_, char>) {
        match parts.next() {
            None => self.path = None,
            Some(part) => {
                if let Some(below) = self.below.get_mut(part.as_bytes()) {
                    below.remove(parts);
                    if below.path.is_none() && below.below.is_empty() {
                        self.below.remove(part.as_bytes());
                    }
                }
            }
        }
    }
}

/// The addresses of those who committed most recently to `paths`, by path, as HEAD of the repository at `git` has it.
pub(super) fn latest(git: &Path, paths: &BTreeSet<String>) -> Option<BTreeMap<String, String>> {
    // As the scan opens it: the repository's own settings run nothing, since nothing is run.
    let options = gix::open::Options::isolated().with(gix::sec::Trust::Full);
    let mut repo = options.open(git).ok()?.to_thread_local();
    repo.object_cache_size(CACHED);
    let mut wanted = Wanted::of(paths);
    let mut found = BTreeMap::new();
    let head = repo.head_id().ok()?.detach();
    let walk = repo.rev_walk([head]);
    let walk = walk
        .sorting(Sorting::ByCommitTime(CommitTimeOrder::NewestFirst))
        .all()
        .ok()?;
    for commit in walk.take(MAX_COMMITS).map_while(Result::ok) {
        let Ok(commit) = commit.object() else {
            break;
        };
        let Ok(tree) = commit.tree_id() else {
            break;
        };
        let mut changed: Option<BTreeSet<&str>> = None;
        let mut parents = commit.parent_ids().peekable();
        if parents.peek().is_none() {
            changed = Some(differing(&repo, &wanted, Some(tree.detach()), None));
        }
        for parent in parents {
            let parent = parent
                .object()
                .ok()
                .and_then(|parent| parent.into_commit().tree_id().ok().map(gix::Id::detach));
            let differs = differing(&repo, &wanted, Some(tree.detach()), parent);
            // What a merge has from one of its parents was committed there.
            changed = Some(match changed {
                Some(changed) => &changed & &differs,
                None => differs,
            });
        }
        let changed: Vec<&str> = changed.unwrap_or_default().into_iter().collect();
        if changed.is_empty() {
            continue;
        }
        let email = commit
            .committer()
            .ok()
            .map(|it| it.email.to_string())
            .unwrap_or_default();
        // Merges in a browser are committed by the forge itself.
        let email = if email.is_empty() || email.starts_with("noreply@") {
            commit
                .author()
                .ok()
                .map(|it| it.email.to_string())
                .unwrap_or_default()
        } else {
            email
        };
        for path in changed {
            wanted.remove(path.split('/'));
            if !email.is_empty() {
                found.insert(path.to_owned(), email.clone());
            }
        }
        if wanted.below.is_empty() {
            break;
        }
    }
    Some(found)
}

/// The wanted paths that two trees do not have alike.
fn differing<'p>(
    repo: &gix::Repository,
    wanted: &Wanted<'p>,
    one: Option<ObjectId>,
    other: Option<ObjectId>,
) -> BTreeSet<&'p str> {
    let mut differing = BTreeSet::new();
    let mut left = vec![(wanted, one, other)];
    while let Some((wanted, one, other)) = left.pop() {
        if one == other {
            continue;
        }
        if let Some(path) = wanted.path {
            differing.insert(path);
        }
        if wanted.below.is_empty() {
            continue;
        }
        let (one, other) = (entries(repo, wanted, one), entries(repo, wanted, other));
        for (name, below) in &wanted.below {
            left.push((below, one.get(name).copied(), other.get(name).copied()));
        }
    }
    differing
}

/// What a tree has of the wanted names.
fn entries<'p>(
    repo: &gix::Repository,
    wanted: &Wanted<'p>,
    tree: Option<ObjectId>,
) -> BTreeMap<&'p [u8], ObjectId> {
    let mut found = BTreeMap::new();
    let tree = tree.and_then(|id| repo.find_object(id).ok()?.try_into_tree().ok());
    let Some(tree) = tree else {
        return found;
    };
    for entry in tree.iter().map_while(Result::ok) {
        let name: &[u8] = entry.filename();
        if let Some((name, _)) = wanted.below.get_key_value(name) {
            found.insert(*name, entry.object_id());
        }
    }
    found
}
