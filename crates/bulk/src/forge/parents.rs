//! Finds what forks were forked from, if the listing does not say.
//!
//! GitHub's listings say only that a repository is a fork (docs.github.com/rest/repos/repos, *List organization
//! repositories*); *Get a repository* has its `parent`, and as `source` the first repository of its network. Both were
//! compared with the API description in npm `@octokit/openapi` on 2026-11-29. Each fork is asked about once, and the
//! answer is kept beside the listing. This only saves space and time and nothing depends on it, so it stops when few
//! requests are left.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::http::{Client, Failure, Reply};
use super::kinds::encoded;
use super::source::Forge;
use super::{Kind, Listed, listing, page};

/// What is known is written after every so many answers, so that an interruption loses little.
const OFTEN: usize = 100;

/// What is known about forks, by id.
pub(super) struct Parents {
    path: PathBuf,
    known: BTreeMap<String, Known>,
}

/// What a forge answered about a fork.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    /// The id of its parent; none if the token may not see that, or it is gone.
    parent: Option<String>,
    /// The `ETag` of an answer without a parent.
    etag: Option<String>,
}

impl Parents {
    /// Reads what is kept in the directory of a listing.
    pub(super) fn open(folder: &Path) -> Self {
        let path = folder.join("forks.json");
        // If it cannot be read, everything is asked for again.
        let known = std::fs::read(&path)
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .unwrap_or_default();
        Self { path, known }
    }

    /// Adds its parent to each fork. Returns a line about what could not be asked for.
    ///
    /// # Errors
    ///
    /// Fails if the user has stopped the program, or the answers cannot be saved.
    pub(super) fn add(
        &mut self,
        (client, forge): (&Client, &Forge),
        listed: &mut [Listed],
    ) -> Result<Option<String>, Failure> {
        if forge.kind != Kind::GitHub {
            return Ok(None);
        }
        let is_open = |it: &&mut Listed| it.is_fork && it.parent.is_none();
        let mut forks: Vec<&mut Listed> = listed.iter_mut().filter(is_open).collect();
        let is_known = |known: &Known| known.parent.is_some();
        let mut asked = 0;
        let mut why = None;
        for fork in &forks {
            if self.known.get(&fork.id).is_some_and(is_known) {
                continue;
            }
            if client.is_scarce() {
                why = Some("the rate limit leaves few requests".to_owned());
                break;
            }
            match self.ask((client, forge), fork) {
                Ok(known) => drop(self.known.insert(fork.id.clone(), known)),
                Err(Failure::Stopped) => {
                    self.keep()?;
                    return Err(Failure::Stopped);
                }
                Err(failure) => {
                    why = Some(failure.to_string());
                    break;
                }
            }
            asked += 1;
            if asked % OFTEN == 0 {
                self.keep()?;
            }
        }
        if asked > 0 {
            let ids: BTreeSet<&String> = forks.iter().map(|fork| &fork.id).collect();
            self.known.retain(|id, _| ids.contains(id));
            self.keep()?;
        }
        let mut left = 0;
        for fork in &mut forks {
            match self.known.get(&fork.id) {
                Some(known) => fork.parent.clone_from(&known.parent),
                None => left += 1,
            }
        }
        let said = |why| {
            let forks = crate::report::count(left, "fork");
            let it = if left == 1 { "it comes" } else { "they come" };
            format!("{forks} may be fetched whole, since what {it} from is not known yet: {why}")
        };
        Ok(why.filter(|_| left > 0).map(said))
    }

    /// Asks for the parent of a fork.
    fn ask(&self, (client, forge): (&Client, &Forge), fork: &Listed) -> Result<Known, Failure> {
        let before = self.known.get(&fork.id);
        let etag = before.and_then(|known| known.etag.as_deref());
        let name: Vec<String> = fork.name.split('/').map(encoded).collect();
        let url = format!("{}/repos/{}", forge.api, name.join("/"));
        let (body, new) = match client.get(&url, etag) {
            Ok(Reply::Page { body, etag, .. }) => (body, etag),
            Ok(Reply::Same) => {
                return Ok(Known {
                    parent: None,
                    etag: etag.map(str::to_owned),
                });
            }
            // It has disappeared since it was listed.
            Err(Failure::NotFound) => return Ok(Known::default()),
            Err(failure) => return Err(failure),
        };
        let page = page::read(forge, &body).map_err(Failure::Other)?;
        // Another repository may have taken its name by now.
        let own = page.repositories.into_iter().find(|it| it.id == fork.id);
        let parent = own.and_then(|it| it.parent);
        Ok(Known {
            etag: new.filter(|_| parent.is_none()),
            parent,
        })
    }

    fn keep(&self) -> Result<(), Failure> {
        listing::write(&self.path, &self.known)
            .map_err(|error| Failure::Other(format!("{}: {error}", self.path.display())))
    }
}
