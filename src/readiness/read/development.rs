//! Which compose files developers run, and no production: what they hold is neither deployed nor shows anything of what is.
//!
//! That is asked in this one place, by all items.

use rustc_hash::FxHashSet;

use super::compose::{self, Purpose, purpose, words};
use super::kind::Kind;
use super::{Corpus, File, folder, name};
use crate::audit::yaml::Value;
use crate::audit::{development_server, is_debugging};

/// The compose files that say, or show, that they start containers for developers: what they hold is not deployed.
pub(crate) fn for_developers(corpus: &Corpus) -> FxHashSet<usize> {
    let elsewhere = Elsewhere::of(corpus);
    let files = corpus.of(Kind::Yaml).filter(|(number, file)| {
        let mut documents = corpus.documents(*number);
        let services = documents.find_map(|it| it.get("services"));
        services.is_some_and(|it| {
            is_hidden(file)
                || is_run_by_developers(it, file, elsewhere)
                || is_aid_only(it) && is_local(it)
        })
    });
    files.map(|(number, _)| number).collect()
}

/// Whether the services of a file are those of developers: it says so, or shows it.
pub(super) fn is_run_by_developers(services: Value<'_>, file: &File, elsewhere: Elsewhere) -> bool {
    if says_development(&file.text) || is_sail(services) {
        return true;
    }
    if is_for_production(&file.path) || faces_the_world(services) {
        return develops(services, elsewhere);
    }
    let signs = signs(services);
    develops(services, elsewhere)
        || elsewhere != Elsewhere::Nowhere && signs > 0
        || elsewhere == Elsewhere::Orchestrated && is_bare(services)
        || elsewhere != Elsewhere::Nowhere && is_aid(services)
        || signs > 1 && mounts_root(services)
}

/// Whether something else than compose files deploys a system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Elsewhere {
    /// Nothing else is here.
    Nowhere,
    /// Infrastructure as code, units of systemd, roles of Ansible, or a compose file for production.
    Somewhere,
    /// Manifests, a chart, or the file of a platform: what runs the containers themselves.
    Orchestrated,
}

impl Elsewhere {
    /// What the paths of all repositories show.
    pub(super) fn of(corpus: &Corpus) -> Self {
        let paths = corpus.paths.iter().flatten();
        let of_path = |path: &String| {
            let kind = super::kind::kind(path, b"");
            let role = super::kind::role(path, kind);
            if role == crate::lexicon::path::Role::Shipped {
                of_path(path)
            } else {
                Self::Nowhere
            }
        };
        paths.map(of_path).max().unwrap_or(Self::Nowhere)
    }
}

fn of_path(path: &str) -> Elsewhere {
    const FILES: [&str; 10] = [
        "Chart.yaml",
        "fly.toml",
        "helmfile.yaml",
        "render.yaml",
        "app.yaml",
        "serverless.yml",
        "appspec.yml",
        "kustomization.yaml",
        "kustomization.yml",
        "Procfile",
    ];
    let own = name(path);
    let stem = own.trim_end_matches(".example").trim_end_matches(".j2");
    let stem = stem.trim_end_matches(".erb").trim_end_matches(".tmpl");
    let end = stem.rsplit_once('.').map_or("", |(_, end)| end);
    let mut folders = folder(path).split('/');
    let of_platform = |it: &str| ["k8s", "kubernetes", "helm", "charts"].contains(&it);
    if FILES.contains(&own) || end == "nomad" || folders.clone().any(of_platform) {
        Elsewhere::Orchestrated
    } else if ["tf", "tofu", "service"].contains(&end)
        || ["Capfile", "ansible.cfg"].contains(&own)
        || path.ends_with("config/deploy.rb")
        || path.ends_with("tasks/main.yml") && folders.any(|it| it == "roles")
        || is_for_production(path)
    {
        Elsewhere::Somewhere
    } else {
        Elsewhere::Nowhere
    }
}

/// Whether the name of a compose file is that of production.
fn is_for_production(path: &str) -> bool {
    let words = words(name(path));
    let has = |word: &str| words.iter().any(|it| it == word);
    has("compose") && (has("prod") || has("production"))
}

/// Whether some service gets certificates for names that the world knows, as no developer's machine does.
fn faces_the_world(services: Value<'_>) -> bool {
    const WORDS: [&str; 6] = [
        "certbot",
        "letsencrypt",
        "acme-companion",
        "acme.email",
        "certresolver",
        "certificatesresolvers",
    ];
    services.entries().any(|entry| {
        let service = entry.value;
        let image = super::text(service, "image").unwrap_or_default();
        let command = service.get("command").map(compose::joined);
        let labels = service.get("labels").map(compose::variables);
        let labels = labels.into_iter().flatten().map(|(name, _, _)| name);
        let names = labels.chain(service.get("environment").into_iter().flat_map(|it| {
            let variables = compose::variables(it).into_iter();
            variables.map(|(name, _, _)| name)
        }));
        let has = |text: &str| {
            let lower = text.to_ascii_lowercase();
            WORDS.iter().any(|word| lower.contains(word))
        };
        has(image) || command.is_some_and(|it| has(&it)) || { names }.any(has)
    })
}

/// Whether all services are databases and their like, and nothing starts them again: a program without a container has them.
fn is_aid(services: Value<'_>) -> bool {
    let has = |key: &str| services.entries().any(|it| it.value.get(key).is_some());
    services.entries().next().is_some()
        && services.entries().all(|it| is_datastore(it.value))
        && !has("restart")
        && !has("deploy")
}

/// Whether services are built here, and nothing says how they would run anywhere: they are started by hand.
fn is_bare(services: Value<'_>) -> bool {
    let has = |key: &str| services.entries().any(|it| it.value.get(key).is_some());
    has("build") && !has("restart") && !has("deploy") && !has("mem_limit")
}

