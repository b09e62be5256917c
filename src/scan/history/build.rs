//! Makes the findings of the history text by text, so that each text is read again only once.

use rayon::prelude::*;

use crate::detect::{Detector, Match};
use crate::model::{Blob, CommitSummary, Finding, History, ObjectId, Severity};
use crate::source::git::{Reader, Repo};

use super::group::{Group, Spot};
use super::{Making, part};
use crate::scan::finding::Builder;
use crate::triage;

/// A place of a secret, and the number of the group that it belongs to.
type Wanted<'g, 'h> = (usize, &'g Spot<'h>);

/// Makes one finding per group, at the first of its places.
pub(super) fn findings(
    detector: &Detector,
    repo: &Repo,
    groups: &[Group<'_>],
    making: Making,
) -> Vec<Finding> {
    let build = |wanted: &[Wanted<'_, '_>]| build(detector, repo, groups, wanted);
    let first: Vec<Wanted<'_, '_>> = (0..)
        .zip(groups)
        .filter_map(|(number, group)| Some((number, group.spots.first()?)))
        .collect();
    let mut findings: Vec<Option<Finding>> = vec![None; groups.len()];
    for ((number, _), finding) in first.iter().zip(build(&first)) {
        findings[*number] = finding;
    }
    let has_places = |group: &Group<'_>, finding: &Finding| {
        making.keeps_places || finding.site.has_comments() || group.is_nearer_elsewhere()
    };
    let numbered = groups.iter().zip(&findings).enumerate();
    let others: Vec<Wanted<'_, '_>> = numbered
        .filter(|(_, (group, finding))| {
            finding.as_ref().is_some_and(|finding| {
                has_places(group, finding) || is_lowered(finding, &group.spots[0])
            })
        })
        .flat_map(|(number, (group, _))| group.spots.iter().skip(1).map(move |spot| (number, spot)))
        .collect();
    for ((number, spot), place) in others.iter().zip(build(&others)) {
        let Some((finding, mut place)) = findings[*number].as_mut().zip(place) else {
            continue;
        };
        // The first place was the most severe, until its own file lowered it.
        if place.severity > finding.severity && (finding.is_local || !spot.is_local) {
            place.places = std::mem::take(&mut finding.places);
            std::mem::swap(finding, &mut place);
        }
        finding.places.push(place);
    }
    let wanted = groups.iter().zip(findings);
    let kept = wanted.filter_map(|(group, finding)| {
        let mut finding = finding?;
        if !has_places(group, &finding) {
            finding.places.clear();
        }
        Some(finding)
    });
    kept.collect()
}

/// Whether the file of a finding lowered its severity below that of its place.
fn is_lowered(finding: &Finding, spot: &Spot<'_>) -> bool {
    finding.severity < spot.weight.severity
}

/// The findings at the wanted places, in their order; `None` for damaged texts.
fn build(
    detector: &Detector,
    repo: &Repo,
    groups: &[Group<'_>],
    wanted: &[Wanted<'_, '_>],
) -> Vec<Option<Finding>> {
    let text = |number: &usize| std::ptr::from_ref(wanted[*number].1.hit);
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by_key(text);
    let texts: Vec<&[usize]> = order.chunk_by(|a, b| text(a) == text(b)).collect();
    let found = texts.par_iter().map_init(
        || Maker::new(detector, repo),
        |maker, numbers| {
            let spots: Vec<_> = numbers.iter().map(|number| wanted[*number].1).collect();
            let mut findings = maker.text(&spots);
            for (number, finding) in numbers.iter().zip(&mut findings) {
                let (group, spot) = wanted[*number];
                if let Some(finding) = finding {
                    maker.place(finding, spot, &groups[group]);
                }
            }
            findings
        },
    );
    let found: Vec<Vec<Option<Finding>>> = found.collect();
    let mut all: Vec<Option<Finding>> = vec![None; wanted.len()];
    for (number, finding) in order.iter().zip(found.into_iter().flatten()) {
        all[*number] = finding;
    }
    all
}

/// The state that one thread needs to make findings.
struct Maker<'a> {
    detector: &'a Detector,
    reader: Reader,
    /// The commit that was read last, since most findings in a text come from the same one.
    commit: Option<(ObjectId, Option<CommitSummary>)>,
}

impl<'a> Maker<'a> {
    fn new(detector: &'a Detector, repo: &Repo) -> Self {
        Self {
            detector,
            reader: repo.reader(),
            commit: None,
        }
    }

    /// The findings at `spots`, which are all in the same text.
    fn text(&self, spots: &[&Spot<'_>]) -> Vec<Option<Finding>> {
        let Some(hit) = spots.first().map(|spot| spot.hit) else {
            return Vec::new();
        };
        if let Some((member, findings)) = &hit.within {
            let finding = |spot: &&Spot<'_>| {
                let mut finding = findings.get(spot.number)?.clone();
                part::place(
                    &mut finding,
                    spot.earliest.1,
                    member.as_deref(),
                    spot.weight,
                );
                Some(finding)
            };
            return spots.iter().map(finding).collect();
        }
        let _room = self.reader.room_for(&hit.origin);
        let bytes = self.reader.read_text(&hit.origin);
        // An object that changed since it was scanned is damaged, and its matches may be out of bounds.
        let is_within = |(found, _): &(Match, _)| {
            let parts = found.parts.iter().map(|part| &part.place);
            let mut ranges = [&found.span, &found.secret].into_iter().chain(parts);
            ranges.all(|range| {
                bytes
                    .as_ref()
                    .is_some_and(|bytes| bytes.get(range.clone()).is_some())
            })
        };
        let Some(bytes) = bytes.as_ref().filter(|_| hit.matches.iter().all(is_within)) else {
            return vec![None; spots.len()];
        };
        let blob = Blob {
            bytes,
            path: None,
            origin: hit.origin.clone(),
        };
        let matches = hit.matches.iter().map(|(found, _)| found);
        let builder = Builder::new(self.detector, &blob, matches);
        let finding = |spot: &&Spot<'_>| {
            let (found, _) = &hit.matches[spot.number];
            let path = spot.earliest.1;
            let weight = builder.lowered(found, spot.weight, path);
            let mut finding = builder.finding(found, weight, path);
            if finding.severity > Severity::Medium
                && let Some(why) = builder.on_machine(path)
            {
                triage::lower_developed(&mut finding, why);
            }
            Some(finding)
        };
        spots.iter().map(finding).collect()
    }

    /// Adds the place in the history to a finding.
    fn place(&mut self, finding: &mut Finding, spot: &Spot<'_>, group: &Group<'_>) {
        finding.is_local = spot.is_local;
        finding.history = Some(History {
            first: spot.commit.and_then(|commit| self.summary(commit)),
            first_path: None,
            removed: None,
            presence: group.presence_of(spot),
            blobs: group.texts,
        });
    }

    fn summary(&mut self, id: ObjectId) -> Option<CommitSummary> {
        if self.commit.as_ref().is_none_or(|(known, _)| *known != id) {
            self.commit = Some((id, self.reader.commit_summary(id)));
        }
        let (_, summary) = self.commit.as_ref()?;
        summary.clone()
    }
}
