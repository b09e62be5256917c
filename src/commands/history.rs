//! Scans texts of the git history, and joins what stands in many versions into one finding each.
//!
//! Blobs of the history have no path while they are scanned. So matches are kept as they are, the blobs that have some
//! are attributed to commits and paths, and only then is it decided what each match is worth.

use std::collections::{BTreeMap, BTreeSet};

use crate::detect::{Detector, Match, Scratch, Weight};
use crate::model::{Blob, Category, Finding, History, ObjectId, Origin, Presence, Secret};
use crate::source::Worker;
use crate::source::git::{Attribution, Attributions, Repo};

use super::finding::Builder;

/// One thread's matches in texts of the history.
pub(super) struct HistoryWorker<'a> {
    detector: &'a Detector,
    scratch: Scratch,
    pub(super) hits: Vec<Hit>,
}

/// The matches in one text.
pub(super) struct Hit {
    origin: Origin,
    matches: Vec<(Match, Secret)>,
}

impl<'a> HistoryWorker<'a> {
    pub(super) fn new(detector: &'a Detector) -> Self {
        Self {
            detector,
            scratch: Scratch::default(),
            hits: Vec::new(),
        }
    }
}

impl Worker for HistoryWorker<'_> {
    fn blob(&mut self, blob: &Blob<'_>) {
        let matches = self.detector.scan(blob, &mut self.scratch);
        if !matches.is_empty() {
            let with_secret = |found: Match| {
                let secret = Secret::new(&blob.bytes[found.secret.clone()]);
                (found, secret)
            };
            let matches = matches.into_iter().map(with_secret).collect();
            self.hits.push(Hit {
                origin: blob.origin.clone(),
                matches,
            });
        }
    }
}

impl Hit {
    /// The blob, if it is one.
    pub(super) fn blob(&self) -> Option<ObjectId> {
        match self.origin {
            Origin::Blob(id) => Some(id),
            _ => None,
        }
    }

    /// The commit or tag whose message it is, if it is one.
    pub(super) fn message(&self) -> Option<ObjectId> {
        match self.origin {
            Origin::CommitMessage(id) | Origin::TagMessage(id) => Some(id),
            _ => None,
        }
    }
}

/// Everything that is known of one secret in the history.
struct Group<'h> {
    /// The earliest place: the rank of its commit, its path, and where in the text.
    earliest: (u32, &'h str, usize),
    hit: &'h Hit,
    found: &'h Match,
    weight: Weight,
    attribution: &'h Attribution,
    presence: Presence,
    texts: u64,
}

/// Joins hits into findings, one for every rule and secret.
///
/// Placeholders are only reported if they are still in HEAD: one that is gone was replaced, as it should be.
pub(super) fn findings(
    detector: &Detector,
    repo: &Repo,
    hits: &[Hit],
    attributions: &Attributions,
) -> Vec<Finding> {
    let mut groups: BTreeMap<(&Secret, u32), Group<'_>> = BTreeMap::new();
    for hit in hits {
        let attribution = match (&hit.blob(), &hit.message()) {
            (Some(blob), _) => attributions.blobs.get(blob),
            (_, Some(message)) => attributions.messages.get(message),
            _ => None,
        };
        let Some(attribution) = attribution else {
            continue;
        };
        let mut counted = BTreeSet::new();
        for (found, secret) in &hit.matches {
            let Some(group) = group(detector, hit, found, attribution) else {
                continue;
            };
            let key = (secret, found.rule);
            // A secret that stands in one text twice is still in one text.
            let texts = u64::from(counted.insert(key));
            join(&mut groups, key, Group { texts, ..group });
        }
    }
    groups
        .into_values()
        .filter_map(|group| build(detector, repo, &group))
        .collect()
}

fn group<'h>(
    detector: &Detector,
    hit: &'h Hit,
    found: &'h Match,
    attribution: &'h Attribution,
) -> Option<Group<'h>> {
    let first = attribution.first.as_ref();
    let path = first.map_or("", |place| place.path.as_str());
    let weight = detector
        .weigh(found, path)
        .or_else(|| detector.weigh(found, attribution.head_path.as_deref()?))?;
    let rank = first.map_or(u32::MAX, |place| place.rank);
    let earliest = (rank, path, found.secret.start);
    Some(Group {
        earliest,
        hit,
        found,
        weight,
        attribution,
        presence: attribution.presence,
        texts: 0,
    })
}

fn join<'h>(
    groups: &mut BTreeMap<(&'h Secret, u32), Group<'h>>,
    key: (&'h Secret, u32),
    new: Group<'h>,
) {
    match groups.entry(key) {
        std::collections::btree_map::Entry::Vacant(entry) => {
            entry.insert(new);
        }
        std::collections::btree_map::Entry::Occupied(mut entry) => {
            let old = entry.get_mut();
            let texts = old.texts + new.texts;
            let presence = old.presence.min(new.presence);
            let origin = |group: &Group<'_>| group.hit.origin.clone();
            if (new.earliest, origin(&new)) < (old.earliest, origin(old)) {
                *old = new;
            }
            old.texts = texts;
            old.presence = presence;
        }
    }
}

fn build(detector: &Detector, repo: &Repo, group: &Group<'_>) -> Option<Finding> {
    let category = detector.rule(group.found.rule).category;
    if category == Category::Placeholder && group.presence != Presence::Head {
        return None;
    }
    let bytes = repo.read_text(&group.hit.origin)?;
    let blob = Blob {
        bytes: &bytes,
        path: None,
        origin: group.hit.origin.clone(),
        fresh: &[],
    };
    let matches: Vec<Match> = group
        .hit
        .matches
        .iter()
        .map(|(found, _)| found.clone())
        .collect();
    let builder = Builder::new(detector, &blob, &matches);
    let mut finding = builder.finding(group.found, group.weight, group.earliest.1);
    let commit = group.attribution.first.as_ref().map(|place| place.commit);
    finding.history = Some(History {
        first: commit.and_then(|commit| repo.commit_summary(commit)),
        first_path: None,
        presence: group.presence,
        blobs: group.texts,
    });
    Some(finding)
}
