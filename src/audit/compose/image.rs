//! What an image runs, as far as its name reveals.

use std::sync::LazyLock;

use memchr::{memchr, memrchr};
use rustc_hash::FxHashMap;

/// Returns the last part of an image's name, in lower case, without registry, tag and digest: `postgres` of
/// `docker.io/library/postgres:16`.
pub(super) fn short_name(image: &str) -> String {
    let end = memchr(b'@', image.as_bytes()).unwrap_or(image.len());
    let start = memrchr(b'/', &image.as_bytes()[..end]).map_or(0, |slash| slash + 1);
    let last = &image[start..end];
    let end = memchr(b':', last.as_bytes()).unwrap_or(last.len());
    last[..end].to_ascii_lowercase()
}

/// The version given with an image's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version<'a> {
    /// Nothing, which means `latest`.
    None,
    /// A tag.
    Tag(&'a str),
    /// A digest, with or without a tag.
    Digest,
}

/// Returns which version of an image is named.
pub(super) fn version(image: &str) -> Version<'_> {
    if image.contains('@') {
        return Version::Digest;
    }
    // A colon before a slash precedes the registry's port.
    let last = image.rsplit('/').next().unwrap_or(image);
    match last.split_once(':') {
        Some((_, tag)) if !tag.is_empty() => Version::Tag(tag),
        _ => Version::None,
    }
}

/// Returns whether it is a server that is meant to be reached from outside on ports 80 and 443.
pub(super) fn is_reverse_proxy(short_name: &str) -> bool {
    #[rustfmt::skip]
    const PROXIES: &[&str] = &[
        "nginx", "openresty", "traefik", "caddy", "haproxy", "envoy", "apisix", "kong", "swag", "varnish",
        "nginx-proxy", "nginx-proxy-manager", "nginx-unprivileged", "nginx-certbot", "docker-nginx-certbot",
        "angie", "tengine", "zoraxy", "bunkerweb", "caddy-docker-proxy", "caddy-dns", "reverse-proxy",
    ];
    PROXIES.contains(&short_name)
}

/// Returns whether it is a proxy for the control socket that lets only some requests through.
pub(super) fn is_socket_proxy(image: &str) -> bool {
    let name = short_name(image);
    [
        "socket-proxy",
        "socketproxy",
        "socket_proxy",
        "dockerproxy",
        "dockerapi",
        "docker-api",
    ]
    .iter()
    .any(|part| name.contains(part))
}

/// Returns whether it runs containers itself, which requires full privileges.
pub(super) fn is_engine(short_name: &str) -> bool {
    ["dind", "docker-in-docker", "buildkit", "k3s"].contains(&short_name)
}

/// Whether it manages other containers, so that it needs the socket.
pub(super) fn works_with_engine(image: &str) -> bool {
    #[rustfmt::skip]
    const TOOLS: &[&str] = &[
        "traefik", "portainer", "portainer-ce", "portainer-ee", "watchtower", "dockge", "autoheal", "docker-autoheal", "ofelia",
        "dozzle", "nginx-proxy", "acme-companion", "docker-gen", "gitlab-runner", "drone-runner-docker",
        "woodpecker-agent", "act_runner", "runner", "lazydocker", "yacht", "komodo-periphery", "periphery", "arcane",
        "caddy-docker-proxy", "docker-volume-backup", "whats-up-docker", "wud", "shepherd", "swarmpit", "swarm-cronjob",
        "homepage", "dockcheck", "docker-controller-bot", "ouroboros", "coolify", "dokploy", "buildkite-agent",
    ];
    let name = short_name(image);
    TOOLS.contains(&name.as_str()) || is_host_agent(&name)
}

/// Whether it monitors, logs or backs up the host, so that it legitimately sees more of it.
pub(super) fn is_host_agent(short_name: &str) -> bool {
    #[rustfmt::skip]
    const AGENTS: &[&str] = &[
        "agent", "alloy", "beszel-agent", "cadvisor", "collectd", "crowdsec", "datadog-agent", "diun", "dockprom",
        "docker-volume-backup", "duplicati", "elastic-agent", "fleet-server", "falco", "filebeat", "fluent-bit", "fluentd", "glances", "grafana-agent",
        "logspout", "metricbeat", "netdata", "node-exporter", "node_exporter", "opentelemetry-collector",
        "opentelemetry-collector-contrib", "ossec", "packetbeat", "process-exporter", "promtail", "restic", "scrutiny",
        "smartctl-exporter", "sysdig", "telegraf", "vector", "wazuh-agent", "zabbix-agent", "zabbix-agent2",
    ];
    AGENTS.contains(&short_name)
        || ["exporter", "backup", "monitoring", "profiler", "ebpf"]
            .iter()
            .any(|part| short_name.contains(part))
}

