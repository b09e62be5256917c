//! The role of a service among the others: whether they wait for it, whether it keeps running or runs only once.

use rustc_hash::FxHashSet;

use crate::audit::yaml::Value;

use super::file::File;
use super::image;
use super::interpolation::with_defaults;
use super::once;
use super::service::Service;

/// What the services of a file say about each other.
pub(super) struct Roles<'t> {
    /// Services whose end others wait for.
    ended: FxHashSet<&'t str>,
    /// Services that others need.
    needed: FxHashSet<&'t str>,
    /// Images that services of this file build.
    built: FxHashSet<String>,
    /// Services that do their work and end.
    jobs: FxHashSet<&'t str>,
}

impl<'t> Roles<'t> {
    pub(super) fn new(services: &[Service<'t>]) -> Self {
        let mut roles = Self {
            ended: FxHashSet::default(),
            needed: FxHashSet::default(),
            built: FxHashSet::default(),
            jobs: FxHashSet::default(),
        };
        for service in services {
            for need in needs(service) {
                let is_for_end =
                    need.condition.as_deref() == Some("service_completed_successfully");
                let names = if is_for_end {
                    &mut roles.ended
                } else {
                    &mut roles.needed
                };
                names.insert(need.name);
            }
            if service.setting("build").is_some() {
                roles.built.extend(service.text("image"));
            }
        }
        let jobs = services.iter().filter(|service| roles.is_job(service));
        roles.jobs = jobs.map(|service| service.name).collect();
        roles
    }
}

impl Roles<'_> {
    fn is_job(&self, service: &Service) -> bool {
        self.ended.contains(service.name)
            || is_never_restarted(service)
            || is_scheduled_once(service)
            || has_only_tool_profiles(service)
            || has_word(service.name, JOBS)
            || has_word(service.name, QUIET_JOBS) && self.is_quiet(service)
            || is_job_by_command(service)
    }
}

impl Roles<'_> {
    /// Whether nothing connects to a service, and no other needs it to run.
    fn is_quiet(&self, service: &Service) -> bool {
        let mut keys = ["ports", "expose", "healthcheck", "labels", "restart"].iter();
        !keys.any(|key| service.setting(key).is_some()) && !self.needed.contains(service.name)
    }
}

/// An entry of `depends_on`.
pub(super) struct Need<'t> {
    pub(super) name: &'t str,
    /// The item or the key that names it.
    pub(super) written: Value<'t>,
    /// The condition that is waited for; `None` in the short form.
    pub(super) condition: Option<String>,
}

/// Returns the dependencies of a service.
pub(super) fn needs<'t>(service: &Service<'t>) -> Vec<Need<'t>> {
    let Some(setting) = service.setting("depends_on") else {
        return Vec::new();
    };
    let listed = setting.value.items().filter_map(|item| {
        Some(Need {
            name: item.text()?,
            written: item,
            condition: None,
        })
    });
    let mapped = setting.value.entries().filter_map(|entry| {
        let condition = entry.value.get("condition").and_then(Value::text);
        Some(Need {
            name: entry.key.text()?,
            written: entry.key,
            condition: condition.map(with_defaults),
        })
    });
    listed.chain(mapped).collect()
}

impl<'t> File<'t> {
    fn roles(&self) -> &Roles<'t> {
        self.roles.get_or_init(|| Roles::new(&self.services))
    }

    /// Returns whether other services need this one to run.
    pub(super) fn is_needed(&self, service: &Service) -> bool {
        self.roles().needed.contains(service.name)
    }

    /// Returns whether a service of this file builds the image.
    pub(super) fn builds(&self, image: &str) -> bool {
        self.roles().built.contains(image)
    }

    /// Returns whether the service does its work and ends, so that it needs no monitoring and no restarts.
    pub(super) fn is_job(&self, service: &Service) -> bool {
        self.roles().jobs.contains(service.name) || self.prepares()
    }

    /// Returns whether the service looks like a program that is called by hand, by its name and because nothing
    /// connects to it: a restart policy would start it again and again. It may still be long-running, so a finding is
    /// kept, without a fix.
    pub(super) fn is_called(&self, service: &Service) -> bool {
        let has_command = command(service, "command").is_some();
        let is_called_so = has_word(service.name, CALLED) && !has_command;
        self.roles().is_quiet(service) && (is_called_so || self.is_run_by_hand(service))
    }

    /// Whether the name of the file says that it is started once, to prepare or to change something.
    fn prepares(&self) -> bool {
        let path = self.parts.path.as_str();
        let name = path.rsplit('/').next().unwrap_or(path);
        has_word(name, ONCE)
    }

    /// Returns whether the service is written for Swarm, which ignores some settings and has other defaults.
    pub(super) fn is_for_swarm(&self, service: &Service) -> bool {
        let keys = [
            "placement",
            "mode",
            "update_config",
            "rollback_config",
            "endpoint_mode",
        ];
        let is_scheduled = |key: &&str| service.at(&["deploy", key]).is_some();
        self.is_for_swarm || keys.iter().any(is_scheduled)
    }
}

