//! Passwords that are known beforehand: those that images come with, and those that repeat a name beside them.

use crate::lexicon::name::CredentialName;

use crate::audit::compose::image;
use crate::audit::compose::service::Service;

/// Short names of images, and the passwords that their documentation or first start uses.
#[rustfmt::skip]
const KNOWN: &[(&[&str], &[&str])] = &[
    (&["postgres", "postgresql", "postgis", "timescaledb", "pgvector"], &["postgres", "password", "123"]),
    (&["mysql", "mysql-server", "mariadb", "percona"], &["root", "mysql", "mariadb"]),
    (&["mongo", "mongodb"], &["mongo", "mongodb", "example"]),
    (&["mongo-express"], &["pass"]),
    (&["minio"], &["minioadmin", "minio123"]),
    (&["rabbitmq"], &["guest"]),
    (&["grafana", "grafana-oss", "grafana-enterprise"], &["admin"]),
    (&["elasticsearch", "kibana", "logstash"], &["changeme"]),
    (&["opensearch"], &["admin"]),
    (&["neo4j"], &["neo4j"]),
    (&["couchdb"], &["password", "admin"]),
    (&["cassandra", "scylla"], &["cassandra"]),
    (&["activemq", "activemq-artemis", "artemis"], &["admin", "artemis"]),
    (&["sonarqube"], &["admin", "sonar"]),
    (&["influxdb", "chronograf"], &["admin"]),
    (&["nexus", "nexus3"], &["admin123"]),
    (&["harbor-core", "harbor"], &["Harbor12345"]),
    (&["zabbix-web-nginx-mysql", "zabbix-web-nginx-pgsql", "zabbix-web-apache-mysql", "zabbix-server-mysql",
        "zabbix-server-pgsql"], &["zabbix"]),
    (&["keycloak"], &["admin", "keycloak"]),
    (&["airflow"], &["airflow"]),
    (&["superset"], &["admin", "superset"]),
    (&["pgadmin4"], &["admin", "root", "SuperSecret"]),
    (&["mssql", "server"], &["yourStrong(!)Password", "Your_password123"]),
    (&["adminer", "phpmyadmin"], &["root"]),
    (&["arangodb"], &["openSesame"]),
    (&["portainer", "portainer-ce"], &["adminpassword"]),
    (&["jenkins"], &["admin"]),
];

/// Returns whether a value is a password that the image comes with, or the name of the service, of the image, of the
/// user or of the database that it protects.
pub(super) fn is_well_known(service: &Service, kind: CredentialName, value: &str) -> bool {
    let image = service.text("image").map(|image| image::short_name(&image));
    if let Some(image) = &image {
        let mut known = KNOWN
            .iter()
            .filter(|(names, _)| names.contains(&image.as_str()));
        if known.any(|(_, passwords)| passwords.contains(&value)) {
            return true;
        }
    }
    kind == CredentialName::Password
        && (value.eq_ignore_ascii_case(service.name)
            || image.is_some_and(|image| value.eq_ignore_ascii_case(&image))
            || service
                .names()
                .iter()
                .any(|name| value.eq_ignore_ascii_case(name)))
}

/// Returns whether a value starts with the prefix of a password hash, which names the function.
pub(in crate::audit::compose) fn is_hash(value: &[u8]) -> bool {
    let marks: [&[u8]; 9] = [
        b"$2a$", b"$2b$", b"$2y$", b"$argon2", b"$apr1$", b"$5$", b"$6$", b"{SHA}", b"$1$",
    ];
    marks.iter().any(|mark| value.starts_with(mark))
}
