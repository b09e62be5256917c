//! Stores the result for one repository in one transaction: all of it or nothing.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::cause::Cause;
use super::runs::Run;
use super::{Store, unhex};
use crate::clock;
use crate::error::Error;
use crate::worker::protocol::{Found, Scanned};

/// A repository that was scanned.
pub(crate) struct Covered<'a> {
    pub(crate) repository: i64,
    pub(crate) scanned: &'a Scanned,
    /// Identifies its state, and so stays the same while nothing changes in it.
    pub(crate) state: &'a str,
    pub(crate) tips: &'a [(String, String)],
    pub(crate) branch: Option<&'a str>,
    pub(crate) head: Option<&'a str>,
    pub(crate) sketch: &'a [u8],
    /// Identifies what is in it, whatever is looked for.
    pub(crate) content: &'a str,
    pub(crate) tries: u32,
    pub(crate) seconds: f64,
}

/// A repository that could not be scanned.
pub(crate) struct Failed<'a> {
    pub(crate) repository: i64,
    pub(crate) why: &'a str,
    pub(crate) tries: u32,
    pub(crate) seconds: f64,
    /// Whether it will be tried again in this run.
    pub(crate) is_waiting: bool,
}

/// What follows a state in the list of changes if other rules are the cause.
pub(crate) const BY_RULE: &str = " by rule";

/// What is known about a finding from earlier runs.
struct Known {
    id: i64,
    state: String,
    secret: Option<i64>,
    rule: String,
    path: String,
    /// Whether it came or went because of the rules.
    by_rule: bool,
}

impl Store {
    /// Stores the result of a scan.
    pub(crate) fn commit(&mut self, run: Run, covered: &Covered<'_>) -> Result<(), Error> {
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        put_findings(&transaction, run, covered)?;
        put_coverage(&transaction, run, covered)?;
        put_visit(
            &transaction,
            run,
            (covered.repository, "covered"),
            (covered.tries, None, covered.seconds),
        )?;
        transaction.commit()?;
        Ok(())
    }

    /// Records that nothing has changed in these repositories.
    pub(crate) fn commit_unchanged(&mut self, run: Run, repositories: &[i64]) -> Result<(), Error> {
        let transaction = self
            .db
            .transaction_with_behavior(TransactionBehavior::Immediate)?;
        for repository in repositories {
            put_visit(
                &transaction,
                run,
                (*repository, "unchanged"),
                (0, None, 0.0),
            )?;
        }
        transaction.commit()?;
        Ok(())
    }

    /// Records that a repository is not covered. What was known about it stays.
    pub(crate) fn commit_failed(&mut self, run: Run, failed: &Failed<'_>) -> Result<(), Error> {
        let outcome = if failed.is_waiting {
            "waiting"
        } else {
            "failed"
        };
        let how = (failed.tries, Some(failed.why), failed.seconds);
        put_visit(&self.db, run, (failed.repository, outcome), how)?;
        Ok(())
    }

    /// Returns the state of a repository when it was last covered, and the day on which it must be judged again.
    pub(crate) fn state_of(
        &self,
        repository: i64,
    ) -> Result<Option<(String, Option<String>)>, Error> {
        let sql = "SELECT state, judge_again FROM coverage WHERE repository = ?1";
        let mut statement = self.db.prepare_cached(sql)?;
        let state = statement.query_row([repository], |row| Ok((row.get(0)?, row.get(1)?)));
        Ok(state.optional()?)
    }
}

fn put_visit(
    db: &Connection,
    run: Run,
    (repository, outcome): (i64, &str),
    (tries, why, seconds): (u32, Option<&str>, f64),
) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO visits (run, repository, outcome, tries, why, seconds) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = db.prepare_cached(sql)?;
    statement
        .execute(params![run.id, repository, outcome, tries, why, seconds])
        .map(drop)
}

