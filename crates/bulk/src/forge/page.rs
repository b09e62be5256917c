//! Pages of listings, in each vendor's format.
//!
//! Shapes: GitHub, *List organization repositories* and *Get a repository* (docs.github.com/rest/repos/repos; the
//! API description in npm `@octokit/openapi`); GitLab, *List all projects in a group* (docs.gitlab.com/api/groups);
//! Gitea, its Swagger document, `Repository`; Bitbucket, *List repositories in a workspace*
//! (developer.atlassian.com/cloud/bitbucket); Azure DevOps, *Repositories - List*, 7.1
//! (learn.microsoft.com/rest/api/azure/devops/git). GitHub's were compared with its API description on 2026-11-29
//! (`scripts/truth/github.py`); the others have not been tested against a real server.

use serde::Deserialize;
use serde_json::Value;

use super::kinds::encoded;
use super::source::Forge;
use super::{Kind, Listed, Visibility, Wiki};

/// The repositories on a page, and the URL of the next page if the page itself contains it.
pub(super) struct Page {
    pub(super) repositories: Vec<Listed>,
    pub(super) next: Option<String>,
}

/// Parses a page.
///
/// # Errors
///
/// Fails if it is not what the vendor documents.
pub(super) fn read(forge: &Forge, body: &[u8]) -> Result<Page, String> {
    let kind = forge.kind;
    let wrong = |error: serde_json::Error| {
        format!("its answer is not what a {kind} server answers ({error}): check the address")
    };
    let mut value: Value = serde_json::from_slice(body).map_err(wrong)?;
    let next = value["next"].as_str().map(str::to_owned);
    // Bitbucket and Azure wrap the list in an object; a single repository comes without a list.
    let entries = match value {
        Value::Array(entries) => entries,
        Value::Object(ref mut map) => match map.remove("values").or_else(|| map.remove("value")) {
            Some(Value::Array(entries)) => entries,
            _ => vec![value],
        },
        _ => {
            return Err(format!(
                "its answer is not what a {kind} server answers: check the address"
            ));
        }
    };
    let repositories = entries
        .into_iter()
        .map(|entry| one(forge, entry).map_err(wrong))
        .collect::<Result<_, _>>()?;
    Ok(Page { repositories, next })
}

fn one(forge: &Forge, entry: Value) -> serde_json::Result<Listed> {
    Ok(match forge.kind {
        Kind::GitHub => serde_json::from_value::<GitHub>(entry)?.listed(),
        Kind::GitLab => serde_json::from_value::<GitLab>(entry)?.listed(),
        Kind::Gitea => serde_json::from_value::<Gitea>(entry)?.listed(),
        Kind::Bitbucket => serde_json::from_value::<Bitbucket>(entry)?.listed(),
        Kind::Azure => serde_json::from_value::<Azure>(entry)?.listed(forge),
    })
}

/// Returns the wiki of a repository, if there is one.
fn wiki_beside(is_there: bool, id: &str, name: &str, address: &str) -> Option<Wiki> {
    let bare = address.strip_suffix(".git").unwrap_or(address);
    is_there.then(|| Wiki {
        id: id.to_owned(),
        name: name.to_owned(),
        address: format!("{bare}.wiki.git"),
    })
}

#[expect(clippy::struct_excessive_bools, reason = "this is what GitHub answers")]
#[derive(Deserialize)]
struct GitHub {
    id: u64,
    full_name: String,
    html_url: String,
    /// Listings need not have it: only the URL of the web page is guaranteed there.
    clone_url: Option<String>,
    pushed_at: Option<String>,
    #[serde(default)]
    private: bool,
    /// Enterprise servers before 3.0 have only `private`.
    visibility: Option<Visibility>,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    fork: bool,
    /// Listings have neither this nor `source`; a single repository has both.
    parent: Option<Parent>,
    /// The first repository of its fork network.
    source: Option<Parent>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    has_wiki: bool,
}

/// What a repository was forked from.
#[derive(Deserialize)]
struct Parent {
    id: u64,
}

fn id_of(parent: Option<Parent>) -> Option<String> {
    parent.map(|parent| parent.id.to_string())
}

impl GitHub {
    fn listed(self) -> Listed {
        let id = self.id.to_string();
        let page = self.html_url;
        let address = self.clone_url.unwrap_or_else(|| format!("{page}.git"));
        Listed {
            wiki: wiki_beside(self.has_wiki, &id, &self.full_name, &address),
            id,
            name: self.full_name,
            address,
            pushed: self.pushed_at,
            visibility: self.visibility.unwrap_or_else(|| private(self.private)),
            is_archived: self.archived,
            is_fork: self.fork,
            parent: id_of(self.source.or(self.parent)),
            topics: self.topics,
        }
    }
}

fn private(is_private: bool) -> Visibility {
    if is_private {
        Visibility::Private
    } else {
        Visibility::Public
    }
}

#[derive(Deserialize)]
struct GitLab {
    id: u64,
    path_with_namespace: String,
    http_url_to_repo: String,
    last_activity_at: Option<String>,
    /// Missing from what is visible without a token.
    visibility: Option<Visibility>,
    #[serde(default)]
    archived: bool,
    forked_from_project: Option<Parent>,
    #[serde(default)]
    topics: Vec<String>,
    wiki_enabled: Option<bool>,
    wiki_access_level: Option<String>,
}

