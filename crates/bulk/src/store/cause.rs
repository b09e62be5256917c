//! Why findings come and go: because the repository changed, or because it was read under other rules.

use std::collections::BTreeSet;

use gonogo::model::GapKind;
use rusqlite::{Connection, OptionalExtension};

use super::commit::Covered;
use super::runs::Run;
use crate::engine;

/// What has changed about the rules since a repository was last read.
#[derive(Default)]
pub(super) struct Cause {
    /// Rules that are only in the newer set.
    added: BTreeSet<String>,
    /// Rules that are only in the earlier set.
    removed: BTreeSet<String>,
    /// Whether the repository holds what it held then, all of which was read, so that nothing else can be the cause.
    is_same: bool,
    /// Whether the sets differ.
    is_changed: bool,
}

impl Cause {
    /// Compares the rules of a run with those under which its repository was last read.
    pub(super) fn of(db: &Connection, run: Run, covered: &Covered<'_>) -> rusqlite::Result<Self> {
        let sql = "SELECT rule_set, content, rules FROM coverage JOIN rule_sets ON rule_sets.id = rule_set \
                   WHERE repository = ?1";
        let before: Option<(i64, String, String)> = db
            .prepare_cached(sql)?
            .query_row([covered.repository], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((_, content, rules)) = before.filter(|it| it.0 != run.rule_set) else {
            return Ok(Self::default());
        };
        let sql = "SELECT rules FROM rule_sets WHERE id = ?1";
        let now: String = db
            .prepare_cached(sql)?
            .query_row([run.rule_set], |row| row.get(0))?;
        // Of an older store the names are not known.
        let (old, new) = if rules.is_empty() || now.is_empty() {
            Default::default()
        } else {
            (names(&rules), names(&now))
        };
        let hides = covered.scanned.gaps.iter().any(|gap| gap.hides);
        Ok(Self {
            added: new
                .difference(&old)
                .map(|name| (*name).to_owned())
                .collect(),
            removed: old
                .difference(&new)
                .map(|name| (*name).to_owned())
                .collect(),
            is_same: !content.is_empty()
                && content == covered.content
                && !hides
                && !hid(db, covered.repository)?,
            is_changed: true,
        })
    }

    /// Whether a finding that was not there before is there only because of the rules.
    pub(super) fn brings(&self, rule: &str) -> bool {
        self.is_same || self.added.contains(rule)
    }

    /// Whether a finding that is not there any more is missing only because of the rules; `is_elsewhere` says that
    /// another rule has found the same secret in the same file.
    pub(super) fn takes(&self, rule: &str, is_elsewhere: bool) -> bool {
        self.is_same || self.removed.contains(rule) || self.is_changed && is_elsewhere
    }
}

fn names(text: &str) -> BTreeSet<&str> {
    text.lines().collect()
}

/// Whether something could not be read the last time that may have hidden findings.
fn hid(db: &Connection, repository: i64) -> rusqlite::Result<bool> {
    let mut statement =
        db.prepare_cached("SELECT DISTINCT kind FROM gaps WHERE repository = ?1")?;
    let kinds = statement.query_map([repository], |row| row.get::<_, String>(0))?;
    for kind in kinds {
        if GapKind::from_name(&kind?).is_none_or(engine::hides) {
            return Ok(true);
        }
    }
    Ok(false)
}
