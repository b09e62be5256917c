//! Merges the results of several programs into one store: shares of a run, each in a store of its own, or what a fleet
//! has put into its database.
//!
//! Each repository goes through the same transaction as if it had been scanned here, so that states, changes and
//! reports are those of a single machine. Merging something again changes nothing.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::error::Error;
use crate::sources::Shard;
use crate::store::{Covered, Failed, Run, Store, hex};
use crate::worker::protocol::Scanned;

/// What is known about a part as a whole.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    /// Its name for people.
    pub(crate) name: String,
    pub(crate) rule_set: (String, String),
    /// What its run was asked to do.
    pub(crate) options: String,
    pub(crate) started: i64,
    /// The id of the key that secrets in it are hashed with.
    pub(crate) key: String,
    pub(crate) is_finished: bool,
}

/// The outcome for a repository in a part.
#[derive(Debug, Clone)]
pub(crate) struct Visited {
    pub(crate) host: String,
    pub(crate) provider_id: String,
    pub(crate) label: String,
    pub(crate) location: String,
    /// Its number in the part.
    pub(crate) number: i64,
    /// As in the store; `none` if its turn did not come.
    pub(crate) outcome: String,
    pub(crate) tries: u32,
    pub(crate) why: Option<String>,
    pub(crate) seconds: f64,
}

/// What was last read from a repository.
pub(crate) struct Kept {
    pub(crate) scanned: Scanned,
    pub(crate) state: String,
    pub(crate) rule_set: (String, String),
    pub(crate) tips: Vec<(String, String)>,
    pub(crate) branch: Option<String>,
    pub(crate) head: Option<String>,
    pub(crate) sketch: Vec<u8>,
    pub(crate) seconds: f64,
    /// Identifies what was in it; empty if that is not known.
    pub(crate) content: String,
}

/// A source of results for a part of all repositories.
pub(crate) trait Part {
    fn head(&self) -> &Head;

    /// Returns the outcome for each repository.
    fn visits(&mut self) -> Result<Vec<Visited>, Error>;

    /// Returns the names of the rules in each rule set, by its digest, as far as they are known.
    fn rules(&mut self) -> Result<Vec<(String, String)>, Error> {
        Ok(Vec::new())
    }

    /// Returns what was last read from the repository with this number.
    fn kept(&mut self, number: i64) -> Result<Option<Kept>, Error>;
}

/// The result of a merge.
#[derive(Debug, Default)]
pub(crate) struct Merged {
    pub(crate) run: i64,
    pub(crate) covered: usize,
    pub(crate) unchanged: usize,
    pub(crate) failed: Vec<(String, String)>,
    /// Whether all of it had been merged before.
    pub(crate) is_known: bool,
    /// What is missing, one line each.
    pub(crate) missing: Vec<String>,
}

/// Merges `parts` into the store at `path`, which is created if there is none.
///
/// # Errors
///
/// Fails if a part has another key, or cannot be read.
pub(crate) fn merge(path: &Path, mut parts: Vec<Box<dyn Part>>) -> Result<Merged, Error> {
    parts.sort_by(|one, other| one.head().name.cmp(&other.head().name));
    let Some(first) = parts.first() else {
        return Err(Error::usage("name the stores that are to be merged"));
    };
    let key = first.head().key.clone();
    if let Some(other) = parts.iter().find(|part| part.head().key != key) {
        let (one, other) = (&first.head().name, &other.head().name);
        return Err(Error::usage(format!(
            "{other}: its key is not that of {one}, so that secrets cannot be compared: give all shares one --key-file"
        )));
    }
    let mut merged = Merged {
        missing: missing(&parts),
        ..Merged::default()
    };
    let mut latest: BTreeMap<(String, String), (usize, Visited)> = BTreeMap::new();
    let mut identity = Sha256::new();
    for (number, part) in parts.iter_mut().enumerate() {
        let head = part.head().clone();
        note(
            &mut identity,
            &[&head.rule_set.0, &head.options, &head.started.to_string()],
        );
        for visited in part.visits()? {
            let Visited {
                host,
                provider_id,
                outcome,
                ..
            } = &visited;
            note(&mut identity, &[host, provider_id, outcome]);
            let key = (host.clone(), provider_id.clone());
            let is_better = latest
                .get(&key)
                .is_none_or(|(_, known)| rank(&visited) > rank(known));
            if is_better {
                latest.insert(key, (number, visited));
            }
        }
    }
    let options = format!("merge {}", hex(&identity.finalize()));
    let newest = parts.iter().max_by_key(|part| part.head().started);
    let rule_set = newest
        .map(|part| part.head().rule_set.clone())
        .unwrap_or_default();
    let mut store = Store::open_with(path, &key)?;
    if let Some(run) = store.ended_run(&options)? {
        merged.run = run;
        merged.is_known = true;
        return Ok(merged);
    }
    let run = store.begin_run((&rule_set.0, &rule_set.1), &options)?;
    merged.run = run.id;
    let mut rules = BTreeMap::new();
    for part in &mut parts {
        rules.extend(part.rules()?);
    }
    for (number, visited) in latest.into_values() {
        one(
            &mut store,
            run,
            (parts[number].as_mut(), visited),
            (&rules, &mut merged),
        )?;
    }
    store.end_run(run)?;
    Ok(merged)
}