impl GitLab {
    fn listed(self) -> Listed {
        let id = self.id.to_string();
        let level = self.wiki_access_level.as_deref();
        let has_wiki = self.wiki_enabled.unwrap_or(level != Some("disabled"));
        Listed {
            wiki: wiki_beside(
                has_wiki,
                &id,
                &self.path_with_namespace,
                &self.http_url_to_repo,
            ),
            id,
            name: self.path_with_namespace,
            address: self.http_url_to_repo,
            pushed: self.last_activity_at,
            visibility: self.visibility.unwrap_or(Visibility::Public),
            is_archived: self.archived,
            is_fork: self.forked_from_project.is_some(),
            parent: id_of(self.forked_from_project),
            topics: self.topics,
        }
    }
}

#[expect(clippy::struct_excessive_bools, reason = "this is what Gitea answers")]
#[derive(Deserialize)]
struct Gitea {
    id: u64,
    full_name: String,
    clone_url: String,
    updated_at: Option<String>,
    #[serde(default)]
    private: bool,
    #[serde(default)]
    internal: bool,
    #[serde(default)]
    archived: bool,
    #[serde(default)]
    fork: bool,
    parent: Option<Parent>,
    /// `null` if there are none.
    topics: Option<Vec<String>>,
    #[serde(default)]
    has_wiki: bool,
}

impl Gitea {
    fn listed(self) -> Listed {
        let id = self.id.to_string();
        let visibility = if self.internal {
            Visibility::Internal
        } else {
            private(self.private)
        };
        Listed {
            wiki: wiki_beside(self.has_wiki, &id, &self.full_name, &self.clone_url),
            id,
            name: self.full_name,
            address: self.clone_url,
            pushed: self.updated_at,
            visibility,
            is_archived: self.archived,
            is_fork: self.fork,
            parent: id_of(self.parent),
            topics: self.topics.unwrap_or_default(),
        }
    }
}

#[derive(Deserialize)]
struct Bitbucket {
    uuid: String,
    full_name: String,
    updated_on: Option<String>,
    #[serde(default)]
    is_private: bool,
    parent: Option<BitbucketParent>,
    #[serde(default)]
    has_wiki: bool,
    links: BitbucketLinks,
}

#[derive(Deserialize)]
struct BitbucketParent {
    /// Missing if the token may not see it.
    uuid: Option<String>,
}

#[derive(Deserialize)]
struct BitbucketLinks {
    #[serde(default)]
    clone: Vec<BitbucketLink>,
}

#[derive(Deserialize)]
struct BitbucketLink {
    name: String,
    href: String,
}

impl Bitbucket {
    fn listed(self) -> Listed {
        let bare = |id: String| id.trim_matches(['{', '}']).to_owned();
        let id = bare(self.uuid);
        let link = self
            .links
            .clone
            .into_iter()
            .find(|link| link.name == "https");
        let address = link.map(|link| link.href).unwrap_or_default();
        let stem = address.strip_suffix(".git").unwrap_or(&address);
        Listed {
            wiki: self.has_wiki.then(|| Wiki {
                id: id.clone(),
                name: self.full_name.clone(),
                address: format!("{stem}.git/wiki"),
            }),
            id,
            name: self.full_name,
            address,
            pushed: self.updated_on,
            visibility: private(self.is_private),
            is_archived: false,
            is_fork: self.parent.is_some(),
            parent: self.parent.and_then(|parent| parent.uuid).map(bare),
            topics: Vec::new(),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Azure {
    id: String,
    name: String,
    project: AzureProject,
    #[serde(default)]
    is_fork: bool,
    parent_repository: Option<AzureParent>,
}

#[derive(Deserialize)]
struct AzureParent {
    id: String,
}

#[derive(Deserialize)]
struct AzureProject {
    id: String,
    name: String,
    visibility: Option<String>,
}

impl Azure {
    /// The URL is constructed, since an old organisation has a host of its own.
    fn listed(self, forge: &Forge) -> Listed {
        let (owner, project) = (&forge.scope.owner, &self.project);
        let base = format!(
            "{}/{}/{}/_git",
            forge.api,
            encoded(owner),
            encoded(&project.name)
        );
        Listed {
            id: self.id,
            name: format!("{owner}/{}/{}", project.name, self.name),
            address: format!("{base}/{}", encoded(&self.name)),
            // A project has one wiki, however many repositories it has.
            wiki: Some(Wiki {
                id: project.id.clone(),
                name: format!("{owner}/{}", project.name),
                address: format!("{base}/{}.wiki", encoded(&project.name)),
            }),
            pushed: None,
            visibility: match project.visibility.as_deref() {
                Some("public") => Visibility::Public,
                Some("organization") => Visibility::Internal,
                _ => Visibility::Private,
            },
            is_archived: false,
            is_fork: self.is_fork,
            parent: self.parent_repository.map(|parent| parent.id),
            topics: Vec::new(),
        }
    }
}
