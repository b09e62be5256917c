//! Remedies that name the commands, paths and variables of the product that a service runs.

use super::credential::Slot;
use super::image;
use super::service::Service;

/// Returns the remedy of `rule` for the image of `service`; `None` where the rule's general remedy fits.
pub(super) fn remedy(rule: &str, service: &Service) -> Option<&'static str> {
    // Most rules have no such remedy, and need not look up what a service runs.
    let table = table(rule)?;
    let image = image::short_name(&service.text("image")?);
    let product = match image.as_str() {
        // Their programs and directories are named differently from the originals.
        name if name.contains("mariadb") => "MariaDB",
        name if name.contains("opensearch") && !name.contains("dashboards") => "OpenSearch",
        "grafana" | "grafana-oss" | "grafana-enterprise" => "Grafana",
        "traefik" => "Traefik",
        name => image::datastore(name)?,
    };
    let entry = table.iter().find(|(name, _)| *name == product);
    entry.map(|&(_, text)| text)
}

/// The remedies of a rule for single products; `None` if its remedy is the same for all.
fn table(rule: &str) -> Option<Table> {
    Some(match rule {
        "compose/healthcheck-missing"
        | "compose/healthcheck-slow"
        | "compose/healthcheck-disabled" => HEALTH_CHECKS,
        "compose/data-not-persisted" => VOLUMES,
        "compose/datastore-port-published" => LOOPBACK_PORTS,
        "compose/auth-disabled" => AUTHENTICATION,
        "compose/hardcoded-credential" => SECRET_FILES,
        "compose/default-credential" | "compose/credential-default" | "compose/placeholder" => {
            REQUIRED_VARIABLES
        }
        _ => return None,
    })
}

/// Returns the remedy of `rule` for the variable in `slot`, unless `product`, the remedy for its image, is about the
/// same variable.
pub(super) fn of_slot(rule: &str, slot: &Slot, product: Option<&str>) -> Option<String> {
    let name = slot.name.as_str();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if product.is_some_and(|text| text.contains(&format!("{name}: "))) || !name.chars().all(is_name)
    {
        return None;
    }
    let sign = if slot.skipped > 0 { "=" } else { ": " };
    let variable = slot.default_of.as_deref().unwrap_or(name);
    let required = format!("`{name}{sign}${{{variable}:?set {variable}}}`");
    let part = slot
        .variable
        .as_deref()
        .or(slot.default_of.as_deref())
        .unwrap_or("DB_PASSWORD");
    Some(match rule {
        _ if slot.is_within => format!(
            "Let Compose insert the password in its place in `{name}`: `${{{part}:?set {part}}}`, and change it wherever it is in use."
        ),
        "compose/hardcoded-credential" => {
            format!(
                "Make Compose fail without the variable: {required}, and change the value wherever it is in use."
            )
        }
        "compose/credential-default" => format!("Make Compose fail instead: {required}."),
        "compose/default-credential" => format!(
            "Make Compose fail until a value is set, and generate one at installation (`openssl rand -base64 24`): {required}."
        ),
        "compose/placeholder" => {
            format!("Make Compose fail until a value is set: {required}.")
        }
        _ => return None,
    })
}

/// The remedy for each product.
type Table = &'static [(&'static str, &'static str)];

macro_rules! health_checks {
    ($($product:literal: $test:literal,)*) => {
        &[$(($product, concat!(
            "Add a check that fails when ", $product, " does not answer: `healthcheck: {test: ", $test,
            ", interval: 10s, timeout: 5s, retries: 5}`.",
        )),)*]
    };
}

macro_rules! volumes {
    ($($product:literal: $path:literal,)*) => {
        &[$(($product, concat!(
            "Mount a named volume at the data directory of ", $product, ": `volumes: [\"db-data:", $path,
            "\"]`, and list `db-data:` under the top-level `volumes:`.",
        )),)*]
    };
}

