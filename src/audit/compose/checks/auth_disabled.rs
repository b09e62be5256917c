//! `compose/auth-disabled`: a service that requires no authentication.

use super::{
    Card, Category, Check, Confidence, Example, File, OWASP, Report, Severity, Sighting, compose,
};
use crate::audit::compose::env_file::Given;
use crate::audit::compose::exposure::{Port, ports};
use crate::audit::compose::image;
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::openness::{flag_in, open_variable};
use crate::audit::compose::roles;
use crate::audit::compose::service::{Service, Variable};
use crate::audit::yaml::Span;

pub(super) struct AuthDisabled;

impl Check<File<'_>> for AuthDisabled {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            for door in doors(service, &file.services) {
                let message = format!("service `{}` {}", service.name, door.what);
                let mut sighting = Sighting::new(&CARD, door.place, message);
                sighting.severity = reach(service, door.port);
                if door.port.is_some() && sighting.severity == Severity::Medium {
                    sighting.message.push_str("; its port is not published");
                }
                report.add(&CARD, file.sighted(service, door.via, sighting));
            }
        }
    }
}

/// A setting that disables authentication.
struct Door {
    place: Span,
    what: &'static str,
    via: Option<Span>,
    /// The port that it opens, if known; other ports of the service are not affected.
    port: Option<u16>,
}

impl Door {
    fn new(service: &Service, place: Span, what: &'static str, via: Option<Span>) -> Self {
        let port = what
            .contains("Traefik")
            .then(|| traefik_port(service))
            .flatten();
        Self {
            place,
            what,
            via,
            port,
        }
    }
}

/// The port of Traefik's own entry point, which serves its API when that is insecure; `None` if routers may lead there.
fn traefik_port(service: &Service) -> Option<u16> {
    const KEY: &str = "--entrypoints.traefik.address=";
    let routes = |label: &Variable| label.value.contains("api@internal");
    if service.variables("labels").iter().any(routes) {
        return None;
    }
    let command = roles::command(service, "command")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let own = command
        .split_ascii_whitespace()
        .find_map(|word| word.strip_prefix(KEY));
    match own {
        Some(address) => address.rsplit(':').next()?.parse().ok(),
        None => Some(8080),
    }
}

/// Whether a variable in an env file that several services share is meant for another service, whose image reads it
/// while that of `service` does not.
fn is_of_other(service: &Service, others: &[Service], given: &Given) -> bool {
    let Some(owner) = store_of(&given.name) else {
        return false;
    };
    let is_its = |it: &Service| {
        let image = it.text("image").map(|image| image::short_name(&image));
        it.setting("build").is_none()
            && image.is_some_and(|image| owner.iter().any(|name| image.contains(name)))
    };
    let shares = |it: &Service| {
        let mut theirs = it.env_files.given.iter();
        theirs.any(|their| their.name == given.name && their.value == given.value)
    };
    !is_its(service) && others.iter().any(|it| is_its(it) && shares(it))
}

/// The names of images that read a variable.
fn store_of(variable: &str) -> Option<&'static [&'static str]> {
    #[rustfmt::skip]
    const STORES: &[(&str, &[&str])] = &[
        ("POSTGRES_", &["postgres", "postgis", "pgvector", "timescale", "citus", "pgrouting"]),
        ("MYSQL_", &["mysql", "mariadb", "percona"]),
        ("MARIADB_", &["mariadb"]),
        ("CLICKHOUSE_", &["clickhouse"]),
        ("CASSANDRA_", &["cassandra"]),
        ("NEO4J_", &["neo4j"]),
        ("XPACK", &["elasticsearch", "kibana"]),
        ("DISABLE_SECURITY_PLUGIN", &["opensearch"]),
        ("PLUGINS.SECURITY", &["opensearch"]),
        ("GF_", &["grafana"]),
        ("TRAEFIK_", &["traefik"]),
        ("JUPYTER_", &["jupyter", "notebook"]),
        ("FLOWER_", &["flower"]),
        ("ARANGO_", &["arangodb"]),
        ("SURREAL_", &["surrealdb"]),
        ("ME_CONFIG_", &["mongo-express"]),
        ("INFLUXDB_", &["influxdb"]),
        ("PGADMIN_", &["pgadmin"]),
    ];
    let upper = variable.to_ascii_uppercase();
    let mut stores = STORES.iter();
    let found = stores.find(|(start, _)| upper.starts_with(start));
    found.map(|(_, images)| *images)
}

