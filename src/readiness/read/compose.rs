//! The services in compose files, as deployed.

use crate::audit::yaml::Value;

use super::super::amount;

/// What a service is for, judged by its image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Purpose {
    /// A program of the project, or an unknown one.
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
    /// Runs once, or is a tool for people.
    Tool,
}

/// A service.
#[derive(Clone)]
pub(crate) struct Service<'t> {
    /// Its name.
    pub(crate) name: String,
    /// The file that it is in; if several files are merged, the one with the highest precedence.
    pub(crate) file: usize,
    /// What each file says about it, the highest precedence first.
    pub(crate) layers: Vec<(usize, Value<'t>)>,
    /// What it is.
    pub(crate) purpose: Purpose,
    /// Whether other services wait for it to exit.
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
    "pgautoupgrade",
    "ferretdb",
    "neo4j",
    "scylla",
    "tidb",
    "arangodb",
    "surrealdb",
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

/// Splits the name of an image, without its registry and tag, into words.
pub(super) fn words(text: &str) -> Vec<String> {
    let parts = text.split(|c: char| !c.is_ascii_alphanumeric());
    parts.map(str::to_ascii_lowercase).collect()
}

/// Returns what an image is for, judged by its name.
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

/// Words in the names of programs that run beside an application without being part of it: stores of data and secrets,
/// monitoring, and what manages a cluster.
const SUPPORTING: &[&str] = &[
    "argocd",
    "autoscaler",
    "blackbox",
    "cainjector",
    "calico",
    "cilium",
    "cloudflared",
    "consul",
    "coredns",
    "descheduler",
    "elasticsearch",
    "etcd",
    "exporter",
    "fluxcd",
    "istiod",
    "keycloak",
    "linkerd",
    "localstack",
    "longhorn",
    "meilisearch",
    "metallb",
    "minio",
    "opensearch",
    "pgbouncer",
    "pushgateway",
    "registry",
    "solr",
    "tailscale",
    "thanos",
    "typesense",
    "vault",
    "velero",
];

/// The same, as a whole name or the end of one.
const SUPPORTING_NAMES: &[&str] = &[
    "cert-manager",
    "external-dns",
    "external-secrets",
    "kube-state-metrics",
    "metrics-server",
    "node-exporter",
    "oauth2-proxy",
    "sealed-secrets",
];
const SUPPORTING_ENDS: &[&str] = &[
    "-operator",
    "-controller",
    "-webhook",
    "-exporter",
    "-agent",
];

/// Words that name a program of the application after what it does with a data store or a queue.
const PARTS: &[&str] = &[
    "api",
    "app",
    "consumer",
    "job",
    "listener",
    "processor",
    "producer",
    "subscriber",
    "sync",
    "web",
    "worker",
    "workers",
];

/// Whether an image or a name is of something beside an application: a data store, a proxy, monitoring, a queue, or
/// what manages a cluster.
pub(crate) fn is_supporting(name: &str) -> bool {
    let image = name.split('@').next().unwrap_or(name);
    let last = image.rsplit('/').next().unwrap_or(image);
    let last = last.split(':').next().unwrap_or(last).to_ascii_lowercase();
    let words = words(&last);
    if words.iter().any(|it| PARTS.contains(&it.as_str())) {
        return false;
    }
    !matches!(purpose(name), Purpose::App | Purpose::Tool)
        || words.iter().any(|it| SUPPORTING.contains(&it.as_str()))
        || SUPPORTING_NAMES.iter().any(|it| last.contains(it))
        || SUPPORTING_ENDS.iter().any(|end| last.ends_with(end))
}

impl<'t> Service<'t> {
    /// Returns the value of a key, from the file with the highest precedence.
    pub(crate) fn get(&self, key: &str) -> Option<Value<'t>> {
        self.found(key).map(|(_, value)| value)
    }

    /// Returns the same, with its file.
    pub(crate) fn found(&self, key: &str) -> Option<(usize, Value<'t>)> {
        let mut layers = self.layers.iter();
        layers.find_map(|(file, value)| Some((*file, super::get(*value, key)?)))
    }

    /// Returns the byte at which it begins.
    pub(crate) fn start(&self) -> usize {
        self.layers
            .first()
            .map_or(0, |(_, value)| value.span().start)
    }

    /// Returns its image, with variables left as written.
    pub(crate) fn image(&self) -> Option<&'t str> {
        self.get("image").and_then(Value::text)
    }

    /// Returns its image without registry and tag.
    pub(crate) fn image_name(&self) -> String {
        let image = self.image().unwrap_or_default();
        let last = image.rsplit('/').next().unwrap_or(image);
        last.split([':', '@']).next().unwrap_or(last).to_owned()
    }

    /// Whether its image is built from this repository.
    pub(crate) fn is_built(&self) -> bool {
        self.get("build").is_some()
    }

    /// Returns its entry point and command as one text.
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

    /// Returns its environment variables, as names and values.
    pub(crate) fn environment(&self) -> Vec<(&'t str, &'t str, Value<'t>)> {
        self.get("environment").map(variables).unwrap_or_default()
    }

    /// Returns its memory limit in bytes.
    pub(crate) fn memory(&self) -> Option<u64> {
        let limit = self
            .get("mem_limit")
            .or_else(|| self.get("deploy.resources.limits.memory"))?;
        amount::bytes(limit.text()?)
    }

    /// Whether its memory is limited at all.
    pub(crate) fn has_memory_limit(&self) -> bool {
        self.get("mem_limit").is_some() || self.get("deploy.resources.limits.memory").is_some()
    }

    /// Returns how many replicas of it run.
    pub(crate) fn replicas(&self) -> u64 {
        let count = self.get("deploy.replicas").or_else(|| self.get("scale"));
        let count = count
            .and_then(Value::text)
            .and_then(|text| text.parse().ok());
        let is_global = self.get("deploy.mode").and_then(Value::text) == Some("global");
        count.unwrap_or(if is_global { 2 } else { 1 })
    }

    /// Whether it is meant to exit by itself.
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

    /// Whether it exits at once, because it only holds volumes or the files of an image.
    pub(super) fn does_nothing(&self) -> bool {
        let command = self.get("entrypoint").or_else(|| self.get("command"));
        let command = command.map(joined).unwrap_or_default();
        let program = command.split_whitespace().next().unwrap_or_default();
        matches!(program, "true" | "/bin/true" | "/usr/bin/true" | "echo")
    }

    /// Returns its volumes, each as source and target.
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

