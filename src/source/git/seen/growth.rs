//! How the history has changed since it was last seen.

use gix::ObjectId;
use rustc_hash::FxHashSet;

use crate::model::{self, Presence};
use crate::source::git::attribute::{Attribution, Attributions, Place};
use crate::source::git::graph::Graph;
use crate::source::git::model_id;
use crate::source::git::odb::Objects;
use crate::source::git::order::Order;
use crate::source::git::search::MAX_PLACES;
use crate::source::git::trees::Missing;

use super::{Seen, Sight, StoredBlob};

/// If more than one in this many commits is new, walking all trees is faster.
const WORTH_ALL: usize = 8;

/// A history that has kept everything it had and gained more: where the known blobs come from is known, apart from
/// commits that are new or have come nearer to HEAD.
pub(in crate::source::git) struct Growth<'s> {
    seen: &'s Seen,
    /// Commits that must be searched, by number, in order.
    pub(in crate::source::git) commits: Vec<u32>,
    /// Other commits whose trees are missing or were not read.
    without_tree: Vec<u32>,
    /// The blobs that were found by name and still exist.
    named: Vec<ObjectId>,
}

impl Seen {
    /// Returns how the history has grown; `None` if a commit has moved away from HEAD, if something missing has turned
    /// up, or if something has gone on which more depends: then what is known about places no longer holds.
    pub(in crate::source::git) fn growth(
        &self,
        graph: &Graph,
        order: &Order,
        objects: &Objects,
    ) -> Option<Growth<'_>> {
        let mut is_new = vec![true; graph.len()];
        let mut has_lost = false;
        let mut without_tree = Vec::new();
        let stored = self.body.commits.iter();
        let numbers = graph.numbers(stored.map(|stored| self.table.raw(stored.at as usize)));
        for (stored, number) in self.body.commits.iter().zip(numbers) {
            let Some(number) = number else {
                has_lost = true;
                continue;
            };
            let tree = stored.tree as usize;
            if !objects.present[tree] || self.table.sight(tree) == Sight::Named {
                without_tree.push(number);
            }
            let number = number as usize;
            let presence = order.presence[number];
            if presence > stored.presence {
                return None;
            }
            let mut parents = stored.parents.iter();
            let turned_up = |at: &u32| {
                self.table.sight(*at as usize) == Sight::Named
                    && graph.number(&self.id(*at)).is_some()
            };
            if parents.any(turned_up) {
                return None;
            }
            is_new[number] = presence < stored.presence;
        }
        let mut missing = self.body.missing.iter();
        if missing.any(|(at, ..)| objects.contains(&self.id(*at))) {
            return None;
        }
        if has_lost {
            self.look_behind_lost(graph, order, objects, &mut is_new)?;
        }
        let commits = order.commits.iter().copied();
        let commits: Vec<u32> = commits.filter(|commit| is_new[*commit as usize]).collect();
        let is_little = commits.len() * WORTH_ALL <= graph.len();
        let named = self.body.named.iter();
        let named = named.filter(|stored| objects.present[stored.at as usize]);
        is_little.then(|| Growth {
            seen: self,
            commits,
            without_tree,
            named: named.map(|stored| self.id(stored.at)).collect(),
        })
    }

    /// Marks the commits that must be searched because others have gone; `None` if searching these is not enough.
    ///
    /// Commits go if the cache is from another repository, one that has nearly all of this one's commits and some of
    /// its own. Of a blob, only two kinds of commits are known: the first that has it at each path, and the first with
    /// its presence. If one of these has gone, a later one may have the blob, too.
    fn look_behind_lost(
        &self,
        graph: &Graph,
        order: &Order,
        objects: &Objects,
        is_new: &mut [bool],
    ) -> Option<()> {
        // A commit that is missing may have been a parent, which would change the order of the others. And what nothing
        // references any more does not count as missing.
        let mut missing = self.body.missing.iter();
        let is_named = |namer: &Option<u32>| namer.is_some_and(|at| objects.present[at as usize]);
        if !graph.missing.is_empty() || !missing.all(|(.., namer)| is_named(namer)) {
            return None;
        }
        let is_lost = |at: u32| graph.number(&self.id(at)).is_none();
        let mut lost: FxHashSet<u32> = FxHashSet::default();
        let blobs = self.body.blobs.iter().chain(&self.body.named);
        for stored in blobs.filter(|stored| objects.present[stored.at as usize]) {
            let first = stored.places.iter().map(|(commit, _)| *commit);
            let gone = first.chain(stored.witness).filter(|at| is_lost(*at));
            let before = lost.len();
            lost.extend(gone);
            let is_cut = stored.places.len() >= MAX_PLACES && lost.len() > before;
            if is_cut || !self.is_placed(graph, order, stored) {
                return None;
            }
        }
        let commits = self.body.commits.iter();
        let times = commits.filter(|commit| lost.contains(&commit.at));
        if let Some(earliest) = times.map(|commit| commit.time).min() {
            mark_since(earliest, (graph, order), is_new);
        }
        Some(())
    }

    /// Whether the presence of a blob is known from the commits that still exist.
    fn is_placed(&self, graph: &Graph, order: &Order, stored: &StoredBlob) -> bool {
        let witness = stored.witness.map(|at| self.id(at));
        if witness.is_some_and(|id| graph.number(&id).is_some()) {
            return true;
        }
        let nearest = self.nearest_place(graph, order, stored);
        match witness {
            // A ref that led to it, or to its tree, may have gone, too.
            None => nearest.unwrap_or(Presence::Unreachable) == stored.presence,
            // Commits with a presence between those two may hold it, too.
            Some(_) => nearest != Some(Presence::Stash),
        }
    }

    fn nearest_place(&self, graph: &Graph, order: &Order, stored: &StoredBlob) -> Option<Presence> {
        let commits = stored.places.iter();
        let there = commits.filter_map(|(commit, _)| graph.number(&self.id(*commit)));
        there.map(|number| order.presence[number as usize]).min()
    }
}

