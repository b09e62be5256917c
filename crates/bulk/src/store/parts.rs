//! A store as a part of a larger one.

use std::path::Path;

use gonogo::model::GapKind;
use rusqlite::{OptionalExtension, params};

use super::{Run, Store, hex};
use crate::error::Error;
use crate::merge::{Head, Kept, Part, Visited};
use crate::worker::protocol::{Accepted, Found, FoundGap, Scanned};

/// A store to be merged into another one.
pub(crate) struct StorePart {
    store: Store,
    head: Head,
    run: i64,
}

impl StorePart {
    /// Opens the last run of the store at `path`.
    pub(crate) fn open(path: &Path) -> Result<Self, Error> {
        let store = Store::read(path)?;
        let sql = "SELECT runs.id, digest, version, options, started, state FROM runs \
                   JOIN rule_sets ON rule_sets.id = rule_set ORDER BY runs.id DESC LIMIT 1";
        let key = store.meta("key")?.unwrap_or_default();
        let last = store.db.query_row(sql, (), |row| {
            let state: String = row.get(5)?;
            let head = Head {
                name: path.display().to_string(),
                rule_set: (row.get(1)?, row.get(2)?),
                options: row.get(3)?,
                started: row.get(4)?,
                key,
                is_finished: state == "finished",
            };
            Ok((row.get(0)?, head))
        });
        let (run, head) = last
            .optional()?
            .ok_or_else(|| Error::store(path, "there is no run in it yet"))?;
        Ok(Self { store, head, run })
    }

