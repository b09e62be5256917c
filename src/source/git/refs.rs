//! What refs, the stash and the index lead to, and why that may be unknown.

use gix::ObjectId;
use rustc_hash::FxHashSet;

use super::{Repo, entries, graph};
use crate::model::{Gap, GapKind};

/// Where a walk of the commits begins.
#[derive(Debug, Default)]
pub(super) struct Tips {
    pub(super) head: Option<ObjectId>,
    /// Everything that refs other than the stash lead to, including HEAD of this and other working trees.
    pub(super) refs: Vec<ObjectId>,
    /// The entries of the stash.
    pub(super) stash: Vec<ObjectId>,
    /// Why it is unknown what refs lead to, and so what only this copy has; empty if it is known.
    pub(super) gaps: Vec<Gap>,
}

impl Repo {
    /// Returns the blobs that are staged, in this and in linked working trees.
    pub(super) fn staged_blobs(&self) -> FxHashSet<ObjectId> {
        let repo = self.shared.to_thread_local();
        let own = repo.index_or_empty().ok();
        let others = repo.worktrees().unwrap_or_default().into_iter();
        let others = others.filter_map(|other| {
            let other = other.into_repo_with_possibly_inaccessible_worktree().ok()?;
            other.index_or_empty().ok()
        });
        let mut ids = FxHashSet::default();
        for index in own.into_iter().chain(others) {
            entries::each(&repo, &index, &|_| false, &mut |entry| {
                ids.insert(entry.id);
            });
        }
        ids
    }

    /// Returns where a walk of the commits in `graph` begins.
    pub(super) fn tips(&self, graph: &graph::Graph) -> Tips {
        let repo = self.shared.to_thread_local();
        let mut tips = Tips {
            head: head_of(&repo),
            refs: Vec::new(),
            stash: stash_entries(&repo),
            gaps: Vec::new(),
        };
        tips.refs.extend(tips.head);
        self.add_refs(&repo, graph, &mut tips);
        if repo.common_dir().join("reftable").is_dir() {
            let reason = "its refs are stored as a reftable, which is not supported: everything was scanned, but \
                          which commits are reachable is unknown; run `git refs migrate --ref-format=files` in a \
                          copy";
            tips.gaps = vec![self.gap(GapKind::UnreadableRefs, &reason)];
        } else {
            tips.gaps.extend(head_gap(&repo, graph));
        }
        for worktree in repo.worktrees().unwrap_or_default() {
            let other = worktree
                .into_repo_with_possibly_inaccessible_worktree()
                .ok();
            tips.refs.extend(other.and_then(|other| head_of(&other)));
        }
        tips.refs.sort_unstable();
        tips.refs.dedup();
        tips.stash.sort_unstable();
        tips.stash.dedup();
        tips
    }

    /// Adds what refs lead to, and why that may be unknown. There may be many thousands of refs, so each is read once.
    fn add_refs(&self, repo: &gix::Repository, graph: &graph::Graph, tips: &mut Tips) {
        let platform = repo.references();
        let all = platform.as_ref().map(gix::reference::iter::Platform::all);
        let Ok(Ok(all)) = all else {
            let reason = "its refs cannot be read";
            tips.gaps.push(self.gap(GapKind::UnreadableRefs, &reason));
            return;
        };
        for reference in all {
            match reference {
                Ok(reference) => add_ref(repo, graph, &reference, tips),
                Err(error) => tips.gaps.push(self.gap(GapKind::UnreadableRefs, &error)),
            }
        }
    }
}

fn add_ref(
    repo: &gix::Repository,
    graph: &graph::Graph,
    reference: &gix::Reference<'_>,
    tips: &mut Tips,
) {
    // The target of a symbolic ref is listed by itself.
    let Some(id) = reference.try_id().map(gix::Id::detach) else {
        return;
    };
    // A commit needs no peeling, and nearly all refs point at one.
    let is_commit = |id: &ObjectId| graph.number(id).is_some();
    let is_other = !is_commit(&id);
    if is_other && !repo.has_object(id) {
        let name = reference.name().as_bstr().to_string();
        let reason =
            format!("it points to object {id}, which is missing from this clone: fetch it");
        tips.gaps.push(Gap::new(GapKind::Missing, name, reason));
    }
    if reference.name().as_bstr() == STASH {
        tips.stash.push(id);
        return;
    }
    tips.refs.push(id);
    if is_other {
        tips.refs.extend(peel(repo, id, is_commit));
    }
}

/// The ref of the newest stash; the others are in its log.
const STASH: &str = "refs/stash";

/// How many tags may point at each other. Nobody nests more than two or three, and in a pack that was tampered with
/// they may form a cycle.
const MAX_TAGS: usize = 1_000;

/// Returns a gap if HEAD leads nowhere although there are commits.
fn head_gap(repo: &gix::Repository, graph: &graph::Graph) -> Option<Gap> {
    if graph.len() == 0 || head_of(repo).is_some_and(|id| graph.number(&id).is_some()) {
        return None;
    }
    let name = repo.head_name().ok().flatten();
    let target = name.map_or_else(|| "a commit".to_owned(), |name| name.as_bstr().to_string());
    let reason = format!(
        "it points to {target}, which does not exist: set another branch with `git symbolic-ref HEAD \
         refs/heads/NAME`"
    );
    Some(Gap::new(GapKind::Missing, "HEAD", reason))
}

/// Returns what HEAD leads to, through all tags.
fn head_of(repo: &gix::Repository) -> Option<ObjectId> {
    peel(repo, repo.head().ok()?.id()?.detach(), |_| false)
}

/// Returns what an object leads to, through all tags; it need not exist. A known commit is not read.
fn peel(
    repo: &gix::Repository,
    mut id: ObjectId,
    is_commit: impl Fn(&ObjectId) -> bool,
) -> Option<ObjectId> {
    for _ in 0..MAX_TAGS {
        if is_commit(&id) {
            return Some(id);
        }
        let Ok(object) = repo.find_object(id) else {
            return Some(id);
        };
        let Ok(tag) = object.try_to_tag_ref() else {
            return Some(id);
        };
        id = tag.target();
    }
    None
}

/// Returns all stashes: only the newest is a ref, the others are in its log.
fn stash_entries(repo: &gix::Repository) -> Vec<ObjectId> {
    let Ok(Some(stash)) = repo.try_find_reference(STASH) else {
        return Vec::new();
    };
    let mut log = stash.log_iter();
    let Ok(Some(lines)) = log.all() else {
        return Vec::new();
    };
    lines.flatten().map(|line| line.new_oid()).collect()
}
