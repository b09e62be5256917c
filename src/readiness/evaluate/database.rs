//! Databases: pools, health, replicas, recovery to a point, monitoring, TLS (C4–C6, C8, C9, C11).

use super::View;
use super::database_care::{monitoring, recovery_point, transport};
use crate::audit::yaml::Value;
use crate::readiness::Grade;
use crate::readiness::ledger::{Ledger, Place};
use crate::readiness::read::compose::{Purpose, Service};
use crate::readiness::read::kind::Kind;
use crate::readiness::read::pattern::Pattern;
use crate::readiness::read::terraform::Block;
use crate::readiness::read::text;

pub(super) fn evaluate(view: &View<'_>, ledger: &mut Ledger) {
    pooling(view, ledger);
    health(view, ledger);
    replicas(view, ledger);
    recovery_point(view, ledger);
    monitoring(view, ledger);
    transport(view, ledger);
}

/// Returns the values of a PostgreSQL setting: `name = value` in its files, and `-c name=value` in commands.
pub(super) fn settings(view: &View<'_>, name: &str) -> Vec<(Place, String)> {
    let mut all = Vec::new();
    for (file, read) in view.shipped(Kind::Conf) {
        let own = crate::readiness::read::name(&read.path);
        if !own.contains("postgres")
            && !own.contains("pgtune")
            && !own.ends_with("my.cnf")
            && !read.path.contains("mysql")
            && !read.path.contains("postgres")
        {
            continue;
        }
        for (line, written) in crate::readiness::read::prose::lines(&read.text) {
            let written = written.split('#').next().unwrap_or_default();
            let Some((key, value)) = written.split_once('=') else {
                continue;
            };
            if key.trim().eq_ignore_ascii_case(name) {
                let value = value.trim().trim_matches('\'').to_owned();
                all.push((view.corpus.line(file, line), value));
            }
        }
    }
    for service in view.of(Purpose::Database) {
        let command = service.command();
        for word in command.split_whitespace() {
            let word = word.trim_start_matches("--").trim_matches(['"', '\'']);
            if let Some(value) = word
                .strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('='))
            {
                all.push((view.service_place(service), value.to_owned()));
            }
        }
    }
    all
}

/// Returns the values of a setting of managed servers: in parameter groups, or in flags.
fn managed_settings(view: &View<'_>, name: &str) -> Vec<(Place, String)> {
    const GROUPS: &[&str] = &[
        "aws_db_parameter_group",
        "aws_rds_cluster_parameter_group",
        "google_sql_database_instance",
    ];
    let groups = view.resources(GROUPS);
    let inner = groups.flat_map(|it| {
        let of_settings = it.within("settings");
        let flags = of_settings.flat_map(|it| it.within("database_flags"));
        it.within("parameter").chain(flags)
    });
    let own = inner.filter(|it| it.text("name") == Some(name));
    let values = own.filter_map(|it| {
        let place = view.attribute_place(it, "value");
        Some((place, it.number("value")?.to_string()))
    });
    values.collect()
}

static POOL: Pattern = Pattern::new(
    r"(?:pool_size=|connection_limit=|maximumPoolSize\W+|maximum-pool-size[:=]\s*|SetMaxOpenConns\(|\bmax:\s*)(\d+)",
);

fn pooling(view: &View<'_>, ledger: &mut Ledger) {
    for service in &view.services {
        let image = service.image_name();
        if ["pgbouncer", "pgcat", "odyssey", "proxysql"]
            .iter()
            .any(|name| image.contains(name))
        {
            let host = format!("@{}", service.name);
            let is_used = view.services.iter().any(|it| {
                it.environment()
                    .iter()
                    .any(|(_, value, _)| value.contains(&host) || value.trim() == service.name)
            });
            let grade = if is_used { Grade::Wired } else { Grade::SetUp };
            ledger.add(
                "C4",
                grade,
                view.service_place(service),
                format!("service `{}` pools connections", service.name),
            );
        }
    }
    for block in view.resources(&["aws_db_proxy"]) {
        ledger.add(
            "C4",
            Grade::SetUp,
            view.block_place(block),
            format!("RDS Proxy `{}`", block.name()),
        );
    }
    for it in view.manifests.iter().filter(|it| it.kind == "Pooler") {
        ledger.add(
            "C4",
            Grade::SetUp,
            view.corpus.at(it.file, it.value),
            format!("Pooler `{}`", it.name),
        );
    }
    let mut most = settings(view, "max_connections");
    most.extend(managed_settings(view, "max_connections"));
    let most = most
        .iter()
        .filter_map(|(place, value)| Some((place, value.parse::<u64>().ok()?)));
    let Some((place, most)) = most.min_by_key(|(_, most)| *most) else {
        return;
    };
    let pools = view
        .corpus
        .facts("pool")
        .filter_map(|hit| POOL.group(&hit.text)?.parse::<u64>().ok());
    let Some(pool) = pools.chain(pools_of_settings(view)).max() else {
        return;
    };
    let instances = instances(view);
    if instances.saturating_mul(pool) > most {
        let says = format!(
            "{instances} instances with a pool of {pool} each open more than the {most} connections of `max_connections`"
        );
        ledger.contradict("C4", place.clone(), says);
    }
}

