//! The services of compose files, as they are deployed.

use crate::audit::yaml::Value;
use crate::lexicon::path::Role;

use super::super::amount;
use super::kind::Kind;
use super::{Corpus, File, folder, name};

/// What a service is, by its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// A program of the project, or one that nothing is known of.
    App,
    /// A database.
    Database,
    /// A cache.
    Cache,
    /// A web server or proxy.
    Proxy,
    /// A queue or a broker.
    Queue,
    /// Monitoring and logging.
    Monitoring,
    /// Takes backups.
    Backup,
    /// Runs once, or is for people.
    Tool,
}

/// A service.
#[derive(Clone)]
pub(crate) struct Service<'t> {
    /// Its name.
    pub(crate) name: String,
    /// The file that it is in; of several that are put together, the last.
    pub(crate) file: usize,
    /// What the files say of it, what counts most first.
    pub(crate) layers: Vec<(usize, Value<'t>)>,
    /// What it is.
    pub(crate) purpose: Purpose,
    /// Whether others wait until it has ended.
    pub(crate) is_awaited: bool,
}

const DATABASES: &[&str] = &[
    "postgres",
    "postgresql",
    "postgis",
    "timescaledb",
    "mysql",
    "mariadb",
    "percona",
    "mongo",
    "mongodb",
    "mssql",
    "cockroachdb",
    "cockroach",
    "clickhouse",
    "clickhouse-server",
    "pgvector",
    "supabase",
    "oracle",
    "couchdb",
    "cassandra",
];
const CACHES: &[&str] = &["redis", "valkey", "memcached", "keydb", "dragonfly"];
const PROXIES: &[&str] = &[
    "nginx",
    "traefik",
    "caddy",
    "haproxy",
    "envoy",
    "apache",
    "httpd",
    "openresty",
    "kong",
];
const QUEUES: &[&str] = &[
    "rabbitmq",
    "kafka",
    "nats",
    "zookeeper",
    "activemq",
    "pulsar",
    "mosquitto",
];
const MONITORING: &[&str] = &[
    "prometheus",
    "grafana",
    "loki",
    "promtail",
    "alertmanager",
    "exporter",
    "cadvisor",
    "jaeger",
    "tempo",
    "vector",
    "fluentd",
    "fluent",
    "filebeat",
    "kibana",
    "logstash",
    "telegraf",
    "influxdb",
    "netdata",
    "otel",
    "opentelemetry",
    "alloy",
];
const TOOLS: &[&str] = &[
    "adminer",
    "pgadmin",
    "pgadmin4",
    "phpmyadmin",
    "mailhog",
    "mailpit",
    "maildev",
    "busybox",
    "portainer",
    "watchtower",
    "migrate",
    "migrator",
    "migration",
    "migrations",
    "init",
    "setup",
    "seed",
    "test",
    "tests",
    "certbot",
    "ofelia",
    "cron",
];

/// Words of the name of an image, without its registry and tag.
fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
    parts.map(str::to_ascii_lowercase).collect()
}

/// What an image is for, if its name says so.
pub(crate) fn purpose(image: &str) -> Purpose {
    let image = image.split('@').next().unwrap_or(image);
    let last = image.rsplit('/').next().unwrap_or(image);
    let last = last.split(':').next().unwrap_or(last);
    let words = words(last);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let is_backup = words.iter().any(|word| {
        [
            "backup",
            "backups",
            "restic",
            "borgmatic",
            "borg",
            "autorestic",
        ]
        .contains(&word.as_str())
    });
    if is_backup {
        return Purpose::Backup;
    }
    for (list, purpose) in [
        (MONITORING, Purpose::Monitoring),
        (DATABASES, Purpose::Database),
        (CACHES, Purpose::Cache),
        (QUEUES, Purpose::Queue),
        (PROXIES, Purpose::Proxy),
        (TOOLS, Purpose::Tool),
    ] {
        if has(list) {
            return purpose;
        }
    }
    Purpose::App
}

