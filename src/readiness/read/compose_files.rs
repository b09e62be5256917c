//! Decides which compose files deploy something, and merges those that are laid over others.

use rustc_hash::FxHashSet;

use super::compose::{Purpose, Service, purpose, words};
use super::kind::Kind;
use super::{Corpus, File, folder, name};
use crate::audit::yaml::Value;
use crate::lexicon::path::Role;

/// A compose file that takes part in a deployment.
struct Part<'t> {
    file: usize,
    services: Value<'t>,
    is_production: bool,
    is_whole: bool,
}

/// Returns the services of all compose files that deploy something.
pub(crate) fn services(corpus: &Corpus) -> Vec<Service<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    let deployed = corpus.shipped(Kind::Yaml);
    for (number, file) in deployed.filter(|(number, _)| !corpus.developed.contains(number)) {
        for document in corpus.documents(number) {
            let services = document
                .get("services")
                .filter(|services| is_services(*services, file));
            parts.extend(services.map(|services| part(number, file, services)));
        }
    }
    let mut all = Vec::new();
    while let Some(first) = parts.first() {
        let key = |part: &Part<'_>| {
            let file = &corpus.files[part.file];
            (file.repository, folder(&file.path).to_owned())
        };
        let own = key(first);
        let (group, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(|part| key(part) == own);
        parts = rest;
        all.extend(put_together(corpus, group));
    }
    let mut awaited = Vec::new();
    for service in &all {
        let waits = service
            .get("depends_on")
            .into_iter()
            .flat_map(Value::entries);
        let waits = waits.filter(|it| {
            super::text(it.value, "condition") == Some("service_completed_successfully")
        });
        awaited.extend(waits.filter_map(|it| Some((service.file, it.key.text()?.to_owned()))));
    }
    for service in &mut all {
        let own = |(file, name): &(usize, String)| *file == service.file && *name == service.name;
        service.is_awaited = awaited.iter().any(own);
    }
    all
}

/// Returns the names of the services in all files, whether they are deployed or laid over others.
pub(crate) fn names(corpus: &Corpus) -> FxHashSet<&str> {
    let files = corpus.of(Kind::Yaml);
    let documents = files.flat_map(|(number, _)| corpus.documents(number));
    let services = documents.filter_map(|it| it.get("services"));
    let names = services.flat_map(Value::entries);
    names.filter_map(|entry| entry.key.text()).collect()
}

/// Pipeline configurations, whose `services` run beside a job.
const PIPELINES: &[&str] = &[
    "bitbucket-pipelines.yml",
    "wercker.yml",
    "codefresh.yml",
    "cloudbuild.yaml",
    "appveyor.yml",
];

fn is_services(services: Value<'_>, file: &File) -> bool {
    let is_named = name(&file.path).contains("compose");
    let is_service = |value: Value<'_>| {
        [
            "image",
            "build",
            "extends",
            "command",
            "environment",
            "deploy",
        ]
        .iter()
        .any(|key| value.get(key).is_some())
    };
    !is_hidden(file)
        && !PIPELINES.contains(&name(&file.path))
        && services.is_mapping()
        && (is_named || services.entries().any(|entry| is_service(entry.value)))
        && file.role == Role::Shipped
        && !services
            .entries()
            .any(|entry| entry.value.get("apiVersion").is_some())
}

/// Hidden directories belong to tools and assistants, hidden files to tools.
fn is_hidden(file: &File) -> bool {
    let is_of_tool = name(&file.path).starts_with('.') && !name(&file.path).contains("compose");
    let mut folders = folder(&file.path).split('/');
    is_of_tool || folders.any(|part| part.starts_with('.'))
}

/// Whether a file starts only databases and the like, for programs that run on their own.
fn is_aid_only(services: Value<'_>) -> bool {
    let mut entries = services.entries();
    services.size() > 1 && entries.all(|entry| is_datastore(entry.value))
}

/// Whether a service is a database or the like, or a tool for people.
fn is_datastore(service: Value<'_>) -> bool {
    let image = super::text(service, "image").map(purpose);
    service.get("build").is_none()
        && matches!(
            image,
            Some(Purpose::Database | Purpose::Cache | Purpose::Queue | Purpose::Tool)
        )
}

