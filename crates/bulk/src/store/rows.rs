//! What reports read from a store, in an order that does not depend on when it was written.

use rusqlite::params;

use super::Store;
use crate::error::Error;

/// A repository.
#[derive(Debug, Clone)]
pub(crate) struct RepositoryRow {
    pub(crate) id: i64,
    pub(crate) host: String,
    pub(crate) provider_id: String,
    pub(crate) label: String,
    pub(crate) location: String,
    pub(crate) last_run: i64,
    pub(crate) sketch: Option<Vec<u8>>,
}

/// What was last read from a repository.
#[derive(Debug, Clone)]
pub(crate) struct CoverageRow {
    pub(crate) repository: i64,
    pub(crate) at: i64,
    pub(crate) rule_set: i64,
    pub(crate) threshold: String,
    pub(crate) branch: Option<String>,
    pub(crate) head: Option<String>,
    pub(crate) blobs: i64,
    pub(crate) commits: i64,
    pub(crate) tags: i64,
    pub(crate) bytes: i64,
    pub(crate) is_empty: bool,
    pub(crate) settings: String,
    pub(crate) warnings: String,
    pub(crate) seconds: f64,
}

/// The outcome for a repository in a run.
#[derive(Debug, Clone)]
pub(crate) struct VisitRow {
    pub(crate) repository: i64,
    pub(crate) run: i64,
    pub(crate) outcome: String,
    pub(crate) tries: u32,
    pub(crate) why: Option<String>,
}

/// Something that was not scanned.
#[derive(Debug, Clone)]
pub(crate) struct GapRow {
    pub(crate) repository: i64,
    pub(crate) kind: String,
    pub(crate) place: String,
    pub(crate) reason: String,
    pub(crate) undecided: bool,
    pub(crate) accepted: Option<String>,
}

/// A secret, and whether its value is in use.
#[derive(Debug, Clone)]
pub(crate) struct SecretRow {
    pub(crate) id: i64,
    pub(crate) hash: Vec<u8>,
    pub(crate) in_use: Option<bool>,
    /// When that was found out.
    pub(crate) compared: Option<i64>,
}

fn secret(row: &rusqlite::Row<'_>) -> rusqlite::Result<SecretRow> {
    Ok(SecretRow {
        id: row.get(0)?,
        hash: row.get(1)?,
        in_use: row.get(2)?,
        compared: row.get(3)?,
    })
}

/// A finding.
#[derive(Debug, Clone)]
pub(crate) struct FindingRow {
    pub(crate) id: i64,
    pub(crate) repository: i64,
    pub(crate) fingerprint: String,
    pub(crate) secret: Option<i64>,
    pub(crate) rule: String,
    pub(crate) category: String,
    pub(crate) severity: String,
    pub(crate) confidence: String,
    pub(crate) is_proven: bool,
    pub(crate) decides: bool,
    pub(crate) message: String,
    pub(crate) path: String,
    pub(crate) member: Option<String>,
    pub(crate) region: [u32; 4],
    pub(crate) origin: String,
    pub(crate) object: Option<String>,
    pub(crate) presence: Option<String>,
    pub(crate) texts: i64,
    pub(crate) first_commit: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) date: Option<String>,
    pub(crate) owner: Option<String>,
    pub(crate) owned_by: Option<String>,
    pub(crate) accepted: Option<(String, String, String)>,
    pub(crate) state: String,
    pub(crate) first_run: i64,
    pub(crate) last_run: i64,
    pub(crate) since_run: i64,
    /// Whether it came, or went, because other rules were used.
    pub(crate) by_rule: bool,
}

/// A change of a finding's state.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) finding: i64,
    pub(crate) run: i64,
    pub(crate) state: String,
}

