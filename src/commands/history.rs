//! Scans texts of the git history, and joins what stands in many versions into one finding each.
//!
//! Blobs of the history have no path while they are scanned. So matches are kept as they are, the blobs that have some
//! are attributed to commits and paths, and only then is it decided what each match is worth.

mod audited;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use crate::detect::{Detector, Match, Trace, Weight};
use crate::model::{
    Blob, Category, Finding, History, Inherited, ObjectId, Origin, Part, Presence, Secret,
};
use crate::source::Worker;
use crate::source::git::{Attribution, Attributions, Reader, Repo};

use super::finding::Builder;
use super::part;

pub(super) use audited::Audit;

/// One thread's matches in texts of the history.
pub(super) struct HistoryWorker<'a> {
    detector: &'a Detector,
    pub(super) hits: Vec<Hit>,
}

/// The matches in one text.
pub(super) struct Hit {
    pub(super) origin: Origin,
    pub(super) matches: Vec<(Match, Secret)>,
    /// If it stands within a blob that is no text: which member, and the findings that the matches make.
    pub(super) within: Option<(Option<String>, Vec<Finding>)>,
}

impl<'a> HistoryWorker<'a> {
    pub(super) fn new(detector: &'a Detector) -> Self {
        Self {
            detector,
            hits: Vec::new(),
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
        let trace = self.detector.trace(blob.bytes);
        self.keep(blob, &trace);
        trace
    }

    /// What is unpacked is not there any more when it is known where it comes from, so findings are made at once.
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
        let trace = self.detector.trace_derived(blob.bytes, base, inherited);
        self.keep(blob, &trace);
        trace
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

    /// The member of an archive that it stands in, if it does.
    fn member(&self) -> Option<&str> {
        let (member, _) = self.within.as_ref()?;
        member.as_deref()
    }

    /// What a match in it is worth, if its blob is at `path`.
    fn weigh(&self, detector: &Detector, found: &Match, path: &str) -> Option<Weight> {
        match self.member() {
            Some(member) => detector.weigh(found, &part::full_path(path, Some(member))),
            None => detector.weigh(found, path),
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

/// What findings are joined by: the secret, the rule, and for placeholders, whose values mean nothing by themselves,
/// the path and the member there.
type Key<'h> = (&'h Secret, u32, (&'h str, Option<&'h str>));

/// Everything that is known of one secret in the history.
struct Group<'h> {
    /// The rank of the earliest commit, the path there, and where in the text.
    earliest: (u32, &'h str, usize),
    hit: &'h Hit,
    found: &'h Match,
    weight: Weight,
    commit: Option<ObjectId>,
    presence: Presence,
    texts: u64,
}

/// Joins hits into findings, one for every rule and secret.
///
/// Placeholders are only reported where they still are in HEAD: one that is gone was replaced, as it should be.
pub(super) fn findings(
    detector: &Detector,
    repo: &Repo,
    hits: &[Hit],
    attributions: &Attributions,
) -> Vec<Finding> {
    let placeholders: Vec<bool> = detector
        .rules()
        .iter()
        .map(|rule| rule.category == Category::Placeholder)
        .collect();
    let weighed: Vec<_> = hits
        .par_iter()
        .map(|hit| groups_of(detector, hit, attributions, &placeholders))
        .collect();
    let mut groups: BTreeMap<Key<'_>, Group<'_>> = BTreeMap::new();
    // What stands in several members of an archive stands in one blob.
    let mut counted: BTreeSet<(&Origin, Key<'_>)> = BTreeSet::new();
    for (key, mut group) in weighed.into_iter().flatten() {
        if group.hit.within.is_some() && !counted.insert((&group.hit.origin, key)) {
            group.texts = 0;
        }
        join(&mut groups, key, group);
    }
    let groups: Vec<Group<'_>> = groups.into_values().collect();
    let built = groups.par_iter().map_init(
        || repo.reader(),
        |reader, group| build(detector, reader, group),
    );
    built.flatten().collect()
}

/// What was found in one text, weighed by where it comes from.
fn groups_of<'h>(
    detector: &Detector,
    hit: &'h Hit,
    attributions: &'h Attributions,
    placeholders: &[bool],
) -> Vec<(Key<'h>, Group<'h>)> {
    let attribution = match (&hit.blob(), &hit.message()) {
        (Some(blob), _) => attributions.blobs.get(blob),
        (_, Some(message)) => attributions.messages.get(message),
        _ => None,
    };
    let Some(attribution) = attribution else {
        return Vec::new();
    };
    let mut counted: BTreeSet<Key<'_>> = BTreeSet::new();
    let mut groups = Vec::with_capacity(hit.matches.len());
    for (found, secret) in &hit.matches {
        let is_placeholder = placeholders[found.rule as usize];
        let group = if is_placeholder {
            in_head(detector, hit, found, attribution)
        } else {
            anywhere(detector, hit, found, attribution)
        };
        let Some(group) = group else { continue };
        let key = (
            secret,
            found.rule,
            if is_placeholder {
                (group.earliest.1, hit.member())
            } else {
                ("", None)
            },
        );
        // A secret that stands in one text twice is still in one text.
        let texts = u64::from(counted.insert(key));
        groups.push((key, Group { texts, ..group }));
    }
    groups
}

/// A secret counts wherever it was: of all its places the one where it weighs most, and of those the earliest.
fn anywhere<'h>(
    detector: &Detector,
    hit: &'h Hit,
    found: &'h Match,
    attribution: &'h Attribution,
) -> Option<Group<'h>> {
    let group = |weight: Weight, rank: u32, path: &'h str, commit: Option<ObjectId>| Group {
        earliest: (rank, path, found.secret.start),
        hit,
        found,
        weight,
        commit,
        presence: attribution.presence,
        texts: 0,
    };
    if attribution.places.is_empty() {
        return hit
            .weigh(detector, found, "")
            .map(|weight| group(weight, u32::MAX, "", None));
    }
    let weighed = attribution
        .places
        .iter()
        .filter_map(|place| Some((hit.weigh(detector, found, &place.path)?, place)));
    // The last of several that are largest is the earliest, seen from the end.
    let (weight, place) = weighed
        .rev()
        .max_by_key(|(weight, _)| (weight.severity, weight.confidence))?;
    Some(group(weight, place.rank, &place.path, Some(place.commit)))
}

