//! The queries of workers: always about several jobs at once, each in one statement.
//!
//! Statements are sent with the types of their values, and not prepared, so that each takes one round trip and works
//! through any connection pool.

use std::collections::BTreeSet;

use postgres::types::{ToSql, Type};
use postgres::{Client, Error, Row};
use serde::{Deserialize, Serialize};

use super::{Job, MAX_STARTS};
use crate::worker::protocol::Scanned;

/// What a worker found in a repository, with everything that a store keeps of it.
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

/// The outcome of a job.
#[derive(Debug, Clone)]
pub(super) struct Ended<'a> {
    pub(super) job: &'a Job,
    pub(super) outcome: &'static str,
    pub(super) state: Option<&'a str>,
    pub(super) why: Option<&'a str>,
    pub(super) seconds: f64,
    pub(super) judge_again: Option<&'a str>,
    /// What was found, if it was scanned.
    pub(super) body: Option<&'a [u8]>,
}

/// What is known about a job before it is started.
pub(super) struct Begun {
    /// How many times it was started, including this time.
    pub(super) starts: i32,
    pub(super) tries: i32,
    /// The id of the key that the run was planned with.
    pub(super) key: String,
    /// The state of the repository when it was last covered, unless it must be judged again.
    pub(super) state: Option<String>,
}

impl Begun {
    /// Whether it was started few enough times not to be given up.
    pub(super) fn may_begin(&self) -> bool {
        self.starts <= MAX_STARTS
    }
}

/// A value with its type.
type Value<'v> = (&'v (dyn ToSql + Sync), Type);

/// Returns what is known about several jobs, in their order; `None` for a job that was done before or no longer exists.
pub(super) fn look_at(client: &mut Client, jobs: &[Job]) -> Result<Vec<Option<Begun>>, Error> {
    let today = crate::clock::today();
    let sql = "SELECT at, starts + 1, tries, key, CASE WHEN coalesce(judge_again >= $3, true) THEN repositories.state END \
               FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS asked (run, repository, at) \
               JOIN gonogo.jobs USING (run, repository) JOIN gonogo.runs ON runs.id = run \
               JOIN gonogo.repositories ON repositories.id = repository WHERE outcome IN ('none', 'waiting')";
    let (runs, repositories) = numbers(jobs);
    let values: [Value<'_>; 3] = [
        (&runs, Type::INT8_ARRAY),
        (&repositories, Type::INT8_ARRAY),
        (&today, Type::TEXT),
    ];
    let mut known: Vec<Option<Begun>> = jobs.iter().map(|_| None).collect();
    for row in client.query_typed(sql, &values)? {
        let at = usize::try_from(row.get::<_, i64>(0) - 1).unwrap_or(usize::MAX);
        if let Some(place) = known.get_mut(at) {
            *place = Some(begun(&row));
        }
    }
    Ok(known)
}

fn begun(row: &Row) -> Begun {
    Begun {
        starts: row.get(1),
        tries: row.get(2),
        key: row.get(3),
        state: row.get(4),
    }
}

fn numbers<'j>(jobs: impl IntoIterator<Item = &'j Job>) -> (Vec<i64>, Vec<i64>) {
    let jobs = jobs.into_iter();
    jobs.map(|job| (job.run, job.repository)).unzip()
}

/// Records that jobs are started.
pub(super) fn begin_jobs(client: &mut Client, jobs: &[&Job]) -> Result<(), Error> {
    count_starts(client, jobs, 1)
}

/// Takes back that jobs were started.
pub(super) fn unbegin_jobs(client: &mut Client, jobs: &[&Job]) -> Result<(), Error> {
    count_starts(client, jobs, -1)
}

fn count_starts(client: &mut Client, jobs: &[&Job], step: i32) -> Result<(), Error> {
    // The count need not wait for the disk: if it is lost in a server crash, it is just one too low. The fixed order of
    // locking prevents deadlocks between two workers that were handed the same jobs.
    let sql = "WITH given AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS given (run, repository)), \
               locked AS (SELECT run, repository FROM gonogo.jobs JOIN given USING (run, repository) \
               ORDER BY run, repository FOR NO KEY UPDATE OF jobs) \
               UPDATE gonogo.jobs SET starts = greatest(starts + $3, 0) FROM locked, \
               (SELECT set_config('synchronous_commit', 'off', true)) AS setting \
               WHERE jobs.run = locked.run AND jobs.repository = locked.repository";
    let (runs, repositories) = numbers(jobs.iter().copied());
    let values: [Value<'_>; 3] = [
        (&runs, Type::INT8_ARRAY),
        (&repositories, Type::INT8_ARRAY),
        (&step, Type::INT4),
    ];
    client.query_typed(sql, &values).map(drop)
}