macro_rules! loopback_ports {
    ($($product:literal: $port:literal,)*) => {
        &[$(($product, concat!(
            "Remove the entry: services on the same network reach ", $product,
            " by its service name. To reach it from the host: `ports: [\"127.0.0.1:", $port, ":", $port, "\"]`.",
        )),)*]
    };
}

macro_rules! secret_files {
    ($($product:literal: $variable:literal,)*) => {
        &[$(($product, concat!(
            "Make it required: `", $variable, ": ${", $variable, ":?set it}`, or read it from a file: `", $variable,
            "_FILE: /run/secrets/db_password`, and change the value wherever it is in use.",
        )),)*]
    };
}

macro_rules! required_variables {
    ($($product:literal: $variable:literal,)*) => {
        &[$(($product, concat!(
            "Make Compose fail until a value is set, and generate one at installation (`openssl rand -base64 24`): `",
            $variable, ": ${", $variable, ":?set ", $variable, "}`.",
        )),)*]
    };
}

const HEALTH_CHECKS: Table = health_checks! {
    "PostgreSQL": r#"[CMD-SHELL, "pg_isready -U $$POSTGRES_USER"]"#,
    "MySQL": "[CMD, mysqladmin, ping, -h, 127.0.0.1]",
    "MariaDB": "[CMD, healthcheck.sh, --connect, --innodb_initialized]",
    "SQL Server": r#"[CMD-SHELL, "/opt/mssql-tools18/bin/sqlcmd -C -S 127.0.0.1 -U sa -P \"$$MSSQL_SA_PASSWORD\" -Q 'SELECT 1'"]"#,
    "MongoDB": r#"[CMD, mongosh, --quiet, --eval, "db.adminCommand('ping').ok"]"#,
    "Redis": "[CMD, redis-cli, ping]",
    "Elasticsearch": r#"[CMD-SHELL, "curl -fs http://127.0.0.1:9200/_cluster/health"]"#,
    "OpenSearch": r#"[CMD-SHELL, "curl -fs http://127.0.0.1:9200/_cluster/health"]"#,
    "RabbitMQ": "[CMD, rabbitmq-diagnostics, -q, ping]",
    "InfluxDB": "[CMD, influx, ping]",
    "CouchDB": r#"[CMD-SHELL, "curl -fs http://127.0.0.1:5984/_up"]"#,
    "Cassandra": r#"[CMD-SHELL, "nodetool status | grep -q ^UN"]"#,
    "ClickHouse": r#"[CMD, wget, -qO-, "http://127.0.0.1:8123/ping"]"#,
    "Neo4j": r#"[CMD, wget, -qO-, "http://127.0.0.1:7474"]"#,
    "etcd": "[CMD, etcdctl, endpoint, health]",
    "MinIO": "[CMD, mc, ready, local]",
};

const VOLUMES: Table = volumes! {
    "PostgreSQL": "/var/lib/postgresql/data",
    "MySQL": "/var/lib/mysql",
    "MariaDB": "/var/lib/mysql",
    "SQL Server": "/var/opt/mssql",
    "MongoDB": "/data/db",
    "Elasticsearch": "/usr/share/elasticsearch/data",
    "OpenSearch": "/usr/share/opensearch/data",
    "InfluxDB": "/var/lib/influxdb2",
    "CouchDB": "/opt/couchdb/data",
    "Cassandra": "/var/lib/cassandra",
    "ClickHouse": "/var/lib/clickhouse",
    "Neo4j": "/data",
    "MinIO": "/data",
};

const LOOPBACK_PORTS: Table = loopback_ports! {
    "PostgreSQL": "5432",
    "MySQL": "3306",
    "MariaDB": "3306",
    "SQL Server": "1433",
    "MongoDB": "27017",
    "Redis": "6379",
    "memcached": "11211",
    "Elasticsearch": "9200",
    "OpenSearch": "9200",
    "RabbitMQ": "5672",
    "InfluxDB": "8086",
    "CouchDB": "5984",
    "Cassandra": "9042",
    "ClickHouse": "8123",
    "Neo4j": "7687",
    "etcd": "2379",
    "MinIO": "9000",
    "Kibana": "5601",
};