static POOL_NAME: Pattern = Pattern::new(
    r"(?i)^(?:\w+_)?(?:DB|DATABASE|POSTGRES|PG|SQL\w*|MYSQL|HIKARI)\w*(?:POOL|MAX_CONN)\w*$|^(?:MAX_)?POOL_(?:SIZE|MAX)$",
);

/// Returns the pool sizes that deployments set with variables.
fn pools_of_settings(view: &View<'_>) -> Vec<u64> {
    let is_size = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let is_other = ["time", "min", "idle", "recycle", "mode", "ping"];
        POOL_NAME.is_in(name) && !is_other.iter().any(|word| lower.contains(word))
    };
    let size = |name: &str, value: &str| value.parse().ok().filter(|_| is_size(name));
    let services = view.services.iter().filter(|it| it.purpose == Purpose::App);
    let of_services = services.flat_map(super::super::read::compose::Service::environment);
    let mut all: Vec<u64> = of_services
        .filter_map(|(name, value, _)| size(name, value))
        .collect();
    for container in view
        .manifests
        .iter()
        .flat_map(super::super::read::manifest::Manifest::containers)
    {
        let variables = container.get("env").into_iter().flat_map(Value::items);
        all.extend(variables.filter_map(|it| size(text(it, "name")?, text(it, "value")?)));
    }
    for (_, container) in super::tasks::containers(view) {
        let variables = container.within("environment");
        all.extend(variables.filter_map(|it| size(it.text("name")?, it.text("value")?)));
    }
    all
}

/// Returns how many instances of a workload an autoscaler may start; 0 without an autoscaler.
fn most_scaled(view: &View<'_>, name: &str) -> u64 {
    let scalers = view.manifests.iter().filter(|it| {
        it.kind == "HorizontalPodAutoscaler"
            && text(it.value, "spec.scaleTargetRef.name") == Some(name)
    });
    let most = scalers.filter_map(|it| text(it.value, "spec.maxReplicas")?.parse().ok());
    most.max().unwrap_or(0)
}

/// Returns how many instances of the project's own programs may run.
pub(super) fn instances(view: &View<'_>) -> u64 {
    let lasting = || view.of(Purpose::App).filter(|it| !it.is_one_shot());
    // If nothing is built here, the programs come as images.
    let is_any_built = lasting().any(Service::is_built);
    let services = lasting().filter(|it| it.is_built() || !is_any_built);
    let of_services: u64 = services.map(Service::replicas).max().unwrap_or(1);
    let workloads = view.manifests.iter().filter(|it| it.kind == "Deployment");
    let of_workloads = workloads
        .map(|it| it.replicas().max(most_scaled(view, it.name)))
        .max()
        .unwrap_or(1);
    of_services.max(of_workloads).max(of_tasks(view))
}

/// Returns how many instances of an ECS task may run.
fn of_tasks(view: &View<'_>) -> u64 {
    let scaled = view.resources(&["aws_appautoscaling_target"]);
    let scaled = scaled.filter(|it| it.text("service_namespace") == Some("ecs"));
    let scaled = scaled.filter_map(|it| it.number("max_capacity"));
    let services = view.resources(&["aws_ecs_service"]);
    let fixed = services.filter_map(|it| it.number("desired_count"));
    let most = scaled.chain(fixed).fold(1.0_f64, f64::max);
    // No realistic number of instances is larger.
    (1..=10_000_u64)
        .find(|it| super::storage::as_float(*it) >= most)
        .unwrap_or(1)
}

fn health(view: &View<'_>, ledger: &mut Ledger) {
    for service in view.of(Purpose::Database) {
        let Some((file, check)) = service.found("healthcheck") else {
            let says = format!("database `{}` has no health check", service.name);
            ledger.refute("C5", view.service_place(service), says);
            continue;
        };
        if text(check, "disable") == Some("true") {
            ledger.refute(
                "C5",
                view.corpus.at(file, check),
                format!("the health check of `{}` is off", service.name),
            );
            continue;
        }
        let waits = view.services.iter().any(|it| {
            let path = format!("depends_on.{}.condition", service.name);
            it.get(&path).and_then(crate::audit::yaml::Value::text) == Some("service_healthy")
        });
        let (grade, says) = if waits {
            (
                Grade::Wired,
                format!(
                    "`{}` has a health check, and others wait for it",
                    service.name
                ),
            )
        } else {
            (
                Grade::SetUp,
                format!(
                    "`{}` has a health check that nothing waits for",
                    service.name
                ),
            )
        };
        ledger.add("C5", grade, view.corpus.at(file, check), says);
    }
    for it in view.manifests.iter().filter(|it| it.kind == "StatefulSet") {
        let containers = it.containers();
        let database = containers.iter().find(|it| {
            text(**it, "image")
                .is_some_and(|image| super::compose::purpose(image) == Purpose::Database)
        });
        if let Some(container) = database {
            let place = view.corpus.at(it.file, *container);
            if container.get("readinessProbe").is_some() {
                ledger.add(
                    "C5",
                    Grade::Wired,
                    place,
                    format!("StatefulSet `{}` has a readiness probe", it.name),
                );
            } else {
                ledger.refute(
                    "C5",
                    place,
                    format!("StatefulSet `{}` has no readiness probe", it.name),
                );
            }
        }
    }
}

