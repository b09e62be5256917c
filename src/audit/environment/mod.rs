//! The purpose of files whose paths do not say it: judged by their contents, and by how the files around them use them.
//!
//! One decision for all formats, and for all callers: the scan, fixes and readiness. See [`decide`] for the precedence.

mod copies;
mod decide;
mod deployment;
mod desk_scripts;
#[cfg(test)]
mod desk_tests;
mod generated;
mod instructions;
mod judged;
mod machine;
mod pages;
mod retired;
mod said;
mod script;
mod servers;
mod settings;
mod tasks;
#[cfg(test)]
mod tests;
mod users;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::audit::Project;
use crate::audit::compose::Signs;
use crate::lexicon::path::{self, Role};

use copies::Copies;
use decide::{Around, judge};
use deployment::Deployment;
use generated::{Generated, says_generated};
use instructions::Instructions;
use retired::Retired;
use users::Users;

pub use copies::makes_random;
pub use judged::{Environment, Judged, Sign};
pub use retired::{is_put_aside, says_retired};
pub(in crate::audit) use said::{restarts_on_changes, says_development, works_on};
pub(in crate::audit) use settings::{Runs, runs};

/// How many bytes of scripts and pages are read for all Compose files together. The files left over, in the deepest
/// directories, are not judged, so they count as deployed.
const MAX_WORK: usize = 256 << 20;

/// This many Compose files are always judged.
const MIN_JUDGED: usize = 8;

/// What is known about a whole project. Other files are read only when they matter for a file that is asked about.
pub(super) struct Environments {
    signs: Vec<Signs>,
    /// The index of each path in `signs`.
    places: FxHashMap<String, usize>,
    users: OnceLock<Users>,
    /// The judgement on each Compose file, by path.
    judged: OnceLock<BTreeMap<String, Judged>>,
    deployment: OnceLock<Deployment>,
    copies: OnceLock<Copies>,
    generated: OnceLock<Generated>,
    retired: Retired,
}

impl Environments {
    fn new(project: &Project<'_>) -> Self {
        let signs = Signs::of_all(project);
        let places = signs.iter().zip(0..);
        let places = places.map(|(it, place)| (it.path.clone(), place)).collect();
        Self {
            signs,
            places,
            users: OnceLock::new(),
            judged: OnceLock::new(),
            deployment: OnceLock::new(),
            copies: OnceLock::new(),
            generated: OnceLock::new(),
            retired: Retired::default(),
        }
    }

    fn deployment(&self, project: &Project<'_>) -> &Deployment {
        self.deployment.get_or_init(|| Deployment::new(project))
    }

    fn copies(&self, project: &Project<'_>) -> &Copies {
        self.copies.get_or_init(|| Copies::new(project))
    }

    fn judged(&self, project: &Project<'_>) -> &BTreeMap<String, Judged> {
        self.judged.get_or_init(|| {
            let instructions = Instructions::new(project);
            let around = Around {
                project,
                deployment: self.deployment(project),
                instructions: &instructions,
                all: &self.signs,
            };
            let mut known: Vec<_> = self.signs.iter().filter(|it| !it.is_aside).collect();
            known.sort_by_key(|signs| signs.path.matches('/').count());
            let each = around.deployment.weight() + instructions.weight();
            let most = (MAX_WORK / each.max(1)).max(MIN_JUDGED);
            let known = known.into_iter().take(most);
            known
                .map(|signs| (signs.path.clone(), judge(signs, &around)))
                .collect()
        })
    }

    /// Returns who uses the file at `path`, whose path does not say it.
    fn environment(&self, path: &str, project: &Project<'_>) -> Judged {
        if let Some(sign) = self.retired.of(path, project) {
            return Judged::retired(sign);
        }
        if let Some(place) = self.places.get(path) {
            if self.signs[*place].is_aside {
                return Judged::by_path();
            }
            let judged = self.judged(project).get(path).cloned();
            return judged.unwrap_or(Judged::UNKNOWN);
        }
        if may_be_copied(path)
            && let Some(sign) = self.copied(path, project)
        {
            return Judged::development(sign);
        }
        if settings::is_env_file(path)
            && let Some(text) = project.read_text(path)
            && let Some((runs, says, line)) = settings::of_env_file(&text)
        {
            let says = format!("{says} in line {line}");
            let sign = Sign::new(says, Some((path.to_owned(), line)));
            return match runs {
                Runs::Production => Judged::deployed(sign),
                Runs::Development => Judged::development(sign),
            };
        }
        if desk_scripts::is_script(path)
            && let Some(sign) = self.script_of_desk(path, project)
        {
            return Judged::development(sign);
        }
        let used = self.used(path, project);
        used.map_or(Judged::UNKNOWN, Judged::development)
    }

    /// Returns why only developers use a file: only their scripts copy it into place.
    fn copied(&self, path: &str, project: &Project<'_>) -> Option<Sign> {
        let all: Vec<_> = self.copies(project).of(path).collect();
        let first = all.first()?;
        let is_desk = |by: &str| path::role(by, &[]) == Role::Development;
        let all = all.iter().all(|copy| is_desk(&copy.by));
        (all && !self.deployment(project).names(path)).then(|| {
            let says = format!("only `{}:{}` copies it into place", first.by, first.line);
            Sign::new(says, Some((first.by.clone(), first.line)))
        })
    }

