//! Repositories that have disappeared from a directory: what was found in them stays, but they are not covered.

use std::io::ErrorKind;
use std::path::Path;

use super::Summary;
use crate::error::Error;
use crate::sources::{Found, LOCAL, Place, Unread, why_unread};
use crate::store::{Failed, Run, Store};

/// Why a repository that has disappeared is not covered.
pub(crate) const GONE: &str = "it is not there any more: bring it back, say where it is by `gonogo bulk rename`, or remove it from the store by `gonogo bulk forget`";

/// Records as not covered the known repositories that should be in the searched directories, or belong to the listed
/// owners, but that this run did not find there.
pub(super) fn note(
    store: &mut Store,
    run: Run,
    found: &Found,
) -> Result<Vec<(String, String)>, Error> {
    let mut gone = Vec::new();
    for other in store.others(run, LOCAL)? {
        let location = Path::new(&other.location);
        let unread = found.unread.iter().find(|unread| unread.has(location));
        let mut folders = found.folders.iter();
        if unread.is_none() && !folders.any(|folder| location.starts_with(folder)) {
            continue;
        }
        match why(location, unread) {
            Some(why) => gone.push((other.id, other.label, why)),
            // A folder that could not be read, and now was.
            None if !other.is_known => drop(store.forget(other.id)?),
            None => gone.push((other.id, other.label, GONE.to_owned())),
        }
    }
    for (host, prefix) in &found.owners {
        for other in store.others(run, host)? {
            // If two repositories have the same name, their labels include the host.
            let label = other.label.strip_prefix(&format!("{host}/"));
            let label = label.unwrap_or(&other.label).to_lowercase();
            if label.starts_with(&prefix.to_lowercase()) {
                gone.push((other.id, other.label, GONE.to_owned()));
            }
        }
    }
    gone.sort();
    gone.dedup();
    for (id, _, why) in &gone {
        fail(store, run, (*id, why))?;
    }
    Ok(gone
        .into_iter()
        .map(|(_, label, why)| (label, why))
        .collect())
}

/// Returns why a known repository was not found, if anything is to be said of it: that it may not be read is no reason
/// to forget it.
fn why(location: &Path, unread: Option<&Unread>) -> Option<String> {
    if let Some(unread) = unread.filter(|unread| !unread.is_gone) {
        return Some(format!("{}: {}", unread.path.display(), unread.why));
    }
    match location.join("objects").metadata() {
        Err(error) if error.kind() == ErrorKind::PermissionDenied => Some(why_unread(error.kind())),
        // Something that is no repository.
        Err(_) if location.exists() => None,
        _ => Some(GONE.to_owned()),
    }
}

/// Leaves out what cannot be read if the store knows it by another name, under which it is then not covered.
pub(super) fn drop_known(store: &Store, found: &mut Found) -> Result<(), Error> {
    if found.unread.is_empty() {
        return Ok(());
    }
    let rows = store.repositories()?;
    let known: Vec<&Path> = rows
        .iter()
        .filter(|row| row.host == LOCAL)
        .map(|row| Path::new(&row.location))
        .collect();
    found.targets.retain(|target| match &target.place {
        Place::Unread(unread) => !known
            .iter()
            .any(|location| *location != unread.path && unread.is_known_by(location)),
        _ => true,
    });
    Ok(())
}

/// Takes out a repository that does not exist and need not; what was found in it stays.
pub(super) fn absent(
    store: &mut Store,
    run: Run,
    id: i64,
    summary: &mut Summary,
) -> Result<(), Error> {
    if store.state_of(id)?.is_none() {
        store.forget(id)?;
        return Ok(());
    }
    fail(store, run, (id, GONE))?;
    let label = store.label(id)?;
    summary.failed.push((label, GONE.to_owned()));
    Ok(())
}

fn fail(store: &mut Store, run: Run, (repository, why): (i64, &str)) -> Result<(), Error> {
    let failed = Failed {
        repository,
        why,
        tries: 0,
        seconds: 0.0,
        is_waiting: false,
    };
    store.commit_failed(run, &failed)
}
