//! The paths that commits have changed. They are kept for other repositories with the same commits, such as forks.

use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hasher};
use std::rc::Rc;

use gix::ObjectId;
use gix::objs::tree::EntryRef;
use gix::objs::{CommitRefIter, Kind, TreeRefIter, compute_hash};
use rustc_hash::FxHashMap;

/// How many paths are kept in total.
const MOST_PATHS: usize = 1 << 20;

/// How many paths are compared in one repository at most.
const MOST_COMPARED: usize = 1 << 21;

/// How deep directories are compared.
const DEEPEST: usize = 64;

/// What is known about commits.
#[derive(Default)]
pub(crate) struct Changes {
    known: FxHashMap<ObjectId, Rc<Change>>,
    paths: usize,
    /// How many paths of the current repository may still be compared.
    left: usize,
    /// Whether to keep results, which takes time and helps only among repositories that have commits in common.
    are_kept: bool,
}

/// What is known about a commit.
pub(super) struct Change {
    pub(super) parents: Vec<ObjectId>,
    pub(super) time: i64,
    /// Whose commit it is.
    pub(super) email: String,
    /// The paths that differ from all of its parents, as returned by [`hash_of`], in ascending order.
    paths: Vec<u64>,
}

impl Change {
    pub(super) fn has(&self, path: u64) -> bool {
        self.paths.binary_search(&path).is_ok()
    }
}

/// Returns a number for a path, with enough bits that no two paths in a repository share one.
pub(super) fn hash_of(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for part in path.split('/') {
        add(&mut hasher, part.as_bytes());
    }
    hasher.finish()
}

fn add(hasher: &mut DefaultHasher, part: &[u8]) {
    hasher.write(part);
    hasher.write_u8(b'/');
}

impl Changes {
    /// Prepares for the next repository; results are kept if other repositories have many of its objects.
    pub(crate) fn begin(&mut self, has_relatives: bool) {
        self.left = MOST_COMPARED;
        self.are_kept = has_relatives;
    }

    /// Returns what commit `id` changed; `None` if it is missing or damaged.
    pub(super) fn of(&mut self, repo: &gix::Repository, id: ObjectId) -> Option<Rc<Change>> {
        if let Some(known) = self.known.get(&id) {
            let mut all = known.parents.iter().chain([&id]);
            if all.all(|id| repo.has_object(id)) {
                return Some(Rc::clone(known));
            }
        }
        let mut look = Look {
            repo,
            is_sound: true,
            are_checked: self.are_kept,
            left: self.left,
            paths: BTreeSet::new(),
        };
        let change = look.change(id);
        self.left = look.left;
        let change = Rc::new(change.filter(|_| look.left > 0)?);
        if self.are_kept && look.is_sound {
            if self.paths > MOST_PATHS {
                (self.known, self.paths) = (FxHashMap::default(), 0);
            }
            self.paths += change.paths.len() + 1;
            self.known.insert(id, Rc::clone(&change));
        }
        Some(change)
    }
}

/// Compares a commit with its parents.
struct Look<'r> {
    repo: &'r gix::Repository,
    /// Whether all objects exist and match their ids: other repositories must get the same objects.
    is_sound: bool,
    are_checked: bool,
    left: usize,
    paths: BTreeSet<u64>,
}

