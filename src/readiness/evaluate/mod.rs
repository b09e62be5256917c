//! Evaluators: what the files of a system show and refute, topic by topic.

mod alerts;
mod backups;
mod cache;
mod certificates;
mod charts;
mod cloud;
mod containers;
mod data;
mod database;
mod database_care;
mod deployments;
mod documents;
mod drill;
mod edge;
mod entries;
mod facts;
mod failure_points;
mod fly;
mod guards;
mod identity;
mod load;
mod migrations;
mod monitoring;
mod names;
mod objectives;
mod people;
mod periods;
mod pipelines;
mod promises;
mod proxies;
mod recovery;
mod releases;
mod said;
mod scale;
mod scanned;
mod schemas;
mod secrets;
mod storage;
mod tasks;
mod telemetry;
mod whole;

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

use crate::audit::yaml::Value;
use crate::lexicon::path::Role;

use super::Scan;
use super::graph::Graph;
use super::ledger::{Ledger, Place};
use super::read::compose::{self, Purpose, Service};
use super::read::compose_files;
use super::read::manifest::{self, Manifest, Values};
use super::read::migration::{self, Set};
use super::read::pipeline::{self, Job};
use super::read::prose::{self, Document};
use super::read::schedule::{self, Scheduled};
use super::read::terraform::{self, Block};
use super::read::{Corpus, cloudformation, kind::Kind};
use super::settings::{Settings, Target};
use super::standard::Standard;

/// What an evaluator looks at.
pub(crate) struct View<'t> {
    /// The files.
    pub(crate) corpus: &'t Corpus,
    /// The services of compose files.
    pub(crate) services: Vec<Service<'t>>,
    /// The names of services, of those in files that are not deployed, too.
    pub(crate) service_names: FxHashSet<&'t str>,
    /// Compose files that start containers for developers only.
    pub(crate) for_developers: &'t FxHashSet<usize>,
    /// Kubernetes manifests.
    pub(crate) manifests: Vec<Manifest<'t>>,
    /// Kubernetes manifests that are templates.
    pub(crate) templates: Vec<Manifest<'t>>,
    /// Values of charts.
    pub(crate) values: Vec<Values<'t>>,
    /// Blocks of Terraform.
    pub(crate) blocks: Vec<Block>,
    /// Jobs of pipelines.
    pub(crate) jobs: Vec<Job>,
    /// What runs at set times.
    pub(crate) scheduled: Vec<Scheduled>,
    /// Migrations, by folder.
    pub(crate) migrations: Vec<Set>,
    /// Documents.
    pub(crate) documents: Vec<Document<'t>>,
    /// What the scan found; none where nothing was scanned.
    pub(crate) scan: Option<&'t Scan>,
    /// What the folders of the repositories are called.
    pub(crate) names: Vec<String>,
    /// The settings.
    pub(crate) settings: &'t Settings,
    /// The standard.
    pub(crate) standard: &'t Standard,
    /// Today, in days from 1970.
    pub(crate) today: i64,
    /// Files that should parse and do not.
    pub(crate) broken: Vec<usize>,
    /// How long documents say that things are kept, once that is asked.
    periods: OnceCell<Vec<periods::Stated>>,
}

/// An evaluator, and the names by which items of a standard refer to it.
struct Evaluator {
    names: &'static [&'static str],
    run: fn(&View<'_>, &mut Ledger),
}

