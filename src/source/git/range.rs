//! What a range of commits adds: the blobs that no parent has at the same path, and the messages.

use std::collections::{BTreeMap, HashSet};

use gix::ObjectId;
use gix::bstr::BString;
use gix::objs::TreeRefIter;
use gix::revision::plumbing::Spec;

use super::attribute::{Attribution, Attributions, Place};
use super::picked::{self, Picked};
use super::{Repo, model_id, pack::one_line};
use crate::model::{Blob, Coverage, Gap, GapKind, Origin, Presence};
use crate::source::path::path_text;
use crate::source::{Limits, Meter, SourceError, Worker};

/// Scans what the commits of `range`, written `BASE..HEAD`, add to their parents, second parents included.
///
/// # Errors
///
/// The range is not written as one, or names a revision that is not there.
pub fn walk_range<W: Worker>(
    repo: &Repo,
    range: &str,
    limits: Limits,
    meter: &Meter,
    new_worker: &(dyn Fn() -> W + Sync),
) -> Result<(Coverage, Vec<W>, Attributions), SourceError> {
    let local = repo.shared.to_thread_local();
    let refused = |reason: String| SourceError::Revision {
        spec: range.to_owned(),
        reason,
    };
    let (base, tip) = endpoints(&local, range).map_err(&refused)?;
    let commits =
        commits_oldest_first(&local, base, tip).map_err(|error| refused(one_line(&error)))?;

    let mut added = Added::new(&local);
    for (rank, id) in (0..).zip(&commits) {
        added.commit(*id, rank);
    }
    let (mut coverage, mut workers) = picked::scan(repo, &added.picked, limits, meter, new_worker);
    let mut worker = new_worker();
    for (origin, message) in &added.messages {
        coverage.commits += 1;
        coverage.bytes += message.len() as u64;
        worker.blob(&Blob {
            bytes: message,
            path: None,
            origin: origin.clone(),
        });
    }
    workers.push(worker);
    coverage.vacuous = commits.is_empty();
    coverage.gaps.extend(cut_off(&local, range, &commits));
    coverage.gaps.extend(added.gaps.iter().cloned());
    coverage.gaps.sort();
    let attributions = added.finish(tip);
    Ok((coverage, workers, attributions))
}

/// Refuses a range whose first end descends from its second: it holds no commit, and was typed the wrong way round.
///
/// # Errors
///
/// It is such a range, or none at all.
pub fn check_range(repo: &Repo, range: &str) -> Result<(), SourceError> {
    let local = repo.shared.to_thread_local();
    let refused = |reason: String| SourceError::Revision {
        spec: range.to_owned(),
        reason,
    };
    let (base, tip) = ends(&local, range).map_err(refused)?;
    let descends = || {
        local
            .merge_base(base, tip)
            .is_ok_and(|common| common.is_some_and(|common| common == tip))
    };
    if base == tip || !descends() {
        return Ok(());
    }
    let dots = if range.contains("...") { "..." } else { ".." };
    let turned = range
        .split_once(dots)
        .map(|(from, to)| format!("{to}{dots}{from}"));
    let turned = turned.unwrap_or_default();
    let reason = format!(
        "the first end descends from the second, so there is no commit in it: write {turned}"
    );
    Err(refused(reason))
}

/// How much of a range is in a clone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RangeState {
    /// All of it.
    Whole,
    /// Both ends, but not all that lies between them.
    Cut,
    /// Not both ends.
    Absent,
}

/// Tells whether all commits of `range` are in this clone, which may be shallow.
pub fn range_state(repo: &Repo, range: &str) -> RangeState {
    let local = repo.shared.to_thread_local();
    let Ok((base, tip)) = endpoints(&local, range) else {
        return RangeState::Absent;
    };
    // Where the past of the base is cut off before the two meet, commits that it has would pass for new ones.
    let is_whole = |from, to| {
        let commits = commits_oldest_first(&local, from, to);
        commits.is_ok_and(|commits| cut_off(&local, range, &commits).is_none())
    };
    if is_whole(base, tip) && is_whole(tip, base) {
        RangeState::Whole
    } else {
        RangeState::Cut
    }
}

/// The two commits of `BASE..HEAD`; `BASE...HEAD` begins where the two have parted.
fn endpoints(repo: &gix::Repository, range: &str) -> Result<(ObjectId, ObjectId), String> {
    let (from, to) = ends(repo, range)?;
    if !range.contains("...") {
        return Ok((from, to));
    }
    let base = repo
        .merge_base(from, to)
        .map_err(|error| one_line(&error))?;
    let base = base.ok_or("the two have no commit in common")?;
    Ok((base.detach(), to))
}