fn part<'t>(number: usize, file: &File, services: Value<'t>) -> Part<'t> {
    let words = words(name(&file.path));
    Part {
        file: number,
        services,
        is_production: words
            .iter()
            .any(|word| word == "prod" || word == "production"),
        is_whole: services.entries().all(|entry| is_startable(entry.value)),
    }
}

/// Whether a service can be started as written.
fn is_startable(service: Value<'_>) -> bool {
    ["image", "build", "extends"]
        .iter()
        .any(|key| service.get(key).is_some())
}

/// The names under which compose finds its file by default.
const MAIN: &[&str] = &[
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
];

/// Words in the names of files beside the main one that are part of other files, or are started once.
const BESIDE: &[&str] = &[
    "base", "common", "build", "init", "install", "migrate", "restore", "setup", "upgrade",
];

/// Returns the services of those files in a directory that are deployed: a file for production replaces the others or
/// is laid over them, and an override is for developers.
fn put_together<'t>(corpus: &'t Corpus, group: Vec<Part<'t>>) -> Vec<Service<'t>> {
    let is_override = |part: &Part<'_>| name(&corpus.files[part.file].path).contains("override");
    let mut group: Vec<_> = group
        .into_iter()
        .filter(|part| !is_override(part))
        .collect();
    let is_main = |part: &Part<'_>| MAIN.contains(&name(&corpus.files[part.file].path));
    // Beside a main file, one that is not named after compose builds images, or is part of something else.
    if group.iter().any(is_main) {
        let is_named = |part: &Part<'_>| name(&corpus.files[part.file].path).contains("compose");
        // A file with services that lack an image is laid over another by hand.
        let is_part = |part: &Part<'_>| !part.is_whole && !is_main(part);
        let is_base = |part: &Part<'_>| {
            let words = words(name(&corpus.files[part.file].path));
            words.iter().any(|word| BESIDE.contains(&word.as_str()))
        };
        group.retain(|part| {
            part.is_production || is_named(part) && !is_base(part) && !is_part(part)
        });
    }
    group.retain(|part| !is_aid_only(part.services));
    // Without a main file, a service without an image is laid over one in another directory.
    let is_alone = !group.iter().any(is_main);
    let (production, base): (Vec<_>, Vec<_>) =
        group.into_iter().partition(|part| part.is_production);
    let mut services = Vec::new();
    if let Some(overlay) = production.first().filter(|part| !part.is_whole) {
        let base = base.iter().find(|part| is_main(part));
        let names = base.iter().flat_map(|part| part.services.entries());
        let names = overlay.services.entries().chain(names);
        let mut names: Vec<_> = names.filter_map(|entry| entry.key.text()).collect();
        names.sort_unstable();
        names.dedup();
        for service in names {
            let layers = [Some(overlay), base].into_iter().flatten();
            let layers = layers.filter_map(|part| Some((part.file, part.services.get(service)?)));
            services.extend(self::service(service, layers.collect()));
        }
        return services;
    }
    let chosen = if production.is_empty() {
        base
    } else {
        production
    };
    for part in chosen {
        let is_laid_over = |service: Value<'_>| is_alone && !is_startable(service);
        for entry in part.services.entries().filter(|it| !is_laid_over(it.value)) {
            let layers = vec![(part.file, entry.value)];
            services.extend(entry.key.text().and_then(|name| service(name, layers)));
        }
    }
    services
}

fn service<'t>(name: &str, layers: Vec<(usize, Value<'t>)>) -> Option<Service<'t>> {
    let mut service = Service {
        name: name.to_owned(),
        file: layers.first()?.0,
        layers,
        purpose: Purpose::App,
        is_awaited: false,
    };
    if let Some(profiles) = service.get("profiles") {
        let is_on = |profile: &str| ["prod", "production", "default"].contains(&profile);
        if !profiles.items().filter_map(Value::text).any(is_on) {
            return None;
        }
    }
    let by_image = service.image().map_or(Purpose::App, purpose);
    // A service without an image is built here: its own name may say that it is a proxy or takes backups.
    service.purpose = match by_image {
        Purpose::App if service.image().is_none() && purpose(name) == Purpose::Proxy => {
            Purpose::Proxy
        }
        Purpose::App if service.image().is_none() && purpose(name) == Purpose::Backup => {
            Purpose::Backup
        }
        _ if service.does_nothing() => Purpose::Tool,
        other => other,
    };
    Some(service)
}
