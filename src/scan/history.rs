//! Scans texts of the Git history, and combines what many versions contain into one finding each.
//!
//! Blobs of the history have no path while they are scanned. So matches are kept as they are, the blobs with matches
//! are attributed to commits and paths, and only then is each match weighed.

mod audited;
mod build;
mod group;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::detect::{self, Detector, Match, Trace, Weight};
use crate::model::{
    Blob, Category, Doubtful, Finding, Inherited, ObjectId, Origin, Part, Presence, Secret,
};
use crate::source::Worker;
use crate::source::git::{Attribution, Attributions, Repo};

use super::part;

pub(super) use audited::Audit;
use group::{Group, Spot, renamed};

/// The matches of one thread in texts of the history.
pub(super) struct HistoryWorker<'a> {
    detector: &'a Detector,
    pub(super) hits: Vec<Hit>,
    /// Values that are not sure enough at any path.
    pub(super) doubtful: Doubtful,
}

/// The matches in one text.
pub(super) struct Hit {
    pub(super) origin: Origin,
    pub(super) matches: Vec<(Match, Secret)>,
    /// For a match within a binary blob: the member of the archive, and the findings of the matches.
    pub(super) within: Option<(Option<String>, Vec<Finding>)>,
}

impl<'a> HistoryWorker<'a> {
    pub(super) fn new(detector: &'a Detector) -> Self {
        Self {
            detector,
            hits: Vec::new(),
            doubtful: Doubtful::default(),
        }
    }
}

impl HistoryWorker<'_> {
    fn keep(&mut self, blob: &Blob<'_>, trace: &Trace) {
        let matches = self.detector.matches(trace);
        if !matches.is_empty() {
            let with_secret = |found: Match| {
                let secret = Secret::new(&blob.bytes[found.secret.clone()]);
                (found, secret)
            };
            let matches = matches.into_iter().map(with_secret).collect();
            self.hits.push(Hit {
                origin: blob.origin.clone(),
                matches,
                within: None,
            });
        }
    }
}

impl Worker for HistoryWorker<'_> {
    type Memory = Trace;

    fn blob(&mut self, blob: &Blob<'_>) -> Trace {
        let scan = || self.detector.trace(blob.bytes);
        let trace = detect::counting(&mut self.doubtful, scan);
        self.keep(blob, &trace);
        trace
    }

    /// The unpacked bytes are gone by the time their path is known, so findings are made at once.
    fn part(&mut self, part: &Part<'_>) -> bool {
        let (mut matches, mut findings) = (Vec::new(), Vec::new());
        for within in part::scan(self.detector, part) {
            if let Some(secret) = within.finding.secret.clone() {
                matches.push((within.found, secret));
                findings.push(within.finding);
            }
        }
        let has_found = !matches.is_empty();
        if has_found {
            self.hits.push(Hit {
                origin: part.origin.clone(),
                matches,
                within: Some((part.member.map(str::to_owned), findings)),
            });
        }
        has_found
    }

    fn derived(&mut self, blob: &Blob<'_>, base: &Trace, inherited: &[Inherited]) -> Trace {
        let scan = || self.detector.trace_derived(blob.bytes, base, inherited);
        let trace = detect::counting(&mut self.doubtful, scan);
        self.keep(blob, &trace);
        trace
    }
}

impl Hit {
    /// Returns the id of the blob, if it is one.
    pub(super) fn blob(&self) -> Option<ObjectId> {
        match self.origin {
            Origin::Blob(id) => Some(id),
            _ => None,
        }
    }

    /// The archive member that it is in, if any.
    fn member(&self) -> Option<&str> {
        let (member, _) = self.within.as_ref()?;
        member.as_deref()
    }

    /// Weighs a match in it for a blob at `path`; `None` if it does not count there.
    fn weigh(&self, detector: &Detector, found: &Match, path: &str) -> Option<Weight> {
        match self.member() {
            Some(member) => detector.weigh(found, &part::full_path(path, Some(member))),
            None => detector.weigh(found, path),
        }
    }

    /// Whether a match in it fails only on confidence, for a blob at `path`.
    fn is_doubtful(&self, detector: &Detector, found: &Match, path: &str) -> bool {
        detector.is_doubtful(found, &part::full_path(path, self.member()))
    }

    /// Returns the id of the commit or tag, if it is the message of one.
    pub(super) fn message(&self) -> Option<ObjectId> {
        match self.origin {
            Origin::CommitMessage(id) | Origin::TagMessage(id) => Some(id),
            _ => None,
        }
    }
}

/// The key by which findings are combined: the secret, the rule and, for placeholders, whose values mean nothing by
/// themselves, the path and member.
type Key<'h> = (&'h Secret, u32, (&'h str, Option<&'h str>));

/// Options for making findings from hits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Making {
    /// Whether findings keep their other places, in case something suppresses the most severe one.
    pub(super) keeps_places: bool,
    /// Whether findings that only this copy of the repository has are marked.
    pub(super) marks_local: bool,
    /// Whether unreachable objects are left out.
    pub(super) own_refs_only: bool,
}

