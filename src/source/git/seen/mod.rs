//! What an earlier scan of a repository has seen, so that the next one scans only what is new.
//!
//! Objects are named by their contents, so what was seen once need not be scanned again as long as the rules stay the
//! same. A cache keeps the ids of all objects; the commits, since reachability changes with every branch; where those
//! blobs come from in which something was found or which are named like configuration; and the scan's own data about
//! its findings, which is opaque here. It keeps no contents of files.

mod file;
mod growth;
mod record;
mod table;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use gix::ObjectId;
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

use super::Repo;
use super::graph::Commits;
use super::reader::keeps_objects;
use crate::model::Presence;
use crate::source::elsewhere::{STAND_INS, StandIn};

pub(super) use growth::Growth;
pub use record::Record;
pub(super) use table::{Sight, Sighted, Table};

/// What a cache is valid for: a hash of the version, the rules and the options that decide what is found.
pub type Key = [u8; 32];

/// What an earlier scan has seen.
pub struct Seen {
    pub(super) table: Arc<Table>,
    body: Body,
}

/// Larger files are read again for each repository.
const MOST_KEPT: usize = 64 << 20;

/// The file that was read last, if objects are kept: forks start with the same file.
static LAST: Mutex<Option<Last>> = Mutex::new(None);

/// What was read from a file.
struct Last {
    stamp: file::Stamp,
    key: Key,
    seen: Arc<Seen>,
}

impl Last {
    fn keep(self) {
        *LAST.lock().unwrap_or_else(PoisonError::into_inner) = Some(self);
    }
}

/// The content of the file. Numbers are positions in the table.
#[derive(Serialize, Deserialize)]
struct Body {
    table: Table,
    commits: Vec<StoredCommit>,
    /// What was referenced but not there, whether it is a tree, and a tree that references it.
    missing: Vec<(u32, bool, Option<u32>)>,
    blobs: Vec<StoredBlob>,
    /// Those that were found by name.
    named: Vec<StoredBlob>,
    /// Blobs of which a part was not scanned.
    partial: Vec<(u32, Lacking)>,
    payload: ByteBuf,
}

#[derive(Debug, Serialize, Deserialize)]
struct StoredCommit {
    at: u32,
    tree: u32,
    parents: Vec<u32>,
    time: i64,
    presence: Presence,
}

/// A blob whose places are known.
#[derive(Debug, Serialize, Deserialize)]
struct StoredBlob {
    at: u32,
    /// Commits and paths.
    places: Vec<(u32, String)>,
    presence: Presence,
    /// The oldest commit with this presence that has it.
    witness: Option<u32>,
}

/// What was not scanned of a blob that was seen.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::source::git) enum Lacking {
    /// A part of an archive, for this reason.
    Part(String),
    /// The content that it stands in for, by the number of the kind of stand-in.
    Elsewhere(u8),
}

impl Lacking {
    /// Returns the kind of stand-in, if it is one.
    pub(in crate::source::git) fn stand_in(&self) -> Option<StandIn> {
        match self {
            Self::Part(_) => None,
            Self::Elsewhere(number) => STAND_INS.get(usize::from(*number)).copied(),
        }
    }
}

impl From<StandIn> for Lacking {
    fn from(stand_in: StandIn) -> Self {
        let mut all = (0..).zip(STAND_INS);
        let number = all.find(|(_, it)| *it == stand_in);
        Self::Elsewhere(number.map_or(u8::MAX, |(number, _)| number))
    }
}

impl Body {
    /// Whether every number is a position in the table.
    fn is_sound(&self, len: usize) -> bool {
        let is_known = |at: &u32| (*at as usize) < len;
        let commits = self.commits.iter().all(|commit| {
            is_known(&commit.at) && is_known(&commit.tree) && commit.parents.iter().all(is_known)
        });
        let blobs = self.blobs.iter().chain(&self.named).all(|blob| {
            let mut commits = blob.places.iter().map(|(commit, _)| commit);
            is_known(&blob.at) && commits.all(is_known) && blob.witness.iter().all(is_known)
        });
        let mut missing = self.missing.iter();
        let are_known = missing.all(|(at, _, namer)| is_known(at) && namer.iter().all(is_known));
        let mut partial = self.partial.iter();
        let are_sound = partial.all(|(at, lacking)| {
            is_known(at) && (matches!(lacking, Lacking::Part(_)) || lacking.stand_in().is_some())
        });
        commits && blobs && are_known && are_sound
    }
}

impl Seen {
    /// Reads what an earlier scan of `repo` left in `file`; `None` if there is no file.
    ///
    /// # Errors
    ///
    /// Fails if the file is damaged, was made for another `key`, or is not a cache at all. The message says which.
    pub fn load(file: &Path, key: &Key, repo: &Repo) -> Result<Option<Arc<Self>>, String> {
        let id_len = repo.hash().len_in_bytes();
        let stamp = file::stamp(file).filter(|_| keeps_objects());
        let last = LAST.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(last) = last
            && Some(last.stamp) == stamp
            && last.key == *key
            && last.seen.table.is_for(id_len)
        {
            let seen = Arc::clone(&last.seen);
            last.keep();
            return Ok(Some(seen));
        }
        let Some(body) = file::read(file, key)? else {
            return Ok(None);
        };
        let seen = Arc::new(Self::parse(&body, id_len)?);
        if let Some(stamp) = stamp.filter(|_| body.len() <= MOST_KEPT) {
            let (key, seen) = (*key, Arc::clone(&seen));
            Last { stamp, key, seen }.keep();
        }
        Ok(Some(seen))
    }

    /// Parses the body of such a file, for ids of `id_len` bytes.
    ///
    /// # Errors
    ///
    /// Fails if it is damaged.
    pub fn parse(body: &[u8], id_len: usize) -> Result<Self, String> {
        let damaged = || "it is damaged".to_owned();
        let mut body: Body = postcard::from_bytes(body).map_err(|_| damaged())?;
        let table = std::mem::take(&mut body.table);
        let table = table.checked(id_len).ok_or_else(damaged)?;
        if !body.is_sound(table.len()) {
            return Err(damaged());
        }
        let table = Arc::new(table);
        Ok(Self { table, body })
    }

    /// Returns the data that the scan wanted back.
    pub fn payload(&self) -> &[u8] {
        &self.body.payload
    }

    /// Returns the blobs that still exist and of which a part was not scanned.
    pub(in crate::source::git) fn partial(&self, present: &[bool]) -> Vec<(ObjectId, Lacking)> {
        let partial = self.body.partial.iter();
        let there = partial.filter(|(at, _)| present[*at as usize]);
        there
            .map(|(at, lacking)| (self.id(*at), lacking.clone()))
            .collect()
    }

    fn id(&self, at: u32) -> ObjectId {
        let id = self.table.id(at);
        id.unwrap_or_else(|| unreachable!("positions were checked when the cache was read"))
    }

    /// Returns the commits that still exist.
    pub(super) fn commits(&self, present: &[bool]) -> Commits {
        let mut commits = Commits::default();
        let bytes = |at: u32| self.table.raw(at as usize);
        for commit in self
            .body
            .commits
            .iter()
            .filter(|commit| present[commit.at as usize])
        {
            let parents = commit.parents.iter().map(|at| bytes(*at));
            commits.push_raw((bytes(commit.at), bytes(commit.tree)), parents, commit.time);
        }
        commits
    }
}
