//! Where data and backups are kept: managed services, volumes, and encryption at rest (C7, G1, G4, L2, L6, L10).

use super::View;
use super::backups::Backup;
use super::terraform::Block;
use crate::lexicon::path::has_word;
use crate::readiness::Grade;
use crate::readiness::amount::Span;
use crate::readiness::ledger::Ledger;
use crate::readiness::read::compose::Purpose;
use crate::readiness::read::kind::Kind;
use crate::readiness::read::{is_comment, text};

/// Reports backups of managed services that Terraform sets up.
pub(super) fn managed(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&["aws_db_instance", "aws_rds_cluster"]) {
        let place = |key: &str| view.attribute_place(block, key);
        match block.number("backup_retention_period") {
            Some(days) if days >= 1.0 => {
                ledger.add(
                    "C7",
                    Grade::Wired,
                    place("backup_retention_period"),
                    format!(
                        "`{}` is backed up daily and kept for {days} days",
                        block.name()
                    ),
                );
                kept(view, block, days, ledger);
            }
            Some(_) => ledger.refute(
                "C7",
                place("backup_retention_period"),
                format!(
                    "`{}` is not backed up: `backup_retention_period` is 0",
                    block.name()
                ),
            ),
            None => {}
        }
        if block.is("skip_final_snapshot", true) {
            ledger.add(
                "C7",
                Grade::Nothing,
                place("skip_final_snapshot"),
                format!("`{}` leaves no snapshot when it is destroyed", block.name()),
            );
        }
    }
    other_clouds(view, ledger);
}

/// The same for other clouds, and for backup plans that cover several services.
fn other_clouds(view: &View<'_>, ledger: &mut Ledger) {
    for block in view.resources(&["google_sql_database_instance"]) {
        for inner in block
            .within("settings")
            .flat_map(|it| it.within("backup_configuration"))
        {
            if inner.is("enabled", true) {
                ledger.add(
                    "C7",
                    Grade::Wired,
                    view.block_place(inner),
                    format!("`{}` is backed up", block.name()),
                );
            } else if inner.is("enabled", false) {
                ledger.refute(
                    "C7",
                    view.block_place(inner),
                    format!("backups of `{}` are off", block.name()),
                );
            }
        }
    }
    for block in view.resources(&["aws_backup_plan"]) {
        let has_selection = view.resources(&["aws_backup_selection"]).next().is_some();
        let grade = if has_selection {
            Grade::Wired
        } else {
            Grade::SetUp
        };
        ledger.add(
            "C7",
            grade,
            view.block_place(block),
            format!("AWS Backup plan `{}`", block.name()),
        );
        if block.has("copy_action") {
            let copy = rule_copies(block).next();
            if let Some(copy) = copy.filter(|copy| is_in_own_region(view, copy)) {
                let says = format!("plan `{}` copies within its region", block.name());
                ledger.refute("L10", view.block_place(copy), says);
            } else {
                ledger.add(
                    "L10",
                    Grade::SetUp,
                    view.block_place(block),
                    format!("plan `{}` copies to another vault", block.name()),
                );
            }
            ledger.add(
                "L4",
                Grade::Wired,
                view.block_place(block),
                format!("plan `{}` copies to another vault", block.name()),
            );
        }
    }
    for block in view.resources(&[
        "aws_s3_bucket_replication_configuration",
        "aws_db_instance_automated_backups_replication",
    ]) {
        // Data copied for analytics is not a backup.
        let is_other = has_word(block.name(), |word| {
            ["lake", "datalake", "analytics", "warehouse", "logs"].contains(&word)
        });
        if is_other {
            continue;
        }
        ledger.add(
            "L10",
            Grade::SetUp,
            view.block_place(block),
            format!("{} `{}`", block.resource(), block.name()),
        );
    }
    cache_snapshots(view, ledger);
}

