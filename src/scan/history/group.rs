//! The places of one secret in the history, and which of them is most important.

use std::cmp::Ordering;

use crate::detect::Weight;
use crate::lexicon::path::{self, Role};
use crate::model::{ObjectId, Presence};

use super::Hit;

/// A place of a secret: a path, and the most important version of the file there.
#[derive(Clone)]
pub(super) struct Spot<'h> {
    /// The rank of the earliest commit, the path there, and the offset in the text.
    pub(super) earliest: (u32, &'h str, usize),
    pub(super) hit: &'h Hit,
    /// The index of the match in `hit`.
    pub(super) number: usize,
    pub(super) weight: Weight,
    pub(super) commit: Option<ObjectId>,
    /// How near the secret still is at this path.
    pub(super) presence: Presence,
    /// Whether only this copy of the repository has it.
    pub(super) is_local: bool,
}

impl Spot<'_> {
    /// Orders by importance: what others have, too, comes first, then what is more severe, then what is earlier.
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

/// Everything known about one secret in the history.
pub(super) struct Group<'h> {
    /// Its most important places, one per path.
    pub(super) spots: Vec<Spot<'h>>,
    pub(super) texts: u64,
    /// Pairs of paths of the same text, where only the second is named for developers.
    pub(super) renamed: Vec<(&'h str, &'h str)>,
}

/// How many of these pairs are kept.
const MAX_RENAMED: usize = 32;

/// Returns the pairs of paths of the same text, where the first is shipped and only the second is named for developers.
pub(super) fn renamed<'h>(paths: &[&'h str]) -> Vec<(&'h str, &'h str)> {
    if paths.len() < 2 {
        return Vec::new();
    }
    let is_of_developers = |path: &&str| path::role(path, &[]) == Role::Development;
    let (to, from): (Vec<_>, Vec<_>) = paths.iter().copied().partition(is_of_developers);
    // A file named for production was in use there.
    let from = from
        .into_iter()
        .filter(|path| path::role(path, &[]) == Role::Shipped && !path::is_called_deployed(path));
    let pairs = from.flat_map(|from| to.clone().into_iter().map(move |to| (from, to)));
    pairs.take(MAX_RENAMED).collect()
}

impl<'h> Group<'h> {
    pub(super) fn new(spots: Vec<Spot<'h>>) -> Option<Self> {
        let mut group = Self {
            spots: Vec::new(),
            texts: 0,
            renamed: Vec::new(),
        };
        for spot in spots {
            group.add(spot);
        }
        (!group.spots.is_empty()).then_some(group)
    }

    /// Whether the secret is nearer at another path than at its most important one: say, in a guide in HEAD, while the
    /// original file is gone.
    pub(super) fn is_nearer_elsewhere(&self) -> bool {
        let mut spots = self.spots.iter();
        let first = spots.next().map(|spot| spot.presence);
        spots.any(|spot| Some(spot.presence) < first)
    }

    /// The presence of the secret at `spot`, or at any place that is at least as severe, since a file that moved is
    /// still there. Local places do not decide, so they keep their own.
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

    /// Adds a place. Of several at the same path, the most important one stays, with the nearest presence of them all.
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

    /// Drops the places that HEAD has under another name for developers: the new name says what they are.
    pub(super) fn leave_renamed(&mut self) {
        let is_here = |path: &str| {
            let mut spots = self.spots.iter();
            spots.any(|spot| spot.earliest.1 == path && spot.presence == Presence::Head)
        };
        let pairs = self.renamed.iter().filter(|(_, to)| is_here(to));
        let gone: Vec<&str> = pairs.map(|(from, _)| *from).collect();
        let is_gone =
            |spot: &Spot<'_>| spot.presence != Presence::Head && gone.contains(&spot.earliest.1);
        self.spots.retain(|spot| !is_gone(spot));
    }

    pub(super) fn join(&mut self, other: Self) {
        self.texts += other.texts;
        let room = MAX_RENAMED.saturating_sub(self.renamed.len());
        self.renamed.extend(other.renamed.into_iter().take(room));
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

    #[test]
    fn names_of_developers_take_the_place_of_names_that_say_nothing() {
        assert_eq!(
            renamed(&["default-realm.json", "local-realm.json"]),
            [("default-realm.json", "local-realm.json")]
        );
        assert_eq!(
            renamed(&["a/x.json", "dev/x.json"]),
            [("a/x.json", "dev/x.json")]
        );
        for paths in [
            &["prod-realm.json", "local-realm.json"][..],
            &["a.json", "b.json"],
            &["local-a.json", "local-b.json"],
            &["docs/a.json", "local-a.json"],
            &["local-a.json"],
        ] {
            assert!(renamed(paths).is_empty(), "{paths:?}");
        }
    }
}