const SECRET_FILES: Table = secret_files! {
    "PostgreSQL": "POSTGRES_PASSWORD",
    "MySQL": "MYSQL_ROOT_PASSWORD",
    "MariaDB": "MARIADB_ROOT_PASSWORD",
    "MongoDB": "MONGO_INITDB_ROOT_PASSWORD",
    "Elasticsearch": "ELASTIC_PASSWORD",
};

const REQUIRED_VARIABLES: Table = required_variables! {
    "PostgreSQL": "POSTGRES_PASSWORD",
    "MySQL": "MYSQL_ROOT_PASSWORD",
    "MariaDB": "MARIADB_ROOT_PASSWORD",
    "SQL Server": "MSSQL_SA_PASSWORD",
    "MongoDB": "MONGO_INITDB_ROOT_PASSWORD",
    "Elasticsearch": "ELASTIC_PASSWORD",
    "RabbitMQ": "RABBITMQ_DEFAULT_PASS",
    "CouchDB": "COUCHDB_PASSWORD",
    "ClickHouse": "CLICKHOUSE_PASSWORD",
    "MinIO": "MINIO_ROOT_PASSWORD",
    "pgAdmin": "PGADMIN_DEFAULT_PASSWORD",
    "Mongo Express": "ME_CONFIG_BASICAUTH_PASSWORD",
    "Grafana": "GF_SECURITY_ADMIN_PASSWORD",
};

const AUTHENTICATION: Table = &[
    (
        "PostgreSQL",
        "Remove `POSTGRES_HOST_AUTH_METHOD` and pass a password as a secret: \
         `POSTGRES_PASSWORD_FILE: /run/secrets/db_password`.",
    ),
    (
        "MySQL",
        "Remove `MYSQL_ALLOW_EMPTY_PASSWORD` and pass a password as a secret: \
         `MYSQL_ROOT_PASSWORD_FILE: /run/secrets/db_password`.",
    ),
    (
        "MariaDB",
        "Remove `MARIADB_ALLOW_EMPTY_ROOT_PASSWORD` and pass a password as a secret: \
         `MARIADB_ROOT_PASSWORD_FILE: /run/secrets/db_password`.",
    ),
    (
        "MongoDB",
        "Create a root user, which enables authentication: `MONGO_INITDB_ROOT_USERNAME: admin` and \
         `MONGO_INITDB_ROOT_PASSWORD_FILE: /run/secrets/db_password`.",
    ),
    (
        "Elasticsearch",
        "Set `xpack.security.enabled: \"true\"` and pass a password as a secret: \
         `ELASTIC_PASSWORD_FILE: /run/secrets/elastic_password`.",
    ),
    (
        "OpenSearch",
        "Remove the setting that disables the security plugin, and set the password of the first administrator: \
         `OPENSEARCH_INITIAL_ADMIN_PASSWORD: ${OPENSEARCH_INITIAL_ADMIN_PASSWORD:?set it}`.",
    ),
    (
        "Neo4j",
        "Pass user name and password as a secret: `NEO4J_AUTH_FILE: /run/secrets/neo4j_auth`.",
    ),
    (
        "Grafana",
        "Disable anonymous access: `GF_AUTH_ANONYMOUS_ENABLED: \"false\"`.",
    ),
    (
        "Traefik",
        "Remove `--api.insecure` and publish the dashboard through a router with an authentication middleware: \
         `traefik.http.routers.api.middlewares=auth`.",
    ),
    (
        "InfluxDB",
        "Require authentication: `INFLUXDB_HTTP_AUTH_ENABLED: \"true\"`.",
    ),
    (
        "Mongo Express",
        "Require a login: `ME_CONFIG_BASICAUTH: \"true\"` with \
         `ME_CONFIG_BASICAUTH_PASSWORD: ${ME_CONFIG_BASICAUTH_PASSWORD:?set it}`.",
    ),
    (
        "Redis",
        "Require a password: `command: sh -c 'redis-server --requirepass \"$$(cat /run/secrets/redis)\"'` with \
         `secrets: [redis]`.",
    ),
];