/// Every such setting of a service. `others` are all services of the file.
fn doors(service: &Service, others: &[Service]) -> Vec<Door> {
    let mut doors = Vec::new();
    for variable in service.variables("environment") {
        let value = with_defaults(&variable.value);
        let what = open_variable(service, &variable.name, value.trim());
        let place = variable.scalar.span();
        doors.extend(what.map(|what| Door::new(service, place, what, variable.via)));
    }
    for given in &service.env_files.given {
        let what = open_variable(service, &given.name, given.value.trim());
        let what = what.filter(|_| !is_of_other(service, others, given));
        doors.extend(what.map(|what| Door::new(service, given.span.clone(), what, None)));
    }
    for key in ["command", "entrypoint"] {
        let Some(setting) = service.setting(key) else {
            continue;
        };
        let flag = flag_in(setting.value);
        let via = setting.via();
        doors.extend(flag.map(|(scalar, what)| Door::new(service, scalar.span(), what, via)));
    }
    if is_open_mongo(service) {
        doors.push(Door {
            place: service.key.span(),
            what: "has no root user, so anyone who can connect may read and write",
            via: None,
            port: None,
        });
    }
    doors
}

/// The severity, given who can reach the service.
fn reach(service: &Service, port: Option<u16>) -> Severity {
    let mut ports = ports(service);
    if let Some(port) = port {
        ports.retain(|it| it.container.is_none() || it.serves(port));
    }
    let is_on_host = service.text("network_mode").as_deref() == Some("host");
    if ports.iter().any(Port::is_on_all_interfaces) {
        Severity::Critical
    } else if ports.is_empty() && !is_on_host {
        // Only other containers reach it.
        Severity::Medium
    } else {
        Severity::High
    }
}

/// Whether it is a `MongoDB` with a port open to everyone and no sign that it requires a password.
fn is_open_mongo(service: &Service) -> bool {
    let image = service.text("image").map(|image| image::short_name(&image));
    image.as_deref() == Some("mongo")
        && !service.is_fragment()
        && !service.env_files.is_partial
        && ["command", "entrypoint"]
            .iter()
            .all(|key| service.setting(key).is_none())
        && !service.has_variable(|name, _| name.starts_with("MONGO_INITDB_ROOT"))
        && ports(service).iter().any(Port::is_on_all_interfaces)
}

