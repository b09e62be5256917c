//! `gonogo bulk find`: whether a known value is, or ever was, in any repository, in any encoding.
//!
//! Values are only ever in memory: they come from standard input and go to workers through pipes, and no core files are
//! written. The search is exact and uses no rules: what is found is the value.

mod finder;
mod patterns;
mod search;
mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::clock;
use crate::error::Error;
use crate::night::{Bounds, survey};
use crate::report::{count, masked};
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
    /// The values that are secrets in the store, with the number of findings that are still there.
    pub(crate) stored: Vec<(String, i64)>,
}

/// How many secrets of a store are in use, by all comparisons so far.
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
    let all = values::read(input, options.form, true).map_err(Error::Usage)?;
    let unnamed = all.len().saturating_sub(read.len());
    let (values, mut left_out) = values::worth(read, options.short);
    if unnamed > 0 {
        let what = count(unnamed, "variable");
        left_out.push(format!(
            "{what} left out: not called as credentials are; --all-names takes them"
        ));
    }
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
        let all = options.complete.then_some(&*all);
        compare((store, key), (&values, all), &mut answered)?;
    }
    if !options.sources.is_empty() {
        search(options, &values, &mut answered)?;
    }
    Ok(answered)
}

/// Records for each secret in the store whether its value is one of `values`. If `all` values that are in use are known,
/// every secret that is none of them is not in use.
fn compare(
    (store, key): (&Path, &Path),
    (values, all): (&[Value], Option<&[Value]>),
    answered: &mut Answered,
) -> Result<(), Error> {
    let key = Key::read(key, false)?;
    if !store.exists() {
        return Err(Error::store(store, "there is no such store"));
    }
    let mut store = Store::open(store, &key)?;
    let hashes = |values: &[Value]| -> BTreeMap<Vec<u8>, String> {
        let hash = |value: &Value| (key.hash(&value.bytes), value.name.clone());
        values.iter().map(hash).collect()
    };
    // What is too short to look for, or not called as a credential, is in use nevertheless.
    let (looked_for, known) = (hashes(values), all.map(hashes));
    let (mut compared, mut changes) = (Compared::default(), Vec::new());
    for (secret, findings) in store.held_secrets()? {
        let name = looked_for.get(&secret.hash);
        let is_over = known
            .as_ref()
            .is_some_and(|known| !known.contains_key(&secret.hash));
        let after = match name {
            Some(_) => Some(true),
            None if is_over => Some(false),
            None => secret.in_use,
        };
        if let Some(is_used) = after.filter(|_| name.is_some() || is_over) {
            changes.push((secret.id, is_used));
        }
        if let Some(name) = name.filter(|_| findings > 0) {
            answered.stored.push((name.clone(), findings));
        }
        match after {
            Some(true) => compared.in_use += 1,
            Some(false) => compared.not_in_use += 1,
            None => compared.unknown += 1,
        }
    }
    store.note_use(&changes, clock::now())?;
    answered.stored.sort();
    answered.compared = Some(compared);
    Ok(())
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
