//! The tables of a store, and how an older store is migrated to the current layout.
//!
//! Each migration is one transaction, and `user_version` counts those that are done. A released migration is never
//! edited: further changes go into a new one.

use rusqlite::{Connection, TransactionBehavior};

/// The `application_id` of every store: `gngo`.
pub(super) const APPLICATION: i32 = 0x676e_676f;

/// All migrations; the first one creates the store.
const MIGRATIONS: &[&str] = &[FIRST, STAMPS, RULES, SUMS];

const FIRST: &str = "
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What decides which findings there are: the rules, and the version of the program.
CREATE TABLE rule_sets (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  version TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  started INTEGER NOT NULL,
  ended INTEGER,
  rule_set INTEGER NOT NULL REFERENCES rule_sets,
  options TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('going', 'finished', 'stopped'))
) STRICT;

-- A repository is a host and what that calls it; its label may change.
CREATE TABLE repositories (
  id INTEGER PRIMARY KEY,
  host TEXT NOT NULL,
  provider_id TEXT NOT NULL,
  label TEXT NOT NULL,
  location TEXT NOT NULL,
  first_run INTEGER NOT NULL REFERENCES runs,
  last_run INTEGER NOT NULL REFERENCES runs,
  sketch BLOB,
  UNIQUE (host, provider_id)
) STRICT;

-- What became of a repository in a run.
CREATE TABLE visits (
  run INTEGER NOT NULL REFERENCES runs,
  repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
  outcome TEXT NOT NULL CHECK (outcome IN ('waiting', 'covered', 'unchanged', 'failed')),
  tries INTEGER NOT NULL,
  why TEXT,
  seconds REAL NOT NULL,
  PRIMARY KEY (run, repository)
) STRICT, WITHOUT ROWID;

-- What was last read of a repository, and under which rule set.
CREATE TABLE coverage (
  repository INTEGER PRIMARY KEY REFERENCES repositories ON DELETE CASCADE,
  run INTEGER NOT NULL REFERENCES runs,
  at INTEGER NOT NULL,
  state TEXT NOT NULL,
  rule_set INTEGER NOT NULL REFERENCES rule_sets,
  threshold TEXT NOT NULL,
  branch TEXT,
  head TEXT,
  blobs INTEGER NOT NULL,
  commits INTEGER NOT NULL,
  tags INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  is_empty INTEGER NOT NULL,
  judge_again TEXT,
  settings TEXT NOT NULL,
  warnings TEXT NOT NULL,
  seconds REAL NOT NULL
) STRICT;

CREATE TABLE tips (
  repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
  name TEXT NOT NULL,
  object TEXT NOT NULL,
  PRIMARY KEY (repository, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE gaps (
  repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
  kind TEXT NOT NULL,
  place TEXT NOT NULL,
  reason TEXT NOT NULL,
  undecided INTEGER NOT NULL,
  accepted TEXT
) STRICT;
CREATE INDEX gaps_of ON gaps (repository);

-- A secret is known by its keyed hash, never by its value.
CREATE TABLE secrets (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  in_use INTEGER,
  compared INTEGER
) STRICT;

CREATE TABLE findings (
  id INTEGER PRIMARY KEY,
  repository INTEGER NOT NULL REFERENCES repositories ON DELETE CASCADE,
  fingerprint TEXT NOT NULL,
  secret INTEGER REFERENCES secrets,
  rule TEXT NOT NULL,
  category TEXT NOT NULL,
  severity TEXT NOT NULL,
  confidence TEXT NOT NULL,
  is_proven INTEGER NOT NULL,
  decides INTEGER NOT NULL,
  message TEXT NOT NULL,
  path TEXT NOT NULL,
  member TEXT,
  line INTEGER NOT NULL,
  col INTEGER NOT NULL,
  end_line INTEGER NOT NULL,
  end_col INTEGER NOT NULL,
  origin TEXT NOT NULL,
  object TEXT,
  presence TEXT,
  texts INTEGER NOT NULL,
  first_commit TEXT,
  author TEXT,
  email TEXT,
  date TEXT,
  owner TEXT,
  owned_by TEXT,
  accepted_kind TEXT,
  accepted_by TEXT,
  accepted_reason TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'history', 'accepted', 'fixed', 'unseen')),
  first_run INTEGER NOT NULL REFERENCES runs,
  last_run INTEGER NOT NULL REFERENCES runs,
  since_run INTEGER NOT NULL REFERENCES runs,
  UNIQUE (repository, fingerprint)
) STRICT;
CREATE INDEX findings_of_secret ON findings (secret);

-- Each state that a finding came into, with the run in which it did.
CREATE TABLE changes (
  finding INTEGER NOT NULL REFERENCES findings ON DELETE CASCADE,
  run INTEGER NOT NULL REFERENCES runs,
  state TEXT NOT NULL,
  PRIMARY KEY (finding, run)
) STRICT, WITHOUT ROWID;

-- What the security team has decided: for one repository, or for all of them.
CREATE TABLE decisions (
  id INTEGER PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  repository INTEGER REFERENCES repositories ON DELETE CASCADE,
  kind TEXT NOT NULL CHECK (kind IN ('accepted', 'false-positive')),
  reason TEXT NOT NULL,
  until TEXT,
  who TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX decision_about ON decisions (fingerprint, ifnull(repository, 0));

CREATE TABLE mirrors (
  repository INTEGER PRIMARY KEY REFERENCES repositories ON DELETE CASCADE,
  bytes INTEGER NOT NULL,
  used INTEGER NOT NULL
) STRICT;
";

const STAMPS: &str = "
-- What a host said of the last push when a repository was last looked at, and what the repository was known by then.
CREATE TABLE stamps (
  repository INTEGER PRIMARY KEY REFERENCES repositories ON DELETE CASCADE,
  pushed TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL
) STRICT;
";

const RULES: &str = "
-- The names of the rules, one a line; empty if they are not known.
ALTER TABLE rule_sets ADD COLUMN rules TEXT NOT NULL DEFAULT '';
-- Identifies what was in a repository, whatever was looked for; empty if that is not known.
ALTER TABLE coverage ADD COLUMN content TEXT NOT NULL DEFAULT '';
-- Whether it came, or went, because other rules were used, and not because the repository changed.
ALTER TABLE findings ADD COLUMN by_rule INTEGER NOT NULL DEFAULT 0;
";

const SUMS: &str = "
-- What all repositories came to at the end of a run, which nothing that is forgotten or decided later changes.
CREATE TABLE sums (
  run INTEGER PRIMARY KEY REFERENCES runs ON DELETE CASCADE,
  to_do INTEGER NOT NULL,
  decide INTEGER NOT NULL,
  new INTEGER NOT NULL,
  gone INTEGER NOT NULL,
  by_rule INTEGER NOT NULL
) STRICT;
";

/// Returns the version of a store after all migrations.
pub(super) fn newest() -> i32 {
    i32::try_from(MIGRATIONS.len()).unwrap_or(i32::MAX)
}

/// Runs the migrations that are still to be done.
pub(super) fn migrate(db: &mut Connection) -> rusqlite::Result<()> {
    let done =
        |db: &Connection| db.query_row("PRAGMA user_version", (), |row| row.get::<_, i32>(0));
    while done(db)? < newest() {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // Another program may have been faster.
        let at = done(&transaction)?;
        if let Some(migration) = usize::try_from(at).ok().and_then(|at| MIGRATIONS.get(at)) {
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", at + 1)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
        }
        transaction.commit()?;
    }
    Ok(())
}
