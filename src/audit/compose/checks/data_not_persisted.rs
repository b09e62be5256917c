//! `compose/data-not-persisted`: a datastore whose data is lost with its container.

use super::{Card, Category, Check, Confidence, File, Report, SERVICES, Severity, compose};
use crate::audit::compose::absence::Lack;
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::roles::{datastore, is_kind};
use crate::audit::compose::service::{Service, Setting};

pub(super) struct DataNotPersisted;

/// Datastores whose data matters; caches and consoles do not count.
const KEEPERS: &[&str] = &[
    "PostgreSQL",
    "MySQL",
    "SQL Server",
    "MongoDB",
    "Elasticsearch",
    "InfluxDB",
    "CouchDB",
    "Cassandra",
    "ClickHouse",
    "Neo4j",
    "MinIO",
];

impl Check<File<'_>> for DataNotPersisted {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let keeps_data = datastore(service).is_some_and(|store| KEEPERS.contains(&store))
                && !is_kind(service, |name| name.contains("pgbouncer"));
            // A sidecar of the same name, or a job such as a dump, keeps nothing.
            if !keeps_data
                || file.is_job(service)
                || service.setting("entrypoint").is_some()
                || is_told_to_forget(service)
                || is_kept(service)
            {
                continue;
            }
            file.miss(
                service,
                &Lack::new(&CARD, "named volume for its data"),
                report,
            );
        }
    }
}

/// Whether something is mounted that may hold data, rather than settings.
fn is_kept(service: &Service) -> bool {
    service.setting("volumes_from").is_some()
        || service
            .items("volumes")
            .iter()
            .any(|item| target(item).is_none_or(|at| may_hold_data(&at)))
}

/// Whether its data is deliberately kept in memory only.
fn is_told_to_forget(service: &Service) -> bool {
    service.at(&["tmpfs"]).is_some()
}

/// The mount point of an entry in the container; `None` if only the environment knows it.
fn target(item: &Setting) -> Option<String> {
    if let Some(text) = item.value.text() {
        let text = with_defaults(text);
        let mut parts = text.split(':');
        let first = parts.next().unwrap_or_default().to_owned();
        return Some(parts.next().map_or(first, str::to_owned));
    }
    let target = item.value.get("target").or_else(|| item.value.get("dst"))?;
    target.text().map(with_defaults)
}

fn may_hold_data(target: &str) -> bool {
    let target = target.to_ascii_lowercase();
    let name = target
        .trim_end_matches('/')
        .rsplit('/')
        .next()
        .unwrap_or_default();
    let is_file = name.contains('.') && !name.ends_with(".d");
    let is_setting = [
        "conf",
        "entrypoint",
        "init",
        "cert",
        "ssl",
        "tls",
        "log",
        "script",
        "backup",
        "/etc/",
        "localtime",
    ]
    .iter()
    .any(|part| target.contains(part));
    // Some images keep everything below `/config`, including their data.
    let is_all = target.trim_end_matches('/') == "/config";
    is_all || !(is_file || is_setting || target.starts_with("/tmp"))
}

static CARD: Card = Card {
    id: "compose/data-not-persisted",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::Medium,
    title: "Data not stored in a named volume",
    description: "Without a named volume, the data is stored in an anonymous one, which `docker compose down \
                  --volumes` deletes and a new project name leaves behind: after an update the database is empty.",
    remedy: "Mount a named volume at the data directory: `volumes: [\"db-data:/var/lib/postgresql/data\"]`, and list \
             `db-data:` under the top-level `volumes:`.",
    references: &["https://docs.docker.com/engine/storage/volumes/", SERVICES],
    tags: &["docker", "compose", "operations", "CWE-404"],
    examples: &[
        compose("services:\n  db: # here\n    image: postgres:16\n"),
        compose(
            "services:\n  db: # here\n    image: mariadb:11\n    volumes:\n      - ./init:/docker-entrypoint-initdb.d\n      - ./my.cnf:/etc/mysql/my.cnf:ro\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    volumes: [\"data:/var/lib/postgresql/data\"]\n",
        ),
        compose(
            "services:\n  db:\n    image: mongo:7\n    volumes:\n      - type: bind\n        source: ./data\n        target: /data/db\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    tmpfs: [/var/lib/postgresql/data]\n",
        ),
        compose("services:\n  cache:\n    image: redis:7\n"),
        compose("services:\n  pool:\n    image: edoburu/pgbouncer:1\n"),
        compose(
            "services:\n  db:\n    image: linuxserver/mariadb:11\n    volumes: [\"./db:/config\"]\n",
        ),
        compose("services:\n  db:\n    image: postgres:16\n    volumes_from: [data]\n"),
        compose("services:\n  db-migrate:\n    image: postgres:16\n"),
        compose("services:\n  dump:\n    image: postgres:16\n    entrypoint: pg_dump\n"),
        compose("services:\n  db:\n    image: mysql:8\n    volumes: [\"${STORE}\"]\n"),
    ],
};
