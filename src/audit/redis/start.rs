//! What prevents a Redis server from starting.

use rustc_hash::FxHashSet;

use crate::audit::directive::Directive;
use crate::audit::yaml::ELSEWHERE;

use super::settings::{Defect, memory};

/// Settings that have one value.
const SINGLE: &[&str] = &[
    "aclfile",
    "appendonly",
    "dbfilename",
    "dir",
    "masterauth",
    "maxmemory",
    "maxmemory-policy",
    "port",
    "protected-mode",
    "requirepass",
    "tls-port",
];

/// Settings that are `yes` or `no`.
const SWITCHES: &[&str] = &["appendonly", "protected-mode"];

/// Returns the first line that prevents a server from starting.
pub(super) fn defect(settings: &[Directive]) -> Option<Defect> {
    let mut users = FxHashSet::default();
    for setting in settings {
        let reason = of_values(setting).or_else(|| {
            let is_second = setting.name == "user" && !users.insert(setting.value());
            is_second.then_some("a user is named twice")
        });
        if let Some(reason) = reason {
            return Some(at(setting, reason));
        }
    }
    let acl_file = settings
        .iter()
        .find(|setting| setting.name == "aclfile" && !setting.value().is_empty());
    let acl_file = acl_file.filter(|_| !users.is_empty());
    acl_file.map(|setting| at(setting, "users are named both here and by `aclfile`"))
}

fn at(setting: &Directive, reason: &'static str) -> Defect {
    let is_here = setting.span != ELSEWHERE;
    Defect {
        at: is_here.then_some(setting.span.start),
        reason,
    }
}

fn of_values(setting: &Directive) -> Option<&'static str> {
    let name = setting.name.as_str();
    // A value that is yet to be filled in will be something else.
    if setting
        .values
        .iter()
        .any(|word| word.text.contains(['$', '{', '%', '@', '<']))
    {
        return None;
    }
    if SINGLE.contains(&name) && setting.values.len() != 1 {
        return Some("the setting has one value, and comments have lines of their own");
    }
    let value = setting.value().to_ascii_lowercase();
    if SWITCHES.contains(&name) && !matches!(value.as_str(), "yes" | "no") {
        return Some("the setting is `yes` or `no`");
    }
    if name == "maxmemory" && memory(&value).is_none() {
        return Some("the setting is a number of bytes");
    }
    (name == "rename-command" && setting.values.len() != 2)
        .then_some("a command and its new name are two words")
}
