//! What to scan for the event that triggered a pipeline, whichever provider runs it.

use crate::commands::Error;

/// The revision to judge if no variable names a commit: whatever is checked out.
pub(super) const CHECKED_OUT: &str = "HEAD";

/// What to scan for an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Plan {
    /// What to compare the commits with, in order of preference; if empty, everything is scanned.
    pub(super) bases: Vec<Base>,
    /// The last of the commits: its id, or [`CHECKED_OUT`].
    pub(super) head: String,
    /// Whether to scan everything if no base is available. Never for a pull request, which would then be judged by
    /// what was there before it.
    pub(super) or_everything: bool,
    /// The event in words.
    pub(super) event: String,
}

/// What commits are compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Base {
    /// A commit, by its id or the first digits of it.
    Commit(String),
    /// A branch of the remote.
    Branch(String),
    /// The default branch of the remote, unless it is the branch that was pushed.
    DefaultBranch {
        /// The branch that was pushed.
        pushed: Option<String>,
    },
}

impl Plan {
    /// Returns a plan to scan all files and the whole history.
    pub(super) fn everything(head: &str, event: &str) -> Self {
        Self::push(Vec::new(), head, event)
    }

    /// Returns a plan to scan the commits of a push, or everything if none of the bases is available.
    pub(super) fn push(bases: Vec<Base>, head: &str, event: &str) -> Self {
        Self {
            bases,
            head: head.to_owned(),
            or_everything: true,
            event: event.to_owned(),
        }
    }

    /// Returns a plan to scan the commits that a request would merge; there is no fallback.
    pub(super) fn request(bases: Vec<Base>, head: &str, event: &str) -> Self {
        Self {
            or_everything: false,
            ..Self::push(bases, head, event)
        }
    }
}

impl Base {
    /// Parses a base that a user has named: a full commit id, or else a branch.
    pub(super) fn named(name: &str) -> Result<Self, Error> {
        let base = commit("--base", name).map(Self::Commit);
        let base = base.or_else(|_| branch("--base", name).map(Self::Branch));
        base.map_err(|_| {
            let reason = "`--base` is neither a full commit id nor a branch name";
            Error::Usage(reason.to_owned())
        })
    }
}

/// Accepts only a full commit id, since it becomes an argument of git.
pub(super) fn commit(field: &str, id: &str) -> Result<String, Error> {
    let is_id = matches!(id.len(), 40 | 64) && is_hex(id);
    if is_id {
        return Ok(id.to_owned());
    }
    Err(Error::Usage(format!(
        "`{field}` of the event is not a commit id"
    )))
}

/// Accepts a commit id or an abbreviation of at least seven digits.
pub(super) fn short_commit(field: &str, id: &str) -> Result<String, Error> {
    if (7..40).contains(&id.len()) && is_hex(id) {
        return Ok(id.to_owned());
    }
    commit(field, id)
}

/// Returns whether an id is all zeros, which is how providers write the previous commit of a new branch.
pub(super) fn is_zero(id: &str) -> bool {
    id.bytes().all(|byte| byte == b'0')
}

fn is_hex(id: &str) -> bool {
    id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns a branch name without `refs/heads/` or `origin/`. It becomes part of an argument of git, so only what git
/// accepts as a name is accepted.
pub(super) fn branch(field: &str, name: &str) -> Result<String, Error> {
    let name = name.strip_prefix("refs/heads/").unwrap_or(name);
    let name = name.strip_prefix("refs/remotes/").unwrap_or(name);
    let name = name.strip_prefix("origin/").unwrap_or(name);
    let is_special = |c: char| {
        c.is_control() || c.is_whitespace() || matches!(c, '~' | '^' | ':' | '?' | '*' | '[' | '\\')
    };
    let is_name = !name.is_empty()
        && !name.starts_with(['-', '/', '.'])
        && !name.ends_with(['/', '.'])
        && !name.contains("..")
        && !name.contains("@{")
        && !name.contains(is_special);
    if is_name {
        return Ok(name.to_owned());
    }
    Err(Error::Usage(format!(
        "`{field}` of the event is not a branch name"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_ids_are_commits() {
        assert!(commit("x", &"a".repeat(40)).is_ok());
        assert!(commit("x", &"a".repeat(64)).is_ok());
        for hostile in [
            "",
            "HEAD",
            "--upload-pack=x",
            "abcdef123456",
            &"g".repeat(40),
        ] {
            assert!(commit("x", hostile).is_err(), "{hostile}");
        }
        assert!(short_commit("x", "abcdef123456").is_ok());
        assert!(short_commit("x", "-abcdef12345").is_err());
    }

    #[test]
    fn names_of_branches_are_bare() {
        for name in [
            "main",
            "refs/heads/main",
            "origin/main",
            "refs/remotes/origin/main",
        ] {
            assert_eq!(branch("x", name).unwrap(), "main");
        }
        assert_eq!(branch("x", "team/work").unwrap(), "team/work");
        for hostile in ["", "-x", "a:b", "a b", "a..b", "refs/heads/", "a*", "a@{1}"] {
            assert!(branch("x", hostile).is_err(), "{hostile}");
        }
    }
}
