//! `gonogo bulk find`: whether a known value is, or ever was, in any repository, in any encoding.
//!
//! Values are only ever in memory: they come from standard input and go to workers through pipes, and no core files are
//! written. The search is exact and uses no rules: what is found is the value.

mod finder;
mod patterns;
mod search;
mod values;

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::clock;
use crate::error::Error;
use crate::night::{Bounds, survey};
use crate::report::masked;
use crate::store::{Key, Store};
use crate::worker::protocol::{Answer, FoundGap, FoundPlace, Task};
pub(crate) use search::Search;
pub(crate) use values::{Form, Value};

/// The options of a search.
pub(crate) struct Options {
    pub(crate) sources: Vec<String>,
    pub(crate) form: Form,
    /// Whether values shorter than [`SHORT`](values::SHORT) bytes are searched for, too.
    pub(crate) short: bool,
    /// Whether to take all variables of a file, rather than only those that look like credentials.
    pub(crate) all_names: bool,
    /// A store whose secrets are compared, and its key file.
    pub(crate) store: Option<(PathBuf, PathBuf)>,
    /// Whether the values are all that are in use, so that no others are.
    pub(crate) complete: bool,
    pub(crate) bounds: Bounds,
}

/// The result of a search.
#[derive(Default)]
pub(crate) struct Answered {
    /// The name of each value.
    pub(crate) names: Vec<String>,
    /// The values that were left out, and why.
    pub(crate) left_out: Vec<String>,
    /// By repository, in the order of the sources.
    pub(crate) places: Vec<(String, FoundPlace)>,
    /// Repositories that could not be searched completely.
    pub(crate) open: Vec<(String, String)>,
    pub(crate) repositories: usize,
    pub(crate) objects: u64,
    /// For a store: how many of its secrets are in use, are not in use, and are not known to be either.
    pub(crate) compared: Option<Compared>,
}

/// How many secrets of a store are in use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Compared {
    pub(crate) in_use: usize,
    pub(crate) not_in_use: usize,
    pub(crate) unknown: usize,
}

/// Searches for the values.
///
/// # Errors
///
/// Fails if no value was given, a source does not exist, or the store cannot be used.
pub(crate) fn run(options: &Options, input: &[u8]) -> Result<Answered, Error> {
    let read = values::read(input, options.form, options.all_names).map_err(Error::Usage)?;
    let (values, left_out) = values::worth(read, options.short);
    if values.is_empty() {
        return Err(Error::usage(format!(
            "no value to look for was given on standard input{}",
            left_out
                .first()
                .map(|why| format!(": {why}"))
                .unwrap_or_default()
        )));
    }
    let mut answered = Answered {
        names: values.iter().map(|value| value.name.clone()).collect(),
        left_out,
        ..Answered::default()
    };
    if let Some((store, key)) = &options.store {
        answered.compared = Some(compare((store, key), &values, options.complete)?);
    }
    if !options.sources.is_empty() {
        search(options, &values, &mut answered)?;
    }
    Ok(answered)
}

/// Records for each secret in the store whether its value is one of `values`.
fn compare(
    (store, key): (&std::path::Path, &std::path::Path),
    values: &[Value],
    complete: bool,
) -> Result<Compared, Error> {
    let key = Key::read(key, false)?;
    if !store.exists() {
        return Err(Error::store(store, "there is no such store"));
    }
    let mut store = Store::open(store, &key)?;
    let hashes: std::collections::BTreeSet<Vec<u8>> =
        values.iter().map(|value| key.hash(&value.bytes)).collect();
    let (mut compared, mut changes) = (Compared::default(), Vec::new());
    for secret in store.secrets()? {
        let is_used = hashes.contains(&secret.hash);
        if is_used || complete {
            changes.push((secret.id, is_used));
        }
        let after = if is_used || complete {
            Some(is_used)
        } else {
            secret.in_use
        };
        match after {
            Some(true) => compared.in_use += 1,
            Some(false) => compared.not_in_use += 1,
            None => compared.unknown += 1,
        }
    }
    store.note_use(&changes, clock::now())?;
    Ok(compared)
}

fn search(options: &Options, values: &[Value], answered: &mut Answered) -> Result<(), Error> {
    let digits = values.iter().map(|value| STANDARD.encode(&value.bytes));
    let task = Task::Find {
        values: digits.collect(),
    };
    let survey = survey(&options.sources, &task, options.bounds)?;
    answered.repositories = survey.repositories;
    answered.open = survey.open;
    for (label, answer) in survey.answers {
        let label = masked(&label);
        let Answer::Searched(found) = answer else {
            continue;
        };
        answered.objects += found.objects;
        if let Some(why) = FoundGap::summary(&found.gaps) {
            answered.open.push((label.clone(), why));
        }
        let places = found.places.into_iter();
        let places = places.map(|mut place| {
            place.path = masked(&place.path);
            (label.clone(), place)
        });
        answered.places.extend(places);
    }
    answered.open.sort();
    Ok(())
}