/// The commit that the commits of a range come after: for `A...B`, what both have in common.
pub fn base_of(repo: &Repo, range: &str) -> Option<String> {
    let local = repo.shared.to_thread_local();
    let (base, tip) = ends(&local, range).ok()?;
    let base = if range.contains("...") {
        local.merge_base(base, tip).ok()??.detach()
    } else {
        base
    };
    Some(base.to_string())
}

/// The two commits that a range names.
fn ends(repo: &gix::Repository, range: &str) -> Result<(ObjectId, ObjectId), String> {
    let spec = repo.rev_parse(range).map_err(|error| {
        let reason = one_line(&error);
        format!(
            "{reason}; if this is a shallow clone, fetch the base first (git fetch --unshallow)"
        )
    })?;
    let (from, to) = match spec.detach() {
        Spec::Range { from, to } => (from, to),
        Spec::Merge { theirs, ours } => (theirs, ours),
        _ => return Err("not a range: write BASE..HEAD".to_owned()),
    };
    let commit = |id: ObjectId| {
        let object = repo.find_object(id).map_err(|error| one_line(&error))?;
        let commit = object
            .peel_to_kind(gix::objs::Kind::Commit)
            .map_err(|error| one_line(&error))?;
        Ok::<_, String>(commit.id)
    };
    Ok((commit(from)?, commit(to)?))
}

fn commits_oldest_first(
    repo: &gix::Repository,
    base: ObjectId,
    tip: ObjectId,
) -> Result<Vec<ObjectId>, gix::Error> {
    let walk = repo.rev_walk([tip]).with_hidden([base]).all()?;
    let mut commits = super::graph::Commits::default();
    for info in walk {
        let info = info?;
        let object = info.object()?;
        let commit = super::graph::Commit::parse(info.id, &object.data, repo.object_hash());
        if let Ok(commit) = commit {
            commits.push(&commit);
        }
    }
    let graph = super::graph::Graph::new(commits);
    Ok(graph
        .oldest_first()
        .into_iter()
        .map(|at| graph.id(at))
        .collect())
}

/// A shallow clone may hold both ends of a range, but not all commits between them.
fn cut_off(repo: &gix::Repository, range: &str, commits: &[ObjectId]) -> Option<Gap> {
    let shallow = repo.shallow_commits().ok().flatten()?;
    let is_cut = commits.iter().any(|id| shallow.contains(id));
    is_cut.then(|| Gap {
        kind: GapKind::Shallow,
        place: range.to_owned(),
        reason: "commits of the range are not in this shallow clone: run `git fetch --unshallow`"
            .to_owned(),
        accepted: None,
    })
}

/// Gathers what commits add.
struct Added<'r> {
    repo: &'r gix::Repository,
    seen: HashSet<ObjectId>,
    picked: Vec<Picked>,
    messages: Vec<(Origin, Vec<u8>)>,
    places: BTreeMap<crate::model::ObjectId, Place>,
    gaps: Vec<Gap>,
}

/// A tree or a blob at a path, and what the parents have there.
struct Entry {
    id: ObjectId,
    path: String,
    is_tree: bool,
    before: Vec<ObjectId>,
}

impl<'r> Added<'r> {
    fn new(repo: &'r gix::Repository) -> Self {
        Self {
            repo,
            seen: HashSet::new(),
            picked: Vec::new(),
            messages: Vec::new(),
            places: BTreeMap::new(),
            gaps: Vec::new(),
        }
    }

    fn commit(&mut self, id: ObjectId, rank: u32) {
        let Some(data) = self.read(id, "commit") else {
            return;
        };
        let hash = self.repo.object_hash();
        let commit = match super::graph::Commit::parse(id, &data, hash) {
            Ok(commit) => commit,
            Err(reason) => return self.gap(GapKind::Corrupt, id, reason),
        };
        if let Some(message) = super::graph::message(&data) {
            self.messages
                .push((Origin::CommitMessage(model_id(id)), message.to_vec()));
            self.places.insert(
                model_id(id),
                Place {
                    commit: model_id(id),
                    rank,
                    path: String::new(),
                },
            );
        }
        let parents = commit.parents.iter().filter_map(|parent| {
            let data = self.repo.find_object(*parent).ok()?.detach().data;
            gix::objs::CommitRefIter::from_bytes(&data, hash)
                .tree_id()
                .ok()
        });
        self.tree(commit.tree, parents.collect(), (id, rank));
    }