/// Marks all commits that may come after a commit of this time in the order: those that are later themselves or descend
/// from a later one. Unreachable commits come last.
fn mark_since(time: i64, (graph, order): (&Graph, &Order), is_new: &mut [bool]) {
    let mut latest = vec![i64::MIN; graph.len()];
    for &commit in &order.commits {
        let parents = graph.parents(commit).iter();
        let before = parents.map(|parent| latest[*parent as usize]).max();
        let number = commit as usize;
        latest[number] = graph.time(commit).max(before.unwrap_or(i64::MIN));
        is_new[number] |= latest[number] >= time || order.presence[number] == Presence::Unreachable;
    }
}

impl Growth<'_> {
    /// Returns what was missing when the history was last seen, and still is.
    pub(in crate::source::git) fn missing(&self) -> impl Iterator<Item = Missing> {
        let missing = self.seen.body.missing.iter();
        missing.map(|(at, is_tree, namer)| Missing {
            id: self.seen.id(*at),
            is_tree: *is_tree,
            namer: namer.map(|at| self.seen.id(at)),
        })
    }

    /// Returns the commits whose trees may be missing.
    pub(in crate::source::git) fn may_lack_tree(&self) -> Vec<u32> {
        [self.commits.as_slice(), &self.without_tree].concat()
    }

    /// Returns the blobs that were found by name.
    pub(in crate::source::git) fn named(&self) -> Vec<ObjectId> {
        self.named.clone()
    }

    /// Adds what is known about all other commits to what was found in those that were searched.
    pub(in crate::source::git) fn complete(
        &self,
        graph: &Graph,
        order: &Order,
        found: &mut Attributions,
    ) {
        for stored in &self.seen.body.blobs {
            if let Some(blob) = found.blobs.get_mut(&self.model_id(stored)) {
                self.complete_one(graph, order, stored, blob);
            }
        }
        for stored in &self.seen.body.named {
            if let Some(blob) = found.named.get_mut(&self.model_id(stored)) {
                self.complete_one(graph, order, stored, &mut blob.attribution);
                let had = |path: &str| stored.places.iter().any(|(_, known)| known == path);
                let mut places = blob.attribution.places.iter();
                blob.is_known = places.all(|place| had(&place.path));
            }
        }
        // All commits that had it under such a name may have gone.
        found
            .named
            .retain(|_, named| !named.attribution.places.is_empty());
    }

    fn model_id(&self, stored: &StoredBlob) -> model::ObjectId {
        model_id(self.seen.id(stored.at))
    }

    fn complete_one(
        &self,
        graph: &Graph,
        order: &Order,
        stored: &StoredBlob,
        blob: &mut Attribution,
    ) {
        self.complete_presence(graph, order, stored, blob);
        let places = stored.places.iter().filter_map(|(commit, path)| {
            let number = graph.number(&self.seen.id(*commit))?;
            Some(order.place(graph, number, path.clone()))
        });
        let mut places: Vec<Place> = places.collect();
        places.append(&mut blob.places);
        // The sort is stable, so that paths of one commit stay in git's order.
        places.sort_by_key(|place| place.rank);
        let mut paths = FxHashSet::default();
        places.retain(|place| paths.insert(place.path.clone()));
        places.truncate(MAX_PLACES);
        blob.places = places;
    }

    fn complete_presence(
        &self,
        graph: &Graph,
        order: &Order,
        stored: &StoredBlob,
        blob: &mut Attribution,
    ) {
        let rank = |id: &ObjectId| Some(order.rank(graph.number(id)?));
        let witness = stored.witness.map(|at| self.seen.id(at));
        let is_lost = witness.is_some_and(|id| rank(&id).is_none());
        let known = if is_lost {
            let nearest = self.seen.nearest_place(graph, order, stored);
            nearest.unwrap_or(Presence::Unreachable)
        } else {
            // What HEAD had is found there again, or has moved to the history.
            stored.presence.max(Presence::History)
        };
        if let Some(witness) = witness.filter(|_| !is_lost) {
            // The nearest one, and of several the oldest.
            let found = blob.witness.as_ref();
            let found = found.map(|id| (blob.presence.max(Presence::History), rank(id)));
            if found.is_none_or(|found| (known, rank(&witness)) < found) {
                blob.witness = Some(witness);
            }
        }
        blob.presence = blob.presence.min(known);
    }
}