impl Look<'_> {
    fn change(&mut self, id: ObjectId) -> Option<Change> {
        let bytes = self.read(id, Kind::Commit)?;
        let hash = self.repo.object_hash();
        let commit = || CommitRefIter::from_bytes(&bytes, hash);
        let parents: Vec<ObjectId> = commit().parent_ids().collect();
        let tree = commit().tree_id().ok()?;
        let trees: Vec<Option<ObjectId>> =
            parents.iter().map(|parent| self.tree_of(*parent)).collect();
        let trees = if trees.is_empty() { vec![None] } else { trees };
        self.compare((&DefaultHasher::new(), 0), Some(tree), &trees);
        let committer = commit().committer().ok();
        let time = committer.as_ref().and_then(|it| it.time().ok());
        let email = committer.map(|it| it.email.to_string());
        // Merges in a browser are committed by the forge itself.
        let is_person = |it: &String| !it.is_empty() && !it.starts_with("noreply@");
        let author = || Some(commit().author().ok()?.email.to_string());
        Some(Change {
            time: time.map_or(0, |time| time.seconds),
            email: email.filter(is_person).or_else(author).unwrap_or_default(),
            parents,
            paths: std::mem::take(&mut self.paths).into_iter().collect(),
        })
    }

    fn tree_of(&mut self, commit: ObjectId) -> Option<ObjectId> {
        let bytes = self.read(commit, Kind::Commit)?;
        let hash = self.repo.object_hash();
        CommitRefIter::from_bytes(&bytes, hash).tree_id().ok()
    }

    /// Notes the paths below a directory that no tree in `others` has in the same form; `above` is the directory's part
    /// of the hash.
    fn compare(
        &mut self,
        (above, depth): (&DefaultHasher, usize),
        tree: Option<ObjectId>,
        others: &[Option<ObjectId>],
    ) {
        if others.contains(&tree) || depth > DEEPEST {
            return;
        }
        let hash = self.repo.object_hash();
        let own = self.tree(tree);
        let others: Vec<Vec<u8>> = others.iter().map(|other| self.tree(*other)).collect();
        let own = entries(&own, hash);
        let others: Vec<_> = others.iter().map(|other| entries(other, hash)).collect();
        let (mut at, mut same) = (vec![0; others.len()], Vec::new());
        for entry in &own {
            find_all(&others, &mut at, entry, &mut same);
            let is_as_before = |other: &&EntryRef<'_>| other.oid == entry.oid;
            if !same.iter().flatten().any(is_as_before) {
                self.note((above, depth), (Some(entry), &same), entry.filename);
            }
        }
        // A path was removed if all of them have it.
        let (mut at, mut of_own) = (vec![0; others.len()], 0);
        for entry in others.first().into_iter().flatten() {
            find_all(&others, &mut at, entry, &mut same);
            if find(&own, &mut of_own, entry).is_none() && same.iter().all(Option::is_some) {
                self.note((above, depth), (None, &same), entry.filename);
            }
        }
    }

    /// Notes a path and what is below it.
    fn note(
        &mut self,
        (above, depth): (&DefaultHasher, usize),
        (own, others): (Option<&EntryRef<'_>>, &[Option<&EntryRef<'_>>]),
        name: &[u8],
    ) {
        let Some(left) = self.left.checked_sub(1) else {
            return;
        };
        self.left = left;
        let mut path = above.clone();
        add(&mut path, name);
        self.paths.insert(path.finish());
        let below = |entry: Option<&EntryRef<'_>>| {
            let tree = entry.filter(|entry| entry.mode.is_tree());
            tree.map(|entry| entry.oid.to_owned())
        };
        let others: Vec<_> = others.iter().map(|other| below(*other)).collect();
        self.compare((&path, depth + 1), below(own), &others);
    }

    /// Returns the bytes of a tree; empty if it does not exist.
    fn tree(&mut self, id: Option<ObjectId>) -> Vec<u8> {
        let bytes = id.and_then(|id| self.read(id, Kind::Tree));
        bytes.unwrap_or_default()
    }

    fn read(&mut self, id: ObjectId, kind: Kind) -> Option<Vec<u8>> {
        let object = self.repo.find_object(id).ok();
        let Some(object) = object.filter(|object| object.kind == kind) else {
            self.is_sound = false;
            return None;
        };
        let data = object.detach().data;
        if self.are_checked {
            let hash = compute_hash(self.repo.object_hash(), kind, &data);
            self.is_sound &= hash.is_ok_and(|hash| hash == id);
        }
        Some(data)
    }
}

fn entries(tree: &[u8], hash: gix::hash::Kind) -> Vec<EntryRef<'_>> {
    let entries = TreeRefIter::from_bytes(tree, hash);
    entries.map_while(Result::ok).collect()
}

/// Puts the entry of the same kind and name in each of `trees` into `found`, searching from `at`, which advances.
fn find_all<'e, 'b>(
    trees: &'e [Vec<EntryRef<'b>>],
    at: &mut [usize],
    entry: &EntryRef<'_>,
    found: &mut Vec<Option<&'e EntryRef<'b>>>,
) {
    found.clear();
    let trees = trees.iter().zip(at);
    found.extend(trees.map(|(tree, at)| find(tree, at, entry)));
}

fn find<'e, 'b>(
    tree: &'e [EntryRef<'b>],
    at: &mut usize,
    entry: &EntryRef<'_>,
) -> Option<&'e EntryRef<'b>> {
    while let Some(other) = tree.get(*at) {
        match other.cmp(entry) {
            Ordering::Less => *at += 1,
            Ordering::Equal => return Some(other),
            Ordering::Greater => return None,
        }
    }
    None
}
