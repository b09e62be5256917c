//! Base images, as far as their names say anything about them.

/// The user that an image runs as unless configured otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum User {
    /// Root, for every process in it.
    Root,
    /// Root, but its workers drop root privileges.
    Workers,
    /// Root until its entry point has prepared the data, and an unprivileged user from then on.
    Drops,
    /// A user other than root.
    NonRoot,
    /// Unknown.
    Unknown,
}

/// Returns the name of an image in lower case without tag and digest.
pub(super) fn name(image: &str) -> String {
    let image = image.split('@').next().unwrap_or(image);
    let (folders, last) = image
        .rsplit_once('/')
        .map_or(("", image), |(folders, last)| (folders, last));
    let last = last.split(':').next().unwrap_or(last);
    let whole = if folders.is_empty() {
        last.to_owned()
    } else {
        format!("{folders}/{last}")
    };
    let whole = whole.to_ascii_lowercase();
    let whole = whole.strip_prefix("docker.io/").unwrap_or(&whole);
    whole.strip_prefix("library/").unwrap_or(whole).to_owned()
}

/// Returns the tag of an image if it has one.
pub(super) fn tag(image: &str) -> Option<&str> {
    let image = image.split('@').next().unwrap_or(image);
    let last = image.rsplit('/').next().unwrap_or(image);
    last.split_once(':').map(|(_, tag)| tag)
}

/// Official images, and those of widely used publishers, that run as root.
#[rustfmt::skip]
const ROOT: &[&str] = &[
    "alpine", "debian", "ubuntu", "centos", "fedora", "rockylinux", "almalinux", "amazonlinux", "archlinux",
    "opensuse/leap", "opensuse/tumbleweed", "oraclelinux", "photon", "busybox", "scratch", "buildpack-deps", "node", "python", "pypy", "ruby", "jruby",
    "golang", "rust", "php", "perl", "openjdk", "eclipse-temurin", "amazoncorretto", "ibmjava", "sapmachine", "maven",
    "gradle", "clojure", "erlang", "elixir", "haskell", "swift", "dart", "julia", "r-base", "gcc", "bash", "mono",
    "composer", "hylang", "groovy", "docker", "adoptopenjdk", "oven/bun", "denoland/deno", "tomcat", "jetty",
    "mcr.microsoft.com/dotnet/sdk", "mcr.microsoft.com/dotnet/aspnet", "mcr.microsoft.com/dotnet/runtime",
    "mcr.microsoft.com/dotnet/runtime-deps", "mcr.microsoft.com/playwright", "mcr.microsoft.com/playwright/python",
    "mcr.microsoft.com/openjdk/jdk", "nvidia/cuda", "tensorflow/tensorflow", "pytorch/pytorch", "continuumio/miniconda3", "continuumio/anaconda3",
    "condaforge/miniforge3", "gcr.io/distroless/static", "gcr.io/distroless/base", "gcr.io/distroless/cc",
    "gcr.io/distroless/java", "gcr.io/distroless/nodejs", "gcr.io/distroless/python3", "registry.access.redhat.com/ubi8",
    "registry.access.redhat.com/ubi9", "registry.access.redhat.com/ubi8/ubi", "registry.access.redhat.com/ubi9/ubi",
    "registry.access.redhat.com/ubi8/ubi-minimal", "registry.access.redhat.com/ubi9/ubi-minimal",
    "redhat/ubi8", "redhat/ubi9", "redhat/ubi8-minimal", "redhat/ubi9-minimal", "wordpress", "drupal", "joomla", "ghost", "nextcloud", "phpmyadmin",
    "public.ecr.aws/docker/library/node", "public.ecr.aws/docker/library/python", "public.ecr.aws/docker/library/alpine",
    "ghcr.io/astral-sh/uv", "phusion/baseimage", "linuxserver/baseimage", "bitnami/minideb", "i386/alpine", "arm64v8/alpine", "amd64/alpine",
    "arm32v7/alpine", "i386/debian", "amd64/debian", "arm64v8/debian", "tiangolo/uvicorn-gunicorn-fastapi", "tiangolo/uvicorn-gunicorn", "cypress/base", "cypress/included",
];

/// Images whose main process is root but whose workers are not.
const WORKERS: &[&str] = &[
    "nginx",
    "httpd",
    "openresty/openresty",
    "caddy",
    "traefik",
    "php-fpm",
    "nextcloud",
    "wordpress",
];