/// Takes over one repository.
fn one(
    store: &mut Store,
    run: Run,
    (part, visited): (&mut dyn Part, Visited),
    (rules, merged): (&BTreeMap<String, String>, &mut Merged),
) -> Result<(), Error> {
    let id = store.note_repository(run, &visited)?;
    let kept = part.kept(visited.number)?;
    let is_covered = matches!(visited.outcome.as_str(), "covered" | "unchanged");
    let is_new = match &kept {
        Some(kept) => store
            .state_of(id)?
            .is_none_or(|(state, _)| state != kept.state),
        None => false,
    };
    if let (Some(kept), true) = (&kept, is_new) {
        let rule_set = store.rule_set(&kept.rule_set)?;
        if let Some(names) = rules.get(&kept.rule_set.0) {
            store.note_rules(rule_set, names)?;
        }
        let run = Run { rule_set, ..run };
        let covered = Covered {
            repository: id,
            scanned: &kept.scanned,
            state: &kept.state,
            tips: &kept.tips,
            branch: kept.branch.as_deref(),
            head: kept.head.as_deref(),
            sketch: &kept.sketch,
            tries: visited.tries,
            seconds: kept.seconds,
            content: &kept.content,
        };
        store.commit(run, &covered)?;
        merged.covered += usize::from(is_covered);
    } else if is_covered {
        store.commit_unchanged(run, &[id])?;
        merged.unchanged += 1;
    }
    if !is_covered {
        let why = visited
            .why
            .as_deref()
            .unwrap_or("its share has not ended: start the same command again");
        let failed = Failed {
            repository: id,
            why,
            tries: visited.tries,
            seconds: visited.seconds,
            is_waiting: false,
        };
        store.commit_failed(run, &failed)?;
        merged.failed.push((visited.label, why.to_owned()));
    }
    Ok(())
}

/// Returns which part counts if two have the same repository: the higher number.
fn rank(visited: &Visited) -> u8 {
    match visited.outcome.as_str() {
        "covered" => 3,
        "unchanged" => 2,
        "failed" => 1,
        _ => 0,
    }
}

fn note(hash: &mut Sha256, parts: &[&str]) {
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
}

/// Returns a line for each share that is not among the parts, and each part whose run has not ended.
fn missing(parts: &[Box<dyn Part>]) -> Vec<String> {
    let open = parts.iter().filter(|part| !part.head().is_finished);
    let mut lines: Vec<String> = open
        .map(|part| format!("{}: its run has not ended", part.head().name))
        .collect();
    let shard = |head: &Head| head.options.rsplit(' ').next()?.parse::<Shard>().ok();
    let mut shards: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for shard in parts.iter().filter_map(|part| shard(part.head())) {
        shards.entry(shard.of).or_default().push(shard.index);
    }
    for (of, indexes) in shards {
        let absent = (0..of).filter(|index| !indexes.contains(index));
        lines.extend(absent.map(|index| format!("share {index}/{of} is missing")));
    }
    lines
}
