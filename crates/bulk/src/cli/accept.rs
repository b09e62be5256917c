//! `gonogo bulk accept` and `gonogo bulk forget` as they are typed.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use gonogo::model::Fingerprint;

use super::{GO, StoreArgs, print, visible, warn};
use crate::clock;
use crate::error::Error;
use crate::night::Mirrors;
use crate::owners::Mapping;
use crate::report::{Estate, Filter, Finding, count};
use crate::store::{Kind, NewDecision, RepositoryRow, Store, beside};

/// The longest reason.
const MAX_REASON: usize = 500;

/// Accept a finding, in all repositories or in one, and print the line for the team's own baseline
#[derive(Debug, Args)]
pub(super) struct AcceptArgs {
    /// The fingerprint that reports show
    #[arg(value_name = "FINGERPRINT")]
    fingerprint: String,

    #[command(flatten)]
    store: StoreArgs,

    /// Why
    #[arg(long, required_unless_present = "undo")]
    reason: Option<String>,

    /// The last day on which it counts, as 2026-01-31
    #[arg(long, value_name = "DAY")]
    until: Option<String>,

    /// Only in this repository
    #[arg(long, value_name = "NAME")]
    repository: Option<String>,

    /// What it is
    #[arg(long, value_enum, default_value_t = Kind::Accepted)]
    kind: Kind,

    /// Who says so [default: the user of this machine]
    #[arg(long, value_name = "NAME")]
    by: Option<String>,

    /// Take it back
    #[arg(long, conflicts_with_all = ["reason", "until"])]
    undo: bool,
}

impl AcceptArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        self.check()?;
        let reason = self.reason.clone().unwrap_or_default();
        let mut store = Store::open_to_change(&self.store.store)?;
        let filter = Filter {
            repository: self.repository.clone(),
            owner: None,
        };
        let estate = Estate::read(&store, &Mapping::default(), &filter)?;
        let repository = match (&self.repository, estate.repositories.as_slice()) {
            (None, _) => None,
            (Some(_), [only]) => Some(only.row.id),
            (Some(name), several) => {
                return Err(several_named(name, several.iter().map(|it| &it.row)));
            }
        };
        let found: Vec<_> = estate
            .findings
            .iter()
            .filter(|it| it.row.fingerprint == self.fingerprint)
            .collect();
        if self.undo {
            if !store.undecide(&self.fingerprint, repository)? {
                return Err(Error::usage("there is no such decision in the store"));
            }
            print(&format!("{} counts again\n", self.fingerprint))?;
            return Ok(GO);
        }
        let Some(first) = found.first() else {
            let fingerprint = &self.fingerprint;
            return Err(Error::usage(format!(
                "no finding in the store has the fingerprint {fingerprint}"
            )));
        };
        store.decide(&NewDecision {
            fingerprint: &self.fingerprint,
            repository,
            kind: self.kind,
            reason: reason.trim(),
            until: self.until.as_deref(),
            who: &self.who()?,
        })?;
        let repositories: BTreeSet<usize> = found.iter().map(|it| it.repository).collect();
        print(&format!(
            "# {} in {}; the line for `.gonogo-baseline` there:\n{}\n",
            self.kind.as_str(),
            count(repositories.len(), "repository"),
            self.line(first, reason.trim())
        ))?;
        Ok(GO)
    }

    /// Returns who decides, whom an audit asks for.
    fn who(&self) -> Result<String, Error> {
        let user = || {
            let names = ["USER", "LOGNAME"].into_iter();
            let mut names = names.filter_map(|name| std::env::var(name).ok());
            names.find(|name| !name.is_empty())
        };
        self.by.clone().or_else(user).ok_or_else(|| {
            Error::usage("--by: name who decides, since neither USER nor LOGNAME is set")
        })
    }

    /// Refuses what is no fingerprint, no day to come, or no reason.
    fn check(&self) -> Result<(), Error> {
        let is_fingerprint = self.fingerprint.parse::<Fingerprint>();
        is_fingerprint.map_err(|error| Error::usage(error.to_string()))?;
        let is_over = |until: &&String| {
            clock::start_of(until).is_none() || until.as_str() < clock::today().as_str()
        };
        if let Some(until) = self.until.as_ref().filter(is_over) {
            return Err(Error::usage(format!(
                "--until {until}: write a day that is not over, as 2026-01-31"
            )));
        }
        let is_reason = |reason: &String| {
            !reason.trim().is_empty() && reason.len() <= MAX_REASON && !reason.contains('\n')
        };
        if !self.undo && !self.reason.as_ref().is_some_and(is_reason) {
            return Err(Error::usage(
                "--reason: write one line of at most 500 bytes",
            ));
        }
        Ok(())
    }

    /// The line of a baseline that accepts the same.
    fn line(&self, finding: &Finding, reason: &str) -> String {
        let until = self.until.as_ref().map(|until| format!(" until={until}"));
        // A space would end the path.
        let place = finding.row.path.replace('%', "%25").replace(' ', "%20");
        let place = if place.is_empty() { "-" } else { &place };
        format!(
            "{} {} {}{} {}",
            self.fingerprint,
            finding.row.rule,
            visible(place),
            until.unwrap_or_default(),
            visible(reason)
        )
    }
}

