//! Repositories that were in a folder and are not there any more: what was found in them stays, and they are not covered.

use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::store::{Failed, Run, Store};

/// Notes the repositories that are known to have been in `folders` and that this run did not find there.
pub(super) fn note(
    store: &mut Store,
    run: Run,
    folders: &[PathBuf],
) -> Result<Vec<(String, String)>, Error> {
    let mut gone = Vec::new();
    for other in store.others(run, crate::sources::LOCAL)? {
        let is_below = folders
            .iter()
            .any(|folder| Path::new(&other.location).starts_with(folder));
        if !is_below {
            continue;
        }
        let why = "it is not there any more: remove it from the store by `gonogo bulk forget`, or bring it back";
        let failed = Failed {
            repository: other.id,
            why,
            tries: 0,
            seconds: 0.0,
            is_waiting: false,
        };
        store.commit_failed(run, &failed)?;
        gone.push((other.label, why.to_owned()));
    }
    Ok(gone)
}
