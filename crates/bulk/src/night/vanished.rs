//! Repositories that have disappeared from a directory: what was found in them stays, but they are not covered.

use std::path::Path;

use super::Summary;
use crate::error::Error;
use crate::sources::{Found, LOCAL};
use crate::store::{Failed, Run, Store};

/// Why a repository that has disappeared is not covered.
pub(crate) const GONE: &str =
    "it is not there any more: remove it from the store by `gonogo bulk forget`, or bring it back";

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
        if found
            .folders
            .iter()
            .any(|folder| location.starts_with(folder))
        {
            gone.push((other.id, other.label));
        }
    }
    for (host, prefix) in &found.owners {
        for other in store.others(run, host)? {
            // If two repositories have the same name, their labels include the host.
            let label = other.label.strip_prefix(&format!("{host}/"));
            let label = label.unwrap_or(&other.label).to_lowercase();
            if label.starts_with(&prefix.to_lowercase()) {
                gone.push((other.id, other.label));
            }
        }
    }
    gone.sort();
    gone.dedup();
    for (id, _) in &gone {
        fail(store, run, *id)?;
    }
    Ok(gone
        .into_iter()
        .map(|(_, label)| (label, GONE.to_owned()))
        .collect())
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
    fail(store, run, id)?;
    let label = store.label(id)?;
    summary.failed.push((label, GONE.to_owned()));
    Ok(())
}

fn fail(store: &mut Store, run: Run, repository: i64) -> Result<(), Error> {
    let failed = Failed {
        repository,
        why: GONE,
        tries: 0,
        seconds: 0.0,
        is_waiting: false,
    };
    store.commit_failed(run, &failed)
}
