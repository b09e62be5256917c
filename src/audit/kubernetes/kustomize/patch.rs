//! Patches: strategic merges, which look like a manifest, and operations of JSON Patch (RFC 6902).

use crate::audit::yaml::{Body, Part};

/// Merges `patch` into a manifest.
pub(super) fn merge(manifest: &mut Part, patch: &Part) {
    let version = manifest.text_of("apiVersion").unwrap_or_default();
    let group = version.split_once('/').map_or("", |(group, _)| group);
    // The merge keys of custom resources' lists are not known, so those lists are replaced.
    let is_known = !group.contains('.') || group.ends_with(".k8s.io");
    merge_at(manifest, patch, "", is_known);
}

/// Returns the keys that identify the items of a list that is merged item by item, by the name of the list.
fn keys(list: &str) -> &'static [&'static str] {
    match list {
        "containers"
        | "initContainers"
        | "ephemeralContainers"
        | "env"
        | "volumes"
        | "imagePullSecrets"
        | "secrets" => &["name"],
        "ports" => &["containerPort", "port"],
        "volumeMounts" => &["mountPath"],
        "volumeDevices" => &["devicePath"],
        "hostAliases" => &["ip"],
        "topologySpreadConstraints" => &["topologyKey"],
        _ => &[],
    }
}

fn directive(part: &Part) -> Option<&str> {
    part.text_of("$patch")
}

/// Merges a node; `name` is the key of both.
fn merge_at(base: &mut Part, patch: &Part, name: &str, is_known: bool) {
    match (&mut base.body, &patch.body) {
        (Body::Map(_), Body::Map(entries)) => {
            if directive(patch) == Some("replace") {
                base.body = without_directives(patch).body;
                return;
            }
            for (key, value) in entries.iter().filter(|(key, _)| !key.starts_with('$')) {
                if value.is_null() || directive(value) == Some("delete") {
                    base.remove(key);
                } else if let Some(own) = base.get_mut(key) {
                    merge_at(own, value, key, is_known);
                } else {
                    base.set(key, without_directives(value));
                }
            }
        }
        (Body::List(own), Body::List(items)) if is_known && !keys(name).is_empty() => {
            if items.iter().any(|it| directive(it) == Some("replace")) {
                own.clear();
            }
            merge_items(own, items, name);
        }
        _ => base.body = without_directives(patch).body,
    }
}

/// Merges two lists. Items of the patch come first, in its order, as in Kustomize: indexes in later patches depend on
/// it.
fn merge_items(own: &mut Vec<Part>, items: &[Part], list: &str) {
    let is_same = |a: &Part, b: &Part| {
        let identity = |key: &&&str| a.get(key).is_some() && b.get(key).is_some();
        let key = keys(list).iter().find(identity);
        key.is_some_and(|key| a.text_of(key) == b.text_of(key))
    };
    let mut first = Vec::new();
    for item in items {
        let found = own.iter().position(|it| is_same(it, item));
        let found = found.map(|at| own.remove(at));
        match (directive(item), found) {
            (Some("delete"), _) => {}
            (Some("replace"), found) => first.extend(found),
            (_, Some(mut base)) => {
                merge_at(&mut base, item, "", true);
                first.push(base);
            }
            (_, None) => first.push(without_directives(item)),
        }
    }
    own.splice(..0, first);
}

/// Returns the node without merge directives.
fn without_directives(part: &Part) -> Part {
    let mut copy = part.clone();
    strip(&mut copy);
    copy
}

fn strip(part: &mut Part) {
    match &mut part.body {
        Body::Scalar(..) => {}
        Body::List(items) => items.iter_mut().for_each(strip),
        Body::Map(entries) => {
            entries.retain(|(key, _)| !key.starts_with('$'));
            for (_, value) in entries {
                strip(value);
            }
        }
    }
}

/// Applies JSON Patch operations, skipping those whose path does not exist.
pub(super) fn operate(manifest: &mut Part, operations: &[Part]) {
    for operation in operations {
        let (Some(op), Some(path)) = (operation.text_of("op"), operation.text_of("path")) else {
            continue;
        };
        let mut steps: Vec<String> = path
            .split('/')
            .skip(1)
            .map(|step| step.replace("~1", "/").replace("~0", "~"))
            .collect();
        let Some(last) = steps.pop() else {
            continue;
        };
        let found = steps
            .iter()
            .try_fold(&mut *manifest, |at, step| step_into(at, step));
        if let Some(parent) = found {
            change(parent, &last, op, operation.get("value"));
        }
    }
}

fn step_into<'p>(part: &'p mut Part, step: &str) -> Option<&'p mut Part> {
    match &mut part.body {
        Body::List(items) => items.get_mut(step.parse::<usize>().ok()?),
        Body::Map(entries) => {
            let found = entries.iter_mut().find(|(own, _)| own == step);
            found.map(|(_, value)| value)
        }
        Body::Scalar(..) => None,
    }
}

fn change(parent: &mut Part, last: &str, op: &str, value: Option<&Part>) {
    match (&mut parent.body, op, value) {
        (Body::List(items), "add", Some(value)) => {
            let at = last.parse().unwrap_or(items.len()).min(items.len());
            items.insert(at, value.clone());
        }
        (Body::List(items), "replace", Some(value)) => {
            let at = last.parse::<usize>().ok();
            if let Some(item) = at.and_then(|at| items.get_mut(at)) {
                *item = value.clone();
            }
        }
        (Body::List(items), "remove", _) => {
            if let Some(at) = last.parse().ok().filter(|at| *at < items.len()) {
                items.remove(at);
            }
        }
        (Body::Map(_), "add" | "replace", Some(value)) => parent.set(last, value.clone()),
        (Body::Map(_), "remove", _) => parent.remove(last),
        _ => {}
    }
}