static CARD: Card = Card {
    id: "compose/auth-disabled",
    category: Category::Configuration,
    severity: Severity::High,
    confidence: Confidence::High,
    title: "Authentication disabled",
    description: "The service accepts every connection without authentication. Anyone who can reach its port, from \
                  another container or, if it is published, from any network of the host, has full access.",
    remedy: "Remove the setting, and give the service a password from a secret that Compose mounts, or from a variable \
             that must be set: `${DB_PASSWORD:?set DB_PASSWORD}`.",
    references: &[
        "https://cwe.mitre.org/data/definitions/306.html",
        "https://hub.docker.com/_/postgres",
        OWASP,
    ],
    tags: &[
        "docker",
        "compose",
        "credential",
        "CWE-306",
        "BSI-SYS.1.6.A5",
    ],
    examples: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: trust # here\n  sql:\n    image: mysql:8\n    environment:\n      - MYSQL_ALLOW_EMPTY_PASSWORD=yes # here\n  graph:\n    image: neo4j:5\n    environment:\n      NEO4J_AUTH: none # here\n",
        ),
        compose(
            "services:\n  search:\n    image: elasticsearch:8.0.0\n    environment:\n      - xpack.security.enabled=false # here\n  panel:\n    image: grafana/grafana:11\n    environment:\n      GF_AUTH_ANONYMOUS_ENABLED: \"true\" # here\n      GF_AUTH_ANONYMOUS_ORG_ROLE: Admin\n  zoo:\n    image: bitnami/zookeeper:3\n    environment:\n      ALLOW_ANONYMOUS_LOGIN: yes # here\n",
        ),
        compose(
            "services:\n  proxy:\n    image: traefik:3\n    command:\n      - --api.insecure=true # here\n  book:\n    image: jupyter/base\n    command: start-notebook.sh --NotebookApp.token='' # here\n  db: # here\n    image: mongo:7\n    ports: [27017:27017]\n",
        ),
        compose(
            "services:\n  sql:\n    image: mariadb:11\n    environment:\n      - MYSQL_PASSWORD=hunter2xyz\n      - MARIADB_ALLOW_EMPTY_ROOT_PASSWORD=true # here\n  graph:\n    image: arangodb\n    environment: [ARANGO_NO_AUTH=1] # here\n",
        ),
        compose(
            "services:\n  sql:\n    image: mysql:8\n    environment:\n      MYSQL_ALLOW_EMPTY_PASSWORD: \"no\" # here\n  other:\n    image: mariadb:11\n    command: --skip-grant # here\n",
        ),
        Example {
            path: "compose.yaml",
            text: "services:\n  db:\n    image: postgres:16\n    env_file:\n      - path: db.env # here\n",
            beside: &[("db.env", "POSTGRES_HOST_AUTH_METHOD=trust\n")],
        },
        Example {
            path: "compose.yaml",
            text: "services:\n  web:\n    build: .\n    env_file: shop.env\n  db:\n    image: postgres:16\n    env_file: shop.env # here\n",
            beside: &[("shop.env", "POSTGRES_HOST_AUTH_METHOD=trust\n")],
        },
        Example {
            path: "compose.yaml",
            text: "services:\n  db:\n    build: ./postgres\n    env_file: shop.env # here\n",
            beside: &[("shop.env", "POSTGRES_HOST_AUTH_METHOD=trust\n")],
        },
    ],
    negatives: &[
        Example {
            path: "compose.yaml",
            text: "services:\n  sql:\n    image: mysql:8\n    env_file: .env\n    environment:\n      MYSQL_ALLOW_EMPTY_PASSWORD: \"yes\"\n  db:\n    image: mongo:7\n    env_file: [absent.env]\n    ports: [27017:27017]\n",
            beside: &[(".env", "MYSQL_ROOT_PASSWORD=hunter2xyz\n")],
        },
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_HOST_AUTH_METHOD: scram-sha-256\n  sql:\n    image: mysql:8\n    environment:\n      MYSQL_ALLOW_EMPTY_PASSWORD: \"no\"\n      MYSQL_RANDOM_ROOT_PASSWORD: \"yes\"\n  other:\n    image: mysql:8\n    environment:\n      MYSQL_ALLOW_EMPTY_PASSWORD: \"yes\"\n      MYSQL_ROOT_PASSWORD: ${PW:?}\n",
        ),
        compose(
            "services:\n  search:\n    image: elasticsearch:8.0.0\n    environment:\n      - xpack.security.enabled=true\n  panel:\n    image: grafana/grafana:11\n    environment:\n      GF_AUTH_ANONYMOUS_ENABLED: \"true\"\n      GF_AUTH_ANONYMOUS_ORG_ROLE: Viewer\n",
        ),
        compose(
            "services:\n  proxy:\n    image: traefik:3\n    command: [--api.insecure=false, --api.dashboard=true]\n  db:\n    image: mongo:7\n    ports: [127.0.0.1:27017:27017]\n  with:\n    image: mongo:7\n    ports: [27017:27017]\n    environment:\n      MONGO_INITDB_ROOT_USERNAME: root\n",
        ),
    ],
};