fn put_coverage(db: &Connection, run: Run, covered: &Covered<'_>) -> rusqlite::Result<()> {
    let Covered {
        repository,
        scanned,
        ..
    } = covered;
    let lines = |lines: &[String]| lines.join("\n");
    let sql = "INSERT OR REPLACE INTO coverage (repository, run, at, state, rule_set, threshold, branch, head, blobs, \
               commits, tags, bytes, is_empty, judge_again, settings, warnings, seconds, content) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)";
    let mut statement = db.prepare_cached(sql)?;
    statement.execute(params![
        repository,
        run.id,
        clock::now(),
        covered.state,
        run.rule_set,
        scanned.threshold,
        covered.branch,
        covered.head,
        small(scanned.blobs),
        small(scanned.commits),
        small(scanned.tags),
        small(scanned.bytes),
        scanned.is_empty,
        scanned.judge_again,
        lines(&scanned.settings),
        lines(&scanned.warnings),
        covered.seconds,
        covered.content,
    ])?;
    let sql = "UPDATE repositories SET sketch = ?2 WHERE id = ?1";
    db.prepare_cached(sql)?
        .execute(params![repository, covered.sketch])?;
    db.prepare_cached("DELETE FROM gaps WHERE repository = ?1")?
        .execute([repository])?;
    let sql = "INSERT INTO gaps (repository, kind, place, reason, undecided, accepted) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let mut statement = db.prepare_cached(sql)?;
    for gap in &scanned.gaps {
        statement.execute(params![
            repository,
            gap.kind,
            gap.place,
            gap.reason,
            gap.undecided,
            gap.accepted
        ])?;
    }
    db.prepare_cached("DELETE FROM tips WHERE repository = ?1")?
        .execute([repository])?;
    let sql = "INSERT OR REPLACE INTO tips (repository, name, object) VALUES (?1, ?2, ?3)";
    let mut statement = db.prepare_cached(sql)?;
    for (name, object) in covered.tips {
        statement.execute(params![repository, name, object])?;
    }
    Ok(())
}

fn put_findings(db: &Connection, run: Run, covered: &Covered<'_>) -> rusqlite::Result<()> {
    let repository = covered.repository;
    let mut known = known(db, repository)?;
    let cause = Cause::of(db, run, covered)?;
    // The secrets that were found, with their files.
    let mut places: BTreeSet<(i64, &str)> = BTreeSet::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let hides = covered.scanned.gaps.iter().any(|gap| gap.hides);
    let unseen = if hides {
        unseen(&known, &covered.scanned.findings)
    } else {
        BTreeSet::new()
    };
    for found in &covered.scanned.findings {
        // Findings that count come before accepted ones, so they win.
        if !done.insert(&found.fingerprint) {
            continue;
        }
        let secret = found.secret.as_deref().and_then(unhex);
        let secret = secret.map(|hash| secret_id(db, &hash)).transpose()?;
        places.extend(secret.map(|secret| (secret, found.path.as_str())));
        let state = state(found);
        let before = known.remove(&found.fingerprint);
        // Where the place of a secret could not be read, another place of it is no news: the first one still counts.
        if before.is_none() && secret.is_some_and(|secret| unseen.contains(&secret)) {
            continue;
        }
        let is_new = before.as_ref().is_none_or(|before| before.state != state);
        let by_rule = match before.as_ref() {
            Some(before) if before.state == "accepted" => false,
            Some(before) if before.state != "fixed" => before.by_rule,
            _ => cause.brings(&found.rule),
        };
        let id = if let Some(before) = before {
            let sql = "UPDATE findings SET last_run = ?2 WHERE id = ?1";
            db.prepare_cached(sql)?
                .execute(params![before.id, run.id])?;
            before.id
        } else {
            let sql = "INSERT INTO findings (repository, fingerprint, first_run, last_run, since_run, rule, \
                           category, severity, confidence, is_proven, decides, message, path, line, col, end_line, \
                           end_col, origin, texts, state) VALUES (?1, ?2, ?3, ?3, ?3, '', '', '', '', 0, 0, '', '', 0, \
                           0, 0, 0, '', 0, 'open')";
            let fingerprint = &found.fingerprint;
            db.prepare_cached(sql)?
                .execute(params![repository, fingerprint, run.id])?;
            db.last_insert_rowid()
        };
        fill(db, id, secret, found)?;
        if is_new {
            change(db, id, run, (state, by_rule))?;
        }
    }
    // What is missing is known to be gone only if everything could be read.
    let gone = if hides { "unseen" } else { "fixed" };
    for before in known.into_values() {
        let is_elsewhere = before
            .secret
            .is_some_and(|secret| places.contains(&(secret, &before.path)));
        // What no rule looks for any more cannot be seen, whatever else could be read.
        let by_rule = cause.takes(&before.rule, is_elsewhere);
        let gone = if by_rule { "fixed" } else { gone };
        if before.state != "fixed" && before.state != gone {
            change(db, before.id, run, (gone, by_rule))?;
        }
    }
    Ok(())
}

