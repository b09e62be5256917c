//! SARIF locations: paths as URIs, and places in what is no file.

use serde_sarif::sarif as format;

use super::ROOT;
use crate::model::{Location, Origin, Region, Related};
use crate::redact::Shown;
use crate::report::{excerpt, place};

/// The place of a finding, with the lines around it.
pub(super) fn primary(finding: &Shown) -> format::Location {
    let mut region = region_in_file(&finding.location);
    let shown = excerpt::show(finding);
    let context = shown.map(|shown| {
        region.snippet = Some(snippet(&shown.text[shown.marked.clone()]));
        let lines = i64::try_from(shown.text.lines().count()).unwrap_or(1);
        let first = i64::from(shown.first_line);
        format::Region::builder()
            .start_line(first)
            .end_line(first + (lines - 1).max(0))
            .snippet(snippet(&shown.text))
            .build()
    });
    let mut physical = format::PhysicalLocation::builder()
        .artifact_location(artifact(finding))
        .region(region)
        .build();
    // A region with context must lie within it, which a long key does not: its excerpt is cut.
    let is_whole = |context: &format::Region| {
        context.end_line >= physical.region.as_ref().and_then(|region| region.end_line)
    };
    physical.context_region = context
        .filter(is_whole)
        .filter(|_| finding.location.within().is_none());
    let mut location = format::Location::builder()
        .physical_location(physical)
        .build();
    location.logical_locations = logical(finding).map(|logical| vec![logical]);
    location
}

/// A place that belongs to a finding, under the number by which the message links it.
pub(super) fn related(related: &Related, id: i64) -> format::Location {
    let physical = format::PhysicalLocation::builder()
        .artifact_location(file(&related.location.path))
        .region(region_in_file(&related.location))
        .build();
    format::Location::builder()
        .id(id)
        .message(&super::sentence(&related.message))
        .physical_location(physical)
        .build()
}

/// What would mend the finding, for tools that offer it.
pub(super) fn fixes(finding: &Shown) -> Vec<format::Fix> {
    let fixes = finding.fixes.iter().map(|fix| {
        let replacements = fix.edits.iter().map(|edit| {
            format::Replacement::builder()
                .deleted_region(region(&edit.region))
                .inserted_content(snippet(&edit.replacement))
                .build()
        });
        let change = format::ArtifactChange::builder()
            .artifact_location(artifact(finding))
            .replacements(replacements.collect::<Vec<_>>())
            .build();
        let what = format!("{}: {}", fix.rule, fix.description);
        format::Fix::builder()
            .description(&super::sentence(&what))
            .artifact_changes(vec![change])
            .build()
    });
    fixes.collect()
}

/// The file of a finding: GitHub refuses a whole upload for one result that names none.
fn artifact(finding: &Shown) -> format::ArtifactLocation {
    file(&place::file(finding))
}

/// What the place is called when it is no file.
fn logical(finding: &Shown) -> Option<format::LogicalLocation> {
    if let Some(member) = &finding.location.member {
        return Some(
            format::LogicalLocation::builder()
                .name(member.as_str())
                .fully_qualified_name(finding.location.full_path())
                .kind("member")
                .build(),
        );
    }
    let is_message = matches!(
        finding.origin,
        Origin::CommitMessage(_) | Origin::TagMessage(_)
    );
    (is_message || finding.location.path.is_empty()).then(|| {
        format::LogicalLocation::builder()
            .name(place::subject(finding))
            .kind("text")
            .build()
    })
}

fn file(path: &str) -> format::ArtifactLocation {
    let uri = percent_encoded(path);
    if path.starts_with('/') {
        let uri = format!("file://{uri}");
        return format::ArtifactLocation::builder().uri(uri).build();
    }
    format::ArtifactLocation::builder()
        .uri(uri)
        .uri_base_id(ROOT)
        .build()
}

/// A path as a URI reference. A colon is encoded too: in the first part it would end a scheme.
fn percent_encoded(path: &str) -> String {
    const HEX: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F',
    ];
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let (high, low) = (usize::from(byte >> 4), usize::from(byte & 15));
            uri.extend(['%', HEX[high], HEX[low]]);
        }
    }
    uri
}

/// The part of a file that is there in a checkout: where that is an archive, all of it; where it is no text, bytes. A first
/// line is always named, since GitHub refuses results without one.
fn region_in_file(location: &Location) -> format::Region {
    if location.within().is_none() {
        return region(&location.region);
    }
    let mut region = format::Region::builder().start_line(1).build();
    if location.member.is_none() {
        let bytes = location.region.bytes();
        let number = |count: usize| i64::try_from(count).ok();
        region.byte_offset = number(bytes.start);
        region.byte_length = number(bytes.len());
    }
    region
}

fn region(region: &Region) -> format::Region {
    format::Region::builder()
        .start_line(i64::from(region.start.line))
        .start_column(i64::from(region.start.column))
        .end_line(i64::from(region.end.line))
        .end_column(i64::from(region.end.column))
        .build()
}

fn snippet(text: &str) -> format::ArtifactContent {
    format::ArtifactContent::builder().text(text).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_relative_references() {
        assert_eq!(percent_encoded("a b/ä\n.yml"), "a%20b/%C3%A4%0A.yml");
        assert_eq!(percent_encoded("c:/100%?#[x]"), "c%3A/100%25%3F%23%5Bx%5D");
    }
}
