//! `compose/restart-policy`: a service that does not restart when it ends.

use super::{
    CIS, Card, Category, Check, Confidence, DEPLOY, Example, File, OWASP, Report, SERVICES,
    Severity, Sighting, compose,
};
use crate::audit::compose::absence::Lack;
use crate::audit::compose::roles::is_restart_off;

pub(super) struct RestartPolicy;

impl Check<File<'_>> for RestartPolicy {
    fn card(&self) -> &'static Card {
        &CARD
    }

    fn check(&self, file: &File, report: &mut Report) {
        for service in &file.services {
            // Swarm starts its tasks again unless configured otherwise.
            if file.is_job(service)
                || file.is_for_swarm(service)
                || service.at(&["deploy", "restart_policy"]).is_some()
            {
                continue;
            }
            match service.setting("restart") {
                None => file.miss(service, &Lack::new(&CARD, "restart policy"), report),
                Some(setting) if is_restart_off(service) => {
                    let message = format!(
                        "service `{}` is not restarted after a failure",
                        service.name
                    );
                    let sighting = Sighting::new(&CARD, setting.value.span(), message);
                    report.add(&CARD, file.sighted(service, setting.via(), sighting));
                }
                Some(setting)
                    if service
                        .text("restart")
                        .is_some_and(|word| word == "on-failure") =>
                {
                    let message = format!(
                        "service `{}` is restarted without limit when it fails",
                        service.name
                    );
                    let mut sighting = Sighting::new(&CARD, setting.value.span(), message);
                    sighting.severity = Severity::Info;
                    report.add(&CARD, file.sighted(service, setting.via(), sighting));
                }
                Some(_) => {}
            }
        }
    }
}

static CARD: Card = Card {
    id: "compose/restart-policy",
    category: Category::Configuration,
    severity: Severity::Medium,
    confidence: Confidence::High,
    title: "Missing restart policy",
    description: "After a crash or a reboot of the host the service stays down until it is started by hand.",
    remedy: "Add to the service: `restart: unless-stopped`, or `restart: on-failure:5` if a service that keeps failing \
             should stay down. For a job that ends by itself write `restart: \"no\"`.",
    references: &[SERVICES, DEPLOY, OWASP, CIS],
    tags: &[
        "docker",
        "compose",
        "availability",
        "CWE-693",
        "CIS-Docker-5.15",
        "OWASP-Docker-7",
    ],
    examples: &[
        compose("services:\n  web: # here\n    image: app:1\n"),
        compose("services:\n  web: # here\n    image: app:1\n    deploy:\n      replicas: 2\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    restart: \"no\" # here\n    ports: [\"127.0.0.1:80:80\"]\n",
        ),
        compose("services:\n  db:\n    image: postgres:16\n    restart: no # here\n"),
        compose("services:\n  web:\n    image: app:1\n    restart: on-failure # here\n"),
        compose(
            "services:\n  a: # here\n    image: app:1\n    depends_on: [b]\n  b: # here\n    image: app:1\n",
        ),
    ],
    negatives: &[
        compose("services:\n  web:\n    image: app:1\n    restart: unless-stopped\n"),
        compose("services:\n  web:\n    image: app:1\n    restart: on-failure:5\n"),
        compose("services:\n  web:\n    image: app:1\n    restart: ${RESTART}\n"),
        compose(
            "services:\n  web:\n    image: app:1\n    deploy:\n      restart_policy:\n        condition: on-failure\n",
        ),
        compose("services:\n  web:\n    image: app:1\n    deploy:\n      mode: global\n"),
        compose("services:\n  work:\n    image: app:1\n    restart: \"no\"\n"),
        compose("services:\n  db-migrate:\n    image: app:1\n"),
        compose("services:\n  once:\n    image: app:1\n    command: python manage.py migrate\n"),
        compose("services:\n  once:\n    image: app:1\n    profiles: [tools]\n"),
        compose(
            "services:\n  a:\n    image: app:1\n    restart: always\n    depends_on:\n      b:\n        condition: service_completed_successfully\n  b:\n    image: app:1\n",
        ),
        Example {
            path: "docker-stack.yml",
            text: "services:\n  web:\n    image: app:1\n",
            beside: &[],
        },
    ],
};