/// Returns whether an image emulates a cloud on a developer's machine, and checks no credentials.
pub(super) fn is_emulator(image: &str) -> bool {
    #[rustfmt::skip]
    const EMULATORS: &[&str] = &[
        "localstack", "localstack-pro", "dynamodb-local", "elasticmq", "elasticmq-native", "motoserver", "moto", "s3mock",
        "fake-gcs-server", "goaws", "azurite", "firebase-emulator",
    ];
    EMULATORS.contains(&short_name(image).as_str())
}

/// Returns whether an image catches mail for developers to read and delivers none, so that its password protects
/// little.
pub(super) fn is_mail_catcher(image: &str) -> bool {
    #[rustfmt::skip]
    const CATCHERS: &[&str] = &[
        "mailhog", "maildev", "mailpit", "mailcatcher", "smtp4dev", "inbucket", "greenmail", "mailcrab", "fake-smtp-server",
        "papercut-smtp", "mailslurper", "smtp-sink",
    ];
    let name = short_name(image);
    CATCHERS.contains(&name.as_str())
}

/// Returns whether it shows operators what a system does. In development it is used from the same machine.
pub(super) fn is_for_operators(image: &str) -> bool {
    #[rustfmt::skip]
    const TOOLS: &[&str] = &[
        "all-in-one", "blackbox-exporter", "cadvisor", "flower", "grafana", "grafana-enterprise", "grafana-oss", "jaeger",
        "logstash", "logstash-oss", "node-exporter", "node_exporter", "pushgateway", "tempo", "zipkin",
    ];
    let name = short_name(image);
    TOOLS.contains(&name.as_str()) || name.ends_with("-exporter") || name.ends_with("_exporter")
}

/// Returns whether it manages networks or discovers devices in them, so that it needs the host's own network.
pub(super) fn is_network_tool(short_name: &str) -> bool {
    #[rustfmt::skip]
    const TOOLS: &[&str] = &[
        "adguardhome", "avahi", "cloudflared", "fail2ban", "firewall", "gluetun", "headscale", "home-assistant",
        "homeassistant", "homebridge", "keepalived", "netbird", "netfilter", "openvpn", "pihole", "pms-docker", "plex",
        "strongswan", "tailscale", "technitium", "unbound", "wg-easy", "wireguard", "zerotier", "zerotier-one",
        "dns-server", "matter-server", "upsnap", "watchyourlan", "mdns-repeater", "scrypted", "netalertx", "ntopng", "suricata", "zeek",
    ];
    TOOLS.contains(&short_name)
        || ["vpn", "wireguard", "mdns", "dhcp", "tailscale"]
            .iter()
            .any(|part| short_name.contains(part))
}

/// Returns whether the image is known to bring a health check of its own.
pub(super) fn has_healthcheck(image: &str) -> bool {
    #[rustfmt::skip]
    const IMAGES: &[&str] = &[
        "authelia/authelia", "crazymax/diun", "filebrowser/filebrowser", "gitlab/gitlab-ce", "gitlab/gitlab-ee",
        "goauthentik/server", "gotify/server", "immich-app/immich-server", "immich-app/immich-machine-learning",
        "jellyfin/jellyfin", "louislam/uptime-kuma", "mailserver/docker-mailserver", "axllent/mailpit",
        "mattermost/mattermost-enterprise-edition", "mattermost/mattermost-team-edition", "netdata/netdata",
        "paperless-ngx/paperless-ngx", "pihole/pihole", "plexinc/pms-docker", "qmcgaw/gluetun", "vaultwarden/server",
        "healthchecks/healthchecks", "wg-easy/wg-easy",
    ];
    let name = full_name(image);
    IMAGES.iter().any(|known| {
        name.strip_suffix(known)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
    })
}

/// An image's name in lower case, without tag and digest.
fn full_name(image: &str) -> String {
    let image = image.split('@').next().unwrap_or(image);
    let (folder, last) = image
        .rsplit_once('/')
        .map_or(("", image), |(folder, last)| (folder, last));
    let last = last.split(':').next().unwrap_or(last);
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}{last}").to_ascii_lowercase()
}