impl Store {
    /// Returns all rows of a query.
    fn all<T>(
        &self,
        sql: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, Error> {
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map((), read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Returns all repositories.
    pub(crate) fn repositories(&self) -> Result<Vec<RepositoryRow>, Error> {
        let sql = "SELECT id, host, provider_id, label, location, last_run, sketch FROM repositories \
                   ORDER BY host, provider_id";
        self.all(sql, |row| {
            Ok(RepositoryRow {
                id: row.get(0)?,
                host: row.get(1)?,
                provider_id: row.get(2)?,
                label: row.get(3)?,
                location: row.get(4)?,
                last_run: row.get(5)?,
                sketch: row.get(6)?,
            })
        })
    }

    /// Returns what was last read from each repository.
    pub(crate) fn coverage(&self) -> Result<Vec<CoverageRow>, Error> {
        let sql = "SELECT repository, at, rule_set, threshold, branch, head, blobs, commits, tags, bytes, \
                   is_empty, settings, warnings, seconds FROM coverage ORDER BY repository";
        self.all(sql, |row| {
            Ok(CoverageRow {
                repository: row.get(0)?,
                at: row.get(1)?,
                rule_set: row.get(2)?,
                threshold: row.get(3)?,
                branch: row.get(4)?,
                head: row.get(5)?,
                blobs: row.get(6)?,
                commits: row.get(7)?,
                tags: row.get(8)?,
                bytes: row.get(9)?,
                is_empty: row.get(10)?,
                settings: row.get(11)?,
                warnings: row.get(12)?,
                seconds: row.get(13)?,
            })
        })
    }

    /// Returns the last visit of each repository.
    pub(crate) fn visits(&self) -> Result<Vec<VisitRow>, Error> {
        let sql = "SELECT repository, run, outcome, tries, why FROM visits AS one WHERE run = \
                   (SELECT max(run) FROM visits WHERE repository = one.repository) ORDER BY repository";
        self.all(sql, |row| {
            Ok(VisitRow {
                repository: row.get(0)?,
                run: row.get(1)?,
                outcome: row.get(2)?,
                tries: row.get(3)?,
                why: row.get(4)?,
            })
        })
    }

    /// Returns all gaps.
    pub(crate) fn gaps(&self) -> Result<Vec<GapRow>, Error> {
        let sql = "SELECT repository, kind, place, reason, undecided, accepted FROM gaps \
                   ORDER BY repository, kind, place, reason";
        self.all(sql, |row| {
            Ok(GapRow {
                repository: row.get(0)?,
                kind: row.get(1)?,
                place: row.get(2)?,
                reason: row.get(3)?,
                undecided: row.get(4)?,
                accepted: row.get(5)?,
            })
        })
    }

    /// Returns all secrets.
    pub(crate) fn secrets(&self) -> Result<Vec<SecretRow>, Error> {
        let sql = "SELECT id, hash, in_use, compared FROM secrets ORDER BY id";
        self.all(sql, secret)
    }

    /// Returns all secrets, each with the number of findings that still have it.
    pub(crate) fn held_secrets(&self) -> Result<Vec<(SecretRow, i64)>, Error> {
        let sql = "SELECT secrets.id, hash, in_use, compared, count(findings.id) FROM secrets LEFT JOIN findings \
                   ON secret = secrets.id AND (state <> 'fixed' OR by_rule) GROUP BY secrets.id";
        self.all(sql, |row| Ok((secret(row)?, row.get(4)?)))
    }

    /// Forgets for every secret whether its value is in use. Returns for how many that was known.
    pub(crate) fn forget_use(&mut self) -> Result<usize, Error> {
        let sql = "UPDATE secrets SET in_use = NULL, compared = NULL WHERE in_use IS NOT NULL";
        Ok(self.db.execute(sql, ())?)
    }

    /// Records for each secret whether its value is in use.
    pub(crate) fn note_use(&mut self, in_use: &[(i64, bool)], at: i64) -> Result<(), Error> {
        let transaction = self
            .db
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        for (id, is_used) in in_use {
            let sql = "UPDATE secrets SET in_use = ?2, compared = ?3 WHERE id = ?1";
            transaction
                .prepare_cached(sql)?
                .execute(params![id, is_used, at])?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Returns all findings.
    pub(crate) fn findings(&self) -> Result<Vec<FindingRow>, Error> {
        let sql = "SELECT id, repository, fingerprint, secret, rule, category, severity, confidence, is_proven, \
                   decides, message, path, member, line, col, end_line, end_col, origin, object, presence, texts, \
                   first_commit, author, email, date, owner, owned_by, accepted_kind, accepted_by, accepted_reason, \
                   state, first_run, last_run, since_run, by_rule FROM findings ORDER BY repository, fingerprint";
        self.all(sql, |row| {
            let accepted: Option<String> = row.get(27)?;
            let by = |at: usize| {
                Ok::<_, rusqlite::Error>(row.get::<_, Option<String>>(at)?.unwrap_or_default())
            };
            Ok(FindingRow {
                id: row.get(0)?,
                repository: row.get(1)?,
                fingerprint: row.get(2)?,
                secret: row.get(3)?,
                rule: row.get(4)?,
                category: row.get(5)?,
                severity: row.get(6)?,
                confidence: row.get(7)?,
                is_proven: row.get(8)?,
                decides: row.get(9)?,
                message: row.get(10)?,
                path: row.get(11)?,
                member: row.get(12)?,
                region: [row.get(13)?, row.get(14)?, row.get(15)?, row.get(16)?],
                origin: row.get(17)?,
                object: row.get(18)?,
                presence: row.get(19)?,
                texts: row.get(20)?,
                first_commit: row.get(21)?,
                author: row.get(22)?,
                email: row.get(23)?,
                date: row.get(24)?,
                owner: row.get(25)?,
                owned_by: row.get(26)?,
                accepted: match accepted {
                    Some(kind) => Some((kind, by(28)?, by(29)?)),
                    None => None,
                },
                state: row.get(30)?,
                first_run: row.get(31)?,
                last_run: row.get(32)?,
                since_run: row.get(33)?,
                by_rule: row.get(34)?,
            })
        })
    }

    /// Returns all changes of state, oldest first.
    pub(crate) fn changes(&self) -> Result<Vec<Change>, Error> {
        self.all(
            "SELECT finding, run, state FROM changes ORDER BY run, finding",
            |row| {
                Ok(Change {
                    finding: row.get(0)?,
                    run: row.get(1)?,
                    state: row.get(2)?,
                })
            },
        )
    }
}
