//! Forges as sources: the repositories of an organisation, group or workspace, as the forge itself lists them.
//!
//! A repository is identified by its host and the id that the forge gives it, so that renames and moves change only its
//! label. Names and URLs in a listing are untrusted: a URL counts only if it is on the host of the forge.

mod access;
mod app;
mod file;
mod filter;
mod http;
mod kinds;
mod limits;
mod listing;
mod page;
mod parents;
mod source;
mod transport;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

pub(crate) use access::Access;
pub(crate) use file::read as read_file;
pub(crate) use filter::{Filter, Visibility, globs};
pub(crate) use kinds::Kind;
pub(crate) use source::{Forge, is_named};
pub(crate) use transport::{agent, post};

use crate::error::Error;
use crate::sources::{Address, Place, Target};
use crate::token::Token;
use http::{Client, Failure};
use listing::Listing;

/// Settings for all forges named on the command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    /// Where listings are kept from run to run.
    pub(crate) listings: PathBuf,
    pub(crate) filter: Filter,
    pub(crate) wikis: bool,
    /// Base URLs of self-hosted forges.
    pub(crate) urls: Vec<(Kind, String)>,
    pub(crate) tokens: Vec<Token>,
    /// Certificate authorities by host.
    pub(crate) authorities: BTreeMap<String, PathBuf>,
    /// Whether the user has stopped the program.
    pub(crate) stop: Arc<AtomicBool>,
    pub(crate) quiet: bool,
}

/// A repository, as a forge lists it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Listed {
    /// The forge's id, which does not change with the name.
    pub(crate) id: String,
    /// Its name for people, including that of its owner.
    pub(crate) name: String,
    /// The URL that git clones it from.
    pub(crate) address: String,
    /// Its wiki, if it may have one.
    pub(crate) wiki: Option<Wiki>,
    /// When it was last pushed to, as the forge reports it.
    pub(crate) pushed: Option<String>,
    pub(crate) visibility: Visibility,
    pub(crate) is_archived: bool,
    pub(crate) is_fork: bool,
    /// The id of the repository that it was forked from, or of the first of its fork network, if known.
    #[serde(default)]
    pub(crate) parent: Option<String>,
    pub(crate) topics: Vec<String>,
}

/// The wiki of a repository or project, which is a repository itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Wiki {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) address: String,
}

/// What a forge listed.
#[derive(Debug, Default)]
pub(crate) struct Found {
    pub(crate) targets: Vec<Target>,
    pub(crate) warnings: Vec<String>,
}

/// Lists the repositories of a forge.
///
/// # Errors
///
/// Fails if the forge cannot be reached, refuses, or has no such organisation; the message is one line that names it.
pub(crate) fn list(forge: &Forge, settings: &Settings) -> Result<Found, Error> {
    let failed = |why: &dyn std::fmt::Display| Error::usage(format!("{}: {why}", forge.name));
    let client = Client::new(forge, settings).map_err(|why| failed(&why))?;
    let mut listing = Listing::open(&settings.listings, forge)?;
    let ended = |failure: Failure| match failure {
        Failure::Stopped => Error::Stopped("what was listed until then is kept".to_owned()),
        failure => failed(&failure),
    };
    let all = listing.read(&client, forge).map_err(ended)?;
    if all.is_empty() {
        return Err(failed(
            &"it has no repository that this token may see: nothing is scanned",
        ));
    }
    let number = all.len();
    let mut taken: Vec<Listed> = all;
    taken.retain(|listed| forge.filter.takes(listed));
    if taken.is_empty() {
        let why = format!("the filters leave out all of its {number} repositories");
        return Err(failed(&why));
    }
    let mut found = Found::default();
    let line = listing.parents().add((&client, forge), &mut taken);
    let line = line
        .map_err(ended)?
        .map(|why| format!("{}: {why}", forge.name));
    found.warnings.extend(line);
    for listed in taken {
        found.add(forge, listed);
    }
    Ok(found)
}

impl Found {
    fn add(&mut self, forge: &Forge, listed: Listed) {
        let Some(address) = forge.address(&listed.address) else {
            let name = &listed.name;
            let line = format!(
                "{}: {name} is left out: its address is not on {}",
                forge.name, forge.host
            );
            self.warnings.push(line);
            return;
        };
        self.targets.push(Target {
            host: forge.host.clone(),
            provider_id: listed.id.clone(),
            label: listed.name.clone(),
            place: Place::Address(address),
            pushed: listed.pushed,
            is_optional: false,
            parent: listed.parent,
            network: None,
        });
        let Some(wiki) = listed.wiki.filter(|_| forge.wikis) else {
            return;
        };
        if let Some(address) = forge.address(&wiki.address) {
            self.targets.push(Target {
                host: forge.host.clone(),
                provider_id: format!("{}/wiki", wiki.id),
                label: format!("{} (wiki)", wiki.name),
                place: Place::Address(address),
                // What forges say about pushes concerns only the repository.
                pushed: None,
                is_optional: true,
                parent: None,
                network: None,
            });
        }
    }
}

impl Forge {
    /// Returns the address of a repository without the user that some forges include; `None` if it is on another host.
    fn address(&self, url: &str) -> Option<Address> {
        let (scheme, rest) = url.split_once("://")?;
        let (authority, path) = rest.split_once('/')?;
        let host = authority.rsplit('@').next()?;
        let address = Address::parse(&format!("{scheme}://{host}/{path}")).ok()??;
        (address.token_host() == Some(&self.host)).then_some(address)
    }
}
