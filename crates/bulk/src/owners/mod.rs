//! Who has to act on a finding: the owner in CODEOWNERS of the default branch, else the person who last committed to
//! the file. A mapping and the author of the first commit are considered when a report is written.

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
            finding.owned_by = Some("CODEOWNERS".to_owned());
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