/// Reports snapshots of managed caches.
fn cache_snapshots(view: &View<'_>, ledger: &mut Ledger) {
    let caches = view.resources(&[
        "aws_elasticache_replication_group",
        "aws_elasticache_cluster",
    ]);
    for block in caches {
        let key = "snapshot_retention_limit";
        match block.number(key) {
            Some(days) if days >= 1.0 => {
                let says = format!(
                    "snapshots of `{}` are taken daily and kept for {days} days",
                    block.name()
                );
                ledger.add("L3", Grade::SetUp, view.attribute_place(block, key), says);
            }
            Some(_) => {
                let says = format!("no snapshots of `{}` are taken", block.name());
                ledger.refute("L3", view.attribute_place(block, key), says);
            }
            None => {}
        }
    }
}

/// Returns the copies that the rules of a plan make.
fn rule_copies(plan: &Block) -> impl Iterator<Item = &Block> {
    plan.within("rule")
        .flat_map(|rule| rule.within("copy_action"))
}

/// Whether a copy goes to a vault in the only region that is configured.
fn is_in_own_region(view: &View<'_>, copy: &Block) -> bool {
    let providers = view.blocks.iter().filter(|it| it.kind == "provider");
    let mut regions: Vec<_> = providers.filter_map(|it| it.text("region")).collect();
    regions.sort_unstable();
    regions.dedup();
    let vault = copy.text("destination_vault_arn").unwrap_or_default();
    matches!(regions[..], [region] if vault.split(':').any(|part| part == region))
}

fn kept(view: &View<'_>, block: &Block, days: f64, ledger: &mut Ledger) {
    let place = view.attribute_place(block, "backup_retention_period");
    let (wanted, _) = super::periods::of_backups(view);
    let wanted_days = wanted.0 / Span::days(1).0;
    if days * 86_400_000.0 >= as_float(wanted.0) {
        ledger.add(
            "L6",
            Grade::SetUp,
            place,
            format!("backups are kept for {days} days"),
        );
    } else {
        ledger.contradict(
            "L6",
            place,
            format!("backups are kept for {days} days, and {wanted_days} are asked for"),
        );
    }
}

/// Converts a number of milliseconds to a float.
#[expect(
    clippy::cast_precision_loss,
    reason = "milliseconds of centuries have a whole float"
)]
pub(super) fn as_float(number: u64) -> f64 {
    number as f64
}

/// Reports whether disks, buckets and log groups are encrypted.
pub(super) fn at_rest(view: &View<'_>, ledger: &mut Ledger) {
    let is_encrypted = |block: &Block| {
        let inherits = ["snapshot_identifier", "replicate_source_db", "engine_mode"];
        let is_open = inherits.iter().any(|key| block.get(key).is_some());
        super::whole::truth(block, "storage_encrypted").filter(|is_on| *is_on || !is_open)
    };
    let databases = || view.resources(&["aws_db_instance", "aws_rds_cluster"]);
    super::whole::claim(
        view,
        ("G1", "storage_encrypted"),
        databases(),
        (&is_encrypted, "databases are encrypted"),
        ledger,
    );
    for block in databases().filter(|it| it.is("storage_encrypted", false)) {
        ledger.refute(
            "G1",
            view.attribute_place(block, "storage_encrypted"),
            format!("`{}` is not encrypted", block.name()),
        );
    }
    for block in view.resources(&["google_sql_database_instance"]) {
        if block.get("encryption_key_name").is_some() {
            ledger.add(
                "G1",
                Grade::Wired,
                view.attribute_place(block, "encryption_key_name"),
                format!("`{}` has a key of its own", block.name()),
            );
        }
    }
    for it in view.manifests.iter().filter(|it| it.kind == "StorageClass") {
        match text(it.value, "parameters.encrypted") {
            Some("true") => ledger.add(
                "G1",
                Grade::SetUp,
                view.corpus.at(it.file, it.value),
                format!("StorageClass `{}` encrypts", it.name),
            ),
            Some("false") => ledger.refute(
                "G1",
                view.corpus.at(it.file, it.value),
                format!("StorageClass `{}` does not encrypt", it.name),
            ),
            _ => {}
        }
    }
    of_logs(view, ledger);
}

