//! Who has to act on a finding: the owner in CODEOWNERS of the default branch, else the person who last committed to
//! the file. A mapping, which may say more than the latest commit, and the author of the first commit are considered when
//! a report is written.

mod changes;
mod code_owners;
mod committers;
mod mapping;

use std::collections::BTreeSet;
use std::path::Path;

pub(crate) use changes::Changes;
pub(crate) use mapping::Mapping;

use crate::worker::protocol::Found;
use code_owners::CodeOwners;

/// What is said of an owner whom CODEOWNERS names.
pub(crate) const CODE_OWNERS: &str = "CODEOWNERS";

/// Returns a name as it is meant that was copied from a report: in CSV an apostrophe keeps it from being a formula, and in
/// Markdown a space without width keeps it from being a mention, and `\` is before what would be markup.
pub(crate) fn plain_name(text: &str) -> String {
    let text = text.trim();
    let bare = text.strip_prefix('\'');
    let bare = bare.filter(|bare| bare.starts_with(['=', '+', '-', '@']));
    let mut name = String::with_capacity(text.len());
    let mut chars = bare.unwrap_or(text).chars().peekable();
    while let Some(c) = chars.next() {
        let is_escape = c == '\\' && chars.peek().is_some_and(char::is_ascii_punctuation);
        let is_unseen = matches!(c, '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}');
        if !is_escape && !is_unseen {
            name.push(c);
        }
    }
    name
}

/// Sets the owners of findings in the repository at `path`.
pub(crate) fn assign(path: &Path, findings: &mut [Found], changes: &mut Changes) {
    if findings.iter().all(|finding| finding.path.is_empty()) {
        return;
    }
    let list = CodeOwners::of(path);
    let mut left = BTreeSet::new();
    for finding in findings
        .iter_mut()
        .filter(|finding| !finding.path.is_empty())
    {
        let owners = list.as_ref().and_then(|list| list.owners(&finding.path));
        if let Some(owners) = owners {
            finding.owner = Some(owners.to_owned());
            finding.owned_by = Some(CODE_OWNERS.to_owned());
        } else if matches!(finding.presence.as_deref(), None | Some("head")) {
            left.insert(finding.path.clone());
        }
    }
    if left.is_empty() {
        return;
    }
    let committers = committers::latest(path, &left, changes).unwrap_or_default();
    for finding in findings
        .iter_mut()
        .filter(|finding| finding.owner.is_none())
    {
        if let Some(committer) = committers.get(&finding.path) {
            finding.owner = Some(committer.clone());
            finding.owned_by = Some("latest commit".to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_reports_are_names() {
        for text in ["'@corp/lob", "@\u{200b}corp/lob", " @corp/lob\u{feff}"] {
            assert_eq!(plain_name(text), "@corp/lob");
        }
        assert_eq!(
            plain_name("first\\_last@\u{200b}example.com"),
            "first_last@example.com"
        );
        assert_eq!(plain_name("o'neil@example.com"), "o'neil@example.com");
    }
}
