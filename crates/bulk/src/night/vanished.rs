//! Repositories that were in a folder and are not there any more: what was found in them stays, and they are not covered.

use std::path::Path;

use super::Summary;
use crate::error::Error;
use crate::sources::{Found, LOCAL};
use crate::store::{Failed, Run, Store};

/// Why a repository is not covered that was there.
pub(crate) const GONE: &str =
    "it is not there any more: remove it from the store by `gonogo bulk forget`, or bring it back";

/// Notes the repositories that are known to have been in the folders, or with the owners, that were searched, and that
/// this run did not find there.
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
            // Its host is in the label where two repositories have one name.
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

/// Takes out what need not be there and is not there; what was found in it stays.
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
