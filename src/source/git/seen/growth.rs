//! What became of the history since it was last seen.

use gix::ObjectId;

use crate::model::{self, Presence};
use crate::source::git::attribute::{Attribution, Attributions, Place};
use crate::source::git::graph::Graph;
use crate::source::git::model_id;
use crate::source::git::odb::Objects;
use crate::source::git::order::Order;
use crate::source::git::search::MAX_PATHS;
use crate::source::git::trees::Missing;

use super::{Seen, Sight, StoredBlob};

/// When more commits than one in so many are new, going through all trees is the quicker way.
const WORTH_ALL: usize = 8;

/// A history that has all that it had, and more: where the blobs that were known come from is known but for the
/// commits that are new or have come nearer.
pub(in crate::source::git) struct Growth<'s> {
    seen: &'s Seen,
    /// Commits that must be looked at, by their numbers, in their order.
    pub(in crate::source::git) commits: Vec<u32>,
    /// The blobs that were found by their names and are still there.
    named: Vec<ObjectId>,
}

impl Seen {
    /// Returns what has grown; `None` when anything has moved away from HEAD, or turned up where it was missed before, or
    /// when something has gone on which more depends: then what is known of places does not hold any more.
    pub(in crate::source::git) fn growth(
        &self,
        graph: &Graph,
        order: &Order,
        objects: &Objects,
    ) -> Option<Growth<'_>> {
        let mut is_new = vec![true; graph.len()];
        let mut has_lost = false;
        for stored in &self.body.commits {
            let Some(number) = graph.number(&self.id(stored.at)) else {
                has_lost = true;
                continue;
            };
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
        if missing.any(|(at, _)| objects.contains(&self.id(*at))) {
            return None;
        }
        if has_lost && !self.holds_without_lost(graph, order, objects) {
            return None;
        }
        let commits = order.commits.iter().copied();
        let commits: Vec<u32> = commits.filter(|commit| is_new[*commit as usize]).collect();
        let is_little = commits.len() * WORTH_ALL <= graph.len();
        let named = self.body.named.iter();
        let named = named.filter(|stored| objects.present[stored.at as usize]);
        is_little.then(|| Growth {
            seen: self,
            commits,
            named: named.map(|stored| self.id(stored.at)).collect(),
        })
    }

    /// Whether what is known holds without the commits that have gone: they took along all that depends on them.
    ///
    /// So it is where another repository was seen that has all of this one's commits but the newest, and some of its own.
    fn holds_without_lost(&self, graph: &Graph, order: &Order, objects: &Objects) -> bool {
        // What is missed now may have been a parent, and then the order of the others is another one.
        if !self.body.missing.is_empty() || !graph.missing.is_empty() {
            return false;
        }
        let blobs = self.body.blobs.iter().chain(&self.body.named);
        let mut there = blobs.filter(|stored| objects.present[stored.at as usize]);
        there.all(|stored| {
            let mut nearest = None;
            for (commit, _) in &stored.places {
                // Another commit may have had it at the same path, and only the first one is known.
                let Some(number) = graph.number(&self.id(*commit)) else {
                    return false;
                };
                let presence = order.presence[number as usize];
                nearest = Some(nearest.map_or(presence, |known: Presence| known.min(presence)));
            }
            // A commit that has gone may have been the one that led to it.
            nearest == Some(stored.presence.max(Presence::History))
        })
    }
}

impl Growth<'_> {
    /// Returns what was missing when the history was last seen, and still is.
    pub(in crate::source::git) fn missing(&self) -> impl Iterator<Item = Missing> {
        let missing = self.seen.body.missing.iter();
        missing.map(|(at, is_tree)| (self.seen.id(*at), *is_tree))
    }

    /// Returns the blobs that were found by their names.
    pub(in crate::source::git) fn named(&self) -> Vec<ObjectId> {
        self.named.clone()
    }

    /// Adds to what was found in the commits that were looked at what is known of all others.
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
        // What HEAD had it has again, or it has come down to the history.
        let known = stored.presence.max(Presence::History);
        blob.presence = blob.presence.min(known);
        let places = stored.places.iter().filter_map(|(commit, path)| {
            let number = graph.number(&self.seen.id(*commit))?;
            Some(order.place(graph, number, path.clone()))
        });
        let mut places: Vec<Place> = places.collect();
        places.append(&mut blob.places);
        // Stable, so that paths of one commit stay in the order in which git sorts them.
        places.sort_by_key(|place| place.rank);
        let mut first: Vec<Place> = Vec::with_capacity(places.len());
        for place in places {
            if first.iter().all(|known| known.path != place.path) {
                first.push(place);
            }
        }
        first.truncate(MAX_PATHS);
        blob.places = first;
    }
}