fn known(db: &Connection, repository: i64) -> rusqlite::Result<BTreeMap<String, Known>> {
    let sql = "SELECT fingerprint, id, state, secret, rule, path, by_rule FROM findings WHERE repository = ?1";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([repository], |row| {
        let known = Known {
            id: row.get(1)?,
            state: row.get(2)?,
            secret: row.get(3)?,
            rule: row.get(4)?,
            path: row.get(5)?,
            by_rule: row.get(6)?,
        };
        Ok((row.get(0)?, known))
    })?;
    rows.collect()
}

/// Returns the secrets of findings that still count and were not found this time.
fn unseen(known: &BTreeMap<String, Known>, found: &[Found]) -> BTreeSet<i64> {
    let found: BTreeSet<&str> = found.iter().map(|it| it.fingerprint.as_str()).collect();
    let missing = known.iter().filter(|(fingerprint, before)| {
        before.state != "fixed" && !found.contains(fingerprint.as_str())
    });
    missing.filter_map(|(_, before)| before.secret).collect()
}

fn secret_id(db: &Connection, hash: &[u8]) -> rusqlite::Result<i64> {
    let find = "SELECT id FROM secrets WHERE hash = ?1";
    let known = db.prepare_cached(find)?.query_row([hash], |row| row.get(0));
    if let Some(id) = known.optional()? {
        return Ok(id);
    }
    db.prepare_cached("INSERT INTO secrets (hash) VALUES (?1)")?
        .execute([hash])?;
    Ok(db.last_insert_rowid())
}

/// Returns the state of a finding.
fn state(found: &Found) -> &'static str {
    match found.presence.as_deref() {
        _ if found.accepted.is_some() => "accepted",
        None | Some("head") => "open",
        Some(_) => "history",
    }
}

fn change(
    db: &Connection,
    finding: i64,
    run: Run,
    (state, by_rule): (&str, bool),
) -> rusqlite::Result<()> {
    let sql = "UPDATE findings SET state = ?2, since_run = ?3, by_rule = ?4 WHERE id = ?1";
    db.prepare_cached(sql)?
        .execute(params![finding, state, run.id, by_rule])?;
    let state = if by_rule {
        format!("{state}{BY_RULE}")
    } else {
        state.to_owned()
    };
    let sql = "INSERT OR REPLACE INTO changes (finding, run, state) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)?
        .execute(params![finding, run.id, state])?;
    Ok(())
}

/// Writes what is now known about a finding.
fn fill(db: &Connection, id: i64, secret: Option<i64>, found: &Found) -> rusqlite::Result<()> {
    let sql = "UPDATE findings SET secret = ?2, rule = ?3, category = ?4, severity = ?5, confidence = ?6, \
               is_proven = ?7, decides = ?8, message = ?9, path = ?10, member = ?11, line = ?12, col = ?13, \
               end_line = ?14, end_col = ?15, origin = ?16, object = ?17, presence = ?18, texts = ?19, \
               first_commit = ?20, author = ?21, email = ?22, date = ?23, owner = ?24, owned_by = ?25, \
               accepted_kind = ?26, accepted_by = ?27, accepted_reason = ?28 WHERE id = ?1";
    let accepted = found.accepted.as_ref();
    db.prepare_cached(sql)?.execute(params![
        id,
        secret,
        found.rule,
        found.category,
        found.severity,
        found.confidence,
        found.is_proven,
        found.decides,
        found.message,
        found.path,
        found.member,
        found.line,
        found.col,
        found.end_line,
        found.end_col,
        found.origin,
        found.object,
        found.presence,
        small(found.texts),
        found.first_commit,
        found.author,
        found.email,
        found.date,
        found.owner,
        found.owned_by,
        accepted.map(|it| &it.kind),
        accepted.map(|it| &it.by),
        accepted.map(|it| &it.reason),
    ])?;
    Ok(())
}

/// Returns a count as SQLite stores it.
fn small(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
