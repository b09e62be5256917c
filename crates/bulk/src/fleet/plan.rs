//! Plans a run: records each repository in the database, and sends those that need work to the queue.

use std::path::PathBuf;
use std::sync::Arc;

use super::connection::{Database, Login};
use super::database::{NewRun, begin_run, note_jobs};
use super::{Job, Queue};
use crate::engine;
use crate::error::Error;
use crate::forge;
use crate::night::stop_flag;
use crate::sources;
use crate::store::Key;

/// How many repositories are recorded in one statement and sent at once.
const BATCH: usize = 500;

/// The options for planning.
pub(crate) struct Options {
    pub(crate) sources: Vec<String>,
    pub(crate) forges: forge::Settings,
    pub(crate) forge_text: String,
    pub(crate) rules: Vec<PathBuf>,
    pub(crate) config: Option<PathBuf>,
    pub(crate) repository_settings: bool,
    pub(crate) key: PathBuf,
    pub(crate) results: String,
    pub(crate) login: Login,
}

/// The result of planning.
#[derive(Debug, Default)]
pub(crate) struct Planned {
    pub(crate) run: i64,
    pub(crate) repositories: usize,
    pub(crate) handed: usize,
    /// Forges that could not be listed, one line each.
    pub(crate) unlisted: Vec<String>,
}

/// Plans a run, or continues planning it. Jobs that the queue has lost are sent again.
pub(crate) fn plan(options: &Options, queue: &Queue) -> Result<Planned, Error> {
    let (digest, version, _) = engine::rule_set(&options.rules, options.config.as_deref())?;
    let mut forges = options.forges.clone();
    forges.stop = stop_flag()?;
    let stop = Arc::clone(&forges.stop);
    let mut database = Database::open(&options.results, &options.login)?;
    let found = sources::find(&options.sources, Some(&forges))?;
    found
        .warnings
        .iter()
        .for_each(|line| crate::cli::warn(line));
    if found.targets.is_empty() {
        return Err(Error::usage(
            "there is no repository in what was named: nothing is planned",
        ));
    }
    let key = Key::read(&options.key, true)?;
    let settings = if options.repository_settings {
        "own"
    } else {
        "none"
    };
    let how = format!("{settings} {:?}{}", options.sources, options.forge_text);
    let kind = kind(&digest, options.repository_settings);
    let new = NewRun {
        digest: &digest,
        version: &version,
        options: &how,
        key: &key.id(),
    };
    let run = database.once(|client| begin_run(client, &new))?;
    let mut planned = Planned {
        run,
        repositories: found.targets.len(),
        unlisted: found.unlisted,
        ..Planned::default()
    };
    for targets in found.targets.chunks(BATCH) {
        if stop.load(std::sync::atomic::Ordering::Relaxed) {
            return Err(Error::Stopped(
                "what was planned until then is kept".to_owned(),
            ));
        }
        let noted = database.once(|client| note_jobs(client, (run, &kind), targets))?;
        let open = targets
            .iter()
            .zip(noted)
            .filter(|(_, (_, is_open))| *is_open);
        let jobs: Vec<Job> = open
            .map(|(target, (repository, _))| Job::new(run, repository, target))
            .collect();
        queue.offer(&jobs)?;
        planned.handed += jobs.len();
    }
    let sql = "UPDATE gonogo.runs SET is_planned = true WHERE id = $1";
    database.once(|client| client.execute(sql, &[&run]))?;
    Ok(planned)
}

/// Returns what decides which findings there are, apart from the repository.
pub(super) fn kind(digest: &str, repository_settings: bool) -> String {
    let settings = if repository_settings { "own" } else { "none" };
    format!("{digest} {settings}")
}
