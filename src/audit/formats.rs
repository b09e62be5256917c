//! The table of formats: the one place that names all of them.

use super::check::{Card, Format};
use super::project::Formats;
use super::{
    Outcome, Project, Source, compose, dockerfile, env, evidence, kubernetes, mysql, nginx,
    postgres, redis, workflow,
};

/// Every format, in the order in which they are asked whether a file is theirs.
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
    /// Returns the file, when a format may know what it is. Meant to be called for every file of a tree: it decides by
    /// name first, and by one search for a word next.
    pub fn claim(path: &str, bytes: &[u8]) -> Option<Self> {
        Self::claimed_by(FORMATS, path, bytes)
    }

    /// Returns the file, whatever it is.
    pub fn new(path: &str, bytes: &[u8]) -> Self {
        Self::among(FORMATS, path, bytes)
    }
}

impl Project<'_> {
    /// Checks every file that was claimed, and gives the paths in ascending order with what became of each.
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

/// Returns whether a file within an archive, at `path` there, is configuration beyond doubt.
pub fn is_configuration(path: &str, text: &[u8]) -> bool {
    FORMATS
        .iter()
        .any(|format| format.claims(path, text) && format.is_certain(path, text))
}

/// Returns whether the path alone states beyond doubt that a file is configuration, whatever is in it.
pub fn is_configuration_by_name(path: &str) -> bool {
    compose::is_named(path)
        || FORMATS
            .iter()
            .any(|format| format.claims(path, b"") && format.is_certain(path, b""))
}

/// Returns whether a name of settings, a rule or `repo/*`, is about what a repository shows no word of.
pub fn is_evidence(rule: &str) -> bool {
    let cards = Format::cards(&evidence::Evidence);
    rule == "repo/*" || cards.iter().any(|card| card.id == rule)
}

/// Every card once: a few represent the same thing in several formats.
pub(super) fn cards() -> impl Iterator<Item = &'static Card> {
    let mut cards: Vec<_> = FORMATS.iter().flat_map(|format| format.cards()).collect();
    cards.sort_by_key(|card| card.id);
    cards.dedup_by(|a, b| std::ptr::eq(*a, *b));
    cards.into_iter()
}