/// A placeholder counts where it is.
fn in_head<'h>(
    detector: &Detector,
    hit: &'h Hit,
    found: &'h Match,
    attribution: &'h Attribution,
) -> Option<Group<'h>> {
    let weighed = attribution
        .head_paths
        .iter()
        .filter_map(|path| Some((hit.weigh(detector, found, path)?, path)));
    let (weight, path) = weighed
        .rev()
        .max_by_key(|(weight, _)| (weight.severity, weight.confidence))?;
    let place = attribution.places.iter().find(|place| place.path == *path);
    Some(Group {
        earliest: (
            place.map_or(u32::MAX, |place| place.rank),
            path,
            found.secret.start,
        ),
        hit,
        found,
        weight,
        commit: place.map(|place| place.commit),
        presence: attribution.presence,
        texts: 0,
    })
}

fn join<'h>(groups: &mut BTreeMap<Key<'h>, Group<'h>>, key: Key<'h>, new: Group<'h>) {
    match groups.entry(key) {
        Entry::Vacant(entry) => {
            entry.insert(new);
        }
        Entry::Occupied(mut entry) => {
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

fn build(detector: &Detector, reader: &Reader, group: &Group<'_>) -> Option<Finding> {
    let mut finding = match &group.hit.within {
        Some((member, findings)) => {
            let mut matches = group.hit.matches.iter();
            let number = matches.position(|(found, _)| std::ptr::eq(found, group.found))?;
            let mut finding = findings.get(number)?.clone();
            part::place(
                &mut finding,
                group.earliest.1,
                member.as_deref(),
                group.weight,
            );
            finding
        }
        None => build_again(detector, reader, group)?,
    };
    finding.history = Some(History {
        first: group
            .commit
            .and_then(|commit| reader.commit_summary(commit)),
        first_path: None,
        presence: group.presence,
        blobs: group.texts,
    });
    Some(finding)
}

/// Makes the finding of a text, which is read again.
fn build_again(detector: &Detector, reader: &Reader, group: &Group<'_>) -> Option<Finding> {
    let bytes = reader.read_text(&group.hit.origin)?;
    // An object that changed since it was scanned is damaged; what was found in it may be out of bounds.
    let is_within = |(found, _): &(Match, Secret)| {
        let parts = found.parts.iter().map(|part| &part.place);
        let mut ranges = [&found.span, &found.secret].into_iter().chain(parts);
        ranges.all(|range| bytes.get(range.clone()).is_some())
    };
    if !group.hit.matches.iter().all(is_within) {
        return None;
    }
    let blob = Blob {
        bytes: &bytes,
        path: None,
        origin: group.hit.origin.clone(),
    };
    let matches: Vec<Match> = group
        .hit
        .matches
        .iter()
        .map(|(found, _)| found.clone())
        .collect();
    let builder = Builder::new(detector, &blob, &matches);
    Some(builder.finding(group.found, group.weight, group.earliest.1))
}
