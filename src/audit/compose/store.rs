//! The datastore that a name refers to: the name of a variable, image, service or scheme.

use super::image;
use crate::lexicon::host::login_of;

/// Object stores with the interface of S3.
pub(super) const OBJECTS: &str = "MinIO";

/// Parts of names, in capitals, that belong to one kind of datastore.
const PARTS: &[(&str, &str)] = &[
    ("POSTGRES", "PostgreSQL"),
    ("MYSQL", "MySQL"),
    ("MARIADB", "MySQL"),
    ("MSSQL", "SQL Server"),
    ("SQLSERVER", "SQL Server"),
    ("MONGO", "MongoDB"),
    ("REDIS", "Redis"),
    ("VALKEY", "Redis"),
    ("KEYDB", "Redis"),
    ("ELASTIC", "Elasticsearch"),
    ("OPENSEARCH", "Elasticsearch"),
    ("RABBITMQ", "RabbitMQ"),
    ("AMQP", "RabbitMQ"),
    ("INFLUX", "InfluxDB"),
    ("COUCHDB", "CouchDB"),
    ("CASSANDRA", "Cassandra"),
    ("CLICKHOUSE", "ClickHouse"),
    ("NEO4J", "Neo4j"),
    ("MINIO", OBJECTS),
];

/// Words in names that may refer to several kinds.
const WORDS: &[(&[&str], &[&str])] = &[
    (&["PG", "PGPASSWORD", "PGPASS"], &["PostgreSQL"]),
    (&["SA"], &["SQL Server"]),
    (&["S3", "AWS"], &[OBJECTS]),
    (
        &[
            "DB",
            "DATABASE",
            "DBPASS",
            "DBPASSWORD",
            "DBPW",
            "SQL",
            "JDBC",
            "DATASOURCE",
            "DSN",
        ],
        &["PostgreSQL", "MySQL", "SQL Server", "MongoDB", "CouchDB"],
    ),
    (&["BROKER", "CELERY", "QUEUE", "MQ"], &["RabbitMQ", "Redis"]),
    (&["CACHE"], &["Redis", "memcached"]),
];

/// Returns the kinds of datastore that a variable or scheme may refer to, judged by its name.
pub(in crate::audit) fn named_by(name: &str) -> Vec<&'static str> {
    let name = name.to_ascii_uppercase();
    let parts = PARTS.iter().filter(|(part, _)| name.contains(part));
    let mut kinds: Vec<_> = parts.map(|(_, kind)| *kind).collect();
    if kinds.is_empty() {
        let is_word = |word: &&&str| {
            name.split(|c: char| !c.is_ascii_alphanumeric())
                .any(|it| it == **word)
        };
        let meant = WORDS
            .iter()
            .filter(|(words, _)| words.iter().any(|word| is_word(&word)));
        kinds.extend(meant.flat_map(|(_, kinds)| kinds.iter().copied()));
    }
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// Returns the kind of datastore in an image.
pub(in crate::audit) fn kind_of_image(image: &str) -> Option<&'static str> {
    const OBJECT_STORES: &[&str] = &["seaweedfs", "garage", "rustfs", "versitygw", "localstack"];
    let name = image::short_name(image);
    let is_objects = OBJECT_STORES.contains(&name.as_str());
    image::datastore(&name).or(is_objects.then_some(OBJECTS))
}

/// Returns the kind of datastore that the name of a service suggests, if its image says nothing: `plane-db`, `mysql`.
pub(super) fn kind_of_name(service: &str) -> Option<&'static str> {
    const NAMES: &[(&str, &str)] = &[
        ("db", "PostgreSQL"),
        ("database", "PostgreSQL"),
        ("postgres", "PostgreSQL"),
        ("postgresql", "PostgreSQL"),
        ("mysql", "MySQL"),
        ("mariadb", "MySQL"),
        ("mongo", "MongoDB"),
        ("mongodb", "MongoDB"),
        ("redis", "Redis"),
        ("valkey", "Redis"),
        ("rabbitmq", "RabbitMQ"),
        ("clickhouse", "ClickHouse"),
        ("minio", OBJECTS),
        ("elasticsearch", "Elasticsearch"),
    ];
    let name = service.to_ascii_lowercase();
    let last = name.rsplit(['-', '_']).next()?;
    NAMES
        .iter()
        .find(|(known, _)| *known == last)
        .map(|(_, kind)| *kind)
}

/// Returns the scheme and the host of an address that holds a login: `postgres://app:secret@db/app`.
pub(super) fn address_in(text: &str) -> Option<(&str, &str)> {
    let (before, _) = text.split_once("://")?;
    let scheme = before
        .rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '+')
        .next()?;
    let (_, behind) = login_of(text)?;
    let host = behind.split(['/', '?', '#', ' ', ':', ',']).next()?;
    Some((scheme, host))
}

/// Returns whether a host is not written literally.
pub(super) fn is_unknown_host(host: &str) -> bool {
    host.is_empty()
        || !host
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_about_datastores() {
        for (name, expected) in [
            ("POSTGRES_PASSWORD", &["PostgreSQL"][..]),
            ("PGPASSWORD", &["PostgreSQL"]),
            ("AWS_SECRET_ACCESS_KEY", &[OBJECTS]),
            ("AMQP_URL", &["RabbitMQ"]),
            ("SECRET_KEY", &[]),
            ("NEXTAUTH_SECRET", &[]),
            ("ADMIN_PASSWORD", &[]),
        ] {
            assert_eq!(named_by(name), expected, "{name}");
        }
        assert!(named_by("PAPERLESS_DBPASS").contains(&"MySQL"));
    }

    #[test]
    fn addresses_name_hosts() {
        let address = address_in("postgresql+asyncpg://app:hunter2@db:5432/app");
        assert_eq!(address, Some(("postgresql+asyncpg", "db")));
        assert_eq!(address_in("redis://cache:6379/0"), None);
        assert_eq!(kind_of_name("plane-db"), Some("PostgreSQL"));
        assert_eq!(kind_of_name("postgres-exporter"), None);
    }
}
