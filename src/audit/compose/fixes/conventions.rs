//! The conventions of a repository that fixes follow: values of its other services, and variables of its own.

use crate::audit::Project;
use crate::audit::compose::Compose;
use crate::audit::compose::file::File;
use crate::audit::compose::service::Service;
use crate::audit::yaml::{self, Value, Written};

use super::needs::{lacks, most_start_again};
use super::{LOOPBACK, written_here};

/// People write no longer names of variables, or values.
const MAX_NAME: usize = 100;
/// Limits: other Compose files examined, and bytes of each.
const MOST_FILES: usize = 200;
const MAX_BYTES: usize = 256 << 10;

/// How a service keeps its logs, each value as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit::compose) struct Logging {
    driver: Option<String>,
    options: Vec<(String, String)>,
}

/// The settings of a file's services that fixes imitate.
#[derive(Debug)]
pub(in crate::audit::compose) struct Conventions {
    logging: Logging,
    /// Whether most services of the file, or those of one beside it, keep their logs so.
    pub(super) limits_logs: bool,
    restart: String,
    /// Whether most services of the file have this policy, and none another one.
    pub(super) starts_again: bool,
}

/// The conventions of all Compose files of a project.
struct Forms(Vec<Form>);

/// The conventions of one Compose file.
struct Form {
    path: String,
    logging: Option<Logging>,
    restart: Option<String>,
    /// The policy that all of its services have which have one.
    policy: Option<String>,
    /// The variables whose default is the loopback address.
    loopback: Vec<String>,
}

impl Conventions {
    /// Reads the conventions of `file`, or else those of the Compose files around it.
    pub(in crate::audit::compose) fn of(file: &File) -> Self {
        let own = || file.services.iter().filter_map(written_here);
        let logs = own().filter_map(|it| logging_of(it.get("logging")?, file.text));
        let beside = || {
            around(file, |form, is_beside| {
                form.logging.clone().filter(|_| is_beside)
            })
        };
        let logs: Vec<Logging> = logs.collect();
        let lacking = file.services.iter().filter(|it| lacks(it, "logging"));
        let is_usual = logs.is_empty() || logs.len() >= lacking.count();
        let logging = most_common(&logs).or_else(beside);
        let limits_logs = logging.is_some() && is_usual;
        let logging = logging.or_else(|| {
            around(file, |form, _| {
                form.logging.clone().filter(Logging::has_defaults)
            })
        });
        let policies: Vec<String> = own()
            .filter_map(|it| policy_of(it.get("restart")?, file.text))
            .collect();
        let starts_again = policies.windows(2).all(|pair| pair[0] == pair[1]);
        let starts_again = starts_again && !policies.is_empty() && most_start_again(file);
        let restart = most_common(&policies)
            .or_else(|| around(file, |form, _| form.restart.clone()))
            .or_else(|| same_policy(file, true))
            .or_else(|| same_policy(file, false));
        Self {
            logging: logging.unwrap_or_default(),
            limits_logs,
            starts_again,
            restart: restart.unwrap_or_else(|| "unless-stopped".to_owned()),
        }
    }

