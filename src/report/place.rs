//! Names the place of a finding, even if that is not in a file.

use std::borrow::Cow;

use crate::model::{ObjectId, Origin, Presence};
use crate::redact::{Shown, shown_path};

/// How many hexadecimal digits of an object id are shown to people.
const SHORT: usize = 12;

/// Returns the path of a finding, or what stands in for it: the message of a commit has none.
pub(super) fn subject(finding: &Shown) -> Cow<'_, str> {
    match &finding.origin {
        Origin::CommitMessage(id) => format!("message of commit {}", short(id)).into(),
        Origin::TagMessage(id) => format!("message of tag {}", short(id)).into(),
        _ if !finding.location.path.is_empty() => finding.location.full_path(),
        Origin::Blob(id) => format!("blob {}", short(id)).into(),
        Origin::Worktree | Origin::Index | Origin::Stdin => "standard input".into(),
    }
}

/// Returns where in git to look up the subject; `None` for a file that can be opened, or if the subject already says
/// so.
pub(super) fn revision(finding: &Shown) -> Option<String> {
    let Origin::Blob(blob) = &finding.origin else {
        return None;
    };
    // If the first commit has it under another path, that commit does not have the path shown here.
    let history = finding.history.as_ref();
    let first = history.filter(|history| history.first_path.is_none());
    match first.and_then(|history| history.first.as_ref()) {
        Some(commit) => Some(format!("commit {}", short(&commit.id))),
        None if finding.location.path.is_empty() => None,
        None => Some(format!("blob {}", short(blob))),
    }
}

/// Returns the beginning of an object id, long enough to be unique.
pub(super) fn short(id: &ObjectId) -> String {
    let mut hex = id.to_string();
    hex.truncate(SHORT);
    hex
}

/// Returns the path of a finding for consumers that require one. If there is none, it is one below `.git`, where no
/// commit can have a file; if the name is masked, it is the nearest directory.
pub(super) fn file(finding: &Shown) -> Cow<'_, str> {
    match &finding.origin {
        Origin::CommitMessage(id) | Origin::TagMessage(id) => format!(".git/messages/{id}").into(),
        _ if !finding.location.path.is_empty() => shown_path(&finding.location.path).into(),
        Origin::Blob(id) => format!(".git/blobs/{id}").into(),
        Origin::Worktree | Origin::Index | Origin::Stdin => ".git/stdin".into(),
    }
}

/// Returns whether the place of a finding can be shown in the files of the commit that is judged.
pub(super) fn is_in_tree(finding: &Shown) -> bool {
    let is_file = !finding.location.path.is_empty();
    match &finding.origin {
        Origin::Worktree | Origin::Index => is_file,
        // It may have moved to another line since, but HEAD still has it.
        Origin::Blob(_) => is_file && finding.presence() == Some(Presence::Head),
        _ => false,
    }
}

/// Describes where a finding is that no file shows.
pub(super) fn elsewhere(finding: &Shown) -> String {
    let history = finding.history.as_ref();
    let commit = history.and_then(|history| history.first.as_ref());
    let commit = commit.map_or_else(String::new, |commit| {
        format!(" of commit {}", short(&commit.id))
    });
    match (&finding.origin, finding.location.path.as_str()) {
        (Origin::CommitMessage(_), _) => format!("in the message{commit}"),
        (Origin::TagMessage(_), _) => "in the message of a tag".to_owned(),
        (_, "") => "in the history".to_owned(),
        (_, path) => {
            let line = || format!("line {}", finding.location.region.start.line);
            let within = finding.location.within().unwrap_or_else(line);
            format!("{path}, {within}{commit}")
        }
    }
}

/// Returns the first and last line of the file at which to show a finding; line 1 for what has no lines of its own.
pub(super) fn lines(finding: &Shown) -> (u32, u32) {
    let (start, end) = (finding.location.region.start, finding.location.region.end);
    match finding.location.within() {
        Some(_) => (1, 1),
        None => (start.line, end.line.max(start.line)),
    }
}
