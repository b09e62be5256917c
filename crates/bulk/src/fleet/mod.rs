//! Several machines: NATS JetStream hands out repositories, and PostgreSQL keeps the results.
//!
//! The queue only says what is to be done. What *was* done is in the database: a result is identified by its
//! repository, the repository's content and the rules, so that a job that is handed out twice changes nothing. A worker
//! acknowledges a job only after the database has committed. Reports are made from a store, into which `gonogo bulk
//! merge` takes the results.

mod batch;
mod beats;
mod connection;
mod database;
mod jobs;
mod lane;
mod monitor;
mod pace;
mod part;
mod plan;
mod queue;
mod schema;
mod shelf;
mod work;

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::merge::Part;
use crate::sources::{Address, Place, Target};

pub(crate) use connection::Login;
pub(crate) use database::prepare;
pub(crate) use plan::{Options as PlanOptions, plan};
pub(crate) use queue::{Queue, QueueArgs};
pub(crate) use work::{Options as WorkOptions, work};

/// How many times a repository is tried before it is given up.
const MAX_TRIES: i32 = 3;

/// How many times a job may be started without ending before it is given up: if a program is killed, the job may be
/// what kills it.
const MAX_STARTS: i32 = 10;

/// A repository to scan, as the queue hands it out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) run: i64,
    pub(crate) repository: i64,
    pub(crate) label: String,
    place: JobPlace,
    is_optional: bool,
    pushed: Option<String>,
    /// The network of forks that it is in.
    #[serde(default)]
    network: Option<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum JobPlace {
    /// A path that exists on all machines.
    Folder(PathBuf),
    Address(String),
}

impl Job {
    fn new(run: i64, repository: i64, target: &Target) -> Self {
        Self {
            run,
            repository,
            label: target.label.clone(),
            place: match &target.place {
                Place::Folder(path) => JobPlace::Folder(path.clone()),
                // The worker finds the same, or that it can be read again.
                Place::Unread(unread) => JobPlace::Folder(unread.path.clone()),
                Place::Address(address) => JobPlace::Address(address.url().to_owned()),
            },
            is_optional: target.is_optional,
            pushed: target.pushed.clone(),
            network: target.network.clone(),
        }
    }

    fn place(&self) -> Result<Place, Error> {
        match &self.place {
            JobPlace::Folder(path) => Ok(Place::Folder(path.clone())),
            JobPlace::Address(url) => {
                let address =
                    Address::parse(url)?.ok_or_else(|| Error::usage("the job has no address"))?;
                Ok(Place::Address(address))
            }
        }
    }
}

/// Whether a name is the address of a database.
pub(crate) fn is_database(name: &str) -> bool {
    name.starts_with("postgres://") || name.starts_with("postgresql://")
}

/// Opens the results of the last run in a database, to be merged into a store.
pub(crate) fn part(address: &str, login: &Login) -> Result<Box<dyn Part>, Error> {
    Ok(Box::new(part::DatabasePart::open(address, login)?))
}