const EVALUATORS: &[Evaluator] = &[
    Evaluator {
        names: &["containers", "docker-secrets"],
        run: containers::evaluate,
    },
    Evaluator {
        names: &[
            "secrets",
            "history",
            "placeholders",
            "findings",
            "secret-stores",
            "environments",
            "token-secret",
        ],
        run: secrets::evaluate,
    },
    Evaluator {
        names: &["identity", "tokens", "resilience"],
        run: identity::evaluate,
    },
    Evaluator {
        names: &["migrations", "indexes"],
        run: migrations::evaluate,
    },
    Evaluator {
        names: &[
            "pooling",
            "database-health",
            "database-ha",
            "database-monitoring",
            "database-tls",
            "recovery-point",
        ],
        run: database::evaluate,
    },
    Evaluator {
        names: &[
            "backups",
            "backup-retention",
            "volumes",
            "replication",
            "encryption",
        ],
        run: backups::evaluate,
    },
    Evaluator {
        names: &["objectives"],
        run: objectives::evaluate,
    },
    Evaluator {
        names: &["recovery-guide", "restore-tests"],
        run: recovery::evaluate,
    },
    Evaluator {
        names: &["cache", "sessions", "http-cache"],
        run: cache::evaluate,
    },
    Evaluator {
        names: &["tls", "headers", "proxy", "rate-limits"],
        run: edge::evaluate,
    },
    Evaluator {
        names: &["certificates", "renewal"],
        run: certificates::evaluate,
    },
    Evaluator {
        names: &["load-balancer", "dns", "firewall", "cdn", "zones", "cost"],
        run: cloud::evaluate,
    },
    Evaluator {
        names: &["scaling", "affinity", "shutdown", "capacity"],
        run: scale::evaluate,
    },
    Evaluator {
        names: &["failure-points"],
        run: failure_points::evaluate,
    },
    Evaluator {
        names: &[
            "health-endpoints",
            "metrics",
            "scrape",
            "tracing",
            "logs",
            "error-tracking",
            "dashboards",
            "uptime",
        ],
        run: monitoring::evaluate,
    },
    Evaluator {
        names: &["alerts"],
        run: alerts::evaluate,
    },
    Evaluator {
        names: &[
            "pipeline",
            "rollout",
            "coverage",
            "rollback",
            "change-management",
        ],
        run: pipelines::evaluate,
    },
    Evaluator {
        names: &["load-scripts", "load-results", "reports", "chaos"],
        run: load::evaluate,
    },
    Evaluator {
        names: &["retention", "data-rights", "policies", "features"],
        run: data::evaluate,
    },
    Evaluator {
        names: &["api-documentation", "runbooks", "deployment-guide"],
        run: documents::evaluate,
    },
    Evaluator {
        names: &["incidents", "on-call", "slo", "operations"],
        run: people::evaluate,
    },
];

/// The names of all evaluators.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    EVALUATORS.iter().flat_map(|it| it.names.iter().copied())
}

impl<'t> View<'t> {
    /// Puts the files together.
    pub(crate) fn new(
        corpus: &'t Corpus,
        (standard, settings): (&'t Standard, &'t Settings),
        scan: Option<&'t Scan>,
        today: i64,
    ) -> Self {
        let services = compose_files::services(corpus);
        let manifests = manifest::manifests(corpus);
        let (mut blocks, broken) = terraform::blocks(corpus);
        blocks.extend(cloudformation::blocks(corpus));
        let jobs = pipeline::jobs(corpus);
        let scheduled = schedule::all(corpus, &services, &manifests, &jobs);
        Self {
            corpus,
            services,
            service_names: compose_files::names(corpus),
            for_developers: &corpus.developed,
            manifests,
            templates: manifest::templates(corpus),
            values: manifest::values(corpus),
            blocks,
            jobs,
            scheduled,
            migrations: migration::sets(corpus),
            documents: prose::documents(corpus),
            scan,
            names: Vec::new(),
            settings,
            standard,
            today,
            broken,
            periods: OnceCell::new(),
        }
    }

    /// What the system has to reach.
    pub(crate) fn target(&self) -> &Target {
        &self.settings.target
    }

    /// The services of a purpose.
    pub(crate) fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Service<'t>> {
        self.services.iter().filter(move |it| it.purpose == purpose)
    }

    /// Where a service is written.
    pub(crate) fn service_place(&self, service: &Service<'_>) -> Place {
        self.corpus.place(service.file, service.start())
    }

    /// Resources of one of these types.
    pub(crate) fn resources<'v>(&'v self, types: &'v [&str]) -> impl Iterator<Item = &'v Block> {
        self.blocks
            .iter()
            .filter(move |block| types.contains(&block.resource()))
    }

    /// The place of a block.
    pub(crate) fn block_place(&self, block: &Block) -> Place {
        self.corpus.line(block.file, block.line)
    }

    /// The place of an attribute of a block.
    pub(crate) fn attribute_place(&self, block: &Block, key: &str) -> Place {
        self.corpus.line(block.file, block.line_of(key))
    }

    /// The files of this kind that ship.
    pub(crate) fn shipped(
        &self,
        kind: Kind,
    ) -> impl Iterator<Item = (usize, &'t super::read::File)> + '_ {
        let files = self.corpus.files.iter().enumerate();
        files.filter(move |(_, file)| file.kind == kind && file.role == Role::Shipped)
    }
}

