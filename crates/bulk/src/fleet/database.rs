//! Runs queries on the database, and plans runs in it.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use postgres::Client;
use postgres::types::{ToSql, Type};

use super::connection::{Database, Login, of};
use super::schema;
use crate::error::Error;
use crate::sources::Target;

/// The longest pause before the database is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// A run to be planned.
pub(super) struct NewRun<'a> {
    pub(super) digest: &'a str,
    pub(super) version: &'a str,
    pub(super) options: &'a str,
    pub(super) key: &'a str,
}

/// Creates the tables in the database at `address`, or brings them up to date.
pub(crate) fn prepare(address: &str, login: &Login) -> Result<i32, Error> {
    let mut database = Database::connect(address, login)?;
    let client = database
        .client()
        .map_err(|error| Error::usage(of(&error)))?;
    schema::migrate(client)
}

impl Database {
    /// Runs `what` once; a failure is an error.
    pub(super) fn once<T>(
        &mut self,
        what: impl FnOnce(&mut Client) -> Result<T, postgres::Error>,
    ) -> Result<T, Error> {
        let client = self.client().map_err(|error| Error::usage(of(&error)))?;
        what(client).map_err(|error| Error::usage(of(&error)))
    }

    /// Runs `what` until it succeeds, waiting for a database that is away. Returns `None` if a try
    /// fails when everything is to be stopped.
    pub(super) fn until_done<T>(
        &mut self,
        stop: &AtomicBool,
        what: &mut dyn FnMut(&mut Client) -> Result<T, postgres::Error>,
    ) -> Result<Option<T>, Error> {
        let mut pause = Duration::from_millis(100);
        loop {
            let done = match self.client() {
                Ok(client) => what(client),
                Err(error) => Err(error),
            };
            let error = match done {
                Ok(value) => return Ok(Some(value)),
                Err(error) => error,
            };
            if !may_pass(&error) {
                return Err(Error::usage(of(&error)));
            }
            self.drop_connection();
            if stop.load(Relaxed) {
                return Ok(None);
            }
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// Whether what failed may work later: the server is away, starting or stopping, or has rolled back the transaction.
fn may_pass(error: &postgres::Error) -> bool {
    match error.code() {
        Some(code) => matches!(code.code().get(..2), Some("08" | "40" | "53" | "57" | "58")),
        // Refused before anything was sent, or broken off.
        None => true,
    }
}

/// Starts a run, or continues one with the same options that still has jobs to do.
pub(super) fn begin_run(client: &mut Client, run: &NewRun<'_>) -> Result<i64, postgres::Error> {
    let sql = "SELECT id FROM gonogo.runs WHERE digest = $1 AND options = $2 AND key = $3 AND id = (SELECT max(id) FROM \
               gonogo.runs) AND (NOT is_planned OR EXISTS (SELECT 1 FROM gonogo.jobs WHERE run = id AND outcome IN \
               ('none', 'waiting')))";
    if let Some(row) = client.query_opt(sql, &[&run.digest, &run.options, &run.key])? {
        return Ok(row.get(0));
    }
    let sql = "INSERT INTO gonogo.runs (digest, version, options, key, started) VALUES ($1, $2, $3, $4, $5) RETURNING id";
    let now = crate::clock::now();
    let row = client.query_one(
        sql,
        &[&run.digest, &run.version, &run.options, &run.key, &now],
    )?;
    Ok(row.get(0))
}

/// Records several jobs in one statement. Its `new` part has only the rows that this statement inserted.
const NOTE: &str = "WITH given AS (SELECT * FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[]) \
    WITH ORDINALITY AS given (host, provider_id, label, location, pushed, at)), \
    noted AS (INSERT INTO gonogo.repositories (host, provider_id, label, location) \
    SELECT host, provider_id, label, location FROM given ORDER BY at \
    ON CONFLICT (host, provider_id) DO UPDATE SET label = excluded.label, location = excluded.location RETURNING *), \
    known AS (SELECT id, at, state, coalesce(state IS NOT NULL AND noted.pushed = given.pushed AND kind = $2 \
    AND coalesce(judge_again >= $8, true), false) AS is_as_it_was FROM noted JOIN given USING (host, provider_id)), \
    new AS (INSERT INTO gonogo.jobs (run, repository, outcome, state) \
    SELECT $1, id, CASE WHEN is_as_it_was THEN 'unchanged' ELSE 'none' END, CASE WHEN is_as_it_was THEN state END \
    FROM known ON CONFLICT (run, repository) DO NOTHING RETURNING repository) \
    SELECT id, CASE WHEN new.repository IS NULL THEN jobs.outcome IN ('none', 'waiting') ELSE NOT is_as_it_was END \
    FROM known LEFT JOIN new ON new.repository = id LEFT JOIN gonogo.jobs ON jobs.run = $1 AND jobs.repository = id \
    ORDER BY at";

/// Records a job for each target, and returns the numbers of the repositories, each with whether there is anything to
/// do.
pub(super) fn note_jobs(
    client: &mut Client,
    (run, kind): (i64, &str),
    targets: &[Target],
) -> Result<Vec<(i64, bool)>, postgres::Error> {
    fn all<'t, T>(targets: &'t [Target], of: impl Fn(&'t Target) -> T) -> Vec<T> {
        targets.iter().map(of).collect()
    }
    let hosts = all(targets, |it| it.host.as_str());
    let provider_ids = all(targets, |it| it.provider_id.as_str());
    let labels = all(targets, |it| it.label.as_str());
    let locations = all(targets, Target::location);
    let pushed = all(targets, |it| it.pushed.as_deref());
    let today = crate::clock::today();
    let values: [(&(dyn ToSql + Sync), Type); 8] = [
        (&run, Type::INT8),
        (&kind, Type::TEXT),
        (&hosts, Type::TEXT_ARRAY),
        (&provider_ids, Type::TEXT_ARRAY),
        (&labels, Type::TEXT_ARRAY),
        (&locations, Type::TEXT_ARRAY),
        (&pushed, Type::TEXT_ARRAY),
        (&today, Type::TEXT),
    ];
    let rows = client.query_typed(NOTE, &values)?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}
