//! Which items apply: those about a database, a cache or containers only if the system has one (C, D, L).
//!
//! Finding nothing is weak evidence of absence, so an item is left out only if no file so much as mentions the thing.

use aho_corasick::{AhoCorasick, MatchKind};

use super::View;
use crate::audit::yaml::Value;
use crate::lexicon::path::{Role, has_word};
use crate::readiness::ledger::Ledger;
use crate::readiness::read::compose::{self, Purpose};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::manifest::Manifest;

const DATABASE_RESOURCES: &[&str] = &[
    "aws_db_instance",
    "aws_rds_cluster",
    "google_sql_database_instance",
    "azurerm_postgresql_flexible_server",
    "azurerm_mysql_flexible_server",
    "azurerm_mssql_database",
    "digitalocean_database_cluster",
    "aws_docdb_cluster",
    "aws_neptune_cluster",
    "aws_redshift_cluster",
    "aws_dynamodb_table",
    "aws_rds_global_cluster",
    "google_alloydb_cluster",
    "google_bigtable_instance",
    "google_firestore_database",
    "google_spanner_instance",
    "azurerm_cosmosdb_account",
    "azurerm_mariadb_server",
    "azurerm_mssql_server",
    "azurerm_mysql_server",
    "azurerm_postgresql_server",
    "aiven_mysql",
    "aiven_pg",
    "exoscale_dbaas",
    "exoscale_database",
    "linode_database_mysql_v2",
    "linode_database_postgresql_v2",
    "mongodbatlas_cluster",
    "mongodbatlas_advanced_cluster",
    "neon_project",
    "oci_database_db_system",
    "oci_psql_db_system",
    "ovh_cloud_project_database",
    "planetscale_database",
    "postgresql_database",
    "mysql_database",
    "render_postgres",
    "scaleway_rdb_instance",
    "supabase_project",
    "upcloud_managed_database_mysql",
    "upcloud_managed_database_postgresql",
    "vultr_database",
];

/// Services of a platform, each with the attribute that names what it is.
const PLATFORM_RESOURCES: &[(&str, &str)] = &[
    ("heroku_addon", "plan"),
    ("cloudfoundry_service_instance", "name"),
    ("cloudfoundry_service_instance", "service_plan"),
];

/// Words in the sources and names of modules and platform services that mean a database.
const DATABASE_WORDS: &[&str] = &[
    "rds",
    "aurora",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "cloudsql",
    "mongodb",
    "cosmosdb",
    "jawsdb",
    "cleardb",
];
const CACHE_WORDS: &[&str] = &[
    "redis",
    "elasticache",
    "memcached",
    "memorystore",
    "valkey",
    "memcachier",
];

const CACHE_RESOURCES: &[&str] = &[
    "aws_elasticache_replication_group",
    "aws_elasticache_cluster",
    "google_redis_instance",
    "azurerm_redis_cache",
    "aws_memorydb_cluster",
    "aws_elasticache_serverless_cache",
    "google_memcache_instance",
    "google_redis_cluster",
    "aiven_redis",
    "aiven_valkey",
    "render_redis",
    "scaleway_redis_cluster",
];

/// Whether something that is not evaluated has this purpose: an image in a template that cannot be rendered here, or a
/// chart that another chart depends on.
fn named_elsewhere(view: &View<'_>, purpose: Purpose) -> bool {
    let is_it = |name: &str| compose::purpose(name) == purpose;
    view.corpus.of(Kind::Yaml).any(|(number, file)| {
        if file.role != Role::Shipped {
            return false;
        }
        let own = crate::readiness::read::name(&file.path);
        let mut documents = view.corpus.documents(number);
        if own == "Chart.yaml" {
            let depends = documents.filter_map(|it| it.get("dependencies"));
            let mut names = depends.flat_map(Value::items);
            return names.any(|it| crate::readiness::read::text(it, "name").is_some_and(is_it));
        }
        (documents.next().is_none() || view.corpus.is_template(number))
            && file.text.lines().any(|line| {
                let image = line.trim_start().trim_start_matches("- ");
                let image = image.strip_prefix("image:");
                image.is_some_and(|it| is_it(it.trim().trim_matches(['"', '\''])))
            })
    })
}

