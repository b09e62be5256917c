//! What has changed since a run or a day.

use super::estate::Estate;
use crate::clock;
use crate::error::Error;
use crate::store::RunRow;

/// What is said of a finding that was there before other rules found it.
const BY_RULE: &str = "new by a rule";

/// The last run before the period in question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Since(pub(crate) i64);

impl Since {
    /// Parses `last` for what the last run changed, the number of a run for what later runs changed, or a day for what
    /// runs on or after that day changed.
    pub(crate) fn parse(text: &str, estate: &Estate) -> Result<Self, Error> {
        let runs = &estate.runs;
        if text == "last" {
            let last = runs.last().map_or(0, |run| run.id);
            let before = runs.iter().rev().find(|run| run.id < last);
            return Ok(Self(before.map_or(0, |run| run.id)));
        }
        if let Some(start) = clock::start_of(text) {
            let before = |run: &&RunRow| run.started < start;
            return Ok(Self(runs.iter().rfind(before).map_or(0, |run| run.id)));
        }
        let known = || {
            format!(
                "runs are numbered 1 to {}",
                runs.last().map_or(0, |run| run.id)
            )
        };
        let number: i64 = text.parse().map_err(|_| {
            Error::usage(format!(
                "--since {text}: write the number of a run, a day as 2026-01-31, or last; {}",
                known()
            ))
        })?;
        if number != 0 && !runs.iter().any(|run| run.id == number) {
            return Err(Error::usage(format!(
                "--since {number}: there is no such run in the store; {}",
                known()
            )));
        }
        Ok(Self(number))
    }
}

impl Estate {
    /// Keeps only the findings whose state has changed since then, and notes how.
    pub(crate) fn keep_changed(&mut self, since: Since) {
        self.since = Some(since);
        for finding in &mut self.findings {
            let row = &finding.row;
            let is_new = row.first_run > since.0;
            finding.change = match row.state.as_str() {
                // It came and went in between.
                "fixed" if is_new => None,
                "open" | "history" if row.by_rule && row.since_run > since.0 => Some(BY_RULE),
                _ if is_new && row.by_rule => Some(BY_RULE),
                _ if is_new => Some("new"),
                _ if row.since_run <= since.0 => None,
                "fixed" if row.by_rule => Some("no longer looked for"),
                "fixed" => Some("gone"),
                "history" => Some("moved to history"),
                "accepted" => Some("accepted"),
                "unseen" => Some("not seen"),
                _ => Some("back"),
            };
        }
        self.findings.retain(|finding| finding.change.is_some());
    }
}
