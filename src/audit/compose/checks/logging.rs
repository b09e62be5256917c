//! `compose/logging`: logs that grow until the disk is full, or that are discarded.

use super::{
    Card, Category, Check, Confidence, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::absence::Lack;
use crate::audit::compose::service::Setting;

pub(super) struct Logging;

impl Check<File<'_>> for Logging {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let driver = service.at(&["logging", "driver"]);
            let name = driver.as_ref().and_then(Setting::text);
            match (driver, name.as_deref()) {
                (Some(driver), Some("none")) => {
                    let message = format!("service `{}` disables logging", service.name);
                    let mut sighting = Sighting::new(&CARD, driver.value.span(), message);
                    sighting.severity = Severity::Medium;
                    sighting.confidence = Confidence::High;
                    report.add(&CARD, file.sighted(service, driver.via(), sighting));
                }
                (None, _) | (_, Some("json-file"))
                    if service.at(&["logging", "options", "max-size"]).is_none()
                        && service.setting("log_driver").is_none()
                        && !file.is_job(service) =>
                {
                    file.miss(service, &Lack::new(&CARD, "log limit"), report);
                }
                _ => {}
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/logging",
    category: Category::Configuration,
    severity: Severity::Low,
    // The settings of the engine may set a limit.
    confidence: Confidence::Medium,
    title: "Unlimited or disabled container logs",
    description: "The default logging driver, `json-file`, writes to one file that grows until the disk is full, \
                  unless it is limited here or in the engine's `daemon.json`. With logging disabled, there is no \
                  record of what happened.",
    remedy: "Add to the service: `logging: {driver: local}`, which rotates by itself, or `logging: {driver: json-file, \
             options: {max-size: 10m, max-file: \"3\"}}`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/engine/logging/configure/",
    ],
    tags: &[
        "docker",
        "compose",
        "operations",
        "CWE-778",
        "CWE-770",
        "BSI-SYS.1.6.A7",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: app:1\n"),
        compose(
            "services:\n  web: # here\n    image: app:1\n    logging:\n      driver: json-file\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    logging:\n      driver: none # here\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    logging: {driver: \"${LOGS:-none}\"} # here\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    logging: {driver: local}\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    logging:\n      driver: json-file\n      options:\n        max-size: 10m\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    logging: {options: {max-size: 1m}}\n"),
        compose("services:\n  web:\n    image: app:1\n    logging: {driver: \"${LOGS}\"}\n"),
        compose("services:\n  migrate:\n    image: app:1\n"),
    ],
};
