//! The kinds of forges: where each has its API, and which URLs list its repositories.

use std::fmt;
use std::str::FromStr;

use super::source::Scope;

/// Repositories per page, the most that all forges allow.
const PER_PAGE: usize = 100;

/// The most that Gitea servers return, unless they are configured otherwise.
const PER_PAGE_OF_GITEA: usize = 50;

/// A kind of forge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum Kind {
    #[value(name = "github")]
    GitHub,
    #[value(name = "gitlab")]
    GitLab,
    /// Gitea and Forgejo.
    Gitea,
    Bitbucket,
    Azure,
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Ok(match text {
            "github" => Self::GitHub,
            "gitlab" => Self::GitLab,
            "gitea" | "forgejo" => Self::Gitea,
            "bitbucket" => Self::Bitbucket,
            "azure" => Self::Azure,
            _ => return Err(()),
        })
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::GitHub => "github",
            Self::GitLab => "gitlab",
            Self::Gitea => "gitea",
            Self::Bitbucket => "bitbucket",
            Self::Azure => "azure",
        })
    }
}

impl Kind {
    /// Returns the URL of the vendor's own service; Gitea has none.
    pub(super) fn home(self) -> Option<&'static str> {
        Some(match self {
            Self::GitHub => "https://github.com",
            Self::GitLab => "https://gitlab.com",
            Self::Gitea => return None,
            Self::Bitbucket => "https://bitbucket.org",
            Self::Azure => "https://dev.azure.com",
        })
    }

    /// Returns the environment variable that usually holds the token for the vendor's own service.
    pub(super) fn usual_variable(self) -> Option<&'static str> {
        Some(match self {
            Self::GitHub => "GITHUB_TOKEN",
            Self::GitLab => "GITLAB_TOKEN",
            Self::Gitea => return None,
            Self::Bitbucket => "BITBUCKET_TOKEN",
            Self::Azure => "AZURE_DEVOPS_EXT_PAT",
        })
    }

    /// Returns the user name that goes with a token when git asks for one.
    pub(super) fn git_user(self) -> &'static str {
        match self {
            Self::GitHub => "x-access-token",
            Self::GitLab => "oauth2",
            Self::Gitea | Self::Azure => "token",
            Self::Bitbucket => "x-token-auth",
        }
    }

    /// Returns the URL of the API of the forge at `base`.
    pub(super) fn api(self, base: &str) -> String {
        match self {
            Self::GitHub => match base.strip_prefix("https://") {
                Some("github.com") => "https://api.github.com".to_owned(),
                // GitHub Enterprise Cloud with data residency.
                Some(host) if host.ends_with(".ghe.com") => format!("https://api.{host}"),
                _ => format!("{base}/api/v3"),
            },
            Self::GitLab => format!("{base}/api/v4"),
            Self::Gitea => format!("{base}/api/v1"),
            Self::Bitbucket => match base {
                "https://bitbucket.org" => "https://api.bitbucket.org/2.0".to_owned(),
                _ => format!("{base}/2.0"),
            },
            Self::Azure => base.to_owned(),
        }
    }

    /// Returns the URLs that list a scope, relative to the API; the first one that exists on the forge counts.
    pub(super) fn listings(self, scope: &Scope) -> Vec<String> {
        let owner = encoded(&scope.owner);
        let one = scope.repository.as_ref().map(|name| encoded(name));
        match (self, one) {
            (Self::GitHub, None) => ["orgs", "users"]
                .map(|of| format!("/{of}/{owner}/repos?type={}&sort=created&direction=asc&per_page={PER_PAGE}", if of == "orgs" { "all" } else { "owner" }))
                .to_vec(),
            (Self::GitHub | Self::Gitea, Some(name)) => vec![format!("/repos/{owner}/{name}")],
            (Self::GitLab, _) => {
                // A path may be a group or a project: only the server knows which.
                let sorted = format!("order_by=id&sort=asc&per_page={PER_PAGE}");
                vec![
                    format!("/groups/{owner}/projects?include_subgroups=true&with_shared=false&{sorted}"),
                    format!("/projects/{owner}"),
                    format!("/users/{owner}/projects?{sorted}"),
                ]
            }
            (Self::Gitea, None) => ["orgs", "users"]
                .map(|of| format!("/{of}/{owner}/repos?limit={PER_PAGE_OF_GITEA}&page=1"))
                .to_vec(),
            (Self::Bitbucket, None) => vec![format!("/repositories/{owner}?pagelen={PER_PAGE}&sort=created_on")],
            (Self::Bitbucket, Some(name)) => vec![format!("/repositories/{owner}/{name}")],
            (Self::Azure, None) => vec![format!("/{owner}/_apis/git/repositories?api-version=7.1")],
            (Self::Azure, Some(project)) => {
                vec![format!("/{owner}/{project}/_apis/git/repositories?api-version=7.1")]
            }
        }
    }
}

/// Percent-encodes a part of a path, or several parts including the slashes between them.
pub(super) fn encoded(part: &str) -> String {
    let mut text = String::with_capacity(part.len());
    for byte in part.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_are_where_the_vendors_have_them() {
        for (kind, base, api) in [
            (Kind::GitHub, "https://github.com", "https://api.github.com"),
            (
                Kind::GitHub,
                "https://acme.ghe.com",
                "https://api.acme.ghe.com",
            ),
            (
                Kind::GitHub,
                "https://ghe.acme.example",
                "https://ghe.acme.example/api/v3",
            ),
            (
                Kind::GitLab,
                "https://gitlab.com",
                "https://gitlab.com/api/v4",
            ),
            (
                Kind::Gitea,
                "https://git.example",
                "https://git.example/api/v1",
            ),
            (
                Kind::Bitbucket,
                "https://bitbucket.org",
                "https://api.bitbucket.org/2.0",
            ),
            (
                Kind::Azure,
                "https://dev.azure.com",
                "https://dev.azure.com",
            ),
        ] {
            assert_eq!(kind.api(base), api);
        }
    }

    #[test]
    fn groups_within_groups_are_one_part_of_a_path() {
        assert_eq!(encoded("acme/web apps"), "acme%2Fweb%20apps");
    }
}
