//! Which of the listed repositories are scanned.

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::Listed;

/// Who may see a repository.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Default,
    clap::ValueEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Visibility {
    Public,
    /// All who have an account.
    Internal,
    #[default]
    Private,
}

/// Which repositories of a listing are scanned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    /// Any, if empty.
    pub(crate) visibility: Vec<Visibility>,
    pub(crate) archived: Option<bool>,
    pub(crate) forks: Option<bool>,
    /// A repository needs at least one of these topics, unless the list is empty.
    pub(crate) topics: Vec<String>,
    pub(crate) include: Option<GlobSet>,
    pub(crate) exclude: Option<GlobSet>,
    /// A date, as `2026-01-31`.
    pub(crate) pushed_since: Option<String>,
}

impl Filter {
    /// Whether the filter accepts everything.
    pub(super) fn is_empty(&self) -> bool {
        self.visibility.is_empty()
            && self.topics.is_empty()
            && self.archived.is_none()
            && self.forks.is_none()
            && self.include.is_none()
            && self.exclude.is_none()
            && self.pushed_since.is_none()
    }

    /// Whether a repository is to be scanned. What a forge does not report excludes nothing.
    pub(super) fn takes(&self, listed: &Listed) -> bool {
        let short = listed.name.rsplit('/').next().unwrap_or(&listed.name);
        let is_in = |globs: &GlobSet| globs.is_match(&listed.name) || globs.is_match(short);
        let is_recent = |day: &String| {
            let pushed = listed.pushed.as_deref().and_then(|time| time.get(..10));
            pushed.is_none_or(|pushed| pushed >= day.as_str())
        };
        (self.visibility.is_empty() || self.visibility.contains(&listed.visibility))
            && self
                .archived
                .is_none_or(|wanted| wanted == listed.is_archived)
            && self.forks.is_none_or(|wanted| wanted == listed.is_fork)
            && (self.topics.is_empty()
                || listed
                    .topics
                    .iter()
                    .any(|topic| self.topics.contains(topic)))
            && self.include.as_ref().is_none_or(is_in)
            && !self.exclude.as_ref().is_some_and(is_in)
            && self.pushed_since.as_ref().is_none_or(is_recent)
    }
}

/// Compiles globs for the whole name of a repository or its last part; `None` if there are no globs.
///
/// # Errors
///
/// Fails if a text is not a valid glob.
pub(crate) fn globs(texts: &[String]) -> Result<Option<GlobSet>, String> {
    if texts.is_empty() {
        return Ok(None);
    }
    let mut builder = GlobSetBuilder::new();
    for text in texts {
        builder.add(Glob::new(text).map_err(|error| error.to_string())?);
    }
    builder.build().map(Some).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(name: &str) -> Listed {
        Listed {
            id: "1".to_owned(),
            name: name.to_owned(),
            address: String::new(),
            wiki: None,
            pushed: Some("2026-05-01T10:00:00Z".to_owned()),
            visibility: Visibility::Internal,
            is_archived: true,
            is_fork: false,
            parent: None,
            topics: vec!["payments".to_owned()],
        }
    }

    #[test]
    fn each_filter_leaves_out_what_it_is_about() {
        let one = listed("acme/web");
        let set = |text: &str| globs(&[text.to_owned()]).unwrap();
        let all = Filter::default;
        for (filter, takes) in [
            (all(), true),
            (
                Filter {
                    visibility: vec![Visibility::Public],
                    ..all()
                },
                false,
            ),
            (
                Filter {
                    visibility: vec![Visibility::Public, Visibility::Internal],
                    ..all()
                },
                true,
            ),
            (
                Filter {
                    archived: Some(false),
                    ..all()
                },
                false,
            ),
            (
                Filter {
                    forks: Some(false),
                    ..all()
                },
                true,
            ),
            (
                Filter {
                    topics: vec!["web".to_owned()],
                    ..all()
                },
                false,
            ),
            (
                Filter {
                    include: set("w*"),
                    ..all()
                },
                true,
            ),
            (
                Filter {
                    include: set("acme/*"),
                    ..all()
                },
                true,
            ),
            (
                Filter {
                    include: set("other/*"),
                    ..all()
                },
                false,
            ),
            (
                Filter {
                    exclude: set("{web,app}"),
                    ..all()
                },
                false,
            ),
            (
                Filter {
                    pushed_since: Some("2026-05-02".to_owned()),
                    ..all()
                },
                false,
            ),
            (
                Filter {
                    pushed_since: Some("2026-05-01".to_owned()),
                    ..all()
                },
                true,
            ),
        ] {
            assert_eq!(filter.takes(&one), takes, "{filter:?}");
        }
        assert!(globs(&["[".to_owned()]).is_err());
    }
}