/// The same for logs, and for repositories of pgBackRest.
fn of_logs(view: &View<'_>, ledger: &mut Ledger) {
    let has_key = |block: &Block| Some(block.get("kms_key_id").is_some());
    let groups = view.resources(&["aws_cloudwatch_log_group"]);
    super::whole::claim(
        view,
        ("G4", "kms_key_id"),
        groups,
        (&has_key, "log groups are encrypted with a key"),
        ledger,
    );
    for (file, read) in view.shipped(Kind::Conf) {
        let has = |word: &str| {
            read.text
                .lines()
                .find(|line| !is_comment(line) && line.contains(word))
        };
        if has("repo1-cipher-type=none").is_some() {
            ledger.refute(
                "G2",
                view.corpus.line(file, 1),
                "pgBackRest does not encrypt",
            );
        } else if has("repo1-cipher-type=").is_some() {
            ledger.add(
                "G2",
                Grade::SetUp,
                view.corpus.line(file, 1),
                "pgBackRest encrypts",
            );
        }
        if let Some(line) = has("repo1-retention-full=") {
            ledger.add(
                "L6",
                Grade::Said,
                view.corpus.line(file, 1),
                line.trim().to_owned(),
            );
        }
    }
}

/// Compares the volumes that services write to with those that backups name.
pub(super) fn volumes(view: &View<'_>, all: &[Backup], ledger: &mut Ledger) {
    let of_files = |it: &&Backup| !it.is_of_database || it.command.contains("tar ");
    let covering: Vec<_> = all
        .iter()
        .filter(|it| !it.is_off)
        .filter(of_files)
        .collect();
    let mut names = Vec::new();
    for service in view.services.iter().filter(|it| it.purpose == Purpose::App) {
        for (source, _) in service.volumes() {
            let is_named = !source.starts_with(['.', '/', '~', '$']) && !source.contains('/');
            if is_named
                && !names.contains(&source)
                && !["cache", "node_modules", "tmp", "static", "venv", "log"]
                    .iter()
                    .any(|word| source.contains(word))
            {
                names.push(source);
            }
        }
    }
    let backup_services: Vec<_> = view.of(Purpose::Backup).collect();
    for name in names {
        let mounted = backup_services
            .iter()
            .find(|it| it.volumes().iter().any(|(source, _)| *source == name));
        let named = covering
            .iter()
            .find(|it| it.command.contains(name.as_str()));
        match (mounted, named) {
            (Some(service), _) => ledger.add(
                "L2",
                Grade::Wired,
                view.service_place(service),
                format!("volume `{name}` is backed up"),
            ),
            (None, Some(backup)) => ledger.add(
                "L2",
                Grade::Wired,
                backup.place.clone(),
                format!("volume `{name}` is backed up"),
            ),
            // If nothing is backed up at all, that is reported once, for the database.
            (None, None) if !covering.is_empty() => {
                ledger.refute(
                    "L2",
                    covering[0].place.clone(),
                    format!("volume `{name}` is in no backup"),
                );
            }
            (None, None) => {}
        }
    }
}

/// Reports databases that borgmatic dumps.
pub(super) fn own_files(view: &View<'_>, ledger: &mut Ledger) {
    for (file, read) in view.shipped(Kind::Yaml) {
        let name = crate::readiness::read::name(&read.path);
        if !name.contains("borgmatic") {
            continue;
        }
        for document in view.corpus.documents(file) {
            let databases = [
                "postgresql_databases",
                "mysql_databases",
                "mariadb_databases",
                "mongodb_databases",
            ];
            if let Some(value) = databases.iter().find_map(|key| document.get(key)) {
                ledger.add(
                    "C7",
                    Grade::SetUp,
                    view.corpus.at(file, value),
                    "borgmatic dumps databases",
                );
            }
        }
    }
}
