//! The table of formats: the only place that names all of them.

use super::check::{Card, Format};
use super::project::Formats;
use super::{
    Outcome, Project, Source, compose, dockerfile, env, evidence, kubernetes, mysql, nginx,
    postgres, redis, workflow,
};

/// Every format, in the order in which they are asked whether they claim a file.
const FORMATS: Formats = &[
    &compose::Compose,
    &dockerfile::Docker,
    &evidence::Evidence,
    &kubernetes::Kubernetes,
    &nginx::Nginx,
    &workflow::Workflow,
    &env::Env,
    &redis::Conf,
    &postgres::Postgres,
    &mysql::Mysql,
];

impl Source {
    /// Returns the file if a format may recognise it. Meant to be called for every file of a tree: it decides by name
    /// first, and then by a single search for a word.
    pub fn claim(path: &str, bytes: &[u8]) -> Option<Self> {
        Self::claimed_by(FORMATS, path, bytes)
    }

    /// Returns the file, whatever it is.
    pub fn new(path: &str, bytes: &[u8]) -> Self {
        Self::among(FORMATS, path, bytes)
    }
}

impl Project<'_> {
    /// Checks every file that was claimed, and returns the paths in ascending order with the outcome of each.
    pub fn audit(&self) -> Vec<(&str, Outcome)> {
        let mut outcomes = self.audit_each();
        if self.is_whole() {
            for format in FORMATS {
                format.complete(self, &mut outcomes);
            }
        }
        outcomes
    }
}

/// Returns whether a file within an archive, at `path` there, is certainly configuration.
pub fn is_configuration(path: &str, text: &[u8]) -> bool {
    FORMATS
        .iter()
        .any(|format| format.claims(path, text) && format.is_certain(path, text))
}

/// Returns whether the path alone shows that a file is certainly configuration, whatever it contains.
pub fn is_configuration_by_name(path: &str) -> bool {
    compose::is_named(path)
        || FORMATS
            .iter()
            .any(|format| format.claims(path, b"") && format.is_certain(path, b""))
}

/// Returns whether a name in settings, a rule or `repo/*`, is about missing evidence.
pub fn is_evidence(rule: &str) -> bool {
    let cards = Format::cards(&evidence::Evidence);
    rule == "repo/*" || cards.iter().any(|card| card.id == rule)
}

/// Returns every card once: a few are shared by several formats.
pub(super) fn cards() -> impl Iterator<Item = &'static Card> {
    let mut cards: Vec<_> = FORMATS.iter().flat_map(|format| format.cards()).collect();
    cards.sort_by_key(|card| card.id);
    cards.dedup_by(|a, b| std::ptr::eq(*a, *b));
    cards.into_iter()
}
