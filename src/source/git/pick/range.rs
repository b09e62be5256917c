//! What a range of commits adds: the blobs that no parent has at the same path, and the messages.

use std::collections::{BTreeMap, HashSet};

use gix::ObjectId;
use gix::bstr::BString;
use gix::objs::TreeRefIter;

use crate::model::{Blob, Coverage, Gap, GapKind, Origin, Presence};
use crate::source::git::attribute::{Attribution, Attributions, Place};
use crate::source::git::picked::{self, Picked};
use crate::source::git::revisions;
use crate::source::git::{Repo, model_id, pack::one_line};
use crate::source::path::path_text;
use crate::source::{Limits, Meter, SourceError, Worker};

/// Scans what the commits of `range`, written `BASE..HEAD`, add to their parents, second parents included.
///
/// # Errors
///
/// Fails if the range does not parse, or names a revision that does not exist.
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
    let (commits, tip) = revisions::commits(&local, range).map_err(refused)?;

    let mut added = Added::new(&local);
    for (rank, id) in (0..).zip(&commits) {
        added.commit(*id, rank);
    }
    for id in revisions::tags(&local, range) {
        added.tag(id);
    }
    let (mut coverage, mut workers) = picked::scan(repo, &added.picked, limits, meter, new_worker);
    let mut worker = new_worker();
    for (origin, message) in &added.messages {
        let is_tag = matches!(origin, Origin::TagMessage(_));
        coverage.tags += u64::from(is_tag);
        coverage.commits += u64::from(!is_tag);
        coverage.bytes += message.len() as u64;
        worker.blob(&Blob {
            bytes: message,
            path: None,
            origin: origin.clone(),
        });
    }
    workers.push(worker);
    coverage.vacuous = commits.is_empty() && added.messages.is_empty() && added.gaps.is_empty();
    coverage
        .gaps
        .extend(revisions::cut_off(&local, range, &commits));
    coverage.gaps.extend(added.gaps.iter().cloned());
    coverage.gaps.sort();
    let attributions = added.finish(tip);
    Ok((coverage, workers, attributions))
}

/// Collects what commits add.
struct Added<'r> {
    repo: &'r gix::Repository,
    seen: HashSet<ObjectId>,
    picked: Vec<Picked>,
    messages: Vec<(Origin, Vec<u8>)>,
    /// By blob or commit: where it was added, each path once.
    places: BTreeMap<crate::model::ObjectId, Vec<Place>>,
    gaps: Vec<Gap>,
}

/// A tree or a blob at a path, and what the parents have at that path.
struct Entry {
    id: ObjectId,
    path: String,
    is_tree: bool,
    /// Whether it is a commit of another repository.
    is_submodule: bool,
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
        let commit = match crate::source::git::graph::Commit::parse(id, &data, hash) {
            Ok(commit) => commit,
            Err(reason) => return self.gap(GapKind::Corrupt, id, reason),
        };
        if let Some(message) = crate::source::git::graph::message(&data) {
            self.messages
                .push((Origin::CommitMessage(model_id(id)), message.to_vec()));
            self.places.insert(
                model_id(id),
                vec![Place {
                    commit: model_id(id),
                    rank,
                    path: String::new(),
                }],
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

    /// Notes the message of a tag that leads to the last commit.
    fn tag(&mut self, id: ObjectId) {
        let Some(data) = self.read(id, "tag") else {
            return;
        };
        match crate::source::git::graph::tag_message(&data, self.repo.object_hash()) {
            Ok(message) => {
                let id = model_id(id);
                self.messages
                    .push((Origin::TagMessage(id), message.to_vec()));
                self.places.insert(id, Vec::new());
            }
            Err(reason) => self.gap(GapKind::Corrupt, id, reason),
        }
    }

    /// Notes what tree `root` has and none of `parents`, the trees of the parent commits, has.
    fn tree(&mut self, root: ObjectId, parents: Vec<ObjectId>, commit: (ObjectId, u32)) {
        // Not recursive: the author of a repository decides how deep its trees are nested.
        let mut open = vec![Entry {
            id: root,
            path: String::new(),
            is_tree: true,
            is_submodule: false,
            before: parents,
        }];
        while let Some(entry) = open.pop() {
            if entry.before.contains(&entry.id) {
                continue;
            }
            if entry.is_tree {
                let start = open.len();
                open.extend(self.entries(&entry));
                // The last one is taken first.
                open[start..].reverse();
            } else if entry.is_submodule {
                self.submodule(entry.path, entry.id);
            } else {
                self.blob(entry.id, entry.path, commit);
            }
        }
    }

    /// Returns the entries of a tree, each with what the parents have under the same name.
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
        let prefix = match tree.path.as_str() {
            "" => String::new(),
            path => format!("{path}/"),
        };
        let with_before = entries.map(|entry| Entry {
            id: entry.oid.to_owned(),
            path: format!("{prefix}{}", path_text(entry.filename)),
            is_tree: entry.mode.is_tree(),
            is_submodule: entry.mode.is_commit(),
            before: before
                .iter()
                .filter_map(|tree| tree.get(entry.filename).copied())
                .collect(),
        });
        with_before.collect()
    }

    fn blob(&mut self, id: ObjectId, path: String, (commit, rank): (ObjectId, u32)) {
        let places = self.places.entry(model_id(id)).or_default();
        if places.iter().all(|place| place.path != path) {
            places.push(Place {
                commit: model_id(commit),
                rank,
                path: path.clone(),
            });
        }
        if self.seen.insert(id) {
            let origin = Origin::Blob(model_id(id));
            self.picked.push(Picked {
                id,
                path,
                origin,
                show_path: false,
            });
        }
    }

    /// Reports a submodule that was added or points at another commit.
    fn submodule(&mut self, path: String, id: ObjectId) {
        let reason = format!(
            "a submodule, now at {}: its commits were not scanned; pass {path} to scan it",
            id.to_hex_with_len(12)
        );
        self.gaps.push(Gap::new(GapKind::Submodule, path, reason));
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
        self.gaps
            .push(Gap::new(kind, format!("object {id}"), reason));
    }

    /// Returns what was found where, and whether the last commit of the range still has it there.
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
        for (id, places) in self.places {
            let is_message = places.iter().all(|place| place.path.is_empty());
            let in_tip = |place: &&Place| !is_message && is_in_tip(&id, place).unwrap_or(false);
            let in_tip = places.iter().filter(in_tip);
            let head_paths: Vec<String> = in_tip.map(|place| place.path.clone()).collect();
            let attribution = Attribution {
                presence: if head_paths.is_empty() {
                    Presence::History
                } else {
                    Presence::Head
                },
                head_paths: head_paths.into_iter().collect(),
                places,
                witness: None,
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