    /// Returns why only developers use a script or an env file: it works with the machine itself, and nothing else uses it.
    fn on_machine(&self, path: &str, project: &Project<'_>) -> Option<Sign> {
        let sign = machine::only_here(path, &project.read_text(path)?)?;
        let (judged, users) = (self.judged(project), self.users());
        let is_developed = |(signs, _): (usize, usize)| {
            let signs = &self.signs[signs];
            signs.is_aside || judged.get(&signs.path).is_some_and(Judged::is_development)
        };
        let is_for_desk = users.of_path(path).into_iter().all(is_developed);
        let is_copied = self.copies(project).of(path).next().is_some();
        let is_deployed = is_copied || self.deployment(project).sends(path);
        (is_for_desk && !is_deployed).then_some(sign)
    }

    fn users(&self) -> &Users {
        self.users.get_or_init(|| Users::of(&self.signs))
    }

    /// Returns why only developers use a file: only their Compose files use it, and nothing that deploys names it.
    fn used(&self, path: &str, project: &Project<'_>) -> Option<Sign> {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let users = self.users().of_path(path).into_iter().map(|(signs, used)| {
            let signs = &self.signs[signs];
            (signs, &signs.uses[used])
        });
        let users: Vec<_> = users.collect();
        let (first, used) = users.first()?;
        let (judged, deployment) = (self.judged(project), self.deployment(project));
        let is_developed = |signs: &Signs| {
            signs.is_aside || judged.get(&signs.path).is_some_and(Judged::is_development)
        };
        let is_for_desk = users.iter().all(|(signs, _)| is_developed(signs));
        // What is beside a Dockerfile goes into its image, which may be what is deployed.
        let mut images = users.iter().filter(|(_, used)| used.is_dockerfile);
        let is_built = images.any(|(_, used)| {
            let is_at_top = !used.path.contains('/') && folder.is_empty();
            deployment.names(&used.path) || is_at_top && deployment.builds_images()
        });
        let is_named = deployment.names(path) || is_built;
        (is_for_desk && !is_named).then(|| {
            let place = used.line.map(|line| (first.path.clone(), line));
            let by = match used.line {
                Some(line) => format!("{}:{line}", first.path),
                None => first.path.clone(),
            };
            Sign::new(format!("only `{by}` uses it"), place)
        })
    }
}

/// Whether a file may be copied under another name: settings, not programs.
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

/// Returns why the values in an earlier version of the script or env file at `path` are those of a developer's machine.
pub fn on_machine_before(path: &str, text: &str) -> Option<String> {
    let sign = machine::only_here(path, text)?;
    Some(format!("only for development: {}", sign.says))
}

impl Project<'_> {
    /// Returns who uses the file at `path`, and what shows that. Its path takes precedence; a sample is for no one in
    /// particular.
    pub fn environment(&self, path: &str) -> Judged {
        let policy = self.policy(path);
        match path::role(path, &policy.development_words) {
            Role::Shipped => self.shared(Environments::new).environment(path, self),
            Role::Development => Judged::by_path(),
            Role::Sample | Role::Vendored => Judged::UNKNOWN,
        }
    }

    /// Returns why only developers use the file at `path`, if its path does not say so.
    pub fn development(&self, path: &str) -> Option<String> {
        let judged = self.environment(path);
        let what = match judged.environment {
            Environment::Development if !judged.is_by_path => "only for development",
            Environment::Retired => "out of use",
            _ => return None,
        };
        judged.sign.map(|sign| format!("{what}: {}", sign.says))
    }

    /// Returns what writes the file at `path`, if something does: the line of a script, a template beside it, or its own
    /// line that says so.
    pub fn generated(&self, path: &str) -> Option<String> {
        let environments = self.shared(Environments::new);
        let text = self.read_text(path).unwrap_or_default();
        let says = || says_generated(&text).map(|line| format!("{path}:{line}"));
        let generated = environments.generated.get_or_init(|| Generated::new(self));
        generated.by(path, self).or_else(says)
    }

    /// Returns why the values in the script or env file at `path` are those of a developer's machine: it names no other.
    pub fn on_machine(&self, path: &str) -> Option<String> {
        let environments = self.shared(Environments::new);
        let sign = environments.on_machine(path, self)?;
        Some(format!("only for development: {}", sign.says))
    }

    /// Returns what deploys the project other than the Compose files for developers.
    pub fn deployment(&self) -> Option<String> {
        let environments = self.shared(Environments::new);
        let by = environments.deployment(self).elsewhere();
        by.or_else(|| decide::whole_production(None, &environments.signs))
            .map(str::to_owned)
    }

    /// Returns where the sample at `path` is copied into place with its value of the variable `name`, as `setup.sh:16`:
    /// by a script or a build that ships and generates no other value. Only samples for production count.
    pub fn installed(&self, path: &str, name: &str) -> Option<String> {
        if !settings::is_env_file(path) && path::role(path, &[]) != Role::Sample {
            return None;
        }
        let text = self.read_text(path)?;
        if !matches!(settings::of_env_file(&text), Some((Runs::Production, ..))) {
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
