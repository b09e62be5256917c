//! Repositories: how far each is covered, and its verdict but for its findings.

use std::collections::HashMap;

use gonogo::model::Verdict;

use super::words::count;
use crate::error::Error;
use crate::store::{CoverageRow, GapRow, RepositoryRow, Store, VisitRow};

/// What a repository is of which all was read.
pub(crate) const COVERED: &str = "covered";

/// What one is in which there is nothing.
pub(crate) const EMPTY: &str = "empty";

/// What one is of which something could not be read.
pub(crate) const IN_PART: &str = "in part";

/// What one is that was not read at all, or not in the last run that was to.
pub(crate) const NOT_COVERED: &str = "not covered";

/// A repository and its verdict.
pub(crate) struct Repository {
    pub(crate) row: RepositoryRow,
    pub(crate) coverage: Option<CoverageRow>,
    pub(crate) visit: Option<VisitRow>,
    pub(crate) gaps: Vec<GapRow>,
    pub(crate) verdict: Verdict,
    /// Why the verdict is undecided, or the repository not covered.
    pub(crate) why: Option<String>,
}

impl Repository {
    /// Returns how far the last run that was to cover it did so: `covered` if all of it was read.
    pub(crate) fn reach(&self) -> &'static str {
        let visit = self.visit.as_ref();
        let is_read = visit.is_none_or(|it| matches!(it.outcome.as_str(), "covered" | "unchanged"));
        match &self.coverage {
            Some(coverage) if is_read && coverage.is_empty => EMPTY,
            Some(_) if is_read && self.gaps.iter().any(|gap| gap.undecided) => IN_PART,
            Some(_) if is_read => COVERED,
            _ => NOT_COVERED,
        }
    }
}

/// Reads all repositories from a store, in the order of their labels.
pub(super) fn repositories(store: &Store) -> Result<Vec<Repository>, Error> {
    let mut coverage: HashMap<i64, CoverageRow> = store
        .coverage()?
        .into_iter()
        .map(|it| (it.repository, it))
        .collect();
    let mut visits: HashMap<i64, VisitRow> = store
        .visits()?
        .into_iter()
        .map(|it| (it.repository, it))
        .collect();
    let mut gaps: HashMap<i64, Vec<GapRow>> = HashMap::new();
    for gap in store.gaps()? {
        gaps.entry(gap.repository).or_default().push(gap);
    }
    let mut all: Vec<Repository> = store
        .repositories()?
        .into_iter()
        .map(|row| {
            let mut repository = Repository {
                coverage: coverage.remove(&row.id),
                visit: visits.remove(&row.id),
                gaps: gaps.remove(&row.id).unwrap_or_default(),
                row,
                verdict: Verdict::Go,
                why: None,
            };
            repository.why = why_open(&repository);
            if repository.why.is_some() {
                repository.verdict = Verdict::Undecided;
            }
            repository
        })
        .collect();
    all.sort_by(|a, b| {
        (&a.row.label, &a.row.host, &a.row.provider_id).cmp(&(
            &b.row.label,
            &b.row.host,
            &b.row.provider_id,
        ))
    });
    Ok(all)
}

/// Returns what leaves the verdict on a repository undecided.
fn why_open(repository: &Repository) -> Option<String> {
    let visit = repository.visit.as_ref();
    let failed = visit.filter(|visit| matches!(visit.outcome.as_str(), "failed" | "waiting"));
    if let Some(visit) = failed {
        return Some(
            visit
                .why
                .clone()
                .unwrap_or_else(|| "it was not scanned yet".to_owned()),
        );
    }
    let Some(coverage) = &repository.coverage else {
        return Some("it was not scanned yet".to_owned());
    };
    if coverage.is_empty {
        return Some("it is empty: there is nothing in it to scan".to_owned());
    }
    let mut open = repository.gaps.iter().filter(|gap| gap.undecided);
    let first = open.next()?;
    let more = match open.count() {
        0 => String::new(),
        n => format!(" (and {})", count(n, "more gap")),
    };
    Some(format!("{}: {}{more}", first.place, first.reason))
}