/// Combines hits into findings, one per rule and secret, at the place where it is most severe.
///
/// Placeholders are only reported if they are still in HEAD: one that is gone was replaced, as it should be.
pub(super) fn findings(
    detector: &Detector,
    repo: &Repo,
    hits: &[Hit],
    attributions: &Attributions,
    (making, doubtful): (Making, &mut Doubtful),
) -> Vec<Finding> {
    let placeholders: Vec<bool> = detector
        .rules()
        .iter()
        .map(|rule| rule.category == Category::Placeholder)
        .collect();
    let weighed: Vec<_> = hits
        .par_iter()
        .map(|hit| groups_of(detector, hit, attributions, (&placeholders, making)))
        .collect();
    let mut groups: BTreeMap<Key<'_>, Group<'_>> = BTreeMap::new();
    let weighed = weighed.into_iter().flat_map(|(groups, unsure)| {
        for secret in unsure {
            doubtful.note(secret.reveal());
        }
        groups
    });
    // Several members of an archive are in the same blob, which counts once.
    let mut counted: BTreeSet<(&Origin, Key<'_>)> = BTreeSet::new();
    for (key, mut group) in weighed {
        let hit = group.spots[0].hit;
        if hit.within.is_some() && !counted.insert((&hit.origin, key)) {
            group.texts = 0;
        }
        match groups.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(group);
            }
            Entry::Occupied(mut entry) => entry.get_mut().join(group),
        }
    }
    let mut groups: Vec<Group<'_>> = groups.into_values().collect();
    for group in &mut groups {
        group.leave_renamed();
        group.spots.sort_by(Spot::order);
    }
    build::findings(detector, repo, &groups, making)
}

/// The findings in one text, weighed by its attribution, and the secrets in it that are not sure enough there.
fn groups_of<'h>(
    detector: &Detector,
    hit: &'h Hit,
    attributions: &'h Attributions,
    (placeholders, making): (&[bool], Making),
) -> (Vec<(Key<'h>, Group<'h>)>, Vec<&'h Secret>) {
    let attribution = match (&hit.blob(), &hit.message()) {
        (Some(blob), _) => attributions.blobs.get(blob),
        (_, Some(message)) => attributions.messages.get(message),
        _ => None,
    };
    let counts = |it: &&Attribution| !making.own_refs_only || it.presence != Presence::Unreachable;
    let Some(attribution) = attribution.filter(counts) else {
        return <(Vec<_>, Vec<_>)>::default();
    };
    let id = hit.blob().or_else(|| hit.message());
    let is_borrowed = id.is_some_and(|id| attributions.borrowed.contains(&id));
    let mut counted: BTreeSet<Key<'_>> = BTreeSet::new();
    let mut groups = Vec::with_capacity(hit.matches.len());
    let mut unsure = Vec::new();
    for (number, (found, secret)) in hit.matches.iter().enumerate() {
        let is_placeholder = placeholders[found.rule as usize];
        let group = if is_placeholder {
            in_head(detector, (hit, number), attribution)
        } else {
            anywhere(detector, (hit, number), attribution)
        };
        let Some(mut group) = group else {
            let mut paths = attribution.places.iter().map(|place| &*place.path);
            if paths.any(|path| hit.is_doubtful(detector, found, path)) {
                unsure.push(secret);
            }
            continue;
        };
        for spot in &mut group.spots {
            spot.is_local = is_borrowed || making.marks_local && attribution.presence.is_local();
        }
        let key = (
            secret,
            found.rule,
            if is_placeholder {
                (group.spots[0].earliest.1, hit.member())
            } else {
                ("", None)
            },
        );
        // A secret that occurs twice in a text is still in one text.
        let texts = u64::from(counted.insert(key));
        groups.push((key, Group { texts, ..group }));
    }
    (groups, unsure)
}

/// A secret counts in any version.
fn anywhere<'h>(
    detector: &Detector,
    (hit, number): (&'h Hit, usize),
    attribution: &'h Attribution,
) -> Option<Group<'h>> {
    let (found, _) = &hit.matches[number];
    let spot = |weight: Weight, rank: u32, path: &'h str, commit: Option<ObjectId>| Spot {
        earliest: (rank, path, found.secret.start),
        hit,
        number,
        weight,
        commit,
        presence: attribution.presence_at(path),
        is_local: false,
    };
    if attribution.places.is_empty() {
        let weight = hit.weigh(detector, found, "")?;
        return Group::new(vec![spot(weight, u32::MAX, "", None)]);
    }
    let places = attribution.places.iter();
    let spots = places.filter_map(|place| {
        let weight = hit.weigh(detector, found, &place.path)?;
        Some(spot(weight, place.rank, &place.path, Some(place.commit)))
    });
    let mut group = Group::new(spots.collect())?;
    let paths: Vec<&str> = attribution
        .places
        .iter()
        .map(|place| &*place.path)
        .collect();
    group.renamed = renamed(&paths);
    Some(group)
}

/// A placeholder counts only in HEAD.
fn in_head<'h>(
    detector: &Detector,
    (hit, number): (&'h Hit, usize),
    attribution: &'h Attribution,
) -> Option<Group<'h>> {
    let (found, _) = &hit.matches[number];
    let weighed = attribution
        .head_paths
        .iter()
        .filter_map(|path| Some((hit.weigh(detector, found, path)?, path)));
    let (weight, path) = weighed
        .rev()
        .max_by_key(|(weight, _)| (weight.severity, weight.confidence))?;
    let place = attribution.places.iter().find(|place| place.path == *path);
    let rank = place.map_or(u32::MAX, |place| place.rank);
    let spot = Spot {
        earliest: (rank, path, found.secret.start),
        hit,
        number,
        weight,
        commit: place.map(|place| place.commit),
        presence: attribution.presence,
        is_local: false,
    };
    Group::new(vec![spot])
}