/// Words in the names of services that prepare something for the others, or are called by hand.
const JOBS: &[&str] = &[
    "init",
    "migrate",
    "migration",
    "migrations",
    "migrator",
    "seed",
    "seeder",
    "setup",
    "bootstrap",
    "cli",
    "installer",
    "createbuckets",
    "provisioner",
    "oneshot",
    "composer",
    "artisan",
    "npm",
    "certgen",
];
/// The same, but only if nothing connects to the service.
const QUIET_JOBS: &[&str] = &[
    "permission",
    "permissions",
    "perms",
    "chown",
    "chmod",
    "initialize",
    "initializer",
    "initdb",
    "configurator",
    "createdb",
    "createbucket",
];
/// Words in the names of services that may be called by hand.
#[rustfmt::skip]
const CALLED: &[&str] = &[
    "admin", "cmd", "console", "ctl", "manage", "script", "scripts", "shell", "tool", "toolbox", "tools", "util", "utils",
    "acme", "cert", "certs", "certificate", "certificates", "certbot", "letsencrypt", "job", "once", "test", "tests", "e2e",
    "builder", "codegen", "generator", "create", "import", "dump",
];
/// Words in the name of a file that is started once.
const ONCE: &[&str] = &[
    "init",
    "setup",
    "install",
    "bootstrap",
    "upgrade",
    "migrate",
    "migration",
    "seed",
    "restore",
];
const TOOL_PROFILES: &[&str] = &[
    "tool",
    "tools",
    "cli",
    "init",
    "setup",
    "seed",
    "migrate",
    "migration",
    "migrations",
    "manual",
    "ops",
    "build",
    "backup",
    "restore",
    "task",
    "tasks",
];

fn has_word(name: &str, words: &[&str]) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric())
        .any(|word| words.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// Whether restarts are disabled for a job. A service that keeps data, is published or has a health check is not a job.
fn is_never_restarted(service: &Service) -> bool {
    is_restart_off(service)
        && service.items("ports").is_empty()
        && service.setting("healthcheck").is_none()
        && datastore(service).is_none()
}

/// Returns whether `restart` disables restarts.
pub(super) fn is_restart_off(service: &Service) -> bool {
    let restart = service.text("restart");
    restart.is_some_and(|word| ["no", "false", "off"].contains(&word.trim()))
}

fn is_scheduled_once(service: &Service) -> bool {
    let text = |path: &[&str]| service.at(path).and_then(|setting| setting.text());
    text(&["deploy", "mode"]).is_some_and(|mode| mode.ends_with("-job"))
        || text(&["deploy", "restart_policy", "condition"]).is_some_and(|when| when == "none")
}

fn has_only_tool_profiles(service: &Service) -> bool {
    let profiles = service.items("profiles");
    let is_tool = |name: &str| has_word(name, TOOL_PROFILES);
    !profiles.is_empty()
        && profiles
            .iter()
            .all(|item| item.value.text().is_some_and(is_tool))
}

/// Returns which datastore a service runs, if any.
pub(super) fn datastore(service: &Service) -> Option<&'static str> {
    image::datastore(&image::short_name(&service.text("image")?))
}

/// Returns whether the image of a service, or else its name, is of a kind.
pub(super) fn is_kind(service: &Service, kind: fn(&str) -> bool) -> bool {
    let image = service.text("image").map(|image| image::short_name(&image));
    image.is_some_and(|image| kind(&image)) || kind(&service.name.to_ascii_lowercase())
}

/// Returns a command setting as text, in either form, with words separated by spaces.
pub(super) fn command(service: &Service, key: &str) -> Option<String> {
    let setting = service.setting(key)?;
    if let Some(text) = setting.value.text() {
        return Some(with_defaults(text));
    }
    let words: Vec<_> = setting.value.items().filter_map(Value::text).collect();
    Some(with_defaults(&words.join(" ")))
}

/// Returns whether nothing runs in a service, which exists only for its volumes.
pub(super) fn ends_at_once(service: &Service) -> bool {
    let image = service.text("image").map(|image| image::short_name(&image));
    let command = command(service, "command").or_else(|| command(service, "entrypoint"));
    let Some(command) = command else {
        // Their own command is a shell, which ends where no one types.
        let is_open = ["tty", "stdin_open"]
            .iter()
            .any(|key| service.setting(key).is_some());
        let image = image.unwrap_or_default();
        return !is_open && matches!(&*image, "alpine" | "busybox" | "hello-world" | "scratch");
    };
    matches!(command.trim(), "true" | "/bin/true" | ":")
}

fn is_job_by_command(service: &Service) -> bool {
    let image = service.text("image").map(|image| image::short_name(&image));
    let image = image.as_deref().unwrap_or_default();
    if once::ends(service) {
        return true;
    }
    let command = command(service, "command").or_else(|| command(service, "entrypoint"));
    let Some(command) = command else {
        // These end at once, or print something first.
        return ["busybox", "alpine", "hello-world", "true", "scratch"].contains(&image);
    };
    // Of several steps, or in a loop, the last one may keep running.
    let is_simple = !["&&", ";", "||", "exec ", "while ", "\n"]
        .iter()
        .any(|sign| command.contains(sign));
    let mut words = command.split(|c: char| !c.is_ascii_alphanumeric());
    image == "mc"
        || is_simple
            && words.any(|word| {
                [
                    "migrate",
                    "migration",
                    "migrations",
                    "collectstatic",
                    "certonly",
                ]
                .contains(&word)
            })
}
