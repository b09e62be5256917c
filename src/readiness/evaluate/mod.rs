//! Evaluators, which decide topic by topic what the files of a system show and refute.

mod alerts;
mod anchors;
mod ansible;
mod applies;
mod backups;
mod cache;
mod certificates;
mod charts;
mod cloud;
mod conditions;
mod containers;
mod data;
mod database;
mod database_care;
mod dependencies;
mod deployments;
mod deploys;
mod documents;
mod drill;
mod edge;
mod entries;
mod facts;
mod failure_points;
mod fastly;
mod fly;
mod forge;
mod gates;
mod gitops;
mod guards;
mod guides;
mod identity;
mod idle;
mod images;
mod libraries;
mod limits;
mod litestream;
mod load;
mod meaning;
mod migrations;
mod monitoring;
mod named_settings;
mod names;
mod objectives;
mod people;
mod periods;
mod pipelines;
mod platforms;
mod promises;
mod proxies;
mod rails;
mod recovery;
mod releases;
mod replaced;
mod retired;
mod runtimes;
mod said;
mod scale;
mod scanned;
mod schemas;
mod secrets;
mod single_host;
mod spring;
mod steps;
mod storage;
mod tasks;
mod telemetry;
mod verified;
mod whole;

use std::cell::OnceCell;

use rustc_hash::FxHashSet;

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

/// The input of the evaluators.
pub(crate) struct View<'t> {
    /// The files.
    pub(crate) corpus: &'t Corpus,
    /// The services of compose files.
    pub(crate) services: Vec<Service<'t>>,
    /// The names of services, including those in files that are not deployed.
    pub(crate) service_names: FxHashSet<&'t str>,
    /// Compose files that only start containers for developers.
    pub(crate) for_developers: &'t FxHashSet<usize>,
    /// Kubernetes manifests.
    pub(crate) manifests: Vec<Manifest<'t>>,
    /// Kubernetes manifests that are templates.
    pub(crate) templates: Vec<Manifest<'t>>,
    /// The values of Helm charts.
    pub(crate) values: Vec<Values<'t>>,
    /// Blocks of Terraform, and resources of `CloudFormation` in the same form.
    pub(crate) blocks: Vec<Block>,
    /// Jobs of pipelines.
    pub(crate) jobs: Vec<Job>,
    /// Scheduled commands.
    pub(crate) scheduled: Vec<Scheduled>,
    /// Migrations, by folder.
    pub(crate) migrations: Vec<Set>,
    /// Documents.
    pub(crate) documents: Vec<Document<'t>>,
    /// The results of the scan; `None` if nothing was scanned.
    pub(crate) scan: Option<&'t Scan>,
    /// The folder names of the repositories.
    pub(crate) names: Vec<String>,
    /// The settings.
    pub(crate) settings: &'t Settings,
    /// The standard.
    pub(crate) standard: &'t Standard,
    /// The day of the assessment, in days since 1970-01-01.
    pub(crate) today: i64,
    /// Indices of Terraform files that do not parse.
    pub(crate) broken: Vec<usize>,
    /// How long documents say that things are kept; computed on first use.
    periods: OnceCell<Vec<periods::Stated>>,
    /// The last keys of values that are switched on in values files outside of charts; computed on first use.
    switched_on: OnceCell<FxHashSet<String>>,
}

/// An evaluator, with the names by which items of a standard refer to it.
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

/// Returns the names of all evaluators.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    EVALUATORS.iter().flat_map(|it| it.names.iter().copied())
}

impl<'t> View<'t> {
    /// Parses the files into what evaluators need.
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
            switched_on: OnceCell::new(),
        }
    }

    /// Returns the targets that the system must meet.
    pub(crate) fn target(&self) -> &Target {
        &self.settings.target
    }

    /// Returns the services that have this purpose.
    pub(crate) fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Service<'t>> {
        self.services.iter().filter(move |it| it.purpose == purpose)
    }

    /// Returns where a service is defined.
    pub(crate) fn service_place(&self, service: &Service<'_>) -> Place {
        self.corpus.place(service.file, service.start())
    }

    /// Returns the resources of one of these types.
    pub(crate) fn resources<'v>(&'v self, types: &'v [&str]) -> impl Iterator<Item = &'v Block> {
        self.blocks
            .iter()
            .filter(move |block| types.contains(&block.resource()))
    }

    /// Returns the place of a block.
    pub(crate) fn block_place(&self, block: &Block) -> Place {
        self.corpus.line(block.file, block.line)
    }

    /// Returns the place of an attribute of a block.
    pub(crate) fn attribute_place(&self, block: &Block, key: &str) -> Place {
        self.corpus.line(block.file, block.line_of(key))
    }

    /// Returns the files of this kind that ship, each with its index.
    pub(crate) fn shipped(
        &self,
        kind: Kind,
    ) -> impl Iterator<Item = (usize, &'t super::read::File)> + '_ {
        let files = self.corpus.files.iter().enumerate();
        files.filter(move |(_, file)| file.kind == kind && file.role == Role::Shipped)
    }
}

/// Runs all evaluators, and returns the graph of the deployment.
pub(crate) fn run(view: &View<'_>, ledger: &mut Ledger) -> Graph {
    retired::evaluate(view, ledger);
    idle::evaluate(view, ledger);
    applies::evaluate(view, ledger);
    facts::evaluate(view, ledger);
    tasks::evaluate(view, ledger);
    charts::evaluate(view, ledger);
    fly::evaluate(view, ledger);
    fastly::evaluate(view, ledger);
    platforms::evaluate(view, ledger);
    ansible::evaluate(view, ledger);
    gitops::evaluate(view, ledger);
    litestream::evaluate(view, ledger);
    rails::evaluate(view, ledger);
    images::evaluate(view, ledger);
    guides::evaluate(view, ledger);
    for evaluator in EVALUATORS {
        (evaluator.run)(view, ledger);
    }
    runtimes::evaluate(view, ledger);
    spring::evaluate(view, ledger);
    forge::evaluate(view, ledger);
    single_host::evaluate(view, ledger);
    dependencies::evaluate(view, ledger);
    named_settings::evaluate(view, ledger);
    limits::evaluate(view, ledger);
    said::evaluate(view, ledger);
    Graph::of(view)
}
