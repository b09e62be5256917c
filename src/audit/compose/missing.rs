//! Files that a Compose file names but that cannot be read: absent, elsewhere, or not YAML.

use crate::audit::Project;
use crate::audit::limit;
use crate::audit::project::resolve;
use crate::audit::yaml::{Span, Value};

use super::env_file;
use super::file::File;
use super::interpolation::{is_unknown, with_defaults};
use super::parts::included;

/// A file that is named but cannot be read.
pub(super) struct Missing {
    /// Where it is named.
    pub(super) span: Span,
    /// What is unknown because of it, as a sentence without its full stop.
    pub(super) message: String,
}

/// How many are reported.
const MAX_MISSING: usize = 1_000;

/// Returns the files that are named but cannot be read.
pub(super) fn missing(file: &File, project: &Project) -> Vec<Missing> {
    let mut missing = Vec::new();
    let path = file.parts.path.as_str();
    if let Some(list) = file.parts.top(path, "include") {
        list.items()
            .for_each(|entry| include(entry, path, project, &mut missing));
    }
    // A file on its own, as from standard input, has no others beside it, so their absence proves nothing.
    let has_neighbours = project.paths().any(|other| other != path);
    for service in &file.services {
        let own = service.layers.iter().map(|layer| layer.settings);
        for settings in own.filter(|settings| !settings.is_elsewhere() && settings.via().is_none())
        {
            if let Some(extends) = settings
                .get("extends")
                .and_then(|extends| extends.get("file"))
            {
                extended(extends, file, &mut missing);
            }
            if has_neighbours && let Some(files) = settings.get("env_file") {
                env_files(files, &file.parts.base, project, &mut missing);
            }
            if has_neighbours && let Some(build) = settings.get("build") {
                dockerfile(build, &file.parts.base, project, &mut missing);
            }
        }
    }
    missing.sort_by_key(|missing| missing.span.start);
    missing.dedup_by_key(|missing| missing.span.start);
    if missing.len() > MAX_MISSING {
        limit::reached(format!(
            "more than {MAX_MISSING} references to missing files"
        ));
        missing.truncate(MAX_MISSING);
    }
    missing
}

/// Whether a path leads to another machine.
fn is_remote(named: &str) -> bool {
    named.contains("://") || named.starts_with("git@") || named.starts_with("github.com/")
}

/// Whether a file exists, even if Git ignores it.
fn is_there(file: &str, project: &Project) -> bool {
    project.has(file) || project.read(file).is_some()
}

fn include(entry: Value, path: &str, project: &Project, missing: &mut Vec<Missing>) {
    for (named, value) in included(entry) {
        let what = if is_unknown(&named) {
            "the path of the included file depends on an unset variable, so the file was not audited"
        } else if is_remote(&named) {
            "the included file is remote, so it was not audited"
        } else if resolve(path, &named).is_none_or(|file| !is_there(&file, project)) {
            "the included file does not exist, so part of the configuration was not audited"
        } else {
            continue;
        };
        push(value, what, missing);
    }
}

fn extended(named: Value, file: &File, missing: &mut Vec<Missing>) {
    let text = named.text().map(with_defaults).unwrap_or_default();
    let part = resolve(&file.parts.path, &text);
    let what = if is_unknown(&text) {
        "the path of the extended file depends on an unset variable, so the file was not audited"
    } else if part.is_none_or(|part| file.parts.tree(&part).is_none()) {
        "the extended file does not exist or cannot be read, so part of the configuration was not audited"
    } else {
        return;
    };
    push(named, what, missing);
}

fn env_files(files: Value, base: &str, project: &Project, missing: &mut Vec<Missing>) {
    for named in env_file::named(files) {
        let file = resolve(base, &named.path).filter(|_| !named.is_optional);
        if file.is_some_and(|file| !is_there(&file, project)) {
            let what = "the env file does not exist, so its variables were not audited";
            push(named.value, what, missing);
        }
    }
}

fn dockerfile(build: Value, base: &str, project: &Project, missing: &mut Vec<Missing>) {
    if build.get("dockerfile_inline").is_some() {
        return;
    }
    let context = if build.is_mapping() {
        build.get("context")
    } else {
        Some(build)
    };
    let folder = context
        .and_then(Value::text)
        .map_or_else(|| ".".to_owned(), with_defaults);
    let named = build.get("dockerfile").and_then(Value::text);
    let name = named.map_or_else(|| "Dockerfile".to_owned(), with_defaults);
    if is_unknown(&folder) || is_unknown(&name) || is_remote(&folder) || name.starts_with('/') {
        return;
    }
    let named = format!("{folder}/{name}");
    let Some(file) = resolve(base, &named) else {
        return;
    };
    // A file that is merged onto one in a parent directory names paths relative to that.
    let mut above = base.rsplit_once('/').map(|(folder, _)| folder);
    let is_above = std::iter::from_fn(|| {
        let folder = above?;
        above = folder.rsplit_once('/').map(|(folder, _)| folder);
        Some(folder)
    })
    .take(8)
    .any(|folder| resolve(folder, &named).is_some_and(|file| project.has(&file)));
    if !is_above && !is_there(&file, project) {
        let place = build.get("dockerfile").or(context).unwrap_or(build);
        push(
            place,
            "the Dockerfile does not exist, so the image was not audited",
            missing,
        );
    }
}

fn push(value: Value, what: &str, missing: &mut Vec<Missing>) {
    if !value.is_elsewhere() {
        missing.push(Missing {
            span: value.span(),
            message: what.to_owned(),
        });
    }
}