    /// The restart policy for a service.
    pub(super) fn restart(&self) -> Written<'_> {
        Written::Scalar(&self.restart)
    }

    /// Calls `make` with the log limits for a service.
    pub(super) fn with_logging<R>(&self, make: impl FnOnce(&[(&str, Written<'_>)]) -> R) -> R {
        let options = self.logging.options.iter();
        let options: Vec<_> = options
            .map(|(key, value)| (key.as_str(), Written::Scalar(value)))
            .collect();
        let driver = self.logging.driver.iter();
        let driver = driver.map(|driver| ("driver", Written::Scalar(driver.as_str())));
        let has_options = !options.is_empty();
        let limits = has_options.then_some(("options", Written::Mapping(&options)));
        let entries: Vec<_> = driver.chain(limits).collect();
        make(&entries)
    }
}

impl Default for Logging {
    fn default() -> Self {
        let options = [("max-size", "10m"), ("max-file", "\"3\"")];
        Self {
            driver: Some("json-file".to_owned()),
            options: options
                .map(|(key, value)| (key.to_owned(), value.to_owned()))
                .into(),
        }
    }
}

impl Logging {
    /// Whether its limits are variables with defaults.
    fn has_defaults(&self) -> bool {
        let mut options = self.options.iter();
        !self.options.is_empty() && options.all(|(_, value)| value.contains(":-"))
    }
}

/// The first result of `take` for another Compose file: those in the directory of `file` come first, with `true`, then
/// all others, with `false`.
fn around<T>(file: &File, take: impl Fn(&Form, bool) -> Option<T>) -> Option<T> {
    let forms = file.project.shared(Forms::of);
    let own = file.parts.path.as_str();
    let other = || forms.0.iter().filter(|form| form.path != own);
    let beside = |form: &&Form| folder(&form.path) == folder(own);
    let mut near = other().filter(beside);
    near.find_map(|form| take(form, true))
        .or_else(|| other().find_map(|form| take(form, false)))
}

/// The loopback address as written in the ports of a file, or else in those of the Compose files around it:
/// `${HOST_IP:-127.0.0.1}` if a single variable serves them all.
pub(super) fn own_address<'f>(file: &'f File) -> &'f str {
    let one = |mut names: Vec<String>| {
        names.sort();
        names.dedup();
        (names.len() == 1).then(|| names.remove(0))
    };
    file.loopback.get_or_init(|| {
        let forms = file.project.shared(Forms::of);
        let all = |is_near: bool| {
            let own = folder(&file.parts.path);
            let forms = forms.0.iter();
            let near = forms.filter(|form| !is_near || folder(&form.path) == own);
            near.flat_map(|form| form.loopback.iter().cloned())
                .collect()
        };
        let found = one(defaults_of_loopback(file.text))
            .or_else(|| one(all(true)))
            .or_else(|| one(all(false)));
        found.map_or_else(
            || LOOPBACK.to_owned(),
            |name| format!("${{{name}:-{LOOPBACK}}}"),
        )
    })
}

impl Forms {
    fn of(project: &Project<'_>) -> Self {
        let sources = project.claimed_by(&Compose).take(MOST_FILES);
        let sources = sources.filter(|source| source.text.len() <= MAX_BYTES);
        let forms = sources.map(|source| Form {
            path: source.path.clone(),
            logging: logging_in(&source.text),
            restart: restart_in(&source.text),
            policy: policy_in(&source.text),
            loopback: defaults_of_loopback(&source.text),
        });
        Self(forms.collect())
    }
}

/// Whether a mapping `logging` limits what is kept: by a size, or by the driver that has limits of its own.
pub(super) fn limits(logging: Value) -> bool {
    let size = logging.get("options").and_then(|it| it.get("max-size"));
    size.is_some() || logging.get("driver").and_then(Value::written) == Some("local")
}

/// The most common way in which the services in a text keep their logs.
fn logging_in(text: &str) -> Option<Logging> {
    if !text.contains("logging:") {
        return None;
    }
    let tree = yaml::parse(text).ok()?;
    let services = tree.documents().filter_map(|root| root.get("services"));
    let settings = services.flat_map(Value::entries).map(|entry| entry.value);
    let logs = settings.filter_map(|it| logging_of(it.get("logging")?, text));
    most_common(&logs.collect::<Vec<_>>())
}

/// The policy that all services have which have one: those of the files in the folder of `file`, or of all.
fn same_policy(file: &File, is_near: bool) -> Option<String> {
    let forms = file.project.shared(Forms::of);
    let own = folder(&file.parts.path);
    let forms = forms.0.iter();
    let near = forms.filter(|form| !is_near || folder(&form.path) == own);
    let mut policies = near.filter_map(|form| form.policy.clone());
    let first = policies.next()?;
    policies.all(|policy| policy == first).then_some(first)
}

