//! A worker of a fleet: takes jobs from the queue as long as there are any, several at once.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::thread;

use super::Queue;
use super::connection::{Database, Login};
use super::lane::Lane;
use super::monitor::{self, Counts};
use super::plan::kind;
use super::shelf::Shelf;
use crate::engine;
use crate::error::Error;
use crate::git::{Fetcher, private_folder};
use crate::night::{Bounds, stop_flag};
use crate::store::Key;
use crate::worker::protocol::{ScanTask, Task};

/// The options of a worker.
pub(crate) struct Options {
    pub(crate) results: String,
    pub(crate) login: Login,
    pub(crate) key: PathBuf,
    pub(crate) work: PathBuf,
    pub(crate) work_budget: u64,
    pub(crate) bounds: Bounds,
    pub(crate) fetcher: Fetcher,
    pub(crate) rules: Vec<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) repository_settings: bool,
    /// Whether to end when there are no more jobs.
    pub(crate) until_empty: bool,
    pub(crate) listen: Option<String>,
}

/// How many jobs a worker has done: covered, unchanged, failed.
pub(crate) type Done = (u64, u64, u64);

/// Works until it is stopped, or until the queue is empty if asked to.
pub(crate) fn work(options: &Options, queue: &Queue) -> Result<Done, Error> {
    let (digest, version, _) = engine::rule_set(&options.rules, options.config.as_deref())?;
    // The key must exist already: all workers need the same one.
    let key = Key::read(&options.key, false)?;
    let _lock = lock(&options.work)?;
    let task = Task::Scan(ScanTask {
        key: key.to_hex(),
        repository_settings: options.repository_settings,
        rules: options.rules.clone(),
        config: options.config.clone(),
        only_named_rules: false,
    });
    let stop = stop_flag()?;
    let consumer = queue.consumer()?;
    let counts = Arc::new(Counts::default());
    counts.alive();
    if let Some(address) = &options.listen {
        monitor::listen(address, &counts)?;
    }
    let shelf = Shelf::open(&options.work, options.work_budget);
    let lanes = options.bounds.workers.max(1);
    let bounds = Bounds {
        workers: 1,
        memory: options.bounds.memory / lanes as u64,
        ..options.bounds
    };
    let kind = kind(&digest, options.repository_settings);
    let mut databases = Vec::new();
    for _ in 0..lanes {
        databases.push(Database::open_patiently(&options.results, &options.login)?);
    }
    let results: Vec<Result<(), Error>> = thread::scope(|scope| {
        let lanes: Vec<_> = databases
            .into_iter()
            .map(|database| {
                let lane = Lane {
                    options,
                    queue,
                    consumer: consumer.clone(),
                    database,
                    task: &task,
                    bounds,
                    kind: &kind,
                    rule_set: (&digest, &version),
                    key: key.id(),
                    shelf: &shelf,
                    counts: &counts,
                    stop: &stop,
                };
                let stop = &stop;
                scope.spawn(move || {
                    let result = lane.run();
                    if result.is_err() {
                        // The others finish what they have in hand.
                        stop.store(true, Relaxed);
                    }
                    result
                })
            })
            .collect();
        lanes
            .into_iter()
            .map(|lane| {
                lane.join()
                    .unwrap_or_else(|_| Err(Error::usage("a thread has ended: this is a bug")))
            })
            .collect()
    });
    results.into_iter().collect::<Result<Vec<()>, Error>>()?;
    let of = |count: &std::sync::atomic::AtomicU64| count.load(Relaxed);
    Ok((
        of(&counts.covered),
        of(&counts.unchanged),
        of(&counts.failed),
    ))
}

/// Locks the directory of mirrors, which one worker uses at a time.
fn lock(work: &Path) -> Result<File, Error> {
    private_folder(work).map_err(|error| Error::file(work, error))?;
    let path = work.join("lock");
    let file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path);
    let file = file.map_err(|error| Error::file(&path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(Error::usage(format!(
            "{}: another worker uses it: give each its own --work",
            work.display()
        ))),
        Err(std::fs::TryLockError::Error(error)) => Err(Error::file(&path, error)),
    }
}
