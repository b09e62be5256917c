//! The provider that runs the pipeline, detected by the variables that each documents.
//!
//! A provider turns its variables into a [`Plan`]; everything after that is the same for all. docs/ci.md lists the
//! variables and where each is documented.

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

/// All providers. One that also sets the variables of others comes before them, and Jenkins comes last, since
/// everything that runs on its machine inherits its variables.
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
    /// The name as users type it.
    fn name(&self) -> &'static str;

    /// The name as the vendor writes it.
    fn title(&self) -> &'static str;

    /// The variable that is set in its pipelines, and in no others except compatible ones.
    fn marker(&self) -> &'static str;

    /// Whether the marker is set to what the provider sets it to.
    fn is_running(&self, env: Env<'_>) -> bool {
        env.text(self.marker()).is_some_and(|value| is_true(&value))
    }

    /// The variables required to plan anything.
    fn needs(&self) -> &'static [&'static str];

    /// Decides what to scan.
    fn plan(&self, env: Env<'_>) -> Result<Plan, Error>;

    /// The setting that makes the pipeline check out all commits.
    fn full_clone(&self) -> &'static str;

    /// The dialect of the job's log.
    fn dialect(&self) -> Dialect {
        Dialect::Plain
    }

    /// Whether the change comes from outside the repository, from a fork: then nothing it states about itself counts.
    fn is_outside(&self, _env: Env<'_>) -> bool {
        false
    }

    /// The URL below which the files of a commit can be viewed.
    fn files(&self, _env: Env<'_>, _head: &str) -> Option<String> {
        None
    }

    /// The providers that set this marker as well, for compatibility.
    fn is_compatible_with(&self) -> &'static [&'static str] {
        &[]
    }
}

/// What a log interprets as commands.
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
    /// Reads variables through `look_up`.
    pub(super) fn new(look_up: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self(look_up)
    }

    /// Returns a variable, unless it is empty.
    pub(super) fn text(self, name: &str) -> Option<String> {
        (self.0)(name).filter(|value| !value.is_empty())
    }

    /// Returns a variable that must be set.
    fn needed(self, name: &str) -> Result<String, Error> {
        self.text(name)
            .ok_or_else(|| Error::Usage(format!("{name} is not set")))
    }

    /// Returns the commit id in a variable that must be set.
    fn commit(self, name: &str) -> Result<String, Error> {
        commit(name, &self.needed(name)?)
    }

    /// Returns the commit id in a variable, if it is set.
    fn optional_commit(self, name: &str) -> Result<Option<String>, Error> {
        self.text(name).map(|id| commit(name, &id)).transpose()
    }
}

/// The provider whose pipeline this is, and which others it could be mistaken for.
pub(super) struct Choice {
    /// The provider.
    pub(super) provider: &'static dyn Provider,
    /// The markers of other providers that are set although this provider does not set them.
    pub(super) others: Vec<&'static str>,
}

/// Returns the names of all providers.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ALL.iter().map(|provider| provider.name())
}

/// Returns the provider with this name, or else the one whose variables are set.
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
    // A marker may be inherited from the machine that the pipeline runs on; the other variables are not.
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

/// Returns what to scan, after checking that every variable the provider needs is set.
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

/// Returns the dialect of this job's log. Outside the provider's jobs nothing acts on commands, and those that mask
/// secrets would print them.
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

/// Returns what to compare a request with: first the given commits, then the branch in the variable `name`.
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

/// Returns the URL if nothing in it has a special meaning in Markdown.
fn plain_address(address: String) -> Option<String> {
    let is_plain =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, ':' | '/' | '.' | '-' | '_' | '~');
    address.chars().all(is_plain).then_some(address)
}

#[cfg(test)]
mod tests;
