//! How a database is maintained: point-in-time recovery, monitoring, TLS (C8, C9, C11).

use super::View;
use super::database::settings;
use crate::readiness::Grade;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::get;
use crate::readiness::read::terraform::Block;

pub(super) fn recovery_point(view: &View<'_>, ledger: &mut Ledger) {
    let is_on = settings(view, "archive_mode")
        .iter()
        .any(|(_, value)| value == "on" || value == "always");
    for (place, command) in settings(view, "archive_command") {
        let word = command.split_whitespace().next().unwrap_or_default();
        if ["/bin/true", "true", ":"].contains(&word) {
            ledger.refute("C8", place, "`archive_command` does nothing");
        } else if !word.is_empty() && is_on {
            ledger.add("C8", Grade::Wired, place, "the write-ahead log is archived");
        }
    }
    for (place, level) in settings(view, "wal_level") {
        if level == "minimal" {
            ledger.refute(
                "C8",
                place,
                "`wal_level = minimal`: the log cannot be archived",
            );
        }
    }
    for (place, value) in settings(view, "fsync") {
        if value == "off" {
            ledger.refute("C8", place, "`fsync = off`: a crash loses data");
        }
    }
    managed_point(view, ledger);
}

/// Reports point-in-time recovery of managed services.
fn managed_point(view: &View<'_>, ledger: &mut Ledger) {
    let databases = || super::whole::masters(view, &["aws_db_instance", "aws_rds_cluster"]);
    let is_kept = |block: &Block| match block.get("backup_retention_period") {
        Some(_) => Some(block.number("backup_retention_period")? >= 1.0),
        // Clusters keep one day by default.
        None => (block.resource() == "aws_db_instance").then_some(false),
    };
    super::whole::claim(
        view,
        ("C8", "backup_retention_period"),
        databases(),
        (&is_kept, "databases can be restored to a point"),
        ledger,
    );
    for block in databases().filter(|it| it.number("backup_retention_period") == Some(0.0)) {
        let place = view.attribute_place(block, "backup_retention_period");
        ledger.refute("C8", place, "no backups are kept");
    }
    for block in view.resources(&["google_sql_database_instance"]) {
        let inner = block
            .within("settings")
            .flat_map(|it| it.within("backup_configuration"));
        for it in inner {
            if it.is("point_in_time_recovery_enabled", true) || it.is("binary_log_enabled", true) {
                ledger.add(
                    "C8",
                    Grade::Wired,
                    view.block_place(it),
                    format!("`{}` can be restored to a point", block.name()),
                );
            }
        }
    }
    for block in view.resources(&["aws_dynamodb_table"]) {
        let inner = block.within("point_in_time_recovery");
        if inner.into_iter().any(|it| it.is("enabled", true)) {
            ledger.add(
                "C8",
                Grade::Wired,
                view.block_place(block),
                format!("table `{}` can be restored to a point", block.name()),
            );
        }
    }
    for it in &view.manifests {
        let is_cluster =
            it.kind == "Cluster" && get(it.value, "spec.backup.barmanObjectStore").is_some();
        if is_cluster {
            ledger.add(
                "C8",
                Grade::Wired,
                view.corpus.at(it.file, it.value),
                format!("`{}` archives its log with Barman", it.name),
            );
        }
    }
}

pub(super) fn monitoring(view: &View<'_>, ledger: &mut Ledger) {
    for (place, value) in settings(view, "log_min_duration_statement") {
        if value.starts_with('-') {
            ledger.refute("C9", place, "slow queries are not logged");
        } else {
            ledger.add(
                "C9",
                Grade::Wired,
                place,
                format!("queries slower than {value} are logged"),
            );
        }
    }
    for (place, value) in settings(view, "slow_query_log") {
        if ["0", "off", "OFF"].contains(&value.as_str()) {
            ledger.refute("C9", place, "the slow query log is off");
        } else {
            ledger.add("C9", Grade::Wired, place, "the slow query log is on");
        }
    }
    for (place, value) in settings(view, "shared_preload_libraries") {
        if value.contains("pg_stat_statements") {
            ledger.add("C9", Grade::Wired, place, "`pg_stat_statements` is loaded");
        }
    }
    let is_on = |block: &Block| super::whole::truth(block, "performance_insights_enabled");
    super::whole::claim(
        view,
        ("C9", "performance_insights_enabled"),
        super::whole::masters(view, &["aws_db_instance", "aws_rds_cluster_instance"]),
        (&is_on, "databases have Performance Insights"),
        ledger,
    );
    for service in view.services.iter().filter(|it| {
        [
            "postgres-exporter",
            "postgres_exporter",
            "mysqld-exporter",
            "mongodb_exporter",
            "mongodb-exporter",
            "pmm-client",
        ]
        .iter()
        .any(|name| it.image_name().contains(name))
    }) {
        ledger.add(
            "C9",
            Grade::SetUp,
            view.service_place(service),
            format!("service `{}` exports metrics of the database", service.name),
        );
    }
}

pub(super) fn transport(view: &View<'_>, ledger: &mut Ledger) {
    for (place, value) in settings(view, "ssl") {
        if value == "off" {
            ledger.refute("C11", place, "the server does not offer TLS");
        }
    }
    for (place, value) in settings(view, "require_secure_transport") {
        if value.eq_ignore_ascii_case("on") {
            ledger.add("C11", Grade::SetUp, place, "the server requires TLS");
        }
    }
    for block in view.resources(&["google_sql_database_instance"]) {
        let inner = block
            .within("settings")
            .flat_map(|it| it.within("ip_configuration"));
        for it in inner {
            if it.is("require_ssl", true)
                || it
                    .text("ssl_mode")
                    .is_some_and(|mode| mode != "ALLOW_UNENCRYPTED_AND_ENCRYPTED")
            {
                ledger.add(
                    "C11",
                    Grade::SetUp,
                    view.block_place(it),
                    "the database accepts TLS only",
                );
            }
        }
    }
    for block in view.resources(&["aws_db_parameter_group", "aws_rds_cluster_parameter_group"]) {
        for it in block.within("parameter") {
            if it.text("name") == Some("rds.force_ssl") && it.number("value") == Some(1.0) {
                ledger.add(
                    "C11",
                    Grade::SetUp,
                    view.block_place(it),
                    "the database accepts TLS only",
                );
            }
        }
    }
}
