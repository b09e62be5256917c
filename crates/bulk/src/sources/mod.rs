//! What to scan: directories of repositories, lists, and addresses that git can clone.
//!
//! A repository is identified by its host and the host's name for it. For directories that is the full path; for
//! addresses it is the path in them, until something that knows the host provides its id. The label is for people, and
//! may change.

mod folders;
mod lists;
mod networks;
mod shard;
mod unread;
mod urls;

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

pub(crate) use folders::shown as local_id;
pub(crate) use shard::Shard;
pub(crate) use unread::{Unread, full_path, why_unread};
pub(crate) use urls::{Address, is_loopback};

use crate::error::Error;
use crate::forge::{self, Forge, Settings};
use crate::token::Token;

/// The host of repositories that were found in directories.
pub(crate) const LOCAL: &str = "local";

/// A repository to scan.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) host: String,
    pub(crate) provider_id: String,
    pub(crate) label: String,
    pub(crate) place: Place,
    /// When it was last pushed to, if the host reports it.
    pub(crate) pushed: Option<String>,
    /// Whether it need not exist, such as a wiki.
    pub(crate) is_optional: bool,
    /// The host's id of the repository that it was forked from.
    pub(crate) parent: Option<String>,
    /// Shared by a repository and all its forks; none if it has no forks here.
    pub(crate) network: Option<String>,
}

/// Where a repository is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// In this git directory.
    Folder(PathBuf),
    /// On a server, or in a directory that git clones from.
    Address(Address),
    /// At this path, where nothing can be read: a folder, a repository, or what a list names.
    Unread(Unread),
}

impl Target {
    /// Returns where it is, as reports show it.
    pub(crate) fn location(&self) -> String {
        match &self.place {
            Place::Folder(path) => path.display().to_string(),
            Place::Address(address) => address.to_string(),
            Place::Unread(unread) => unread.path.display().to_string(),
        }
    }
}

/// What the sources name.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Each repository once, in a fixed order.
    pub(crate) targets: Vec<Target>,
    /// Warnings, one line each.
    pub(crate) warnings: Vec<String>,
    /// The full paths of the directories that were searched.
    pub(crate) folders: Vec<PathBuf>,
    /// Owners that were listed without filters: their host, and the prefix of their repositories' names.
    pub(crate) owners: Vec<(String, String)>,
    /// Tokens for what forges listed.
    pub(crate) tokens: Vec<Token>,
    /// Certificate authorities of hosts.
    pub(crate) authorities: BTreeMap<String, PathBuf>,
    /// Forges that could not be listed, and folders that could not be read, while other sources could: one line each.
    pub(crate) unlisted: Vec<String>,
    /// What could not be read. Each is a target, too, so that the store has it.
    pub(crate) unread: Vec<Unread>,
}

/// Finds everything that `sources` name.
///
/// # Errors
///
/// Fails if a source does not exist or is not a source. Nothing is scanned then: a mistyped name must not pass for an
/// empty directory.
pub(crate) fn find(sources: &[String], forges: Option<&Settings>) -> Result<Found, Error> {
    let mut found = Found::default();
    let mut known = BTreeSet::new();
    for source in sources {
        add(source, None, (&mut found, forges))?;
    }
    if let (true, Some(first)) = (found.targets.is_empty(), found.unlisted.first()) {
        return Err(Error::usage(first));
    }
    found.targets.sort();
    drop_named_twice(&mut found.targets);
    found
        .targets
        .retain(|target| known.insert((target.host.clone(), target.provider_id.clone())));
    tell_apart(&mut found.targets);
    networks::note(&mut found.targets);
    Ok(found)
}

/// Makes labels longer, by the names of parent directories, until no two repositories have the same one.
fn tell_apart(targets: &mut [Target]) {
    for parts in 2..=8 {
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for target in &*targets {
            *seen.entry(&target.label).or_default() += 1;
        }
        let same: BTreeSet<String> = seen
            .into_iter()
            .filter(|it| it.1 > 1)
            .map(|it| it.0.to_owned())
            .collect();
        if same.is_empty() {
            return;
        }
        for target in targets.iter_mut().filter(|it| same.contains(&it.label)) {
            target.label = if target.host == LOCAL {
                let id = target
                    .provider_id
                    .strip_suffix("/.git")
                    .unwrap_or(&target.provider_id);
                let parts: Vec<&str> = id.rsplit('/').take(parts).collect();
                parts.into_iter().rev().collect::<Vec<_>>().join("/")
            } else {
                let with_host = format!("{}/", target.host);
                let label = target
                    .label
                    .strip_prefix(&with_host)
                    .unwrap_or(&target.label);
                format!("{with_host}{label}")
            };
        }
    }
}

