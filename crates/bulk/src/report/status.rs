//! What is covered and what is not, which rules have read what, and a gate for jobs that run after a night.

use std::collections::BTreeMap;

use clap::ValueEnum;
use gonogo::model::Verdict;

use super::estate::Estate;
use super::repository::{COVERED, EMPTY, IN_PART, NOT_COVERED, Repository};
use super::since::Since;
use super::trend::trend;
use super::words::{count, headline, thousands};
use crate::cli::visible;
use crate::clock;

/// How many repositories that are covered in part are named at the end of a run.
const MOST_NAMED: usize = 20;

/// What a gate asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Gate {
    /// Nothing that decides is new since the last run.
    New,
    /// Nothing decides.
    All,
}

/// Returns all repositories by how far they are covered, not too long ago.
fn states(estate: &Estate, stale_after: i64) -> BTreeMap<&'static str, Vec<&Repository>> {
    let mut states: BTreeMap<&str, Vec<&Repository>> = BTreeMap::new();
    for repository in &estate.repositories {
        let reach = repository.reach();
        let is_stale = reach != NOT_COVERED && is_stale(repository, estate, stale_after);
        let state = if is_stale { "stale" } else { reach };
        states.entry(state).or_default().push(repository);
    }
    states
}

/// Whether it was scanned too long ago; a repository that was unchanged in a run counts as scanned in that run.
fn is_stale(repository: &Repository, estate: &Estate, stale_after: i64) -> bool {
    let run = repository
        .visit
        .as_ref()
        .map_or(repository.row.last_run, |visit| visit.run);
    let run = estate.runs.iter().find(|it| it.id == run);
    let last = run.map(|run| run.ended.unwrap_or(run.started));
    let last = last.or(repository.coverage.as_ref().map(|it| it.at));
    last.is_none_or(|last| clock::now() - last > stale_after * 86_400)
}

/// Returns the status as text.
pub(crate) fn text(estate: &Estate, stale_after: i64, lists_all: bool) -> String {
    let mut text = headline(estate);
    if let Some(run) = estate.runs.last() {
        let how = match run.state.as_str() {
            "going" => "goes on, or was cut off: start the same command again",
            "stopped" => "was given up",
            _ => "has ended",
        };
        text.push_str(&format!(
            "run {} of {} {how}\n",
            run.id,
            clock::minute(run.started)
        ));
    }
    if let Some(point) = trend(estate).last() {
        let by_rule = match point.sums.by_rule {
            0 => String::new(),
            n => format!(", {} by other rules", thousands(n)),
        };
        text.push_str(&format!(
            "in it: {} new, {} gone or accepted{by_rule}\n",
            count(point.sums.new, "finding"),
            thousands(point.sums.gone)
        ));
    }
    for (state, repositories) in &states(estate, stale_after) {
        text.push_str(&format!("{state}: {}\n", thousands(repositories.len())));
        if *state == COVERED && !lists_all {
            continue;
        }
        for repository in repositories {
            let tries = repository.visit.as_ref().map_or(0, |visit| visit.tries);
            let why = repository.why.clone().unwrap_or_default();
            let why = if why.is_empty() {
                String::new()
            } else {
                format!(": {}", visible(&why))
            };
            let tries = if tries > 1 {
                format!(" ({tries} tries)")
            } else {
                String::new()
            };
            text.push_str(&format!(
                "  {} {}{why}{tries}\n",
                repository.verdict,
                visible(&repository.row.label)
            ));
        }
    }
    text
}

/// Returns what a run comes down to: the verdict, how far all is covered, and what is covered in part, which a run does
/// not say otherwise.
pub(crate) fn closing(estate: &Estate) -> String {
    let mut text = headline(estate);
    let mut reach: BTreeMap<&str, usize> = BTreeMap::new();
    for repository in &estate.repositories {
        *reach.entry(repository.reach()).or_default() += 1;
    }
    let parts: Vec<String> = reach
        .iter()
        .map(|(reach, number)| format!("{} {reach}", thousands(*number)))
        .collect();
    text.push_str(&format!("coverage: {}\n", parts.join(", ")));
    let last = estate.runs.last().map_or(0, |run| run.id);
    let is_left = |it: &&Repository| {
        it.row.last_run < last && it.visit.as_ref().is_none_or(|visit| visit.run < last)
    };
    let left = estate.repositories.iter().filter(is_left).count();
    if left > 0 {
        let what = count(left, "repository");
        text.push_str(&format!(
            "{what} of the store not named this time, and as before\n"
        ));
    }
    let mut in_part = estate
        .repositories
        .iter()
        .filter(|it| it.reach() == IN_PART);
    for repository in in_part.by_ref().take(MOST_NAMED) {
        text.push_str(&format!(
            "  in part: {}: {}\n",
            visible(&repository.row.label),
            visible(repository.why.as_deref().unwrap_or_default())
        ));
    }
    match in_part.count() {
        0 => {}
        more => text.push_str(&format!(
            "  and {}: see `gonogo bulk status`\n",
            thousands(more)
        )),
    }
    text
}

