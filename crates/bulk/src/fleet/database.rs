//! What is asked of the database, and written to it.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::Duration;

use postgres::types::{ToSql, Type};
use postgres::{Client, Row, Statement};
use serde::{Deserialize, Serialize};

use super::Job;
use super::connection::{Database, Login, of};
use super::schema;
use crate::error::Error;
use crate::sources::Target;
use crate::worker::protocol::Scanned;

/// The longest pause before the database is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// What a worker found in a repository, with all that a store keeps of it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Body {
    pub(super) digest: String,
    pub(super) version: String,
    pub(super) scanned: Scanned,
    pub(super) tips: Vec<(String, String)>,
    pub(super) branch: Option<String>,
    pub(super) head: Option<String>,
    pub(super) sketch: Vec<u8>,
    pub(super) seconds: f64,
}

/// What became of a job.
#[derive(Debug, Clone)]
pub(super) struct Ended<'a> {
    pub(super) outcome: &'static str,
    pub(super) state: Option<&'a str>,
    pub(super) why: Option<&'a str>,
    pub(super) seconds: f64,
    pub(super) judge_again: Option<&'a str>,
    /// What is known of all jobs: the rules and settings.
    pub(super) kind: &'a str,
}

/// A run that is planned.
pub(super) struct NewRun<'a> {
    pub(super) digest: &'a str,
    pub(super) version: &'a str,
    pub(super) options: &'a str,
    pub(super) key: &'a str,
}

/// What is known of a job before it is begun.
pub(super) struct Begun {
    pub(super) starts: i32,
    pub(super) tries: i32,
    /// The id of the key that the run was planned with.
    pub(super) key: String,
    /// What the repository was known by, unless it must be judged again.
    pub(super) state: Option<String>,
}

/// Makes the tables in the database at `address`, or brings them up to date.
pub(crate) fn prepare(address: &str, login: &Login) -> Result<i32, Error> {
    let mut database = Database::connect(address, login)?;
    let client = database
        .client()
        .map_err(|error| Error::usage(of(&error)))?;
    schema::migrate(client)
}

impl Database {
    /// Does something once: what fails is an error.
    pub(super) fn once<T>(
        &mut self,
        what: impl FnOnce(&mut Client) -> Result<T, postgres::Error>,
    ) -> Result<T, Error> {
        let client = self.client().map_err(|error| Error::usage(of(&error)))?;
        what(client).map_err(|error| Error::usage(of(&error)))
    }

    /// Does something until the database has done it: one that is away comes back. `None` when all is to be stopped.
    pub(super) fn until_done<T>(
        &mut self,
        stop: &AtomicBool,
        what: &mut dyn FnMut(&mut Client) -> Result<T, postgres::Error>,
    ) -> Result<Option<T>, Error> {
        let mut pause = Duration::from_millis(100);
        while !stop.load(Relaxed) {
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
            thread::sleep(pause);
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
        Ok(None)
    }
}

/// Whether what failed may work later: the server is away, starts, stops, or has undone the transaction.
fn may_pass(error: &postgres::Error) -> bool {
    match error.code() {
        Some(code) => matches!(code.code().get(..2), Some("08" | "40" | "53" | "57" | "58")),
        // Refused before anything was sent, or broken off.
        None => true,
    }
}

/// Begins a run, or goes on with one that was asked to do the same and has jobs to do.
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

/// Notes jobs. What is asked for each is prepared once.
pub(super) struct Notes {
    repository: Statement,
    job: Statement,
    is_open: Statement,
}

impl Notes {
    /// Prepares to note jobs over this connection.
    pub(super) fn prepare(client: &mut Client) -> Result<Self, postgres::Error> {
        let repository = "INSERT INTO gonogo.repositories (host, provider_id, label, location) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (host, provider_id) DO UPDATE SET label = excluded.label, location = excluded.location \
               RETURNING id, state IS NOT NULL AND pushed = $5 AND kind = $6 AND coalesce(judge_again >= $7, true), state";
        let job = "INSERT INTO gonogo.jobs (run, repository, outcome, state) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (run, repository) DO NOTHING";
        let is_open = "SELECT outcome IN ('none', 'waiting') FROM gonogo.jobs WHERE run = $1 AND repository = $2";
        Ok(Self {
            repository: client.prepare(repository)?,
            job: client.prepare(job)?,
            is_open: client.prepare(is_open)?,
        })
    }