/// Returns the datastore that it runs or administers, by name.
pub(super) fn datastore(short_name: &str) -> Option<&'static str> {
    #[rustfmt::skip]
    const STORES: &[(&str, &[&str])] = &[
        ("PostgreSQL", &["postgres", "postgresql", "postgis", "timescaledb", "timescaledb-ha", "pgvector", "pgvecto-rs",
            "pgbouncer", "postgresql-repmgr", "spilo", "citus"]),
        ("MySQL", &["mysql", "mysql-server", "mariadb", "mariadb-galera", "percona", "percona-server"]),
        ("SQL Server", &["mssql", "azure-sql-edge"]),
        ("MongoDB", &["mongo", "mongodb", "mongodb-community-server", "percona-server-mongodb"]),
        ("Redis", &["redis", "redis-stack", "redis-stack-server", "valkey", "keydb", "dragonfly", "redis-cluster",
            "redis-sentinel", "redismod", "rejson", "redisearch", "redistimeseries", "redisgraph"]),
        ("memcached", &["memcached"]),
        ("Elasticsearch", &["elasticsearch", "elasticsearch-oss", "opensearch"]),
        ("RabbitMQ", &["rabbitmq"]),
        ("InfluxDB", &["influxdb"]),
        ("CouchDB", &["couchdb"]),
        ("Cassandra", &["cassandra", "scylla"]),
        ("ClickHouse", &["clickhouse", "clickhouse-server"]),
        ("Neo4j", &["neo4j"]),
        ("RethinkDB", &["rethinkdb"]),
        ("etcd", &["etcd"]),
        ("MinIO", &["minio"]),
        ("pgAdmin", &["pgadmin4", "pgadmin"]),
        ("Adminer", &["adminer"]),
        ("phpMyAdmin", &["phpmyadmin"]),
        ("Mongo Express", &["mongo-express"]),
        ("Redis Commander", &["redis-commander"]),
        ("RedisInsight", &["redisinsight"]),
        ("Kibana", &["kibana", "kibana-oss", "opensearch-dashboards"]),
    ];
    // Several checks ask it of every service.
    static BY_NAME: LazyLock<FxHashMap<&str, &str>> = LazyLock::new(|| {
        let stores = STORES.iter();
        let names = stores.flat_map(|(store, names)| names.iter().map(|name| (*name, *store)));
        names.collect()
    });
    BY_NAME.get(short_name).copied()
}

/// Returns the product of an image, by its short name, that has no login and shows or changes what a system does.
pub(super) fn without_login(short_name: &str) -> Option<&'static str> {
    #[rustfmt::skip]
    const OPEN: &[(&str, &[&str])] = &[
        ("Prometheus", &["prometheus"]),
        ("Alertmanager", &["alertmanager"]),
        ("Loki", &["loki"]),
        ("VictoriaMetrics", &["victoria-metrics"]),
        ("Chroma", &["chroma"]),
        ("Solr", &["solr"]),
        ("ZooKeeper", &["zookeeper", "cp-zookeeper"]),
        ("Kafka", &["kafka", "kafka-native", "cp-kafka", "cp-server", "redpanda"]),
        ("NATS", &["nats", "nats-streaming"]),
        ("Kafka UI", &["kafka-ui", "kafdrop"]),
        // Its key is published, and opens blobs, queues and tables.
        ("Azurite", &["azurite"]),
    ];
    OPEN.iter()
        .find(|(_, names)| names.contains(&short_name))
        .map(|&(name, _)| name)
}

/// The default ports that belong to a single kind of datastore, in ascending order.
const PORTS: &[(u16, &str)] = &[
    (1433, "SQL Server"),
    (1521, "Oracle Database"),
    (2375, "the Docker API"),
    (2379, "etcd"),
    (3306, "MySQL"),
    (5432, "PostgreSQL"),
    (5601, "Kibana"),
    (5672, "RabbitMQ"),
    (5984, "CouchDB"),
    (6379, "Redis"),
    (7474, "Neo4j"),
    (7687, "Neo4j"),
    (8086, "InfluxDB"),
    (9042, "Cassandra"),
    (9200, "Elasticsearch"),
    (9300, "Elasticsearch"),
    (11211, "memcached"),
    (15672, "RabbitMQ"),
    (26379, "Redis"),
    (27017, "MongoDB"),
    (27018, "MongoDB"),
    (27019, "MongoDB"),
    (28015, "RethinkDB"),
    (33060, "MySQL"),
];

/// Returns the datastore that usually listens on the first such port from `first` to `last`.
pub(super) fn datastore_between(first: u16, last: u16) -> Option<&'static str> {
    let mut ports = PORTS.iter();
    let found = ports.find(|(port, _)| (first..=last).contains(port));
    found.map(|&(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shortened() {
        for (image, expected) in [
            ("postgres", "postgres"),
            ("postgres:16-alpine", "postgres"),
            ("docker.io/library/Redis:7@sha256:00", "redis"),
            ("registry.local:5000/team/mysql", "mysql"),
            ("", ""),
        ] {
            assert_eq!(short_name(image), expected);
        }
    }

    #[test]
    fn exporters_and_clients_are_no_datastores() {
        for image in [
            "postgres-exporter",
            "redis_exporter",
            "postgrest",
            "mysqld-exporter",
            "app",
            "",
        ] {
            assert_eq!(datastore(image), None, "{image}");
        }
        assert_eq!(datastore("pgvector"), Some("PostgreSQL"));
        assert_eq!(without_login("prometheus"), Some("Prometheus"));
        assert_eq!(without_login("prometheus-exporter"), None);
    }
}