fn replicas(view: &View<'_>, ledger: &mut Ledger) {
    let number = |value, path: &str| text(value, path).and_then(|it| it.parse::<u64>().ok());
    for it in &view.manifests {
        let count = match it.kind {
            "Cluster" if text(it.value, "apiVersion").is_some_and(|it| it.contains("cnpg")) => {
                number(it.value, "spec.instances")
            }
            "postgresql" => number(it.value, "spec.numberOfInstances"),
            _ => None,
        };
        let place = || view.corpus.at(it.file, it.value);
        match count {
            Some(1) => ledger.refute("C6", place(), format!("`{}` has one instance", it.name)),
            Some(count) => ledger.add(
                "C6",
                Grade::SetUp,
                place(),
                format!("`{}` has {count} instances", it.name),
            ),
            None => {}
        }
    }
    let in_zones = |block: &Block| super::whole::truth(block, "multi_az");
    let is_telling = |block: &&Block| !is_small(block.name()) || block.is("multi_az", true);
    super::whole::claim(
        view,
        ("C6", "multi_az"),
        super::whole::masters(view, &["aws_db_instance"]).filter(is_telling),
        (&in_zones, "databases run in several zones"),
        ledger,
    );
    for block in view.resources(&["aws_db_instance"]) {
        if block.is("multi_az", false) && !is_small(block.name()) {
            ledger.refute(
                "C6",
                view.attribute_place(block, "multi_az"),
                format!("`{}` runs in one zone", block.name()),
            );
        }
    }
    for block in view.resources(&["google_sql_database_instance"]) {
        for inner in block.within("settings") {
            match inner.text("availability_type") {
                Some("REGIONAL") => ledger.add(
                    "C6",
                    Grade::Wired,
                    view.attribute_place(inner, "availability_type"),
                    format!("`{}` is regional", block.name()),
                ),
                Some("ZONAL") => ledger.refute(
                    "C6",
                    view.attribute_place(inner, "availability_type"),
                    format!("`{}` runs in one zone", block.name()),
                ),
                _ => {}
            }
        }
    }
    for block in view.resources(&[
        "azurerm_postgresql_flexible_server",
        "azurerm_mysql_flexible_server",
    ]) {
        if block.within("high_availability").next().is_some() {
            ledger.add(
                "C6",
                Grade::Wired,
                view.block_place(block),
                format!("`{}` is highly available", block.name()),
            );
        }
    }
    clusters(view, ledger);
}

/// Reports replicas that are separate resources or services, and databases without a replica.
fn clusters(view: &View<'_>, ledger: &mut Ledger) {
    let members = view.resources(&["aws_rds_cluster_instance"]);
    let count: f64 = members.map(|it| it.number("count").unwrap_or(1.0)).sum();
    if let Some(block) = view
        .resources(&["aws_rds_cluster_instance"])
        .next()
        .filter(|_| count >= 2.0)
    {
        ledger.add(
            "C6",
            Grade::Wired,
            view.block_place(block),
            "an Aurora cluster with several instances",
        );
    }
    for (place, _) in settings(view, "primary_conninfo") {
        ledger.add("C6", Grade::SetUp, place, "a standby follows a primary");
    }
    for service in view.services.iter().filter(|it| {
        ["patroni", "repmgr", "pgpool", "stolon", "spilo"]
            .iter()
            .any(|name| it.image_name().contains(name))
    }) {
        ledger.add(
            "C6",
            Grade::SetUp,
            view.service_place(service),
            format!("service `{}` manages replicas", service.name),
        );
    }
    let databases: Vec<_> = view.of(Purpose::Database).collect();
    if let [only] = databases[..]
        && view.target().is_stated()
        && !ledger.reaches("C6", Grade::SetUp)
    {
        let says = format!("`{}` is the only database, in one container", only.name);
        ledger.refute("C6", view.service_place(only), says);
    }
}

/// Whether a name says that a resource is not for production.
fn is_small(name: &str) -> bool {
    ["dev", "test", "staging", "stage", "sandbox"]
        .iter()
        .any(|word| name.contains(word))
}