    fn gaps(&self, number: i64) -> Result<Vec<FoundGap>, Error> {
        let sql = "SELECT kind, place, reason, undecided, accepted FROM gaps WHERE repository = ?1 ORDER BY rowid";
        let mut statement = self.store.db.prepare_cached(sql)?;
        let rows = statement.query_map([number], |row| {
            let kind: String = row.get(0)?;
            let known = GapKind::from_name(&kind);
            Ok(FoundGap {
                hides: known.is_none_or(crate::engine::hides),
                kind,
                place: row.get(1)?,
                reason: row.get(2)?,
                undecided: row.get(3)?,
                accepted: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn findings(&self, number: i64) -> Result<Vec<Found>, Error> {
        // The merge itself finds out what is gone.
        let sql = "SELECT fingerprint, hash, rule, category, severity, confidence, is_proven, decides, message, path, \
                   member, line, col, end_line, end_col, origin, object, presence, texts, first_commit, author, email, \
                   date, owner, owned_by, accepted_kind, accepted_by, accepted_reason FROM findings \
                   LEFT JOIN secrets ON secrets.id = secret \
                   WHERE repository = ?1 AND state IN ('open', 'history', 'accepted') ORDER BY fingerprint";
        let mut statement = self.store.db.prepare_cached(sql)?;
        let rows = statement.query_map([number], found)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn tips(&self, number: i64) -> Result<Vec<(String, String)>, Error> {
        let sql = "SELECT name, object FROM tips WHERE repository = ?1 ORDER BY name";
        let mut statement = self.store.db.prepare_cached(sql)?;
        let rows = statement.query_map([number], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

fn found(row: &rusqlite::Row<'_>) -> rusqlite::Result<Found> {
    let hash: Option<Vec<u8>> = row.get(1)?;
    let kind: Option<String> = row.get(25)?;
    let texts: i64 = row.get(18)?;
    Ok(Found {
        fingerprint: row.get(0)?,
        secret: hash.map(|hash| hex(&hash)),
        rule: row.get(2)?,
        category: row.get(3)?,
        severity: row.get(4)?,
        confidence: row.get(5)?,
        is_proven: row.get(6)?,
        decides: row.get(7)?,
        message: row.get(8)?,
        path: row.get(9)?,
        member: row.get(10)?,
        line: row.get(11)?,
        col: row.get(12)?,
        end_line: row.get(13)?,
        end_col: row.get(14)?,
        origin: row.get(15)?,
        object: row.get(16)?,
        presence: row.get(17)?,
        texts: texts.unsigned_abs(),
        first_commit: row.get(19)?,
        author: row.get(20)?,
        email: row.get(21)?,
        date: row.get(22)?,
        owner: row.get(23)?,
        owned_by: row.get(24)?,
        accepted: match kind {
            Some(kind) => Some(Accepted {
                kind,
                by: row.get(26)?,
                reason: row.get(27)?,
            }),
            None => None,
        },
    })
}

impl Part for StorePart {
    fn head(&self) -> &Head {
        &self.head
    }

    fn visits(&mut self) -> Result<Vec<Visited>, Error> {
        // A repository without a visit is one whose turn did not come in a run that was cut off.
        let sql = "SELECT host, provider_id, label, location, id, coalesce(outcome, 'none'), coalesce(tries, 0), why, \
                   coalesce(seconds, 0.0) FROM repositories LEFT JOIN visits ON repository = id AND run = ?1 \
                   WHERE last_run = ?1 OR outcome IS NOT NULL ORDER BY host, provider_id";
        let mut statement = self.store.db.prepare(sql)?;
        let rows = statement.query_map([self.run], |row| {
            Ok(Visited {
                host: row.get(0)?,
                provider_id: row.get(1)?,
                label: row.get(2)?,
                location: row.get(3)?,
                number: row.get(4)?,
                outcome: row.get(5)?,
                tries: row.get(6)?,
                why: row.get(7)?,
                seconds: row.get(8)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn rules(&mut self) -> Result<Vec<(String, String)>, Error> {
        let sql = "SELECT digest, rules FROM rule_sets WHERE rules <> ''";
        let mut statement = self.store.db.prepare(sql)?;
        let rows = statement.query_map((), |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn kept(&mut self, number: i64) -> Result<Option<Kept>, Error> {
        let sql = "SELECT state, digest, version, threshold, branch, head, blobs, commits, tags, bytes, is_empty, \
                   judge_again, settings, warnings, seconds, sketch, content FROM coverage \
                   JOIN rule_sets ON rule_sets.id = rule_set JOIN repositories ON repositories.id = repository \
                   WHERE repository = ?1";
        let lines = |text: String| text.lines().map(str::to_owned).collect();
        let kept = self
            .store
            .db
            .prepare_cached(sql)?
            .query_row([number], |row| {
                let count = |at: usize| row.get(at).map(i64::unsigned_abs);
                Ok(Kept {
                    state: row.get(0)?,
                    rule_set: (row.get(1)?, row.get(2)?),
                    branch: row.get(4)?,
                    head: row.get(5)?,
                    seconds: row.get(14)?,
                    sketch: row.get::<_, Option<Vec<u8>>>(15)?.unwrap_or_default(),
                    tips: Vec::new(),
                    content: row.get(16)?,
                    scanned: Scanned {
                        threshold: row.get(3)?,
                        blobs: count(6)?,
                        commits: count(7)?,
                        tags: count(8)?,
                        bytes: count(9)?,
                        is_empty: row.get(10)?,
                        judge_again: row.get(11)?,
                        settings: lines(row.get(12)?),
                        warnings: lines(row.get(13)?),
                        ..Scanned::default()
                    },
                })
            });
        let Some(mut kept) = kept.optional()? else {
            return Ok(None);
        };
        kept.tips = self.tips(number)?;
        kept.scanned.gaps = self.gaps(number)?;
        kept.scanned.findings = self.findings(number)?;
        Ok(Some(kept))
    }
}

impl Store {
    /// Returns the last run if it has finished and had these options.
    pub(crate) fn ended_run(&self, options: &str) -> Result<Option<i64>, Error> {
        let sql = "SELECT id FROM runs WHERE options = ?1 AND state = 'finished' ORDER BY id DESC LIMIT 1";
        Ok(self
            .db
            .query_row(sql, [options], |row| row.get(0))
            .optional()?)
    }

    /// Records a repository of a run that was scanned elsewhere, and returns its number.
    pub(crate) fn note_repository(&mut self, run: Run, visited: &Visited) -> Result<i64, Error> {
        let sql = "INSERT INTO repositories (host, provider_id, label, location, first_run, last_run) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?5) ON CONFLICT (host, provider_id) DO UPDATE SET \
                   label = excluded.label, location = excluded.location, last_run = excluded.last_run RETURNING id";
        let Visited {
            host,
            provider_id,
            label,
            location,
            ..
        } = visited;
        let row = params![host, provider_id, label, location, run.id];
        Ok(self
            .db
            .prepare_cached(sql)?
            .query_row(row, |row| row.get(0))?)
    }

    /// Returns the number of a rule set, recording it if it is new.
    pub(crate) fn rule_set(&mut self, (digest, version): &(String, String)) -> Result<i64, Error> {
        let sql = "INSERT INTO rule_sets (digest, version) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        self.db.execute(sql, [digest, version])?;
        let sql = "SELECT id FROM rule_sets WHERE digest = ?1";
        Ok(self.db.query_row(sql, [digest], |row| row.get(0))?)
    }
}