    /// Notes a job, and gives the repository's number and whether there is anything to do.
    pub(super) fn note(
        &self,
        client: &mut Client,
        (run, kind): (i64, &str),
        target: &Target,
    ) -> Result<(i64, bool), postgres::Error> {
        let today = crate::clock::today();
        let (location, pushed) = (target.location(), &target.pushed);
        let row = client.query_one(
            &self.repository,
            &[
                &target.host,
                &target.provider_id,
                &target.label,
                &location,
                pushed,
                &kind,
                &today,
            ],
        )?;
        let id: i64 = row.get(0);
        let is_as_it_was = row.get::<_, Option<bool>>(1).unwrap_or(false);
        let state: Option<String> = row.get::<_, Option<String>>(2).filter(|_| is_as_it_was);
        let outcome = if is_as_it_was { "unchanged" } else { "none" };
        let is_noted = client.execute(&self.job, &[&run, &id, &outcome, &state])? > 0;
        if is_noted {
            return Ok((id, !is_as_it_was));
        }
        let row = client.query_one(&self.is_open, &[&run, &id])?;
        Ok((id, row.get(0)))
    }
}

/// Begins a job; `None` where it was done before, or is none any more.
pub(super) fn begin_job(client: &mut Client, job: &Job) -> Result<Option<Begun>, postgres::Error> {
    let today = crate::clock::today();
    let sql = "UPDATE gonogo.jobs SET starts = starts + 1 FROM gonogo.runs, gonogo.repositories, \
               (SELECT set_config('synchronous_commit', 'off', true)) AS setting WHERE run = $1 AND \
               repository = $2 AND outcome IN ('none', 'waiting') AND runs.id = run AND repositories.id = repository \
               RETURNING starts, tries, key, CASE WHEN coalesce(judge_again >= $3, true) THEN repositories.state END";
    // That it was begun need not wait for the disk: if that is lost with the server, it was begun once less.
    let types = [Type::INT8, Type::INT8, Type::TEXT];
    let values: [&(dyn ToSql + Sync); 3] = [&job.run, &job.repository, &today];
    let typed: Vec<_> = values.into_iter().zip(types).collect();
    let rows = client.query_typed(sql, &typed)?;
    let begun = |row: &Row| Begun {
        starts: row.get(0),
        tries: row.get(1),
        key: row.get(2),
        state: row.get(3),
    };
    Ok(rows.first().map(begun))
}

/// What is known of several jobs, in their order; `None` of one that was done before, or is none any more.
pub(super) fn look_at(
    client: &mut Client,
    jobs: &[Job],
) -> Result<Vec<Option<Begun>>, postgres::Error> {
    let today = crate::clock::today();
    let sql = "SELECT at, starts + 1, tries, key, CASE WHEN coalesce(judge_again >= $3, true) THEN repositories.state END \
               FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS asked (run, repository, at) \
               JOIN gonogo.jobs USING (run, repository) JOIN gonogo.runs ON runs.id = run \
               JOIN gonogo.repositories ON repositories.id = repository WHERE outcome IN ('none', 'waiting')";
    let (runs, repositories) = numbers(jobs);
    let types = [Type::INT8_ARRAY, Type::INT8_ARRAY, Type::TEXT];
    let values: [&(dyn ToSql + Sync); 3] = [&runs, &repositories, &today];
    let typed: Vec<_> = values.into_iter().zip(types).collect();
    let mut known: Vec<Option<Begun>> = jobs.iter().map(|_| None).collect();
    for row in client.query_typed(sql, &typed)? {
        let at = usize::try_from(row.get::<_, i64>(0) - 1).unwrap_or(usize::MAX);
        if let Some(place) = known.get_mut(at) {
            *place = Some(Begun {
                starts: row.get(1),
                tries: row.get(2),
                key: row.get(3),
                state: row.get(4),
            });
        }
    }
    Ok(known)
}

fn numbers(jobs: &[Job]) -> (Vec<i64>, Vec<i64>) {
    jobs.iter().map(|job| (job.run, job.repository)).unzip()
}

/// Ends jobs whose repositories are as they were, in one statement.
pub(super) fn end_idle(
    client: &mut Client,
    (jobs, states): (&[Job], &[String]),
    kind: &str,
) -> Result<(), postgres::Error> {
    if jobs.is_empty() {
        return Ok(());
    }
    // Always in one order, so that two workers that were handed the same jobs do not wait for each other in turn.
    let sql = "WITH given AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[]) \
               AS given (run, repository, state, pushed)), \
               locked AS (SELECT run, repository FROM gonogo.jobs JOIN given USING (run, repository) \
               ORDER BY run, repository FOR NO KEY UPDATE OF jobs), \
               ended AS (UPDATE gonogo.jobs SET outcome = 'unchanged', state = given.state, why = NULL, seconds = 0, starts = starts + 1 \
               FROM given JOIN locked USING (run, repository) \
               WHERE jobs.run = given.run AND jobs.repository = given.repository AND outcome IN ('none', 'waiting') \
               RETURNING given.repository, given.state, given.pushed) \
               UPDATE gonogo.repositories SET state = ended.state, pushed = ended.pushed, kind = $5 FROM ended WHERE id = ended.repository";
    let (runs, repositories) = numbers(jobs);
    let pushed: Vec<Option<&str>> = jobs.iter().map(settled).collect();
    let types = [
        Type::INT8_ARRAY,
        Type::INT8_ARRAY,
        Type::TEXT_ARRAY,
        Type::TEXT_ARRAY,
        Type::TEXT,
    ];
    let values: [&(dyn ToSql + Sync); 5] = [&runs, &repositories, &states, &pushed, &kind];
    let typed: Vec<_> = values.into_iter().zip(types).collect();
    client.query_typed(sql, &typed).map(drop)
}

/// When a repository was last pushed to, as its host says, if that is long enough ago to be all.
fn settled(job: &Job) -> Option<&str> {
    let pushed = job.pushed.as_deref();
    pushed.filter(|pushed| crate::night::is_settled(pushed))
}

/// Whether there is a result already.
pub(super) fn has_result(
    client: &mut Client,
    repository: i64,
    state: &str,
) -> Result<bool, postgres::Error> {
    let sql = "SELECT 1 FROM gonogo.results WHERE repository = $1 AND state = $2";
    Ok(client.query_opt(sql, &[&repository, &state])?.is_some())
}

/// Keeps a result. A role that may not read results may not write them by `ON CONFLICT … DO UPDATE`.
const PUT: &str = "put AS (INSERT INTO gonogo.results (repository, state, body) VALUES ($2, $4, $13) \
                   ON CONFLICT (repository, state) DO NOTHING), \
                   again AS (UPDATE gonogo.results SET body = $13 WHERE repository = $2 AND state = $4), ";

/// Ends a job, with what was found if it was scanned, in one statement, so that the server is asked once.
pub(super) fn end_job(
    client: &mut Client,
    job: &Job,
    ended: &Ended<'_>,
    body: Option<&[u8]>,
) -> Result<(), postgres::Error> {
    // Without a state there is nothing that a result could be known by.
    let body = body.filter(|_| ended.state.is_some());
    let put = if body.is_some() { PUT } else { "" };
    let sql = format!(
        "WITH {put}ended AS (UPDATE gonogo.jobs SET outcome = $3, state = $4, why = $5, seconds = $6, tries = tries + $7 \
         WHERE run = $1 AND repository = $2 RETURNING repository) \
         UPDATE gonogo.repositories SET state = $4, pushed = $8, kind = $9, \
         judge_again = CASE WHEN $10 THEN $11 ELSE judge_again END FROM ended WHERE id = ended.repository AND $12"
    );
    let tries = i32::from(matches!(ended.outcome, "waiting" | "failed"));
    let is_covered = matches!(ended.outcome, "covered" | "unchanged");
    let pushed = settled(job);
    let is_new = body.is_some();
    let mut values: Vec<(&(dyn ToSql + Sync), Type)> = vec![
        (&job.run, Type::INT8),
        (&job.repository, Type::INT8),
        (&ended.outcome, Type::TEXT),
        (&ended.state, Type::TEXT),
        (&ended.why, Type::TEXT),
        (&ended.seconds, Type::FLOAT8),
        (&tries, Type::INT4),
        (&pushed, Type::TEXT),
        (&ended.kind, Type::TEXT),
        (&is_new, Type::BOOL),
        (&ended.judge_again, Type::TEXT),
        (&is_covered, Type::BOOL),
    ];
    if is_new {
        values.push((&body, Type::BYTEA));
    }
    client.query_typed(&sql, &values).map(drop)
}
