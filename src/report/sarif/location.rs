//! SARIF locations: paths as URIs, and places that are not files.

use super::{ROOT, format};
use crate::model::{Location, Origin, Region, Related};
use crate::redact::Shown;
use crate::report::{excerpt, place};

/// Returns the place of a finding, with the lines around it.
pub(super) fn primary(finding: &Shown) -> format::Location {
    let mut region = region_in_file(&finding.location);
    let shown = excerpt::show(finding);
    let context = shown.map(|shown| {
        region.snippet = Some(snippet(&shown.text[shown.marked.clone()]));
        let lines = u32::try_from(shown.text.lines().count()).unwrap_or(1);
        format::Region {
            start_line: Some(shown.first_line),
            end_line: Some(shown.first_line + lines.saturating_sub(1)),
            snippet: Some(snippet(&shown.text)),
            ..Default::default()
        }
    });
    // SARIF requires the region to lie within its context, which fails for a long key, whose excerpt is cut.
    let context_region = context
        .filter(|context| context.end_line >= region.end_line)
        .filter(|_| finding.location.within().is_none());
    format::Location {
        id: None,
        logical_locations: logical(finding).map(|logical| vec![logical]),
        message: None,
        physical_location: Some(format::PhysicalLocation {
            artifact_location: artifact(finding),
            context_region,
            region,
        }),
    }
}

/// Returns a related place, with the number by which the message links it.
pub(super) fn related(related: &Related, id: usize) -> format::Location {
    format::Location {
        id: Some(id),
        logical_locations: None,
        message: Some(super::sentence(&related.message).into()),
        physical_location: Some(format::PhysicalLocation {
            artifact_location: file(&related.location.path),
            context_region: None,
            region: region_in_file(&related.location),
        }),
    }
}

/// Returns the fixes of the finding, for tools that offer them.
pub(super) fn fixes(finding: &Shown) -> Vec<format::Fix> {
    let fixes = finding.fixes.iter().map(|fix| {
        let replacements = fix.edits.iter().map(|edit| format::Replacement {
            deleted_region: region(&edit.region),
            inserted_content: snippet(&edit.replacement),
        });
        let change = format::ArtifactChange {
            artifact_location: artifact(finding),
            replacements: replacements.collect(),
        };
        let what = format!("{}: {}", fix.rule, fix.description);
        format::Fix {
            artifact_changes: vec![change],
            description: super::sentence(&what).into(),
        }
    });
    fixes.collect()
}

/// Returns the file of a finding: GitHub rejects a whole upload for a single result that names none.
fn artifact(finding: &Shown) -> format::ArtifactLocation {
    file(&place::file(finding))
}

/// Returns the name of a place that is not a file.
fn logical(finding: &Shown) -> Option<format::LogicalLocation> {
    if let Some(member) = &finding.location.member {
        return Some(format::LogicalLocation {
            fully_qualified_name: Some(finding.location.full_path().into_owned()),
            kind: "member",
            name: member.clone(),
        });
    }
    let is_message = matches!(
        finding.origin,
        Origin::CommitMessage(_) | Origin::TagMessage(_)
    );
    (is_message || finding.location.path.is_empty()).then(|| format::LogicalLocation {
        fully_qualified_name: None,
        kind: "text",
        name: place::subject(finding).into_owned(),
    })
}

fn file(path: &str) -> format::ArtifactLocation {
    let uri = percent_encoded(path);
    let is_absolute = path.starts_with('/');
    format::ArtifactLocation {
        description: None,
        uri: Some(if is_absolute {
            format!("file://{uri}")
        } else {
            uri
        }),
        uri_base_id: (!is_absolute).then_some(ROOT),
    }
}

/// Returns a path as a URI reference. A colon is encoded too: in the first segment it would end a scheme.
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

/// Returns the part of the file that is in the checkout: for an archive, all of it; for a binary file, bytes. There is
/// always a first line, since GitHub rejects results without one.
fn region_in_file(location: &Location) -> format::Region {
    if location.within().is_none() {
        return region(&location.region);
    }
    let bytes = location.region.bytes();
    let is_bytes = location.member.is_none();
    format::Region {
        byte_length: is_bytes.then_some(bytes.len()),
        byte_offset: is_bytes.then_some(bytes.start),
        start_line: Some(1),
        ..Default::default()
    }
}

fn region(region: &Region) -> format::Region {
    format::Region {
        end_column: Some(region.end.column),
        end_line: Some(region.end.line),
        start_column: Some(region.start.column),
        start_line: Some(region.start.line),
        ..Default::default()
    }
}

fn snippet(text: &str) -> format::ArtifactContent {
    format::ArtifactContent {
        text: text.to_owned(),
    }
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
