//! Which mirrors there are, how large they are, and when each was last used.

use rusqlite::params;

use super::Store;
use crate::clock;
use crate::error::Error;

/// A mirror in the work directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mirror {
    pub(crate) repository: i64,
    pub(crate) bytes: u64,
}

impl Store {
    /// Records that a mirror was just used.
    pub(crate) fn use_mirror(&mut self, repository: i64, bytes: u64) -> Result<(), Error> {
        let sql = "INSERT OR REPLACE INTO mirrors (repository, bytes, used) VALUES (?1, ?2, ?3)";
        let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
        self.db
            .execute(sql, params![repository, bytes, clock::now()])?;
        Ok(())
    }

    /// Records that a mirror is gone.
    pub(crate) fn drop_mirror(&mut self, repository: i64) -> Result<(), Error> {
        self.db
            .execute("DELETE FROM mirrors WHERE repository = ?1", [repository])?;
        Ok(())
    }

    /// Returns all mirrors, the least recently used first.
    pub(crate) fn mirrors(&self) -> Result<Vec<Mirror>, Error> {
        let mut statement = self
            .db
            .prepare("SELECT repository, bytes FROM mirrors ORDER BY used, repository")?;
        let rows = statement.query_map((), |row| {
            let bytes: i64 = row.get(1)?;
            Ok(Mirror {
                repository: row.get(0)?,
                bytes: bytes.unsigned_abs(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
