//! How forges are named: `github:ORG`, `gitlab:GROUP`, `gitea:HOST/ORG`, `bitbucket:WORKSPACE`, `azure:ORG/PROJECT`.

use std::path::PathBuf;

use super::access::Access;
use super::{Filter, Kind, Settings};
use crate::error::Error;
use crate::sources::is_loopback;

/// Which part of a forge is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    /// An organisation, user or workspace; with GitLab, the full path of a group or a project.
    pub(crate) owner: String,
    /// A single repository; with Azure, a project.
    pub(crate) repository: Option<String>,
}

/// A forge, and what to scan of it.
#[derive(Debug, Clone)]
pub(crate) struct Forge {
    pub(crate) kind: Kind,
    /// The name that the user gave.
    pub(crate) name: String,
    /// The host of its repositories, with the port.
    pub(crate) host: String,
    /// The URL of its API, without a trailing slash.
    pub(crate) api: String,
    pub(crate) scope: Scope,
    pub(crate) filter: Filter,
    pub(crate) wikis: bool,
    pub(crate) access: Access,
    /// A file of certificates that the forge's certificate must chain to.
    pub(crate) authority: Option<PathBuf>,
}

/// Returns the kind and the rest, if `text` names a forge.
pub(super) fn parts(text: &str) -> Option<(Kind, &str)> {
    let (kind, rest) = text.split_once(':')?;
    let kind = kind.parse().ok()?;
    (!rest.starts_with("//")).then_some((kind, rest))
}

impl Forge {
    /// Returns the forge that `text` names; `None` if it does not name one.
    pub(crate) fn parse(text: &str, settings: &Settings) -> Result<Option<Self>, Error> {
        let Some((kind, rest)) = parts(text) else {
            return Ok(None);
        };
        let url = settings.urls.iter().find(|(of, _)| *of == kind);
        Self::new(
            text,
            (kind, rest),
            url.map(|(_, url)| url.as_str()),
            settings,
        )
        .map(Some)
    }

    /// Creates a forge whose base URL is `url`, or the vendor's own.
    pub(crate) fn new(
        name: &str,
        (kind, rest): (Kind, &str),
        url: Option<&str>,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let wrong = |why: &str| Error::usage(format!("{name}: {why}"));
        let rest = rest.trim_matches('/');
        // For Gitea, the host is named together with the organisation, unless a URL is given.
        let (base, rest) = match (url.or(kind.home()), rest.split_once('/')) {
            (Some(url), _) => (url.trim_end_matches('/').to_owned(), rest),
            (None, Some((host, rest))) => {
                let scheme = if is_loopback(host) { "http" } else { "https" };
                (format!("{scheme}://{host}"), rest)
            }
            (None, None) => return Err(wrong("name the host, too: gitea:HOST/ORG")),
        };
        let host = host_of(&base).map_err(|why| wrong(&why))?;
        let (owner, repository) = match (kind, rest.split_once('/')) {
            (Kind::GitLab, _) | (_, None) => (rest, None),
            (_, Some((owner, repository))) => (owner, Some(repository)),
        };
        let is_name = |name: &str| {
            !name.is_empty()
                && !name
                    .chars()
                    .any(|c| c.is_control() || matches!(c, '?' | '#' | '@'))
        };
        if !is_name(owner) || !repository.is_none_or(|name| is_name(name) && !name.contains('/')) {
            return Err(wrong(usage(kind)));
        }
        let is_own = Some(base.as_str()) == kind.home();
        let access = Access::find(kind, &host, is_own, &settings.tokens);
        Ok(Self {
            kind,
            name: name.to_owned(),
            api: kind.api(&base),
            authority: settings.authorities.get(&host).cloned(),
            host,
            scope: Scope {
                owner: owner.to_owned(),
                repository: repository.map(str::to_owned),
            },
            filter: settings.filter.clone(),
            wikis: settings.wikis,
            access,
        })
    }
}

impl Forge {
    /// Returns the host and the common prefix of all listed names, if nothing was left out.
    pub(crate) fn whole(&self) -> Option<(String, String)> {
        let is_whole = self.filter.is_empty() && self.scope.repository.is_none();
        is_whole.then(|| (self.host.clone(), format!("{}/", self.scope.owner)))
    }
}

