//! The provider that runs the pipeline, detected by the variables that each documents.
//!
//! A provider turns its variables into a [`Plan`]; everything after that is the same for all. docs/ci.md names the
//! variables, and where each is documented.

mod azure;
mod bitbucket;
mod circleci;
mod forgejo;
mod gitea;
mod github;
mod gitlab;
mod jenkins;

use crate::commands::Error;

use super::event::{Base, Plan, branch, commit};

/// Every provider. One that sets the variables of others, too, comes before them, and Jenkins last: its variables are
/// set for all that runs on its machine.
const ALL: [&dyn Provider; 8] = [
    &forgejo::Forgejo,
    &gitea::Gitea,
    &github::Github,
    &gitlab::Gitlab,
    &azure::Azure,
    &bitbucket::Bitbucket,
    &circleci::Circleci,
    &jenkins::Jenkins,
];

/// A service that runs pipelines.
pub(super) trait Provider {
    /// The name as it is typed.
    fn name(&self) -> &'static str;

    /// The name as its owner writes it.
    fn title(&self) -> &'static str;

    /// The variable that is set in its pipelines, and in no others unless they are compatible with it.
    fn marker(&self) -> &'static str;

    /// Whether the marker is set to what the provider sets it to.
    fn is_running(&self, env: Env<'_>) -> bool {
        env.text(self.marker()).is_some_and(|value| is_true(&value))
    }

    /// The variables without which nothing can be planned.
    fn needs(&self) -> &'static [&'static str];

    /// What is to be scanned.
    fn plan(&self, env: Env<'_>) -> Result<Plan, Error>;

    /// The setting that makes the pipeline check out all commits.
    fn full_clone(&self) -> &'static str;

    /// What the log of a job understands.
    fn dialect(&self) -> Dialect {
        Dialect::Plain
    }

    /// Whether the change comes from outside of the repository, from a fork: then nothing that it states of itself
    /// counts.
    fn is_outside(&self, _env: Env<'_>) -> bool {
        false
    }

    /// The address below which the files of a commit can be seen.
    fn files(&self, _env: Env<'_>, _head: &str) -> Option<String> {
        None
    }

    /// The providers that set this marker, too, to be compatible.
    fn is_compatible_with(&self) -> &'static [&'static str] {
        &[]
    }
}

/// What a log takes for commands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    /// Workflow commands of GitHub Actions.
    Workflow,
    /// Logging commands of Azure Pipelines.
    Azure,
    /// Nothing.
    Plain,
}

/// The variables of a pipeline.
#[derive(Clone, Copy)]
pub(super) struct Env<'a>(&'a dyn Fn(&str) -> Option<String>);

impl<'a> Env<'a> {
    /// Returns the variables that `look_up` knows.
    pub(super) fn new(look_up: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self(look_up)
    }

    /// Returns a variable, unless it is empty.
    pub(super) fn text(self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// A variable that must be set.
    fn needed(self, name: &str) -> Result<String, Error> {
        self.text(name)
            .ok_or_else(|| Error::Usage(format!("{name} is not set")))
    }

    /// The id of a commit, which must be set.
    fn commit(self, name: &str) -> Result<String, Error> {
        commit(name, &self.needed(name)?)
    }

    /// The id of a commit, if it is set.
    fn optional_commit(self, name: &str) -> Result<Option<String>, Error> {
        self.text(name).map(|id| commit(name, &id)).transpose()
    }
}

/// The provider whose pipeline this is, and which others it could be taken for.
pub(super) struct Choice {
    /// The provider.
    pub(super) provider: &'static dyn Provider,
    /// The markers of others that are set although the provider does not set them itself.
    pub(super) others: Vec<&'static str>,
}

/// Returns the names of all providers.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|provider| provider.name())
}

/// The provider with this name, or else the one whose variables are set.
pub(super) fn choose(name: Option<&str>, env: Env<'_>) -> Result<Choice, Error> {
    if let Some(name) = name {
        let provider = ALL.into_iter().find(|provider| provider.name() == name);
        let provider = provider.ok_or_else(|| unknown(name))?;
        return Ok(Choice {
            provider,
            others: Vec::new(),
        });
    }
    let running: Vec<_> = ALL.into_iter().filter(|it| it.is_running(env)).collect();
    let is_complete = |provider: &dyn Provider| {
        let mut needs = provider.needs().iter();
        needs.all(|name| env.text(name).is_some())
    };
    // A marker may be left over from the machine that the pipeline runs on; the rest of the variables is not.
    let complete = running.iter().find(|provider| is_complete(**provider));
    let chosen = complete.or(running.first());
    let provider = *chosen.ok_or_else(none_is_running)?;
    let implied = provider.is_compatible_with();
    let others = running
        .iter()
        .filter(|other| other.name() != provider.name() && !implied.contains(&other.name()));
    Ok(Choice {
        provider,
        others: others.map(|other| other.marker()).collect(),
    })
}

/// What is to be scanned, once all that the provider needs is there.
pub(super) fn plan(provider: &dyn Provider, env: Env<'_>) -> Result<Plan, Error> {
    for name in provider.needs() {
        if env.text(name).is_none() {
            let title = provider.title();
            return Err(Error::Usage(format!(
                "{name} is not set, which every job of {title} has: pass it on to `gonogo ci`, \
                 name another provider with `--provider`, or use `gonogo scan`"
            )));
        }
    }
    provider.plan(env)
}

/// Returns what the log of this job understands. Outside of the provider's jobs nothing acts on commands, and those
/// that mask secrets would show them.
pub(super) fn dialect(provider: &dyn Provider, env: Env<'_>) -> Dialect {
    let compatible = provider.is_compatible_with();
    let mut runners = ALL
        .iter()
        .filter(|other| other.name() == provider.name() || compatible.contains(&other.name()));
    if runners.any(|runner| runner.is_running(env)) {
        provider.dialect()
    } else {
        Dialect::Plain
    }
}

fn unknown(name: &str) -> Error {
    let names: Vec<_> = names().collect();
    Error::Usage(format!(
        "unknown provider `{name}`: expected one of {}",
        names.join(", ")
    ))
}

fn none_is_running() -> Error {
    let markers: Vec<_> = ALL.iter().map(|provider| provider.marker()).collect();
    Error::Usage(format!(
        "not a job of a known CI provider (none of {} is set): \
         name the provider with `--provider`, or use `gonogo scan`",
        markers.join(", ")
    ))
}

fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true")
}

/// What a request is compared with: a commit where one is named, else the branch that the variable `name` names.
fn request_bases(
    env: Env<'_>,
    commits: impl Iterator<Item = String>,
    name: &str,
) -> Result<Vec<Base>, Error> {
    let mut bases: Vec<_> = commits.map(Base::Commit).collect();
    match env.text(name) {
        Some(target) => bases.push(Base::Branch(branch(name, &target)?)),
        None if bases.is_empty() => {
            return Err(Error::Usage(format!(
                "{name} is not set, so the target branch is unknown"
            )));
        }
        None => {}
    }
    Ok(bases)
}

/// An address, if nothing in it can mean anything else in Markdown.
fn plain_address(address: String) -> Option<String> {
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '.' | '-' | '_' | '~');
    address.chars().all(is_plain).then_some(address)
}

#[cfg(test)]
mod tests;
