//! Finds the commit that removed from the files of HEAD something that its history still has.

use std::collections::BTreeMap;

use gix::ObjectId;

use super::graph::Graph;
use super::model_id;
use super::reader::Reader;
use super::refs::Tips;
use crate::model;

/// Larger files are not searched.
const MAX_BYTES: u64 = 4 << 20;

/// The first-parent history of HEAD, newest first, with commit times.
#[derive(Debug, Default)]
pub struct Line(Vec<(ObjectId, i64)>);

impl Line {
    pub(super) fn new(graph: &Graph, tips: &Tips) -> Self {
        let mut next = tips.head.and_then(|head| graph.number(&head));
        let mut commits = Vec::new();
        // A history that loops back into itself is damaged; the length bounds the walk.
        while let Some(commit) = next.filter(|_| commits.len() < graph.len()) {
            commits.push((graph.id(commit), graph.time(commit)));
            next = graph.parents(commit).first().copied();
        }
        Self(commits)
    }
}

impl Reader {
    /// Returns the commit of `line` that removed what `holds` looks for from the file at `path`, to which the commit
    /// `first` had brought it; `None` if the line never had it there.
    ///
    /// If it was removed and came back, any of the commits that removed it may be returned.
    pub fn removal(
        &self,
        line: &Line,
        (first, path): (model::ObjectId, &str),
        holds: &dyn Fn(&[u8]) -> bool,
    ) -> Option<model::ObjectId> {
        let first = ObjectId::try_from(first.as_bytes()).ok()?;
        let commits = &line.0;
        let mut known: BTreeMap<ObjectId, bool> = BTreeMap::new();
        let mut has = |at: usize| {
            let blob = self.blob_at(commits[at].0, path)?;
            let has = known.entry(blob).or_insert_with(|| self.holds(blob, holds));
            has.then_some(())
        };
        let own = commits.iter().position(|(id, _)| *id == first);
        let oldest = own.or_else(|| {
            let time = self.time(first)?;
            commits.iter().rposition(|(_, other)| *other >= time)
        })?;
        // What a branch brought is in the line from the merge on.
        let steps = std::iter::successors(Some(1), |step| Some(step * 2));
        let later = steps.map_while(|step: usize| oldest.checked_sub(step));
        let mut there = std::iter::once(oldest)
            .chain(later)
            .find(|at| has(*at).is_some())?;
        let mut gone = 0;
        while there - gone > 1 {
            let middle = gone + (there - gone) / 2;
            if has(middle).is_some() {
                there = middle;
            } else {
                gone = middle;
            }
        }
        (there > gone).then(|| model_id(commits[gone].0))
    }

    fn time(&self, commit: ObjectId) -> Option<i64> {
        let commit = self.repo().find_commit(commit).ok()?;
        Some(commit.time().ok()?.seconds)
    }

    fn blob_at(&self, commit: ObjectId, path: &str) -> Option<ObjectId> {
        let tree = self.repo().find_commit(commit).ok()?.tree().ok()?;
        let entry = tree.lookup_entry_by_path(path).ok().flatten()?;
        Some(entry.object_id())
    }

    fn holds(&self, blob: ObjectId, holds: &dyn Fn(&[u8]) -> bool) -> bool {
        let id = model_id(blob);
        self.size(id).is_some_and(|size| size <= MAX_BYTES)
            && self
                .read_text(&model::Origin::Blob(id))
                .is_some_and(|text| holds(&text))
    }
}
