//! The listing of a forge as it is kept from run to run: its pages, each with its `ETag`.
//!
//! An interrupted listing continues after its last page, if that page is unchanged; otherwise it starts over, where
//! unchanged pages cost only a conditional request. What is kept contains names and addresses, but no token.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::http::{Client, Failure, Reply};
use super::parents::Parents;
use super::source::Forge;
use super::{Listed, page};
use crate::error::Error;
use crate::store::{beside, hex};

/// The limit on pages: a server that always names another one would never end.
const MAX_PAGES: usize = 100_000;

/// The listing of one forge.
pub(super) struct Listing {
    folder: PathBuf,
}

/// A page as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    url: String,
    etag: Option<String>,
    /// The hash of the response body.
    digest: String,
    next: Option<String>,
    repositories: Vec<Listed>,
}

impl Listing {
    /// Opens the listing of `forge` below `folder`.
    pub(super) fn open(folder: &Path, forge: &Forge) -> Result<Self, Error> {
        let mut hash = Sha256::new();
        let scope = &forge.scope;
        for part in [
            &forge.api,
            &scope.owner,
            scope.repository.as_ref().unwrap_or(&String::new()),
        ] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        let folder = folder.join(&hex(&hash.finalize())[..32]);
        crate::git::private_folder(&folder).map_err(|error| Error::file(&folder, error))?;
        Ok(Self { folder })
    }

    /// Returns all repositories that the forge lists.
    pub(super) fn read(&mut self, client: &Client, forge: &Forge) -> Result<Vec<Listed>, Failure> {
        let result = self.resume(client, forge);
        match result {
            Ok(Some(all)) => return Ok(all),
            Ok(None) => {}
            Err(failure) => return Err(failure),
        }
        let mut last = Failure::NotFound;
        // A name may be an organisation, a user or a repository: the first that exists counts.
        for path in forge.kind.listings(&forge.scope) {
            let first = format!("{}{path}", forge.api);
            let done = self.go(client, forge, (first, 0), Vec::new());
            match done {
                Err(Failure::NotFound) => last = Failure::NotFound,
                done => return done,
            }
        }
        Err(last)
    }

    /// Continues an interrupted listing; `None` if there is none that can be continued.
    fn resume(&mut self, client: &Client, forge: &Forge) -> Result<Option<Vec<Listed>>, Failure> {
        if !self.open_mark().exists() {
            return Ok(None);
        }
        let mut all = Vec::new();
        let mut last: Option<Kept> = None;
        let mut number = 0;
        while let Some(kept) = self.kept(number).filter(|_| self.is_of_this_round(number)) {
            // A page from an earlier round does not follow the last one.
            if last
                .as_ref()
                .is_some_and(|last| last.next.as_ref() != Some(&kept.url))
            {
                break;
            }
            all.extend(kept.repositories.iter().cloned());
            last = Some(kept);
            number += 1;
        }
        let Some(last) = last else {
            return Ok(None);
        };
        // Offsets shift when a repository goes; then the last page has changed, too.
        let is_same = match client.get(&last.url, last.etag.as_deref()) {
            Ok(Reply::Same) => true,
            Ok(Reply::Page { body, .. }) => digest(&body) == last.digest,
            Err(Failure::NotFound) => false,
            Err(failure) => return Err(failure),
        };
        if !is_same {
            return Ok(None);
        }
        match last.next {
            Some(next) => self.go(client, forge, (next, number), all).map(Some),
            None => self.end(number).map(|()| Some(all)),
        }
    }

    /// Reads all pages starting with `url`, which is page `number`.
    fn go(
        &mut self,
        client: &Client,
        forge: &Forge,
        (url, number): (String, usize),
        mut all: Vec<Listed>,
    ) -> Result<Vec<Listed>, Failure> {
        let mut next = Some(url);
        let mut number = number;
        while let Some(url) = next {
            if number >= MAX_PAGES {
                return Err(Failure::Other("its listing has no end".to_owned()));
            }
            // The last page must be read again: if it is unchanged, a further page may still have been added.
            let kept = self
                .kept(number)
                .filter(|kept| kept.url == url && kept.next.is_some());
            let etag = kept.as_ref().and_then(|kept| kept.etag.clone());
            let page = match (client.get(&url, etag.as_deref())?, kept) {
                (Reply::Same, Some(kept)) => kept,
                (Reply::Same, None) => {
                    return Err(Failure::Other(
                        "it answers 304 to what it was not asked".to_owned(),
                    ));
                }
                (Reply::Page { body, etag, next }, _) => {
                    let page = page::read(forge, &body).map_err(Failure::Other)?;
                    Kept {
                        url,
                        etag,
                        digest: digest(&body),
                        next: next.or(page.next),
                        repositories: page.repositories,
                    }
                }
            };
            if number == 0 {
                self.begin()?;
            }
            self.keep(number, &page)?;
            next = page.next;
            all.extend(page.repositories);
            number += 1;
        }
        self.end(number)?;
        Ok(all)
    }

    fn path(&self, number: usize) -> PathBuf {
        self.folder.join(format!("{number:06}.json"))
    }

    /// The file that exists while a listing is incomplete.
    fn open_mark(&self) -> PathBuf {
        self.folder.join("open")
    }

    fn begin(&self) -> Result<(), Failure> {
        fs::write(self.open_mark(), "").map_err(|error| self.failed(&error))
    }

    /// Finishes a listing that has this many pages.
    fn end(&self, pages: usize) -> Result<(), Failure> {
        let mut number = pages;
        // Left over from a listing that had more.
        while fs::remove_file(self.path(number)).is_ok() {
            number += 1;
        }
        match fs::remove_file(self.open_mark()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(self.failed(&error)),
            _ => Ok(()),
        }
    }

    /// Whether a page was read since the listing was started.
    fn is_of_this_round(&self, number: usize) -> bool {
        let time = |path: &Path| {
            path.metadata()
                .and_then(|metadata| metadata.modified())
                .ok()
        };
        time(&self.path(number)) >= time(&self.open_mark())
    }

    /// Returns a kept page; one that cannot be read is requested from the server.
    fn kept(&self, number: usize) -> Option<Kept> {
        serde_json::from_slice(&fs::read(self.path(number)).ok()?).ok()
    }

    fn keep(&self, number: usize, page: &Kept) -> Result<(), Failure> {
        write(&self.path(number), page).map_err(|error| self.failed(&error))
    }

    /// Returns what is known about the listed forks.
    pub(super) fn parents(&self) -> Parents {
        Parents::open(&self.folder)
    }

    fn failed(&self, error: &io::Error) -> Failure {
        Failure::Other(format!("{}: {error}", self.folder.display()))
    }
}

/// Writes a file that only its owner may read, completely or not at all.
pub(super) fn write(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let draft = beside(path, ".new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    let mut file = crate::store::private(&mut options).open(&draft)?;
    file.write_all(&serde_json::to_vec(value)?)?;
    fs::rename(&draft, path)
}

fn digest(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}
