//! `compose/healthcheck-disabled`: a health check that is disabled.

use super::{
    CIS, Card, Category, Check, Confidence, File, Report, SERVICES, Severity, Sighting, compose,
};
use crate::audit::compose::service::Service;
use crate::audit::yaml::{Span, Value};

pub(super) struct HealthcheckDisabled;

impl Check<File<'_>> for HealthcheckDisabled {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            if let Some((span, via)) = switched_off(service) {
                let message = format!(
                    "service `{}` disables the health check of its image",
                    service.name
                );
                let sighting = Sighting::new(&CARD, span, message);
                report.add(&CARD, file.sighted(service, via, sighting));
            }
        }
    }
}

fn switched_off(service: &Service) -> Option<(Span, Option<Span>)> {
    let check = service.setting("healthcheck")?;
    if let Some(disable) = check.part("disable")
        && disable.is_true()
    {
        return Some((disable.value.span(), disable.via()));
    }
    let test = check.part("test")?;
    // A string is a shell command, even this one: only a list disables the check.
    let first = test.value.items().next()?.text()?;
    let is_none =
        first.trim() == "NONE" && test.value.items().nth(1).and_then(Value::text).is_none();
    is_none.then(|| (test.value.span(), test.via()))
}

static CARD: Card = Card {
    id: "compose/healthcheck-disabled",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Health check disabled",
    description: "The image defines a health check and the service disables it: a process that hangs is still \
                  considered healthy.",
    remedy: "Remove `disable: true` or `test: [NONE]`. If the image's check does not fit, write your own: \
             `healthcheck: {test: [CMD, wget, -qO-, \"http://127.0.0.1:8080/health\"]}`.",
    references: &[SERVICES, CIS],
    tags: &[
        "docker",
        "compose",
        "operations",
        "CWE-703",
        "CIS-Docker-5.27",
        "BSI-SYS.1.6.A3",
    ],
    examples: &[
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      disable: true # here\n",
        ),
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      test: [NONE] # here\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    healthcheck:\n      test: NONE\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    healthcheck:\n      disable: false\n      test: [CMD, up]\n",
        ),
        compose("services:\n  web:\n    image: app:1\n"),
        compose("services:\n  web:\n    image: app:1\n    healthcheck: !reset null\n"),
    ],
};
