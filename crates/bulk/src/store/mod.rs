//! The store: one SQLite file with what is known about every repository.
//!
//! There is one transaction per repository, begun with `IMMEDIATE`. Query results are read completely before anything
//! is scanned, since an open cursor lets the write-ahead log grow and makes writes fail.

mod cause;
mod commit;
mod decisions;
mod key;
mod mirrors;
mod parts;
mod rows;
mod runs;
mod schema;
mod stamps;
mod sums;

use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::error::{Error, of_sqlite};

pub(crate) use commit::{BY_RULE, Covered, Failed};
pub(crate) use decisions::{Decision, Kind, NewDecision};
pub(crate) use key::{Key, hex, private, unhex};
pub(crate) use mirrors::Mirror;
pub(crate) use parts::StorePart;
pub(crate) use rows::{Change, CoverageRow, FindingRow, GapRow, RepositoryRow, VisitRow};
pub(crate) use runs::{Run, RunRow};
pub(crate) use sums::Sums;

/// How long a statement waits for another program's lock.
const PATIENCE: Duration = Duration::from_secs(30);

/// An open store.
pub(crate) struct Store {
    pub(crate) db: Connection,
    path: PathBuf,
    /// Held while this program writes.
    _lock: Option<File>,
}

const READ_ONLY: OpenFlags =
    OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// Opens a store, and reads something from it to see that it works.
fn open(name: &str, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(name, flags)?;
    db.busy_timeout(PATIENCE)?;
    db.query_row("SELECT count(*) FROM sqlite_schema", (), |row| {
        row.get::<_, i64>(0)
    })?;
    Ok(db)
}

/// Opens a store for reading. What a killed program left half done is rolled back first, which needs write permission.
fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let name = path.to_string_lossy();
    open(&name, READ_ONLY).or_else(|error| {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        if is_closed(&error) {
            open(&name, flags)
        } else {
            Err(error)
        }
    })
}

/// Whether a store could not be opened, or could not be written although reading required it.
fn is_closed(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(
        code,
        Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly)
    )
}

impl Store {
    /// Opens the store at `path` for writing; creates it if there is none. Secrets in it are hashed with `key`.
    pub(crate) fn open(path: &Path, key: &Key) -> Result<Self, Error> {
        Self::open_with(path, &key.id())
    }

    /// Does the same, for the key with this id.
    pub(crate) fn open_with(path: &Path, key: &str) -> Result<Self, Error> {
        let store = Self::writable(path, true)?;
        let known = store.meta("key")?;
        match known {
            Some(known) if known != key => {
                let reason = format!(
                    "it was made with another key (its id is {known}): name the file of that key by --key-file"
                );
                return Err(Error::store(path, reason));
            }
            Some(_) => {}
            None => store.set_meta("key", key)?,
        }
        Ok(store)
    }

    /// Opens an existing store for changes that do not need the key.
    pub(crate) fn open_to_change(path: &Path) -> Result<Self, Error> {
        Self::writable(path, false)
    }

    fn writable(path: &Path, may_make: bool) -> Result<Self, Error> {
        check_kind(path)?;
        if !path.exists() {
            if !may_make {
                return Err(absent(path));
            }
            let made = private(OpenOptions::new().write(true).create_new(true)).open(path);
            made.map_err(|error| Error::file(path, error))?;
        }
        let lock = lock(path)?;
        key::make_private(path).map_err(|error| Error::file(path, error))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let failed = |error: &rusqlite::Error| Error::store(path, of_sqlite(error));
        let mut db = Connection::open_with_flags(path, flags).map_err(|error| failed(&error))?;
        if db.is_readonly("main").unwrap_or(false) {
            let reason = "it cannot be written: check its permissions and those of its folder";
            return Err(Error::store(path, reason));
        }
        check(&db, path, true)?;
        let prepare = |db: &mut Connection| {
            db.pragma_update(None, "journal_mode", "WAL")?;
            db.pragma_update(None, "synchronous", "NORMAL")?;
            db.pragma_update(None, "foreign_keys", true)?;
            db.pragma_update(None, "journal_size_limit", 16 << 20)?;
            // Forgotten data must be gone from the file, too.
            db.pragma_update(None, "secure_delete", true)?;
            schema::migrate(db)
        };
        db.busy_timeout(PATIENCE)?;
        prepare(&mut db).map_err(|error| failed(&error))?;
        Ok(Self {
            db,
            path: path.to_owned(),
            _lock: Some(lock),
        })
    }

    /// Opens an existing store for reading, while another program may write to it.
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        check_kind(path)?;
        if !path.exists() {
            return Err(absent(path));
        }
        // If nothing can be written beside the store, as on a read-only disk, nobody else is writing to it either.
        let db = open_to_read(path).or_else(|error| {
            let name = path
                .to_string_lossy()
                .replace('%', "%25")
                .replace('?', "%3f")
                .replace('#', "%23");
            let name = format!("file:{name}?immutable=1");
            if is_closed(&error) {
                open(&name, READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
            } else {
                Err(error)
            }
        });
        let db = db.map_err(|error| Error::store(path, of_sqlite(&error)))?;
        check(&db, path, false)?;
        Ok(Self {
            db,
            path: path.to_owned(),
            _lock: None,
        })
    }

