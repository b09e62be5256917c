//! What files are for where their paths do not say it: by what is in them, and by what the files around them do with them.
//!
//! One decision for all formats. What shows that something is deployed wins over all that shows the opposite: a policy of
//! restarts with an image that is published, settings of production, a workflow, a script or a page that deploys with it.

mod copies;
mod deployment;
mod instructions;
mod settings;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::audit::Project;
use crate::audit::compose::Signs;
use crate::lexicon::path::{self, Role};

use copies::Copies;
use deployment::Deployment;
use instructions::{Instructions, Said};

pub use copies::makes_random;
pub(in crate::audit) use settings::{Runs, runs};

/// What is known of a whole project. Other files are read only when one asks for which they matter.
pub(super) struct Environments {
    signs: Vec<Signs>,
    /// Why only developers start what a compose file describes, by its path.
    developed: OnceLock<BTreeMap<String, String>>,
    deployment: OnceLock<Deployment>,
    copies: OnceLock<Copies>,
}

impl Environments {
    fn new(project: &Project<'_>) -> Self {
        Self {
            signs: Signs::of_all(project),
            developed: OnceLock::new(),
            deployment: OnceLock::new(),
            copies: OnceLock::new(),
        }
    }

    fn deployment(&self, project: &Project<'_>) -> &Deployment {
        self.deployment.get_or_init(|| Deployment::new(project))
    }

    fn copies(&self, project: &Project<'_>) -> &Copies {
        self.copies.get_or_init(|| Copies::new(project))
    }

    fn developed(&self, project: &Project<'_>) -> &BTreeMap<String, String> {
        self.developed.get_or_init(|| {
            let deployment = self.deployment(project);
            let instructions = Instructions::new(project);
            let known = self.signs.iter().filter(|signs| !signs.is_aside);
            let developed = known.filter_map(|signs| {
                let why = developed(signs, deployment, &instructions)?;
                Some((signs.path.clone(), why))
            });
            developed.collect()
        })
    }

    /// Why only developers use the file at `path`.
    fn development(&self, path: &str, project: &Project<'_>) -> Option<String> {
        if self.signs.iter().any(|signs| signs.path == path) {
            return self.developed(project).get(path).cloned();
        }
        if may_be_copied(path)
            && let Some(why) = self.copied(path, project)
        {
            return Some(why);
        }
        if settings::is_env_file(path) {
            let text = project.read_text(path)?;
            return match settings::of_env_file(&text) {
                Some((Runs::Production, _)) => None,
                Some((Runs::Development, why)) => Some(why),
                None => self.used(path, project),
            };
        }
        self.used(path, project)
    }

    /// Why only developers use a file: only their scripts put it into its place.
    fn copied(&self, path: &str, project: &Project<'_>) -> Option<String> {
        let all: Vec<_> = self.copies(project).of(path).collect();
        let first = all.first()?;
        let is_desk = |by: &str| path::role(by, &[]) == Role::Development;
        let all = all.iter().all(|copy| is_desk(&copy.by));
        (all && !self.deployment(project).names(path))
            .then(|| format!("only `{}:{}` copies it into place", first.by, first.line))
    }

    /// Why only developers use a file: only compose files of theirs do, and nothing that deploys names it.
    fn used(&self, path: &str, project: &Project<'_>) -> Option<String> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let uses = |signs: &&Signs| {
            signs.uses.iter().any(|used| {
                let own = used.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                let is_beside = used.is_dockerfile && !own.is_empty() && own == folder;
                let is_below = !used.is_dockerfile
                    && path
                        .strip_prefix(&*used.path)
                        .is_some_and(|it| it.starts_with('/'));
                used.path == path || is_beside || is_below
            })
        };
        let users: Vec<_> = self.signs.iter().filter(uses).collect();
        let first = users.first()?;
        let (developed, deployment) = (self.developed(project), self.deployment(project));
        let is_developed = |signs: &&Signs| signs.is_aside || developed.contains_key(&signs.path);
        let is_for_desk = users.iter().all(is_developed);
        let is_dockerfile = first
            .uses
            .iter()
            .any(|it| it.is_dockerfile && it.path == path);
        let is_named = deployment.names(path)
            || is_dockerfile && folder.is_empty() && deployment.builds_images();
        (is_for_desk && !is_named).then(|| format!("only `{}` uses it", first.path))
    }
}

/// Whether a file may be one that is copied under another name: settings, and no program.
fn may_be_copied(path: &str) -> bool {
    const ENDINGS: &[&str] = &[
        ".yml",
        ".yaml",
        ".json",
        ".toml",
        ".ini",
        ".conf",
        ".cfg",
        ".properties",
        ".xml",
        ".config",
    ];
    settings::is_env_file(path) || ENDINGS.iter().any(|end| path.ends_with(end))
}

/// Why only developers start what a compose file describes.
fn developed(
    signs: &Signs,
    deployment: &Deployment,
    instructions: &Instructions,
) -> Option<String> {
    if signs.is_deployed || deployment.starts(&signs.path) {
        return None;
    }
    let said = instructions.on(&signs.path);
    if said
        .as_ref()
        .is_some_and(|(said, _)| *said == Said::Deploys)
    {
        return None;
    }
    if let Some((why, _)) = signs
        .of_development
        .as_ref()
        .filter(|(_, is_sure)| *is_sure || !signs.is_kept_running)
    {
        return Some(why.clone());
    }
    if let Some((Said::Develops, place)) = &said {
        return Some(format!("`{place}` says so"));
    }
    if signs.is_kept_running {
        return None;
    }
    let is_installed = said.is_some_and(|(said, _)| said == Said::Installs);
    let why = signs.of_desk.as_ref()?;
    let elsewhere = deployment.elsewhere()?;
    (!signs.only_builds || !is_installed).then(|| format!("{why}, and `{elsewhere}` deploys"))
}

impl Project<'_> {
    /// Returns why only developers use the file at `path`, where its path does not say so and nothing deploys it.
    pub fn development(&self, path: &str) -> Option<String> {
        let policy = self.policy(path);
        if path::role(path, &policy.development_words) != Role::Shipped {
            return None;
        }
        self.shared(Environments::new).development(path, self)
    }

    /// Returns where the sample at `path` is put into place with the value of the variable `name`, as `setup.sh:16`: by a
    /// script or a build that ships and makes up no other value. Only a sample for production is meant.
    pub fn installed(&self, path: &str, name: &str) -> Option<String> {
        if !settings::is_env_file(path) && path::role(path, &[]) != Role::Sample {
            return None;
        }
        let text = self.read_text(path)?;
        if !matches!(settings::of_env_file(&text), Some((Runs::Production, _))) {
            return None;
        }
        let environments = self.shared(Environments::new);
        let installs = environments
            .copies(self)
            .of(path)
            .filter(|copy| copy.is_install());
        let copy = { installs }.find(|copy| {
            let text = self.read_text(&copy.by);
            text.is_some_and(|text| !copies::generates(&text, copy.line, name))
        })?;
        Some(format!("{}:{}", copy.by, copy.line))
    }
}