/// Returns environment variables as names and values.
pub(super) fn variables(environment: Value<'_>) -> Vec<(&str, &str, Value<'_>)> {
    let listed = environment.items().filter_map(|item| {
        let text = item.text()?;
        let (name, value) = text.split_once('=').unwrap_or((text, ""));
        Some((name, value, item))
    });
    let mapped = environment.entries().filter_map(|entry| {
        Some((
            entry.key.text()?,
            entry.value.text().unwrap_or_default(),
            entry.value,
        ))
    });
    listed.chain(mapped).collect()
}

/// Returns a scalar, or the items of a list, as one text.
pub(crate) fn joined(value: Value<'_>) -> String {
    if let Some(text) = value.text() {
        text.to_owned()
    } else {
        let items: Vec<_> = value.items().filter_map(Value::text).collect();
        items.join(" ")
    }
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

    #[test]
    fn what_stands_beside_an_application_is_known_by_its_name() {
        for (name, expected) in [
            ("prom/alertmanager:v0.27", true),
            ("alertmanager", true),
            ("redis", true),
            ("quay.io/jetstack/cert-manager-controller:v1", true),
            ("rabbitmq-cluster-operator", true),
            ("haproxy:3", true),
            ("docker.elastic.co/elasticsearch/elasticsearch:8", true),
            ("kafka-consumer", false),
            ("ghcr.io/acme/site:main", false),
            ("acme/registration:1", false),
            ("acme/vaulted-notes:1", false),
        ] {
            assert_eq!(is_supporting(name), expected, "{name}");
        }
    }
}
