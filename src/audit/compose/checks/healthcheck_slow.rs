//! `compose/healthcheck-slow`: a health check that is too slow or always succeeds.

use super::{
    Card, Category, Check, Confidence, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::interpolation::with_defaults;
use crate::audit::compose::service::Setting;
use crate::audit::yaml::Value;

pub(super) struct HealthcheckSlow;

/// The longest acceptable interval between two checks, in seconds: with the usual three tries, a failure goes unnoticed
/// for about five minutes.
const MAX_INTERVAL: u64 = 90;

impl Check<File<'_>> for HealthcheckSlow {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let Some(check) = service.setting("healthcheck") else {
                continue;
            };
            let interval = check.part("interval").filter(|interval| {
                let text = interval.value.text().map(with_defaults);
                text.and_then(|text| seconds(&text))
                    .is_some_and(|seconds| seconds > MAX_INTERVAL)
            });
            let test = check.part("test").filter(always_passes);
            let seen = [
                (
                    interval,
                    "has a health check with too long an interval to notice failures",
                ),
                (test, "has a health check that always succeeds"),
            ];
            for (setting, defect) in seen {
                let Some(setting) = setting else {
                    continue;
                };
                let message = format!("service `{}` {defect}", service.name);
                let sighting = Sighting::new(&CARD, setting.value.span(), message);
                report.add(&CARD, file.sighted(service, setting.via(), sighting));
            }
        }
    }
}

/// The length in seconds of a duration such as `1h30m`; `None` if it is not a duration.
fn seconds(text: &str) -> Option<u64> {
    let mut total: u64 = 0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: u64 = rest[..digits].split('.').next()?.parse().ok()?;
        rest = &rest[digits..];
        let unit = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        let factor = match &rest[..unit] {
            "h" => 3600,
            "m" => 60,
            "s" => 1,
            "ms" | "us" | "ns" => 0,
            _ => return None,
        };
        total = total.saturating_add(number.saturating_mul(factor));
        rest = &rest[unit..];
    }
    Some(total)
}

fn always_passes(test: &Setting) -> bool {
    let words = test.value.items().filter_map(Value::text);
    let words: Vec<_> = words
        .filter(|word| !["CMD", "CMD-SHELL"].contains(word))
        .collect();
    let command = test
        .value
        .text()
        .map_or_else(|| words.join(" "), str::to_owned);
    [
        "true",
        "/bin/true",
        "exit 0",
        "exit",
        ":",
        "echo ok",
        "echo",
    ]
    .contains(&command.trim())
}

static CARD: Card = Card {
    id: "compose/healthcheck-slow",
    category: Category::Configuration,
    severity: Severity::Low,
    confidence: Confidence::High,
    title: "Slow or ineffective health check",
    description: "A service becomes unhealthy only after several failed checks in a row, so a long interval hides \
                  failures for minutes; a check that always succeeds hides them forever.",
    remedy: "Check often, with a test that fails when the service does not work: `healthcheck: {test: [CMD, redis-cli, \
             ping], interval: 10s, timeout: 5s, retries: 5}`.",
    references: &[
        SERVICES,
        "https://docs.docker.com/reference/dockerfile/#healthcheck",
    ],
    tags: &[
        "docker",
        "compose",
        "operations",
        "CWE-703",
        "CIS-Docker-5.27",
    ],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      test: [CMD, up]\n      interval: 5m # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      test: [CMD, up]\n      interval: 1m31s # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      test: exit 0 # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      test: [CMD-SHELL, \"true\"] # here\n",
        ),
    ],
    negatives: &[
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      test: [CMD, up]\n      interval: 1m30s\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      test: curl -f http://localhost || exit 1\n      interval: ${EVERY}\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      test: [CMD, up]\n      interval: 10000ms\n      start_period: 5m\n",
        ),
    ],
};
