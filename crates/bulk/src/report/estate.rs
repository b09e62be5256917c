//! Everything in a store, joined and judged.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use gonogo::model::{Severity, Verdict};
use gonogo::scan::redacted;

use super::priority::{self, Priority};
use super::repository::{Repository, repositories};
use super::since::Since;
use crate::clock;
use crate::error::Error;
use crate::owners::{CODE_OWNERS, Mapping, plain_name};
use crate::store::{Change, Decision, FindingRow, RunRow, Store, Sums};

/// What a report is limited to.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    /// A part of an owner's name.
    pub(crate) owner: Option<String>,
    /// A part of a repository's name, or its whole location.
    pub(crate) repository: Option<String>,
}

/// Everything that is known.
pub(crate) struct Estate {
    /// In the order of their labels.
    pub(crate) repositories: Vec<Repository>,
    /// The most urgent first.
    pub(crate) findings: Vec<Finding>,
    pub(crate) runs: Vec<RunRow>,
    pub(crate) changes: Vec<Change>,
    /// By number of the secret: whether the value is still in use, if that was compared.
    pub(crate) in_use: BTreeMap<i64, bool>,
    pub(crate) since: Option<Since>,
    /// What all repositories came to at the end of runs; nothing if only some are considered.
    pub(crate) sums: BTreeMap<i64, Sums>,
}

/// Where a finding stands in the work of a team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// In what is shipped.
    Open,
    /// In the history only.
    History,
    /// It was there, but what would show whether it still is could not be read.
    Unseen,
    /// Accepted by the repository itself.
    Accepted { by: String, reason: String },
    /// Accepted, or declared a false positive, by a decision in the store.
    Decided(Decision),
    /// No longer there.
    Fixed,
    /// No rule looks for it any more, so that nothing is known of it.
    Retired,
}

impl Standing {
    /// Whether something remains to be done.
    fn is_open(&self) -> bool {
        matches!(self, Self::Open | Self::History | Self::Unseen)
    }

    /// Returns the word for it in reports.
    pub(crate) fn word(&self) -> &str {
        match self {
            Self::Open => "open",
            Self::History => "history",
            Self::Unseen => "unseen",
            Self::Accepted { .. } => "accepted",
            Self::Decided(decision) => &decision.kind,
            Self::Fixed => "fixed",
            Self::Retired => "retired",
        }
    }
}

/// A finding with its priority.
pub(crate) struct Finding {
    pub(crate) row: FindingRow,
    /// The index of its repository in the estate.
    pub(crate) repository: usize,
    pub(crate) standing: Standing,
    /// Whether it means NO-GO.
    pub(crate) decides: bool,
    pub(crate) owner: Option<String>,
    pub(crate) owned_by: Option<String>,
    pub(crate) priority: Priority,
    /// What has become of it since the time that was asked for.
    pub(crate) change: Option<&'static str>,
}

impl Finding {
    /// Whether something remains to be done about it.
    pub(crate) fn is_open(&self) -> bool {
        self.standing.is_open()
    }

    /// Returns its place, as reports name it.
    pub(crate) fn place(&self) -> String {
        let row = &self.row;
        if row.path.is_empty() {
            let object = row.object.as_deref().unwrap_or_default();
            let what = if row.origin == "tag-message" {
                "tag"
            } else {
                "commit"
            };
            return format!("message of {what} {}", object.get(..12).unwrap_or(object));
        }
        match &row.member {
            Some(member) => format!("{}!{member}:{}", row.path, row.region[0]),
            None => format!("{}:{}", row.path, row.region[0]),
        }
    }
}

impl Estate {
    /// Reads everything from a store.
    pub(crate) fn read(store: &Store, mapping: &Mapping, filter: &Filter) -> Result<Self, Error> {
        let mut repositories = repositories(store)?;
        let (mut in_use, mut compared) = (BTreeMap::new(), HashMap::new());
        for secret in store.secrets()? {
            in_use.extend(secret.in_use.map(|used| (secret.id, used)));
            compared.extend(secret.compared.map(|at| (secret.id, at)));
        }
        let rows = store.findings()?;
        let judge = Judge {
            decisions: decisions(store)?,
            spread: spread(&rows),
            in_use: &in_use,
            compared,
            mapping,
        };
        let numbered = (0..).zip(&repositories);
        let numbers: HashMap<i64, usize> = numbered.map(|(at, it)| (it.row.id, at)).collect();
        let judged = rows.into_iter().filter_map(|row| {
            let at = *numbers.get(&row.repository)?;
            Some(judge.finding(row, at, &repositories[at]))
        });
        let mut findings: Vec<Finding> = judged.collect();
        findings.sort_by(|one, other| {
            let key = |it: &Finding| {
                let points = Reverse(it.priority.points);
                (!it.is_open(), !it.decides, points, it.repository)
            };
            key(one)
                .cmp(&key(other))
                .then_with(|| one.row.fingerprint.cmp(&other.row.fingerprint))
        });
        for finding in findings.iter().filter(|finding| finding.decides) {
            repositories[finding.repository].verdict = Verdict::NoGo;
        }
        let mut estate = Self {
            repositories,
            findings,
            runs: store.runs()?,
            changes: store.changes()?,
            in_use,
            since: None,
            sums: if filter.owner.is_none() && filter.repository.is_none() {
                store.sums()?
            } else {
                BTreeMap::new()
            },
        };
        estate.limit(filter)?;
        estate.mask_names();
        Ok(estate)
    }

