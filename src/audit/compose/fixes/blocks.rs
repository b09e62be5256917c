//! Blocks of a Compose file that services merge.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::audit::fix::Edit;
use crate::audit::yaml::Value;
use crate::lexicon::path::has_word;

use super::conventions::limits;
use super::needs::{KEYS, RESTART};

/// Names of new blocks, with their anchors.
pub(super) const NAMES: [(&str, &str); 2] = [
    ("x-defaults", "defaults"),
    ("x-service-defaults", "service-defaults"),
];

/// Keys of a block that services may merge. A block with other keys is merged somewhere else, too.
#[rustfmt::skip]
const OF_SERVICES: [&str; 48] = [
    "image", "build", "restart", "environment", "env_file", "networks", "volumes", "depends_on", "logging", "security_opt",
    "cap_drop", "cap_add", "ulimits", "deploy", "healthcheck", "labels", "extra_hosts", "dns", "tmpfs", "user", "init",
    "platform", "pull_policy", "command", "cpu_shares", "cpus", "entrypoint", "expose", "group_add", "ipc", "links",
    "mem_limit", "mem_reservation", "memswap_limit", "network_mode", "pid", "pids_limit", "ports", "privileged", "profiles",
    "read_only", "runtime", "secrets", "shm_size", "stdin_open", "stop_grace_period", "sysctls", "working_dir",
];

/// A block below an `x-` key that services merge.
pub(super) struct Block<'t> {
    /// Where the `x-` key begins.
    pub(super) key: usize,
    pub(super) anchor: &'t str,
    pub(super) mapping: Value<'t>,
    /// The services that merge it, directly or through another block.
    pub(super) members: BTreeSet<usize>,
    /// Whether it holds only settings that fixes write into shared blocks.
    pub(super) is_harmless: bool,
    /// Whether it is for anything that services have in common, so that settings may be added to it.
    pub(super) is_general: bool,
    /// Whether each of [`KEYS`] can be added to it. Computed once, since there may be many services.
    pub(super) is_lacking: [bool; 3],
    /// How many members lack each of [`KEYS`].
    pub(super) lacking: [usize; 3],
    /// Whether only a few members gain privileges on purpose, so that they are exempted from what the others get.
    pub(super) spares: bool,
    /// The edits that add each of [`KEYS`] for its members; computed on first use.
    pub(super) given: [OnceCell<Option<Vec<Edit>>>; 3],
}

/// The blocks below the `x-` keys of a file, or one level deeper, that services may merge.
pub(super) fn blocks<'t>(text: &'t str, root: Value<'t>) -> Vec<Block<'t>> {
    let is_extension = |key: Value| key.text().is_some_and(|key| key.starts_with("x-"));
    let mut found = Vec::new();
    for top in root.entries().filter(|entry| is_extension(entry.key)) {
        let at = top.key.span().start;
        let inner = top.value.entries().filter(|_| top.value.via().is_none());
        let inner = inner.map(|entry| (entry.key, entry.value));
        let all = std::iter::once((top.key, top.value)).chain(inner);
        found.extend(all.filter_map(|(key, mapping)| block(text, at, key, mapping)));
    }
    found
}

/// The block with this key, below the `x-` key at `at`, if it has an anchor and holds settings of services.
fn block<'t>(text: &'t str, at: usize, key: Value<'t>, mapping: Value<'t>) -> Option<Block<'t>> {
    let keys: Vec<&str> = mapping
        .entries()
        .filter_map(|entry| entry.key.text())
        .collect();
    let is_known = !keys.is_empty() && keys.iter().all(|key| OF_SERVICES.contains(key));
    if mapping.via().is_some() || key.is_elsewhere() || !is_known {
        return None;
    }
    let between = text.get(key.span().end..mapping.span().start)?;
    let anchor = between.trim_start_matches(':').trim().strip_prefix('&')?;
    let anchor = anchor.split_whitespace().next()?;
    let is_for_all = NAMES.iter().any(|(_, known)| *known == anchor);
    Some(Block {
        key: at,
        anchor,
        mapping,
        members: BTreeSet::new(),
        is_lacking: [false; 3],
        lacking: [0; 3],
        spares: false,
        given: [const { OnceCell::new() }; 3],
        is_harmless: keys.iter().all(|key| {
            // A block with a restart policy may be the base of some services only.
            KEYS.contains(key) && (*key != RESTART || is_for_all)
        }),
        is_general: is_general([key.text()?, anchor], &keys),
    })
}