/// Drops addresses of repositories that a forge has listed, too, since it knows their ids.
fn drop_named_twice(targets: &mut Vec<Target>) {
    let bare = |target: &Target| match &target.place {
        Place::Address(address) => Some(address.bare().to_owned()),
        Place::Folder(_) | Place::Unread(_) => None,
    };
    // Only a repository known just by its address has its path as label.
    let is_by_path = |target: &Target| target.label == target.provider_id;
    let listed: BTreeSet<String> = targets
        .iter()
        .filter(|it| !is_by_path(it))
        .filter_map(bare)
        .collect();
    targets.retain(|it| !(is_by_path(it) && bare(it).is_some_and(|bare| listed.contains(&bare))));
}

/// Lists a forge. If one of several cannot be listed, the others are scanned nevertheless.
fn add_forge(forge: &Forge, found: &mut Found, settings: &Settings) -> Result<(), Error> {
    match forge::list(forge, settings) {
        Ok(listed) => {
            found.targets.extend(listed.targets);
            found.warnings.extend(listed.warnings);
            found.owners.extend(forge.whole());
            found.tokens.extend(forge.access.for_git());
            if let Some(file) = &forge.authority {
                found.authorities.insert(forge.host.clone(), file.clone());
            }
            Ok(())
        }
        Err(error @ Error::Stopped(_)) => Err(error),
        Err(error) => {
            found.unlisted.push(error.to_string());
            Ok(())
        }
    }
}

/// Adds what one source names. `list` is the list that contains it, if any.
fn add(
    source: &str,
    list: Option<&Path>,
    (found, forges): (&mut Found, Option<&Settings>),
) -> Result<(), Error> {
    if let Some(settings) = forges {
        if let Some(forge) = Forge::parse(source, settings)? {
            return add_forge(&forge, found, settings);
        }
        if list.is_none() && source.ends_with(".toml") {
            for forge in forge::read_file(Path::new(source), settings)? {
                add_forge(&forge, found, settings)?;
            }
            return Ok(());
        }
    } else if forge::is_named(source) {
        let why =
            "this is on a server: fetch it by `gonogo bulk scan`, and name the folder of mirrors";
        return Err(Error::usage(format!("{source}: {why}")));
    }
    if let Some(address) = Address::parse(source)? {
        found.targets.push(address.into_target());
        return Ok(());
    }
    let path = match list.and_then(Path::parent) {
        Some(folder) => folder.join(source),
        None => PathBuf::from(source),
    };
    let metadata = match path.metadata() {
        Ok(metadata) => metadata,
        // A mistyped name must not pass for something that is only locked.
        Err(error) if error.kind() == ErrorKind::PermissionDenied && list.is_none() => {
            found.add_unread(Unread::of(&path, error.kind()), source.to_owned());
            return Ok(());
        }
        Err(error) => return Err(Error::file(&path, error)),
    };
    if metadata.is_dir() {
        return folders::add(&path, found);
    }
    if list.is_some() {
        let reason = "this is no folder: a list names folders and addresses, and no other lists";
        return Err(Error::usage(format!("{}: {reason}", path.display())));
    }
    add_list(&path, (found, forges))
}

/// Adds what a list names. A path that is not there any more, or may not be read, does not keep the rest from being
/// scanned.
fn add_list(path: &Path, (found, forges): (&mut Found, Option<&Settings>)) -> Result<(), Error> {
    let mut unread = Vec::new();
    let lines = lists::read(path)?;
    let all = lines.len();
    for line in lines {
        let added = add(&line.text, Some(path), (&mut *found, forges));
        let Err(error) = added else {
            continue;
        };
        let named = match &error {
            Error::File { path, error } => Some(Unread::of(path, error.kind())),
            _ => None,
        };
        let error = Error::usage(format!("{}:{}: {error}", path.display(), line.number));
        match named {
            Some(named) => unread.push((named, line.text, error)),
            None => return Err(error),
        }
    }
    // A file that names nothing that is there is no list.
    if unread.len() == all
        && unread.iter().all(|(named, ..)| named.is_gone)
        && let Some((.., error)) = unread.pop()
    {
        return Err(error);
    }
    for (named, label, error) in unread {
        found.add_unread_line(named, label, error.to_string());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_of_one_name_are_told_apart() {
        let target = |path: &str| Target {
            host: LOCAL.to_owned(),
            provider_id: path.to_owned(),
            label: "repo".to_owned(),
            place: Place::Folder(path.into()),
            pushed: None,
            is_optional: false,
            parent: None,
            network: None,
        };
        let mut targets = [
            target("/a/x/repo"),
            target("/b/x/repo"),
            target("/c/y/repo/.git"),
        ];
        tell_apart(&mut targets);
        let labels: Vec<&str> = targets.iter().map(|it| it.label.as_str()).collect();
        assert_eq!(labels, ["a/x/repo", "b/x/repo", "y/repo"]);
    }

    #[test]
    fn a_source_that_is_not_there_is_an_error() {
        assert!(find(&["/nowhere/at/all".to_owned()], None).is_err());
        assert!(find(&["ftp://host/a".to_owned()], None).is_err());
    }
}
