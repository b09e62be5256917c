//! Runs, the repositories in them, and the outcome for each.

use std::path::Path;

use rusqlite::{OptionalExtension, TransactionBehavior, params};

use super::Store;
use crate::clock;
use crate::error::Error;
use crate::sources::{LOCAL, Target, local_id};

/// The current run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Run {
    pub(crate) id: i64,
    pub(crate) rule_set: i64,
    /// Whether an earlier program started it.
    pub(crate) is_resumed: bool,
}

/// A run as reports show it.
#[derive(Debug, Clone)]
pub(crate) struct RunRow {
    pub(crate) id: i64,
    pub(crate) started: i64,
    pub(crate) ended: Option<i64>,
    pub(crate) rule_set: i64,
    pub(crate) version: String,
    pub(crate) state: String,
}

/// A repository that is not in a run.
pub(crate) struct Other {
    pub(crate) id: i64,
    pub(crate) label: String,
    pub(crate) location: String,
    /// Whether it was ever scanned.
    pub(crate) is_known: bool,
}

impl Store {
    /// Starts a run, or continues an unfinished one with the same rules and options.
    pub(crate) fn begin_run(
        &mut self,
        (digest, version): (&str, &str),
        options: &str,
    ) -> Result<Run, Error> {
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "INSERT INTO rule_sets (digest, version) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        transaction.execute(sql, [digest, version])?;
        let sql = "SELECT id FROM rule_sets WHERE digest = ?1";
        let rule_set: i64 = transaction.query_row(sql, [digest], |row| row.get(0))?;
        let sql = "SELECT id FROM runs WHERE state = 'going' AND rule_set = ?1 AND options = ?2 ORDER BY id DESC LIMIT 1";
        let going = transaction.query_row(sql, params![rule_set, options], |row| row.get(0));
        let going: Option<i64> = going.optional()?;
        let sql =
            "UPDATE runs SET state = 'stopped', ended = ?1 WHERE state = 'going' AND id <> ?2";
        transaction.execute(sql, params![clock::now(), going.unwrap_or(0)])?;
        let id = if let Some(id) = going {
            id
        } else {
            let sql =
                "INSERT INTO runs (started, rule_set, options, state) VALUES (?1, ?2, ?3, 'going')";
            transaction.execute(sql, params![clock::now(), rule_set, options])?;
            transaction.last_insert_rowid()
        };
        transaction.commit()?;
        Ok(Run {
            id,
            rule_set,
            is_resumed: going.is_some(),
        })
    }

    /// Records the names of the rules in a rule set.
    pub(crate) fn note_rules(&mut self, rule_set: i64, names: &str) -> Result<(), Error> {
        let sql = "UPDATE rule_sets SET rules = ?2 WHERE id = ?1 AND rules = ''";
        self.db.execute(sql, params![rule_set, names])?;
        Ok(())
    }

    /// Records the repositories of a run, and returns the number of each.
    pub(crate) fn note_repositories(
        &mut self,
        run: Run,
        targets: &[Target],
    ) -> Result<Vec<i64>, Error> {
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut ids = Vec::with_capacity(targets.len());
        {
            let sql = "INSERT INTO repositories (host, provider_id, label, location, first_run, last_run) \
                       VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (host, provider_id) DO UPDATE SET \
                       label = excluded.label, location = excluded.location, last_run = excluded.last_run";
            let mut upsert = transaction.prepare(sql)?;
            let sql = "SELECT id FROM repositories WHERE host = ?1 AND provider_id = ?2";
            let mut find = transaction.prepare(sql)?;
            for target in targets {
                let Target {
                    host,
                    provider_id,
                    label,
                    ..
                } = target;
                upsert.execute(params![host, provider_id, label, target.location(), run.id])?;
                ids.push(find.query_row([host, provider_id], |row| row.get(0))?);
            }
        }
        transaction.commit()?;
        Ok(ids)
    }

    /// Returns the outcome for a repository in a run so far, and how many times it was tried.
    pub(crate) fn visit(&self, run: Run, repository: i64) -> Result<Option<(String, u32)>, Error> {
        let sql = "SELECT outcome, tries FROM visits WHERE run = ?1 AND repository = ?2";
        let visit = self
            .db
            .prepare_cached(sql)?
            .query_row(params![run.id, repository], |row| {
                Ok((row.get(0)?, row.get(1)?))
            });
        Ok(visit.optional()?)
    }