    /// Whether `path` is empty or missing, so that a store can be created there.
    ///
    /// # Errors
    ///
    /// Fails if something else is there, or a store that this program cannot use.
    pub(crate) fn is_new(path: &Path) -> Result<bool, Error> {
        check_kind(path)?;
        if path.metadata().is_ok_and(|metadata| metadata.len() > 0) {
            let failed = |error: rusqlite::Error| Error::store(path, of_sqlite(&error));
            let db = open_to_read(path).map_err(failed)?;
            check(&db, path, true)?;
            let tables = "SELECT count(*) FROM sqlite_schema";
            let tables: i64 = db.query_row(tables, (), |row| row.get(0))?;
            return Ok(tables == 0);
        }
        Ok(true)
    }

    /// Returns the path of the store.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the last run whose news was sent to the webhook, if any was.
    pub(crate) fn notified(&self) -> Result<Option<i64>, Error> {
        Ok(self.meta("notified")?.and_then(|run| run.parse().ok()))
    }

    /// Records the last run whose news was sent.
    pub(crate) fn set_notified(&self, run: i64) -> Result<(), Error> {
        self.set_meta("notified", &run.to_string())
    }

    fn meta(&self, name: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT value FROM meta WHERE name = ?1";
        Ok(self
            .db
            .query_row(sql, [name], |row| row.get(0))
            .optional()?)
    }

    fn set_meta(&self, name: &str, value: &str) -> Result<(), Error> {
        let sql = "INSERT OR REPLACE INTO meta (name, value) VALUES (?1, ?2)";
        self.db.execute(sql, [name, value])?;
        Ok(())
    }
}

fn absent(path: &Path) -> Error {
    Error::store(
        path,
        "there is no such store: `gonogo bulk scan` makes one; name it by --store",
    )
}

/// Refuses what is no file, such as a device, whose mode would be changed.
fn check_kind(path: &Path) -> Result<(), Error> {
    match path.metadata() {
        Ok(found) if !found.is_file() => Err(Error::store(path, "it is no file: name a file")),
        _ => Ok(()),
    }
}

/// Refuses files that are not stores, and stores from a newer version.
fn check(db: &Connection, path: &Path, may_be_new: bool) -> Result<(), Error> {
    let read = |name: &str| db.query_row(&format!("PRAGMA {name}"), (), |row| row.get::<_, i32>(0));
    let failed = |error: rusqlite::Error| Error::store(path, of_sqlite(&error));
    let application = read("application_id").map_err(failed)?;
    let version = read("user_version").map_err(failed)?;
    let tables = "SELECT count(*) FROM sqlite_schema";
    let tables: i64 = db.query_row(tables, (), |row| row.get(0)).map_err(failed)?;
    if application != schema::APPLICATION && !(may_be_new && tables == 0 && version == 0) {
        return Err(Error::store(path, "it is no store of gonogo bulk"));
    }
    if version > schema::newest() {
        let reason = format!(
            "a newer gonogo-bulk has made it (its layout is {version}, this program knows {}): update this program",
            schema::newest()
        );
        return Err(Error::store(path, reason));
    }
    if version < schema::newest() && !may_be_new {
        let reason = "an older gonogo-bulk has made it: `gonogo bulk scan` brings it up to date";
        return Err(Error::store(path, reason));
    }
    Ok(())
}

/// Returns a path with `end` appended to its name.
pub(crate) fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name: OsString = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// Takes the lock for writing to the store, which one program holds at a time.
fn lock(path: &Path) -> Result<File, Error> {
    let name = beside(path, ".lock");
    let file = private(OpenOptions::new().write(true).create(true).truncate(false)).open(&name);
    let file = file.map_err(|error| Error::file(&name, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            let reason = "another `gonogo bulk` works on it: wait until that has ended, or name another store";
            Err(Error::store(path, reason))
        }
        Err(TryLockError::Error(error)) => Err(Error::file(&name, error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_a_killed_program_left_half_done_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let (made, killed) = (folder.path().join("a.db"), folder.path().join("b.db"));
        let db = Connection::open(&made).unwrap();
        // Both files are in the state that a program leaves if it is killed while writing more than it caches.
        let write =
            "PRAGMA cache_size = 1; CREATE TABLE t (x); BEGIN IMMEDIATE; CREATE TABLE u (x);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
             INSERT INTO t SELECT hex(randomblob(64)) FROM n;";
        db.execute_batch(write).unwrap();
        for ending in ["", "-journal"] {
            let name = |path: &Path| format!("{}{ending}", path.display());
            fs::copy(name(&made), name(&killed)).unwrap();
        }
        assert!(open(&killed.to_string_lossy(), READ_ONLY).is_err());
        let db = open_to_read(&killed).unwrap();
        let tables = "SELECT count(*) FROM sqlite_schema";
        let tables: i64 = db.query_row(tables, (), |row| row.get(0)).unwrap();
        assert_eq!(tables, 1);
    }
}
