//! `compose/secret-via-env`: a credential in the environment of an image that could read it from a file.

use super::{
    Card, Category, Check, Confidence, Example, File, OWASP, Report, Severity, Sighting, compose,
};
use crate::audit::compose::credential::supply::{Need, supplied};
use crate::audit::compose::image;
use crate::lexicon::name;

pub(super) struct SecretViaEnv;

/// Short names of images, and the variables that they also read from the file named by `…_FILE`.
#[rustfmt::skip]
const READS_FILES: &[(&[&str], &[&str])] = &[
    (&["postgres", "postgis", "timescaledb", "pgvector"], &["POSTGRES_PASSWORD"]),
    (&["mysql", "mariadb"], &["MYSQL_ROOT_PASSWORD", "MYSQL_PASSWORD", "MARIADB_ROOT_PASSWORD", "MARIADB_PASSWORD"]),
    (&["mongo"], &["MONGO_INITDB_ROOT_PASSWORD"]),
    (&["wordpress"], &["WORDPRESS_DB_PASSWORD", "WORDPRESS_AUTH_KEY", "WORDPRESS_SECURE_AUTH_KEY",
        "WORDPRESS_LOGGED_IN_KEY", "WORDPRESS_NONCE_KEY", "WORDPRESS_AUTH_SALT", "WORDPRESS_SECURE_AUTH_SALT"]),
    (&["nextcloud"], &["MYSQL_PASSWORD", "POSTGRES_PASSWORD", "NEXTCLOUD_ADMIN_PASSWORD", "REDIS_HOST_PASSWORD"]),
    (&["minio"], &["MINIO_ROOT_PASSWORD"]),
    (&["couchdb"], &["COUCHDB_PASSWORD"]),
    (&["authelia"], &["AUTHELIA_JWT_SECRET", "AUTHELIA_SESSION_SECRET", "AUTHELIA_STORAGE_ENCRYPTION_KEY"]),
];

impl Check<File<'_>> for SecretViaEnv {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let image = service.text("image").map(|image| image::short_name(&image));
            let Some(image) = image else { continue };
            let reads = READS_FILES
                .iter()
                .find(|(names, _)| names.contains(&image.as_str()));
            let Some((_, names)) = reads else { continue };
            for variable in service.own_variables("environment") {
                let Some(kind) = name::classify(&variable.name)
                    .filter(|_| names.contains(&variable.name.as_str()))
                else {
                    continue;
                };
                // One that may be empty is reported by another rule.
                let is_met = supplied(kind, &variable.written, &file.parts.variables)
                    .is_some_and(|supplied| supplied.need == Need::Met);
                if !is_met {
                    continue;
                }
                let message = format!(
                    "service `{}` reads `{}` from its environment, although its image supports a secret file",
                    service.name, variable.name
                );
                let sighting = Sighting::new(&CARD, variable.scalar.span(), message);
                report.add(&CARD, file.sighted(service, variable.via, sighting));
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/secret-via-env",
    category: Category::Configuration,
    severity: Severity::Info,
    confidence: Confidence::High,
    title: "Credential in an environment variable instead of a secret",
    description: "The environment of a container is shown by `docker inspect`, inherited by every process in it and \
                  included in many error reports. A Compose secret is a file that only the container sees; \
                  interpolation from `.env` is not.",
    remedy: "Use a secret, which this image can read from a file: `POSTGRES_PASSWORD_FILE: /run/secrets/db_password` \
             with `secrets: [db_password]`.",
    references: &[
        "https://docs.docker.com/compose/how-tos/use-secrets/",
        OWASP,
    ],
    tags: &[
        "docker",
        "compose",
        "credential",
        "CWE-526",
        "OWASP-Docker-12",
        "BSI-SYS.1.6.A8",
    ],
    examples: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${DB_PASSWORD:?set it} # here\n",
        ),
        Example {
            path: "compose.yaml",
            text: "services:\n  db:\n    image: mariadb:11\n    environment:\n      - MARIADB_ROOT_PASSWORD=${PW} # here\n",
            beside: &[(".env", "PW=hunter2xyz\n")],
        },
    ],
    negatives: &[
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD_FILE: /run/secrets/db\n      PGPASSWORD: ${X:?}\n  app:\n    image: app:1\n    environment:\n      POSTGRES_PASSWORD: ${X:?}\n",
        ),
        compose(
            "services:\n  db:\n    image: postgres:16\n    environment:\n      POSTGRES_PASSWORD: ${X:-hunter2xyz}\n  queue:\n    image: rabbitmq:3\n    environment:\n      RABBITMQ_DEFAULT_PASS: ${X:?}\n",
        ),
    ],
};