/// Whether a file of its version may have keys that begin with `x-`. Versions 2.1 and 3.4 introduced them, and the
/// programs that read files without a version support them.
pub(super) fn takes_extensions(root: Value) -> bool {
    let version = root.get("version").and_then(Value::written);
    let mut parts = version.unwrap_or("3.8").split('.');
    let mut part = || {
        parts
            .next()
            .and_then(|part| part.trim().parse::<u32>().ok())
    };
    let version = (part().unwrap_or(3), part().unwrap_or(0));
    let has_some = || {
        let mut keys = root.entries().filter_map(|entry| entry.key.text());
        keys.any(|key| key.starts_with("x-"))
    };
    version >= (3, 4) || ((2, 1)..(3, 0)).contains(&version) || has_some()
}

/// The first top-level block that only limits what a service logs, or the first service whose limit has an anchor.
pub(super) fn logging<'t>(text: &'t str, root: Value<'t>) -> Option<(usize, &'t str)> {
    let anchored = |key: Value<'t>, logging: Value<'t>| {
        limits(logging).then_some(())?;
        let between = text.get(key.span().end..logging.span().start)?;
        let anchor = between.trim_start_matches(':').trim().strip_prefix('&')?;
        let anchor = anchor.split_whitespace().next()?;
        let is_own = logging.via().is_none();
        is_own.then_some((key.span().start, anchor))
    };
    let blocks = root.entries().filter(|entry| {
        let key = entry.key.text();
        key.is_some_and(|key| key.starts_with("x-"))
    });
    let mut blocks = blocks.filter_map(|entry| anchored(entry.key, entry.value));
    blocks.next().or_else(|| {
        let services = root.get("services").into_iter().flat_map(Value::entries);
        let mut logs = services.filter_map(|service| {
            let entry = service.value.entry_of("logging")?;
            anchored(entry.key, entry.value)
        });
        logs.next()
    })
}

/// Words in the names of blocks that services build upon.
#[rustfmt::skip]
const GENERAL: &[&str] = &[
    "all", "app", "apps", "base", "basic", "common", "default", "defaults", "general", "generic", "global", "parent",
    "service", "services", "shared", "standard", "template",
];

/// Words in the names of blocks that are only for the settings they name.
#[rustfmt::skip]
const OF_ONE_PURPOSE: &[&str] = &[
    "args", "build", "builds", "caps", "command", "config", "configs", "depend", "depends", "dependencies", "deploy",
    "deployment", "dns", "env", "environment", "envs", "file", "files", "gpu", "gpus", "health", "healthcheck",
    "healthchecks", "hosts", "image", "label", "labels", "limit", "limits", "log", "logger", "logging", "logs", "mount",
    "mounts", "network", "networks", "placement", "platform", "policy", "port", "ports", "profile", "profiles",
    "replicas", "resource", "resources", "restart", "secret", "secrets", "security", "sysctls", "ulimit", "ulimits",
    "update", "user", "variables", "vars", "volume", "volumes",
];

/// Whether a block with these names and keys may get settings that its name does not cover: with more in it, the name
/// `x-restart-policy` would be wrong.
fn is_general(names: [&str; 2], keys: &[&str]) -> bool {
    let lower = names.map(str::to_ascii_lowercase);
    let has = |words: &[&str]| {
        lower
            .iter()
            .any(|name| has_word(name, |it| words.contains(&it)))
    };
    let has_program = ["image", "build"].iter().any(|key| keys.contains(key));
    !has(OF_ONE_PURPOSE) && (has(GENERAL) || has_program || keys.len() >= 2)
}

#[cfg(test)]
mod tests {
    use super::is_general;

    #[test]
    fn blocks_for_one_purpose_are_not_for_others() {
        for (key, anchor, keys) in [
            ("x-restart-policy", "restart_policy", &["restart"][..]),
            ("x-celery-depends-on", "celery-depends-on", &["depends_on"]),
            ("x-logging", "default-logging", &["logging"]),
            ("x-app-environment", "app-env", &["environment", "env_file"]),
            ("x-autoheal", "autoheal", &["labels"]),
            ("x-default-deploy", "default-deploy", &["deploy"]),
            ("x-build-base", "build", &["build", "image"]),
            ("x-other", "other", &["restart"]),
        ] {
            assert!(!is_general([key, anchor], keys), "{key}");
        }
        for (key, anchor, keys) in [
            ("x-defaults", "defaults", &["logging"][..]),
            ("x-airflow-common", "airflow-common", &["environment"]),
            ("x-worker", "worker", &["image", "restart"]),
            (
                "x-django",
                "django",
                &["environment", "depends_on", "restart"],
            ),
            ("x-base", "b", &["restart"]),
        ] {
            assert!(is_general([key, anchor], keys), "{key}");
        }
    }
}
