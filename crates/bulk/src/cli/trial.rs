//! `gonogo bulk try RULES` as it is typed: what rules would raise, without counting any of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::PathBuf;

use clap::Args;

use super::scan::HowArgs;
use super::{GO, StoreArgs, UNDECIDED, print, visible};
use crate::engine;
use crate::error::Error;
use crate::night::survey;
use crate::report::count;
use crate::store::{RepositoryRow, Store};
use crate::worker::protocol::{Answer, Found, FoundGap, ScanTask, Task};

/// How many places of a rule are listed.
const MOST_PLACES: usize = 20;

/// Repositories that were not looked at, or not all of them, and why.
type Open = Vec<(String, String)>;

/// Say what rules would raise in all repositories, and keep nothing of it
///
/// Exit code 0: every repository was looked at, and all of it. 2: at least one was not, or the rules are wrong.
#[derive(Debug, Args)]
pub(super) struct TryArgs {
    /// A file of rules
    #[arg(value_name = "RULES")]
    rules: PathBuf,

    /// Where to try them: folders of repositories, or a file that lists some [default: the repositories of the store]
    #[arg(value_name = "SOURCE")]
    sources: Vec<String>,

    #[command(flatten)]
    store: StoreArgs,

    #[command(flatten)]
    how: HowArgs,

    /// List every place
    #[arg(long)]
    all: bool,
}

impl TryArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        engine::rule_set(std::slice::from_ref(&self.rules), None)?;
        let (sources, mut open) = if self.sources.is_empty() {
            self.of_store()?
        } else {
            (self.sources.clone(), Vec::new())
        };
        let task = Task::Scan(ScanTask {
            // Nothing is kept, so nothing is compared.
            key: String::new(),
            repository_settings: true,
            rules: vec![self.rules.clone()],
            config: None,
            only_named_rules: true,
        });
        let survey = survey(&sources, &task, self.how.bounds())?;
        let mut by_rule: BTreeMap<&str, Vec<(&str, &Found)>> = BTreeMap::new();
        open.extend(survey.open);
        for (label, answer) in &survey.answers {
            if let Answer::Scanned(scanned) = answer {
                open.extend(FoundGap::summary(&scanned.gaps).map(|why| (label.clone(), why)));
                for found in &scanned.findings {
                    let places = by_rule.entry(&found.rule).or_default();
                    places.push((label, found));
                }
            }
        }
        let mut text = String::new();
        for (rule, places) in &by_rule {
            self.rule(rule, places, &mut text);
        }
        for (label, why) in &open {
            text.push_str(&format!(
                "not all looked at: {}: {}\n",
                visible(label),
                visible(why)
            ));
        }
        let findings: usize = by_rule.values().map(Vec::len).sum();
        text.push_str(&format!(
            "{} in {}; nothing of it is kept\n",
            count(findings, "finding"),
            count(survey.repositories, "repository")
        ));
        print(&text)?;
        Ok(if open.is_empty() { GO } else { UNDECIDED })
    }

    /// The repositories of the store that are on this machine, and why others are not looked at.
    fn of_store(&self) -> Result<(Vec<String>, Open), Error> {
        let rows = Store::read(&self.store.store)?.repositories()?;
        let (here, elsewhere): (Vec<_>, Vec<_>) = rows
            .into_iter()
            .partition(|row| row.host == crate::sources::LOCAL);
        let mut open = Open::new();
        if !elsewhere.is_empty() {
            let what = format!("{} on servers", count(elsewhere.len(), "repository"));
            let why = "name the folder of mirrors to try the rules there, too";
            open.push((what, why.to_owned()));
        }
        if here.is_empty() {
            return Err(Error::usage(
                "the store has no repository on this machine: name a folder",
            ));
        }
        // One that has gone is reported, and does not keep the others from being looked at.
        let is_gone = |row: &RepositoryRow| {
            let found = PathBuf::from(&row.location).metadata();
            found.is_err_and(|error| error.kind() == ErrorKind::NotFound)
        };
        let (gone, there): (Vec<_>, Vec<_>) = here.into_iter().partition(is_gone);
        open.extend(
            gone.into_iter()
                .map(|row| (row.location, "it is not there any more".to_owned())),
        );
        let there = there.into_iter().map(|row| row.location);
        Ok((there.collect(), open))
    }

    fn rule(&self, rule: &str, places: &[(&str, &Found)], text: &mut String) {
        let repositories: BTreeSet<&str> = places.iter().map(|(label, _)| *label).collect();
        let accepted = places
            .iter()
            .filter(|(_, found)| found.accepted.is_some())
            .count();
        let accepted = match accepted {
            0 => String::new(),
            n => format!(", {n} of them accepted there"),
        };
        text.push_str(&format!(
            "{rule} would raise {} in {}{accepted}\n",
            count(places.len(), "finding"),
            count(repositories.len(), "repository")
        ));
        let most = if self.all { places.len() } else { MOST_PLACES };
        for (label, found) in places.iter().take(most) {
            let place = if found.path.is_empty() {
                found.origin.clone()
            } else {
                format!("{}:{}", found.path, found.line)
            };
            text.push_str(&format!(
                "  {} {} {}: {}\n",
                found.severity,
                visible(label),
                visible(&place),
                found.presence.as_deref().unwrap_or("head")
            ));
        }
        if places.len() > most {
            text.push_str(&format!("  and {} more: see --all\n", places.len() - most));
        }
    }
}
