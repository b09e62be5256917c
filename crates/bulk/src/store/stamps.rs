//! What hosts reported about the last push to a repository when it was covered: while that is unchanged, nothing is
//! fetched.

use rusqlite::{OptionalExtension, params};

use super::Store;
use crate::error::Error;

impl Store {
    /// Returns the state of a repository from when its host reported `pushed` as the time of the last push.
    pub(crate) fn stamped(
        &self,
        repository: i64,
        (pushed, kind): (&str, &str),
    ) -> Result<Option<String>, Error> {
        let sql = "SELECT state FROM stamps WHERE repository = ?1 AND pushed = ?2 AND kind = ?3";
        let mut statement = self.db.prepare_cached(sql)?;
        let state = statement.query_row(params![repository, pushed, kind], |row| row.get(0));
        Ok(state.optional()?)
    }

    /// Records that state.
    pub(crate) fn stamp(
        &mut self,
        repository: i64,
        (pushed, kind): (&str, &str),
        state: &str,
    ) -> Result<(), Error> {
        let sql = "INSERT OR REPLACE INTO stamps (repository, pushed, kind, state) VALUES (?1, ?2, ?3, ?4)";
        self.db
            .execute(sql, params![repository, pushed, kind, state])?;
        Ok(())
    }
}