/// How many repositories are listed of those with one name.
const MOST_NAMED: usize = 5;

/// The error for a name that several repositories have, with where they are.
pub(super) fn several_named<'r>(
    name: &str,
    rows: impl ExactSizeIterator<Item = &'r RepositoryRow>,
) -> Error {
    let number = rows.len();
    let mut places: Vec<&str> = rows
        .map(|row| row.location.as_str())
        .take(MOST_NAMED)
        .collect();
    if number > MOST_NAMED {
        places.push("…");
    }
    Error::usage(format!(
        "`{name}` names {number} repositories: name one by where it is: {}",
        places.join(", ")
    ))
}

/// Remove a repository from the store, with all that is known of it
#[derive(Debug, Args)]
pub(super) struct ForgetArgs {
    /// Its label, or where it is
    #[arg(value_name = "REPOSITORY")]
    repository: String,

    #[command(flatten)]
    store: StoreArgs,

    /// The folder of mirrors, if the run had one
    #[arg(long, value_name = "FOLDER")]
    work: Option<PathBuf>,
}

impl ForgetArgs {
    pub(super) fn run(&self) -> Result<u8, Error> {
        let path = &self.store.store;
        let mut store = Store::open_to_change(path)?;
        let rows = store.repositories()?;
        let is_it = |row: &&RepositoryRow| {
            let full = format!("{}/{}", row.host, row.provider_id);
            [&row.label, &row.location, &row.provider_id, &full].contains(&&self.repository)
        };
        let found: Vec<_> = rows.iter().filter(is_it).collect();
        let [row] = found.as_slice() else {
            let name = &self.repository;
            let why = match found.len() {
                0 => format!(
                    "there is no repository `{name}` in the store: see `gonogo bulk status --all`"
                ),
                _ => return Err(several_named(name, found.into_iter())),
            };
            return Err(Error::usage(why));
        };
        store.forget(row.id)?;
        let id = row.id.to_string();
        let work = self.work.clone().unwrap_or_else(|| beside(path, ".work"));
        let cache = beside(path, ".cache").join(&id);
        match std::fs::remove_dir_all(&cache) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => warn(&format!("{}: {error}", cache.display())),
        }
        // Forks that need its objects lose their mirrors, too, and are fetched again when something is new.
        match Mirrors::new(&work, 0).forget(row.id) {
            Ok(gone) => gone.into_iter().try_for_each(|id| store.drop_mirror(id))?,
            Err(error) => warn(&format!("{}: {error}", work.display())),
        }
        print(&format!("{} is forgotten\n", visible(&row.label)))?;
        Ok(GO)
    }
}