impl<'t> Service<'t> {
    /// The value of a key, from the file that counts most.
    pub(crate) fn get(&self, key: &str) -> Option<Value<'t>> {
        self.found(key).map(|(_, value)| value)
    }

    /// The same, with its file.
    pub(crate) fn found(&self, key: &str) -> Option<(usize, Value<'t>)> {
        let mut layers = self.layers.iter();
        layers.find_map(|(file, value)| Some((*file, super::get(*value, key)?)))
    }

    /// Where it is written.
    pub(crate) fn start(&self) -> usize {
        self.layers
            .first()
            .map_or(0, |(_, value)| value.span().start)
    }

    /// Its image, with the variables as they are written.
    pub(crate) fn image(&self) -> Option<&'t str> {
        self.get("image").and_then(Value::text)
    }

    /// Its image without registry and tag.
    pub(crate) fn image_name(&self) -> String {
        let image = self.image().unwrap_or_default();
        let last = image.rsplit('/').next().unwrap_or(image);
        last.split([':', '@']).next().unwrap_or(last).to_owned()
    }

    /// Whether it is built here.
    pub(crate) fn is_built(&self) -> bool {
        self.get("build").is_some()
    }

    /// Its command and entry point as one text.
    pub(crate) fn command(&self) -> String {
        let mut text = String::new();
        for key in ["entrypoint", "command"] {
            if let Some(value) = self.get(key) {
                text.push_str(&joined(value));
                text.push(' ');
            }
        }
        text
    }

    /// Its environment, as names and values.
    pub(crate) fn environment(&self) -> Vec<(&'t str, &'t str, Value<'t>)> {
        let Some(value) = self.get("environment") else {
            return Vec::new();
        };
        let listed = value.items().filter_map(|item| {
            let text = item.text()?;
            let (name, value) = text.split_once('=').unwrap_or((text, ""));
            Some((name, value, item))
        });
        let mapped = value.entries().filter_map(|entry| {
            Some((
                entry.key.text()?,
                entry.value.text().unwrap_or_default(),
                entry.value,
            ))
        });
        listed.chain(mapped).collect()
    }

    /// Its memory limit in bytes.
    pub(crate) fn memory(&self) -> Option<u64> {
        let limit = self
            .get("mem_limit")
            .or_else(|| self.get("deploy.resources.limits.memory"))?;
        amount::bytes(limit.text()?)
    }

    /// Whether its memory is limited at all, by whatever value.
    pub(crate) fn has_memory_limit(&self) -> bool {
        self.get("mem_limit").is_some() || self.get("deploy.resources.limits.memory").is_some()
    }

    /// How many of it run.
    pub(crate) fn replicas(&self) -> u64 {
        let count = self.get("deploy.replicas").or_else(|| self.get("scale"));
        let count = count
            .and_then(Value::text)
            .and_then(|text| text.parse().ok());
        let is_global = self.get("deploy.mode").and_then(Value::text) == Some("global");
        count.unwrap_or(if is_global { 2 } else { 1 })
    }

    /// Whether it is meant to end by itself.
    pub(crate) fn is_one_shot(&self) -> bool {
        let restart = self.get("restart").and_then(Value::text);
        let name = self.name.to_ascii_lowercase();
        self.is_awaited
            || self.purpose == Purpose::Tool
            || restart == Some("no")
            || restart.is_some_and(|it| it.starts_with("on-failure"))
            || ["migrat", "init", "setup", "seed", "install", "bootstrap"]
                .iter()
                .any(|word| name.contains(word))
    }

    /// The volumes, each as `source` and `target`.
    pub(crate) fn volumes(&self) -> Vec<(String, String)> {
        let Some(volumes) = self.get("volumes") else {
            return Vec::new();
        };
        let volume = |item: Value<'t>| match item.text() {
            Some(text) => {
                let mut parts = text.splitn(3, ':');
                let source = parts.next()?.to_owned();
                Some((source, parts.next()?.to_owned()))
            }
            None => Some((
                super::text(item, "source")?.to_owned(),
                super::text(item, "target")?.to_owned(),
            )),
        };
        volumes.items().filter_map(volume).collect()
    }
}

/// A scalar, or the items of a list, as one text.
pub(crate) fn joined(value: Value<'_>) -> String {
    if let Some(text) = value.text() {
        text.to_owned()
    } else {
        let items: Vec<_> = value.items().filter_map(Value::text).collect();
        items.join(" ")
    }
}

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
    for (number, file) in corpus.shipped(Kind::Yaml) {
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
    // Hidden folders hold containers for developers.
    let is_hidden = folder(&file.path)
        .split('/')
        .any(|part| part.starts_with('.'));
    !is_hidden
        && services.is_mapping()
        && (is_named || services.entries().any(|entry| is_service(entry.value)))
        && file.role == Role::Shipped
        && !services
            .entries()
            .any(|entry| entry.value.get("apiVersion").is_some())
}

fn part<'t>(number: usize, file: &File, services: Value<'t>) -> Part<'t> {
    let words = words(name(&file.path));
    let has = |service: Value<'_>, key: &str| service.get(key).is_some();
    let is_whole = |service: Value<'_>| {
        ["image", "build", "extends"]
            .iter()
            .any(|key| has(service, key))
    };
    Part {
        file: number,
        services,
        is_production: words
            .iter()
            .any(|word| word == "prod" || word == "production"),
        is_whole: services.entries().all(|entry| is_whole(entry.value)),
    }
}

/// The names under which compose finds its file.
const MAIN: &[&str] = &[
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
];

/// Whether a file starts databases and their like only, for programs that developers run by themselves.
fn is_for_developers(part: &Part<'_>) -> bool {
    let mut services = part.services.entries();
    let is_aid = |value: Value<'_>| {
        let image = super::text(value, "image").map(purpose);
        value.get("build").is_none()
            && matches!(
                image,
                Some(Purpose::Database | Purpose::Cache | Purpose::Queue | Purpose::Tool)
            )
    };
    part.services.size() > 1 && services.all(|entry| is_aid(entry.value))
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
            words
                .iter()
                .any(|word| ["base", "common", "build"].contains(&word.as_str()))
        };
        group.retain(|part| {
            part.is_production || is_named(part) && !is_base(part) && !is_part(part)
        });
    }
    group.retain(|part| !is_for_developers(part));
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
        for entry in part.services.entries() {
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
        other => other,
    };
    Some(service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_say_what_a_service_is() {
        for (image, expected) in [
            ("postgres:15-alpine", Purpose::Database),
            ("docker.io/bitnami/redis:7", Purpose::Cache),
            ("prometheuscommunity/postgres-exporter", Purpose::Monitoring),
            ("prodrigestivill/postgres-backup-local:16", Purpose::Backup),
            ("voice/app:2.0.0", Purpose::App),
            ("nginx@sha256:00", Purpose::Proxy),
        ] {
            assert_eq!(purpose(image), expected, "{image}");
        }
    }
}
