//! `compose/depends-on-without-health`: a service that starts before the datastore it needs is ready.

use super::{
    Card, Category, Check, Confidence, File, Report, SERVICES, Severity, Sighting, compose,
};
use rustc_hash::FxHashSet;

use crate::audit::compose::roles::{datastore, needs};

pub(super) struct DependsOnWithoutHealth;

impl Check<File<'_>> for DependsOnWithoutHealth {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        // A datastore without a health check is reported by another rule, and has to be fixed first.
        let stores = file
            .services
            .iter()
            .filter(|service| service.at(&["healthcheck", "test"]).is_some());
        let stores: FxHashSet<_> = stores
            .filter(|service| datastore(service).is_some())
            .map(|service| service.name)
            .collect();
        for service in &file.services {
            // One finding for all of them, since they are next to each other and fixed together.
            let needs = needs(service);
            let mut early = needs.iter().filter(|need| {
                let condition = need.condition.as_deref().unwrap_or("service_started");
                condition == "service_started" && stores.contains(need.name)
            });
            let Some(first) = early.next() else {
                continue;
            };
            let others = early.map(|need| format!(", `{}`", need.name));
            let names = format!("`{}`{}", first.name, others.collect::<String>());
            let message = format!(
                "service `{}` does not wait until {names} is healthy",
                service.name
            );
            let via = service
                .setting("depends_on")
                .and_then(|setting| setting.via());
            let sighting = Sighting::new(&CARD, first.written.span(), message);
            report.add(&CARD, file.sighted(service, via, sighting));
        }
    }
}

static CARD: Card = Card {
    id: "compose/depends-on-without-health",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::Medium,
    title: "Dependency without a health condition",
    description: "The short form of `depends_on` only waits until the other container has started, seconds before a \
                  database accepts connections; a service that does not retry fails at some starts and not at others.",
    remedy: "Wait until its health check passes: `depends_on: {db: {condition: service_healthy}}`.",
    references: &[
        "https://docs.docker.com/compose/how-tos/startup-order/",
        SERVICES,
    ],
    tags: &["docker", "compose", "operations", "CWE-703"],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    depends_on:\n      - cache\n      - db # here\n      - queue\n  db:\n    image: postgres:16\n    healthcheck: {test: [CMD, pg_isready]}\n  queue:\n    image: rabbitmq:3\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    depends_on:\n      db: # here\n        condition: service_started\n  db:\n    image: mariadb:11\n    healthcheck: {test: [CMD, healthcheck.sh]}\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    depends_on:\n      db:\n        condition: service_healthy\n  db:\n    image: postgres:16\n    healthcheck: {test: [CMD, pg_isready]}\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    depends_on: [api]\n  api:\n    image: app:2\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    depends_on: [db]\n  db:\n    image: postgres:16\n",
        ),
    ],
};