/// Whether an image that is or may be deployed has this purpose.
fn has_images(view: &View<'_>, purpose: Purpose) -> bool {
    let containers = view.manifests.iter().flat_map(Manifest::containers);
    let mut images = containers.filter_map(|it| crate::readiness::read::text(it, "image"));
    view.of(purpose).next().is_some()
        || images.any(|image| compose::purpose(image) == purpose)
        || named_elsewhere(view, purpose)
}

/// Whether a module or a platform service is named with one of these words.
fn has_block(view: &View<'_>, words: &[&str]) -> bool {
    let is_it = |text: &str| has_word(&text.to_ascii_lowercase(), |word| words.contains(&word));
    view.blocks.iter().any(|block| {
        if block.kind == "module" {
            return is_it(block.name()) || block.text("source").is_some_and(is_it);
        }
        PLATFORM_RESOURCES.iter().any(|(kind, key)| {
            block.resource() == *kind && (is_it(block.name()) || block.text(key).is_some_and(is_it))
        })
    })
}

/// Words with which any file mentions a database.
const SPEAKS_OF_DATABASE: &[&str] = &[
    "database",
    "databases",
    "postgres",
    "postgresql",
    "mysql",
    "mariadb",
    "mongodb",
    "sqlite",
    "sqlite3",
    "dynamodb",
    "cockroachdb",
    "cassandra",
    "rds",
    "aurora",
    "mssql",
    "sqlserver",
    "oracledb",
    "couchdb",
    "clickhouse",
    "firestore",
];
const SPEAKS_OF_CACHE: &[&str] = &[
    "redis",
    "memcached",
    "valkey",
    "elasticache",
    "keydb",
    "dragonfly",
];

/// Whether any file contains one of these as a word.
fn is_spoken_of(view: &View<'_>, words: &[&str]) -> bool {
    let finder = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .match_kind(MatchKind::LeftmostLongest)
        .build(words);
    let Ok(finder) = finder else {
        return true;
    };
    let is_named = |path: &String| {
        crate::readiness::read::kind::role(path, Kind::Other) == Role::Shipped
            && has_word(&path.to_ascii_lowercase(), |word| words.contains(&word))
    };
    if view.corpus.paths.iter().flatten().any(is_named) {
        return true;
    }
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    view.corpus.files.iter().any(|file| {
        let counts = matches!(file.role, Role::Shipped | Role::Sample);
        counts
            && !is_of_others(&file.path)
            && finder.find_iter(&file.text).any(|found| {
                let before = file.text[..found.start()].chars().next_back();
                let after = file.text[found.end()..].chars().next();
                !is_part(before) && !is_part(after)
            })
    })
}

/// Whether a file is not about the system: a license, or the settings of a tool.
fn is_of_others(path: &str) -> bool {
    let name = crate::readiness::read::name(path).to_ascii_lowercase();
    [
        "licen",
        "copying",
        "notice",
        "code_of_conduct",
        "changelog",
        "security",
    ]
    .iter()
    .any(|start| name.starts_with(start))
        || path.starts_with(".github/")
}

/// Leaves out items about what the system does not have.
pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    let operators = [
        "Cluster",
        "postgresql",
        "PostgresCluster",
        "PerconaServerMongoDB",
    ];
    let has_database = has_images(view, Purpose::Database)
        || view.resources(DATABASE_RESOURCES).next().is_some()
        || has_block(view, DATABASE_WORDS)
        || view.manifests.iter().any(|it| operators.contains(&it.kind))
        || view.corpus.facts("database-driver").next().is_some()
        || !view.migrations.is_empty()
        || is_spoken_of(view, SPEAKS_OF_DATABASE);
    let has_cache = has_images(view, Purpose::Cache)
        || view.resources(CACHE_RESOURCES).next().is_some()
        || has_block(view, CACHE_WORDS)
        || view.corpus.facts("cache-client").next().is_some()
        || is_spoken_of(view, SPEAKS_OF_CACHE);
    let has_compose = !view.services.is_empty();
    let knows = [
        ("database", has_database, "no file speaks of a database"),
        ("cache", has_cache, "no file speaks of a cache"),
        ("compose", has_compose, "no compose file deploys it"),
    ];
    for item in &view.standard.items {
        for (thing, has, reason) in knows {
            if !has && item.applies_to.iter().any(|it| it == thing) {
                ledger.leave_out(&item.id, reason);
            }
        }
    }
}