    /// Notes what tree `root` has and none of `parents`, the trees of the parent commits, does.
    fn tree(&mut self, root: ObjectId, parents: Vec<ObjectId>, commit: (ObjectId, u32)) {
        // Not by recursion: how deep trees are nested is up to whoever made the repository.
        let mut open = vec![Entry {
            id: root,
            path: String::new(),
            is_tree: true,
            before: parents,
        }];
        while let Some(entry) = open.pop() {
            if entry.before.contains(&entry.id) {
                continue;
            }
            if entry.is_tree {
                let start = open.len();
                open.extend(self.entries(&entry));
                // The last one is taken first, and of several paths of one blob the first one counts.
                open[start..].reverse();
            } else {
                self.blob(entry.id, entry.path, commit);
            }
        }
    }

    /// What stands in a tree, each entry with what its parents have under the same name.
    fn entries(&mut self, tree: &Entry) -> Vec<Entry> {
        let Some(data) = self.read(tree.id, "tree") else {
            return Vec::new();
        };
        let hash = self.repo.object_hash();
        let before = tree.before.iter().filter_map(|parent| {
            let data = self.repo.find_object(*parent).ok()?.detach().data;
            let entries = TreeRefIter::from_bytes(&data, hash).flatten();
            let entries = entries.map(|entry| (entry.filename.to_owned(), entry.oid.to_owned()));
            Some(entries.collect())
        });
        let before: Vec<BTreeMap<BString, ObjectId>> = before.collect();
        let entries = TreeRefIter::from_bytes(&data, hash).flatten();
        // A submodule's commit is an object of another repository.
        let entries = entries.filter(|entry| !entry.mode.is_commit());
        let prefix = match tree.path.as_str() {
            "" => String::new(),
            path => format!("{path}/"),
        };
        let with_before = entries.map(|entry| Entry {
            id: entry.oid.to_owned(),
            path: format!("{prefix}{}", path_text(entry.filename)),
            is_tree: entry.mode.is_tree(),
            before: before
                .iter()
                .filter_map(|tree| tree.get(entry.filename).copied())
                .collect(),
        });
        with_before.collect()
    }

    fn blob(&mut self, id: ObjectId, path: String, (commit, rank): (ObjectId, u32)) {
        if self.seen.insert(id) {
            let place = Place {
                commit: model_id(commit),
                rank,
                path: path.clone(),
            };
            self.places.insert(model_id(id), place);
            let origin = Origin::Blob(model_id(id));
            self.picked.push(Picked {
                id,
                path,
                origin,
                show_path: false,
            });
        }
    }

    fn read(&mut self, id: ObjectId, kind: &str) -> Option<Vec<u8>> {
        match self.repo.try_find_object(id) {
            Ok(Some(object)) => Some(object.detach().data),
            Ok(None) => {
                self.gap(
                    GapKind::Missing,
                    id,
                    format!("the {kind} is not in this clone: fetch it"),
                );
                None
            }
            Err(error) => {
                self.gap(GapKind::Corrupt, id, one_line(&error));
                None
            }
        }
    }

    fn gap(&mut self, kind: GapKind, id: ObjectId, reason: String) {
        self.gaps.push(Gap {
            kind,
            place: format!("object {id}"),
            reason,
            accepted: None,
        });
    }

    /// What was found where, and whether the last commit of the range still has it there.
    fn finish(self, tip: ObjectId) -> Attributions {
        let tree = self
            .repo
            .find_commit(tip)
            .ok()
            .and_then(|commit| commit.tree().ok());
        let is_in_tip = |id: &crate::model::ObjectId, place: &Place| {
            let entry = tree
                .as_ref()?
                .lookup_entry_by_path(&place.path)
                .ok()
                .flatten()?;
            Some(entry.object_id().as_bytes() == id.as_bytes())
        };
        let mut attributions = Attributions::default();
        for (id, place) in self.places {
            let is_message = place.path.is_empty();
            let in_tip = !is_message && is_in_tip(&id, &place).unwrap_or(false);
            let attribution = Attribution {
                head_paths: in_tip.then(|| place.path.clone()).into_iter().collect(),
                presence: if in_tip {
                    Presence::Head
                } else {
                    Presence::History
                },
                places: vec![place],
            };
            let group = if is_message {
                &mut attributions.messages
            } else {
                &mut attributions.blobs
            };
            group.insert(id, attribution);
        }
        attributions
    }
}
