//! The tables in the database, who may do what with them, and how an older layout is migrated to the current one.
//!
//! Nothing is locked to claim work: the queue does that. All transactions are READ COMMITTED, PostgreSQL's default.

use postgres::Client;

use super::connection::of;
use crate::error::Error;

/// The group of workers, which write results but read none.
const WORKERS: &str = "gonogo_worker";
/// The group that reads results.
const REPORTS: &str = "gonogo_report";

/// All migrations, each of which is one transaction. A released migration is never edited.
const MIGRATIONS: &[&str] = &[FIRST];

const FIRST: &str = "
CREATE TABLE gonogo.runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest text NOT NULL,
  version text NOT NULL,
  options text NOT NULL,
  key text NOT NULL,
  started bigint NOT NULL,
  -- Whether all of its jobs were handed to the queue.
  is_planned boolean NOT NULL DEFAULT false
);
CREATE TABLE gonogo.repositories (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  host text NOT NULL,
  provider_id text NOT NULL,
  label text NOT NULL,
  location text NOT NULL,
  -- What it was known by when it was last covered, what its host then said of the last push, and when it must be judged
  -- again.
  state text,
  pushed text,
  kind text,
  judge_again text,
  UNIQUE (host, provider_id)
);
CREATE TABLE gonogo.jobs (
  run bigint NOT NULL REFERENCES gonogo.runs ON DELETE CASCADE,
  repository bigint NOT NULL REFERENCES gonogo.repositories ON DELETE CASCADE,
  outcome text NOT NULL DEFAULT 'none' CHECK (outcome IN ('none', 'waiting', 'covered', 'unchanged', 'failed', 'absent')),
  state text,
  starts integer NOT NULL DEFAULT 0,
  tries integer NOT NULL DEFAULT 0,
  why text,
  seconds double precision NOT NULL DEFAULT 0,
  PRIMARY KEY (run, repository)
);
CREATE INDEX jobs_open ON gonogo.jobs (run) WHERE outcome IN ('none', 'waiting');
-- What was found: known by the repository, what was in it, and the rules. Bytes, since text cannot hold every character.
CREATE TABLE gonogo.results (
  repository bigint NOT NULL REFERENCES gonogo.repositories ON DELETE CASCADE,
  state text NOT NULL,
  body bytea NOT NULL,
  PRIMARY KEY (repository, state)
);
";

/// What the groups may do.
const GRANTS: &str = "
GRANT USAGE ON SCHEMA gonogo TO gonogo_worker, gonogo_report;
GRANT SELECT ON gonogo.layout, gonogo.runs, gonogo.repositories, gonogo.jobs TO gonogo_worker, gonogo_report;
GRANT UPDATE ON gonogo.repositories, gonogo.jobs TO gonogo_worker;
GRANT INSERT, UPDATE (body) ON gonogo.results TO gonogo_worker;
GRANT SELECT (repository, state) ON gonogo.results TO gonogo_worker;
GRANT SELECT ON gonogo.results TO gonogo_report;
-- For backups: pg_dump reads the counters of the tables, too.
GRANT SELECT ON ALL SEQUENCES IN SCHEMA gonogo TO gonogo_report;
";

fn failed(error: &postgres::Error) -> Error {
    Error::usage(of(error))
}

fn version(client: &mut Client) -> Result<Option<i32>, postgres::Error> {
    let there = client.query_one("SELECT to_regclass('gonogo.layout') IS NOT NULL", &[])?;
    if !there.get::<_, bool>(0) {
        return Ok(None);
    }
    let row = client.query_opt("SELECT version FROM gonogo.layout", &[])?;
    Ok(row.map(|row| row.get(0)))
}

fn newest() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

/// Refuses a database that does not have the current layout.
pub(super) fn check(client: &mut Client) -> Result<(), Error> {
    match version(client).map_err(|error| failed(&error))? {
        Some(version) if version == newest() => Ok(()),
        Some(version) if version > newest() => Err(newer(version)),
        _ => Err(Error::usage(
            "the database has no tables of this version: run `gonogo bulk database` with a role that may make them",
        )),
    }
}

fn newer(version: i32) -> Error {
    let known = newest();
    Error::usage(format!(
        "the database: a newer gonogo-bulk has made it (its layout is {version}, this program knows {known}): update this program"
    ))
}

/// Creates the tables or brings them up to date, and grants the groups their permissions.
pub(super) fn migrate(client: &mut Client) -> Result<i32, Error> {
    let (server, _) = server(client)?;
    if server < 15 {
        return Err(Error::usage(format!(
            "the database is PostgreSQL {server}: 15 to 18 are supported"
        )));
    }
    let mut go = || -> Result<Option<i32>, postgres::Error> {
        let mut transaction = client.transaction()?;
        // Otherwise two programs doing this at once would both find no tables.
        transaction.batch_execute("SELECT pg_advisory_xact_lock(1735289707)")?;
        transaction.batch_execute(
            "CREATE SCHEMA IF NOT EXISTS gonogo; CREATE TABLE IF NOT EXISTS gonogo.layout (version integer NOT NULL)",
        )?;
        let row = transaction.query_opt("SELECT version FROM gonogo.layout", &[])?;
        let done: i32 = row.as_ref().map_or(0, |row| row.get(0));
        if done > newest() {
            return Ok(Some(done));
        }
        for migration in MIGRATIONS.iter().skip(usize::try_from(done).unwrap_or(0)) {
            transaction.batch_execute(migration)?;
        }
        transaction.execute("DELETE FROM gonogo.layout", &[])?;
        transaction.execute(
            "INSERT INTO gonogo.layout (version) VALUES ($1)",
            &[&newest()],
        )?;
        for role in [WORKERS, REPORTS] {
            let sql = "SELECT 1 FROM pg_roles WHERE rolname = $1";
            if transaction.query_opt(sql, &[&role])?.is_none() {
                transaction.batch_execute(&format!("CREATE ROLE {role} NOLOGIN"))?;
            }
        }
        transaction.batch_execute(GRANTS)?;
        transaction.commit()?;
        Ok(None)
    };
    match go().map_err(|error| failed(&error))? {
        Some(version) => Err(newer(version)),
        None => Ok(newest()),
    }
}

/// Returns the major version of the server, as a number, and its version in words.
fn server(client: &mut Client) -> Result<(i32, String), Error> {
    let sql = "SELECT current_setting('server_version_num')::integer / 10000, current_setting('server_version')";
    let row = client.query_one(sql, &[]).map_err(|error| failed(&error))?;
    Ok((row.get(0), row.get(1)))
}