/// Runs all evaluators.
pub(crate) fn run(view: &View<'_>, ledger: &mut Ledger) -> Graph {
    applicability(view, ledger);
    facts::evaluate(view, ledger);
    tasks::evaluate(view, ledger);
    charts::evaluate(view, ledger);
    fly::evaluate(view, ledger);
    for evaluator in EVALUATORS {
        (evaluator.run)(view, ledger);
    }
    said::evaluate(view, ledger);
    Graph::of(view)
}

const DATABASE_RESOURCES: &[&str] = &[
    "aws_db_instance",
    "aws_rds_cluster",
    "google_sql_database_instance",
    "azurerm_postgresql_flexible_server",
    "azurerm_mysql_flexible_server",
    "azurerm_mssql_database",
    "digitalocean_database_cluster",
];

const CACHE_RESOURCES: &[&str] = &[
    "aws_elasticache_replication_group",
    "aws_elasticache_cluster",
    "google_redis_instance",
    "azurerm_redis_cache",
];

/// Whether something that is not evaluated has an image of this purpose: a template that only its program can render, or
/// the chart of another that a chart depends on.
fn named_elsewhere(view: &View<'_>, purpose: Purpose) -> bool {
    let is_it = |name: &str| compose::purpose(name) == purpose;
    view.corpus.of(Kind::Yaml).any(|(number, file)| {
        if file.role != Role::Shipped {
            return false;
        }
        let own = super::read::name(&file.path);
        let mut documents = view.corpus.documents(number);
        if own == "Chart.yaml" {
            let depends = documents.filter_map(|it| it.get("dependencies"));
            let mut names = depends.flat_map(Value::items);
            return names.any(|it| super::read::text(it, "name").is_some_and(is_it));
        }
        (documents.next().is_none() || view.corpus.is_template(number))
            && file.text.lines().any(|line| {
                let image = line.trim_start().trim_start_matches("- ");
                let image = image.strip_prefix("image:");
                image.is_some_and(|it| is_it(it.trim().trim_matches(['"', '\''])))
            })
    })
}

/// Leaves out items about what the system does not have.
fn applicability(view: &View<'_>, ledger: &mut Ledger) {
    let has_images = |purpose: Purpose| {
        view.of(purpose).next().is_some()
            || view.manifests.iter().any(|it| {
                let images = it.containers().into_iter();
                images
                    .filter_map(|container| super::read::text(container, "image"))
                    .any(|image| compose::purpose(image) == purpose)
            })
            || named_elsewhere(view, purpose)
    };
    let operators = [
        "Cluster",
        "postgresql",
        "PostgresCluster",
        "PerconaServerMongoDB",
    ];
    let has_database = has_images(Purpose::Database)
        || view.resources(DATABASE_RESOURCES).next().is_some()
        || view.manifests.iter().any(|it| operators.contains(&it.kind))
        || view.corpus.facts("database-driver").next().is_some()
        || !view.migrations.is_empty();
    let has_cache = has_images(Purpose::Cache)
        || view.resources(CACHE_RESOURCES).next().is_some()
        || view
            .corpus
            .files
            .iter()
            .any(|file| super::read::name(&file.path) == "redis.conf")
        || view.corpus.facts("cache-client").next().is_some();
    let has_compose = !view.services.is_empty();
    let knows = [
        (
            "database",
            has_database,
            "no database in compose files, manifests, Terraform or code",
        ),
        (
            "cache",
            has_cache,
            "no cache in compose files, manifests, Terraform or code",
        ),
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
