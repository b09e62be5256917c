//! Where gonogo itself comes from, as far as anybody has said.

use super::Options;
use crate::commands::Error;

/// What stands for the owner of gonogo's repository where nobody has said who that is.
pub(super) const OWNER: &str = "OWNER";
/// What stands for the commit of a release there.
pub(super) const COMMIT: &str = "COMMIT";

/// Where gonogo itself comes from.
pub(super) struct Home {
    /// `OWNER/NAME`.
    pub(super) name: String,
    pub(super) is_known: bool,
    /// The commit of the release, where somebody has said which that is.
    commit: Option<String>,
}

impl Home {
    pub(super) fn of(options: &Options) -> Result<Self, Error> {
        let named = options.repository.clone();
        let own = env!("CARGO_PKG_REPOSITORY").trim_start_matches("https://github.com/");
        let named = named.unwrap_or_else(|| own.to_owned());
        let (name, commit) = match named.split_once('@') {
            Some((name, commit)) => (name.to_owned(), Some(commit.to_owned())),
            None => (named, None),
        };
        let is_known = !name.is_empty();
        let name = if is_known {
            name
        } else {
            format!("{OWNER}/gonogo")
        };
        let is_word = |part: &str| {
            !part.is_empty()
                && part
                    .chars()
                    .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
        };
        let is_right = name
            .split_once('/')
            .is_some_and(|(owner, name)| is_word(owner) && is_word(name));
        let is_commit = |text: &String| {
            matches!(text.len(), 40 | 64) && text.chars().all(|c| c.is_ascii_hexdigit())
        };
        if is_right && commit.as_ref().is_none_or(is_commit) {
            Ok(Self {
                name,
                is_known,
                commit,
            })
        } else {
            Err(Error::Usage(
                "expected OWNER/NAME, or OWNER/NAME@COMMIT with the full commit id".to_owned(),
            ))
        }
    }

    /// How the action is called.
    pub(super) fn action(&self) -> String {
        let (name, version) = (&self.name, env!("CARGO_PKG_VERSION"));
        match &self.commit {
            Some(commit) => format!("{name}@{commit} # v{version}"),
            None if self.is_known => format!("{name}@v{version}"),
            None => format!("{name}@{COMMIT} # v{version}"),
        }
    }
}
