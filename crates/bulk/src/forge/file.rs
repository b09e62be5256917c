//! A file that names several forges, each with its scope and how to access it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use serde::Deserialize;

use super::access::Access;
use super::app::{self, App};
use super::source::{Forge, parts};
use super::{Filter, Settings, Visibility, agent, globs};
use crate::clock;
use crate::error::Error;
use crate::token::{Origin, Token, hide, is_variable};

/// Larger files are not forge files.
const MAX_BYTES: u64 = 1 << 20;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    forge: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Entry {
    source: String,
    /// The URL of a forge that is not the vendor's own service.
    url: Option<String>,
    token_env: Option<String>,
    token_file: Option<PathBuf>,
    user: Option<String>,
    app: Option<AppEntry>,
    ca_file: Option<PathBuf>,
    #[serde(default)]
    wikis: bool,
    #[serde(default)]
    visibility: Vec<Visibility>,
    archived: Option<bool>,
    forks: Option<bool>,
    #[serde(default)]
    topics: Vec<String>,
    #[serde(default)]
    include: Vec<String>,
    #[serde(default)]
    exclude: Vec<String>,
    pushed_since: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct AppEntry {
    id: Id,
    key_file: PathBuf,
    installation: Option<u64>,
}

/// The id of an App, or its client id.
#[derive(Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

/// Reads the forges that the file at `path` names. Relative paths in it are relative to its directory.
///
/// # Errors
///
/// Fails if the file cannot be read, or contains something that is not understood.
pub(crate) fn read(path: &Path, settings: &Settings) -> Result<Vec<Forge>, Error> {
    let text = gonogo::source::read_text_file(path, MAX_BYTES);
    let text = text.map_err(|error| Error::file(path, error))?;
    let wrong = |why: &str| Error::usage(format!("{}: {why}", path.display()));
    let file: File = toml::from_str(&text).map_err(|error| {
        let line = error
            .span()
            .map_or(1, |span| text[..span.start].lines().count().max(1));
        // Shows only the message: the text may contain a token.
        Error::usage(format!("{}:{line}: {}", path.display(), error.message()))
    })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let all = file.forge.into_iter().map(|entry| {
        let source = entry.source.clone();
        entry
            .forge(folder, settings)
            .map_err(|why| wrong(&format!("{source}: {why}")))
    });
    let all: Vec<Forge> = all.collect::<Result<_, _>>()?;
    if all.is_empty() {
        return Err(wrong("it names no forge"));
    }
    Ok(all)
}

impl Entry {
    fn forge(self, folder: &Path, settings: &Settings) -> Result<Forge, String> {
        let named = parts(&self.source).ok_or(
            "write github:ORG, gitlab:GROUP, gitea:HOST/ORG, bitbucket:WORKSPACE or azure:ORG/PROJECT",
        )?;
        let forge = Forge::new(&self.source, named, self.url.as_deref(), settings);
        let mut forge = forge.map_err(|error| {
            let line = error.to_string();
            line.strip_prefix(&format!("{}: ", self.source))
                .unwrap_or(&line)
                .to_owned()
        })?;
        if let Some(file) = &self.ca_file {
            forge.authority = Some(folder.join(file));
        }
        if let Some(origin) = self.origin(folder, &forge)? {
            let below = format!("{}/", forge.scope.owner.to_lowercase());
            let token = Token {
                host: forge.host.clone(),
                user: self.user.clone(),
                origin,
                below,
            };
            forge.access = Access::new(forge.kind, token);
        }
        forge.wikis |= self.wikis;
        forge.filter = self.filter()?;
        Ok(forge)
    }

    /// Returns where the token comes from, if the file says so.
    fn origin(&self, folder: &Path, forge: &Forge) -> Result<Option<Origin>, String> {
        match (&self.token_env, &self.token_file, &self.app) {
            (None, None, None) => Ok(None),
            (Some(name), None, None) if is_variable(name) => {
                hide(name);
                Ok(Some(Origin::Variable(name.clone())))
            }
            (Some(_), None, None) => {
                Err("token-env is the name of the variable that has the token".to_owned())
            }
            (None, Some(file), None) => Ok(Some(Origin::File(folder.join(file)))),
            (None, None, Some(app)) => {
                let app = App {
                    id: match &app.id {
                        Id::Number(number) => number.to_string(),
                        Id::Text(text) => text.clone(),
                    },
                    key: app::read_key(&folder.join(&app.key_file))?,
                    installation: app.installation,
                    owner: forge.scope.owner.clone(),
                    api: forge.api.clone(),
                    agent: agent(forge.authority.as_deref())?,
                    last: Mutex::new(None),
                };
                Ok(Some(Origin::Provider(Arc::new(app))))
            }
            _ => Err("name one of token-env, token-file and app".to_owned()),
        }
    }

    fn filter(self) -> Result<Filter, String> {
        if self
            .pushed_since
            .as_ref()
            .is_some_and(|day| clock::start_of(day).is_none())
        {
            return Err("pushed-since is a day, as 2026-01-31".to_owned());
        }
        Ok(Filter {
            visibility: self.visibility,
            archived: self.archived,
            forks: self.forks,
            topics: self.topics,
            include: globs(&self.include)?,
            exclude: globs(&self.exclude)?,
            pushed_since: self.pushed_since,
        })
    }
}
