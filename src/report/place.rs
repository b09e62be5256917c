//! Names the place of a finding, also where there is no file.

use std::borrow::Cow;

use crate::model::{Finding, ObjectId, Origin};

/// How many hexadecimal digits of an object id are shown to people.
const SHORT: usize = 12;

/// The path of a finding, or what stands for it: the message of a commit has none.
pub(super) fn subject(finding: &Finding) -> Cow<'_, str> {
    match &finding.origin {
        Origin::CommitMessage(id) => format!("message of commit {}", short(id)).into(),
        Origin::TagMessage(id) => format!("message of tag {}", short(id)).into(),
        _ if !finding.location.path.is_empty() => finding.location.full_path(),
        Origin::Blob(id) => format!("blob {}", short(id)).into(),
        Origin::Worktree | Origin::Index | Origin::Stdin => "standard input".into(),
    }
}

/// Where in git the subject is to be looked up; nothing for a file that can be opened, or where the subject says it.
pub(super) fn revision(finding: &Finding) -> Option<String> {
    let Origin::Blob(blob) = &finding.origin else {
        return None;
    };
    // Where the first commit has it under another path, it does not have the path that stands before this.
    let history = finding.history.as_ref();
    let first = history.filter(|history| history.first_path.is_none());
    match first.and_then(|history| history.first.as_ref()) {
        Some(commit) => Some(format!("commit {}", short(&commit.id))),
        None if finding.location.path.is_empty() => None,
        None => Some(format!("blob {}", short(blob))),
    }
}

/// The beginning of an object id, long enough to be unique.
pub(super) fn short(id: &ObjectId) -> String {
    let mut hex = id.to_string();
    hex.truncate(SHORT);
    hex
}