/// Images whose entry point starts the server as another user.
#[rustfmt::skip]
const DROPS: &[&str] = &[
    "postgres", "mysql", "mariadb", "percona", "redis", "valkey/valkey", "valkey", "mongo", "rabbitmq", "cassandra", "couchdb", "influxdb",
    "postgis/postgis", "timescale/timescaledb", "pgvector/pgvector", "zookeeper", "eclipse-mosquitto", "clickhouse/clickhouse-server",
    "mysql/mysql-server", "nats", "storm", "orientdb", "arangodb", "rethinkdb", "neo4j", "citusdata/citus", "ghost", "eqalpha/keydb", "openldap",
];

/// Images that run as a user other than root from the start.
#[rustfmt::skip]
const NON_ROOT: &[&str] = &[
    "memcached", "haproxy", "varnish", "solr", "sonarqube", "kong", "elasticsearch", "logstash", "kibana", "jenkins/jenkins", "jenkins/inbound-agent",
    "n8nio/n8n", "mcr.microsoft.com/mssql/server", "quay.io/keycloak/keycloak", "apache/airflow", "apache/superset", "apache/nifi", "apache/kafka",
    "nodered/node-red", "verdaccio/verdaccio", "mambaorg/micromamba",
];

/// Publishers whose images all run as a user other than root.
#[rustfmt::skip]
const NON_ROOT_MAKERS: &[&str] = &[
    "bitnami/", "bitnamilegacy/", "bitnamisecure/", "cgr.dev/", "chainguard/", "docker.elastic.co/", "grafana/", "prom/", "quay.io/prometheus/", "confluentinc/",
    "opensearchproject/", "selenium/", "jupyter/", "quay.io/jupyter/", "gitpod/", "nginxinc/nginx-unprivileged", "cimg/", "circleci/", "dhi.io/", "registry.access.redhat.com/ubi8/nodejs",
    "registry.access.redhat.com/ubi9/nodejs", "registry.access.redhat.com/ubi8/python", "registry.access.redhat.com/ubi9/python",
    "registry.access.redhat.com/ubi8/openjdk", "registry.access.redhat.com/ubi9/openjdk", "registry.redhat.io/",
];

/// Returns the user that an image runs as.
pub(super) fn user(image: &str) -> User {
    let name = name(image);
    let tag = tag(image).unwrap_or("").to_ascii_lowercase();
    let whole = format!("{name}:{tag}");
    let says_so = [
        "nonroot",
        "non-root",
        "rootless",
        "unprivileged",
        "noroot",
        "chiseled",
    ];
    let is_windows = ["windows", "nanoserver", "servercore"]
        .iter()
        .any(|word| whole.contains(word));
    let is_one_of = |names: &[&str]| names.contains(&name.as_str());
    let is_maker = NON_ROOT_MAKERS.iter().any(|maker| name.starts_with(maker));
    if is_one_of(ROOT) && name == "bitnami/minideb" {
        User::Root
    } else if says_so.iter().any(|word| whole.contains(word)) || is_maker || is_one_of(NON_ROOT) {
        User::NonRoot
    } else if is_windows {
        // Windows has other users.
        User::NonRoot
    } else if is_one_of(DROPS) {
        User::Drops
    } else if is_one_of(WORKERS) || name == "php" && (tag.contains("fpm") || tag.contains("apache"))
    {
        User::Workers
    } else if is_one_of(ROOT) || name.starts_with("gcr.io/distroless/") {
        User::Root
    } else {
        User::Unknown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_tags() {
        for (image, expected, expected_tag) in [
            ("node", "node", None),
            (
                "docker.io/library/Node:20-alpine",
                "node",
                Some("20-alpine"),
            ),
            ("localhost:5000/a/b", "localhost:5000/a/b", None),
            (
                "localhost:5000/a/b:1@sha256:00",
                "localhost:5000/a/b",
                Some("1"),
            ),
        ] {
            assert_eq!((name(image).as_str(), tag(image)), (expected, expected_tag));
        }
    }

    #[test]
    fn users_of_images() {
        for (image, expected) in [
            ("node:20", User::Root),
            ("php:8-fpm", User::Workers),
            ("postgres:16", User::Drops),
            ("gcr.io/distroless/static:nonroot", User::NonRoot),
            ("gcr.io/distroless/static-debian12", User::Root),
            ("bitnami/redis:7", User::NonRoot),
            (
                "mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled",
                User::NonRoot,
            ),
            ("bitnami/minideb:bookworm", User::Root),
            (
                "mcr.microsoft.com/windows/servercore:ltsc2022",
                User::NonRoot,
            ),
            ("acme/base:1", User::Unknown),
        ] {
            assert_eq!(user(image), expected, "{image}");
        }
    }
}
