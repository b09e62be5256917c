//! The results of a fleet in its database, as a part to merge into a store.

use postgres::Row;

use super::connection::{Database, Login};
use super::jobs::Body;
use crate::error::Error;
use crate::merge::{Head, Kept, Part, Visited};

/// The last run in a database.
pub(super) struct DatabasePart {
    database: Database,
    head: Head,
    run: i64,
}

impl DatabasePart {
    pub(super) fn open(address: &str, login: &Login) -> Result<Self, Error> {
        let mut database = Database::open(address, login)?;
        let sql = "SELECT id, digest, version, options, started, key, is_planned AND NOT EXISTS (SELECT 1 FROM gonogo.jobs \
                   WHERE run = id AND outcome IN ('none', 'waiting')) FROM gonogo.runs ORDER BY id DESC LIMIT 1";
        let row = database.once(|client| client.query_opt(sql, &[]))?;
        let row = row.ok_or_else(|| {
            Error::usage("the database: there is no run in it yet: `gonogo bulk plan` makes one")
        })?;
        let run: i64 = row.get(0);
        let head = Head {
            name: format!("run {run} of the fleet"),
            rule_set: (row.get(1), row.get(2)),
            options: format!("fleet {run} {}", row.get::<_, String>(3)),
            started: row.get(4),
            key: row.get(5),
            is_finished: row.get(6),
        };
        Ok(Self {
            database,
            head,
            run,
        })
    }
}

impl Part for DatabasePart {
    fn head(&self) -> &Head {
        &self.head
    }

    fn visits(&mut self) -> Result<Vec<Visited>, Error> {
        let sql = "SELECT host, provider_id, label, location, id, outcome, tries, why, seconds FROM gonogo.jobs \
                   JOIN gonogo.repositories ON id = repository WHERE run = $1 AND outcome <> 'absent' \
                   ORDER BY host, provider_id";
        let run = self.run;
        let rows = self.database.once(|client| client.query(sql, &[&run]))?;
        let visited = |row: &Row| Visited {
            host: row.get(0),
            provider_id: row.get(1),
            label: row.get(2),
            location: row.get(3),
            number: row.get(4),
            outcome: match row.get(5) {
                "waiting" => "none".to_owned(),
                outcome => str::to_owned(outcome),
            },
            tries: u32::try_from(row.get::<_, i32>(6)).unwrap_or(0),
            why: row.get(7),
            seconds: row.get(8),
        };
        Ok(rows.iter().map(visited).collect())
    }

    fn kept(&mut self, number: i64) -> Result<Option<Kept>, Error> {
        let sql = "SELECT results.state, body FROM gonogo.results JOIN gonogo.jobs USING (repository, state) \
                   WHERE run = $1 AND repository = $2";
        let run = self.run;
        let Some(row) = self
            .database
            .once(|client| client.query_opt(sql, &[&run, &number]))?
        else {
            return Ok(None);
        };
        let body: Body = serde_json::from_slice(row.get(1)).map_err(|error| {
            Error::usage(format!("the database: a result is not understood: {error}"))
        })?;
        Ok(Some(Kept {
            scanned: body.scanned,
            state: row.get(0),
            rule_set: (body.digest, body.version),
            tips: body.tips,
            branch: body.branch,
            head: body.head,
            sketch: body.sketch,
            seconds: body.seconds,
            content: String::new(),
        }))
    }
}
