//! The places of one secret in the history, and which of them counts most.

use std::cmp::Ordering;

use crate::detect::Weight;
use crate::lexicon::path::{self, Role};
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
    /// Paths of one text of which the second says that only developers use it, and the first nothing.
    pub(super) renamed: Vec<(&'h str, &'h str)>,
}

/// How many of them are kept.
const MAX_RENAMED: usize = 32;

/// Returns the pairs of paths of one text of which the second says that only developers use it, as the first does not.
pub(super) fn renamed<'h>(paths: &[&'h str]) -> Vec<(&'h str, &'h str)> {
    if paths.len() < 2 {
        return Vec::new();
    }
    let is_of_developers = |path: &&str| path::role(path, &[]) == Role::Development;
    let (to, from): (Vec<_>, Vec<_>) = paths.iter().copied().partition(is_of_developers);
    // What was called after production was in use there.
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

    /// Leaves out the places that HEAD has under another name which says that only developers use them: the name that they
    /// have now says what they are.
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
