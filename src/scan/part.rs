//! Turns matches within binary files, in members of archives or in strings, into findings.

use std::ops::Range;

use crate::detect::{Detector, Match, Weight};
use crate::model::{Blob, Finding, Location, MEMBER, Part, Places, Position, Region, member_of};

use super::finding::Builder;

/// How many bytes of the string around a match are kept to either side of it.
const SIDE: usize = 120;

/// A match in a part, and its finding, which still lacks the path and the weight there.
pub(super) struct Within {
    pub(super) found: Match,
    pub(super) finding: Finding,
}

/// Returns all matches in a part.
pub(super) fn scan(detector: &Detector, part: &Part<'_>) -> Vec<Within> {
    match part.places {
        None => in_text(detector, part),
        Some(places) => in_binary(detector, part, places),
    }
}

fn in_text(detector: &Detector, part: &Part<'_>) -> Vec<Within> {
    let matches = detector.scan(part.bytes);
    if matches.is_empty() {
        return Vec::new();
    }
    let blob = blob(part, part.bytes);
    let builder = Builder::new(detector, &blob, &matches);
    let finding = |found: &Match| builder.finding(found, weight(detector, found), "");
    let findings: Vec<Finding> = matches.iter().map(finding).collect();
    let within = matches.into_iter().zip(findings);
    within
        .map(|(found, finding)| Within { found, finding })
        .collect()
}

/// The surroundings of a match in binary data mean nothing, so only the string that contains it is examined.
fn in_binary(detector: &Detector, part: &Part<'_>, places: &Places) -> Vec<Within> {
    let found = detector
        .scan_binary(part.bytes, places.are_rest())
        .into_iter();
    let within = found.map(|found| {
        let string = string_around(part.bytes, &found.span);
        let shifted = found.shifted_back(string.start);
        let blob = blob(part, &part.bytes[string]);
        let builder = Builder::new(detector, &blob, std::slice::from_ref(&shifted));
        let mut finding = builder.finding(&shifted, weight(detector, &found), "");
        let place = |location: &mut Location, range: &Range<usize>| {
            location.is_binary = true;
            location.region = Region {
                start: position(places.in_file(range.start)),
                end: position(places.in_file(range.end.max(1) - 1) + 1),
            };
        };
        place(&mut finding.location, &found.secret);
        for (related, part) in finding.related.iter_mut().zip(&found.parts) {
            place(&mut related.location, &part.place);
        }
        Within { found, finding }
    });
    within.collect()
}

/// The position of a byte in data without lines.
fn position(byte: usize) -> Position {
    Position {
        line: 1,
        column: 1,
        byte,
    }
}

fn string_around(bytes: &[u8], span: &Range<usize>) -> Range<usize> {
    let is_typed = |byte: &&u8| matches!(byte, b'\t' | b' '..=b'~');
    let before = bytes[..span.start].iter().rev().take(SIDE);
    let behind = bytes[span.end..].iter().take(SIDE);
    let before = before.take_while(is_typed).count();
    span.start - before..span.end + behind.take_while(is_typed).count()
}

fn blob<'a>(part: &Part<'a>, bytes: &'a [u8]) -> Blob<'a> {
    Blob {
        bytes,
        path: None,
        origin: part.origin.clone(),
    }
}

/// The weight of a match, independent of its path.
fn weight(detector: &Detector, found: &Match) -> Weight {
    Weight {
        severity: detector.rule(found.rule).severity,
        confidence: found.confidence,
    }
}

/// Returns the path by which a match in a member of the file at `path` is weighed.
pub(super) fn full_path(path: &str, member: Option<&str>) -> String {
    match member {
        Some(member) => format!("{path}{MEMBER}{}", member_of(path, member)),
        None => path.to_owned(),
    }
}

/// Sets the path and the weight of a finding.
pub(super) fn place(finding: &mut Finding, path: &str, member: Option<&str>, weight: Weight) {
    finding.severity = weight.severity;
    finding.confidence = weight.confidence;
    let related = finding.related.iter_mut();
    let related = related.map(|related| &mut related.location);
    for location in std::iter::once(&mut finding.location).chain(related) {
        path.clone_into(&mut location.path);
        location.member = member.map(|member| member_of(path, member));
    }
}
