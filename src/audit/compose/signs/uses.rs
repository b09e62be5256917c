//! The other files that a Compose file uses.

use crate::audit::Project;
use crate::audit::compose::env_file;
use crate::audit::compose::file::File;
use crate::audit::compose::image;
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::parts::Parts;
use crate::audit::compose::roles::is_kind;
use crate::audit::compose::service::Service;
use crate::audit::compose::volume::{Mount, mounts};
use crate::audit::project::resolve;
use crate::audit::yaml::{ELSEWHERE, Span, Value};

use super::{kinds, line};

/// A file that a Compose file uses, or a directory with everything below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::audit) struct Used {
    /// Its path.
    pub(in crate::audit) path: String,
    /// Whether it is a Dockerfile.
    pub(in crate::audit) is_dockerfile: bool,
    /// The line that names it, if one does.
    pub(in crate::audit) line: Option<u32>,
}

/// The files that the services use: Dockerfiles, env files, mounted files, secrets and configurations.
pub(super) fn used(path: &str, file: &File, text: &str) -> Vec<Used> {
    let services = file.services.iter();
    let mut all: Vec<_> = services
        .flat_map(|service| of_service(path, service, text))
        .collect();
    for key in ["secrets", "configs"] {
        let given = file
            .parts
            .top(path, key)
            .into_iter()
            .flat_map(Value::entries);
        all.extend(given.filter_map(|entry| {
            let named = entry.value.get("file")?;
            let resolved = resolve(path, &with_defaults(named.text()?))?;
            Some(Used {
                path: resolved,
                is_dockerfile: false,
                line: line(text, &named.span()),
            })
        }));
    }
    all
}

fn of_service(path: &str, service: &Service, text: &str) -> Vec<Used> {
    let mut all = Vec::new();
    let file = |path: String, span: &Span| Used {
        path,
        is_dockerfile: false,
        line: line(text, span),
    };
    let build = service.setting("build").map(|it| it.value.span());
    all.extend(built(path, service).map(|(_, path)| Used {
        path,
        is_dockerfile: true,
        line: line(text, &build.unwrap_or(ELSEWHERE)),
    }));
    if let Some(files) = service.setting("env_file") {
        let named = env_file::named(files.value).into_iter();
        all.extend(named.filter_map(|it| {
            let resolved = resolve(path, &it.path)?;
            Some(file(resolved, &it.value.span()))
        }));
    }
    // Files mounted into the program itself ship with it.
    let is_other = kinds::is_aid(service) || is_kind(service, image::is_reverse_proxy);
    let mounted = if is_other {
        mounts(service)
    } else {
        Vec::new()
    };
    all.extend(mounted.iter().filter_map(|mount| {
        let resolved = resolve(path, mount.source.as_deref()?)?;
        (!resolved.is_empty()).then(|| file(resolved, &mount.span))
    }));
    all
}

/// The Compose files that are merged below the one at `path`, or that it takes services from.
pub(super) fn below(parts: &Parts, path: &str) -> Vec<String> {
    let others = parts.paths().filter(|other| *other != path);
    others.map(str::to_owned).collect()
}

/// The build context of a service, and its Dockerfile.
pub(super) fn built(path: &str, service: &Service) -> Option<(String, String)> {
    let build = service.setting("build")?;
    let part = |key: &str| Some(with_defaults(build.part(key)?.value.text()?));
    let context = match build.value.text() {
        Some(text) => with_defaults(text),
        None => part("context").unwrap_or_else(|| ".".to_owned()),
    };
    let context = resolve(path, &context)?;
    let name = part("dockerfile").unwrap_or_else(|| "Dockerfile".to_owned());
    let dockerfile = resolve(&format!("{context}/."), &name)?;
    Some((context, dockerfile.trim_start_matches('/').to_owned()))
}

/// Usual names of directories that hold all of the source code.
const SOURCES: &[&str] = &[
    "src", "app", "lib", "server", "client", "backend", "frontend", "api", "web", "packages",
    "apps",
];

/// The mount that covers the program of a service with a working copy: in an image built from it, or in one that holds
/// only a runtime.
pub(super) fn source(path: &str, service: &Service) -> Option<Mount> {
    let context = match built(path, service) {
        Some((context, _)) => context,
        None if service.setting("build").is_none() => resolve(path, ".")?,
        None => return None,
    };
    mounts(service).into_iter().find(|mount| {
        let source = mount.source.as_deref().and_then(|it| resolve(path, it));
        let Some(source) = source else {
            return false;
        };
        let is_setting = [
            "/etc/",
            "/config",
            "/conf",
            "/docker-entrypoint",
            "/data",
            "/var/log",
        ]
        .iter()
        .any(|start| mount.target.starts_with(start));
        let below = source
            .strip_prefix(&context)
            .map(|it| it.trim_start_matches('/'));
        let is_source = source == context || below.is_some_and(|below| SOURCES.contains(&below));
        !is_setting && !mount.is_read_only && is_source
    })
}

/// How many bytes of a Dockerfile are read.
const MAX_BYTES: usize = 64 << 10;

/// Whether a mount covers the working directory of a service's image, as far as that is known.
pub(super) fn is_over_work(
    mount: &Mount,
    path: &str,
    service: &Service,
    project: &Project<'_>,
) -> bool {
    let is_over = |folder: &str| {
        let folder = folder.trim_end_matches('/');
        let below = |a: &str, b: &str| a.strip_prefix(b).is_some_and(|it| it.starts_with('/'));
        folder == mount.target || below(&mount.target, folder) || below(folder, &mount.target)
    };
    if let Some(folder) = service.text("working_dir") {
        return is_over(&folder);
    }
    let text = built(path, service).and_then(|(_, dockerfile)| project.read_text(&dockerfile));
    let Some(text) = text.filter(|text| text.len() <= MAX_BYTES) else {
        return true;
    };
    let mut folders = text.lines().filter_map(|line| {
        let (word, folder) = line.trim().split_once(char::is_whitespace)?;
        word.eq_ignore_ascii_case("WORKDIR").then(|| folder.trim())
    });
    let Some(first) = folders.next() else {
        return true;
    };
    let mut folders = std::iter::once(first).chain(folders);
    folders.any(|folder| !folder.starts_with('/') || folder.contains('$') || is_over(folder))
}
