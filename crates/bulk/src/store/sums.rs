//! What all repositories came to at the end of each run, so that the past stays as it was.

use std::collections::BTreeMap;

use rusqlite::params;

use super::Store;
use crate::error::Error;

/// The figures of a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Sums {
    pub(crate) to_do: usize,
    /// How many of them are at or above the threshold.
    pub(crate) decide: usize,
    pub(crate) new: usize,
    pub(crate) gone: usize,
    /// How many came or went because other rules were used.
    pub(crate) by_rule: usize,
}

impl Store {
    /// Records the figures of a run.
    pub(crate) fn note_sums(&mut self, run: i64, sums: Sums) -> Result<(), Error> {
        let sql = "INSERT OR REPLACE INTO sums (run, to_do, decide, new, gone, by_rule) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
        let Sums {
            to_do,
            decide,
            new,
            gone,
            by_rule,
        } = sums;
        let [to_do, decide, new, gone, by_rule] = [to_do, decide, new, gone, by_rule]
            .map(|number| i64::try_from(number).unwrap_or(i64::MAX));
        let row = params![run, to_do, decide, new, gone, by_rule];
        self.db.execute(sql, row)?;
        Ok(())
    }

    /// Returns the figures of all runs that have any.
    pub(crate) fn sums(&self) -> Result<BTreeMap<i64, Sums>, Error> {
        let sql = "SELECT run, to_do, decide, new, gone, by_rule FROM sums";
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map((), |row| {
            let number = |at: usize| row.get(at).map(|n: i64| usize::try_from(n).unwrap_or(0));
            let sums = Sums {
                to_do: number(1)?,
                decide: number(2)?,
                new: number(3)?,
                gone: number(4)?,
                by_rule: number(5)?,
            };
            Ok((row.get(0)?, sums))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