    /// Masks credentials in the names of repositories. Only in what is shown: the store needs the real locations.
    fn mask_names(&mut self) {
        for row in self.repositories.iter_mut().map(|it| &mut it.row) {
            for text in [&mut row.label, &mut row.location, &mut row.provider_id] {
                *text = masked(text);
            }
        }
    }

    /// Keeps only what matches the filter.
    fn limit(&mut self, filter: &Filter) -> Result<(), Error> {
        if let Some(wanted) = &filter.repository {
            let row = |it: &Repository| (it.row.label.clone(), it.row.location.clone());
            let is_exact = |it: &Repository| {
                let (label, location) = row(it);
                label == *wanted
                    || location == *wanted
                    || format!("{}/{}", it.row.host, it.row.provider_id) == *wanted
            };
            let has_exact = self.repositories.iter().any(is_exact);
            let keep = |it: &Repository| {
                is_exact(it) || !has_exact && it.row.label.contains(wanted.as_str())
            };
            self.keep_repositories(keep);
            if self.repositories.is_empty() {
                return Err(Error::usage(format!(
                    "there is no repository `{wanted}` in the store: see `gonogo bulk status`"
                )));
            }
        }
        if let Some(wanted) = &filter.owner {
            let wanted = plain_name(wanted).to_lowercase();
            let is_wanted = |it: &Finding| {
                it.owner
                    .as_ref()
                    .is_some_and(|owner| owner.to_lowercase().contains(&wanted))
            };
            self.findings.retain(is_wanted);
            let with: std::collections::BTreeSet<usize> =
                self.findings.iter().map(|it| it.repository).collect();
            let ids: Vec<i64> = with
                .into_iter()
                .map(|at| self.repositories[at].row.id)
                .collect();
            self.keep_repositories(|it| ids.contains(&it.row.id));
            if self.findings.is_empty() {
                return Err(Error::usage(format!("no finding has the owner `{wanted}`")));
            }
        }
        Ok(())
    }

    fn keep_repositories(&mut self, keep: impl Fn(&Repository) -> bool) {
        let mut numbers = Vec::with_capacity(self.repositories.len());
        let mut next = 0;
        for repository in &self.repositories {
            let is_kept = keep(repository);
            numbers.push(is_kept.then_some(next));
            next += usize::from(is_kept);
        }
        self.repositories.retain(&keep);
        self.findings
            .retain_mut(|finding| match numbers[finding.repository] {
                Some(number) => {
                    finding.repository = number;
                    true
                }
                None => false,
            });
    }

    /// Returns how many findings are in each state.
    pub(crate) fn states(&self) -> BTreeMap<&str, usize> {
        let mut states = BTreeMap::new();
        for finding in &self.findings {
            *states.entry(finding.standing.word()).or_default() += 1;
        }
        states
    }

    /// Returns the verdict on all repositories together.
    pub(crate) fn verdict(&self) -> Verdict {
        let has = |verdict| self.repositories.iter().any(|it| it.verdict == verdict);
        if has(Verdict::NoGo) {
            Verdict::NoGo
        } else if has(Verdict::Undecided) || self.repositories.is_empty() {
            Verdict::Undecided
        } else {
            Verdict::Go
        }
    }
}

/// What is needed to judge a finding.
struct Judge<'a> {
    /// The decisions in force today, by fingerprint.
    decisions: HashMap<String, Vec<Decision>>,
    /// How many repositories each secret is in.
    spread: HashMap<i64, usize>,
    in_use: &'a BTreeMap<i64, bool>,
    /// When that was found out.
    compared: HashMap<i64, i64>,
    mapping: &'a Mapping,
}