    /// Marks a run as finished.
    pub(crate) fn end_run(&mut self, run: Run) -> Result<(), Error> {
        let sql = "UPDATE runs SET state = 'finished', ended = ?2 WHERE id = ?1";
        self.db.execute(sql, params![run.id, clock::now()])?;
        Ok(())
    }

    /// Returns the label of a repository.
    pub(crate) fn label(&self, repository: i64) -> Result<String, Error> {
        let sql = "SELECT label FROM repositories WHERE id = ?1";
        Ok(self.db.query_row(sql, [repository], |row| row.get(0))?)
    }

    /// Returns known repositories of `host` that are not in a run, with their last locations.
    pub(crate) fn others(&self, run: Run, host: &str) -> Result<Vec<Other>, Error> {
        let sql = "SELECT id, label, location, EXISTS (SELECT 1 FROM coverage WHERE repository = id) FROM repositories \
                   WHERE host = ?1 AND last_run <> ?2 ORDER BY id";
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map(params![host, run.id], |row| {
            Ok(Other {
                id: row.get(0)?,
                label: row.get(1)?,
                location: row.get(2)?,
                is_known: row.get(3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns all runs, oldest first.
    pub(crate) fn runs(&self) -> Result<Vec<RunRow>, Error> {
        let sql = "SELECT runs.id, started, ended, rule_set, version, state FROM runs \
                   JOIN rule_sets ON rule_sets.id = rule_set ORDER BY runs.id";
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map((), |row| {
            Ok(RunRow {
                id: row.get(0)?,
                started: row.get(1)?,
                ended: row.get(2)?,
                rule_set: row.get(3)?,
                version: row.get(4)?,
                state: row.get(5)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Records where a repository on this machine is now. If the store has it there, too, what is known of it there is
    /// dropped, but for decisions; returns the number that it had.
    pub(crate) fn relocate(&mut self, repository: i64, place: &Path) -> Result<Option<i64>, Error> {
        let id = local_id(place.as_os_str());
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "SELECT id FROM repositories WHERE host = ?1 AND provider_id = ?2 AND id <> ?3";
        let other = transaction.query_row(sql, params![LOCAL, id, repository], |row| row.get(0));
        let other: Option<i64> = other.optional()?;
        if let Some(other) = other {
            let sql = "UPDATE OR IGNORE decisions SET repository = ?1 WHERE repository = ?2";
            transaction.execute(sql, [repository, other])?;
            transaction.execute("DELETE FROM repositories WHERE id = ?1", [other])?;
        }
        let sql = "UPDATE repositories SET provider_id = ?2, location = ?3 WHERE id = ?1";
        transaction.execute(sql, params![repository, id, place.display().to_string()])?;
        drop_unused_secrets(&transaction)?;
        transaction.commit()?;
        Ok(other)
    }

    /// Removes a repository and everything known about it. Returns whether there was one.
    pub(crate) fn forget(&mut self, repository: i64) -> Result<bool, Error> {
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let sql = "DELETE FROM repositories WHERE id = ?1";
        let removed = transaction.execute(sql, [repository])?;
        drop_unused_secrets(&transaction)?;
        transaction.commit()?;
        Ok(removed > 0)
    }

    /// Removes what is known only from runs that ended before `time`: fixed findings, changes, visits.
    pub(crate) fn retain_since(&mut self, time: i64) -> Result<usize, Error> {
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        let old = "SELECT id FROM runs WHERE ended < ?1 AND state <> 'going'";
        let mut removed = 0;
        for sql in [
            format!("DELETE FROM findings WHERE state = 'fixed' AND since_run IN ({old})"),
            format!("DELETE FROM changes WHERE run IN ({old})"),
            format!("DELETE FROM visits WHERE run IN ({old})"),
        ] {
            removed += transaction.execute(&sql, [time])?;
        }
        drop_unused_secrets(&transaction)?;
        transaction.commit()?;
        Ok(removed)
    }
}

/// Removes hashes of secrets that no finding has any more.
fn drop_unused_secrets(db: &rusqlite::Connection) -> rusqlite::Result<()> {
    let sql = "DELETE FROM secrets WHERE NOT EXISTS (SELECT 1 FROM findings WHERE findings.secret = secrets.id)";
    db.execute(sql, ()).map(drop)
}
