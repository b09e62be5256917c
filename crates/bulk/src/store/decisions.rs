//! What the security team has decided about findings: accepted, or false positive.

use clap::ValueEnum;
use rusqlite::params;

use super::Store;
use crate::clock;
use crate::error::Error;

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// It is what it says, and may stay for now.
    Accepted,
    /// It is no such thing.
    FalsePositive,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::FalsePositive => "false-positive",
        }
    }
}

/// A decision to be recorded.
#[derive(Debug)]
pub(crate) struct NewDecision<'a> {
    pub(crate) fingerprint: &'a str,
    /// The only repository that it applies to; all repositories if none.
    pub(crate) repository: Option<i64>,
    pub(crate) kind: Kind,
    pub(crate) reason: &'a str,
    pub(crate) until: Option<&'a str>,
    pub(crate) who: &'a str,
}

/// A decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decision {
    pub(crate) fingerprint: String,
    pub(crate) repository: Option<i64>,
    pub(crate) kind: String,
    pub(crate) reason: String,
    pub(crate) until: Option<String>,
    pub(crate) who: String,
    /// When it was made.
    pub(crate) at: i64,
}

impl Decision {
    /// Whether it is still in force on this day.
    pub(crate) fn counts(&self, today: &str) -> bool {
        self.until.as_deref().is_none_or(|until| until >= today)
    }

    /// Whether it applies to this finding.
    pub(crate) fn is_about(&self, fingerprint: &str, repository: i64) -> bool {
        self.fingerprint == fingerprint && self.repository.is_none_or(|only| only == repository)
    }
}

impl Store {
    /// Records a decision, replacing an earlier one about the same.
    pub(crate) fn decide(&mut self, decision: &NewDecision<'_>) -> Result<(), Error> {
        let sql = "INSERT OR REPLACE INTO decisions (fingerprint, repository, kind, reason, until, who, at) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let NewDecision {
            fingerprint,
            repository,
            kind,
            reason,
            until,
            who,
        } = decision;
        self.db.execute(
            sql,
            params![
                fingerprint,
                repository,
                kind.as_str(),
                reason,
                until,
                who,
                clock::now()
            ],
        )?;
        Ok(())
    }

    /// Takes a decision back. Returns whether there was one.
    pub(crate) fn undecide(
        &mut self,
        fingerprint: &str,
        repository: Option<i64>,
    ) -> Result<bool, Error> {
        let sql = "DELETE FROM decisions WHERE fingerprint = ?1 AND ifnull(repository, 0) = ifnull(?2, 0)";
        Ok(self.db.execute(sql, params![fingerprint, repository])? > 0)
    }

    /// Returns all decisions; those about one repository come first, since they are more specific.
    pub(crate) fn decisions(&self) -> Result<Vec<Decision>, Error> {
        let sql = "SELECT fingerprint, repository, kind, reason, until, who, at FROM decisions \
                   ORDER BY repository IS NULL, fingerprint, repository";
        let mut statement = self.db.prepare(sql)?;
        let rows = statement.query_map((), |row| {
            Ok(Decision {
                fingerprint: row.get(0)?,
                repository: row.get(1)?,
                kind: row.get(2)?,
                reason: row.get(3)?,
                until: row.get(4)?,
                who: row.get(5)?,
                at: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