/// Returns for which of these repositories, each in a given state, there is a result already.
pub(super) fn with_result(
    client: &mut Client,
    states: &[(i64, &str)],
) -> Result<BTreeSet<i64>, Error> {
    let sql = "SELECT repository FROM gonogo.results \
               JOIN unnest($1::bigint[], $2::text[]) AS asked (repository, state) USING (repository, state)";
    let (repositories, states): (Vec<i64>, Vec<&str>) = states.iter().copied().unzip();
    let values: [Value<'_>; 2] = [
        (&repositories, Type::INT8_ARRAY),
        (&states, Type::TEXT_ARRAY),
    ];
    let rows = client.query_typed(sql, &values)?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Ends jobs and keeps what was found. A job that another worker has ended meanwhile stays as it is, unless that worker
/// had given it up. `ON CONFLICT … DO UPDATE` is not used, since a role that may not read results may not use it to
/// write them.
const END: &str = "WITH given AS (SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::text[], $5::text[], \
    $6::float8[], $7::integer[], $8::text[], $9::text[], $10::bytea[]) \
    AS given (run, repository, outcome, state, why, seconds, tries, pushed, judge_again, body)), \
    locked AS (SELECT run, repository FROM gonogo.jobs JOIN given USING (run, repository) \
    ORDER BY run, repository FOR NO KEY UPDATE OF jobs), \
    ended AS (UPDATE gonogo.jobs SET outcome = given.outcome, state = given.state, why = given.why, \
    seconds = given.seconds, tries = jobs.tries + given.tries FROM given JOIN locked USING (run, repository) \
    WHERE jobs.run = given.run AND jobs.repository = given.repository AND (jobs.outcome IN ('none', 'waiting') \
    OR jobs.outcome = 'failed' AND given.outcome IN ('covered', 'unchanged')) RETURNING given.*), \
    put AS (INSERT INTO gonogo.results (repository, state, body) SELECT repository, state, body FROM ended \
    WHERE body IS NOT NULL ON CONFLICT (repository, state) DO NOTHING), \
    again AS (UPDATE gonogo.results SET body = ended.body FROM ended WHERE ended.body IS NOT NULL \
    AND results.repository = ended.repository AND results.state = ended.state) \
    UPDATE gonogo.repositories SET state = ended.state, pushed = ended.pushed, kind = $11, \
    judge_again = CASE WHEN ended.body IS NULL THEN repositories.judge_again ELSE ended.judge_again END \
    FROM ended WHERE id = ended.repository AND ended.outcome IN ('covered', 'unchanged')";

/// Ends jobs, with what was found, in one statement, so that there is one round trip and one write to disk. `kind` is
/// common to all of them: the rules and settings.
pub(super) fn end_jobs(client: &mut Client, ended: &[Ended<'_>], kind: &str) -> Result<(), Error> {
    fn all<'a, T>(ended: &[Ended<'a>], of: impl Fn(&Ended<'a>) -> T) -> Vec<T> {
        ended.iter().map(of).collect()
    }
    let (runs, repositories) = numbers(ended.iter().map(|it| it.job));
    let outcomes = all(ended, |it| it.outcome);
    let states = all(ended, |it| it.state);
    // Git's output may contain what PostgreSQL's text cannot.
    let whys = all(ended, |it| it.why.map(|why| why.replace('\0', " ")));
    let seconds = all(ended, |it| it.seconds);
    let tries = all(ended, |it| {
        i32::from(matches!(it.outcome, "waiting" | "failed"))
    });
    let pushed = all(ended, |it| settled(it.job));
    let judge_again = all(ended, |it| it.judge_again);
    // Without a state, nothing would identify the result.
    let bodies = all(ended, |it| it.body.filter(|_| it.state.is_some()));
    let values: [Value<'_>; 11] = [
        (&runs, Type::INT8_ARRAY),
        (&repositories, Type::INT8_ARRAY),
        (&outcomes, Type::TEXT_ARRAY),
        (&states, Type::TEXT_ARRAY),
        (&whys, Type::TEXT_ARRAY),
        (&seconds, Type::FLOAT8_ARRAY),
        (&tries, Type::INT4_ARRAY),
        (&pushed, Type::TEXT_ARRAY),
        (&judge_again, Type::TEXT_ARRAY),
        (&bodies, Type::BYTEA_ARRAY),
        (&kind, Type::TEXT),
    ];
    client.query_typed(END, &values).map(drop)
}

/// Returns when a repository was last pushed to, as its host reports it, if that is so long ago that it can be trusted.
fn settled(job: &Job) -> Option<&str> {
    let pushed = job.pushed.as_deref();
    pushed.filter(|pushed| crate::night::is_settled(pushed))
}
