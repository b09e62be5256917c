//! Puts compose files together: which of them deploy, and which are laid over others.

use rustc_hash::FxHashSet;

use super::compose::{Purpose, Service, purpose, words};
use super::kind::Kind;
use super::{Corpus, File, folder, name};
use crate::audit::yaml::Value;
use crate::audit::{development_server, is_debugging};
use crate::lexicon::path::Role;

/// A compose file, and how it takes part.
struct Part<'t> {
    file: usize,
    services: Value<'t>,
    is_production: bool,
    is_whole: bool,
}

/// The services of all compose files that deploy something.
pub(crate) fn services(corpus: &Corpus) -> Vec<Service<'_>> {
    let mut parts: Vec<Part<'_>> = Vec::new();
    let is_otherwise = is_deployed_otherwise(corpus);
    for (number, file) in corpus.shipped(Kind::Yaml) {
        for document in corpus.documents(number) {
            let services = document
                .get("services")
                .filter(|services| is_services(*services, file, is_otherwise));
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

/// The names of all services that any file has, whether it is deployed or laid over another by those who start it.
pub(crate) fn names(corpus: &Corpus) -> FxHashSet<&str> {
    let files = corpus.of(Kind::Yaml);
    let documents = files.flat_map(|(number, _)| corpus.documents(number));
    let services = documents.filter_map(|it| it.get("services"));
    let names = services.flat_map(Value::entries);
    names.filter_map(|entry| entry.key.text()).collect()
}

/// The compose files that say, or show, that they start containers for developers: what they hold is not deployed.
pub(crate) fn for_developers(corpus: &Corpus) -> FxHashSet<usize> {
    let is_otherwise = is_deployed_otherwise(corpus);
    let files = corpus.of(Kind::Yaml).filter(|(number, file)| {
        let mut documents = corpus.documents(*number);
        let services = documents.find_map(|it| it.get("services"));
        services.is_some_and(|it| {
            is_hidden(file)
                || says_development(&file.text)
                || is_sail(it)
                || is_for_developers(it) && is_local(it)
                || develops(it, is_otherwise)
        })
    });
    files.map(|(number, _)| number).collect()
}

/// Whether services are reached from their own machine only, where the program runs without a container.
fn is_local(services: Value<'_>) -> bool {
    let ports = services.entries().filter_map(|it| it.value.get("ports"));
    let mut ports = ports.flat_map(Value::items).peekable();
    let is_loopback = |port: Value<'_>| {
        let host = port.text().or_else(|| super::text(port, "host_ip"));
        host.is_some_and(|it| it.starts_with("127.") || it.starts_with("localhost"))
    };
    ports.peek().is_some() && ports.all(is_loopback)
}

/// Hidden folders hold containers for developers, hidden files settings of tools.
fn is_hidden(file: &File) -> bool {
    let is_of_tool = name(&file.path).starts_with('.') && !name(&file.path).contains("compose");
    let mut folders = folder(&file.path).split('/');
    is_of_tool || folders.any(|part| part.starts_with('.'))
}

/// Whether services are built from what a package manager has put there, as those of Laravel Sail are: the packages of
/// developers are not installed in production.
fn is_sail(services: Value<'_>) -> bool {
    let context = |value: Value<'_>| {
        let build = super::get(value, "build")?;
        build.text().map_or_else(
            || super::text(build, "context").map(str::to_owned),
            |it| Some(it.to_owned()),
        )
    };
    let mut contexts = services.entries().filter_map(|it| context(it.value));
    contexts.any(|it| it.trim_start_matches("./").starts_with("vendor/"))
}

/// Whether some service is built here and runs from its source, which is mounted into it, and either its image is one for
/// developers, or it runs in debug mode although something else is what is deployed.
fn develops(services: Value<'_>, is_deployed_otherwise: bool) -> bool {
    services.entries().any(|entry| {
        let service = entry.value;
        service.get("build").is_some()
            && mounts_source(service)
            && (is_built_for_developers(service)
                || is_deployed_otherwise && is_in_debug_mode(service))
    })
}

fn mounts_source(service: Value<'_>) -> bool {
    let mut volumes = service.get("volumes").into_iter().flat_map(Value::items);
    volumes.any(|it| {
        let written = it.text().and_then(|it| it.split(':').next());
        let source = written.or_else(|| super::text(it, "source"));
        // A name with an ending is that of a file: a setting, or a script.
        source.is_some_and(|it| {
            let own = name(it.trim_end_matches('/'));
            it.starts_with('.') && (!own.trim_start_matches('.').contains('.'))
        })
    })
}

fn is_in_debug_mode(service: Value<'_>) -> bool {
    let variables = service.get("environment").map(super::compose::variables);
    let mut variables = variables.into_iter().flatten();
    let of_command = ["command", "entrypoint"].iter().any(|key| {
        let command = service.get(key).map(super::compose::joined);
        command.is_some_and(|it| development_server(&it).is_some())
    });
    of_command || variables.any(|(name, value, _)| is_debugging(name, value))
}

