//! The Dockerfiles that the Compose files of a project build, for the checks of Dockerfiles.

use std::collections::BTreeMap;

use crate::audit::Project;
use crate::audit::project::resolve;
use crate::audit::purpose::{self, Purpose};

use super::Compose;
use super::file::File;
use super::interpolation::{self, is_unknown};
use super::parts::Parts;
use super::service::{Service, Setting};

/// An image that a service builds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Build {
    /// The build context; empty for the root.
    pub(in crate::audit) context: String,
    pub(in crate::audit) target: Option<String>,
    /// Whether the service names a user other than root.
    pub(in crate::audit) has_user: bool,
    /// Whether the service has a health check that is not disabled.
    pub(in crate::audit) has_healthcheck: bool,
    /// Whether only developers build it.
    pub(in crate::audit) is_for_development: bool,
}

/// The builds of all Compose files, by the path of the Dockerfile.
pub(in crate::audit) struct Builds(BTreeMap<String, Vec<Build>>);

impl Builds {
    /// Reads all Compose files of a project.
    pub(in crate::audit) fn new(project: &Project<'_>) -> Self {
        Self(builds(project))
    }

    /// Returns the builds of the Dockerfile at `path`.
    pub(in crate::audit) fn of(&self, path: &str) -> &[Build] {
        self.0.get(path).map(Vec::as_slice).unwrap_or_default()
    }
}

fn builds(project: &Project<'_>) -> BTreeMap<String, Vec<Build>> {
    let mut builds: BTreeMap<String, Vec<Build>> = BTreeMap::new();
    for source in project.claimed_by(&Compose) {
        let text = source.text.as_str();
        if !text.contains("build") {
            continue;
        }
        let Ok(parts) = Parts::of(&source.path, text, project) else {
            continue;
        };
        let Some(file) = File::recognise(text, &parts, project) else {
            continue;
        };
        let is_developers =
            purpose::of(&source.path, project.policy(&source.path)) != Purpose::Shipped;
        for service in &file.services {
            let Some((dockerfile, mut build)) = build(&source.path, service) else {
                continue;
            };
            build.is_for_development = is_developers || file.is_for_developers(service);
            builds.entry(dockerfile).or_default().push(build);
        }
    }
    builds
}

fn build(path: &str, service: &Service) -> Option<(String, Build)> {
    let setting = service.setting("build")?;
    let known = |setting: &Setting| {
        let text = interpolation::with_defaults(setting.value.text()?);
        (!is_unknown(&text)).then_some(text)
    };
    let part = |key: &str| setting.part(key).map(|part| known(&part));
    let context = match setting.value.text() {
        Some(_) => known(&setting)?,
        None => part("context").unwrap_or_else(|| Some(".".to_owned()))?,
    };
    let context = resolve(path, &context)?;
    let dockerfile = part("dockerfile").unwrap_or_else(|| Some("Dockerfile".to_owned()))?;
    let dockerfile = resolve(&format!("{context}/."), &dockerfile)?;
    let user = service.text("user");
    let healthcheck = service.setting("healthcheck");
    let is_off = healthcheck.as_ref().is_some_and(|check| {
        let none = check
            .part("test")
            .and_then(|test| test.value.items().next());
        check.part("disable").is_some_and(|off| off.is_true())
            || none.is_some_and(|first| first.text() == Some("NONE"))
    });
    let build = Build {
        context,
        target: part("target").flatten(),
        has_user: user.is_some_and(|user| {
            !user.is_empty() && !user.starts_with('0') && !user.starts_with("root")
        }),
        has_healthcheck: healthcheck.is_some() && !is_off,
        is_for_development: false,
    };
    Some((dockerfile.trim_start_matches('/').to_owned(), build))
}
