//! `compose/user-root`: a service that is configured to run as root.

use super::{
    CIS, Card, Category, Check, Confidence, File, OWASP, Report, SERVICES, Severity, Sighting,
    compose,
};
use crate::audit::yaml::Style;

pub(super) struct UserRoot;

impl Check<File<'_>> for UserRoot {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            let Some(setting) = service.setting("user") else {
                continue;
            };
            // Compose requires a string, and refuses a number.
            if setting.value.style() == Some(Style::Plain)
                && setting.value.written().is_some_and(is_number)
            {
                continue;
            }
            let user = service.text("user").unwrap_or_default();
            let name = user.split(':').next().unwrap_or_default().trim();
            let is_zero = !name.is_empty() && name.bytes().all(|digit| digit == b'0');
            if name != "root" && !is_zero {
                continue;
            }
            let message = format!(
                "service `{}` is explicitly set to run as root",
                service.name
            );
            let mut sighting = Sighting::new(&CARD, setting.value.span(), message);
            // A job that prepares files for others often has to own them.
            if file.is_job(service) {
                sighting.severity = Severity::Low;
            }
            report.add(&CARD, file.sighted(service, setting.via(), sighting));
        }
    }
}

/// Whether YAML reads a plain scalar as a number.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit())
}

static CARD: Card = Card {
    id: "compose/user-root",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Container explicitly set to run as root",
    description: "Root in a container is root on the host after a container escape, and has root access to everything \
                  mounted from the host. This setting overrides a safer `USER` of the image.",
    remedy: "Set a numeric user, the owner of the files that the service writes: `user: \"1000:1000\"`.",
    references: &[SERVICES, OWASP, CIS],
    tags: &[
        "docker",
        "compose",
        "hardening",
        "CWE-250",
        "CIS-Docker-4.1",
        "OWASP-Docker-2",
        "BSI-SYS.1.6.A17",
    ],
    examples: &[
        compose("services:\n  web:\n    image: app:1\n    user: root # here\n"),
        compose("services:\n  web:\n    image: app:1\n    user: '0' # here\n"),
        compose("services:\n  web:\n    image: app:1\n    user: \"0:1000\" # here\n"),
        compose("services:\n  web:\n    image: app:1\n    user: \"${UID:-0}:${GID:-0}\" # here\n"),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    user: 0\n"),
        compose("services:\n  web:\n    image: app:1\n    user: \"1000:0\"\n"),
        compose("services:\n  web:\n    image: app:1\n    user: \"${UID:-1000}\"\n"),
        compose("services:\n  web:\n    image: app:1\n    user: \"${UID}\"\n"),
        compose("services:\n  web:\n    image: app:1\n    user: rootless\n"),
        compose("services:\n  web:\n    image: app:1\n    user: \"\"\n"),
    ],
};