impl Judge<'_> {
    fn finding(&self, row: FindingRow, repository: usize, of: &Repository) -> Finding {
        let decided = self.decisions.get(&row.fingerprint);
        let is_about = |it: &&Decision| it.is_about(&row.fingerprint, row.repository);
        let standing = standing(&row, decided.and_then(|all| all.iter().find(is_about)));
        let severity = row.severity.parse().unwrap_or(Severity::Info);
        let threshold = of
            .coverage
            .as_ref()
            .and_then(|it| it.threshold.parse().ok());
        let spread = row.secret.and_then(|secret| self.spread.get(&secret));
        let in_use = row.secret.and_then(|secret| {
            let at = self.compared.get(&secret).copied().unwrap_or_default();
            Some((*self.in_use.get(&secret)?, at))
        });
        let spread = spread.copied().unwrap_or(1);
        let priority = priority::of(&row, severity, spread, in_use);
        let (owner, owned_by) = owner(&row, &of.row.label, self.mapping);
        let reaches = severity >= threshold.unwrap_or(Severity::High);
        Finding {
            decides: standing.is_open() && row.decides && reaches,
            row,
            repository,
            standing,
            owner,
            owned_by,
            priority,
            change: None,
        }
    }
}

/// Returns the decisions in force today, by fingerprint.
fn decisions(store: &Store) -> Result<HashMap<String, Vec<Decision>>, Error> {
    let today = clock::today();
    let mut decisions: HashMap<String, Vec<Decision>> = HashMap::new();
    for decision in store.decisions()? {
        if decision.counts(&today) {
            let of = decisions.entry(decision.fingerprint.clone()).or_default();
            of.push(decision);
        }
    }
    Ok(decisions)
}

/// Returns how many repositories each secret is still in.
fn spread(rows: &[FindingRow]) -> HashMap<i64, usize> {
    let mut places: Vec<(i64, i64)> = rows
        .iter()
        .filter(|row| row.state != "fixed")
        .filter_map(|row| Some((row.secret?, row.repository)))
        .collect();
    places.sort_unstable();
    places.dedup();
    let mut spread = HashMap::new();
    for (secret, _) in places {
        *spread.entry(secret).or_default() += 1;
    }
    spread
}

fn standing(row: &FindingRow, decided: Option<&Decision>) -> Standing {
    match (row.state.as_str(), decided) {
        ("fixed", _) if row.by_rule => Standing::Retired,
        ("fixed", _) => Standing::Fixed,
        ("accepted", _) => {
            let (_, by, reason) = row.accepted.clone().unwrap_or_default();
            Standing::Accepted { by, reason }
        }
        (_, Some(decision)) => Standing::Decided(decision.clone()),
        ("history", None) => Standing::History,
        ("unseen", None) => Standing::Unseen,
        _ => Standing::Open,
    }
}

/// Returns the owner, and where that is stated.
fn owner(row: &FindingRow, label: &str, mapping: &Mapping) -> (Option<String>, Option<String>) {
    let known = || (row.owner.clone(), row.owned_by.clone());
    if row.owned_by.as_deref() == Some(CODE_OWNERS) {
        return known();
    }
    // Who committed last may be a program, or may have left: a line about this repository says more.
    let mapped = mapping.owners(label, &row.path);
    if let Some((owner, _)) = mapped.filter(|(_, names)| *names || row.owner.is_none()) {
        return (Some(owner.to_owned()), Some("mapping".to_owned()));
    }
    if row.owner.is_some() {
        return known();
    }
    match row.email.as_ref().filter(|email| !email.is_empty()) {
        Some(email) => (Some(email.clone()), Some("first author".to_owned())),
        None => (None, None),
    }
}

/// Masks credentials among the parts of a path or address; separators and ordinary names stay.
pub(crate) fn masked(text: &str) -> String {
    let names = text.split('/').map(|name| {
        // Shorter names, such as those of temporary directories, often look random by chance.
        if name.len() < 12 {
            name.into()
        } else {
            redacted(name)
        }
    });
    names.collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_repositories_show_no_credential_and_stay_legible_otherwise() {
        let token = ["gh", "p_", "q8Zk3nP0vWx7Lm2RtY5uB9cD4eF6gH1jK0aS"].concat();
        let shown = masked(&format!("/srv/mirrors/a-{token}.git"));
        assert!(
            shown.starts_with("/srv/mirrors/") && !shown.contains(&token[8..20]),
            "{shown}"
        );
        for plain in [
            "/srv/mirrors/payment-service.git",
            "https://git.example.org/acme/web-application",
        ] {
            assert_eq!(masked(plain), plain);
        }
    }
}