/// Returns which rules have read what, and what the newest still have to read.
pub(crate) fn ledger(estate: &Estate) -> String {
    let newest = estate.runs.last().map(|run| run.rule_set);
    let versions: BTreeMap<i64, &str> = estate
        .runs
        .iter()
        .map(|run| (run.rule_set, run.version.as_str()))
        .collect();
    let mut sets: BTreeMap<i64, (usize, i64, i64)> = BTreeMap::new();
    let mut text = String::from("repository\trule set\tread\tblobs\tcommits\ttags\tbytes\tgaps\n");
    for repository in &estate.repositories {
        let Some(coverage) = &repository.coverage else {
            text.push_str(&format!(
                "{}\t-\tnever\t0\t0\t0\t0\t0\n",
                visible(&repository.row.label)
            ));
            continue;
        };
        let set = sets.entry(coverage.rule_set).or_default();
        set.0 += 1;
        set.1 += coverage.blobs + coverage.commits + coverage.tags;
        set.2 += coverage.bytes;
        text.push_str(&format!(
            "{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n",
            visible(&repository.row.label),
            coverage.rule_set,
            clock::minute(coverage.at),
            coverage.blobs,
            coverage.commits,
            coverage.tags,
            coverage.bytes,
            repository.gaps.len(),
        ));
    }
    let mut left = (0, 0, 0);
    for (set, (repositories, objects, bytes)) in &sets {
        let version = versions.get(set).copied().unwrap_or("?");
        text.push_str(&format!(
            "rule set {set} (gonogo {version}): {} with {} objects, {bytes} bytes\n",
            count(*repositories, "repository"),
            objects
        ));
        if Some(*set) != newest {
            left = (left.0 + repositories, left.1 + objects, left.2 + bytes);
        }
    }
    let never = estate
        .repositories
        .iter()
        .filter(|it| it.coverage.is_none())
        .count();
    text.push_str(&format!(
        "rule set {} has still to read: {} with {} objects, {} bytes, and {} that were never read\n",
        newest.map_or_else(|| "-".to_owned(), |set| set.to_string()),
        count(left.0, "repository"),
        left.1,
        left.2,
        thousands(never)
    ));
    text
}

/// Returns the decision of the gate, with the reason.
pub(crate) fn gate(
    estate: &Estate,
    (gate, allows_empty): (Gate, bool),
    stale_after: i64,
) -> (Verdict, String) {
    let since = Since::parse("last", estate).map_or(0, |since| since.0);
    let is_asked = |first_run: i64| gate == Gate::All || first_run > since;
    let deciding = estate.findings.iter().filter(|it| {
        it.decides
            && is_asked(
                it.row
                    .first_run
                    .max(reopened(it.row.since_run, &it.row.state)),
            )
    });
    let (by_rule, number) = match gate {
        Gate::New => {
            let by_rule = deciding.clone().filter(|it| it.row.by_rule).count();
            (by_rule, deciding.count() - by_rule)
        }
        Gate::All => (0, deciding.count()),
    };
    let what = match gate {
        Gate::New => "new finding",
        Gate::All => "finding",
    };
    if number > 0 {
        return (
            Verdict::NoGo,
            format!("{} at or above the threshold", count(number, what)),
        );
    }
    // Whatever was found before, what is not covered may hold more.
    let states = states(estate, stale_after);
    let may_be = |state: &str| state == COVERED || allows_empty && state == EMPTY;
    let open = states.iter().filter(|(state, _)| !may_be(state));
    let parts: Vec<String> = open
        .clone()
        .map(|(state, of)| format!("{} {state}", thousands(of.len())))
        .collect();
    if !parts.is_empty() || estate.repositories.is_empty() {
        let number = open.map(|(_, of)| of.len()).sum();
        return (
            Verdict::Undecided,
            format!(
                "{} not all covered: {}",
                count(number, "repository"),
                parts.join(", ")
            ),
        );
    }
    if estate
        .runs
        .last()
        .is_some_and(|run| run.state != "finished")
    {
        return (Verdict::Undecided, "the last run has not ended".to_owned());
    }
    let by_rule = match by_rule {
        0 => String::new(),
        n => format!("; {} by other rules does not count", count(n, "finding")),
    };
    (
        Verdict::Go,
        format!(
            "all of {} covered{by_rule}",
            count(estate.repositories.len(), "repository")
        ),
    )
}

/// Returns the run in which a finding became open again; a move to the history is not news.
fn reopened(since_run: i64, state: &str) -> i64 {
    if state == "open" { since_run } else { 0 }
}