/// Whether `text` names a forge.
pub(crate) fn is_named(text: &str) -> bool {
    parts(text).is_some()
}

fn usage(kind: Kind) -> &'static str {
    match kind {
        Kind::GitHub => "write github:ORG or github:ORG/REPOSITORY",
        Kind::GitLab => "write gitlab:GROUP, with the groups above it",
        Kind::Gitea => "write gitea:HOST/ORG or gitea:HOST/ORG/REPOSITORY",
        Kind::Bitbucket => "write bitbucket:WORKSPACE or bitbucket:WORKSPACE/REPOSITORY",
        Kind::Azure => "write azure:ORG or azure:ORG/PROJECT",
    }
}

/// Returns the host of a base URL, which must be https, or http on this machine.
fn host_of(base: &str) -> Result<String, String> {
    let wrong = || {
        "the address of a forge is https://HOST, without a user, `?` and `#` (http:// only on this machine)"
            .to_owned()
    };
    let (scheme, rest) = base.split_once("://").ok_or_else(wrong)?;
    let host = rest
        .split('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let is_odd = |c: char| c.is_control() || c.is_whitespace() || matches!(c, '@' | '?' | '#');
    let is_safe = scheme == "https" || scheme == "http" && is_loopback(&host);
    if !is_safe || host.is_empty() || rest.chars().any(is_odd) {
        return Err(wrong());
    }
    Ok(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forge(text: &str) -> Option<Forge> {
        Forge::parse(text, &Settings::default()).unwrap()
    }

    #[test]
    fn forges_are_named_as_people_write_them() {
        for (text, host, api, owner, repository) in [
            (
                "github:acme",
                "github.com",
                "https://api.github.com",
                "acme",
                None,
            ),
            (
                "github:acme/web",
                "github.com",
                "https://api.github.com",
                "acme",
                Some("web"),
            ),
            (
                "gitlab:acme/web/apps",
                "gitlab.com",
                "https://gitlab.com/api/v4",
                "acme/web/apps",
                None,
            ),
            (
                "gitea:Git.example:3000/acme",
                "git.example:3000",
                "https://Git.example:3000/api/v1",
                "acme",
                None,
            ),
            (
                "forgejo:127.0.0.1:3000/acme",
                "127.0.0.1:3000",
                "http://127.0.0.1:3000/api/v1",
                "acme",
                None,
            ),
            (
                "azure:acme/web",
                "dev.azure.com",
                "https://dev.azure.com",
                "acme",
                Some("web"),
            ),
        ] {
            let forge = forge(text).unwrap();
            assert_eq!(
                (forge.host.as_str(), forge.api.as_str()),
                (host, api),
                "{text}"
            );
            assert_eq!(
                (
                    forge.scope.owner.as_str(),
                    forge.scope.repository.as_deref()
                ),
                (owner, repository)
            );
        }
        for other in [
            "mirrors",
            "a:b",
            "https://github.com/acme",
            "github",
            "./github:x",
        ] {
            assert!(forge(other).is_none(), "{other}");
        }
    }

    #[test]
    fn what_names_nothing_is_refused() {
        let settings = |url: &str| Settings {
            urls: vec![(Kind::GitHub, url.to_owned())],
            ..Settings::default()
        };
        for wrong in [
            "github:",
            "github:a/b/c",
            "gitea:acme",
            "github:a?b",
            "github:/",
        ] {
            assert!(
                Forge::parse(wrong, &Settings::default()).is_err(),
                "{wrong}"
            );
        }
        for wrong in [
            "http://ghe.example",
            "ghe.example",
            "https://user@ghe.example",
            "https://",
        ] {
            let error = Forge::parse("github:acme", &settings(wrong)).err();
            assert!(
                error.is_some_and(|error| !error.to_string().contains("user@")),
                "{wrong}"
            );
        }
        let own = Forge::parse("github:acme", &settings("https://ghe.example/"));
        assert_eq!(own.unwrap().unwrap().api, "https://ghe.example/api/v3");
    }
}