/// Whether the image of a service is built for developers.
fn is_built_for_developers(service: Value<'_>) -> bool {
    let build = service.get("build");
    let arguments = build.and_then(|it| it.get("args"));
    let is_for = |name: &str| ["DEV", "DEVEL", "DEVELOPMENT"].contains(&name);
    let arguments = arguments.map(super::compose::variables).unwrap_or_default();
    let target = build.and_then(|it| super::text(it, "target"));
    let is_word = |word: &String| word == "dev" || word == "development";
    arguments.iter().any(|(name, _, _)| is_for(name))
        || target.is_some_and(|it| words(it).iter().any(is_word))
}

/// Whether a system is deployed by something other than a compose file that developers use: one for production, manifests,
/// or infrastructure as code.
fn is_deployed_otherwise(corpus: &Corpus) -> bool {
    let is_for_production = |path: &str| {
        let words = words(name(path));
        let has = |word: &str| words.iter().any(|it| it == word);
        has("compose") && (has("prod") || has("production"))
    };
    let is_other = |path: &str| {
        let mut folders = folder(path).split('/');
        path.rsplit_once('.').is_some_and(|(_, end)| end == "tf")
            || ["Procfile", "fly.toml"].contains(&name(path))
            || folders.any(|it| ["k8s", "kubernetes", "helm", "charts"].contains(&it))
    };
    let mut paths = corpus.paths.iter().flatten();
    paths.any(|path| is_for_production(path) || is_other(path))
}

/// Configurations of pipelines, whose `services` are beside a job.
const PIPELINES: &[&str] = &[
    "bitbucket-pipelines.yml",
    "wercker.yml",
    "codefresh.yml",
    "cloudbuild.yaml",
    "appveyor.yml",
];

fn is_services(services: Value<'_>, file: &File, is_otherwise: bool) -> bool {
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
        && !is_sail(services)
        && !develops(services, is_otherwise)
        && (is_named || services.entries().any(|entry| is_service(entry.value)))
        && file.role == Role::Shipped
        && !says_development(&file.text)
        && !services
            .entries()
            .any(|entry| entry.value.get("apiVersion").is_some())
}

/// Whether the comment at the top of a file says that it is for those who develop.
fn says_development(text: &str) -> bool {
    let comments = text.lines().take_while(|line| line.starts_with('#'));
    let says: Vec<_> = comments.take(12).collect();
    let says = says
        .join(" ")
        .replace(['#', '*', '_', '`'], " ")
        .to_ascii_lowercase();
    let says: Vec<_> = says.split_whitespace().collect();
    let says = says.join(" ");
    [
        "for development",
        "for the development",
        "development setup",
        "development environment",
        "for local development",
        "development only",
        "not for production",
        "do not use in production",
        "not intended for production",
    ]
    .iter()
    .any(|words| says.contains(words))
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

/// Whether a service can be started as it is.
fn is_startable(service: Value<'_>) -> bool {
    ["image", "build", "extends"]
        .iter()
        .any(|key| service.get(key).is_some())
}

/// The names under which compose finds its file.
const MAIN: &[&str] = &[
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
];

/// Words in the name of a file beside the main one that is a part of others, or is started once.
const BESIDE: &[&str] = &[
    "base", "common", "build", "init", "install", "migrate", "restore", "setup", "upgrade",
];

/// Whether a file starts databases and their like only, for programs that developers run by themselves.
fn is_for_developers(services: Value<'_>) -> bool {
    let mut entries = services.entries();
    let is_aid = |value: Value<'_>| {
        let image = super::text(value, "image").map(purpose);
        value.get("build").is_none()
            && matches!(
                image,
                Some(Purpose::Database | Purpose::Cache | Purpose::Queue | Purpose::Tool)
            )
    };
    services.size() > 1 && entries.all(|entry| is_aid(entry.value))
}

/// Of the files of one folder, those that are deployed: one for production takes the place of the others, or is laid over
/// them; an override is for developers.
fn put_together<'t>(corpus: &'t Corpus, group: Vec<Part<'t>>) -> Vec<Service<'t>> {
    let is_override = |part: &Part<'_>| name(&corpus.files[part.file].path).contains("override");
    let mut group: Vec<_> = group
        .into_iter()
        .filter(|part| !is_override(part))
        .collect();
    let is_main = |part: &Part<'_>| MAIN.contains(&name(&corpus.files[part.file].path));
    // Beside a main file, what is not called compose builds images, or is a part of something else.
    if group.iter().any(is_main) {
        let is_named = |part: &Part<'_>| name(&corpus.files[part.file].path).contains("compose");
        // What lacks an image is laid over another file by those who start it.
        let is_part = |part: &Part<'_>| !part.is_whole && !is_main(part);
        let is_base = |part: &Part<'_>| {
            let words = words(name(&corpus.files[part.file].path));
            words.iter().any(|word| BESIDE.contains(&word.as_str()))
        };
        group.retain(|part| {
            part.is_production || is_named(part) && !is_base(part) && !is_part(part)
        });
    }
    group.retain(|part| !is_for_developers(part.services));
    // Beside no main file, a service without an image is laid over one of another folder.
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
    // What is built here is named by its project, and an unknown image may be named by its service.
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