/// The policy that all services in a text have which have one, as it is written; nothing where they differ.
fn policy_in(text: &str) -> Option<String> {
    let policies = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("restart:"));
    let is_policy = |word: &&str| matches!(*word, "always" | "unless-stopped");
    let mut policies = policies.map(str::trim).filter(is_policy);
    let first = policies.next()?;
    policies.all(|it| it == first).then(|| first.to_owned())
}

/// The restart policy of a text whose services all take it from the same variable with a default.
fn restart_in(text: &str) -> Option<String> {
    let policies = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("restart:"));
    let mut policies = policies
        .map(str::trim)
        .filter(|it| it.contains("${") && it.contains(":-"));
    let first = policies.next()?;
    let is_short = first.len() <= MAX_NAME && !first.contains(" #");
    (is_short && policies.all(|it| it == first)).then(|| first.to_owned())
}

/// The variables whose default is the loopback address in the ports of a text.
fn defaults_of_loopback(text: &str) -> Vec<String> {
    const BEHIND: &str = ":-127.0.0.1}:";
    let names = text.match_indices(BEHIND).filter_map(|(at, _)| {
        let from = at.saturating_sub(MAX_NAME);
        let name = text.get(from..at)?.rsplit("${").next()?;
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        name.chars().all(is_name).then(|| name.to_owned())
    });
    names.collect()
}

/// The limits in a `logging` mapping, if it holds nothing that is specific to a service.
fn logging_of(logging: Value, text: &str) -> Option<Logging> {
    const OPTIONS: [&str; 5] = [
        "max-size",
        "max-file",
        "compress",
        "mode",
        "max-buffer-size",
    ];
    let driver = logging.get("driver").map(|driver| raw(driver, text));
    let is_known = match logging.get("driver").and_then(Value::written) {
        Some(name) => name == "json-file" || name == "local" || name.contains(":-"),
        None => driver.is_none(),
    };
    if !limits(logging) {
        return None;
    }
    let options = logging
        .get("options")
        .into_iter()
        .flat_map(Value::entries)
        .map(|entry| {
            let key = entry.key.text().filter(|key| OPTIONS.contains(key))?;
            Some((key.to_owned(), raw(entry.value, text)?))
        });
    let options: Vec<_> = options.collect::<Option<_>>()?;
    let driver = match driver {
        Some(driver) => Some(driver?),
        None => None,
    };
    is_known.then_some(Logging { driver, options })
}

/// A policy that restarts a service whenever it ends.
fn policy_of(policy: Value, text: &str) -> Option<String> {
    let word = policy.written()?;
    let is_meant = matches!(word, "always" | "unless-stopped") || word.starts_with('$');
    raw(policy, text).filter(|_| is_meant)
}

/// A scalar as it is written, with its quotes.
fn raw(scalar: Value, text: &str) -> Option<String> {
    scalar.written()?;
    let written = text.get(scalar.span())?;
    let is_simple = !written.is_empty()
        && written.len() <= MAX_NAME
        && !written.contains('\n')
        && !scalar.is_elsewhere();
    is_simple.then(|| written.to_owned())
}

fn most_common<T: PartialEq + Clone>(all: &[T]) -> Option<T> {
    let count = |it: &T| all.iter().filter(|other| *other == it).count();
    let first = all.iter().take(MOST_FILES);
    // The first of those that are equally common.
    first.rev().max_by_key(|it| count(it)).cloned()
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// Whether a comment in a service holds a `restart` setting, so that it was left out on purpose.
pub(super) fn leaves_out(file: &File, service: &Service) -> bool {
    let own = super::own_settings(service).map(Value::span);
    let lines = own.and_then(|span| file.text.get(span)).unwrap_or_default();
    lines.lines().any(|line| {
        let remark = line.trim_start().strip_prefix('#');
        remark.is_some_and(|remark| remark.trim_start().starts_with("restart:"))
    })
}
