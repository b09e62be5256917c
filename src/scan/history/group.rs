//! The places of one secret in the history, and which of them counts most.

use std::cmp::Ordering;

use crate::detect::Weight;
use crate::model::{ObjectId, Presence};

use super::Hit;

/// One place of a secret: a path, and the version of the file there that counts.
#[derive(Clone)]
pub(super) struct Spot<'h> {
    /// The rank of the earliest commit, the path there, and where in the text.
    pub(super) earliest: (u32, &'h str, usize),
    pub(super) hit: &'h Hit,
    /// The number of the match among those of `hit`.
    pub(super) number: usize,
    pub(super) weight: Weight,
    pub(super) commit: Option<ObjectId>,
    /// Where it still is under this path.
    pub(super) presence: Presence,
    /// Whether only this copy of the repository has it.
    pub(super) is_local: bool,
}

impl Spot<'_> {
    /// Returns what counts more comes first: what others have, too, what is more severe, and of equals what is earlier.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let weight = |spot: &Self| (spot.weight.severity, spot.weight.confidence);
        self.is_local
            .cmp(&other.is_local)
            .then_with(|| weight(other).cmp(&weight(self)))
            .then_with(|| self.earliest.cmp(&other.earliest))
            .then_with(|| self.hit.origin.cmp(&other.hit.origin))
    }
}

/// How many paths of one secret are kept apart.
const MAX_SPOTS: usize = 32;

/// Everything that is known of one secret in the history.
pub(super) struct Group<'h> {
    /// Its places, one for each path; those that count most.
    pub(super) spots: Vec<Spot<'h>>,
    pub(super) texts: u64,
}

impl<'h> Group<'h> {
    pub(super) fn new(spots: Vec<Spot<'h>>) -> Option<Self> {
        let mut group = Self {
            spots: Vec::new(),
            texts: 0,
        };
        for spot in spots {
            group.add(spot);
        }
        (!group.spots.is_empty()).then_some(group)
    }

    /// Whether the secret is nearer under another path than where it counts most: in a guide of HEAD, say, while the file
    /// that it was in is gone.
    pub(super) fn is_nearer_elsewhere(&self) -> bool {
        let mut spots = self.spots.iter();
        let first = spots.next().map(|spot| spot.presence);
        spots.any(|spot| Some(spot.presence) < first)
    }

    /// Where the secret still is that is at `spot`: there, or where it is as severe. A file that moved is still there; of what
    /// only this copy has, that is all that is said, as it does not decide.
    pub(super) fn presence_of(&self, spot: &Spot<'h>) -> Presence {
        if spot.is_local {
            return spot.presence;
        }
        let alike = self.spots.iter();
        let alike = alike.filter(|other| other.weight.severity >= spot.weight.severity);
        alike
            .map(|other| other.presence)
            .fold(spot.presence, Presence::min)
    }

    /// Of several places under one path, the one stays that counts most, and is as near as the nearest of them.
    pub(super) fn add(&mut self, mut spot: Spot<'h>) {
        let path = |spot: &Spot<'h>| (spot.earliest.1, spot.hit.member());
        let same = self.spots.iter().position(|own| path(own) == path(&spot));
        if let Some(at) = same {
            let nearest = self.spots[at].presence.min(spot.presence);
            (self.spots[at].presence, spot.presence) = (nearest, nearest);
        }
        let least = || (0..self.spots.len()).max_by(|a, b| self.spots[*a].order(&self.spots[*b]));
        let full = self.spots.len() >= MAX_SPOTS;
        match same.or_else(|| full.then(least).flatten()) {
            Some(at) if spot.order(&self.spots[at]).is_lt() => self.spots[at] = spot,
            Some(_) => {}
            None => self.spots.push(spot),
        }
    }

    pub(super) fn join(&mut self, other: Self) {
        self.texts += other.texts;
        for spot in other.spots {
            self.add(spot);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Confidence, Origin, Severity};

    #[test]
    fn a_file_that_moved_is_there_and_what_only_this_copy_has_is_not() {
        let hit = Hit {
            origin: Origin::Worktree,
            matches: Vec::new(),
            within: None,
        };
        let weight = |severity| Weight {
            severity,
            confidence: Confidence::High,
        };
        let spot = |path, presence: Presence, severity| Spot {
            earliest: (0, path, 0),
            hit: &hit,
            number: 0,
            weight: weight(severity),
            commit: None,
            presence,
            is_local: presence.is_local(),
        };
        let moved = spot("a", Presence::History, Severity::High);
        let here = spot("b", Presence::Head, Severity::High);
        let local = spot("", Presence::Unreachable, Severity::High);
        let group = Group::new(vec![moved.clone(), here, local.clone()]).unwrap();
        assert_eq!(group.presence_of(&moved), Presence::Head);
        assert_eq!(group.presence_of(&local), Presence::Unreachable);
        let milder = spot("b", Presence::Head, Severity::Medium);
        let group = Group::new(vec![moved.clone(), milder]).unwrap();
        assert_eq!(group.presence_of(&moved), Presence::History);
    }
}