/// How many kinds of signs there are that developers start the services.
fn signs(services: Value<'_>) -> usize {
    let any = |is_it: fn(Value<'_>) -> bool| services.entries().any(|it| is_it(it.value));
    let is_named = |key: Value<'_>| {
        let names = ["dev", "devcontainer", "development"];
        key.text().is_some_and(|it| names.contains(&it))
    };
    let by_name = usize::from(services.entries().any(|it| is_named(it.key)));
    let of_services = [
        has_terminal as fn(Value<'_>) -> bool,
        stands_in,
        is_built_for_developers,
        is_in_debug_mode,
        is_set_for_developers,
    ]
    .into_iter()
    .filter(|is_it| any(*is_it))
    .count();
    by_name + of_services
}

/// Whether a service that is built here waits for input at a terminal.
fn has_terminal(service: Value<'_>) -> bool {
    let is_on = |key: &str| super::text(service, key) == Some("true");
    service.get("build").is_some() && (is_on("tty") || is_on("stdin_open"))
}

/// Whether a service replaces something that production has, or tests it: it catches mails, plays a cloud, or a browser.
fn stands_in(service: Value<'_>) -> bool {
    const NAMES: [&str; 17] = [
        "azurite",
        "cypress",
        "dynamodb-local",
        "elasticmq",
        "fake-gcs-server",
        "fakes3",
        "inbucket",
        "localstack",
        "mailcatcher",
        "maildev",
        "mailhog",
        "mailpit",
        "mockserver",
        "moto",
        "playwright",
        "selenium",
        "wiremock",
    ];
    let image = super::text(service, "image").unwrap_or_default();
    let own = image.split('@').next().unwrap_or(image);
    let own = own.rsplit('/').next().unwrap_or(own);
    let own = own.split(':').next().unwrap_or(own).to_ascii_lowercase();
    let owner = image.split('/').rev().nth(1).unwrap_or_default();
    NAMES.contains(&own.as_str()) || NAMES.contains(&owner)
}

/// Whether a variable that chooses among environments chooses that of developers.
fn is_set_for_developers(service: Value<'_>) -> bool {
    const ENDS: [&str; 3] = ["ENV", "ENVIRONMENT", "PROFILES_ACTIVE"];
    const MODULES: [&str; 1] = ["DJANGO_SETTINGS_MODULE"];
    const VALUES: [&str; 4] = ["dev", "devel", "development", "local"];
    let variables = service.get("environment").map(compose::variables);
    let mut variables = variables.into_iter().flatten();
    variables.any(|(name, value, _)| {
        let chooses = ENDS
            .iter()
            .any(|end| name == *end || name.ends_with(&format!("_{end}")))
            || MODULES.contains(&name);
        let value = value.rsplit(":-").next().unwrap_or(value);
        chooses && words(value).iter().any(|it| VALUES.contains(&it.as_str()))
    })
}

/// Whether the whole repository is mounted into a service that is built here.
fn mounts_root(services: Value<'_>) -> bool {
    services.entries().any(|entry| {
        let volumes = entry.value.get("volumes").into_iter();
        let mut volumes = volumes.flat_map(Value::items);
        entry.value.get("build").is_some()
            && volumes.any(|it| {
                let written = it.text().and_then(|it| it.split(':').next());
                let source = written.or_else(|| super::text(it, "source"));
                let source = source.map(|it| it.trim_end_matches('/'));
                matches!(source, Some("." | ".." | "$PWD" | "${PWD}"))
            })
    })
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
pub(super) fn is_hidden(file: &File) -> bool {
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
fn develops(services: Value<'_>, elsewhere: Elsewhere) -> bool {
    services.entries().any(|entry| {
        let service = entry.value;
        service.get("build").is_some()
            && mounts_source(service)
            && (is_built_for_developers(service)
                || elsewhere != Elsewhere::Nowhere && is_in_debug_mode(service))
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
    let variables = service.get("environment").map(compose::variables);
    let mut variables = variables.into_iter().flatten();
    let of_command = ["command", "entrypoint"].iter().any(|key| {
        let command = service.get(key).map(compose::joined);
        command.is_some_and(|it| development_server(&it).is_some())
    });
    of_command || variables.any(|(name, value, _)| is_debugging(name, value))
}

/// Whether the image of a service is built for developers.
fn is_built_for_developers(service: Value<'_>) -> bool {
    let build = service.get("build");
    let arguments = build.and_then(|it| it.get("args"));
    let is_for = |name: &str| ["DEV", "DEVEL", "DEVELOPMENT"].contains(&name);
    let arguments = arguments.map(compose::variables).unwrap_or_default();
    let target = build.and_then(|it| super::text(it, "target"));
    let file = build.and_then(|it| super::text(it, "dockerfile"));
    let is_word = |word: &String| word == "dev" || word == "development";
    arguments.iter().any(|(name, _, _)| is_for(name)) || {
        target.into_iter().chain(file.map(name))
    }
    .any(|it| words(it).iter().any(is_word))
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

/// Whether a file starts databases and their like only, for programs that developers run by themselves.
pub(super) fn is_aid_only(services: Value<'_>) -> bool {
    let mut entries = services.entries();
    services.size() > 1 && entries.all(|entry| is_datastore(entry.value))
}

/// Whether a service is a database or its like, or for people.
fn is_datastore(service: Value<'_>) -> bool {
    let image = super::text(service, "image").map(purpose);
    service.get("build").is_none()
        && matches!(
            image,
            Some(Purpose::Database | Purpose::Cache | Purpose::Queue | Purpose::Tool)
        )
}
