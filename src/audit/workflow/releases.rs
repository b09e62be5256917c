//! The commits of releases of actions, to replace tags by.

use crate::audit::check::Card;
use crate::audit::fix::{Edit, Fix};
use crate::audit::yaml::{Style, Value};

/// One release per line: the action, its version, the commit.
const RELEASES: &str = include_str!("../../../patterns/actions.tsv");

/// A release of an action, and its commit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Release {
    /// The version, as a comment shows it: `v4.2.0`.
    pub(crate) version: String,
    /// The full commit id.
    pub(crate) commit: String,
}

/// Returns the release that `uses` names in full (`v4.2.0`), if its commit is known; `None` for branches and moving
/// tags (`v4`). Those may be ahead of the table, so pinning them could silently take an action back to an older
/// release, one that may not know the latest versions of what it installs.
pub(super) fn release_of(uses: &str) -> Option<Release> {
    let (name, rev) = uses.split_once('@')?;
    let mut parts = name.split('/');
    let (owner, repository) = (parts.next()?, parts.next()?);
    let lines = RELEASES.lines().filter(|line| !line.starts_with('#'));
    let mut known = lines.filter_map(|line| {
        let mut fields = line.split('\t');
        Some((fields.next()?, fields.next()?, fields.next()?))
    });
    let is_name = |known: &str| {
        let (known_owner, known_repository) = known.split_once('/').unwrap_or_default();
        known_owner.eq_ignore_ascii_case(owner) && known_repository.eq_ignore_ascii_case(repository)
    };
    let found = known.find(|(name, version, _)| is_name(name) && *version == rev);
    found.map(|(_, version, commit)| Release {
        version: version.to_owned(),
        commit: commit.to_owned(),
    })
}

/// Returns whether `uses` names a release by a tag: `v4`, `v4.2` or `v4.2.0`.
pub(super) fn is_by_tag(uses: &str) -> bool {
    let tag = uses.split_once('@').map_or("", |(_, tag)| tag);
    let numbers = tag.strip_prefix('v').unwrap_or(tag);
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    numbers.split('.').all(is_number)
}

/// Pins each of `uses`, which all name the same action, to a commit, with the version in a comment after it; `None` if
/// one of them leaves no room for a comment.
pub(super) fn pin(
    card: &'static Card,
    text: &str,
    uses: &[Value],
    release: &Release,
) -> Option<Fix> {
    let named = uses.first()?.text()?;
    let Release { version, commit } = release;
    let (name, _) = named.split_once('@')?;
    let edit = |at: &Value| {
        let span = at.span();
        let line_end = text[span.end..].find(['\n', '\r']);
        let behind = &text[span.end..line_end.map_or(text.len(), |end| span.end + end)];
        let is_last = behind.trim().is_empty() || behind.starts_with(" #");
        let is_here =
            at.via().is_none() && matches!(at.style(), Some(Style::Plain | Style::Quoted));
        (is_last && is_here).then(|| Edit {
            span,
            replacement: format!("{name}@{commit} # {version}"),
        })
    };
    let edits: Option<Vec<Edit>> = uses.iter().map(edit).collect();
    let short = commit.get(..12).unwrap_or(commit);
    let description = format!("pin `{named}` to {version}, commit {short}");
    Some(Fix::new(card, description, edits?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_a_release_once() {
        let mut seen = std::collections::BTreeSet::new();
        for line in RELEASES.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [name, version, commit] = fields.as_slice() else {
                panic!("{line}");
            };
            let major = version.split('.').next().unwrap();
            assert!(name.contains('/') && version.starts_with('v'), "{line}");
            assert!(
                commit.len() == 40 && commit.bytes().all(|byte| byte.is_ascii_hexdigit()),
                "{line}"
            );
            assert!(
                seen.insert((name.to_ascii_lowercase(), major.to_owned())),
                "{line}"
            );
        }
        assert!(seen.len() > 100);
    }

    #[test]
    fn only_whole_versions_lead_to_a_release() {
        let lines = RELEASES.lines().filter(|line| !line.starts_with('#'));
        for line in lines.take(20) {
            let fields: Vec<&str> = line.split('\t').collect();
            let (name, version) = (fields[0], fields[1]);
            let release = release_of(&format!("{}/sub@{version}", name.to_uppercase())).unwrap();
            assert_eq!((&*release.version, &*release.commit), (version, fields[2]));
            let major = version.split('.').next().unwrap();
            assert_eq!(release_of(&format!("{name}@{major}")), None, "{line}");
        }
        assert!(is_by_tag("a/b@v4") && is_by_tag("a/b@1.2.3"));
        assert!(!is_by_tag("a/b@main") && !is_by_tag("a/b@v4-beta") && !is_by_tag("a/b"));
        for unknown in [
            "actions/checkout@main",
            "actions/checkout@v4.0.0-beta",
            "a/b@v1",
            "actions@v1",
            "actions/checkout",
        ] {
            assert_eq!(release_of(unknown), None, "{unknown}");
        }
    }
}
